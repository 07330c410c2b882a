//! The `/v2` calls (Kaleyra dialect), for back ends that hold a company's API key.

mod rooms;
mod users;

use axum::{
    Router,
    extract::{FromRequestParts, Path},
    http::request::Parts,
    routing::{get, post},
};
use visita_protocol::{ErrorCode, Problem};

use crate::{app::App, error::ApiError, keys, store::Company};

/// The calls.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/v2/users", post(users::create))
        .route("/v2/users/{user_id}", get(users::get))
        .route("/v2/rooms", post(rooms::create))
        .route("/v2/rooms/{room_id}", get(rooms::get).delete(rooms::delete))
        .route("/v2/rooms/{room_id}/disable", post(rooms::disable))
        .route("/v2/rooms/{room_id}/participants/{participant_id}/link", post(rooms::renew_link))
}

/// Whose key the request carries; without a good one there is no answer but 401.
pub(crate) struct Caller(pub(crate) Company);

impl FromRequestParts<App> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let refused = || Problem::new(ErrorCode::Unauthorized, "the header apikey is missing or wrong");
        let key = parts.headers.get("apikey").ok_or_else(refused)?;
        let hash = app.keys.hash_api_key(key.to_str().map_err(|_| refused())?);
        let (company, stored) = app.store.company_by_key(hash).await?.ok_or_else(refused)?;
        if !keys::same(&hash, &stored) {
            return Err(refused().into());
        }
        Ok(Self(company))
    }
}

/// An id in a path: what is no id is nothing that exists.
fn id<T: std::str::FromStr>(Path(text): Path<String>, missing: Problem) -> Result<T, Problem> {
    text.parse().map_err(|_| missing)
}
