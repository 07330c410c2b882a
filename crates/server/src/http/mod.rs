//! What stands between the socket and the handlers: connections with their time-outs and their number, rate limits, request
//! ids, the access log, metrics.

mod address;
mod limits;
mod metrics;
mod observe;
mod serve;
mod shape;
mod tls;

pub(crate) use limits::Limiters;
pub(crate) use metrics::{Counted, Metrics, scrape};
pub(crate) use serve::serve;
pub(crate) use tls::Encryption;

use axum::{Router, http::StatusCode, middleware};
use tower_http::timeout::TimeoutLayer;

use crate::config::Limits;

/// What the layers have at hand.
#[derive(Clone)]
pub(crate) struct Shell {
    pub(crate) metrics: Metrics,
    pub(crate) limiters: Limiters,
}

/// Puts the layers around all routes, the media server's included.
pub(crate) fn around(routes: Router, shell: &Shell, limits: &Limits) -> Router {
    routes
        .layer(middleware::from_fn_with_state(shell.limiters.clone(), limits::check))
        // A WebSocket is past this once it is accepted; a body that trickles in is not.
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, limits.request_time))
        .layer(middleware::from_fn(shape::shape))
        .layer(middleware::from_fn_with_state(shell.clone(), observe::observe))
}
