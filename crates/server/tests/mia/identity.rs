//! Who may what, and whose bearer tokens count.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use visita_protocol::Tools;
use visita_server::{Bootstrap, MiaConfig, Privilege, Privileges, ServerConfig, StartError};

use crate::{
    As, call,
    common::{Answer, Server},
    issuer::{self, AUDIENCE, Key, Provider},
    link, mia, own, post, room_id, two, visit,
};

fn unauthorized() -> Answer {
    (StatusCode::UNAUTHORIZED, json!({ "error": "Unauthorized user" }))
}

/// Every call there is, for a room.
fn calls(room: &str) -> Vec<(Method, String, Value)> {
    let path = format!("/teleconsultation/{room}");
    vec![
        (Method::POST, "/teleconsultation".into(), visit(2, &two())),
        (Method::GET, path.clone(), Value::Null),
        (Method::PATCH, path.clone(), json!({ "duration_in_seconds": 600 })),
        (Method::POST, format!("{path}/participants/data"), json!({ "userExternalId": "new" })),
        (Method::DELETE, format!("{path}/uploads"), Value::Null),
        (Method::DELETE, path, Value::Null),
        (Method::POST, "/credentials".into(), Value::Null),
        (Method::POST, "/settings/background-image".into(), Value::Null),
        (Method::PATCH, "/settings/update".into(), json!({ "background_alias": "x" })),
    ]
}

fn text(body: &Value) -> String {
    if body.is_null() { String::new() } else { body.to_string() }
}

#[tokio::test]
async fn nobody_without_key_or_token_reaches_anything() {
    let server = mia(MiaConfig { delete_uploads: true, ..MiaConfig::default() }).await;
    let room = room_id(&post(&server, As::Key, "/teleconsultation", &visit(2, &two())).await);
    let before = own(&server, &room, "pat").await;
    for (method, path, body) in calls(&room) {
        let answer = call(&server, As::Nobody, method.clone(), &path, &text(&body)).await;
        assert_eq!(answer, unauthorized(), "{method} {path}");
        let answer = call(&server, As::Token("forged"), method.clone(), &path, &text(&body)).await;
        assert_eq!(answer, unauthorized(), "{method} {path}");
        // A name without a key is nobody's.
        let request = server.api.client.request(method.clone(), format!("{}{path}", server.api.base));
        let response = request.header("x-user-id", "dr").header("apikey", "a-guess").body(text(&body)).send().await;
        let response = response.expect("an answer");
        let status = response.status();
        assert_eq!((status, response.json().await.expect("JSON")), unauthorized(), "{method} {path}");
    }
    assert_eq!(own(&server, &room, "pat").await, before, "nothing changed");
    assert_eq!(server.api.get("/v2/rooms").await.1["total"], 1);
}

#[tokio::test]
async fn another_companys_key_sees_nothing() {
    let data = tempfile::tempdir().expect("a folder");
    let start = async |name: &str, key: &str| {
        let bootstrap = Bootstrap { company_name: name.into(), api_key: key.into() };
        let running = visita_server::start(ServerConfig {
            data: Some(data.path().to_owned()),
            bootstrap: Some(bootstrap),
            ..ServerConfig::default()
        });
        Server::of(running.await.expect("a server"), None)
    };
    let with = async |server: &Server, key: &str, method: Method, path: &str, body: &str| -> Answer {
        let request = server.api.client.request(method, format!("{}{path}", server.api.base));
        let response = request.header("apikey", key).header("x-user-id", "pat").body(body.to_owned()).send().await;
        let response = response.expect("an answer");
        let status = response.status();
        let text = response.text().await.expect("a body");
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    };
    let first = start("First", "first-key").await;
    let made = with(&first, "first-key", Method::POST, "/teleconsultation", &visit(2, &two()).to_string()).await;
    let room = room_id(&made);
    first.running.stop().await;

    let second = start("Second", "second-key").await;
    let missing = json!({ "error": format!("Room with id {room} not found on CRUD") });
    for (method, path, body) in calls(&room).into_iter().filter(|(_, path, _)| path.contains(&room)) {
        let answer = with(&second, "second-key", method.clone(), &path, &text(&body)).await;
        assert_eq!(answer, (StatusCode::NOT_FOUND, missing.clone()), "{method} {path}");
    }
    let path = format!("/teleconsultation/{room}");
    assert!(
        link(&with(&second, "first-key", Method::GET, &path, "").await).contains("/join/"),
        "the first's key is still good"
    );
    // The same person is another user there.
    let made = with(&second, "second-key", Method::POST, "/teleconsultation", &visit(2, &two()).to_string()).await;
    assert_ne!(room_id(&made), room);
    second.running.stop().await;
}

