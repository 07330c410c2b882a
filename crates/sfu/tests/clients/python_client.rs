//! LiveKit's official Python client (libwebrtc inside) in our rooms.

use crate::support::{Peer, Server, grants, odd_token, python, token, token_with};
use serde_json::Value;
use visita_sfu::{LeftReason, SfuEvent, TrackSource};

#[tokio::test(flavor = "multi_thread")]
async fn two_see_and_hear_each_other() {
    let Some(python) = python("two_see_and_hear_each_other") else { return };
    let mut server = Server::start().await;
    let mut ada = Peer::join(&python, &server, "ada").await;
    ada.tell("publish video").await;
    ada.tell("publish audio").await;
    ada.until("publishing", |event| event["what"] == "audio").await;

    // The newcomer gets what is there; who is there gets what the newcomer brings.
    let mut bob = Peer::join(&python, &server, "bob").await;
    ada.until("joined", |event| event["identity"] == "bob" && event["name"] == "BOB").await;
    bob.tell("publish audio").await;
    bob.tell("publish video").await;
    let first = bob.until_pictures("ada", 0, 10).await;
    ada.until_pictures("bob", 0, 10).await;
    bob.until_tone("ada").await;
    ada.until_tone("bob").await;
    bob.until("speakers", |event| event["identities"].as_array().is_some_and(|all| all.contains(&Value::from("ada"))))
        .await;

    ada.tell("send hello").await;
    let data = bob.until("data", |_| true).await;
    assert_eq!((&data["sender"], &data["text"], &data["reliable"]), (&"ada".into(), &"hello".into(), &true.into()));
    bob.tell("send-lossy hi").await;
    let data = ada.until("data", |_| true).await;
    assert_eq!((&data["sender"], &data["text"]), (&"bob".into(), &"hi".into()));

    ada.tell("mute audio").await;
    bob.until("muted", |event| event["identity"] == "ada").await;
    bob.until("sound", |event| {
        event["identity"] == "ada" && event["level"].as_f64().is_some_and(|level| level < 0.001)
    })
    .await;
    ada.tell("unmute audio").await;
    bob.until("unmuted", |event| event["identity"] == "ada").await;
    bob.until_tone("ada").await;

    // Taken off and up again, some times: no gap in the room, and each announced anew.
    let mut seen = bob.until_pictures("ada", first, 1).await;
    for _ in 0..3 {
        bob.tell("subscribe ada off").await;
        for _ in ["camera", "microphone"] {
            bob.until("unsubscribed", |event| event["identity"] == "ada").await;
        }
        bob.tell("subscribe ada on").await;
        let one = bob.until("subscribed", |event| event["identity"] == "ada").await;
        bob.until("subscribed", |event| event["identity"] == "ada" && event["source"] != one["source"]).await;
        seen = bob.until_pictures("ada", seen, 3).await;
        bob.until_tone("ada").await;
    }

    // Ended and published anew under another id.
    ada.tell("unpublish video").await;
    bob.until("unpublished", |event| event["identity"] == "ada").await;
    ada.tell("publish video").await;
    bob.until("subscribed", |event| event["identity"] == "ada" && event["source"] == 1).await;
    // The counter begins again with the new track.
    bob.until_pictures("ada", 0, 3).await;
    assert!(seen > first);

    ada.tell("leave").await;
    bob.until("left", |event| event["identity"] == "ada").await;
    server
        .until_event(|event| matches!(event, SfuEvent::ParticipantLeft { identity, reason: LeftReason::Left, .. } if identity == "ada"))
        .await;
    bob.tell("leave").await;
    server.until_event(|event| matches!(event, SfuEvent::RoomFinished { .. })).await;
    let stats = server.control.stats().await.expect("it runs");
    assert_eq!((stats.rooms, stats.participants, stats.tracks, stats.subscriptions), (0, 0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn data_reaches_only_whom_it_is_for() {
    let Some(python) = python("data_reaches_only_whom_it_is_for") else { return };
    let server = Server::start().await;
    let mut ada = Peer::join(&python, &server, "ada").await;
    let mut bob = Peer::join(&python, &server, "bob").await;
    let mut cleo = Peer::join(&python, &server, "cleo").await;
    ada.until("joined", |event| event["identity"] == "cleo").await;
    ada.tell("send secret bob").await;
    ada.tell("send public").await;
    let first = bob.until("data", |_| true).await;
    assert_eq!(first["text"], "secret");
    let first = cleo.until("data", |_| true).await;
    assert_eq!(first["text"], "public", "the first that reaches her");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_identity_takes_over() {
    let Some(python) = python("the_same_identity_takes_over") else { return };
    let server = Server::start().await;
    let mut bob = Peer::join(&python, &server, "bob").await;
    let mut first = Peer::join(&python, &server, "ada").await;
    let mut second = Peer::join(&python, &server, "ada").await;
    let end = first.until("disconnected", |_| true).await;
    assert_eq!(end["reason"], "DUPLICATE_IDENTITY");
    second.tell("publish video").await;
    bob.until_pictures("ada", 0, 3).await;
    let present = server.control.participants("visit").await.expect("the room is there");
    assert_eq!(present.iter().filter(|one| one.identity == "ada").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_host_removes_mutes_and_ends() {
    let Some(python) = python("the_host_removes_mutes_and_ends") else { return };
    let server = Server::start().await;
    let mut ada = Peer::join(&python, &server, "ada").await;
    let mut bob = Peer::join(&python, &server, "bob").await;
    let mut cleo = Peer::join(&python, &server, "cleo").await;
    ada.tell("publish audio").await;
    bob.until_tone("ada").await;

    let sid = server.control.participants("visit").await.expect("there").first().expect("ada").tracks[0].sid.clone();
    server.control.mute_track("visit", "ada", &sid, true).await.expect("muted");
    bob.until("muted", |event| event["identity"] == "ada").await;
    bob.until("sound", |event| {
        event["identity"] == "ada" && event["level"].as_f64().is_some_and(|level| level < 0.001)
    })
    .await;

    let mut without = grants_of_viewer();
    without.subscribe = true;
    server.control.update_permissions("visit", "ada", without).await.expect("changed");
    bob.until("unpublished", |event| event["identity"] == "ada").await;

    server.control.remove_participant("visit", "cleo").await.expect("removed");
    assert_eq!(cleo.until("disconnected", |_| true).await["reason"], "PARTICIPANT_REMOVED");
    bob.until("left", |event| event["identity"] == "cleo").await;
    assert!(server.control.remove_participant("visit", "cleo").await.is_err());

    server.control.end_room("visit").await.expect("ended");
    assert_eq!(ada.until("disconnected", |_| true).await["reason"], "ROOM_DELETED");
    assert_eq!(bob.until("disconnected", |_| true).await["reason"], "ROOM_DELETED");
}

fn grants_of_viewer() -> visita_sfu::Permissions {
    visita_sfu::Permissions {
        publish: false,
        subscribe: true,
        publish_data: false,
        publish_sources: Vec::new(),
        update_own_metadata: false,
        hidden: false,
        recorder: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn grants_are_enforced() {
    let Some(python) = python("grants_are_enforced") else { return };
    let mut server = Server::start().await;
    let mut ada = Peer::join(&python, &server, "ada").await;
    // A hidden participant receives, and nobody is told of it.
    let hidden = token_with("ghost", livekit_token::VideoGrants { hidden: true, ..grants() });
    let mut ghost = Peer::spawn(&python, &server, "ghost", &hidden, &[]);
    ghost.until("connected", |_| true).await;
    let limited = livekit_token::VideoGrants {
        can_publish_sources: vec!["microphone".into()],
        can_publish_data: Some(false),
        ..grants()
    };
    let mut bob = Peer::spawn(&python, &server, "bob", &token_with("bob", limited), &[]);
    let connected = bob.until("connected", |_| true).await;
    assert_eq!(connected["others"], serde_json::json!(["ada"]), "the ghost is not among them");
    bob.tell("send ignored").await;
    bob.tell("publish audio").await;
    ada.until_tone("bob").await;
    ghost.until_tone("bob").await;
    bob.tell("publish video").await;
    bob.until("refused", |event| event["what"] == "video").await;
    ada.tell("send heard").await;
    ghost.until("data", |event| event["text"] == "heard").await;

    let blind = livekit_token::VideoGrants { can_subscribe: Some(false), ..grants() };
    let mut cleo = Peer::spawn(&python, &server, "cleo", &token_with("cleo", blind), &[]);
    cleo.until("connected", |_| true).await;
    cleo.tell("publish audio").await;
    ada.until_tone("cleo").await;
    let present = server.control.participants("visit").await.expect("there");
    let tracks: Vec<TrackSource> = present.iter().flat_map(|one| &one.tracks).map(|track| track.source).collect();
    assert_eq!(tracks, [TrackSource::Microphone; 2], "no camera of bob's");
    // Two microphones: to ada both less her own, to the ghost both, to bob one; to cleo none.
    assert_eq!(server.control.stats().await.expect("it runs").subscriptions, 5);
    cleo.tell("leave").await;
    server.until_event(|event| matches!(event, SfuEvent::ParticipantLeft { identity, .. } if identity == "cleo")).await;
}

#[tokio::test]
async fn wrong_tokens_and_doors() {
    let server = Server::start().await;
    let http = reqwest::Client::new();
    let status = async |path: String| http.get(server.http(&path)).send().await.expect("an answer").status().as_u16();
    assert_eq!(status(format!("/rtc/validate?access_token={}", token("ada"))).await, 200);
    assert_eq!(status("/rtc/validate".into()).await, 401);
    assert_eq!(status("/rtc/validate?access_token=a.b.c".into()).await, 401);
    let forged = livekit_token::AccessToken::with_api_key("devkey", "guess").with_identity("ada").with_grants(grants());
    assert_eq!(status(format!("/rtc/validate?access_token={}", forged.to_jwt().expect("a token"))).await, 401);
    let roomless = livekit_token::VideoGrants { room: String::new(), ..grants() };
    let unknown =
        livekit_token::AccessToken::with_api_key("nokey", "secret").with_identity("ada").with_grants(grants());
    assert_eq!(status(format!("/rtc/validate?access_token={}", odd_token("ada", 120, grants()))).await, 200);
    for token in [
        odd_token("ada", -120, grants()),
        odd_token("ada", 120, roomless),
        odd_token("", 120, grants()),
        unknown.to_jwt().expect("a token"),
    ] {
        assert_eq!(status(format!("/rtc/validate?access_token={token}")).await, 401);
    }
    let second_key =
        livekit_token::AccessToken::with_api_key("other", "another secret").with_identity("ada").with_grants(grants());
    assert_eq!(status(format!("/rtc/validate?access_token={}", second_key.to_jwt().expect("a token"))).await, 200);
    let unjoinable = livekit_token::VideoGrants { room_join: false, ..grants() };
    assert_eq!(status(format!("/rtc/validate?access_token={}", token_with("ada", unjoinable))).await, 401);
    assert_eq!(status(format!("/rtc?access_token={}", token("ada"))).await, 404, "no WebSocket");
    assert_eq!(status(format!("/rtc/v1?access_token={}", token("ada"))).await, 404, "no WebSocket");
    // What a client with one connection has to say.
    for (more, expected) in [("", 400), ("&join_request=*", 400), ("&join_request=", 200)] {
        assert_eq!(status(format!("/rtc/v1/validate?access_token={}{more}", token("ada"))).await, expected, "{more}");
    }
    let response = http.get(server.http("/rtc/v1/validate")).send().await.expect("an answer");
    assert_eq!(response.status().as_u16(), 401);
    assert_eq!(response.headers()["access-control-allow-origin"], "*", "a page must be able to read it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_token_does_not_get_in() {
    let Some(python) = python("a_forged_token_does_not_get_in") else { return };
    let server = Server::start().await;
    let forged = livekit_token::AccessToken::with_api_key("devkey", "guess").with_identity("eve").with_grants(grants());
    let mut eve = Peer::spawn(&python, &server, "eve", &forged.to_jwt().expect("a token"), &[]);
    let refused = eve.until("not_connected", |_| true).await;
    assert!(refused["error"].as_str().is_some_and(|error| error.contains("401")), "{refused}");
    assert!(server.control.participants("visit").await.is_err(), "no room came of it");
}
