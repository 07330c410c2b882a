//! The person's own devices: camera, microphone and speaker, from the lobby on and through the whole call.
//!
//! Each device has a named thread that opens it, keeps it open while it is wanted, and tries again by itself when it is
//! missing, busy or pulled out. What is published is set by the call; a device that fails never ends a call.

mod camera;
mod microphone;
mod speaker;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use parking_lot::{Condvar, Mutex};
use tokio::sync::watch;
use visita_media::DeviceError;
use visita_protocol::{
    Bitrate, PixelSize,
    view::{DeviceState, Levels},
};
use visita_rtc::{LocalAudio, LocalVideo};

use crate::{FrameHub, playout::Playout};

/// How long to wait before a device that did not open is tried again.
const RETRY: Duration = Duration::from_secs(2);

/// Which camera.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CameraChoice {
    /// The system's default.
    Default,
    /// This one, by id.
    Device(String),
    /// The moving test picture with its timecode.
    Pattern,
    /// None at all.
    None,
}

/// Which microphone.
#[derive(Clone, Debug, PartialEq)]
pub enum MicrophoneChoice {
    /// The system's default.
    Default,
    /// This one, by id.
    Device(String),
    /// A tone of this many hertz.
    Tone(f32),
    /// A WAV file, over and over.
    Wav(PathBuf),
    /// What is heard from the others, given back after a while (the test call's other end).
    Echo,
    /// None at all.
    None,
}

/// Which speaker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpeakerChoice {
    /// The system's default.
    Default,
    /// This one, by id.
    Device(String),
    /// Mixes at the clock's pace and plays nothing.
    Null,
}

/// How the devices are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalState {
    /// Camera.
    pub camera: DeviceState,
    /// Microphone.
    pub microphone: DeviceState,
    /// Speaker.
    pub speaker: DeviceState,
    /// The person speaks while the microphone is switched off.
    pub talking_while_muted: bool,
}

/// The largest picture that is captured.
pub const CAPTURE_SIZE: PixelSize = PixelSize::new(1280, 720);
/// Pictures per second that are captured.
pub const CAPTURE_FPS: u32 = 30;

pub(crate) struct CameraWish {
    pub(crate) choice: CameraChoice,
    pub(crate) on: bool,
    pub(crate) publication: Option<LocalVideo>,
    /// Size of one's own picture for the page; none when nobody looks.
    pub(crate) preview: Option<PixelSize>,
    pub(crate) generation: u32,
}

pub(crate) struct MicrophoneWish {
    pub(crate) choice: MicrophoneChoice,
    pub(crate) on: bool,
    pub(crate) publication: Option<LocalAudio>,
    pub(crate) generation: u32,
}

pub(crate) struct SpeakerWish {
    pub(crate) choice: SpeakerChoice,
    pub(crate) generation: u32,
}

/// What threads and owner share.
pub(crate) struct Shared {
    pub(crate) camera: Mutex<CameraWish>,
    pub(crate) microphone: Mutex<MicrophoneWish>,
    pub(crate) speaker: Mutex<SpeakerWish>,
    /// Wakes a thread that waits for its wish to change.
    pub(crate) changed: Condvar,
    gate: Mutex<()>,
    pub(crate) stop: AtomicBool,
    pub(crate) publication_key_wanted: AtomicBool,
    pub(crate) preview_key_wanted: AtomicBool,
    pub(crate) video_bitrate: AtomicU32,
    pub(crate) expected_loss: AtomicU32,
    pub(crate) microphone_level: AtomicU32,
    pub(crate) published_size: Mutex<PixelSize>,
    pub(crate) state: watch::Sender<LocalState>,
    pub(crate) playout: Arc<Mutex<Playout>>,
    pub(crate) hub: FrameHub,
    /// One clock for picture and sound that are sent.
    pub(crate) epoch: Instant,
}

impl Shared {
    pub(crate) fn stopping(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Waits until something changed or `limit` is over.
    pub(crate) fn wait(&self, limit: Duration) {
        let mut gate = self.gate.lock();
        if !self.stopping() {
            self.changed.wait_for(&mut gate, limit);
        }
    }

    fn wake(&self) {
        let _gate = self.gate.lock();
        self.changed.notify_all();
    }

    pub(crate) fn set_state(&self, change: impl FnOnce(&mut LocalState)) {
        self.state.send_if_modified(|state| {
            let before = state.clone();
            change(state);
            *state != before
        });
    }
}

/// The devices of one lobby and call. Dropping it closes them.
pub struct LocalMedia {
    shared: Arc<Shared>,
}

impl LocalMedia {
    /// Opens the chosen devices in the background; `hub` gets one's own picture.
    pub fn start(camera: CameraChoice, microphone: MicrophoneChoice, speaker: SpeakerChoice, hub: FrameHub) -> Self {
        let (state, _) = watch::channel(LocalState {
            camera: DeviceState::Starting,
            microphone: DeviceState::Starting,
            speaker: DeviceState::Starting,
            talking_while_muted: false,
        });
        let shared = Arc::new(Shared {
            camera: Mutex::new(CameraWish {
                choice: camera,
                on: true,
                publication: None,
                preview: Some(PixelSize::new(640, 360)),
                generation: 0,
            }),
            microphone: Mutex::new(MicrophoneWish { choice: microphone, on: true, publication: None, generation: 0 }),
            speaker: Mutex::new(SpeakerWish { choice: speaker, generation: 0 }),
            changed: Condvar::new(),
            gate: Mutex::new(()),
            stop: AtomicBool::new(false),
            publication_key_wanted: AtomicBool::new(false),
            preview_key_wanted: AtomicBool::new(false),
            video_bitrate: AtomicU32::new(Bitrate::from_kbps(1700).bps()),
            expected_loss: AtomicU32::new(5),
            microphone_level: AtomicU32::new(0),
            published_size: Mutex::default(),
            state,
            playout: Arc::new(Mutex::new(Playout::new())),
            hub,
            epoch: Instant::now(),
        });
        for (name, body) in [
            ("camera", camera::run as fn(&Shared)),
            ("microphone", microphone::run as fn(&Shared)),
            ("speaker", speaker::run as fn(&Shared)),
        ] {
            let on_thread = shared.clone();
            let spawned = std::thread::Builder::new().name(name.into()).spawn(move || body(&on_thread));
            if let Err(error) = spawned {
                tracing::error!(%error, name, "a device thread did not start");
                let failed = DeviceState::Failed { detail: error.to_string() };
                shared.set_state(|state| match name {
                    "camera" => state.camera = failed,
                    "microphone" => state.microphone = failed,
                    _ => state.speaker = failed,
                });
            }
        }
        Self { shared }
    }

