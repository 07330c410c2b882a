//! Errors at the HTTP edge: `{"error": {"code", "message", "field"?}}` with the status that belongs to the code.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde::de::DeserializeOwned;
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
        let mut response = (self.status, Json(ErrorBody { error: self.problem })).into_response();
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
        ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::ServerUnreachable | ErrorCode::RecordingUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
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
        if !error.is_data() {
            return Problem::new(ErrorCode::Invalid, "the body is not JSON");
        }
        let message = error.to_string();
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
        let words = message.split(" at line ").next().unwrap_or("not valid").to_owned();
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
    }

    #[test]
    fn what_is_not_json_names_no_field() {
        for body in ["", "{", "{} {}", "user_id=a", "[]", "null"] {
            let problem = read_json::<CreateUser>(body.as_bytes()).expect_err(body);
            assert_eq!((problem.code, problem.field), (ErrorCode::Invalid, None), "{body}");
        }
    }
}
