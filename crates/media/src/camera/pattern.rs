//! The test pattern in place of a camera.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use visita_codec::{I420Frame, pattern::TestPattern};
use visita_protocol::PixelSize;

use super::VideoSource;
use crate::{DeviceError, pace::Pacer};

/// The test pattern, paced by the clock; each picture carries the time it was drawn.
pub struct PatternSource {
    pattern: TestPattern,
    pacer: Pacer,
}

impl PatternSource {
    /// Test pattern at a size (odd sides are rounded up) and at pictures per second.
    pub fn new(size: PixelSize, fps: u32) -> Self {
        let period = Duration::from_secs(1) / fps.max(1);
        // A missed picture is never made up for.
        Self { pattern: TestPattern::new(size), pacer: Pacer::new(period, Duration::ZERO) }
    }
}

impl VideoSource for PatternSource {
    fn next(&mut self, timeout: Duration) -> Result<Option<I420Frame>, DeviceError> {
        if !self.pacer.wait(timeout) {
            return Ok(None);
        }
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(Some(self.pattern.draw(u64::try_from(since_1970.as_micros()).unwrap_or(0))))
    }

    fn label(&self) -> &str {
        "Test pattern"
    }

    fn size(&self) -> PixelSize {
        self.pattern.size()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use visita_codec::pattern::read_timecode;

    use super::*;

    #[test]
    fn pictures_come_in_real_time_with_their_time() {
        let mut source = PatternSource::new(PixelSize::new(320, 180), 50);
        let started = Instant::now();
        let mut last = 0;
        for _ in 0..5 {
            let frame = source.next(Duration::from_secs(5)).unwrap().unwrap();
            assert_eq!(frame.size(), source.size());
            let time = read_timecode(&frame).unwrap();
            assert!(time > last);
            last = time;
        }
        assert!(started.elapsed() >= Duration::from_millis(40));
        assert!(source.next(Duration::ZERO).unwrap().is_none());
    }
}
