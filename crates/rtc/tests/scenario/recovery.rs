//! What breaks comes back by itself.

use visita_rtc::{ConnectionState, RtcEvent};

use super::{Pair, SIZE, Server, whole_frames};
use crate::common::{PATIENCE, Peer, Sending, frame, frame_number, proxy::Proxy, until};

async fn returns(peer: &mut Peer) {
    peer.wait("the return", |event| match event {
        RtcEvent::Connection(ConnectionState::Connected) => Some(()),
        _ => None,
    })
    .await;
}

/// The signalling socket breaks; the session comes back and media flow.
pub(crate) async fn signalling_breaks(server: &Server) {
    let address = server.url.trim_start_matches("ws://").parse().expect("an address");
    let proxy = Proxy::start(address).await;
    let mut ada = server.join_at(&format!("ws://{}", proxy.address), "break", "ada").await;
    let mut bob = server.join("break", "bob").await;
    let camera = ada.publish_camera().await;
    let _video = Sending::video(camera.clone(), vec![(SIZE, 3000)]);
    let bob_camera = bob.publish_camera().await;
    let _bob_video = Sending::video(bob_camera, vec![(SIZE, 3000)]);
    let (mut from_ada, mut from_bob) = (bob.video("ada").await, ada.video("bob").await);
    tokio::join!(whole_frames(&mut from_ada, 10), whole_frames(&mut from_bob, 10));
    drop((from_ada, from_bob));

    proxy.cut();
    ada.wait("the loss", |event| match event {
        RtcEvent::Connection(ConnectionState::Reconnecting { attempt: 1 }) => Some(()),
        _ => None,
    })
    .await;
    ada.wait("the return", |event| match event {
        RtcEvent::Connection(ConnectionState::Connected) => Some(()),
        _ => None,
    })
    .await;
    // By resume the counters go on; by rejoin the tracks come anew.
    let (ada_room, bob_room) = (ada.room.clone(), bob.room.clone());
    let frames = |room: &visita_rtc::Room, from: &str| {
        room.stats().received.iter().filter(|track| track.identity == from).map(|track| track.frames).sum::<u64>()
    };
    let before = (frames(&ada_room, "bob"), frames(&bob_room, "ada"));
    until("video both ways after the return", || {
        let now = (frames(&ada_room, "bob"), frames(&bob_room, "ada"));
        now.0 > before.0.min(1) + 30 && now.0 != before.0 && now.1 > before.1.min(1) + 30 && now.1 != before.1
    })
    .await;
    // The signalling works too.
    ada.room.set_muted(camera.sid(), true).await.expect("muted");
    bob.wait("a mute after the return", |event| match event {
        RtcEvent::TrackMuted { identity, muted: true, .. } if identity == "ada" => Some(()),
        _ => None,
    })
    .await;
}

/// The signalling is gone for some tries; the session does not give up.
pub(crate) async fn signalling_is_gone_for_a_while(server: &Server) {
    let address = server.url.trim_start_matches("ws://").parse().expect("an address");
    let proxy = Proxy::start(address).await;
    let mut ada = server.join_at(&format!("ws://{}", proxy.address), "gone", "ada").await;
    let mut bob = server.join("gone", "bob").await;
    let camera = ada.publish_camera().await;
    let sid = camera.sid().to_owned();
    let _video = Sending::video(camera.clone(), vec![(SIZE, 3000)]);
    whole_frames(&mut bob.video("ada").await, 10).await;
    proxy.refuse(true);
    proxy.cut();
    // The first three try to resume.
    ada.wait("a fourth try", |event| match event {
        RtcEvent::Connection(ConnectionState::Reconnecting { attempt: 4 }) => Some(()),
        _ => None,
    })
    .await;
    proxy.refuse(false);
    ada.wait("the return", |event| match event {
        RtcEvent::Connection(ConnectionState::Connected) => Some(()),
        _ => None,
    })
    .await;
    // Joined anew: for bob it is another track, for ada the same.
    let mut from_ada = loop {
        let mut receiver = bob.video("ada").await;
        if tokio::time::timeout(std::time::Duration::from_secs(1), receiver.recv()).await.is_ok_and(|f| f.is_some()) {
            break receiver;
        }
    };
    let mut seen = 0;
    while seen < 30 {
        let Some(frame) = frame(&mut from_ada).await else { break };
        seen += u32::from(frame_number(&frame.data).is_some());
    }
    assert_eq!(camera.sid(), sid);
    ada.room.set_muted(&sid, true).await.expect("known by its first sid");
    bob.wait("a mute after the return", |event| match event {
        RtcEvent::TrackMuted { identity, muted: true, .. } if identity == "ada" => Some(()),
        _ => None,
    })
    .await;
}

/// The cable is out for five seconds.
pub(crate) async fn the_cable_is_out(server: &Server) {
    let mut pair = Pair::new(server, "cable", |_| {}).await;
    let mended = tokio::time::Instant::now() + std::time::Duration::from_secs(5);
    pair.relay.cut(true);
    pair.ada
        .wait("the loss", |event| match event {
            RtcEvent::Connection(ConnectionState::Reconnecting { .. }) => Some(()),
            _ => None,
        })
        .await;
    // As long as the cable is out, not as long as anybody waits for something.
    tokio::time::sleep_until(mended).await;
    pair.relay.cut(false);
    let back = std::time::Instant::now();
    pair.goes_on().await;
    println!("media both ways {:?} after the cable was in again", back.elapsed());
    returns(&mut pair.ada).await;
    pair.goes_on().await;
}

/// The router forgets its table, so the server sees other ports; then the machine itself moves to another network.
pub(crate) async fn the_address_changes(server: &Server) {
    let mut pair = Pair::new(server, "address", |_| {}).await;
    let changed = std::time::Instant::now();
    pair.relay.change_address();
    pair.goes_on().await;
    println!("media both ways {:?} after the router forgot", changed.elapsed());
    let changed = std::time::Instant::now();
    pair.ada.room.network_changed();
    returns(&mut pair.ada).await;
    pair.goes_on().await;
    println!("media both ways {:?} after the network changed", changed.elapsed());
}

/// The server dies and comes back: everybody joins anew by itself, and media flow.
pub(crate) async fn the_server_starts_again(server: &Server, restart: impl AsyncFnOnce()) {
    let mut ada = server.join("again", "ada").await;
    let mut bob = server.join("again", "bob").await;
    let camera = ada.publish_camera().await;
    let _sending = Sending::video(camera, vec![(SIZE, 3000)]);
    whole_frames(&mut bob.video("ada").await, 10).await;
    restart().await;
    for peer in [&mut ada, &mut bob] {
        returns(peer).await;
    }
    let from_ada = async {
        // What was there before the end may still be in the queue of events.
        loop {
            let mut receiver = bob.video("ada").await;
            while let Some(frame) = receiver.recv().await {
                if frame_number(&frame.data).is_some() {
                    return;
                }
            }
        }
    };
    tokio::time::timeout(PATIENCE, from_ada).await.expect("media again");
}
