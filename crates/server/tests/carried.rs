//! Plain LiveKit clients in our rooms, with real media: they count for session and clock, and what admins decide holds for
//! them, over the built-in media server and over LiveKit's.

mod common;

use std::time::Duration;

use bytes::Bytes;
use common::{
    Person,
    carriers::{Carrier, over_each_carrier},
    media::{expect_no_entry_again, expect_out, join_entry, next_that},
    until,
};
use serde_json::json;
use visita_rtc::{AudioPublication, DisconnectReason, RtcEvent, Source};

over_each_carrier!(
    a_plain_client_counts_for_session_and_clock,
    muted_by_an_admin_nothing_of_it_is_heard,
    who_is_removed_is_out_of_the_media_and_stays_out,
);

async fn a_plain_client_counts_for_session_and_clock(carrier: Carrier) {
    let server = carrier.server().await;
    server.api.users().await;
    let room = server.api.room(json!({ "duration": 600 })).await;
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    let (_, entry) = server.api.enter(&room.guest, json!({ "display_name": "Ada" })).await;
    let (media, events) = join_entry(&entry).await;
    let joined = host.next_of("joined").await;
    assert_eq!(joined["participant"]["display_name"], "Ada");
    assert_eq!(host.next_of("clock").await["clock"]["runs"], true);
    media.leave().await;
    drop((media, events));
    assert_eq!(host.next_of("left").await["reason"], "left");
    assert_eq!(host.next_of("clock").await["clock"]["runs"], false);
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
    let (_media, mut heard) = join_entry(&entry).await;
    let (_, entry) = server.api.enter(&room.guest, json!({})).await;
    let (guest, _events) = join_entry(&entry).await;
    host.next_of("joined").await;
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
    assert_eq!(host.next_of("media_changed").await["muted_by_admin"]["microphone"], true);
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
    let (_guest, mut events) = join_entry(&entry).await;
    host.next_of("joined").await;
    host.send(json!({ "type": "remove", "participant_id": room.seat(1) })).await;
    assert_eq!(expect_out(&mut events).await, DisconnectReason::Removed);

    // The token is still signed and in time.
    expect_no_entry_again(&entry).await;
    let (_, seats) = server.api.get(&format!("{}/participants", room.path())).await;
    assert_eq!(seats["participants"][1]["connected"], false, "{seats}");
}
