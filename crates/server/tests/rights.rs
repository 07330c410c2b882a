//! Who reaches what, over every call of every description: nobody without a key, nobody with a wrong one, nothing of one
//! company with the key of another, and nothing that a company's key is for with the token of a user.

mod common;

use common::{Answer, Server};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use visita_server::{Bootstrap, ServerConfig};

const FIRST: &str = "first-key";
const SECOND: &str = "second-key";

/// The descriptions, with the header of the company's key and what stands before it.
const DIALECTS: [(&str, &str, &str); 4] = [
    ("kaleyra", "apikey", ""),
    ("mia", "apikey", ""),
    ("callaba", "x-access-token", ""),
    ("video-rooms", "authorization", "Bearer "),
];

/// A call as a description tells it.
struct Call {
    method: Method,
    path: String,
    body: String,
    /// It needs no key: a link or a token in it says who asks.
    is_public: bool,
}

/// What the first company has.
struct Theirs {
    seated: Value,
    open: String,
    visit: String,
    session: String,
    hook: String,
    key: String,
    stranger: String,
}

async fn send(server: &Server, method: Method, path: &str, header: Option<(&str, &str)>, body: &str) -> Answer {
    let mut request = server.api.client.request(method, format!("{}{path}", server.api.base));
    if let Some((name, value)) = header {
        request = request.header(name, value);
    }
    if !body.is_empty() {
        request = request.header("content-type", "application/json").body(body.to_owned());
    }
    let response = request.send().await.expect("an answer");
    let status = response.status();
    let text = response.text().await.expect("a body");
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

async fn done(server: &Server, path: &str, header: (&str, &str), body: &Value) -> Value {
    let (status, answer) = send(server, Method::POST, path, Some(header), &body.to_string()).await;
    assert!(status.is_success(), "{path}: {status} {answer}");
    answer
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// A server with two companies: what it was first started for, and what it is started for now.
async fn two_companies(data: &std::path::Path) -> Server {
    for (name, key) in [("First", FIRST), ("Second", SECOND)] {
        let bootstrap = Some(Bootstrap { company_name: name.into(), api_key: key.into() });
        let limits = common::patient();
        let config = ServerConfig { data: Some(data.to_owned()), bootstrap, limits, ..ServerConfig::default() };
        let running = visita_server::start(config).await.expect("a server");
        if key == SECOND {
            return Server::of(running, None);
        }
        running.stop().await;
    }
    unreachable!("there are two");
}

async fn theirs(server: &Server) -> Theirs {
    let key = ("apikey", FIRST);
    for (user, role) in [("dr", "plus"), ("pat", "basic"), ("stranger", "basic")] {
        done(server, "/v2/users", key, &json!({ "user_id": user, "role": role })).await;
    }
    let seats = json!([{ "user_id": "dr", "is_admin": true }, { "user_id": "pat" }]);
    let seated = done(server, "/v2/rooms", key, &json!({ "participants": seats, "description": "Follow-up" })).await;
    let link = text(&seated["user_urls"][0]["url"]);
    let host = server.api.come(&link, "Dr. Conti").await;
    let session = text(&host.welcome["room"]["session_id"]);
    // The session goes on with nobody in it.
    host.vanish();
    let open = done(server, "/video-rooms/v2/rooms", ("authorization", "Bearer first-key"), &json!({})).await;
    let people: Vec<_> = [("dr", "doctor"), ("pat", "patient")]
        .map(|(id, group)| json!({ "userExternalId": id, "groups": [group], "fullName": id }))
        .into();
    let visit = json!({ "participants": { "number": 2, "data": people },
        "start_date": "2022-02-22T15:30:00.000Z", "duration_in_seconds": 3600 });
    let visit = done(server, "/teleconsultation", key, &visit).await;
    let hook = done(server, "/v2/webhooks", key, &json!({ "url": "https://example.org/" })).await;
    let more = done(server, "/v2/api-keys", key, &json!({ "name": "A" })).await;
    let signed_in = done(server, "/sdk/credentials", key, &json!({ "user_id": "stranger" })).await;
    Theirs {
        open: text(&open["data"]["id"]),
        visit: text(&visit["roomId"]),
        session,
        hook: text(&hook["webhook_id"]),
        key: text(&more["key_id"]),
        stranger: text(&signed_in["access_token"]),
        seated,
    }
}

fn first_example(operation: &Value) -> Value {
    let content = &operation["requestBody"]["content"]["application/json"];
    let first = content["examples"].as_object().and_then(|all| all.values().next());
    first.map_or(&content["example"], |one| &one["value"]).clone()
}

impl Theirs {
    fn seated_id(&self) -> String {
        text(&self.seated["room_id"])
    }

    /// What an answer to somebody else may not have in it.
    fn names(&self) -> [String; 6] {
        [
            self.seated_id(),
            self.open.clone(),
            self.visit.clone(),
            self.session.clone(),
            self.hook.clone(),
            self.key.clone(),
        ]
    }

    /// All that a description has, asked about what is the first company's.
    fn calls(&self, dialect: &str, description: &Value) -> Vec<Call> {
        let room = if dialect == "video-rooms" { self.open.clone() } else { self.seated_id() };
        let mut calls = Vec::new();
        for (path, methods) in description["paths"].as_object().expect("paths") {
            for (method, operation) in methods.as_object().expect("methods") {
                let filled = path
                    .replace("{room_id}", &room)
                    .replace("{roomId}", &self.visit)
                    .replace("{session_id}", &self.session)
                    .replace("{participant_id}", &text(&self.seated["user_urls"][1]["participant_id"]))
                    .replace("{webhook_id}", &self.hook)
                    .replace("{key_id}", &self.key)
                    .replace("{user_id}", "pat")
                    .replace(['{', '}'], "");
                let example = first_example(operation);
                let body = if example.is_null() { String::new() } else { example.to_string() };
                let security = operation["security"].as_array();
                calls.push(Call {
                    method: Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method"),
                    path: filled,
                    // The room of Callaba's examples.
                    body: body.replace("69f013c1aa11bb22cc33dd44", &self.open),
                    is_public: security.is_none_or(|all| all.iter().any(|one| one == &json!({}))),
                });
            }
        }
        calls
    }
}

#[tokio::test]
async fn nobody_reaches_what_is_not_theirs_by_any_described_call() {
    let data = tempfile::tempdir().expect("a folder");
    let server = two_companies(data.path()).await;
    let theirs = theirs(&server).await;
    let look = async || {
        let seated = format!("/v2/rooms/{}", theirs.seated_id());
        let open = format!("/video-rooms/v2/rooms/{}", theirs.open);
        let visit = format!("/v2/rooms/{}", theirs.visit);
        let mut seen = Vec::new();
        for (path, header) in [
            (seated.as_str(), ("apikey", FIRST)),
            (&open, ("authorization", "Bearer first-key")),
            (&visit, ("apikey", FIRST)),
            ("/v2/company", ("apikey", FIRST)),
            ("/v2/users", ("apikey", FIRST)),
            ("/v2/webhooks", ("apikey", FIRST)),
            ("/v2/api-keys", ("apikey", FIRST)),
        ] {
            let (status, mut told) = send(&server, Method::GET, path, Some(header), "").await;
            assert_eq!(status, StatusCode::OK, "{path}: {told}");
            // Who is in, and for how long, goes on by itself.
            for running in ["now", "duration_used"] {
                told.as_object_mut().expect("an object").remove(running);
            }
            seen.push(told);
        }
        seen
    };
    let before = look().await;
    let mut tried = [0; 4];
    for (dialect, name, scheme) in DIALECTS {
        let (_, description) = send(&server, Method::GET, &format!("/docs/{dialect}.json"), None, "").await;
        for Call { method, path, body, is_public } in theirs.calls(dialect, &description) {
            let what = format!("{dialect}: {method} {path}");
            let ask = async |header: Option<(&str, &str)>| send(&server, method.clone(), &path, header, &body).await;
            let guess = format!("{scheme}a-guess");
            for header in [None, Some((name, guess.as_str()))] {
                let (status, answer) = ask(header).await;
                assert!(!status.is_success() && !status.is_server_error(), "{what} by nobody: {status} {answer}");
                assert!(is_public || status == StatusCode::UNAUTHORIZED, "{what} by nobody: {status} {answer}");
                tried[0] += 1;
            }
            let (status, answer) = ask(Some((name, &format!("{scheme}{SECOND}")))).await;
            let told = answer.to_string();
            assert!(!status.is_server_error(), "{what} with another's key: {status} {answer}");
            assert!(
                !status.is_success() || !theirs.names().iter().any(|name| told.contains(name)),
                "{what} with another's key: {status} {answer}"
            );
            tried[1] += 1;
            let bearer = format!("Bearer {}", theirs.stranger);
            let (status, answer) = ask(Some(("authorization", &bearer))).await;
            let told = answer.to_string();
            assert!(
                !status.is_success() || !theirs.names().iter().any(|name| told.contains(name)),
                "{what} by a user of the company: {status} {answer}"
            );
            tried[2] += 1;
            if matches!(dialect, "callaba" | "video-rooms") && !is_public {
                assert_eq!(status, StatusCode::UNAUTHORIZED, "{what} by a user of the company: {answer}");
                let (status, answer) = ask(Some((name, &format!("{scheme}{}", theirs.stranger)))).await;
                assert_eq!(status, StatusCode::UNAUTHORIZED, "{what} with a token for a key: {answer}");
                tried[3] += 1;
            }
        }
    }
    assert!(tried[0] > 180 && tried[1] > 90 && tried[2] > 90 && tried[3] > 25, "{tried:?}");
    assert_eq!(look().await, before, "nothing of theirs is another");
}
