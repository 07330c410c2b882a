//! Recordings through channel and HTTP, on the real server: who may start and see them, and what becomes of a recorder that
//! fails. What a recorder makes is tested where recorders are.

mod common;

use std::path::{Path, PathBuf};

use common::{Api, Person, Room, Server, code, server_with};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use visita_server::ServerConfig;

/// The next that is told of the recording.
async fn recording(person: &mut Person) -> Value {
    person.next_of("recording_changed").await["recording"].clone()
}

/// A server with that program for a recorder.
async fn with_recorder(program: &Path) -> Server {
    server_with(ServerConfig { recorder: Some(program.to_owned()), ..ServerConfig::default() }).await
}

/// A program that does this, with the folder it lies in.
#[cfg(unix)]
fn program(does: &str) -> (PathBuf, TempDir) {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("visita-recorder");
    std::fs::write(&program, format!("#!/bin/sh\n{does}\n")).expect("written");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).expect("made a program");
    (program, folder)
}

/// A room that is recorded so, with its host.
async fn room_with_host(server: &Server, mode: &str) -> (Room, Person) {
    server.api.users().await;
    let room = server.api.room(json!({ "recording": mode })).await;
    let host = server.api.come(&room.host, "Dr. Conti").await;
    (room, host)
}

/// Recordings of a room, once there are so many and all of them are finished.
async fn finished(api: &Api, room: &Room, count: usize) -> Vec<Value> {
    let path = format!("{}/recordings", room.path());
    let all = async || api.get(&path).await.1["recordings"].as_array().expect("a list").clone();
    let is_finished = |one: &Value| matches!(one["state"].as_str(), Some("available" | "failed"));
    common::until("recordings are finished", async || {
        let all = all().await;
        all.len() == count && all.iter().all(is_finished)
    })
    .await;
    all().await
}

#[cfg(unix)]
#[tokio::test]
async fn a_recorder_that_dies_at_once_is_tried_twice_and_then_everybody_knows() {
    let (program, _folder) = program("exit 1");
    let server = with_recorder(&program).await;
    let (room, mut host) = room_with_host(&server, "manual").await;
    host.send(json!({ "type": "start_recording" })).await;
    for state in ["starting", "starting"] {
        assert_eq!(recording(&mut host).await["state"], state);
    }
    assert_eq!(recording(&mut host).await, json!({ "state": "stopped", "reason": "failed" }));

    let all = finished(&server.api, &room, 2).await;
    for one in &all {
        assert_eq!(
            (&one["state"], &one["reason"], &one["bytes"]),
            (&json!("failed"), &json!("not_started"), &json!(0))
        );
        assert_eq!(one["mp4"], json!({ "state": "none", "progress": 0.0, "bytes": null }));
        let path = format!("{}/recordings/{}", room.path(), one["recording_id"].as_str().expect("an id"));
        for (method, path) in [(Method::GET, format!("{path}/content")), (Method::POST, format!("{path}/link"))] {
            let answer = server.api.call(method, &path, None, Some("devkey")).await;
            assert_eq!((answer.0, code(&answer)), (StatusCode::CONFLICT, "conflict"), "there is no file");
        }
        assert_eq!(server.api.delete(&path).await.0, StatusCode::NO_CONTENT);
        assert_eq!(server.api.get(&path).await.0, StatusCode::NOT_FOUND);
    }
    let (_, log) = server.api.get(&format!("/v2/audit?room_id={}", room.id)).await;
    let actions: Vec<_> = log["entries"].as_array().expect("a list").iter().map(|one| one["action"].clone()).collect();
    assert_eq!(actions, ["recording_deleted", "recording_deleted", "recording_started"]);
}

#[cfg(unix)]
#[tokio::test]
async fn an_automatic_room_goes_on_without_a_recorder_that_fails() {
    let (program, _folder) = program("echo not a report; exit 0");
    let server = with_recorder(&program).await;
    let (room, mut host) = room_with_host(&server, "automatic").await;
    while recording(&mut host).await["state"] != "stopped" {}
    host.send(json!({ "type": "chat", "key": "a", "text": "Good morning" })).await;
    host.next_of("chat").await;
    assert_eq!(finished(&server.api, &room, 2).await.len(), 2);
}

#[tokio::test]
async fn without_a_recorder_nothing_is_recorded_and_that_is_said() {
    let server = with_recorder(Path::new("/nothing/here")).await;
    let (room, mut host) = room_with_host(&server, "manual").await;
    host.send(json!({ "type": "start_recording" })).await;
    let refused = host.next().await;
    assert_eq!((&refused["type"], &refused["error"]["code"]), (&json!("refused"), &json!("recording_unavailable")));
    let answer = server.api.post(&format!("{}/recording/start", room.path()), &json!({})).await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::SERVICE_UNAVAILABLE, "recording_unavailable"));
    let answer = server.api.post(&format!("{}/recording/stop", room.path()), &json!({})).await;
    assert_eq!(answer.0, StatusCode::ACCEPTED, "nothing runs, and nothing does from now on");
    assert_eq!(server.api.get(&format!("{}/recordings", room.path())).await.1["total"], 0);
}

