//! The library's transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01), which must go on while nothing
//! is received.
//!
//! The library forgets the id of the extension with the last stream. What is still on its way then, and what the server sends
//! to learn how wide the way is, would go unreported, and be taken for lost: its estimate falls to a tenth, and the next
//! picture does not get through.

use std::time::{Duration, Instant};

use rtc::{
    interceptor::{Interceptor, StreamInfo, TaggedPacket, TwccReceiverBuilder, TwccReceiverInterceptor},
    sansio::Protocol,
    shared::error::Error,
};

/// Wire-ward of what takes probes out.
pub(crate) const SLOT: usize = 600;

/// Feedback that outlives the streams it is of.
pub(crate) struct Feedback(TwccReceiverInterceptor);

impl Feedback {
    /// Reports every `interval`.
    pub(crate) fn every(interval: Duration) -> Self {
        Self(TwccReceiverBuilder::new().with_interval(interval).build())
    }
}

impl Interceptor for Feedback {
    fn bind_local_stream(&mut self, _: &StreamInfo) {}

    fn unbind_local_stream(&mut self, _: &StreamInfo) {}

    fn bind_remote_stream(&mut self, info: &StreamInfo) {
        self.0.bind_remote_stream(info);
    }

    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Feedback {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        self.0.handle_read(packet)
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.0.poll_read()
    }

    fn handle_write(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        self.0.handle_write(packet)
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.0.poll_write()
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), Error> {
        self.0.handle_timeout(now)
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        self.0.poll_timeout()
    }
}

#[cfg(test)]
mod tests {
    use rtc::{
        interceptor::{Packet, RTPHeaderExtension},
        rtcp::transport_feedbacks::transport_layer_cc::TransportLayerCc,
        sdp::extmap::TRANSPORT_CC_URI,
    };

    use super::*;
    use crate::engine::interceptors::tests::{rtp_packet, tagged, video_stream};

    #[test]
    fn what_comes_after_the_last_stream_is_reported() {
        let mut feedback = Feedback::every(Duration::from_millis(50));
        let extension = RTPHeaderExtension { uri: TRANSPORT_CC_URI.to_owned(), id: 3 };
        let info = StreamInfo { rtp_header_extensions: vec![extension], ..video_stream() };
        feedback.bind_remote_stream(&info);
        feedback.unbind_remote_stream(&info);
        let start = Instant::now();
        for sequence in [7u16, 8] {
            let mut packet = rtp_packet(99, 97, sequence, &[0; 4]);
            packet.header.set_extension(3, sequence.to_be_bytes().to_vec().into()).expect("an extension");
            let mut packet = tagged(Packet::Rtp(packet));
            packet.now = start;
            feedback.handle_read(packet).expect("taken");
        }
        feedback.handle_timeout(start + Duration::from_millis(60)).expect("in time");
        let Some(report) = feedback.poll_write() else { panic!("no report") };
        let Packet::Rtcp(packets) = report.message.packet else { panic!("no RTCP") };
        let report = packets[0].as_any().downcast_ref::<TransportLayerCc>().expect("a report");
        assert_eq!((report.base_sequence_number, report.packet_status_count), (7, 2));
    }
}
