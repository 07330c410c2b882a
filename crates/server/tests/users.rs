//! The user channel: who is online, what rings for whom, and tokens that end. What each message looks like is kept as a
//! snapshot.

mod common;

use std::time::Duration;

use common::{Person, Server, code, server, server_with};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use visita_server::ServerConfig;

async fn token(server: &Server, user: &str) -> Value {
    let (status, made) = server.api.post("/sdk/credentials", &json!({ "user_id": user, "expires_in": 360 })).await;
    assert!(status.is_success(), "{made}");
    made["access_token"].clone()
}

async fn open(server: &Server) -> Person {
    let url = format!("{}/user-channel", server.api.base.replace("http", "ws"));
    Person::open(&json!({ "channel_url": url })).await
}

async fn sign_in(server: &Server, user: &str) -> Person {
    let mut person = open(server).await;
    person.send(json!({ "type": "hello", "token": token(server, user).await })).await;
    person.welcome = person.next().await;
    assert_eq!(person.welcome["type"], "welcome", "{}", person.welcome);
    person
}

/// With what differs from run to run made plain.
fn plain(room: &common::Room, message: &Value) -> Value {
    let code = room.guest.rsplit('/').next().expect("a code");
    let mut text = message.to_string().replace(&room.id, "ROOM").replace(code, "CODE");
    for (index, name) in ["HOST", "GUEST"].iter().enumerate() {
        text = text.replace(room.seat(index), name);
    }
    let mut value: Value = serde_json::from_str(&text).expect("JSON");
    if value["url"].is_string() {
        value["url"] = "URL".into();
    }
    for field in ["/expires_in_s", "/call/rings_for_s"] {
        if let Some(seconds) = value.pointer_mut(field) {
            *seconds = 0.into();
        }
    }
    value
}

#[tokio::test]
async fn those_who_share_a_room_see_each_other_come_and_go() {
    let server = server().await;
    server.api.users().await;
    server.api.post("/v2/users", &json!({ "user_id": "stranger" })).await;
    server.api.post("/v2/users", &json!({ "user_id": "boss", "is_operator": true })).await;
    let room = server.api.room(json!({})).await;
    let mut host = sign_in(&server, "dr").await;
    insta::assert_json_snapshot!("user_welcome", plain(&room, &host.welcome));
    let mut boss = sign_in(&server, "boss").await;
    assert_eq!(boss.welcome["online"], json!(["dr"]), "an operator sees everybody");
    let mut stranger = sign_in(&server, "stranger").await;
    assert_eq!(stranger.welcome["online"], json!([]));
    assert_eq!(boss.next().await, json!({ "type": "presence", "user_id": "stranger", "online": true }));

    let guest = sign_in(&server, "pat").await;
    assert_eq!(guest.welcome["online"], json!(["dr"]));
    insta::assert_json_snapshot!("presence", host.next().await);
    let second = sign_in(&server, "pat").await;
    guest.vanish();
    second.vanish();
    let gone = json!({ "type": "presence", "user_id": "pat", "online": false });
    assert_eq!(host.next().await, gone, "only the last device makes the difference");
    stranger.send(json!({ "type": "ping" })).await;
    assert_eq!(stranger.next().await, json!({ "type": "pong" }), "and strangers hear nothing");
}

#[tokio::test]
async fn a_live_room_rings_on_every_device_and_one_answers() {
    let server = server().await;
    server.api.users().await;
    let room = server.api.room(json!({ "live": true, "description": "Visit" })).await;
    let mut phone = sign_in(&server, "pat").await;
    let mut desk = sign_in(&server, "pat").await;
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    let ringing = host.next().await;
    assert_eq!((&ringing["type"], &ringing["ring"]["state"]), (&json!("ring_changed"), &json!("ringing")));
    let call = phone.next().await;
    insta::assert_json_snapshot!("incoming_call", plain(&room, &call));
    assert_eq!(desk.next().await["call"]["call_id"], call["call"]["call_id"]);
    let third = sign_in(&server, "pat").await;
    assert_eq!(third.welcome["calls"][0]["call_id"], call["call"]["call_id"], "who comes online hears it too");

    desk.send(json!({ "type": "answer", "call_id": call["call"]["call_id"] })).await;
    let answered = desk.next().await;
    insta::assert_json_snapshot!("call_answered", plain(&room, &answered));
    insta::assert_json_snapshot!("call_over_answered_elsewhere", plain(&room, &phone.next().await));
    insta::assert_json_snapshot!("ring_changed", plain(&room, &host.next().await));
    server.api.come(answered["url"].as_str().expect("a link"), "Pat").await;
    assert_eq!(host.next().await["type"], "joined");

    phone.send(json!({ "type": "answer", "call_id": call["call"]["call_id"] })).await;
    assert_eq!(phone.next().await["error"]["code"], "not_found", "it rings no more");
}

