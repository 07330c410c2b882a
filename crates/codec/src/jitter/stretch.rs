//! Taking out or putting in one pitch period: the sound gets shorter or longer, and keeps its pitch.

/// Pitch periods tried: 400 Hz down to 67 Hz.
const SHORTEST: usize = 120;
const LONGEST: usize = 720;
/// Periods are searched at a quarter of the sample rate, then to the sample.
const COARSE: usize = 4;
/// Below this root mean square (-50 dBFS) any period does.
const QUIET: f32 = 0.003;

/// Takes one period out of the beginning of `pcm`; says how many samples that was. 0 if the sound there does not repeat
/// itself well enough: `alike` is the least correlation of one period with the next, 1 being the same.
pub(super) fn shorten(pcm: &mut Vec<f32>, alike: f32) -> usize {
    let Some(period) = find_period(pcm, alike) else { return 0 };
    for at in 0..period {
        let part = at as f32 / period as f32;
        pcm[at] = pcm[at] * (1.0 - part) + pcm[at + period] * part;
    }
    pcm.drain(period..period * 2);
    period
}

/// Puts one period in; says how many samples that was. See [`shorten`].
pub(super) fn lengthen(pcm: &mut Vec<f32>, alike: f32) -> usize {
    let Some(period) = find_period(pcm, alike) else { return 0 };
    // The second period goes over into the first, which is followed by the second once more.
    let again: Vec<f32> = (0..period)
        .map(|at| {
            let part = at as f32 / period as f32;
            pcm[at + period] * (1.0 - part) + pcm[at] * part
        })
        .collect();
    pcm.splice(period..period, again);
    period
}

fn find_period(pcm: &[f32], alike: f32) -> Option<usize> {
    let longest = LONGEST.min(pcm.len() / 2);
    if longest < SHORTEST {
        return None;
    }
    if crate::level::rms(&pcm[..longest * 2]) < QUIET {
        return Some(longest);
    }
    let slow: Vec<f32> = pcm[..longest * 2].chunks(COARSE).map(|chunk| chunk.iter().sum()).collect();
    let (coarse, _) = best(&slow, SHORTEST / COARSE, longest / COARSE)?;
    let from = (coarse * COARSE).saturating_sub(COARSE).max(SHORTEST);
    let (period, likeness) = best(pcm, from, (coarse * COARSE + COARSE).min(longest))?;
    (likeness >= alike).then_some(period)
}

/// The period between two others whose first and second run are the most alike.
fn best(pcm: &[f32], from: usize, to: usize) -> Option<(usize, f32)> {
    let all = (from..=to).filter_map(|period| {
        let (one, two) = (pcm.get(..period)?, pcm.get(period..period * 2)?);
        let (mut cross, mut energy_one, mut energy_two) = (0.0f32, 1e-9f32, 1e-9f32);
        for (a, b) in one.iter().zip(two) {
            cross += a * b;
            energy_one += a * a;
            energy_two += b * b;
        }
        Some((period, cross / (energy_one * energy_two).sqrt()))
    });
    all.max_by(|a, b| a.1.total_cmp(&b.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;
    use crate::tone::{Tone, measure};

    fn tone(hz: f32) -> Vec<f32> {
        let mut pcm = vec![0.0; 9600];
        Tone::new(hz, -20.0).fill(&mut pcm);
        pcm
    }

    #[test]
    fn length_changes_and_pitch_does_not() {
        for hz in [110.0, 220.0, 440.0, 1234.0] {
            for change in [shorten, lengthen] {
                let mut pcm = tone(hz);
                let samples = change(&mut pcm, 0.75);
                assert!((SHORTEST..=LONGEST).contains(&samples), "{hz} Hz");
                assert_eq!(pcm.len().abs_diff(9600), samples);
                let reading = measure(&pcm);
                assert!((reading.hz - hz).abs() < 2.0 && (reading.level_dbfs + 20.0).abs() < 0.5, "{hz}: {reading:?}");
                let step = pcm.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
                let steepest = 0.1 * hz * std::f32::consts::TAU / 48_000.0;
                assert!(step < steepest * 1.3 + 0.001, "{hz} Hz clicks: {step} where {steepest} is the tone's own");
            }
        }
    }

    #[test]
    fn noise_is_left_alone_and_silence_is_not() {
        let mut random = Random::new(9);
        let mut noise: Vec<f32> = (0..2000).map(|_| random.unit() as f32 - 0.5).collect();
        assert_eq!(shorten(&mut noise, 0.75), 0);
        assert_eq!(noise.len(), 2000);
        assert_eq!(shorten(&mut vec![0.0; 2000], 0.75), LONGEST);
        for length in [0, 1, 239, 240, 241] {
            lengthen(&mut vec![0.0; length], 0.75);
        }
    }
}
