//! Limits, time-outs and metrics, as a client meets them.

mod common;

use std::time::Duration;

use common::{SOON, code, server, server_with, until};
use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use visita_server::{Limits, Rate, ServerConfig};

fn with(limits: Limits) -> ServerConfig {
    ServerConfig { limits, ..ServerConfig::default() }
}

#[tokio::test]
async fn one_link_may_be_looked_through_only_so_often() {
    let per_link = Rate { burst: 3, per_second: 1 };
    let server = server_with(with(Limits { per_link, ..Limits::default() })).await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    for _ in 0..3 {
        assert_eq!(server.api.look(&room.guest).await.0, StatusCode::OK);
    }
    let response = reqwest::get(&room.guest).await.expect("an answer");
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = response.headers()["retry-after"].to_str().expect("text").parse().expect("seconds");
    assert!((1..=2).contains(&wait), "{wait}");
    let body: serde_json::Value = response.json().await.expect("JSON");
    assert_eq!(body["error"]["code"], "rate_limited");
    let browser = server.api.client.get(&room.guest).header("accept", "text/html,*/*");
    let page = browser.send().await.expect("an answer");
    assert_eq!((page.status(), page.headers().contains_key("retry-after")), (StatusCode::TOO_MANY_REQUESTS, true));
    assert!(page.text().await.expect("text").contains("<h1>One moment"), "people read no JSON");
    assert_eq!(server.api.look(&room.host).await.0, StatusCode::OK, "another link is another matter");
    until("the allowance", || async { server.api.look(&room.guest).await.0 == StatusCode::OK }).await;
}

#[tokio::test]
async fn one_address_may_join_and_guess_only_so_often() {
    let limits = Limits {
        per_address: Rate { burst: 5, per_second: 1 },
        failures_per_address: Rate { burst: 2, per_second: 1 },
        ..Limits::default()
    };
    let server = server_with(with(limits)).await;
    server.api.users().await;
    for expected in ["link_unknown", "link_unknown", "rate_limited"] {
        let answer = server.api.look(&format!("/join/{expected}-{}", uuid::Uuid::now_v7())).await;
        assert_eq!(code(&answer), expected);
    }
    let answer = server.api.call(Method::GET, "/v2/rooms", None, Some("a-guess")).await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::TOO_MANY_REQUESTS, "rate_limited"));
    assert_eq!(server.api.get("/v2/rooms").await.0, StatusCode::OK, "who has the key goes on");
    let room = server.api.room(json!({})).await;
    for _ in 0..2 {
        assert_eq!(server.api.look(&room.guest).await.0, StatusCode::OK);
    }
    assert_eq!(code(&server.api.look(&room.guest).await), "rate_limited");
}

