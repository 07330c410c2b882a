//! What the way to the server carries: a careful target from the fate of the packets sent.
//!
//! It starts at what a 720p call needs, backs off on loss and on a queue that builds up, and grows while the way is clean and
//! used. It sends no probes.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use visita_protocol::Bitrate;

/// Enough for one 720p video at once; a narrower way shows itself within a second by delay or loss.
const START: f64 = 2_000_000.0;
/// Below this no picture is worth sending.
const FLOOR: f64 = 100_000.0;
/// All layers together at their best.
const CEILING: f64 = 6_000_000.0;

/// Over how much time loss and rate are counted.
const WINDOW: Duration = Duration::from_millis(1000);
/// Least time between two steps, so that each shows its effect before the next.
const STEP: Duration = Duration::from_millis(500);

/// Loss above which the way counts as full. Less is the noise of radio links: repaired by RTX, not a reason to send less.
const HIGH_LOSS: f64 = 0.15;
/// Loss below which the target grows.
const LOW_LOSS: f64 = 0.02;
/// Growth of a step; 8 % each half second doubles in five seconds.
const GROWTH: f64 = 1.08;
/// The target stays within this factor of what is really sent, so that it means something when it is needed.
const HEADROOM: f64 = 2.0;

/// A queue deeper than this is ours: back off before it overflows.
const QUEUE_LIMIT: Duration = Duration::from_millis(120);
/// For how long the shortest way is remembered; clocks drift apart by some ms in this time.
const BASE_MEMORY: Duration = Duration::from_secs(30);

/// One packet the other side told about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Acknowledged {
    /// When it left.
    pub(crate) departure: Instant,
    /// When it arrived, on the other side's clock; none when it was lost.
    pub(crate) arrival: Option<Duration>,
    /// Bytes.
    pub(crate) size: usize,
}

/// Turns packets' fates into a target.
#[derive(Debug)]
pub(crate) struct Estimator {
    target: f64,
    started: Option<Instant>,
    window: VecDeque<Acknowledged>,
    last_step: Option<Instant>,
    /// Shortest one-way times (with the unknown difference of the clocks), one a second.
    bases: VecDeque<(Instant, f64)>,
    /// Smoothed queueing delay, seconds.
    queue: f64,
}

impl Default for Estimator {
    fn default() -> Self {
        Self {
            target: START,
            started: None,
            window: VecDeque::new(),
            last_step: None,
            bases: VecDeque::new(),
            queue: 0.0,
        }
    }
}

impl Estimator {
    /// The target of now.
    pub(crate) fn target(&self) -> Bitrate {
        Bitrate::from_bps(self.target as u32)
    }

    /// Takes the fates of packets, in the order they were sent.
    pub(crate) fn on_packets(&mut self, now: Instant, packets: impl IntoIterator<Item = Acknowledged>) {
        for packet in packets {
            let started = *self.started.get_or_insert(packet.departure);
            if let Some(arrival) = packet.arrival {
                let departure = packet.departure.saturating_duration_since(started).as_secs_f64();
                self.on_one_way_time(packet.departure, arrival.as_secs_f64() - departure);
            }
            self.window.push_back(packet);
        }
        while self.window.front().is_some_and(|p| now.saturating_duration_since(p.departure) > WINDOW * 2) {
            self.window.pop_front();
        }
        if self.last_step.is_none_or(|at| now.saturating_duration_since(at) >= STEP) {
            self.step(now);
        }
    }

    fn on_one_way_time(&mut self, at: Instant, seconds: f64) {
        match self.bases.back_mut() {
            Some((since, base)) if at.saturating_duration_since(*since) < Duration::from_secs(1) => {
                *base = base.min(seconds);
            }
            _ => self.bases.push_back((at, seconds)),
        }
        while self.bases.front().is_some_and(|(since, _)| at.saturating_duration_since(*since) > BASE_MEMORY) {
            self.bases.pop_front();
        }
        let base = self.bases.iter().map(|(_, base)| *base).fold(f64::INFINITY, f64::min);
        self.queue += 0.05 * (seconds - base - self.queue);
    }

