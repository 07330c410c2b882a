//! A speaker that stays, whatever is plugged in and pulled out.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use parking_lot::Mutex;

use super::{Render, Speaker};
use crate::{
    DeviceError, DeviceInfo,
    follow::target,
    sound::join,
    watch::{DeviceWatch, State},
};

/// How often a speaker is looked after.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// When a speaker that did not open is tried again, should no device come or go before.
const AGAIN: Duration = Duration::from_secs(2);

/// The chosen speaker while it is there; otherwise the system's default, also when that changes. It comes back to the
/// chosen one by itself. Where there is none, nobody hears what is rendered, at the same pace.
pub struct Following {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    wish: Mutex<Option<String>>,
    wished: AtomicBool,
    now: Mutex<Now>,
    stop: AtomicBool,
    render: Mutex<Render>,
}

#[derive(Clone)]
struct Now {
    device: Option<DeviceInfo>,
    error: Option<DeviceError>,
}

impl Following {
    /// Follows a choice: an id that [`super::list`] gave, or whatever is the default. Opens in the background.
    pub fn start(chosen: Option<String>, render: Render) -> Self {
        let shared = Arc::new(Shared {
            wish: Mutex::new(chosen),
            wished: AtomicBool::new(false),
            now: Mutex::new(Now { device: None, error: None }),
            stop: AtomicBool::new(false),
            render: Mutex::new(render),
        });
        let on_thread = shared.clone();
        let spawned = std::thread::Builder::new().name("speaker-follow".into()).spawn(move || run(&on_thread));
        if let Err(error) = &spawned {
            shared.now.lock().error = Some(DeviceError::Failed(error.to_string()));
        }
        Self { shared, thread: spawned.ok() }
    }

    /// Another choice.
    pub fn choose(&self, chosen: Option<String>) {
        *self.shared.wish.lock() = chosen;
        self.shared.wished.store(true, Ordering::Release);
    }

    /// What plays, if anything.
    pub fn device(&self) -> Option<DeviceInfo> {
        self.shared.now.lock().device.clone()
    }

    /// Whether another one than the chosen plays.
    pub fn is_substitute(&self) -> bool {
        let wish = self.shared.wish.lock().clone();
        wish.is_some_and(|wish| self.device().is_some_and(|device| device.id != wish))
    }

    /// Why nothing plays, if nothing does. It is tried again and again.
    pub fn failed(&self) -> Option<DeviceError> {
        self.shared.now.lock().error.clone()
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        join(&mut self.thread);
    }
}

fn run(shared: &Arc<Shared>) {
    let mut watch = DeviceWatch::new();
    let mut state: Option<State> = None;
    // Held so that it renders.
    let mut speaker: Option<Speaker> = None;
    let mut try_at = Instant::now();
    while !shared.stop.load(Ordering::Relaxed) {
        let changed = watch.changed_state(LOOK_EVERY);
        let failure = speaker.as_ref().and_then(Speaker::failed);
        if let Some(error) = &failure {
            tracing::info!(%error, "the speaker stopped");
            shared.now.lock().device = None;
        }
        let playing = shared.now.lock().device.clone();
        let wished = shared.wished.swap(false, Ordering::Acquire);
        let due = playing.is_none() && Instant::now() >= try_at;
        if changed.is_none() && failure.is_none() && !wished && !due {
            continue;
        }
        state = changed.or(state);
        let chosen = shared.wish.lock().clone();
        let wanted = state.as_ref().and_then(|state| target(chosen.as_deref(), &state.speakers)).map(str::to_owned);
        if playing.is_some() && playing.map(|device| device.id) == wanted {
            continue;
        }
        // Closed first: two speakers would pull the same sound apart.
        drop(speaker.take());
        let opened = match (&wanted, &state) {
            (None, Some(_)) => Err(DeviceError::Missing),
            _ => Speaker::open(wanted.as_deref(), render(shared)),
        };
        let now = match opened {
            Ok(opened) => {
                tracing::info!(device = opened.label(), "speaker opened");
                let device = opened.device().cloned();
                speaker = Some(opened);
                Now { device, error: None }
            }
            Err(error) => {
                speaker = Some(Speaker::null(render(shared)));
                try_at = Instant::now() + AGAIN;
                Now { device: None, error: Some(error) }
            }
        };
        *shared.now.lock() = now;
    }
}

fn render(shared: &Arc<Shared>) -> Render {
    let shared = shared.clone();
    Box::new(move |out| (shared.render.lock())(out))
}
