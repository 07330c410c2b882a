//! Speakers and microphones against a real PulseAudio whose only speaker is a null sink, heard through its monitor.
//!
//! The address of the sound server is an environment variable, so each scenario runs in a process of its own: the
//! ignored tests below, started by the others with a folder and a server address of their own.

#![cfg(target_os = "linux")]

#[path = "support/inside.rs"]
mod inside;
#[path = "support/sound.rs"]
mod sound;

use std::{
    os::unix::net::UnixListener,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};

use inside::{LONG, done, run, say, until_some};
use sound::{pactl, socket};
use visita_codec::{
    BLOCK,
    talker::Talker,
    tone::{Tone, measure},
};
use visita_media::{
    DeviceError, DeviceWatch,
    microphone::{self, AudioSource},
    processing::{Settings, processing},
    speaker::{self, Sound, Speaker},
};

const HZ: f32 = 440.0;
const LEVEL_DBFS: f32 = -20.0;

#[test]
fn sound_goes_through_a_speaker_and_back() {
    in_a_process_of_its_own("inside_sound_goes_round", true);
}

#[test]
fn a_server_that_ends_is_lost_and_found_again() {
    in_a_process_of_its_own("inside_lost_and_found", true);
}

#[test]
fn nothing_is_missing_quietly() {
    in_a_process_of_its_own("inside_nobody_there", false);
}

#[test]
fn a_hung_server_hangs_nobody() {
    in_a_process_of_its_own("inside_hung", false);
}

#[test]
fn devices_are_followed_as_they_come_and_go() {
    in_a_process_of_its_own("inside_followed", true);
}

#[test]
fn the_echo_of_the_speaker_is_taken_out() {
    in_a_process_of_its_own("inside_echo", true);
}

