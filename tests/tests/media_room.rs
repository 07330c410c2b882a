//! What LiveKit's own clients do in a room of the built-in media server, and what the server's administration does to them.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use visita_tests::{
    bin_dir,
    clients::{Client, Kind},
    rooms::{Room, Server},
    skip,
};

const PATIENCE: Duration = Duration::from_secs(60);

fn skipped(test: &str, kinds: &[Kind]) -> bool {
    let why = kinds.iter().find_map(|kind| kind.missing());
    if let Some(why) = &why {
        skip(test, why);
    }
    why.is_some()
}

/// Two in a room, neither sending yet; `[0]` sits on the admin's seat.
struct Pair {
    server: Server,
    room: Room,
    first: Client,
    second: Client,
}

impl Pair {
    async fn start(kinds: [Kind; 2]) -> Result<Self> {
        let server = Server::start(&bin_dir()?).await?;
        let room = server.room(2).await?;
        let first = enter(&server, &room, 0, kinds[0]).await?;
        let second = enter(&server, &room, 1, kinds[1]).await?;
        Ok(Self { server, room, first, second })
    }

    /// Whom `second` knows as the other.
    fn first_id(&self) -> &str {
        &self.room.seats[0]
    }

    fn second_id(&self) -> &str {
        &self.room.seats[1]
    }

    async fn end(self) -> Result<()> {
        self.first.end().await?;
        self.second.end().await
    }
}

async fn enter(server: &Server, room: &Room, seat: usize, kind: Kind) -> Result<Client> {
    let (url, token) = server.enter(&room.links[seat], &kind.to_string()).await?;
    Client::join(kind, &url, &token).await
}

fn events(report: &Value) -> Vec<String> {
    let events = report["events"].as_array().cloned().unwrap_or_default();
    events.iter().filter_map(|event| event.as_str().map(str::to_owned)).collect()
}

