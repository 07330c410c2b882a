//! A sound file in place of a microphone.

use std::{io::ErrorKind, path::Path, time::Duration};

use hound::{SampleFormat, WavReader};
use visita_codec::BLOCK;

use super::AudioSource;
use crate::{
    DeviceError,
    pace::Pacer,
    sound::{BLOCK_TIME, PATIENCE, rate},
};

/// Samples of all channels; a quarter of an hour in stereo. The whole file is held in memory.
const LONGEST: u32 = 15 * 60 * 2 * 48_000;

/// A WAV file, played over and over, paced by the clock.
pub struct WavSource {
    samples: Vec<f32>,
    next: usize,
    label: String,
    pacer: Pacer,
}

impl WavSource {
    /// Opens a WAV file: 8 to 32 bit or float, any rate, channels are averaged. `Missing` if there is no such file,
    /// `Denied` if it may not be read, `Failed` if it holds no sound we know or more than a quarter of an hour of it.
    pub fn open(path: &Path) -> Result<Self, DeviceError> {
        let samples = read(path).map_err(|error| match error {
            hound::Error::IoError(error) if error.kind() == ErrorKind::NotFound => DeviceError::Missing,
            hound::Error::IoError(error) if error.kind() == ErrorKind::PermissionDenied => DeviceError::Denied,
            error => DeviceError::Failed(error.to_string()),
        })?;
        let samples = rate::whole(&samples.mono, samples.rate).map_err(DeviceError::Failed)?;
        if samples.is_empty() {
            return Err(DeviceError::Failed("the file holds no sound".into()));
        }
        let label = path.file_name().map_or_else(|| "Sound file".into(), |name| name.to_string_lossy().into_owned());
        Ok(Self { samples, next: 0, label, pacer: Pacer::new(BLOCK_TIME, PATIENCE) })
    }
}

impl AudioSource for WavSource {
    fn read(&mut self, out: &mut [f32; BLOCK], timeout: Duration) -> Result<bool, DeviceError> {
        let due = self.pacer.wait(timeout);
        if due {
            for sample in out {
                *sample = self.samples[self.next];
                self.next = (self.next + 1) % self.samples.len();
            }
        }
        Ok(due)
    }

    fn label(&self) -> &str {
        &self.label
    }
}

struct Contents {
    rate: u32,
    mono: Vec<f32>,
}

fn read(path: &Path) -> Result<Contents, hound::Error> {
    let mut reader = WavReader::open(path)?;
    let spec = reader.spec();
    if reader.len() > LONGEST {
        return Err(hound::Error::FormatError("the file is too long"));
    }
    let interleaved = match spec.sample_format {
        SampleFormat::Float => reader.samples::<f32>().collect::<Result<Vec<_>, _>>()?,
        SampleFormat::Int => {
            let full_scale = 2f32.powi(i32::from(spec.bits_per_sample) - 1);
            reader.samples::<i32>().map(|s| s.map(|s| s as f32 / full_scale)).collect::<Result<Vec<_>, _>>()?
        }
    };
    let channels = usize::from(spec.channels.max(1));
    let mono = interleaved.chunks_exact(channels).map(|frame| frame.iter().sum::<f32>() / channels as f32).collect();
    Ok(Contents { rate: spec.sample_rate, mono })
}

#[cfg(test)]
mod tests {
    use visita_codec::tone::{Tone, measure};

    use super::*;

    #[test]
    fn a_file_of_another_rate_plays_at_its_pitch_and_loops() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tone.wav");
        // At 44.1 kHz a tone made for 48 kHz sounds lower by 441/480; 100 ms of it hold 44.1 periods of 480 Hz.
        let (mut tone, mut samples) = (Tone::new(480.0, -20.0), vec![0.0; 4410]);
        tone.fill(&mut samples);
        let spec =
            hound::WavSpec { channels: 2, sample_rate: 44_100, bits_per_sample: 16, sample_format: SampleFormat::Int };
        let mut writer = hound::WavWriter::create(&path, spec).unwrap();
        for sample in samples {
            for _ in 0..2 {
                writer.write_sample((sample * 32_767.0) as i16).unwrap();
            }
        }
        writer.finalize().unwrap();

        let mut source = WavSource::open(&path).unwrap();
        assert_eq!(source.label(), "tone.wav");
        assert_eq!(source.samples.len(), 4800);
        let (mut heard, mut block) = (Vec::new(), [0.0; BLOCK]);
        for _ in 0..20 {
            assert!(source.read(&mut block, Duration::from_secs(1)).unwrap());
            heard.extend_from_slice(&block);
        }
        assert_eq!(heard[..4800], heard[4800..]);
        let reading = measure(&heard[..4800]);
        assert!((reading.hz - 441.0).abs() < 4.0 && (reading.level_dbfs + 20.0).abs() < 0.5, "{reading:?}");
    }

    #[test]
    fn says_what_is_wrong_with_a_file() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(WavSource::open(&folder.path().join("none.wav")).err(), Some(DeviceError::Missing));
        let text = folder.path().join("text.wav");
        std::fs::write(&text, "not a sound").unwrap();
        assert!(matches!(WavSource::open(&text), Err(DeviceError::Failed(_))));
    }
}
