//! A steady tone, and its measurement, so that sound can be followed through a call.

use std::f64::consts::TAU;

use crate::SAMPLE_RATE;

/// A sine that goes on from one block to the next without a click.
pub struct Tone {
    phase: f64,
    step: f64,
    peak: f32,
}

impl Tone {
    /// A tone of `hz` whose level is `level_dbfs` (dB relative to a full-scale sine, so 0 swings from -1 to 1).
    pub fn new(hz: f32, level_dbfs: f32) -> Self {
        let peak = 10f32.powf(level_dbfs.min(0.0) / 20.0);
        Self { phase: 0.0, step: TAU * f64::from(hz) / f64::from(SAMPLE_RATE), peak }
    }

    /// The next samples.
    pub fn fill(&mut self, out: &mut [f32]) {
        for sample in out {
            *sample = self.phase.sin() as f32 * self.peak;
            self.phase = (self.phase + self.step) % TAU;
        }
    }
}

/// What was found in a stretch of sound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ToneReading {
    /// The strongest pitch between 50 Hz and 8 kHz, in hertz; 0 in silence.
    pub hz: f32,
    /// Level in dB relative to a full-scale sine; -100 or less is silence.
    pub level_dbfs: f32,
}

/// Pitch and level of `samples` at 48 kHz. A tenth of a second is enough for a few hertz of precision; longer stretches
/// are looked at in their middle half second.
pub fn measure(samples: &[f32]) -> ToneReading {
    let rms = f64::from(crate::level::rms(samples));
    let level_dbfs = (20.0 * (rms * std::f64::consts::SQRT_2).max(1e-6).log10()) as f32;
    if level_dbfs < -90.0 || samples.len() < 480 {
        return ToneReading { hz: 0.0, level_dbfs };
    }
    let most = SAMPLE_RATE as usize / 2;
    let from = samples.len().saturating_sub(most) / 2;
    let window = &samples[from..(from + most).min(samples.len())];
    // Coarse to fine: a Hann window of n samples has a main lobe 4 rates/n wide, so steps of half a rate/n cannot
    // step over it. Short pieces first keep the search cheap; the loudest, for a sender that stutters leaves others empty.
    let energy = |piece: &&[f32]| crate::level::rms(piece);
    let pieces = window.chunks_exact(window.len().min(2400));
    let coarse = pieces.max_by(|a, b| energy(a).total_cmp(&energy(b))).unwrap_or(window);
    let step = f64::from(SAMPLE_RATE) / coarse.len() as f64 / 2.0;
    let mut best = strongest(coarse, 50.0, 8000.0, step);
    let mut width = step * 2.0;
    let mut fine = f64::from(SAMPLE_RATE) / window.len() as f64 / 2.0;
    while fine > 0.02 {
        best = strongest(window, (best - width).max(20.0), best + width, fine.min(width / 4.0));
        width = fine.min(width / 4.0) * 2.0;
        fine /= 4.0;
    }
    ToneReading { hz: best as f32, level_dbfs }
}

/// Pitch and level of a longer stretch at 48 kHz: the medians of its quarter seconds that are not silent, so that a gap or two
/// do not change what was heard.
pub fn measure_long(samples: &[f32]) -> ToneReading {
    let readings = samples.chunks(SAMPLE_RATE as usize / 4).map(measure);
    let mut heard: Vec<ToneReading> =
        readings.filter(|reading| reading.hz > 0.0 && reading.level_dbfs > -60.0).collect();
    if heard.is_empty() {
        return measure(samples);
    }
    let middle = heard.len() / 2;
    let mut median = |of: fn(&ToneReading) -> f32| {
        heard.sort_by(|a, b| of(a).total_cmp(&of(b)));
        of(&heard[middle])
    };
    ToneReading { hz: median(|reading| reading.hz), level_dbfs: median(|reading| reading.level_dbfs) }
}

/// How loud one pitch is in `samples` at 48 kHz, in dB relative to a full-scale sine of it.
pub fn level_at(samples: &[f32], hz: f32) -> f32 {
    // A Hann window halves the amplitude; a sine of amplitude 1 gives n/4 squared then.
    let scale = samples.len().max(1) as f64 / 4.0;
    (10.0 * (goertzel(samples, f64::from(hz)).max(0.0) / (scale * scale)).max(1e-12).log10()) as f32
}

