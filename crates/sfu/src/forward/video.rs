//! Video towards one subscriber: which simulcast layer, switched only at key frames, under numbers that look like one
//! stream (RFC 3550 sequence number and timestamp, RFC 7741 picture id and TL0PICIDX).

use std::time::{Duration, Instant};

use super::SequenceMap;

/// Most simulcast layers a track has: LiveKit's rids q, h, f.
pub(crate) const LAYERS: usize = 3;

/// Ticks of the video clock per millisecond (90 kHz).
const TICKS_PER_MS: u32 = 90;

/// Longest distance believed between the last packet of the old layer and the first of the new one by the sender's clock.
const MAX_SWITCH_DISTANCE: Duration = Duration::from_secs(10);

/// A simulcast layer, from low to high.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Layer(u8);

impl Layer {
    pub(crate) const LOW: Self = Self(0);
    pub(crate) const HIGH: Self = Self(2);

    /// By its place, 0 to 2.
    pub(crate) fn from_index(index: usize) -> Option<Self> {
        (index < LAYERS).then_some(Self(index as u8))
    }

    /// By its rid, as LiveKit's clients name them.
    pub(crate) fn from_rid(rid: &str) -> Option<Self> {
        match rid {
            "q" => Some(Self(0)),
            "h" => Some(Self(1)),
            "f" => Some(Self(2)),
            _ => None,
        }
    }

    /// Its place, 0 to 2.
    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// What the rules need to know of a video packet that came in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VideoPacket {
    /// The layer it belongs to.
    pub(crate) layer: Layer,
    /// Extended sequence number of that layer.
    pub(crate) sequence: u64,
    /// RTP timestamp of that layer.
    pub(crate) timestamp: u32,
    /// When it came in.
    pub(crate) arrival: Instant,
    /// When it was captured by the sender's clock, when that is known from a sender report; any fixed zero.
    pub(crate) captured: Option<Duration>,
    /// It is the first packet of a key frame.
    pub(crate) key_frame: bool,
    /// It carries nothing (padding for probing).
    pub(crate) empty: bool,
    /// RFC 7741 picture id, 7 or 15 bits.
    pub(crate) picture_id: Option<u16>,
    /// RFC 7741 TL0PICIDX.
    pub(crate) tl0: Option<u8>,
}

/// The numbers a packet goes out under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Numbers {
    /// Extended sequence number.
    pub(crate) sequence: u64,
    /// RTP timestamp.
    pub(crate) timestamp: u32,
    /// Picture id, 15 bits.
    pub(crate) picture_id: Option<u16>,
    /// TL0PICIDX.
    pub(crate) tl0: Option<u8>,
}

/// One track's video on its way to one subscriber.
#[derive(Debug)]
pub(crate) struct VideoForwarder {
    sequence: SequenceMap,
    current: Option<Layer>,
    target: Option<Layer>,
    ceiling: Layer,
    paused: bool,
    share: Option<Layer>,
    offsets: Offsets,
    last: Option<Last>,
}

/// What is added to the numbers of the present layer.
#[derive(Clone, Copy, Debug, Default)]
struct Offsets {
    timestamp: u32,
    picture_id: u16,
    tl0: u8,
}

/// The newest packet that went out.
#[derive(Clone, Copy, Debug)]
struct Last {
    arrival: Instant,
    captured: Option<Duration>,
    timestamp: u32,
    picture_id: u16,
    tl0: u8,
}

impl VideoForwarder {
    /// The first packet will have this sequence number.
    pub(crate) fn new(first_sequence: u64) -> Self {
        Self {
            sequence: SequenceMap::new(first_sequence),
            current: None,
            target: None,
            ceiling: Layer::HIGH,
            paused: false,
            share: Some(Layer::HIGH),
            offsets: Offsets::default(),
            last: None,
        }
    }

    /// The best layer the subscriber wants.
    pub(crate) fn set_ceiling(&mut self, ceiling: Layer) {
        self.ceiling = ceiling;
    }

