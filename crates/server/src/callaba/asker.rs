//! Who asks, by the header `x-access-token`.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};
use visita_protocol::{ErrorCode, Problem};

use super::KEY_HEADER;
use crate::{
    api::{Caller, company_by_key},
    app::App,
    error::ApiError,
    store::Company,
};

/// A back end with a company's key; without a good one there is no answer but 401.
pub(super) struct Keyed(pub(super) Caller);

/// A back end, or somebody without a key. A wrong key is neither.
pub(super) struct Asker(pub(super) Option<Caller>);

impl Keyed {
    pub(super) fn company(&self) -> &Company {
        self.0.company()
    }
}

impl FromRequestParts<App> for Keyed {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        Ok(Self(caller(&parts.headers, app).await?.ok_or_else(refused)?))
    }
}

impl FromRequestParts<App> for Asker {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        caller(&parts.headers, app).await.map(Self)
    }
}

async fn caller(headers: &HeaderMap, app: &App) -> Result<Option<Caller>, ApiError> {
    let Some(key) = headers.get(KEY_HEADER) else { return Ok(None) };
    let company = company_by_key(app, key.to_str().map_err(|_| refused())?).await?.ok_or_else(refused)?;
    Ok(Some(Caller::Backend(company)))
}

fn refused() -> Problem {
    Problem::new(ErrorCode::Unauthorized, "the header x-access-token is missing or wrong")
}
