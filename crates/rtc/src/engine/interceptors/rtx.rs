//! Turns retransmissions (RFC 4588) back into the packets they repeat.
//!
//! It sits wire-ward of the library's NACK generator, which otherwise never learns that a loss was repaired and asks for the
//! same packet until it leaves its window.

use std::collections::HashMap;

use bytes::Buf;
use rtc::interceptor::{Attribute, Interceptor, Packet, StreamInfo, TaggedPacket};

use super::{Queues, chain_link};

/// Between the FEC decoder (6000) and the NACK generator (7000).
pub(crate) const SLOT: usize = 6500;

#[derive(Clone, Copy)]
struct Primary {
    ssrc: u32,
    payload_type: u8,
}

/// The decapsulator.
#[derive(Default)]
pub(crate) struct RtxDecapsulator {
    queues: Queues,
    primary_of: HashMap<u32, Primary>,
}

impl RtxDecapsulator {
    fn on_read(&mut self, packet: &mut TaggedPacket) -> bool {
        let Packet::Rtp(rtp) = &mut packet.message.packet else { return true };
        let Some(primary) = self.primary_of.get(&rtp.header.ssrc) else { return true };
        // Less than the original number: a probe or padding, of which nobody needs to know.
        if rtp.payload.len() < 2 {
            return false;
        }
        rtp.header.sequence_number = rtp.payload.get_u16();
        rtp.header.ssrc = primary.ssrc;
        rtp.header.payload_type = primary.payload_type;
        packet.message.add(Attribute::Retransmission);
        true
    }

    fn on_write(&mut self, _packet: &mut TaggedPacket) -> bool {
        true
    }
}

chain_link!(RtxDecapsulator);

impl Interceptor for RtxDecapsulator {
    fn bind_local_stream(&mut self, _: &StreamInfo) {}
    fn unbind_local_stream(&mut self, _: &StreamInfo) {}

    fn bind_remote_stream(&mut self, info: &StreamInfo) {
        if let Some(ssrc_rtx) = info.ssrc_rtx {
            self.primary_of.insert(ssrc_rtx, Primary { ssrc: info.ssrc, payload_type: info.payload_type });
        }
    }

    fn unbind_remote_stream(&mut self, info: &StreamInfo) {
        if let Some(ssrc_rtx) = info.ssrc_rtx {
            self.primary_of.remove(&ssrc_rtx);
        }
    }
}

#[cfg(test)]
mod tests {
    use rtc::sansio::Protocol;

    use super::*;
    use crate::engine::interceptors::tests::{rtp_of, rtp_packet, tagged, video_stream};

    fn read(link: &mut RtxDecapsulator, ssrc: u32, payload_type: u8, payload: &[u8]) -> Option<TaggedPacket> {
        link.handle_read(tagged(Packet::Rtp(rtp_packet(ssrc, payload_type, 500, payload)))).expect("taken");
        link.poll_read()
    }

    #[test]
    fn a_retransmission_becomes_what_it_repeats() {
        let mut link = RtxDecapsulator::default();
        link.bind_remote_stream(&video_stream());
        let packet = rtp_of(read(&mut link, 2, 97, &[0x12, 0x34, 7, 8]).expect("goes on"));
        assert_eq!(
            (packet.header.ssrc, packet.header.payload_type, packet.header.sequence_number, &packet.payload[..]),
            (1, 96, 0x1234, &[7, 8][..])
        );
    }

    #[test]
    fn others_pass_and_padding_is_dropped() {
        let mut link = RtxDecapsulator::default();
        link.bind_remote_stream(&video_stream());
        let packet = rtp_of(read(&mut link, 1, 96, &[1, 2, 3]).expect("goes on"));
        assert_eq!((packet.header.sequence_number, packet.payload.len()), (500, 3));
        assert!(read(&mut link, 2, 97, &[1]).is_none());
        link.unbind_remote_stream(&video_stream());
        assert_eq!(rtp_of(read(&mut link, 2, 97, &[1, 2, 3]).expect("unknown now")).header.ssrc, 2);
    }
}
