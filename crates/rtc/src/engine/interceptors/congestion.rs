//! Numbers every packet that leaves and feeds [`Controller`] with what the other side tells of those numbers
//! (draft-holmer-rmcat-transport-wide-cc-extensions-01).
//!
//! It stands in for the library's own pair, which reports packets without such a number as lost (LiveKit negotiates it for
//! video only), takes a feedback that got lost for lost packets, and leaves repetitions and probes unnumbered.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use parking_lot::Mutex;
use rtc::{
    interceptor::{Interceptor, Packet, StreamInfo, TaggedPacket, convert_twcc},
    rtcp::transport_feedbacks::transport_layer_cc::TransportLayerCc,
    sdp::extmap::TRANSPORT_CC_URI,
    shared::marshal::MarshalSize,
};
use visita_protocol::Bitrate;

use super::{Queues, chain_link};
use crate::bandwidth::{Acknowledged, Controller};

/// Wire-ward of everything that makes packets, so that all are counted.
pub(crate) const SLOT: usize = 1000;

/// Bytes that encryption adds to a packet.
pub(super) const SRTP_TAG: usize = 16;

/// The least change worth telling, as a share of the last.
const WORTH_TELLING: f64 = 0.03;

/// Packets remembered until word of them comes: two seconds of 8 Mbit/s.
const MEMORY: usize = 2000;

/// Media stood still for so long: rates and losses are counted anew.
const PAUSE: Duration = Duration::from_millis(600);

/// Told of a new target.
pub(crate) type OnTarget = Arc<dyn Fn(Bitrate) + Send + Sync>;

/// Marks a packet of a probe.
pub(super) struct OfProbe(pub(super) u32);

/// What the links of one connection and its session share of the sending.
pub(crate) struct SendControl {
    pub(crate) controller: Mutex<Controller>,
    queue: Mutex<Queue>,
    /// Since when packets leave of which nothing is heard, though others were.
    unanswered: Mutex<Option<Instant>>,
}

/// What waits in the pacer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Queue {
    /// How long it takes to leave.
    pub(crate) delay: Duration,
}

impl SendControl {
    /// For a network that carried `known` last time.
    pub(crate) fn new(known: Option<Bitrate>) -> Arc<Self> {
        Arc::new(Self {
            controller: Mutex::new(Controller::new(known)),
            queue: Mutex::default(),
            unanswered: Mutex::default(),
        })
    }

    /// What waits in the pacer.
    pub(crate) fn queue(&self) -> Queue {
        *self.queue.lock()
    }

    /// For how long nothing was heard of what is sent, though it was before.
    pub(crate) fn unanswered(&self, now: Instant) -> Duration {
        self.unanswered.lock().map_or(Duration::ZERO, |since| now.saturating_duration_since(since))
    }

    /// The way is made anew: waits anew.
    pub(crate) fn forget_unanswered(&self) {
        *self.unanswered.lock() = None;
    }

    pub(super) fn set_queue(&self, queue: Queue) {
        *self.queue.lock() = queue;
    }
}

struct Sent {
    departure: Instant,
    size: usize,
    probe: Option<u32>,
    told: bool,
}

/// The link.
pub(crate) struct Congestion {
    queues: Queues,
    control: Arc<SendControl>,
    on_target: OnTarget,
    told: Bitrate,
    /// Id of the extension for each stream, repairing ones included.
    extensions: HashMap<u32, u8>,
    /// Packets that left, by number from `first` on.
    sent: VecDeque<Sent>,
    first: u64,
    /// Feedback came at some time.
    has_answers: bool,
}

impl Congestion {
    /// Starts, telling the first target at once.
    pub(crate) fn new(control: Arc<SendControl>, on_target: OnTarget) -> Self {
        let told = control.controller.lock().target();
        on_target(told);
        Self {
            queues: Queues::default(),
            control,
            on_target,
            told,
            extensions: HashMap::new(),
            sent: VecDeque::new(),
            first: 0,
            has_answers: false,
        }
    }

