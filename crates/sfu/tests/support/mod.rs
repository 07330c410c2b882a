//! A media server on loopback, and participants on LiveKit's own Python client.

use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    process::Stdio,
    time::Duration,
};

use axum::serve::ListenerExt;
use livekit_token::{AccessToken, VideoGrants};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::mpsc,
    time::timeout,
};
use visita_protocol::Secret;
use visita_sfu::{Sfu, SfuConfig, SfuControl, SfuEvent};

/// Longest wait for anything. Only a failure waits so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A running media server.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) control: SfuControl,
    pub(crate) events: mpsc::UnboundedReceiver<SfuEvent>,
    _sfu: Sfu,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let keys = HashMap::from([
            ("devkey".to_owned(), Secret::new("secret")),
            ("other".to_owned(), Secret::new("another secret")),
        ]);
        let config = SfuConfig { rtc_udp: (Ipv4Addr::LOCALHOST, 0).into(), keys, ..Default::default() };
        let (sfu, events) = Sfu::start(config).await.expect("the media server starts");
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        tokio::spawn(axum::serve(listener, sfu.routes()).into_future());
        Self { address, control: sfu.control(), events, _sfu: sfu }
    }

    pub(crate) fn http(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn ws(&self) -> String {
        format!("ws://{}", self.address)
    }

    /// Waits for an event.
    pub(crate) async fn until_event(&mut self, mut wanted: impl FnMut(&SfuEvent) -> bool) -> SfuEvent {
        let mut seen = Vec::new();
        let found = timeout(PATIENCE, async {
            while let Some(event) = self.events.recv().await {
                if wanted(&event) {
                    return Some(event);
                }
                seen.push(event);
            }
            None
        });
        match found.await {
            Ok(Some(event)) => event,
            _ => panic!("the event did not come; these came: {seen:#?}"),
        }
    }
}

/// What a token for room `visit` grants unless said otherwise.
pub(crate) fn grants() -> VideoGrants {
    VideoGrants { room_join: true, room: "visit".into(), ..Default::default() }
}

pub(crate) fn token(identity: &str) -> String {
    token_with(identity, grants())
}

pub(crate) fn token_with(identity: &str, grants: VideoGrants) -> String {
    AccessToken::with_api_key("devkey", "secret")
        .with_identity(identity)
        .with_name(&identity.to_uppercase())
        .with_grants(grants)
        .to_jwt()
        .expect("a token")
}

/// The Python of the environment with LiveKit's client, or none, said loudly.
pub(crate) fn python(test: &str) -> Option<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let python = home.join(".cache/visita/venv/bin/python");
    if python.exists() {
        return Some(python);
    }
    eprintln!("SKIPPED {test}: no Python with LiveKit's client at {}", python.display());
    None
}

/// A participant on the Python client.
pub(crate) struct Peer {
    identity: String,
    _child: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    seen: Vec<Value>,
}

impl Peer {
    pub(crate) fn spawn(python: &PathBuf, server: &Server, identity: &str, token: &str, more: &[&str]) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/python_peer.py");
        let mut child = Command::new(python)
            .arg(script)
            .args([&server.ws(), token])
            .args(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("Python starts");
        let stdin = child.stdin.take().expect("piped");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        Self { identity: identity.to_owned(), _child: child, stdin, lines, seen: Vec::new() }
    }

    /// Joins with a plain token.
    pub(crate) async fn join(python: &PathBuf, server: &Server, identity: &str) -> Self {
        let mut peer = Self::spawn(python, server, identity, &token(identity), &[]);
        peer.until("connected", |_| true).await;
        peer
    }

    pub(crate) async fn tell(&mut self, command: &str) {
        let line = format!("{command}\n");
        self.stdin.write_all(line.as_bytes()).await.expect("the peer listens");
    }

    /// Waits for something to be reported, from now on.
    pub(crate) async fn until(&mut self, event: &str, mut wanted: impl FnMut(&Value) -> bool) -> Value {
        let found = timeout(PATIENCE, async {
            while let Ok(Some(line)) = self.lines.next_line().await {
                let Ok(value) = serde_json::from_str::<Value>(&line) else { continue };
                if value["event"] == event && wanted(&value) {
                    return Some(value);
                }
                self.seen.push(value);
            }
            None
        })
        .await;
        let Ok(Some(value)) = found else {
            let last = self.seen.iter().rev().take(12).collect::<Vec<_>>();
            panic!("{} did not report {event}; the last it reported: {last:#?}", self.identity);
        };
        value
    }

    /// Waits for pictures of somebody that carry rising counters: at least `count` of them beyond the counter `above`.
    pub(crate) async fn until_pictures(&mut self, of: &str, above: i64, count: usize) -> i64 {
        let mut last = above;
        for _ in 0..count {
            let frame = self
                .until("frame", |frame| {
                    frame["identity"] == of && frame["counter"].as_i64().is_some_and(|counter| counter > last)
                })
                .await;
            last = frame["counter"].as_i64().unwrap_or_default();
        }
        last
    }

    /// Waits for somebody's tone of 440 Hz.
    pub(crate) async fn until_tone(&mut self, of: &str) {
        self.until("sound", |sound| {
            let hertz = sound["hertz"].as_i64().unwrap_or_default();
            sound["identity"] == of
                && (436..=444).contains(&hertz)
                && sound["level"].as_f64().is_some_and(|level| level > 0.1)
        })
        .await;
    }
}