#[test]
#[ignore = "run by devices_are_followed_as_they_come_and_go"]
fn inside_followed() {
    let _server = sound::server("speaker");
    let mut watch = DeviceWatch::new();
    let mut ids = |wanted: &[&str]| {
        until_some(|| {
            let devices = watch.changed(Duration::from_secs(1)).unwrap_or_else(|| watch.now());
            let ids: Vec<String> = devices.speakers.into_iter().map(|device| device.id).collect();
            (ids.len() == wanted.len() && wanted.iter().all(|id| ids.iter().any(|i| i == id))).then_some(())
        });
    };
    ids(&["speaker"]);
    let headset = pactl(&["load-module", "module-null-sink", "sink_name=headset", "rate=48000"]);
    ids(&["speaker", "headset"]);
    pactl(&["set-default-sink", "speaker"]);

    // The chosen one is used, substituted when it is pulled out, and used again when it is back.
    let mut tone = Tone::new(HZ, LEVEL_DBFS);
    let follower = speaker::Following::start(Some("headset".into()), Box::new(move |out| tone.fill(out)));
    let plays_on = |id: &str| {
        until_some(|| follower.device().filter(|device| device.id == id));
        let mut monitor = microphone::open(Some(&format!("{id}.monitor"))).unwrap();
        until_pitch(&mut *monitor, HZ);
    };
    plays_on("headset");
    assert!(!follower.is_substitute());
    pactl(&["unload-module", &headset]);
    plays_on("speaker");
    assert!(follower.is_substitute());
    ids(&["speaker"]);
    let headset = pactl(&["load-module", "module-null-sink", "sink_name=headset", "rate=44100"]);
    plays_on("headset");
    assert!(!follower.is_substitute() && follower.failed().is_none());

    // Whoever chose nothing goes along with the system.
    follower.choose(None);
    pactl(&["set-default-sink", "speaker"]);
    plays_on("speaker");
    pactl(&["set-default-sink", "headset"]);
    plays_on("headset");
    drop(follower);

    // A ring sounds where it was chosen to, whatever the call plays on.
    pactl(&["set-default-sink", "speaker"]);
    let ring = speaker::play(Sound::Ring, Some("headset")).unwrap();
    assert_eq!(ring.device().map(|device| device.id.as_str()), Some("headset"));
    let mut monitor = microphone::open(Some("headset.monitor")).unwrap();
    until_pitch(&mut *monitor, 659.25);
    let mut elsewhere = microphone::open(Some("speaker.monitor")).unwrap();
    let mut block = [0.0; BLOCK];
    for _ in 0..100 {
        if elsewhere.read(&mut block, LONG).unwrap() {
            assert!(block.iter().all(|sample| sample.abs() < 1e-4), "the ring is heard elsewhere");
        }
    }
    drop(ring);

    // The same with microphones, each of which hears another pitch.
    let play = |id: &str, hz: f32| {
        let mut tone = Tone::new(hz, LEVEL_DBFS);
        Speaker::open(Some(id), Box::new(move |out| tone.fill(out))).unwrap()
    };
    let _playing = (play("speaker", HZ), play("headset", 2.0 * HZ));
    let remap = |name: &str, of: &str| {
        let (name, of) = (format!("source_name={name}"), format!("master={of}.monitor"));
        pactl(&["load-module", "module-remap-source", &name, &of])
    };
    remap("desk", "speaker");
    let boom = remap("boom", "headset");
    pactl(&["set-default-source", "desk"]);
    let mut microphone = microphone::Following::new(Some("boom".into()));
    let hears = |microphone: &mut microphone::Following, id: &str, hz: f32| {
        // A sound server that moves what was recorded of a lost one goes ahead of us: the device is ours to change.
        until_some(|| {
            until_pitch(microphone, hz);
            microphone.device().filter(|device| device.id == id).map(|_| ())
        });
        until_pitch(microphone, hz);
    };
    hears(&mut microphone, "boom", 2.0 * HZ);
    pactl(&["unload-module", &boom]);
    hears(&mut microphone, "desk", HZ);
    assert!(microphone.is_substitute());
    let boom = remap("boom", "headset");
    hears(&mut microphone, "boom", 2.0 * HZ);
    microphone.choose(None);
    hears(&mut microphone, "desk", HZ);
    pactl(&["set-default-source", "boom"]);
    hears(&mut microphone, "boom", 2.0 * HZ);

    // Nothing left is an error that passes.
    pactl(&["unload-module", &boom]);
    pactl(&["unload-module", "module-remap-source"]);
    pactl(&["unload-module", &headset]);
    pactl(&["set-default-source", "speaker.monitor"]);
    let mut block = [0.0; BLOCK];
    let missing = until_some(|| microphone.read(&mut block, Duration::from_millis(50)).err());
    assert!(matches!(missing, DeviceError::Missing | DeviceError::Lost), "{missing:?}");
    until_some(|| {
        (microphone.device().is_none()).then_some(()).or_else(|| {
            let _ = microphone.read(&mut block, Duration::from_millis(50));
            None
        })
    });
    remap("desk", "speaker");
    pactl(&["set-default-source", "desk"]);
    until_some(|| {
        let _ = microphone.read(&mut block, Duration::from_millis(50));
        microphone.device().filter(|device| device.id == "desk").map(|_| ())
    });
    done();
}

#[test]
#[ignore = "run by the_echo_of_the_speaker_is_taken_out"]
fn inside_echo() {
    let _server = sound::server("speaker");
    let settings = Settings { echo_cancellation: true, noise_suppression: false, gain_control: false };
    let (mut render, mut capture, control) = processing(settings);
    let mut far = Talker::new(120.0);
    let speaker = Speaker::open(
        None,
        Box::new(move |out| {
            *out = far.block();
            render.render(out);
        }),
    )
    .unwrap();
    // The sink's monitor is a microphone that hears nothing but the speaker, as loud as it is.
    let mut microphone = microphone::open(Some("speaker.monitor")).unwrap();
    let mut block = [0.0; BLOCK];
    let energy = |block: &[f32]| block.iter().map(|s| f64::from(*s) * f64::from(*s)).sum::<f64>();
    let (mut echo, mut left, mut heard) = (0.0, 0.0, 0);
    let deadline = Instant::now() + LONG;
    let mut best = f64::MIN;
    // On a machine that has other things to do, sound comes in leaps that no canceller foresees: three good seconds in a row
    // are what it shows that it can.
    while best < 20.0 {
        assert!(Instant::now() < deadline, "{heard} blocks; {best} dB at best");
        if !microphone.read(&mut block, Duration::from_secs(1)).unwrap() {
            continue;
        }
        let before = energy(&block);
        capture.capture(&mut block);
        heard += 1;
        // It learns for three seconds.
        if heard > 300 {
            echo += before;
            left += energy(&block);
        }
        if heard > 300 && heard % 300 == 0 {
            let erle = 10.0 * (echo / left.max(1e-12)).log10();
            say(&format!("echo return loss enhancement {erle:.1} dB; {:?}", control.stats()));
            best = best.max(erle);
            (echo, left) = (0.0, 0.0);
        }
    }
    // Who speaks into it is heard.
    let mut near = Talker::new(210.0);
    let (mut said, mut sent) = (0.0, 0.0);
    for _ in 0..200 {
        while !microphone.read(&mut block, Duration::from_secs(1)).unwrap() {}
        let voice = near.block();
        said += energy(&voice);
        block.iter_mut().zip(voice).for_each(|(heard, voice)| *heard += voice);
        capture.capture(&mut block);
        sent += energy(&block);
    }
    let change = 10.0 * (sent / said).log10();
    say(&format!("who speaks into the echo is heard at {change:+.1} dB"));
    assert!((-8.0..4.0).contains(&change), "{change} dB");
    assert_eq!((speaker.failed(), control.stats().failures), (None, 0));
    done();
}

