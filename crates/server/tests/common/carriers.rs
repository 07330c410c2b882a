//! The same tests over the built-in media server and over a real LiveKit server.

use std::{
    io::{Read, Write},
    net::{TcpListener, UdpSocket},
    process::{Child, Command, Stdio},
    sync::{Mutex, OnceLock},
    time::{Duration, Instant},
};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use tokio::sync::mpsc;
use visita_server::{LiveKit, ServerConfig};

use super::{Server, server_with};

/// What carries the media.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
    BuiltIn,
    LiveKit,
}

impl Carrier {
    /// A LiveKit server, when there is one to test with.
    pub(crate) fn livekit(test: &str) -> Option<Self> {
        if binary().is_none() {
            super::skipped(test, "no livekit-server; set VISITA_LIVEKIT_SERVER");
            return None;
        }
        Some(Self::LiveKit)
    }

    pub(crate) async fn server(self) -> Server {
        self.server_with(ServerConfig::default()).await
    }

    pub(crate) async fn server_with(self, config: ServerConfig) -> Server {
        match self {
            Self::BuiltIn => server_with(config).await,
            Self::LiveKit => {
                let shared = shared();
                let livekit = LiveKit {
                    url: format!("ws://127.0.0.1:{}", shared.port).parse().expect("a URL"),
                    key: KEY.into(),
                    secret: SECRET.into(),
                };
                let server = server_with(ServerConfig { livekit: Some(livekit), ..config }).await;
                shared.listeners.lock().expect("not poisoned").push(forward_to(&server.api.base));
                server
            }
        }
    }
}

/// Makes a test of each function, over each carrier.
#[allow(unused_macros, reason = "each test file uses its part")]
macro_rules! over_each_carrier {
    ($($test:ident),* $(,)?) => {
        mod built_in {
            $(#[tokio::test]
            async fn $test() {
                super::$test(crate::common::carriers::Carrier::BuiltIn).await;
            })*
        }

        mod on_livekit {
            $(#[tokio::test]
            async fn $test() {
                if let Some(carrier) = crate::common::carriers::Carrier::livekit(stringify!($test)) {
                    super::$test(carrier).await;
                }
            })*
        }
    };
}
#[allow(unused_imports, reason = "each test file uses its part")]
pub(crate) use over_each_carrier;

const KEY: &str = "devkey";
const SECRET: &str = "secret-of-at-least-thirty-two-characters";

/// One LiveKit server for all tests of a file. Its webhooks go to every server under test: each takes those of its rooms.
struct Shared {
    port: u16,
    listeners: Mutex<Vec<mpsc::UnboundedSender<Hook>>>,
    _guard: Guard,
}

#[derive(Clone)]
struct Hook {
    headers: HeaderMap,
    body: Bytes,
}

/// Ends the server with the test program, however that ends: its standard input closes with ours.
struct Guard {
    _shell: Child,
}

fn binary() -> Option<String> {
    std::env::var("VISITA_LIVEKIT_SERVER").ok().filter(|path| std::path::Path::new(path).exists())
}

fn shared() -> &'static Shared {
    static SHARED: OnceLock<Shared> = OnceLock::new();
    SHARED.get_or_init(|| {
        let hooks = start_forwarder();
        let port = free_port();
        let (tcp, udp) =
            (free_port(), UdpSocket::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound").port());
        let config = format!(
            "port: {port}\nbind_addresses: [127.0.0.1]\n\
             rtc: {{ tcp_port: {tcp}, udp_port: {udp}, node_ip: 127.0.0.1, use_external_ip: false }}\n\
             keys: {{ {KEY}: {SECRET} }}\nlogging: {{ level: error }}\n\
             webhook: {{ api_key: {KEY}, urls: [\"http://127.0.0.1:{hooks}/\"] }}\n"
        );
        let shell = Command::new("sh")
            .args(["-c", r#""$0" --config-body "$1" >/dev/null 2>&1 & cat >/dev/null; kill $!"#])
            .args([binary().expect("asked before"), config])
            .stdin(Stdio::piped())
            .spawn()
            .expect("a shell");
        wait_for(port);
        Shared { port, listeners: Mutex::default(), _guard: Guard { _shell: shell } }
    })
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound").port()
}

fn wait_for(port: u16) {
    let deadline = Instant::now() + Duration::from_secs(20);
    let answers = || -> std::io::Result<bool> {
        let mut line = std::net::TcpStream::connect(("127.0.0.1", port))?;
        line.write_all(b"GET / HTTP/1.0\r\n\r\n")?;
        let mut answer = Vec::new();
        line.read_to_end(&mut answer)?;
        Ok(answer.starts_with(b"HTTP/1."))
    };
    while !answers().unwrap_or(false) {
        assert!(Instant::now() < deadline, "livekit-server does not answer");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Takes LiveKit's webhooks on a port and hands each to all servers under test.
fn start_forwarder() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("a socket");
    let port = listener.local_addr().expect("bound").port();
    // A runtime of its own: each test's ends with the test.
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let hear = async |State(()): State<()>, headers: HeaderMap, body: Bytes| {
                let hook = Hook { headers, body };
                shared().listeners.lock().expect("not poisoned").retain(|one| one.send(hook.clone()).is_ok());
            };
            let routes = Router::new().route("/", post(hear)).with_state(());
            let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
            axum::serve(listener, routes).await.expect("serves");
        });
    });
    port
}

/// Hands webhooks to one server in their order, as long as its test runs.
fn forward_to(base: &str) -> mpsc::UnboundedSender<Hook> {
    let (sender, mut hooks) = mpsc::unbounded_channel::<Hook>();
    let url = format!("{base}/livekit/webhook");
    tokio::spawn(async move {
        let client = reqwest::Client::new();
        while let Some(Hook { headers, body }) = hooks.recv().await {
            let mut request = client.post(&url).body(body);
            if let Some(signature) = headers.get(reqwest::header::AUTHORIZATION.as_str()) {
                request = request.header(reqwest::header::AUTHORIZATION, signature.as_bytes());
            }
            if request.send().await.is_err() {
                break;
            }
        }
    });
    sender
}