    fn on_write(&mut self, packet: &mut TaggedPacket) -> bool {
        let probe = packet.message.custom::<OfProbe>().map(|probe| probe.0);
        let Packet::Rtp(rtp) = &mut packet.message.packet else { return true };
        let Some(&id) = self.extensions.get(&rtp.header.ssrc) else { return true };
        let number = (self.first + self.sent.len() as u64) as u16;
        if let Err(error) = rtp.header.set_extension(id, Bytes::copy_from_slice(&number.to_be_bytes())) {
            tracing::debug!(%error, "a packet goes without its number");
            return true;
        }
        let paused = |last: &Sent| packet.now.saturating_duration_since(last.departure) > PAUSE;
        if self.sent.back().is_some_and(paused) {
            self.control.controller.lock().on_pause();
        }
        let mut unanswered = self.control.unanswered.lock();
        // After a pause nobody owed an answer.
        if self.sent.back().is_some_and(paused) {
            *unanswered = None;
        }
        if self.has_answers {
            unanswered.get_or_insert(packet.now);
        }
        drop(unanswered);
        self.sent.push_back(Sent { departure: packet.now, size: rtp.marshal_size() + SRTP_TAG, probe, told: false });
        if self.sent.len() > MEMORY {
            self.sent.pop_front();
            self.first += 1;
        }
        true
    }

    fn on_read(&mut self, packet: &mut TaggedPacket) -> bool {
        let Packet::Rtcp(packets) = &packet.message.packet else { return true };
        for rtcp in packets {
            if let Some(feedback) = rtcp.as_any().downcast_ref::<TransportLayerCc>() {
                self.on_feedback(packet.now, feedback);
            }
        }
        true
    }

    fn on_feedback(&mut self, now: Instant, feedback: &TransportLayerCc) {
        self.has_answers = true;
        self.control.forget_unanswered();
        let mut told = Vec::new();
        // A chunk may have room for more packets than are meant.
        for ack in convert_twcc(feedback).into_iter().take(usize::from(feedback.packet_status_count)) {
            let Some(sent) = self.sent_as(ack.sequence_number).filter(|sent| !sent.told) else { continue };
            sent.told = true;
            told.push(Acknowledged {
                departure: sent.departure,
                arrival: ack.arrival.filter(|_| ack.arrived),
                size: sent.size,
                probe: sent.probe,
            });
        }
        let mut controller = self.control.controller.lock();
        controller.on_feedback(now, &told);
        let target = controller.target();
        drop(controller);
        if f64::from(target.bps().abs_diff(self.told.bps())) > f64::from(self.told.bps()) * WORTH_TELLING {
            self.told = target;
            (self.on_target)(target);
        }
    }

    /// The packet that left under this number last.
    fn sent_as(&mut self, number: u16) -> Option<&mut Sent> {
        let next = self.first + self.sent.len() as u64;
        let back = u64::from((next as u16).wrapping_sub(number));
        // Zero steps back is the next one to leave, or one 65,536 ago.
        let index = next.checked_sub(back).filter(|_| back > 0)?.checked_sub(self.first)?;
        self.sent.get_mut(usize::try_from(index).ok()?)
    }
}

chain_link!(Congestion);

impl Interceptor for Congestion {
    fn bind_local_stream(&mut self, info: &StreamInfo) {
        let extension = info.rtp_header_extensions.iter().find(|extension| extension.uri == TRANSPORT_CC_URI);
        let Some(id) = extension.and_then(|extension| u8::try_from(extension.id).ok()).filter(|id| *id > 0) else {
            return;
        };
        for ssrc in info.ssrc_rtx.into_iter().chain([info.ssrc]) {
            self.extensions.insert(ssrc, id);
        }
    }

    fn unbind_local_stream(&mut self, info: &StreamInfo) {
        for ssrc in info.ssrc_rtx.iter().chain([&info.ssrc]) {
            self.extensions.remove(ssrc);
        }
    }

    fn bind_remote_stream(&mut self, _: &StreamInfo) {}
    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}

#[cfg(test)]
mod tests {
    use rtc::{
        interceptor::RTPHeaderExtension,
        rtcp::transport_feedbacks::transport_layer_cc::{
            PacketStatusChunk, RecvDelta, StatusVectorChunk, SymbolSizeTypeTcc, SymbolTypeTcc,
        },
        sansio::Protocol,
    };

    use super::*;
    use crate::engine::interceptors::tests::{rtp_of, rtp_packet, tagged, video_stream};

    struct Bench {
        link: Congestion,
        control: Arc<SendControl>,
        told: Arc<Mutex<Vec<Bitrate>>>,
        start: Instant,
    }

