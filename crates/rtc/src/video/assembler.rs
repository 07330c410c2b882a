//! Puts frames together from RTP packets that come late, twice, out of order or not at all.
//!
//! Frames come out in order, and only those that can be decoded: after a loss that was not repaired nothing comes until
//! the next key frame, which [`Assembler::take_key_frame_request`] asks for at a bounded rate.

use std::{
    collections::{BTreeMap, VecDeque},
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use visita_protocol::{PixelSize, VideoCodec};

use super::part::{Order, Part, Starts, key_frame_size};
use crate::EncodedFrame;

/// How long a gap may keep later packets waiting. A retransmission takes one to three rounds of NACK and answer, and a
/// server may refuse to repeat a packet within its first 100 ms; a longer wait costs more delay than a key frame costs.
const GAP_PATIENCE: Duration = Duration::from_millis(350);

/// Least time between two key frame requests: about a round trip and a key frame's way through an SFU's throttle.
const REQUEST_SPACING: Duration = Duration::from_millis(500);

/// A jump in sequence numbers larger than this is a new stream, not a loss.
const MAX_JUMP: u64 = 3000;

/// Packets kept at most, so that a stream of nonsense cannot fill the memory.
const MAX_PACKETS: usize = 2048;

/// One RTP packet's worth.
#[derive(Clone, Debug)]
pub(crate) struct Fragment {
    /// RTP synchronisation source.
    pub(crate) ssrc: u32,
    /// What its payload type stands for.
    pub(crate) codec: VideoCodec,
    /// RTP sequence number.
    pub(crate) sequence: u16,
    /// RTP timestamp, 90 kHz.
    pub(crate) timestamp: u32,
    /// RTP marker: the last packet of a frame.
    pub(crate) marker: bool,
    /// RTP payload; empty for padding.
    pub(crate) payload: Bytes,
    /// When it came.
    pub(crate) received_at: Instant,
}

#[derive(Debug)]
struct Held {
    timestamp: u32,
    marker: bool,
    part: Part,
    received_at: Instant,
}

/// Puts the frames of one video together.
#[derive(Debug, Default)]
pub(crate) struct Assembler {
    ssrc: Option<u32>,
    codec: VideoCodec,
    /// Packets not given out yet, by extended sequence number.
    held: BTreeMap<u64, Held>,
    /// Highest extended sequence number seen.
    highest: u64,
    /// The number the next frame begins with; none until a key frame was given out.
    next: Option<u64>,
    /// What the last frame given out said of its place.
    last: Option<Order>,
    /// Since when the packet at `next` is missing though later ones are there.
    waiting_since: Option<Instant>,
    /// A key frame is needed to go on.
    broken: bool,
    last_request: Option<Instant>,
    frames: VecDeque<EncodedFrame>,
}

impl Assembler {
    /// Takes a packet.
    pub(crate) fn push(&mut self, fragment: Fragment, now: Instant) {
        if self.ssrc != Some(fragment.ssrc) || self.codec != fragment.codec {
            self.restart(&fragment);
        }
        let mut sequence = extend(self.highest, fragment.sequence);
        if sequence.abs_diff(self.highest) > MAX_JUMP || self.held.len() >= MAX_PACKETS {
            self.restart(&fragment);
            sequence = self.highest;
        }
        self.highest = self.highest.max(sequence);
        if self.next.is_some_and(|next| sequence < next) {
            return;
        }
        let held = Held {
            timestamp: fragment.timestamp,
            marker: fragment.marker,
            // Padding keeps its sequence number; so does a packet too short to mean anything.
            part: Part::read(fragment.codec, &fragment.payload).unwrap_or_else(Part::padding),
            received_at: fragment.received_at,
        };
        self.held.entry(sequence).or_insert(held);
        self.advance(now);
    }

    /// Gives up on a gap that waited long enough.
    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        if self.waiting_since.is_some_and(|since| now.saturating_duration_since(since) >= GAP_PATIENCE) {
            self.lose_sync();
            self.advance(now);
        }
    }

    /// When [`Assembler::handle_timeout`] is wanted.
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        let patience = self.waiting_since.map(|since| since + GAP_PATIENCE);
        let request = self.needs_key_frame().then_some(self.last_request).flatten().map(|at| at + REQUEST_SPACING);
        patience.into_iter().chain(request).min()
    }

    /// The next whole frame.
    pub(crate) fn poll_frame(&mut self) -> Option<EncodedFrame> {
        self.frames.pop_front()
    }

    /// Whether to ask the sender for a key frame now; true at most every [`REQUEST_SPACING`].
    pub(crate) fn take_key_frame_request(&mut self, now: Instant) -> bool {
        let due = self.last_request.is_none_or(|at| now.saturating_duration_since(at) >= REQUEST_SPACING);
        let ask = self.needs_key_frame() && due;
        if ask {
            self.last_request = Some(now);
        }
        ask
    }

    fn needs_key_frame(&self) -> bool {
        self.broken || (self.next.is_none() && self.ssrc.is_some())
    }

    fn restart(&mut self, first: &Fragment) {
        *self = Self {
            ssrc: Some(first.ssrc),
            codec: first.codec,
            // Far from zero, so that packets from before the first do not underflow.
            highest: (1 << 32) + u64::from(first.sequence),
            last_request: self.last_request,
            frames: std::mem::take(&mut self.frames),
            ..Self::default()
        };
    }

    fn lose_sync(&mut self) {
        self.broken = true;
        self.waiting_since = None;
    }

    fn advance(&mut self, now: Instant) {
        loop {
            if self.broken || self.next.is_none() {
                // While a key frame is still arriving, packets from before it are of no use.
                if !self.jump_to_key_frame() {
                    self.forget_useless();
                    return;
                }
            }
            match self.take_frame() {
                Step::Frame => self.waiting_since = None,
                Step::Skipped => {}
                Step::Broken => self.lose_sync(),
                Step::Incomplete => {
                    self.waiting_since = None;
                    return;
                }
                Step::Gap => {
                    if self.jump_to_key_frame() {
                        continue;
                    }
                    self.waiting_since.get_or_insert(now);
                    return;
                }
            }
        }
    }

    /// Sets `next` to the newest key frame that is whole; false when there is none.
    fn jump_to_key_frame(&mut self) -> bool {
        let whole_key_frame = self
            .held
            .iter()
            .rev()
            .filter(|(_, held)| held.part.key)
            .map(|(&sequence, _)| sequence)
            .find(|&start| self.frame_end(start).is_some());
        let Some(start) = whole_key_frame else { return false };
        self.held = self.held.split_off(&start);
        self.next = Some(start);
        self.last = None;
        self.broken = false;
        self.waiting_since = None;
        true
    }

    /// Without sync only what may become a key frame is kept.
    fn forget_useless(&mut self) {
        let first_start = self.held.iter().find(|(_, held)| held.part.key).map(|(&sequence, _)| sequence);
        match first_start {
            Some(start) => self.held = self.held.split_off(&start),
            // A key frame's first packet may still be under way behind its second.
            None => {
                let keep_from = self.highest.saturating_sub(64);
                self.held = self.held.split_off(&keep_from);
            }
        }
    }

    /// The last packet of the frame that begins at `start`, if all of it is there.
    fn frame_end(&self, start: u64) -> Option<u64> {
        let timestamp = self.held.get(&start)?.timestamp;
        let mut sequence = start;
        loop {
            let held = self.held.get(&sequence)?;
            if held.timestamp != timestamp && !held.part.is_padding() {
                return None;
            }
            if held.marker && !held.part.is_padding() {
                return Some(sequence);
            }
            sequence += 1;
        }
    }

    fn take_frame(&mut self) -> Step {
        let Some(next) = self.next else { return Step::Incomplete };
        let Some(first) = self.held.get(&next) else {
            let Some((&after_gap, held)) = self.held.iter().next() else { return Step::Incomplete };
            // Numbers that an SFU used up for padding leave a gap in which no picture is missing.
            if self.is_next_picture(held) {
                self.next = Some(after_gap);
                return Step::Skipped;
            }
            return Step::Gap;
        };
        if first.part.is_padding() {
            self.held.remove(&next);
            self.next = Some(next + 1);
            return Step::Skipped;
        }
        if first.part.starts == Starts::Before {
            // The tail of a frame whose head never was: its numbers are all here, so it will not come.
            self.held.remove(&next);
            self.next = Some(next + 1);
            return Step::Broken;
        }
        let timestamp = first.timestamp;
        let mut end = next;
        loop {
            let Some(held) = self.held.get(&end) else {
                return if self.held.range(end..).next().is_some() { Step::Gap } else { Step::Incomplete };
            };
            if !held.part.is_padding()
                && (held.timestamp != timestamp || (end != next && held.part.starts == Starts::Here))
            {
                self.held = self.held.split_off(&end);
                self.next = Some(end);
                return Step::Broken;
            }
            if held.marker && !held.part.is_padding() {
                break;
            }
            end += 1;
        }
        self.emit(next, end)
    }

    fn emit(&mut self, start: u64, end: u64) -> Step {
        let rest = self.held.split_off(&(end + 1));
        let packets = std::mem::replace(&mut self.held, rest);
        self.next = Some(end + 1);
        let mut packets = packets.into_values().filter(|held| !held.part.is_padding());
        let Some(first) = packets.next() else { return Step::Skipped };
        debug_assert!(start <= end);
        let mut key = first.part.key;
        let (order, rtp_time) = (first.part.order, first.timestamp);
        let mut received_at = first.received_at;
        let mut data = BytesMut::from(&first.part.data[..]);
        for packet in packets {
            // What a decoder needs may stand behind a delimiter, in a packet of its own.
            key |= packet.part.key;
            received_at = received_at.max(packet.received_at);
            data.extend_from_slice(&packet.part.data);
        }
        // Whole sequence numbers do not prove that nothing is missing: a server may have renumbered around a loss on its other
        // side.
        if !key && self.last.is_some_and(|last| !order.continues(&last)) {
            return Step::Broken;
        }
        let data = data.freeze();
        let size = if key { key_frame_size(self.codec, &data) } else { None };
        if size.is_some_and(|size| size.area() > PixelSize::MOST_DECODED) {
            // Not every decoder that this goes to looks first.
            return Step::Broken;
        }
        self.last = Some(order);
        self.frames.push_back(EncodedFrame { codec: self.codec, key, size, data, rtp_time, received_at });
        Step::Frame
    }

    fn is_next_picture(&self, held: &Held) -> bool {
        let last_id = self.last.as_ref().and_then(|last| last.picture_id);
        held.part.starts == Starts::Here
            && matches!((held.part.order.picture_id, last_id), (Some(id), Some(last)) if id.follows(last))
    }
}

