//! Says of a retransmission which stream it repairs.
//!
//! The library's NACK responder builds retransmissions without header extensions. With simulcast no SSRC stands in the SDP,
//! so a server can place them only by `mid` and `repaired-rtp-stream-id` (RFC 8852).

use std::collections::HashMap;

use bytes::Bytes;
use rtc::{
    interceptor::{Interceptor, Packet, StreamInfo, TaggedPacket},
    sdp::extmap::{SDES_MID_URI, SDES_REPAIR_RTP_STREAM_ID_URI, SDES_RTP_STREAM_ID_URI},
};

use super::{Queues, chain_link};

/// Wire-ward of the NACK responder (4000), so that what it makes passes here.
pub(crate) const SLOT: usize = 3500;

#[derive(Clone, Default)]
struct Stream {
    mid_id: Option<u8>,
    rid_id: Option<u8>,
    rrid_id: Option<u8>,
    mid: Option<Bytes>,
    rid: Option<Bytes>,
}

/// The stamper. It learns `mid` and `rid` of a stream from the packets that pass.
#[derive(Default)]
pub(crate) struct RridStamper {
    queues: Queues,
    streams: HashMap<u32, Stream>,
    repaired_by: HashMap<u32, u32>,
}

impl RridStamper {
    fn on_read(&mut self, _packet: &mut TaggedPacket) -> bool {
        true
    }

    fn on_write(&mut self, packet: &mut TaggedPacket) -> bool {
        let Packet::Rtp(rtp) = &mut packet.message.packet else { return true };
        if let Some(stream) = self.streams.get_mut(&rtp.header.ssrc) {
            let extension = |id: Option<u8>| id.and_then(|id| rtp.header.get_extension(id));
            if let Some(mid) = extension(stream.mid_id) {
                stream.mid = Some(mid);
            }
            if let Some(rid) = extension(stream.rid_id) {
                stream.rid = Some(rid);
            }
        } else if let Some(stream) = self.repaired_by.get(&rtp.header.ssrc).and_then(|ssrc| self.streams.get(ssrc)) {
            for (id, value) in [(stream.mid_id, &stream.mid), (stream.rrid_id, &stream.rid)] {
                if let (Some(id), Some(value)) = (id, value)
                    && let Err(error) = rtp.header.set_extension(id, value.clone())
                {
                    tracing::debug!(%error, "a retransmission goes unmarked");
                }
            }
        }
        true
    }
}

chain_link!(RridStamper);

impl Interceptor for RridStamper {
    fn bind_local_stream(&mut self, info: &StreamInfo) {
        let id =
            |uri: &str| info.rtp_header_extensions.iter().find(|e| e.uri == uri).and_then(|e| u8::try_from(e.id).ok());
        let stream = self.streams.entry(info.ssrc).or_default();
        stream.mid_id = id(SDES_MID_URI);
        stream.rid_id = id(SDES_RTP_STREAM_ID_URI);
        stream.rrid_id = id(SDES_REPAIR_RTP_STREAM_ID_URI);
        if let Some(ssrc_rtx) = info.ssrc_rtx {
            self.repaired_by.insert(ssrc_rtx, info.ssrc);
        }
    }

    fn unbind_local_stream(&mut self, info: &StreamInfo) {
        self.streams.remove(&info.ssrc);
        if let Some(ssrc_rtx) = info.ssrc_rtx {
            self.repaired_by.remove(&ssrc_rtx);
        }
    }

    fn bind_remote_stream(&mut self, _: &StreamInfo) {}
    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}

#[cfg(test)]
mod tests {
    use rtc::{interceptor::RTPHeaderExtension, sansio::Protocol};

    use super::*;
    use crate::engine::interceptors::tests::{rtp_of, rtp_packet, tagged, video_stream};

    fn simulcast_stream() -> StreamInfo {
        let extension = |uri: &str, id| RTPHeaderExtension { uri: uri.to_owned(), id };
        StreamInfo {
            rtp_header_extensions: vec![
                extension(SDES_MID_URI, 4),
                extension(SDES_RTP_STREAM_ID_URI, 5),
                extension(SDES_REPAIR_RTP_STREAM_ID_URI, 6),
            ],
            ..video_stream()
        }
    }

    #[test]
    fn a_retransmission_names_the_layer_it_repairs() {
        let mut link = RridStamper::default();
        link.bind_local_stream(&simulcast_stream());
        let mut original = rtp_packet(1, 96, 10, &[1, 2, 3]);
        original.header.set_extension(4, Bytes::from_static(b"1")).expect("set");
        original.header.set_extension(5, Bytes::from_static(b"h")).expect("set");
        link.handle_write(tagged(Packet::Rtp(original.clone()))).expect("taken");
        assert_eq!(rtp_of(link.poll_write().expect("goes on")), original);

        link.handle_write(tagged(Packet::Rtp(rtp_packet(2, 97, 0, &[0, 10, 1, 2, 3])))).expect("taken");
        let header = rtp_of(link.poll_write().expect("goes on")).header;
        assert_eq!(header.get_extension(4).as_deref(), Some(&b"1"[..]));
        assert_eq!(header.get_extension(6).as_deref(), Some(&b"h"[..]));
        assert_eq!(header.get_extension(5), None);
    }

    #[test]
    fn without_a_rid_only_the_mid_is_set() {
        let mut link = RridStamper::default();
        link.bind_local_stream(&simulcast_stream());
        let mut original = rtp_packet(1, 96, 10, &[1]);
        original.header.set_extension(4, Bytes::from_static(b"1")).expect("set");
        link.handle_write(tagged(Packet::Rtp(original))).expect("taken");
        link.poll_write().expect("goes on");
        link.handle_write(tagged(Packet::Rtp(rtp_packet(2, 97, 0, &[0, 10, 1])))).expect("taken");
        let header = rtp_of(link.poll_write().expect("goes on")).header;
        assert_eq!(header.get_extension(4).as_deref(), Some(&b"1"[..]));
        assert_eq!(header.get_extension(6), None);
    }
}