    /// Stops and starts the stream. It starts again with a key frame.
    pub(crate) fn set_paused(&mut self, paused: bool) {
        self.paused = paused;
        if paused {
            self.current = None;
        }
    }

    /// The best layer the subscriber's link has room for; none: not even the least, the stream stops. It starts again with a
    /// key frame.
    pub(crate) fn set_share(&mut self, share: Option<Layer>) {
        self.share = share;
        if share.is_none() {
            self.current = None;
        }
    }

    /// The best layer the subscriber's link has room for.
    pub(crate) fn share(&self) -> Option<Layer> {
        self.share
    }

    fn stopped(&self) -> bool {
        self.paused || self.share.is_none()
    }

    /// Chooses the layer to have, of those that are alive: the best that is wanted, else the least above it.
    pub(crate) fn retarget(&mut self, alive: [bool; LAYERS]) {
        let layers = || (0..LAYERS).filter(|&index| alive[index]).filter_map(Layer::from_index);
        self.target = layers().rfind(|&layer| layer <= self.most()).or_else(|| layers().next());
    }

    /// The layer passed on now.
    pub(crate) fn current(&self) -> Option<Layer> {
        self.current
    }

    /// The layer whose key frame is waited for.
    pub(crate) fn waiting_for(&self) -> Option<Layer> {
        if self.stopped() || self.current == self.target { None } else { self.target }
    }

    /// Whether a packet came after all that went out, so that nobody is shown the past again.
    pub(crate) fn is_news(&self, packet: &VideoPacket) -> bool {
        self.last.is_none_or(|last| packet.arrival >= last.arrival)
    }

    /// The best layer the subscriber wants.
    pub(crate) fn ceiling(&self) -> Layer {
        self.ceiling
    }

    /// Decides on a packet: the numbers it goes out under, or none.
    pub(crate) fn push(&mut self, packet: &VideoPacket) -> Option<Numbers> {
        if self.stopped() {
            return None;
        }
        if self.current != Some(packet.layer) {
            if !packet.key_frame || !self.may_switch_to(packet.layer) {
                return None;
            }
            self.switch(packet);
        }
        if packet.empty {
            self.sequence.leave_out(packet.sequence);
            return None;
        }
        let sequence = self.sequence.map(packet.sequence)?;
        let numbers = Numbers {
            sequence,
            timestamp: packet.timestamp.wrapping_add(self.offsets.timestamp),
            picture_id: packet.picture_id.map(|id| id.wrapping_add(self.offsets.picture_id) & 0x7fff),
            tl0: packet.tl0.map(|tl0| tl0.wrapping_add(self.offsets.tl0)),
        };
        let newest = self.last.is_none_or(|last| numbers.timestamp.wrapping_sub(last.timestamp) as i32 >= 0);
        if newest {
            self.last = Some(Last {
                arrival: packet.arrival,
                captured: packet.captured,
                timestamp: numbers.timestamp,
                picture_id: numbers.picture_id.unwrap_or_default(),
                tl0: numbers.tl0.unwrap_or_default(),
            });
        }
        Some(numbers)
    }

    /// The best layer it may have.
    fn most(&self) -> Layer {
        self.share.map_or(self.ceiling, |share| share.min(self.ceiling))
    }

    /// Any key frame is good to begin with, also of a layer below the target: a picture now beats a better one later.
    fn may_switch_to(&self, layer: Layer) -> bool {
        match self.current {
            None => layer <= self.most() || self.target == Some(layer),
            Some(_) => self.target == Some(layer),
        }
    }

    fn switch(&mut self, packet: &VideoPacket) {
        self.sequence.switch(packet.sequence);
        if let Some(last) = self.last {
            let timestamp = last.timestamp.wrapping_add(ticks_between(&last, packet));
            self.offsets.timestamp = timestamp.wrapping_sub(packet.timestamp);
            self.offsets.picture_id =
                last.picture_id.wrapping_add(1).wrapping_sub(packet.picture_id.unwrap_or_default());
            self.offsets.tl0 = last.tl0.wrapping_add(1).wrapping_sub(packet.tl0.unwrap_or_default());
        }
        self.current = Some(packet.layer);
    }
}