#[tokio::test]
async fn a_call_may_be_declined_or_find_somebody_busy_or_be_given_up() {
    let server = server().await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    let mut phone = sign_in(&server, "pat").await;
    let mut desk = sign_in(&server, "pat").await;
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    for (busy, state) in [(false, "declined"), (true, "busy")] {
        host.send(json!({ "type": "ring", "participant_id": room.seat(1) })).await;
        let call = phone.next().await["call"]["call_id"].clone();
        assert_eq!(desk.next().await["call"]["call_id"], call);
        assert_eq!(host.next().await["ring"]["state"], "ringing");
        phone.send(json!({ "type": "decline", "call_id": call, "busy": busy })).await;
        assert_eq!(desk.next().await, json!({ "type": "call_over", "call_id": call, "reason": "declined_elsewhere" }));
        assert_eq!(host.next().await["ring"]["state"], state);
    }
    host.send(json!({ "type": "ring" })).await;
    phone.next().await;
    host.send(json!({ "type": "leave" })).await;
    assert_eq!(phone.next().await["reason"], "cancelled");
}

#[tokio::test]
async fn the_api_rings_a_room_in_which_nobody_is() {
    let server = server().await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    let mut phone = sign_in(&server, "pat").await;
    let mut host = sign_in(&server, "dr").await;
    assert_eq!(phone.next().await["online"], true);
    let (status, answer) = server.api.post(&format!("{}/ring", room.path()), &json!({})).await;
    assert!(status.is_success(), "{status} {answer}");
    for person in [&mut phone, &mut host] {
        let call = person.next().await;
        assert_eq!((&call["type"], &call["call"]["caller_name"]), (&json!("incoming_call"), &Value::Null));
    }
}

#[tokio::test]
async fn without_a_good_token_there_is_no_user_channel() {
    let server = server().await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    let (_, entry) = server.api.enter(&room.guest, json!({})).await;
    let good = token(&server, "pat").await;
    let cut = &good.as_str().expect("a token")[1..];
    for (first, expected) in [
        (json!({ "type": "ping" }), "unauthorized"),
        (json!({ "type": "hello", "token": cut }), "unauthorized"),
        (json!({ "type": "hello", "token": entry["channel_token"] }), "unauthorized"),
        (json!({ "type": "hello", "token": entry["livekit_token"] }), "unauthorized"),
        (json!({ "type": "hello" }), "invalid"),
        (json!({ "type": "hello", "token": good, "user_id": "dr" }), "invalid"),
    ] {
        let mut person = open(&server).await;
        person.send(first.clone()).await;
        let refused = person.next().await;
        assert_eq!((&refused["type"], &refused["error"]["code"]), (&json!("refused"), &json!(expected)), "{first}");
        person.expect_closed().await;
    }
    // Nor does an access token open a room.
    let mut person = Person::open(&entry).await;
    person.send(json!({ "type": "hello", "token": good })).await;
    assert_eq!(person.next().await["error"]["code"], "unauthorized");
}

#[tokio::test]
async fn a_token_is_warned_of_and_renewed_without_dropping_the_line() {
    // Longer than any token of this test: each is warned of at once.
    let token_warning = Duration::from_secs(1000);
    let server = server_with(ServerConfig { token_warning, ..ServerConfig::default() }).await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    let mut person = sign_in(&server, "pat").await;
    insta::assert_json_snapshot!("token_expiring", plain(&room, &person.next().await));
    person.send(json!({ "type": "renew", "token": token(&server, "dr").await })).await;
    insta::assert_json_snapshot!("user_refused_forbidden", person.next().await);
    person.send(json!({ "type": "renew", "token": "nonsense" })).await;
    assert_eq!(person.next().await["error"]["code"], "unauthorized");
    person.send(json!({ "type": "renew", "token": token(&server, "pat").await })).await;
    insta::assert_json_snapshot!("renewed", plain(&room, &person.next().await));
    assert_eq!(person.next().await["type"], "token_expiring", "the new one has its own end");
}

#[tokio::test]
async fn what_is_no_message_is_refused_and_a_flood_ends_the_line() {
    let server = server().await;
    server.api.users().await;
    let mut person = sign_in(&server, "pat").await;
    for bad in [
        r#"{"type":"answer"}"#,
        r#"{"type":"answer","call_id":-1}"#,
        r#"{"type":"decline","call_id":1,"rude":true}"#,
        r#"["ping"]"#,
        "{",
    ] {
        person.send_raw(Message::text(bad)).await;
        assert_eq!(person.next().await["error"]["code"], "invalid", "{bad}");
    }
    person.send(json!({ "type": "answer", "call_id": 1 })).await;
    assert_eq!(person.next().await["error"]["code"], "not_found");
    for _ in 0..400 {
        if !person.try_send(Message::text(r#"{"type":"ping"}"#)).await {
            break;
        }
    }
    let mut last = Value::Null;
    while let Some(message) = person.try_next().await {
        last = message;
    }
    insta::assert_json_snapshot!("user_closed_flooding", last);
    sign_in(&server, "pat").await;
}

#[tokio::test]
async fn a_server_that_stops_says_so_to_users_too() {
    let server = server().await;
    server.api.users().await;
    let refused = server.api.post("/sdk/credentials", &json!({ "user_id": "nobody" })).await;
    assert_eq!((refused.0, code(&refused)), (StatusCode::NOT_FOUND, "not_found"));
    let mut person = sign_in(&server, "pat").await;
    let stopping = tokio::spawn(server.running.stop());
    assert_eq!(person.next().await, json!({ "type": "closed", "reason": "server_stopping" }));
    person.expect_closed().await;
    stopping.await.expect("stopped");
}
