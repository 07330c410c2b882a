//! LiveKit's official Python client.

use std::{path::PathBuf, process::Stdio, time::Duration};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tokio::process::Command;

use crate::process::Running;

/// The Python that has the client, when it is set up (`./dev setup`).
pub fn interpreter() -> Option<PathBuf> {
    let python = PathBuf::from(std::env::var_os("VISITA_CACHE")?).join("venv/bin/python");
    let probe = std::process::Command::new(&python)
        .args(["-c", "import livekit.rtc, numpy"])
        .stderr(Stdio::null())
        .status()
        .ok()?;
    probe.success().then_some(python)
}

/// A Python participant that sends 640×360 and a tone of 880 Hz.
pub struct Python {
    running: Running,
}

impl Python {
    /// Joins for so many seconds; returns when it is in.
    pub async fn join(python: &PathBuf, url: &str, token: &str, seconds: u32) -> Result<Self> {
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("peers/python.py");
        let mut running = Running::start(
            Command::new(python).arg(script).args([url, token]).arg(seconds.to_string()).stderr(Stdio::inherit()),
        )?;
        let line = running.line(Duration::from_secs(30)).await.context("the Python client")?;
        if !line.contains("joined") {
            bail!("the Python client said: {line}");
        }
        Ok(Self { running })
    }

    /// What it saw and heard, by identity.
    pub async fn report(mut self) -> Result<Value> {
        Ok(serde_json::from_str(&self.running.line(Duration::from_secs(60)).await?)?)
    }
}
