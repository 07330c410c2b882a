//! The Mia dialect through HTTP: the reference's own examples, what is refused, who may what, whose bearer tokens count.

#[path = "../common/mod.rs"]
mod common;
mod examples;
mod identity;
mod issuer;
mod refusals;
mod settings;
mod times;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use common::{Answer, SOON, Server, server_with};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use visita_server::{MiaConfig, ServerConfig};

/// A server with these settings.
pub(crate) async fn mia(mia: MiaConfig) -> Server {
    server_with(ServerConfig { mia, ..ServerConfig::default() }).await
}

/// Who calls.
#[derive(Clone, Copy)]
pub(crate) enum As<'a> {
    Nobody,
    /// With the company's key, for nobody in particular.
    Key,
    /// With the company's key, for somebody.
    KeyFor(&'a str),
    /// With a bearer token.
    Token(&'a str),
}

/// A call as curl makes it: its content type says nothing of JSON.
pub(crate) async fn call(server: &Server, who: As<'_>, method: Method, path: &str, body: &str) -> Answer {
    let mut request = server.api.client.request(method, format!("{}{path}", server.api.base)).timeout(SOON);
    match who {
        As::Nobody => {}
        As::Key => request = request.header("apikey", "devkey"),
        As::KeyFor(user) => request = request.header("apikey", "devkey").header("x-user-id", user),
        As::Token(token) => request = request.bearer_auth(token),
    }
    if !body.is_empty() {
        request = request.header("content-type", "application/x-www-form-urlencoded").body(body.to_owned());
    }
    let response = request.send().await.expect("an answer");
    let status = response.status();
    let text = response.text().await.expect("a body");
    (status, if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect(&text) })
}

pub(crate) async fn post(server: &Server, who: As<'_>, path: &str, body: &Value) -> Answer {
    call(server, who, Method::POST, path, &body.to_string()).await
}

pub(crate) async fn patch(server: &Server, path: &str, body: &Value) -> Answer {
    call(server, As::Key, Method::PATCH, path, &body.to_string()).await
}

/// What somebody sees of a teleconsultation.
pub(crate) async fn own(server: &Server, room: &str, user: &str) -> Answer {
    call(server, As::KeyFor(user), Method::GET, &format!("/teleconsultation/{room}"), "").await
}

/// The link in an answer.
pub(crate) fn link(answer: &Answer) -> String {
    assert_eq!(answer.0, StatusCode::OK, "{}", answer.1);
    answer.1["accessLinkURL"].as_str().unwrap_or_else(|| panic!("no link: {}", answer.1)).to_owned()
}

pub(crate) fn room_id(answer: &Answer) -> String {
    assert_eq!(answer.0, StatusCode::CREATED, "{}", answer.1);
    answer.1["roomId"].as_str().expect("an id").to_owned()
}

pub(crate) fn person(id: &str, group: &str) -> Value {
    json!({ "userExternalId": id, "groups": [group], "fullName": format!("Name of {id}") })
}

/// A visit of so many, of whom these are known; by default it started long ago and lasts an hour.
pub(crate) fn visit(number: u32, people: &[Value]) -> Value {
    json!({ "participants": { "number": number, "data": people },
            "start_date": "2022-02-22T15:30:00.000Z", "duration_in_seconds": 3600 })
}

/// A doctor and a patient, both known.
pub(crate) fn two() -> Vec<Value> {
    vec![person("dr", "doctor"), person("pat", "patient")]
}

/// A time from now, as the reference writes times.
pub(crate) fn from_now(seconds: u64) -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970") + Duration::from_secs(seconds);
    let at = time::OffsetDateTime::from_unix_timestamp(since.as_secs().try_into().expect("a time")).expect("a time");
    at.format(&time::format_description::well_known::Rfc3339).expect("a text")
}

/// The words of a refusal.
pub(crate) fn words(answer: &Answer) -> &str {
    answer.1["error"].as_str().unwrap_or_default()
}
