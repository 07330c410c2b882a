//! The person's own devices: camera, microphone and speaker, from the lobby on and through the whole call.
//!
//! Each device has a named thread that opens it, keeps it open while it is wanted, and tries again by itself when it is
//! missing, busy or pulled out. What is published is set by the call; a device that fails never ends a call.

mod camera;
mod microphone;
mod share;
mod speaker;
mod video_out;
mod voice;

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
use visita_media::{
    DeviceError,
    processing::{self, Control, ProcessingStats, Settings as SoundSettings},
};
use visita_protocol::{
    Bitrate, PixelSize,
    view::{DeviceState, Levels, SendingView, ShareKind, StreamSource},
};
use visita_rtc::{LocalAudio, LocalVideo};

use crate::{FrameHub, Sound, playout::Playout};
use share::ShareHandle;
use video_out::VideoOut;
use voice::Voice;

pub(crate) use share::{SHARE_FPS, share_size};
pub use share::{ShareChoice, ShareState};

/// What the way is taken to carry before it is known.
const FIRST_TARGET: Bitrate = Bitrate::from_kbps(1_700);
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
    /// What is shown to the others.
    pub share: Option<ShareState>,
    /// How often a share ended by itself.
    pub share_broke: u32,
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
    pub(crate) camera_out: VideoOut,
    pub(crate) preview_key_wanted: AtomicBool,
    share: Mutex<Option<Arc<ShareHandle>>>,
    pub(crate) share_publication: Mutex<Option<LocalVideo>>,
    pub(crate) share_out: VideoOut,
    pub(crate) voice: Mutex<Voice>,
    pub(crate) microphone_level: AtomicU32,
    pub(crate) processing: Control,
    /// What is done to a real microphone's sound.
    pub(crate) sound_settings: Mutex<SoundSettings>,
    /// Whether short sounds tell of comings and goings.
    sounds: AtomicBool,
    doorbell: AtomicBool,
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
            share: None,
            share_broke: 0,
        });
        let (render, capture, processing) = processing::processing(SoundSettings::default());
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
            camera_out: VideoOut::new(FIRST_TARGET),
            preview_key_wanted: AtomicBool::new(false),
            share: Mutex::default(),
            share_publication: Mutex::default(),
            share_out: VideoOut::new(FIRST_TARGET),
            voice: Mutex::new(Voice::for_way(FIRST_TARGET, 0.0)),
            microphone_level: AtomicU32::new(0),
            processing,
            sound_settings: Mutex::default(),
            sounds: AtomicBool::new(true),
            doorbell: AtomicBool::new(true),
            state,
            playout: Arc::new(Mutex::new(Playout::new(Some(render)))),
            hub,
            epoch: Instant::now(),
        });
        let (for_camera, for_microphone, for_speaker) = (shared.clone(), shared.clone(), shared.clone());
        type Body = Box<dyn FnOnce() + Send>;
        let threads: [(&str, Body); 3] = [
            ("camera", Box::new(move || camera::run(&for_camera))),
            ("microphone", Box::new(move || microphone::run(&for_microphone, capture))),
            ("speaker", Box::new(move || speaker::run(&for_speaker))),
        ];
        for (name, body) in threads {
            let spawned = std::thread::Builder::new().name(name.into()).spawn(body);
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
        self.shared.camera_out.want_keys();
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

    /// Size of the largest picture of the camera that was sent last.
    pub fn published_size(&self) -> PixelSize {
        self.shared.camera_out.largest()
    }

    /// What goes out as video: each layer with its rate of the last second.
    pub fn sending(&self) -> Vec<SendingView> {
        let mut all = self.shared.camera_out.sending(StreamSource::Camera);
        all.extend(self.shared.share_out.sending(StreamSource::Screen));
        all
    }

    /// Shows a screen or window; it is published by the call. What was shown before ends.
    pub fn start_share(&self, choice: ShareChoice) {
        self.stop_share();
        let (kind, label) = match &choice {
            ShareChoice::Source { kind, label, .. } => (*kind, label.clone()),
            ShareChoice::Pattern => (ShareKind::Screen, "Test pattern".to_owned()),
        };
        let state = ShareState { kind, label, size: PixelSize::default(), paused: false };
        self.shared.set_state(|s| s.share = Some(state));
        *self.shared.share.lock() = Some(share::start(self.shared.clone(), choice));
    }

    /// Lets what is shown stand still, or go on.
    pub fn pause_share(&self, paused: bool) {
        if let Some(share) = &*self.shared.share.lock() {
            share.paused.store(paused, Ordering::Relaxed);
        }
        self.shared.set_state(|s| {
            if let Some(share) = &mut s.share {
                share.paused = paused;
            }
        });
    }

    /// The picture of what is shown as the others have it, which comes at once; none where nothing is shown.
    pub(crate) fn share_picture(&self) -> Option<tokio::sync::oneshot::Receiver<visita_codec::I420Frame>> {
        let (asker, picture) = tokio::sync::oneshot::channel();
        self.shared.share.lock().as_ref()?.asked.lock().push(asker);
        Some(picture)
    }

    /// Ends what is shown.
    pub fn stop_share(&self) {
        if let Some(share) = self.shared.share.lock().take() {
            share.stop.store(true, Ordering::Relaxed);
        }
        self.shared.set_state(|s| s.share = None);
    }

    /// What is done to the sound of a real microphone, from the next 10 ms on.
    pub fn set_sound(&self, settings: SoundSettings) {
        let before = std::mem::replace(&mut *self.shared.sound_settings.lock(), settings);
        let choice = self.shared.microphone.lock().choice.clone();
        if before != settings && matches!(choice, MicrophoneChoice::Default | MicrophoneChoice::Device(_)) {
            self.shared.processing.set(settings);
        }
    }

    /// Figures of the microphone's processing.
    pub fn processing_stats(&self) -> ProcessingStats {
        self.shared.processing.stats()
    }

    /// Whether short sounds tell of comings and goings.
    pub fn set_sounds(&self, on: bool) {
        self.shared.sounds.store(on, Ordering::Relaxed);
    }

    /// Plays a short sound, unless they are switched off.
    pub fn play(&self, sound: Sound) {
        let wanted = sound != Sound::Knock || self.shared.doorbell.load(Ordering::Relaxed);
        if wanted && self.shared.sounds.load(Ordering::Relaxed) {
            self.shared.playout.lock().play(sound);
        }
    }

    /// Whether a soft sound tells of those who wait.
    pub fn set_doorbell(&self, on: bool) {
        self.shared.doorbell.store(on, Ordering::Relaxed);
    }

    /// How much was sent and not heard so far, of all voices that are heard now, in milliseconds.
    pub fn missed_ms(&self) -> u64 {
        self.shared.playout.lock().missed_ms()
    }

    /// Plays a short, soft two-note sound, to try the speaker.
    pub fn play_test_sound(&self) {
        self.shared.playout.lock().play(Sound::Test);
    }

    pub(crate) fn playout(&self) -> &Arc<Mutex<Playout>> {
        &self.shared.playout
    }

    /// How the microphone is to be encoded for a way that carries and loses so much.
    pub(crate) fn set_voice(&self, target: Bitrate, loss: f64) {
        *self.shared.voice.lock() = Voice::for_way(target, loss);
    }

    pub(crate) fn camera_out(&self) -> &VideoOut {
        &self.shared.camera_out
    }

    pub(crate) fn share_out(&self) -> &VideoOut {
        &self.shared.share_out
    }

    pub(crate) fn publish_camera(&self, publication: Option<LocalVideo>) {
        self.shared.camera_out.begin();
        self.shared.camera.lock().publication = publication;
        self.shared.wake();
    }

    pub(crate) fn publish_share(&self, publication: Option<LocalVideo>) {
        self.shared.share_out.begin();
        *self.shared.share_publication.lock() = publication;
    }

    pub(crate) fn publish_microphone(&self, publication: Option<LocalAudio>) {
        self.shared.microphone.lock().publication = publication;
        self.shared.wake();
    }
}

