//! A stream to or from a device in the format nearest to ours. Its callbacks run on the sound system's thread: they
//! copy through a lock-free ring of mono samples and say that they did.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
    mpsc::SyncSender,
};

use cpal::{
    BufferSize, Device, FromSample, Sample, SampleFormat, SizedSample, Stream, StreamConfig, SupportedBufferSize,
    SupportedStreamConfig,
    traits::{DeviceTrait, StreamTrait},
};
use parking_lot::Mutex;
use rtrb::{Consumer, Producer};
use visita_codec::SAMPLE_RATE;

use super::{Direction, on_open, while_running};
use crate::DeviceError;

/// What a device takes or gives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Format {
    config: StreamConfig,
    sample: SampleFormat,
}

impl Format {
    /// The nearest to mono floats at 48 kHz that a device does, in periods of 10 ms.
    pub(crate) fn nearest(device: &Device, direction: Direction) -> Result<Self, DeviceError> {
        let (ranges, default) = match direction {
            Direction::In => {
                (device.supported_input_configs().map(Iterator::collect::<Vec<_>>), device.default_input_config())
            }
            Direction::Out => {
                (device.supported_output_configs().map(Iterator::collect::<Vec<_>>), device.default_output_config())
            }
        };
        let ours = ranges
            .unwrap_or_default()
            .into_iter()
            .filter(|range| range.sample_format() == SampleFormat::F32)
            .filter_map(|range| range.try_with_sample_rate(SAMPLE_RATE))
            .min_by_key(SupportedStreamConfig::channels);
        let chosen = match ours {
            Some(ours) => ours,
            None => default.map_err(|error| on_open(&error))?,
        };
        let period = chosen.sample_rate() / 100;
        let buffer_size = match *chosen.buffer_size() {
            SupportedBufferSize::Range { min, max } if min <= max => BufferSize::Fixed(period.clamp(min, max)),
            _ => BufferSize::Default,
        };
        Ok(Self { config: StreamConfig { buffer_size, ..chosen.config() }, sample: chosen.sample_format() })
    }

    /// The same in periods of the system's choice, for drivers that do not do what they say they do.
    pub(crate) fn in_any_period(self) -> Self {
        Self { config: StreamConfig { buffer_size: BufferSize::Default, ..self.config }, ..self }
    }

    /// Samples per second of each channel.
    pub(crate) fn rate(&self) -> u32 {
        self.config.sample_rate
    }
}

/// Where a stream leaves word for the thread that serves it.
#[derive(Clone)]
pub(crate) struct Word {
    moved: SyncSender<()>,
    failure: Arc<Mutex<Option<DeviceError>>>,
}

impl Word {
    /// `moved` holds one message: that sound moved, however often, or that the stream failed.
    pub(crate) fn new(moved: SyncSender<()>) -> Self {
        Self { moved, failure: Arc::default() }
    }

    /// Why the stream gives or takes nothing any more.
    pub(crate) fn failure(&self) -> Option<DeviceError> {
        self.failure.lock().clone()
    }

    /// The first failure stays.
    pub(crate) fn fail(&self, error: DeviceError) {
        self.failure.lock().get_or_insert(error);
        self.wake();
    }

    /// Makes the thread look.
    pub(crate) fn wake(&self) {
        // Full: the thread has not yet looked since the last time.
        let _ = self.moved.try_send(());
    }

    fn report(&self, error: &cpal::Error) {
        match while_running(error) {
            Some(failure) => self.fail(failure),
            None => tracing::debug!(%error, "sound goes on"),
        }
    }
}

/// Records the mean of a device's channels into a ring; what does not fit is lost.
pub(crate) fn record(device: &Device, format: Format, to: Producer<f32>, word: &Word) -> Result<Stream, DeviceError> {
    match format.sample {
        SampleFormat::F32 => record_as::<f32>(device, format.config, to, word),
        SampleFormat::I16 => record_as::<i16>(device, format.config, to, word),
        SampleFormat::U16 => record_as::<u16>(device, format.config, to, word),
        SampleFormat::I32 => record_as::<i32>(device, format.config, to, word),
        other => Err(DeviceError::Failed(format!("unknown sample format {other}"))),
    }
}

