//! Waiting room, admins' actions, schedule and webinar through HTTP and the channel. What each message looks like is kept as
//! a snapshot.

mod common;

use common::{
    Person, Room, Server,
    carriers::{Carrier, over_each_carrier},
    code, until,
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

over_each_carrier!(
    a_guest_waits_writes_and_is_let_in,
    who_is_refused_may_come_again_when_an_admin_says_so,
    admins_mute_ask_remove_and_change_rights,
    a_webinars_audience_is_promoted,
    an_open_room_is_full_at_some_time,
    before_its_start_a_room_says_when,
    an_admin_extends_the_time,
    answers_to_being_recorded_are_kept,
    a_flood_drops_its_sender_and_nobody_else,
    who_does_not_read_keeps_nobody_waiting,
);

/// A message with what differs from run to run made plain.
fn plain(room: &Room, message: &Value) -> Value {
    let mut text = message.to_string().replace(&room.id, "ROOM");
    for (index, name) in ["HOST", "GUEST", "OTHER"].iter().enumerate() {
        if room.body["user_urls"][index].is_object() {
            text = text.replace(room.seat(index), name);
        }
    }
    let mut value: Value = serde_json::from_str(&text).expect("JSON");
    soften(&mut value);
    value
}

/// Times, tokens and ids of sessions.
fn soften(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match name.as_str() {
                    "at_ms" | "livekit_token" | "livekit_url" | "session_id" => *field = name.to_uppercase().into(),
                    "waited_s" => *field = 0.into(),
                    _ => soften(field),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(soften),
        _ => {}
    }
}

/// Uses a link and says hello, whatever the answer.
async fn knock(server: &Server, link: &str, name: &str) -> (Value, Person, Value) {
    let (status, entry) = server.api.enter(link, json!({ "display_name": name })).await;
    assert_eq!(status, StatusCode::OK, "{entry}");
    let mut person = Person::open(&entry).await;
    person.send(json!({ "type": "hello", "token": entry["channel_token"] })).await;
    let answer = person.next().await;
    (entry, person, answer)
}

async fn refused(person: &mut Person, message: Value, code: &str) {
    person.send(message.clone()).await;
    let answer = person.next().await;
    assert_eq!((&answer["type"], &answer["error"]["code"]), (&json!("refused"), &json!(code)), "{message}: {answer}");
}

async fn three(server: &Server, fields: Value) -> Room {
    server.api.users().await;
    server.api.post("/v2/users", &json!({ "user_id": "aunt" })).await;
    let mut body = json!({
        "participants": [{ "user_id": "dr", "is_admin": true }, { "user_id": "pat" }, { "user_id": "aunt" }],
    });
    if let (Value::Object(body), Value::Object(fields)) = (&mut body, fields) {
        body.extend(fields);
    }
    let (status, room) = server.api.post("/v2/rooms", &body).await;
    assert_eq!(status, StatusCode::CREATED, "{room}");
    Room::of(room)
}

async fn a_guest_waits_writes_and_is_let_in(carrier: Carrier) {
    let server = carrier.server().await;
    let room = three(&server, json!({ "waiting_room": true, "description": "Visit" })).await;
    let (_, preview) = server.api.look(&room.guest).await;
    assert_eq!(preview["waiting_room"], true);
    let mut host = server.api.come(&room.host, "Dr. Conti").await;

    let (entry, mut guest, waiting) = knock(&server, &room.guest, "Ada").await;
    assert_eq!((&entry["livekit_token"], &entry["waiting"]), (&Value::Null, &json!(true)));
    insta::assert_json_snapshot!("waiting", plain(&room, &waiting));
    insta::assert_json_snapshot!("doorbell", plain(&room, &host.next().await));
    insta::assert_json_snapshot!("admin", plain(&room, &host.next().await));
    let other = room.body["user_urls"][2]["url"].as_str().expect("a link");
    let (_, mut aunt, second) = knock(&server, other, "Aunt").await;
    assert_eq!(second["room"]["place"], 2);

    guest.send(json!({ "type": "note", "text": "I am early" })).await;
    let note = host.next_of("note").await;
    insta::assert_json_snapshot!("note", plain(&room, &note));
    assert_eq!(guest.next().await, note);
    host.send(json!({ "type": "note", "to": room.seat(1), "text": "Five minutes" })).await;
    assert_eq!(guest.next().await["note"]["text"], "Five minutes");
    refused(&mut guest, json!({ "type": "note", "to": room.seat(2), "text": "hello" }), "forbidden").await;
    refused(&mut guest, json!({ "type": "admit", "participant_id": room.seat(1) }), "forbidden").await;
    refused(&mut guest, json!({ "type": "knock" }), "rate_limited").await;
    refused(&mut guest, json!({ "type": "set_media", "media": { "microphone": true, "camera": false } }), "forbidden")
        .await;

    host.send(json!({ "type": "admit", "participant_id": room.seat(1) })).await;
    let token = guest.next().await;
    insta::assert_json_snapshot!("media_token", plain(&room, &token));
    let welcome = guest.next().await;
    assert_eq!((&welcome["type"], &welcome["room"]["waiting_room"]), (&json!("welcome"), &json!(true)));
    insta::assert_json_snapshot!("waiting_place", aunt.next().await);
    let media = common::media(&token).await;
    drop(media);

    host.send(json!({ "type": "send_back", "participant_id": room.seat(1) })).await;
    let back = guest.next_of("waiting").await;
    assert_eq!(back["room"]["place"], 2, "behind who waits already");
    host.send(json!({ "type": "admit_all" })).await;
    for person in [&mut guest, &mut aunt] {
        assert_eq!(person.next_of("welcome").await["type"], "welcome");
    }
}

async fn who_is_refused_may_come_again_when_an_admin_says_so(carrier: Carrier) {
    let server = carrier.server().await;
    let room = three(&server, json!({ "waiting_room": true })).await;
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    let (entry, mut guest, _) = knock(&server, &room.guest, "Ada").await;
    host.send(json!({ "type": "refuse", "participant_id": room.seat(1) })).await;
    insta::assert_json_snapshot!("closed_removed", guest.next().await);
    guest.expect_closed().await;
    let answer = server.api.enter(&room.guest, json!({})).await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::FORBIDDEN, "removed"));
    host.send(json!({ "type": "readmit", "participant_id": room.seat(1) })).await;
    until("the link is good again", || async { server.api.look(&room.guest).await.0 == StatusCode::OK }).await;
    let mut again = Person::open(&entry).await;
    again.send(json!({ "type": "hello", "token": entry["channel_token"] })).await;
    assert_eq!(again.next().await["error"]["code"], "removed", "what was handed out before is good no more");
    let (_, _guest, waiting) = knock(&server, &room.guest, "Ada").await;
    assert_eq!(waiting["type"], "waiting");
}

