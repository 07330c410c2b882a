//! The target and its probes.

use std::time::{Duration, Instant};

use visita_protocol::Bitrate;

use super::{
    delay::{DelayTrend, QueueDelay, Usage},
    loss::LossMeter,
    meter::AcknowledgedRate,
    probe::{Measuring, Probe},
};

/// Where it begins without a memory of the network: a picture at once; the first probe finds more within a round trip.
const START: f64 = 1_000_000.0;
/// A memory is trusted to this share: the network may be shared with others today.
const MEMORY_SHARE: f64 = 0.8;
/// Below this no picture is worth sending.
const FLOOR: f64 = 100_000.0;
/// More than all layers of a camera and a screen; also the least that is looked for, so that packets leave at once where
/// there is room.
const CEILING: f64 = 8_000_000.0;

/// A backing off leaves this share of what arrives (draft-ietf-rmcat-gcc-02 section 5.5), or less where a deep queue is to
/// be emptied.
const BACK_OFF: f64 = 0.85;
const EMPTY: f64 = 0.45;
/// A queue that is still deep after so long is emptied by less.
const EMPTY_WITHIN: Duration = Duration::from_millis(800);
/// Queues on the way, ms: more than the first is a reason to back off even when it does not grow any more, more than the
/// second to empty it at once. With more than the last nothing is probed.
const STANDING_QUEUE_MS: f64 = 130.0;
const DEEP_QUEUE_MS: f64 = 200.0;
const SHORT_QUEUE_MS: f64 = 40.0;
/// A queue of which the newest packets already tell so much, while this share of all is lost, has run over.
const OVERFLOWING_MS: f64 = 100.0;
const OVERFLOW_LOSS: f64 = 0.3;
const OVERFLOW_PACKETS: usize = 6;
/// A trend below this depth is the sawtooth of single frames, not a queue.
const LEAST_QUEUE_MS: f64 = 12.0;
/// Pictures leave so much faster than the target: faster means a frame is through sooner, slower that a narrow way's queue
/// stays with us, where sound passes it. The second is for ways that are, or were a moment ago, full.
const PACE: f64 = 2.0;
const CAREFUL_PACE: f64 = 1.2;
const CAREFUL_FOR: Duration = Duration::from_secs(3);

/// Growth of a second, far from where the way was full, and the least growth near it, bits per second.
const GROWTH: f64 = 1.08;
const SLOW_GROWTH: f64 = 4000.0;
/// Losses that mean a full way, and those below which the target grows.
const HIGH_LOSS: f64 = 0.10;
const LOW_LOSS: f64 = 0.03;
/// The target grows by itself no further than this over what is sent: more must be shown by a probe.
const USED_SHARE: f64 = 1.5;

/// A probe asks for this much more than the target; the first, of an unknown network, for more.
const PROBE_FACTOR: f64 = 2.0;
const FIRST_PROBE_FACTOR: f64 = 3.0;
/// On a narrow way a probe is felt: it is smaller.
const NARROW: f64 = 400_000.0;
const NARROW_PROBE_FACTOR: f64 = 1.6;
/// What a probe found holds for so long against a measure that still looks further back.
const PROVED_FOR: Duration = Duration::from_millis(800);
/// A probe that found so much more is followed by another.
const WORTH_GOING_ON: f64 = 1.15;
/// A way that was full seems to carry this much more now: it is another, or a shaper's bucket passed the probe. A longer one
/// tells, of so many times what it carried when it was full.
const DOUBTFUL: f64 = 1.4;
const LONG_PROBE_FACTOR: f64 = 1.4;
/// Share of it that must come through.
const CONFIRMED: f64 = 0.9;
/// Time between probes at most while more is wanted and buckets pass them.
const PROBE_EVERY_OF_DOUBTED: Duration = Duration::from_secs(5);
/// Time between probes that found nothing: at first, and at most. While less is carried than is wanted it stays at the
/// first.
const PROBE_EVERY: Duration = Duration::from_millis(2000);
const PROBE_EVERY_AT_MOST: Duration = Duration::from_secs(20);
/// After a backing off the queue empties first.
const PROBE_AFTER_BACK_OFF: Duration = Duration::from_millis(1200);
/// A target that stood so long without backing off is worth remembering.
const GOOD_AFTER: Duration = Duration::from_secs(3);

