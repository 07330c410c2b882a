//! Links through HTTP: looking, going in, and every way a link can be of no use.

mod common;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use common::{
    Api, Room,
    carriers::{Carrier, over_each_carrier},
    code, server, server_with, until,
};
use reqwest::{StatusCode, header};
use serde_json::{Value, json};
use visita_server::{LiveKit, ServerConfig};

over_each_carrier!(
    a_look_tells_of_room_and_seat_and_uses_nothing_up,
    a_seat_may_have_a_name_of_its_own,
    bad_names_and_bodies_are_refused_by_field,
    a_seat_in_use_asks_before_it_is_taken_over,
    links_of_no_use_say_why_and_nothing_of_the_room,
    browsers_get_a_page_that_says_nothing_until_it_asks,
    only_pages_that_are_listed_may_frame,
    pages_of_other_origins_may_use_links_and_nothing_else,
);

async fn a_look_tells_of_room_and_seat_and_uses_nothing_up(carrier: Carrier) {
    let server = carrier.server().await;
    server.api.users().await;
    let fields = json!({ "description": "Follow-up", "recording": "manual", "ends_at": "2099-01-01T00:00:00Z" });
    let room = server.api.room(fields).await;
    let expected = json!({
        "room_id": room.id, "title": "Follow-up", "company": "Visita", "host_name": null, "call_type": "audio_video",
        "recording": "manual", "participant_id": room.seat(1), "is_admin": false, "display_name": null,
        "people_in": [], "in_use": false, "starts_at": null, "opens_at": null, "waiting_room": false,
        "asks_consent": false, "good_until": 4_070_908_800.0, "language": null, "background_url": null,
    });
    for _ in 0..3 {
        assert_eq!(server.api.look(&room.guest).await, (StatusCode::OK, expected.clone()));
    }
    let _host = server.api.come(&room.host, "Dr. Conti").await;
    let (_, preview) = server.api.look(&room.guest).await;
    assert_eq!((&preview["host_name"], &preview["people_in"]), (&json!("Dr. Conti"), &json!(["Dr. Conti"])));
    let (_, preview) = server.api.look(&room.host).await;
    assert_eq!((&preview["in_use"], &preview["display_name"]), (&json!(true), &json!("Dr. Conti")));
    assert_eq!(preview["host_name"], Value::Null);
}

async fn a_seat_may_have_a_name_of_its_own(carrier: Carrier) {
    let server = carrier.server().await;
    server.api.users().await;
    let seats = |name: &str| {
        json!({ "participants": [
            { "user_id": "dr", "display_name": "Dr. Conti", "is_admin": true },
            { "user_id": "pat", "display_name": name }] })
    };
    let answer = server.api.post("/v2/rooms", &seats("a\nb")).await;
    assert_eq!(
        (answer.0, answer.1["error"]["field"].as_str()),
        (StatusCode::BAD_REQUEST, Some("participants[1].display_name"))
    );

    let room = Room::of(server.api.post("/v2/rooms", &seats(" Pat È ")).await.1);
    assert_eq!(room.body["user_urls"][1]["display_name"], "Pat È");
    let (_, preview) = server.api.look(&room.guest).await;
    assert_eq!((&preview["host_name"], &preview["display_name"]), (&json!("Dr. Conti"), &json!("Pat È")));
    let (_, entry) = server.api.enter(&room.guest, json!({})).await;
    assert_eq!(entry["display_name"], "Pat È");
    let path = format!("{}/participants/{}", room.path(), room.seat(1));
    assert_eq!(server.api.get(&path).await.1["display_name"], "Pat È", "not in yet");

    // What somebody says themselves goes before it, as long as they are there.
    let mut guest = server.api.come(&room.guest, "Patrizia").await;
    assert_eq!(server.api.get(&path).await.1["display_name"], "Patrizia");
    guest.send(json!({ "type": "leave" })).await;
    guest.expect_closed_after("left").await;
    assert_eq!(server.api.look(&room.guest).await.1["display_name"], "Pat È");

    let open = server.api.post("/v2/rooms", &json!({ "kind": "open" })).await.1;
    let seats = format!("/v2/rooms/{}/participants", open["room_id"].as_str().expect("an id"));
    let added = server.api.post(&seats, &json!({ "display_name": "Ada" })).await.1;
    assert_eq!(server.api.look(added["url"].as_str().expect("a link")).await.1["display_name"], "Ada");
}

