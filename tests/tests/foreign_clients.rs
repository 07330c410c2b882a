//! Proof that we speak LiveKit's protocol and not only our own accent: its own clients in our rooms, with one another and
//! with our peer, and our peer in a room of its own server.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use visita_tests::{
    bin_dir,
    clients::{Client, Kind},
    livekit_server::{self, LiveKitServer},
    pairs::{Who, enter, pair, reported},
    rooms::{Peer, Server, sounds, videos},
    skip,
};

fn near(value: &Value, wanted: f64) -> bool {
    value.as_f64().is_some_and(|value| (value - wanted).abs() < wanted * 0.03)
}

/// What a peer's report says of one participant.
fn of(streams: Vec<Value>, participant: &str) -> Option<Value> {
    streams.into_iter().find(|stream| stream["participant"] == participant)
}

fn skipped(test: &str, whom: &[Who]) -> bool {
    let why = whom.iter().find_map(|who| who.missing());
    if let Some(why) = &why {
        skip(test, why);
    }
    why.is_some()
}

async fn try_pair(test: &str, kinds: [Kind; 2]) -> Result<()> {
    let whom = kinds.map(Who::Them);
    if skipped(test, &whom) {
        return Ok(());
    }
    let bins = bin_dir()?;
    let server = Server::start(&bins).await?;
    pair(&bins, &server, whom).await
}

#[tokio::test(flavor = "multi_thread")]
async fn python_and_node() -> Result<()> {
    try_pair("python_and_node", [Kind::Python, Kind::Node]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn node_and_chromium() -> Result<()> {
    try_pair("node_and_chromium", [Kind::Node, Kind::Chromium]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn chromium_and_python() -> Result<()> {
    try_pair("chromium_and_python", [Kind::Chromium, Kind::Python]).await
}

/// The kinds that can be tried here.
fn kinds(test: &str) -> Vec<Kind> {
    Kind::ALL.into_iter().filter(|kind| !skipped(test, &[Who::Them(*kind)])).collect()
}

/// Our peer and clients that came after it, who are called so, see and hear one another.
async fn with_each(peer: Peer, us: &str, clients: Vec<(Client, String, Kind)>) -> Result<()> {
    for (client, ..) in &clients {
        // More than is asked of our peer, for whom the last to come has only begun.
        let picture = client.sees_pictures(us, "camera", 90).await?;
        ensure!(picture["width"].as_u64() >= Some(320), "too small: {picture}");
        client.hears(us, 500.0).await?;
    }
    let mut those = Vec::new();
    for (client, identity, kind) in clients {
        client.end().await?;
        those.push((identity, kind));
    }
    let report = peer.stop().await?;
    for (identity, kind) in those {
        reported(&report, &identity, Who::Them(kind))?;
    }
    Ok(())
}

/// Each kind with our own peer, all in one room.
#[tokio::test(flavor = "multi_thread")]
async fn our_peer_with_each_kind() -> Result<()> {
    let kinds = kinds("our_peer_with_each_kind");
    let bins = bin_dir()?;
    let server = Server::start(&bins).await?;
    let room = server.room(1 + Kind::ALL.len()).await?;
    let peer = Peer::join(&bins, &[&room.links[0], "--name", "Elena", "--tone-hz", "500"])?;
    let mut clients = Vec::new();
    for (n, kind) in kinds.into_iter().enumerate() {
        clients.push((enter(&server, &room, n + 1, kind).await?, room.seats[n + 1].clone(), kind));
    }
    with_each(peer, &room.seats[0], clients).await
}

/// The same in a room of LiveKit's own server.
#[tokio::test(flavor = "multi_thread")]
async fn our_peer_with_each_kind_on_a_real_livekit_server() -> Result<()> {
    let name = "our_peer_with_each_kind_on_a_real_livekit_server";
    let Some(program) = livekit_server::program() else {
        skip(name, "livekit-server is not set up");
        return Ok(());
    };
    let kinds = kinds(name);
    let server = LiveKitServer::start(&program).await?;
    let url = server.url();
    let token = Server::livekit_token("clinic", "elena")?;
    let peer = Peer::join(&bin_dir()?, &["--url", &url, "--token", &token, "--tone-hz", "500"])?;
    let mut clients = Vec::new();
    for kind in kinds {
        let identity = kind.to_string();
        let token = Server::livekit_token("clinic", &identity)?;
        clients.push((Client::join_sending(kind, &url, &token).await?, identity, kind));
    }
    with_each(peer, "elena", clients).await
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
        ensure!(video["largest_width"] == 1280 && video["largest_height"] == 720, "never 720p: {report}");
        ensure!(video["latency_ms"]["p50"].is_number(), "no timecode was read: {report}");
        let sound = of(sounds(report), other).with_context(|| format!("{other} was not heard: {report}"))?;
        ensure!(near(&sound["tone_hz"], tone), "{other}'s tone was not heard: {report}");
    }
    Ok(())
}
