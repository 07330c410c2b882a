//! What a scenario with the window stands on.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use serde_json::Value;
use tokio::process::Command;
use visita_tests::{
    bin_dir,
    call::{REMOTE_PICTURE, remote, timecode},
    display::Display,
    process::{Running, on_path},
    rooms::{Peer, Room, Server},
    skip,
    sound::Sound,
    until,
    window::{PATIENCE, Setting, Window},
};

/// Everything a call with the window needs.
pub(super) struct Stage {
    pub(super) bins: PathBuf,
    pub(super) display: Display,
    pub(super) sound: Sound,
    pub(super) server: Server,
    pub(super) room: Room,
}

impl Stage {
    pub(super) async fn set(seats: usize) -> Result<Self> {
        let bins = bin_dir()?;
        let display = Display::start(1280, 800).await?;
        let sound = Sound::start().await?;
        let server = Server::start_lasting(&bins).await?;
        let room = server.room_with(seats, serde_json::json!({"description": "Follow-up visit"})).await?;
        Ok(Self { bins, display, sound, server, room })
    }

    /// The app with the test picture for a camera and a real microphone: the monitor of the sink `room`.
    pub(super) fn setting(&self, arguments: &[&str]) -> Setting {
        Setting {
            display: self.display.name().to_owned(),
            pulse_server: Some(self.sound.server()),
            env: vec![("VISITA_CAMERA".into(), "pattern".into())],
            arguments: arguments.iter().map(|a| (*a).to_owned()).collect(),
        }
    }

    pub(super) async fn window(&self, arguments: &[&str]) -> Result<Window> {
        Window::open(&self.bins, &self.setting(arguments)).await
    }

    /// The app in the call, on the first seat.
    pub(super) async fn in_call(&self) -> Result<Window> {
        let window = self.window(&[&self.room.links[0]]).await?;
        window.screen("lobby").await?;
        window.click("join").await?;
        window.screen("call").await?;
        Ok(window)
    }

    /// Somebody whistles at the microphone.
    pub(super) fn whistle(&self, hz: u32) -> Result<Running> {
        // In short breaths: the noise suppression takes what never stops for noise.
        let whistle = format!("aevalsrc=0.2*sin(2*PI*{hz}*t)*lt(mod(t\\,0.8)\\,0.5):s=48000");
        Running::start(
            Command::new("ffmpeg")
                .args([
                    "-v", "quiet", "-re", "-f", "lavfi", "-i", &whistle, "-f", "pulse", "-device", "room", "whistle",
                ])
                .env("PULSE_SERVER", self.sound.server()),
        )
    }

    pub(super) async fn picture_of_other(&self, window: &Window) -> Result<()> {
        until("the other's picture is painted", PATIENCE, || async {
            Ok(window.picture(REMOTE_PICTURE).await?.filter(|area| area.frames > 15.0).map(|_| ()))
        })
        .await
    }

    /// Reads the timecode from the display itself until it moves on.
    pub(super) async fn timecode_moves(&self, window: &Window) -> Result<()> {
        let eye = self.display.eye()?;
        // Tiles move when a message comes.
        let read = || async { timecode(&eye, &remote(window).await?) };
        let first = until("a timecode on the display", PATIENCE, read).await?;
        until("a later timecode on the display", PATIENCE, || async {
            Ok(read().await?.filter(|code| *code > first).map(|_| ()))
        })
        .await
    }

    pub(super) async fn hear(&self, hz: f32) -> Result<()> {
        let mut last = None;
        for _ in 0..15 {
            let heard = self.sound.tone("speaker").await?;
            if (heard.hz - hz).abs() < 10.0 && heard.level_dbfs > -45.0 {
                return Ok(());
            }
            last = Some(heard);
        }
        anyhow::bail!("{hz} Hz was not heard; last: {last:?}")
    }

    pub(super) async fn silence(&self) -> Result<()> {
        for _ in 0..10 {
            if self.sound.tone("speaker").await?.level_dbfs < -60.0 {
                return Ok(());
            }
        }
        anyhow::bail!("the speaker does not fall silent")
    }
}

pub(super) fn skipped(test: &str) -> bool {
    skipped_without(test, &[])
}

/// The same of a test that takes more programs than all do.
pub(super) fn skipped_without(test: &str, more: &[&str]) -> bool {
    let programs = ["Xvfb", "WebKitWebDriver", "pulseaudio", "parec", "ffmpeg"];
    let missing = programs.iter().chain(more).find(|program| !on_path(program));
    if let Some(program) = missing {
        skip(test, &format!("{program} is not installed"));
    }
    missing.is_some()
}

/// The other side's view of us, from a short visit.
pub(super) async fn seen_by(stage: &Stage, link: &str, seconds: u32) -> Result<Value> {
    let (code, report) =
        Peer::join(&stage.bins, &[link, "--for", &format!("{seconds}s"), "--displace"])?.finish().await?;
    ensure!(code == Some(0), "{code:?} {report}");
    Ok(report)
}

/// A picture of the window, for looking at, where `VISITA_PICTURES` says.
pub(super) async fn keep(window: &Window, name: &str) -> Result<()> {
    if let Some(folder) = std::env::var_os("VISITA_PICTURES") {
        std::fs::write(std::path::Path::new(&folder).join(name), window.screenshot().await?)?;
    }
    Ok(())
}
