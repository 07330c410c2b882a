//! Who calls, by `authorization: Bearer KEY`.

use axum::{extract::FromRequestParts, http::request::Parts};
use visita_protocol::{ErrorCode, Problem};

use crate::{
    access::bearer,
    api::{Caller, company_by_key},
    app::App,
    error::ApiError,
    store::Company,
};

/// A back end with a company's key; without a good one there is no answer but 401.
pub(super) struct Keyed(pub(super) Caller);

impl Keyed {
    pub(super) fn company(&self) -> &Company {
        self.0.company()
    }
}

impl FromRequestParts<App> for Keyed {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let refused = || Problem::new(ErrorCode::Unauthorized, "the bearer key is missing or wrong");
        let key = bearer(&parts.headers).ok_or_else(refused)?;
        let company = company_by_key(app, key.expose()).await?.ok_or_else(refused)?;
        Ok(Self(Caller::Backend(company)))
    }
}
