//! A call over a lossy network: our participants, our media server, and packets lost on both sides of it.

use std::{
    collections::HashMap,
    net::Ipv4Addr,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use livekit_token::{AccessToken, VideoGrants};
use tokio::sync::mpsc;
use visita_protocol::{Bitrate, PixelSize, Secret};
use visita_sfu::{Sfu, SfuConfig};

use crate::{
    JoinOptions, LocalVideo, RemoteMedia, Room, RtcEvent, Source, VideoLayer, VideoPublication, VideoReceiver,
    engine::interceptors::lossy::PER_MILLE, join, vp8::tests::frame,
};

const SECRET: &str = "secret-of-the-tests-0123456789abcdef";
const PATIENCE: Duration = Duration::from_secs(40);

/// Frames that must arrive.
const FRAMES: usize = 240;

async fn server() -> (String, Sfu) {
    if let Ok(url) = std::env::var("VISITA_LOSSY_URL") {
        let (sfu, _) = Sfu::start(config()).await.expect("started");
        return (url, sfu);
    }
    let (sfu, mut events) = Sfu::start(config()).await.expect("started");
    tokio::spawn(async move { while events.recv().await.is_some() {} });
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
    let url = format!("ws://{}", listener.local_addr().expect("bound"));
    let routes = sfu.routes();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (url, sfu)
}

fn config() -> SfuConfig {
    let keys = HashMap::from([("tests".to_owned(), Secret::new(SECRET))]);
    SfuConfig { rtc_udp: (Ipv4Addr::LOCALHOST, 0).into(), keys, ..Default::default() }
}

async fn enter(url: &str, identity: &str) -> (Room, mpsc::UnboundedReceiver<RtcEvent>) {
    let grants = VideoGrants { room_join: true, room: "lossy".to_owned(), ..VideoGrants::default() };
    let token = AccessToken::with_api_key("tests", SECRET).with_identity(identity).with_grants(grants).to_jwt();
    let token = Secret::from(token.expect("a token"));
    join(JoinOptions { url: url.to_owned(), token, auto_subscribe: true }).await.expect("joined")
}

async fn video(events: &mut mpsc::UnboundedReceiver<RtcEvent>) -> VideoReceiver {
    loop {
        if let RtcEvent::Subscribed { media: RemoteMedia::Video(receiver), .. } = events.recv().await.expect("a room") {
            return receiver;
        }
    }
}

/// 30 frames a second of 5 packets each; a key frame when it is asked for.
async fn send(video: LocalVideo, mut events: mpsc::UnboundedReceiver<RtcEvent>) {
    let start = Instant::now();
    let mut clock = tokio::time::interval(Duration::from_millis(33));
    let mut key = true;
    let mut number = 0u32;
    loop {
        tokio::select! {
            event = events.recv() => match event {
                Some(RtcEvent::KeyFrameWanted { .. }) => key = true,
                Some(_) => {}
                None => return,
            },
            _ = clock.tick() => {
                let mut data = frame(key, 5000);
                data[20..24].copy_from_slice(&number.to_be_bytes());
                video.write(0, &data, key, start.elapsed());
                key = false;
                number += 1;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_percent_each_way_is_repaired() {
    let (url, sfu) = server().await;
    let (ada, ada_events) = enter(&url, "ada").await;
    let (bob, mut bob_events) = enter(&url, "bob").await;
    let layer =
        VideoLayer { rid: String::new(), size: PixelSize::new(640, 360), bitrate: Bitrate::from_kbps(1300), fps: 30 };
    let publication =
        VideoPublication { source: Source::Camera, name: "camera".to_owned(), layers: vec![layer], muted: false };
    let camera = ada.publish_video(publication).await.expect("published");
    PER_MILLE.store(50, Ordering::Relaxed);
    let sending = tokio::spawn(send(camera, ada_events));
    let watched = async {
        let mut receiver = video(&mut bob_events).await;
        let (mut last, mut skipped) = (None::<u32>, 0);
        for _ in 0..FRAMES {
            let frame = receiver.recv().await.expect("the track goes on");
            let number = u32::from_be_bytes(frame.data[20..24].try_into().expect("four bytes"));
            match last {
                None => assert!(frame.key),
                Some(last) if frame.key => {
                    assert!(number > last);
                    skipped += number - last - 1;
                }
                Some(last) => assert_eq!(number, last + 1, "no delta frame without the one before"),
            }
            last = Some(number);
        }
        skipped
    };
    let started = Instant::now();
    let skipped = tokio::time::timeout(PATIENCE, watched).await.expect("frames arrive");
    let (sent, received) = loop {
        let (sent, received) = (ada.stats().sent.remove(0).layers.remove(0), bob.stats().received.remove(0));
        if received.frames >= FRAMES as u64 {
            break (sent, received);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    println!(
        "{FRAMES} frames in {:?}, {skipped} skipped\n{sent:#?}\n{received:#?}\n{:?}",
        started.elapsed(),
        ada.stats().estimate
    );
    assert!(sent.retransmitted > 0 && received.recovered > 0, "both legs repair");
    let gaps = received.lost + received.recovered;
    assert!(received.nacked <= gaps * 20, "{} numbers asked for at {gaps} gaps", received.nacked);
    sending.abort();
    ada.leave().await;
    bob.leave().await;
    sfu.stop().await;
}
