//! Fields that are refused, and lists that are filtered, sorted and paged.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{AUDIO, RECORDED, TEAM, WEBINAR, call_as, is_refused, made, post, token};
use crate::common::server;

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
