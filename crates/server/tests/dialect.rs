//! The rest of the Kaleyra dialect through HTTP: company, lists, open rooms, live state, recording, sessions, signing in,
//! users' own rights, audit.

mod common;

use common::{Api, Room, code, server, until};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

#[tokio::test]
async fn the_company_is_told_and_changed_field_by_field() {
    let server = server().await;
    let (status, company) = server.api.get("/v2/company").await;
    assert_eq!(
        (status, &company["name"], &company["default_language"]),
        (StatusCode::OK, &json!("Visita"), &json!("en"))
    );
    assert_eq!(company["web_app_id"], Value::Null);

    let wanted = json!({
        "name": " Clinic ", "default_language": "it", "web_app_id": "web", "mobile_app_id": "mobile",
        "end_of_call_redirect_url": "https://clinic.example.org/thanks",
        "user_details_provider_url": "https://clinic.example.org/people",
    });
    let (status, changed) = server.api.patch("/v2/company", &wanted).await;
    assert_eq!((status, &changed["name"]), (StatusCode::OK, &json!("Clinic")), "{changed}");
    let (_, changed) =
        server.api.patch("/v2/company", &json!({ "web_app_id": null, "default_language": "en-GB" })).await;
    assert_eq!((&changed["web_app_id"], &changed["mobile_app_id"]), (&Value::Null, &json!("mobile")));
    assert_eq!(server.api.get("/v2/company").await.1, changed);

    for (body, field) in [
        (json!({ "name": "" }), "name"),
        (json!({ "name": null }), "name"),
        (json!({ "name": "x".repeat(121) }), "name"),
        (json!({ "default_language": "english" }), "default_language"),
        (json!({ "web_app_id": "" }), "web_app_id"),
        (json!({ "mobile_app_id": 7 }), "mobile_app_id"),
        (json!({ "end_of_call_redirect_url": "javascript:alert(1)" }), "end_of_call_redirect_url"),
        (json!({ "user_details_provider_url": "https://user:secret@example.org/" }), "user_details_provider_url"),
        (json!({ "colour": "red" }), "colour"),
    ] {
        // A good field beside the bad one is not taken either.
        let mut body = body;
        body["default_language"] = body.get("default_language").cloned().unwrap_or(json!("fr"));
        let answer = server.api.patch("/v2/company", &body).await;
        let told = (answer.0, code(&answer), answer.1["error"]["field"].as_str());
        assert_eq!(told, (StatusCode::BAD_REQUEST, "invalid", Some(field)), "{body}");
    }
    assert_eq!(server.api.get("/v2/company").await.1, changed, "nothing changed");
}

#[tokio::test]
async fn users_and_rooms_are_listed_page_by_page() {
    let server = server().await;
    server.api.users().await;
    let (status, all) = server.api.get("/v2/users").await;
    assert_eq!((status, &all["total"]), (StatusCode::OK, &json!(2)));
    let (_, page) = server.api.get("/v2/users?limit=1&offset=1").await;
    assert_eq!(page, json!({ "users": [all["users"][1]], "total": 2 }));

    let first = server.api.room(json!({ "description": "first" })).await;
    let second = server.api.room(json!({ "description": "second" })).await;
    let (_, listed) = server.api.get("/v2/rooms").await;
    assert_eq!(listed, json!({ "rooms": [second.body, first.body], "total": 2 }), "newest first, told as when made");
    let (_, page) = server.api.get("/v2/rooms?offset=1&limit=1").await;
    assert_eq!((&page["rooms"][0]["room_id"], &page["total"]), (&json!(first.id), &json!(2)));
    server.api.delete(&second.path()).await;
    assert_eq!(server.api.get("/v2/rooms").await.1["total"], 1);

    for path in ["/v2/users", "/v2/rooms", "/v2/webhooks", "/v2/audit", &format!("{}/sessions", first.path())] {
        for (query, field) in [
            ("limit=0", "limit"),
            ("limit=101", "limit"),
            ("limit=-1", "limit"),
            ("limit=ten", "limit"),
            ("offset=-1", "offset"),
            ("offset=x", "offset"),
        ] {
            let answer = server.api.get(&format!("{path}?{query}")).await;
            let told = (answer.0, answer.1["error"]["field"].as_str());
            assert_eq!(told, (StatusCode::BAD_REQUEST, Some(field)), "{path}?{query}");
        }
    }
}

