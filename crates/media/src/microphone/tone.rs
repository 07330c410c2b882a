//! A tone in place of a microphone.

use std::time::Duration;

use visita_codec::{BLOCK, tone::Tone};

use super::AudioSource;
use crate::{
    DeviceError,
    pace::Pacer,
    sound::{BLOCK_TIME, PATIENCE},
};

/// A tone, paced by the clock.
pub struct ToneSource {
    tone: Tone,
    pacer: Pacer,
}

impl ToneSource {
    /// A tone of a pitch and level (dB relative to a full-scale sine).
    pub fn new(hz: f32, level_dbfs: f32) -> Self {
        Self { tone: Tone::new(hz, level_dbfs), pacer: Pacer::new(BLOCK_TIME, PATIENCE) }
    }
}

impl AudioSource for ToneSource {
    fn read(&mut self, out: &mut [f32; BLOCK], timeout: Duration) -> Result<bool, DeviceError> {
        let due = self.pacer.wait(timeout);
        if due {
            self.tone.fill(out);
        }
        Ok(due)
    }

    fn label(&self) -> &str {
        "Test tone"
    }
}

#[cfg(test)]
mod tests {
    use visita_codec::tone::measure;

    use super::*;

    #[test]
    fn gives_the_tone_in_real_time() {
        let mut source = ToneSource::new(440.0, -20.0);
        let started = std::time::Instant::now();
        let mut heard = Vec::new();
        let mut block = [0.0; BLOCK];
        for _ in 0..30 {
            assert!(source.read(&mut block, Duration::from_secs(1)).unwrap());
            heard.extend_from_slice(&block);
        }
        // The first block is due at once, so the thirtieth is due after 290 ms: never earlier.
        assert!(started.elapsed() >= Duration::from_millis(290));
        let reading = measure(&heard);
        assert!((reading.hz - 440.0).abs() < 1.0 && (reading.level_dbfs + 20.0).abs() < 0.1, "{reading:?}");
    }

    #[test]
    fn nothing_within_no_time() {
        let mut source = ToneSource::new(440.0, -20.0);
        let mut block = [0.0; BLOCK];
        assert!(source.read(&mut block, Duration::ZERO).unwrap());
        assert!(!source.read(&mut block, Duration::ZERO).unwrap());
    }
}
