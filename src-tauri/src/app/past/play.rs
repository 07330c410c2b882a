//! Where the page plays recordings from: an address on loopback with a secret that changes at each start. What is asked for
//! there is fetched from the recording's server with the person's own authority, so that the page is told neither key nor
//! token.

use std::net::Ipv4Addr;

use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use rand::{Rng, distr::Alphanumeric};
use visita_protocol::{ErrorCode, RecordingId, RoomId, Secret};

use super::Ways;

/// What of a server's answer the page has to know, to jump about in a recording.
const PASSED_ON: [header::HeaderName; 4] =
    [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_RANGE, header::ACCEPT_RANGES];

/// The listening side.
pub(in crate::app) struct Player {
    port: u16,
    secret: Secret,
}

#[derive(Clone)]
struct Shared {
    secret: Secret,
    ways: Ways,
}

impl Player {
    /// Starts listening on a free port of loopback; must be called in a tokio runtime.
    pub(in crate::app) fn start(ways: Ways) -> std::io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let secret: String = rand::rng().sample_iter(Alphanumeric).take(43).map(char::from).collect();
        let secret = Secret::new(secret);
        let shared = Shared { secret: secret.clone(), ways };
        let routes = Router::new().route("/play/{secret}/{room}/{recording}", get(play)).with_state(shared);
        tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, routes).await {
                tracing::error!(%error, "recordings cannot be played any more");
            }
        });
        Ok(Self { port, secret })
    }

    /// Where the page plays a recording from.
    pub(super) fn url(&self, room: &RoomId, recording: &RecordingId) -> String {
        format!("http://127.0.0.1:{}/play/{}/{room}/{recording}", self.port, self.secret.expose())
    }
}

async fn play(
    State(shared): State<Shared>,
    Path((secret, room, recording)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Response<Body> {
    if secret != shared.secret.expose() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let (Ok(room), Ok(recording)) = (room.parse::<RoomId>(), recording.parse::<RecordingId>()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let Some(api) = shared.ways.to(&room) else { return StatusCode::NOT_FOUND.into_response() };
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    let answer = match api.fetch(&format!("v2/rooms/{room}/recordings/{recording}/content"), range).await {
        Ok(answer) => answer,
        Err(problem) => {
            tracing::info!(code = problem.code.as_str(), "a recording cannot be played");
            let gone = matches!(problem.code, ErrorCode::NotFound | ErrorCode::RoomNotFound);
            return if gone { StatusCode::NOT_FOUND } else { StatusCode::BAD_GATEWAY }.into_response();
        }
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status();
    for name in PASSED_ON {
        if let Some(value) = answer.headers().get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    *response.body_mut() = Body::from_stream(answer.bytes_stream());
    response
}
