//! Envelopes and what is in several of them.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::params::Paging;

/// One thing.
#[derive(Serialize, ToSchema)]
pub(super) struct Data<T> {
    pub(super) data: T,
}

impl<T> Data<T> {
    pub(super) const fn json(data: T) -> Json<Self> {
        Json(Self { data })
    }
}

/// A page of a list.
#[derive(Serialize, ToSchema)]
pub(super) struct Listing<T> {
    data: Vec<T>,
    meta: Meta,
}

/// Where a page is in its list.
#[derive(Serialize, ToSchema)]
struct Meta {
    page_number: u32,
    page_size: u32,
    total_pages: u64,
    total_results: u64,
}

impl<T> Listing<T> {
    pub(super) fn json(data: Vec<T>, total: u64, paging: Paging) -> Json<Self> {
        let meta = Meta {
            page_number: paging.number,
            page_size: paging.size,
            total_pages: total.div_ceil(paging.size.into()),
            total_results: total,
        };
        Json(Self { data, meta })
    }
}

/// Answer of calls that have nothing to tell.
#[derive(Serialize, ToSchema)]
pub(super) struct Done {
    /// Always `ok`.
    result: &'static str,
}

impl Done {
    pub(super) const fn json() -> Json<Data<Self>> {
        Data::json(Self { result: "ok" })
    }
}
