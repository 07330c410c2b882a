//! What the tests against servers share: tokens, peers that send and receive, and waiting.

#![allow(dead_code, reason = "each test file uses its part")]

pub(crate) mod proxy;
pub(crate) mod turn;

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use livekit_token::{AccessToken, VideoGrants};
use tokio::{sync::mpsc, task::AbortHandle};
use visita_protocol::{Bitrate, PixelSize, Secret};
use visita_rtc::{
    AudioPublication, AudioReceiver, JoinOptions, LocalAudio, LocalVideo, RemoteMedia, Room, RtcEvent, Source,
    VideoLayer, VideoPublication, VideoReceiver, join,
};

/// How long anything may take before a test fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Prints the crate's log when `RUST_LOG` says so.
pub(crate) fn log() {
    let _ = tracing_subscriber::fmt()
        // Writes down whole packets when the machine is too busy to take them.
        .with_env_filter(
            tracing_subscriber::EnvFilter::from_default_env()
                .add_directive("webrtc::peer_connection::driver=off".parse().expect("a directive")),
        )
        .with_test_writer()
        .try_init();
}

pub(crate) fn token(key: &str, secret: &str, room: &str, identity: &str) -> Secret {
    token_with(key, secret, identity, VideoGrants { room_join: true, room: room.to_owned(), ..VideoGrants::default() })
}

pub(crate) fn token_with(key: &str, secret: &str, identity: &str, grants: VideoGrants) -> Secret {
    AccessToken::with_api_key(key, secret)
        .with_identity(identity)
        .with_name(identity)
        .with_grants(grants)
        .to_jwt()
        .expect("a token")
        .into()
}

/// A joined peer with the events it got so far.
pub(crate) struct Peer {
    pub(crate) room: Room,
    events: mpsc::UnboundedReceiver<RtcEvent>,
    /// Taken out already.
    early: std::collections::VecDeque<RtcEvent>,
    /// Media of subscribed tracks by publisher and source, until somebody takes them.
    media: HashMap<(String, Source), RemoteMedia>,
    /// Who spoke at any time: servers tell it once.
    spoke: HashSet<String>,
    /// Who left at any time.
    pub(crate) left: HashSet<String>,
}

impl Peer {
    pub(crate) async fn join(url: &str, token: Secret) -> Self {
        let url = url.to_owned();
        Self::join_with(JoinOptions { url, token, auto_subscribe: true, known_rate: None, relay_only: false }).await
    }

    pub(crate) async fn join_with(options: JoinOptions) -> Self {
        let (room, events) = join(options).await.expect("joined");
        Self {
            room,
            events,
            early: Default::default(),
            media: HashMap::new(),
            spoke: HashSet::new(),
            left: HashSet::new(),
        }
    }

    /// Waits for an event; media of subscribed tracks are kept on the way.
    pub(crate) async fn wait<T>(&mut self, what: &str, mut pick: impl FnMut(&RtcEvent) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let next = async {
                match self.early.pop_front() {
                    Some(event) => Some(event),
                    None => self.events.recv().await,
                }
            };
            let event = match tokio::time::timeout(left, next).await {
                Ok(Some(event)) => event,
                Ok(None) => panic!("{}: the events ended while waiting for {what}", self.room.identity()),
                Err(_) => panic!("{}: no {what} within {PATIENCE:?}", self.room.identity()),
            };
            let picked = pick(&event);
            if let RtcEvent::Speakers(speakers) = &event {
                self.spoke.extend(speakers.iter().filter(|s| s.active).map(|s| s.identity.clone()));
            }
            if let RtcEvent::ParticipantLeft { identity } = &event {
                self.left.insert(identity.clone());
            }
            if let RtcEvent::Subscribed { identity, track, media } = event {
                self.media.insert((identity, track.source), media);
            }
            if let Some(picked) = picked {
                return picked;
            }
        }
    }

    /// Looks at what happened so far.
    pub(crate) fn drain(&mut self) {
        while let Ok(event) = self.events.try_recv() {
            if let RtcEvent::ParticipantLeft { identity } = &event {
                self.left.insert(identity.clone());
            }
            self.early.push_back(event);
        }
    }

    async fn media(&mut self, identity: &str, source: Source) -> RemoteMedia {
        let key = (identity.to_owned(), source);
        if let Some(media) = self.media.remove(&key) {
            return media;
        }
        self.wait(&format!("{source:?} of {identity}"), |event| match event {
            RtcEvent::Subscribed { identity: who, track, .. } if who == identity && track.source == source => Some(()),
            _ => None,
        })
        .await;
        self.media.remove(&key).expect("kept")
    }

    /// Waits until somebody was told to speak.
    pub(crate) async fn speaks(&mut self, identity: &str) {
        if !self.spoke.contains(identity) {
            self.wait(&format!("word of {identity} speaking"), |event| match event {
                RtcEvent::Speakers(all) => all.iter().any(|s| s.active && s.identity == identity).then_some(()),
                _ => None,
            })
            .await;
        }
    }

    pub(crate) async fn video(&mut self, identity: &str) -> VideoReceiver {
        match self.media(identity, Source::Camera).await {
            RemoteMedia::Video(receiver) => receiver,
            RemoteMedia::Audio(_) => panic!("a camera that sounds"),
        }
    }

    pub(crate) async fn audio(&mut self, identity: &str) -> AudioReceiver {
        match self.media(identity, Source::Microphone).await {
            RemoteMedia::Audio(receiver) => receiver,
            RemoteMedia::Video(_) => panic!("a microphone that shows"),
        }
    }

    pub(crate) async fn publish_camera(&self) -> LocalVideo {
        let layer = VideoLayer {
            rid: String::new(),
            size: PixelSize::new(640, 360),
            bitrate: Bitrate::from_kbps(800),
            fps: 30,
        };
        self.room.publish_video(camera(vec![layer])).await.expect("published")
    }

    pub(crate) async fn publish_microphone(&self) -> LocalAudio {
        let publication =
            AudioPublication { source: Source::Microphone, name: "microphone".to_owned(), dtx: false, muted: false };
        self.room.publish_audio(publication).await.expect("published")
    }
}

