//! Several people's sound as one.

use crate::BLOCK;

/// Above this a sum is bent rather than cut (about -1.9 dBFS).
const KNEE: f32 = 0.8;

/// Adds blocks of 10 ms and keeps the sum below full scale.
///
/// A gain follows the loudest sample of the sum: down at once, up again slowly (about 6 dB in 300 ms), so that one
/// voice stays untouched and many at once do not crackle. What still lies above the knee is bent softly.
pub struct Mixer {
    sum: [f32; BLOCK],
    gain: f32,
    voices: usize,
}

impl Mixer {
    /// A mixer with nothing in it.
    pub fn new() -> Self {
        Self { sum: [0.0; BLOCK], gain: 1.0, voices: 0 }
    }

    /// Starts a block.
    pub fn begin(&mut self) {
        self.sum.fill(0.0);
        self.voices = 0;
    }

    /// Adds one person's block.
    pub fn add(&mut self, block: &[f32; BLOCK]) {
        for (sum, sample) in self.sum.iter_mut().zip(block) {
            *sum += if sample.is_finite() { *sample } else { 0.0 };
        }
        self.voices += 1;
    }

    /// Ends the block: every sample of `out` lies within -1 and 1.
    pub fn finish(&mut self, out: &mut [f32; BLOCK]) {
        let peak = self.sum.iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
        let wanted = if peak > 1.0 { 1.0 / peak } else { 1.0 };
        let from = self.gain;
        // 1.023 per 10 ms is 6 dB in 300 ms.
        let to = if wanted < from { wanted } else { (from * 1.023).min(wanted) };
        for (at, (out, sample)) in out.iter_mut().zip(&self.sum).enumerate() {
            // Over the first quarter of the block, so that a gain that drops does not click.
            let part = (at as f32 / (BLOCK as f32 / 4.0)).min(1.0);
            *out = soften(sample * (from + (to - from) * part));
        }
        self.gain = to;
    }
}

impl Default for Mixer {
    fn default() -> Self {
        Self::new()
    }
}

/// Straight up to the knee, then a curve that reaches 1 only at infinity.
fn soften(sample: f32) -> f32 {
    let size = sample.abs();
    if size <= KNEE {
        return sample;
    }
    let over = (size - KNEE) / (1.0 - KNEE);
    (KNEE + (1.0 - KNEE) * over / (1.0 + over)).copysign(sample)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tone::{Tone, measure};

    #[test]
    fn one_voice_passes_untouched() {
        let (mut mixer, mut out) = (Mixer::new(), [0.0; BLOCK]);
        let block: [f32; BLOCK] = std::array::from_fn(|at| (at as f32 * 0.1).sin() * 0.5);
        mixer.begin();
        mixer.add(&block);
        mixer.finish(&mut out);
        assert_eq!(out, block);
    }

    #[test]
    fn many_loud_voices_stay_within_full_scale_and_keep_their_pitch() {
        let (mut mixer, mut tones) = (Mixer::new(), [(); 25].map(|()| Tone::new(440.0, -3.0)));
        let mut heard = Vec::new();
        for _ in 0..100 {
            mixer.begin();
            for tone in &mut tones {
                let mut block = [0.0; BLOCK];
                tone.fill(&mut block);
                mixer.add(&block);
            }
            let mut out = [0.0; BLOCK];
            mixer.finish(&mut out);
            assert!(out.iter().all(|sample| sample.abs() <= 1.0));
            heard.extend(out);
        }
        let reading = measure(&heard);
        assert!((reading.hz - 440.0).abs() < 2.0, "{reading:?}");
        assert!(reading.level_dbfs > -6.0, "{reading:?}");
    }

    #[test]
    fn the_gain_comes_back_after_a_shout() {
        let (mut mixer, mut out) = (Mixer::new(), [0.0; BLOCK]);
        mixer.begin();
        mixer.add(&[4.0; BLOCK]);
        mixer.finish(&mut out);
        for _ in 0..200 {
            mixer.begin();
            mixer.add(&[0.5; BLOCK]);
            mixer.finish(&mut out);
        }
        assert_eq!(out, [0.5; BLOCK]);
    }

    #[test]
    fn broken_samples_do_not_spread() {
        let (mut mixer, mut out) = (Mixer::new(), [0.0; BLOCK]);
        mixer.begin();
        mixer.add(&[f32::NAN; BLOCK]);
        mixer.add(&[f32::INFINITY; BLOCK]);
        mixer.add(&[0.25; BLOCK]);
        mixer.finish(&mut out);
        assert_eq!(out, [0.25; BLOCK]);
    }
}