impl Drop for LocalMedia {
    fn drop(&mut self) {
        self.stop_share();
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

/// One's own small picture, at the size of its tile but never larger than half of what is captured.
pub(crate) fn preview_size(shown: PixelSize) -> PixelSize {
    let most = PixelSize::new(CAPTURE_SIZE.width / 2, CAPTURE_SIZE.height / 2);
    let steps = [PixelSize::new(160, 90), PixelSize::new(320, 180), most];
    steps.into_iter().find(|s| s.width >= shown.width && s.height >= shown.height).unwrap_or(most)
}

/// The largest size not above `limit` that keeps the picture's shape, in even pixels.
pub(crate) fn fit(size: PixelSize, limit: PixelSize) -> PixelSize {
    if size.width <= limit.width && size.height <= limit.height || size.width == 0 || size.height == 0 {
        return size;
    }
    let side =
        |of: u32, by: u32, to: u32| u32::try_from(u64::from(of) * u64::from(by) / u64::from(to)).unwrap_or(u32::MAX);
    let by_width = u64::from(limit.width) * u64::from(size.height) <= u64::from(limit.height) * u64::from(size.width);
    let (width, height) = if by_width {
        (limit.width, side(limit.width, size.height, size.width))
    } else {
        (side(limit.height, size.width, size.height), limit.height)
    };
    PixelSize::new((width & !1).max(2), (height & !1).max(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_keeps_its_shape() {
        let limit = PixelSize::new(640, 360);
        assert_eq!(fit(PixelSize::new(1280, 720), limit), limit);
        assert_eq!(fit(PixelSize::new(640, 480), limit), PixelSize::new(480, 360));
        assert_eq!(fit(PixelSize::new(320, 180), limit), PixelSize::new(320, 180));
        assert_eq!(share_size(PixelSize::new(3840, 2160)), PixelSize::new(1920, 1080));
    }
}
