//! A stream to or from a device in the format nearest to ours. Its callbacks run on the sound system's thread: they
//! copy through a lock-free ring of mono samples and say that they did.

use std::sync::{
    Arc,
    atomic::{AtomicU32, AtomicU64, Ordering},
};

use cpal::{
    BufferSize, Device, FromSample, Sample, SampleFormat, SizedSample, Stream, StreamConfig, SupportedBufferSize,
    SupportedStreamConfig,
    traits::{DeviceTrait, StreamTrait},
};
use parking_lot::Mutex;
use rtrb::{Consumer, Producer};
use visita_codec::SAMPLE_RATE;

use super::{Direction, bell::Bell, on_open, while_running};
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

/// Where a stream leaves word of its end.
#[derive(Clone, Default)]
pub(crate) struct Word(Arc<Mutex<Option<DeviceError>>>);

impl Word {
    /// Why the stream gives or takes nothing any more.
    pub(crate) fn failure(&self) -> Option<DeviceError> {
        self.0.lock().clone()
    }

    /// The first failure stays.
    pub(crate) fn fail(&self, error: DeviceError) {
        self.0.lock().get_or_insert(error);
    }

    fn report(&self, error: &cpal::Error) {
        match while_running(error) {
            Some(failure) => self.fail(failure),
            None => tracing::debug!(%error, "sound goes on"),
        }
    }
}

/// Records the mean of a device's channels into a ring; what does not fit is lost.
pub(crate) fn record(
    device: &Device,
    format: Format,
    to: Producer<f32>,
    bell: Bell,
    word: &Word,
) -> Result<Stream, DeviceError> {
    let recorder = Recorder { channels: usize::from(format.config.channels.max(1)), to, bell };
    match format.sample {
        SampleFormat::F32 => record_as::<f32>(device, format.config, recorder, word),
        SampleFormat::I16 => record_as::<i16>(device, format.config, recorder, word),
        SampleFormat::U16 => record_as::<u16>(device, format.config, recorder, word),
        SampleFormat::I32 => record_as::<i32>(device, format.config, recorder, word),
        other => Err(DeviceError::Failed(format!("unknown sample format {other}"))),
    }
}

fn record_as<T: SizedSample>(
    device: &Device,
    config: StreamConfig,
    mut recorder: Recorder,
    word: &Word,
) -> Result<Stream, DeviceError>
where
    f32: FromSample<T>,
{
    let word = word.clone();
    let on_sound = move |recorded: &[T], _: &_| recorder.take(recorded);
    started(device.build_input_stream::<T, _, _>(config, on_sound, move |error| word.report(&error), None))
}

/// What the callback of a recording stream does: no lock, no allocation.
struct Recorder {
    channels: usize,
    to: Producer<f32>,
    bell: Bell,
}

impl Recorder {
    fn take<T: Sample>(&mut self, recorded: &[T])
    where
        f32: FromSample<T>,
    {
        let channels = self.channels;
        let frames = recorded.chunks_exact(channels);
        let room = self.to.slots().min(frames.len());
        if let Ok(chunk) = self.to.write_chunk_uninit(room) {
            let mean = |frame: &[T]| frame.iter().map(|s| f32::from_sample(*s)).sum::<f32>() / channels as f32;
            chunk.fill_from_iter(frames.map(mean));
        }
        self.bell.ring();
    }
}

/// What a playing stream tells about itself.
#[derive(Default)]
pub(crate) struct Playing {
    /// Samples of one channel the device asked for the last time.
    pub(crate) asked: AtomicU32,
    /// And in all.
    pub(crate) asked_in_all: AtomicU64,
    /// How often it asked for more than there was.
    pub(crate) underruns: AtomicU32,
}

