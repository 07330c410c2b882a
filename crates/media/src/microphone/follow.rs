//! A microphone that stays, whatever is plugged in and pulled out.

use std::time::{Duration, Instant};

use visita_codec::BLOCK;

use super::{AudioSource, capture::Microphone};
use crate::{
    DeviceError, DeviceInfo,
    follow::target,
    watch::{DeviceWatch, State},
};

/// When a microphone that did not open is tried again, should no device come or go before.
const AGAIN: Duration = Duration::from_secs(2);
/// How long the first look at the devices is waited for.
const FIRST_LOOK: Duration = Duration::from_secs(3);
/// A microphone that gives nothing for this long is opened anew.
const STALLED: Duration = Duration::from_secs(3);

/// The chosen microphone while it is there; otherwise the system's default, also when that changes. It comes back to the
/// chosen one by itself.
pub struct Following {
    chosen: Option<String>,
    watch: DeviceWatch,
    state: Option<State>,
    current: Option<Microphone>,
    error: DeviceError,
    /// The choice changed, or the microphone was lost.
    look: bool,
    try_at: Instant,
    heard_at: Instant,
}

impl Following {
    /// Follows a choice: an id that [`super::list`] gave, or whatever is the default. Nothing is opened yet.
    pub fn new(chosen: Option<String>) -> Self {
        let now = Instant::now();
        Self {
            chosen,
            watch: DeviceWatch::new(),
            state: None,
            current: None,
            error: DeviceError::Missing,
            look: true,
            try_at: now,
            heard_at: now,
        }
    }

    /// Another choice, from the next block on.
    pub fn choose(&mut self, chosen: Option<String>) {
        self.chosen = chosen;
        self.look = true;
    }

    /// What is recorded from, if anything.
    pub fn device(&self) -> Option<&DeviceInfo> {
        self.current.as_ref().map(Microphone::info)
    }

    /// Whether another one than the chosen is used.
    pub fn is_substitute(&self) -> bool {
        self.chosen.is_some() && self.device().is_some_and(|device| Some(&device.id) != self.chosen.as_ref())
    }

    /// Waits for the next block; `false` if nothing came within `timeout`. An error tells why there is no microphone
    /// now, after `timeout`: going on asking is how it comes back.
    pub fn read(&mut self, out: &mut [f32; BLOCK], timeout: Duration) -> Result<bool, DeviceError> {
        let until = Instant::now() + timeout;
        self.follow();
        let Some(current) = &mut self.current else {
            let left = until.saturating_duration_since(Instant::now());
            if let Some(state) = self.watch.changed_state(left) {
                self.state = Some(state);
                self.look = true;
            }
            return Err(self.error.clone());
        };
        match current.read(out, timeout) {
            Ok(true) => {
                self.heard_at = Instant::now();
                Ok(true)
            }
            Ok(false) if self.heard_at.elapsed() < STALLED => Ok(false),
            Ok(false) => Err(self.lose(DeviceError::Failed("the microphone gives no sound".into()))),
            Err(error) => Err(self.lose(error)),
        }
    }

    fn lose(&mut self, error: DeviceError) -> DeviceError {
        tracing::info!(%error, "the microphone stopped");
        self.current = None;
        self.error = error.clone();
        // At once: another may be there.
        self.look = true;
        error
    }

    /// Changes over where another device should be used.
    fn follow(&mut self) {
        let patience = if self.state.is_none() { FIRST_LOOK } else { Duration::ZERO };
        let changed = self.watch.changed_state(patience);
        let retry = self.current.is_none() && Instant::now() >= self.try_at;
        if changed.is_none() && !self.look && !retry {
            return;
        }
        self.look = false;
        self.state = changed.or(self.state.take());
        // Should the watch know nothing, the system still may.
        let wanted = match &self.state {
            Some(state) => target(self.chosen.as_deref(), &state.microphones).map(str::to_owned),
            None => self.chosen.clone(),
        };
        let current = self.current.as_ref().map(|microphone| &microphone.info().id);
        if current.is_some() && current == wanted.as_ref() {
            return;
        }
        self.current = None;
        // The default by no name: then it is not taken where it is our own echo.
        self.open(wanted.filter(|id| self.chosen.as_ref() == Some(id)));
    }

    fn open(&mut self, id: Option<String>) {
        match Microphone::open(id.as_deref()) {
            Ok(microphone) => {
                tracing::info!(device = microphone.info().label, "microphone opened");
                self.heard_at = Instant::now();
                self.current = Some(microphone);
            }
            Err(error) => {
                error.log("microphone", Some(&self.error));
                self.error = error;
                self.try_at = Instant::now() + AGAIN;
            }
        }
    }
}

impl AudioSource for Following {
    fn read(&mut self, out: &mut [f32; BLOCK], timeout: Duration) -> Result<bool, DeviceError> {
        Following::read(self, out, timeout)
    }

    fn label(&self) -> &str {
        self.device().map_or("", |device| &device.label)
    }
}