/// Waits for a picture of a size.
async fn wide(client: &Client, of: &str, source: &str, widths: std::ops::RangeInclusive<u64>) -> Result<()> {
    client
        .sees(&format!("{source} {widths:?} wide"), PATIENCE, |report| {
            let width = report["people"][of][source]["width"].as_u64()?;
            widths.contains(&width).then_some(())
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_layer_follows_what_a_subscriber_asks_for() -> Result<()> {
    if skipped("the_layer_follows_what_a_subscriber_asks_for", &[Kind::Chromium, Kind::Python]) {
        return Ok(());
    }
    let pair = Pair::start([Kind::Chromium, Kind::Python]).await?;
    pair.first.publish("camera").await?;
    let quality = |quality: &str| {
        let order = json!({"do": "quality", "identity": pair.first_id(), "source": "camera", "quality": quality});
        async { pair.second.tell(order).await }
    };
    pair.second.sees_pictures(pair.first_id(), "camera", 10).await?;
    for (asked, widths) in [("high", 1280..=1280), ("low", 320..=320), ("medium", 640..=640), ("high", 1280..=1280)] {
        quality(asked).await?;
        wide(&pair.second, pair.first_id(), "camera", widths).await?;
    }
    pair.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn mute_unpublish_and_a_second_stream() -> Result<()> {
    if skipped("mute_unpublish_and_a_second_stream", &[Kind::Python, Kind::Node]) {
        return Ok(());
    }
    let pair = Pair::start([Kind::Python, Kind::Node]).await?;
    let us = pair.first_id();
    pair.first.publish("camera").await?;
    pair.first.publish("microphone").await?;
    pair.second.sees_pictures(us, "camera", 10).await?;
    for muted in [true, false] {
        pair.first.tell(json!({"do": "mute", "source": "camera", "muted": muted})).await?;
        pair.second
            .sees(&format!("muted: {muted}"), PATIENCE, |report| {
                (report["people"][us]["camera"]["muted"] == muted).then_some(())
            })
            .await?;
    }
    pair.second.sees_pictures(us, "camera", 10).await?;

    let order = json!({"do": "publish", "source": "screen_share", "width": 800, "height": 600, "simulcast": false});
    pair.first.tell(order).await?;
    wide(&pair.second, us, "screen_share", 800..=800).await?;
    pair.second.sees_pictures(us, "camera", 10).await?;

    for _ in 0..2 {
        pair.first.tell(json!({"do": "unpublish", "source": "camera"})).await?;
        pair.second
            .sees("no camera", PATIENCE, |report| report["people"][us].get("camera").is_none().then_some(()))
            .await?;
        pair.first.publish("camera").await?;
        pair.second.sees_pictures(us, "camera", 10).await?;
    }
    pair.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn data_goes_both_ways_to_whom_it_is_meant_for() -> Result<()> {
    if skipped("data_goes_both_ways_to_whom_it_is_meant_for", &Kind::ALL) {
        return Ok(());
    }
    let server = Server::start(&bin_dir()?).await?;
    let room = server.room(3).await?;
    let mut clients = Vec::new();
    for (seat, kind) in Kind::ALL.into_iter().enumerate() {
        clients.push(enter(&server, &room, seat, kind).await?);
    }
    for (seat, client) in clients.iter().enumerate() {
        for reliable in [true, false] {
            let text = format!("from {seat}, reliable: {reliable}");
            client.tell(json!({"do": "send", "text": text, "reliable": reliable, "topic": "greeting"})).await?;
            for (other, reader) in clients.iter().enumerate().filter(|(other, _)| *other != seat) {
                reader
                    .sees(&format!("{text} at {other}"), PATIENCE, |report| {
                        let data = report["data"].as_array()?;
                        let mut found = data.iter().filter(|d| d["text"] == text.as_str());
                        found.any(|d| d["from"] == room.seats[seat].as_str() && d["topic"] == "greeting").then_some(())
                    })
                    .await?;
            }
        }
    }
    // Meant for one: the other does not get it, as a later message to both shows.
    let send = |text: &str, to: &[&String]| {
        let order = json!({"do": "send", "text": text, "topic": "greeting", "to": to});
        let client = &clients[0];
        async move { client.tell(order).await }
    };
    send("for one", &[&room.seats[1]]).await?;
    send("for both", &[]).await?;
    let texts = |report: &Value| -> Vec<String> {
        let data = report["data"].as_array().cloned().unwrap_or_default();
        data.iter().filter_map(|d| d["text"].as_str().map(str::to_owned)).collect()
    };
    for (client, wanted) in [(&clients[1], true), (&clients[2], false)] {
        let got = client
            .sees("the message for both", PATIENCE, |report| {
                let texts = texts(report);
                texts.iter().any(|t| t == "for both").then_some(texts)
            })
            .await?;
        ensure!(got.iter().any(|t| t == "for one") == wanted, "{}: {got:?}", client.kind());
    }
    for client in clients {
        client.end().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resume_leaves_no_gap_in_the_room() -> Result<()> {
    if skipped("a_resume_leaves_no_gap_in_the_room", &[Kind::Chromium, Kind::Python]) {
        return Ok(());
    }
    let pair = Pair::start([Kind::Chromium, Kind::Python]).await?;
    for client in [&pair.first, &pair.second] {
        client.publish("camera").await?;
        client.publish("microphone").await?;
    }
    for (client, other, id) in
        [(&pair.first, &pair.second, pair.second_id()), (&pair.second, &pair.first, pair.first_id())]
    {
        client.sees_pictures(id, "camera", 10).await?;
        client.tell(json!({"do": "scenario", "name": "resume"})).await?;
        client.hears_of("reconnected").await?;
        client.sees_pictures(id, "camera", 20).await?;
        let me = if id == pair.first_id() { pair.second_id() } else { pair.first_id() };
        other.sees_pictures(me, "camera", 20).await?;
        let heard = events(&other.report().await?);
        ensure!(!heard.iter().any(|event| event.starts_with("left")), "somebody left: {heard:?}");
    }
    pair.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_reconnect_is_back_with_everything() -> Result<()> {
    if skipped("a_full_reconnect_is_back_with_everything", &[Kind::Chromium, Kind::Python]) {
        return Ok(());
    }
    let pair = Pair::start([Kind::Chromium, Kind::Python]).await?;
    pair.first.publish("camera").await?;
    pair.second.publish("camera").await?;
    pair.first.sees_pictures(pair.second_id(), "camera", 10).await?;
    for client in [&pair.first, &pair.second] {
        client.tell(json!({"do": "scenario", "name": "rejoin"})).await?;
        client.hears_of("reconnected").await?;
        pair.first.sees_pictures(pair.second_id(), "camera", 10).await?;
        pair.second.sees_pictures(pair.first_id(), "camera", 10).await?;
    }
    pair.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_identity_again_puts_the_first_out() -> Result<()> {
    if skipped("the_same_identity_again_puts_the_first_out", &[Kind::Node, Kind::Python]) {
        return Ok(());
    }
    let pair = Pair::start([Kind::Python, Kind::Node]).await?;
    pair.first.publish("camera").await?;
    pair.second.sees_pictures(pair.first_id(), "camera", 5).await?;
    let token = Server::livekit_token(&pair.room.id, pair.first_id())?;
    let again = Client::join(Kind::Python, &pair.server.livekit_url(), &token).await?;
    pair.first.hears_of("disconnected").await?;
    again.publish("camera").await?;
    pair.second.sees_pictures(pair.first_id(), "camera", 10).await?;
    again.end().await?;
    pair.end().await
}

/// Refused at the door, with the status that LiveKit's own server gives.
#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_right_is_refused_with_a_status() -> Result<()> {
    let server = Server::start(&bin_dir()?).await?;
    let room = server.room(2).await?;
    let token = |grants: livekit_token::VideoGrants, secret: &str, ttl: Duration| {
        livekit_token::AccessToken::with_api_key("devkey", secret)
            .with_identity("mallory")
            .with_ttl(ttl)
            .with_grants(grants)
            .to_jwt()
    };
    let join = livekit_token::VideoGrants { room_join: true, room: room.id.clone(), ..Default::default() };
    let hour = Duration::from_secs(3600);
    let cases = [
        ("good", token(join.clone(), "secret", hour)?, 200),
        ("signed by another", token(join.clone(), "another-secret-of-enough-length!", hour)?, 401),
        (
            "no right to join",
            token(livekit_token::VideoGrants { room_join: false, ..join.clone() }, "secret", hour)?,
            401,
        ),
        ("nonsense", "eyJhbGciOiJIUzI1NiJ9.e30.x".to_owned(), 401),
        ("none", String::new(), 401),
    ];
    let http = reqwest::Client::new();
    for (what, token, status) in cases {
        let answer = http.get(format!("{}/rtc/validate?access_token={token}", server.url())).send().await?;
        ensure!(answer.status().as_u16() == status, "{what}: {} instead of {status}", answer.status());
    }
    Ok(())
}

/// LiveKit's server SDK administers our rooms: `livekit-server-sdk` speaks Twirp to us.
#[tokio::test(flavor = "multi_thread")]
async fn livekits_server_sdk_administers_a_room() -> Result<()> {
    if skipped("livekits_server_sdk_administers_a_room", &[Kind::Node, Kind::Python]) {
        return Ok(());
    }
    let pair = Pair::start([Kind::Python, Kind::Node]).await?;
    pair.first.publish("microphone").await?;
    pair.second.hears(pair.first_id(), 880.0).await?;
    let output = tokio::process::Command::new("node")
        .args(["administer.mjs", pair.server.url(), &pair.room.id, pair.first_id()])
        .current_dir(visita_tests::clients::peers())
        .output()
        .await?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let seen: Value = serde_json::from_str(&said)?;
    ensure!(seen["participants"] == 2, "{seen}");
    ensure!(seen["muted"] == true, "{seen}");
    ensure!(seen["unknown"] == "not_found", "{seen}");
    ensure!(seen["stranger"] == 401, "{seen}");
    pair.second
        .sees("the message of the back end", PATIENCE, |report| {
            report["data"].as_array()?.iter().any(|d| d["text"] == "from the back end").then_some(())
        })
        .await?;
    // Removed at the end; the token it came with does not let it in again.
    pair.first.hears_of("disconnected").await?;
    pair.second.hears_of("left").await?;
    pair.end().await
}
