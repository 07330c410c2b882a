//! `./dev bench sfu`: our media server and `livekit-server` under the same load, one after the other in one run: CPU per
//! forwarded packet, forwarding delay, time to the first picture, memory, loss.
//!
//! The load is made here, on one thread: participants on `str0m` that send packets of the sizes and rates of encoders.

mod connection;
mod histogram;
mod media;
mod participant;
mod totals;

use std::{
    cell::RefCell,
    path::{Path, PathBuf},
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde::Serialize;
use tokio::{
    process::Command,
    sync::{oneshot, watch},
    task::{JoinHandle, LocalSet},
    time::{sleep, timeout},
};

use crate::{
    livekit_server::{self, LiveKitServer},
    process::{Running, own_cpu_time},
};
use connection::Factory;
use participant::{Grid, Left, Part, Run, Video, take_part};
use totals::Totals;

/// What to measure.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Folder of the built programs.
    #[arg(long)]
    bin_dir: PathBuf,
    /// Only the scenarios with these names.
    #[arg(long)]
    only: Vec<String>,
    /// Seconds counted of each scenario.
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// How often everything is measured.
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Where the JSON goes, besides stdout.
    #[arg(long)]
    json: Option<PathBuf>,
}

/// Measures, and prints a table for each run and JSON.
///
/// # Errors
/// When a server does not start.
pub async fn run(arguments: Arguments) -> Result<()> {
    let wanted = |one: &&Scenario| arguments.only.is_empty() || arguments.only.iter().any(|name| name == one.name);
    let scenarios: Vec<Scenario> = SCENARIOS.iter().filter(wanted).copied().collect();
    let times = Times { settle: Duration::from_secs(5), window: Duration::from_secs(arguments.seconds) };
    let mut all = Vec::new();
    for _ in 0..arguments.runs {
        let figures = measure(&arguments.bin_dir, &scenarios, times).await?;
        print!("{}", table(&figures));
        all.push(figures);
    }
    let json = serde_json::to_string(&all)?;
    println!("{json}");
    if let Some(file) = arguments.json {
        std::fs::write(file, json)?;
    }
    Ok(())
}

/// What is loaded onto a server.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// As the table names it.
    pub name: &'static str,
    /// Participants that send (and see each other, when `mesh`).
    pub publishers: usize,
    /// Participants that only receive.
    pub subscribers: usize,
    video: Video,
    mesh: bool,
    grid: Option<Grid>,
    /// Of those who only receive: joining at once.
    at_once: usize,
}

/// All scenarios.
pub const SCENARIOS: [Scenario; 4] = [
    Scenario {
        name: "mesh9",
        publishers: 9,
        subscribers: 0,
        video: Video::Simulcast,
        mesh: true,
        grid: None,
        at_once: 1,
    },
    Scenario {
        name: "room25",
        publishers: 25,
        subscribers: 0,
        video: Video::Simulcast,
        mesh: true,
        grid: Some(Grid { people: 25, seen: 9 }),
        at_once: 1,
    },
    Scenario {
        name: "1to200",
        publishers: 1,
        subscribers: 200,
        video: Video::Single,
        mesh: false,
        grid: None,
        at_once: 25,
    },
    Scenario {
        name: "1to400",
        publishers: 1,
        subscribers: 400,
        video: Video::Single,
        mesh: false,
        grid: None,
        at_once: 25,
    },
];

/// How long each part of a run takes.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// From the last join to the window.
    pub settle: Duration,
    /// The window that is counted.
    pub window: Duration,
}

/// What one server showed in one scenario.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    /// Server.
    pub server: &'static str,
    /// Scenario.
    pub scenario: &'static str,
    /// Processor time of the server per packet that arrived at a subscriber, in microseconds.
    pub cpu_us_per_packet: f64,
    /// Cores the server took.
    pub cores: f64,
    /// Cores the load took, on the same machine.
    pub load_cores: f64,
    /// Packets per second that arrived at subscribers.
    pub packets_per_s: f64,
    /// Megabits of media per second that arrived at subscribers.
    pub mbit_per_s: f64,
    /// Forwarding delay, milliseconds.
    pub delay_p50_ms: f64,
    /// Forwarding delay, milliseconds.
    pub delay_p99_ms: f64,
    /// Of the packets meant for subscribers.
    pub loss: f64,
    /// Resident memory of the server at the end of the window, MB.
    pub rss_mb: f64,
    /// From before the WebSocket to the first video packet, milliseconds: one at a time (or all of a mesh).
    pub first_video_p50_ms: f64,
    /// The same for 25 at once.
    pub at_once_p95_ms: Option<f64>,
    /// Processor time of the server per join, milliseconds; of those who only receive.
    pub cpu_ms_per_join: Option<f64>,
    /// Participants that failed, and streams that never came.
    pub failed: usize,
}

