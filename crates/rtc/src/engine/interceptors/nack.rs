//! Asks for packets that are missing, as often as the round trip makes sense of.
//!
//! It stands in for the library's generator, which asks at a fixed beat and forgets everything whenever the server offers
//! anew.

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};

use rtc::{
    interceptor::{Attribute, AttributedPacket, Interceptor, Packet, StreamInfo, TaggedPacket},
    rtcp::transport_feedbacks::transport_layer_nack::{TransportLayerNack, nack_pairs_from_sequence_numbers},
    shared::{TransportContext, error::Error},
};

use super::Queues;

/// Inward of [`super::rtx`], so that a repair is seen as what it repairs.
pub(crate) const SLOT: usize = 7000;

/// A packet may be overtaken by others for this long before it counts as missing.
const OVERTAKEN: Duration = Duration::from_millis(4);
/// Questions that are due within this time go together.
const TOGETHER: Duration = Duration::from_millis(3);
/// Before anything is known of the round trip.
const FIRST_GUESS: Duration = Duration::from_millis(60);
/// Least and longest time between two questions for the same packet.
const LEAST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(400);
/// Questions for one packet at most, and for how long: nobody waits for it any more.
const MOST_QUESTIONS: u32 = 10;
const GIVE_UP: Duration = Duration::from_millis(1200);
/// A jump of more is a new beginning, not a loss.
const MAX_JUMP: u64 = 600;
/// Missing packets remembered of one stream.
const MAX_MISSING: usize = 600;

#[derive(Clone, Copy, Debug)]
struct Missing {
    since: Instant,
    asked: u32,
    last_asked: Option<Instant>,
}

#[derive(Debug, Default)]
struct Log {
    /// Highest number seen, extended.
    highest: Option<u64>,
    missing: BTreeMap<u64, Missing>,
}

/// The generator.
pub(crate) struct NackGenerator {
    queues: Queues,
    sender_ssrc: u32,
    logs: HashMap<u32, Log>,
    /// From a question to its answer.
    answer_time: Option<Duration>,
}

impl Default for NackGenerator {
    fn default() -> Self {
        Self {
            queues: Queues::default(),
            sender_ssrc: rand::random_range(1..=u32::MAX),
            logs: HashMap::new(),
            answer_time: None,
        }
    }
}

impl NackGenerator {
    fn pause(&self) -> Duration {
        // A quarter on top, so that an answer which takes a little longer is not asked for twice.
        self.answer_time.map_or(FIRST_GUESS, |time| time * 5 / 4).clamp(LEAST_PAUSE, LONGEST_PAUSE)
    }

    fn on_packet(&mut self, packet: &TaggedPacket) {
        let Packet::Rtp(rtp) = &packet.message.packet else { return };
        let Some(log) = self.logs.get_mut(&rtp.header.ssrc) else { return };
        let now = packet.now;
        let Some(highest) = log.highest else {
            log.highest = Some((1 << 32) + u64::from(rtp.header.sequence_number));
            return;
        };
        let ahead = rtp.header.sequence_number.wrapping_sub(highest as u16) as i16;
        let number = highest.wrapping_add_signed(i64::from(ahead));
        if number <= highest {
            let Some(missing) = log.missing.remove(&number) else { return };
            // Of several questions nobody knows which was answered (Karn's rule).
            if let (Some(asked), 1, true) =
                (missing.last_asked, missing.asked, packet.message.has(&Attribute::Retransmission))
            {
                let took = now.saturating_duration_since(asked);
                self.answer_time = Some(self.answer_time.map_or(took, |smoothed| (smoothed * 3 + took) / 4));
            }
            return;
        }
        log.highest = Some(number);
        if number - highest > MAX_JUMP {
            log.missing.clear();
            return;
        }
        for gap in highest + 1..number {
            log.missing.insert(gap, Missing { since: now, asked: 0, last_asked: None });
        }
        while log.missing.len() > MAX_MISSING {
            log.missing.pop_first();
        }
    }

    fn ask(&mut self, now: Instant) {
        let (pause, horizon) = (self.pause(), now + TOGETHER);
        for (&ssrc, log) in &mut self.logs {
            log.missing.retain(|_, missing| {
                missing.asked < MOST_QUESTIONS && now.saturating_duration_since(missing.since) < GIVE_UP
            });
            let mut numbers = Vec::new();
            let is_due = log.missing.values().any(|missing| due(missing, pause) <= now);
            for (&number, missing) in log.missing.iter_mut().filter(|_| is_due) {
                if due(missing, pause) <= horizon {
                    missing.asked += 1;
                    missing.last_asked = Some(now);
                    numbers.push(number as u16);
                }
            }
            if numbers.is_empty() {
                continue;
            }
            let nack = TransportLayerNack {
                sender_ssrc: self.sender_ssrc,
                media_ssrc: ssrc,
                nacks: nack_pairs_from_sequence_numbers(&numbers),
            };
            self.queues.write.push_back(TaggedPacket {
                now,
                transport: TransportContext::default(),
                message: AttributedPacket::new(Packet::Rtcp(vec![Box::new(nack)])),
            });
        }
    }
}

