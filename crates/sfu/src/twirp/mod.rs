//! LiveKit's server API: Twirp over HTTP, in protobuf or JSON. Of its services the RoomService is served; the others answer
//! `unimplemented`.

mod room_service;

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::any,
};
use livekit_token::VideoGrants;
use prost::Message;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    api::SfuError,
    control::SfuControl,
    http::{allow_any_origin, bearer},
    token::Keys,
};
use room_service::{Nonces, RoomService};

/// Longest request body.
const MAX_BODY_LEN: usize = 1024 * 1024;

const JSON: &str = "application/json";
const PROTOBUF: &str = "application/protobuf";

#[derive(Clone)]
struct Entry {
    keys: Arc<Keys>,
    control: SfuControl,
    nonces: Arc<Nonces>,
}

pub(crate) fn routes(keys: Arc<Keys>, control: SfuControl) -> Router {
    Router::new()
        .route("/twirp/{service}/{method}", any(serve))
        .layer(DefaultBodyLimit::max(MAX_BODY_LEN))
        .layer(axum::middleware::map_response(allow_any_origin))
        .with_state(Entry { keys, control, nonces: Arc::default() })
}

async fn serve(
    State(entry): State<Entry>,
    Path((service, method)): Path<(String, String)>,
    verb: Method,
    headers: HeaderMap,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Response {
    if verb == Method::OPTIONS {
        return StatusCode::NO_CONTENT.into_response();
    }
    let answered = async {
        if verb != Method::POST {
            return Err(TwirpError::new("bad_route", "only POST is served"));
        }
        let format = Format::of(&headers)?;
        let body = body.map_err(|error| TwirpError::new("malformed", error.body_text()))?;
        let grants = entry.keys.verify_grants(bearer(&headers, None));
        let grants = grants.map_err(|error| TwirpError::new("unauthenticated", error.to_string()))?;
        let Some(name) = service.strip_prefix("livekit.") else {
            return Err(TwirpError::new("bad_route", "no such service"));
        };
        let call = Call { grants, format, body };
        match name {
            "RoomService" => {
                RoomService { control: &entry.control, keys: &entry.keys, nonces: &entry.nonces }
                    .serve(&method, call)
                    .await
            }
            "Egress" | "Ingress" | "SIP" | "AgentDispatchService" | "Connector" => {
                Err(TwirpError::new("unimplemented", format!("{name} is not served here")))
            }
            _ => Err(TwirpError::new("bad_route", "no such service")),
        }
    };
    answered.await.unwrap_or_else(IntoResponse::into_response)
}

/// A request whose bearer is known.
struct Call {
    grants: VideoGrants,
    format: Format,
    body: Bytes,
}

impl Call {
    fn read<T: Message + Default + DeserializeOwned>(&self) -> Result<T, TwirpError> {
        match self.format {
            Format::Protobuf => {
                T::decode(self.body.clone()).map_err(|error| TwirpError::new("malformed", error.to_string()))
            }
            Format::Json if self.body.is_empty() => Ok(T::default()),
            Format::Json => {
                serde_json::from_slice(&self.body).map_err(|error| TwirpError::new("malformed", error.to_string()))
            }
        }
    }

    fn write<T: Message + Serialize>(&self, answer: &T) -> Result<Response, TwirpError> {
        let (kind, body) = match self.format {
            Format::Protobuf => (PROTOBUF, answer.encode_to_vec()),
            Format::Json => {
                (JSON, serde_json::to_vec(answer).map_err(|error| TwirpError::new("internal", error.to_string()))?)
            }
        };
        Ok(([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], body).into_response())
    }
}

#[derive(Clone, Copy)]
enum Format {
    Protobuf,
    Json,
}

impl Format {
    fn of(headers: &HeaderMap) -> Result<Self, TwirpError> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        match kind.split(';').next().unwrap_or_default().trim() {
            JSON => Ok(Self::Json),
            PROTOBUF => Ok(Self::Protobuf),
            other => Err(TwirpError::new("bad_route", format!("unexpected content type {other:?}"))),
        }
    }
}

/// An error as Twirp tells it (twitchtv.github.io/twirp/docs/errors.html).
#[derive(Debug)]
struct TwirpError {
    code: &'static str,
    message: String,
}

impl TwirpError {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

impl From<SfuError> for TwirpError {
    fn from(error: SfuError) -> Self {
        let code = match error {
            SfuError::NoRoom | SfuError::NoParticipant | SfuError::NoTrack => "not_found",
            SfuError::Stopped => "unavailable",
            SfuError::Bind { .. }
            | SfuError::BindTcp { .. }
            | SfuError::NoAddress(_)
            | SfuError::Thread(_)
            | SfuError::Certificate(_) => "internal",
        };
        Self::new(code, error.to_string())
    }
}

impl IntoResponse for TwirpError {
    fn into_response(self) -> Response {
        let status = match self.code {
            "invalid_argument" | "malformed" => StatusCode::BAD_REQUEST,
            "unauthenticated" => StatusCode::UNAUTHORIZED,
            "not_found" | "bad_route" => StatusCode::NOT_FOUND,
            "failed_precondition" => StatusCode::PRECONDITION_FAILED,
            "unimplemented" => StatusCode::NOT_IMPLEMENTED,
            "unavailable" => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let body = serde_json::json!({ "code": self.code, "msg": self.message });
        // Exactly this content type: the Node SDK compares it as it is.
        (status, [(header::CONTENT_TYPE, HeaderValue::from_static(JSON))], body.to_string()).into_response()
    }
}
