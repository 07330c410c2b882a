//! What is sent arrives, as it was asked for.

use bytes::Bytes;
use visita_protocol::{ErrorCode, PixelSize};
use visita_rtc::{ConnectionState, Data, DisconnectReason, JoinOptions, RtcEvent, Wanted};

use super::{SIZE, Server, simulcast, whole_frames};
use crate::common::{PATIENCE, Peer, Sending, camera, frame, frame_number, packet, token, until};

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