    fn step(&mut self, now: Instant) {
        let (Some(first), Some(last)) = (self.window.front(), self.window.back()) else { return };
        let span = last.departure.saturating_duration_since(first.departure).as_secs_f64();
        // Too little to tell a loss from bad luck.
        if self.window.len() < 20 || span < 0.2 {
            return;
        }
        self.last_step = Some(now);
        let lost = self.window.iter().filter(|p| p.arrival.is_none()).count() as f64 / self.window.len() as f64;
        let arrived: usize = self.window.iter().filter(|p| p.arrival.is_some()).map(|p| p.size).sum();
        let rate = arrived as f64 * 8.0 / span;
        if self.queue > QUEUE_LIMIT.as_secs_f64() {
            self.target = self.target.min(rate * 0.85);
        } else if lost > HIGH_LOSS {
            self.target = self.target.min((self.target * (1.0 - 0.5 * lost)).max(rate * 0.9));
        } else if lost < LOW_LOSS && self.target < rate * HEADROOM {
            self.target = (self.target * GROWTH).min(rate * HEADROOM);
        }
        self.target = self.target.clamp(FLOOR, CEILING);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A link in invented time: `rate` bits per second behind a queue, `loss` by chance.
    struct Link {
        start: Instant,
        now: Duration,
        free_at: Duration,
        estimator: Estimator,
        seed: u64,
    }

    impl Link {
        fn new() -> Self {
            Self {
                start: Instant::now(),
                now: Duration::ZERO,
                free_at: Duration::ZERO,
                estimator: Estimator::default(),
                seed: 1,
            }
        }

        /// Sends for `seconds`, as much as `wanted` and the target allow.
        fn run(&mut self, seconds: u64, wanted: f64, rate: f64, loss: f64) {
            let end = self.now + Duration::from_secs(seconds);
            let mut feedback = Vec::new();
            let mut last_feedback = self.now;
            while self.now < end {
                let sending = wanted.min(f64::from(self.estimator.target().bps()));
                self.now += Duration::from_secs_f64(1200.0 * 8.0 / sending);
                self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let unlucky = ((self.seed >> 40) as f64 / (1u64 << 24) as f64) < loss;
                let leaves = self.free_at.max(self.now) + Duration::from_secs_f64(1200.0 * 8.0 / rate);
                let overflow = leaves - self.now > Duration::from_millis(400);
                if !overflow {
                    self.free_at = leaves;
                }
                feedback.push(Acknowledged {
                    departure: self.start + self.now,
                    arrival: (!unlucky && !overflow).then(|| leaves + Duration::from_secs(77)),
                    size: 1200,
                });
                if self.now - last_feedback > Duration::from_millis(100) {
                    last_feedback = self.now;
                    self.estimator.on_packets(self.start + self.now, feedback.drain(..));
                }
            }
        }

        fn target(&self) -> u32 {
            self.estimator.target().kbps()
        }
    }

    #[test]
    fn a_clean_way_is_left_alone_and_grows_when_used() {
        let mut link = Link::new();
        link.run(10, 1_700_000.0, 50e6, 0.0);
        assert!(link.target() >= 2000, "{}", link.target());
        link.run(20, 5_000_000.0, 50e6, 0.0);
        assert!(link.target() >= 4000, "{}", link.target());
    }

    #[test]
    fn mild_loss_costs_nothing() {
        let mut link = Link::new();
        link.run(20, 1_700_000.0, 50e6, 0.05);
        assert!(link.target() >= 2000, "{}", link.target());
    }

    #[test]
    fn a_narrow_way_is_found_and_left_again() {
        let mut link = Link::new();
        link.run(10, 5_000_000.0, 500_000.0, 0.0);
        assert!(link.target() < 700, "{}", link.target());
        link.run(20, 5_000_000.0, 50e6, 0.0);
        assert!(link.target() > 1500, "{}", link.target());
    }

    #[test]
    fn it_never_goes_to_nothing() {
        let mut link = Link::new();
        link.run(10, 5_000_000.0, 50e6, 0.9);
        assert!(link.target() >= 100, "{}", link.target());
    }
}
