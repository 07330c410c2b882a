//! Coming back without anybody noticing.

use std::time::Duration;

use crate::support::{Line, Nat, Peer, Server, python, token};
use visita_sfu::{LeftReason, SfuEvent};

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_signal_touches_no_media_and_nobody_leaves() {
    let Some(python) = python("a_cut_signal_touches_no_media_and_nobody_leaves") else { return };
    let mut server = Server::start().await;
    let line = Line::to(server.address).await;
    let mut bob = Peer::join(&python, &server, "bob").await;
    let mut ada = Peer::spawn_at(&python, &line.ws(), "ada", &token("ada"), &[]);
    ada.until("connected", |_| true).await;
    ada.tell("publish video").await;
    let before = bob.until_pictures("ada", 0, 5).await;
    ada.tell("send one").await;
    bob.until("data", |event| event["text"] == "one").await;

    line.cut();
    ada.until("reconnecting", |_| true).await;
    // Pictures and data go on both ways.
    let during = bob.until_pictures("ada", before, 10).await;
    bob.tell("send two").await;
    ada.until("data", |event| event["text"] == "two").await;
    // What changes meanwhile is there afterwards: a track to receive, and one of one's own that was revoked.
    bob.tell("publish audio").await;
    bob.until("publishing", |_| true).await;
    let present = server.control.participants("visit").await.expect("there");
    let held = present.iter().find(|one| one.identity == "ada").expect("she keeps her place");
    assert!(held.connected && !held.signalling);

    line.mend();
    ada.until("reconnected", |_| true).await;
    ada.until_tone("bob").await;
    let after = bob.until_pictures("ada", during, 10).await;
    assert!(after > during);
    ada.tell("send three").await;
    bob.until("data", |event| event["text"] == "three").await;
    bob.tell("send four").await;
    let next = ada.until("data", |_| true).await;
    assert_eq!(next["text"], "four", "nothing comes twice");
    for event in ["left", "unpublished", "unsubscribed"] {
        assert!(!bob.has_seen(event, |event| event["identity"] == "ada"), "bob saw {event}");
    }
    let present = server.control.participants("visit").await.expect("there");
    let back = present.iter().find(|one| one.identity == "ada").expect("she is in");
    assert!(back.signalling);
    let left = server.events.try_recv();
    assert!(!matches!(left, Ok(SfuEvent::ParticipantLeft { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_come_back_has_left() {
    let Some(python) = python("who_does_not_come_back_has_left") else { return };
    let mut server = Server::start_with(|config| config.departure_timeout = Duration::from_secs(1)).await;
    let line = Line::to(server.address).await;
    let mut bob = Peer::join(&python, &server, "bob").await;
    let mut ada = Peer::spawn_at(&python, &line.ws(), "ada", &token("ada"), &[]);
    ada.until("connected", |_| true).await;
    line.cut();
    bob.until("left", |event| event["identity"] == "ada").await;
    server
        .until_event(|event| {
            matches!(event, SfuEvent::ParticipantLeft { identity, reason: LeftReason::ConnectionLost, .. } if identity == "ada")
        })
        .await;
    // Too late to go on, in time to join anew.
    line.mend();
    ada.until("reconnected", |_| true).await;
    bob.until("joined", |event| event["identity"] == "ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_network_is_no_interruption() {
    let Some(python) = python("another_network_is_no_interruption") else { return };
    let server = Server::start_with(|config| {
        config.rtc_udp = (Nat::INSIDE, 0).into();
        config.announce = vec![Nat::OUTSIDE.into()];
    })
    .await;
    let nat = Nat::before(server.media).await;
    let mut ada = Peer::join(&python, &server, "ada").await;
    let mut bob = Peer::join(&python, &server, "bob").await;
    ada.tell("publish video").await;
    ada.tell("publish audio").await;
    let before = bob.until_pictures("ada", 0, 5).await;
    bob.until_tone("ada").await;
    nat.move_everybody();
    // Clients check the way every few seconds, and these checks show the server where they are now.
    bob.until_pictures("ada", before + 10, 10).await;
    bob.until_tone("ada").await;
    assert!(!bob.has_seen("left", |_| true));
    assert!(!ada.has_seen("reconnecting", |_| true), "the way is found without the client's doing");
}
