//! LiveKit's own client behind a bad line: a network namespace whose cable is slowed, cut or closed to UDP.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use visita_tests::{
    bin_dir,
    clients::{Client, Kind},
    netns::{self, Network},
    rooms::{Peer, Room, Server, videos},
    skip,
};

const PATIENCE: Duration = Duration::from_secs(60);

fn skipped(test: &str, kinds: &[Kind]) -> bool {
    let why = netns::missing().or_else(|| kinds.iter().find_map(|kind| kind.missing()));
    if let Some(why) = &why {
        skip(test, why);
    }
    why.is_some()
}

/// A server, and a Python client behind a cable of its own.
struct Behind {
    network: Network,
    server: Server,
    room: Room,
    client: Client,
}

impl Behind {
    async fn start() -> Result<Self> {
        let network = Network::new()?;
        let server = Server::start_at(&bin_dir()?, network.here()).await?;
        let room = server.room(2).await?;
        let client = Client::start_in(&network).await?;
        Ok(Self { network, server, room, client })
    }

    async fn enter(&self) -> Result<()> {
        let (url, token) = self.server.enter(&self.room.links[1], "Ada").await?;
        self.client.tell(json!({"do": "join", "url": url, "token": token})).await?;
        Ok(())
    }

    /// Comes in from this machine itself, with the first seat's link.
    async fn other(&self, kind: Kind) -> Result<Client> {
        let (url, token) = self.server.enter(&self.room.links[0], "Host").await?;
        Client::join_sending(kind, &url, &token).await
    }

    fn host(&self) -> &str {
        &self.room.seats[0]
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_line_gets_a_smaller_picture_and_all_of_the_sound() -> Result<()> {
    if skipped("a_slow_line_gets_a_smaller_picture_and_all_of_the_sound", &[Kind::Python, Kind::Node]) {
        return Ok(());
    }
    let behind = Behind::start().await?;
    let (url, token) = behind.server.enter(&behind.room.links[0], "Host").await?;
    let host = Client::join(Kind::Node, &url, &token).await?;
    let camera = json!({"do": "publish", "source": "camera", "width": 1280, "height": 720, "grainy": true});
    host.tell(camera).await?;
    host.publish("microphone").await?;
    behind.enter().await?;
    let us = behind.host();
    let wide = |widths: std::ops::RangeInclusive<u64>| {
        let what = format!("pictures {widths:?} wide");
        let client = &behind.client;
        async move {
            client
                .sees(&what, PATIENCE, |report| {
                    let width = report["people"][us]["camera"]["width"].as_u64()?;
                    widths.contains(&width).then_some(())
                })
                .await
        }
    };
    wide(1280..=1280).await?;
    behind.network.limit_down(Some(300))?;
    wide(1..=400).await?;
    behind.client.hears(us, 660.0).await?;
    behind.network.limit_down(None)?;
    wide(1280..=1280).await?;
    host.end().await?;
    behind.client.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn where_udp_is_blocked_tcp_carries_the_media() -> Result<()> {
    if skipped("where_udp_is_blocked_tcp_carries_the_media", &[Kind::Python, Kind::Node]) {
        return Ok(());
    }
    let behind = Behind::start().await?;
    behind.network.block_udp()?;
    let host = behind.other(Kind::Node).await?;
    behind.enter().await?;
    behind.client.publish("camera").await?;
    behind.client.sees_pictures(behind.host(), "camera", 20).await?;
    behind.client.hears(behind.host(), 660.0).await?;
    host.sees_pictures(&behind.room.seats[1], "camera", 20).await?;
    host.end().await?;
    behind.client.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cable_that_was_out_for_a_while_is_back_without_leaving() -> Result<()> {
    if skipped("a_cable_that_was_out_for_a_while_is_back_without_leaving", &[Kind::Python, Kind::Node]) {
        return Ok(());
    }
    let behind = Behind::start().await?;
    let host = behind.other(Kind::Node).await?;
    behind.enter().await?;
    behind.client.publish("camera").await?;
    host.sees_pictures(&behind.room.seats[1], "camera", 10).await?;
    behind.network.set_plugged(false)?;
    // Long enough for the client to notice: what is tested is the way back.
    tokio::time::sleep(Duration::from_secs(5)).await;
    behind.network.set_plugged(true)?;
    behind.client.sees_pictures(behind.host(), "camera", 20).await?;
    host.sees_pictures(&behind.room.seats[1], "camera", 20).await?;
    let report = host.report().await?;
    let left = report["events"]
        .as_array()
        .is_some_and(|all| all.iter().any(|e| e.as_str().is_some_and(|e| e.starts_with("left"))));
    ensure!(!left, "the room took it for gone: {report}");
    host.end().await?;
    behind.client.end().await
}

/// On another network all at once, as from cable to wireless: nobody presses anything, and both see each other again.
#[tokio::test(flavor = "multi_thread")]
async fn another_network_in_mid_call_is_noticed_and_the_call_goes_on() -> Result<()> {
    if skipped("another_network_in_mid_call_is_noticed_and_the_call_goes_on", &[Kind::Node]) {
        return Ok(());
    }
    let bins = bin_dir()?;
    let network = Network::new()?;
    let server = Server::start_at(&bins, network.here()).await?;
    let room = server.room(2).await?;
    let (url, token) = server.enter(&room.links[0], "Host").await?;
    let host = Client::join_sending(Kind::Node, &url, &token).await?;
    let guest = Peer::join_with(&bins, Some(&network), &[&room.links[1]], &[])?;
    host.sees_pictures(&room.seats[1], "camera", 20).await?;
    network.move_away()?;
    host.sees_pictures(&room.seats[1], "camera", 40).await?;
    let report = host.report().await?;
    let left = report["events"]
        .as_array()
        .is_some_and(|all| all.iter().any(|e| e.as_str().is_some_and(|e| e.starts_with("left"))));
    ensure!(!left, "the room took it for gone: {report}");
    let seen = guest.stop().await?;
    let video = videos(&seen).into_iter().next().with_context(|| format!("nobody was seen: {seen}"))?;
    ensure!(video["fps"].as_f64() > Some(5.0), "the host's pictures did not come back: {seen}");
    host.end().await
}
