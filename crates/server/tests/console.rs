//! What operators do by their access token, and nobody else: rooms as they stand, users, keys, webhooks, files, and how
//! the server is.

mod common;

use axum::Router;
use common::{Person, Server, code, server, until};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// A server with the users of `users` and an operator, who is signed in.
async fn operated() -> (Server, String) {
    let server = server().await;
    server.api.users().await;
    server.api.post("/v2/users", &json!({ "user_id": "boss", "role": "plus", "is_operator": true })).await;
    let token = server.api.sign_in("boss").await;
    (server, token)
}

#[tokio::test]
async fn operators_see_who_is_in_give_time_and_end_sessions() {
    let (server, boss) = operated().await;
    let room = server.api.room(json!({ "description": "Follow-up", "duration": 600 })).await;
    let idle = server.api.room(json!({ "description": "Ward" })).await;
    let ask = async |method, path: &str, body| server.api.as_user(method, path, body, &boss).await;
    let (_, told) = ask(Method::GET, &room.path(), Value::Null).await;
    assert_eq!(told["now"], Value::Null, "nobody is in");

    let mut dr = server.api.come(&room.host, "Dr Conti").await;
    let (_, told) = ask(Method::GET, &room.path(), Value::Null).await;
    assert_eq!((&told["now"]["connected"], &told["now"]["recording"]), (&json!(1), &json!(false)), "{told}");
    let (_, live) = ask(Method::GET, "/v2/rooms?status=live", Value::Null).await;
    assert_eq!((&live["total"], &live["rooms"][0]["room_id"]), (&json!(1), &json!(room.id)));
    let (_, found) = ask(Method::GET, "/v2/rooms?search=war&status=active&recording=none", Value::Null).await;
    assert_eq!((&found["total"], &found["rooms"][0]["room_id"]), (&json!(1), &json!(idle.id)));
    for (query, field) in [("status=open", "status"), ("recording=yes", "recording")] {
        let (status, body) = ask(Method::GET, &format!("/v2/rooms?{query}"), Value::Null).await;
        assert_eq!((status, &body["error"]["field"]), (StatusCode::BAD_REQUEST, &json!(field)));
    }
    let (status, body) = ask(Method::GET, &format!("/v2/rooms?search={}", "x".repeat(101)), Value::Null).await;
    assert_eq!((status, &body["error"]["field"]), (StatusCode::BAD_REQUEST, &json!("search")));
    let (_, status) = ask(Method::GET, "/v2/status", Value::Null).await;
    assert_eq!((&status["people"], &status["live_rooms"]), (&json!(1), &json!(1)), "{status}");
    assert!(status["disk_percent"].as_f64().is_some_and(|percent| (0.0..=100.0).contains(&percent)), "{status}");

    let extend = format!("{}/extend", room.path());
    let (status, told) = ask(Method::POST, &extend, json!({ "seconds": 600 })).await;
    assert_eq!((status, &told["duration"]), (StatusCode::OK, &json!(1200)), "{told}");
    while dr.next_of("clock").await["clock"]["seconds_left"].as_u64() < Some(601) {}
    let (status, body) = ask(Method::POST, &extend, json!({ "seconds": 1 })).await;
    assert_eq!((status, &body["error"]["field"]), (StatusCode::BAD_REQUEST, &json!("seconds")));
    let (status, _) = ask(Method::POST, &format!("{}/extend", idle.path()), json!({ "seconds": 600 })).await;
    assert_eq!(status, StatusCode::CONFLICT, "its time is not limited");

    let out = format!("{}/participants/{}/remove", room.path(), room.seat(1));
    assert_eq!(ask(Method::POST, &out, Value::Null).await.0, StatusCode::NOT_FOUND, "the guest is not in");
    let mut guest = server.api.come(&room.guest, "Anna").await;
    assert_eq!(ask(Method::POST, &out, Value::Null).await.0, StatusCode::NO_CONTENT);
    assert_eq!(guest.next_of("closed").await["reason"], "removed");

    assert_eq!(ask(Method::POST, &format!("{}/end", room.path()), Value::Null).await.0, StatusCode::NO_CONTENT);
    assert_eq!(dr.next_of("closed").await["reason"], "session_ended");
    until("the session is over", async || ask(Method::GET, "/v2/rooms?status=live", Value::Null).await.1["total"] == 0)
        .await;
    assert_eq!(ask(Method::POST, &format!("{}/end", room.path()), Value::Null).await.0, StatusCode::NO_CONTENT);
    let (_, log) = ask(Method::GET, &format!("/v2/audit?room_id={}", room.id), Value::Null).await;
    let by_boss = log["entries"].as_array().expect("entries").iter().filter(|entry| entry["actor"] == "boss");
    let actions: Vec<_> = by_boss.map(|entry| entry["action"].as_str().expect("an action")).collect();
    assert_eq!(actions, ["session_ended", "participant_removed", "duration_extended"], "{log}");

    let (_, told) = ask(Method::POST, &format!("{}/disable", room.path()), Value::Null).await;
    assert_eq!(told["status"], "disabled");
    let (_, off) = ask(Method::GET, "/v2/rooms?status=disabled", Value::Null).await;
    assert_eq!(off["total"], 1);
    let (_, told) = ask(Method::POST, &format!("{}/enable", room.path()), Value::Null).await;
    assert_eq!(told["status"], "active");
}

