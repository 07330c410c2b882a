//! What must work on any LiveKit server, told once.

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use visita_protocol::{Bitrate, ErrorCode, PixelSize};
use visita_rtc::{
    AddressKind, ConnectionState, Data, DisconnectReason, JoinError, JoinOptions, Protocol, RtcEvent, VideoLayer,
    VideoReceiver, Wanted, join,
    testing::{Conditions, Relay},
};

use super::{PATIENCE, Peer, Sending, camera, frame, frame_number, packet, proxy::Proxy, token, until, vp8_frame};

/// A server under test.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) key: String,
    pub(crate) secret: String,
}

impl Server {
    async fn join(&self, room: &str, identity: &str) -> Peer {
        self.join_at(&self.url, room, identity).await
    }

    async fn join_at(&self, url: &str, room: &str, identity: &str) -> Peer {
        Peer::join(url, token(&self.key, &self.secret, room, identity)).await
    }
}

const SIZE: PixelSize = PixelSize::new(640, 360);

/// Takes frames until `count` came one after the other without a gap, beginning with a key frame.
pub(crate) async fn whole_frames(receiver: &mut VideoReceiver, count: u32) {
    let mut last: Option<u32> = None;
    let mut run = 0;
    while run < count {
        let frame = frame(receiver).await.expect("the track goes on");
        let Some(number) = frame_number(&frame.data) else {
            assert!(frame.key, "only a server's black key frames are not ours");
            continue;
        };
        if last.is_none() {
            assert!(frame.key, "the first frame can be decoded");
        }
        if frame.key {
            assert!(frame.size.is_some());
        } else {
            assert_eq!(Some(number), last.map(|last| last + 1), "no delta frame without the one before");
        }
        run = if last.is_some_and(|last| last + 1 == number) { run + 1 } else { 1 };
        last = Some(number);
    }
}

pub(crate) async fn two_peers_see_and_hear_each_other(server: &Server) {
    let mut ada = server.join("two", "ada").await;
    let mut bob = server.join("two", "bob").await;
    assert_eq!((ada.room.identity(), bob.room.identity()), ("ada", "bob"));
    let joined = |event: &RtcEvent| match event {
        RtcEvent::ParticipantJoined(participant) => Some(participant.identity.clone()),
        _ => None,
    };
    assert_eq!(ada.wait("bob's arrival", joined).await, "bob");
    assert_eq!(bob.wait("ada's presence", joined).await, "ada");

    let (ada_camera, ada_microphone) = (ada.publish_camera().await, ada.publish_microphone().await);
    let (bob_camera, bob_microphone) = (bob.publish_camera().await, bob.publish_microphone().await);
    let ada_video = Sending::video(ada_camera.clone(), vec![(SIZE, 4000)]);
    let _bob_video = Sending::video(bob_camera, vec![(SIZE, 4000)]);
    let (_ada_audio, _bob_audio) = (Sending::audio(ada_microphone), Sending::audio(bob_microphone));

    let (mut from_ada, mut from_bob) = (bob.video("ada").await, ada.video("bob").await);
    tokio::join!(whole_frames(&mut from_ada, 30), whole_frames(&mut from_bob, 30));

    let (mut ada_sounds, mut bob_sounds) = (bob.audio("ada").await, ada.audio("bob").await);
    for sounds in [&mut ada_sounds, &mut bob_sounds] {
        let mut last: Option<(u16, u32)> = None;
        for _ in 0..50 {
            let packet = packet(sounds).await.expect("the track goes on");
            if packet.payload.first() != Some(&0xf8) || packet.payload.len() != 65 {
                continue;
            }
            if let Some((sequence, timestamp)) = last {
                let steps = u32::from(packet.sequence.wrapping_sub(sequence));
                let elapsed = packet.timestamp.wrapping_sub(timestamp);
                assert!(steps > 0 && elapsed.abs_diff(steps * 960) < 48 * 200, "{steps} packets, {elapsed} ticks");
            }
            last = Some((packet.sequence, packet.timestamp));
        }
        assert!(last.is_some());
    }

    // A key frame is asked for all the way.
    while tokio::time::timeout(std::time::Duration::from_millis(1), from_ada.recv()).await.is_ok() {}
    let drain = tokio::spawn(async move { while from_ada.recv().await.is_some() {} });
    let bob_room = bob.room.clone();
    let ada_sid = ada_camera.sid().to_owned();
    let asking_sid = ada_sid.clone();
    let asking = tokio::spawn(async move {
        loop {
            bob_room.request_key_frame(&asking_sid);
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        }
    });
    ada.wait("a key frame request", |event| match event {
        RtcEvent::KeyFrameWanted { sid, layer: 0 } if *sid == ada_sid => Some(()),
        _ => None,
    })
    .await;
    asking.abort();
    ada_video.key_frame();

    bob.speaks("ada").await;

    // Figures.
    let (ada_room, bob_room) = (ada.room.clone(), bob.room.clone());
    until("figures of both sides", || {
        let sent = ada_room.stats().sent;
        let received = bob_room.stats().received;
        sent.len() == 2
            && sent.iter().all(|track| track.layers.len() == 1 && track.layers[0].kbps > 0)
            && received.len() == 2
            && received.iter().all(|track| track.identity == "ada" && track.packets > 30 && track.frames > 30)
            && received.iter().any(|track| track.size == Some(SIZE))
            && ada_room.stats().rtt_ms.is_some()
    })
    .await;

    ada.room.leave().await;
    bob.wait("ada's goodbye", |event| match event {
        RtcEvent::ParticipantLeft { identity } if identity == "ada" => Some(()),
        _ => None,
    })
    .await;
    tokio::time::timeout(PATIENCE, drain).await.expect("the video of who left ends").expect("no panic");
    ada.wait("the end", |event| match event {
        RtcEvent::Connection(ConnectionState::Disconnected { reason: DisconnectReason::Left }) => Some(()),
        _ => None,
    })
    .await;
}

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

