//! A whole call whose camera, microphone and speaker are pulled out and plugged in again: the synthetic camera and the
//! sound server of `visita-media`'s tests at one end, and at the other what comes out of screen and speaker.
//!
//! The camera is loaded before the C library and the sound server is an environment variable, so the scenario runs in a
//! process of its own: the ignored test below, started by the other.

#![cfg(target_os = "linux")]

mod common;

use std::{
    fs,
    io::Write,
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use common::{PATIENCE, Person, by_link, room, server};
use parking_lot::Mutex;
use serde_json::json;
use tokio::task::block_in_place;
use visita_call::{
    CameraChoice, FrameHub, LocalMedia, MicrophoneChoice, SpeakerChoice,
    frames::{Frame, FrameSink},
};
use visita_codec::{
    BLOCK, I420Frame,
    pattern::{self, TestPattern},
    tone::{Tone, measure},
    vp8::Decoder,
};
use visita_media::{
    DeviceInfo, DeviceWatch, camera,
    microphone::{self, AudioSource},
    processing::Settings,
    speaker::{self, Speaker},
};
use visita_protocol::{PixelSize, view::NoticeCode};

/// Pitches of what the two microphones hear.
const DESK: f32 = 440.0;
const BOOM: f32 = 880.0;

#[test]
fn devices_come_and_go_in_a_call() {
    let folder = tempfile::tempdir().unwrap();
    let driver = folder.path().join("camera.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../media/tests/v4l2/camera.c");
    let built = Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&driver, &source]).arg("-ldl").status();
    let sound = Command::new("pulseaudio").arg("--version").output();
    if built.is_err() || sound.is_err() {
        // Past the test runner's capture: nobody must take a skipped test for a passed one.
        let _ = writeln!(std::io::stderr(), "SKIPPED: devices_come_and_go_in_a_call: no C compiler, or no pulseaudio");
        return;
    }
    assert!(built.unwrap().success(), "the synthetic driver does not compile");
    fs::create_dir(folder.path().join("dev")).unwrap();
    for node in ["null", "video0"] {
        fs::write(folder.path().join("dev").join(node), "").unwrap();
    }
    let mut inside = Command::new(std::env::current_exe().unwrap())
        .args(["inside_they_come_and_go", "--exact", "--ignored", "--nocapture"])
        .env("LD_PRELOAD", &driver)
        .env("VISITA_TEST_FOLDER", folder.path())
        .env("PULSE_SERVER", format!("unix:{}", folder.path().join("socket").display()))
        .env("XDG_RUNTIME_DIR", folder.path())
        .env("HOME", folder.path())
        .env_remove("PULSE_RUNTIME_PATH")
        .env_remove("PULSE_COOKIE")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + 5 * PATIENCE;
    let status = loop {
        if let Some(status) = inside.try_wait().unwrap() {
            break status;
        }
        if Instant::now() > deadline {
            inside.kill().unwrap();
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(status.success(), "{status}");
    assert!(folder.path().join("done").exists(), "the scenario did not run");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by devices_come_and_go_in_a_call"]
async fn inside_they_come_and_go() {
    let _sound = block_in_place(SoundServer::start);
    for sink in ["desk_air", "boom_air", "ears"] {
        sink_plugged_in(sink);
    }
    let play = |id: &str, hz: f32| {
        let mut tone = Tone::new(hz, -20.0);
        Speaker::open(Some(id), Box::new(move |out| tone.fill(out))).unwrap()
    };
    let _air = block_in_place(|| (play("desk_air", DESK), play("boom_air", BOOM)));
    microphone_plugged_in("desk");
    let boom = microphone_plugged_in("boom");
    pactl(&["set-default-source", "desk"]);
    pactl(&["set-default-sink", "first"]);
    let camera = Camera::plugged_in();
    camera.shows(1_000_000);

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
    camera.unplug();
    ada.hears(NoticeCode::CameraLost).await;
    hears("ears", BOOM);
    camera.shows(2_000_000);
    camera.plug_in();
    sees(2_000_000).await;
    ada.hears(NoticeCode::CameraBack).await;

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

    // Nobody was away meanwhile, and the picture still moves.
    camera.shows(3_000_000);
    sees(3_000_000).await;
    bob.sees_person("both", "Ada", |p| (p.camera && p.microphone).then_some(())).await;
    server.stop().await;
    fs::write(folder().join("done"), "").unwrap();
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
            *decoder = Decoder::new().ok();
        }
        // What does not decode is decoded from the next key frame on, which comes when the camera does.
        let picture = decoder.as_mut().and_then(|decoder| decoder.decode(&frame.data).ok().flatten());
        if let Some(time) = picture.and_then(|picture| pattern::read_timecode(&picture)) {
            self.time.store(time, Ordering::Relaxed);
        }
    }

    fn ended(&self, _stream: u32) {}
}

/// The synthetic camera.
struct Camera {
    size: PixelSize,
}

impl Camera {
    fn plugged_in() -> Self {
        let size = camera::open(None, PixelSize::new(1280, 720), 30).unwrap().size();
        Self { size }
    }

    /// What it sees from now on.
    fn shows(&self, time: u64) {
        let picture = folder().join("picture.new");
        fs::write(&picture, yuyv(&TestPattern::new(self.size).draw(time))).unwrap();
        fs::rename(picture, folder().join("picture")).unwrap();
    }

    fn unplug(&self) {
        fs::write(folder().join("unplugged"), "").unwrap();
        fs::remove_file(folder().join("dev/video0")).unwrap();
    }

    fn plug_in(&self) {
        fs::write(folder().join("dev/video0"), "").unwrap();
        fs::remove_file(folder().join("unplugged")).unwrap();
    }
}

/// As a camera sends it: two pixels of brightness share their colour, which here is that of every second row.
fn yuyv(frame: &I420Frame) -> Vec<u8> {
    let width = frame.size().width as usize;
    let row = |y: usize| {
        let colour = y / 2 * width / 2..(y / 2 + 1) * width / 2;
        let chroma = frame.u()[colour.clone()].iter().zip(&frame.v()[colour]);
        let luma = frame.y()[y * width..(y + 1) * width].chunks_exact(2);
        luma.zip(chroma).flat_map(|(y, (u, v))| [y[0], *u, y[1], *v]).collect::<Vec<_>>()
    };
    (0..frame.size().height as usize).flat_map(row).collect()
}

/// A PulseAudio with one null sink called `first`. Ends with the value.
struct SoundServer(Child);

impl SoundServer {
    fn start() -> Self {
        let socket = folder().join("socket");
        let protocol = format!("module-native-protocol-unix auth-anonymous=1 socket={}", socket.display());
        let mut server = Command::new("pulseaudio")
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disallow-exit=yes"])
            .args(["-L", &protocol, "-L", "module-null-sink sink_name=first rate=48000"])
            .env_remove("LD_PRELOAD")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let deadline = Instant::now() + PATIENCE;
        while UnixStream::connect(&socket).is_err() || speaker::list().is_empty() {
            assert_eq!(server.try_wait().unwrap(), None, "PulseAudio did not start");
            assert!(Instant::now() < deadline, "PulseAudio does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        Self(server)
    }
}

impl Drop for SoundServer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
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

/// Changes the sound server; what it answers.
fn pactl(command: &[&str]) -> String {
    let told = Command::new("pactl").args(command).env_remove("LD_PRELOAD").output();
    let output = told.expect("pactl is installed with PulseAudio's tools");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
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

fn folder() -> PathBuf {
    PathBuf::from(std::env::var_os("VISITA_TEST_FOLDER").unwrap())
}