async fn admins_mute_ask_remove_and_change_rights(carrier: Carrier) {
    let server = carrier.server().await;
    let room = three(&server, json!({})).await;
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    let mut guest = server.api.come(&room.guest, "Ada").await;
    let (host_seat, seat) = (room.seat(0), room.seat(1));
    guest.send(json!({ "type": "set_media", "media": { "microphone": true, "camera": true } })).await;
    guest.next_of("media_changed").await;
    for forbidden in [
        json!({ "type": "mute", "participant_id": host_seat, "source": "microphone" }),
        json!({ "type": "release", "participant_id": seat, "source": "microphone" }),
        json!({ "type": "ask_to_unmute", "participant_id": host_seat, "source": "camera" }),
        json!({ "type": "remove", "participant_id": host_seat }),
        json!({ "type": "set_tools", "participant_id": seat, "tools": { "chat": true } }),
        json!({ "type": "set_role", "participant_id": seat, "role": "speaker" }),
        json!({ "type": "lower_hand", "participant_id": host_seat }),
        json!({ "type": "show_whiteboard", "shown": true }),
        json!({ "type": "grant_drawing", "participant_id": seat, "granted": true }),
        json!({ "type": "start_recording" }),
        json!({ "type": "stop_recording" }),
        json!({ "type": "extend", "seconds": 60 }),
        json!({ "type": "ring" }),
        json!({ "type": "admit", "participant_id": seat }),
        json!({ "type": "admit_all" }),
        json!({ "type": "refuse", "participant_id": seat }),
        json!({ "type": "send_back", "participant_id": seat }),
        json!({ "type": "readmit", "participant_id": seat }),
    ] {
        refused(&mut guest, forbidden, "forbidden").await;
    }

    host.send(json!({ "type": "mute", "participant_id": seat, "source": "microphone" })).await;
    insta::assert_json_snapshot!("muted_by_admin", plain(&room, &guest.next().await));
    refused(
        &mut guest,
        json!({ "type": "set_media", "media": { "microphone": true, "camera": true } }),
        "muted_by_admin",
    )
    .await;
    host.send(json!({ "type": "release", "participant_id": seat, "source": "microphone" })).await;
    assert_eq!(guest.next().await["muted_by_admin"]["microphone"], false);
    host.send(json!({ "type": "ask_to_unmute", "participant_id": seat, "source": "microphone" })).await;
    insta::assert_json_snapshot!("asked_to_unmute", plain(&room, &guest.next().await));
    guest.send(json!({ "type": "raise_hand", "raised": true })).await;
    insta::assert_json_snapshot!("hand_changed", plain(&room, &guest.next().await));
    guest.send(json!({ "type": "react", "reaction": "thumbs_up" })).await;
    insta::assert_json_snapshot!("reacted", plain(&room, &guest.next().await));
    refused(&mut guest, json!({ "type": "react", "reaction": "poke" }), "invalid").await;
    host.send(json!({ "type": "set_tools", "participant_id": seat, "tools": { "chat": true } })).await;
    insta::assert_json_snapshot!("rights_changed", plain(&room, &guest.next().await));
    host.send(json!({ "type": "grant_drawing", "participant_id": seat, "granted": true })).await;
    assert_eq!(guest.next().await["tools"]["whiteboard"], true);
    host.send(json!({ "type": "show_whiteboard", "shown": true })).await;
    insta::assert_json_snapshot!("whiteboard_changed", plain(&room, &guest.next().await));

    host.send(json!({ "type": "remove", "participant_id": seat })).await;
    assert_eq!(guest.next().await, json!({ "type": "closed", "reason": "removed" }));
    guest.expect_closed().await;
    assert_eq!(host.next_of("left").await["reason"], "removed");
    assert_eq!(host.next_of("admin").await["state"]["removed"][0]["display_name"], "Ada");
    for answer in [server.api.look(&room.guest).await, server.api.enter(&room.guest, json!({})).await] {
        assert_eq!(code(&answer), "removed");
    }
}