#[tokio::test]
async fn an_entry_has_a_token_for_media_with_the_seats_rights() {
    let server = server().await;
    server.api.users().await;
    let body = json!({
        "call_type": "audio_only",
        "participants": [{ "user_id": "dr", "is_admin": true }, { "user_id": "pat", "tools": {} }],
    });
    let room = Room::of(server.api.post("/v2/rooms", &body).await.1);
    let (status, entry) = server.api.enter(&room.guest, json!({ "display_name": "  Ada È " })).await;
    assert_eq!(status, StatusCode::OK, "{entry}");
    assert_eq!((&entry["room_id"], &entry["participant_id"]), (&json!(room.id), &json!(room.seat(1))));
    assert_eq!((&entry["display_name"], &entry["tools"]["chat"]), (&json!("Ada È"), &json!(false)));
    let base = server.api.base.replace("http", "ws");
    assert_eq!((&entry["livekit_url"], &entry["channel_url"]), (&json!(base), &json!(format!("{base}/channel"))));

    let claims = claims(&entry["livekit_token"]);
    assert_eq!(
        (&claims["iss"], &claims["sub"], &claims["name"]),
        (&json!("devkey"), &json!(room.seat(1)), &json!("Ada È"))
    );
    assert_eq!(
        claims["video"],
        json!({
            "roomJoin": true, "room": room.id, "canPublish": true, "canSubscribe": true, "canPublishData": false,
            "canPublishSources": ["microphone"], "canUpdateOwnMetadata": false,
        })
    );
    let life = claims["exp"].as_i64().expect("exp") - claims["nbf"].as_i64().expect("nbf");
    assert!((1..=600).contains(&life), "{life}");

    // The embedded media server takes it, and no forged one.
    let validate = async |token: &str| {
        let request = server.api.client.get(format!("{}/rtc/validate", server.api.base)).bearer_auth(token);
        request.send().await.expect("an answer").status()
    };
    let token = entry["livekit_token"].as_str().expect("a token");
    assert_eq!(validate(token).await, StatusCode::OK);
    assert_eq!(validate(&format!("{token}x")).await, StatusCode::UNAUTHORIZED);

    let (_, entry) = server.api.enter(&room.host, json!({})).await;
    assert_eq!(entry["display_name"], "dr", "the user id where there is no name");
    let (status, _) = server.api.call(reqwest::Method::POST, &room.guest, None, None).await;
    assert_eq!(status, StatusCode::OK, "no body at all is fine");
}

#[tokio::test]
async fn media_elsewhere_is_another_url_and_key() {
    let livekit = LiveKit {
        url: "wss://media.example.org".parse().expect("a URL"),
        key: "their-key".into(),
        secret: "their-secret".into(),
    };
    let server = server_with(ServerConfig { livekit: Some(livekit), ..ServerConfig::default() }).await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    let (_, entry) = server.api.enter(&room.guest, json!({})).await;
    assert_eq!(entry["livekit_url"], "wss://media.example.org");
    assert_eq!(claims(&entry["livekit_token"])["iss"], "their-key");
    let validate = server.api.get("/rtc/validate").await;
    assert_eq!(code(&validate), "not_found", "there is no media server here");
}

async fn bad_names_and_bodies_are_refused_by_field(carrier: Carrier) {
    let server = carrier.server().await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    for (body, field) in [
        (json!({ "display_name": "" }), "display_name"),
        (json!({ "display_name": "  " }), "display_name"),
        (json!({ "display_name": "x".repeat(121) }), "display_name"),
        (json!({ "display_name": "a\nb" }), "display_name"),
        (json!({ "display_name": 1 }), "display_name"),
        (json!({ "display_name": "Ada \u{202e}nimda" }), "display_name"),
        (json!({ "displace": "yes" }), "displace"),
        (json!({ "name": "Ada" }), "name"),
    ] {
        let answer = server.api.enter(&room.guest, body.clone()).await;
        assert_eq!((answer.0, code(&answer)), (StatusCode::BAD_REQUEST, "invalid"), "{body}");
        assert_eq!(answer.1["error"]["field"], field, "{body}");
    }
    assert_eq!(server.api.look(&room.guest).await.1["people_in"], json!([]));
}

