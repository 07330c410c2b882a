//! A real `livekit-server`.

use std::{path::PathBuf, process::Stdio, time::Duration};

use anyhow::{Context, Result, anyhow};
use tokio::process::Command;

use crate::{
    process::{Running, free_port, port_open},
    rooms::log_file,
};

/// A running `livekit-server` with key `devkey` and secret `secret`.
pub struct LiveKitServer {
    running: Running,
    _folder: tempfile::TempDir,
    port: u16,
}

/// The program, when it is set up (`./dev setup`).
pub fn program() -> Option<PathBuf> {
    std::env::var_os("VISITA_LIVEKIT_SERVER").map(PathBuf::from).filter(|path| path.exists())
}

impl LiveKitServer {
    /// Starts it on loopback with ports that are free. One that somebody else takes meanwhile ends it: then with others.
    pub async fn start(program: &PathBuf) -> Result<Self> {
        const TRIES: u32 = 3;
        let mut last = None;
        for _ in 0..TRIES {
            match Self::start_once(program).await {
                Ok(server) => return Ok(server),
                Err(error) => last = Some(error),
            }
        }
        Err(last.context("no try")?)
    }

    async fn start_once(program: &PathBuf) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let port = free_port()?;
        // Where somebody wants to read what programs say, they want to read all of it.
        let log = log_file("livekit-server");
        let level = if log.is_some() { "debug" } else { "warn" };
        let config = format!(
            "port: {port}\nbind_addresses: [127.0.0.1]\nkeys: {{ devkey: secret }}\nlogging: {{ level: {level} }}\n\
             rtc:\n  tcp_port: {}\n  udp_port: {}\n  use_external_ip: false\n  enable_loopback_candidate: true\n  \
             node_ip: 127.0.0.1\n",
            free_port()?,
            free_port()?,
        );
        let file = folder.path().join("livekit.yaml");
        std::fs::write(&file, config)?;
        let said = folder.path().join("said");
        let stderr = Stdio::from(log.map_or_else(|| std::fs::File::create(&said), Ok)?);
        let mut running = Running::start(Command::new(program).arg("--config").arg(&file).stderr(stderr))?;
        let open = tokio::select! {
            open = port_open(port, Duration::from_secs(20)) => open,
            ended = running.child.wait() => Err(anyhow!("it ended: {ended:?}")),
        };
        open.with_context(|| format!("livekit-server: {}", std::fs::read_to_string(&said).unwrap_or_default()))?;
        Ok(Self { running, _folder: folder, port })
    }

    /// Process id.
    pub fn pid(&self) -> u32 {
        self.running.pid()
    }

    /// `ws://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.port)
    }
}