/// Plays mono sound from a ring on the device's first two channels.
pub(crate) fn play(
    device: &Device,
    format: Format,
    from: Consumer<f32>,
    playing: Arc<Playing>,
    bell: Bell,
    word: &Word,
) -> Result<Stream, DeviceError> {
    let channels = usize::from(format.config.channels.max(1));
    let player = Player { channels, from, playing, begun: false, last: 0.0, bell };
    match format.sample {
        SampleFormat::F32 => play_as::<f32>(device, format.config, player, word),
        SampleFormat::I16 => play_as::<i16>(device, format.config, player, word),
        SampleFormat::U16 => play_as::<u16>(device, format.config, player, word),
        SampleFormat::I32 => play_as::<i32>(device, format.config, player, word),
        other => Err(DeviceError::Failed(format!("unknown sample format {other}"))),
    }
}

fn play_as<T: SizedSample + FromSample<f32>>(
    device: &Device,
    config: StreamConfig,
    mut player: Player,
    word: &Word,
) -> Result<Stream, DeviceError> {
    let word = word.clone();
    let on_sound = move |asked: &mut [T], _: &_| player.give(asked);
    started(device.build_output_stream::<T, _, _>(config, on_sound, move |error| word.report(&error), None))
}

/// What the callback of a playing stream does: no lock, no allocation.
struct Player {
    channels: usize,
    from: Consumer<f32>,
    playing: Arc<Playing>,
    begun: bool,
    last: f32,
    bell: Bell,
}

impl Player {
    fn give<T: Sample + FromSample<f32>>(&mut self, asked: &mut [T]) {
        let frames = asked.chunks_exact_mut(self.channels);
        let wanted = frames.len();
        self.playing.asked.store(u32::try_from(wanted).unwrap_or(u32::MAX), Ordering::Relaxed);
        self.playing.asked_in_all.fetch_add(wanted as u64, Ordering::Relaxed);
        let there = self.from.slots().min(wanted);
        self.begun |= there > 0;
        if there < wanted && self.begun {
            self.playing.underruns.fetch_add(1, Ordering::Relaxed);
        }
        let mut sound = self.from.read_chunk(there).into_iter().flatten();
        for frame in frames {
            // Where sound is missing the last sample fades within some milliseconds: a step to zero would click.
            self.last = sound.next().unwrap_or(self.last * 0.98);
            for (channel, sample) in frame.iter_mut().enumerate() {
                *sample = if channel < 2 { T::from_sample(self.last) } else { T::EQUILIBRIUM };
            }
        }
        drop(sound);
        self.bell.ring();
    }
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

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use rtrb::RingBuffer;

    use super::*;
    use crate::{counting, sound::bell::bell};

    #[test]
    fn callbacks_do_not_allocate() {
        let (to, mut recorded) = RingBuffer::new(4_800);
        let (bell_in, mut listener_in) = bell();
        let mut recorder = Recorder { channels: 2, to, bell: bell_in };
        let (mut render, from) = RingBuffer::new(4_800);
        let (bell_out, mut listener_out) = bell();
        let playing = Arc::new(Playing::default());
        let mut player =
            Player { channels: 2, from, playing: playing.clone(), begun: false, last: 0.0, bell: bell_out };
        let (heard, mut played) = (vec![0.25_f32; 960], vec![0_i16; 960]);
        let mut allocated = 0;
        for round in 0..100 {
            // Somebody else listens now and then, and sometimes nobody empties or fills the rings.
            if round % 10 == 0 {
                listener_in = std::thread::spawn(move || {
                    listener_in.wait(Instant::now());
                    listener_in
                })
                .join()
                .unwrap();
                listener_out.wait(Instant::now());
            }
            if round % 3 > 0 {
                while recorded.pop().is_ok() {}
                while render.push(0.5).is_ok() {}
            }
            let before = counting::here();
            recorder.take(&heard);
            player.give(&mut played);
            allocated += counting::here() - before;
        }
        assert_eq!(allocated, 0);
        assert_eq!(recorded.pop(), Ok(0.25));
        assert_eq!(played[0], 16_384);
        assert_eq!(playing.asked_in_all.load(Ordering::Relaxed), 48_000);
        let before = counting::here();
        drop(vec![1_u8; 10]);
        assert_eq!(counting::here() - before, 2, "the counter counts");
    }
}