/// A packet the other side told about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Acknowledged {
    /// When it left.
    pub(crate) departure: Instant,
    /// When it arrived, on the other side's clock; none when it was lost.
    pub(crate) arrival: Option<Duration>,
    /// Bytes on the wire.
    pub(crate) size: usize,
    /// The probe it belongs to.
    pub(crate) probe: Option<u32>,
}

/// Turns packets' fates into a target.
#[derive(Debug)]
pub(crate) struct Controller {
    target: f64,
    /// What encoders could use.
    wanted: f64,
    epoch: Option<Instant>,
    trend: DelayTrend,
    queue: QueueDelay,
    loss: LossMeter,
    arriving: AcknowledgedRate,
    /// What arrived when the way was last full.
    full_at: Option<f64>,
    /// A deep queue is being emptied.
    emptying: bool,
    /// What a probe found that a longer one is to confirm.
    doubted: Option<f64>,
    /// What the last probe found.
    proved: Option<(Instant, f64)>,
    last_feedback: Option<Instant>,
    last_back_off: Option<Instant>,
    round_trip: Option<Duration>,
    measuring: Option<Measuring>,
    next_probe: Option<Instant>,
    probe_pause: Duration,
    probes: u32,
    good: Option<f64>,
}

impl Controller {
    /// Begins with what the network carried last time, if that is known.
    pub(crate) fn new(known: Option<Bitrate>) -> Self {
        Self {
            target: known.map_or(START, |rate| (f64::from(rate.bps()) * MEMORY_SHARE).clamp(FLOOR, CEILING)),
            wanted: CEILING,
            epoch: None,
            trend: DelayTrend::default(),
            queue: QueueDelay::default(),
            loss: LossMeter::default(),
            arriving: AcknowledgedRate::default(),
            full_at: None,
            emptying: false,
            doubted: None,
            proved: None,
            last_feedback: None,
            last_back_off: None,
            round_trip: None,
            measuring: None,
            next_probe: None,
            probe_pause: PROBE_EVERY,
            probes: 0,
            good: known.map(|rate| f64::from(rate.bps())),
        }
    }

    /// The target of now.
    pub(crate) fn target(&self) -> Bitrate {
        Bitrate::from_bps(self.target as u32)
    }

    /// Whether a queue stands on the way: losses then are its overflow.
    pub(crate) fn is_full(&self) -> bool {
        self.emptying || self.queue.ms() > SHORT_QUEUE_MS
    }

    /// How fast pictures may leave, bits per second.
    pub(crate) fn pace(&self, now: Instant) -> f64 {
        let full =
            self.is_full() || self.last_back_off.is_some_and(|at| now.saturating_duration_since(at) < CAREFUL_FOR);
        self.target * if full { CAREFUL_PACE } else { PACE }
    }

    /// What the network is known to carry, to begin with another time.
    pub(crate) fn good(&self) -> Option<Bitrate> {
        self.good.map(|bps| Bitrate::from_bps(bps as u32))
    }

    /// Round trip by the feedback, the other side's waiting for more to tell included.
    pub(crate) fn round_trip(&self) -> Option<Duration> {
        self.round_trip
    }

    /// Depth of the queue on the way.
    pub(crate) fn queue_ms(&self) -> f64 {
        self.queue.ms()
    }

    /// Share of losses, all of them.
    pub(crate) fn loss(&self) -> f64 {
        self.loss.share()
    }

    /// What all encoders together would use at their best.
    pub(crate) fn set_wanted(&mut self, wanted: Bitrate) {
        self.wanted = f64::from(wanted.bps()).clamp(FLOOR, CEILING);
    }

    /// The way is another: what was measured of the old one says nothing. The target falls to where an unknown network
    /// begins, and is looked for anew.
    pub(crate) fn on_new_way(&mut self) {
        self.target = self.target.min(START);
        let (wanted, probes, good) = (self.wanted, self.probes, self.good);
        *self = Self { target: self.target, wanted, probes, good, ..Self::new(None) };
    }

