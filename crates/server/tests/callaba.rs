//! The conference API of Callaba: every example of its reference as written, every refusal, who may what, and what start,
//! stop and remove do to people who are in.

mod common;

use common::{
    Api, SOON, Server, code,
    media::{claims, connected, expect_joined, expect_no_entry, expect_out, join_by, publishes},
    server, server_with, until,
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use visita_rtc::DisconnectReason;
use visita_server::{Bootstrap, Rate, ServerConfig};

/// What the reference sends to `create`, letter by letter: the five examples and, among them, the four presets.
const TEAM: &str = r#"{
"name": "Team standup room",
"user_id": "USER_ID",
"mediaType": "MEDIA_TYPE_VIDEO_AUDIO",
"max_participants": 20,
"allow_webinar_mode": false,
"allow_chat": true,
"allow_share_screen": true,
"record": false,
"record_mode": "ROOM_COMPOSITE_GRID",
"active": true
}"#;
const WEBINAR: &str = r#"{
"name": "Guest webinar room",
"user_id": "USER_ID",
"mediaType": "MEDIA_TYPE_VIDEO_AUDIO",
"max_participants": 200,
"allow_webinar_mode": true,
"allow_chat": true,
"allow_share_screen": false,
"record": false,
"record_mode": "ROOM_COMPOSITE_GRID",
"active": true
}"#;
const AUDIO: &str = r#"{
"name": "Audio briefing room",
"user_id": "USER_ID",
"mediaType": "MEDIA_TYPE_AUDIO_ONLY",
"max_participants": 50,
"allow_webinar_mode": false,
"allow_chat": true,
"allow_share_screen": false,
"record": false,
"record_mode": "ROOM_COMPOSITE_GRID",
"active": true
}"#;
const RECORDED: &str = r#"{
"name": "Recorded speaker room",
"user_id": "USER_ID",
"mediaType": "MEDIA_TYPE_VIDEO_AUDIO",
"max_participants": 50,
"allow_webinar_mode": true,
"allow_chat": true,
"allow_share_screen": true,
"record": true,
"record_mode": "ROOM_COMPOSITE_SPEAKER",
"active": true
}"#;
const MAIN_STAGE: &str = r#"{
"name": "Main stage room",
"user_id": "USER_ID",
"mediaType": "MEDIA_TYPE_VIDEO_AUDIO",
"max_participants": 50,
"allow_webinar_mode": true,
"allow_chat": true,
"allow_share_screen": true,
"record": false,
"record_mode": "ROOM_COMPOSITE_GRID",
"active": true
}"#;

/// Fields of a room as the reference prints them.
const FIELDS: [&str; 16] = [
    "_id",
    "active",
    "allow_chat",
    "allow_share_screen",
    "allow_webinar_mode",
    "created",
    "id",
    "max_participants",
    "mediaType",
    "modified",
    "name",
    "record",
    "record_mode",
    "sid",
    "success",
    "user_id",
];

/// A call with the key of the development mode, or another, or none.
async fn call_as(api: &Api, key: Option<&str>, method: Method, path: &str, body: &str) -> (StatusCode, Value) {
    let mut request = api.client.request(method, format!("{}{path}", api.base)).timeout(SOON);
    if let Some(key) = key {
        request = request.header("x-access-token", key);
    }
    if !body.is_empty() {
        request = request.header("Content-Type", "application/json").body(body.to_owned());
    }
    let response = request.send().await.expect("an answer");
    let status = response.status();
    let text = response.text().await.expect("a body");
    (status, serde_json::from_str(&text).unwrap_or_else(|_| panic!("{path}: {status}: {text}")))
}

async fn post(api: &Api, call: &str, body: Value) -> (StatusCode, Value) {
    call_as(api, Some("devkey"), Method::POST, &format!("/api/conferences/{call}"), &body.to_string()).await
}

async fn public(api: &Api, key: Option<&str>, call: &str, body: Value) -> (StatusCode, Value) {
    call_as(api, key, Method::POST, &format!("/api/conferences-public/{call}"), &body.to_string()).await
}

/// A room with these fields.
async fn made(api: &Api, fields: Value) -> String {
    let mut body: Value = serde_json::from_str(TEAM).expect("JSON");
    body.as_object_mut().expect("an object").extend(fields.as_object().expect("an object").clone());
    let (status, room) = post(api, "create", body).await;
    assert_eq!(status, StatusCode::OK, "{room}");
    room["id"].as_str().expect("an id").to_owned()
}

/// A token with the key, with these fields.
async fn token(api: &Api, room: &str, fields: Value) -> (StatusCode, Value) {
    public(api, Some("devkey"), "createToken", wanted(room, fields)).await
}

fn wanted(room: &str, fields: Value) -> Value {
    let mut body = json!({ "room_id": room, "LKRoomName": room, "participant_id": "participant-123" });
    body.as_object_mut().expect("an object").extend(fields.as_object().expect("an object").clone());
    body
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

fn is_refused(answer: &(StatusCode, Value)) -> bool {
    answer.0.is_client_error()
        && answer.1["success"] == false
        && answer.1["error"]["code"].is_string()
        && answer.1["error"]["message"].is_string()
        && answer.1.get("participant_token").is_none()
        && answer.1.get("LKRoomName").is_none()
}

fn is_time(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.len() == "2026-03-24T16:00:00.000Z".len() && text.ends_with('Z'))
}

