//! How often. Links and addresses are counted where somebody without a key may come: joining, signing in, the channels; and
//! wherever keys could be guessed, addresses are counted by what was refused.

use std::{net::IpAddr, num::NonZeroU32, sync::Arc, time::Duration};

use axum::{
    extract::{MatchedPath, RawPathParams, Request, State, rejection::RawPathParamsRejection},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};
use visita_protocol::{ErrorCode, Problem};

use super::address;
use crate::{
    callaba,
    config::{Limits, Rate},
    error::ApiError,
    join, video_rooms,
};

/// How often forgotten keys are dropped.
pub(super) const TIDY: Duration = Duration::from_secs(60);

/// The limits with what was used of them; cheap to clone.
#[derive(Clone)]
pub(crate) struct Limiters(Arc<Inner>);

struct Inner {
    /// By link code, which is kept only as a number with a secret of its own.
    links: DefaultKeyedRateLimiter<u64>,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    failures: DefaultKeyedRateLimiter<IpAddr>,
    hasher: std::hash::RandomState,
}

impl Limiters {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self(Arc::new(Inner {
            links: RateLimiter::keyed(quota(limits.per_link)),
            addresses: RateLimiter::keyed(quota(limits.per_address)),
            failures: RateLimiter::keyed(quota(limits.failures_per_address)),
            hasher: std::hash::RandomState::new(),
        }))
    }

    /// Drops the keys that have their whole allowance again.
    pub(super) fn tidy(&self) {
        self.0.links.retain_recent();
        self.0.addresses.retain_recent();
        self.0.failures.retain_recent();
    }
}

fn quota(rate: Rate) -> Quota {
    let one = NonZeroU32::MIN;
    Quota::per_second(NonZeroU32::new(rate.per_second).unwrap_or(one))
        .allow_burst(NonZeroU32::new(rate.burst).unwrap_or(one))
}

/// Layer.
pub(super) async fn check(
    State(limiters): State<Limiters>,
    path: Option<MatchedPath>,
    params: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
    next: Next,
) -> Response {
    let address = address::of(request.extensions());
    let route = path.as_ref().map_or("", MatchedPath::as_str);
    // Who follows a link in a browser reads no JSON.
    let is_look = request.method() == Method::GET && matches!(route, "/join/{code}" | "/sign-in/{code}");
    let page = is_look.then(|| request.headers().clone());
    // A browser that asks whether it may ask is not counted, and neither is who has the key.
    let helps = match request.method() {
        &Method::OPTIONS => false,
        _ if route == video_rooms::REFRESH_ROUTE => true,
        _ => route.starts_with(callaba::PUBLIC_PREFIX) && !request.headers().contains_key(callaba::KEY_HEADER),
    };
    let is_public = helps
        || matches!(
            route,
            "/join/{code}"
                | "/join/{code}/line"
                | "/sign-in/{code}"
                | "/recordings/{code}"
                | "/pictures/{picture_id}"
                | "/channel"
                | "/user-channel"
        );
    if is_public && let Err(wait) = ask(&limiters.0.addresses, &address) {
        return too_often(wait, page);
    }
    // What cannot be read is no code; its handler says so.
    if let Some((_, code)) = params.iter().flat_map(RawPathParams::iter).find(|(name, _)| *name == "code") {
        use std::hash::BuildHasher;
        if let Err(wait) = ask(&limiters.0.links, &limiters.0.hasher.hash_one(code)) {
            return too_often(wait, page);
        }
    }
    let response = next.run(request).await;
    // What was not known might have been a guess.
    let is_guess = match response.status() {
        StatusCode::UNAUTHORIZED => true,
        StatusCode::NOT_FOUND => {
            matches!(route, "/join/{code}" | "/join/{code}/line" | "/sign-in/{code}" | "/recordings/{code}")
        }
        _ => false,
    };
    if is_guess && let Err(wait) = ask(&limiters.0.failures, &address) {
        return too_often(wait, page);
    }
    response
}

fn ask<K: std::hash::Hash + Eq + Clone>(limiter: &DefaultKeyedRateLimiter<K>, key: &K) -> Result<(), Duration> {
    limiter.check_key(key).map_err(|not_until| not_until.wait_time_from(limiter.clock().now()))
}

fn too_often(wait: Duration, page: Option<HeaderMap>) -> Response {
    let error = ApiError::from(Problem::new(ErrorCode::RateLimited, "too many requests; try again a little later"));
    let mut response = match page {
        Some(headers) => join::refused(error, &headers),
        None => error.into_response(),
    };
    let seconds = wait.as_millis().div_ceil(1000).max(1);
    if let Ok(value) = HeaderValue::from_str(&seconds.to_string()) {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}
