//! Our participants in rooms of a real livekit-server. Without its binary each test is skipped, and says so.

mod common;
mod scenario;

use std::io::Write as _;
use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use common::turn::{self, TurnServer};
use scenario::Server;
use tokio::process::{Child, Command};
use visita_protocol::ErrorCode;

/// `VISITA_LIVEKIT_SERVER`, or where the set-up puts it.
fn binary() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("VISITA_LIVEKIT_SERVER") {
        return Some(path.into());
    }
    let home = PathBuf::from(std::env::var_os("HOME")?);
    ["livekit-server", "server"].into_iter().map(|name| home.join(".cache/visita/bin").join(name)).find(|p| p.is_file())
}

/// A server of one test's own; it ends with it.
struct Running {
    server: Server,
    process: Child,
    config: PathBuf,
    _folder: tempfile::TempDir,
}

fn spawn(config: &Path) -> Child {
    Command::new(binary().expect("found before"))
        .arg("--config")
        .arg(config)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("livekit-server starts")
}

async fn start(test: &str) -> Option<Running> {
    start_with(test, "").await
}

/// With further lines of its section `rtc`.
async fn start_with(test: &str, rtc: &str) -> Option<Running> {
    common::log();
    if binary().is_none() {
        // Past the test runner's capture: nobody must take a skipped test for a passed one.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: livekit_server::{test}: no livekit-server; set VISITA_LIVEKIT_SERVER"
        );
        return None;
    }
    let folder = tempfile::tempdir().expect("a folder");
    // Another process may take a port between its choice and its use.
    for _ in 0..5 {
        let port = || {
            let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
            listener.local_addr().expect("bound").port()
        };
        let (http, udp, tcp) = (port(), port(), port());
        let secret = "secret-of-the-tests-0123456789abcdef";
        let config = format!(
            "port: {http}\nbind_addresses: [127.0.0.1]\nrtc:\n  udp_port: {udp}\n  tcp_port: {tcp}\n  \
             use_external_ip: false\n  enable_loopback_candidate: true\n  interfaces:\n    includes: [lo]\n\
             {rtc}keys:\n  tests: {secret}\nlogging:\n  level: {}\n",
            std::env::var("LIVEKIT_LOG").unwrap_or_else(|_| "error".to_owned()),
        );
        let path = folder.path().join("config.yaml");
        std::fs::write(&path, config).expect("written");
        let mut process = spawn(&path);
        let deadline = tokio::time::Instant::now() + common::PATIENCE;
        loop {
            if tokio::net::TcpStream::connect(("127.0.0.1", http)).await.is_ok() {
                let server = Server {
                    url: format!("ws://127.0.0.1:{http}"),
                    key: "tests".to_owned(),
                    secret: secret.to_owned(),
                };
                return Some(Running { server, process, config: path, _folder: folder });
            }
            if process.try_wait().expect("its state").is_some() {
                break;
            }
            assert!(tokio::time::Instant::now() < deadline, "livekit-server does not serve");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    panic!("livekit-server does not start");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_starts_again() {
    let Some(Running { server, mut process, config, _folder }) = start("the_server_starts_again").await else { return };
    let mut again = None;
    scenario::the_server_starts_again(&server, async || {
        process.kill().await.expect("killed");
        again = Some(spawn(&config));
    })
    .await;
    drop(again);
}

#[tokio::test(flavor = "multi_thread")]
async fn media_take_the_relay() {
    let Some(turn) = TurnServer::start("livekit_server::media_take_the_relay").await else { return };
    let servers = format!(
        "  turn_servers:\n  - {{host: 127.0.0.1, port: {}, protocol: udp, secret: {}}}\n",
        turn.port,
        turn::SECRET
    );
    if let Some(running) = start_with("media_take_the_relay", &servers).await {
        scenario::media_take_the_relay(&running.server).await;
    }
}

macro_rules! on_livekit {
    ($($name:ident),* $(,)?) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            if let Some(running) = start(stringify!($name)).await {
                scenario::$name(&running.server).await;
            }
        }
    )*};
}

on_livekit!(
    two_peers_see_and_hear_each_other,
    muting_and_republishing,
    data_messages,
    layers_are_switched,
    only_what_is_wanted_comes,
    a_bad_network_carries_it,
    the_cable_is_out,
    the_address_changes,
    udp_is_blocked,
    layers_are_repaired,
    the_target_follows_the_way,
    signalling_breaks,
    signalling_is_gone_for_a_while,
    unwatched_layers_are_told,
    displaced,
    a_wrong_token_is_refused,
    publishing_without_the_right_is_refused,
);

/// LiveKit 1.13 answers HTTP 500 and no reason: no more can be told than that the server does not take us.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_room_is_refused() {
    if let Some(running) = start("a_full_room_is_refused").await {
        let error = scenario::join_full_room(&running.server).await;
        assert_eq!(error.code(), ErrorCode::ServerUnreachable, "{error:?}");
    }
}
