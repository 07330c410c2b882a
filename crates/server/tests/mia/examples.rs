//! Every request example of the reference document, as written but for base URL, key, room id, and the broken quotes and
//! commas.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use visita_server::MiaConfig;

use crate::{
    As, call,
    common::Server,
    issuer::{Key, Provider},
    mia, own, room_id,
};

const THREE_IDS: &str = r#"{
"participants": ["user1_auth0_id", "user2_auth0_id", "user3_auth0_id"],
"start_date": "2022-02-22T15:30:00.000Z",
"end_date": "2022-02-22T16:30:00.000Z"
}"#;
const THREE_OF_THREE: &str = r#"{
"participants": {
"number": 3,
"data": [
{
"userExternalId": "user1_auth0_id",
"language": "it"
},
{
"userExternalId": "user2_auth0_id",
"language": "it"
},
{
"userExternalId": "user3_auth0_id",
"language": "it"
}
]
},
"start_date": "2022-02-22T15:30:00.000Z",
"end_date": "2022-02-22T16:30:00.000Z"
}"#;
const TWO_OF_THREE: &str = r#"{
"participants": {
"number": 3,
"data": [
{
"userExternalId": "user1_auth0_id",
"language": "it"
},
{
"userExternalId": "user2_auth0_id",
"language": "it"
}
]
},
"start_date": "2022-02-22T15:30:00.000Z",
"end_date": "2022-02-22T16:30:00.000Z"
}"#;
const WITHOUT_AUTH0: &str = r#"{
"participants": {
"number": 3,
"data": [
{
"userExternalId": "user1_external_id",
"groups": ["doctor"],
"fullName": "Joe Smith",
"language": "it"
},
{
"userExternalId": "user3_external_id",
"groups": ["patient"],
"fullName": "Jane Doe",
"language": "it"
}
]
},
"start_date": "2022-02-22T15:30:00.000Z",
"end_date": "2022-02-22T16:30:00.000Z"
}"#;
const WITH_DURATION: &str = r#"{
"participants": ["user1_auth0_id", "user2_auth0_id", "user3_auth0_id"],
"start_date": "2022-02-22T15:30:00.000Z",
"duration_in_seconds": 3600
}"#;
const ADD_WITH_AUTH0: &str = r#"{
"userExternalId": "user3_auth0_id",
"language": "it"
}"#;
const ADD_WITHOUT_AUTH0: &str = r#"{
"userExternalId": "user1_external_id",
"groups": ["doctor"],
"fullName": "Joe Smith",
"language": "it"
}"#;

/// A server with an issuer, and the token of its doctor.
async fn with_issuer() -> (Server, Provider, String, String) {
    let key = Key::new("k1");
    let provider = Provider::start(&[&key]).await;
    let server = mia(MiaConfig { issuer: Some(provider.issuer()), delete_uploads: true, ..MiaConfig::default() }).await;
    let doctor = key.token(&provider, "user1_auth0_id", &["doctor"]);
    let patient = key.token(&provider, "user2_auth0_id", &["patient"]);
    (server, provider, doctor, patient)
}

