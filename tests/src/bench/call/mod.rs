//! `./dev bench call`: what a call costs and how it feels, of `visita-peer` and of LiveKit's client in headless Chromium, each
//! in rooms of the same server in the same run.
//!
//! Each of the two is measured with one of its own kind at the other end, or with peers of ours that only load the room.
//! The window's own figures (clicks, painted pictures) are those of `./dev bench`.

mod company;
mod line;
mod loss;
mod sound;

use std::{fmt, path::PathBuf};

use anyhow::{Result, bail};
use serde::Serialize;

pub use sound::devices_alone;

use crate::{chromium, netns};

/// What to measure.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Folder of the built programs.
    #[arg(long)]
    bin_dir: PathBuf,
    /// Only these: join, latency, mouth, one, nine, uplink, dip, loss, outage, moved.
    #[arg(long)]
    only: Vec<String>,
    /// Only this client.
    #[arg(long, value_enum)]
    client: Option<Who>,
    /// Seconds counted where something is counted over time.
    #[arg(long, default_value_t = 15)]
    seconds: u64,
    /// How often what varies is repeated.
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Where the JSON goes, besides stdout.
    #[arg(long)]
    json: Option<PathBuf>,
}

/// Whose client is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// `visita-peer`.
    Ours,
    /// livekit-client in Chromium.
    Chromium,
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ours => "ours",
            Self::Chromium => "chromium",
        })
    }
}

/// One figure of one client.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// What was measured.
    figure: String,
    /// Of whom.
    who: Who,
    /// Sorted.
    values: Vec<f64>,
    unit: &'static str,
}

impl Row {
    fn new(figure: impl Into<String>, who: Who, mut values: Vec<f64>, unit: &'static str) -> Self {
        values.sort_by(f64::total_cmp);
        Self { figure: figure.into(), who, values, unit }
    }

    fn at(&self, percent: usize) -> f64 {
        crate::call::percentile(&self.values, percent)
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { figure, who, values, unit } = self;
        match values.len() {
            0 => write!(f, "{figure:<44}{who:<10}  not reached"),
            1 => write!(f, "{figure:<44}{who:<10}{:>10.2}{:>22}  {unit}", values[0], ""),
            n => {
                let (p50, p95) = (self.at(50), self.at(95));
                write!(f, "{figure:<44}{who:<10}{p50:>10.1}  p95 {p95:>8.1}  n {n:<4}  {unit}")
            }
        }
    }
}

/// What all measurements share.
struct Bench {
    bins: PathBuf,
    seconds: u64,
    runs: usize,
}

/// Measures, and prints a table and JSON.
///
/// # Errors
/// When a server or a client does not start, or nothing arrives.
pub async fn run(arguments: Arguments) -> Result<()> {
    const PARTS: [&str; 10] = ["join", "latency", "mouth", "one", "nine", "uplink", "dip", "loss", "outage", "moved"];
    if let Some(unknown) = arguments.only.iter().find(|name| !PARTS.contains(&name.as_str())) {
        bail!("{unknown} is none of {PARTS:?}");
    }
    let whom: Vec<Who> = match (arguments.client, chromium::missing()) {
        (Some(who), _) => vec![who],
        (None, None) => vec![Who::Ours, Who::Chromium],
        (None, Some(why)) => {
            eprintln!("without Chromium: {why}");
            vec![Who::Ours]
        }
    };
    let bench = Bench { bins: arguments.bin_dir, seconds: arguments.seconds, runs: arguments.runs };
    let no_networks = netns::missing();
    let mut rows = Vec::new();
    for part in PARTS.into_iter().filter(|part| arguments.only.is_empty() || arguments.only.iter().any(|o| o == part)) {
        if let (Some(why), "uplink" | "dip" | "loss" | "outage" | "moved") = (&no_networks, part) {
            eprintln!("without {part}: {why}");
            continue;
        }
        for &who in &whom {
            let measured = match part {
                "join" => company::join(&bench, who).await,
                "latency" => company::latency(&bench, who).await,
                "mouth" => sound::mouth_to_ear(&bench, who).await,
                "one" => company::usage(&bench, who, 1).await,
                "nine" => company::usage(&bench, who, 8).await,
                "uplink" => line::uplink(&bench, who).await,
                "dip" => line::dip(&bench, who).await,
                "outage" => line::outage(&bench, who).await,
                "moved" => line::moved(&bench, who).await,
                _ => loss::all(&bench, who).await,
            };
            match measured {
                Ok(measured) => {
                    measured.iter().for_each(|row| println!("{row}"));
                    rows.extend(measured);
                }
                // One row that cannot be had is no reason to lose the others.
                Err(error) => eprintln!("{part} of {who}: {error:#}"),
            }
        }
    }
    let json = serde_json::to_string(&rows)?;
    println!("{json}");
    if let Some(file) = arguments.json {
        std::fs::write(file, json)?;
    }
    Ok(())
}
