//! Our own links in the chain of interceptors: what the library leaves out, and our meters.
//!
//! From the wire inwards. Sending: [`tap`] (500), [`congestion`] (1000), [`rrid`] (3500), [`pacing`] (3600), the library's
//! NACK responder (4000) and its sender reports (11000). Receiving: [`tap`] (500), the library's transport-wide feedback
//! ([`feedback`], 600: it must see probes, which the next takes out), [`rtx`] (6500), [`nack`] (7000) and the library's receiver reports
//! (10000).

pub(crate) mod congestion;
pub(crate) mod feedback;
pub(crate) mod nack;
pub(crate) mod pacing;
pub(crate) mod rrid;
pub(crate) mod rtx;
pub(crate) mod tap;

use std::{collections::VecDeque, sync::Arc, time::Duration};

use rtc::interceptor::{
    NackResponderBuilder, ReceiverReportBuilder, Registry, SenderReportBuilder, Slot, TaggedPacket,
};

use self::{
    congestion::{Congestion, OnTarget, SendControl},
    feedback::Feedback,
    nack::NackGenerator,
    pacing::Pacing,
    rrid::RridStamper,
    rtx::RtxDecapsulator,
    tap::{Meters, OnKeyFrameRequest, Tap},
};

/// How often feedback goes to the server: often enough that its estimator sees a queue before it is felt.
const TWCC_EVERY: Duration = Duration::from_millis(50);
/// Packets kept for retransmission: three seconds of 3 Mbit/s.
const SEND_BUFFER: u16 = 1024;

/// The links of the connection we send on.
pub(crate) fn publisher_chain(
    meters: &Meters,
    control: &Arc<SendControl>,
    on_key_frame_request: OnKeyFrameRequest,
    on_target: OnTarget,
) -> Registry {
    Registry::new()
        .with(Slot::from(tap::SLOT), Tap::new(meters.clone(), on_key_frame_request))
        .with(Slot::from(congestion::SLOT), Congestion::new(control.clone(), on_target))
        .with(Slot::from(rrid::SLOT), RridStamper::default())
        .with(Slot::from(pacing::SLOT), Pacing::new(control.clone()))
        .with(Slot::NackResponder, NackResponderBuilder::new().with_size(SEND_BUFFER).build())
        .with(Slot::SenderReport, SenderReportBuilder::new().build())
}

/// The links of the connection we receive on.
pub(crate) fn subscriber_chain(meters: &Meters) -> Registry {
    Registry::new()
        .with(Slot::from(tap::SLOT), Tap::new(meters.clone(), Arc::new(|_| {})))
        .with(Slot::from(feedback::SLOT), Feedback::every(TWCC_EVERY))
        .with(Slot::from(rtx::SLOT), RtxDecapsulator::default())
        .with(Slot::from(nack::SLOT), NackGenerator::default())
        .with(Slot::ReceiverReport, ReceiverReportBuilder::new().build())
}

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
