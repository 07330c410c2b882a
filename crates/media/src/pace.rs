//! Real time for what has no clock of its own.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

/// Ticks at a steady rate. Whoever comes late gets the missed ticks back, but no faster than at twice the rate, so that
/// a busy moment does not become a burst; what is too old is forgotten.
pub(crate) struct Pacer {
    period: Duration,
    /// How far behind the clock it may fall before ticks are forgotten.
    patience: Duration,
    due: Instant,
    not_before: Instant,
}

impl Pacer {
    /// The first tick is due at once.
    pub(crate) fn new(period: Duration, patience: Duration) -> Self {
        let now = Instant::now();
        Self { period, patience, due: now, not_before: now }
    }

    /// Waits for the next tick; `false` if it does not come within `timeout`.
    pub(crate) fn wait(&mut self, timeout: Duration) -> bool {
        let left = self.left(Instant::now());
        if left > timeout {
            sleep(timeout);
            return false;
        }
        if !left.is_zero() {
            sleep(left);
        }
        self.tick(Instant::now());
        true
    }

    fn left(&self, now: Instant) -> Duration {
        self.due.max(self.not_before).saturating_duration_since(now)
    }

    fn tick(&mut self, now: Instant) {
        self.due += self.period;
        if now > self.due + self.patience {
            self.due = now + self.period;
        }
        self.not_before = now + self.period / 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// Takes ticks as they come from `now` on until `until`; `slow` is how long each is worked on.
    fn run(pacer: &mut Pacer, mut now: Instant, until: Instant, slow: Duration) -> (u32, Instant) {
        let mut ticks = 0;
        while now + pacer.left(now) < until {
            now += pacer.left(now);
            pacer.tick(now);
            now += slow;
            ticks += 1;
        }
        (ticks, now)
    }

    #[test]
    fn keeps_the_rate() {
        let mut pacer = Pacer::new(10 * MS, 100 * MS);
        let start = pacer.due;
        assert_eq!(run(&mut pacer, start, start + 1000 * MS, 3 * MS).0, 100);
    }

    #[test]
    fn catches_up_at_twice_the_rate() {
        let mut pacer = Pacer::new(10 * MS, 100 * MS);
        let start = pacer.due;
        // Nobody came for 60 ms: six ticks are owed, and two come in each period until they are paid.
        assert_eq!(run(&mut pacer, start + 60 * MS, start + 80 * MS, Duration::ZERO).0, 4);
        let mut pacer = Pacer::new(10 * MS, 100 * MS);
        let start = pacer.due;
        assert_eq!(run(&mut pacer, start + 60 * MS, start + 1000 * MS, Duration::ZERO).0, 100);
    }

    #[test]
    fn forgets_what_is_too_old() {
        let mut pacer = Pacer::new(10 * MS, 100 * MS);
        let start = pacer.due;
        let late = start + Duration::from_secs(60);
        assert_eq!(run(&mut pacer, late, late + 100 * MS, Duration::ZERO).0, 10);
    }
}
