//! Errors of the dialect: `{"error": "words"}`, with `code` and `field` beside them where the words are not given by the
//! reference.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use visita_protocol::{ErrorCode, Problem};

use crate::{error::ApiError, rooms::RoomError, store::StoreError};

/// Body of every refusal.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MiaErrorBody {
    /// What is wrong, in words.
    error: String,
    /// For software, where the words alone do not say which case it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<ErrorCode>,
    /// The field that is wrong, as a path.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

/// A refusal.
#[derive(Debug)]
pub(super) struct MiaError {
    status: StatusCode,
    body: MiaErrorBody,
}

impl MiaError {
    /// With these words, as the reference has them.
    fn exactly(status: StatusCode, words: String) -> Self {
        Self { status, body: MiaErrorBody { error: words, code: None, field: None } }
    }

    /// Nobody says who is calling, or it is nobody who has to do with it.
    pub(super) fn unauthorized() -> Self {
        Self::exactly(StatusCode::UNAUTHORIZED, "Unauthorized user".into())
    }

    pub(super) fn no_such_room(id: &str) -> Self {
        Self::exactly(StatusCode::NOT_FOUND, format!("Room with id {id} not found on CRUD"))
    }

    /// What was called, and that nobody there has the role plus.
    pub(super) fn no_plus(call: &str) -> Self {
        Self::exactly(StatusCode::BAD_REQUEST, format!("Failed {call}: no plus user in room"))
    }
}

impl From<ApiError> for MiaError {
    fn from(ApiError { status, problem }: ApiError) -> Self {
        if status == StatusCode::UNAUTHORIZED {
            return Self::unauthorized();
        }
        let Problem { code, message, field, .. } = problem;
        let error = match &field {
            Some(field) => format!("{field}: {message}"),
            None => message,
        };
        Self { status, body: MiaErrorBody { error, code: Some(code), field } }
    }
}

/// What handlers and layers of other dialects refuse with, as this one tells it.
pub(crate) fn shape(status: StatusCode, problem: Problem) -> (StatusCode, Value) {
    let MiaError { status, body } = ApiError { status, problem }.into();
    (status, serde_json::to_value(&body).unwrap_or_default())
}

impl From<Problem> for MiaError {
    fn from(problem: Problem) -> Self {
        ApiError::from(problem).into()
    }
}

impl From<RoomError> for MiaError {
    fn from(error: RoomError) -> Self {
        ApiError::from(error).into()
    }
}

impl From<StoreError> for MiaError {
    fn from(error: StoreError) -> Self {
        ApiError::from(error).into()
    }
}

impl IntoResponse for MiaError {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}
