//! Users, rooms and links through HTTP: every good path, and everything that has to be refused.

mod common;

use std::collections::HashSet;

use common::{Api, Room, SOON, code, server, server_with};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::Row;
use visita_server::{Bootstrap, ServerConfig, StartError};

#[tokio::test]
async fn users_are_made_and_told() {
    let server = server().await;
    let answer = server.api.post("/v2/users", &json!({ "user_id": "dr.conti_2-b", "role": "plus" })).await;
    assert_eq!(answer, (StatusCode::CREATED, json!({ "user_id": "dr.conti_2-b", "role": "plus" })));
    let answer = server.api.get("/v2/users/dr.conti_2-b").await;
    assert_eq!(answer, (StatusCode::OK, json!({ "user_id": "dr.conti_2-b", "role": "plus" })));

    let (status, user) = server.api.post("/v2/users", &json!({})).await;
    assert_eq!((status, &user["role"]), (StatusCode::CREATED, &json!("basic")), "both made up");
    let path = format!("/v2/users/{}", user["user_id"].as_str().expect("an id"));
    assert_eq!(server.api.get(&path).await, (StatusCode::OK, user));

    let taken = server.api.post("/v2/users", &json!({ "user_id": "dr.conti_2-b", "role": "basic" })).await;
    assert_eq!((taken.0, code(&taken)), (StatusCode::CONFLICT, "conflict"));
    assert_eq!(server.api.get("/v2/users/dr.conti_2-b").await.1["role"], "plus", "it stays as it was");

    for path in ["/v2/users/nobody", "/v2/users/a%20b"] {
        let answer = server.api.get(path).await;
        assert_eq!((answer.0, code(&answer)), (StatusCode::NOT_FOUND, "not_found"));
    }
}

#[tokio::test]
async fn a_room_is_made_told_disabled_and_deleted() {
    let server = server().await;
    server.api.users().await;
    let body = json!({
        "participants": [
            { "user_id": "dr", "is_admin": true },
            { "user_id": "pat", "tools": { "chat": true, "whiteboard": { "wb_pen": true } } },
        ],
        "call_type": "audio_upgradable", "recording": "manual", "duration": 60, "live": true,
        "description": "Follow-up", "ends_at": "2099-01-01T01:00:00+01:00",
    });
    let (status, room) = server.api.post("/v2/rooms", &body).await;
    assert_eq!(status, StatusCode::CREATED, "{room}");
    for (field, told) in [
        ("call_type", json!("audio_upgradable")),
        ("recording", json!("manual")),
        ("duration", json!(60)),
        ("live", json!(true)),
        ("description", json!("Follow-up")),
        ("ends_at", json!("2099-01-01T00:00:00.000Z")),
        ("status", json!("active")),
    ] {
        assert_eq!(room[field], told, "{field}");
    }
    let created = room["created_at"].as_str().expect("a time");
    assert!(created.len() == "2026-11-21T05:00:00.000Z".len() && created.ends_with('Z'), "{created}");
    let seats = room["user_urls"].as_array().expect("seats");
    assert_eq!((&seats[0]["user_id"], &seats[0]["is_admin"]), (&json!("dr"), &json!(true)));
    assert!(seats[0]["tools"].as_object().expect("tools").values().all(|tool| *tool == true), "missing is all on");
    assert_eq!((&seats[1]["is_admin"], &seats[1]["tools"]["chat"]), (&json!(false), &json!(true)));
    assert_eq!(seats[1]["tools"]["snapshot"], false, "not named is off");
    assert_eq!(seats[1]["tools"]["whiteboard"]["wb_eraser"], false, "sub-rights are told in full");
    assert_ne!(seats[0]["url"], seats[1]["url"]);
    let code = seats[0]["url"].as_str().and_then(|url| url.rsplit('/').next()).expect("a code");
    assert!(code.len() >= 22, "128 bits or more");

    let room = Room::of(room);
    assert_eq!(server.api.get(&room.path()).await, (StatusCode::OK, room.body.clone()), "told again as it was");

    let (status, disabled) = server.api.post(&format!("{}/disable", room.path()), &json!({})).await;
    assert_eq!((status, &disabled["status"]), (StatusCode::OK, &json!("disabled")));
    assert_eq!(server.api.get(&room.path()).await.1["status"], "disabled");

    assert_eq!(server.api.delete(&room.path()).await.0, StatusCode::NO_CONTENT);
    for answer in [
        server.api.get(&room.path()).await,
        server.api.delete(&room.path()).await,
        server.api.post(&format!("{}/disable", room.path()), &json!({})).await,
    ] {
        assert_eq!((answer.0, common::code(&answer)), (StatusCode::NOT_FOUND, "room_not_found"));
    }
}

