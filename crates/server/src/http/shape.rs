//! Errors in the shape of the dialect that was spoken to: handlers and layers refuse with a [`Problem`], and here it is told
//! as the dialect of the path tells it.

use axum::{
    Json,
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::Value;
use visita_protocol::Problem;

use crate::callaba;

/// A problem as a dialect's body.
type Shape = fn(Problem) -> Value;

/// By what the path begins with.
const SHAPES: [(&str, Shape); 1] = [(callaba::PREFIX, callaba::shape)];

/// Layer.
pub(super) async fn shape(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let shape = SHAPES.iter().find(|(prefix, _)| path.starts_with(prefix)).map(|(_, shape)| shape);
    let mut response = next.run(request).await;
    let (Some(shape), Some(problem)) = (shape, response.extensions_mut().remove::<Problem>()) else {
        return response;
    };
    let mut told = Json(shape(problem)).into_response();
    *told.status_mut() = response.status();
    // What else was said stays, but for what is about the old body.
    for (name, value) in response.headers() {
        if !told.headers().contains_key(name) && name != axum::http::header::CONTENT_LENGTH {
            told.headers_mut().append(name, value.clone());
        }
    }
    told
}
