//! Speech through a call: how old it is when it is heard, and how it is recorded for scores.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use serde_json::json;
use tokio::process::Command;

use super::{
    Bench, Row, Who,
    company::{enter, leave},
};
use crate::{
    chromium::{Chromium, Setup},
    clients::{peers, python},
    rooms::{Peer, Server},
    sound::Sound,
    until,
};
use visita_codec::BLOCK;
use visita_media::{
    microphone,
    speaker::{Render, Speaker},
};

const SENTENCES: &str = "The birch canoe slid on the smooth planks. Glue the sheet to the dark blue background. \
    It is easy to tell the depth of a well. These days a chicken leg is a rare dish. \
    Rice is often served in round bowls. The juice of lemons makes fine punch. \
    The box was thrown beside the parked truck. The hogs were fed chopped corn and garbage.";

/// Eight Harvard sentences in two voices: 48 kHz, mono, some 45 seconds.
pub(super) async fn speech(folder: &Path) -> Result<PathBuf> {
    let mut parts = Vec::new();
    for voice in ["en-us", "en-gb+f3"] {
        let part = folder.join(format!("{voice}.wav"));
        done(Command::new("espeak-ng").args(["-v", voice, "-s", "150", "-w"]).arg(&part).arg(SENTENCES)).await?;
        parts.push(part);
    }
    let out = folder.join("speech.wav");
    let mut sox = Command::new("sox");
    done(sox.args(&parts).args(["-r", "48000", "-b", "16", "-c", "1"]).arg(&out).args(["norm", "-6"])).await?;
    Ok(out)
}

/// Sweeps of a fifth of a second, one in a second and a half: like nothing but themselves.
async fn sweeps(folder: &Path) -> Result<PathBuf> {
    let out = folder.join("sweeps.wav");
    let mut sox = Command::new("sox");
    sox.args(["-n", "-r", "48000", "-b", "16", "-c", "1"]).arg(&out);
    done(sox.args("synth 0.2 sine 400-5000 fade h 0.01 0.2 0.01 gain -9 pad 0 1.3 repeat 15".split(' '))).await?;
    Ok(out)
}

/// Runs a program to its end.
pub(super) async fn done(command: &mut Command) -> Result<()> {
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    let out = command.stdin(Stdio::null()).output().await.with_context(|| name.clone())?;
    ensure!(out.status.success(), "{name}: {}", String::from_utf8_lossy(&out.stderr));
    Ok(())
}

/// Delays or scores of a recording (`sound.py`).
pub(super) async fn judged(what: &str, reference: &Path, recording: &Path) -> Result<Vec<f64>> {
    let python = python().context("Python is not set up")?;
    let mut command = Command::new(python);
    let out = command.arg(peers().join("sound.py")).arg(what).args([reference, recording]).output().await?;
    ensure!(out.status.success(), "sound.py: {}", String::from_utf8_lossy(&out.stderr));
    Ok(serde_json::from_slice(&out.stdout)?)
}

/// Records what a sink plays until it is told to stop.
pub(super) struct Recording {
    process: tokio::process::Child,
    file: PathBuf,
}

impl Recording {
    pub(super) fn start(sound: &Sound, sink: &str, file: PathBuf) -> Result<Self> {
        let process = Command::new("parec")
            .env("PULSE_SERVER", sound.server())
            .args(["--file-format=wav", "--format=s16le", "--rate=48000", "--channels=1", "--latency-msec=20"])
            .arg(format!("--device={sink}.monitor"))
            .arg(&file)
            .kill_on_drop(true)
            .spawn()
            .context("parec")?;
        Ok(Self { process, file })
    }

    pub(super) async fn stop(mut self) -> Result<PathBuf> {
        let pid = self.process.id().context("parec ended")?.to_string();
        // So that the file's header is written.
        done(Command::new("kill").args(["-INT", &pid])).await?;
        self.process.wait().await?;
        Ok(self.file)
    }
}

