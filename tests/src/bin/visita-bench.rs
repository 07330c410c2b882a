//! `./dev bench`: the call's figures, several runs, as a table and as JSON; `./dev bench sfu`: the media server's.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Parser, Subcommand};
use visita_tests::{
    bench::{api, app, call as calls, page, recording, sfu, tools},
    call::{self, Figures},
};

#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    what: Option<What>,
    /// Folder of the built programs.
    #[arg(long)]
    bin_dir: Option<PathBuf>,
    /// How often the call is held.
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Where the JSON goes, besides stdout.
    #[arg(long)]
    json: Option<PathBuf>,
}

/// One part rather than the whole call.
#[derive(Subcommand)]
enum What {
    /// The window: its start, and calls of different sizes.
    App(app::Arguments),
    /// Calls of ours beside those of LiveKit's client in Chromium.
    Call(calls::Arguments),
    /// Rooms made over REST.
    Api(api::Arguments),
    /// The link in a browser: until Join, and until the first picture.
    Page(page::Arguments),
    /// The media server beside livekit-server.
    Sfu(sfu::Arguments),
    /// Chat, files and whiteboard.
    Tools(tools::Arguments),
    /// The recorder, and films made of separate tracks.
    Recording(recording::Arguments),
    /// From the microphone to the speaker without a call between them, until it is ended.
    #[command(hide = true)]
    Devices,
}

type Row = (&'static str, &'static str, fn(&Figures) -> f64);

const ROWS: [Row; 8] = [
    ("join to first painted frame", "ms", |f| f.join_to_first_painted_ms),
    ("painted", "frames/s", |f| f.painted_fps),
    ("glass to glass p50", "ms", |f| f.glass_to_glass_p50_ms),
    ("glass to glass p95", "ms", |f| f.glass_to_glass_p95_ms),
    ("our picture at the peer", "frames/s", |f| f.peer_fps),
    ("our picture at the peer, latency p50", "ms", |f| f.peer_latency_p50_ms),
    ("CPU, app with web view", "cores", |f| f.app_cpu_cores),
    ("memory (PSS), app with web view", "MB", |f| f.app_pss_mb),
];

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    match arguments.what {
        Some(What::App(arguments)) => return app::run(arguments).await,
        Some(What::Call(arguments)) => return calls::run(arguments).await,
        Some(What::Api(arguments)) => return api::run(arguments).await,
        Some(What::Page(arguments)) => return page::run(arguments).await,
        Some(What::Sfu(arguments)) => return sfu::run(arguments).await,
        Some(What::Tools(arguments)) => return tools::run(arguments).await,
        Some(What::Recording(arguments)) => return recording::run(arguments).await,
        Some(What::Devices) => return calls::devices_alone(),
        None => {}
    }
    let bin_dir = arguments.bin_dir.context("--bin-dir is missing")?;
    let mut runs = Vec::new();
    for _ in 0..arguments.runs {
        runs.push(call::measured(&bin_dir, None).await?);
    }
    for (name, unit, value) in ROWS {
        print!("{name:<38}");
        for run in &runs {
            print!("{:>10.3}", value(run));
        }
        println!("  {unit}");
    }
    let names: Vec<&String> = runs.first().into_iter().flat_map(|run| run.cpu_cores.iter().map(|(n, _)| n)).collect();
    for (at, name) in names.into_iter().enumerate() {
        print!("CPU, {name:<33}");
        for run in &runs {
            print!("{:>10.3}", run.cpu_cores.get(at).map_or(f64::NAN, |(_, cores)| *cores));
        }
        println!("  cores");
    }
    let json = serde_json::to_string(&runs)?;
    println!("{json}");
    if let Some(file) = arguments.json {
        std::fs::write(file, json)?;
    }
    Ok(())
}