#[tokio::test]
async fn behind_a_proxy_each_client_is_its_own() {
    let limits = Limits {
        per_address: Rate { burst: 1, per_second: 1 },
        trusted_proxies: vec!["127.0.0.1".parse().expect("an address")],
        ..Limits::default()
    };
    let server = server_with(with(limits)).await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    let look = async |client: &str| {
        let request = server.api.client.get(&room.guest).header("x-forwarded-for", client);
        request.send().await.expect("an answer").status()
    };
    assert_eq!(look("198.51.100.1").await, StatusCode::OK);
    assert_eq!(look("198.51.100.1").await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(look("198.51.100.2").await, StatusCode::OK);
    assert_eq!(look("2001:db8::1").await, StatusCode::OK);
    assert_eq!(look("2001:db8::2").await, StatusCode::TOO_MANY_REQUESTS, "the same subscriber");
}

#[tokio::test]
async fn who_is_slow_with_headers_or_body_is_cut_off() {
    let limits = Limits {
        header_time: Duration::from_millis(300),
        request_time: Duration::from_millis(300),
        ..Limits::default()
    };
    let server = server_with(with(limits)).await;
    let address = server.running.address();
    let mut slow = TcpStream::connect(address).await.expect("a connection");
    slow.write_all(b"GET /health HTTP/1.1\r\nhost: x\r\nx-slow: ").await.expect("sent");
    let mut answer = Vec::new();
    tokio::time::timeout(SOON, slow.read_to_end(&mut answer)).await.expect("cut off").ok();
    assert!(!String::from_utf8_lossy(&answer).contains("200 OK"));

    let mut slow = TcpStream::connect(address).await.expect("a connection");
    let head = "POST /v2/users HTTP/1.1\r\nhost: x\r\napikey: devkey\r\ncontent-length: 20\r\n\r\n{\"user_id\"";
    slow.write_all(head.as_bytes()).await.expect("sent");
    let mut first = [0; 12];
    tokio::time::timeout(SOON, slow.read_exact(&mut first)).await.expect("cut off").expect("an answer");
    assert_eq!(&first, b"HTTP/1.1 408");
    assert_eq!(server.api.get("/health").await.0, StatusCode::OK, "others notice nothing");
}

#[tokio::test]
async fn one_address_holds_only_so_many_connections() {
    let server = server_with(with(Limits { connections_each: 2, ..Limits::default() })).await;
    let address = server.running.address();
    let first = TcpStream::connect(address).await.expect("a connection");
    let second = TcpStream::connect(address).await.expect("a connection");
    let mut third = TcpStream::connect(address).await.expect("the system accepts it");
    let ended = tokio::time::timeout(SOON, third.read(&mut [0; 1])).await.expect("it is closed");
    assert!(matches!(ended, Ok(0) | Err(_)), "{ended:?}");
    drop((first, second));
    until("a place", || async { reqwest::get(format!("{}/health", server.api.base)).await.is_ok() }).await;
}

#[tokio::test]
async fn nothing_is_unpacked_and_too_much_is_refused() {
    let server = server().await;
    // 1 GiB of zeros is 1 MiB in gzip; here it matters only that nobody looks inside.
    let request = server.api.client.post(format!("{}/v2/users", server.api.base)).header("apikey", "devkey");
    let response =
        request.header("content-encoding", "gzip").body(vec![0x1f, 0x8b, 8, 0]).send().await.expect("answered");
    assert_eq!(response.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let large = format!("{{\"user_id\":\"{}\"}}", "x".repeat(300 * 1024));
    let answer = server.api.call(Method::POST, "/v2/users", Some(&large), Some("devkey")).await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::PAYLOAD_TOO_LARGE, "too_large"));
    let deep = format!("{}{}", "{\"a\":".repeat(2000), "1");
    let answer = server.api.call(Method::POST, "/v2/rooms", Some(&deep), Some("devkey")).await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::BAD_REQUEST, "invalid"));
    let huge = server.api.client.get(format!("{}/health", server.api.base)).header("x-huge", "x".repeat(1 << 20));
    assert!(huge.send().await.map_or(true, |answer| answer.status().is_client_error()));
    assert_eq!(server.api.get("/health").await.0, StatusCode::OK);
}

#[tokio::test]
async fn metrics_tell_what_goes_on_by_route_and_never_by_path() {
    let server = server().await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    let scrape = async || {
        let answer = reqwest::get(format!("{}/metrics", server.api.base)).await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(answer.headers().contains_key("x-request-id"));
        answer.text().await.expect("text")
    };
    let text = scrape().await;
    for line in [
        "visita_http_requests_total{method=\"POST\",route=\"/v2/users\",status=\"201\"} 2",
        "visita_http_requests_total{method=\"POST\",route=\"/join/{code}\",status=\"200\"} 1",
        "visita_http_requests_total{method=\"GET\",route=\"/channel\",status=\"101\"} 1",
        "visita_rooms_awake 1",
        "visita_sessions 1",
        "visita_participants 1",
        "visita_users_online 0",
        "visita_sfu_packets_forwarded_total 0",
    ] {
        assert!(text.lines().any(|told| told == line), "{line} is not in\n{text}");
    }
    assert!(text.contains("visita_http_request_duration_seconds_bucket"), "{text}");
    assert!(text.ends_with("# EOF\n"));
    let link_code = room.host.rsplit('/').next().expect("a code");
    assert!(!text.contains(link_code) && !text.contains(&room.id));
    host.send(json!({ "type": "leave" })).await;
    until("nobody", || async { scrape().await.lines().any(|line| line == "visita_participants 0") }).await;
}
