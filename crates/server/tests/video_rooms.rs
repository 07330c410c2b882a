//! The Video Rooms API: every call, every refusal, who may what, and what it does to people who are in.

mod common;

use std::sync::Arc;

use axum::{Router, body::Bytes, extract::State};
use common::{
    Api, SOON, Server,
    media::{claims, connected, expect_joined, expect_no_entry, expect_out, join_by, next_that, publishes},
    server, server_with, until,
};
use parking_lot::Mutex;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use visita_rtc::{DisconnectReason, RtcEvent};
use visita_server::{Bootstrap, Rate, ServerConfig};

type Answer = (StatusCode, Value);

/// A call with the key of the development mode, or another, or none.
async fn call_as(api: &Api, key: Option<&str>, method: Method, path: &str, body: &str) -> Answer {
    let mut request = api.client.request(method, format!("{}/video-rooms/v2{path}", api.base)).timeout(SOON);
    if let Some(key) = key {
        request = request.bearer_auth(key);
    }
    if !body.is_empty() {
        request = request.header("content-type", "application/json").body(body.to_owned());
    }
    let response = request.send().await.expect("an answer");
    let status = response.status();
    let text = response.text().await.expect("a body");
    match text.as_str() {
        "" => (status, Value::Null),
        text => (status, serde_json::from_str(text).unwrap_or_else(|_| panic!("{path}: {status}: {text}"))),
    }
}

async fn get(api: &Api, path: &str) -> Answer {
    call_as(api, Some("devkey"), Method::GET, path, "").await
}

async fn post(api: &Api, path: &str, body: Value) -> Answer {
    call_as(api, Some("devkey"), Method::POST, path, &body.to_string()).await
}

async fn delete(api: &Api, path: &str) -> Answer {
    call_as(api, Some("devkey"), Method::DELETE, path, "").await
}

async fn made(api: &Api, body: Value) -> String {
    let (status, room) = post(api, "/rooms", body).await;
    assert_eq!(status, StatusCode::CREATED, "{room}");
    text(&room["data"]["id"])
}

async fn tokens(api: &Api, room: &str) -> Value {
    let (status, body) = post(api, &format!("/rooms/{room}/actions/generate_join_client_token"), json!({})).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    body["data"].clone()
}

async fn refresh(api: &Api, room: &str, token: &Value) -> Answer {
    let path = format!("/rooms/{room}/actions/refresh_client_token");
    call_as(api, None, Method::POST, &path, &json!({ "refresh_token": token }).to_string()).await
}