#[tokio::test]
async fn a_deleted_user_is_put_out_and_its_links_are_taken_back() {
    let server = server().await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    let token = server.api.sign_in("pat").await;
    let mut guest = server.api.come(&room.guest, "Ada").await;
    assert_eq!(server.api.delete("/v2/users/pat").await.0, StatusCode::NO_CONTENT);
    let closed = guest.next().await;
    assert_eq!(closed["type"], "closed", "{closed}");
    let answer = server.api.look(&room.guest).await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::FORBIDDEN, "link_revoked"));
    assert_eq!(server.api.get("/v2/users/pat").await.0, StatusCode::NOT_FOUND);
    assert_eq!(server.api.delete("/v2/users/pat").await.0, StatusCode::NOT_FOUND);
    assert_eq!(server.api.get("/v2/users").await.1["total"], 1);
    let answer = server.api.as_user(Method::GET, "/v2/rooms", Value::Null, &token).await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::UNAUTHORIZED, "unauthorized"));
    let (status, again) = server.api.post("/v2/users", &json!({ "user_id": "pat", "role": "plus" })).await;
    assert_eq!((status, &again["role"]), (StatusCode::CREATED, &json!("plus")), "the id is free");
    let answer = server.api.as_user(Method::GET, "/v2/rooms", Value::Null, &token).await;
    assert_eq!(answer.0, StatusCode::UNAUTHORIZED, "the token was another person's");
}

#[tokio::test]
async fn schedules_and_kinds_are_checked_and_told() {
    let server = server().await;
    server.api.users().await;
    let room = server
        .api
        .room(json!({
            "starts_at": "2099-01-01T10:00:00+01:00", "ends_at": "2099-01-01T10:00:00Z", "early_entry": 600,
            "freeze_window": 900, "waiting_room": true, "webinar": true,
        }))
        .await;
    for (field, told) in [
        ("kind", json!("seated")),
        ("starts_at", json!("2099-01-01T09:00:00.000Z")),
        ("ends_at", json!("2099-01-01T10:00:00.000Z")),
        ("early_entry", json!(600)),
        ("freeze_window", json!(900)),
        ("waiting_room", json!(true)),
        ("webinar", json!(true)),
        ("duration_used", json!(0)),
    ] {
        assert_eq!(room.body[field], told, "{field}");
    }
    let speakers: Vec<_> = room.body["user_urls"].as_array().expect("seats").iter().map(|s| &s["is_speaker"]).collect();
    assert_eq!(speakers, [&json!(true), &json!(false)], "admins speak unless it is said otherwise");
    let answer = server.api.enter(&room.guest, json!({})).await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::FORBIDDEN, "room_not_started"));

    let two = json!([{ "user_id": "dr", "is_admin": true }, { "user_id": "pat" }]);
    let no_admin = json!([{ "user_id": "dr" }, { "user_id": "pat" }]);
    for (fields, field) in [
        (json!({ "starts_at": "2099-01-02T00:00:00Z", "ends_at": "2099-01-01T00:00:00Z" }), "ends_at"),
        (json!({ "starts_at": "2099-01-01T00:00:00Z", "ends_at": "2099-01-01T00:00:00Z" }), "ends_at"),
        (json!({ "starts_at": "soon" }), "starts_at"),
        (json!({ "starts_at": 7 }), "starts_at"),
        (json!({ "early_entry": 60 }), "early_entry"),
        (json!({ "freeze_window": 60 }), "freeze_window"),
        (json!({ "starts_at": "2099-01-01T00:00:00Z", "early_entry": 86401 }), "early_entry"),
        (json!({ "starts_at": "2099-01-01T00:00:00Z", "freeze_window": -1 }), "freeze_window"),
        (json!({ "participants": no_admin, "waiting_room": true }), "waiting_room"),
        (json!({ "participants": no_admin, "webinar": true }), "webinar"),
        (
            json!({ "participants": [{ "user_id": "dr", "is_speaker": false }, { "user_id": "pat" }] }),
            "participants[0].is_speaker",
        ),
        (json!({ "capacity": 10 }), "capacity"),
        (json!({ "kind": "open" }), "participants"),
        (json!({ "kind": "open", "participants": [], "capacity": 51 }), "capacity"),
        (json!({ "kind": "open", "participants": [], "capacity": 1 }), "capacity"),
        (json!({ "kind": "open", "participants": [], "webinar": true, "capacity": 201 }), "capacity"),
        (json!({ "kind": "closed" }), "kind"),
    ] {
        let mut body = json!({ "participants": two });
        body.as_object_mut().expect("an object").extend(fields.as_object().expect("fields").clone());
        let answer = server.api.post("/v2/rooms", &body).await;
        let told = (answer.0, code(&answer), answer.1["error"]["field"].as_str());
        assert_eq!(told, (StatusCode::BAD_REQUEST, "invalid", Some(field)), "{body} -> {}", answer.1);
    }
    assert_eq!(server.api.get("/v2/rooms").await.1["total"], 1, "nothing was stored");
}