pub(crate) fn camera(layers: Vec<VideoLayer>) -> VideoPublication {
    VideoPublication { source: Source::Camera, name: "camera".to_owned(), layers, muted: false }
}

/// The next frame, within patience.
pub(crate) async fn frame(receiver: &mut VideoReceiver) -> Option<visita_rtc::EncodedFrame> {
    tokio::time::timeout(PATIENCE, receiver.recv()).await.expect("a frame, or the end, in time")
}

/// The next packet, within patience.
pub(crate) async fn packet(receiver: &mut AudioReceiver) -> Option<visita_rtc::AudioPacket> {
    tokio::time::timeout(PATIENCE, receiver.recv()).await.expect("a packet, or the end, in time")
}

/// Until `done` says so, or fail.
pub(crate) async fn until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < deadline, "not within {PATIENCE:?}: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A frame with a true VP8 header, its number, and bytes that follow from the number.
pub(crate) fn vp8_frame(number: u32, key: bool, size: PixelSize, len: usize) -> Vec<u8> {
    let mut data = vec![0; len.max(32)];
    data[0] = if key { 0x10 } else { 0x11 };
    if key {
        data[3..6].copy_from_slice(&[0x9d, 0x01, 0x2a]);
        data[6..8].copy_from_slice(&(size.width as u16).to_le_bytes());
        data[8..10].copy_from_slice(&(size.height as u16).to_le_bytes());
    }
    data[10..14].copy_from_slice(&number.to_be_bytes());
    for (i, byte) in data.iter_mut().enumerate().skip(14) {
        *byte = (number as usize + i * 7) as u8;
    }
    data
}

/// The number of a frame of [`vp8_frame`], if all its bytes are as they were; none for a server's own black frames.
pub(crate) fn frame_number(data: &[u8]) -> Option<u32> {
    let number = u32::from_be_bytes(data.get(10..14)?.try_into().ok()?);
    let whole = data.iter().enumerate().skip(14).all(|(i, &byte)| byte == (number as usize + i * 7) as u8);
    (data.len() >= 32 && whole).then_some(number)
}

/// Sends 30 frames a second, with a key frame at first and whenever `key` says so. Stops when dropped.
pub(crate) struct Sending {
    task: AbortHandle,
    key: Arc<tokio::sync::Notify>,
    number: Arc<AtomicU32>,
}

impl Sending {
    pub(crate) fn video(video: LocalVideo, layers: Vec<(PixelSize, usize)>) -> Self {
        let key = Arc::new(tokio::sync::Notify::new());
        let wanted = key.clone();
        let sent = Arc::new(AtomicU32::new(0));
        let sending = sent.clone();
        let task = tokio::spawn(async move {
            let start = Instant::now();
            let mut clock = tokio::time::interval(Duration::from_millis(33));
            let mut key = true;
            for number in 0.. {
                tokio::select! {
                    _ = clock.tick() => {}
                    () = wanted.notified() => key = true,
                }
                // Once a second in any case, so that no test depends on one request.
                key |= number % 30 == 0;
                for (layer, &(size, len)) in layers.iter().enumerate() {
                    video.write(layer, &vp8_frame(number, key, size, len), key, start.elapsed());
                }
                key = false;
                sending.store(number, Ordering::Relaxed);
            }
        });
        Self { task: task.abort_handle(), key, number: sent }
    }

    /// One layer that obeys the target, up to 3 Mbit/s.
    pub(crate) fn adaptive(video: LocalVideo, room: Room) -> Self {
        let task = tokio::spawn(async move {
            let start = Instant::now();
            let mut clock = tokio::time::interval(Duration::from_millis(33));
            for number in 0.. {
                clock.tick().await;
                let bps = room.stats().estimate.map_or(500_000, |target| target.bps()).min(3_000_000);
                let len = (f64::from(bps) * 0.9 * 0.033 / 8.0) as usize;
                let frame = vp8_frame(number, number % 30 == 0, PixelSize::new(1280, 720), len);
                video.write(0, &frame, number % 30 == 0, start.elapsed());
            }
        });
        Self { task: task.abort_handle(), key: Arc::default(), number: Arc::default() }
    }

    pub(crate) fn audio(audio: LocalAudio) -> Self {
        let task = tokio::spawn(async move {
            let start = Instant::now();
            let mut clock = tokio::time::interval(Duration::from_millis(20));
            for number in 0u32.. {
                clock.tick().await;
                // TOC of a 20 ms fullband CELT packet, then a number.
                let payload = [&[0xf8][..], &number.to_be_bytes(), &[0x55; 60]].concat();
                audio.write(Bytes::from(payload), start.elapsed(), 20, true);
            }
        });
        Self { task: task.abort_handle(), key: Arc::default(), number: Arc::default() }
    }

    /// Number of the last frame.
    pub(crate) fn number(&self) -> u32 {
        self.number.load(Ordering::Relaxed)
    }

    pub(crate) fn key_frame(&self) {
        self.key.notify_one();
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.task.abort();
    }
}
