//! `./dev bench page`: how long somebody with nothing but a browser waits, cold: from following a link until *Join here* and
//! *Join* can be pressed, and from *Join* until the first picture of the other is painted.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use serde::Serialize;

use crate::{
    call::{percentile, round},
    chromium::{Setup, Visitor},
    rooms::{Peer, Server},
    until,
    window::PATIENCE,
};

/// What to measure.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Folder of the built programs.
    #[arg(long)]
    bin_dir: PathBuf,
    /// How many follow a link, each with a browser that knows nothing yet.
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Where the JSON goes, besides stdout.
    #[arg(long)]
    json: Option<PathBuf>,
}

/// In ms, each sorted. The driver that looks is part of it: up to 30 ms.
#[derive(Debug, Default, Serialize)]
struct Report {
    /// From the link until *Join here* is there.
    link_to_invitation_ms: Vec<f64>,
    /// From *Join here* until *Join* can be pressed.
    invitation_to_join_ms: Vec<f64>,
    /// From *Join* until a picture of the other is painted.
    join_to_first_painted_ms: Vec<f64>,
}

/// Measures, and prints a table and JSON.
///
/// # Errors
/// When a program does not start, or nothing is painted.
pub async fn run(arguments: Arguments) -> Result<()> {
    let mut report = Report::default();
    for _ in 0..arguments.runs {
        let [invitation, join, painted] = visit(&arguments.bin_dir).await?;
        report.link_to_invitation_ms.push(invitation);
        report.invitation_to_join_ms.push(join);
        report.join_to_first_painted_ms.push(painted);
    }
    for (what, ms) in [
        ("link until Join here can be pressed", &mut report.link_to_invitation_ms),
        ("Join here until Join can be pressed", &mut report.invitation_to_join_ms),
        ("Join until the first painted picture", &mut report.join_to_first_painted_ms),
    ] {
        ms.sort_by(f64::total_cmp);
        println!("{what:<40}{:>8.0} ms p50{:>8.0} ms longest", percentile(ms, 50), percentile(ms, 100));
    }
    let text = serde_json::to_string(&report)?;
    println!("{text}");
    if let Some(file) = arguments.json {
        std::fs::write(file, text)?;
    }
    Ok(())
}

async fn visit(bins: &Path) -> Result<[f64; 3]> {
    let server = Server::start(bins).await?;
    let room = server.room(2).await?;
    let [theirs, mine] = room.links.as_slice() else { anyhow::bail!("no links") };
    let host = Peer::join(bins, &[theirs.as_str()])?;
    let guest = Visitor::start(&Setup::default()).await?;
    let ms = |from: Instant| round(from.elapsed().as_secs_f64() * 1000.0, 0);
    let from = Instant::now();
    guest.goto(mine).await?;
    guest.find("join-in-browser").await?;
    let invitation = ms(from);
    let from = Instant::now();
    guest.click("join-in-browser").await?;
    let usable = "const join = document.querySelector('[data-testid=join]');
        return !!join && !join.disabled && join.getAttribute('aria-disabled') !== 'true'";
    until("Join can be pressed", PATIENCE, || async {
        let named = guest.has("name-input").await?;
        Ok((named && guest.script(usable).await? == true).then_some(()))
    })
    .await?;
    let join = ms(from);
    guest.fill("name-input", "Anna Rossi").await?;
    // The host is in and sends meanwhile.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let from = Instant::now();
    guest.click("join").await?;
    let painted =
        "return [...document.querySelectorAll('[data-testid=tile] video')].some((v) => Number(v.dataset.frames) > 0)";
    until("the host's picture", PATIENCE, || async { Ok((guest.script(painted).await? == true).then_some(())) })
        .await
        .context("the first picture")?;
    let first = ms(from);
    guest.close().await?;
    host.stop().await?;
    Ok([invitation, join, first])
}