/// Measures both servers, or only ours when `livekit-server` is not set up.
///
/// # Errors
/// A server does not start, or nobody gets in.
pub async fn measure(bin_dir: &Path, scenarios: &[Scenario], times: Times) -> Result<Vec<Figures>> {
    let mut figures = Vec::new();
    for &scenario in scenarios {
        if let Some(program) = livekit_server::program() {
            let server = LiveKitServer::start(&program).await?;
            figures.push(load("livekit-server", &server.url(), server.pid(), scenario, times).await?);
        } else {
            eprintln!("SKIPPED livekit-server: it is not set up");
        }
        let mut server = Running::start(
            Command::new(bin_dir.join("visita-server"))
                .args(["--dev", "--listen", "127.0.0.1:0"])
                .stderr(std::process::Stdio::null()),
        )?;
        let line = server.line(Duration::from_secs(20)).await?;
        let url = line.strip_prefix("ready http").context("visita-server did not say where it serves")?;
        figures.push(load("visita-server", &format!("ws{url}"), server.pid(), scenario, times).await?);
        server.terminate().await?;
    }
    Ok(figures)
}

async fn load(server: &'static str, url: &str, pid: u32, scenario: Scenario, times: Times) -> Result<Figures> {
    LocalSet::new().run_until(load_here(server, url.to_owned(), pid, scenario, times)).await
}

async fn load_here(server: &'static str, url: String, pid: u32, scenario: Scenario, times: Times) -> Result<Figures> {
    let totals = Rc::new(RefCell::new(Totals::default()));
    let (end, stop) = watch::channel(false);
    let room = format!("load-{}-{}", scenario.name, media::now_ns());
    let run = Run { factory: Factory::new()?, url, room, totals: totals.clone(), stop };
    let mut people = People { run, tasks: Vec::new() };

    for number in 0..scenario.publishers {
        let Scenario { video, mesh, grid, .. } = scenario;
        people.join(&[Part { number, video, audio: true, subscribes: mesh, grid }]).await?;
    }
    let listeners: Vec<Part> = (0..scenario.subscribers)
        .map(|index| Part {
            number: scenario.publishers + index,
            video: Video::None,
            audio: false,
            subscribes: true,
            grid: None,
        })
        .collect();
    if scenario.publishers == 1 {
        // Whoever joins is to find a picture.
        sleep(Duration::from_secs(1)).await;
    }
    let before = own_cpu_time(pid);
    let (single, crowd) = listeners.split_at(listeners.len().min(10));
    let mut first_video = Vec::new();
    for one in single {
        people.join(std::slice::from_ref(one)).await?;
        people.until_seen(1, &mut first_video).await;
    }
    let mut at_once = Vec::new();
    let mut cpu_ms_per_join = None;
    for (round, some) in crowd.chunks(scenario.at_once.max(1)).enumerate() {
        people.join(some).await?;
        people.until_seen(some.len(), &mut at_once).await;
        if round == 0 {
            let joins = (single.len() + some.len()) as f64;
            cpu_ms_per_join = Some((own_cpu_time(pid) - before).as_secs_f64() * 1000.0 / joins);
        }
    }
    sleep(times.settle).await;
    if listeners.is_empty() {
        first_video.append(&mut totals.borrow_mut().first_video_ms);
    }

    let (server_before, own_before, started) = (own_cpu_time(pid), own_cpu_time(std::process::id()), Instant::now());
    totals.borrow_mut().counting = true;
    sleep(times.window).await;
    totals.borrow_mut().counting = false;
    let window = started.elapsed().as_secs_f64();
    let server_cpu = (own_cpu_time(pid) - server_before).as_secs_f64();
    let load_cpu = (own_cpu_time(std::process::id()) - own_before).as_secs_f64();
    let rss_mb = rss_mb(pid);
    end.send(true)?;
    let left = people.leave().await;

    let totals = totals.borrow();
    totals.failed.iter().take(5).for_each(|why| eprintln!("{server} {}: {why}", scenario.name));
    if totals.received == 0 {
        bail!("{server} {}: nothing arrived", scenario.name);
    }
    let received = totals.received as f64;
    let lost = left.lost as f64;
    Ok(Figures {
        server,
        scenario: scenario.name,
        cpu_us_per_packet: server_cpu * 1e6 / received,
        cores: server_cpu / window,
        load_cores: load_cpu / window,
        packets_per_s: received / window,
        mbit_per_s: totals.bytes as f64 * 8e-6 / window,
        delay_p50_ms: totals.delay.quantile_ms(0.5),
        delay_p99_ms: totals.delay.quantile_ms(0.99),
        loss: lost / (received + lost),
        rss_mb,
        first_video_p50_ms: quantile(&mut first_video, 0.5).unwrap_or(f64::NAN),
        at_once_p95_ms: quantile(&mut at_once, 0.95),
        cpu_ms_per_join,
        failed: totals.failed.len() + missing(scenario, left.streams),
    })
}