#[tokio::test]
async fn an_empty_tools_object_is_all_off() {
    let server = server().await;
    server.api.users().await;
    let body = json!({ "participants": [{ "user_id": "dr", "tools": {} }, { "user_id": "pat" }] });
    let (_, room) = server.api.post("/v2/rooms", &body).await;
    let tools = room["user_urls"][0]["tools"].as_object().expect("tools");
    assert_eq!(tools.len(), 9);
    assert!(tools.values().all(|tool| *tool == false));
}

#[tokio::test]
async fn bad_rooms_are_refused_by_field_and_leave_nothing() {
    let data = tempfile::tempdir().expect("a folder");
    let server = server_with(ServerConfig { data: Some(data.path().to_owned()), ..ServerConfig::default() }).await;
    server.api.users().await;
    for n in 0..25 {
        server.api.post("/v2/users", &json!({ "user_id": format!("u{n}") })).await;
    }
    let before = rows(data.path()).await;
    let two = json!([{ "user_id": "dr", "is_admin": true }, { "user_id": "pat" }]);
    let seats = |users: &[&str]| -> Value { users.iter().map(|user| json!({ "user_id": user })).collect() };
    let many: Vec<String> = (0..25).map(|n| format!("u{n}")).chain(["dr".into()]).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let cases = [
        (json!({}), "participants"),
        (json!({ "participants": [] }), "participants"),
        (json!({ "participants": seats(&["dr"]) }), "participants"),
        (json!({ "participants": seats(&many) }), "participants"),
        (json!({ "participants": "dr,pat" }), "participants"),
        (json!({ "participants": seats(&["pat", "u0"]) }), "participants"),
        (json!({ "participants": [{ "user_id": "u0", "is_admin": true }, { "user_id": "pat" }] }), "participants"),
        (json!({ "participants": seats(&["dr", "nobody"]) }), "participants[1].user_id"),
        (json!({ "participants": seats(&["dr", "dr"]) }), "participants[1].user_id"),
        (json!({ "participants": seats(&["dr", "a b"]) }), "participants[1].user_id"),
        (json!({ "participants": [{ "user_id": "dr" }, {}] }), "participants[1].user_id"),
        (json!({ "participants": [{ "user_id": "dr" }, { "user_id": 7 }] }), "participants[1].user_id"),
        (json!({ "participants": [{ "user_id": "dr", "name": "Ada" }, { "user_id": "pat" }] }), "participants[0].name"),
        (
            json!({ "participants": [{ "user_id": "dr", "is_admin": "yes" }, { "user_id": "pat" }] }),
            "participants[0].is_admin",
        ),
        (
            json!({ "participants": [{ "user_id": "dr", "tools": { "chatt": true } }, { "user_id": "pat" }] }),
            "participants[0].tools.chatt",
        ),
        (
            json!({ "participants": [{ "user_id": "dr", "tools": { "chat": 1 } }, { "user_id": "pat" }] }),
            "participants[0].tools.chat",
        ),
        (json!({ "participants": [["dr", "Dr. Conti", true], { "user_id": "pat" }] }), "participants[0]"),
        (
            json!({ "participants": [{ "user_id": "dr", "tools": [true] }, { "user_id": "pat" }] }),
            "participants[0].tools",
        ),
        (
            json!({ "participants": [{ "user_id": "dr", "tools": { "whiteboard": [] } }, { "user_id": "pat" }] }),
            "participants[0].tools.whiteboard",
        ),
        (json!({ "participants": two, "duration": 59 }), "duration"),
        (json!({ "participants": two, "duration": 0 }), "duration"),
        (json!({ "participants": two, "duration": -60 }), "duration"),
        (json!({ "participants": two, "duration": 60.5 }), "duration"),
        (json!({ "participants": two, "duration": "60" }), "duration"),
        (json!({ "participants": two, "call_type": "audio-video" }), "call_type"),
        (json!({ "participants": two, "recording": "always" }), "recording"),
        (json!({ "participants": seats(&["dr", "pat"]), "recording": "manual" }), "recording"),
        (json!({ "participants": two, "live": "no" }), "live"),
        (json!({ "participants": two, "description": "è".repeat(501) }), "description"),
        (json!({ "participants": two, "ends_at": "tomorrow" }), "ends_at"),
        (json!({ "participants": two, "ends_at": "2020-01-01T00:00:00Z" }), "ends_at"),
        (json!({ "participants": two, "colour": "red" }), "colour"),
        (json!({ "participants": two, "call_type": 7 }), "call_type"),
        (json!({ "participants": two, "call_type": null }), "call_type"),
        (json!({ "participants": two, "recording": {} }), "recording"),
        (json!({ "participants": two, "recording": ["manual"] }), "recording"),
        (json!({ "participants": two, "kind": 1 }), "kind"),
        (json!({ "participants": two, "description": "a\u{0}b" }), "description"),
        (json!({ "participants": two, "duration": 4_294_967_296_u64 }), "duration"),
        (json!({ "participants": [null, null] }), "participants[0]"),
        (
            json!({ "participants": [{ "user_id": "dr", "tools": { "whiteboard": { "wb_pen": 1 } } }, { "user_id": "pat" }] }),
            "participants[0].tools.whiteboard.wb_pen",
        ),
        (
            json!({ "participants": [{ "user_id": "dr", "tools": { "whiteboard": { "wb_ink": true } } }, { "user_id": "pat" }] }),
            "participants[0].tools.whiteboard.wb_ink",
        ),
    ];
    for (body, field) in cases {
        let answer = server.api.post("/v2/rooms", &body).await;
        assert_eq!((answer.0, code(&answer)), (StatusCode::BAD_REQUEST, "invalid"), "{body} -> {}", answer.1);
        assert_eq!(answer.1["error"]["field"], field, "{body} -> {}", answer.1);
        assert!(answer.1["error"]["message"].as_str().is_some_and(|words| !words.is_empty()));
    }
    for body in ["", "{", "[]", "null", "participants=dr"] {
        let answer = server.api.call(Method::POST, "/v2/rooms", Some(body), Some("devkey")).await;
        assert_eq!((answer.0, code(&answer)), (StatusCode::BAD_REQUEST, "invalid"), "{body}");
    }
    assert_eq!(rows(data.path()).await, before, "nothing was stored");

    let body = json!({ "participants": seats(&many[1..]), "description": "è".repeat(500), "duration": 60 });
    let (status, room) = server.api.post("/v2/rooms", &body).await;
    assert_eq!(status, StatusCode::CREATED, "25 seats are allowed: {room}");
    let links: HashSet<_> = room["user_urls"].as_array().expect("seats").iter().map(|seat| &seat["url"]).collect();
    assert_eq!(links.len(), 25, "a link of its own for each");
}

