//! A microphone of the sound system.

use std::time::{Duration, Instant};

use rtrb::{Consumer, RingBuffer};
use visita_codec::BLOCK;

use super::AudioSource;
use crate::{
    DeviceError, DeviceInfo,
    sound::{
        Direction,
        bell::{Listener, bell},
        find,
        rate::FromDevice,
        stream::{Format, Running, Word, record},
        with_patience,
    },
};

/// Sound nobody took for longer than this is skipped: a call would carry it as delay until its end.
const OLDEST: Duration = Duration::from_millis(250);

pub(super) struct Microphone {
    info: DeviceInfo,
    rate: u32,
    recorded: Consumer<f32>,
    convert: FromDevice,
    moved: Listener,
    word: Word,
    #[expect(dead_code, reason = "held so that it records")]
    stream: Running,
}

impl Microphone {
    pub(super) fn open(id: Option<&str>) -> Result<Self, DeviceError> {
        let id = id.map(str::to_owned);
        with_patience(move || {
            let found = find(Direction::In, id.as_deref())?;
            let format = Format::nearest(&found.device, Direction::In)?;
            let start = |format: Format| {
                let ((bell, moved), word) = (bell(), Word::default());
                let (to, recorded) = RingBuffer::new(format.rate() as usize);
                let stream = Running::new(record(&found.device, format, to, bell, &word)?);
                let convert = FromDevice::new(format.rate()).map_err(DeviceError::Failed)?;
                Ok(Self { info: found.info.clone(), rate: format.rate(), recorded, convert, moved, word, stream })
            };
            start(format).or_else(|error| match error {
                DeviceError::Failed(_) => start(format.in_any_period()),
                error => Err(error),
            })
        })
    }

    pub(super) fn info(&self) -> &DeviceInfo {
        &self.info
    }

    fn skip_what_is_old(&mut self) {
        let most = (OLDEST.as_secs_f32() * self.rate as f32) as usize;
        let held = self.recorded.slots();
        if held > most
            && let Ok(old) = self.recorded.read_chunk(held - (self.rate / 50) as usize)
        {
            tracing::debug!(samples = old.len(), "sound from the microphone was not taken in time");
            self.convert.skipped(old.len());
            old.commit_all();
        }
    }
}

impl AudioSource for Microphone {
    fn read(&mut self, out: &mut [f32; BLOCK], timeout: Duration) -> Result<bool, DeviceError> {
        let until = Instant::now() + timeout;
        self.skip_what_is_old();
        loop {
            if let Some(error) = self.word.failure() {
                return Err(error);
            }
            if self.convert.pull(&mut self.recorded, out).map_err(DeviceError::Failed)? {
                return Ok(true);
            }
            if self.moved.wait(until) {
                self.convert.recorded(&self.recorded, Instant::now()).map_err(DeviceError::Failed)?;
            } else if Instant::now() >= until {
                return Ok(false);
            }
        }
    }

    fn label(&self) -> &str {
        &self.info.label
    }
}
