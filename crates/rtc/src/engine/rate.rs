//! Amounts over about a second.

use std::time::{Duration, Instant};

/// A rate of something, such as bytes or frames.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rate {
    since: Option<Instant>,
    amount: usize,
    last: f64,
}

impl Rate {
    /// Counts.
    pub(crate) fn add(&mut self, now: Instant, amount: usize) {
        let since = *self.since.get_or_insert(now);
        let span = now.saturating_duration_since(since);
        if span >= Duration::from_secs(1) {
            self.last = self.amount as f64 / span.as_secs_f64();
            self.since = Some(now);
            self.amount = 0;
        }
        self.amount += amount;
    }

    /// So much a second; nothing once nothing was counted for a while.
    pub(crate) fn per_second(&self, now: Instant) -> f64 {
        match self.since {
            Some(since) if now.saturating_duration_since(since) < Duration::from_secs(2) => self.last,
            _ => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_of_the_last_second() {
        let mut rate = Rate::default();
        let start = Instant::now();
        for ms in (0..3000).step_by(10) {
            rate.add(start + Duration::from_millis(ms), 125);
        }
        let end = start + Duration::from_millis(2990);
        assert!((rate.per_second(end) - 12_500.0).abs() < 250.0);
        assert_eq!(rate.per_second(end + Duration::from_secs(5)), 0.0);
    }
}
