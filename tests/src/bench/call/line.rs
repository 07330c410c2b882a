//! On a narrow uplink: how soon it is used, and what becomes of a dip.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tokio::process::Command;

use super::{
    Bench, Row, Who,
    company::{enter, leave},
};
use crate::{
    chromium::{Chromium, Setup},
    netns::Network,
    rooms::{Peer, Room, Server, traced, videos},
    until,
};

/// What counts as the whole picture.
const GOAL_KBPS: f64 = 2_000.0;
/// What is sent is counted over this long.
const SECOND: Duration = Duration::from_secs(1);
const LOOK: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(40);
const DIP: Duration = Duration::from_secs(8);
/// As good as no limit for a picture.
const WIDE: u32 = 20_000;
const OUT: Duration = Duration::from_secs(5);
/// More than sound: so many bytes are some pictures.
const PICTURES: u64 = 40_000;

/// From the join until 2 Mbit/s are sent over an uplink of 5 Mbit/s.
pub(super) async fn uplink(bench: &Bench, who: Who) -> Result<Vec<Row>> {
    let mut reached = Vec::new();
    for _ in 0..bench.runs {
        let line = Line::start(bench, who, 5_000).await?;
        reached.extend(line.until_goal(line.joined).await?);
        line.end().await?;
    }
    Ok(vec![Row::new("uplink of 5 Mbit/s: join to 2 Mbit/s sent", who, reached, "s")])
}

/// 3 Mbit/s, 500 kbit/s for a while, 3 Mbit/s again: until 2 Mbit/s are sent again, and what the other end saw meanwhile.
pub(super) async fn dip(bench: &Bench, who: Who) -> Result<Vec<Row>> {
    let (mut back, mut freezes) = (Vec::new(), Vec::new());
    for _ in 0..bench.runs.div_ceil(2) {
        let line = Line::start(bench, who, 3_000).await?;
        line.until_goal(Instant::now()).await?;
        line.network.limit_up(Some(500))?;
        tokio::time::sleep(DIP).await;
        line.network.limit_up(Some(3_000))?;
        back.extend(line.until_goal(Instant::now()).await?);
        let report = line.end().await?;
        let video = videos(&report).into_iter().next().context("nothing was seen")?;
        freezes.extend(video["longest_freeze_ms"].as_f64());
    }
    Ok(vec![
        Row::new("3 M, 500 k, 3 M: back at 2 Mbit/s after", who, back, "s"),
        Row::new("3 M, 500 k, 3 M: longest freeze", who, freezes, "ms"),
    ])
}

/// The cable is out for five seconds: from its return until the other end receives again.
pub(super) async fn outage(bench: &Bench, who: Who) -> Result<Vec<Row>> {
    let mut back = Vec::new();
    for _ in 0..bench.runs.div_ceil(2) {
        let line = Line::start(bench, who, WIDE).await?;
        line.until_goal(Instant::now()).await?;
        line.network.set_plugged(false)?;
        tokio::time::sleep(OUT).await;
        line.network.set_plugged(true)?;
        back.extend(line.until_received().await?);
        line.end().await?;
    }
    Ok(vec![Row::new("cable out for 5 s: received again after", who, back, "s")])
}

/// The sender is on another network all at once: until the other end receives again.
pub(super) async fn moved(bench: &Bench, who: Who) -> Result<Vec<Row>> {
    let mut back = Vec::new();
    for _ in 0..bench.runs.div_ceil(2) {
        let line = Line::start(bench, who, WIDE).await?;
        line.until_goal(Instant::now()).await?;
        line.network.move_away()?;
        // What was on its way comes all the same.
        tokio::time::sleep(SECOND).await;
        back.extend(line.until_received().await?.map(|after| after + SECOND.as_secs_f64()));
        line.end().await?;
    }
    Ok(vec![Row::new("another address: received again after", who, back, "s")])
}

/// A sender behind a narrow line, and a receiver of ours on a wide one.
struct Line {
    sender: Sender,
    receiver: Peer,
    joined: Instant,
    network: Network,
    folder: tempfile::TempDir,
    _server: Server,
}

enum Sender {
    Ours(Box<Peer>),
    Chromium(Box<Chromium>),
}

