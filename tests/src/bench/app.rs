//! `./dev bench app`: the window's own figures. How long a first start takes, when a stroke of another is seen, and what
//! calls of different sizes cost in the app together with its web view.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use serde::Serialize;

use crate::{
    bench::painted,
    call::{app_pid, percentile, round},
    display::Display,
    process::{cpu_time, pss_mb},
    rooms::{Peer, Server},
    sound::Sound,
    until,
    window::{PATIENCE, Setting, Window},
};

/// From the first pictures until what is counted: encoders and sizes have settled.
const SETTLE: Duration = Duration::from_secs(8);

/// What to measure.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Folder of the built programs.
    #[arg(long)]
    bin_dir: PathBuf,
    /// Sizes of the calls, oneself included.
    #[arg(long, value_delimiter = ',', default_values_t = [2, 9, 25])]
    people: Vec<usize>,
    /// Seconds counted in each call.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// How often it is started.
    #[arg(long, default_value_t = 3)]
    starts: usize,
    /// Where the JSON goes, besides stdout.
    #[arg(long)]
    json: Option<PathBuf>,
}

#[derive(Debug, Default, Serialize)]
struct Report {
    /// From starting the program on an empty folder until its own server runs and a room can be made, ms, sorted. The
    /// driver that clicks is part of it.
    cold_start_ms: Vec<f64>,
    /// Strokes of another until they are painted here: the middle, the 95th of a hundred and the longest, ms.
    stroke_painted_ms: [f64; 3],
    calls: Vec<CallFigures>,
    /// Of the newest package beside the programs, MB.
    deb_mb: Option<f64>,
}

#[derive(Debug, Serialize)]
struct CallFigures {
    people: usize,
    /// Click on Join until somebody's first picture was painted, ms.
    join_to_first_painted_ms: f64,
    /// Painted pictures per second of the tile with the fewest, and of the one in the middle.
    least_fps: f64,
    median_fps: f64,
    app_cpu_cores: f64,
    /// Proportional.
    app_memory_mb: f64,
}

/// Measures, and prints a table and JSON.
///
/// # Errors
/// When a program does not start, or nothing is painted.
pub async fn run(arguments: Arguments) -> Result<()> {
    let Arguments { bin_dir, people, seconds, starts, json } = arguments;
    let mut report = Report { deb_mb: deb_mb(&bin_dir), ..Report::default() };
    for _ in 0..starts {
        report.cold_start_ms.push(cold_start(&bin_dir).await?);
    }
    report.cold_start_ms.sort_by(f64::total_cmp);
    println!("{:<44}{:>10.0} ms", "cold start to a room that can be made, p50", percentile(&report.cold_start_ms, 50));
    report.stroke_painted_ms = painted::strokes(&bin_dir).await?;
    for (what, ms) in ["p50", "p95", "longest"].into_iter().zip(report.stroke_painted_ms) {
        println!("{:<44}{ms:>10.0} ms", format!("another's stroke until it is painted, {what}"));
    }
    for people in people {
        let figures = call(&bin_dir, people, Duration::from_secs(seconds)).await?;
        println!("a call of {people}");
        println!("  {:<42}{:>10.0} ms", "join to first painted picture", figures.join_to_first_painted_ms);
        println!("  {:<42}{:>10.1} frames/s", "painted, the slowest tile", figures.least_fps);
        println!("  {:<42}{:>10.1} frames/s", "painted, the tile in the middle", figures.median_fps);
        println!("  {:<42}{:>10.2} cores", "CPU, app with web view", figures.app_cpu_cores);
        println!("  {:<42}{:>10.1} MB", "memory (PSS), app with web view", figures.app_memory_mb);
        report.calls.push(figures);
    }
    if let Some(size) = report.deb_mb {
        println!("{:<44}{size:>10.1} MB", "package");
    }
    let text = serde_json::to_string(&report)?;
    println!("{text}");
    if let Some(file) = json {
        std::fs::write(file, text)?;
    }
    Ok(())
}

