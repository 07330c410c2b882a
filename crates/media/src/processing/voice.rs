//! Whether somebody speaks.

use sonora_agc2::vad_wrapper::VoiceActivityDetectorWrapper;
use visita_codec::{BLOCK, SAMPLE_RATE, level};

/// Probability from which a block is speech.
const SPEECH: f32 = 0.6;
/// Softer than this in minus dBov is nobody who wants to be heard: a television next door.
const SOFTEST: u8 = 60;
/// Blocks that a word goes on after it was last heard: endings are soft.
const HANG: u32 = 15;
/// Of the last 128 blocks, so many with speech are talking: more than half a second.
const TALKING: u32 = 55;
/// The detector works on samples of 16 bits.
const FULL_SCALE: f32 = 32_768.0;

/// Listens to one microphone.
pub(super) struct Voice {
    detector: VoiceActivityDetectorWrapper,
    hang: u32,
    /// One bit per block, newest lowest.
    heard: u128,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Heard {
    pub(super) speech: bool,
    pub(super) talking: bool,
}

impl Voice {
    pub(super) fn new() -> Self {
        let backend = sonora_simd::detect_backend();
        let detector = VoiceActivityDetectorWrapper::new(backend, SAMPLE_RATE as i32);
        Self { detector, hang: 0, heard: 0 }
    }

    pub(super) fn hear(&mut self, block: &[f32; BLOCK]) -> Heard {
        let scaled: [f32; BLOCK] = std::array::from_fn(|at| block[at] * FULL_SCALE);
        let likely = self.detector.analyze(&scaled);
        let now = likely >= SPEECH && level::dbov(block) < SOFTEST;
        self.hang = if now { HANG } else { self.hang.saturating_sub(1) };
        self.heard = (self.heard << 1) | u128::from(now);
        Heard { speech: self.hang > 0, talking: self.heard.count_ones() >= TALKING }
    }
}
