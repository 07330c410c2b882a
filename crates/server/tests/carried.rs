//! Plain LiveKit clients in our rooms, with real media: they count for session and clock, and what admins decide holds for
//! them, over the built-in media server and over LiveKit's.

mod common;

use std::time::Duration;

use bytes::Bytes;
use common::{
    Person, SOON,
    carriers::{Carrier, over_each_carrier},
    until,
};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use visita_protocol::Secret;
use visita_rtc::{
    AudioPublication, ConnectionState, DisconnectReason, JoinOptions, Room as Media, RtcEvent, Source, join,
};

over_each_carrier!(
    a_plain_client_counts_for_session_and_clock,
    muted_by_an_admin_nothing_of_it_is_heard,
    who_is_removed_is_out_of_the_media_and_stays_out,
);

type Events = mpsc::UnboundedReceiver<RtcEvent>;

async fn join_media(entry: &Value) -> (Media, Events) {
    let text = |field: &str| entry[field].as_str().expect("text").to_owned();
    let options = JoinOptions {
        url: text("livekit_url"),
        token: Secret::new(text("livekit_token")),
        auto_subscribe: true,
        known_rate: None,
        relay_only: false,
    };
    tokio::time::timeout(SOON, join(options)).await.expect("in time").expect("joined")
}

/// The next event that answers the question.
async fn next_that<T>(events: &mut Events, what: &str, mut is_it: impl FnMut(RtcEvent) -> Option<T>) -> T {
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

/// The next message of that type; those in between are not looked at.
async fn next_of(person: &mut Person, kind: &str) -> Value {
    loop {
        let message = person.next().await;
        if message["type"] == kind {
            return message;
        }
    }
}

async fn a_plain_client_counts_for_session_and_clock(carrier: Carrier) {
    let server = carrier.server().await;
    server.api.users().await;
    let room = server.api.room(json!({ "duration": 600 })).await;
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    let (_, entry) = server.api.enter(&room.guest, json!({ "display_name": "Ada" })).await;
    let (media, events) = join_media(&entry).await;
    let joined = next_of(&mut host, "joined").await;
    assert_eq!(joined["participant"]["display_name"], "Ada");
    assert_eq!(next_of(&mut host, "clock").await["clock"]["runs"], true);
    media.leave().await;
    drop((media, events));
    assert_eq!(next_of(&mut host, "left").await["reason"], "left");
    assert_eq!(next_of(&mut host, "clock").await["clock"]["runs"], false);
    until("it is written down", || async {
        let (_, sessions) = server.api.get(&format!("{}/sessions", room.path())).await;
        sessions["total"] == 1
    })
    .await;
}

async fn muted_by_an_admin_nothing_of_it_is_heard(carrier: Carrier) {
    let server = carrier.server().await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    let (_, entry) = server.api.enter(&room.host, json!({})).await;
    let mut host = Person::open(&entry).await;
    host.send(json!({ "type": "hello", "token": entry["channel_token"] })).await;
    let (_media, mut heard) = join_media(&entry).await;
    let (_, entry) = server.api.enter(&room.guest, json!({})).await;
    let (guest, _events) = join_media(&entry).await;
    next_of(&mut host, "joined").await;
    let publication = AudioPublication { source: Source::Microphone, name: "mic".into(), dtx: false, muted: false };
    let microphone = guest.publish_audio(publication).await.expect("published");
    let talking = tokio::spawn(async move {
        // Opus silence, RFC 6716: what is in it does not matter here.
        for n in 0.. {
            microphone.write(Bytes::from_static(&[0xf8, 0xff, 0xfe]), Duration::from_millis(20 * n), 30, true);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    next_that(&mut heard, "heard", |event| matches!(event, RtcEvent::Subscribed { .. }).then_some(())).await;

    host.send(json!({ "type": "mute", "participant_id": room.seat(1), "source": "microphone" })).await;
    assert_eq!(next_of(&mut host, "media_changed").await["muted_by_admin"]["microphone"], true);
    // Held muted where the media server can do that, unpublished where it cannot.
    next_that(&mut heard, "silent", |event| match event {
        RtcEvent::TrackMuted { muted: true, .. } | RtcEvent::TrackUnpublished { .. } => Some(()),
        _ => None,
    })
    .await;
    talking.abort();
}

async fn who_is_removed_is_out_of_the_media_and_stays_out(carrier: Carrier) {
    let server = carrier.server().await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    let (_, entry) = server.api.enter(&room.guest, json!({})).await;
    let (_guest, mut events) = join_media(&entry).await;
    next_of(&mut host, "joined").await;
    host.send(json!({ "type": "remove", "participant_id": room.seat(1) })).await;
    let reason = next_that(&mut events, "out", |event| match event {
        RtcEvent::Connection(ConnectionState::Disconnected { reason, .. }) => Some(reason),
        _ => None,
    })
    .await;
    assert_eq!(reason, DisconnectReason::Removed);

    // The token is still signed and in time: it is refused at the door, or whoever comes by it is put out at once.
    let options = JoinOptions {
        url: entry["livekit_url"].as_str().expect("a URL").into(),
        token: Secret::new(entry["livekit_token"].as_str().expect("a token")),
        auto_subscribe: true,
        known_rate: None,
        relay_only: false,
    };
    if let Ok(Ok((_guest, mut events))) = tokio::time::timeout(SOON, join(options)).await {
        next_that(&mut events, "out again", |event| {
            matches!(event, RtcEvent::Connection(ConnectionState::Disconnected { .. })).then_some(())
        })
        .await;
    }
    let (_, seats) = server.api.get(&format!("{}/participants", room.path())).await;
    assert_eq!(seats["participants"][1]["connected"], false, "{seats}");
}
