//! Joining where no LiveKit server is.

mod common;

use axum::{Router, http::StatusCode, routing::get};
use visita_protocol::ErrorCode;
use visita_rtc::{JoinError, JoinOptions, join};

async fn refusal(url: String) -> JoinError {
    let token = common::token("key", "secret-of-the-tests-0123456789abcdef", "room", "ada");
    let joining = join(JoinOptions { url, token, auto_subscribe: true, known_rate: None, relay_only: false });
    tokio::time::timeout(common::PATIENCE, joining).await.expect("an answer in time").expect_err("no server")
}

async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("ws://{address}")
}

#[tokio::test]
async fn nobody_answers() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    drop(listener);
    assert_eq!(refusal(format!("ws://{address}")).await.code(), ErrorCode::ServerUnreachable);
}

#[tokio::test]
async fn a_web_server_answers() {
    let url = serve(Router::new().route("/", get(|| async { "welcome" }))).await;
    assert_eq!(refusal(url).await.code(), ErrorCode::ServerNotUnderstood);
}

#[tokio::test]
async fn everything_is_answered_with_a_page() {
    let url = serve(Router::new().fallback(|| async { "<html>welcome</html>" })).await;
    assert_eq!(refusal(url).await.code(), ErrorCode::ServerNotUnderstood);
}

#[tokio::test]
async fn a_broken_server_answers() {
    let url = serve(Router::new().fallback(|| async { StatusCode::INTERNAL_SERVER_ERROR })).await;
    assert_eq!(refusal(url).await.code(), ErrorCode::ServerUnreachable);
}

#[tokio::test]
async fn a_web_socket_speaks_another_protocol() {
    use axum::extract::ws::{Message, WebSocketUpgrade};
    let talk = |upgrade: WebSocketUpgrade| async {
        upgrade.on_upgrade(|mut socket| async move {
            let _ = socket.send(Message::Binary(vec![0xff; 64].into())).await;
            let _ = socket.send(Message::Text("hello".into())).await;
            while socket.recv().await.is_some() {}
        })
    };
    let url = serve(Router::new().route("/rtc", get(talk))).await;
    assert_eq!(refusal(url).await.code(), ErrorCode::ServerNotUnderstood);
}

#[tokio::test]
async fn a_server_without_tls_is_asked_for_it() {
    let url = serve(Router::new()).await.replace("ws://", "wss://");
    assert_eq!(refusal(url).await.code(), ErrorCode::ServerUnreachable);
}

#[tokio::test]
async fn no_url_at_all() {
    for url in ["", "nonsense", "ftp://127.0.0.1", "http://"] {
        assert_eq!(refusal(url.to_owned()).await.code(), ErrorCode::ServerNotUnderstood, "{url:?}");
    }
}
