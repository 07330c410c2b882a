//! Webhooks, taken by a receiver that is a real HTTP server and not always willing.

mod common;

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode as Status, header},
    response::{IntoResponse, Response},
};
use common::{code, server, server_with, until};
use hmac::{Hmac, Mac};
use parking_lot::Mutex;
use reqwest::StatusCode;
use serde_json::{Value, json};
use visita_server::ServerConfig;

/// A receiver on a port of its own.
#[derive(Clone)]
struct Receiver {
    address: SocketAddr,
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    /// Answers 500 so many times first.
    failures: AtomicUsize,
    /// Sends everybody on to here instead.
    redirect: Mutex<Option<String>>,
    taken: Mutex<Vec<(HeaderMap, Bytes)>>,
    refused: Mutex<Vec<Bytes>>,
}

impl Receiver {
    async fn start() -> Self {
        let inner = Arc::<Inner>::default();
        let router = Router::new().fallback(take).with_state(inner.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, inner }
    }

    fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    fn events(&self) -> Vec<Value> {
        let taken = self.inner.taken.lock();
        taken.iter().map(|(_, body)| serde_json::from_slice(body).expect("JSON")).collect()
    }

    fn names(&self) -> Vec<String> {
        self.events().iter().map(|event| event["event"].as_str().expect("a name").to_owned()).collect()
    }
}

async fn take(State(inner): State<Arc<Inner>>, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(elsewhere) = inner.redirect.lock().clone() {
        return (Status::TEMPORARY_REDIRECT, [(header::LOCATION, elsewhere)]).into_response();
    }
    let fails = inner.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
    if fails {
        inner.refused.lock().push(body);
        return Status::INTERNAL_SERVER_ERROR.into_response();
    }
    inner.taken.lock().push((headers, body));
    Status::OK.into_response()
}

#[tokio::test]
async fn a_whole_session_is_told_signed_although_the_receiver_fails_first() {
    let server = server().await;
    server.api.users().await;
    let receiver = Receiver::start().await;
    receiver.inner.failures.store(1, Ordering::SeqCst);
    let (status, hook) = server.api.post("/v2/webhooks", &json!({ "url": receiver.url() })).await;
    assert_eq!(status, StatusCode::CREATED, "{hook}");
    let secret = hook["secret"].as_str().expect("a secret").to_owned();
    let room = server.api.room(json!({ "live": true })).await;
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    host.send(json!({ "type": "leave" })).await;
    let all =
        ["on_call_incoming", "on_participant_joined", "on_participant_left", "on_session_ended", "on_session_started"];
    until("all events", || async {
        let mut names = receiver.names();
        names.sort();
        names.dedup();
        names == all
    })
    .await;

    let failed = receiver.inner.refused.lock()[0].clone();
    let again = receiver.inner.taken.lock().iter().filter(|(_, body)| *body == failed).count();
    assert_eq!(again, 1, "what was refused came again, the same to the byte");
    for (headers, body) in receiver.inner.taken.lock().iter() {
        let signature = headers["visita-signature"].to_str().expect("text");
        let (t, v1) = signature.split_once(',').expect("two parts");
        let (t, v1) = (t.strip_prefix("t=").expect("a time"), v1.strip_prefix("v1=").expect("a signature"));
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
        mac.update(format!("{t}.").as_bytes());
        mac.update(body);
        let expected: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(v1, expected);
        assert_eq!(headers["content-type"], "application/json");
    }
    let events = receiver.events();
    let one = |name: &str| events.iter().find(|event| event["event"] == name).expect("told").clone();
    let joined = one("on_participant_joined");
    assert_eq!((&joined["user_id"], &joined["participant_id"]), (&json!("dr"), &json!(room.seat(0))));
    assert_eq!((&joined["room_id"], &joined["session_id"]), (&json!(room.id), &host.welcome["room"]["session_id"]));
    assert_eq!(one("on_participant_left")["reason"], "left");
    let incoming = one("on_call_incoming");
    assert_eq!((&incoming["user_id"], &incoming["called"]), (&json!("dr"), &json!(["pat"])));
    let text = serde_json::to_string(&events).expect("JSON");
    assert!(!text.contains("Conti"), "no names: {text}");
}

