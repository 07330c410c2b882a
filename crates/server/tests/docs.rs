//! The API's description: every call is in it, every example is what it describes, and real answers are too.

mod common;

use std::collections::BTreeSet;

use common::{Api, server};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// The descriptions there are besides `/v2`'s, with what their paths begin with.
const DIALECTS: [(&str, &str); 2] = [("callaba", "/api/conferences"), ("video-rooms", "/video-rooms/v2")];

async fn described(api: &Api) -> Value {
    described_as(api, "kaleyra").await
}

async fn described_as(api: &Api, dialect: &str) -> Value {
    let (status, body) = api.get(&format!("/docs/{dialect}.json")).await;
    assert_eq!(status, StatusCode::OK);
    body
}

/// Checks a value against a schema of the description.
fn check(description: &Value, schema: &Value, value: &Value, what: &str) {
    let mut schema = schema.clone();
    schema["components"] = description["components"].clone();
    let validator = jsonschema::draft202012::new(&schema).expect("a schema");
    let errors: Vec<_> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path)).collect();
    assert!(errors.is_empty(), "{what}: {errors:#?}\n{value:#}");
}

fn operations(description: &Value) -> impl Iterator<Item = (&String, &String, &Value)> {
    let paths = description["paths"].as_object().expect("paths").iter();
    paths.flat_map(|(path, methods)| {
        methods.as_object().expect("methods").iter().map(move |(method, operation)| (path, method, operation))
    })
}

#[tokio::test]
async fn every_route_is_described_and_every_described_call_is_a_route() {
    let server = server().await;
    let description = described(&server.api).await;
    let told: BTreeSet<_> =
        operations(&description).map(|(path, method, _)| format!("{} {path}", method.to_uppercase())).collect();
    let routes = [
        "GET /v2/company",
        "PATCH /v2/company",
        "POST /v2/users",
        "GET /v2/users",
        "GET /v2/users/{user_id}",
        "PATCH /v2/users/{user_id}",
        "DELETE /v2/users/{user_id}",
        "POST /v2/users/{user_id}/sign-in-link",
        "POST /sign-in/{code}",
        "POST /sdk/credentials",
        "POST /sdk/credentials/renew",
        "POST /v2/rooms",
        "GET /v2/rooms",
        "GET /v2/rooms/{room_id}",
        "DELETE /v2/rooms/{room_id}",
        "POST /v2/rooms/{room_id}/disable",
        "POST /v2/rooms/{room_id}/enable",
        "POST /v2/rooms/{room_id}/end",
        "POST /v2/rooms/{room_id}/extend",
        "POST /v2/rooms/{room_id}/ring",
        "GET /v2/rooms/{room_id}/participants",
        "POST /v2/rooms/{room_id}/participants",
        "GET /v2/rooms/{room_id}/participants/{participant_id}",
        "POST /v2/rooms/{room_id}/participants/{participant_id}/link",
        "POST /v2/rooms/{room_id}/participants/{participant_id}/remove",
        "GET /recordings/{code}",
        "GET /v2/recordings",
        "GET /v2/sessions",
        "GET /v2/rooms/{room_id}/boards",
        "GET /v2/rooms/{room_id}/sessions/{session_id}/export",
        "GET /v2/rooms/{room_id}/recordings",
        "GET /v2/rooms/{room_id}/recordings/{recording_id}",
        "DELETE /v2/rooms/{room_id}/recordings/{recording_id}",
        "GET /v2/rooms/{room_id}/recordings/{recording_id}/content",
        "POST /v2/rooms/{room_id}/recordings/{recording_id}/link",
        "POST /v2/rooms/{room_id}/recordings/{recording_id}/mp4",
        "GET /v2/rooms/{room_id}/recordings/{recording_id}/tracks/{track_id}/content",
        "POST /v2/rooms/{room_id}/recordings/{recording_id}/tracks/{track_id}/link",
        "GET /v2/compositions",
        "POST /v2/rooms/{room_id}/sessions/{session_id}/compositions",
        "GET /v2/rooms/{room_id}/compositions/{composition_id}",
        "DELETE /v2/rooms/{room_id}/compositions/{composition_id}",
        "GET /v2/rooms/{room_id}/compositions/{composition_id}/content",
        "POST /v2/rooms/{room_id}/compositions/{composition_id}/link",
        "GET /v2/rooms/{room_id}/uploads/{file_id}/thumbnail",
        "POST /v2/rooms/{room_id}/recording/start",
        "POST /v2/rooms/{room_id}/recording/stop",
        "GET /v2/rooms/{room_id}/sessions",
        "GET /v2/rooms/{room_id}/sessions/{session_id}",
        "GET /v2/rooms/{room_id}/sessions/{session_id}/chat",
        "GET /v2/rooms/{room_id}/uploads",
        "GET /v2/rooms/{room_id}/uploads/{file_id}",
        "GET /v2/rooms/{room_id}/uploads/{file_id}/content",
        "DELETE /v2/rooms/{room_id}/uploads/{file_id}",
        "POST /v2/webhooks",
        "GET /v2/webhooks",
        "GET /v2/webhooks/{webhook_id}",
        "PATCH /v2/webhooks/{webhook_id}",
        "DELETE /v2/webhooks/{webhook_id}",
        "POST /v2/webhooks/{webhook_id}/test",
        "GET /v2/uploads",
        "GET /v2/api-keys",
        "POST /v2/api-keys",
        "DELETE /v2/api-keys/{key_id}",
        "GET /v2/status",
        "GET /v2/audit",
    ];
    assert_eq!(told, routes.into_iter().map(str::to_owned).collect());
    // A call that is described is served: without a key it is refused as such, which only a handler does.
    for (path, method, operation) in operations(&description) {
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
        let (status, body) = server.api.call(method.clone(), &path.replace(['{', '}'], ""), None, None).await;
        let expected = if operation["security"].is_array() { "unauthorized" } else { "link_unknown" };
        assert_eq!(body["error"]["code"], expected, "{method} {path}: {status}");
    }
    // And what is served is described: every other method of the same paths is none.
    let paths: BTreeSet<_> = operations(&description).map(|(path, _, _)| path.clone()).collect();
    for path in paths {
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            if !told.contains(&format!("{method} {path}")) {
                let (status, _) = server.api.call(method.clone(), &path.replace(['{', '}'], ""), None, None).await;
                assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            }
        }
    }
}