#[tokio::test]
async fn every_example_of_the_reference_answers_as_printed() {
    let server = server().await;
    let api = &server.api;
    let mut ids = Vec::new();
    for example in [TEAM, WEBINAR, AUDIO, RECORDED, MAIN_STAGE] {
        let (status, room) = call_as(api, Some("devkey"), Method::POST, "/api/conferences/create", example).await;
        assert_eq!((status, keys(&room)), (StatusCode::OK, FIELDS.to_vec()), "{room}");
        let asked: Value = serde_json::from_str(example).expect("JSON");
        for (field, value) in asked.as_object().expect("an object").iter().filter(|(field, _)| *field != "user_id") {
            assert_eq!(&room[field], value, "{field}");
        }
        let id = room["_id"].as_str().expect("an id");
        assert!(id.len() == 24 && id.chars().all(|c| c.is_ascii_hexdigit()), "{id}");
        assert_eq!((&room["id"], &room["success"]), (&room["_id"], &json!(true)));
        assert!(room["sid"].as_str().is_some_and(|sid| sid.starts_with("RM_")), "{room}");
        assert!(room["user_id"].as_str().is_some_and(|user| !user.is_empty() && user != "USER_ID"), "the key's owner");
        assert!(is_time(&room["created"]) && room["created"] == room["modified"], "{room}");
        ids.push(id.to_owned());
    }
    let id = ids.last().expect("made").as_str();
    let run = async |method: Method, path: &str, body: &str| {
        let body = body.replace("VIDEO_CALL_ID", id).replace("34d4f497-f95b-4543-8d15-fde0b77d8abc", id);
        call_as(api, Some("devkey"), method, path, &body).await
    };

    let count = run(Method::POST, "/api/conferences/getCount", "{\n\"filter\": {\n\"active\": true\n}\n}").await;
    assert_eq!(count, (StatusCode::OK, json!({ "count": 5 })));
    let list = r#"{
"limit": 10,
"skip": 0,
"sort": {
"created": 1
}
}"#;
    let (status, all) = run(Method::POST, "/api/conferences/getAll", list).await;
    let told: Vec<_> = all.as_array().expect("a bare array").iter().map(|room| room["_id"].clone()).collect();
    assert_eq!((status, told), (StatusCode::OK, ids.iter().map(|id| json!(id)).collect()));
    assert!(all.as_array().expect("rooms").iter().all(|room| keys(room) == FIELDS && room["sid"].is_string()));
    let by_id = "{\n\"id\": \"VIDEO_CALL_ID\"\n}";
    let (status, room) = run(Method::POST, "/api/conferences/getById", by_id).await;
    assert_eq!((status, &room), (StatusCode::OK, &all[4]));

    let update = r#"{
"id": "VIDEO_CALL_ID",
"name": "Main stage room",
"user_id": "USER_ID",
"mediaType": "MEDIA_TYPE_VIDEO_AUDIO",
"max_participants": 50,
"allow_webinar_mode": true,
"allow_chat": true,
"allow_share_screen": true,
"record": false,
"record_mode": "ROOM_COMPOSITE_GRID",
"active": true
}"#;
    let (status, mut updated) = run(Method::POST, "/api/conferences/update", update).await;
    assert!(is_time(&updated["modified"]) && updated["modified"].as_str() >= room["modified"].as_str(), "{updated}");
    updated["modified"] = room["modified"].clone();
    assert_eq!((status, updated), (StatusCode::OK, room), "as the request says");

    let done = (StatusCode::OK, json!({ "success": true }));
    assert_eq!(run(Method::POST, "/api/conferences/start", by_id).await, done);
    let found = run(Method::POST, "/api/conferences-public/findLKRoomNameById", by_id).await;
    let printed = json!({
        "id": id, "LKRoomName": id, "allow_webinar_mode": true, "allow_chat": true, "allow_share_screen": true,
        "record": false, "record_mode": "ROOM_COMPOSITE_GRID", "success": true,
    });
    assert_eq!(found, (StatusCode::OK, printed));
    let create_token = r#"{
"room_id": "VIDEO_CALL_ID",
"LKRoomName": "34d4f497-f95b-4543-8d15-fde0b77d8abc",
"participant_name": "Jane Speaker",
"participant_id": "participant-123",
"hidden": false
}"#;
    let (status, token) = run(Method::POST, "/api/conferences-public/createToken", create_token).await;
    assert_eq!((status, keys(&token)), (StatusCode::OK, vec!["LKRoomName", "participant_token", "success"]), "{token}");
    assert_eq!((&token["LKRoomName"], &token["success"]), (&json!(id), &json!(true)));
    let claims = claims(&token["participant_token"]);
    assert_eq!((&claims["sub"], &claims["name"]), (&json!("participant-123"), &json!("Jane Speaker")));
    assert_eq!(claims["video"]["room"], id);

    assert_eq!(run(Method::POST, "/api/conferences/stop", by_id).await, done);
    assert_eq!(run(Method::DELETE, "/api/conferences/remove", by_id).await, done);
    let gone = run(Method::POST, "/api/conferences/getById", by_id).await;
    assert_eq!((gone.0, code(&gone)), (StatusCode::NOT_FOUND, "room_not_found"));
    let by_query = format!("/api/conferences/remove?id={}", ids[0]);
    assert_eq!(call_as(api, Some("devkey"), Method::DELETE, &by_query, "").await, done);
    assert_eq!(call_as(api, Some("devkey"), Method::POST, "/api/conferences/getCount", "").await.1["count"], 3);
}