#[tokio::test]
async fn an_open_room_takes_whoever_has_a_link_up_to_its_capacity() {
    let server = server().await;
    server.api.users().await;
    let (status, room) = server.api.post("/v2/rooms", &json!({ "kind": "open", "capacity": 2 })).await;
    assert_eq!((status, &room["capacity"], &room["user_urls"]), (StatusCode::CREATED, &json!(2), &json!([])), "{room}");
    let path = format!("/v2/rooms/{}/participants", room["room_id"].as_str().expect("an id"));
    let mut links = Vec::new();
    for body in [json!({ "user_id": "dr", "is_admin": true }), json!({ "user_id": "visitor" }), json!({})] {
        let (status, seat) = server.api.post(&path, &body).await;
        assert_eq!(status, StatusCode::CREATED, "{seat}");
        links.push(seat["url"].as_str().expect("a link").to_owned());
    }
    let answer = server.api.post(&path, &json!({ "user_id": "visitor" })).await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::CONFLICT, "conflict"));
    let answer = server.api.post(&path, &json!({ "is_speaker": false })).await;
    assert_eq!((answer.0, answer.1["error"]["field"].as_str()), (StatusCode::BAD_REQUEST, Some("is_speaker")));
    for (body, field) in [
        (json!({ "tools": [true] }), "tools"),
        (json!({ "tools": { "whiteboard": [] } }), "tools.whiteboard"),
        (json!({ "tools": { "chat": "yes" } }), "tools.chat"),
        (json!({ "user_id": "a b" }), "user_id"),
        (json!({ "name": "Ada" }), "name"),
    ] {
        let answer = server.api.post(&path, &body).await;
        let told = (answer.0, answer.1["error"]["field"].as_str());
        assert_eq!(told, (StatusCode::BAD_REQUEST, Some(field)), "{body}");
    }
    assert_eq!(server.api.get(&path).await.1["total"], 3, "nothing was stored");
    let _first = server.api.come(&links[0], "Dr. Conti").await;
    let _second = server.api.come(&links[1], "Ada").await;
    let answer = server.api.enter(&links[2], json!({})).await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::CONFLICT, "room_full"));
    let (_, listed) = server.api.get(&format!("{path}?limit=2")).await;
    assert_eq!((listed["participants"].as_array().map(Vec::len), &listed["total"]), (Some(2), &json!(3)));

    let seated = server.api.room(json!({})).await;
    let answer = server.api.post(&format!("{}/participants", seated.path()), &json!({})).await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::CONFLICT, "conflict"));
    let start = time_in(600);
    let body = json!({ "kind": "open", "starts_at": start, "freeze_window": 3600 });
    let (_, frozen) = server.api.post("/v2/rooms", &body).await;
    let path = format!("/v2/rooms/{}/participants", frozen["room_id"].as_str().expect("an id"));
    let answer = server.api.post(&path, &json!({})).await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::CONFLICT, "room_frozen"));
    assert_eq!(server.api.get(&path).await.1["total"], 0, "nothing was stored");
}

