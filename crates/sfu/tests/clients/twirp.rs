//! LiveKit's server API, asked by LiveKit's Python client and by hand.

use crate::support::{Peer, Server, python, token_with};
use livekit_token::VideoGrants;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn the_room_service_steers_a_room() {
    let Some(python) = python("the_room_service_steers_a_room") else { return };
    let server = Server::start().await;
    let mut admin = Peer::admin(&python, &server, "secret").await;
    let room = || json!({ "room": "visit" });
    let of = |identity: &str| json!({ "room": "visit", "identity": identity });

    let made = admin.ask("create_room", json!({ "name": "visit", "metadata": "first", "maxParticipants": 2 })).await;
    assert_eq!(made["result"]["name"], "visit", "{made}");
    let empty = admin.ask("list_participants", room()).await;
    assert_eq!(empty["result"], json!({}), "nobody is there");
    let mut ada = Peer::join(&python, &server, "ada").await;
    let mut bob = Peer::join(&python, &server, "bob").await;
    let full =
        reqwest::get(server.http(&format!("/rtc/validate?access_token={}", crate::support::token("cleo")))).await;
    assert_eq!(full.expect("an answer").status().as_u16(), 403, "two and no more");
    ada.tell("publish audio").await;
    bob.until_tone("ada").await;

    let rooms = admin.ask("list_rooms", json!({})).await;
    let first = &rooms["result"]["rooms"][0];
    assert_eq!(
        (&first["numParticipants"], &first["numPublishers"], &first["metadata"]),
        (&2.into(), &1.into(), &"first".into())
    );
    let none = admin.ask("list_rooms", json!({ "names": ["other"] })).await;
    assert_eq!(none["result"], json!({}));
    let present = admin.ask("list_participants", room()).await;
    let mut identities: Vec<&str> = present["result"]["participants"]
        .as_array()
        .expect("some")
        .iter()
        .filter_map(|one| one["identity"].as_str())
        .collect();
    identities.sort_unstable();
    assert_eq!(identities, ["ada", "bob"]);

    let one = admin.ask("get_participant", of("ada")).await;
    assert_eq!((&one["result"]["state"], &one["result"]["name"]), (&"ACTIVE".into(), &"ADA".into()), "{one}");
    let sid = one["result"]["tracks"][0]["sid"].as_str().expect("a track").to_owned();
    let track = |sid: &str, muted| json!({ "room": "visit", "identity": "ada", "trackSid": sid, "muted": muted });
    let muted = admin.ask("mute_published_track", track(&sid, true)).await;
    assert_eq!(muted["result"]["track"]["muted"], true, "{muted}");
    bob.until("muted", |event| event["identity"] == "ada").await;
    // Held: her own unmute is of no use, until the server lets go.
    ada.tell("unmute audio").await;
    let again = admin.ask("get_participant", of("ada")).await;
    assert_eq!(again["result"]["tracks"][0]["muted"], true);
    admin.ask("mute_published_track", track(&sid, false)).await;
    ada.tell("mute audio").await;
    ada.tell("unmute audio").await;
    bob.until("unmuted", |event| event["identity"] == "ada").await;
    bob.until_tone("ada").await;
    // Her own mute is not the server's to lift.
    ada.tell("mute audio").await;
    bob.until("muted", |event| event["identity"] == "ada").await;
    let refused = admin.ask("mute_published_track", track(&sid, false)).await;
    assert_eq!((&refused["code"], &refused["status"]), (&"failed_precondition".into(), &412.into()));
    ada.tell("unmute audio").await;
    bob.until("unmuted", |event| event["identity"] == "ada").await;

    admin.ask("send_data", json!({ "room": "visit", "data": "aGVsbG8=", "kind": "RELIABLE", "topic": "from above", "destinationIdentities": ["bob"] })).await;
    let data = bob.until("data", |_| true).await;
    assert_eq!((&data["text"], &data["topic"], &data["sender"]), (&"hello".into(), &"from above".into(), &Value::Null));
    admin.ask("send_data", json!({ "room": "visit", "data": "YWxs", "kind": "LOSSY" })).await;
    ada.until("data", |event| event["text"] == "all").await;
    assert!(!ada.has_seen("data", |event| event["text"] == "hello"), "that was for bob");

    admin.ask("update_room_metadata", json!({ "room": "visit", "metadata": "second" })).await;
    ada.until("room_metadata", |event| event["metadata"] == "second").await;
    let renamed =
        json!({ "room": "visit", "identity": "bob", "name": "Robert", "metadata": "m", "attributes": { "seat": "2" } });
    admin.ask("update_participant", renamed).await;
    ada.until("name", |event| event["name"] == "Robert").await;
    ada.until("attributes", |event| event["changed"]["seat"] == "2").await;

    let subscribe = |on| json!({ "room": "visit", "identity": "bob", "trackSids": [sid.clone()], "subscribe": on });
    assert_eq!(server.control.stats().await.expect("it runs").subscriptions, 1);
    admin.ask("update_subscriptions", subscribe(false)).await;
    assert_eq!(server.control.stats().await.expect("it runs").subscriptions, 0);
    admin.ask("update_subscriptions", subscribe(true)).await;
    bob.until_tone("ada").await;

    // Permissions change while she is in: what is not allowed any more ends.
    let allow = |publish| {
        let permission = json!({ "canSubscribe": true, "canPublish": publish });
        json!({ "room": "visit", "identity": "ada", "permission": permission })
    };
    admin.ask("update_participant", allow(false)).await;
    bob.until("unpublished", |event| event["identity"] == "ada").await;
    admin.ask("update_participant", allow(true)).await;
    ada.tell("publish video").await;
    bob.until_pictures("ada", 0, 3).await;

    let unknown = admin.ask("get_participant", of("nobody")).await;
    assert_eq!((&unknown["code"], &unknown["status"]), (&"not_found".into(), &404.into()));
    admin.ask("remove_participant", of("bob")).await;
    assert_eq!(bob.until("disconnected", |_| true).await["reason"], "PARTICIPANT_REMOVED");
    // His token from before is worth nothing now.
    let again = reqwest::get(server.http(&format!("/rtc/validate?access_token={}", bob.token()))).await;
    assert_eq!(again.expect("an answer").status().as_u16(), 401);
    admin.ask("delete_room", room()).await;
    assert_eq!(ada.until("disconnected", |_| true).await["reason"], "ROOM_DELETED");
    let gone = admin.ask("delete_room", room()).await;
    assert_eq!(gone["code"], "not_found");
    let mut stranger = Peer::admin(&python, &server, "guess").await;
    let refused = stranger.ask("list_rooms", json!({})).await;
    assert_eq!(refused["status"], 401);
}