#[tokio::test]
async fn start_stop_and_remove_reach_who_is_in() {
    let server = server().await;
    let api = &server.api;
    let room = made(api, json!({ "active": false })).await;
    let (_, told) = post(api, "getById", json!({ "id": room })).await;
    assert_eq!((&told["active"], &told["sid"]), (&json!(false), &Value::Null));
    let find = async || public(api, Some("devkey"), "findLKRoomNameById", json!({ "id": room })).await;
    for refused in [find().await, token(api, &room, json!({})).await] {
        assert!(is_refused(&refused) && code(&refused) == "room_disabled", "{refused:?}");
    }

    assert_eq!(post(api, "start", json!({ "id": room })).await.0, StatusCode::OK);
    let (_, told) = post(api, "getById", json!({ "id": room })).await;
    assert!(told["active"] == true && told["sid"].as_str().is_some_and(|sid| sid.starts_with("RM_")), "{told}");
    assert_eq!(find().await.0, StatusCode::OK);
    let (_, jane) = token(api, &room, json!({ "participant_name": "Jane Speaker" })).await;
    let (_, john) = token(api, &room, json!({ "participant_id": "john" })).await;
    let (media, mut events) = join_by(api, &jane["participant_token"]).await;
    assert_eq!((media.identity(), publishes(&media).await), ("participant-123", true));
    let (_john, mut seen) = join_by(api, &john["participant_token"]).await;
    expect_joined(&mut seen, "participant-123").await;
    until("both are in", || async { connected(api, &room).await == 2 }).await;

    assert_eq!(post(api, "stop", json!({ "id": room })).await.0, StatusCode::OK);
    assert_eq!(expect_out(&mut events).await, DisconnectReason::RoomEnded);
    expect_out(&mut seen).await;
    let (_, told) = post(api, "getById", json!({ "id": room })).await;
    assert_eq!((&told["active"], &told["sid"]), (&json!(false), &Value::Null), "torn down");
    assert!(is_refused(&find().await) && is_refused(&token(api, &room, json!({})).await));
    expect_no_entry(api, &jane["participant_token"]).await;
    assert_eq!(post(api, "start", json!({ "id": room })).await.0, StatusCode::OK);
    expect_no_entry(api, &jane["participant_token"]).await;

    let (_, jane) = token(api, &room, json!({})).await;
    let (_media, mut events) = join_by(api, &jane["participant_token"]).await;
    let path = format!("/api/conferences/remove?id={room}");
    assert_eq!(call_as(api, Some("devkey"), Method::DELETE, &path, "").await.0, StatusCode::OK);
    expect_out(&mut events).await;
    expect_no_entry(api, &jane["participant_token"]).await;
    for gone in [find().await, token(api, &room, json!({})).await, post(api, "start", json!({ "id": room })).await] {
        assert!(is_refused(&gone) && gone.0 == StatusCode::NOT_FOUND, "{gone:?}");
    }
}

#[tokio::test]
async fn a_rooms_policy_is_in_the_token() {
    let server = server().await;
    let api = &server.api;
    let sources = async |fields: Value| {
        let room = made(api, fields).await;
        let (status, body) = token(api, &room, json!({})).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        let video = claims(&body["participant_token"])["video"].clone();
        (video["canPublishSources"].clone(), video["canPublishData"].clone())
    };
    let all = json!(["microphone", "camera", "screen_share", "screen_share_audio"]);
    assert_eq!(sources(json!({})).await, (all, json!(true)));
    assert_eq!(
        sources(json!({ "mediaType": "MEDIA_TYPE_AUDIO_ONLY", "allow_share_screen": false })).await.0,
        json!(["microphone"])
    );
    assert_eq!(
        sources(json!({ "mediaType": "MEDIA_TYPE_VIDEO_ONLY", "allow_share_screen": false })).await.0,
        json!(["camera"])
    );
    assert_eq!(sources(json!({ "allow_chat": false })).await.1, json!(false));
}

#[tokio::test]
async fn an_update_holds_at_once_for_who_is_in() {
    let server = server().await;
    let api = &server.api;
    let room = made(api, json!({})).await;
    let (_, jane) = token(api, &room, json!({})).await;
    let (media, mut events) = join_by(api, &jane["participant_token"]).await;
    assert!(publishes(&media).await);
    until("she is in", || async { connected(api, &room).await == 1 }).await;
    let change = async |fields: Value| {
        let mut body = json!({ "id": room });
        body.as_object_mut().expect("an object").extend(fields.as_object().expect("an object").clone());
        post(api, "update", body).await
    };
    let (status, told) =
        change(json!({ "name": "Main stage room updated", "mediaType": "MEDIA_TYPE_VIDEO_ONLY" })).await;
    assert_eq!(status, StatusCode::OK, "{told}");
    assert_eq!((&told["name"], &told["max_participants"]), (&json!("Main stage room updated"), &json!(20)), "{told}");
    until("no microphone may be published", || async { !publishes(&media).await }).await;
    assert_eq!(change(json!({ "mediaType": "MEDIA_TYPE_VIDEO_AUDIO" })).await.0, StatusCode::OK);
    until("a microphone may be published", || async { publishes(&media).await }).await;

    // Capacity goes by the mode it is asked for with, and what is refused changes nothing.
    let refused = change(json!({ "max_participants": 200, "name": "Other" })).await;
    assert!(is_refused(&refused) && refused.1["error"]["field"] == "max_participants", "{refused:?}");
    let (_, told) = post(api, "getById", json!({ "id": room })).await;
    assert_eq!((&told["name"], &told["max_participants"]), (&json!("Main stage room updated"), &json!(20)));
    assert_eq!(change(json!({ "max_participants": 200, "allow_webinar_mode": true })).await.1["max_participants"], 200);
    assert!(is_refused(&change(json!({ "allow_webinar_mode": false })).await), "200 are too many then");
    assert_eq!(change(json!({ "active": false })).await.1["active"], false);
    expect_out(&mut events).await;
    let (_, told) = change(json!({ "active": true })).await;
    assert!(told["active"] == true && told["sid"].is_string(), "{told}");
    // A whole room may be sent back.
    let (status, same) = change(told.clone()).await;
    assert_eq!((status, &same["name"]), (StatusCode::OK, &told["name"]), "{same}");
}

