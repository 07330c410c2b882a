//! Errors at the HTTP edge: `{"error": {"code", "message", "field"?}}` with the status that belongs to the code.

use axum::{
    Json,
    extract::{FromRequestParts, ws::WebSocketUpgrade},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde::de::{DeserializeOwned, IgnoredAny};
use visita_protocol::{ErrorBody, ErrorCode, Problem};

use crate::{keys::KeyError, rooms::RoomError, store::StoreError};

/// An error answer.
#[derive(Debug)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) problem: Problem,
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self { status: status_of(problem.code), problem }
    }
}

impl From<RoomError> for ApiError {
    fn from(error: RoomError) -> Self {
        error.problem().into()
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        RoomError::from(error).into()
    }
}

impl From<KeyError> for ApiError {
    fn from(error: KeyError) -> Self {
        internal(error)
    }
}

/// A fault of ours: the log has the reason, the caller has not.
pub(crate) fn internal(error: impl std::fmt::Display) -> ApiError {
    tracing::error!(%error, "a request failed");
    Problem::new(ErrorCode::Internal, "something went wrong on the server").into()
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(ErrorBody { error: self.problem.clone() })).into_response();
        // For a dialect that tells it in another shape.
        response.extensions_mut().insert(self.problem);
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

fn status_of(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::LinkMalformed | ErrorCode::Invalid => StatusCode::BAD_REQUEST,
        ErrorCode::Unauthorized | ErrorCode::TokenExpired => StatusCode::UNAUTHORIZED,
        ErrorCode::LinkRevoked
        | ErrorCode::LinkExpired
        | ErrorCode::RoomDisabled
        | ErrorCode::RoomEnded
        | ErrorCode::RoomNotStarted
        | ErrorCode::Forbidden
        | ErrorCode::Displaced
        | ErrorCode::Removed => StatusCode::FORBIDDEN,
        ErrorCode::LinkUnknown | ErrorCode::RoomNotFound | ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::SeatInUse
        | ErrorCode::RoomFull
        | ErrorCode::RoomFrozen
        | ErrorCode::RoomEmpty
        | ErrorCode::Conflict => StatusCode::CONFLICT,
        ErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::FileTypeRefused => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::ServerUnreachable | ErrorCode::RecordingUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Parts of the path, as axum reads them; what cannot be read is refused with a code.
pub(crate) struct Path<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let read = axum::extract::Path::from_request_parts(parts, state).await;
        let axum::extract::Path(value) =
            read.map_err(|_| Problem::new(ErrorCode::Invalid, "the path cannot be read"))?;
        Ok(Self(value))
    }
}

/// The query, as axum reads it; what cannot be read is refused with a code.
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let read = axum::extract::Query::from_request_parts(parts, state).await;
        let axum::extract::Query(value) =
            read.map_err(|_| Problem::new(ErrorCode::Invalid, "the query cannot be read"))?;
        Ok(Self(value))
    }
}

/// A WebSocket that is asked for; whoever asks for something else is told so with a code.
pub(crate) struct Upgrade(pub(crate) WebSocketUpgrade);

impl<S: Send + Sync> FromRequestParts<S> for Upgrade {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        WebSocketUpgrade::from_request_parts(parts, state).await.map(Self).map_err(|rejection| ApiError {
            status: rejection.into_response().status(),
            problem: Problem::new(ErrorCode::Invalid, "here is a WebSocket, which has to be asked for as such"),
        })
    }
}

/// A body as the handlers get it: whatever its content type, too large ones refused with a code.
pub(crate) struct Body(pub(crate) Bytes);

impl<S: Send + Sync> axum::extract::FromRequest<S> for Body {
    type Rejection = ApiError;

    async fn from_request(request: axum::extract::Request, state: &S) -> Result<Self, ApiError> {
        // Nothing is unpacked here, so that nothing small can become something huge.
        if request.headers().get(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
            let problem = Problem::new(ErrorCode::Invalid, "bodies are taken as they are, without a content encoding");
            return Err(ApiError { status: StatusCode::UNSUPPORTED_MEDIA_TYPE, problem });
        }
        Bytes::from_request(request, state).await.map(Self).map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                Problem::new(ErrorCode::TooLarge, "the body is larger than allowed").into()
            } else {
                Problem::new(ErrorCode::Invalid, "the body did not arrive whole").into()
            }
        })
    }
}

