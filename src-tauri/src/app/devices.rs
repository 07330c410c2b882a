//! The computer's devices: which there are, and which of them the settings choose.

use tokio::sync::mpsc;
use visita_call::{CameraChoice, FrameHub, LocalMedia, MicrophoneChoice, SoundSettings, SpeakerChoice};
use visita_media::{DeviceInfo, camera, microphone, speaker};
use visita_protocol::view::{DeviceView, DevicesView, Settings};

use super::Internal;

/// Looks which devices there are, on a thread of its own: some drivers take seconds to answer.
pub(super) fn look(internal: mpsc::UnboundedSender<Internal>) {
    tokio::task::spawn_blocking(move || {
        let views =
            |devices: Vec<DeviceInfo>| devices.into_iter().map(|d| DeviceView { id: d.id, label: d.label }).collect();
        let devices = DevicesView {
            cameras: views(camera::list()),
            microphones: views(microphone::list()),
            speakers: views(speaker::list()),
        };
        // The app is closing when nobody listens.
        let _ = internal.send(Internal::Devices(devices));
    });
}

/// Opens what the settings choose.
pub(super) fn start(settings: &Settings, hub: FrameHub) -> LocalMedia {
    let (camera, microphone, speaker) = choices(settings);
    let media = LocalMedia::start(camera, microphone, speaker, hub);
    sound(&media, settings);
    media
}

/// Changes to what the settings choose.
pub(super) fn choose(media: &LocalMedia, settings: &Settings) {
    let (camera, microphone, speaker) = choices(settings);
    media.choose_camera(camera);
    media.choose_microphone(microphone);
    media.choose_speaker(speaker);
    sound(media, settings);
}

fn sound(media: &LocalMedia, settings: &Settings) {
    media.set_sound(SoundSettings {
        echo_cancellation: settings.echo_cancellation,
        noise_suppression: settings.noise_suppression,
        gain_control: settings.automatic_gain,
    });
    media.set_doorbell(settings.doorbell);
}

/// `VISITA_CAMERA`, `VISITA_MICROPHONE` and `VISITA_SPEAKER` take the place of devices where there are none: `pattern` or
/// `none`, `tone` or `none`, `none`.
fn choices(settings: &Settings) -> (CameraChoice, MicrophoneChoice, SpeakerChoice) {
    let forced = |name: &str| std::env::var(name).unwrap_or_default();
    let camera = match (forced("VISITA_CAMERA").as_str(), &settings.camera) {
        ("pattern", _) => CameraChoice::Pattern,
        ("none", _) => CameraChoice::None,
        (_, Some(id)) => CameraChoice::Device(id.clone()),
        (_, None) => CameraChoice::Default,
    };
    let microphone = match (forced("VISITA_MICROPHONE").as_str(), &settings.microphone) {
        ("tone", _) => MicrophoneChoice::Tone(660.0),
        ("none", _) => MicrophoneChoice::None,
        (_, Some(id)) => MicrophoneChoice::Device(id.clone()),
        (_, None) => MicrophoneChoice::Default,
    };
    let speaker = match (forced("VISITA_SPEAKER").as_str(), &settings.speaker) {
        ("none", _) => SpeakerChoice::Null,
        (_, Some(id)) => SpeakerChoice::Device(id.clone()),
        (_, None) => SpeakerChoice::Default,
    };
    (camera, microphone, speaker)
}