/// The console's types are made of it: `./dev bindings` writes it anew.
#[tokio::test]
async fn the_page_has_the_description_of_today() {
    let server = server().await;
    let today = format!("{:#}\n", described(&server.api).await);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/ipc/v2.json");
    if std::env::var_os("VISITA_WRITE_BINDINGS").is_some() {
        std::fs::write(path, today).expect("written");
        return;
    }
    let kept = std::fs::read_to_string(path).expect("the description");
    assert!(kept == today, "ui/src/ipc/v2.json is not up to date: run ./dev bindings");
}

#[tokio::test]
async fn the_mia_dialect_is_described_as_it_is_served() {
    let server = server().await;
    let description = described_as(&server.api, "mia").await;
    let told: BTreeSet<_> =
        operations(&description).map(|(path, method, _)| format!("{} {path}", method.to_uppercase())).collect();
    let routes = [
        "POST /teleconsultation",
        "GET /teleconsultation/{roomId}",
        "PATCH /teleconsultation/{roomId}",
        "DELETE /teleconsultation/{roomId}",
        "POST /teleconsultation/{roomId}/participants/data",
        "DELETE /teleconsultation/{roomId}/uploads",
        "POST /credentials",
        "POST /settings/background-image",
        "PATCH /settings/update",
    ];
    assert_eq!(told, routes.into_iter().map(str::to_owned).collect());
    let paths: BTreeSet<_> = operations(&description).map(|(path, _, _)| path.clone()).collect();
    for path in paths {
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let is_told = told.contains(&format!("{method} {path}"));
            let (status, body) = server.api.call(method.clone(), &path.replace(['{', '}'], ""), None, None).await;
            let expected = if is_told { StatusCode::UNAUTHORIZED } else { StatusCode::METHOD_NOT_ALLOWED };
            assert_eq!((status, body["error"].is_string()), (expected, true), "{method} {path}: {body}");
        }
    }
}

#[tokio::test]
async fn every_call_of_a_dialect_is_described_and_asks_for_its_key() {
    let server = server().await;
    for (dialect, prefix) in DIALECTS {
        let description = described_as(&server.api, dialect).await;
        for (path, method, operation) in operations(&description) {
            assert!(path.starts_with(prefix), "{path}");
            assert!(operation["security"].is_array(), "{path}");
            let asked = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
            let real = path.replace(['{', '}'], "");
            let (status, _) = server.api.call(asked, &real, Some("{}"), None).await;
            assert!(matches!(status.as_u16(), 400 | 401 | 422), "{method} {path}: {status}");
            let described = operation["responses"].as_object().expect("answers");
            assert!(described.contains_key(status.as_str()), "{method} {path}: {status} is not described");
            for other in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
                if description["paths"][path].get(other.as_str().to_lowercase()).is_none() {
                    let (status, _) = server.api.call(other.clone(), &real, None, None).await;
                    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{other} {path}");
                }
            }
        }
    }
}

#[tokio::test]
async fn every_example_is_what_it_describes() {
    let server = server().await;
    for (dialect, at_least) in [("kaleyra", 15), ("callaba", 12), ("video-rooms", 7), ("mia", 15)] {
        check_examples(&described_as(&server.api, dialect).await, at_least);
    }
}

