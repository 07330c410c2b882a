//! What every request handler has at hand, and the routes.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::DefaultBodyLimit,
    http::{HeaderMap, Method, StatusCode, header, uri::Authority},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::json;
use tokio::sync::watch;
use tower_http::cors::{Any, CorsLayer};
use url::Url;
use visita_protocol::{ErrorCode, Problem, RoomId, entry::MOST_ON_TRIAL};
use visita_room::Standing;
use visita_sfu::SfuControl;

use crate::{
    api::{self, Caller},
    audit::{Audit, Entry},
    callaba, channel,
    clock::Clock,
    docs,
    error::{ApiError, internal},
    files::{self, Files},
    http::{self, Metrics},
    join,
    keys::Keys,
    machine::Machine,
    media::{self, Admin, Media, Presence},
    mia::{self, Mia},
    pictures,
    recordings::Recordings,
    rooms::Rooms,
    store::Store,
    tokens::LiveKitSigner,
    users::Users,
    video_rooms,
    webhooks::Webhooks,
};

/// Longest body accepted, in bytes: what the way to this server is tried with. A room of 25 with every right spelt out has
/// less than 16 KiB.
const MAX_BODY: usize = MOST_ON_TRIAL;

/// Shared by all handlers.
#[derive(Clone)]
pub(crate) struct App(Arc<Parts>);

pub(crate) struct Parts {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) keys: Keys,
    pub(crate) rooms: Rooms,
    pub(crate) media: Media,
    pub(crate) audit: Audit,
    pub(crate) files: Files,
    pub(crate) recordings: Recordings,
    pub(crate) webhooks: Webhooks,
    pub(crate) metrics: Metrics,
    /// The built-in media server, where there is one.
    pub(crate) sfu: Option<SfuControl>,
    /// Signed-in users who are online.
    pub(crate) users: Users,
    pub(crate) clock: Clock,
    /// What this runs on.
    pub(crate) machine: Machine,
    /// How long before its end an access token is asked to be replaced.
    pub(crate) token_warning: Duration,
    pub(crate) signer: LiveKitSigner,
    /// Media elsewhere: its URL.
    pub(crate) livekit_url: Option<Url>,
    /// Media elsewhere: whom to believe what its webhooks say, and where to tell it.
    pub(crate) livekit: Option<(Admin, Presence)>,
    pub(crate) public_url: Option<Url>,
    /// Where it serves, as a client on this computer or network reaches it.
    pub(crate) own_url: Url,
    /// What teleconsultations go by.
    pub(crate) mia: Mia,
    /// Turns true when the server stops.
    pub(crate) stopping: watch::Receiver<bool>,
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Where media is, for a client that reached the server so.
    pub(crate) fn livekit_url_for(&self, base: &Url) -> String {
        match &self.livekit_url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None => websocket_url(base, ""),
        }
    }

    /// What links start with.
    pub(crate) fn link_base(&self) -> &Url {
        self.public_url.as_ref().unwrap_or(&self.own_url)
    }

    /// Deletes a room with all that is kept of it; who is in is put out.
    pub(crate) async fn delete_room(&self, caller: &Caller, room: &RoomId) -> Result<(), ApiError> {
        self.rooms.close(room, Standing::Deleted).await?;
        self.files.delete_room(room).await.map_err(internal)?;
        self.recordings.delete_room(room).await.map_err(internal)?;
        tracing::info!(%room, "room deleted");
        Ok(self.audit.write(Entry::by(caller, "room_deleted").room(room)).await?)
    }

    /// Switches a room off; who is in is put out.
    pub(crate) async fn disable_room(&self, caller: &Caller, room: &RoomId) -> Result<(), ApiError> {
        self.rooms.close(room, Standing::Disabled).await?;
        tracing::info!(%room, "room disabled");
        Ok(self.audit.write(Entry::by(caller, "room_disabled").room(room)).await?)
    }

    /// Switches a room on again, with its media room.
    pub(crate) async fn enable_room(&self, caller: &Caller, room: &RoomId) -> Result<(), ApiError> {
        self.rooms.open(room).await?;
        tracing::info!(%room, "room enabled");
        Ok(self.audit.write(Entry::by(caller, "room_enabled").room(room)).await?)
    }

    /// The server as this request reached it: the public URL where there is one, else by the name that was asked for.
    pub(crate) fn base_for(&self, headers: &HeaderMap) -> Url {
        if let Some(public) = &self.public_url {
            return public.clone();
        }
        headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok())
            .and_then(|host| host.parse::<Authority>().ok())
            .filter(|host| !host.as_str().contains('@'))
            .and_then(|host| Url::parse(&format!("{}://{host}/", self.own_url.scheme())).ok())
            .unwrap_or_else(|| self.own_url.clone())
    }
}

/// `base` with `ws` for `http` and this path.
pub(crate) fn websocket_url(base: &Url, path: &str) -> String {
    let rest = base.as_str().trim_end_matches('/');
    let rest = rest.strip_prefix("http").unwrap_or(rest);
    format!("ws{rest}{path}")
}

/// Everything HTTP but the media server's own routes.
pub(crate) fn routes(app: App) -> Router {
    // A link's code is the whole credential and no cookie is involved: pages of other origins may use it.
    let join_cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::ACCEPT, header::CONTENT_TYPE]);
    Router::new()
        .route("/join/{code}", get(join::look).post(join::enter))
        .route("/join/{code}/line", get(join::down).post(join::up))
        // Set before the layer, which otherwise would not see a browser's OPTIONS.
        .method_not_allowed_fallback(wrong_method)
        .layer(join_cors)
        .merge(docs::routes(api::routes()))
        .merge(callaba::routes())
        .merge(docs::mia(mia::routes()))
        .merge(pictures::routes())
        .merge(video_rooms::routes())
        .merge(files::routes())
        .route("/", get(join::front_door))
        .route("/join", get(join::page_without_code))
        .route("/join/", get(join::page_without_code))
        .route("/assets/{*path}", get(join::asset))
        .route("/pdf/{*path}", get(join::asset))
        .route("/icon.svg", get(join::asset))
        .route("/embed/{app_id}", get(join::embedded))
        .route("/widget.js", get(join::widget))
        .route("/sign-in/{code}", get(join::sign_in_page))
        .route("/channel", get(channel::open))
        .route("/livekit/webhook", post(media::webhook))
        .route("/user-channel", get(channel::user::open))
        .route("/health", get(health))
        .route("/metrics", get(http::scrape))
        .fallback(not_found)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(app)
}

async fn health(axum::extract::State(app): axum::extract::State<App>) -> Response {
    match app.store.check().await {
        Ok(_) => Json(json!({ "status": "ok" })).into_response(),
        Err(error) => {
            tracing::error!(%error, "storage failed");
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "storage_failed" }))).into_response()
        }
    }
}

async fn not_found() -> ApiError {
    ApiError::from(Problem::new(ErrorCode::NotFound, "nothing here"))
}

pub(crate) async fn wrong_method() -> ApiError {
    ApiError {
        status: StatusCode::METHOD_NOT_ALLOWED,
        problem: Problem::new(ErrorCode::Invalid, "no such method here"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn websocket_urls_follow_the_base() {
        let url = |base: &str, path| websocket_url(&Url::parse(base).expect("a URL"), path);
        assert_eq!(url("http://127.0.0.1:7880/", "/channel"), "ws://127.0.0.1:7880/channel");
        assert_eq!(url("https://visits.example.org", ""), "wss://visits.example.org");
        assert_eq!(url("https://example.org/visits/", "/channel"), "wss://example.org/visits/channel");
    }
}