#[tokio::test]
async fn a_full_room_gives_no_token() {
    let server = server().await;
    let api = &server.api;
    let room = made(api, json!({ "max_participants": 2 })).await;
    let (_, late) = token(api, &room, json!({ "participant_id": "late" })).await;
    let mut people = Vec::new();
    for name in ["a", "b"] {
        let (_, body) = token(api, &room, json!({ "participant_id": name })).await;
        people.push(join_by(api, &body["participant_token"]).await);
    }
    until("both are in", || async { connected(api, &room).await == 2 }).await;
    let full = token(api, &room, json!({ "participant_id": "c" })).await;
    assert!(is_refused(&full) && code(&full) == "room_full", "{full:?}");
    expect_no_entry(api, &late["participant_token"]).await;
    people.pop().expect("somebody").0.leave().await;
    until("there is a place", || async { token(api, &room, json!({ "participant_id": "c" })).await.0 == 200 }).await;
}

#[tokio::test]
async fn a_webinar_has_speakers_and_guests() {
    let server = server().await;
    let api = &server.api;
    let room = made(api, json!({ "allow_webinar_mode": true, "public_access": "name" })).await;
    let (_, speaker) = token(api, &room, json!({ "participant_id": "speaker" })).await;
    let (_, invited) = token(api, &room, json!({ "participant_id": "invited", "role": "guest" })).await;
    let guest = json!({ "participant_id": "guest", "participant_name": "Ada" });
    let (status, guest) = public(api, None, "createToken", wanted(&room, guest)).await;
    assert_eq!(status, StatusCode::OK, "{guest}");
    for (body, speaks) in [(&speaker, true), (&invited, false), (&guest, false)] {
        let (media, _events) = join_by(api, &body["participant_token"]).await;
        assert_eq!(publishes(&media).await, speaks, "{}", media.identity());
        media.leave().await;
    }
    // The key makes a guest a speaker, also one who is in.
    let (media, _events) = join_by(api, &invited["participant_token"]).await;
    until("the guest is in", || async { connected(api, &room).await == 1 }).await;
    let (_, promoted) = token(api, &room, json!({ "participant_id": "invited", "role": "speaker" })).await;
    assert_eq!(claims(&promoted["participant_token"])["video"]["canPublish"], true);
    until("the guest may speak", || async { publishes(&media).await }).await;
}

#[tokio::test]
async fn whom_nobody_sees_comes_with_the_key_only() {
    let server = server().await;
    let api = &server.api;
    let room = made(api, json!({ "public_access": "open" })).await;
    let hidden = json!({ "participant_id": "ear", "hidden": true });
    let keyless = public(api, None, "createToken", wanted(&room, hidden.clone())).await;
    assert!(is_refused(&keyless) && keyless.0 == StatusCode::FORBIDDEN, "{keyless:?}");
    let (status, ear) = token(api, &room, hidden.clone()).await;
    assert_eq!(status, StatusCode::OK, "{ear}");
    let (ear, mut heard) = join_by(api, &ear["participant_token"]).await;
    assert!(!publishes(&ear).await);
    assert_eq!(connected(api, &room).await, 0, "it counts for nothing");
    let (_, jane) = token(api, &room, json!({})).await;
    let (_jane, mut seen) = join_by(api, &jane["participant_token"]).await;
    expect_joined(&mut heard, "participant-123").await;
    let (_, john) = token(api, &room, json!({ "participant_id": "john" })).await;
    let (_john, _) = join_by(api, &john["participant_token"]).await;
    // Whoever is seen first is not the ear, which was there before.
    common::media::next_that(&mut seen, "john is there", |event| match event {
        visita_rtc::RtcEvent::ParticipantJoined(one) => {
            assert_ne!(one.identity, "ear");
            (one.identity == "john").then_some(())
        }
        _ => None,
    })
    .await;
    let taken = token(api, &room, json!({ "participant_id": "ear" })).await;
    assert!(is_refused(&taken) && taken.0 == StatusCode::CONFLICT, "{taken:?}");
    assert_eq!(post(api, "stop", json!({ "id": room })).await.0, StatusCode::OK);
    expect_out(&mut heard).await;

    // In webinar mode it takes a token of its own, which is good for its room and for a minute.
    let webinar = made(api, json!({ "allow_webinar_mode": true })).await;
    let other = made(api, json!({})).await;
    let (status, egress) = post(api, "createEgressToken", json!({ "room_id": webinar })).await;
    assert_eq!((status, &egress["success"]), (StatusCode::OK, &json!(true)), "{egress}");
    let good = &egress["egress_mode_token"];
    let (_, others) = post(api, "createEgressToken", json!({ "room_id": other })).await;
    for wrong in [Value::Null, json!(""), json!("x.y"), others["egress_mode_token"].clone()] {
        let mut body = hidden.clone();
        body["egress_mode_token"] = wrong.clone();
        let refused = token(api, &webinar, body).await;
        assert!(is_refused(&refused) && refused.0 == StatusCode::FORBIDDEN, "{wrong}: {refused:?}");
    }
    let mut body = hidden;
    body["egress_mode_token"] = good.clone();
    let keyless = public(api, None, "createToken", wanted(&webinar, body.clone())).await;
    assert!(is_refused(&keyless), "{keyless:?}");
    let (status, ear) = token(api, &webinar, body).await;
    assert_eq!(status, StatusCode::OK, "{ear}");
    join_by(api, &ear["participant_token"]).await;
    let (_, log) = api.get(&format!("/v2/audit?room_id={webinar}")).await;
    let actions: Vec<_> = log["entries"].as_array().expect("lines").iter().map(|line| line["action"].clone()).collect();
    assert_eq!(actions, ["hidden_participant_admitted", "egress_token_made"], "the newest first");
}