enum Step {
    /// A frame came out.
    Frame,
    /// Moved on without one.
    Skipped,
    /// Something decodable is missing for good.
    Broken,
    /// All is there so far; more is to come.
    Incomplete,
    /// A packet is missing though later ones are there.
    Gap,
}

/// The 64-bit sequence number nearest to `highest` that ends in `sequence`.
fn extend(highest: u64, sequence: u16) -> u64 {
    let difference = sequence.wrapping_sub(highest as u16) as i16;
    highest.wrapping_add_signed(i64::from(difference))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::video::{Packetizer, tests::frame};

    struct Sender {
        packetizer: Packetizer,
        sequence: u16,
        timestamp: u32,
        start: Instant,
    }

    impl Sender {
        fn new() -> Self {
            Self {
                packetizer: Packetizer::new(0x7ffe, 0xfe),
                sequence: 65_530,
                timestamp: u32::MAX - 3000,
                start: Instant::now(),
            }
        }

        fn send(&mut self, frame: &[u8]) -> Vec<Fragment> {
            self.timestamp = self.timestamp.wrapping_add(3000);
            self.packetizer
                .cut(frame)
                .into_iter()
                .map(|payload| {
                    self.sequence = self.sequence.wrapping_add(1);
                    Fragment {
                        ssrc: 1,
                        codec: VideoCodec::Vp8,
                        sequence: self.sequence,
                        timestamp: self.timestamp,
                        marker: payload.last,
                        payload: payload.bytes,
                        received_at: self.start,
                    }
                })
                .collect()
        }
    }

    fn take(assembler: &mut Assembler) -> Vec<EncodedFrame> {
        std::iter::from_fn(|| assembler.poll_frame()).collect()
    }

    #[test]
    fn frames_come_out_as_they_went_in_over_every_wrap() {
        let (mut sender, mut assembler) = (Sender::new(), Assembler::default());
        let now = sender.start;
        let sent: Vec<_> = (0..10).map(|i| frame(i == 0, 900 * (i + 1))).collect();
        for whole in &sent {
            for fragment in sender.send(whole) {
                assembler.push(fragment, now);
            }
        }
        let got = take(&mut assembler);
        assert_eq!(got.iter().map(|f| f.data.to_vec()).collect::<Vec<_>>(), sent);
        assert!(got[0].key && got[0].size.is_some() && !got[1].key && got[1].size.is_none());
        assert!(!assembler.take_key_frame_request(now));
    }

    #[test]
    fn a_picture_too_large_for_any_decoder_is_left_out() {
        let (mut sender, mut assembler) = (Sender::new(), Assembler::default());
        let now = sender.start;
        let mut huge = frame(true, 900);
        huge[6..10].copy_from_slice(&[0xff, 0x3f, 0xff, 0x3f]);
        let sent = [frame(true, 900), huge, frame(false, 900), frame(true, 900)];
        for fragment in sent.iter().flat_map(|whole| sender.send(whole)) {
            assembler.push(fragment, now);
        }
        let got: Vec<_> = take(&mut assembler).into_iter().map(|frame| frame.key).collect();
        assert_eq!(got, [true, true], "what follows the huge one waits for a key frame");
    }

    #[test]
    fn any_order_and_repetition_gives_the_same_frames() {
        let mut sender = Sender::new();
        let now = sender.start;
        let sent: Vec<_> = (0..6).map(|i| frame(i == 0, 2500)).collect();
        let packets: Vec<_> = sent.iter().flat_map(|whole| sender.send(whole)).collect();
        let mut seed = 1u64;
        for _ in 0..200 {
            let mut shuffled = packets.clone();
            for i in (1..shuffled.len()).rev() {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                // Neighbours only: the first packet must be among the first to say where the stream starts.
                let distance = (seed >> 33) as usize % 4;
                shuffled.swap(i, i.saturating_sub(distance));
            }
            let mut assembler = Assembler::default();
            for fragment in shuffled.iter().chain(&packets) {
                assembler.push(fragment.clone(), now);
            }
            assert_eq!(take(&mut assembler).iter().map(|f| f.data.to_vec()).collect::<Vec<_>>(), sent);
        }
    }

    #[test]
    fn a_repaired_loss_costs_no_key_frame() {
        let (mut sender, mut assembler) = (Sender::new(), Assembler::default());
        let now = sender.start;
        let mut packets: Vec<_> = (0..4).flat_map(|i| sender.send(&frame(i == 0, 3000))).collect();
        let lost = packets.remove(4);
        for fragment in packets {
            assembler.push(fragment, now);
        }
        assert_eq!(take(&mut assembler).len(), 1);
        assembler.handle_timeout(now + GAP_PATIENCE / 2);
        assembler.push(lost, now + GAP_PATIENCE / 2);
        assert_eq!(take(&mut assembler).len(), 3);
        assert!(!assembler.take_key_frame_request(now + GAP_PATIENCE));
    }

    #[test]
    fn an_unrepaired_loss_asks_for_a_key_frame_and_waits_for_it() {
        let (mut sender, mut assembler) = (Sender::new(), Assembler::default());
        let mut now = sender.start;
        for whole in [frame(true, 3000), frame(false, 3000), frame(false, 3000)] {
            for (i, fragment) in sender.send(&whole).into_iter().enumerate() {
                if whole[0] & 1 == 1 && i == 1 {
                    continue;
                }
                assembler.push(fragment, now);
            }
        }
        assert_eq!(take(&mut assembler).len(), 1);
        assert!(!assembler.take_key_frame_request(now));
        now = assembler.poll_timeout().expect("a gap is waited for");
        assembler.handle_timeout(now);
        assert!(assembler.take_key_frame_request(now));
        assert!(!assembler.take_key_frame_request(now), "asked once");
        assert!(assembler.take_key_frame_request(now + REQUEST_SPACING), "asked again when none came");
        for fragment in sender.send(&frame(false, 500)) {
            assembler.push(fragment, now);
        }
        assert!(take(&mut assembler).is_empty(), "a delta frame is of no use now");
        for fragment in sender.send(&frame(true, 3000)) {
            assembler.push(fragment, now);
        }
        let got = take(&mut assembler);
        assert!(got.len() == 1 && got[0].key);
        assert_eq!(assembler.poll_timeout(), None);
    }

    #[test]
    fn a_key_frame_behind_a_gap_ends_the_wait() {
        let (mut sender, mut assembler) = (Sender::new(), Assembler::default());
        let now = sender.start;
        for fragment in sender.send(&frame(true, 500)) {
            assembler.push(fragment, now);
        }
        let _lost = sender.send(&frame(false, 500));
        for fragment in sender.send(&frame(true, 2500)) {
            assembler.push(fragment, now);
        }
        assert_eq!(take(&mut assembler).len(), 2);
    }

    #[test]
    fn joining_in_the_middle_waits_for_a_key_frame() {
        let (mut sender, mut assembler) = (Sender::new(), Assembler::default());
        let now = sender.start;
        let _before = sender.send(&frame(true, 500));
        for fragment in sender.send(&frame(false, 5000)).into_iter().skip(1) {
            assembler.push(fragment, now);
        }
        assert!(assembler.take_key_frame_request(now));
        for fragment in sender.send(&frame(true, 500)).into_iter().chain(sender.send(&frame(false, 500))) {
            assembler.push(fragment, now);
        }
        assert_eq!(take(&mut assembler).iter().map(|f| f.key).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn padding_and_numbers_used_up_by_it_are_no_loss() {
        let (mut sender, mut assembler) = (Sender::new(), Assembler::default());
        let now = sender.start;
        for fragment in sender.send(&frame(true, 500)) {
            assembler.push(fragment, now);
        }
        sender.sequence = sender.sequence.wrapping_add(1);
        assembler.push(
            Fragment {
                ssrc: 1,
                codec: VideoCodec::Vp8,
                sequence: sender.sequence,
                timestamp: sender.timestamp,
                marker: false,
                payload: Bytes::new(),
                received_at: now,
            },
            now,
        );
        // Two numbers that never come at all.
        sender.sequence = sender.sequence.wrapping_add(2);
        for fragment in sender.send(&frame(false, 500)) {
            assembler.push(fragment, now);
        }
        assert_eq!(take(&mut assembler).len(), 2);
    }

    #[test]
    fn a_picture_missing_behind_whole_numbers_is_noticed() {
        let (mut sender, mut assembler) = (Sender::new(), Assembler::default());
        let now = sender.start;
        for fragment in sender.send(&frame(true, 500)) {
            assembler.push(fragment, now);
        }
        let before = sender.sequence;
        let _lost_upstream = sender.send(&frame(false, 500));
        sender.sequence = before;
        for fragment in sender.send(&frame(false, 500)) {
            assembler.push(fragment, now);
        }
        assert_eq!(take(&mut assembler).len(), 1);
        assert!(assembler.take_key_frame_request(now));
    }

    #[test]
    fn another_source_starts_anew() {
        let (mut sender, mut assembler) = (Sender::new(), Assembler::default());
        let now = sender.start;
        for fragment in sender.send(&frame(true, 500)) {
            assembler.push(fragment, now);
        }
        let mut other = Sender { sequence: 7, ..Sender::new() };
        for fragment in other.send(&frame(true, 500)) {
            assembler.push(Fragment { ssrc: 2, ..fragment }, now);
        }
        assert_eq!(take(&mut assembler).len(), 2);
    }

    #[test]
    fn nonsense_neither_panics_nor_fills_the_memory() {
        let mut assembler = Assembler::default();
        let now = Instant::now();
        let mut seed = 7u64;
        for _ in 0..50_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let bytes = seed.to_le_bytes();
            assembler.push(
                Fragment {
                    ssrc: 1,
                    codec: VideoCodec::Vp8,
                    sequence: u16::from_le_bytes([bytes[3], bytes[4]]) % 9000,
                    timestamp: u32::from(bytes[5] % 4),
                    marker: bytes[6] & 3 == 0,
                    payload: Bytes::copy_from_slice(&bytes[..usize::from(bytes[7] % 9)]),
                    received_at: now,
                },
                now,
            );
            assert!(assembler.held.len() <= MAX_PACKETS);
            while assembler.poll_frame().is_some() {}
        }
    }

    /// Packets of one codec, each with its timestamp and marker, numbered from 1.
    fn put_together(codec: VideoCodec, packets: &[(u32, bool, &[u8])]) -> Vec<EncodedFrame> {
        let mut assembler = Assembler::default();
        let now = Instant::now();
        for (sequence, &(timestamp, marker, payload)) in (1..).zip(packets) {
            let payload = Bytes::copy_from_slice(payload);
            let fragment = Fragment { ssrc: 1, codec, sequence, timestamp, marker, payload, received_at: now };
            assembler.push(fragment, now);
        }
        take(&mut assembler)
    }

    #[test]
    fn a_picture_in_h264_is_its_units_one_behind_the_other() {
        let frames = put_together(
            VideoCodec::H264,
            &[
                // The tail of something from before.
                (1, true, &[0x41, 9]),
                (2, false, &[0x67, 1, 2]),
                (2, false, &[0x68, 3]),
                (2, false, &[0x7c, 0x85, 4]),
                (2, true, &[0x7c, 0x45, 5]),
                (3, true, &[0x41, 6]),
            ],
        );
        let bytes: Vec<_> = frames.iter().map(|frame| (frame.key, frame.data.to_vec())).collect();
        let key = [0, 0, 0, 1, 0x67, 1, 2, 0, 0, 0, 1, 0x68, 3, 0, 0, 0, 1, 0x65, 4, 5];
        assert_eq!(bytes, [(true, key.to_vec()), (false, vec![0, 0, 0, 1, 0x41, 6])]);
        assert!(frames.iter().all(|frame| frame.codec == VideoCodec::H264));
    }

    #[test]
    fn layers_of_a_picture_in_vp9_stay_together() {
        let frames = put_together(
            VideoCodec::Vp9,
            &[
                (1, false, &[0xa8, 1, 0x00, 1, 10]),
                (1, false, &[0xa0, 1, 0x00, 1, 11]),
                (1, true, &[0xac, 1, 0x03, 1, 12]),
                // A temporal layer is left out before this one, with its picture id.
                (3, true, &[0xec, 3, 0x00, 2, 13]),
                // Only the upper layer of this one is wanted.
                (4, true, &[0xec, 4, 0x02, 3, 15]),
                // Here something of the base is missing.
                (6, true, &[0xec, 6, 0x00, 5, 14]),
            ],
        );
        let bytes: Vec<_> = frames.iter().map(|frame| (frame.key, frame.data.to_vec())).collect();
        assert_eq!(bytes, [(true, vec![10, 11, 12]), (false, vec![13]), (false, vec![15])]);
    }

    #[test]
    fn a_stream_may_go_on_in_another_codec() {
        let (mut sender, mut assembler) = (Sender::new(), Assembler::default());
        let now = sender.start;
        let [fragment] = &sender.send(&frame(true, 500))[..] else { panic!("one packet") };
        assembler.push(fragment.clone(), now);
        let payload = Bytes::from_static(&[0x67, 1, 2]);
        let sequence = fragment.sequence.wrapping_add(1);
        assembler.push(Fragment { codec: VideoCodec::H264, sequence, payload, ..fragment.clone() }, now);
        let codecs: Vec<_> = take(&mut assembler).iter().map(|frame| frame.codec).collect();
        assert_eq!(codecs, [VideoCodec::Vp8, VideoCodec::H264]);
    }
}
