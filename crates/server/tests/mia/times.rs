//! When links are told, and until when a visit may be changed.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use visita_server::MiaConfig;

use crate::{As, call, common::until, from_now, link, mia, own, patch, person, post, room_id, two, visit};

fn starting(seconds: u64, number: u32, people: &[Value]) -> Value {
    let mut body = visit(number, people);
    body["start_date"] = json!(from_now(seconds));
    body
}

#[tokio::test]
async fn without_a_window_nobody_has_a_link_before_the_start() {
    let server = mia(MiaConfig::default()).await;
    let room = room_id(&post(&server, As::Key, "/teleconsultation", &starting(3600, 2, &two())).await);
    let (status, told) = own(&server, &room, "pat").await;
    assert_eq!((status, &told["accessLinkURL"]), (StatusCode::OK, &Value::Null));
    let path = format!("/teleconsultation/{room}");
    // In three seconds: null until then, and there from then on.
    assert_eq!(patch(&server, &path, &json!({ "start_date": from_now(3) })).await.0, StatusCode::NO_CONTENT);
    until("the link", || async { own(&server, &room, "pat").await.1["accessLinkURL"].is_string() }).await;
    let frozen = patch(&server, &path, &json!({ "duration_in_seconds": 600 })).await;
    assert_eq!((frozen.0, &frozen.1["code"]), (StatusCode::CONFLICT, &json!("room_frozen")));
    assert_eq!(server.api.enter(&link(&own(&server, &room, "pat").await), json!({})).await.0, StatusCode::OK);
}

#[tokio::test]
async fn in_the_window_links_are_told_and_nothing_is_changed_any_more() {
    let server = mia(MiaConfig { immutable_period_ms: 900_000, ..MiaConfig::default() }).await;
    let room = room_id(&post(&server, As::Key, "/teleconsultation", &starting(600, 2, &two())).await);
    let path = format!("/teleconsultation/{room}");
    let told = own(&server, &room, "pat").await;
    let (status, entry) = server.api.enter(&link(&told), json!({})).await;
    assert_eq!(status, StatusCode::OK, "who has the link may use it, before the start too: {entry}");
    for change in [
        json!({ "start_date": from_now(7200) }),
        json!({ "participants": { "number": 3, "data": two() } }),
        json!({ "duration_in_seconds": 600 }),
    ] {
        let answer = patch(&server, &path, &change).await;
        assert_eq!((answer.0, &answer.1["code"]), (StatusCode::CONFLICT, &json!("room_frozen")), "{change}");
    }
    assert_eq!(own(&server, &room, "pat").await.1["accessLinkURL"], told.1["accessLinkURL"], "the link stays");

    // With somebody unknown there are no links, and it may be changed and filled.
    let room = room_id(&post(&server, As::Key, "/teleconsultation", &starting(600, 3, &two())).await);
    let path = format!("/teleconsultation/{room}");
    assert_eq!(own(&server, &room, "pat").await.1["accessLinkURL"], Value::Null);
    let (_, as_made) = server.api.get(&format!("/v2/rooms/{room}")).await;
    let early = as_made["user_urls"][1]["url"].as_str().expect("a link");
    let answer = server.api.enter(early, json!({})).await;
    assert_eq!(
        (answer.0, &answer.1["error"]["code"]),
        (StatusCode::FORBIDDEN, &json!("room_not_started")),
        "by no way"
    );
    assert_eq!(patch(&server, &path, &json!({ "duration_in_seconds": 600 })).await.0, StatusCode::NO_CONTENT);
    let last = post(&server, As::Key, &format!("{path}/participants/data"), &person("nurse", "doctor")).await;
    assert_eq!(last.0, StatusCode::CREATED);
    let told = own(&server, &room, "pat").await;
    assert_eq!(link(&told).split('?').next(), Some(early), "who was there keeps the link");
    assert_eq!(server.api.enter(&link(&told), json!({})).await.0, StatusCode::OK);
    let frozen = patch(&server, &path, &json!({ "duration_in_seconds": 900 })).await;
    assert_eq!((frozen.0, &frozen.1["code"]), (StatusCode::CONFLICT, &json!("room_frozen")));
}

#[tokio::test]
async fn a_visit_that_began_with_somebody_unknown_is_filled_afterwards() {
    let server = mia(MiaConfig::default()).await;
    let room = room_id(&post(&server, As::Key, "/teleconsultation", &visit(3, &two())).await);
    let path = format!("/teleconsultation/{room}");
    assert_eq!(own(&server, &room, "dr").await.1["accessLinkURL"], Value::Null);
    assert_eq!(patch(&server, &path, &json!({ "duration_in_seconds": 1200 })).await.0, StatusCode::NO_CONTENT);
    assert_eq!(patch(&server, &path, &json!({ "participants": { "number": 2 } })).await.0, StatusCode::NO_CONTENT);
    assert!(own(&server, &room, "dr").await.1["accessLinkURL"].is_string(), "two are all that take part");
}

#[tokio::test]
async fn without_limit_there_is_no_duration_and_no_need_for_one() {
    let server = mia(MiaConfig { unlimited: true, live: false, ..MiaConfig::default() }).await;
    let mut body = visit(2, &two());
    let room = room_id(&post(&server, As::Key, "/teleconsultation", &body).await);
    let details = own(&server, &room, "pat").await.1["details"].clone();
    assert_eq!((&details["durationInSeconds"], &details["live"]), (&Value::Null, &json!(false)));
    body.as_object_mut().expect("an object").remove("duration_in_seconds");
    room_id(&post(&server, As::Key, "/teleconsultation", &body).await);
    body["duration_in_seconds"] = json!(60);
    assert_eq!(post(&server, As::Key, "/teleconsultation", &body).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_room_runs_while_somebody_is_in_and_its_links_end_with_it() {
    let server = mia(MiaConfig { live: false, ..MiaConfig::default() }).await;
    let room = room_id(&post(&server, As::Key, "/teleconsultation", &visit(2, &two())).await);
    let url = link(&own(&server, &room, "pat").await);
    let mut pat = server.api.come(&url, "Pat").await;
    assert_eq!(own(&server, &room, "dr").await.1["details"]["status"], "RUNNING");
    let deleted = call(&server, As::Key, Method::DELETE, &format!("/teleconsultation/{room}"), "").await;
    assert_eq!(deleted.0, StatusCode::NO_CONTENT);
    pat.expect_closed_after("room_closed").await;
    let answer = server.api.enter(&url, json!({})).await;
    assert_eq!((answer.0, &answer.1["error"]["code"]), (StatusCode::FORBIDDEN, &json!("room_ended")));
    let (_, audit) = server.api.get(&format!("/v2/audit?room_id={room}")).await;
    assert_eq!(audit["entries"][0]["action"], "room_deleted", "{audit}");
    // Switched off by another dialect, its link is told no more.
    let room = room_id(&post(&server, As::Key, "/teleconsultation", &visit(2, &two())).await);
    server.api.post(&format!("/v2/rooms/{room}/disable"), &json!({})).await;
    let told = own(&server, &room, "pat").await.1;
    assert_eq!((&told["accessLinkURL"], &told["details"]["disabled"]), (&Value::Null, &json!(true)));
}
