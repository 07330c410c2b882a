//! Which devices there are, as it changes: plugged in and pulled out, another default chosen.

use std::{
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

use parking_lot::{Condvar, Mutex};

use crate::{
    DeviceInfo, camera,
    sound::{self, Direction, Seen},
};

/// How often it is looked. Systems tell of changes in five different ways; looking costs a fraction of a millisecond
/// and is the same everywhere. A device that is back before it was missed stays with the one that the sound server put in
/// its place, so this is shorter than plugging in again takes.
const EVERY: Duration = Duration::from_millis(250);

/// Where cameras have to be asked themselves, with every so many looks.
const CAMERAS_EVERY: u32 = 11;

/// How long the first look is waited for. A hung sound server answers never.
const FIRST: Duration = Duration::from_secs(3);

/// All devices at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Devices {
    /// Microphones, without the monitors of speakers.
    pub microphones: Vec<DeviceInfo>,
    /// Speakers.
    pub speakers: Vec<DeviceInfo>,
    /// Cameras.
    pub cameras: Vec<DeviceInfo>,
}

/// Tells of changes. All watches share one thread, which ends with the last of them.
pub struct DeviceWatch {
    shared: Arc<Shared>,
    seen: u64,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Clone, Default)]
pub(crate) struct State {
    /// Counts looks that differed from the one before; 0 before the first.
    version: u64,
    pub(crate) microphones: Seen,
    pub(crate) speakers: Seen,
    cameras: Vec<DeviceInfo>,
}

static RUNNING: Mutex<Weak<Shared>> = Mutex::new(Weak::new());

impl DeviceWatch {
    /// Starts to watch.
    pub fn new() -> Self {
        let mut running = RUNNING.lock();
        if let Some(shared) = running.upgrade() {
            return Self { shared, seen: 0 };
        }
        let shared = Arc::new(Shared::default());
        *running = Arc::downgrade(&shared);
        let watched = Arc::downgrade(&shared);
        let spawned = std::thread::Builder::new().name("devices".into()).spawn(move || run(&watched));
        if let Err(error) = spawned {
            tracing::error!(%error, "devices are not watched");
        }
        Self { shared, seen: 0 }
    }

    /// What there is now. Waits for the first look, some seconds at most.
    pub fn now(&self) -> Devices {
        self.state().devices()
    }

    /// Waits for a change since the last call; `None` if there was none within `timeout`. The first call answers at
    /// once with what there is.
    pub fn changed(&mut self, timeout: Duration) -> Option<Devices> {
        self.changed_state(timeout).map(|state| state.devices())
    }

    pub(crate) fn changed_state(&mut self, timeout: Duration) -> Option<State> {
        let until = Instant::now() + timeout;
        let mut state = self.shared.state.lock();
        while state.version == self.seen {
            if self.shared.changed.wait_until(&mut state, until).timed_out() {
                return None;
            }
        }
        self.seen = state.version;
        Some(state.clone())
    }

    fn state(&self) -> State {
        let until = Instant::now() + FIRST;
        let mut state = self.shared.state.lock();
        while state.version == 0 && !self.shared.changed.wait_until(&mut state, until).timed_out() {}
        state.clone()
    }
}

impl Default for DeviceWatch {
    fn default() -> Self {
        Self::new()
    }
}

impl State {
    fn devices(&self) -> Devices {
        Devices {
            microphones: self.microphones.devices.clone(),
            speakers: self.speakers.devices.clone(),
            cameras: self.cameras.clone(),
        }
    }
}

/// Runs as long as somebody holds what it fills.
fn run(watched: &Weak<Shared>) {
    let (mut cameras, mut nodes, mut looks) = (Vec::new(), None, 0_u32);
    while let Some(shared) = watched.upgrade() {
        // Without a sound system there are no devices; asked again, because it may start.
        let microphones = sound::look(Direction::In).unwrap_or_default();
        let speakers = sound::look(Direction::Out).unwrap_or_default();
        let now = camera::nodes();
        if looks == 0 || now != nodes || now.is_none() && looks.is_multiple_of(CAMERAS_EVERY) {
            (cameras, nodes) = (camera::list(), now);
        }
        looks = looks.wrapping_add(1);
        let mut state = shared.state.lock();
        let same = state.microphones == microphones && state.speakers == speakers && state.cameras == cameras;
        if !same || state.version == 0 {
            *state = State { version: state.version + 1, microphones, speakers, cameras: cameras.clone() };
            shared.changed.notify_all();
        }
        drop(state);
        drop(shared);
        std::thread::sleep(EVERY);
    }
}