#[test]
#[ignore = "run by sound_goes_through_a_speaker_and_back"]
fn inside_sound_goes_round() {
    let _server = sound::server("speaker");

    let speakers = speaker::list();
    assert_eq!(speakers.len(), 1, "{speakers:?}");
    assert_eq!((speakers[0].id.as_str(), speakers[0].is_default), ("speaker", true));
    assert_eq!(microphone::list(), [], "a monitor is no microphone");
    assert_eq!(microphone::open(None).err(), Some(DeviceError::Missing), "callers would hear themselves");
    assert_eq!(Speaker::open(Some("none"), Box::new(|_| ())).err(), Some(DeviceError::Missing));

    let beep = Arc::new(AtomicBool::new(false));
    let (started, starts) = mpsc::channel();
    let (mut tone, asked, mut beeping) = (Tone::new(HZ, LEVEL_DBFS), beep.clone(), false);
    let render = move |out: &mut [f32; BLOCK]| {
        out.fill(0.0);
        if asked.load(Ordering::Relaxed) {
            if !beeping {
                let _ = started.send(Instant::now());
            }
            tone.fill(out);
        }
        beeping = asked.load(Ordering::Relaxed);
    };
    let speaker = Speaker::open(None, Box::new(render)).unwrap();
    assert_eq!(speaker.label(), speakers[0].label);
    let mut microphone = microphone::open(Some("speaker.monitor")).unwrap();

    // How long sound takes there and back, for people to read: a busy machine must not fail the test.
    let mut round_trips = Vec::new();
    for _ in 0..5 {
        beep.store(false, Ordering::Relaxed);
        read_until(&mut *microphone, |block| block.iter().all(|s| s.abs() < 1e-4));
        beep.store(true, Ordering::Relaxed);
        let heard = read_until(&mut *microphone, |block| block.iter().any(|s| s.abs() > 0.01));
        round_trips.push(heard.duration_since(starts.recv_timeout(LONG).unwrap()).as_secs_f32() * 1000.0);
    }
    round_trips.sort_by(f32::total_cmp);
    say(&format!("speaker to monitor to microphone: {round_trips:.1?} ms"));

    // Two seconds, of which at least half a second runs through without a gap.
    let deadline = Instant::now() + LONG;
    let (mut heard, mut block) = (Vec::new(), [0.0; BLOCK]);
    loop {
        while heard.len() < 2 * 48_000 {
            assert!(Instant::now() < deadline, "no steady tone");
            if microphone.read(&mut block, Duration::from_secs(1)).unwrap() {
                heard.extend_from_slice(&block);
            }
        }
        let breaks = breaks(&heard);
        say(&format!("two seconds of sound with {} breaks", breaks.len()));
        if let Some(steady) = steady_half_second(&heard, &breaks) {
            let reading = measure(steady);
            assert!((reading.hz - HZ).abs() < 1.0, "{reading:?}");
            assert!((reading.level_dbfs - LEVEL_DBFS).abs() < 0.2, "{reading:?}");
            break;
        }
        heard.clear();
    }
    assert_eq!(speaker.failed(), None);
    done();
}