/// Streams that should have come and did not.
fn missing(scenario: Scenario, streams: usize) -> usize {
    let Scenario { publishers, subscribers, mesh, grid, .. } = scenario;
    let wanted = match (mesh, grid) {
        (false, _) => 2 * publishers * subscribers,
        (true, None) => 2 * publishers * (publishers - 1),
        // Sound of everybody; the speaker is among those seen, or one more.
        (true, Some(grid)) => publishers * (publishers - 1 + grid.seen),
    };
    wanted.saturating_sub(streams)
}

struct People {
    run: Run,
    tasks: Vec<JoinHandle<Result<Left>>>,
}

impl People {
    /// Has some join at once and waits until they are let in.
    async fn join(&mut self, parts: &[Part]) -> Result<()> {
        let mut waiting = Vec::new();
        for &part in parts {
            let (joined, join) = oneshot::channel();
            let run = self.run.clone();
            self.tasks.push(tokio::task::spawn_local(async move {
                let totals = run.totals.clone();
                let result = take_part(part, run, joined).await;
                if let Err(error) = &result {
                    totals.borrow_mut().failed.push(format!("p{}: {error:#}", part.number));
                }
                result
            }));
            waiting.push(join);
        }
        for join in waiting {
            timeout(Duration::from_secs(20), join).await.context("a join takes too long")?.ok();
        }
        Ok(())
    }

    /// Waits until so many have a picture, and takes their times.
    async fn until_seen(&self, count: usize, times: &mut Vec<f64>) {
        let started = Instant::now();
        let seen = || self.run.totals.borrow().first_video_ms.len();
        while seen() < count && started.elapsed() < Duration::from_secs(10) {
            sleep(Duration::from_millis(5)).await;
        }
        times.append(&mut self.run.totals.borrow_mut().first_video_ms);
    }

    async fn leave(&mut self) -> Left {
        let mut all = Left::default();
        for task in self.tasks.drain(..) {
            if let Ok(Ok(Ok(left))) = timeout(Duration::from_secs(5), task).await {
                all.lost += left.lost;
                all.streams += left.streams;
            }
        }
        all
    }
}

fn quantile(values: &mut [f64], share: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(((values.len() as f64 * share) as usize).min(values.len().checked_sub(1)?)).copied()
}

fn rss_mb(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1024.0
}

/// The figures side by side, with ratios where both servers were measured.
pub fn table(figures: &[Figures]) -> String {
    type Row = (&'static str, fn(&Figures) -> f64);
    const ROWS: [Row; 12] = [
        ("CPU per packet, us", |f| f.cpu_us_per_packet),
        ("cores", |f| f.cores),
        ("packets/s", |f| f.packets_per_s),
        ("Mbit/s", |f| f.mbit_per_s),
        ("delay p50, ms", |f| f.delay_p50_ms),
        ("delay p99, ms", |f| f.delay_p99_ms),
        ("loss, %", |f| f.loss * 100.0),
        ("memory, MB", |f| f.rss_mb),
        ("first video p50, ms", |f| f.first_video_p50_ms),
        ("25 at once p95, ms", |f| f.at_once_p95_ms.unwrap_or(f64::NAN)),
        ("CPU per join, ms", |f| f.cpu_ms_per_join.unwrap_or(f64::NAN)),
        ("failed", |f| f.failed as f64),
    ];
    let mut text = format!("{:<10}{:<22}{:>16}{:>16}{:>10}\n", "", "", "livekit-server", "visita-server", "ratio");
    for ours in figures.iter().filter(|one| one.server == "visita-server") {
        let theirs = figures.iter().find(|one| one.server != ours.server && one.scenario == ours.scenario);
        for (name, value) in ROWS {
            let (a, b) = (theirs.map_or(f64::NAN, value), value(ours));
            if b.is_nan() {
                continue;
            }
            text += &format!("{:<10}{name:<22}{a:>16.3}{b:>16.3}{:>10.2}\n", ours.scenario, b / a);
        }
    }
    text
}
