//! Errors in the shape of the dialect that was spoken to: handlers and layers refuse with a [`Problem`], and here it is told
//! as the dialect of the path tells it.

use axum::{
    Json,
    extract::Request,
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::Value;
use visita_protocol::Problem;

use crate::{callaba, mia, video_rooms};

/// A problem with its status as a dialect tells it.
type Shape = fn(StatusCode, Problem) -> (StatusCode, Value);

/// By what the path begins with.
const SHAPES: [(&[&str], Shape); 3] =
    [(&[callaba::PREFIX], callaba::shape), (&[video_rooms::PREFIX], video_rooms::shape), (&mia::PREFIXES, mia::shape)];

/// Layer.
pub(super) async fn shape(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let shape = SHAPES
        .iter()
        .find(|(prefixes, _)| prefixes.iter().any(|prefix| path.starts_with(prefix)))
        .map(|(_, shape)| shape);
    let mut response = next.run(request).await;
    let (Some(shape), Some(problem)) = (shape, response.extensions_mut().remove::<Problem>()) else {
        return response;
    };
    let (status, body) = shape(response.status(), problem);
    let mut told = (status, Json(body)).into_response();
    // What else was said stays, but for what is about the old body.
    for (name, value) in response.headers() {
        if !told.headers().contains_key(name) && name != header::CONTENT_LENGTH {
            told.headers_mut().append(name, value.clone());
        }
    }
    told
}
