//! What is refused, and that it changes nothing.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use visita_server::MiaConfig;

use crate::{As, call, common::Server, from_now, link, mia, own, patch, person, post, room_id, two, visit, words};

async fn rooms(server: &Server) -> (Value, Value) {
    (server.api.get("/v2/rooms").await.1["total"].clone(), server.api.get("/v2/users").await.1["total"].clone())
}

#[tokio::test]
async fn bodies_that_make_no_visit() {
    let server = mia(MiaConfig::default()).await;
    let with = |field: &str, value: Value| {
        let mut body = visit(2, &two());
        body[field] = value;
        body
    };
    let without = |field: &str| {
        let mut body = visit(2, &two());
        body.as_object_mut().expect("an object").remove(field);
        body
    };
    let of = |field: &str, value: Value| {
        let mut people = two();
        people[1][field] = value;
        visit(2, &people)
    };
    let end = |end: &str| {
        let mut body = without("duration_in_seconds");
        body["end_date"] = json!(end);
        body
    };
    let many: Vec<_> = (0..26).map(|n| person(&format!("p{n}"), "doctor")).collect();
    for (body, field) in [
        (without("participants"), "participants"),
        (without("start_date"), "start_date"),
        (without("duration_in_seconds"), "end_date"),
        (with("participants", json!("all")), "participants"),
        (with("participants", json!(["a", "b"])), "participants"),
        (with("participants", json!({ "data": [] })), "participants.number"),
        (with("participants", json!({ "number": "2" })), "participants.number"),
        (with("participants", json!({ "number": 2, "people": [] })), "participants.people"),
        (visit(1, &two()[..1]), "participants.number"),
        (visit(0, &[]), "participants.number"),
        (visit(26, &many), "participants.number"),
        (visit(u32::MAX, &[]), "participants.number"),
        (visit(2, &many[..3]), "participants.data"),
        (visit(3, &[person("dr", "doctor"), person("dr", "patient")]), "participants.data[1].userExternalId"),
        (of("userExternalId", json!("")), "participants.data[1].userExternalId"),
        (of("userExternalId", json!("a\nb")), "participants.data[1].userExternalId"),
        (of("userExternalId", json!("x".repeat(257))), "participants.data[1].userExternalId"),
        (of("userExternalId", json!(7)), "participants.data[1].userExternalId"),
        (of("groups", json!(["cook"])), "participants.data[1].groups[0]"),
        (of("groups", json!(["patient", "cook"])), "participants.data[1].groups[1]"),
        (of("groups", json!(7)), "participants.data[1].groups"),
        (of("fullName", json!("")), "participants.data[1].fullName"),
        (of("language", json!("de")), "participants.data[1].language"),
        (of("role", json!("plus")), "participants.data[1].role"),
        (with("start_date", json!("tomorrow")), "start_date"),
        (with("start_date", json!("2022-02-22")), "start_date"),
        (with("start_date", json!(1_645_543_800)), "start_date"),
        (with("end_date", json!("2022-02-22T16:30:00.000Z")), "duration_in_seconds"),
        (with("duration_in_seconds", json!(299)), "duration_in_seconds"),
        (with("duration_in_seconds", json!(-1)), "duration_in_seconds"),
        (with("duration_in_seconds", json!(3600.5)), "duration_in_seconds"),
        (end("2022-02-22T15:34:59.999Z"), "end_date"),
        (end("2022-02-22T15:30:00.000Z"), "end_date"),
        (end("2022-02-22T14:30:00.000Z"), "end_date"),
        (end("later"), "end_date"),
        (with("recording", json!("automatic")), "recording"),
    ] {
        let answer = post(&server, As::Key, "/teleconsultation", &body).await;
        let told = (answer.0, answer.1["field"].as_str());
        assert_eq!(told, (StatusCode::BAD_REQUEST, Some(field)), "{body} {}", answer.1);
        assert!(words(&answer).contains(field), "the words name it: {}", answer.1);
    }
    for body in ["", "{", "[]", "null", "participants=2", "{'participants': []}"] {
        let answer = call(&server, As::Key, Method::POST, "/teleconsultation", body).await;
        assert_eq!((answer.0, answer.1["error"].is_string()), (StatusCode::BAD_REQUEST, true), "{body}");
    }
    assert_eq!(rooms(&server).await, (json!(0), json!(0)), "nothing is stored");
    for good in [end("2022-02-22T15:35:00.000Z"), with("duration_in_seconds", json!(300))] {
        room_id(&post(&server, As::Key, "/teleconsultation", &good).await);
    }
}