#[tokio::test]
async fn bad_users_are_refused_by_field() {
    let server = server().await;
    for (body, field) in [
        (json!({ "user_id": "" }), json!("user_id")),
        (json!({ "user_id": "a b" }), json!("user_id")),
        (json!({ "user_id": "x".repeat(129) }), json!("user_id")),
        (json!({ "user_id": 7 }), json!("user_id")),
        (json!({ "role": "boss" }), json!("role")),
        (json!({ "role": 7 }), json!("role")),
        (json!({ "role": null }), json!("role")),
        (json!({ "is_operator": "yes" }), json!("is_operator")),
        (json!({ "name": "Ada" }), json!("name")),
        (json!([]), Value::Null),
    ] {
        let answer = server.api.post("/v2/users", &body).await;
        assert_eq!((answer.0, code(&answer)), (StatusCode::BAD_REQUEST, "invalid"), "{body}");
        assert_eq!(answer.1["error"]["field"], field, "{body}");
    }
    let longest = "x".repeat(128);
    assert_eq!(server.api.post("/v2/users", &json!({ "user_id": longest })).await.0, StatusCode::CREATED);
}

#[tokio::test]
async fn without_the_key_there_is_no_answer() {
    let server = server().await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    let link = format!("{}/participants/{}/link", room.path(), room.seat(0));
    for key in [None, Some(""), Some("devkez"), Some("devkeyy"), Some("DEVKEY")] {
        for (method, path) in [
            (Method::POST, "/v2/users"),
            (Method::GET, "/v2/users/dr"),
            (Method::POST, "/v2/rooms"),
            (Method::GET, &room.path()),
            (Method::DELETE, &room.path()),
            (Method::POST, &format!("{}/disable", room.path())),
            (Method::POST, &link),
        ] {
            let answer = server.api.call(method.clone(), path, Some("{"), key).await;
            assert_eq!((answer.0, code(&answer)), (StatusCode::UNAUTHORIZED, "unauthorized"), "{method} {path}");
        }
    }
    assert_eq!(server.api.get(&room.path()).await, (StatusCode::OK, room.body));
}