pub(crate) async fn muting_and_republishing(server: &Server) {
    let ada = server.join("mute", "ada").await;
    let mut bob = server.join("mute", "bob").await;
    let camera = ada.publish_camera().await;
    let _video = Sending::video(camera.clone(), vec![(SIZE, 3000)]);
    let mut from_ada = bob.video("ada").await;
    whole_frames(&mut from_ada, 10).await;

    ada.room.set_muted(camera.sid(), true).await.expect("muted");
    let muted = |wanted: bool| {
        move |event: &RtcEvent| match event {
            RtcEvent::TrackMuted { muted, .. } if *muted == wanted => Some(()),
            _ => None,
        }
    };
    bob.wait("the mute", muted(true)).await;
    let drained = tokio::spawn(async move {
        // What was under way still comes; then nothing of ours.
        let mut quiet = 0;
        while quiet < 5 {
            match tokio::time::timeout(std::time::Duration::from_millis(100), from_ada.recv()).await {
                Ok(Some(frame)) if frame_number(&frame.data).is_some() => quiet = 0,
                Ok(None) => panic!("a mute does not end the track"),
                _ => quiet += 1,
            }
        }
        from_ada
    });
    let mut from_ada = tokio::time::timeout(PATIENCE, drained).await.expect("quiet in time").expect("no panic");
    ada.room.set_muted(camera.sid(), false).await.expect("unmuted");
    bob.wait("the unmute", muted(false)).await;
    loop {
        let frame = frame(&mut from_ada).await.expect("the track goes on");
        if frame_number(&frame.data).is_some() {
            assert!(frame.key, "the first frame after a mute can be decoded");
            break;
        }
    }

    ada.room.unpublish(camera.sid()).await.expect("unpublished");
    assert!(ada.room.unpublish(camera.sid()).await.is_err(), "once is enough");
    while frame(&mut from_ada).await.is_some() {}
    bob.wait("the unpublishing", |event| match event {
        RtcEvent::TrackUnpublished { sid, .. } if sid == camera.sid() => Some(()),
        _ => None,
    })
    .await;

    let again = ada.publish_camera().await;
    assert_ne!(again.sid(), camera.sid());
    let _video = Sending::video(again, vec![(SIZE, 3000)]);
    let mut from_ada = bob.video("ada").await;
    whole_frames(&mut from_ada, 10).await;
}