#[tokio::test]
async fn nobody_of_role_plus_is_judged_when_everybody_is_known() {
    let server = mia(MiaConfig::default()).await;
    let patients = [person("a", "patient"), person("b", "customer")];
    let refused = post(&server, As::Key, "/teleconsultation", &visit(2, &patients)).await;
    let exactly =
        |call: &str| (StatusCode::BAD_REQUEST, json!({ "error": format!("Failed {call}: no plus user in room") }));
    assert_eq!(refused, exactly("POST /teleconsultation"));
    assert_eq!(rooms(&server).await, (json!(0), json!(0)));

    let room = room_id(&post(&server, As::Key, "/teleconsultation", &visit(3, &patients)).await);
    let path = format!("/teleconsultation/{room}");
    let data = format!("{path}/participants/data");
    let last = post(&server, As::Key, &data, &person("c", "patient")).await;
    assert_eq!(last, exactly(&format!("POST {data}")), "with the room's own id");
    let none = json!({ "userExternalId": "c" });
    assert_eq!(post(&server, As::Key, &data, &none).await, exactly(&format!("POST {data}")), "no groups is basic");
    assert_eq!(
        patch(&server, &path, &json!({ "participants": { "number": 2 } })).await,
        exactly("PATCH /teleconsultation")
    );
    let three = json!({ "participants": { "number": 2, "data": [person("a", "patient"), person("d", "patient")] } });
    assert_eq!(patch(&server, &path, &three).await, exactly("PATCH /teleconsultation"));
    assert_eq!(rooms(&server).await, (json!(1), json!(2)), "nobody became a user by it");
    // Who was a patient once may be a doctor in another visit: the groups that are given count.
    let doctor = json!({ "userExternalId": "a", "group": ["patient", "doctor"] });
    let both = json!({ "participants": { "number": 2, "data": [doctor, person("b", "patient")] } });
    assert_eq!(patch(&server, &path, &both).await.0, StatusCode::NO_CONTENT);
    let room =
        post(&server, As::Key, "/teleconsultation", &visit(2, &[person("a", "patient"), person("b", "patient")])).await;
    assert_eq!(room, exactly("POST /teleconsultation"), "and a patient again in the next");
}

#[tokio::test]
async fn a_full_visit_takes_nobody_more_and_nobody_twice() {
    let server = mia(MiaConfig::default()).await;
    let mut later = visit(3, &two());
    later["start_date"] = json!(from_now(3600));
    let room = room_id(&post(&server, As::Key, "/teleconsultation", &later).await);
    let path = format!("/teleconsultation/{room}");
    let data = format!("{path}/participants/data");
    let again = post(&server, As::Key, &data, &person("pat", "patient")).await;
    assert_eq!(
        (again.0, &again.1["code"], &again.1["field"]),
        (StatusCode::CONFLICT, &json!("conflict"), &json!("userExternalId"))
    );
    for (body, field) in [
        (json!({}), "userExternalId"),
        (json!({ "userExternalId": "x", "groups": ["cook"] }), "groups[0]"),
        (json!({ "userExternalId": "x", "language": "english" }), "language"),
        (json!({ "userExternalId": "x", "is_admin": true }), "is_admin"),
    ] {
        let answer = post(&server, As::Key, &data, &body).await;
        assert_eq!((answer.0, answer.1["field"].as_str()), (StatusCode::BAD_REQUEST, Some(field)), "{body}");
    }
    assert_eq!(post(&server, As::Key, &data, &person("third", "patient")).await.0, StatusCode::CREATED);
    let more = post(&server, As::Key, &data, &person("fourth", "patient")).await;
    assert_eq!((more.0, &more.1["code"]), (StatusCode::CONFLICT, &json!("room_full")));
    let fewer = patch(&server, &path, &json!({ "participants": { "number": 2 } })).await;
    assert_eq!((fewer.0, &fewer.1["field"]), (StatusCode::BAD_REQUEST, &json!("participants.number")));
    assert_eq!(rooms(&server).await.1, json!(3));
}

