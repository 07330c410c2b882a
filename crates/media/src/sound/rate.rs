//! Between a device's sample rate and ours, and between its clock and ours. All sound here is mono.

use std::time::Instant;

use rtrb::Consumer;
use rubato::{
    Adjustable, Async, Fft, FixedAsync, FixedSync, Resampler, SincInterpolationParameters, SincInterpolationType,
    WindowFunction, audioadapter_buffers::direct::InterleavedSlice,
};
use visita_codec::{BLOCK, SAMPLE_RATE};

use super::drift::Drift;

/// How far the ratio may be moved; more than [`Drift`] ever asks for.
const RANGE: f64 = 1.01;
/// Length of the filter in samples: half of it is delay, two thirds of a millisecond.
const FILTER: usize = 64;

/// Turns what a device recorded into blocks of 10 ms of our clock.
pub(crate) struct FromDevice {
    resampler: Async<f32>,
    taken: Vec<f32>,
    drift: Drift,
    /// Samples taken out of the ring.
    moved: u64,
}

impl FromDevice {
    /// From a rate in samples per second.
    pub(crate) fn new(rate: u32) -> Result<Self, String> {
        let resampler = resampler(rate, SAMPLE_RATE, FixedAsync::Output)?;
        let taken = Vec::with_capacity(resampler.input_frames_max());
        Ok(Self { resampler, taken, drift: Drift::new(rate), moved: 0 })
    }

    /// The device has recorded more: tells its clock from ours.
    pub(crate) fn recorded(&mut self, ring: &Consumer<f32>, now: Instant) -> Result<(), String> {
        let speed = self.drift.moved(self.moved + ring.slots() as u64, now);
        adjust(&mut self.resampler, 1.0 / speed)
    }

    /// Samples were left out.
    pub(crate) fn skipped(&mut self, samples: usize) {
        self.moved += samples as u64;
    }

    /// The next block, if enough was recorded for it.
    pub(crate) fn pull(&mut self, recorded: &mut Consumer<f32>, out: &mut [f32; BLOCK]) -> Result<bool, String> {
        let wanted = self.resampler.input_frames_next();
        let Ok(chunk) = recorded.read_chunk(wanted) else { return Ok(false) };
        self.taken.clear();
        self.taken.extend(chunk);
        self.moved += self.taken.len() as u64;
        convert(&mut self.resampler, &self.taken, out)?;
        Ok(true)
    }
}

/// Turns blocks of 10 ms of our clock into what a device plays.
pub(crate) struct ToDevice {
    resampler: Async<f32>,
    converted: Vec<f32>,
    drift: Drift,
}

impl ToDevice {
    /// To a rate in samples per second.
    pub(crate) fn new(rate: u32) -> Result<Self, String> {
        let resampler = resampler(SAMPLE_RATE, rate, FixedAsync::Input)?;
        let converted = vec![0.0; resampler.output_frames_max()];
        Ok(Self { resampler, converted, drift: Drift::new(rate) })
    }

    /// The device has asked for so many samples since its start: tells its clock from ours.
    pub(crate) fn asked(&mut self, samples: u64, now: Instant) -> Result<(), String> {
        adjust(&mut self.resampler, self.drift.moved(samples, now))
    }

    /// The samples to play for a block; from block to block their number may differ.
    pub(crate) fn convert(&mut self, block: &[f32; BLOCK]) -> Result<&[f32], String> {
        let made = convert(&mut self.resampler, block, &mut self.converted)?;
        Ok(&self.converted[..made])
    }
}

/// A whole recording at our rate.
pub(crate) fn whole(samples: &[f32], rate: u32) -> Result<Vec<f32>, String> {
    if rate == SAMPLE_RATE || samples.is_empty() {
        return Ok(samples.to_vec());
    }
    let mut resampler = Fft::<f32>::new(rate as usize, SAMPLE_RATE as usize, BLOCK, 1, FixedSync::Both)
        .map_err(|error| error.to_string())?;
    let input = InterleavedSlice::new(samples, 1, samples.len()).map_err(|error| error.to_string())?;
    let output = resampler.process_all(&input, samples.len(), None).map_err(|error| error.to_string())?;
    Ok(output.take_data())
}

fn resampler(from: u32, to: u32, fixed: FixedAsync) -> Result<Async<f32>, String> {
    if from == 0 || to == 0 {
        return Err("a device without a sample rate".to_owned());
    }
    let filter = SincInterpolationParameters::new(FILTER, WindowFunction::BlackmanHarris2)
        .oversampling_factor(256)
        .interpolation(SincInterpolationType::Linear);
    let ratio = f64::from(to) / f64::from(from);
    Async::new_sinc(ratio, RANGE, &filter, BLOCK, 1, fixed).map_err(|error| error.to_string())
}

fn adjust(resampler: &mut Async<f32>, ratio: f64) -> Result<(), String> {
    resampler.set_resample_ratio_relative(ratio, true).map_err(|error| error.to_string())
}

fn convert(resampler: &mut Async<f32>, from: &[f32], to: &mut [f32]) -> Result<usize, String> {
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

    #[test]
    fn another_clock_is_made_ours() {
        // Both cards are 1 in 1000 too fast for their rate: a minute holds 60 ms more samples than it should.
        let (rate, seconds, start) = (48_048, 60, Instant::now());
        let at = |block: u64| start + std::time::Duration::from_millis(block * 10);
        let (mut to, mut asked) = (ToDevice::new(48_000).unwrap(), 0);
        let (mut from, mut blocks) = (FromDevice::new(48_000).unwrap(), 0);
        let (mut recorded, mut ring) = RingBuffer::new(48_000);
        let (mut played, mut rendered, mut out) = (0, 0, [0.0; BLOCK]);
        for block in 0..seconds * 100 {
            let samples = rate * (block + 1) / 100 - rate * block / 100;
            asked += samples;
            to.asked(asked, at(block)).unwrap();
            while played < asked {
                played += to.convert(&[0.0; BLOCK]).unwrap().len() as u64;
                rendered += u64::from(block >= 3_000);
            }
            for _ in 0..samples {
                recorded.push(0.0).unwrap();
            }
            from.recorded(&ring, at(block)).unwrap();
            while from.pull(&mut ring, &mut out).unwrap() {
                blocks += u64::from(block >= 3_000);
            }
        }
        // Uncorrected it were 3003 blocks in the second half.
        assert!((2_999..=3_001).contains(&rendered), "{rendered} rendered");
        assert!((2_999..=3_001).contains(&blocks), "{blocks} recorded");
    }
}
