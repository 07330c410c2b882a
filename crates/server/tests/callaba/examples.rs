//! Every example of the reference as written.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{AUDIO, MAIN_STAGE, RECORDED, TEAM, WEBINAR, call_as, is_time, keys};
use crate::common::{code, media::claims, server};

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
