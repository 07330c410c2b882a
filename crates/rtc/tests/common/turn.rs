//! A real TURN server: coturn, a process of one test's own.

use std::{
    io::Write,
    net::UdpSocket,
    process::Stdio,
    time::{Duration, Instant},
};

use tokio::process::{Child, Command};

use super::PATIENCE;

/// What it shares with media servers.
pub(crate) const SECRET: &str = "secret-of-the-turn-server";

/// Relays on loopback until it is dropped.
pub(crate) struct TurnServer {
    pub(crate) port: u16,
    _process: Child,
    _folder: tempfile::TempDir,
}

impl TurnServer {
    /// None where there is no coturn, which is said.
    pub(crate) async fn start(test: &str) -> Option<Self> {
        if Command::new("turnserver").arg("--help").output().await.is_err() {
            // Past the test runner's capture: nobody must take a skipped test for a passed one.
            let _ = writeln!(std::io::stderr(), "SKIPPED: {test}: no turnserver; install coturn");
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder");
        // Another process may take a port between its choice and its use.
        for _ in 0..5 {
            let port =
                UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port();
            let mut process = Command::new("turnserver")
                .args(["-n", "--no-tls", "--no-dtls", "--no-cli", "--simple-log", "--log-file", "stdout"])
                .args(["--listening-ip", "127.0.0.1", "--relay-ip", "127.0.0.1", "--allow-loopback-peers"])
                .args(["--listening-port", &port.to_string(), "--realm", "tests"])
                .args(["--use-auth-secret", "--static-auth-secret", SECRET])
                .arg("--pidfile")
                .arg(folder.path().join("pid"))
                .arg("--userdb")
                .arg(folder.path().join("users"))
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .kill_on_drop(true)
                .spawn()
                .expect("coturn starts");
            if answers(port, &mut process).await {
                return Some(Self { port, _process: process, _folder: folder });
            }
        }
        panic!("coturn does not start");
    }
}

/// Asks it for our address (RFC 8489) until it tells it, or is gone.
async fn answers(port: u16, process: &mut Child) -> bool {
    let request = [&[0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42][..], b"twelve bytes"].concat();
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
    socket.connect(("127.0.0.1", port)).await.expect("connected");
    let deadline = Instant::now() + PATIENCE;
    while process.try_wait().expect("its state").is_none() {
        assert!(Instant::now() < deadline, "coturn does not answer");
        let mut answer = [0; 256];
        // Refused as long as nobody listens.
        let _ = socket.send(&request).await;
        if let Ok(Ok(_)) = tokio::time::timeout(Duration::from_millis(50), socket.recv(&mut answer)).await {
            return true;
        }
    }
    false
}
