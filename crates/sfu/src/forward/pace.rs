//! How often the pictures of a layer come, and so how long its silence means nothing.

use std::time::{Duration, Instant};

/// So many pictures may be missing, within limits, before a layer counts as stopped: fewer mistakes a slow encoder for a
/// stop, more freezes those who watch the layer.
const PICTURES: u32 = 6;
const LEAST: Duration = Duration::from_millis(200);
const MOST: Duration = Duration::from_millis(450);
/// So many are enough where a smaller layer had a key frame since: its sender left the larger one.
const PICTURES_LEFT: u32 = 3;

/// Ten seconds at 90 kHz.
const RESTART: i32 = 900_000;

/// The pictures of one layer.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    last: Option<(u32, Instant)>,
    between: Option<Duration>,
}

impl Pace {
    /// A packet of the picture with this timestamp came. Whether it is the first of a new one: repetitions and what fills
    /// probes belong to those before.
    pub(crate) fn add(&mut self, timestamp: u32, now: Instant) -> bool {
        let Some((last, at)) = self.last else {
            self.last = Some((timestamp, now));
            return true;
        };
        let ahead = timestamp.wrapping_sub(last) as i32;
        if ahead < -RESTART {
            // Further back than any repetition: the sender began anew.
            *self = Self { last: Some((timestamp, now)), between: None };
            return true;
        }
        if ahead <= 0 {
            return false;
        }
        self.last = Some((timestamp, now));
        let between = now.saturating_duration_since(at).min(MOST);
        self.between = Some(self.between.map_or(between, |mean| (mean * 7 + between) / 8));
        true
    }

    /// How far it may lag behind the other layers before it counts as stopped.
    pub(crate) fn patience(&self) -> Duration {
        self.between.map_or(MOST, |between| (between * PICTURES).clamp(LEAST, MOST))
    }

    /// The same where a smaller layer had a key frame since its last packet.
    pub(crate) fn patience_when_left(&self) -> Duration {
        self.between.map_or(MOST, |between| (between * PICTURES_LEFT).clamp(LEAST / 2, MOST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fast_ones_are_missed_sooner() {
        let start = Instant::now();
        let after = |ms: u64, pictures: u64| {
            let mut pace = Pace::default();
            for number in 0..pictures {
                let timestamp = u32::MAX.wrapping_add(3000 * number as u32);
                let at = start + Duration::from_millis(ms * number);
                assert!(pace.add(timestamp, at));
                assert!(!pace.add(timestamp, at), "its second packet");
                assert!(number == 0 || !pace.add(timestamp.wrapping_sub(3000), at), "a repetition");
            }
            pace.patience()
        };
        assert_eq!(after(33, 1), MOST, "nothing is known of it");
        assert_eq!(after(16, 60), LEAST);
        let of_thirty = after(33, 60);
        assert!((200..215).contains(&of_thirty.as_millis()), "{of_thirty:?}");
        assert_eq!(after(200, 60), MOST);
        let mut left = Pace::default();
        for number in 0..60 {
            left.add(3000 * number, start + Duration::from_millis(33) * number);
        }
        assert_eq!(left.patience_when_left(), LEAST / 2);

        let mut pace = Pace::default();
        assert!(pace.add(5_000_000, start) && !pace.add(4_900_000, start), "a repetition");
        assert!(pace.add(9_000, start) && pace.add(12_000, start), "another beginning");
    }
}