#[tokio::test]
async fn without_a_key_the_room_decides() {
    let server = server().await;
    let api = &server.api;
    let rooms = [
        made(api, json!({})).await,
        made(api, json!({ "public_access": "name" })).await,
        made(api, json!({ "public_access": "open" })).await,
    ];
    let [link, name, open] = &rooms;
    let find = async |room: &str| public(api, None, "findLKRoomNameById", json!({ "id": room })).await;
    let ask = async |room: &str, fields: Value| public(api, None, "createToken", wanted(room, fields)).await;
    let unknown = find("69f013c1aa11bb22cc33dd44").await;
    assert_eq!(find(link).await, unknown, "nothing tells whether it is there");
    assert!(is_refused(&unknown) && unknown.0 == StatusCode::UNAUTHORIZED, "{unknown:?}");
    assert_eq!(ask(link, json!({ "participant_name": "Ada" })).await, ask("69f013c1aa11bb22cc33dd44", json!({})).await);
    assert_eq!((find(name).await.0, find(open).await.0), (StatusCode::OK, StatusCode::OK));
    let nameless = ask(name, json!({})).await;
    assert!(is_refused(&nameless) && nameless.1["error"]["field"] == "participant_name", "{nameless:?}");
    assert!(is_refused(&ask(name, json!({ "participant_name": "  " })).await));
    let (status, body) = ask(name, json!({ "participant_name": "Ada" })).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let (status, body) = ask(open, json!({})).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    join_by(api, &body["participant_token"]).await;
    for wish in [json!({ "role": "speaker" }), json!({ "recording_consent": true }), json!({ "hidden": true })] {
        assert!(is_refused(&ask(open, wish.clone()).await), "{wish}");
    }
    // Nobody takes what the key handed out, nor the place of who is in.
    token(api, open, json!({ "participant_id": "speaker" })).await;
    let taken = ask(open, json!({ "participant_id": "speaker" })).await;
    assert!(is_refused(&taken) && taken.0 == StatusCode::CONFLICT, "{taken:?}");
    let (_, guest) = ask(open, json!({ "participant_id": "guest" })).await;
    let (_guest, _events) = join_by(api, &guest["participant_token"]).await;
    until("the guest is in", || async { connected(api, open).await >= 1 }).await;
    let taken = ask(open, json!({ "participant_id": "guest" })).await;
    assert!(is_refused(&taken) && code(&taken) == "seat_in_use", "{taken:?}");

    // The setting is told where it is not the default, and can be changed.
    let (_, told) = post(api, "getById", json!({ "id": open })).await;
    assert_eq!(told["public_access"], "open");
    let (_, told) = post(api, "update", json!({ "id": open, "public_access": "link" })).await;
    assert_eq!(told.get("public_access"), None);
    assert_eq!(find(open).await.0, StatusCode::UNAUTHORIZED);

    // A link opens its seat of its room.
    let (status, seat) = api.post(&format!("/v2/rooms/{link}/participants"), &json!({ "display_name": "Pat" })).await;
    assert_eq!(status, StatusCode::CREATED, "{seat}");
    let url = seat["url"].as_str().expect("a link").to_owned();
    let link_code = url.rsplit('/').next().expect("a code");
    for shown in [&url, link_code] {
        let (status, found) = public(api, None, "findLKRoomNameById", json!({ "id": link, "link": shown })).await;
        assert_eq!((status, &found["LKRoomName"]), (StatusCode::OK, &json!(link)), "{found}");
    }
    let by_link = json!({ "room_id": link, "LKRoomName": link, "link": url });
    let (status, body) = public(api, None, "createToken", by_link.clone()).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let told = claims(&body["participant_token"]);
    assert_eq!(
        (&told["sub"], &told["name"], &told["video"]["room"]),
        (&seat["participant_id"], &json!("Pat"), &json!(link))
    );
    join_by(api, &body["participant_token"]).await;
    for (room, shown) in [(name, url.as_str()), (link, "wrong"), (open, url.as_str())] {
        let body = json!({ "room_id": room, "LKRoomName": room, "link": shown });
        let refused = public(api, None, "createToken", body).await;
        assert!(is_refused(&refused) && refused.0 == StatusCode::UNAUTHORIZED, "{room} {shown}: {refused:?}");
    }
    let path = format!("/v2/rooms/{link}/participants/{}/link", seat["participant_id"].as_str().expect("an id"));
    assert_eq!(api.post(&path, &json!({})).await.0, StatusCode::OK);
    let revoked = public(api, None, "createToken", by_link).await;
    assert!(is_refused(&revoked) && code(&revoked) == "link_revoked", "{revoked:?}");
}