#[test]
#[ignore = "run by a_server_that_ends_is_lost_and_found_again"]
fn inside_lost_and_found() {
    let server = sound::server("speaker");
    let mut microphone = microphone::open(Some("speaker.monitor")).unwrap();
    let speaker = Speaker::open(Some("speaker"), Box::new(|out| out.fill(0.0))).unwrap();
    read_until(&mut *microphone, |_| true);
    drop(server);

    let mut block = [0.0; BLOCK];
    let failed = until_some(|| microphone.read(&mut block, Duration::from_millis(50)).err());
    assert_eq!(failed, DeviceError::Lost);
    assert_eq!(until_some(|| speaker.failed()), DeviceError::Lost);
    assert_eq!(speaker::list(), []);
    drop((microphone, speaker));

    let _server = sound::server("speaker");
    let mut microphone = microphone::open(Some("speaker.monitor")).unwrap();
    read_until(&mut *microphone, |_| true);
    assert_eq!(speaker::list().len(), 1);
    done();
}

#[test]
#[ignore = "run by nothing_is_missing_quietly"]
fn inside_nobody_there() {
    assert_eq!(speaker::list(), []);
    assert_eq!(microphone::list(), []);
    assert_eq!(microphone::open(None).err(), Some(DeviceError::Missing));
    assert_eq!(Speaker::open(None, Box::new(|_| ())).err(), Some(DeviceError::Missing));
    done();
}

#[test]
#[ignore = "run by a_hung_server_hangs_nobody"]
fn inside_hung() {
    // Takes connections, as the kernel does for it, and never says a word.
    let _listener = UnixListener::bind(socket()).unwrap();
    assert_eq!(speaker::list(), []);
    assert!(microphone::open(None).is_err());
    done();
}

/// Runs one of the ignored tests above with a folder and a sound server address of its own.
fn in_a_process_of_its_own(test: &str, with_pulseaudio: bool) {
    if with_pulseaudio && !sound::is_installed() {
        say(&format!("SKIPPED: {test}: pulseaudio is not installed"));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    run(test, folder.path(), |inside| sound::reached_by(inside, folder.path()), || ());
}

/// Reads, through what fails meanwhile, until a tenth of a second sounds like a pitch.
fn until_pitch(microphone: &mut dyn AudioSource, hz: f32) {
    let mut heard: Vec<f32> = Vec::new();
    let mut block = [0.0; BLOCK];
    until_some(|| {
        if microphone.read(&mut block, Duration::from_millis(200)).unwrap_or(false) {
            heard.extend_from_slice(&block);
        }
        let tenth = heard.get(heard.len().checked_sub(4_800)?..)?;
        let reading = measure(tenth);
        ((reading.hz - hz).abs() < 8.0 && reading.level_dbfs > LEVEL_DBFS - 6.0).then_some(())
    });
}

/// Reads until a block is as wanted; when it was there.
fn read_until(microphone: &mut dyn AudioSource, wanted: impl Fn(&[f32]) -> bool) -> Instant {
    let mut block = [0.0; BLOCK];
    until_some(|| {
        let read = microphone.read(&mut block, Duration::from_secs(1)).unwrap();
        (read && wanted(&block)).then(Instant::now)
    })
}

/// Where the samples do not go on as a sine of [`HZ`] does: each is twice the cosine of the step times the one before
/// it, less the one before that.
fn breaks(samples: &[f32]) -> Vec<usize> {
    let factor = 2.0 * (std::f32::consts::TAU * HZ / 48_000.0).cos();
    let silent = |s: &[f32]| s.iter().all(|s| s.abs() < 1e-6);
    let broken = |s: &[f32]| silent(s) || (s[2] - (factor * s[1] - s[0])).abs() > 1e-3;
    (0..samples.len().saturating_sub(2)).filter(|at| broken(&samples[*at..at + 3])).collect()
}

fn steady_half_second<'s>(samples: &'s [f32], breaks: &[usize]) -> Option<&'s [f32]> {
    let edges = || std::iter::once(0).chain(breaks.iter().copied()).chain([samples.len()]);
    let (from, to) = edges().zip(edges().skip(1)).find(|(from, to)| to - from > 24_010)?;
    Some(&samples[from + 3..to])
}