pub(crate) async fn data_messages(server: &Server) {
    let ada = server.join("data", "ada").await;
    let mut bob = server.join("data", "bob").await;
    let mut eve = server.join("data", "eve").await;
    let data = |reliable, payload: Vec<u8>, to: &[&str]| Data {
        reliable,
        topic: Some("notes".to_owned()),
        payload: Bytes::from(payload),
        to: to.iter().map(|&who| who.to_owned()).collect(),
    };
    // Receivers that are still connecting may miss what comes first; so this one is repeated.
    let room = ada.room.clone();
    let hello = data(false, b"hello".to_vec(), &[]);
    let repeating = tokio::spawn(async move {
        loop {
            room.send_data(hello.clone()).await.expect("sent");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    });
    for peer in [&mut bob, &mut eve] {
        peer.wait("a lossy message", |event| match event {
            RtcEvent::Data { from, reliable: false, payload, .. } if &payload[..] == b"hello" => {
                assert_eq!(from.as_deref(), Some("ada"));
                Some(())
            }
            _ => None,
        })
        .await;
    }
    repeating.abort();
    ada.room.send_data(data(true, b"for bob".to_vec(), &["bob"])).await.expect("sent");
    for number in 0..20u8 {
        ada.room.send_data(data(true, vec![number; 15_000], &[])).await.expect("sent");
    }
    let reliable = |event: &RtcEvent| match event {
        RtcEvent::Data { reliable: true, payload, topic, .. } => {
            assert_eq!(topic.as_deref(), Some("notes"));
            Some(payload.clone())
        }
        _ => None,
    };
    assert_eq!(&bob.wait("the message for bob", reliable).await[..], b"for bob");
    for number in 0..20u8 {
        assert_eq!(bob.wait("a long message", reliable).await, vec![number; 15_000]);
        assert_eq!(eve.wait("a long message", reliable).await, vec![number; 15_000]);
    }
    let too_long = ada.room.send_data(data(true, vec![0; 15_001], &[])).await.expect_err("too long");
    assert_eq!(too_long.code(), ErrorCode::TooLarge);
}

pub(crate) async fn layers_are_switched(server: &Server) {
    let ada = server.join("layers", "ada").await;
    let mut bob = server.join("layers", "bob").await;
    let sizes = [PixelSize::new(320, 180), PixelSize::new(640, 360), PixelSize::new(1280, 720)];
    let video = ada.room.publish_video(camera(simulcast(sizes))).await.expect("published");
    let _sending = Sending::video(video.clone(), sizes.into_iter().zip([600, 2000, 7000]).collect());
    let mut from_ada = bob.video("ada").await;
    for size in [sizes[2], sizes[0], sizes[1], sizes[2], sizes[0]] {
        bob.room.set_wanted(video.sid(), Wanted { enabled: true, size: Some(size), fps: None });
        let switched = async {
            loop {
                let frame = frame(&mut from_ada).await.expect("the track goes on");
                if frame.size == Some(size) && frame_number(&frame.data).is_some() {
                    break;
                }
            }
        };
        tokio::time::timeout(PATIENCE, switched).await.unwrap_or_else(|_| panic!("no frame of {size:?}"));
    }
}

/// Who takes nothing unasked gets a track when it wants it, gets it no more when it does not, and gets it again.
pub(crate) async fn only_what_is_wanted_comes(server: &Server) {
    let ada = server.join("asked", "ada").await;
    let mut bob = Peer::join_with(JoinOptions {
        url: server.url.clone(),
        token: token(&server.key, &server.secret, "asked", "bob"),
        auto_subscribe: false,
        known_rate: None,
        relay_only: false,
    })
    .await;
    let camera = ada.publish_camera().await;
    let _video = Sending::video(camera.clone(), vec![(SIZE, 3000)]);
    bob.wait("the camera", |event| matches!(event, RtcEvent::TrackPublished { .. }).then_some(())).await;
    for _ in 0..3 {
        bob.room.set_wanted(camera.sid(), Wanted { enabled: true, size: None, fps: None });
        let mut from_ada = bob.video("ada").await;
        whole_frames(&mut from_ada, 10).await;
        bob.room.set_wanted(camera.sid(), Wanted { enabled: false, size: None, fps: None });
        // What was under way comes still; then there is a second of silence where thirty pictures would have been.
        tokio::time::timeout(PATIENCE, async {
            while let Ok(Some(_)) = tokio::time::timeout(std::time::Duration::from_secs(1), from_ada.recv()).await {}
        })
        .await
        .expect("pictures stop");
    }
}

/// What the second hears in a room for one.
pub(crate) async fn join_full_room(server: &Server) -> JoinError {
    let grants = livekit_token::VideoGrants { room_create: true, ..livekit_token::VideoGrants::default() };
    let admin = super::token_with(&server.key, &server.secret, "admin", grants);
    let address = server.url.trim_start_matches("ws://");
    let body = r#"{"name": "small", "max_participants": 1, "empty_timeout": 60}"#;
    let request = format!(
        "POST /twirp/livekit.RoomService/CreateRoom HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        admin.expose(),
        body.len()
    );
    let mut connection = tokio::net::TcpStream::connect(address).await.expect("the server");
    connection.write_all(request.as_bytes()).await.expect("asked");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.expect("answered");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let _ada = server.join("small", "ada").await;
    let late = JoinOptions {
        url: server.url.clone(),
        token: token(&server.key, &server.secret, "small", "bob"),
        auto_subscribe: true,
        known_rate: None,
        relay_only: false,
    };
    join(late).await.expect_err("a full room")
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

/// Takes frames until `count` of them are newer than `after`; the number of the last.
async fn frames_after(receiver: &mut VideoReceiver, after: u32, count: u32) -> u32 {
    let mut seen = 0;
    loop {
        let frame = frame(receiver).await.expect("the track goes on");
        let number = frame_number(&frame.data).filter(|number| *number > after);
        seen += u32::from(number.is_some());
        if let Some(number) = number.filter(|_| seen >= count) {
            return number;
        }
    }
}

/// Two peers who send to each other, the first through a relay.
struct Pair {
    relay: Relay,
    ada: Peer,
    bob: Peer,
    from_ada: VideoReceiver,
    from_bob: VideoReceiver,
    ada_sends: Sending,
    bob_sends: Sending,
}

impl Pair {
    async fn new(server: &Server, room: &str, prepare: impl FnOnce(&Relay)) -> Self {
        let relay = Relay::start(&server.url).await.expect("a relay");
        prepare(&relay);
        let mut ada = server.join_at(relay.url(), room, "ada").await;
        let mut bob = server.join(room, "bob").await;
        let ada_sends = Sending::video(ada.publish_camera().await, vec![(SIZE, 3000)]);
        let bob_sends = Sending::video(bob.publish_camera().await, vec![(SIZE, 3000)]);
        let (from_ada, from_bob) = (bob.video("ada").await, ada.video("bob").await);
        let mut pair = Self { relay, ada, bob, from_ada, from_bob, ada_sends, bob_sends };
        tokio::join!(whole_frames(&mut pair.from_ada, 10), whole_frames(&mut pair.from_bob, 10));
        pair
    }

    /// Media flow both ways that were sent from now on, on the tracks of before, and nobody left.
    async fn goes_on(&mut self) {
        let (ada, bob) = (self.ada_sends.number(), self.bob_sends.number());
        tokio::join!(frames_after(&mut self.from_ada, ada, 15), frames_after(&mut self.from_bob, bob, 15));
        self.ada.drain();
        self.bob.drain();
        assert!(self.ada.left.is_empty() && self.bob.left.is_empty(), "nobody leaves");
    }
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
    pair.ada
        .wait("the return", |event| match event {
            RtcEvent::Connection(ConnectionState::Connected) => Some(()),
            _ => None,
        })
        .await;
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
    pair.ada
        .wait("the return", |event| match event {
            RtcEvent::Connection(ConnectionState::Connected) => Some(()),
            _ => None,
        })
        .await;
    pair.goes_on().await;
    println!("media both ways {:?} after the network changed", changed.elapsed());
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
    let mut seen = 0;
    let mut numbers = std::collections::BTreeSet::new();
    while seen < 90 {
        let number = frame_number(&frame(&mut from_ada).await.expect("the track goes on").data);
        seen += 1;
        numbers.extend(number);
    }
    let missed = numbers.last().zip(numbers.first()).map_or(0, |(last, first)| last - first + 1 - numbers.len() as u32);
    assert!(missed < 30, "{missed} of {seen} frames were not repaired");
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

/// The server dies and comes back: everybody joins anew by itself, and media flow.
pub(crate) async fn the_server_starts_again(server: &Server, restart: impl AsyncFnOnce()) {
    let mut ada = server.join("again", "ada").await;
    let mut bob = server.join("again", "bob").await;
    let camera = ada.publish_camera().await;
    let _sending = Sending::video(camera, vec![(SIZE, 3000)]);
    whole_frames(&mut bob.video("ada").await, 10).await;
    restart().await;
    for peer in [&mut ada, &mut bob] {
        peer.wait("the return", |event| match event {
            RtcEvent::Connection(ConnectionState::Connected) => Some(()),
            _ => None,
        })
        .await;
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

/// Layers that nobody looks at are not wanted.
pub(crate) async fn unwatched_layers_are_told(server: &Server) {
    let mut ada = server.join("unwatched", "ada").await;
    let mut bob = server.join("unwatched", "bob").await;
    let sizes = [PixelSize::new(320, 180), PixelSize::new(640, 360), PixelSize::new(1280, 720)];
    let video = ada.room.publish_video(camera(simulcast(sizes))).await.expect("published");
    let _sending = Sending::video(video.clone(), sizes.into_iter().zip([600, 2000, 7000]).collect());
    let mut from_ada = bob.video("ada").await;
    bob.room.set_wanted(video.sid(), Wanted { enabled: true, size: Some(sizes[0]), fps: None });
    let drain = tokio::spawn(async move { while from_ada.recv().await.is_some() {} });
    ada.wait("word of the layers", |event| match event {
        RtcEvent::LayersWanted { sid, enabled } if sid == video.sid() && enabled == &[true, false, false] => Some(()),
        _ => None,
    })
    .await;
    drain.abort();
}

fn simulcast(sizes: [PixelSize; 3]) -> Vec<VideoLayer> {
    ["q", "h", "f"]
        .into_iter()
        .zip(sizes)
        .zip([150, 500, 1700])
        .map(|((rid, size), kbps)| VideoLayer { rid: rid.to_owned(), size, bitrate: Bitrate::from_kbps(kbps), fps: 30 })
        .collect()
}

/// The same identity joins twice: the first is told why it is out.
pub(crate) async fn displaced(server: &Server) {
    let mut first = server.join("twice", "ada").await;
    let _second = server.join("twice", "ada").await;
    let reason = first
        .wait("the end", |event| match event {
            RtcEvent::Connection(ConnectionState::Disconnected { reason }) => Some(*reason),
            _ => None,
        })
        .await;
    assert_eq!(reason, DisconnectReason::Displaced);
}

pub(crate) async fn a_wrong_token_is_refused(server: &Server) {
    let wrong = token(&server.key, "a secret that is not the server's own", "two", "ada");
    let error = join(JoinOptions {
        url: server.url.clone(),
        token: wrong,
        auto_subscribe: true,
        known_rate: None,
        relay_only: false,
    })
    .await
    .expect_err("a wrong token");
    assert!(matches!(error, JoinError::Refused { .. }), "{error:?}");
    assert_eq!(error.code(), ErrorCode::Unauthorized);
}

pub(crate) async fn publishing_without_the_right_is_refused(server: &Server) {
    let grants = livekit_token::VideoGrants {
        room_join: true,
        room: "watch".to_owned(),
        can_publish: Some(false),
        ..livekit_token::VideoGrants::default()
    };
    let peer = Peer::join(&server.url, super::token_with(&server.key, &server.secret, "ada", grants)).await;
    let layer = VideoLayer { rid: String::new(), size: SIZE, bitrate: Bitrate::from_kbps(500), fps: 30 };
    let error = peer.room.publish_video(camera(vec![layer])).await.expect_err("no right");
    assert_eq!(error.code(), ErrorCode::Forbidden);
    // A frame for nobody is no error.
    assert!(frame_number(&vp8_frame(7, true, SIZE, 100)) == Some(7));
}
