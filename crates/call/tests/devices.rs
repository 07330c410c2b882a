//! A whole call whose camera, microphone and speaker are pulled out and plugged in again: the synthetic camera and the
//! sound server of `visita-media`'s tests at one end, and at the other what comes out of screen and speaker.
//!
//! The camera is loaded before the C library and the sound server is an environment variable, so the scenario runs in a
//! process of its own: the ignored test below, started by the other.

#![cfg(target_os = "linux")]

mod common;
#[path = "../../media/tests/support/driver.rs"]
mod driver;
#[path = "../../media/tests/support/inside.rs"]
mod inside;
#[path = "../../media/tests/support/sound.rs"]
mod sound;

use std::{
    fs,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use common::{room, server};
use driver::{plug_in, shows, unplug};
use inside::{done, folder, run, say};
use parking_lot::Mutex;
use serde_json::json;
use sound::pactl;
use tokio::task::block_in_place;
use visita_call::testing::{PATIENCE, Person, by_link};
use visita_call::{
    CameraChoice, FrameHub, LocalMedia, MicrophoneChoice, SpeakerChoice,
    frames::{Frame, FrameSink},
};
use visita_codec::{
    BLOCK, pattern,
    talker::Talker,
    tone::{Tone, measure},
    video::Decoder,
};
use visita_media::{
    DeviceInfo, DeviceWatch, camera,
    microphone::{self, AudioSource},
    processing::Settings,
    speaker::Speaker,
};
use visita_protocol::{
    PixelSize,
    view::{DeviceState, NoticeCode},
};

/// Pitches of what the two microphones hear.
const DESK: f32 = 440.0;
const BOOM: f32 = 880.0;

#[test]
fn devices_come_and_go_in_a_call() {
    let folder = tempfile::tempdir().unwrap();
    let driver = driver::build(folder.path(), &["video0", "video1", "video2"]);
    let Some(driver) = driver.filter(|_| sound::is_installed()) else {
        say("SKIPPED: devices_come_and_go_in_a_call: no C compiler, or no pulseaudio");
        return;
    };
    let enter = |inside: &mut Command| {
        inside.env("LD_PRELOAD", driver);
        sound::reached_by(inside, folder.path());
    };
    run("inside_they_come_and_go", folder.path(), enter, || ());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by devices_come_and_go_in_a_call"]
async fn inside_they_come_and_go() {
    let _sound = block_in_place(|| sound::server("first"));
    for sink in ["desk_air", "boom_air", "ears"] {
        sink_plugged_in(sink);
    }
    let play = |id: &str, hz: f32| {
        let mut tone = Tone::new(hz, -20.0);
        Speaker::open(Some(id), Box::new(move |out| tone.fill(out))).unwrap()
    };
    let talks = Arc::new(AtomicBool::new(false));
    let boom_air = {
        let (talks, mut tone, mut talker) = (talks.clone(), Tone::new(BOOM, -20.0), Talker::new(120.0));
        move |out: &mut [f32; BLOCK]| if talks.load(Ordering::Relaxed) { *out = talker.block() } else { tone.fill(out) }
    };
    let boom_air = || Speaker::open(Some("boom_air"), Box::new(boom_air)).unwrap();
    let _air = block_in_place(|| (play("desk_air", DESK), boom_air()));
    microphone_plugged_in("desk");
    let boom = microphone_plugged_in("boom");
    pactl(&["set-default-source", "desk"]);
    pactl(&["set-default-sink", "first"]);
    let size = camera::open(None, PixelSize::new(1280, 720), 30).unwrap().size();
    shows(size, 1_000_000);

    let server = server().await;
    let room = room(&server, 2, json!({})).await;
    let (hub, _wanted) = FrameHub::new();
    let media = LocalMedia::start(
        CameraChoice::Default,
        MicrophoneChoice::Device("boom".into()),
        SpeakerChoice::Null,
        hub.clone(),
    );
    // Steady tones are noise to it.
    media.set_sound(Settings::OFF);
    let mut ada = Person::watching(by_link(&room.links[0], "Ada"), "ada", media, (hub, _wanted));
    let hub = FrameHub::new();
    let ears = SpeakerChoice::Device("ears".into());
    let media = LocalMedia::start(CameraChoice::None, MicrophoneChoice::None, ears, hub.0.clone());
    media.set_sounds(false);
    let eyes: Arc<Eyes> = Arc::default();
    let sink: Arc<dyn FrameSink> = eyes.clone();
    hub.0.attach(&sink);
    let bob = Person::watching(by_link(&room.links[1], "Bob"), "bob", media, hub);

    let sees = async |time: u64| {
        let deadline = Instant::now() + PATIENCE;
        while eyes.time.load(Ordering::Relaxed) != time {
            assert!(Instant::now() < deadline, "no picture of {time}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let hears = |speaker: &str, hz: f32| block_in_place(|| until_pitch(speaker, hz));
    sees(1_000_000).await;
    hears("ears", BOOM);

    // The camera, while the sound goes on.
    unplug();
    ada.hears(NoticeCode::CameraLost).await;
    hears("ears", BOOM);
    shows(size, 2_000_000);
    plug_in();
    sees(2_000_000).await;
    ada.hears(NoticeCode::CameraBack).await;

    // One that another program holds, and one that the system keeps from us: it is said which, and the call goes on.
    let state = async |id: &str, is: fn(&DeviceState) -> bool| {
        ada.call.media().choose_camera(CameraChoice::Device(id.into()));
        let mut local = ada.call.media().watch();
        let told = tokio::time::timeout(PATIENCE, local.wait_for(|local| is(&local.camera))).await;
        told.unwrap_or_else(|_| panic!("{id}: nothing is said")).unwrap();
    };
    state("video1", |camera| matches!(camera, DeviceState::Busy { .. })).await;
    state("video2", |camera| matches!(camera, DeviceState::Denied)).await;
    hears("ears", BOOM);
    state("video0", DeviceState::is_on).await;
    shows(size, 2_500_000);
    sees(2_500_000).await;

    // The chosen microphone: the default one stands in for it until it is back.
    pactl(&["unload-module", &boom]);
    let mut watch = DeviceWatch::new();
    gone(&mut watch, "boom");
    hears("ears", DESK);
    let boom = microphone_plugged_in("boom");
    hears("ears", BOOM);
    // Whoever chose nothing goes along with the system.
    ada.call.media().choose_microphone(MicrophoneChoice::Default);
    hears("ears", DESK);
    pactl(&["set-default-source", "boom"]);
    hears("ears", BOOM);
    drop(boom);

    // The same with the speaker.
    sink_unplugged("ears");
    gone(&mut watch, "ears");
    hears("first", BOOM);
    sink_plugged_in("ears");
    hears("ears", BOOM);
    bob.call.media().choose_speaker(SpeakerChoice::Default);
    pactl(&["set-default-sink", "first"]);
    hears("first", BOOM);
    pactl(&["set-default-sink", "ears"]);
    hears("ears", BOOM);

    // Who talks while muted is told so.
    talks.store(true, Ordering::Relaxed);
    ada.call.set_microphone(false);
    ada.hears(NoticeCode::TalkingWhileMuted).await;
    ada.call.set_microphone(true);

    // Nobody was away meanwhile, and the picture still moves.
    shows(size, 3_000_000);
    sees(3_000_000).await;
    bob.sees_person("both", "Ada", |p| (p.camera && p.microphone).then_some(())).await;
    server.stop().await;
    done();
}

/// Decodes the pictures of the one who sends any.
#[derive(Default)]
struct Eyes {
    decoder: Mutex<Option<Decoder>>,
    /// Timecode of the newest.
    time: AtomicU64,
}

impl FrameSink for Eyes {
    fn frame(&self, frame: Frame) {
        let mut decoder = self.decoder.lock();
        if frame.key {
            *decoder = Some(Decoder::new());
        }
        // What does not decode is decoded from the next key frame on, which comes when the camera does.
        let picture = decoder.as_mut().and_then(|decoder| decoder.decode(frame.codec, &frame.data).ok().flatten());
        if let Some(time) = picture.and_then(|picture| pattern::read_timecode(&picture)) {
            self.time.store(time, Ordering::Relaxed);
        }
    }

    fn ended(&self, _stream: u32) {}
}

fn sink_plugged_in(name: &str) {
    let module = pactl(&["load-module", "module-null-sink", &format!("sink_name={name}"), "rate=48000"]);
    fs::write(folder().join(name), module).unwrap();
}

fn sink_unplugged(name: &str) {
    pactl(&["unload-module", &fs::read_to_string(folder().join(name)).unwrap()]);
}

/// A microphone that hears what is played on the sink of its name.
fn microphone_plugged_in(name: &str) -> String {
    let (own, of) = (format!("source_name={name}"), format!("master={name}_air.monitor"));
    pactl(&["load-module", "module-remap-source", &own, &of])
}

/// Waits until it was noticed that a device is gone. The sound server moves what was recorded from it, or played on it,
/// elsewhere by itself, so the sound alone does not tell.
fn gone(watch: &mut DeviceWatch, id: &str) {
    let deadline = Instant::now() + PATIENCE;
    let is = |devices: &[DeviceInfo]| devices.iter().any(|device| device.id == id);
    block_in_place(|| {
        let mut devices = watch.now();
        while is(&devices.microphones) || is(&devices.speakers) {
            assert!(Instant::now() < deadline, "{id} is still there");
            devices = watch.changed(Duration::from_secs(1)).unwrap_or_else(|| watch.now());
        }
    });
}

/// Listens to a speaker until a tenth of a second sounds like a pitch.
fn until_pitch(speaker: &str, hz: f32) {
    let deadline = Instant::now() + PATIENCE;
    let mut monitor: Option<Box<dyn AudioSource>> = None;
    let (mut heard, mut block) = (Vec::new(), [0.0; BLOCK]);
    loop {
        assert!(Instant::now() < deadline, "nothing of {hz} Hz on {speaker}");
        let Some(source) = &mut monitor else {
            monitor = microphone::open(Some(&format!("{speaker}.monitor"))).ok();
            if monitor.is_none() {
                std::thread::sleep(Duration::from_millis(50));
            }
            continue;
        };
        match source.read(&mut block, Duration::from_millis(200)) {
            Ok(true) => heard.extend_from_slice(&block),
            Ok(false) => continue,
            Err(_) => monitor = None,
        }
        let reading = heard.len().checked_sub(4_800).map(|start| measure(&heard[start..]));
        if reading.is_some_and(|reading| (reading.hz - hz).abs() < 8.0 && reading.level_dbfs > -30.0) {
            return;
        }
    }
}