fn due(missing: &Missing, pause: Duration) -> Instant {
    missing.last_asked.map_or(missing.since + OVERTAKEN, |asked| asked + pause)
}

impl rtc::sansio::Protocol<TaggedPacket, TaggedPacket, ()> for NackGenerator {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        self.on_packet(&packet);
        self.queues.read.push_back(packet);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.queues.read.pop_front()
    }

    fn handle_write(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        self.queues.write.push_back(packet);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.queues.write.pop_front()
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), Error> {
        self.ask(now);
        Ok(())
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        let pause = self.pause();
        self.logs.values().flat_map(|log| log.missing.values()).map(|missing| due(missing, pause)).min()
    }
}

impl Interceptor for NackGenerator {
    fn bind_local_stream(&mut self, _: &StreamInfo) {}
    fn unbind_local_stream(&mut self, _: &StreamInfo) {}

    fn bind_remote_stream(&mut self, info: &StreamInfo) {
        let repairs = info.rtcp_feedback.iter().any(|feedback| feedback.typ == "nack" && feedback.parameter.is_empty());
        if repairs {
            // The library binds anew whenever the server offers anew; what is missing stays missing.
            self.logs.entry(info.ssrc).or_default();
        }
    }

    fn unbind_remote_stream(&mut self, info: &StreamInfo) {
        self.logs.remove(&info.ssrc);
    }
}

#[cfg(test)]
mod tests {
    use rtc::{interceptor::RTCPFeedback, sansio::Protocol};

    use super::*;
    use crate::engine::interceptors::tests::{rtp_packet, tagged, video_stream};

    fn info() -> StreamInfo {
        let nack = RTCPFeedback { typ: "nack".to_owned(), parameter: String::new() };
        StreamInfo { rtcp_feedback: vec![nack], ..video_stream() }
    }

    struct Bench {
        link: NackGenerator,
        start: Instant,
    }

    impl Bench {
        fn new() -> Self {
            let mut link = NackGenerator::default();
            link.bind_remote_stream(&info());
            Self { link, start: Instant::now() }
        }

        fn receive(&mut self, ms: u64, sequence: u16, is_repair: bool) {
            let mut packet = tagged(Packet::Rtp(rtp_packet(1, 96, sequence, &[0; 10])));
            packet.now = self.start + Duration::from_millis(ms);
            if is_repair {
                packet.message.add(Attribute::Retransmission);
            }
            self.link.handle_read(packet).expect("taken");
            assert!(self.link.poll_read().is_some());
        }

        /// Questions until `ms`: when and for how many.
        fn questions(&mut self, until_ms: u64) -> Vec<(u64, usize)> {
            let mut questions = Vec::new();
            while let Some(at) =
                self.link.poll_timeout().filter(|at| *at <= self.start + Duration::from_millis(until_ms))
            {
                self.link.handle_timeout(at).expect("taken");
                while let Some(packet) = self.link.poll_write() {
                    let Packet::Rtcp(packets) = packet.message.packet else { panic!("not RTCP") };
                    let nack = packets[0].as_any().downcast_ref::<TransportLayerNack>().expect("a NACK");
                    let count = nack.nacks.iter().map(|pair| 1 + pair.lost_packets.count_ones() as usize).sum();
                    questions.push((at.duration_since(self.start).as_millis() as u64, count));
                }
            }
            questions
        }
    }

    #[test]
    fn who_was_only_overtaken_is_not_asked_for() {
        let mut bench = Bench::new();
        for (ms, sequence) in [(0, 1), (1, 3), (2, 2), (3, 4)] {
            bench.receive(ms, sequence, false);
        }
        assert!(bench.questions(1000).is_empty());
    }

    #[test]
    fn questions_are_bounded_and_follow_the_round_trip() {
        let mut bench = Bench::new();
        bench.receive(0, 65_534, false);
        bench.receive(10, 2, false);
        let first = bench.questions(20);
        assert_eq!(first, [(14, 3)]);
        // The answer to one of them shows the round trip: 40 ms, so the next question waits for 50.
        bench.receive(54, 65_535, true);
        assert_eq!(bench.questions(70), [(64, 2)]);
        let rest = bench.questions(10_000);
        assert_eq!(rest.len(), MOST_QUESTIONS as usize - 2);
        assert!(bench.link.poll_timeout().is_none(), "given up");
    }

    #[test]
    fn a_new_offer_forgets_nothing_and_a_jump_everything() {
        let mut bench = Bench::new();
        bench.receive(0, 1, false);
        bench.receive(1, 3, false);
        bench.link.bind_remote_stream(&info());
        assert_eq!(bench.questions(10).len(), 1);
        bench.receive(20, 5000, false);
        assert!(bench.questions(1000).is_empty());
    }

    #[test]
    fn streams_without_the_word_are_left_alone() {
        let mut link = NackGenerator::default();
        link.bind_remote_stream(&video_stream());
        for sequence in [1, 5] {
            link.handle_read(tagged(Packet::Rtp(rtp_packet(1, 96, sequence, &[0])))).expect("taken");
        }
        assert!(link.poll_timeout().is_none());
    }
}
