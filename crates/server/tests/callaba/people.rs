//! What calls do to people who are in.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use visita_rtc::DisconnectReason;
use visita_server::ServerConfig;

use super::{RECORDED, call_as, is_refused, made, post, public, token, wanted};
use crate::common::{
    code,
    media::{claims, connected, expect_joined, expect_no_entry, expect_out, join_by, next_that, publishes},
    server, server_with, until,
};

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
    next_that(&mut seen, "john is there", |event| match event {
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