async fn cold_start(bins: &Path) -> Result<f64> {
    let display = Display::start(1280, 800).await?;
    let setting = Setting { display: display.name().to_owned(), ..Setting::default() };
    let started = Instant::now();
    let window = Window::open(bins, &setting).await?;
    window.find("new-room-button").await?;
    window.view("the server runs", |view| view["server"]["state"] == "running").await?;
    let took = started.elapsed();
    window.close().await?;
    Ok(round(took.as_secs_f64() * 1000.0, 0))
}

async fn call(bins: &Path, people: usize, measure: Duration) -> Result<CallFigures> {
    let display = Display::start(1280, 800).await?;
    let sound = Sound::start().await?;
    let server = Server::start(bins).await?;
    let room = server.room(people).await?;
    let (mine, theirs) = room.links.split_first().context("no links")?;
    let count = theirs.len().to_string();
    let mut arguments: Vec<&str> = theirs.iter().map(String::as_str).collect();
    // The windows of all others but one are on other machines; that one shows as many as this.
    arguments.extend(["--count", &count, "--receiving", "1"]);
    let tile = tile(people);
    arguments.extend(["--tile", &tile]);
    let others = Peer::join(bins, &arguments)?;
    let setting = Setting {
        display: display.name().to_owned(),
        pulse_server: Some(sound.server()),
        env: vec![("VISITA_CAMERA".into(), "pattern".into()), ("VISITA_MICROPHONE".into(), "tone".into())],
        arguments: vec![mine.clone()],
    };
    let window = Window::open(bins, &setting).await?;
    window.click("join").await?;
    until("everybody's pictures", PATIENCE, || async {
        let painted = painted(&window).await?;
        Ok((painted.len() == theirs.len() && painted.iter().all(|frames| *frames > 10.0)).then_some(()))
    })
    .await?;
    tokio::time::sleep(SETTLE).await;
    let app = app_pid(window.pid())?;
    let (before, cpu_before, started) = (painted(&window).await?, cpu_time(app), Instant::now());
    tokio::time::sleep(measure).await;
    let (after, cpu_after, seconds) = (painted(&window).await?, cpu_time(app), started.elapsed().as_secs_f64());
    let mut fps: Vec<f64> =
        before.iter().zip(&after).map(|(before, after)| round((after - before) / seconds, 1)).collect();
    fps.sort_by(f64::total_cmp);
    let app_memory_mb = round(pss_mb(app), 1);
    let diagnostics = window.invoke("diagnostics").await?;
    window.close().await?;
    others.stop().await?;
    Ok(CallFigures {
        people,
        join_to_first_painted_ms: round(diagnostics["join_to_first_painted_ms"].as_f64().unwrap_or(f64::NAN), 1),
        least_fps: fps.first().copied().unwrap_or_default(),
        median_fps: percentile(&fps, 50),
        app_cpu_cores: round(cpu_after.saturating_sub(cpu_before).as_secs_f64() / seconds, 2),
        app_memory_mb,
    })
}

/// How large everybody is in a window of so many, as `visita-peer` takes it.
fn tile(people: usize) -> String {
    let side = (1_usize..).find(|side| side * side >= people.saturating_sub(1)).unwrap_or(1);
    format!("{}x{}", 1280 / side, 720 / side)
}

/// Pictures painted so far in each tile of the others.
async fn painted(window: &Window) -> Result<Vec<f64>> {
    let counted = window
        .script(
            "return [...document.querySelectorAll('[data-testid=\"tile\"] canvas')]
                 .map((canvas) => Number(canvas.dataset.frames || 0));",
        )
        .await?;
    Ok(serde_json::from_value(counted)?)
}

fn deb_mb(bins: &Path) -> Option<f64> {
    let folder = bins.parent()?.join("release/bundle/deb");
    let packages = std::fs::read_dir(folder).ok()?.flatten();
    let files = packages.filter(|entry| entry.path().extension().is_some_and(|extension| extension == "deb"));
    let newest = files.filter_map(|entry| entry.metadata().ok()).max_by_key(|about| about.modified().ok())?;
    #[allow(clippy::cast_precision_loss, reason = "some megabytes")]
    Some(round(newest.len() as f64 / 1e6, 1))
}
