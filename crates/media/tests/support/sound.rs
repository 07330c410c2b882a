//! A sound server of the scenario's own. Its address is an environment variable.

use std::{
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use visita_media::speaker;

use super::inside::{Process, folder, until_some};

/// Whether there can be one here.
pub(crate) fn is_installed() -> bool {
    Command::new("pulseaudio").arg("--version").output().is_ok()
}

/// Lets a program reach the sound server of a folder, and no other.
pub(crate) fn reached_by(inside: &mut Command, own: &Path) {
    inside.env("PULSE_SERVER", format!("unix:{}", own.join("socket").display()));
    inside.env("XDG_RUNTIME_DIR", own).env("HOME", own);
    inside.env_remove("PULSE_RUNTIME_PATH").env_remove("PULSE_COOKIE");
}

pub(crate) fn socket() -> PathBuf {
    folder().join("socket")
}

/// Starts a PulseAudio with one null sink of this name.
pub(crate) fn server(sink: &str) -> Process {
    let protocol = format!("module-native-protocol-unix auth-anonymous=1 socket={}", socket().display());
    let server = Command::new("pulseaudio")
        .args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disallow-exit=yes"])
        .args(["-L", &protocol, "-L", &format!("module-null-sink sink_name={sink} rate=48000")])
        .env_remove("LD_PRELOAD")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let mut server = Process(server.unwrap());
    // It listens before its modules are loaded.
    until_some(|| {
        assert_eq!(server.0.try_wait().unwrap(), None, "PulseAudio did not start");
        UnixStream::connect(socket()).ok()?;
        speaker::list().pop()
    });
    server
}

/// Changes the sound server; what it answers.
pub(crate) fn pactl(command: &[&str]) -> String {
    let told = Command::new("pactl").args(command).env_remove("LD_PRELOAD").output();
    let output = told.expect("pactl is installed with PulseAudio's tools");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
