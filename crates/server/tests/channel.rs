//! The room channel through real WebSockets. What each message looks like is kept as a snapshot.

mod common;

use std::time::Duration;

use common::{
    Person,
    carriers::{Carrier, over_each_carrier},
    code, files_in, server, until,
};
use futures_util::StreamExt;
use serde_json::{Value, json};
use sqlx::Connection;
use tokio_tungstenite::tungstenite::Message;
use visita_server::ServerConfig;

over_each_carrier!(
    a_call_from_hello_to_end_for_all,
    what_is_no_message_is_refused_and_changes_nothing,
    a_message_that_is_too_large_costs_the_line_and_not_the_seat,
    without_a_good_hello_there_is_no_channel,
    who_comes_back_in_time_was_never_away,
    who_does_not_come_back_is_gone_after_the_grace_time,
    a_second_device_puts_the_first_out_for_good,
    whoever_is_in_is_told_that_the_room_is_closed,
    a_revoked_link_takes_along_whoever_came_by_it,
    a_server_that_stops_says_goodbye,
    names_are_forgotten_with_the_session,
    media_ends_with_the_seat,
    at_the_end_of_the_duration_the_room_is_over,
    everybody_is_warned_before_the_end,
);

/// A message with what differs from run to run made plain.
fn plain(room: &common::Room, message: &Value) -> Value {
    let mut text = message.to_string();
    text = text.replace(&room.id, "ROOM").replace(room.seat(0), "HOST").replace(room.seat(1), "GUEST");
    let mut value: Value = serde_json::from_str(&text).expect("JSON");
    if let Some(session) = value.pointer_mut("/room/session_id") {
        *session = "SESSION".into();
    }
    value
}

async fn a_call_from_hello_to_end_for_all(carrier: Carrier) {
    let server = carrier.server().await;
    server.api.users().await;
    let room = server.api.room(json!({ "description": "Follow-up", "duration": 3600 })).await;
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    insta::assert_json_snapshot!("welcome_first", plain(&room, &host.welcome));
    let mut guest = server.api.come(&room.guest, "Ada").await;
    insta::assert_json_snapshot!("welcome_second", plain(&room, &guest.welcome));
    insta::assert_json_snapshot!("joined", plain(&room, &host.next().await));
    insta::assert_json_snapshot!("clock", host.next().await);
    assert_eq!(guest.next().await["type"], "clock");

    guest.send(json!({ "type": "set_media", "media": { "microphone": true, "camera": false } })).await;
    let told = host.next().await;
    insta::assert_json_snapshot!("media_changed", plain(&room, &told));
    assert_eq!(guest.next().await, told, "to oneself as well");

    guest.send(json!({ "type": "ping" })).await;
    insta::assert_json_snapshot!("pong", guest.next().await);

    guest.send(json!({ "type": "end_session" })).await;
    insta::assert_json_snapshot!("refused_not_admin", guest.next().await);

    guest.send(json!({ "type": "leave" })).await;
    insta::assert_json_snapshot!("closed_left", guest.next().await);
    guest.expect_closed().await;
    insta::assert_json_snapshot!("left", plain(&room, &host.next().await));
    assert_eq!(host.next().await["clock"]["runs"], false);

    let mut guest = server.api.come(&room.guest, "Ada").await;
    assert_eq!(host.next().await["type"], "joined");
    for person in [&mut host, &mut guest] {
        assert_eq!(person.next().await["clock"]["runs"], true);
    }
    host.send(json!({ "type": "end_session" })).await;
    insta::assert_json_snapshot!("closed_session_ended", guest.next().await);
    assert_eq!(host.next().await, json!({ "type": "closed", "reason": "session_ended" }));
    guest.expect_closed().await;
    host.expect_closed().await;

    // The room is still good, the tokens are not.
    let mut late = Person::open(&json!({ "channel_url": channel(&server) })).await;
    late.send(json!({ "type": "hello", "token": guest.token })).await;
    insta::assert_json_snapshot!("refused_token_expired", late.next().await);
    late.expect_closed().await;
    let again = server.api.come(&room.guest, "Ada").await;
    assert_ne!(again.welcome["room"]["session_id"], guest.welcome["room"]["session_id"]);
}