#[tokio::test]
async fn only_what_is_named_is_changed() {
    let server = mia(MiaConfig::default()).await;
    let mut body = visit(2, &two());
    body["start_date"] = json!(from_now(3600));
    let room = room_id(&post(&server, As::Key, "/teleconsultation", &body).await);
    let path = format!("/teleconsultation/{room}");
    let duration = async || own(&server, &room, "pat").await.1["details"]["durationInSeconds"].clone();
    for (change, wanted) in [
        (json!({}), 3600),
        (json!({ "duration_in_seconds": 600 }), 600),
        (json!({ "start_date": from_now(7200) }), 600),
        (json!({ "start_date": from_now(7200), "end_date": from_now(7200 + 900) }), 900),
        (json!({ "end_date": from_now(7200 + 1800) }), 1800),
    ] {
        assert_eq!(patch(&server, &path, &change).await, (StatusCode::NO_CONTENT, Value::Null), "{change}");
        let told = duration().await.as_u64().expect("seconds");
        assert!(told.abs_diff(wanted) <= 1, "{change}: {told}, to the second in which the times were written");
    }
    let before = own(&server, &room, "pat").await;
    for (change, field) in [
        (json!({ "end_date": from_now(7200 + 299) }), "end_date"),
        (json!({ "end_date": from_now(9000), "duration_in_seconds": 600 }), "duration_in_seconds"),
        (json!({ "duration_in_seconds": 60 }), "duration_in_seconds"),
        (json!({ "participants": { "number": 1 } }), "participants.number"),
        (json!({ "live": false }), "live"),
    ] {
        let answer = patch(&server, &path, &change).await;
        assert_eq!((answer.0, answer.1["field"].as_str()), (StatusCode::BAD_REQUEST, Some(field)), "{change}");
    }
    assert_eq!(own(&server, &room, "pat").await, before, "nothing changed");

    // Who goes on taking part has the seat still; who does not has none.
    let people = [person("nurse", "doctor"), person("pat", "patient")];
    assert_eq!(
        patch(&server, &path, &json!({ "participants": { "number": 2, "data": people } })).await.0,
        StatusCode::NO_CONTENT
    );
    assert_eq!(own(&server, &room, "dr").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(own(&server, &room, "pat").await.1["participantsBandyerCall"][0]["fullName"], "Name of nurse");
    let (_, told) = server.api.get(&format!("/v2/rooms/{room}")).await;
    let seats: Vec<_> = told["user_urls"].as_array().expect("seats").iter().map(|seat| &seat["user_id"]).collect();
    assert_eq!(seats, ["nurse", "pat"], "the one room model has it so");
    let (_, audit) = server.api.get(&format!("/v2/audit?room_id={room}")).await;
    assert_eq!(audit["entries"][0]["action"], "room_changed", "{audit}");
}

#[tokio::test]
async fn ids_of_other_systems_need_not_be_ids_here() {
    let server = mia(MiaConfig::default()).await;
    let people = [person("auth0|5f7c8ec7", "doctor"), person("mario.rossi@example.org", "patient")];
    let room = room_id(&post(&server, As::Key, "/teleconsultation", &visit(2, &people)).await);
    let told = own(&server, &room, "auth0|5f7c8ec7").await;
    let doctor = told.1["bandyerUserId"].as_str().expect("an id").to_owned();
    assert!(!doctor.contains('|'));
    assert_ne!(link(&told), link(&own(&server, &room, "mario.rossi@example.org").await));
    let again = room_id(&post(&server, As::Key, "/teleconsultation", &visit(2, &people)).await);
    assert_eq!(own(&server, &again, "auth0|5f7c8ec7").await.1["bandyerUserId"], doctor, "the same person");
    assert_eq!(own(&server, &room, &doctor).await.0, StatusCode::UNAUTHORIZED, "people are named as they were given");
}