    /// How the devices are, and every change.
    pub fn watch(&self) -> watch::Receiver<LocalState> {
        self.shared.state.subscribe()
    }

    /// How the devices are now.
    pub fn state(&self) -> LocalState {
        self.shared.state.borrow().clone()
    }

    /// Sound levels of this moment, 0 to 1.
    pub fn levels(&self) -> Levels {
        Levels {
            microphone: f32::from_bits(self.shared.microphone_level.load(Ordering::Relaxed)),
            speaker: self.shared.playout.lock().level(),
        }
    }

    /// Switches the camera on or off; off closes the device.
    pub fn set_camera_on(&self, on: bool) {
        self.shared.camera.lock().on = on;
        self.shared.publication_key_wanted.store(true, Ordering::Relaxed);
        self.shared.wake();
    }

    /// Whether the camera is wanted.
    pub fn camera_on(&self) -> bool {
        self.shared.camera.lock().on
    }

    /// Switches sending from the microphone on or off.
    pub fn set_microphone_on(&self, on: bool) {
        self.shared.microphone.lock().on = on;
        self.shared.wake();
    }

    /// Whether the microphone is wanted.
    pub fn microphone_on(&self) -> bool {
        self.shared.microphone.lock().on
    }

    /// Takes another camera.
    pub fn choose_camera(&self, choice: CameraChoice) {
        let mut wish = self.shared.camera.lock();
        if wish.choice != choice {
            wish.choice = choice;
            wish.generation += 1;
        }
        drop(wish);
        self.shared.wake();
    }

    /// Takes another microphone.
    pub fn choose_microphone(&self, choice: MicrophoneChoice) {
        let mut wish = self.shared.microphone.lock();
        if wish.choice != choice {
            wish.choice = choice;
            wish.generation += 1;
        }
        drop(wish);
        self.shared.wake();
    }

    /// Takes another speaker.
    pub fn choose_speaker(&self, choice: SpeakerChoice) {
        let mut wish = self.shared.speaker.lock();
        if wish.choice != choice {
            wish.choice = choice;
            wish.generation += 1;
        }
        drop(wish);
        self.shared.wake();
    }

    /// Size of one's own picture as the page shows it; none when it does not.
    pub fn set_preview(&self, size: Option<PixelSize>) {
        self.shared.camera.lock().preview = size;
        self.shared.wake();
    }

    /// The next picture of one's own for the page decodes on its own.
    pub fn want_preview_key_frame(&self) {
        self.shared.preview_key_wanted.store(true, Ordering::Relaxed);
    }

    /// Size of the last picture that was published.
    pub fn published_size(&self) -> PixelSize {
        *self.shared.published_size.lock()
    }

    /// Plays a short, soft two-note sound, to try the speaker.
    pub fn play_test_sound(&self) {
        self.shared.playout.lock().play_test_sound();
    }

    pub(crate) fn playout(&self) -> &Arc<Mutex<Playout>> {
        &self.shared.playout
    }

    pub(crate) fn publish_camera(&self, publication: Option<LocalVideo>) {
        self.shared.publication_key_wanted.store(true, Ordering::Relaxed);
        self.shared.camera.lock().publication = publication;
        self.shared.wake();
    }

    pub(crate) fn publish_microphone(&self, publication: Option<LocalAudio>) {
        self.shared.microphone.lock().publication = publication;
        self.shared.wake();
    }

    pub(crate) fn want_key_frame(&self) {
        self.shared.publication_key_wanted.store(true, Ordering::Relaxed);
    }

    pub(crate) fn set_video_bitrate(&self, bitrate: Bitrate) {
        self.shared.video_bitrate.store(bitrate.bps(), Ordering::Relaxed);
    }
}

impl Drop for LocalMedia {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        self.shared.wake();
    }
}

/// How a device that did not open, or broke, is shown.
pub(crate) fn device_state(error: &DeviceError, label: &str) -> DeviceState {
    match error {
        DeviceError::Missing | DeviceError::Lost => DeviceState::Missing,
        DeviceError::Busy => DeviceState::Busy { label: label.to_owned() },
        DeviceError::Denied => DeviceState::Denied,
        DeviceError::Failed(detail) => DeviceState::Failed { detail: detail.clone() },
    }
}
