//! A media server, people who send, a recorder as its own process, and the reading of what it wrote.

mod film;
mod people;
mod process;

use std::{
    collections::HashMap,
    net::Ipv4Addr,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use axum::serve::ListenerExt;
use livekit_token::{AccessToken, VideoGrants};
use tokio::{net::TcpListener, task::AbortHandle};
use visita_protocol::{PixelSize, RecordingLayout, Secret, recorder::RecordedPerson};
use visita_recorder::compose::{Places, Rect, Wish, arrange};
use visita_sfu::{Sfu, SfuConfig};

pub(crate) use film::{Film, has};
pub(crate) use people::{Person, Sends, Voice};
pub(crate) use process::{Recorder, job, program};

/// How long anything may take before a test fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

const SECRET: &str = "secret-of-the-tests-0123456789abcdef";
pub(crate) const ROOM: &str = "visit";

/// Our own media server.
pub(crate) struct Server {
    pub(crate) url: String,
    sfu: Sfu,
    serving: AbortHandle,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_at((Ipv4Addr::LOCALHOST, 0).into()).await
    }

    pub(crate) async fn start_at(address: std::net::SocketAddr) -> Self {
        let keys = HashMap::from([("tests".to_owned(), Secret::new(SECRET))]);
        let loopback = (Ipv4Addr::LOCALHOST, 0).into();
        let config = SfuConfig { rtc_udp: loopback, rtc_tcp: Some(loopback), keys, ..Default::default() };
        let (sfu, mut events) = Sfu::start(config).await.expect("a media server");
        tokio::spawn(async move { while events.recv().await.is_some() {} });
        let listener = TcpListener::bind(address).await.expect("a port");
        let address = listener.local_addr().expect("bound");
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        let routes = sfu.routes();
        let serving = tokio::spawn(async move { axum::serve(listener, routes).await }).abort_handle();
        Self { url: format!("ws://{address}"), sfu, serving }
    }

    pub(crate) async fn stop(self) {
        self.serving.abort();
        self.sfu.stop().await;
    }
}

pub(crate) fn token(identity: &str) -> Secret {
    let grants = VideoGrants { room_join: true, room: ROOM.to_owned(), ..VideoGrants::default() };
    sign(identity, grants)
}

/// Of somebody who may only receive, and whom nobody sees.
pub(crate) fn hidden_token(identity: &str) -> Secret {
    let grants = VideoGrants {
        room_join: true,
        room: ROOM.to_owned(),
        hidden: true,
        can_publish: Some(false),
        can_publish_data: Some(false),
        ..VideoGrants::default()
    };
    sign(identity, grants)
}

fn sign(identity: &str, grants: VideoGrants) -> Secret {
    let token = AccessToken::with_api_key("tests", SECRET).with_identity(identity).with_name(identity);
    token.with_grants(grants).to_jwt().expect("a token").into()
}

pub(crate) fn unix_us() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_micros() as u64
}

/// Until `done` says so, or fail.
pub(crate) async fn until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < deadline, "not within {PATIENCE:?}: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub(crate) const CAMERA: PixelSize = PixelSize::new(320, 180);
pub(crate) const SIZE: PixelSize = PixelSize::new(640, 360);

pub(crate) fn voice(number: u64) -> Voice {
    let base = 500.0 + 400.0 * number as f32;
    Voice { even_hz: base, odd_hz: base + 150.0, dbfs: -20.0 }
}

pub(crate) fn both(number: u64) -> Sends {
    Sends { camera: Some(CAMERA), voice: Some(voice(number)), screen: None }
}

pub(crate) fn person(number: u64, consented: bool) -> RecordedPerson {
    RecordedPerson {
        participant_id: format!("p{number}").parse().expect("an id"),
        display_name: format!("Person {number}"),
        consented,
        muted: false,
        order: number,
    }
}

/// Where everybody is.
pub(crate) fn places(layout: RecordingLayout, people: usize, screens: usize, speaker: Option<usize>) -> Places {
    arrange(&Wish { layout, size: SIZE, people, screens, speaker })
}

/// Where people are in a grid.
pub(crate) fn grid(people: usize) -> Vec<Rect> {
    places(RecordingLayout::Grid, people, 0, None).people.into_iter().flatten().collect()
}
