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
pub(crate) async fn try_join(api: &Api, token: &str) -> Result<(Media, Events), JoinError> {
    let options = JoinOptions {
        url: api.base.replacen("http", "ws", 1),
        token: Secret::new(token),
        auto_subscribe: true,
        known_rate: None,
        relay_only: false,
    };
    tokio::time::timeout(SOON, join(options)).await.expect("in time")
}

pub(crate) async fn join_by(api: &Api, token: &Value) -> (Media, Events) {
    try_join(api, token.as_str().expect("a token")).await.expect("joined")
}

/// A token that opens nothing: it is refused at the door, or whoever comes by it is put out at once.
pub(crate) async fn expect_no_entry(api: &Api, token: &Value) {
    if let Ok((_media, mut events)) = try_join(api, token.as_str().expect("a token")).await {
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
