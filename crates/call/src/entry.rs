//! The two HTTP calls of a link: looking at it (`GET /join/<code>`) and going in (`POST /join/<code>`).

use std::{sync::OnceLock, time::Duration};

use serde::de::DeserializeOwned;
use visita_protocol::{
    ErrorBody, ErrorCode, Problem,
    entry::{EnterRequest, Entry, JoinPreview},
    link::{LinkError, RoomLink},
};

/// How long a server may take to answer before it counts as not reached.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(8);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);

/// Reads a link as people paste it.
pub fn parse_link(text: &str) -> Result<RoomLink, Problem> {
    RoomLink::parse(text).map_err(|error| match error {
        LinkError::NotALink | LinkError::NotARoom => Problem::new(ErrorCode::LinkMalformed, error.to_string()),
        LinkError::NotWhole => Problem::new(ErrorCode::LinkUnknown, error.to_string()),
    })
}

/// Looks at a link without using anything up.
pub async fn preview(link: &RoomLink) -> Result<JoinPreview, Problem> {
    read(client()?.get(join_url(link)?).header("accept", "application/json").send().await).await
}

/// Goes in: answers where media and room channel are, with a token for each.
pub async fn enter(link: &RoomLink, request: &EnterRequest) -> Result<Entry, Problem> {
    let answer = client()?.post(join_url(link)?).header("accept", "application/json").json(request).send().await;
    read(answer).await
}

pub(crate) fn client() -> Result<&'static reqwest::Client, Problem> {
    static CLIENT: OnceLock<Option<reqwest::Client>> = OnceLock::new();
    CLIENT
        .get_or_init(|| {
            let client = http_client(|| {
                reqwest::Client::builder()
                    .timeout(ANSWER_TIMEOUT)
                    .connect_timeout(CONNECT_TIMEOUT)
                    // A link names its server; a redirect elsewhere would hand the code to somebody else.
                    .redirect(reqwest::redirect::Policy::none())
            });
            client.ok()
        })
        .as_ref()
        .ok_or_else(|| Problem::new(ErrorCode::Internal, "the HTTP client could not be made"))
}

/// An HTTP client as `made`. Where this computer has no certificates to trust it trusts nobody: servers without TLS, such
/// as the one in the app, are reached all the same.
///
/// # Errors
///
/// What [`reqwest::ClientBuilder::build`] says the second time.
pub fn http_client(made: impl Fn() -> reqwest::ClientBuilder) -> reqwest::Result<reqwest::Client> {
    made().build().or_else(|error| {
        tracing::warn!(%error, "servers with TLS cannot be reached; are there no certificates?");
        made().tls_certs_only([]).build()
    })
}

pub(crate) fn join_url(link: &RoomLink) -> Result<url::Url, Problem> {
    link.server
        .join(&format!("join/{}", link.code.expose()))
        .map_err(|_| Problem::new(ErrorCode::LinkMalformed, "this is not a link"))
}

async fn read<T: DeserializeOwned>(answer: reqwest::Result<reqwest::Response>) -> Result<T, Problem> {
    let response = answer.map_err(unreachable)?;
    let status = response.status();
    let body = response.bytes().await.map_err(unreachable)?;
    if status.is_success() {
        return serde_json::from_slice(&body).map_err(|_| not_understood());
    }
    match serde_json::from_slice::<ErrorBody>(&body) {
        Ok(body) => Err(body.error),
        Err(_) => Err(not_understood()),
    }
}

pub(crate) fn unreachable(error: reqwest::Error) -> Problem {
    // `without_url`: the URL may carry a seat's code, which belongs in no log and no message.
    let error = error.without_url();
    tracing::info!(%error, "the server does not answer");
    Problem::new(ErrorCode::ServerUnreachable, "the server does not answer")
}

pub(crate) fn not_understood() -> Problem {
    Problem::new(ErrorCode::ServerNotUnderstood, "the server answers, but not like a Visita server")
}
