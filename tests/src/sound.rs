//! A PulseAudio of one's own, with null sinks whose monitors are recorded.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use tokio::process::Command;
use visita_codec::tone::{self, ToneReading};

use crate::{process::Running, until};

/// A running PulseAudio; dropping it ends it.
pub struct Sound {
    _daemon: Running,
    folder: tempfile::TempDir,
    socket: PathBuf,
}

impl Sound {
    /// Starts it with a null sink `speaker` (the default sink) and a null sink `room`, whose monitor is the default microphone.
    pub async fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let socket = folder.path().join("native");
        let mut command = Command::new("pulseaudio");
        command
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--disallow-exit", "--use-pid-file=no"])
            .arg("-L")
            .arg(format!("module-native-protocol-unix auth-anonymous=1 socket={}", socket.display()))
            .args(["-L", "module-null-sink sink_name=speaker rate=48000 sink_properties=device.description=Speaker"])
            .args(["-L", "module-null-sink sink_name=room rate=48000 sink_properties=device.description=Room"])
            .env("XDG_RUNTIME_DIR", folder.path())
            .env("HOME", folder.path())
            .stderr(Stdio::null());
        let daemon = Running::start(&mut command)?;
        let sound = Self { _daemon: daemon, folder, socket };
        until("PulseAudio answers", Duration::from_secs(10), || async {
            Ok(sound.pactl(&["info"]).await.is_ok().then_some(()))
        })
        .await?;
        sound.pactl(&["set-default-sink", "speaker"]).await?;
        sound.pactl(&["set-default-source", "room.monitor"]).await?;
        Ok(sound)
    }

    /// `PULSE_SERVER` for programs that shall use it.
    pub fn server(&self) -> String {
        format!("unix:{}", self.socket.display())
    }

    /// A folder that goes with it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs `pactl`.
    pub async fn pactl(&self, args: &[&str]) -> Result<String> {
        let out = Command::new("pactl").env("PULSE_SERVER", self.server()).args(args).output().await?;
        if !out.status.success() {
            bail!("pactl {args:?}: {}", String::from_utf8_lossy(&out.stderr));
        }
        Ok(String::from_utf8_lossy(&out.stdout).into_owned())
    }

    /// What a sink plays for a while: mono, 48 kHz.
    pub async fn record(&self, sink: &str, seconds: f32) -> Result<Vec<f32>> {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few seconds of samples")]
        let bytes = (seconds * 48_000.0) as usize * 4;
        let mut child = Command::new("parec")
            .env("PULSE_SERVER", self.server())
            .args(["--raw", "--format=float32le", "--rate=48000", "--channels=1", "--latency-msec=20"])
            .arg(format!("--device={sink}.monitor"))
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("parec")?;
        let mut out = child.stdout.take().context("parec")?;
        let mut raw = vec![0_u8; bytes];
        let limit = Duration::from_secs_f32(seconds * 3.0 + 5.0);
        tokio::time::timeout(limit, tokio::io::AsyncReadExt::read_exact(&mut out, &mut raw)).await??;
        child.kill().await?;
        Ok(raw.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect())
    }

    /// Pitch and level of what a sink plays.
    pub async fn tone(&self, sink: &str) -> Result<ToneReading> {
        Ok(tone::measure(&self.record(sink, 1.0).await?))
    }
}
