//! Who may what, with the key, with another and without.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use visita_server::{Bootstrap, Rate, ServerConfig};

use super::{TEAM, call_as, is_refused, made, post, public, token, wanted};
use crate::common::{
    Server, code,
    media::{claims, connected, join_by},
    server, server_with, until,
};

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