/// How far apart two packets are on the video clock, by the sender's clock where sender reports tell it, else by arrival.
/// Never less than a millisecond: the frames must not share a timestamp.
fn ticks_between(last: &Last, packet: &VideoPacket) -> u32 {
    let by_sender = last.captured.zip(packet.captured).and_then(|(then, now)| now.checked_sub(then));
    let distance = by_sender
        .filter(|distance| *distance < MAX_SWITCH_DISTANCE)
        .unwrap_or_else(|| packet.arrival.saturating_duration_since(last.arrival));
    let ticks = distance.as_micros() * u128::from(TICKS_PER_MS) / 1000;
    u32::try_from(ticks).unwrap_or(u32::MAX / 2).max(TICKS_PER_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Source {
        layer: Layer,
        sequence: u64,
        timestamp: u32,
        picture_id: u16,
        tl0: u8,
    }

    impl Source {
        fn new(index: usize, seed: u32) -> Self {
            let layer = Layer::from_index(index).expect("a layer");
            Self {
                layer,
                sequence: u64::from(seed),
                timestamp: seed * 7919,
                picture_id: seed as u16 & 0x7fff,
                tl0: seed as u8,
            }
        }

        fn frame(&mut self, at: Instant, key_frame: bool) -> VideoPacket {
            self.sequence += 1;
            self.timestamp = self.timestamp.wrapping_add(3000);
            self.picture_id = (self.picture_id + 1) & 0x7fff;
            self.tl0 = self.tl0.wrapping_add(1);
            VideoPacket {
                layer: self.layer,
                sequence: self.sequence,
                timestamp: self.timestamp,
                arrival: at,
                captured: None,
                key_frame,
                empty: false,
                picture_id: Some(self.picture_id),
                tl0: Some(self.tl0),
            }
        }
    }

    #[test]
    fn nothing_before_a_key_frame_then_everything() {
        let start = Instant::now();
        let mut low = Source::new(0, 500);
        let mut forwarder = VideoForwarder::new(1);
        forwarder.retarget([true, false, false]);
        assert_eq!(forwarder.push(&low.frame(start, false)), None);
        assert_eq!(forwarder.waiting_for(), Some(Layer::LOW));
        assert_eq!(forwarder.push(&low.frame(start, true)).map(|n| n.sequence), Some(1));
        assert_eq!(forwarder.push(&low.frame(start, false)).map(|n| n.sequence), Some(2));
        assert_eq!(forwarder.waiting_for(), None);
    }

    #[test]
    fn a_switch_reads_as_one_stream() {
        let start = Instant::now();
        let (mut low, mut high) = (Source::new(0, 500), Source::new(2, 90_000));
        let mut forwarder = VideoForwarder::new(1);
        forwarder.retarget([true, false, true]);
        let first = forwarder.push(&low.frame(start, true)).expect("a picture now beats a better one later");
        let second = forwarder.push(&low.frame(start + Duration::from_millis(33), false)).expect("same layer");
        assert_eq!(forwarder.waiting_for(), Some(Layer::HIGH));
        assert_eq!(forwarder.push(&high.frame(start + Duration::from_millis(60), false)), None, "only at a key frame");
        let third =
            forwarder.push(&high.frame(start + Duration::from_millis(66), true)).expect("the target's key frame");
        assert_eq!(forwarder.push(&low.frame(start + Duration::from_millis(67), true)), None, "left for good");
        assert_eq!([first.sequence, second.sequence, third.sequence], [1, 2, 3]);
        assert_eq!(third.timestamp.wrapping_sub(second.timestamp), 33 * TICKS_PER_MS);
        assert_eq!(third.picture_id, second.picture_id.map(|id| (id + 1) & 0x7fff));
        assert_eq!(third.tl0, second.tl0.map(|tl0| tl0.wrapping_add(1)));
        assert_eq!(forwarder.current(), Some(Layer::HIGH));
    }

    #[test]
    fn the_senders_clock_beats_arrival() {
        let start = Instant::now();
        let (mut low, mut high) = (Source::new(0, 1), Source::new(2, 2));
        let mut forwarder = VideoForwarder::new(1);
        forwarder.retarget([true, false, true]);
        let captured = Duration::from_secs(1000);
        let first = forwarder.push(&VideoPacket { captured: Some(captured), ..low.frame(start, true) }).expect("first");
        let late = start + Duration::from_millis(150);
        let packet = VideoPacket { captured: Some(captured + Duration::from_millis(100)), ..high.frame(late, true) };
        let second = forwarder.push(&packet).expect("switch");
        assert_eq!(second.timestamp.wrapping_sub(first.timestamp), 100 * TICKS_PER_MS);
    }

    #[test]
    fn the_ceiling_holds_and_the_nearest_layer_stands_in() {
        let mut forwarder = VideoForwarder::new(1);
        forwarder.set_ceiling(Layer::LOW);
        forwarder.retarget([true, true, true]);
        assert_eq!(forwarder.waiting_for(), Some(Layer::LOW));
        forwarder.retarget([false, true, true]);
        assert_eq!(forwarder.waiting_for(), Layer::from_index(1), "nothing that low: the least above");
        forwarder.retarget([false; LAYERS]);
        assert_eq!(forwarder.waiting_for(), None);
    }

    #[test]
    fn a_pause_ends_with_a_key_frame_and_no_gap() {
        let start = Instant::now();
        let mut low = Source::new(0, 10);
        let mut forwarder = VideoForwarder::new(1);
        forwarder.retarget([true, false, false]);
        assert!(forwarder.push(&low.frame(start, true)).is_some());
        forwarder.set_paused(true);
        assert_eq!(forwarder.push(&low.frame(start, true)), None);
        assert_eq!(forwarder.waiting_for(), None);
        forwarder.set_paused(false);
        assert_eq!(forwarder.push(&low.frame(start, false)), None);
        let back = start + Duration::from_secs(2);
        assert_eq!(forwarder.push(&low.frame(back, true)).map(|n| n.sequence), Some(2));
    }

    #[test]
    fn what_the_link_has_no_room_for_is_not_passed_on() {
        let start = Instant::now();
        let (mut low, mut high) = (Source::new(0, 10), Source::new(2, 20));
        let mut forwarder = VideoForwarder::new(1);
        forwarder.retarget([true, false, true]);
        assert!(forwarder.push(&high.frame(start, true)).is_some());
        forwarder.set_share(Some(Layer::LOW));
        forwarder.retarget([true, false, true]);
        assert!(forwarder.push(&high.frame(start, false)).is_some(), "until the lower layer's key frame");
        assert_eq!(forwarder.waiting_for(), Some(Layer::LOW));
        assert!(forwarder.push(&low.frame(start, true)).is_some());
        forwarder.set_share(None);
        assert_eq!(forwarder.push(&low.frame(start, true)), None);
        assert_eq!(forwarder.waiting_for(), None, "nobody is asked for what cannot be sent");
        forwarder.set_share(Some(Layer::LOW));
        assert_eq!(forwarder.push(&low.frame(start, true)).map(|n| n.sequence), Some(4));
    }

    #[test]
    fn padding_leaves_no_gap() {
        let start = Instant::now();
        let mut low = Source::new(0, 10);
        let mut forwarder = VideoForwarder::new(1);
        forwarder.retarget([true, false, false]);
        assert!(forwarder.push(&low.frame(start, true)).is_some());
        assert_eq!(forwarder.push(&VideoPacket { empty: true, ..low.frame(start, false) }), None);
        assert_eq!(forwarder.push(&low.frame(start, false)).map(|n| n.sequence), Some(2));
    }
}