    /// Whether a probe is due; media must be under way to send one with.
    pub(crate) fn poll_probe(&mut self, now: Instant) -> Option<Probe> {
        if self.measuring.as_ref().is_some_and(|measuring| measuring.is_over(now)) {
            // Lost on the way: as good as an answer.
            self.measuring = None;
            self.doubted = None;
            self.put_off(now);
        }
        let first = self.probes == 0;
        if self.next_probe.is_some_and(|at| now < at) || self.measuring.is_some() || self.target >= CEILING {
            return None;
        }
        // Later probes wait for word of the earlier.
        if !first && self.last_feedback.is_none() {
            return None;
        }
        let backed_off = self.last_back_off.is_some_and(|at| now.saturating_duration_since(at) < PROBE_AFTER_BACK_OFF);
        if backed_off || self.trend.usage() == Usage::Over || self.queue.ms() > SHORT_QUEUE_MS {
            return None;
        }
        let factor = match self.target {
            _ if first => FIRST_PROBE_FACTOR,
            narrow if narrow < NARROW => NARROW_PROBE_FACTOR,
            _ => PROBE_FACTOR,
        };
        self.probes += 1;
        let probe = match self.doubted.zip(self.full_at) {
            Some((found, full_at)) => Probe::long(self.probes, found.min(full_at * LONG_PROBE_FACTOR)),
            None => Probe::new(self.probes, (self.target * factor).min(CEILING * 1.1)),
        };
        self.measuring = Some(Measuring::new(probe, now));
        Some(probe)
    }

    /// Takes what a feedback told, in the order of departure.
    pub(crate) fn on_feedback(&mut self, now: Instant, packets: &[Acknowledged]) {
        let Some(last) = packets.iter().rev().find(|packet| packet.arrival.is_some()) else { return };
        let trip = now.saturating_duration_since(last.departure);
        self.round_trip = Some(self.round_trip.map_or(trip, |smoothed| (smoothed * 7 + trip) / 8));
        let mut found = None;
        for packet in packets {
            let epoch = *self.epoch.get_or_insert(packet.departure);
            let Some(arrival) = packet.arrival else { continue };
            let departure = packet.departure.saturating_duration_since(epoch).as_secs_f64() * 1000.0;
            let arrival = arrival.as_secs_f64() * 1000.0;
            self.trend.on_packet(departure, arrival);
            self.queue.on_packet(departure, arrival);
            self.arriving.on_packet(arrival, packet.size);
            if let Some(measuring) = &mut self.measuring
                && packet.probe == Some(measuring.probe().id)
            {
                found = measuring.on_packet(departure, arrival, packet.size).or(found);
            }
        }
        let lost = packets.iter().filter(|packet| packet.arrival.is_none()).count();
        let loss = self.loss.on_packets(now, packets.len(), lost);
        if let Some(found) = found {
            self.on_found(now, found);
        }
        let overflows = packets.len() >= OVERFLOW_PACKETS
            && lost as f64 > packets.len() as f64 * OVERFLOW_LOSS
            && self.queue.newest_ms() > OVERFLOWING_MS;
        tracing::trace!(packets = packets.len(), lost, newest_ms = self.queue.newest_ms(), "feedback");
        self.adapt(now, loss, overflows);
        self.last_feedback = Some(now);
    }

    fn on_found(&mut self, now: Instant, found: f64) {
        let Some(measuring) = self.measuring.take() else { return };
        let probe = measuring.probe();
        tracing::trace!(probe = probe.bps, found, target = self.target, doubted = self.doubted, "probed");
        let goes_on = match self.doubted.take() {
            Some(_) if found < probe.bps * CONFIRMED => {
                self.next_probe = Some(now + self.probe_pause);
                self.probe_pause = (self.probe_pause * 2).min(PROBE_EVERY_OF_DOUBTED);
                return;
            }
            Some(claimed) => {
                // So much is certain; whether there is even more the next one tells.
                self.full_at = Some(found);
                claimed >= found * WORTH_GOING_ON
            }
            None if self.target < self.wanted && self.full_at.is_some_and(|full_at| found > full_at * DOUBTFUL) => {
                self.doubted = Some(found);
                self.next_probe = Some(now);
                return;
            }
            None => found >= self.target * WORTH_GOING_ON && found >= probe.bps * 0.7,
        };
        if goes_on {
            self.next_probe = Some(now);
            self.probe_pause = PROBE_EVERY;
        } else {
            self.put_off(now);
        }
        self.proved = Some((now, found));
        if found > self.target {
            self.target = found.min(CEILING);
            // Where it was full before it is not any more.
            self.full_at = self.full_at.filter(|full_at| *full_at * 1.2 > found);
        }
    }