#[tokio::test]
async fn everybody_is_told_the_own_link_only() {
    let server = mia(MiaConfig::default()).await;
    let room = room_id(&post(&server, As::Key, "/teleconsultation", &visit(2, &two())).await);
    let (dr, pat) = (own(&server, &room, "dr").await, own(&server, &room, "pat").await);
    let (code_of_dr, code_of_pat) = (link(&dr), link(&pat));
    assert_ne!(code_of_dr, code_of_pat);
    assert!(!dr.1.to_string().contains(&code_of_pat) && !pat.1.to_string().contains(&code_of_dr));
    let preview = server.api.look(&code_of_pat).await.1;
    assert_eq!((&preview["display_name"], &preview["is_admin"]), (&json!("Name of pat"), &json!(false)));
    assert_eq!(server.api.look(&code_of_dr).await.1["is_admin"], true, "who has role plus is admin");
    for user in ["nobody", "", " ", "é"] {
        assert_eq!(own(&server, &room, user).await.0, StatusCode::UNAUTHORIZED, "{user:?}");
    }
    let without = call(&server, As::Key, Method::GET, &format!("/teleconsultation/{room}"), "").await;
    assert_eq!(without, unauthorized(), "nobody says who is calling");
    // Rooms of the other dialects are none of these.
    let other = server.api.room(json!({})).await;
    assert_eq!(own(&server, &other.id, "pat").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_user_of_this_server_calls_with_its_token_where_there_is_no_issuer() {
    let server = mia(MiaConfig::default()).await;
    let room = room_id(&post(&server, As::Key, "/teleconsultation", &visit(2, &two())).await);
    let (status, made) = call(&server, As::KeyFor("pat"), Method::POST, "/credentials", "").await;
    assert_eq!((status, &made["bandyerUserId"]), (StatusCode::CREATED, &json!("pat")), "no body at all is fine");
    let token = made["accessToken"].as_str().expect("a token");
    let path = format!("/teleconsultation/{room}");
    let told = call(&server, As::Token(token), Method::GET, &path, "").await;
    assert_eq!(link(&told), link(&own(&server, &room, "pat").await));
    let refused = call(&server, As::Token(token), Method::DELETE, &path, "").await;
    assert_eq!((refused.0, &refused.1["code"]), (StatusCode::FORBIDDEN, &json!("forbidden")), "did not make it");
    // Who is new becomes a user.
    let (status, made) =
        call(&server, As::KeyFor("auth0|new"), Method::POST, "/credentials", r#"{"expiresIn":360}"#).await;
    assert_eq!(status, StatusCode::CREATED);
    let user = made["bandyerUserId"].as_str().expect("an id");
    assert_eq!(server.api.get(&format!("/v2/users/{user}")).await.1["role"], "basic");
    let users = server.api.get("/v2/users").await.1["total"].clone();
    for body in [r#"{"expiresIn":359}"#, r#"{"expiresIn":86401}"#, r#"{"expiresIn":"1h"}"#, r#"{"expiresIn":-1}"#] {
        let answer = call(&server, As::KeyFor("newer"), Method::POST, "/credentials", body).await;
        assert_eq!((answer.0, &answer.1["field"]), (StatusCode::BAD_REQUEST, &json!("expiresIn")), "{body}");
    }
    assert_eq!(server.api.get("/v2/users").await.1["total"], users, "nobody became a user by it");
    assert_eq!(call(&server, As::Key, Method::POST, "/credentials", "{}").await, unauthorized());
}

#[tokio::test]
async fn privileges_go_by_group_and_the_header_by_its_name() {
    let privileges = Privileges {
        plus: Privilege { groups: vec!["medico".into(), "oss".into()], tools: Tools::ALL },
        basic: Privilege { groups: vec!["paziente".into()], tools: Tools { chat: true, ..Tools::default() } },
    };
    let config = MiaConfig { privileges, user_id_header: "x-clinic-user".into(), ..MiaConfig::default() };
    let server = mia(config).await;
    let refused = post(&server, As::Key, "/teleconsultation", &visit(2, &two())).await;
    assert_eq!((refused.0, &refused.1["field"]), (StatusCode::BAD_REQUEST, &json!("participants.data[0].groups[0]")));
    let people = [crate::person("dr", "medico"), crate::person("pat", "paziente")];
    let room = room_id(&post(&server, As::Key, "/teleconsultation", &visit(2, &people)).await);
    let (_, told) = server.api.get(&format!("/v2/rooms/{room}")).await;
    assert_eq!(
        (&told["user_urls"][0]["tools"]["whiteboard"], &told["user_urls"][1]["tools"]["whiteboard"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(told["user_urls"][1]["tools"]["chat"], true);
    assert_eq!(own(&server, &room, "pat").await, unauthorized(), "another header");
    let request = server.api.client.get(format!("{}/teleconsultation/{room}", server.api.base));
    let response = request.header("apikey", "devkey").header("x-clinic-user", "pat").send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn settings_that_could_not_work_are_refused_at_the_start() {
    let start = async |config: ServerConfig| visita_server::start(config).await.map(|_| ());
    let wrong = MiaConfig { user_id_header: "authorization".into(), ..MiaConfig::default() };
    let started = start(ServerConfig { dev: true, mia: wrong, ..ServerConfig::default() }).await;
    assert!(matches!(started, Err(StartError::Config(_))), "{started:?}");
    let key = Key::new("k1");
    let provider = Provider::start(&[&key]).await;
    let config = MiaConfig { issuer: Some(provider.issuer()), ..MiaConfig::default() };
    let started = start(ServerConfig { mia: config, ..ServerConfig::default() }).await;
    assert!(matches!(started, Err(StartError::Config(_))), "an issuer without a company: {started:?}");
}

// ------------------------------------------------------------------------------------------- bearer tokens

const MADE: &str =
    r#"{ "participants": ["dr", "pat"], "start_date": "2022-02-22T15:30:00.000Z", "duration_in_seconds": 600 }"#;

async fn issued(provider: &Provider) -> Server {
    mia(MiaConfig { issuer: Some(provider.issuer()), ..MiaConfig::default() }).await
}

#[tokio::test]
async fn only_an_honest_token_of_the_issuer_for_this_server_counts() {
    let (key, other) = (Key::new("k1"), Key::new("k1"));
    let provider = Provider::start(&[&key]).await;
    let server = issued(&provider).await;
    let good = provider.claims("dr", &["doctor"]);
    let header = key.header();
    let change = |field: &str, value: Value| {
        let mut claims = good.clone();
        claims[field] = value;
        claims
    };
    let without = |field: &str| {
        let mut claims = good.clone();
        claims.as_object_mut().expect("an object").remove(field);
        claims
    };
    let with_header = |fields: Value| {
        let mut header = header.clone();
        header.as_object_mut().expect("an object").extend(fields.as_object().expect("an object").clone());
        header
    };
    let now = good["iat"].as_u64().expect("seconds");
    let mut refused = vec![
        ("wrong issuer", key.sign(&header, &change("iss", json!("https://evil.example.org/")))),
        ("issuer without its slash", key.sign(&header, &change("iss", json!(provider.url.trim_end_matches('/'))))),
        ("no issuer", key.sign(&header, &without("iss"))),
        ("wrong audience", key.sign(&header, &change("aud", json!("https://other.example.org")))),
        ("no audience", key.sign(&header, &without("aud"))),
        ("expired", key.sign(&header, &change("exp", json!(now - 60)))),
        ("never expires", key.sign(&header, &without("exp"))),
        ("not yet", key.sign(&header, &change("nbf", json!(now + 600)))),
        ("nobody", key.sign(&header, &without("sub"))),
        ("an empty name", key.sign(&header, &change("sub", json!("")))),
        ("unknown key id", key.sign(&with_header(json!({ "kid": "k2" })), &good)),
        ("another key by the same id", other.sign(&header, &good)),
        ("a key that it brings along", other.sign(&with_header(json!({ "jwk": other.jwk() })), &good)),
        ("alg none", format!("{}.", issuer::unsigned(&with_header(json!({ "alg": "none" })), &good))),
        ("alg None", format!("{}.", issuer::unsigned(&with_header(json!({ "alg": "None" })), &good))),
        ("no signature", format!("{}.", issuer::unsigned(&header, &good))),
        ("another algorithm of the same key", key.sign(&with_header(json!({ "alg": "RS512" })), &good)),
        ("not a token", "a.b.c".to_owned()),
    ];
    let hs256 = with_header(json!({ "alg": "HS256" }));
    for secret in key.public_bytes() {
        refused.push(("HS256 by the public key", issuer::sign_hs256(&secret, &hs256, &good)));
    }
    let honest = key.sign(&header, &good);
    let mut parts: Vec<_> = honest.split('.').map(str::to_owned).collect();
    parts[1] = issuer::unsigned(&header, &change("sub", json!("root"))).split('.').nth(1).expect("claims").to_owned();
    refused.push(("claims of another", parts.join(".")));
    for (what, token) in &refused {
        let answer = call(&server, As::Token(token), Method::POST, "/teleconsultation", MADE).await;
        assert_eq!(answer, unauthorized(), "{what}");
        assert_eq!(call(&server, As::Token(token), Method::POST, "/credentials", "").await, unauthorized(), "{what}");
    }
    assert_eq!(server.api.get("/v2/users").await.1["total"], 0, "nobody became a user by it");
    for (what, claims) in [
        ("as it is", good.clone()),
        ("one audience as text", change("aud", json!(AUDIENCE))),
        ("a clock that is a little ahead", change("nbf", json!(now + 5))),
        ("one group as text", change("groups", json!("doctor"))),
    ] {
        let answer =
            call(&server, As::Token(&key.sign(&header, &claims)), Method::POST, "/teleconsultation", MADE).await;
        assert_eq!(answer.0, StatusCode::CREATED, "{what}: {}", answer.1);
    }
}

#[tokio::test]
async fn keys_are_asked_for_once_and_again_when_they_change() {
    let (old, new) = (Key::new("k1"), Key::new("k2"));
    let provider = Provider::start(&[&old]).await;
    let server = issued(&provider).await;
    assert_eq!(provider.asked(), 0, "not before somebody comes");
    let come = async |key: &Key| {
        call(&server, As::Token(&key.token(&provider, "dr", &["doctor"])), Method::POST, "/credentials", "").await.0
    };
    for _ in 0..3 {
        assert_eq!(come(&old).await, StatusCode::CREATED);
    }
    assert_eq!(provider.asked(), 1, "kept");
    provider.publish(&[&new]);
    assert_eq!(come(&new).await, StatusCode::CREATED, "asked again for a key that is not known");
    assert_eq!(come(&old).await, StatusCode::UNAUTHORIZED, "which the issuer took back");
    // However many name keys that nobody has, the issuer is not asked each time.
    for _ in 0..50 {
        assert_eq!(come(&old).await, StatusCode::UNAUTHORIZED);
    }
    assert!(provider.asked() <= 7, "{}", provider.asked());
    assert_eq!(come(&new).await, StatusCode::CREATED);
}

#[tokio::test]
async fn an_issuer_that_is_away_or_another_lets_nobody_in() {
    let key = Key::new("k1");
    let provider = Provider::start(&[&key]).await;
    provider.pretend("http://127.0.0.1:9/");
    let server = issued(&provider).await;
    let token = key.token(&provider, "dr", &["doctor"]);
    let answer = call(&server, As::Token(&token), Method::POST, "/credentials", "").await;
    assert_eq!((answer.0, &answer.1["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("server_unreachable")));
    let gone = visita_server::Issuer::new("http://127.0.0.1:9/", AUDIENCE);
    let server = mia(MiaConfig { issuer: Some(gone), ..MiaConfig::default() }).await;
    let answer = call(&server, As::Token(&token), Method::POST, "/credentials", "").await;
    assert_eq!(answer.0, StatusCode::SERVICE_UNAVAILABLE);
    // Where the keys are may be said instead.
    let provider = Provider::start(&[&key]).await;
    let mut issuer = provider.issuer();
    issuer.jwks_url = Some(format!("{}keys", provider.url).parse().expect("a URL"));
    provider.pretend("http://127.0.0.1:9/");
    let server = mia(MiaConfig { issuer: Some(issuer), ..MiaConfig::default() }).await;
    let token = key.token(&provider, "dr", &["doctor"]);
    let answer = call(&server, As::Token(&token), Method::POST, "/credentials", "").await;
    assert_eq!(answer.0, StatusCode::CREATED, "{}", answer.1);
}

#[tokio::test]
async fn with_an_issuer_its_word_alone_says_who_somebody_is() {
    let key = Key::new("k1");
    let provider = Provider::start(&[&key]).await;
    let server = issued(&provider).await;
    let token = |subject: &str, groups: &[&str]| key.token(&provider, subject, groups);
    let (dr, pat, other) = (token("dr", &["doctor", "staff"]), token("pat", &["patient"]), token("other", &[]));
    let room = room_id(&call(&server, As::Token(&dr), Method::POST, "/teleconsultation", MADE).await);
    let path = format!("/teleconsultation/{room}");
    let told = call(&server, As::Token(&pat), Method::GET, &path, "").await;
    assert!(link(&told).contains("/join/"));
    assert_eq!(call(&server, As::Token(&other), Method::GET, &path, "").await, unauthorized());
    assert_eq!(own(&server, &room, "pat").await, unauthorized(), "the header is not looked at, with the key neither");
    // What may be done is for who made it, and for the key.
    for (method, path, body) in calls(&room) {
        if !path.contains(&room) || method == Method::GET {
            continue;
        }
        let answer = call(&server, As::Token(&other), method.clone(), &path, &text(&body)).await;
        assert_eq!(answer, unauthorized(), "{method} {path}");
        let answer = call(&server, As::Token(&pat), method.clone(), &path, &text(&body)).await;
        assert_eq!((answer.0, &answer.1["code"]), (StatusCode::FORBIDDEN, &json!("forbidden")), "{method} {path}");
    }
    for (method, path) in [(Method::POST, "/settings/background-image"), (Method::PATCH, "/settings/update")] {
        let answer = call(&server, As::Token(&dr), method, path, "{}").await;
        assert_eq!(answer.0, StatusCode::FORBIDDEN, "{path} is for the key and for operators");
    }
    for (body, field) in [
        (visit(2, &[json!({ "userExternalId": "dr", "groups": ["doctor"] })]), "participants.data[0].groups"),
        (visit(2, &[json!({ "userExternalId": "dr", "fullName": "Dr" })]), "participants.data[0].fullName"),
    ] {
        let answer = post(&server, As::Token(&dr), "/teleconsultation", &body).await;
        assert_eq!((answer.0, &answer.1["field"]), (StatusCode::BAD_REQUEST, &json!(field)), "the issuer says that");
    }
    assert_eq!(call(&server, As::Token(&dr), Method::DELETE, &path, "").await.0, StatusCode::NO_CONTENT);
    let (_, audit) = server.api.get(&format!("/v2/audit?room_id={room}")).await;
    assert_eq!(audit["entries"][0]["actor"], "dr", "{audit}");
    // What groups somebody is in is the issuer's to say each time.
    let role = async || server.api.get("/v2/users/dr").await.1["role"].clone();
    assert_eq!(role().await, "plus");
    call(&server, As::Token(&token("dr", &["patient"])), Method::POST, "/credentials", "").await;
    assert_eq!(role().await, "basic");
    call(&server, As::Token(&token("dr", &["staff"])), Method::POST, "/credentials", "").await;
    assert_eq!(role().await, "basic", "groups that nobody knows say nothing");
    let refused = call(&server, As::Token(&token("pat", &["patient"])), Method::POST, "/teleconsultation", MADE).await;
    assert_eq!(refused.1["error"], "Failed POST /teleconsultation: no plus user in room");
}