/// RFC 3339, so many seconds from now.
fn time_in(seconds: i64) -> String {
    let at = time::OffsetDateTime::now_utc() + time::Duration::seconds(seconds);
    at.format(&time::format_description::well_known::Rfc3339).expect("a time")
}

#[tokio::test]
async fn participants_are_told_with_what_goes_on_and_sessions_with_who_was_connected() {
    let server = server().await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    let path = format!("{}/participants", room.path());
    let (status, asleep) = server.api.get(&path).await;
    assert_eq!((status, &asleep["total"]), (StatusCode::OK, &json!(2)));
    assert_eq!(
        (&asleep["participants"][0]["connected"], &asleep["participants"][0]["display_name"]),
        (&json!(false), &Value::Null)
    );
    assert_eq!(server.api.get(&format!("{}/sessions", room.path())).await.1, json!({ "sessions": [], "total": 0 }));

    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    host.send(json!({ "type": "set_media", "media": { "microphone": true, "camera": false } })).await;
    host.next().await;
    let (_, one) = server.api.get(&format!("{path}/{}", room.seat(0))).await;
    assert_eq!((&one["connected"], &one["display_name"]), (&json!(true), &json!("Dr. Conti")));
    assert_eq!(
        (&one["media"]["microphone"], &one["url"], &one["user_id"]),
        (&json!(true), &json!(room.host), &json!("dr"))
    );
    let answer = server.api.get(&format!("{path}/nobody")).await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::NOT_FOUND, "not_found"));

    let (_, sessions) = server.api.get(&format!("{}/sessions", room.path())).await;
    assert_eq!((&sessions["total"], &sessions["sessions"][0]["ended_at"]), (&json!(1), &Value::Null));
    let session = sessions["sessions"][0]["session_id"].as_str().expect("an id").to_owned();
    assert_eq!(host.welcome["room"]["session_id"], json!(session));
    host.send(json!({ "type": "leave" })).await;
    let path = format!("{}/sessions/{session}", room.path());
    until("the end of the session", || async { server.api.get(&path).await.1["ended_at"].is_string() }).await;
    let (_, told) = server.api.get(&path).await;
    let connections = told["connections"].as_array().expect("connections");
    assert_eq!(connections.len(), 1, "{told}");
    let one = &connections[0];
    assert_eq!(
        (&one["user_id"], &one["kind"], &one["participant_id"]),
        (&json!("dr"), &json!("channel"), &json!(room.seat(0)))
    );
    assert!(one["connected_at"].as_str() >= told["started_at"].as_str(), "{told}");
    assert!(one["disconnected_at"].as_str() >= one["connected_at"].as_str(), "{told}");
    for path in [format!("{}/sessions/nothing", room.path()), format!("/v2/rooms/nothing/sessions/{session}")] {
        assert_eq!(server.api.get(&path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    let other = server.api.room(json!({})).await;
    let answer = server.api.get(&format!("{}/sessions/{session}", other.path())).await;
    assert_eq!(answer.0, StatusCode::NOT_FOUND, "another room's session");
}

#[tokio::test]
async fn recording_answers_what_is_in_the_way() {
    let server = server().await;
    server.api.users().await;
    let manual = server.api.room(json!({ "recording": "manual" })).await;
    let call = async |room: &Room, what: &str| {
        let answer = server.api.post(&format!("{}/recording/{what}", room.path()), &json!({})).await;
        (answer.0, code(&answer).to_owned())
    };
    for what in ["start", "stop"] {
        assert_eq!(call(&manual, what).await, (StatusCode::CONFLICT, "room_empty".into()));
        for recording in ["none", "automatic"] {
            let room = server.api.room(json!({ "recording": recording })).await;
            assert_eq!(call(&room, what).await, (StatusCode::CONFLICT, "conflict".into()), "{recording}");
        }
    }
    let _host = server.api.come(&manual.host, "Dr. Conti").await;
    assert_eq!(call(&manual, "start").await, (StatusCode::SERVICE_UNAVAILABLE, "recording_unavailable".into()));
    server.api.post(&format!("{}/disable", manual.path()), &json!({})).await;
    assert_eq!(call(&manual, "start").await, (StatusCode::FORBIDDEN, "room_disabled".into()));
    let answer = server.api.post("/v2/rooms/nothing/recording/start", &json!({})).await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::NOT_FOUND, "room_not_found"));
}

