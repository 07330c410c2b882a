//! Lets packets leave one after the other: sound at once, repetitions before pictures, pictures at a pace.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// What may leave at once, as time at the pace: timers are of milliseconds.
const BURST: Duration = Duration::from_millis(4);
/// And at least so many bytes, so that small frames are never held up.
const LEAST_BURST: f64 = 2500.0;

/// What a packet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Sound, reports: never waits.
    AtOnce,
    /// A repetition somebody waits for.
    Repetition,
    /// A part of a picture.
    Picture,
}

/// The queue.
#[derive(Debug)]
pub(crate) struct Pacer<P> {
    at_once: VecDeque<(usize, P)>,
    repetitions: VecDeque<(usize, P)>,
    pictures: VecDeque<(usize, P)>,
    queued_bytes: usize,
    repetition_bytes: usize,
    /// Bytes that may leave; below zero after a packet larger than what was left.
    budget: f64,
    budget_at: Option<Instant>,
    pace: f64,
    /// A faster pace for a while: bytes that are left of it and bits per second.
    hurry: Option<(f64, f64)>,
}

impl<P> Pacer<P> {
    /// A queue that leaves at `pace` bits per second.
    pub(crate) fn new(pace: f64) -> Self {
        Self {
            at_once: VecDeque::new(),
            repetitions: VecDeque::new(),
            pictures: VecDeque::new(),
            queued_bytes: 0,
            repetition_bytes: 0,
            budget: LEAST_BURST,
            budget_at: None,
            pace,
            hurry: None,
        }
    }

    /// Changes the pace, bits per second.
    pub(crate) fn set_pace(&mut self, pace: f64) {
        self.pace = pace;
    }

    /// Sends the next `bytes` bytes at exactly `bps`.
    pub(crate) fn hurry(&mut self, bytes: usize, bps: f64) {
        self.hurry = Some((bytes as f64, bps));
        // What is left from before would come out at once and falsify the measure.
        self.budget = self.budget.min(1200.0);
    }

    /// Whether it goes at a pace of [`Pacer::hurry`], which wants to be filled.
    pub(crate) fn is_hurrying(&self) -> bool {
        self.hurry.is_some()
    }

    /// Gives up the faster pace.
    pub(crate) fn calm(&mut self) {
        self.hurry = None;
    }

    /// Takes a packet of `bytes` bytes.
    pub(crate) fn push(&mut self, class: Class, bytes: usize, packet: P) {
        let queue = match class {
            Class::AtOnce => &mut self.at_once,
            Class::Repetition => &mut self.repetitions,
            Class::Picture => &mut self.pictures,
        };
        queue.push_back((bytes, packet));
        if class != Class::AtOnce {
            self.queued_bytes += bytes;
        }
        if class == Class::Repetition {
            self.repetition_bytes += bytes;
        }
    }

    /// Drops the pictures that `stale` names.
    pub(crate) fn drop_pictures(&mut self, stale: impl Fn(&P) -> bool) {
        let queued_bytes = &mut self.queued_bytes;
        self.pictures.retain(|(bytes, packet)| {
            let stays = !stale(packet);
            if !stays {
                *queued_bytes = queued_bytes.saturating_sub(*bytes);
            }
            stays
        });
    }

    /// The pictures that wait, with their bytes.
    pub(crate) fn pictures(&self) -> impl Iterator<Item = &(usize, P)> {
        self.pictures.iter()
    }

    /// Adds what may leave since the last call.
    pub(crate) fn advance(&mut self, now: Instant) {
        let since = self.budget_at.replace(now).unwrap_or(now);
        let rate = self.rate();
        let earned = rate * now.saturating_duration_since(since).as_secs_f64() / 8.0;
        let most = if self.hurry.is_some() { LEAST_BURST } else { (rate * BURST.as_secs_f64() / 8.0).max(LEAST_BURST) };
        self.budget = (self.budget + earned).min(most);
    }

    /// The next packet that may leave.
    pub(crate) fn pop(&mut self) -> Option<P> {
        if let Some((bytes, packet)) = self.at_once.pop_front() {
            // It is counted, but nobody waits for its sake more than a moment.
            self.spend(bytes);
            return Some(packet);
        }
        if self.budget <= 0.0 {
            return None;
        }
        let repetition = self.repetitions.pop_front();
        if let Some((bytes, _)) = &repetition {
            self.repetition_bytes = self.repetition_bytes.saturating_sub(*bytes);
        }
        let (bytes, packet) = repetition.or_else(|| self.pictures.pop_front())?;
        self.queued_bytes = self.queued_bytes.saturating_sub(bytes);
        self.spend(bytes);
        Some(packet)
    }

