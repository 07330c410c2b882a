//! What scenarios of the whole system are made of: the real server, real peers, the real window on a virtual display with
//! real PulseAudio sinks, and other people's clients. Waiting means "until seen, or fail after N".

pub mod bench;
pub mod call;
pub mod chromium;
pub mod clients;
pub mod display;
pub mod livekit_server;
pub mod netns;
pub mod page;
pub mod pairs;
#[path = "../../crates/server/tests/common/postgres_server.rs"]
mod postgres_server;
pub mod process;
pub mod rooms;
pub mod sound;
pub mod window;

use std::{
    future::Future,
    io::Write,
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

/// Folder of the built programs: `VISITA_BIN_DIR`, or the folder above the running test.
pub fn bin_dir() -> Result<PathBuf> {
    if let Some(dir) = std::env::var_os("VISITA_BIN_DIR") {
        return Ok(dir.into());
    }
    let exe = std::env::current_exe()?;
    let dir = exe.ancestors().skip(1).find(|dir| dir.join("visita-server").exists());
    match dir {
        Some(dir) => Ok(dir.to_owned()),
        None => bail!("the programs are not built: run cargo build --workspace --bins"),
    }
}

/// Says loudly that a test could not be run here. Written past the test runner's capture.
pub fn skip(name: &str, why: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED: {name}: {why}");
}

/// Asks again and again until there is an answer; fails after `limit`, naming what was waited for.
pub async fn until<T, F>(what: &str, limit: Duration, mut ask: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Result<Option<T>>>,
{
    let started = Instant::now();
    let mut last = None;
    loop {
        match ask().await {
            Ok(Some(answer)) => return Ok(answer),
            Ok(None) => {}
            Err(error) => last = Some(error),
        }
        if started.elapsed() > limit {
            match last {
                Some(error) => return Err(error.context(format!("not seen within {limit:?}: {what}"))),
                None => bail!("not seen within {limit:?}: {what}"),
            }
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