async fn what_is_no_message_is_refused_and_changes_nothing(carrier: Carrier) {
    let server = carrier.server().await;
    server.api.users().await;
    let room = server.api.room(json!({ "call_type": "audio_only" })).await;
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    let mut guest = server.api.come(&room.guest, "Ada").await;
    host.next().await;
    for bad in [
        r#"{"type":"take_over"}"#,
        r#"{"type":"set_media"}"#,
        r#"{"type":"set_media","media":{"microphone":true}}"#,
        r#"{"type":"set_media","media":{"microphone":1,"camera":false}}"#,
        r#"{"type":"set_media","media":{"microphone":true,"camera":false,"screen":true}}"#,
        r#"{"type":"leave","now":true}"#,
        r#"{"type":"set_media","media":[true,true]}"#,
        r#"["ping"]"#,
        r#""ping""#,
        "{",
        "",
    ] {
        guest.send_raw(Message::text(bad)).await;
        let refused = guest.next().await;
        assert_eq!((&refused["type"], &refused["error"]["code"]), (&json!("refused"), &json!("invalid")), "{bad}");
    }
    guest.send_raw(Message::binary(br#"{"type":"leave"}"#.to_vec())).await;
    assert_eq!(guest.next().await["error"]["code"], "invalid");
    guest.send(json!({ "type": "hello", "token": guest.token })).await;
    assert_eq!(guest.next().await["error"]["code"], "invalid");
    guest.send(json!({ "type": "set_media", "media": { "microphone": true, "camera": true } })).await;
    assert_eq!(guest.next().await["error"]["code"], "forbidden", "no camera in an audio room");

    // The next thing the other hears is the next thing that is allowed.
    guest.send(json!({ "type": "set_media", "media": { "microphone": true, "camera": false } })).await;
    let told = host.next().await;
    assert_eq!((&told["type"], &told["seq"]), (&json!("media_changed"), &json!(3)), "{told}");
}

async fn a_message_that_is_too_large_costs_the_line_and_not_the_seat(carrier: Carrier) {
    let server = carrier.server().await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    let mut guest = server.api.come(&room.guest, "Ada").await;
    let fits = format!(r#"{{"type":"ping"}}{}"#, " ".repeat(64 * 1024 - 15));
    guest.send_raw(Message::text(fits.clone())).await;
    assert_eq!(guest.next().await, json!({ "type": "pong" }));
    guest.send_raw(Message::text(format!("{fits} "))).await;
    assert_eq!(guest.next().await["error"]["code"], "too_large");
    guest.expect_closed().await;

    let mut guest = come_back(&server, &guest.token).await;
    assert_eq!(guest.next().await["type"], "welcome");
}

async fn without_a_good_hello_there_is_no_channel(carrier: Carrier) {
    let server = carrier.server().await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    let (_, entry) = server.api.enter(&room.guest, json!({})).await;
    let token = entry["channel_token"].as_str().expect("a token");
    let cut = &token[..token.len() - 1];
    for (first, expected) in [
        (json!({ "type": "ping" }), "unauthorized"),
        (json!({ "type": "leave" }), "unauthorized"),
        (json!({ "type": "hello", "token": "" }), "unauthorized"),
        (json!({ "type": "hello", "token": cut }), "unauthorized"),
        (json!({ "type": "hello", "token": entry["livekit_token"] }), "unauthorized"),
        (json!({ "type": "hello" }), "invalid"),
        (json!({ "type": "hello", "token": token, "admin": true }), "invalid"),
    ] {
        let mut person = Person::open(&entry).await;
        person.send(first.clone()).await;
        let refused = person.next().await;
        assert_eq!((&refused["type"], &refused["error"]["code"]), (&json!("refused"), &json!(expected)), "{first}");
        person.expect_closed().await;
    }
    assert_eq!(server.api.look(&room.guest).await.1["people_in"], json!([]));
}

#[tokio::test]
async fn a_hello_that_does_not_come_is_not_waited_for() {
    let server = server().await;
    let mut silent = Person::open(&json!({ "channel_url": channel(&server) })).await;
    let refused = silent.next().await;
    assert_eq!((&refused["type"], &refused["error"]["code"]), (&json!("refused"), &json!("unauthorized")));
    silent.expect_closed().await;
}

async fn who_comes_back_in_time_was_never_away(carrier: Carrier) {
    let server = carrier.server().await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    let mut guest = server.api.come(&room.guest, "Ada").await;
    host.next().await;
    guest.send(json!({ "type": "set_media", "media": { "microphone": true, "camera": true } })).await;
    assert_eq!(host.next().await["seq"], 3);
    let token = guest.token.clone();
    guest.vanish();
    until("the line is lost", || async { server.api.look(&room.guest).await.1["in_use"] == false }).await;

    let mut guest = come_back(&server, &token).await;
    let welcome = guest.next().await;
    assert_eq!((&welcome["type"], &welcome["seq"]), (&json!("welcome"), &json!(3)));
    assert_eq!(welcome["room"]["participants"][1]["media"], json!({ "microphone": true, "camera": true }));
    guest.vanish();
    until("the line is lost", || async { server.api.look(&room.guest).await.1["in_use"] == false }).await;

    // Who says what was seen, and in which session, gets the rest and nothing twice.
    host.send(json!({ "type": "set_media", "media": { "microphone": true, "camera": false } })).await;
    let missed = host.next().await;
    let session = &welcome["room"]["session_id"];
    let hello = |last_seen| json!({ "type": "hello", "token": token, "last_seen": last_seen, "session_id": session });
    let mut guest = Person::open(&json!({ "channel_url": channel(&server), "channel_token": token })).await;
    guest.send(hello(3)).await;
    insta::assert_json_snapshot!("resumed", guest.next().await);
    assert_eq!(guest.next().await, missed);
    guest.send(json!({ "type": "leave" })).await;
    assert_eq!(host.next().await["type"], "left", "the host has heard of nothing in between");
}

async fn who_does_not_come_back_is_gone_after_the_grace_time(carrier: Carrier) {
    let server =
        carrier.server_with(ServerConfig { grace: Duration::from_millis(200), ..ServerConfig::default() }).await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    let guest = server.api.come(&room.guest, "Ada").await;
    host.next().await;
    guest.vanish();
    let left = host.next().await;
    assert_eq!((&left["type"], &left["reason"]), (&json!("left"), &json!("connection_lost")));
}

async fn a_second_device_puts_the_first_out_for_good(carrier: Carrier) {
    let server = carrier.server().await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    let mut first = server.api.come(&room.guest, "Ada").await;
    let (_, entry) = server.api.enter(&room.guest, json!({ "displace": true, "display_name": "Ada B." })).await;
    assert_eq!(first.next().await, json!({ "type": "closed", "reason": "displaced" }));
    first.expect_closed().await;
    let mut again = come_back(&server, &first.token).await;
    let refused = again.next().await;
    assert_eq!((&refused["type"], &refused["error"]["code"]), (&json!("refused"), &json!("displaced")));

    let mut second = come_back(&server, &entry["channel_token"]).await;
    let welcome = second.next().await;
    assert_eq!(welcome["room"]["participants"][0]["display_name"], "Ada B.");
}

async fn whoever_is_in_is_told_that_the_room_is_closed(carrier: Carrier) {
    let server = carrier.server().await;
    server.api.users().await;
    for delete in [false, true] {
        let room = server.api.room(json!({})).await;
        let mut guest = server.api.come(&room.guest, "Ada").await;
        if delete {
            server.api.delete(&room.path()).await;
        } else {
            server.api.post(&format!("{}/disable", room.path()), &json!({})).await;
        }
        assert_eq!(guest.next().await, json!({ "type": "closed", "reason": "room_closed" }));
        guest.expect_closed().await;
        let mut again = come_back(&server, &guest.token).await;
        let expected = if delete { "room_ended" } else { "room_disabled" };
        assert_eq!(again.next().await["error"]["code"], expected);
    }
}

async fn a_revoked_link_takes_along_whoever_came_by_it(carrier: Carrier) {
    let server = carrier.server().await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    let mut guest = server.api.come(&room.guest, "Ada").await;
    host.next().await;
    let path = format!("{}/participants/{}/link", room.path(), room.seat(1));
    let (_, seat) = server.api.post(&path, &json!({})).await;
    assert_eq!(guest.next().await, json!({ "type": "closed", "reason": "removed" }));
    assert_eq!(host.next().await["reason"], "removed");
    let mut again = come_back(&server, &guest.token).await;
    assert_eq!(again.next().await["error"]["code"], "link_revoked");
    server.api.come(seat["url"].as_str().expect("a link"), "Ada").await;
}

async fn a_server_that_stops_says_goodbye(carrier: Carrier) {
    let server = carrier.server().await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    let mut guest = server.api.come(&room.guest, "Ada").await;
    let stopping = tokio::spawn(server.running.stop());
    assert_eq!(guest.next().await, json!({ "type": "closed", "reason": "server_stopping" }));
    guest.expect_closed().await;
    stopping.await.expect("stopped");
}

async fn names_are_forgotten_with_the_session(carrier: Carrier) {
    let data = tempfile::tempdir().expect("a folder");
    let server =
        carrier.server_with(ServerConfig { data: Some(data.path().to_owned()), ..ServerConfig::default() }).await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    let mut guest = server.api.come(&room.guest, "Ada Unforgettable").await;
    guest.send(json!({ "type": "leave" })).await;
    guest.next().await;
    let preview = server.api.look(&room.guest).await;
    assert_eq!(code(&preview), "");
    assert!(!preview.1.to_string().contains("Unforgettable"));
    server.running.stop().await;
    for file in files_in(data.path()) {
        let bytes = std::fs::read(file).expect("its bytes");
        assert!(!bytes.windows(13).any(|part| part == b"Unforgettable"));
    }
}

fn channel(server: &common::Server) -> String {
    format!("{}/channel", server.api.base.replace("http", "ws"))
}

async fn come_back(server: &common::Server, token: &Value) -> Person {
    let mut person = Person::open(&json!({ "channel_url": channel(server), "channel_token": token })).await;
    person.send(json!({ "type": "hello", "token": token, "last_seen": 1 })).await;
    person
}

async fn media_ends_with_the_seat(carrier: Carrier) {
    let server = carrier.server().await;
    server.api.users().await;
    for how in ["leave", "end_session", "displace", "disable", "renew"] {
        let room = server.api.room(json!({})).await;
        let (_, entry) = server.api.enter(&room.host, json!({})).await;
        let mut host = Person::open(&entry).await;
        host.send(json!({ "type": "hello", "token": entry["channel_token"] })).await;
        host.next().await;
        let mut media = common::media(&entry).await;
        match how {
            "displace" => drop(server.api.enter(&room.host, json!({ "displace": true })).await),
            "disable" => drop(server.api.post(&format!("{}/disable", room.path()), &json!({})).await),
            "renew" => {
                let path = format!("{}/participants/{}/link", room.path(), room.seat(0));
                drop(server.api.post(&path, &json!({})).await);
            }
            message => host.send(json!({ "type": message })).await,
        }
        let closed = async { while let Some(Ok(_)) = media.next().await {} };
        assert!(tokio::time::timeout(common::SOON, closed).await.is_ok(), "{how}: the media server was not told");
    }
}

/// A server with a room of 60 seconds, of which so much was talked already.
async fn nearly_used_up(carrier: Carrier, used: Duration) -> (common::Server, common::Room, tempfile::TempDir) {
    let data = tempfile::tempdir().expect("a folder");
    let config = || ServerConfig { data: Some(data.path().to_owned()), ..ServerConfig::default() };
    let first = carrier.server_with(config()).await;
    first.api.users().await;
    let mut room = first.api.room(json!({ "duration": 60 })).await;
    first.running.stop().await;
    let mut database = common::database_of(data.path()).await;
    let used = i64::try_from(used.as_millis()).expect("a short time");
    sqlx::query("UPDATE rooms SET used_ms = $1").bind(used).execute(&mut database).await.expect("written");
    database.close().await.expect("closed");

    let server = carrier.server_with(config()).await;
    for link in [&mut room.host, &mut room.guest] {
        *link = link.replace(&first.api.base, &server.api.base);
    }
    (server, room, data)
}

async fn at_the_end_of_the_duration_the_room_is_over(carrier: Carrier) {
    let (server, room, _data) = nearly_used_up(carrier, Duration::from_secs(59)).await;
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    let mut guest = server.api.come(&room.guest, "Ada").await;
    assert_eq!(guest.welcome["room"]["seconds_left"], 1);
    host.next().await;
    for person in [&mut host, &mut guest] {
        assert_eq!(person.next().await, json!({ "type": "clock", "clock": { "seconds_left": 1, "runs": true } }));
        assert_eq!(person.next().await, json!({ "type": "closed", "reason": "room_closed" }));
        person.expect_closed().await;
    }
    assert_eq!(code(&server.api.look(&room.guest).await), "room_ended");
    until("the end is written down", || async { server.api.get(&room.path()).await.1["status"] == "ended" }).await;
}

async fn everybody_is_warned_before_the_end(carrier: Carrier) {
    let (server, room, _data) = nearly_used_up(carrier, Duration::from_millis(29_700)).await;
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    let mut guest = server.api.come(&room.guest, "Ada").await;
    assert_eq!(host.next().await["type"], "joined");
    for person in [&mut host, &mut guest] {
        assert_eq!(person.next().await["type"], "clock");
        insta::assert_json_snapshot!("time_warning", person.next().await);
    }
}