/// The session that runs in a room.
async fn session(api: &Api, room: &str) -> String {
    let (_, told) = get(api, &format!("/rooms/{room}")).await;
    text(&told["data"]["active_session_id"])
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

fn ids(list: &Value) -> Vec<String> {
    list["data"].as_array().unwrap_or_else(|| panic!("no list: {list}")).iter().map(|one| text(&one["id"])).collect()
}

fn identity(tokens: &Value) -> String {
    text(&claims(&tokens["token"])["sub"])
}

#[track_caller]
fn refused(answer: &Answer, status: u16, source: Option<(&str, &str)>) {
    assert_eq!(answer.0.as_u16(), status, "{}", answer.1);
    let fault = &answer.1["errors"][0];
    assert_eq!(keys(&answer.1), ["errors"], "{}", answer.1);
    for field in ["code", "title", "detail"] {
        assert!(fault[field].as_str().is_some_and(|text| !text.is_empty()), "{fault}");
    }
    match source {
        Some((kind, name)) => assert_eq!(fault["source"], json!({ kind: name }), "{fault}"),
        None => assert_eq!(fault.get("source"), None, "{fault}"),
    }
}

const POINTER: &str = "pointer";
const PARAMETER: &str = "parameter";

#[tokio::test]
async fn rooms_are_made_told_listed_changed_and_deleted() {
    let server = server().await;
    let api = &server.api;
    let body = json!({ "unique_name": "my-room", "max_participants": 20, "enable_recording": true });
    let (status, made_room) = post(api, "/rooms", body).await;
    assert_eq!(status, StatusCode::CREATED, "{made_room}");
    let room = &made_room["data"];
    assert_eq!(
        keys(room),
        [
            "active_session_id",
            "created_at",
            "enable_recording",
            "id",
            "max_participants",
            "record_type",
            "unique_name",
            "updated_at",
            "webhook_event_failover_url",
            "webhook_event_url",
            "webhook_timeout_secs",
        ]
    );
    assert_eq!((&room["unique_name"], &room["max_participants"]), (&json!("my-room"), &json!(20)));
    assert_eq!((&room["enable_recording"], &room["record_type"]), (&json!(true), &json!("room")));
    assert_eq!(room["created_at"], room["updated_at"]);
    let id = text(&room["id"]);
    assert_eq!(get(api, &format!("/rooms/{id}")).await, (StatusCode::OK, made_room.clone()));
    let (status, bare) = call_as(api, Some("devkey"), Method::POST, "/rooms", "").await;
    assert_eq!((status, &bare["data"]["max_participants"]), (StatusCode::CREATED, &json!(10)), "{bare}");
    assert_eq!(bare["data"]["unique_name"], Value::Null);

    refused(&post(api, "/rooms", json!({ "unique_name": "my-room" })).await, 422, Some((POINTER, "/unique_name")));
    let path = format!("/rooms/{}", text(&bare["data"]["id"]));
    let taken = call_as(api, Some("devkey"), Method::PATCH, &path, r#"{"unique_name":"my-room"}"#).await;
    refused(&taken, 422, Some((POINTER, "/unique_name")));
    let body = r#"{"unique_name":"other","max_participants":5,"webhook_event_url":"https://a.example.org/"}"#;
    let (status, changed) = call_as(api, Some("devkey"), Method::PATCH, &path, body).await;
    assert_eq!((status, &changed["data"]["unique_name"]), (StatusCode::OK, &json!("other")), "{changed}");
    assert_eq!(changed["data"]["webhook_event_url"], "https://a.example.org/");
    assert!(changed["data"]["webhook_secret"].is_string(), "told once");
    let (_, told) = get(api, &path).await;
    assert_eq!((told["data"].get("webhook_secret"), &told["data"]["max_participants"]), (None, &json!(5)));
    let (_, told) = call_as(api, Some("devkey"), Method::PATCH, &path, r#"{"webhook_event_url":null}"#).await;
    assert_eq!(told["data"]["webhook_event_url"], Value::Null);
    assert_eq!(api.get("/v2/webhooks").await.1["total"], 0, "a room's webhook is none of the company's");

    let (status, all) = get(api, "/rooms?page[size]=1&page[number]=2").await;
    assert_eq!((status, ids(&all)), (StatusCode::OK, vec![id.clone()]), "the newest first");
    let meta = json!({ "page_number": 2, "page_size": 1, "total_pages": 2, "total_results": 2 });
    assert_eq!(all["meta"], meta);
    assert_eq!(ids(&get(api, "/rooms?filter[unique_name]=my-room").await.1), [id.as_str()]);
    assert!(ids(&get(api, "/rooms?filter[unique_name]=none").await.1).is_empty());
    let today = &text(&room["created_at"])[..10];
    for (filter, found) in [
        (format!("filter[date_created_at][gte]={today}"), 2),
        ("filter[date_created_at][lte]=2020-01-01".into(), 0),
        ("filter[date_updated_at][gte]=2099-01-01T00:00:00Z".into(), 0),
        (format!("filter[date_created_at][eq]={}", text(&room["created_at"])), 1),
    ] {
        assert_eq!(ids(&get(api, &format!("/rooms?{filter}")).await.1).len(), found, "{filter}");
    }
    assert_eq!(delete(api, &format!("/rooms/{id}")).await, (StatusCode::NO_CONTENT, Value::Null));
    refused(&get(api, &format!("/rooms/{id}")).await, 404, None);
    assert_eq!(post(api, "/rooms", json!({ "unique_name": "my-room" })).await.0, StatusCode::CREATED, "free again");
}

#[tokio::test]
async fn a_client_token_opens_its_room_and_is_refreshed_without_the_key() {
    let server = server().await;
    let api = &server.api;
    let room = made(api, json!({})).await;
    let other = made(api, json!({})).await;
    let path = format!("/rooms/{room}/actions/generate_join_client_token");
    let wanted = json!({ "token_ttl_secs": 120, "refresh_token_ttl_secs": 7200 });
    let (status, body) = post(api, &path, wanted).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    let first = &body["data"];
    assert_eq!(keys(first), ["refresh_token", "refresh_token_expires_at", "token", "token_expires_at"]);
    let told = claims(&first["token"]);
    let life = told["exp"].as_u64().expect("a time") - told["nbf"].as_u64().expect("a time");
    assert_eq!((life, &told["video"]["room"]), (120, &json!(room)));
    assert!(text(&first["token_expires_at"]) < text(&first["refresh_token_expires_at"]));
    let (media, mut events) = join_by(api, &first["token"]).await;
    assert!(publishes(&media).await);
    until("in the one", || async { connected(api, &room).await == 1 }).await;
    assert_eq!(connected(api, &other).await, 0);
    let second = tokens(api, &room).await;
    assert_ne!(identity(first), identity(&second), "one more participant");

    let (status, body) = refresh(api, &room, &first["refresh_token"]).await;
    assert_eq!((status, keys(&body["data"])), (StatusCode::CREATED, vec!["token", "token_expires_at"]), "{body}");
    assert_eq!(identity(&body["data"]), identity(first));
    join_by(api, &body["data"]["token"]).await;
    expect_out(&mut events).await;

    let cut = text(&first["refresh_token"]);
    for wrong in [json!(""), json!(cut[..cut.len() - 1]), first["token"].clone()] {
        refused(&refresh(api, &room, &wrong).await, 401, None);
    }
    refused(&refresh(api, &other, &first["refresh_token"]).await, 401, None);
    refused(&refresh(api, &room, &json!(7)).await, 422, Some((POINTER, "/refresh_token")));
    for (field, value) in [
        ("token_ttl_secs", json!(59)),
        ("token_ttl_secs", json!(3601)),
        ("token_ttl_secs", json!("600")),
        ("refresh_token_ttl_secs", json!(0)),
        ("refresh_token_ttl_secs", json!(86_401)),
        ("ttl", json!(600)),
    ] {
        let answer = post(api, &path, json!({ field: value })).await;
        refused(&answer, 422, Some((POINTER, &format!("/{field}"))));
    }
    assert_eq!(delete(api, &format!("/rooms/{room}")).await.0, StatusCode::NO_CONTENT);
    refused(&refresh(api, &room, &first["refresh_token"]).await, 401, None);
    refused(&post(api, &path, json!({})).await, 404, None);
    expect_no_entry(api, &second["token"]).await;
}

#[tokio::test]
async fn sessions_and_participants_are_told_while_and_after_they_last() {
    let server = server().await;
    let api = &server.api;
    let room = made(api, json!({})).await;
    let (ada, bea) = (tokens(api, &room).await, tokens(api, &room).await);
    let (ada_media, _ada) = join_by(api, &ada["token"]).await;
    until("Ada is in", || async { connected(api, &room).await == 1 }).await;
    let (bea_media, _bea) = join_by(api, &bea["token"]).await;
    until("both are in", || async { connected(api, &room).await == 2 }).await;
    let session = session(api, &room).await;
    let (status, told) = get(api, &format!("/room_sessions/{session}")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(keys(&told["data"]), ["active", "created_at", "ended_at", "id", "record_type", "room_id", "updated_at"]);
    assert_eq!((&told["data"]["active"], &told["data"]["room_id"]), (&json!(true), &json!(room)));
    let both = vec![identity(&bea), identity(&ada)];
    let (_, people) = get(api, &format!("/room_sessions/{session}/participants")).await;
    assert_eq!(ids(&people), both, "who came last first");
    assert_eq!(
        keys(&people["data"][0]),
        [
            "connection_quality",
            "context",
            "id",
            "is_audio_censored",
            "is_video_censored",
            "joined_at",
            "left_at",
            "record_type",
            "session_id",
            "updated_at",
        ]
    );
    assert_eq!(people["data"][0]["left_at"], Value::Null);
    let (_, told) = get(api, &format!("/room_sessions/{session}?include_participants=true")).await;
    assert_eq!(told["data"]["participants"], people["data"]);
    let (_, told) = get(api, &format!("/rooms/{room}?include_sessions=true")).await;
    assert_eq!(told["data"]["sessions"][0]["id"], json!(session));
    ada_media.leave().await;
    until("Ada has left", || async {
        let (_, told) = get(api, &format!("/room_participants/{}", identity(&ada))).await;
        told["data"]["left_at"].is_string()
    })
    .await;
    bea_media.leave().await;
    until("the session is over", || async {
        get(api, &format!("/room_sessions/{session}")).await.1["data"]["active"] == false
    })
    .await;
    let (_, told) = get(api, &format!("/room_sessions/{session}")).await;
    assert!(told["data"]["ended_at"].is_string(), "{told}");
    assert_eq!(get(api, &format!("/rooms/{room}")).await.1["data"]["active_session_id"], Value::Null);
    for (query, found) in [
        ("/room_sessions".to_owned(), vec![session.clone()]),
        (format!("/rooms/{room}/sessions"), vec![session.clone()]),
        (format!("/room_sessions?filter[room_id]={room}"), vec![session.clone()]),
        ("/room_sessions?filter[active]=true".into(), vec![]),
        ("/room_sessions?filter[active]=false&filter[date_ended_at][gte]=2020-01-01".into(), vec![session.clone()]),
        ("/room_sessions?filter[date_created_at][gte]=2099-01-01".into(), vec![]),
        ("/room_participants".into(), both.clone()),
        (format!("/room_participants?filter[session_id]={session}&page[size]=1"), both[..1].to_vec()),
        ("/room_participants?filter[date_left_at][lte]=2020-01-01".into(), vec![]),
        ("/room_participants?filter[date_joined_at][gte]=2020-01-01".into(), both.clone()),
        ("/room_participants?filter[session_id]=none".into(), vec![]),
    ] {
        let (status, list) = get(api, &query).await;
        assert_eq!((status, ids(&list)), (StatusCode::OK, found), "{query}");
    }
    let over = post(api, &format!("/room_sessions/{session}/actions/end"), json!({})).await;
    refused(&over, 422, None);
}

#[tokio::test]
async fn moderation_reaches_who_is_in() {
    let server = server().await;
    let api = &server.api;
    let room = made(api, json!({})).await;
    let mut people = Vec::new();
    for _ in 0..3 {
        let tokens = tokens(api, &room).await;
        let (media, events) = join_by(api, &tokens["token"]).await;
        people.push((identity(&tokens), tokens, media, events));
    }
    until("all are in", || async { connected(api, &room).await == 3 }).await;
    let session = session(api, &room).await;
    let act =
        async |action: &str, body: Value| post(api, &format!("/room_sessions/{session}/actions/{action}"), body).await;
    let done = (StatusCode::OK, json!({ "data": { "result": "ok" } }));
    let censored = async || {
        let (_, list) = get(api, &format!("/room_sessions/{session}/participants")).await;
        let list = list["data"].as_array().expect("a list").clone();
        people_of(&list, |one| one["is_audio_censored"] == true)
    };
    let [a, b, c] = [0, 1, 2].map(|index: usize| people[index].0.clone());

    // What moderation mutes is muted for everybody, and comes back.
    assert!(publishes(&people[0].2).await);
    let watcher = &mut people[1].3;
    next_that(watcher, "published", |event| matches!(event, RtcEvent::TrackPublished { .. }).then_some(())).await;
    until("all are told to be well connected", || async {
        let (_, list) = get(api, &format!("/room_sessions/{session}/participants")).await;
        list["data"].as_array().expect("a list").iter().all(|one| one["connection_quality"] == 5)
    })
    .await;
    assert_eq!(act("mute", json!({ "participants": [a] })).await, done);
    assert_eq!(censored().await, *std::slice::from_ref(&a));
    let muted = |wanted: bool| {
        move |event| matches!(event, RtcEvent::TrackMuted { muted, .. } if muted == wanted).then_some(())
    };
    next_that(watcher, "muted", muted(true)).await;
    assert_eq!(act("unmute", json!({ "participants": "all" })).await, done);
    assert!(censored().await.is_empty());
    assert_eq!(act("mute", json!({ "participants": "all", "exclude": [a] })).await, done);
    let mut others = vec![b.clone(), c.clone()];
    others.sort();
    assert_eq!(censored().await, others);

    // Refused as a whole, with a word on what is wrong.
    for (body, source) in [
        (json!({}), "/participants"),
        (json!({ "participants": "some" }), "/participants"),
        (json!({ "participants": [a, "nobody"] }), "/participants"),
        (json!({ "participants": "all", "exclude": "x" }), "/exclude"),
        (json!({ "participants": "all", "but": [] }), "/but"),
    ] {
        for action in ["kick", "mute", "unmute"] {
            let answer = act(action, body.clone()).await;
            refused(&answer, 422, Some((POINTER, source)));
        }
    }
    assert_eq!((connected(api, &room).await, censored().await), (3, others));

    // Who is kicked stays out of the session, whatever they hold.
    assert_eq!(act("kick", json!({ "participants": [b] })).await, done);
    assert_eq!(expect_out(&mut people[1].3).await, DisconnectReason::Removed);
    expect_no_entry(api, &people[1].1["token"]).await;
    refused(&refresh(api, &room, &people[1].1["refresh_token"]).await, 403, None);
    until("two are in", || async { connected(api, &room).await == 2 }).await;
    assert_eq!(act("end", json!({})).await, done);
    for index in [0, 2] {
        assert_eq!(expect_out(&mut people[index].3).await, DisconnectReason::RoomEnded);
    }
    until("it is over", || async { get(api, &format!("/room_sessions/{session}")).await.1["data"]["active"] == false })
        .await;
    expect_no_entry(api, &people[0].1["token"]).await;
    let (status, again) = refresh(api, &room, &people[1].1["refresh_token"]).await;
    assert_eq!(status, StatusCode::CREATED, "another session: {again}");
    let (_, log) = api.get(&format!("/v2/audit?room_id={room}")).await;
    let actions: Vec<_> = log["entries"].as_array().expect("lines").iter().map(|line| text(&line["action"])).collect();
    let expected =
        ["session_ended", "participants_removed", "participants_muted", "participants_unmuted", "participants_muted"];
    assert_eq!(actions, expected, "the newest first");
}

fn people_of(list: &[Value], is: impl Fn(&Value) -> bool) -> Vec<String> {
    let mut found: Vec<_> = list.iter().filter(|one| is(one)).map(|one| text(&one["id"])).collect();
    found.sort();
    found
}

#[tokio::test]
async fn a_full_room_gives_no_token_and_a_deleted_one_puts_all_out() {
    let server = server().await;
    let api = &server.api;
    let room = made(api, json!({ "max_participants": 2 })).await;
    let mut people = Vec::new();
    for _ in 0..2 {
        people.push(join_by(api, &tokens(api, &room).await["token"]).await);
    }
    until("both are in", || async { connected(api, &room).await == 2 }).await;
    let path = format!("/rooms/{room}/actions/generate_join_client_token");
    let full = post(api, &path, json!({})).await;
    refused(&full, 422, None);
    assert_eq!(full.1["errors"][0]["code"], "room_full");
    let identity = people[1].0.identity().to_owned();
    expect_joined(&mut people[0].1, &identity).await;
    assert_eq!(delete(api, &format!("/rooms/{room}")).await.0, StatusCode::NO_CONTENT);
    for (_, events) in &mut people {
        expect_out(events).await;
    }
}

#[tokio::test]
async fn recordings_are_listed_fetched_and_deleted() {
    let Some(recorder) = common::recorder("recordings_are_listed_fetched_and_deleted") else { return };
    let server = server_with(ServerConfig { recorder: Some(recorder), ..ServerConfig::default() }).await;
    let api = &server.api;
    let room = made(api, json!({ "enable_recording": true })).await;
    let path = format!("/rooms/{room}/actions/generate_join_client_token");
    let record = async || {
        let before = ids(&get(api, "/room_recordings").await.1).len();
        let (_, body) = post(api, &path, json!({ "recording_consent": true })).await;
        let (media, _events) = join_by(api, &body["data"]["token"]).await;
        assert!(publishes(&media).await);
        let list = async || get(api, "/room_recordings").await.1["data"].clone();
        until("it is recorded", || async { list().await.as_array().is_some_and(|all| all.len() > before) }).await;
        let id = text(&list().await[0]["id"]);
        let under_way = delete(api, &format!("/room_recordings/{id}")).await;
        refused(&under_way, 422, None);
        tokio::time::timeout(SOON, media.leave()).await.expect("left");
        until("it is over", || async { list().await[0]["status"] != "processing" }).await;
        id
    };
    let first = record().await;
    let (status, told) = get(api, &format!("/room_recordings/{first}")).await;
    assert_eq!(status, StatusCode::OK);
    let recording = &told["data"];
    assert_eq!(
        keys(recording),
        [
            "codec",
            "download_url",
            "duration_secs",
            "ended_at",
            "id",
            "participant_id",
            "record_type",
            "room_id",
            "session_id",
            "size_mb",
            "started_at",
            "status",
            "type",
        ]
    );
    // Nothing was sent that could be in a file; what files are like when there are some is tested with people who send.
    assert_eq!((&recording["type"], &recording["participant_id"]), (&Value::Null, &Value::Null));
    let session = text(&recording["session_id"]);
    let status = text(&recording["status"]);
    for (filter, found) in [
        (format!("filter[room_id]={room}"), 1),
        (format!("filter[session_id]={session}"), 1),
        ("filter[session_id]=none".into(), 0),
        ("filter[participant_id]=somebody".into(), 0),
        (format!("filter[status]={status}"), 1),
        ("filter[type]=composite".into(), 0),
        ("filter[status]=processing".into(), 0),
        ("filter[type]=audio".into(), 0),
        ("filter[duration_secs][gte]=3600".into(), 0),
        ("filter[duration_secs][lte]=3600".into(), 1),
        ("filter[date_started_at][gte]=2020-01-01".into(), 1),
        ("filter[date_ended_at][lte]=2020-01-01".into(), 0),
    ] {
        let (_, list) = get(api, &format!("/room_recordings?{filter}")).await;
        assert_eq!(ids(&list).len(), found, "{filter}: {list}");
    }
    let nothing = post(api, "/room_compositions", json!({ "session_id": session })).await;
    refused(&nothing, 422, None);
    assert_eq!(delete(api, &format!("/room_recordings/{first}")).await.0, StatusCode::NO_CONTENT);
    refused(&get(api, &format!("/room_recordings/{first}")).await, 404, None);

    record().await;
    let second = record().await;
    refused(&delete(api, "/room_recordings").await, 422, Some((PARAMETER, "filter")));
    refused(&delete(api, "/room_recordings?page[size]=1").await, 422, Some((PARAMETER, "filter")));
    assert_eq!(ids(&get(api, "/room_recordings").await.1).len(), 2, "nothing is deleted");
    for (filter, count) in [("filter[type]=audio", 0), ("filter[date_started_at][lte]=2020-01-01", 0)] {
        let (_, told) = delete(api, &format!("/room_recordings?{filter}")).await;
        assert_eq!(told["data"]["room_recordings"], count, "{filter}");
    }
    let (_, told) = get(api, &format!("/room_recordings/{second}")).await;
    let session = text(&told["data"]["session_id"]);
    let one = delete(api, &format!("/room_recordings?filter[session_id]={session}")).await;
    assert_eq!(one, (StatusCode::OK, json!({ "data": { "room_recordings": 1 } })));
    let one = delete(api, &format!("/room_recordings?filter[room_id]={room}")).await;
    assert_eq!(one, (StatusCode::OK, json!({ "data": { "room_recordings": 1 } })));
    assert!(ids(&get(api, "/room_recordings").await.1).is_empty());
}

#[tokio::test]
async fn compositions_are_refused_by_the_name_of_what_is_wrong() {
    let server = server().await;
    let api = &server.api;
    let room = made(api, json!({})).await;
    let (media, _events) = join_by(api, &tokens(api, &room).await["token"]).await;
    until("in", || async { connected(api, &room).await == 1 }).await;
    let (_, sessions) = get(api, "/room_sessions").await;
    let session = text(&sessions["data"][0]["id"]);
    tokio::time::timeout(SOON, media.leave()).await.expect("left");
    let layout = |part: Value| json!({ "session_id": session, "video_layout": { "main": part } });
    for (body, pointer) in [
        (json!({}), "/session_id"),
        (json!({ "session_id": session, "format": "avi" }), "/format"),
        (json!({ "session_id": session, "resolution": "1280" }), "/resolution"),
        (json!({ "session_id": session, "resolution": "1280x1280" }), "/resolution"),
        (json!({ "session_id": session, "resolution": "15x720" }), "/resolution"),
        (json!({ "session_id": session, "resolution": "1281x720" }), "/resolution"),
        (json!({ "session_id": session, "webhook_timeout_secs": 31 }), "/webhook_timeout_secs"),
        (json!({ "session_id": session, "webhook_event_url": "nowhere" }), "/webhook_event_url"),
        (
            json!({ "session_id": session, "webhook_event_failover_url": "https://example.com/" }),
            "/webhook_event_failover_url",
        ),
        (json!({ "session_id": session, "video_layout": { "a": {}, "b": {}, "c": {} } }), "/video_layout"),
        (layout(json!({ "x_pos": 1280 })), "/video_layout/main/x_pos"),
        (layout(json!({ "y_pos": 720 })), "/video_layout/main/y_pos"),
        (layout(json!({ "z_pos": 100 })), "/video_layout/main/z_pos"),
        (layout(json!({ "width": 1281 })), "/video_layout/main/width"),
        (layout(json!({ "height": 0 })), "/video_layout/main/height"),
        (layout(json!({ "max_columns": 0 })), "/video_layout/main/max_columns"),
        (layout(json!({ "max_rows": 0 })), "/video_layout/main/max_rows"),
        (layout(json!({ "video_sources": ["somebody"] })), "/video_layout/main/video_sources"),
        (layout(json!({ "video_sources": ["a b"] })), "/video_layout/main/video_sources"),
    ] {
        refused(&post(api, "/room_compositions", body).await, 422, Some((POINTER, pointer)));
    }
    // Nothing is wrong with it, but nothing was recorded.
    refused(&post(api, "/room_compositions", json!({ "session_id": session })).await, 422, None);
    refused(&post(api, "/room_compositions", json!({ "session_id": "none" })).await, 404, None);
    assert!(ids(&get(api, "/room_compositions").await.1).is_empty());
    refused(&get(api, "/room_compositions?filter[status]=made").await, 422, Some((PARAMETER, "filter[status]")));
    for method in ["get", "delete"] {
        let answer = if method == "get" {
            get(api, "/room_compositions/none").await
        } else {
            delete(api, "/room_compositions/none").await
        };
        refused(&answer, 404, None);
    }
}

#[tokio::test]
async fn a_rooms_webhook_hears_of_it_and_of_nothing_else() {
    let taken: Arc<Mutex<Vec<Value>>> = Arc::default();
    let take = async |State(taken): State<Arc<Mutex<Vec<Value>>>>, body: Bytes| {
        taken.lock().push(serde_json::from_slice(&body).expect("JSON"));
    };
    let router = Router::new().fallback(take).with_state(taken.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    // Nobody listens there: each event goes to the one that stands in.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");

    let server = server().await;
    let api = &server.api;
    let hooks = json!({ "webhook_event_url": format!("http://{closed}/"), "webhook_event_failover_url": url,
                        "webhook_timeout_secs": 5 });
    let room = made(api, hooks).await;
    let other = made(api, json!({})).await;
    for room in [&other, &room] {
        let (media, _events) = join_by(api, &tokens(api, room).await["token"]).await;
        until("in", || async { connected(api, room).await == 1 }).await;
        media.leave().await;
    }
    let names = || taken.lock().iter().map(|event| text(&event["data"]["event_type"])).collect::<Vec<_>>();
    until("all is told", || async { names().len() >= 4 }).await;
    let mut told = names();
    told.sort();
    let expected = [
        "video.room.participant.joined",
        "video.room.participant.left",
        "video.room.session.ended",
        "video.room.session.started",
    ];
    assert_eq!(told, expected);
    for event in taken.lock().iter() {
        let data = &event["data"];
        assert_eq!(keys(data), ["event_type", "id", "occurred_at", "payload", "record_type"]);
        assert_eq!((&data["record_type"], &data["payload"]["room_id"]), (&json!("event"), &json!(room)));
        assert!(data["payload"]["session_id"].is_string(), "{event}");
        assert_eq!(data["payload"]["participant_id"].is_string(), text(&data["event_type"]).contains("participant"));
    }
}

#[tokio::test]
async fn what_breaks_a_rule_is_refused_by_its_part() {
    let server = server().await;
    let api = &server.api;
    let room = made(api, json!({ "unique_name": "it" })).await;
    for (field, value) in [
        ("unique_name", json!("")),
        ("unique_name", json!("x".repeat(201))),
        ("unique_name", json!(" x")),
        ("unique_name", json!(7)),
        ("max_participants", json!(1)),
        ("max_participants", json!(51)),
        ("max_participants", json!(-1)),
        ("max_participants", json!("10")),
        ("enable_recording", json!("yes")),
        ("webhook_event_url", json!("ftp://example.org/")),
        ("webhook_event_url", json!("x")),
        ("webhook_event_failover_url", json!("x")),
        ("webhook_event_failover_url", json!("https://example.org/")),
        ("webhook_timeout_secs", json!(31)),
        ("webhook_timeout_secs", json!(-1)),
        ("name", json!("x")),
    ] {
        let pointer = format!("/{field}");
        refused(&post(api, "/rooms", json!({ field: value })).await, 422, Some((POINTER, &pointer)));
        let body = json!({ field: value }).to_string();
        let answer = call_as(api, Some("devkey"), Method::PATCH, &format!("/rooms/{room}"), &body).await;
        refused(&answer, 422, Some((POINTER, &pointer)));
    }
    let (_, all) = get(api, "/rooms").await;
    assert_eq!((ids(&all), &all["data"][0]["unique_name"]), (vec![room.clone()], &json!("it")), "nothing changed");
    for body in ["{", "[]", "null", "name=x"] {
        refused(&call_as(api, Some("devkey"), Method::POST, "/rooms", body).await, 400, None);
    }
    for (path, parameter) in [
        ("/rooms?page[size]=0", "page[size]"),
        ("/rooms?page[size]=251", "page[size]"),
        ("/rooms?page[number]=0", "page[number]"),
        ("/rooms?page[number]=x", "page[number]"),
        ("/rooms?include_sessions=maybe", "include_sessions"),
        ("/rooms?filter[name]=x", "filter[name]"),
        ("/rooms?filter[date_created_at][gt]=2020-01-01", "filter[date_created_at][gt]"),
        ("/rooms?filter[date_created_at][eq]=yesterday", "filter[date_created_at][eq]"),
        ("/room_sessions?filter[active]=1", "filter[active]"),
        ("/room_sessions?filter[room_id]=a%20b", "filter[room_id]"),
        ("/room_participants?limit=1", "limit"),
        ("/room_recordings?filter[status]=done", "filter[status]"),
        ("/room_recordings?filter[type]=gif", "filter[type]"),
        ("/room_recordings?filter[duration_secs][gte]=-1", "filter[duration_secs][gte]"),
    ] {
        refused(&get(api, path).await, 422, Some((PARAMETER, parameter)));
    }
    for path in [
        "/rooms/none",
        "/rooms/a%20b",
        "/rooms/none/sessions",
        "/room_sessions/none",
        "/room_sessions/none/participants",
        "/room_participants/none",
        "/room_recordings/none",
        "/room_compositions/none",
    ] {
        refused(&get(api, path).await, 404, None);
    }
    refused(&post(api, "/room_sessions/none/actions/end", json!({})).await, 404, None);
    refused(&call_as(api, Some("devkey"), Method::PUT, "/rooms", "").await, 405, None);
    let huge = format!(r#"{{"unique_name":"{}"}}"#, "x".repeat(300 * 1024));
    refused(&call_as(api, Some("devkey"), Method::POST, "/rooms", &huge).await, 413, None);
}

#[tokio::test]
async fn nobody_reaches_what_is_not_theirs() {
    let data = tempfile::tempdir().expect("a folder");
    let config = |bootstrap| ServerConfig { data: Some(data.path().to_owned()), bootstrap, ..ServerConfig::default() };
    let first = server_with(config(None)).await;
    let room = made(&first.api, json!({ "unique_name": "mine" })).await;
    let tokens = tokens(&first.api, &room).await;
    let (media, _events) = join_by(&first.api, &tokens["token"]).await;
    until("in", || async { connected(&first.api, &room).await == 1 }).await;
    let session = session(&first.api, &room).await;
    drop(media);
    first.running.stop().await;
    let other = Bootstrap { company_name: "Other".into(), api_key: "other-key".into() };
    let server: Server = server_with(config(Some(other))).await;
    let api = &server.api;
    assert_eq!(get(api, &format!("/rooms/{room}")).await.0, StatusCode::OK, "theirs");

    let person = identity(&tokens);
    let all = json!({ "participants": "all" }).to_string();
    let calls = [
        (Method::POST, "/rooms".to_owned(), "{}".to_owned()),
        (Method::GET, "/rooms".into(), String::new()),
        (Method::GET, format!("/rooms/{room}"), String::new()),
        (Method::PATCH, format!("/rooms/{room}"), "{}".into()),
        (Method::GET, format!("/rooms/{room}/sessions"), String::new()),
        (Method::POST, format!("/rooms/{room}/actions/generate_join_client_token"), "{}".into()),
        (Method::GET, "/room_sessions".into(), String::new()),
        (Method::GET, format!("/room_sessions/{session}"), String::new()),
        (Method::GET, format!("/room_sessions/{session}/participants"), String::new()),
        (Method::POST, format!("/room_sessions/{session}/actions/end"), String::new()),
        (Method::POST, format!("/room_sessions/{session}/actions/kick"), all.clone()),
        (Method::POST, format!("/room_sessions/{session}/actions/mute"), all.clone()),
        (Method::POST, format!("/room_sessions/{session}/actions/unmute"), all),
        (Method::GET, "/room_participants".into(), String::new()),
        (Method::GET, format!("/room_participants/{person}"), String::new()),
        (Method::GET, "/room_recordings".into(), String::new()),
        (Method::DELETE, "/room_recordings?filter[status]=completed".into(), String::new()),
        (Method::GET, "/room_recordings/none".into(), String::new()),
        (Method::DELETE, "/room_recordings/none".into(), String::new()),
        (Method::DELETE, format!("/rooms/{room}"), String::new()),
    ];
    for (method, path, body) in &calls {
        for key in [None, Some(""), Some("wrong"), Some("Devkey"), tokens["token"].as_str()] {
            refused(&call_as(api, key, method.clone(), path, body).await, 401, None);
        }
        let answer = call_as(api, Some("other-key"), method.clone(), path, body).await;
        match (method, path.as_str()) {
            (&Method::POST, "/rooms") => assert_eq!(answer.0, StatusCode::CREATED),
            (&Method::GET, "/rooms") => assert_eq!(ids(&answer.1).len(), 1, "their own"),
            (&Method::GET, "/room_sessions" | "/room_participants" | "/room_recordings") => {
                assert!(ids(&answer.1).is_empty(), "{path}: {answer:?}");
            }
            (_, "/room_recordings?filter[status]=completed") => {
                assert_eq!(answer.1["data"]["room_recordings"], 0);
            }
            _ => refused(&answer, 404, None),
        }
    }
    assert_eq!(get(api, &format!("/rooms/{room}")).await.1["data"]["unique_name"], "mine", "it is as it was");
    // A name is one company's own.
    let theirs = call_as(api, Some("other-key"), Method::POST, "/rooms", r#"{"unique_name":"mine"}"#).await;
    assert_eq!(theirs.0, StatusCode::CREATED, "{theirs:?}");
}

#[tokio::test]
async fn without_a_key_one_refreshes_only_so_often() {
    let mut config = ServerConfig::default();
    config.limits.per_address = Rate { burst: 3, per_second: 1 };
    let server = server_with(config).await;
    let api = &server.api;
    let room = made(api, json!({})).await;
    let tokens = tokens(api, &room).await;
    let mut statuses = Vec::new();
    for _ in 0..20 {
        let answer = refresh(api, &room, &tokens["refresh_token"]).await;
        if answer.0 == StatusCode::TOO_MANY_REQUESTS {
            refused(&answer, 429, None);
        }
        statuses.push(answer.0);
    }
    assert!(
        statuses.contains(&StatusCode::CREATED) && statuses.contains(&StatusCode::TOO_MANY_REQUESTS),
        "{statuses:?}"
    );
}