async fn a_seat_in_use_asks_before_it_is_taken_over(carrier: Carrier) {
    let server = carrier.server().await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    let mut first = server.api.come(&room.guest, "Ada").await;
    let refused = server.api.enter(&room.guest, json!({})).await;
    assert_eq!((refused.0, code(&refused)), (StatusCode::CONFLICT, "seat_in_use"));
    let (status, entry) = server.api.enter(&room.guest, json!({ "displace": true })).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(entry["display_name"], "Ada", "the name goes with the seat");
    assert_eq!(first.next().await, json!({ "type": "closed", "reason": "displaced" }));
    first.expect_closed().await;
}

async fn links_of_no_use_say_why_and_nothing_of_the_room(carrier: Carrier) {
    let server = carrier.server().await;
    server.api.users().await;
    let fields = || json!({ "description": "Secret matter" });
    let disabled = server.api.room(fields()).await;
    server.api.post(&format!("{}/disable", disabled.path()), &json!({})).await;
    let deleted = server.api.room(fields()).await;
    server.api.delete(&deleted.path()).await;
    let revoked = server.api.room(fields()).await;
    let path = format!("{}/participants/{}/link", revoked.path(), revoked.seat(1));
    server.api.post(&path, &json!({})).await;
    let end = (std::time::SystemTime::now() + std::time::Duration::from_millis(1500))
        .duration_since(std::time::UNIX_EPOCH)
        .expect("after 1970");
    let expired =
        server.api.room(json!({ "description": "Secret matter", "ends_at": rfc3339(end.as_secs() + 1) })).await;
    // By the key: looks through a link are counted.
    until("the end", || async { server.api.get(&expired.path()).await.1["status"] == "ended" }).await;

    let unknown = format!("{}/join/{}", server.api.base, "a".repeat(24));
    for (link, status, expected) in [
        (&unknown, StatusCode::NOT_FOUND, "link_unknown"),
        (&disabled.guest, StatusCode::FORBIDDEN, "room_disabled"),
        (&deleted.guest, StatusCode::FORBIDDEN, "room_ended"),
        (&revoked.guest, StatusCode::FORBIDDEN, "link_revoked"),
        (&expired.guest, StatusCode::FORBIDDEN, "link_expired"),
    ] {
        for answer in [server.api.look(link).await, server.api.enter(link, json!({ "displace": true })).await] {
            assert_eq!((answer.0, code(&answer)), (status, expected));
            assert!(!answer.1.to_string().contains("Secret matter"));
            assert_eq!(answer.1.as_object().map(serde_json::Map::len), Some(1), "the error and nothing else");
        }
        // The page is the same for every code, and asks for itself.
        assert_eq!(page(&server.api, link).await, page(&server.api, &disabled.host).await);
    }
    for (odd, expected) in [("%00", "link_unknown"), ("%ff..", "invalid"), ("%2e%2e%2fv2", "link_unknown")] {
        let answer = server.api.look(&format!("/join/{odd}")).await;
        assert_eq!(code(&answer), expected, "{odd}");
        assert!(answer.0.is_client_error());
    }
}

