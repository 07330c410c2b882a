//! `./dev bench`: the call's figures, several runs, as a table and as JSON; `./dev bench sfu`: the media server's.

use std::{path::PathBuf, time::Duration};

use clap::{Parser, ValueEnum};
use visita_tests::{
    bench::sfu,
    call::{self, Figures},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// A call of two, in the window.
    Call,
    /// The media server beside livekit-server.
    Sfu,
}

#[derive(Parser)]
struct Arguments {
    /// What is measured.
    #[arg(value_enum, default_value_t = What::Call)]
    what: What,
    /// Of the media server's scenarios, only those with these names.
    #[arg(long)]
    only: Vec<String>,
    /// Seconds counted of each scenario of the media server.
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// Folder of the built programs.
    #[arg(long)]
    bin_dir: PathBuf,
    /// How often the call is held.
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Where the JSON goes, besides stdout.
    #[arg(long)]
    json: Option<PathBuf>,
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
    if arguments.what == What::Sfu {
        return bench_sfu(&arguments).await;
    }
    let mut runs = Vec::new();
    for _ in 0..arguments.runs {
        runs.push(call::measured(&arguments.bin_dir, None).await?);
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

async fn bench_sfu(arguments: &Arguments) -> anyhow::Result<()> {
    let wanted = |one: &&sfu::Scenario| arguments.only.is_empty() || arguments.only.iter().any(|name| name == one.name);
    let scenarios: Vec<sfu::Scenario> = sfu::SCENARIOS.iter().filter(wanted).copied().collect();
    let times = sfu::Times { settle: Duration::from_secs(5), window: Duration::from_secs(arguments.seconds) };
    let mut all = Vec::new();
    for _ in 0..arguments.runs {
        let figures = sfu::measure(&arguments.bin_dir, &scenarios, times).await?;
        print!("{}", sfu::table(&figures));
        all.push(figures);
    }
    let json = serde_json::to_string(&all)?;
    println!("{json}");
    if let Some(file) = &arguments.json {
        std::fs::write(file, json)?;
    }
    Ok(())
}
