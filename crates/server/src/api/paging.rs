//! `limit` and `offset` of lists.

use std::collections::HashMap;

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use utoipa::IntoParams;
use visita_protocol::{ErrorCode, Problem};

use crate::{error::ApiError, store::Page};

/// Longest page.
const MAX_LIMIT: u32 = 100;
/// When nothing is said.
const LIMIT: u32 = 50;

/// The query of a list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what `Paging` reads")]
pub(super) struct PagingQuery {
    /// How many at most.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<u32>,
    /// How many to pass over.
    #[param(minimum = 0, default = 0)]
    offset: Option<u64>,
}

/// Which part of a list is asked for.
pub(super) struct Paging(pub(super) Page);

impl<S: Send + Sync> FromRequestParts<S> for Paging {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let query = Query::<HashMap<String, String>>::from_request_parts(parts, state).await;
        let Ok(Query(query)) = query else {
            return Err(Problem::new(ErrorCode::Invalid, "the query cannot be read").into());
        };
        Ok(Self(page(&query)?))
    }
}

fn page(query: &HashMap<String, String>) -> Result<Page, Problem> {
    let limit = match query.get("limit") {
        None => LIMIT,
        Some(text) => text
            .parse()
            .ok()
            .filter(|limit| (1..=MAX_LIMIT).contains(limit))
            .ok_or_else(|| Problem::invalid("limit", "a limit is a number from 1 to 100"))?,
    };
    let offset = match query.get("offset") {
        None => 0,
        Some(text) => text.parse().map_err(|_| Problem::invalid("offset", "an offset is a number from 0 on"))?,
    };
    Ok(Page { limit, offset })
}