async fn only_pages_that_are_listed_may_frame(carrier: Carrier) {
    let server = carrier.server().await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    let framed_by = async |path: &str| {
        let asked = server.api.client.get(path).header(header::ACCEPT, "text/html").send().await.expect("an answer");
        let policy = asked.headers().get(header::CONTENT_SECURITY_POLICY).map(|value| value.to_str().expect("text"));
        let framed_by =
            policy.and_then(|policy| policy.split_once("frame-ancestors ")).map(|(_, said)| said.to_owned());
        (asked.status(), framed_by.unwrap_or_default())
    };
    let none = (StatusCode::OK, "'none'".to_owned());
    assert_eq!(framed_by(&room.guest).await, none);
    let embed = format!("{}/embed/clinic", server.api.base);
    assert_eq!(framed_by(&embed).await.0, StatusCode::NOT_FOUND);

    let origins = json!(["https://Clinic.example.org/", "http://127.0.0.1:8080", "https://clinic.example.org:443"]);
    let wanted = json!({ "web_app_id": "clinic", "embed_origins": origins });
    let (_, company) = server.api.patch("/v2/company", &wanted).await;
    assert_eq!(company["embed_origins"], json!(["https://clinic.example.org", "http://127.0.0.1:8080"]));
    let listed = (StatusCode::OK, "https://clinic.example.org http://127.0.0.1:8080".to_owned());
    assert_eq!(framed_by(&room.guest).await, listed);
    assert_eq!(framed_by(&embed).await, listed);
    // What leads nowhere is nobody's, and neither is the page once its code is out of the address.
    assert_eq!(framed_by(&format!("{}x", room.guest)).await, none);
    assert_eq!(framed_by(&format!("{}/join/", server.api.base)).await, none);

    for (wrong, field) in [
        (json!({ "embed_origins": ["https://a.example.org", "https://b.example.org/path"] }), "embed_origins[1]"),
        (json!({ "embed_origins": ["https://*.example.org"] }), "embed_origins[0]"),
        (json!({ "embed_origins": ["ftp://a.example.org"] }), "embed_origins[0]"),
        (json!({ "embed_origins": ["https://a.example.org; script-src *"] }), "embed_origins[0]"),
        (json!({ "embed_origins": ["https://a.example.org;script-src"] }), "embed_origins[0]"),
        (json!({ "embed_origins": ["https://a.example.org", "https://b.example.org,"] }), "embed_origins[1]"),
        (json!({ "embed_origins": vec!["https://a.example.org"; 51] }), "embed_origins"),
        (json!({ "embed_origins": null }), "embed_origins"),
        (json!({ "web_app_id": "a/b" }), "web_app_id"),
    ] {
        let (status, answer) = server.api.patch("/v2/company", &wrong).await;
        assert_eq!((status, answer["error"]["field"].as_str()), (StatusCode::BAD_REQUEST, Some(field)), "{answer}");
    }
    assert_eq!(framed_by(&embed).await, listed, "nothing changed");

    let script = server.api.client.get(format!("{}/widget.js", server.api.base)).send().await.expect("an answer");
    assert_eq!(script.status(), StatusCode::OK);
    for (name, value) in [
        ("access-control-allow-origin", "*"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("content-type", "text/javascript; charset=utf-8"),
    ] {
        assert_eq!(script.headers().get(name).and_then(|value| value.to_str().ok()), Some(value), "{name}");
    }
}

async fn browsers_get_a_page_that_says_nothing_until_it_asks(carrier: Carrier) {
    let server = carrier.server().await;
    server.api.users().await;
    let room = server.api.room(json!({ "description": "Secret matter", "recording": "automatic" })).await;
    let html = page(&server.api, &room.guest).await;
    assert!(!html.contains("Secret matter") && !html.contains("http:") && !html.contains("https:"), "{html}");
    // A code with a dot or a bracket behind it, and none at all: what is pasted, and where the page is later.
    for path in [format!("{}.", room.guest), format!("{}%29", room.guest)] {
        assert_eq!(page(&server.api, &path).await, html);
    }
    assert_eq!(page(&server.api, &format!("{}/join/", server.api.base)).await, html);
    // Whoever types the server's address finds it too; a program finds where the calls are described.
    assert_eq!(page(&server.api, &format!("{}/", server.api.base)).await, html);
    let (status, words) = server.api.get("/").await;
    assert_eq!((status, &words["error"]["code"]), (StatusCode::NOT_FOUND, &json!("not_found")));
    assert!(words["error"]["message"].as_str().is_some_and(|words| words.contains("/docs")), "{words}");

    let get = async |path: &str, encodings: &str| {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", server.api.base) };
        let asked = server.api.client.get(url).header(header::ACCEPT, "text/html");
        asked.header(header::ACCEPT_ENCODING, encodings).send().await.expect("an answer")
    };
    let response = get(&room.guest, "br").await;
    let header = |response: &reqwest::Response, name: &str| -> String {
        response.headers().get(name).map(|value| value.to_str().expect("text").to_owned()).unwrap_or_default()
    };
    assert_eq!(header(&response, "referrer-policy"), "no-referrer");
    assert_eq!(header(&response, "cache-control"), "no-store");
    assert_eq!(header(&response, "x-content-type-options"), "nosniff");
    assert_eq!(header(&response, "content-encoding"), "br");
    assert_eq!(header(&response, "set-cookie"), "");
    let policy = header(&response, "content-security-policy");
    assert!(policy.starts_with("default-src 'self'; script-src 'self';"), "{policy}");
    assert!(
        policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe") && !policy.contains('*'),
        "{policy}"
    );
    assert!(server.api.look(&room.guest).await.1["in_use"] == false, "a page uses nothing up");

    // What it loads comes small, and once.
    let named = html.split('"').filter(|name| name.starts_with("/assets/") && name.ends_with(".js"));
    let mut scripts = Vec::new();
    for name in named {
        scripts.push((get(name, "identity").await.bytes().await.expect("bytes").len(), name));
    }
    let (_, script) = *scripts.iter().max().expect("scripts");
    let plain = get(script, "identity").await;
    assert_eq!(header(&plain, "content-encoding"), "");
    assert!(header(&plain, "content-type").starts_with("text/javascript"));
    assert!(header(&plain, "cache-control").contains("immutable"));
    let (tag, whole) = (header(&plain, "etag"), plain.bytes().await.expect("bytes").len());
    for encoding in ["br", "gzip"] {
        let packed = get(script, encoding).await;
        assert_eq!(header(&packed, "content-encoding"), encoding);
        assert!(packed.bytes().await.expect("bytes").len() < whole / 2);
    }
    let url = format!("{}{script}", server.api.base);
    let again = server.api.client.get(url).header(header::IF_NONE_MATCH, tag).send().await.expect("an answer");
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    for path in ["/assets/none.js", "/assets/..%2f..%2fpackage.json", "/assets/../join.html", "/pdf/"] {
        assert_eq!(get(path, "br").await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

async fn pages_of_other_origins_may_use_links_and_nothing_else(carrier: Carrier) {
    let server = carrier.server().await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    let allowed = async |url: &str, method: &str| {
        let request = server.api.client.request(reqwest::Method::OPTIONS, url);
        let request = request.header(header::ORIGIN, "https://elsewhere.example");
        let request = request.header(header::ACCESS_CONTROL_REQUEST_METHOD, method);
        let response = request.send().await.expect("an answer");
        response.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN).is_some()
    };
    assert!(allowed(&room.guest, "POST").await);
    assert!(!allowed(&format!("{}/v2/rooms", server.api.base), "POST").await);
    assert!(!allowed(&format!("{}/health", server.api.base), "GET").await);
}

#[tokio::test]
async fn the_way_is_tried_by_a_link_that_leads_somewhere() {
    let server = server().await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    let line = |link: &str, query: &str| format!("{link}/line{query}");
    let get = async |url: String| server.api.client.get(url).send().await.expect("an answer");
    let response = get(line(&room.guest, "?bytes=262144")).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    let bytes = response.bytes().await.expect("bytes");
    assert_eq!(bytes.len(), 262_144);
    assert!(bytes.iter().collect::<std::collections::HashSet<_>>().len() > 200, "nothing makes it fewer");
    assert_eq!(get(line(&room.guest, "?bytes=262145")).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(get(line(&room.guest, "?bytes=many")).await.status(), StatusCode::BAD_REQUEST);
    let nowhere = format!("{}/join/{}", server.api.base, "a".repeat(26));
    assert_eq!(get(line(&nowhere, "?bytes=1")).await.status(), StatusCode::NOT_FOUND);
    let post = async |url: String, bytes: usize| {
        server.api.client.post(url).body(vec![7; bytes]).send().await.expect("an answer").status()
    };
    assert_eq!(post(line(&room.guest, ""), 131_072).await, StatusCode::NO_CONTENT);
    assert_eq!(post(line(&room.guest, ""), 262_145).await, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(post(line(&nowhere, ""), 1).await, StatusCode::NOT_FOUND);
}

async fn page(api: &Api, link: &str) -> String {
    let response =
        api.client.get(link).header(header::ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8").send().await;
    let response = response.expect("a page");
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8");
    response.text().await.expect("text")
}

/// What a JWT says.
fn claims(token: &Value) -> Value {
    let body = token.as_str().and_then(|token| token.split('.').nth(1)).expect("three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).expect("base64url")).expect("JSON")
}

fn rfc3339(unix: u64) -> String {
    let at = time::OffsetDateTime::from_unix_timestamp(i64::try_from(unix).expect("a time")).expect("a time");
    at.format(&time::format_description::well_known::Rfc3339).expect("text")
}
