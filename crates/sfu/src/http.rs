//! The HTTP entry points of LiveKit's signalling.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use axum::{
    Router,
    extract::{
        Query, State,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::any,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use livekit_protocol::{ClientInfo, JoinRequest, signal_request::Message as Request};
use tokio::sync::{mpsc, oneshot};

use crate::{
    engine::{Join, Refusal, SignalEvent},
    join_request::{self, JoinRequestError},
    rate::Buckets,
    session,
    token::{Grant, Keys, TokenError},
    wire,
};

/// Longest signalling message, as LiveKit has it.
const MAX_MESSAGE_LEN: usize = 2 * 1024 * 1024;

/// Signalling messages are small; the library's default of 128 KiB a connection is for others.
const READ_BUFFER_LEN: usize = 8 * 1024;

#[derive(Clone)]
struct Entry {
    keys: Arc<Keys>,
    engine: mpsc::Sender<SignalEvent>,
    messages_per_second: u32,
    /// Clients on the Rust SDK may have one connection.
    native_clients: bool,
    /// How often each identity may come, by room and identity.
    joins: Arc<Mutex<Buckets<(String, String)>>>,
}

/// Joins of one identity: so many at once, then so many a second. Clients that lose their connection try ten times at most,
/// each time later; anything beyond is a client that has lost its mind.
const JOIN_BURST: u32 = 20;
const JOINS_PER_SECOND: u32 = 1;

pub(crate) fn routes(
    keys: Arc<Keys>,
    engine: mpsc::Sender<SignalEvent>,
    messages_per_second: u32,
    native_clients: bool,
) -> Router {
    let joins = Arc::new(Mutex::new(Buckets::new(JOINS_PER_SECOND, JOIN_BURST)));
    Router::new()
        .route("/rtc", any(rtc))
        .route("/rtc/validate", any(validate))
        .route("/rtc/v1", any(rtc_v1))
        .route("/rtc/v1/validate", any(validate_v1))
        .layer(middleware::map_response(allow_any_origin))
        .with_state(Entry { keys, engine, messages_per_second, native_clients, joins })
}

/// Tokens are the only authority here, no cookies: any page may ask.
pub(crate) async fn allow_any_origin(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("authorization, content-type"));
    response
}

async fn validate(
    State(entry): State<Entry>,
    Query(query): Query<HashMap<String, String>>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    check(&entry, &query, &method, &headers, Wish::MayBeThere).await
}

async fn validate_v1(
    State(entry): State<Entry>,
    Query(query): Query<HashMap<String, String>>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    check(&entry, &query, &method, &headers, Wish::MustBeThere).await
}

async fn check(
    entry: &Entry,
    query: &HashMap<String, String>,
    method: &Method,
    headers: &HeaderMap,
    wish: Wish,
) -> Response {
    if *method == Method::OPTIONS {
        return StatusCode::NO_CONTENT.into_response();
    }
    let grant = match entry.keys.verify_join(bearer(headers, Some(query))) {
        Ok(grant) => grant,
        Err(error) => return refusal(error),
    };
    let join = match entry.admit(grant, query, wish) {
        Ok(entrance) => entrance.join,
        Err(refused) => return refused.into_response(),
    };
    match entry.knock(&join).await {
        Ok(()) => "success".into_response(),
        Err(refused) => refused,
    }
}

/// Two peer connections, unless a `join_request` says otherwise.
async fn rtc(
    State(entry): State<Entry>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    enter(entry, &query, &headers, upgrade, Wish::MayBeThere).await
}

/// One peer connection for both ways.
async fn rtc_v1(
    State(entry): State<Entry>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    enter(entry, &query, &headers, upgrade, Wish::MustBeThere).await
}

async fn enter(
    entry: Entry,
    query: &HashMap<String, String>,
    headers: &HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    wish: Wish,
) -> Response {
    let Ok(upgrade) = upgrade else { return StatusCode::NOT_FOUND.into_response() };
    let grant = match entry.keys.verify_join(bearer(headers, Some(query))) {
        Ok(grant) => grant,
        Err(error) => return refusal(error),
    };
    if !entry.may_try(&grant) {
        return (StatusCode::TOO_MANY_REQUESTS, "too many attempts to join").into_response();
    }
    let Entrance { join, first } = match entry.admit(grant, query, wish) {
        Ok(entrance) => entrance,
        Err(refused) => return refused.into_response(),
    };
    if let Err(refused) = entry.knock(&join).await {
        return refused;
    }
    upgrade
        .max_message_size(MAX_MESSAGE_LEN)
        .max_frame_size(MAX_MESSAGE_LEN)
        .read_buffer_size(READ_BUFFER_LEN)
        .write_buffer_size(0)
        .on_upgrade(move |socket| session::run(socket, join, first, entry.engine, entry.messages_per_second))
}

impl Entry {
    /// Whether an identity does not come too often.
    fn may_try(&self, grant: &Grant) -> bool {
        let key = (grant.room().to_owned(), grant.identity().to_owned());
        self.joins.lock().unwrap_or_else(PoisonError::into_inner).take(key, Instant::now())
    }