#[tokio::test]
async fn access_tokens_are_made_renewed_and_refused() {
    let server = server().await;
    server.api.users().await;
    let (status, made) = server.api.post("/sdk/credentials", &json!({ "user_id": "dr", "expires_in": 360 })).await;
    assert_eq!((status, &made["user_id"]), (StatusCode::OK, &json!("dr")));
    let expires = made["expires_at"].as_str().expect("a time");
    assert!(expires.ends_with('Z') && expires.len() == 24, "{expires}");
    for (body, status, field) in [
        (json!({ "user_id": "dr", "expires_in": 359 }), StatusCode::BAD_REQUEST, "expires_in"),
        (json!({ "user_id": "dr", "expires_in": 86401 }), StatusCode::BAD_REQUEST, "expires_in"),
        (json!({ "user_id": "dr", "expires_in": "3600" }), StatusCode::BAD_REQUEST, "expires_in"),
        (json!({ "user_id": "dr", "expires_in": 360.5 }), StatusCode::BAD_REQUEST, "expires_in"),
        (json!({ "expires_in": 3600 }), StatusCode::BAD_REQUEST, "user_id"),
        (json!({ "user_id": "nobody" }), StatusCode::NOT_FOUND, "user_id"),
    ] {
        let answer = server.api.post("/sdk/credentials", &body).await;
        assert_eq!((answer.0, answer.1["error"]["field"].as_str()), (status, Some(field)), "{body}");
    }
    let token = made["access_token"].as_str().expect("a token");
    let renew = "/sdk/credentials/renew";
    let (status, renewed) = server.api.as_user(Method::POST, renew, json!({ "expires_in": 86400 }), token).await;
    assert_eq!((status, &renewed["user_id"]), (StatusCode::OK, &json!("dr")));
    assert!(renewed["expires_at"].as_str() > Some(expires));
    let (status, _) = server.api.as_user(Method::POST, renew, Value::Null, token).await;
    assert_eq!(status, StatusCode::OK, "no body at all");
    for wrong in ["", "x", "x.y", &token[1..]] {
        let answer = server.api.as_user(Method::POST, renew, Value::Null, wrong).await;
        assert_eq!((answer.0, code(&answer)), (StatusCode::UNAUTHORIZED, "unauthorized"), "{wrong}");
    }
    let answer = server.api.post(renew, &json!({})).await;
    assert_eq!(answer.0, StatusCode::UNAUTHORIZED, "the key is nobody's token");
}