fn fields(value: &Value) -> Vec<&str> {
    let mut names: Vec<_> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn posts_with_an_issuer() {
    let (server, _provider, doctor, patient) = with_issuer().await;
    // Before anybody signed in nobody is known to be a doctor.
    let refused = call(&server, As::Key, Method::POST, "/teleconsultation", THREE_IDS).await;
    let no_plus = json!({ "error": "Failed POST /teleconsultation: no plus user in room" });
    assert_eq!(refused, (StatusCode::BAD_REQUEST, no_plus));
    for (body, is_complete) in [(THREE_IDS, true), (THREE_OF_THREE, true), (TWO_OF_THREE, false), (WITH_DURATION, true)]
    {
        let made = call(&server, As::Token(&doctor), Method::POST, "/teleconsultation", body).await;
        assert_eq!(fields(&made.1), ["roomId"], "{made:?}");
        let path = format!("/teleconsultation/{}", room_id(&made));
        let seen = call(&server, As::Token(&patient), Method::GET, &path, "").await;
        assert_eq!(seen.0, StatusCode::OK, "{body}: {}", seen.1);
        assert_eq!(seen.1["bandyerUserId"], "user2_auth0_id");
        assert_eq!(seen.1["accessLinkURL"].is_string(), is_complete, "{body}");
        assert_eq!(seen.1["details"]["durationInSeconds"], 3600, "an hour, by either field");
        let others: Vec<_> = seen.1["participantsBandyerCall"].as_array().expect("a list").iter().collect();
        assert_eq!(others.len(), if is_complete { 2 } else { 1 });
        assert_eq!(fields(others[0]), ["bandyerUserId", "fullName"]);
        assert_eq!(others[0]["fullName"], "Name of user1_auth0_id", "as the token of who made it calls them");
    }
}

#[tokio::test]
async fn posts_without_an_issuer_and_the_last_one_added() {
    let server = mia(MiaConfig::default()).await;
    let made = call(&server, As::Key, Method::POST, "/teleconsultation", WITHOUT_AUTH0).await;
    let room = room_id(&made);
    let before = own(&server, &room, "user3_external_id").await;
    assert_eq!((before.0, &before.1["accessLinkURL"]), (StatusCode::OK, &Value::Null));
    // The document adds user1, who is there already, and says so of another room: here the third one is.
    let path = format!("/teleconsultation/{room}/participants/data");
    let again = call(&server, As::Key, Method::POST, &path, ADD_WITHOUT_AUTH0).await;
    assert_eq!((again.0, &again.1["code"]), (StatusCode::CONFLICT, &json!("conflict")));
    let third = ADD_WITHOUT_AUTH0.replace("user1_external_id", "user2_external_id");
    assert_eq!(call(&server, As::Key, Method::POST, &path, &third).await, (StatusCode::CREATED, Value::Null));

    let (status, seen) = own(&server, &room, "user3_external_id").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(fields(&seen), ["accessLinkURL", "bandyerUserId", "details", "participantsBandyerCall"]);
    assert_eq!(seen["bandyerUserId"], "user3_external_id");
    assert!(seen["accessLinkURL"].as_str().expect("a link").starts_with(&format!("{}/join/", server.api.base)));
    let others = json!([
        { "bandyerUserId": "user1_external_id", "fullName": "Joe Smith" },
        { "bandyerUserId": "user2_external_id", "fullName": "Joe Smith" },
    ]);
    assert_eq!(seen["participantsBandyerCall"], others);
    let mut details = seen["details"].clone();
    let made_at = details["creationDate"].take();
    assert!(made_at.as_str().is_some_and(|at| at.len() == 24 && at.ends_with('Z')), "{made_at}");
    let as_new = json!({ "recording": "none", "recordingStatus": "stopped", "callType": "audio_video", "description": "",
        "status": "NOT_RUNNING", "disabled": false, "creationDate": null, "durationInSeconds": 3600,
        "durationUsedInSeconds": 0, "live": true });
    assert_eq!(details, as_new);
}

#[tokio::test]
async fn patches() {
    let (server, _provider, doctor, _patient) = with_issuer().await;
    let as_doctor = As::Token(&doctor);
    for body in [THREE_IDS, THREE_OF_THREE, TWO_OF_THREE, WITH_DURATION] {
        // Somebody is unknown: it may be changed although it began in 2022.
        let made = call(&server, as_doctor, Method::POST, "/teleconsultation", TWO_OF_THREE).await;
        let room = room_id(&made);
        let path = format!("/teleconsultation/{room}");
        assert_eq!(call(&server, as_doctor, Method::PATCH, &path, body).await, (StatusCode::NO_CONTENT, Value::Null));
        let (status, seen) = call(&server, as_doctor, Method::GET, &path, "").await;
        assert_eq!((status, &seen["details"]["durationInSeconds"]), (StatusCode::OK, &json!(3600)));
        let is_complete = body != TWO_OF_THREE;
        assert_eq!(seen["accessLinkURL"].is_string(), is_complete, "the id stays, and it comes to life");
        let again = call(&server, as_doctor, Method::PATCH, &path, body).await;
        if is_complete {
            assert_eq!((again.0, &again.1["code"]), (StatusCode::CONFLICT, &json!("room_frozen")), "{body}");
        } else {
            assert_eq!(again.0, StatusCode::NO_CONTENT);
        }
    }
    // As printed the last example names no room.
    let without_id = call(&server, as_doctor, Method::PATCH, "/teleconsultation", WITH_DURATION).await;
    assert_eq!((without_id.0, without_id.1["error"].is_string()), (StatusCode::METHOD_NOT_ALLOWED, true));

    let server = mia(MiaConfig::default()).await;
    let room = room_id(&call(&server, As::Key, Method::POST, "/teleconsultation", WITHOUT_AUTH0).await);
    let path = format!("/teleconsultation/{room}");
    let changed = call(&server, As::Key, Method::PATCH, &path, WITHOUT_AUTH0).await;
    assert_eq!(changed, (StatusCode::NO_CONTENT, Value::Null));
}

#[tokio::test]
async fn the_last_one_added_with_an_issuer() {
    let (server, _provider, doctor, patient) = with_issuer().await;
    let room = room_id(&call(&server, As::Token(&doctor), Method::POST, "/teleconsultation", TWO_OF_THREE).await);
    let path = format!("/teleconsultation/{room}/participants/data");
    let added = call(&server, As::Token(&doctor), Method::POST, &path, ADD_WITH_AUTH0).await;
    assert_eq!(added, (StatusCode::CREATED, Value::Null));
    let seen = call(&server, As::Token(&patient), Method::GET, &format!("/teleconsultation/{room}"), "").await;
    assert!(seen.1["accessLinkURL"].is_string(), "{}", seen.1);
}

#[tokio::test]
async fn get_of_a_room_that_is_none_and_of_somebody_who_takes_no_part() {
    let server = mia(MiaConfig::default()).await;
    let missing = call(&server, As::KeyFor("user1"), Method::GET, "/teleconsultation/room_xyz", "").await;
    assert_eq!(missing, (StatusCode::NOT_FOUND, json!({ "error": "Room with id room_xyz not found on CRUD" })));
    let room = room_id(&call(&server, As::Key, Method::POST, "/teleconsultation", WITHOUT_AUTH0).await);
    let unauthorized = (StatusCode::UNAUTHORIZED, json!({ "error": "Unauthorized user" }));
    assert_eq!(own(&server, &room, "user2_external_id").await, unauthorized);
}

#[tokio::test]
async fn deletes() {
    let server = mia(MiaConfig { delete_uploads: true, ..MiaConfig::default() }).await;
    let room = room_id(&call(&server, As::Key, Method::POST, "/teleconsultation", WITHOUT_AUTH0).await);
    let path = format!("/teleconsultation/{room}");
    let uploads = call(&server, As::Key, Method::DELETE, &format!("{path}/uploads"), "").await;
    assert_eq!(uploads, (StatusCode::OK, json!({ "total": 0, "deleted": 0 })));
    assert_eq!(call(&server, As::Key, Method::DELETE, &path, "").await, (StatusCode::NO_CONTENT, Value::Null));
    let gone = json!({ "error": format!("Room with id {room} not found on CRUD") });
    assert_eq!(own(&server, &room, "user1_external_id").await, (StatusCode::NOT_FOUND, gone.clone()));
    assert_eq!(call(&server, As::Key, Method::DELETE, &path, "").await, (StatusCode::NOT_FOUND, gone));
}

#[tokio::test]
async fn credentials() {
    let (server, _provider, _doctor, patient) = with_issuer().await;
    let (status, made) =
        call(&server, As::Token(&patient), Method::POST, "/credentials", r#"{"expiresIn": 3600}"#).await;
    assert_eq!((status, fields(&made)), (StatusCode::CREATED, vec!["accessToken", "bandyerUserId", "expiresAt"]));
    assert_eq!(made["bandyerUserId"], "user2_auth0_id");
    assert!(made["expiresAt"].as_str().is_some_and(|at| at.len() == 24 && at.ends_with('Z')), "{made}");
    let unauthorized = (StatusCode::UNAUTHORIZED, json!({ "error": "Unauthorized user" }));
    assert_eq!(call(&server, As::Nobody, Method::POST, "/credentials", r#"{"expiresIn": 3600}"#).await, unauthorized);
}
