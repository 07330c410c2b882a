//! Proof that we speak LiveKit's protocol and not only our own accent: its own clients in our room, and our peer in a room of
//! its own server.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use visita_tests::{
    bin_dir,
    chromium::{self, Chromium},
    livekit_server::{self, LiveKitServer},
    python::{self, Python},
    rooms::{Peer, Room, Server, sounds, videos},
    skip, until,
};

fn near(value: &Value, wanted: f64) -> bool {
    value.as_f64().is_some_and(|value| (value - wanted).abs() < wanted * 0.03)
}

/// What a peer's report says of one participant.
fn of(streams: Vec<Value>, participant: &str) -> Option<Value> {
    streams.into_iter().find(|stream| stream["participant"] == participant)
}

#[tokio::test(flavor = "multi_thread")]
async fn python_and_our_peer_see_and_hear_each_other() -> Result<()> {
    let Some(interpreter) = python::interpreter() else {
        skip("python_and_our_peer_see_and_hear_each_other", "the Python client is not set up");
        return Ok(());
    };
    let bins = bin_dir()?;
    let server = Server::start(&bins).await?;
    let room = server.room(2).await?;
    let peer = Peer::join(&bins, &[&room.links[0], "--name", "Elena", "--tone-hz", "500"])?;
    let token = Server::livekit_token(&room.id, "python")?;
    let python = Python::join(&interpreter, &server.livekit_url(), &token, 8).await?;
    let saw = python.report().await?;
    let report = peer.stop().await?;

    let us = &saw[&room.seats[0]];
    ensure!(us["frames"].as_u64().unwrap_or(0) > 30, "Python decoded too few of our pictures: {saw}");
    ensure!(us["width"] == 1280 && us["height"] == 720, "not 720p: {saw}");
    ensure!(near(&us["tone_hz"], 500.0), "Python did not hear our tone: {saw}");
    python_was_seen(&report)
}

fn python_was_seen(report: &Value) -> Result<()> {
    let video = of(videos(report), "python").with_context(|| format!("no picture of Python: {report}"))?;
    ensure!(video["frames"].as_u64().unwrap_or(0) > 30, "too few pictures of Python: {report}");
    let sound = of(sounds(report), "python").with_context(|| format!("no sound of Python: {report}"))?;
    ensure!(near(&sound["tone_hz"], 880.0), "Python's tone was not heard: {report}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn chromium_and_our_peer_see_and_hear_each_other() -> Result<()> {
    if let Some(why) = chromium::missing() {
        skip("chromium_and_our_peer_see_and_hear_each_other", &why);
        return Ok(());
    }
    let bins = bin_dir()?;
    let server = Server::start(&bins).await?;
    let room = server.room(2).await?;
    let peer = Peer::join(&bins, &[&room.links[0], "--name", "Elena", "--tone-hz", "500"])?;
    let browser = Chromium::start().await?;
    chromium_sees_us(&server.livekit_url(), &room, &browser).await?;
    // Chromium's fake microphone beeps: what counts is that its sound is there and its pictures keep coming.
    browser.close().await?;
    let report = peer.stop().await?;
    let video = of(videos(&report), "chromium").with_context(|| format!("no picture of Chromium: {report}"))?;
    ensure!(video["frames"].as_u64().unwrap_or(0) > 30, "too few pictures of Chromium: {report}");
    ensure!(of(sounds(&report), "chromium").is_some(), "no sound of Chromium: {report}");
    Ok(())
}

async fn chromium_sees_us(url: &str, room: &Room, browser: &Chromium) -> Result<()> {
    let joined = browser.join(url, &Server::livekit_token(&room.id, "chromium")?).await?;
    ensure!(joined["identity"] == "chromium", "Chromium did not join: {joined}");
    let seen = until("Chromium decodes our pictures and hears our tone", Duration::from_secs(20), || async {
        let report = browser.report().await?;
        let us = &report["people"][&room.seats[0]];
        // And it has sent enough for us to have seen it.
        let sent = report["sent"].as_u64().unwrap_or(0) > 90;
        let enough = sent && us["frames"].as_u64().unwrap_or(0) > 30 && near(&us["tone_hz"], 500.0);
        Ok(enough.then(|| us.clone()))
    })
    .await?;
    ensure!(seen["width"] == 1280 && seen["height"] == 720, "not 720p: {seen}");
    ensure!(seen["name"] == "Elena", "the name did not arrive: {seen}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_of_our_peers_in_a_room_of_a_real_livekit_server() -> Result<()> {
    let Some(program) = livekit_server::program() else {
        skip("two_of_our_peers_in_a_room_of_a_real_livekit_server", "livekit-server is not set up");
        return Ok(());
    };
    let bins = bin_dir()?;
    let server = LiveKitServer::start(&program).await?;
    let url = server.url();
    let token = |who: &str| Server::livekit_token("clinic", who);
    let (anna, bruno) = (token("anna")?, token("bruno")?);
    let first = Peer::join(&bins, &["--url", &url, "--token", &anna, "--tone-hz", "500"])?;
    let second = Peer::join(&bins, &["--url", &url, "--token", &bruno, "--tone-hz", "700", "--for", "8s"])?;
    let (code, of_bruno) = second.finish().await?;
    ensure!(code == Some(0), "bruno did not get in: {code:?} {of_bruno}");
    let of_anna = first.stop().await?;
    for (report, other, tone) in [(&of_anna, "bruno", 700.0), (&of_bruno, "anna", 500.0)] {
        let video = of(videos(report), other).with_context(|| format!("{other} was not seen: {report}"))?;
        ensure!(video["frames"].as_u64().unwrap_or(0) > 30, "too few pictures: {report}");
        ensure!(video["width"] == 1280 && video["height"] == 720, "not 720p: {report}");
        ensure!(video["latency_ms"]["p50"].is_number(), "no timecode was read: {report}");
        let sound = of(sounds(report), other).with_context(|| format!("{other} was not heard: {report}"))?;
        ensure!(near(&sound["tone_hz"], tone), "{other}'s tone was not heard: {report}");
    }
    Ok(())
}