    /// What somebody says when coming.
    fn admit(
        &self,
        grant: Grant,
        query: &HashMap<String, String>,
        wish: Wish,
    ) -> Result<Entrance, (StatusCode, String)> {
        let entrance =
            Entrance::read(grant, query, wish).map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
        let Join { one_connection, client, .. } = &entrance.join;
        if *one_connection && wire::is_native(client) && !self.native_clients {
            // Upon a plain 404 clients take two.
            return Err((StatusCode::NOT_FOUND, String::new()));
        }
        Ok(entrance)
    }

    /// Asks whether there is room.
    async fn knock(&self, join: &Join) -> Result<(), Response> {
        let (answer, answered) = oneshot::channel();
        let (room, identity) = (join.grant.room().to_owned(), join.grant.identity().to_owned());
        let resume = join.resume.is_some();
        let asked = self.engine.send(SignalEvent::Knock { room, identity, resume, answer }).await;
        let gone = || (StatusCode::SERVICE_UNAVAILABLE, Refusal::Stopping.to_string()).into_response();
        asked.map_err(|_| gone())?;
        match answered.await {
            Ok(Ok(())) => Ok(()),
            // Clients take 403 for a no and do not try again by themselves.
            Ok(Err(refusal @ Refusal::Full)) => Err((StatusCode::FORBIDDEN, refusal.to_string()).into_response()),
            Ok(Err(Refusal::Stopping)) | Err(_) => Err(gone()),
        }
    }
}

fn resumes(query: &HashMap<String, String>) -> bool {
    query.get("reconnect").is_some_and(|value| value == "1" || value == "true")
}

fn refusal(error: TokenError) -> Response {
    (StatusCode::UNAUTHORIZED, error.to_string()).into_response()
}

pub(crate) fn bearer<'a>(headers: &'a HeaderMap, query: Option<&'a HashMap<String, String>>) -> &'a str {
    headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .or_else(|| query?.get("access_token").map(String::as_str))
        .unwrap_or_default()
        .trim()
}

/// Whether a client has to say its wishes in a `join_request`.
#[derive(Clone, Copy)]
enum Wish {
    MayBeThere,
    MustBeThere,
}

/// Somebody comes.
struct Entrance {
    join: Join,
    /// What it says at once.
    first: Vec<Request>,
}

impl Entrance {
    fn read(grant: Grant, query: &HashMap<String, String>, wish: Wish) -> Result<Self, JoinRequestError> {
        match (query.get("join_request"), wish) {
            (Some(encoded), _) => Ok(Self::from_request(grant, join_request::read(encoded)?)),
            (None, Wish::MayBeThere) => Ok(Self { join: join_from(grant, query), first: Vec::new() }),
            (None, Wish::MustBeThere) => Err(JoinRequestError::Missing),
        }
    }

    fn from_request(grant: Grant, request: JoinRequest) -> Self {
        let JoinRequest { participant_sid, publisher_offer, add_track_requests, sync_state, .. } = request;
        let join = Join {
            grant,
            client: request.client_info.unwrap_or_default(),
            auto_subscribe: request.connection_settings.is_none_or(|settings| settings.auto_subscribe),
            attributes: request.participant_attributes,
            metadata: Some(request.metadata).filter(|metadata| !metadata.is_empty()),
            one_connection: true,
            resume: request.reconnect.then_some(participant_sid),
        };
        let tracks = add_track_requests.into_iter().map(Request::AddTrack);
        let state = sync_state.map(Request::SyncState);
        let first = state.into_iter().chain(tracks).chain(publisher_offer.map(Request::Offer)).collect();
        Self { join, first }
    }
}

fn join_from(grant: Grant, query: &HashMap<String, String>) -> Join {
    let text = |name: &str| query.get(name).cloned().unwrap_or_default();
    let number = |name: &str| query.get(name).and_then(|value| value.parse().ok()).unwrap_or_default();
    let flag = |name: &str| query.get(name).map(|value| value == "1" || value == "true");
    let client = ClientInfo {
        sdk: wire::sdk_by_name(&text("sdk")).into(),
        version: text("version"),
        protocol: number("protocol"),
        client_protocol: number("client_protocol"),
        os: text("os"),
        os_version: text("os_version"),
        device_model: text("device_model"),
        browser: text("browser"),
        browser_version: text("browser_version"),
        network: text("network"),
        other_sdks: text("other_sdks"),
        ..Default::default()
    };
    let attributes = query
        .get("attributes")
        .and_then(|encoded| URL_SAFE_NO_PAD.decode(encoded.trim_end_matches('=')).ok())
        .and_then(|json| serde_json::from_slice(&json).ok())
        .unwrap_or_default();
    Join {
        grant,
        client,
        // Clients that want no tracks say so; older ones that say nothing want all.
        auto_subscribe: flag("auto_subscribe").unwrap_or(true),
        attributes,
        metadata: None,
        one_connection: false,
        resume: resumes(query).then(|| text("sid")),
    }
}