#[tokio::test]
async fn errors_are_twirps() {
    let server = Server::start().await;
    let http = reqwest::Client::new();
    let ask = async |method: &str, grants: Option<VideoGrants>, kind: &str, body: &str| {
        let mut request =
            http.post(server.http(&format!("/twirp/{method}"))).header("content-type", kind).body(body.to_owned());
        if let Some(grants) = grants {
            request = request.bearer_auth(token_with("admin", grants));
        }
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        assert_eq!(response.headers()["content-type"], "application/json", "{method}");
        let body: Value = serde_json::from_slice(&response.bytes().await.expect("a body")).expect("JSON");
        (status, body["code"].as_str().unwrap_or("ok").to_owned())
    };
    let list = || Some(VideoGrants { room_list: true, ..Default::default() });
    let create = || Some(VideoGrants { room_create: true, ..Default::default() });
    let admin = |room: &str| Some(VideoGrants { room_admin: true, room: room.into(), ..Default::default() });
    let (json, room) = ("application/json", r#"{"room":"visit"}"#);
    let rooms = "livekit.RoomService/";
    for (method, grants, kind, body, wanted) in [
        ("ListRooms", None, json, "{}", (401, "unauthenticated")),
        ("ListRooms", create(), json, "{}", (401, "unauthenticated")),
        ("ListRooms", list(), json, "{}", (200, "ok")),
        ("ListRooms", list(), json, "", (200, "ok")),
        ("ListRooms", list(), json, r#"{"later":1}"#, (200, "ok")),
        ("ListRooms", list(), json, "{", (400, "malformed")),
        ("ListRooms", list(), "application/protobuf", "\u{7}\u{7}", (400, "malformed")),
        ("ListRooms", list(), "text/plain", "{}", (404, "bad_route")),
        ("CreateRoom", create(), json, "{}", (400, "invalid_argument")),
        ("CreateRoom", create(), json, r#"{"name":"held","empty_timeout":60}"#, (200, "ok")),
        ("CreateRoom", list(), json, r#"{"name":"held"}"#, (401, "unauthenticated")),
        ("GetParticipant", admin("other"), json, room, (401, "unauthenticated")),
        ("GetParticipant", admin("visit"), json, room, (404, "not_found")),
        ("ListParticipants", admin("visit"), json, room, (200, "ok")),
        ("MoveParticipant", admin("visit"), json, room, (501, "unimplemented")),
        ("Nonsense", admin("visit"), json, room, (404, "bad_route")),
    ] {
        let (status, code) = ask(&format!("{rooms}{method}"), grants, kind, body).await;
        assert_eq!((status, code.as_str()), wanted, "{method} {body:?}");
    }
    assert_eq!(ask("livekit.Egress/ListEgress", list(), json, "{}").await, (501, "unimplemented".into()));
    assert_eq!(ask("other.Service/Do", list(), json, "{}").await, (404, "bad_route".into()));
    let huge = format!("{{\"names\":[\"{}\"]}}", "x".repeat(2 * 1024 * 1024));
    assert_eq!(ask("livekit.RoomService/ListRooms", list(), json, &huge).await, (400, "malformed".into()));
    let held = server.control.rooms().await.expect("it runs");
    assert_eq!(held.iter().map(|room| room.name.as_str()).collect::<Vec<_>>(), ["held"]);
}