/// From the microphone to the speaker, the shortest way our programs have: what a call adds to is measured against it.
///
/// # Errors
/// When there is no microphone or no speaker, or one of them ends.
pub fn devices_alone() -> Result<()> {
    let mut microphone = microphone::open(None).context("the microphone")?;
    let (to, from) = std::sync::mpsc::sync_channel::<[f32; BLOCK]>(2);
    let render: Render = Box::new(move |out| *out = from.try_recv().unwrap_or([0.0; BLOCK]));
    let speaker = Speaker::open(None, render).context("the speaker")?;
    let mut block = [0.0; BLOCK];
    while speaker.failed().is_none() {
        if microphone.read(&mut block, Duration::from_secs(1)).context("the microphone")? {
            // What the speaker does not take in time is not played later either.
            let _ = to.try_send(block);
        }
    }
    Ok(())
}

/// From a microphone into a speaker at the other end. Both are one null sink: its monitor has each sweep, and then what
/// the call made of it.
pub(super) async fn mouth_to_ear(bench: &Bench, who: Who) -> Result<Vec<Row>> {
    let sound = Sound::start().await?;
    // Browsers show no monitor as a microphone.
    sound.pactl(&["load-module", "module-remap-source", "master=speaker.monitor", "source_name=mouth"]).await?;
    sound.pactl(&["set-default-source", "mouth"]).await?;
    let speech = sweeps(sound.folder()).await?;
    let server = Server::start(&bench.bins).await?;
    let room = server.room(2).await?;
    let env = [("PULSE_SERVER", sound.server())];
    let speaking = [&*room.links[0], "--camera", "none", "--mic", "default"];
    let hearing = [&*room.links[1], "--camera", "none", "--mic", "none", "--speaker", "default"];
    let mut rows = Vec::new();
    if who == Who::Ours {
        let program = std::env::current_exe()?;
        let mut alone = Command::new(program).arg("devices").envs(env.clone()).kill_on_drop(true).spawn()?;
        rows.push(Row::new("mouth to ear, devices alone", who, heard_after(&sound, &speech).await?, "ms"));
        alone.kill().await?;
    }
    let mut ours = Vec::new();
    let mut browsers = Vec::new();
    match who {
        Who::Ours => {
            ours.push(Peer::join_with(&bench.bins, None, &hearing, &env)?);
            ours.push(Peer::join_with(&bench.bins, None, &speaking, &env)?);
        }
        Who::Chromium => {
            for seat in [1, 0] {
                let setup = Setup { pulse: Some(sound.server()), ..Setup::default() };
                let browser = Chromium::start_with(&setup).await?;
                enter(&browser, &server, &room, seat, json!({})).await?;
                if seat == 0 {
                    browser.command(json!({ "do": "publish", "source": "microphone" })).await?;
                }
                browsers.push(browser);
            }
        }
    }
    let delays = heard_after(&sound, &speech).await?;
    for peer in ours {
        peer.stop().await?;
    }
    for browser in browsers {
        leave(browser).await?;
    }
    rows.push(Row::new("mouth to ear", who, delays, "ms"));
    Ok(rows)
}

/// Plays sweeps into the sink once somebody else plays there too, and finds when each is heard again.
async fn heard_after(sound: &Sound, speech: &Path) -> Result<Vec<f64>> {
    // Somebody plays into the sink. A third as loud, so that what goes round dies away.
    until("the other end plays", Duration::from_secs(20), || async {
        let inputs = sound.pactl(&["list", "short", "sink-inputs"]).await?;
        let ids: Vec<&str> = inputs.lines().filter_map(|line| line.split_whitespace().next()).collect();
        for id in &ids {
            sound.pactl(&["set-sink-input-volume", id, "70%"]).await?;
        }
        Ok((!ids.is_empty()).then_some(()))
    })
    .await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let recording = Recording::start(sound, "speaker", sound.folder().join("heard.wav"))?;
    done(Command::new("paplay").env("PULSE_SERVER", sound.server()).arg("--device=speaker").arg(speech)).await?;
    let heard = recording.stop().await?;
    judged("delay", speech, &heard).await
}