#[tokio::test]
async fn who_waits_is_sent_away() {
    let (server, boss) = operated().await;
    let room = server.api.room(json!({ "waiting_room": true })).await;
    let out = format!("{}/participants/{}/remove", room.path(), room.seat(1));
    let ask = async || server.api.as_user(Method::POST, &out, Value::Null, &boss).await.0;
    assert_eq!(ask().await, StatusCode::NOT_FOUND, "nobody is there");
    let (_, entry) = server.api.enter(&room.guest, json!({ "display_name": "Anna" })).await;
    let mut guest = Person::open(&entry).await;
    guest.send(json!({ "type": "hello", "token": entry["channel_token"] })).await;
    guest.next_of("waiting").await;
    assert_eq!(ask().await, StatusCode::NO_CONTENT, "though nobody is in");
    assert_eq!(guest.next_of("closed").await["reason"], "removed");
}

#[tokio::test]
async fn operators_keep_users_and_not_their_own_rights() {
    let (server, boss) = operated().await;
    let ask = async |method, path: &str, body| server.api.as_user(method, path, body, &boss).await;
    let (status, made) = ask(Method::POST, "/v2/users", json!({ "user_id": "nurse", "role": "basic" })).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let (_, found) = ask(Method::GET, "/v2/users?search=NUR", Value::Null).await;
    assert_eq!((&found["total"], &found["users"][0]["online"]), (&json!(1), &json!(false)), "{found}");
    assert!(found["users"][0]["created_at"].is_string());
    let (status, link) = ask(Method::POST, "/v2/users/nurse/sign-in-link", Value::Null).await;
    assert_eq!(status, StatusCode::CREATED, "{link}");

    let nurse = server.api.sign_in("nurse").await;
    let (status, _) = server.api.as_user(Method::GET, "/v2/status", Value::Null, &nurse).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (_, changed) = ask(Method::PATCH, "/v2/users/nurse", json!({ "is_operator": true })).await;
    assert_eq!((&changed["role"], &changed["is_operator"]), (&json!("basic"), &json!(true)));
    let (status, _) = server.api.as_user(Method::GET, "/v2/status", Value::Null, &nurse).await;
    assert_eq!(status, StatusCode::OK, "from the next call on, with the same token");

    for (method, body) in [(Method::PATCH, json!({ "is_operator": false })), (Method::DELETE, Value::Null)] {
        let answer = ask(method, "/v2/users/boss", body).await;
        assert_eq!((answer.0, code(&answer)), (StatusCode::CONFLICT, "conflict"));
    }
    assert_eq!(ask(Method::PATCH, "/v2/users/boss", json!({ "role": "basic" })).await.0, StatusCode::OK);
    assert_eq!(ask(Method::PATCH, "/v2/users/nobody", json!({})).await.0, StatusCode::NOT_FOUND);
    assert_eq!(ask(Method::PATCH, "/v2/users/nurse", json!({ "role": "king" })).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(ask(Method::DELETE, "/v2/users/nurse", Value::Null).await.0, StatusCode::NO_CONTENT);
    let (status, _) = server.api.as_user(Method::GET, "/v2/status", Value::Null, &nurse).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_key_is_good_until_it_is_taken_back() {
    let (server, boss) = operated().await;
    let ask = async |method, path: &str, body| server.api.as_user(method, path, body, &boss).await;
    let (status, made) = ask(Method::POST, "/v2/api-keys", json!({ "name": " Hospital system " })).await;
    assert_eq!((status, &made["name"]), (StatusCode::CREATED, &json!("Hospital system")), "{made}");
    let key = made["key"].as_str().expect("a key").to_owned();
    let with_key = async || server.api.call(Method::GET, "/v2/company", None, Some(&key)).await.0;
    assert_eq!(with_key().await, StatusCode::OK);
    let (_, listed) = ask(Method::GET, "/v2/api-keys", Value::Null).await;
    assert_eq!(listed["keys"][0]["key_id"], "settings");
    assert!(listed["keys"][1]["last_used_at"].is_string(), "{listed}");
    assert!(!listed.to_string().contains(&key), "it is told once");
    for name in [json!(""), json!("a\u{7}b"), json!("x".repeat(121))] {
        assert_eq!(ask(Method::POST, "/v2/api-keys", json!({ "name": name })).await.0, StatusCode::BAD_REQUEST);
    }
    assert_eq!(ask(Method::DELETE, "/v2/api-keys/settings", Value::Null).await.0, StatusCode::CONFLICT);
    let path = format!("/v2/api-keys/{}", made["key_id"].as_str().expect("an id"));
    assert_eq!(ask(Method::DELETE, &path, Value::Null).await.0, StatusCode::NO_CONTENT);
    assert_eq!(ask(Method::DELETE, &path, Value::Null).await.0, StatusCode::NOT_FOUND);
    assert_eq!(with_key().await, StatusCode::UNAUTHORIZED);
    assert_eq!(server.api.get("/v2/company").await.0, StatusCode::OK, "the first is still good");
}

#[tokio::test]
async fn a_webhook_is_tried_and_tells_what_came_of_it() {
    let (server, boss) = operated().await;
    let ask = async |method, path: &str, body| server.api.as_user(method, path, body, &boss).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let teapot = Router::new().fallback(async || axum::http::StatusCode::IM_A_TEAPOT);
    tokio::spawn(async move { axum::serve(listener, teapot).await });
    let wanted = json!({ "url": url, "events": ["on_session_ended"] });
    let (status, hook) = ask(Method::POST, "/v2/webhooks", wanted).await;
    assert_eq!(status, StatusCode::CREATED, "{hook}");
    let path = format!("/v2/webhooks/{}", hook["webhook_id"].as_str().expect("an id"));
    assert_eq!((&hook["waiting"], &hook["last"]), (&json!(0), &Value::Null));
    assert_eq!(ask(Method::POST, &format!("{path}/test"), Value::Null).await.0, StatusCode::ACCEPTED);
    until("the call is told", async || ask(Method::GET, &path, Value::Null).await.1["last"]["status"] == 418).await;
    let (_, told) = ask(Method::GET, &path, Value::Null).await;
    assert_eq!((&told["waiting"], &told["last"]["delivered"]), (&json!(1), &json!(false)), "{told}");
    ask(Method::PATCH, &path, json!({ "enabled": false })).await;
    assert_eq!(ask(Method::POST, &format!("{path}/test"), Value::Null).await.0, StatusCode::CONFLICT, "it is off");
    assert_eq!(ask(Method::POST, "/v2/webhooks/none/test", Value::Null).await.0, StatusCode::NOT_FOUND);
}

/// Calls that answer every signed-in user, about what is theirs.
const FOR_ALL: [&str; 8] = [
    "get /v2/rooms",
    "post /v2/rooms",
    "get /v2/sessions",
    "get /v2/recordings",
    "get /v2/compositions",
    "post /sdk/credentials/renew",
    // By a code, which is all it needs.
    "get /recordings/{code}",
    "post /sign-in/{code}",
];

#[tokio::test]
async fn who_is_no_operator_reaches_nothing_of_others_by_any_described_call() {
    let (server, boss) = operated().await;
    let room = server.api.room(json!({ "duration": 600 })).await;
    let mut dr = server.api.come(&room.host, "Dr Conti").await;
    let (_, hook) = server.api.post("/v2/webhooks", &json!({ "url": "https://example.org/" })).await;
    let (_, key) = server.api.post("/v2/api-keys", &json!({ "name": "A" })).await;
    let (_, told) = server.api.get(&room.path()).await;
    server.api.post("/v2/users", &json!({ "user_id": "stranger", "role": "basic" })).await;
    let stranger = server.api.sign_in("stranger").await;
    let (_, description) = server.api.get("/docs/kaleyra.json").await;
    let fill = |path: &str| {
        path.replace("{room_id}", &room.id)
            .replace("{participant_id}", room.seat(1))
            .replace("{session_id}", told["now"]["session_id"].as_str().expect("a session"))
            .replace("{webhook_id}", hook["webhook_id"].as_str().expect("an id"))
            .replace("{key_id}", key["key_id"].as_str().expect("an id"))
            .replace("{user_id}", "pat")
            .replace(['{', '}'], "")
    };
    let mut tried = 0;
    for (path, methods) in description["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            if FOR_ALL.contains(&format!("{method} {path}").as_str()) {
                continue;
            }
            let verb = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
            let content = &operation["requestBody"]["content"]["application/json"];
            let first = content["examples"].as_object().and_then(|all| all.values().next());
            let body = first.map_or(&content["example"], |one| &one["value"]).clone();
            let (status, answer) = server.api.as_user(verb, &fill(path), body, &stranger).await;
            let refused = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::NOT_FOUND];
            assert!(refused.contains(&status), "{method} {path}: {status} {answer}");
            tried += 1;
        }
    }
    assert!(tried > 40, "{tried}");
    // What answers them tells nothing of others either.
    for path in ["/v2/rooms", "/v2/sessions", "/v2/recordings", "/v2/compositions"] {
        let (_, list) = server.api.as_user(Method::GET, path, Value::Null, &stranger).await;
        assert_eq!(list["total"], 0, "{path}: {list}");
    }
    // And nothing happened.
    let (_, now) = server.api.as_user(Method::GET, &room.path(), Value::Null, &boss).await;
    assert_eq!(now["now"], told["now"], "the session goes on");
    assert_eq!((&now["user_urls"], &now["duration"]), (&told["user_urls"], &told["duration"]));
    dr.send(json!({ "type": "ping" })).await;
    dr.next_of("pong").await;
}