    fn bench() -> Bench {
        let told = Arc::new(Mutex::new(Vec::new()));
        let sink = told.clone();
        let control = SendControl::new(None);
        let mut link = Congestion::new(control.clone(), Arc::new(move |target| sink.lock().push(target)));
        let extension = RTPHeaderExtension { uri: TRANSPORT_CC_URI.to_owned(), id: 3 };
        link.bind_local_stream(&StreamInfo { rtp_header_extensions: vec![extension], ..video_stream() });
        Bench { link, control, told, start: Instant::now() }
    }

    impl Bench {
        /// Sends on `ssrc`; the number the packet got.
        fn send(&mut self, ms: u64, ssrc: u32) -> Option<u16> {
            let mut packet = tagged(Packet::Rtp(rtp_packet(ssrc, 96, 0, &[0; 1100])));
            packet.now = self.start + Duration::from_millis(ms);
            self.link.handle_write(packet).expect("taken");
            let rtp = rtp_of(self.link.poll_write().expect("goes on"));
            rtp.header.get_extension(3).map(|number| u16::from_be_bytes([number[0], number[1]]))
        }

        fn feedback(&mut self, ms: u64, base: u16, arrived: &[bool]) {
            let symbols = arrived
                .iter()
                .map(|arrived| match arrived {
                    true => SymbolTypeTcc::PacketReceivedSmallDelta,
                    false => SymbolTypeTcc::PacketNotReceived,
                })
                // Room for more than are meant.
                .chain([SymbolTypeTcc::PacketNotReceived; 3])
                .collect();
            let feedback = TransportLayerCc {
                base_sequence_number: base,
                packet_status_count: arrived.len() as u16,
                reference_time: (ms / 64) as u32,
                packet_chunks: vec![PacketStatusChunk::StatusVectorChunk(StatusVectorChunk {
                    symbol_size: SymbolSizeTypeTcc::TwoBit,
                    symbol_list: symbols,
                    ..StatusVectorChunk::default()
                })],
                recv_deltas: arrived.iter().filter(|arrived| **arrived).map(|_| RecvDelta::default()).collect(),
                ..TransportLayerCc::default()
            };
            let mut packet = tagged(Packet::Rtcp(vec![Box::new(feedback)]));
            packet.now = self.start + Duration::from_millis(ms);
            self.link.handle_read(packet).expect("taken");
            assert!(self.link.poll_read().is_some());
        }
    }

    #[test]
    fn repetitions_are_numbered_too_and_strangers_are_not() {
        let mut bench = bench();
        assert_eq!(
            (bench.send(0, 1), bench.send(1, 2), bench.send(2, 7), bench.send(3, 1)),
            (Some(0), Some(1), None, Some(2))
        );
    }

    #[test]
    fn a_lost_feedback_is_no_loss_and_lost_packets_are() {
        for (covers_all, expected) in [(false, 0.0), (true, 0.5)] {
            let mut bench = bench();
            for batch in 0..100u64 {
                let numbers: Vec<u16> = (0..8).filter_map(|n| bench.send(batch * 80 + n * 10, 1)).collect();
                let base = numbers[0];
                // Of every other four nothing is told, or that they are lost.
                let (base, arrived) = match covers_all {
                    true => (base, vec![false, false, false, false, true, true, true, true]),
                    false => (base.wrapping_add(4), vec![true; 4]),
                };
                bench.feedback(batch * 80 + 80, base, &arrived);
            }
            let loss = bench.control.controller.lock().loss();
            assert!((loss - expected).abs() < 0.01, "{loss}");
        }
    }

    #[test]
    fn targets_are_told_when_they_change() {
        let mut bench = bench();
        assert_eq!(bench.told.lock().len(), 1);
        for batch in 0..20u64 {
            let numbers: Vec<u16> = (0..8).filter_map(|n| bench.send(batch * 80 + n * 10, 1)).collect();
            let base = numbers[0];
            bench.feedback(batch * 80 + 80, base, &[false, false, false, false, false, false, false, true]);
        }
        let told = bench.told.lock();
        assert!(told.len() > 1 && told.last() < told.first(), "{told:?}");
    }

    #[test]
    fn numbers_wrap() {
        let mut bench = bench();
        for number in 0..70_000u64 {
            bench.send(number / 10, 1);
        }
        bench.feedback(7_000, (70_000u64 - 4) as u16, &[true; 4]);
        assert!(bench.control.controller.lock().round_trip().is_some());
    }
}