/// The frequency between two others with the most energy, by trying.
fn strongest(samples: &[f32], from_hz: f64, to_hz: f64, step_hz: f64) -> f64 {
    let (mut best, mut most) = (from_hz, -1.0);
    let mut hz = from_hz;
    while hz <= to_hz {
        let power = goertzel(samples, hz);
        if power > most {
            (best, most) = (hz, power);
        }
        hz += step_hz;
    }
    best
}

/// Energy at one frequency (Goertzel's recurrence) under a Hann window.
fn goertzel(samples: &[f32], hz: f64) -> f64 {
    let turn = TAU * hz / f64::from(SAMPLE_RATE);
    let factor = 2.0 * turn.cos();
    let (mut one, mut two) = (0.0f64, 0.0f64);
    // The window's cosine by recurrence too: a call to cos() for each sample would cost more than the rest.
    let slow = TAU / samples.len() as f64;
    let twice = 2.0 * slow.cos();
    let (mut now, mut before) = (1.0f64, slow.cos());
    for sample in samples {
        let value = if sample.is_finite() { f64::from(*sample) } else { 0.0 };
        let next = value * (0.5 - 0.5 * now) + factor * one - two;
        (two, one) = (one, next);
        (now, before) = (twice * now - before, now);
    }
    one * one + two * two - factor * one * two
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hz: f32, level: f32, samples: usize) -> Vec<f32> {
        let (mut tone, mut out) = (Tone::new(hz, level), vec![0.0; samples]);
        for block in out.chunks_mut(480) {
            tone.fill(block);
        }
        out
    }

    #[test]
    fn pitch_and_level_come_back() {
        for (hz, level) in [(440.0, -20.0), (1000.0, -6.0), (3333.0, -40.0), (120.0, 0.0), (7900.0, -12.0)] {
            let reading = measure(&tone(hz, level, 24_000));
            assert!((reading.hz - hz).abs() < 1.0, "{hz} Hz: {reading:?}");
            assert!((reading.level_dbfs - level).abs() < 0.1, "{level} dB: {reading:?}");
        }
    }

    #[test]
    fn one_pitch_among_others_has_its_level() {
        let mut both = tone(500.0, -20.0, 48_000);
        both.iter_mut().zip(tone(800.0, -30.0, 48_000)).for_each(|(sum, more)| *sum += more);
        for (hz, level) in [(500.0, -20.0), (800.0, -30.0)] {
            assert!((level_at(&both, hz) - level).abs() < 0.5, "{hz}: {}", level_at(&both, hz));
        }
        assert!(level_at(&both, 1300.0) < -80.0, "{}", level_at(&both, 1300.0));
    }

    #[test]
    fn gaps_do_not_change_what_was_heard() {
        let mut samples = tone(646.0, -20.0, 240_000);
        for gap in [3000, 70_000, 71_000, 200_000] {
            samples[gap..gap + 4800].fill(0.0);
        }
        let reading = measure_long(&samples);
        assert!((reading.hz - 646.0).abs() < 2.0 && (reading.level_dbfs + 20.0).abs() < 1.0, "{reading:?}");
        assert_eq!(measure_long(&[0.0; 48_000]).hz, 0.0);
    }

    #[test]
    fn a_tenth_of_the_sound_tells_the_pitch() {
        let mut samples = tone(880.0, -20.0, 240_000);
        for (n, block) in samples.chunks_mut(480).enumerate() {
            // A starved sender: ten milliseconds of sound now and then.
            if n % 10 != 7 {
                block.fill(0.0);
            }
        }
        let reading = measure_long(&samples);
        assert!((reading.hz - 880.0).abs() < 20.0, "{reading:?}");
    }

    #[test]
    fn a_tenth_of_a_second_is_enough() {
        let reading = measure(&tone(440.0, -20.0, 4800));
        assert!((reading.hz - 440.0).abs() < 4.0, "{reading:?}");
    }

    #[test]
    fn a_tone_is_found_in_noise() {
        let mut seed = 1u32;
        let mut samples = tone(440.0, -20.0, 24_000);
        for sample in &mut samples {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *sample += (seed as f32 / u32::MAX as f32 - 0.5) * 0.1;
        }
        assert!((measure(&samples).hz - 440.0).abs() < 1.0);
    }

    #[test]
    fn silence_has_no_pitch() {
        assert_eq!(measure(&[0.0; 4800]).hz, 0.0);
        assert!(measure(&[]).level_dbfs < -90.0);
        assert_eq!(measure(&[f32::NAN; 4800]).hz, 0.0);
    }
}
