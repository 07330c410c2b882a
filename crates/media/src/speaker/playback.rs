//! A speaker of the sound system.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use rtrb::{Producer, RingBuffer};
use visita_codec::BLOCK;

use super::Render;
use crate::{
    DeviceError, DeviceInfo,
    sound::{
        Direction,
        bell::{Listener, bell},
        find, join,
        rate::ToDevice,
        stream::{Format, Playing, Running, Word, play},
        with_patience,
    },
};

/// A device that asks for no sound for this long is taken for broken.
const STALLED: Duration = Duration::from_secs(5);

/// Rendered ahead beyond what the device asks for at once: nothing, until it ran dry, and at most this many blocks.
const MOST_AHEAD: usize = 4;

/// After this long without running dry one block less is rendered ahead. Long, because each change is heard.
const CALM: Duration = Duration::from_secs(20);

pub(super) struct Playback {
    info: DeviceInfo,
    word: Word,
    stop: Arc<AtomicBool>,
    stream: Option<Running>,
    thread: Option<JoinHandle<()>>,
}

impl Playback {
    pub(super) fn open(id: Option<&str>, render: Render) -> Result<Self, DeviceError> {
        let id = id.map(str::to_owned);
        let opened = with_patience(move || {
            let found = find(Direction::Out, id.as_deref())?;
            let format = Format::nearest(&found.device, Direction::Out)?;
            let start = |format: Format| {
                let ((bell, moved), word) = (bell(), Word::default());
                let (to, from) = RingBuffer::new(format.rate() as usize);
                let playing = Arc::new(Playing::default());
                let convert = ToDevice::new(format.rate()).map_err(DeviceError::Failed)?;
                let stream = Running::new(play(&found.device, format, from, playing.clone(), bell, &word)?);
                Ok(Opened { info: found.info.clone(), to, convert, playing, moved, word, stream })
            };
            start(format).or_else(|error| match error {
                DeviceError::Failed(_) => start(format.in_any_period()),
                error => Err(error),
            })
        })?;
        let stop = Arc::new(AtomicBool::new(false));
        let mut renderer = Renderer {
            render,
            to: opened.to,
            convert: opened.convert,
            playing: opened.playing,
            ahead: Ahead::default(),
            word: opened.word.clone(),
            stop: stop.clone(),
        };
        let mut moved = opened.moved;
        let thread = std::thread::Builder::new()
            .name("speaker".into())
            .spawn(move || renderer.run(&mut moved))
            .map_err(|error| DeviceError::Failed(error.to_string()))?;
        Ok(Self { info: opened.info, word: opened.word, stop, stream: Some(opened.stream), thread: Some(thread) })
    }

    pub(super) fn info(&self) -> &DeviceInfo {
        &self.info
    }

    pub(super) fn failed(&self) -> Option<DeviceError> {
        self.word.failure()
    }
}

impl Drop for Playback {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        join(&mut self.thread);
        self.stream = None;
    }
}

struct Opened {
    info: DeviceInfo,
    to: Producer<f32>,
    convert: ToDevice,
    playing: Arc<Playing>,
    moved: Listener,
    word: Word,
    stream: Running,
}

/// Keeps the ring as full as the device wants it.
struct Renderer {
    render: Render,
    to: Producer<f32>,
    convert: ToDevice,
    playing: Arc<Playing>,
    ahead: Ahead,
    word: Word,
    stop: Arc<AtomicBool>,
}

impl Renderer {
    fn run(&mut self, moved: &mut Listener) {
        let mut last_asked = Instant::now();
        while !self.stop.load(Ordering::Relaxed) && self.word.failure().is_none() {
            if let Err(error) = self.fill() {
                self.word.fail(DeviceError::Failed(error));
                return;
            }
            let now = Instant::now();
            if moved.wait(now + STALLED) {
                last_asked = Instant::now();
                let asked = self.playing.asked_in_all.load(Ordering::Relaxed);
                if let Err(error) = self.convert.asked(asked, last_asked) {
                    self.word.fail(DeviceError::Failed(error));
                }
            } else if last_asked.elapsed() > STALLED {
                self.word.fail(DeviceError::Failed("the speaker takes no sound".into()));
            }
        }
    }

    fn fill(&mut self) -> Result<(), String> {
        let asked = self.playing.asked.load(Ordering::Relaxed) as usize;
        let blocks = self.ahead.blocks(self.playing.underruns.load(Ordering::Relaxed), Instant::now());
        let capacity = self.to.buffer().capacity();
        let mut block = [0.0; BLOCK];
        loop {
            let held = capacity - self.to.slots();
            if held >= asked + blocks * BLOCK {
                return Ok(());
            }
            (self.render)(&mut block);
            let samples = self.convert.convert(&block)?;
            let room = self.to.slots().min(samples.len());
            if let Ok(chunk) = self.to.write_chunk_uninit(room) {
                chunk.fill_from_iter(samples[..room].iter().copied());
            }
            if room < samples.len() || self.stop.load(Ordering::Relaxed) {
                return Ok(());
            }
        }
    }
}

/// How many blocks are rendered beyond what the device asks for at once.
#[derive(Default)]
struct Ahead {
    blocks: usize,
    underruns: u32,
    changed: Option<Instant>,
}

impl Ahead {
    fn blocks(&mut self, underruns: u32, now: Instant) -> usize {
        let since = now.saturating_duration_since(*self.changed.get_or_insert(now));
        if underruns != self.underruns {
            self.underruns = underruns;
            self.blocks = (self.blocks + 1).min(MOST_AHEAD);
            self.changed = Some(now);
            tracing::debug!(underruns, ahead = self.blocks, "the speaker ran dry");
        } else if since > CALM {
            self.blocks = self.blocks.saturating_sub(1);
            self.changed = Some(now);
        }
        self.blocks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renders_ahead_only_where_it_ran_dry() {
        let (mut ahead, start) = (Ahead::default(), Instant::now());
        assert_eq!(ahead.blocks(0, start), 0);
        for underruns in 1..10 {
            ahead.blocks(underruns, start);
        }
        assert_eq!(ahead.blocks(9, start), MOST_AHEAD);
        assert_eq!(ahead.blocks(9, start + CALM), MOST_AHEAD);
        assert_eq!(ahead.blocks(9, start + CALM * 2), MOST_AHEAD - 1);
        assert_eq!(ahead.blocks(9, start + CALM * 2), MOST_AHEAD - 1);
    }
}