    /// Counts a packet that leaves without having been queued.
    pub(crate) fn spend(&mut self, bytes: usize) {
        self.budget -= bytes as f64;
        if let Some((left, _)) = &mut self.hurry {
            *left -= bytes as f64;
            if *left <= 0.0 {
                self.hurry = None;
            }
        }
    }

    /// Whether something may leave now, were it there.
    pub(crate) fn has_budget(&self) -> bool {
        self.budget > 0.0
    }

    /// When [`Pacer::pop`] gives something again.
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        let at = self.budget_at?;
        if !self.at_once.is_empty() {
            return Some(at);
        }
        if self.queued_bytes == 0 && self.hurry.is_none() {
            return None;
        }
        // A byte over nothing, so that the budget is positive then.
        let missing = (1.0 - self.budget).max(0.0);
        Some(at + Duration::from_secs_f64(missing * 8.0 / self.rate()))
    }

    /// How long what waits takes to leave.
    pub(crate) fn delay(&self) -> Duration {
        Duration::from_secs_f64(self.queued_bytes as f64 * 8.0 / self.pace.max(1.0))
    }

    /// How long the repetitions among it take.
    pub(crate) fn repetition_delay(&self) -> Duration {
        Duration::from_secs_f64(self.repetition_bytes as f64 * 8.0 / self.pace.max(1.0))
    }

    /// Bits per second.
    fn rate(&self) -> f64 {
        self.hurry.map_or(self.pace, |(_, bps)| bps).max(50_000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs for a second; what left, with its time in ms.
    fn run(pacer: &mut Pacer<&'static str>, start: Instant) -> Vec<(u64, &'static str)> {
        let mut left = Vec::new();
        for ms in 0..1000 {
            pacer.advance(start + Duration::from_millis(ms));
            left.extend(std::iter::from_fn(|| pacer.pop()).map(|packet| (ms, packet)));
        }
        left
    }

    #[test]
    fn sound_passes_and_pictures_keep_the_pace() {
        let mut pacer = Pacer::new(1_000_000.0);
        for _ in 0..50 {
            pacer.push(Class::Picture, 1250, "picture");
        }
        pacer.push(Class::Repetition, 1250, "repetition");
        pacer.push(Class::AtOnce, 100, "sound");
        assert!(pacer.delay() > Duration::from_millis(500));
        let left = run(&mut pacer, Instant::now());
        assert_eq!((left[0], left[1]), ((0, "sound"), (0, "repetition")));
        // A million bits per second: 51 packets of 10 kbit take 0.51 s, less the first burst.
        let last = left.last().expect("all left").0;
        assert!(left.len() == 52 && (470..=515).contains(&last), "{} until {last}", left.len());
    }

    #[test]
    fn a_small_frame_is_not_held_up() {
        let mut pacer = Pacer::new(100_000.0);
        pacer.push(Class::Picture, 1200, "one");
        pacer.push(Class::Picture, 1200, "two");
        assert_eq!(run(&mut pacer, Instant::now())[1].0, 0);
    }

    #[test]
    fn what_is_stale_is_dropped() {
        let mut pacer = Pacer::new(100_000.0);
        for what in ["large", "small", "large"] {
            pacer.push(Class::Picture, 1250, what);
        }
        pacer.push(Class::Repetition, 1250, "large");
        pacer.drop_pictures(|packet| *packet == "large");
        assert_eq!(pacer.pictures().map(|(_, packet)| *packet).collect::<Vec<_>>(), ["small"]);
        assert_eq!(pacer.delay(), Duration::from_millis(200));
    }

    #[test]
    fn a_hurry_ends_by_itself() {
        let mut pacer = Pacer::new(100_000.0);
        pacer.hurry(12_500, 4_000_000.0);
        for _ in 0..20 {
            pacer.push(Class::Picture, 1250, "picture");
        }
        let left = run(&mut pacer, Instant::now());
        // Ten at 2.5 ms each, then one each 100 ms.
        assert!((20..=27).contains(&left[9].0) && left[12].0 > 100, "{left:?}");
        assert!(!pacer.is_hurrying());
    }
}
