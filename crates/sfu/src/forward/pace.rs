//! How often the pictures of a layer come, and so how long its silence means nothing.

use std::time::{Duration, Instant};

/// So many pictures may be missing, within limits, before a layer counts as stopped: fewer mistakes a slow encoder for a
/// stop, more freezes those who watch the layer.
const PICTURES: u32 = 8;
const LEAST: Duration = Duration::from_millis(250);
const MOST: Duration = Duration::from_millis(700);

/// The pictures of one layer.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    last: Option<(u32, Instant)>,
    between: Option<Duration>,
}

impl Pace {
    /// A packet of the picture with this timestamp came.
    pub(crate) fn add(&mut self, timestamp: u32, now: Instant) {
        let Some((last, at)) = self.last else {
            self.last = Some((timestamp, now));
            return;
        };
        // Repetitions belong to earlier ones.
        if timestamp.wrapping_sub(last) as i32 <= 0 {
            return;
        }
        self.last = Some((timestamp, now));
        let between = now.saturating_duration_since(at).min(MOST);
        self.between = Some(self.between.map_or(between, |mean| (mean * 7 + between) / 8));
    }

    /// How far it may lag behind the other layers before it counts as stopped.
    pub(crate) fn patience(&self) -> Duration {
        self.between.map_or(MOST, |between| (between * PICTURES).clamp(LEAST, MOST))
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
            // Two packets each, and a repetition of the first picture.
            for number in (0..pictures).flat_map(|number| [number, number, 0]) {
                pace.add(u32::MAX.wrapping_add(3000 * number as u32), start + Duration::from_millis(ms * number));
            }
            pace.patience()
        };
        assert_eq!(after(33, 1), MOST, "nothing is known of it");
        assert_eq!(after(16, 60), LEAST);
        let of_thirty = after(33, 60);
        assert!((250..280).contains(&of_thirty.as_millis()), "{of_thirty:?}");
        assert_eq!(after(200, 60), MOST);
    }
}