impl Body {
    /// Reads JSON where no body at all is fine too.
    pub(crate) fn json_or_default<T: DeserializeOwned + Default>(&self) -> Result<T, Problem> {
        if self.0.is_empty() { Ok(T::default()) } else { self.json() }
    }

    /// Reads JSON; the error names the field.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        read_json(&self.0)
    }
}

/// Reads JSON; the error names the field by its path.
pub(crate) fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // serde would also read the fields of a struct from an array, by their order.
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(Problem::new(ErrorCode::Invalid, "the body is not a JSON object"));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let mut field = error.path().to_string();
        if field == "." {
            field.clear();
        }
        let error = error.into_inner();
        // An enum's value of a wrong type counts as wrong JSON with the parser.
        if !error.is_data() && serde_json::from_slice::<IgnoredAny>(bytes).is_err() {
            return Problem::new(ErrorCode::Invalid, "the body is not JSON");
        }
        let message = if error.is_data() { error.to_string() } else { "not a value of this field".to_owned() };
        // serde names the field that is missing or unknown only in its words.
        if let Some(name) = message.split('`').nth(1).filter(|_| {
            ["missing field", "unknown field", "duplicate field"].iter().any(|start| message.starts_with(start))
        }) {
            let is_named = field == name || field.ends_with(&format!(".{name}"));
            if !is_named {
                field = if field.is_empty() { name.to_owned() } else { format!("{field}.{name}") };
            }
        }
        // The place in the text says little beside the field's name.
        let words = message.split(" at line ").next().unwrap_or("not valid");
        // What our types are called says nothing to the caller.
        let words = match words.split_once(", expected struct ") {
            Some((words, _)) => format!("{words}, expected an object"),
            None => words.to_owned(),
        };
        Problem {
            code: ErrorCode::Invalid,
            message: words,
            field: (!field.is_empty()).then_some(field),
            starts_at: None,
        }
    })?;
    json.end().map_err(|_| Problem::new(ErrorCode::Invalid, "the body is not JSON"))?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use visita_protocol::rest::{CreateRoom, CreateUser, CreateWebhook};

    use super::*;

    fn field<T: DeserializeOwned>(body: &str) -> Option<String> {
        read_json::<T>(body.as_bytes()).err().expect("refused").field
    }

    #[test]
    fn the_field_is_named_by_its_path() {
        assert_eq!(field::<CreateUser>(r#"{"role":"boss"}"#).as_deref(), Some("role"));
        assert_eq!(field::<CreateUser>(r#"{"user_id":"a b"}"#).as_deref(), Some("user_id"));
        assert_eq!(field::<CreateUser>(r#"{"name":"Ada"}"#).as_deref(), Some("name"));
        assert_eq!(field::<CreateWebhook>("{}").as_deref(), Some("url"));
        assert_eq!(
            field::<CreateRoom>(r#"{"participants":[{"user_id":"a"},{}]}"#).as_deref(),
            Some("participants[1].user_id")
        );
        assert_eq!(
            field::<CreateRoom>(r#"{"participants":[{"user_id":"a","tools":{"chatt":true}}]}"#).as_deref(),
            Some("participants[0].tools.chatt")
        );
        assert_eq!(field::<CreateRoom>(r#"{"participants":[],"duration":-1}"#).as_deref(), Some("duration"));
        for wrong in ["7", "null", "{}", "[]", "true", r#""boss""#] {
            assert_eq!(field::<CreateUser>(&format!(r#"{{"role":{wrong}}}"#)).as_deref(), Some("role"), "{wrong}");
        }
        assert_eq!(
            field::<CreateWebhook>(r#"{"url":"http://x","events":["on_session_started",7]}"#).as_deref(),
            Some("events[1]")
        );
    }

    #[test]
    fn the_words_name_no_types_of_ours() {
        let words = |seat: &str| {
            let body = format!(r#"{{"participants":[{seat}]}}"#);
            read_json::<CreateRoom>(body.as_bytes()).expect_err(seat).message
        };
        assert_eq!(words("null"), "invalid type: null, expected an object");
        assert_eq!(words(r#"{"user_id":"a","tools":"all"}"#), "invalid type: string \"all\", expected an object");
    }

    #[test]
    fn what_is_not_json_names_no_field() {
        for body in ["", "{", "{} {}", "user_id=a", "[]", "null"] {
            let problem = read_json::<CreateUser>(body.as_bytes()).expect_err(body);
            assert_eq!((problem.code, problem.field), (ErrorCode::Invalid, None), "{body}");
        }
    }
}
