//! Between a device's sample rate and ours. All sound here is mono.

use rtrb::Consumer;
use rubato::{Fft, FixedSync, Resampler, audioadapter_buffers::direct::InterleavedSlice};
use visita_codec::{BLOCK, SAMPLE_RATE};

/// Turns what a device recorded into blocks of 10 ms.
pub(crate) struct FromDevice {
    resampler: Option<Fft<f32>>,
    taken: Vec<f32>,
}

impl FromDevice {
    /// From a rate in samples per second.
    pub(crate) fn new(rate: u32) -> Result<Self, String> {
        let resampler = resampler(rate, SAMPLE_RATE, FixedSync::Output)?;
        let most = resampler.as_ref().map_or(BLOCK, Resampler::input_frames_max);
        Ok(Self { resampler, taken: Vec::with_capacity(most) })
    }

    /// The next block, if enough was recorded for it.
    pub(crate) fn pull(&mut self, recorded: &mut Consumer<f32>, out: &mut [f32; BLOCK]) -> Result<bool, String> {
        let wanted = self.resampler.as_ref().map_or(BLOCK, Resampler::input_frames_next);
        let Ok(chunk) = recorded.read_chunk(wanted) else { return Ok(false) };
        self.taken.clear();
        self.taken.extend(chunk);
        match &mut self.resampler {
            None => out.copy_from_slice(&self.taken),
            Some(resampler) => {
                convert(resampler, &self.taken, out)?;
            }
        }
        Ok(true)
    }
}

/// Turns blocks of 10 ms into what a device plays.
pub(crate) struct ToDevice {
    resampler: Option<Fft<f32>>,
    converted: Vec<f32>,
}

impl ToDevice {
    /// To a rate in samples per second.
    pub(crate) fn new(rate: u32) -> Result<Self, String> {
        let resampler = resampler(SAMPLE_RATE, rate, FixedSync::Input)?;
        let most = resampler.as_ref().map_or(BLOCK, Resampler::output_frames_max);
        Ok(Self { resampler, converted: vec![0.0; most] })
    }

    /// The samples to play for a block; from block to block their number may differ.
    pub(crate) fn convert(&mut self, block: &[f32; BLOCK]) -> Result<&[f32], String> {
        match &mut self.resampler {
            None => self.converted.copy_from_slice(block),
            Some(resampler) => {
                let made = convert(resampler, block, &mut self.converted)?;
                return Ok(&self.converted[..made]);
            }
        }
        Ok(&self.converted)
    }
}

/// A whole recording at our rate.
pub(crate) fn whole(samples: &[f32], rate: u32) -> Result<Vec<f32>, String> {
    match resampler(rate, SAMPLE_RATE, FixedSync::Both)? {
        Some(mut resampler) if !samples.is_empty() => {
            let input = InterleavedSlice::new(samples, 1, samples.len()).map_err(|e| e.to_string())?;
            let output = resampler.process_all(&input, samples.len(), None).map_err(|e| e.to_string())?;
            Ok(output.take_data())
        }
        _ => Ok(samples.to_vec()),
    }
}

fn resampler(from: u32, to: u32, fixed: FixedSync) -> Result<Option<Fft<f32>>, String> {
    if from == to {
        return Ok(None);
    }
    Fft::new(from as usize, to as usize, BLOCK, 1, fixed).map(Some).map_err(|error| error.to_string())
}

fn convert(resampler: &mut Fft<f32>, from: &[f32], to: &mut [f32]) -> Result<usize, String> {
    let room = to.len();
    let input = InterleavedSlice::new(from, 1, from.len()).map_err(|error| error.to_string())?;
    let mut output = InterleavedSlice::new_mut(to, 1, room).map_err(|error| error.to_string())?;
    let (_, made) = resampler.process_into_buffer(&input, &mut output, None).map_err(|error| error.to_string())?;
    Ok(made)
}

#[cfg(test)]
mod tests {
    use rtrb::RingBuffer;
    use visita_codec::tone::{Tone, measure};

    use super::*;

    const RATES: [u32; 7] = [8000, 16_000, 22_050, 44_100, 48_000, 88_200, 96_000];

    #[test]
    fn recorded_sound_keeps_pitch_and_level_at_any_rate() {
        for rate in RATES {
            let (mut recorded, mut ring) = RingBuffer::new(rate as usize);
            let mut from = FromDevice::new(rate).unwrap();
            // A tone that is 1 kHz when its samples are played at `rate`.
            let mut tone = Tone::new(1000.0 * 48_000.0 / rate as f32, -20.0);
            let (mut heard, mut block, mut piece) = (Vec::new(), [0.0; BLOCK], vec![0.0; 441]);
            for _ in 0..rate / 441 {
                tone.fill(&mut piece);
                for sample in &piece {
                    recorded.push(*sample).unwrap();
                }
                while from.pull(&mut ring, &mut block).unwrap() {
                    heard.extend_from_slice(&block);
                }
            }
            // A second went in; what the filter and the last piece hold back is missing at the end.
            assert!((45_000..=48_000).contains(&heard.len()), "{rate}: {}", heard.len());
            let reading = measure(&heard);
            assert!((reading.hz - 1000.0).abs() < 2.0, "{rate}: {reading:?}");
            assert!((reading.level_dbfs + 20.0).abs() < 0.5, "{rate}: {reading:?}");
        }
    }

    #[test]
    fn played_sound_keeps_pitch_and_level_at_any_rate() {
        for rate in RATES {
            let mut to = ToDevice::new(rate).unwrap();
            let (mut tone, mut block, mut played) = (Tone::new(1000.0, -20.0), [0.0; BLOCK], Vec::new());
            for _ in 0..100 {
                tone.fill(&mut block);
                played.extend_from_slice(to.convert(&block).unwrap());
            }
            assert!(played.len().abs_diff(rate as usize) < rate as usize / 20, "{rate}: {}", played.len());
            let reading = measure(&played);
            let hz = reading.hz * rate as f32 / 48_000.0;
            assert!((hz - 1000.0).abs() < 4.0, "{rate}: {reading:?}");
            assert!((reading.level_dbfs + 20.0).abs() < 0.5, "{rate}: {reading:?}");
        }
    }

    #[test]
    fn a_rate_of_nothing_is_refused() {
        assert!(FromDevice::new(0).is_err());
        assert!(ToDevice::new(0).is_err());
        assert!(whole(&[0.0], 0).is_err());
    }
}
