//! `visita-recorder`: makes one recording of one room.
//!
//! Without a command it reads a [`RecorderJob`] and then [`RecorderOrder`]s from its standard input, one JSON object a line,
//! and writes [`visita_protocol::recorder::RecorderReport`]s to its standard output. Exit status 0 when the recording ended
//! properly, 1 when it failed, 2 for a job that is malformed.

use std::{
    io::{BufRead, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};
use visita_protocol::{
    composition::{CompositionJob, CompositionReport},
    recorder::{RecorderEnd, RecorderJob, RecorderOrder},
};
use visita_recorder::{
    Reports, composition, mp4, record, tracks,
    webm::{self, Finished},
};

/// Sides of a picture in pixels that make sense.
const SMALLEST_SIDE: u16 = 64;
const SMALLEST_COMPOSED: u16 = 16;
const LARGEST_SIDE: u16 = 3840;

#[derive(Parser)]
#[command(name = "visita-recorder", about = "Records a room as a hidden participant", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Mends a recording whose recorder died: cuts its broken end, writes index and duration.
    Repair {
        /// The recording.
        file: PathBuf,
    },
    /// Mends separate tracks whose recorder died; tells of those that can be played as JSON.
    Tracks {
        /// The list of them.
        list: PathBuf,
    },
    /// Makes one film of separate tracks: reads what to do as a line of JSON from standard input, and tells its progress as
    /// lines of JSON.
    Compose,
    /// Converts a recording to MP4 (H.264 and Opus); tells its progress as lines of JSON.
    Mp4 {
        /// The recording.
        from: PathBuf,
        /// The file to make.
        to: PathBuf,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info,webrtc=off,rtc=off".into()),
        )
        .init();
    match cli.command {
        None => run(),
        Some(Command::Repair { file }) => repair(&file),
        Some(Command::Tracks { list }) => mend(&list),
        Some(Command::Compose) => compose(),
        Some(Command::Mp4 { from, to }) => convert(&from, &to),
    }
}

fn run() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    match runtime {
        Ok(runtime) => {
            let code = runtime.block_on(work());
            // What is left of the connection may take as long as it likes to notice.
            runtime.shutdown_background();
            code
        }
        Err(error) => {
            tracing::error!(%error, "no runtime");
            ExitCode::FAILURE
        }
    }
}

async fn work() -> ExitCode {
    let mut lines = input();
    let job = match first(&mut lines).await {
        Ok(job) => job,
        Err(why) => {
            // What was read may hold a token, so only what is wrong about it is told.
            tracing::error!("the job is malformed: {why}");
            return ExitCode::from(2);
        }
    };
    visita_rtc::use_aws_lc();
    let (orders, to_do) = unbounded_channel();
    let listening = tokio::spawn(listen(lines, orders));
    let (reports, mut told) = Reports::new();
    let telling = tokio::spawn(async move {
        while let Some(report) = told.recv().await {
            let Ok(line) = serde_json::to_string(&report) else { continue };
            let mut out = std::io::stdout().lock();
            // A server that reads no more has died; its end of our input says so too.
            let _ = writeln!(out, "{line}").and_then(|()| out.flush());
        }
    });
    let reason = record(job, to_do, reports).await;
    listening.abort();
    let _ = telling.await;
    if reason == RecorderEnd::Failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// The lines of standard input, read by a thread of their own.
fn input() -> UnboundedReceiver<String> {
    let (lines, read) = unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            if lines.send(line).is_err() {
                return;
            }
        }
    });
    read
}

/// The job, if there is one that can be done.
async fn first(lines: &mut UnboundedReceiver<String>) -> Result<RecorderJob, String> {
    let line = lines.recv().await.ok_or("nothing was said")?;
    let job: RecorderJob =
        serde_json::from_str(&line).map_err(|error| format!("{:?} in column {}", error.classify(), error.column()))?;
    let side = |side: u16| (SMALLEST_SIDE..=LARGEST_SIDE).contains(&side) && side.is_multiple_of(2);
    if !side(job.width) || !side(job.height) {
        return Err(format!("{}x{} is no size for a picture", job.width, job.height));
    }
    if !(1..=60).contains(&job.fps) {
        return Err(format!("{} pictures a second", job.fps));
    }
    let folder = Path::new(&job.output).parent().filter(|folder| !folder.as_os_str().is_empty());
    if job.output.is_empty() || folder.is_some_and(|folder| !folder.is_dir()) {
        return Err("there is no folder for the output".to_owned());
    }
    Ok(job)
}

/// Gives on orders; ends with the input, or when the system says so.
async fn listen(mut lines: UnboundedReceiver<String>, orders: UnboundedSender<RecorderOrder>) {
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return;
    };
    loop {
        let line = tokio::select! {
            line = lines.recv() => line,
            _ = terminate.recv() => return,
            _ = interrupt.recv() => return,
        };
        let Some(line) = line else { return };
        match serde_json::from_str(&line) {
            Ok(order) => {
                if orders.send(order).is_err() {
                    return;
                }
            }
            Err(error) => tracing::warn!("an order is not understood: {:?}", error.classify()),
        }
    }
}

fn repair(file: &Path) -> ExitCode {
    match webm::repair(file) {
        Ok(repaired) => {
            println!(
                "{}",
                serde_json::json!({
                    "recorded_ms": repaired.file.duration_ms,
                    "bytes": repaired.file.bytes,
                    "changed": repaired.changed,
                })
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "the file cannot be repaired");
            ExitCode::FAILURE
        }
    }
}

fn mend(list: &Path) -> ExitCode {
    match tracks::mend(list) {
        Ok(tracks) => {
            println!("{}", serde_json::json!({ "tracks": tracks }));
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "the list of tracks cannot be read");
            ExitCode::FAILURE
        }
    }
}

fn compose() -> ExitCode {
    let mut line = String::new();
    let job: CompositionJob = match std::io::stdin().lock().read_line(&mut line).map(|_| serde_json::from_str(&line)) {
        Ok(Ok(job)) => job,
        Ok(Err(error)) => {
            tracing::error!("the job is malformed: {error}");
            return ExitCode::from(2);
        }
        Err(error) => {
            tracing::error!(%error, "there is no job");
            return ExitCode::from(2);
        }
    };
    let side = |side: u16| (SMALLEST_COMPOSED..=LARGEST_SIDE).contains(&side) && side.is_multiple_of(2);
    if !side(job.width) || !side(job.height) || !(1..=60).contains(&job.fps) {
        tracing::error!("{}x{} at {} pictures a second is no film", job.width, job.height, job.fps);
        return ExitCode::from(2);
    }
    let tell = |report: &CompositionReport| {
        // Who started it may not listen any more.
        let line = serde_json::to_string(report).unwrap_or_default();
        let _ = writeln!(std::io::stdout(), "{line}");
    };
    match composition::compose(&job, |progress| tell(&CompositionReport::Progress { progress })) {
        Ok(Finished { duration_ms, bytes }) => {
            tell(&CompositionReport::Done { recorded_ms: duration_ms, bytes });
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "no composition");
            tell(&CompositionReport::Failed { reason: error.reason() });
            ExitCode::FAILURE
        }
    }
}

fn convert(from: &Path, to: &Path) -> ExitCode {
    let progress = |share: f32| {
        // Who started it may not listen any more.
        let _ = writeln!(std::io::stdout(), "{{\"progress\":{share:.2}}}");
    };
    match mp4::convert(from, to, progress) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the recording cannot be converted");
            ExitCode::FAILURE
        }
    }
}
