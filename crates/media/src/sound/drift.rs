//! How fast a device's clock runs beside ours.
//!
//! A sound card of 48 kHz gives or takes some samples more or less in a second. Left alone the difference piles up: in
//! delay, or in gaps. Here a line is fitted through what moved until when; its slope is what a resampler makes good.

use std::time::Instant;

/// Seconds after which what was seen counts for a third.
const MEMORY: f64 = 20.0;
/// Seconds before anything is said: blocks come with milliseconds of jitter.
const BEFORE: f64 = 8.0;
/// Sound cards are better than this; more is a mistake.
const MOST: f64 = 0.003;
/// Seconds off the line that are no jitter: the device stood still, or sound was lost.
const JUMP: f64 = 0.1;

/// Fits the line. Times in it are relative to the newest observation, so that numbers stay small.
pub(crate) struct Drift {
    rate: f64,
    /// When it was looked at first, and what had moved by then.
    first: Option<(Instant, u64)>,
    /// The newest time seen; calls may come in another order than they were due.
    newest: Option<Instant>,
    observed: f64,
    /// Weighted sums of 1, t, t², y, ty.
    sums: [f64; 5],
}

impl Drift {
    /// For a device that says it has this many samples a second.
    pub(crate) fn new(rate: u32) -> Self {
        Self { rate: f64::from(rate.max(1)), first: None, newest: None, observed: 0.0, sums: [0.0; 5] }
    }

    /// `moved` samples in all by `now`. Answers the device's speed: 1.0001 gives 100 samples too many in a million.
    pub(crate) fn moved(&mut self, moved: u64, now: Instant) -> f64 {
        let (start, had) = *self.first.get_or_insert((now, moved));
        let Some(newest) = self.newest.replace(self.newest.map_or(now, |newest| newest.max(now))) else { return 1.0 };
        let passed = now.saturating_duration_since(newest).as_secs_f64();
        // Seconds of sound moved beyond the time that passed.
        let elapsed = now.saturating_duration_since(start).as_secs_f64();
        let ahead = moved.saturating_sub(had) as f64 / self.rate - elapsed;
        if self.observed > 1.0 && (ahead - self.level()).abs() > JUMP {
            *self = Self { first: Some((now, moved)), newest: Some(now), ..Self::new(self.rate as u32) };
            return 1.0;
        }
        self.observed += passed;
        let [one, t, tt, y, ty] = &mut self.sums;
        // The past moves away, and fades.
        *ty -= passed * *y;
        *tt += passed * (passed * *one - 2.0 * *t);
        *t -= passed * *one;
        let fade = (-passed / MEMORY).exp();
        for sum in [&mut *one, &mut *t, &mut *tt, &mut *y, &mut *ty] {
            *sum *= fade;
        }
        *one += 1.0;
        *y += ahead;
        self.speed()
    }

    fn speed(&self) -> f64 {
        if self.observed < BEFORE { 1.0 } else { 1.0 + self.slope().clamp(-MOST, MOST) }
    }

    /// The line's slope, however steep.
    fn slope(&self) -> f64 {
        let [one, t, tt, y, ty] = self.sums;
        let spread = one * tt - t * t;
        if spread > 0.0 { (one * ty - t * y) / spread } else { 0.0 }
    }

    /// Where the line is now: good enough to see a jump.
    fn level(&self) -> f64 {
        let [one, t, _, y, _] = self.sums;
        if one > 0.0 { (y - self.slope() * t) / one } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Blocks of 10 ms from a clock of some speed, each late by up to `jitter` seconds.
    fn run(drift: &mut Drift, start: Instant, from: u64, seconds: u64, speed: f64, jitter: f64) -> f64 {
        let mut seed = 5u32;
        let mut found = 1.0;
        for block in from * 100..(from + seconds) * 100 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let late = f64::from(seed >> 16) / 65_536.0 * jitter;
            let at = start + Duration::from_secs_f64(block as f64 * 0.01 / speed + late);
            found = drift.moved(block * 480, at);
        }
        found
    }

    #[test]
    fn a_clock_is_known_to_some_millionths() {
        for wrong in [0.0, 1e-4, -1e-4, 5e-4, -2e-3] {
            let mut drift = Drift::new(48_000);
            let found = run(&mut drift, Instant::now(), 0, 60, 1.0 + wrong, 0.012);
            assert!((found - 1.0 - wrong).abs() < 6e-5, "{wrong:e}: {:e}", found - 1.0);
        }
    }

    #[test]
    fn nothing_is_said_too_early_nor_beyond_reason() {
        let mut drift = Drift::new(48_000);
        assert_eq!(run(&mut drift, Instant::now(), 0, 7, 1.002, 0.012), 1.0);
        let found = run(&mut Drift::new(48_000), Instant::now(), 0, 60, 1.02, 0.0);
        assert_eq!(found, 1.0 + MOST);
    }

    #[test]
    fn a_pause_is_no_slow_clock() {
        let (mut drift, start) = (Drift::new(48_000), Instant::now());
        run(&mut drift, start, 0, 30, 1.0, 0.003);
        let found = run(&mut drift, start + Duration::from_secs(2), 30, 60, 1.0, 0.003);
        assert!((found - 1.0).abs() < 6e-5, "{:e}", found - 1.0);
    }
}
