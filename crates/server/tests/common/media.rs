//! Plain LiveKit clients with real media.

use reqwest::StatusCode;
use serde_json::Value;
use tokio::sync::mpsc;
use visita_protocol::Secret;
use visita_rtc::{
    AudioPublication, ConnectionState, DisconnectReason, JoinError, JoinOptions, Room as Media, RtcEvent, Source, join,
};

use super::{Api, SOON};

pub(crate) type Events = mpsc::UnboundedReceiver<RtcEvent>;

/// Tries to join by a token.
async fn try_join(url: &str, token: &str) -> Result<(Media, Events), JoinError> {
    let options = JoinOptions {
        url: url.into(),
        token: Secret::new(token),
        auto_subscribe: true,
        known_rate: None,
        relay_only: false,
    };
    tokio::time::timeout(SOON, join(options)).await.expect("in time")
}

/// Where the built-in media server is, and a token for it.
fn built_in<'a>(api: &Api, token: &'a Value) -> (String, &'a str) {
    (api.base.replacen("http", "ws", 1), token.as_str().expect("a token"))
}

/// Where whoever enters is sent, with the token for there.
fn sent_to(entry: &Value) -> (&str, &str) {
    let text = |field: &str| entry[field].as_str().expect("text");
    (text("livekit_url"), text("livekit_token"))
}

/// Joins the built-in media server.
pub(crate) async fn join_by(api: &Api, token: &Value) -> (Media, Events) {
    let (url, token) = built_in(api, token);
    try_join(&url, token).await.expect("joined")
}

/// Joins the media server that whoever enters is sent to.
pub(crate) async fn join_entry(entry: &Value) -> (Media, Events) {
    let (url, token) = sent_to(entry);
    try_join(url, token).await.expect("joined")
}

/// A token that opens nothing: it is refused at the door, or whoever comes by it is put out at once.
pub(crate) async fn expect_no_entry(api: &Api, token: &Value) {
    let (url, token) = built_in(api, token);
    expect_turned_away(&url, token).await;
}

/// The same of whoever has entered.
pub(crate) async fn expect_no_entry_again(entry: &Value) {
    let (url, token) = sent_to(entry);
    expect_turned_away(url, token).await;
}

async fn expect_turned_away(url: &str, token: &str) {
    if let Ok((_media, mut events)) = try_join(url, token).await {
        expect_out(&mut events).await;
    }
}

/// Why somebody is out.
pub(crate) async fn expect_out(events: &mut Events) -> DisconnectReason {
    next_that(events, "out", |event| match event {
        RtcEvent::Connection(ConnectionState::Disconnected { reason, .. }) => Some(reason),
        _ => None,
    })
    .await
}

/// The next event that answers the question.
pub(crate) async fn next_that<T>(events: &mut Events, what: &str, mut is_it: impl FnMut(RtcEvent) -> Option<T>) -> T {
    let looking = async {
        loop {
            let event = events.recv().await.unwrap_or_else(|| panic!("no more events, but not yet {what}"));
            if let Some(found) = is_it(event) {
                return found;
            }
        }
    };
    tokio::time::timeout(SOON, looking).await.unwrap_or_else(|_| panic!("not in time: {what}"))
}

/// Somebody else is there, by identity.
pub(crate) async fn expect_joined(events: &mut Events, who: &str) {
    next_that(events, &format!("{who} is there"), |event| match event {
        RtcEvent::ParticipantJoined(one) => (one.identity == who).then_some(()),
        _ => None,
    })
    .await;
}

/// Whether a microphone may be published.
pub(crate) async fn publishes(media: &Media) -> bool {
    let publication = AudioPublication { source: Source::Microphone, name: "mic".into(), dtx: false, muted: false };
    tokio::time::timeout(SOON, media.publish_audio(publication)).await.expect("in time").is_ok()
}

/// The claims of a LiveKit token, unchecked.
pub(crate) fn claims(token: &Value) -> Value {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let body = token.as_str().expect("a token").split('.').nth(1).expect("a JWT");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).expect("base64")).expect("JSON")
}

/// How many seats of a room are connected, as the API tells.
pub(crate) async fn connected(api: &Api, room: &str) -> usize {
    let (status, seats) = api.get(&format!("/v2/rooms/{room}/participants?limit=100")).await;
    assert_eq!(status, StatusCode::OK, "{seats}");
    seats["participants"].as_array().expect("seats").iter().filter(|seat| seat["connected"] == true).count()
}
