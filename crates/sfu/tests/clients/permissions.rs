//! What is allowed changes while people are in.

use crate::support::{Peer, Server, grants, python, token_with};
use livekit_token::VideoGrants;
use visita_sfu::{Permissions, TrackSource};

fn all() -> Permissions {
    Permissions {
        publish: true,
        subscribe: true,
        publish_data: true,
        publish_sources: Vec::new(),
        update_own_metadata: true,
        hidden: false,
        recorder: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hosts_mute_outlives_the_track() {
    let Some(python) = python("the_hosts_mute_outlives_the_track") else { return };
    let server = Server::start().await;
    let mut ada = Peer::join(&python, &server, "ada").await;
    let mut bob = Peer::join(&python, &server, "bob").await;
    // Before anything is published.
    server.control.mute_source("visit", "ada", TrackSource::Microphone, true).await.expect("muted");
    ada.tell("publish audio").await;
    ada.until("publishing", |_| true).await;
    bob.until("published", |event| event["identity"] == "ada").await;
    let held = |tracks: &[visita_sfu::TrackDescription]| {
        tracks.iter().map(|track| (track.muted, track.held)).collect::<Vec<_>>()
    };
    let tracks = async || {
        let present = server.control.participants("visit").await.expect("there");
        held(&present.iter().find(|one| one.identity == "ada").expect("ada").tracks)
    };
    assert_eq!(tracks().await, [(true, true)]);
    // Another track of the same source is muted as well, and unmuting by oneself does not help.
    ada.tell("unpublish audio").await;
    ada.until("done", |_| true).await;
    ada.tell("publish audio").await;
    ada.until("publishing", |_| true).await;
    bob.until("published", |event| event["identity"] == "ada").await;
    ada.tell("unmute audio").await;
    // Answered after the unmute.
    ada.tell("attribute seen yes").await;
    ada.until("muted", |event| event["identity"] == "ada").await;
    assert_eq!(tracks().await, [(true, true)]);
    // A camera is something else.
    ada.tell("publish video").await;
    bob.until_pictures("ada", 0, 3).await;
    server.control.mute_source("visit", "ada", TrackSource::Microphone, false).await.expect("released");
    ada.tell("mute audio").await;
    ada.tell("unmute audio").await;
    bob.until_tone("ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_allowed_changes_at_once() {
    let Some(python) = python("what_is_allowed_changes_at_once") else { return };
    let server = Server::start().await;
    let viewer = VideoGrants { can_publish: Some(false), can_subscribe: Some(false), ..grants() };
    let mut ada = Peer::join(&python, &server, "ada").await;
    ada.tell("publish audio").await;
    let mut bob = Peer::spawn(&python, &server, "bob", &token_with("bob", viewer), &[]);
    bob.until("connected", |_| true).await;
    ada.until("publishing", |_| true).await;
    let allow = async |identity: &str, permissions| {
        server.control.update_permissions("visit", identity, permissions).await.expect("changed");
    };
    assert_eq!(server.control.stats().await.expect("it runs").subscriptions, 0);

    // Receiving, then sending of one kind, then one's own name.
    allow(
        "bob",
        Permissions { subscribe: true, publish: false, publish_data: false, update_own_metadata: false, ..all() },
    )
    .await;
    bob.until_tone("ada").await;
    // The client does not tell of the refusal; nobody gets to see it.
    bob.tell("attribute mood bad").await;
    bob.until_any(&["refused", "done"]).await;
    allow("bob", Permissions { publish_sources: vec![TrackSource::Camera], ..all() }).await;
    bob.tell("publish video").await;
    ada.until_pictures("bob", 0, 3).await;
    bob.tell("attribute mood good").await;
    let seen = ada.until("attributes", |_| true).await;
    assert_eq!(seen["changed"]["mood"], "good");
    bob.tell("name Robert").await;
    ada.until("name", |event| event["name"] == "Robert").await;
    bob.tell("send heard").await;
    ada.until("data", |event| event["text"] == "heard").await;
    // Another source only: the camera goes.
    allow("bob", Permissions { publish_sources: vec![TrackSource::Microphone], ..all() }).await;
    ada.until("unpublished", |event| event["identity"] == "bob").await;

    // Hidden, and back.
    allow("bob", Permissions { hidden: true, ..all() }).await;
    ada.until("left", |event| event["identity"] == "bob").await;
    allow("bob", all()).await;
    ada.until("joined", |event| event["identity"] == "bob").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn publishers_choose_their_audience() {
    let Some(python) = python("publishers_choose_their_audience") else { return };
    let server = Server::start().await;
    let mut ada = Peer::join(&python, &server, "ada").await;
    let mut bob = Peer::join(&python, &server, "bob").await;
    let mut cleo = Peer::join(&python, &server, "cleo").await;
    ada.until("joined", |event| event["identity"] == "cleo").await;
    ada.tell("audience bob").await;
    ada.tell("publish audio").await;
    bob.until_tone("ada").await;
    cleo.until("published", |event| event["identity"] == "ada").await;
    assert_eq!(server.control.stats().await.expect("it runs").subscriptions, 1, "bob's");
    ada.tell("audience all").await;
    cleo.until_tone("ada").await;
    ada.tell("audience none").await;
    server.until_stats(|stats| stats.subscriptions == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_put_out_does_not_come_back_with_an_old_token() {
    let Some(python) = python("who_was_put_out_does_not_come_back_with_an_old_token") else { return };
    let server = Server::start().await;
    let mut ada = Peer::join(&python, &server, "ada").await;
    let status = async || {
        let url = server.http(&format!("/rtc/validate?access_token={}", ada.token()));
        reqwest::get(url).await.expect("an answer").status().as_u16()
    };
    assert_eq!(status().await, 200);
    server.control.revoke_participant("visit", "ada").await.expect("put out");
    assert_eq!(status().await, 401);
    server.control.revoke_participant("visit", "never there").await.expect("nobody need be there");
    server.control.readmit("visit", "ada").await.expect("let in again");
    assert_eq!(status().await, 200);
    assert_eq!(ada.until("disconnected", |_| true).await["reason"], "PARTICIPANT_REMOVED");
}
