//! What the lobby's look at the network talks to: so many bytes down, so many up. Only by a link that leads somewhere, whose
//! uses are counted.

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rand::RngCore;
use serde::Deserialize;
use visita_protocol::{Problem, entry::MOST_ON_TRIAL};

use super::find;
use crate::{
    app::App,
    error::{ApiError, Path, Query},
};

/// What is asked for.
#[derive(Debug, Deserialize)]
pub(crate) struct Trial {
    #[serde(default)]
    bytes: usize,
}

/// `GET /join/<code>/line?bytes=N`: that many bytes which no compression makes fewer.
pub(crate) async fn down(
    State(app): State<App>,
    Path(code): Path<String>,
    Query(Trial { bytes }): Query<Trial>,
) -> Result<Response, ApiError> {
    if bytes > MOST_ON_TRIAL {
        return Err(Problem::invalid("bytes", "at most 262144").into());
    }
    find(&app, &code).await?;
    let mut told = vec![0; bytes];
    rand::rng().fill_bytes(&mut told);
    let mut response = told.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `POST /join/<code>/line`: takes what comes and keeps nothing of it.
pub(crate) async fn up(State(app): State<App>, Path(code): Path<String>, _: Bytes) -> Result<StatusCode, ApiError> {
    find(&app, &code).await?;
    Ok(StatusCode::NO_CONTENT)
}