#[tokio::test]
async fn bad_bodies_are_refused_by_field_and_change_nothing() {
    let server = server().await;
    let api = &server.api;
    let room = made(api, json!({})).await;
    let other = made(api, json!({})).await;
    let with = |field: &str, value: Value| {
        let mut body: Value = serde_json::from_str(TEAM).expect("JSON");
        body[field] = value;
        body
    };
    for (field, value) in [
        ("name", json!("")),
        ("name", json!("  ")),
        ("name", json!("x".repeat(501))),
        ("name", json!(7)),
        ("name", Value::Null),
        ("user_id", json!(7)),
        ("mediaType", json!("MEDIA_TYPE_SMELL")),
        ("mediaType", json!(1)),
        ("max_participants", json!(0)),
        ("max_participants", json!(1)),
        ("max_participants", json!(-1)),
        ("max_participants", json!(51)),
        ("max_participants", json!(70_000)),
        ("max_participants", json!("20")),
        ("max_participants", json!(2.5)),
        ("allow_webinar_mode", json!("yes")),
        ("allow_chat", json!(1)),
        ("allow_share_screen", json!([])),
        ("record", json!("true")),
        ("record_mode", json!("ROOM_COMPOSITE")),
        ("active", json!("on")),
        ("public_access", json!("all")),
    ] {
        let refused = post(api, "create", with(field, value.clone())).await;
        assert!(is_refused(&refused) && refused.0 == StatusCode::BAD_REQUEST, "{field} {value}: {refused:?}");
        assert_eq!(refused.1["error"]["field"], field, "{value}");
        if value != Value::Null {
            let mut body = with(field, value.clone());
            body["id"] = json!(room);
            let refused = post(api, "update", body).await;
            assert!(is_refused(&refused) && refused.1["error"]["field"] == field, "{field} {value}: {refused:?}");
        }
    }
    let mut webinar: Value = serde_json::from_str(WEBINAR).expect("JSON");
    webinar["max_participants"] = json!(201);
    assert!(is_refused(&post(api, "create", webinar).await));
    let (_, told) = post(api, "getById", json!({ "id": room })).await;
    assert_eq!((&told["name"], &told["created"]), (&json!("Team standup room"), &told["modified"]), "nothing changed");
    assert_eq!(post(api, "getCount", json!({})).await.1["count"], 2, "nothing was stored");

    for (call, body, field) in [
        ("getAll", json!({ "limit": -1 }), "limit"),
        ("getAll", json!({ "limit": "10" }), "limit"),
        ("getAll", json!({ "limit": 10_001 }), "limit"),
        ("getAll", json!({ "skip": -1 }), "skip"),
        ("getAll", json!({ "sort": { "created": 2 } }), "sort.created"),
        ("getAll", json!({ "sort": { "$where": 1 } }), "sort.$where"),
        ("getAll", json!({ "sort": [] }), "sort"),
        ("getAll", json!({ "filter": { "$where": "1" } }), "filter.$where"),
        ("getAll", json!({ "filter": { "name": { "$ne": null } } }), "filter.name"),
        ("getCount", json!({ "filter": { "active": { "$gt": "" } } }), "filter.active"),
        ("getCount", json!({ "filter": { "company": "x" } }), "filter.company"),
        ("getCount", json!({ "filter": 7 }), "filter"),
        ("getById", json!({}), "id"),
        ("getById", json!({ "id": 7 }), "id"),
        ("getById", json!({ "id": { "$ne": null } }), "id"),
        ("start", json!({}), "id"),
        ("stop", json!({}), "id"),
        ("update", json!({ "name": "x" }), "id"),
        ("createEgressToken", json!({}), "room_id"),
    ] {
        let refused = post(api, call, body.clone()).await;
        assert!(is_refused(&refused) && refused.0 == StatusCode::BAD_REQUEST, "{call} {body}: {refused:?}");
        assert_eq!(refused.1["error"]["field"], field, "{call} {body}");
    }
    for (body, field) in [
        (json!({ "LKRoomName": other }), "LKRoomName"),
        (json!({ "LKRoomName": "" }), "LKRoomName"),
        (json!({ "LKRoomName": null }), "LKRoomName"),
        (json!({ "participant_id": null }), "participant_id"),
        (json!({ "participant_id": "" }), "participant_id"),
        (json!({ "participant_id": "a b" }), "participant_id"),
        (json!({ "participant_id": "x".repeat(129) }), "participant_id"),
        (json!({ "participant_id": 7 }), "participant_id"),
        (json!({ "participant_name": "x".repeat(121) }), "participant_name"),
        (json!({ "participant_name": 7 }), "participant_name"),
        (json!({ "hidden": "true" }), "hidden"),
        (json!({ "role": "boss" }), "role"),
    ] {
        let refused = token(api, &room, body.clone()).await;
        assert!(is_refused(&refused) && refused.0 == StatusCode::BAD_REQUEST, "{body}: {refused:?}");
        assert_eq!(refused.1["error"]["field"], field, "{body}");
    }
    for body in ["", "{", "[]", "null", "user=1"] {
        let refused = call_as(api, Some("devkey"), Method::POST, "/api/conferences/create", body).await;
        assert!(is_refused(&refused) && refused.0 == StatusCode::BAD_REQUEST, "{body}: {refused:?}");
    }
    let path = format!("/api/conferences/remove?id={room}");
    let refused = call_as(api, Some("devkey"), Method::DELETE, &path, &json!({ "id": other }).to_string()).await;
    assert!(is_refused(&refused) && refused.1["error"]["field"] == "id", "{refused:?}");
    assert!(is_refused(&call_as(api, Some("devkey"), Method::DELETE, "/api/conferences/remove", "").await));
    for unknown in ["69f013c1aa11bb22cc33dd44", "a b", ""] {
        for call in ["getById", "update", "start", "stop"] {
            let refused = post(api, call, json!({ "id": unknown })).await;
            assert!(is_refused(&refused) && refused.0 == StatusCode::NOT_FOUND, "{call} {unknown}: {refused:?}");
        }
    }
    let huge = format!(r#"{{"name":"{}"}}"#, "x".repeat(300 * 1024));
    let refused = call_as(api, Some("devkey"), Method::POST, "/api/conferences/create", &huge).await;
    assert!(is_refused(&refused) && refused.0 == StatusCode::PAYLOAD_TOO_LARGE, "{refused:?}");
    for (method, path) in [(Method::GET, "/api/conferences/create"), (Method::POST, "/api/conferences/none")] {
        let refused = call_as(api, Some("devkey"), method, path, "").await;
        assert!(is_refused(&refused), "{path}: {refused:?}");
    }
}

#[tokio::test]
async fn rooms_are_filtered_sorted_and_paged() {
    let server = server().await;
    let api = &server.api;
    for example in [TEAM, WEBINAR, AUDIO, RECORDED] {
        call_as(api, Some("devkey"), Method::POST, "/api/conferences/create", example).await;
    }
    made(api, json!({ "name": "Off", "active": false })).await;
    let names = async |body: Value| {
        let (status, all) = post(api, "getAll", body).await;
        assert_eq!(status, StatusCode::OK, "{all}");
        all.as_array().expect("rooms").iter().map(|room| room["name"].as_str().expect("a name").to_owned()).collect()
    };
    let all: Vec<String> = names(json!({})).await;
    let made_in_order =
        ["Team standup room", "Guest webinar room", "Audio briefing room", "Recorded speaker room", "Off"];
    assert_eq!(all, made_in_order);
    let is = async |filter: Value, expected: &[&str]| {
        let found: Vec<String> = names(json!({ "filter": filter })).await;
        assert_eq!(found, expected, "{filter}");
        let (_, count) = post(api, "getCount", json!({ "filter": filter })).await;
        assert_eq!(count["count"], expected.len(), "{filter}");
    };
    is(json!({ "active": false }), &["Off"]).await;
    is(json!({ "name": "Off" }), &["Off"]).await;
    is(json!({ "mediaType": "MEDIA_TYPE_AUDIO_ONLY" }), &["Audio briefing room"]).await;
    is(json!({ "max_participants": 200 }), &["Guest webinar room"]).await;
    is(json!({ "record": true, "record_mode": "ROOM_COMPOSITE_SPEAKER" }), &["Recorded speaker room"]).await;
    is(json!({ "allow_webinar_mode": true, "allow_share_screen": true }), &["Recorded speaker room"]).await;
    is(json!({ "user_id": "somebody" }), &[]).await;
    let (_, rooms) = post(api, "getAll", json!({ "limit": 1 })).await;
    is(json!({ "user_id": rooms[0]["user_id"] }), &made_in_order).await;
    is(json!({ "_id": rooms[0]["_id"] }), &["Team standup room"]).await;
    let sorted: Vec<String> = names(json!({ "sort": { "max_participants": -1, "name": 1 }, "limit": 3 })).await;
    assert_eq!(sorted, ["Guest webinar room", "Audio briefing room", "Recorded speaker room"]);
    let page: Vec<String> = names(json!({ "skip": 3, "limit": 10, "sort": { "created": 1 } })).await;
    assert_eq!(page, ["Recorded speaker room", "Off"]);

    // Open rooms of other dialects are here too, seated ones are not.
    api.users().await;
    api.room(json!({ "description": "A visit" })).await;
    let (_, open) = api.post("/v2/rooms", &json!({ "kind": "open", "description": "Open house" })).await;
    is(json!({ "name": "A visit" }), &[]).await;
    is(json!({ "name": "Open house" }), &["Open house"]).await;
    let (status, body) = token(api, open["room_id"].as_str().expect("an id"), json!({})).await;
    assert_eq!(status, StatusCode::OK, "{body}");
}

#[tokio::test]
async fn nobody_reaches_what_is_not_theirs() {
    let data = tempfile::tempdir().expect("a folder");
    let config = |bootstrap| ServerConfig { data: Some(data.path().to_owned()), bootstrap, ..ServerConfig::default() };
    let first = server_with(config(None)).await;
    let room = made(&first.api, json!({})).await;
    first.running.stop().await;
    let other = Bootstrap { company_name: "Other".into(), api_key: "other-key".into() };
    let server: Server = server_with(config(Some(other))).await;
    let api = &server.api;
    let (status, _) = post(api, "getById", json!({ "id": room })).await;
    assert_eq!(status, StatusCode::OK, "theirs");

    let calls = [
        (Method::POST, "/api/conferences/create", TEAM.to_owned()),
        (Method::POST, "/api/conferences/getCount", String::new()),
        (Method::POST, "/api/conferences/getAll", String::new()),
        (Method::POST, "/api/conferences/getById", json!({ "id": room }).to_string()),
        (Method::POST, "/api/conferences/update", json!({ "id": room, "name": "Mine" }).to_string()),
        (Method::POST, "/api/conferences/start", json!({ "id": room }).to_string()),
        (Method::POST, "/api/conferences/stop", json!({ "id": room }).to_string()),
        (Method::DELETE, "/api/conferences/remove", json!({ "id": room }).to_string()),
        (Method::POST, "/api/conferences/createEgressToken", json!({ "room_id": room }).to_string()),
        (Method::POST, "/api/conferences-public/findLKRoomNameById", json!({ "id": room }).to_string()),
        (Method::POST, "/api/conferences-public/createToken", wanted(&room, json!({})).to_string()),
    ];
    for (method, path, body) in &calls {
        for key in [None, Some(""), Some("wrong"), Some("Devkey")] {
            let refused = call_as(api, key, method.clone(), path, body).await;
            assert!(is_refused(&refused) && refused.0 == StatusCode::UNAUTHORIZED, "{path} {key:?}: {refused:?}");
        }
        let answer = call_as(api, Some("other-key"), method.clone(), path, body).await;
        match path.rsplit('/').next() {
            Some("create") => assert_eq!(answer.0, StatusCode::OK),
            Some("getCount") => assert_eq!(answer.1["count"], 1, "their own"),
            Some("getAll") => assert_eq!(answer.1.as_array().map(Vec::len), Some(1), "their own"),
            _ => assert!(is_refused(&answer) && answer.0 == StatusCode::NOT_FOUND, "{path}: {answer:?}"),
        }
    }
    let (_, told) = post(api, "getById", json!({ "id": room })).await;
    assert_eq!((&told["name"], &told["active"]), (&json!("Team standup room"), &json!(true)), "it is as it was");

    // A token opens its own room only.
    let other_room = made(api, json!({})).await;
    let (_, body) = token(api, &room, json!({})).await;
    let (_media, _events) = join_by(api, &body["participant_token"]).await;
    until("in the one", || async { connected(api, &room).await == 1 }).await;
    assert_eq!(connected(api, &other_room).await, 0);
}

#[tokio::test]
async fn without_a_key_one_asks_only_so_often() {
    let mut config = ServerConfig::default();
    config.limits.per_address = Rate { burst: 3, per_second: 1 };
    let server = server_with(config).await;
    let api = &server.api;
    let room = made(api, json!({ "public_access": "open" })).await;
    let mut statuses = Vec::new();
    for _ in 0..20 {
        let answer = public(api, None, "findLKRoomNameById", json!({ "id": room })).await;
        if answer.0 == StatusCode::TOO_MANY_REQUESTS {
            assert!(is_refused(&answer) && code(&answer) == "rate_limited", "{answer:?}");
        }
        statuses.push(answer.0);
    }
    assert!(statuses.contains(&StatusCode::TOO_MANY_REQUESTS), "{statuses:?}");
    for _ in 0..20 {
        let (status, _) = public(api, Some("devkey"), "findLKRoomNameById", json!({ "id": room })).await;
        assert_eq!(status, StatusCode::OK, "back ends are not counted");
    }
    // Pages of other origins may ask the helpers, and nothing else.
    for (path, allowed) in [("/api/conferences-public/createToken", true), ("/api/conferences/create", false)] {
        let asked = api
            .client
            .request(Method::OPTIONS, format!("{}{path}", api.base))
            .header("origin", "https://app.example.org")
            .header("access-control-request-method", "POST")
            .send()
            .await
            .expect("an answer");
        assert_eq!(asked.headers().contains_key("access-control-allow-origin"), allowed, "{path}");
    }
}

#[tokio::test]
async fn a_recorded_room_is_recorded_until_it_is_stopped() {
    let Some(recorder) = common::recorder("a_recorded_room_is_recorded_until_it_is_stopped") else { return };
    let server = server_with(ServerConfig { recorder: Some(recorder), ..ServerConfig::default() }).await;
    let api = &server.api;
    let (_, room) = call_as(api, Some("devkey"), Method::POST, "/api/conferences/create", RECORDED).await;
    let room = room["id"].as_str().expect("an id").to_owned();
    let (_, body) = token(api, &room, json!({ "recording_consent": true })).await;
    let (media, mut events) = join_by(api, &body["participant_token"]).await;
    assert!(publishes(&media).await);
    let recordings = async || api.get(&format!("/v2/rooms/{room}/recordings")).await.1["recordings"].clone();
    until("it is recorded", || async { recordings().await[0]["state"] == "recording" }).await;
    assert_eq!(recordings().await[0]["layout"], "speaker");
    let (_, told) = post(api, "update", json!({ "id": room, "record": false })).await;
    assert_eq!(told["record"], false);
    until("the recording is over", || async { recordings().await[0]["state"] != "recording" }).await;
    let (_, told) =
        post(api, "update", json!({ "id": room, "record": true, "record_mode": "ROOM_COMPOSITE_AND_CHAT" })).await;
    assert_eq!((&told["record"], &told["record_mode"]), (&json!(true), &json!("ROOM_COMPOSITE_AND_CHAT")));
    until("it is recorded again", || async { recordings().await[0]["state"] == "recording" }).await;
    assert_eq!(recordings().await[0]["layout"], "grid_and_chat");
    assert_eq!(post(api, "stop", json!({ "id": room })).await.0, StatusCode::OK);
    expect_out(&mut events).await;
    until("the recordings are over", || async {
        let all = recordings().await;
        all.as_array().expect("a list").iter().all(|one| matches!(one["state"].as_str(), Some("available" | "failed")))
    })
    .await;
}
