//! `limit` and `offset` of lists.

use std::collections::HashMap;

use axum::{extract::FromRequestParts, http::request::Parts};
use utoipa::IntoParams;
use visita_protocol::Problem;

use crate::{
    error::{ApiError, Query},
    store::Page,
};

/// Longest page.
const MAX_LIMIT: u32 = 100;
/// Longest search, in characters.
const MAX_SEARCH: usize = 100;
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
        let Query(query) = Query::<HashMap<String, String>>::from_request_parts(parts, state).await?;
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
/// What is searched for; nothing when it is empty.
pub(super) fn searched(text: Option<String>) -> Result<Option<String>, Problem> {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    if text.as_ref().is_some_and(|text| text.chars().count() > MAX_SEARCH) {
        return Err(Problem::invalid("search", "a search has at most 100 characters"));
    }
    Ok(text)
}