#[tokio::test]
async fn what_a_restart_interrupts_goes_on_afterwards() {
    let data = tempfile::tempdir().expect("a folder");
    let config = || ServerConfig { data: Some(data.path().to_owned()), ..ServerConfig::default() };
    let receiver = Receiver::start().await;
    receiver.inner.failures.store(usize::MAX, Ordering::SeqCst);
    let server = server_with(config()).await;
    server.api.users().await;
    let body = json!({ "url": receiver.url(), "events": ["on_session_started"] });
    assert_eq!(server.api.post("/v2/webhooks", &body).await.0, StatusCode::CREATED);
    let room = server.api.room(json!({})).await;
    let _host = server.api.come(&room.host, "Dr. Conti").await;
    until("a first attempt", || async { !receiver.inner.refused.lock().is_empty() }).await;
    server.running.stop().await;
    assert!(receiver.events().is_empty());

    receiver.inner.failures.store(0, Ordering::SeqCst);
    let server = server_with(config()).await;
    until("the event", || async { !receiver.events().is_empty() }).await;
    assert_eq!(receiver.names(), ["on_session_started"], "and only what was asked for");
    assert_eq!(receiver.events()[0]["room_id"], json!(room.id));
    server.running.stop().await;
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let server = server().await;
    server.api.users().await;
    let (private, receiver) = (Receiver::start().await, Receiver::start().await);
    *receiver.inner.redirect.lock() = Some(private.url());
    server.api.post("/v2/webhooks", &json!({ "url": receiver.url(), "events": ["on_session_started"] })).await;
    let room = server.api.room(json!({})).await;
    let _host = server.api.come(&room.host, "Dr. Conti").await;
    *receiver.inner.redirect.lock() = None;
    // Only what went straight there, or came there again by itself, counts.
    until("the event", || async { !receiver.events().is_empty() }).await;
    assert!(private.events().is_empty());
}

#[tokio::test]
async fn webhooks_are_made_changed_and_deleted() {
    let server = server().await;
    let url = "https://example.org/hook";
    let body = json!({ "url": url, "events": ["on_session_ended"], "secret": "0123456789abcdef", "enabled": false });
    let (status, made) = server.api.post("/v2/webhooks", &body).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!((&made["secret"], &made["enabled"]), (&json!("0123456789abcdef"), &json!(false)));
    let path = format!("/v2/webhooks/{}", made["webhook_id"].as_str().expect("an id"));
    let (_, told) = server.api.get(&path).await;
    assert_eq!((told.get("secret"), &told["url"]), (None, &json!(url)), "the secret is told once");
    assert_eq!(server.api.get("/v2/webhooks").await.1, json!({ "webhooks": [told], "total": 1 }));
    let (status, changed) = server.api.patch(&path, &json!({ "events": [], "enabled": true })).await;
    assert_eq!((status, &changed["events"], &changed["enabled"]), (StatusCode::OK, &json!([]), &json!(true)));
    assert_eq!((&changed["url"], changed.get("secret")), (&json!(url), None));
    let (_, changed) = server.api.patch(&path, &json!({ "secret": "fedcba9876543210" })).await;
    assert_eq!(changed["secret"], "fedcba9876543210");
    for (body, field) in [
        (json!({}), "url"),
        (json!({ "url": "ftp://example.org" }), "url"),
        (json!({ "url": "https://a:b@example.org" }), "url"),
        (json!({ "url": "nowhere" }), "url"),
        (json!({ "url": url, "events": ["on_everything"] }), "events[0]"),
        (json!({ "url": url, "events": ["on_session_ended", "on_session_ended"] }), "events[1]"),
        (json!({ "url": url, "secret": "short" }), "secret"),
        (json!({ "url": url, "colour": "red" }), "colour"),
    ] {
        let answer = server.api.post("/v2/webhooks", &body).await;
        let told = (answer.0, code(&answer), answer.1["error"]["field"].as_str());
        assert_eq!(told, (StatusCode::BAD_REQUEST, "invalid", Some(field)), "{body}");
        if field != "url" {
            assert_eq!(server.api.patch(&path, &body).await.0, StatusCode::BAD_REQUEST, "{body}");
        }
    }
    assert_eq!(server.api.get("/v2/webhooks").await.1["total"], 1, "nothing was stored");
    assert_eq!(server.api.delete(&path).await.0, StatusCode::NO_CONTENT);
    for answer in
        [server.api.get(&path).await, server.api.delete(&path).await, server.api.patch(&path, &json!({})).await]
    {
        assert_eq!((answer.0, code(&answer)), (StatusCode::NOT_FOUND, "not_found"));
    }
}
