//! Which losses mean a full way, and which are the air's.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// A share of losses is counted over at least this time.
const WINDOW: Duration = Duration::from_millis(500);
/// And over at least so many packets.
const LEAST_PACKETS: usize = 20;
/// Losses that stay for so many windows though less is sent are none of ours.
const MEMORY: usize = 4;

/// Counts losses.
#[derive(Debug, Default)]
pub(super) struct LossMeter {
    since: Option<Instant>,
    packets: usize,
    lost: usize,
    /// Shares of the last windows.
    shares: VecDeque<f64>,
    last: f64,
}

impl LossMeter {
    /// Takes the fates of some packets; gives the share of losses of a window when one is full, without the losses
    /// that were there all the time.
    pub(super) fn on_packets(&mut self, now: Instant, packets: usize, lost: usize) -> Option<f64> {
        let since = *self.since.get_or_insert(now);
        self.packets += packets;
        self.lost += lost;
        if now.saturating_duration_since(since) < WINDOW || self.packets < LEAST_PACKETS {
            return None;
        }
        let share = self.lost as f64 / self.packets as f64;
        (self.since, self.packets, self.lost) = (Some(now), 0, 0);
        self.last = share;
        let inherent = self.inherent();
        self.shares.push_back(share);
        if self.shares.len() > MEMORY {
            self.shares.pop_front();
        }
        Some(((share - inherent) / (1.0 - inherent).max(0.05)).clamp(0.0, 1.0))
    }

    /// Share of all losses in the last full window.
    pub(super) fn share(&self) -> f64 {
        self.last
    }

    /// What is lost whatever we send: the least of the last windows, once there are enough.
    fn inherent(&self) -> f64 {
        if self.shares.len() < MEMORY { 0.0 } else { self.shares.iter().copied().fold(1.0, f64::min) }
    }

    /// Forgets everything: the way is another.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_that_stay_stop_counting() {
        let mut meter = LossMeter::default();
        let start = Instant::now();
        let shares: Vec<f64> = (0..100)
            .filter_map(|number| meter.on_packets(start + Duration::from_millis(number * 100), 10, 3))
            .collect();
        assert!((shares[0] - 0.3).abs() < 0.01);
        assert!(shares.last().is_some_and(|share| *share < 0.01), "{shares:?}");
        let more = (100..110).filter_map(|number| meter.on_packets(start + Duration::from_millis(number * 100), 10, 8));
        assert!(more.last().is_some_and(|share| share > 0.5));
    }
}