impl Line {
    async fn start(bench: &Bench, who: Who, kbps: u32) -> Result<Self> {
        let network = Network::new()?;
        network.limit_up(Some(kbps))?;
        let server = Server::start_at(&bench.bins, network.here()).await?;
        let room = server.room(2).await?;
        let folder = tempfile::tempdir()?;
        let trace = folder.path().join("received").display().to_string();
        let receiving = [&room.links[1], "--camera", "none", "--mic", "none", "--trace", &trace];
        let receiver = Peer::join(&bench.bins, &receiving)?;
        let (sender, joined) = match who {
            Who::Ours => {
                let trace = folder.path().join("trace").display().to_string();
                let arguments = [room.links[0].as_str(), "--trace", &trace];
                let peer = Peer::join_with(&bench.bins, Some(&network), &arguments, &[])?;
                (Sender::Ours(Box::new(peer)), Instant::now())
            }
            Who::Chromium => {
                let browser = chromium(&network, &server, &room, folder.path()).await?;
                (Sender::Chromium(Box::new(browser.0)), browser.1)
            }
        };
        Ok(Self { sender, receiver, joined, network, folder, _server: server })
    }

    /// Seconds from an instant until the goal was sent for a second; none when it is not within 40.
    async fn until_goal(&self, from: Instant) -> Result<Option<f64>> {
        let mut past: Vec<(Instant, f64)> = Vec::new();
        while from.elapsed() < LONGEST {
            let bytes = match &self.sender {
                Sender::Ours(_) => traced(&self.folder.path().join("trace"))
                    .last()
                    .and_then(|line| line["sent_bytes"].as_f64())
                    .unwrap_or(0.0),
                Sender::Chromium(browser) => {
                    let figures = browser.command(json!({ "do": "figures" })).await?;
                    figures["sent_bytes"].as_f64().unwrap_or(0.0)
                }
            };
            let now = Instant::now();
            past.retain(|(at, _)| now.duration_since(*at) <= SECOND);
            past.push((now, bytes));
            let kbps = past.first().map(|(at, before)| {
                let seconds = now.duration_since(*at).as_secs_f64().max(0.8);
                (bytes - before) * 8.0 / 1000.0 / seconds
            });
            if kbps.is_some_and(|kbps| kbps >= GOAL_KBPS) {
                return Ok(Some(from.elapsed().as_secs_f64()));
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(None)
    }

    /// Seconds from now until the other end has received pictures anew; none when it is not within 40.
    async fn until_received(&self) -> Result<Option<f64>> {
        let from = Instant::now();
        let received = || {
            let last = traced(&self.folder.path().join("received"));
            last.last().and_then(|line| line["received_bytes"].as_u64()).unwrap_or(0)
        };
        let before = received();
        while from.elapsed() < LONGEST {
            if received() > before + PICTURES {
                return Ok(Some(from.elapsed().as_secs_f64()));
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(None)
    }

    async fn end(self) -> Result<Value> {
        let report = self.receiver.stop().await?;
        match self.sender {
            Sender::Ours(peer) => drop(peer.stop().await?),
            Sender::Chromium(browser) => leave(*browser).await?,
        }
        Ok(report)
    }
}

async fn chromium(network: &Network, server: &Server, room: &Room, folder: &Path) -> Result<(Chromium, Instant)> {
    // Grainy enough to be worth its 2.5 Mbit/s.
    let video = folder.join("camera.mjpeg");
    let source = "testsrc2=size=1280x720:rate=30,noise=alls=20:allf=t";
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-f", "lavfi", "-i", source, "-t", "8", "-c:v", "mjpeg", "-q:v", "5"]).arg(&video);
    anyhow::ensure!(ffmpeg.status().await?.success(), "ffmpeg makes no pictures");
    let setup = Setup { network: Some(network), video: Some(video), ..Setup::default() };
    let browser = Chromium::start_with(&setup).await?;
    enter(&browser, server, room, 0, json!({})).await?;
    let joined = Instant::now();
    browser.command(json!({ "do": "publish", "source": "camera", "max_kbps": 2_500 })).await?;
    browser.command(json!({ "do": "publish", "source": "microphone" })).await?;
    until("pictures are sent", Duration::from_secs(20), || async {
        let figures = browser.command(json!({ "do": "figures" })).await?;
        Ok(figures["sent_bytes"].as_f64().filter(|bytes| *bytes > 0.0))
    })
    .await?;
    Ok((browser, joined))
}