#[tokio::test]
async fn nobody_else_sees_that_there_are_recordings() {
    let server = with_recorder(Path::new("/nothing/here")).await;
    server.api.users().await;
    let (_, made) = server.api.post("/sdk/credentials", &json!({ "user_id": "dr" })).await;
    let (_, other) = server.api.post("/sdk/credentials", &json!({ "user_id": "pat" })).await;
    let token = |made: &Value| made["access_token"].as_str().expect("a token").to_owned();
    let body =
        json!({ "participants": [{ "user_id": "dr", "is_admin": true }, { "user_id": "pat" }], "recording": "manual" });
    let (_, room) = server.api.as_user(Method::POST, "/v2/rooms", body, &token(&made)).await;
    let room = Room::of(room);
    let list = format!("{}/recordings", room.path());
    let get = async |path: &str, of: &Value| server.api.as_user(Method::GET, path, json!({}), &token(of)).await;
    assert_eq!(get(&list, &made).await.0, StatusCode::OK);
    let answer = get(&list, &other).await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::NOT_FOUND, "room_not_found"), "a seat is no right to them");
    let answer = get(&format!("{list}/nothing"), &other).await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::NOT_FOUND, "room_not_found"));
    let answer = get(&format!("{list}/nothing"), &made).await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::NOT_FOUND, "not_found"));
    assert_eq!(server.api.call(Method::GET, "/v2/recordings", None, None).await.0, StatusCode::UNAUTHORIZED);
    for (query, field) in [("room_id=a%20b", "room_id"), ("session_id=%2e%2f", "session_id"), ("state=gone", "state")] {
        let answer = get(&format!("/v2/recordings?{query}"), &made).await;
        assert_eq!((answer.0, &answer.1["error"]["field"]), (StatusCode::BAD_REQUEST, &json!(field)));
    }
    let answer = server.api.call(Method::GET, "/recordings/no-such-code", None, None).await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::NOT_FOUND, "link_unknown"));
}

#[tokio::test]
async fn what_was_said_of_recording_is_told_back_and_asked_only_where_it_has_to_be() {
    let server = with_recorder(Path::new("/nothing/here")).await;
    server.api.users().await;
    let body = json!({
        "participants": [{ "user_id": "dr", "is_admin": true }, { "user_id": "pat", "recording_consent": true }],
        "recording": "automatic", "recording_layout": "grid_and_chat" });
    let (status, made) = server.api.post("/v2/rooms", &body).await;
    assert_eq!((status, &made["recording_layout"]), (StatusCode::CREATED, &json!("grid_and_chat")));
    let room = Room::of(made);
    assert_eq!(server.api.get(&room.path()).await.1["user_urls"][1]["recording_consent"], true);
    assert_eq!(server.api.look(&room.host).await.1["asks_consent"], true);
    assert_eq!(server.api.look(&room.guest).await.1["asks_consent"], false);
    let guest = server.api.come(&room.guest, "Ada").await;
    let consent = &guest.welcome["room"]["consent"];
    assert_eq!((&consent["answer"], &consent["text_version"]), (&json!(true), &json!("elsewhere")));

    for days in [json!(0), json!(36_501)] {
        let answer = server.api.patch("/v2/company", &json!({ "recording_retention_days": days })).await;
        assert_eq!(answer.1["error"]["field"], "recording_retention_days");
    }
    let (_, company) = server.api.patch("/v2/company", &json!({ "recording_retention_days": 30 })).await;
    assert_eq!(company["recording_retention_days"], 30);
    let (_, company) = server.api.patch("/v2/company", &json!({ "recording_retention_days": null })).await;
    assert_eq!(company["recording_retention_days"], Value::Null);
}

#[tokio::test]
async fn sessions_of_all_rooms_are_listed_for_who_manages_them() {
    let server = with_recorder(Path::new("/nothing/here")).await;
    let (room, mut host) = room_with_host(&server, "manual").await;
    host.send(json!({ "type": "chat", "key": "a", "text": "Good morning" })).await;
    host.next_of("chat").await;
    host.send(json!({ "type": "consent", "answer": true, "text_version": "en-1" })).await;
    host.next_of("consent_kept").await;
    let (_, list) = server.api.get("/v2/sessions?limit=1").await;
    let session = &list["sessions"][0];
    assert_eq!((&session["room_id"], &session["ended_at"]), (&json!(room.id), &Value::Null));
    assert_eq!(
        (&session["messages"], &session["recordings"], &session["people"]),
        (&json!(1), &json!(0), &json!(["Dr. Conti"]))
    );
    let path = format!("{}/sessions/{}", room.path(), session["session_id"].as_str().expect("an id"));
    let (_, details) = server.api.get(&path).await;
    let consents = details["consents"].as_array().expect("a list");
    assert_eq!((consents.len(), &consents[0]["answer"]), (1, &json!(true)));
    let (_, made) = server.api.post("/sdk/credentials", &json!({ "user_id": "pat" })).await;
    let token = made["access_token"].as_str().expect("a token");
    assert_eq!(server.api.as_user(Method::GET, "/v2/sessions", json!({}), token).await.1["total"], 0);
}
