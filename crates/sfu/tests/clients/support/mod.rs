//! A media server on loopback, and participants on LiveKit's own Python client.

use std::io::Write as _;
use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    process::Stdio,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::serve::ListenerExt;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use livekit_token::{AccessToken, VideoGrants};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    net::{TcpListener, TcpStream, UdpSocket},
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::{mpsc, watch},
    time::timeout,
};
use visita_protocol::Secret;
use visita_sfu::{Sfu, SfuConfig, SfuControl, SfuEvent, SfuStats};

/// Longest wait for anything. Only a failure waits so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A running media server.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) media: SocketAddr,
    pub(crate) media_tcp: Option<SocketAddr>,
    pub(crate) control: SfuControl,
    pub(crate) events: mpsc::UnboundedReceiver<SfuEvent>,
    _sfu: Sfu,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts one that is set up differently.
    pub(crate) async fn start_with(change: impl FnOnce(&mut SfuConfig)) -> Self {
        let keys = HashMap::from([
            ("devkey".to_owned(), Secret::new("secret")),
            ("other".to_owned(), Secret::new("another secret")),
        ]);
        let mut config = SfuConfig { rtc_udp: (Ipv4Addr::LOCALHOST, 0).into(), keys, ..Default::default() };
        change(&mut config);
        let (sfu, events) = Sfu::start(config).await.expect("the media server starts");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        tokio::spawn(axum::serve(listener, sfu.routes()).into_future());
        Self {
            address,
            media: sfu.udp_address(),
            media_tcp: sfu.tcp_address(),
            control: sfu.control(),
            events,
            _sfu: sfu,
        }
    }

    pub(crate) fn http(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn ws(&self) -> String {
        format!("ws://{}", self.address)
    }

    /// Waits for counters to be as wanted.
    pub(crate) async fn until_stats(&self, wanted: impl Fn(&SfuStats) -> bool) -> SfuStats {
        let found = timeout(PATIENCE, async {
            loop {
                let stats = self.control.stats().await.expect("it runs");
                if wanted(&stats) {
                    return stats;
                }
                tokio::task::yield_now().await;
            }
        });
        found.await.expect("in time")
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

/// A token that says whatever it says; token makers refuse to make some.
pub(crate) fn odd_token(identity: &str, valid_for: i64, grants: VideoGrants) -> String {
    let encode = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs().cast_signed();
    let claims = json!({ "iss": "devkey", "sub": identity, "nbf": now - 600, "exp": now + valid_for, "video": grants });
    let signed = format!("{}.{}", encode(json!({ "alg": "HS256", "typ": "JWT" })), encode(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(b"secret").expect("any length");
    mac.update(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

/// The Python of the environment with LiveKit's client, or none, said loudly.
pub(crate) fn python(test: &str) -> Option<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let python = home.join(".cache/visita/venv/bin/python");
    if python.exists() {
        return Some(python);
    }
    // Past the test runner's capture: nobody must take a skipped test for a passed one.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {test}: no Python with LiveKit's client at {}", python.display());
    None
}

/// A participant on the Python client.
pub(crate) struct Peer {
    identity: String,
    token: String,
    _child: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    seen: Vec<Value>,
}

impl Peer {
    pub(crate) fn spawn(python: &PathBuf, server: &Server, identity: &str, token: &str, more: &[&str]) -> Self {
        Self::spawn_at(python, &server.ws(), identity, token, more)
    }

    /// A participant whose signalling goes to `url`.
    pub(crate) fn spawn_at(python: &PathBuf, url: &str, identity: &str, token: &str, more: &[&str]) -> Self {
        let arguments: Vec<&str> = [url, token].into_iter().chain(more.iter().copied()).collect();
        Self::run(python, identity, "python_peer.py", &arguments)
    }

    /// LiveKit's server API client, with the server's key or another.
    pub(crate) async fn admin(python: &PathBuf, server: &Server, secret: &str) -> Self {
        let mut admin = Self::run(python, "admin", "python_admin.py", &[&server.http(""), "devkey", secret]);
        admin.until("ready", |_| true).await;
        admin
    }

    /// Asks the server API; the answer, or the error.
    pub(crate) async fn ask(&mut self, method: &str, request: Value) -> Value {
        self.tell(&format!("{method} {request}")).await;
        let line = timeout(PATIENCE, self.lines.next_line()).await.expect("in time").expect("it runs").expect("a line");
        serde_json::from_str(&line).expect("JSON")
    }

    fn run(python: &PathBuf, identity: &str, script: &str, arguments: &[&str]) -> Self {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/");
        let mut child = Command::new(python)
            .arg(format!("{folder}{script}"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("Python starts");
        let stdin = child.stdin.take().expect("piped");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let token = arguments.get(1).copied().unwrap_or_default().to_owned();
        Self { token, identity: identity.to_owned(), _child: child, stdin, lines, seen: Vec::new() }
    }

    /// Joins with a plain token.
    pub(crate) async fn join(python: &PathBuf, server: &Server, identity: &str) -> Self {
        let mut peer = Self::spawn(python, server, identity, &token(identity), &[]);
        peer.until("connected", |_| true).await;
        peer
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    pub(crate) async fn tell(&mut self, command: &str) {
        let line = format!("{command}\n");
        self.stdin.write_all(line.as_bytes()).await.expect("the peer listens");
    }

    /// Waits for one of some reports, from now on.
    pub(crate) async fn until_any(&mut self, events: &[&str]) -> Value {
        let wanted: Vec<Value> = events.iter().map(|&event| event.into()).collect();
        let found = timeout(PATIENCE, async {
            while let Ok(Some(line)) = self.lines.next_line().await {
                let Ok(value) = serde_json::from_str::<Value>(&line) else { continue };
                if wanted.contains(&value["event"]) {
                    return Some(value);
                }
                self.seen.push(value);
            }
            None
        });
        found.await.expect("in time").expect("before it ends")
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

    /// Whether something was reported so far that no wait took.
    pub(crate) fn has_seen(&self, event: &str, mut wanted: impl FnMut(&Value) -> bool) -> bool {
        self.seen.iter().any(|value| value["event"] == event && wanted(value))
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

/// A line to the signalling that can be cut.
pub(crate) struct Line {
    pub(crate) address: SocketAddr,
    open: watch::Sender<bool>,
}

impl Line {
    pub(crate) async fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let (open, is_open) = watch::channel(true);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let mut cut = is_open.clone();
                tokio::spawn(async move {
                    let _ = cut.wait_for(|open| *open).await;
                    let Ok(mut far) = TcpStream::connect(target).await else { return };
                    // Like the server's own socket: a join is a dialogue of small messages.
                    let _ = (near.set_nodelay(true), far.set_nodelay(true));
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                        _ = cut.wait_for(|open| !open) => {}
                    }
                });
            }
        });
        Self { address, open }
    }

    pub(crate) fn ws(&self) -> String {
        format!("ws://{}", self.address)
    }

    /// Ends what goes over it; what comes new waits.
    pub(crate) fn cut(&self) {
        self.open.send_replace(false);
    }

    pub(crate) fn mend(&self) {
        self.open.send_replace(true);
    }
}

/// A network address translator between clients and the media port: clients know its address only, and the server sees them
/// come from ports of its.
pub(crate) struct Nat {
    moves: watch::Sender<u32>,
}

impl Nat {
    /// Loopback addresses: where clients send to, and where the server is.
    pub(crate) const OUTSIDE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
    pub(crate) const INSIDE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 3);

    pub(crate) async fn before(server: SocketAddr) -> Self {
        let outside = Arc::new(UdpSocket::bind((Self::OUTSIDE, server.port())).await.expect("the same port is free"));
        let (moves, _) = watch::channel(0);
        let told = moves.clone();
        tokio::spawn(async move {
            let mut ways: HashMap<SocketAddr, mpsc::UnboundedSender<Vec<u8>>> = HashMap::new();
            let mut buffer = [0; 2048];
            while let Ok((len, client)) = outside.recv_from(&mut buffer).await {
                let way = ways.entry(client).or_insert_with(|| {
                    let (way, packets) = mpsc::unbounded_channel();
                    tokio::spawn(Self::carry(outside.clone(), client, server, packets, told.subscribe()));
                    way
                });
                let _ = way.send(buffer[..len].to_vec());
            }
        });
        Self { moves }
    }

    /// From here on the server sees everybody come from other ports, and the old ones are dead.
    pub(crate) fn move_everybody(&self) {
        self.moves.send_modify(|count| *count += 1);
    }

    async fn carry(
        outside: Arc<UdpSocket>,
        client: SocketAddr,
        server: SocketAddr,
        mut packets: mpsc::UnboundedReceiver<Vec<u8>>,
        mut moves: watch::Receiver<u32>,
    ) {
        let port = async || {
            let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
            socket.connect(server).await.expect("loopback");
            socket
        };
        let mut inside = port().await;
        let mut buffer = [0; 2048];
        loop {
            tokio::select! {
                packet = packets.recv() => {
                    let Some(packet) = packet else { return };
                    let _ = inside.send(&packet).await;
                }
                Ok(len) = inside.recv(&mut buffer) => {
                    let _ = outside.send_to(&buffer[..len], client).await;
                }
                Ok(()) = moves.changed() => inside = port().await,
            }
        }
    }
}
