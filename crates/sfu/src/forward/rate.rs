//! How many bits per second come in.

use std::time::{Duration, Instant};

/// One reading is taken over this: some key frames fall into it, and a change is seen soon.
const WINDOW: Duration = Duration::from_secs(1);

/// IP, UDP and SRTP around a payload, in bytes.
const OVERHEAD: usize = 60;

/// Measures one stream.
#[derive(Debug, Default)]
pub(crate) struct Rate {
    bytes: usize,
    since: Option<Instant>,
    /// 0: not known.
    bits_per_second: u64,
}

impl Rate {
    /// A packet with a payload of so many bytes came.
    pub(crate) fn add(&mut self, payload: usize) {
        self.bytes += payload + OVERHEAD;
    }

    /// To be called now and then.
    pub(crate) fn review(&mut self, now: Instant) {
        let Some(since) = self.since else {
            self.bytes = 0;
            self.since = Some(now);
            return;
        };
        let elapsed = now.saturating_duration_since(since);
        if elapsed < WINDOW {
            return;
        }
        let latest = (self.bytes as f64 * 8.0 / elapsed.as_secs_f64()) as u64;
        // The higher of two windows counts half: a pause between two words does not make a stream cheap.
        self.bits_per_second = if latest == 0 { 0 } else { latest.max((latest + self.bits_per_second) / 2) };
        self.bytes = 0;
        self.since = Some(now);
    }

    /// As last measured; 0: not known.
    pub(crate) fn bits_per_second(&self) -> u64 {
        self.bits_per_second
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_in_a_second() {
        let start = Instant::now();
        let mut rate = Rate::default();
        rate.review(start);
        assert_eq!(rate.bits_per_second(), 0);
        (0..100).for_each(|_| rate.add(1190));
        rate.review(start + WINDOW / 2);
        assert_eq!(rate.bits_per_second(), 0, "too early to tell");
        rate.review(start + WINDOW);
        assert_eq!(rate.bits_per_second(), 1_000_000);
        rate.review(start + WINDOW * 2);
        assert_eq!(rate.bits_per_second(), 0);
    }
}