#[tokio::test]
async fn another_company_sees_nothing() {
    let data = tempfile::tempdir().expect("a folder");
    let start = async |name: &str, key: &str| {
        let bootstrap = Bootstrap { company_name: name.into(), api_key: key.into() };
        visita_server::start(ServerConfig {
            data: Some(data.path().to_owned()),
            bootstrap: Some(bootstrap),
            ..ServerConfig::default()
        })
        .await
    };
    let first = start("First", "first-key").await.expect("a server");
    let api = Api::new(first.url().as_str().trim_end_matches('/'));
    let call = async |api: &Api, method, path: &str, body: Value, key| {
        api.call(method, path, Some(&body.to_string()), Some(key)).await
    };
    for user in ["a", "b"] {
        call(&api, Method::POST, "/v2/users", json!({ "user_id": user, "role": "plus" }), "first-key").await;
    }
    let body = json!({ "participants": [{ "user_id": "a" }, { "user_id": "b" }] });
    let (_, room) = call(&api, Method::POST, "/v2/rooms", body.clone(), "first-key").await;
    let room = Room::of(room);
    first.stop().await;

    let second = start("Second", "second-key").await.expect("a server");
    let api = Api::new(second.url().as_str().trim_end_matches('/'));
    let link = format!("{}/participants/{}/link", room.path(), room.seat(0));
    for (method, path) in [
        (Method::GET, "/v2/users/a"),
        (Method::GET, &room.path()),
        (Method::DELETE, &room.path()),
        (Method::POST, &format!("{}/disable", room.path())),
        (Method::POST, &link),
    ] {
        assert_eq!(call(&api, method, path, json!({}), "second-key").await.0, StatusCode::NOT_FOUND, "{path}");
    }
    let answer = call(&api, Method::POST, "/v2/rooms", body, "second-key").await;
    assert_eq!(answer.0, StatusCode::BAD_REQUEST, "the other company's users are nobody here");
    let answer = call(&api, Method::POST, "/v2/users", json!({ "user_id": "a" }), "second-key").await;
    assert_eq!(answer.0, StatusCode::CREATED, "ids are a company's own");
    let (status, again) = call(&api, Method::GET, &room.path(), json!({}), "first-key").await;
    assert_eq!((status, &again["status"]), (StatusCode::OK, &json!("active")), "the first's key is still good");
    second.stop().await;

    // The same company with another key: the old one is good no more.
    let third = start("First", "third-key").await.expect("a server");
    let api = Api::new(third.url().as_str().trim_end_matches('/'));
    assert_eq!(call(&api, Method::GET, "/v2/users/a", json!({}), "first-key").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(call(&api, Method::GET, "/v2/users/a", json!({}), "third-key").await.0, StatusCode::OK);
    third.stop().await;
    assert!(matches!(start("Second", "third-key").await, Err(StartError::Config(_))), "a key belongs to one company");
}

#[tokio::test]
async fn a_renewed_link_is_another_and_only_that_seats() {
    let server = server().await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    let path = |seat: &str| format!("{}/participants/{seat}/link", room.path());
    let (status, seat) = server.api.post(&path(room.seat(1)), &json!({})).await;
    assert_eq!((status, &seat["user_id"]), (StatusCode::OK, &json!("pat")));
    assert_ne!(seat["url"], json!(room.guest));
    let told = server.api.get(&room.path()).await.1;
    assert_eq!(told["user_urls"][1], seat);
    assert_eq!(told["user_urls"][0], room.body["user_urls"][0], "the other's stays");

    let answer = server.api.look(&room.guest).await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::FORBIDDEN, "link_revoked"));
    assert_eq!(server.api.look(seat["url"].as_str().expect("a link")).await.0, StatusCode::OK);
    let answer = server.api.post(&path("nobody"), &json!({})).await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::NOT_FOUND, "not_found"));
}

