//! Networks that are bad, narrow or closed.

use visita_protocol::{Bitrate, PixelSize};
use visita_rtc::{
    AddressKind, JoinOptions, Protocol, RtcEvent,
    testing::{Conditions, Relay},
};

use super::{Pair, SIZE, Server, simulcast, whole_frames};
use crate::common::{Peer, Sending, camera, frame, frame_number, packet, token, until};

/// Media of somebody whose network lets nothing through but the TURN server, also after a change of network.
pub(crate) async fn media_take_the_relay(server: &Server) {
    let mut ada = Peer::join_with(JoinOptions {
        url: server.url.clone(),
        token: token(&server.key, &server.secret, "relay", "ada"),
        auto_subscribe: true,
        known_rate: None,
        relay_only: true,
    })
    .await;
    let mut bob = server.join("relay", "bob").await;
    let _ada_video = Sending::video(ada.publish_camera().await, vec![(SIZE, 4000)]);
    let _ada_audio = Sending::audio(ada.publish_microphone().await);
    let _bob_video = Sending::video(bob.publish_camera().await, vec![(SIZE, 4000)]);
    let _bob_audio = Sending::audio(bob.publish_microphone().await);
    let (mut from_ada, mut from_bob) = (bob.video("ada").await, ada.video("bob").await);
    let (mut ada_sounds, mut bob_sounds) = (bob.audio("ada").await, ada.audio("bob").await);
    let is_relayed = || {
        let path = ada.room.stats().path;
        path.is_some_and(|path| path.local == AddressKind::Relayed && path.protocol == Protocol::Udp)
    };
    for round in 0..2 {
        if round == 1 {
            ada.room.network_changed();
        }
        tokio::join!(whole_frames(&mut from_ada, 30), whole_frames(&mut from_bob, 30));
        for sounds in [&mut ada_sounds, &mut bob_sounds] {
            for _ in 0..30 {
                packet(sounds).await.expect("the track goes on");
            }
        }
        until("the relay's candidate in use", is_relayed).await;
    }
    let direct = bob.room.stats().path.expect("a path");
    assert_eq!(direct.local, AddressKind::Host, "who needs no relay takes none");
}

/// Everything of one peer goes through a network with delay, jitter and some loss.
pub(crate) async fn a_bad_network_carries_it(server: &Server) {
    let relay = Relay::start(&server.url).await.expect("a relay");
    relay.set(Conditions {
        delay: std::time::Duration::from_millis(20),
        jitter: std::time::Duration::from_millis(5),
        loss: 0.03,
        ..Conditions::default()
    });
    let mut ada = server.join_at(relay.url(), "relay", "ada").await;
    let mut bob = server.join("relay", "bob").await;
    let _ada_video = Sending::video(ada.publish_camera().await, vec![(SIZE, 4000)]);
    let _bob_video = Sending::video(bob.publish_camera().await, vec![(SIZE, 4000)]);
    let (mut from_ada, mut from_bob) = (bob.video("ada").await, ada.video("bob").await);
    tokio::join!(whole_frames(&mut from_ada, 60), whole_frames(&mut from_bob, 60));
    let counters = relay.counters();
    for way in [counters.up, counters.down] {
        assert!(way.packets > 200 && way.lost > 0, "media have no other way: {counters:?}");
    }
}

/// Three layers over a network that loses some: each is repaired, and the server knows which layer a repair is for.
pub(crate) async fn layers_are_repaired(server: &Server) {
    let relay = Relay::start(&server.url).await.expect("a relay");
    relay.set(Conditions { delay: std::time::Duration::from_millis(15), loss: 0.03, ..Conditions::default() });
    let ada = server.join_at(relay.url(), "repaired", "ada").await;
    let mut bob = server.join("repaired", "bob").await;
    let sizes = [PixelSize::new(320, 180), PixelSize::new(640, 360), PixelSize::new(1280, 720)];
    let video = ada.room.publish_video(camera(simulcast(sizes))).await.expect("published");
    let _sending = Sending::video(video.clone(), sizes.into_iter().zip([600, 2000, 7000]).collect());
    let mut from_ada = bob.video("ada").await;
    // The highest layer, as nothing else is said.
    while frame(&mut from_ada).await.expect("the track goes on").size != Some(sizes[2]) {}
    // Without repairs each fifth frame is broken and all after it until the next key frame. A machine that has other things to
    // do leaves frames out as well, so three seconds in which few are missing are waited for.
    let mut missed = u32::MAX;
    for _ in 0..10 {
        let mut numbers = std::collections::BTreeSet::new();
        for _ in 0..90 {
            numbers.extend(frame_number(&frame(&mut from_ada).await.expect("the track goes on").data));
        }
        let all = numbers.last().zip(numbers.first()).map_or(0, |(last, first)| last - first + 1);
        missed = missed.min(all - numbers.len() as u32);
        if missed < 30 {
            break;
        }
    }
    assert!(missed < 30, "{missed} frames were not repaired, at best");
    let sent = ada.room.stats().sent.remove(0);
    assert_eq!(sent.layers.iter().map(|layer| layer.size).collect::<Vec<_>>(), sizes.map(Some));
    assert!(sent.layers[2].nacked > 0 && sent.layers[2].retransmitted > 0, "{sent:?}");
}

/// The estimate finds what the way carries, and follows when it changes.
pub(crate) async fn the_target_follows_the_way(server: &Server) {
    let relay = Relay::start(&server.url).await.expect("a relay");
    let way = |kbps| Conditions {
        rate: Some(Bitrate::from_kbps(kbps)),
        delay: std::time::Duration::from_millis(15),
        ..Conditions::default()
    };
    relay.set_up(way(5000));
    let mut ada = server.join_at(relay.url(), "target", "ada").await;
    let mut bob = server.join("target", "bob").await;
    let video = ada.publish_camera().await;
    let _sending = Sending::adaptive(video, ada.room.clone());
    let mut from_ada = bob.video("ada").await;
    let drain = tokio::spawn(async move { while from_ada.recv().await.is_some() {} });
    let start = std::time::Instant::now();
    let mut target = async |what: &str, wanted: &dyn Fn(u32) -> bool| {
        ada.wait(what, |event| match event {
            RtcEvent::TargetBitrate(target) if wanted(target.kbps()) => Some(()),
            _ => None,
        })
        .await;
        println!("{what} after {:?}", start.elapsed());
    };
    target("more than 2 Mbit/s", &|kbps| kbps > 2200).await;
    relay.set_up(way(500));
    target("less than half a megabit", &|kbps| kbps < 500).await;
    relay.set_up(way(3000));
    target("2 Mbit/s again", &|kbps| kbps > 2000).await;
    drain.abort();
}

/// No UDP at all: TCP carries it.
pub(crate) async fn udp_is_blocked(server: &Server) {
    let mut pair = Pair::new(server, "blocked", |relay| {
        relay.keep_tcp(true);
        relay.set(Conditions { blocked: true, ..Conditions::default() });
    })
    .await;
    pair.goes_on().await;
    let room = pair.ada.room.clone();
    until("word of the way", || room.stats().path.is_some()).await;
    assert_eq!(room.stats().path.map(|path| path.protocol), Some(Protocol::Tcp));
    assert_eq!(pair.relay.counters().up.packets, 0);
}