fn record_as<T: SizedSample>(
    device: &Device,
    config: StreamConfig,
    mut to: Producer<f32>,
    word: &Word,
) -> Result<Stream, DeviceError>
where
    f32: FromSample<T>,
{
    let (on_sound, on_error) = (word.clone(), word.clone());
    let channels = usize::from(config.channels.max(1));
    let built = device.build_input_stream::<T, _, _>(
        config,
        move |recorded, _| {
            let frames = recorded.chunks_exact(channels);
            let room = to.slots().min(frames.len());
            if let Ok(chunk) = to.write_chunk_uninit(room) {
                let mean = |frame: &[T]| frame.iter().map(|s| f32::from_sample(*s)).sum::<f32>() / channels as f32;
                chunk.fill_from_iter(frames.map(mean));
            }
            on_sound.wake();
        },
        move |error| on_error.report(&error),
        None,
    );
    started(built)
}

/// What a playing stream tells about itself.
#[derive(Default)]
pub(crate) struct Playing {
    /// Samples of one channel the device asked for the last time.
    pub(crate) asked: AtomicU32,
    /// How often it asked for more than there was.
    pub(crate) underruns: AtomicU32,
}

/// Plays mono sound from a ring on the device's first two channels.
pub(crate) fn play(
    device: &Device,
    format: Format,
    from: Consumer<f32>,
    playing: Arc<Playing>,
    word: &Word,
) -> Result<Stream, DeviceError> {
    match format.sample {
        SampleFormat::F32 => play_as::<f32>(device, format.config, from, playing, word),
        SampleFormat::I16 => play_as::<i16>(device, format.config, from, playing, word),
        SampleFormat::U16 => play_as::<u16>(device, format.config, from, playing, word),
        SampleFormat::I32 => play_as::<i32>(device, format.config, from, playing, word),
        other => Err(DeviceError::Failed(format!("unknown sample format {other}"))),
    }
}

fn play_as<T: SizedSample + FromSample<f32>>(
    device: &Device,
    config: StreamConfig,
    mut from: Consumer<f32>,
    playing: Arc<Playing>,
    word: &Word,
) -> Result<Stream, DeviceError> {
    let (on_sound, on_error) = (word.clone(), word.clone());
    let channels = usize::from(config.channels.max(1));
    let (mut begun, mut last) = (false, 0.0_f32);
    let built = device.build_output_stream::<T, _, _>(
        config,
        move |asked, _| {
            let frames = asked.chunks_exact_mut(channels);
            let wanted = frames.len();
            playing.asked.store(u32::try_from(wanted).unwrap_or(u32::MAX), Ordering::Relaxed);
            let there = from.slots().min(wanted);
            begun |= there > 0;
            if there < wanted && begun {
                playing.underruns.fetch_add(1, Ordering::Relaxed);
            }
            let mut sound = from.read_chunk(there).into_iter().flatten();
            for frame in frames {
                // Where sound is missing the last sample fades within some milliseconds: a step to zero would click.
                last = sound.next().unwrap_or(last * 0.98);
                for (channel, sample) in frame.iter_mut().enumerate() {
                    *sample = if channel < 2 { T::from_sample(last) } else { T::EQUILIBRIUM };
                }
            }
            drop(sound);
            on_sound.wake();
        },
        move |error| on_error.report(&error),
        None,
    );
    started(built)
}

fn started(built: Result<Stream, cpal::Error>) -> Result<Stream, DeviceError> {
    let stream = built.map_err(|error| on_open(&error))?;
    stream.play().map_err(|error| on_open(&error))?;
    Ok(stream)
}

/// A stream that runs until this is dropped.
pub(crate) struct Running(Option<Stream>);

impl Running {
    /// Takes over a stream that was started.
    pub(crate) fn new(stream: Stream) -> Self {
        Self(Some(stream))
    }
}

impl Drop for Running {
    /// Closing asks the sound server, so that a hung one would hang whoever closes.
    fn drop(&mut self) {
        let stream = self.0.take();
        let closed = super::with_patience(move || {
            drop(stream);
            Ok(())
        });
        if let Err(error) = closed {
            tracing::warn!(%error, "a sound stream was not closed");
        }
    }
}