async fn a_webinars_audience_is_promoted(carrier: Carrier) {
    let server = carrier.server().await;
    let room = three(&server, json!({ "webinar": true })).await;
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    let mut guest = server.api.come(&room.guest, "Ada").await;
    assert_eq!(guest.welcome["room"]["participants"][1]["role"], "audience");
    refused(&mut guest, json!({ "type": "set_media", "media": { "microphone": true, "camera": false } }), "forbidden")
        .await;
    guest.send(json!({ "type": "raise_hand", "raised": true })).await;
    guest.next().await;
    host.send(json!({ "type": "set_role", "participant_id": room.seat(1), "role": "speaker" })).await;
    let promoted = guest.next().await;
    assert_eq!((&promoted["type"], &promoted["role"]), (&json!("rights_changed"), &json!("speaker")));
    assert_eq!(guest.next().await["hand"], Value::Null);
    guest.send(json!({ "type": "set_media", "media": { "microphone": true, "camera": false } })).await;
    assert_eq!(guest.next().await["media"]["microphone"], true);
}

async fn an_open_room_is_full_at_some_time(carrier: Carrier) {
    let server = carrier.server().await;
    let (status, body) = server.api.post("/v2/rooms", &json!({ "kind": "open", "capacity": 2 })).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    let id = body["room_id"].as_str().expect("an id");
    let mut links = Vec::new();
    for _ in 0..3 {
        let (status, seat) = server.api.post(&format!("/v2/rooms/{id}/participants"), &json!({})).await;
        assert_eq!(status, StatusCode::CREATED, "{seat}");
        links.push(seat["url"].as_str().expect("a link").to_owned());
    }
    let mut first = server.api.come(&links[0], "A").await;
    let _second = server.api.come(&links[1], "B").await;
    let answer = server.api.enter(&links[2], json!({})).await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::CONFLICT, "room_full"));
    assert_eq!(first.next().await["type"], "joined");
    first.send(json!({ "type": "leave" })).await;
    first.expect_closed_after("left").await;
    server.api.come(&links[2], "C").await;
}

