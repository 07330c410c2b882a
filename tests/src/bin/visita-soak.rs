//! `./dev soak`: every pairing of clients, on the built-in media server and on LiveKit's, and then a long call in which
//! nothing may grow or stop.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use clap::Parser;
use visita_tests::{
    bin_dir,
    livekit_server::{self, LiveKitServer},
    pairs::{Who, pair},
    process::{cpu_time, pss_mb},
    rooms::{Peer, Server, videos},
};

/// Long runs of the whole system.
#[derive(Parser)]
struct Options {
    /// Length of the long call, in minutes.
    #[arg(long, default_value_t = 30)]
    minutes: u64,
    /// Only the pairings.
    #[arg(long)]
    pairs_only: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    let mut failed = 0;
    for elsewhere in [false, true] {
        match pairings(elsewhere).await {
            Ok(lost) => failed += lost,
            Err(error) => {
                println!("FAILED: {error:#}");
                failed += 1;
            }
        }
    }
    if !options.pairs_only
        && let Err(error) = long_call(Duration::from_secs(60 * options.minutes)).await
    {
        println!("FAILED: long call: {error:#}");
        failed += 1;
    }
    println!("{failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Every pair of clients in a room of its own; returns how many failed.
async fn pairings(elsewhere: bool) -> Result<u32> {
    let bins = bin_dir()?;
    let livekit = match (elsewhere, livekit_server::program()) {
        (false, _) => None,
        (true, Some(program)) => Some(LiveKitServer::start(&program).await?),
        (true, None) => {
            println!("SKIPPED: pairings on livekit-server: it is not set up");
            return Ok(0);
        }
    };
    let url = livekit.as_ref().map(LiveKitServer::url);
    let arguments: Vec<&str> = match &url {
        Some(url) => vec!["--livekit-url", url, "--livekit-key", "devkey", "--livekit-secret", "secret"],
        None => vec![],
    };
    let server = Server::start_with(&bins, &arguments).await?;
    let place = if elsewhere { "livekit-server" } else { "built in" };
    let mut failed = 0;
    for (n, first) in Who::ALL.into_iter().enumerate() {
        for second in Who::ALL.into_iter().skip(n) {
            if let Some(why) = first.missing().or_else(|| second.missing()) {
                println!("SKIPPED: {first} and {second}: {why}");
                continue;
            }
            match pair(&bins, &server, [first, second]).await {
                Ok(()) => println!("ok: {first} and {second} ({place})"),
                Err(error) => {
                    println!("FAILED: {first} and {second} ({place}): {error:#}");
                    failed += 1;
                }
            }
        }
    }
    Ok(failed)
}

/// Two of our peers for a long time: pictures keep coming, and the server's memory stays where it was.
async fn long_call(length: Duration) -> Result<()> {
    let bins = bin_dir()?;
    let server = Server::start(&bins).await?;
    let room = server.room(2).await?;
    let seconds = format!("{}s", length.as_secs() + 30);
    let first = Peer::join(&bins, &[&room.links[0], "--for", &seconds])?;
    let second = Peer::join(&bins, &[&room.links[1], "--for", &seconds])?;
    let started = Instant::now();
    // After the first minute everything that is made once has been made.
    tokio::time::sleep(Duration::from_secs(60).min(length / 4)).await;
    let early = pss_mb(server.running.pid());
    tokio::time::sleep(length.saturating_sub(started.elapsed())).await;
    let late = pss_mb(server.running.pid());
    let cores = cpu_time(server.running.pid()).as_secs_f64() / started.elapsed().as_secs_f64();
    println!("long call: server {early:.1} MB, then {late:.1} MB; {cores:.3} cores");
    for peer in [first, second] {
        let report = peer.stop().await?;
        let video = videos(&report).into_iter().next().context("nobody was seen")?;
        println!("long call: {video}");
        let frames = video["frames"].as_f64().unwrap_or(0.0);
        ensure!(frames > 20.0 * length.as_secs_f64(), "too few pictures: {video}");
    }
    ensure!(late < early * 1.2 + 5.0, "the server's memory grows");
    Ok(())
}
