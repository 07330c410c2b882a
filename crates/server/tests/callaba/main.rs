//! The conference API of Callaba: every example of its reference as written, every refusal, who may what, and what start,
//! stop and remove do to people who are in.

#[path = "../common/mod.rs"]
mod common;
mod doors;
mod examples;
mod fields;
mod people;

use common::{Api, SOON};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// What the reference sends to `create`, letter by letter: the five examples and, among them, the four presets.
pub(crate) const TEAM: &str = r#"{
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
pub(crate) const WEBINAR: &str = r#"{
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
pub(crate) const AUDIO: &str = r#"{
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
pub(crate) const RECORDED: &str = r#"{
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
pub(crate) const MAIN_STAGE: &str = r#"{
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

/// A call with the key of the development mode, or another, or none.
pub(crate) async fn call_as(
    api: &Api,
    key: Option<&str>,
    method: Method,
    path: &str,
    body: &str,
) -> (StatusCode, Value) {
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

pub(crate) async fn post(api: &Api, call: &str, body: Value) -> (StatusCode, Value) {
    call_as(api, Some("devkey"), Method::POST, &format!("/api/conferences/{call}"), &body.to_string()).await
}

pub(crate) async fn public(api: &Api, key: Option<&str>, call: &str, body: Value) -> (StatusCode, Value) {
    call_as(api, key, Method::POST, &format!("/api/conferences-public/{call}"), &body.to_string()).await
}

/// A room with these fields.
pub(crate) async fn made(api: &Api, fields: Value) -> String {
    let mut body: Value = serde_json::from_str(TEAM).expect("JSON");
    body.as_object_mut().expect("an object").extend(fields.as_object().expect("an object").clone());
    let (status, room) = post(api, "create", body).await;
    assert_eq!(status, StatusCode::OK, "{room}");
    room["id"].as_str().expect("an id").to_owned()
}

/// A token with the key, with these fields.
pub(crate) async fn token(api: &Api, room: &str, fields: Value) -> (StatusCode, Value) {
    public(api, Some("devkey"), "createToken", wanted(room, fields)).await
}

pub(crate) fn wanted(room: &str, fields: Value) -> Value {
    let mut body = json!({ "room_id": room, "LKRoomName": room, "participant_id": "participant-123" });
    body.as_object_mut().expect("an object").extend(fields.as_object().expect("an object").clone());
    body
}

pub(crate) fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

pub(crate) fn is_refused(answer: &(StatusCode, Value)) -> bool {
    answer.0.is_client_error()
        && answer.1["success"] == false
        && answer.1["error"]["code"].is_string()
        && answer.1["error"]["message"].is_string()
        && answer.1.get("participant_token").is_none()
        && answer.1.get("LKRoomName").is_none()
}

pub(crate) fn is_time(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.len() == "2026-03-24T16:00:00.000Z".len() && text.ends_with('Z'))
}