async fn before_its_start_a_room_says_when(carrier: Carrier) {
    let server = carrier.server().await;
    let fields = json!({ "starts_at": "2099-01-01T09:00:00Z", "early_entry": 600 });
    let room = three(&server, fields).await;
    let (status, preview) = server.api.look(&room.guest).await;
    assert_eq!(status, StatusCode::OK, "a look tells the time");
    assert_eq!((&preview["starts_at"], &preview["opens_at"]), (&json!(4_070_941_200.0), &json!(4_070_940_600.0)));
    for link in [&room.guest, &room.host] {
        let answer = server.api.enter(link, json!({})).await;
        assert_eq!((answer.0, code(&answer)), (StatusCode::FORBIDDEN, "room_not_started"));
        assert_eq!(answer.1["error"]["starts_at"], 4_070_941_200_u64);
    }
}

async fn an_admin_extends_the_time(carrier: Carrier) {
    let server = carrier.server().await;
    let room = three(&server, json!({ "duration": 60 })).await;
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    refused(&mut host, json!({ "type": "extend", "seconds": 5 }), "invalid").await;
    host.send(json!({ "type": "extend", "seconds": 240 })).await;
    assert_eq!(host.next().await, json!({ "type": "clock", "clock": { "seconds_left": 300, "runs": false } }));
    until("it is written down", || async { server.api.get(&room.path()).await.1["duration"] == 300 }).await;
}

async fn answers_to_being_recorded_are_kept(carrier: Carrier) {
    let server = carrier.server().await;
    let room = three(&server, json!({ "recording": "manual" })).await;
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    let mut guest = server.api.come(&room.guest, "Ada").await;
    assert_eq!(host.next().await["type"], "joined");
    guest.send(json!({ "type": "consent", "answer": true, "text_version": "en-2026-1" })).await;
    insta::assert_json_snapshot!("consent_kept", plain(&room, &guest.next().await));
    let state = host.next().await;
    assert_eq!((&state["type"], &state["state"]["consents"][0]["answer"]), (&json!("admin"), &json!(true)));
    refused(&mut host, json!({ "type": "start_recording" }), "recording_unavailable").await;
    guest.send(json!({ "type": "consent", "answer": false, "text_version": "en-2026-1" })).await;
    assert_eq!(guest.next().await["consent"]["answer"], false);
    let again = come_back(&server, &guest.token).await;
    assert_eq!(again["room"]["consent"]["answer"], false);
}

async fn a_flood_drops_its_sender_and_nobody_else(carrier: Carrier) {
    let server = carrier.server().await;
    let room = three(&server, json!({})).await;
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    // Strokes and cursors follow the hand, and come more often than a click: that too has an end.
    for (message, many) in [
        (r#"{"type":"raise_hand","raised":true}"#, 400),
        (r#"{"type":"board_cursor","board":"board","page":0,"at":{"x":1,"y":1}}"#, 2_000),
    ] {
        let mut guest = server.api.come(&room.guest, "Ada").await;
        host.next_of("joined").await;
        for _ in 0..many {
            if !guest.try_send(Message::text(message)).await {
                break;
            }
        }
        let mut last = Value::Null;
        while let Some(message) = guest.try_next().await {
            last = message;
        }
        assert_eq!(last["error"]["code"], "rate_limited", "{message}");
        let left = host.next_of("left").await;
        assert_eq!(left["reason"], "flooding");
        host.send(json!({ "type": "ping" })).await;
        host.next_of("pong").await;
    }
    server.api.come(&room.guest, "Ada").await;
}

/// One who opens the channel and reads nothing has a bounded queue; the room goes on for the others at once.
async fn who_does_not_read_keeps_nobody_waiting(carrier: Carrier) {
    let server = carrier.server().await;
    let room = three(&server, json!({})).await;
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    let _asleep = server.api.come(&room.guest, "Ada").await;
    assert_eq!(host.next().await["type"], "joined");
    for n in 0..100 {
        host.send(json!({ "type": "set_media", "media": { "microphone": n % 2 == 0, "camera": false } })).await;
        assert_eq!(host.next().await["type"], "media_changed");
    }
}

async fn come_back(server: &Server, token: &Value) -> Value {
    let url = format!("{}/channel", server.api.base.replace("http", "ws"));
    let mut person = Person::open(&json!({ "channel_url": url, "channel_token": token })).await;
    person.send(json!({ "type": "hello", "token": token })).await;
    person.next().await
}
