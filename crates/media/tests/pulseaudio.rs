//! Speakers and microphones against a real PulseAudio whose only speaker is a null sink, heard through its monitor.
//!
//! The address of the sound server is an environment variable, so each scenario runs in a process of its own: the
//! ignored tests below, started by the others with a folder and a server address of their own.

#![cfg(target_os = "linux")]

use std::{
    io::Write,
    os::unix::net::{UnixListener, UnixStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};

use visita_codec::{
    BLOCK,
    tone::{Tone, measure},
};
use visita_media::{
    DeviceError,
    microphone::{self, AudioSource},
    speaker::{self, Speaker},
};

const LONG: Duration = Duration::from_secs(20);
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
#[ignore = "run by sound_goes_through_a_speaker_and_back"]
fn inside_sound_goes_round() {
    let _server = Server::start();

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
    let server = Server::start();
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

    let _server = Server::start();
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
    if with_pulseaudio && Command::new("pulseaudio").arg("--version").output().is_err() {
        say(&format!("SKIPPED {test}: pulseaudio is not installed"));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut inside = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--ignored", "--nocapture"])
        .env("PULSE_SERVER", format!("unix:{}", folder.path().join("socket").display()))
        .env("XDG_RUNTIME_DIR", folder.path())
        .env("HOME", folder.path())
        .env_remove("PULSE_RUNTIME_PATH")
        .env_remove("PULSE_COOKIE")
        .env("VISITA_TEST_FOLDER", folder.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + 4 * LONG;
    let status = loop {
        if let Some(status) = inside.try_wait().unwrap() {
            break status;
        }
        if Instant::now() > deadline {
            inside.kill().unwrap();
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(status.success(), "{test}: {status}");
    assert!(folder.path().join("done").exists(), "{test} did not run");
}

/// Tells the process outside that a scenario ran to its end: a test that is not found succeeds too.
fn done() {
    std::fs::write(socket().with_file_name("done"), "").unwrap();
}

fn socket() -> PathBuf {
    Path::new(&std::env::var_os("VISITA_TEST_FOLDER").unwrap()).join("socket")
}

/// A PulseAudio with one null sink called `speaker`. Ends with the value.
struct Server(Child);

impl Server {
    fn start() -> Self {
        let socket = socket();
        let protocol = format!("module-native-protocol-unix auth-anonymous=1 socket={}", socket.display());
        let mut server = Command::new("pulseaudio")
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disallow-exit=yes"])
            .args(["-L", &protocol, "-L", "module-null-sink sink_name=speaker rate=48000"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let deadline = Instant::now() + LONG;
        while UnixStream::connect(&socket).is_err() {
            assert_eq!(server.try_wait().unwrap(), None, "PulseAudio did not start");
            assert!(Instant::now() < deadline, "PulseAudio does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        let server = Self(server);
        // It listens before its modules are loaded.
        until_some(|| speaker::list().pop());
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Reads until a block is as wanted; when it was there.
fn read_until(microphone: &mut dyn AudioSource, wanted: impl Fn(&[f32]) -> bool) -> Instant {
    let mut block = [0.0; BLOCK];
    until_some(|| {
        let read = microphone.read(&mut block, Duration::from_secs(1)).unwrap();
        (read && wanted(&block)).then(Instant::now)
    })
}

fn until_some<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + LONG;
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(Instant::now() < deadline, "not seen in time");
        std::thread::sleep(Duration::from_millis(1));
    }
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

/// To the terminal itself: the test runner keeps what a passing test prints.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "pulseaudio: {line}");
}