#[tokio::test]
async fn a_sign_in_link_is_good_once() {
    let server = server().await;
    let (status, user) =
        server.api.post("/v2/users", &json!({ "user_id": "op", "role": "plus", "is_operator": true })).await;
    assert_eq!((status, &user["is_operator"]), (StatusCode::CREATED, &json!(true)));
    let (status, link) = server.api.post("/v2/users/op/sign-in-link", &json!({})).await;
    assert_eq!((status, &link["user_id"]), (StatusCode::CREATED, &json!("op")));
    let url = link["url"].as_str().expect("a link");
    let redeem = async |url: &str| server.api.call(Method::POST, url, None, None).await;
    // Who opens it in a browser sees a way into the app, and it is not used up.
    let browser = server.api.client.get(url).header("accept", "text/html,*/*").header("accept-language", "it");
    let page = browser.send().await.expect("an answer");
    assert_eq!((page.status(), &page.headers()["cache-control"]), (StatusCode::OK, &"no-store".parse().expect("text")));
    let page = page.text().await.expect("text");
    assert!(page.contains("Accedi a Visita") && page.contains(&url.replace("http://", "visita://")), "{page}");
    assert_eq!(server.api.get(url).await.0, StatusCode::METHOD_NOT_ALLOWED, "programs use it up by POST");
    let (status, signed_in) = redeem(url).await;
    assert_eq!((status, &signed_in["user_id"], &signed_in["role"]), (StatusCode::OK, &json!("op"), &json!("plus")));
    assert_eq!((&signed_in["is_operator"], &signed_in["company"]), (&json!(true), &json!("Visita")));
    let token = signed_in["access_token"].as_str().expect("a token");
    assert_eq!(server.api.as_user(Method::GET, "/v2/rooms", Value::Null, token).await.0, StatusCode::OK);
    let answer = redeem(url).await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::FORBIDDEN, "link_revoked"));
    let answer = redeem("/sign-in/nothing").await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::NOT_FOUND, "link_unknown"));
    for (body, status) in [
        (json!({ "expires_in": 59 }), StatusCode::BAD_REQUEST),
        (json!({ "expires_in": 604801 }), StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(server.api.post("/v2/users/op/sign-in-link", &body).await.0, status);
    }
    assert_eq!(server.api.post("/v2/users/nobody/sign-in-link", &json!({})).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn signed_in_users_make_rooms_by_their_role_and_see_their_own() {
    let server = server().await;
    server.api.users().await;
    for (user, operator) in [("nurse", false), ("op", true)] {
        server.api.post("/v2/users", &json!({ "user_id": user, "is_operator": operator })).await;
    }
    let by_key = server.api.room(json!({})).await;
    let (dr, pat, nurse) =
        (server.api.sign_in("dr").await, server.api.sign_in("pat").await, server.api.sign_in("nurse").await);
    let api: &Api = &server.api;
    let make = async |body: Value, token: &str| api.as_user(Method::POST, "/v2/rooms", body, token).await;
    let with_plus = json!({ "participants": [{ "user_id": "nurse", "is_admin": true }, { "user_id": "dr" }] });
    let (status, made) = make(with_plus, &nurse).await;
    assert_eq!((status, &made["created_by"]), (StatusCode::CREATED, &json!("nurse")), "{made}");
    assert_eq!(made["user_urls"].as_array().map(Vec::len), Some(2), "who makes it hands out its links");
    let made = Room::of(made);
    let without = json!({ "participants": [{ "user_id": "nurse" }, { "user_id": "pat" }] });
    let answer = make(without, &nurse).await;
    assert_eq!((answer.0, answer.1["error"]["field"].as_str()), (StatusCode::BAD_REQUEST, Some("participants")));
    let answer = make(json!({ "kind": "open" }), &nurse).await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::FORBIDDEN, "forbidden"));
    assert_eq!(make(json!({ "kind": "open" }), &dr).await.0, StatusCode::CREATED);

    let get = async |path: &str, token: &str| api.as_user(Method::GET, path, Value::Null, token).await;
    assert_eq!(get("/v2/rooms", &nurse).await.1["total"], 1);
    assert_eq!(get("/v2/rooms", &pat).await.1["total"], 1, "a seat in the room that the key made");
    assert_eq!(get("/v2/rooms", &dr).await.1["total"], 3);
    let (status, seen) = get(&made.path(), &dr).await;
    assert_eq!((status, seen["user_urls"].as_array().map(Vec::len)), (StatusCode::OK, Some(1)), "their own link only");
    assert_eq!(seen["user_urls"][0]["user_id"], "dr");
    assert_eq!(get(&made.path(), &pat).await.0, StatusCode::NOT_FOUND, "nothing to do with it");
    let delete = async |room: &Room, token: &str| api.as_user(Method::DELETE, &room.path(), Value::Null, token).await;
    let answer = delete(&made, &dr).await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::FORBIDDEN, "forbidden"));
    for path in ["participants", "sessions"] {
        assert_eq!(get(&format!("{}/{path}", made.path()), &dr).await.0, StatusCode::FORBIDDEN);
    }
    let own_seat = format!("{}/participants/{}", made.path(), made.seat(1));
    assert_eq!(get(&own_seat, &dr).await.0, StatusCode::OK);
    let others_seat = format!("{}/participants/{}", made.path(), made.seat(0));
    assert_eq!(get(&others_seat, &dr).await.0, StatusCode::NOT_FOUND);
    for path in ["/v2/users", "/v2/company", "/v2/webhooks"] {
        assert_eq!(get(path, &nurse).await.0, StatusCode::FORBIDDEN, "{path} is the key's, and operators'");
    }
    assert_eq!(get("/v2/audit", &nurse).await.0, StatusCode::FORBIDDEN);

    let op = server.api.sign_in("op").await;
    assert_eq!(get("/v2/rooms", &op).await.1["total"], 3, "operators see all");
    assert_eq!(delete(&by_key, &op).await.0, StatusCode::NO_CONTENT);
    assert_eq!(delete(&made, &nurse).await.0, StatusCode::NO_CONTENT);
    let (status, log) = get("/v2/audit", &op).await;
    assert_eq!(status, StatusCode::OK);
    let entries = log["entries"].as_array().expect("entries");
    let deleted: Vec<_> = entries.iter().filter(|e| e["action"] == "room_deleted").map(|e| &e["actor"]).collect();
    assert_eq!(deleted, [&json!("nurse"), &json!("op")], "newest first: {log}");
    let (_, of_room) = get(&format!("/v2/audit?room_id={}", made.id), &op).await;
    assert_eq!((&of_room["total"], &of_room["entries"][0]["room_id"]), (&json!(1), &json!(made.id)));
}

#[tokio::test]
async fn the_api_makes_a_room_ring() {
    let server = server().await;
    server.api.users().await;
    let room = server.api.room(json!({ "live": true })).await;
    let path = format!("{}/ring", room.path());
    let one = json!({ "participant_id": room.seat(1) });
    assert_eq!(server.api.post(&path, &one).await.0, StatusCode::ACCEPTED);
    let answer = server.api.post(&path, &one).await;
    let told = (answer.0, answer.1["error"]["field"].as_str());
    assert_eq!(told, (StatusCode::BAD_REQUEST, Some("participant_id")), "it rings there already");
    assert_eq!(server.api.post(&path, &json!({})).await.0, StatusCode::ACCEPTED);
    let answer = server.api.post(&path, &json!({ "participant_id": "nobody" })).await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::NOT_FOUND, "not_found"));
    let answer = server.api.post(&path, &json!({ "who": "all" })).await;
    assert_eq!((answer.0, answer.1["error"]["field"].as_str()), (StatusCode::BAD_REQUEST, Some("who")));
    server.api.post(&format!("{}/disable", room.path()), &json!({})).await;
    let answer = server.api.post(&path, &json!({})).await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::FORBIDDEN, "room_disabled"));
}
