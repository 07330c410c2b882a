//! Screens and windows under Wayland, where only the compositor sees them: the person chooses in the system's own dialog
//! (xdg-desktop-portal's ScreenCast), and the pictures come through PipeWire.
//!
//! The person is asked each time: what was shown once is not shown again by itself (no restore token is asked for).

mod pixels;
mod session;
mod stream;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::{Condvar, Mutex};
use tokio::sync::mpsc;
use visita_codec::I420Frame;
use visita_protocol::PixelSize;

use super::{ScreenKind, ScreenSettings, ScreenSource};
use crate::{DeviceError, camera::VideoSource};
use session::Word;

/// Names the system's dialog.
pub(super) const ID: &str = "portal";

/// Whether this session's screens are the compositor's to show.
pub(super) fn is_needed() -> bool {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    match set("XDG_SESSION_TYPE") {
        Some(kind) if kind == "x11" => false,
        // An X server of its own inside of a Wayland session.
        Some(kind) if kind == "wayland" && set("DISPLAY").is_none() => true,
        _ => set("WAYLAND_DISPLAY").is_some(),
    }
}

/// The one entry of the list.
pub(super) fn source() -> ScreenSource {
    ScreenSource {
        id: ID.to_owned(),
        label: String::new(),
        kind: ScreenKind::Portal,
        size: PixelSize::default(),
        thumbnail: None,
    }
}

/// What the person chose, or is still choosing: until then no pictures come.
pub(super) struct Capture {
    shared: Arc<Shared>,
    words: mpsc::UnboundedSender<Word>,
    period: Duration,
    /// When the next picture may come.
    due: Instant,
}

/// Between the threads of the portal and of PipeWire and whoever takes the pictures.
#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Kept after it was given: who goes on after a pause gets it, since none comes while nothing changes.
    newest: Option<I420Frame>,
    fresh: bool,
    paused: bool,
    ended: Option<DeviceError>,
}

impl Shared {
    fn show(&self, frame: I420Frame) {
        let mut state = self.state.lock();
        (state.newest, state.fresh) = (Some(frame), true);
        self.changed.notify_one();
    }

    fn end(&self, error: DeviceError) {
        self.state.lock().ended.get_or_insert(error);
        self.changed.notify_one();
    }
}

impl Capture {
    /// Shows the dialog, and returns at once.
    pub(super) fn open(settings: ScreenSettings) -> Result<Self, DeviceError> {
        let shared = Arc::new(Shared::default());
        let (words, inbox) = mpsc::unbounded_channel();
        session::start(settings, shared.clone(), (words.clone(), inbox))?;
        let period = Duration::from_secs(1) / settings.fps.clamp(1, 60);
        Ok(Self { shared, words, period, due: Instant::now() })
    }
}

impl VideoSource for Capture {
    fn next(&mut self, timeout: Duration) -> Result<Option<I420Frame>, DeviceError> {
        let until = Instant::now() + timeout;
        let mut state = self.shared.state.lock();
        loop {
            if let Some(error) = &state.ended {
                return Err(error.clone());
            }
            let now = Instant::now();
            let ready = state.fresh && !state.paused;
            if ready && now >= self.due {
                self.due = self.due.max(now.checked_sub(self.period).unwrap_or(now)) + self.period;
                state.fresh = false;
                return Ok(state.newest.clone());
            }
            if now >= until {
                return Ok(None);
            }
            let next = if ready { self.due.min(until) } else { until };
            self.shared.changed.wait_until(&mut state, next);
        }
    }

    fn label(&self) -> &str {
        // The portal does not tell what was chosen.
        ""
    }

    fn size(&self) -> PixelSize {
        self.shared.state.lock().newest.as_ref().map(I420Frame::size).unwrap_or_default()
    }

    fn set_paused(&mut self, paused: bool) {
        let mut state = self.shared.state.lock();
        if state.paused
            && !paused
            && let Some(newest) = &mut state.newest
        {
            newest.captured_at = Instant::now();
            state.fresh = true;
        }
        state.paused = paused;
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        // It has ended by itself when nobody listens.
        let _ = self.words.send(Word::Stop);
    }
}