    fn put_off(&mut self, now: Instant) {
        self.next_probe = Some(now + self.probe_pause);
        if self.target >= self.wanted {
            self.probe_pause = (self.probe_pause * 2).min(PROBE_EVERY_AT_MOST);
        } else {
            self.probe_pause = PROBE_EVERY;
        }
    }

    fn adapt(&mut self, now: Instant, loss: Option<f64>, overflows: bool) {
        let arriving = self.arriving.bps();
        let response = self
            .round_trip
            .unwrap_or(Duration::from_millis(100))
            .clamp(Duration::from_millis(60), Duration::from_millis(400));
        let settled = self.last_back_off.is_none_or(|at| now.saturating_duration_since(at) > response);
        let queue = self.queue.ms();
        if self.emptying && queue < SHORT_QUEUE_MS {
            // What arrived while it was full is what it carries.
            self.emptying = false;
            let carried = self.full_at.unwrap_or(FLOOR) * BACK_OFF;
            self.target = self.target.max(carried.min(CEILING));
            return;
        }
        let over = self.trend.usage() == Usage::Over && queue > LEAST_QUEUE_MS;
        if over || overflows || queue > STANDING_QUEUE_MS {
            let fills = queue > OVERFLOWING_MS && self.queue.newest_ms() > DEEP_QUEUE_MS;
            let empties =
                self.emptying && self.last_back_off.is_some_and(|at| now.saturating_duration_since(at) < EMPTY_WITHIN);
            let is_deep = (overflows || fills || queue > DEEP_QUEUE_MS) && !empties;
            if let (true, Some(arriving)) = (settled || is_deep, arriving) {
                if is_deep {
                    // The longer look back still sees what was before.
                    let arriving = self.arriving.latest_bps().unwrap_or(arriving).min(arriving);
                    self.emptying = true;
                    self.full_at = Some(arriving);
                    self.back_off(now, arriving * EMPTY);
                } else if !self.emptying {
                    let proved = self.proved.filter(|(at, _)| now.saturating_duration_since(*at) < PROVED_FOR);
                    let arriving = proved.map_or(arriving, |(_, found)| arriving.max(found.min(self.target)));
                    self.full_at = Some(arriving);
                    self.back_off(now, arriving * BACK_OFF);
                }
            }
            return;
        }
        if let Some(loss) = loss
            && loss > HIGH_LOSS
        {
            let least = arriving.map_or(FLOOR, |arriving| arriving * 0.7);
            self.back_off(now, (self.target * (1.0 - 0.5 * loss)).max(least));
            return;
        }
        let quiet = self.last_back_off.is_none_or(|at| now.saturating_duration_since(at) > GOOD_AFTER);
        if quiet && self.last_feedback.is_some() {
            self.good = Some(self.target);
        }
        if self.trend.usage() == Usage::Normal && loss.is_none_or(|loss| loss < LOW_LOSS) {
            self.grow(now, arriving, response);
        }
    }

    fn back_off(&mut self, now: Instant, to: f64) {
        if to < self.target {
            tracing::trace!(to, queue_ms = self.queue.ms(), loss = self.loss.share(), "backing off");
            self.target = to.max(FLOOR);
        }
        self.last_back_off = Some(now);
        self.doubted = None;
        self.probe_pause = PROBE_EVERY;
        self.next_probe = self.next_probe.filter(|_| self.probes > 0).map(|at| at.min(now + PROBE_EVERY));
    }

    fn grow(&mut self, now: Instant, arriving: Option<f64>, response: Duration) {
        let Some(since) = self.last_feedback else { return };
        let Some(arriving) = arriving else { return };
        let limit = arriving * USED_SHARE + 50_000.0;
        if self.target >= limit {
            return;
        }
        let seconds = now.saturating_duration_since(since).as_secs_f64().min(1.0);
        let near_full =
            self.full_at.is_some_and(|full_at| self.target > full_at * 0.85 && self.target < full_at * 1.15);
        let grown = if near_full {
            // About a packet for each round (section 5.5).
            let round = response.as_secs_f64() + 0.1;
            self.target + (9600.0 / round).max(SLOW_GROWTH) * seconds
        } else {
            self.target * GROWTH.powf(seconds)
        };
        self.target = grown.min(limit).min(CEILING).max(self.target);
    }

    /// Forgets what arrived: media stood still.
    pub(crate) fn on_pause(&mut self) {
        self.arriving.clear();
        self.loss.clear();
    }
}