#[tokio::test]
async fn links_begin_with_the_public_url() {
    let public_url = Some("https://visits.example.org".parse().expect("a URL"));
    let server = server_with(ServerConfig { public_url, ..ServerConfig::default() }).await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    assert!(room.host.starts_with("https://visits.example.org/join/"), "{}", room.host);
    let here = room.host.replace("https://visits.example.org", &server.api.base);
    let (_, entry) = server.api.enter(&here, json!({})).await;
    assert_eq!(entry["livekit_url"], "wss://visits.example.org");
    assert_eq!(entry["channel_url"], "wss://visits.example.org/channel");
}

#[tokio::test]
async fn what_is_not_there_or_too_large_has_its_code() {
    let server = server().await;
    for path in ["/", "/v2", "/v2/nothing", "/v3/users", "/join/", "/join"] {
        let answer = server.api.get(path).await;
        assert_eq!((answer.0, code(&answer)), (StatusCode::NOT_FOUND, "not_found"), "{path}");
    }
    let answer = server.api.delete("/v2/users").await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::METHOD_NOT_ALLOWED, "invalid"));
    for path in ["/v2/users/%ff", "/v2/rooms/%ff", "/v2/rooms/x/sessions/%ff", "/join/%ff", "/channel", "/user-channel"]
    {
        let answer = server.api.get(path).await;
        assert_eq!((answer.0, code(&answer)), (StatusCode::BAD_REQUEST, "invalid"), "{path}");
    }
    let large = " ".repeat(300 * 1024);
    let answer = server.api.call(Method::POST, "/v2/users", Some(&large), Some("devkey")).await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::PAYLOAD_TOO_LARGE, "too_large"));
    assert_eq!(server.api.get("/health").await, (StatusCode::OK, json!({ "status": "ok" })));
}

#[tokio::test]
async fn a_server_that_stopped_answers_no_more() {
    let server = server().await;
    let health = format!("{}/health", server.api.base);
    tokio::time::timeout(SOON, server.running.stop()).await.expect("it stops");
    assert!(reqwest::Client::new().get(health).send().await.is_err_and(|error| error.is_connect()));
}

/// How many rows there are of everything.
async fn rows(data: &std::path::Path) -> Vec<i64> {
    let mut database = common::database_of(data).await;
    let row = sqlx::query(
        "SELECT (SELECT count(*) FROM companies), (SELECT count(*) FROM users), (SELECT count(*) FROM rooms),
                (SELECT count(*) FROM seats), (SELECT count(*) FROM links), (SELECT count(*) FROM sessions)",
    )
    .fetch_one(&mut database)
    .await
    .expect("counts");
    (0..6).map(|column| row.get(column)).collect()
}
