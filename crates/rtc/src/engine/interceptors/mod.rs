//! Our own links in the chain of interceptors: what the library leaves out, and our meters.
//!
//! From the wire inwards: [`tap`] (500), the library's congestion control with [`congestion`]'s estimator (1000), its TWCC
//! sender (2000), [`rrid`] (3500), its NACK responder (4000), [`rtx`] (6500), its NACK generator (7000), its TWCC receiver
//! (8000) and its reports (10000, 11000).

pub(crate) mod congestion;
#[cfg(test)]
pub(crate) mod lossy;
pub(crate) mod rrid;
pub(crate) mod rtx;
pub(crate) mod tap;

use std::collections::VecDeque;

use rtc::interceptor::TaggedPacket;

/// What every link needs: what it took in on its way out again.
#[derive(Default)]
pub(crate) struct Queues {
    read: VecDeque<TaggedPacket>,
    write: VecDeque<TaggedPacket>,
}

/// Implements [`rtc::sansio::Protocol`] for a link by its two functions `on_read` and `on_write`, each of which may change
/// the packet and says whether it goes on.
macro_rules! chain_link {
    ($name:ty) => {
        impl rtc::sansio::Protocol<rtc::interceptor::TaggedPacket, rtc::interceptor::TaggedPacket, ()> for $name {
            type Rout = rtc::interceptor::TaggedPacket;
            type Wout = rtc::interceptor::TaggedPacket;
            type Eout = ();
            type Error = rtc::shared::error::Error;
            type Time = std::time::Instant;

            fn handle_read(&mut self, mut packet: rtc::interceptor::TaggedPacket) -> Result<(), Self::Error> {
                if self.on_read(&mut packet) {
                    self.queues.read.push_back(packet);
                }
                Ok(())
            }

            fn poll_read(&mut self) -> Option<Self::Rout> {
                self.queues.read.pop_front()
            }

            fn handle_write(&mut self, mut packet: rtc::interceptor::TaggedPacket) -> Result<(), Self::Error> {
                if self.on_write(&mut packet) {
                    self.queues.write.push_back(packet);
                }
                Ok(())
            }

            fn poll_write(&mut self) -> Option<Self::Wout> {
                self.queues.write.pop_front()
            }
        }
    };
}
pub(crate) use chain_link;

#[cfg(test)]
pub(crate) mod tests {
    use std::time::Instant;

    use rtc::{
        interceptor::{AttributedPacket, Packet, StreamInfo, TaggedPacket},
        rtp,
        shared::TransportContext,
    };

    pub(crate) fn tagged(packet: Packet) -> TaggedPacket {
        TaggedPacket {
            now: Instant::now(),
            transport: TransportContext::default(),
            message: AttributedPacket::new(packet),
        }
    }

    pub(crate) fn rtp_packet(ssrc: u32, payload_type: u8, sequence_number: u16, payload: &[u8]) -> rtp::Packet {
        rtp::Packet {
            header: rtp::header::Header { version: 2, ssrc, payload_type, sequence_number, ..Default::default() },
            payload: payload.to_vec().into(),
        }
    }

    pub(crate) fn rtp_of(packet: TaggedPacket) -> rtp::Packet {
        match packet.message.packet {
            Packet::Rtp(packet) => packet,
            other => panic!("not RTP: {other:?}"),
        }
    }

    /// A video with SSRC 1 and payload type 96, repaired by SSRC 2 and payload type 97.
    pub(crate) fn video_stream() -> StreamInfo {
        StreamInfo {
            ssrc: 1,
            ssrc_rtx: Some(2),
            payload_type: 96,
            payload_type_rtx: Some(97),
            clock_rate: 90_000,
            mime_type: "video/VP8".to_owned(),
            ..StreamInfo::default()
        }
    }
}