/// Checks each example against its schema, and that there is what is referred to.
fn check_examples(description: &Value, at_least: usize) {
    let mut checked = 0;
    for (path, method, operation) in operations(description) {
        let responses = operation["responses"].as_object().into_iter().flatten().map(|(_, response)| response);
        for holder in responses.chain([&operation["requestBody"]]) {
            for media in holder["content"].as_object().into_iter().flatten().map(|(_, media)| media) {
                let many = media["examples"].as_object().into_iter().flatten().map(|(_, example)| &example["value"]);
                for example in media.get("example").into_iter().chain(many) {
                    check(description, &media["schema"], example, &format!("{method} {path}"));
                    checked += 1;
                }
            }
        }
    }
    assert!(checked >= at_least, "only {checked} examples");
    let references = description.to_string();
    for name in references.split("\"#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(description["components"]["schemas"][name].is_object(), "{name} is not described");
    }
}

#[tokio::test]
async fn examples_work_and_answers_are_as_described() {
    let server = server().await;
    let description = described(&server.api).await;
    let answer_schema = |path: &str, method: &str, status: StatusCode| {
        let response = &description["paths"][path][method]["responses"][status.as_str()];
        response["content"]["application/json"]["schema"].clone()
    };
    let example = |path: &str, method: &str, name: Option<&str>| {
        let media = &description["paths"][path][method]["requestBody"]["content"]["application/json"];
        name.map_or(&media["example"], |name| &media["examples"][name]["value"]).clone()
    };
    let call = async |path: &str, real: &str, method: Method, body: Option<Value>| {
        let text = body.map(|body| body.to_string());
        let (status, answer) = server.api.call(method.clone(), real, text.as_deref(), Some("devkey")).await;
        let schema = answer_schema(path, &method.as_str().to_lowercase(), status);
        if !answer.is_null() {
            assert!(schema.is_object(), "{method} {path}: {status} is not described: {answer}");
            check(&description, &schema, &answer, &format!("{method} {path}"));
        }
        assert!(status.is_success(), "{method} {path}: {answer}");
        answer
    };
    let (get, post, patch) = (Method::GET, Method::POST, Method::PATCH);
    call("/v2/users", "/v2/users", post.clone(), Some(example("/v2/users", "post", None))).await;
    call("/v2/users", "/v2/users", post.clone(), Some(json!({ "user_id": "pat" }))).await;
    call("/v2/users", "/v2/users", post.clone(), Some(json!({ "user_id": "user_xxx" }))).await;
    call("/v2/company", "/v2/company", patch, Some(example("/v2/company", "patch", None))).await;
    let visit = call("/v2/rooms", "/v2/rooms", post.clone(), Some(example("/v2/rooms", "post", Some("A visit")))).await;
    let webinar = example("/v2/rooms", "post", Some("A webinar for 200"));
    let webinar = call("/v2/rooms", "/v2/rooms", post.clone(), Some(webinar)).await;
    let of = |room: &Value, rest: &str| format!("/v2/rooms/{}{rest}", room["room_id"].as_str().expect("an id"));
    let seats = "/v2/rooms/{room_id}/participants";
    call(seats, &of(&webinar, "/participants"), post.clone(), Some(example(seats, "post", None))).await;
    call(seats, &of(&visit, "/participants"), get.clone(), None).await;
    call("/sdk/credentials", "/sdk/credentials", post.clone(), Some(example("/sdk/credentials", "post", None))).await;
    call("/v2/webhooks", "/v2/webhooks", post.clone(), Some(example("/v2/webhooks", "post", None))).await;
    let link = "/v2/users/{user_id}/sign-in-link";
    let link = call(link, "/v2/users/pat/sign-in-link", post.clone(), Some(example(link, "post", None))).await;
    call("/sign-in/{code}", link["url"].as_str().expect("a link"), post, None).await;
    for path in ["/v2/company", "/v2/users", "/v2/rooms", "/v2/webhooks", "/v2/audit"] {
        call(path, path, get.clone(), None).await;
    }
    let one = call("/v2/rooms/{room_id}", &of(&visit, ""), get, None).await;
    assert_eq!(one, visit);
}

#[tokio::test]
async fn the_page_asks_no_other_host() {
    let server = server().await;
    let page = reqwest::get(format!("{}/docs", server.api.base)).await.expect("an answer");
    assert_eq!(page.status(), StatusCode::OK);
    let policy = page.headers()["content-security-policy"].to_str().expect("text").to_owned();
    assert!(policy.contains("default-src 'none'") && policy.contains("connect-src 'self'"), "{policy}");
    let text = page.text().await.expect("text");
    assert!(!text.contains("://") && !text.contains("src="), "nothing from elsewhere");
    for dialect in ["kaleyra", "callaba", "video-rooms"] {
        assert!(text.contains(dialect), "{dialect}");
    }
}
