//! A server of the test's own, rooms on it.

#![allow(dead_code, reason = "each test file uses its part")]

use serde_json::{Value, json};
use visita_server::{RunningServer, ServerConfig};

/// Prints the log when `RUST_LOG` says so.
pub(crate) fn log() {
    let _ = tracing_subscriber::fmt()
        // Writes down whole packets when the machine is too busy to take them.
        .with_env_filter(
            tracing_subscriber::EnvFilter::from_default_env()
                .add_directive("webrtc::peer_connection::driver=off".parse().expect("a directive")),
        )
        .with_test_writer()
        .try_init();
}

/// A server in development mode.
pub(crate) async fn server() -> RunningServer {
    log();
    visita_server::start(ServerConfig { dev: true, ..ServerConfig::default() }).await.expect("a server")
}

/// A room and its links.
pub(crate) struct Room {
    pub(crate) links: Vec<String>,
    pub(crate) seats: Vec<String>,
    pub(crate) id: String,
}

/// A room with so many seats, the first an admin's, with these fields besides.
pub(crate) async fn room(server: &RunningServer, seats: usize, fields: Value) -> Room {
    let http = reqwest::Client::new();
    let post = async |path: &str, body: &Value| {
        let url = server.url().join(path).expect("a path");
        let answer = http.post(url).header("apikey", "devkey").json(body).send().await.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json::<Value>().await.expect("a body"))
    };
    let mut participants = Vec::new();
    for n in 0..seats {
        let user = format!("user-{n}");
        let role = if n == 0 { "plus" } else { "basic" };
        let (status, body) = post("v2/users", &json!({ "user_id": user, "role": role })).await;
        assert!(status == 201 || status == 409, "{status} {body}");
        participants.push(json!({ "user_id": user, "is_admin": n == 0 }));
    }
    let mut body = json!({ "participants": participants });
    if let (Value::Object(body), Value::Object(fields)) = (&mut body, fields) {
        body.extend(fields);
    }
    let (status, room) = post("v2/rooms", &body).await;
    assert_eq!(status, 201, "{room}");
    let seats = room["user_urls"].as_array().expect("seats");
    let text = |field: &str| -> Vec<String> {
        seats.iter().map(|seat| seat[field].as_str().expect("text").to_owned()).collect()
    };
    Room { links: text("url"), seats: text("participant_id"), id: room["room_id"].as_str().expect("an id").to_owned() }
}
