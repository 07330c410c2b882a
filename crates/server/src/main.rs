//! `visita-server`: the room server on its own.
//!
//! One line goes to stdout when it serves, `ready http://HOST:PORT`; everything else goes to stderr.

mod flags;

use std::{io::Write, process::ExitCode};

use flags::{Log, LogFormat};
use tokio::signal;
use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt, filter_fn},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};
use visita_server::{RunningServer, StartError};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Something failed that is neither settings nor address nor data.
const FAILED: u8 = 1;

fn main() -> ExitCode {
    let (config, log) = match flags::read() {
        Ok(read) => read,
        Err(flags::Stop::Told(code)) => return code,
        Err(flags::Stop::Wrong(error)) => return fail(&StartError::Config(error)),
    };
    if let Err(error) = start_log(&log) {
        return fail(&StartError::Config(error));
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(&format!("cannot start: {error}"));
            return ExitCode::from(FAILED);
        }
    };
    runtime.block_on(async {
        // Before the ready line: whoever waits for it may end us right after.
        let end = match End::listen() {
            Ok(end) => end,
            Err(error) => {
                complain(&format!("cannot listen to signals: {error}"));
                return ExitCode::from(FAILED);
            }
        };
        let server = match visita_server::start(config).await {
            Ok(server) => server,
            Err(error) => return fail(&error),
        };
        say_ready(&server);
        end.wait().await;
        server.stop().await;
        ExitCode::SUCCESS
    })
}

/// Starts the log, on stderr.
fn start_log(log: &Log) -> Result<(), String> {
    let filter = EnvFilter::builder().parse(&log.filter).map_err(|error| format!("log: {error}"))?;
    let filter = filter.and(filter_fn(is_harmless));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    let lines = match log.format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).boxed(),
    };
    tracing_subscriber::registry().with(lines.with_filter(filter)).init();
    Ok(())
}

/// At `trace` these write down what goes over the wire, tokens and all. Nobody can ask for that.
fn is_harmless(metadata: &Metadata<'_>) -> bool {
    let talkative = ["tungstenite", "tokio_tungstenite", "hyper", "hyper_util", "h2", "reqwest", "sqlx"];
    let target = metadata.target().split("::").next().unwrap_or_default();
    *metadata.level() != Level::TRACE || !talkative.contains(&target)
}

fn say_ready(server: &RunningServer) {
    let mut stdout = std::io::stdout();
    // Whoever closed our stdout does not want to know.
    let _ = writeln!(stdout, "ready {}", server.url().as_str().trim_end_matches('/'));
    let _ = stdout.flush();
}

fn fail(error: &StartError) -> ExitCode {
    complain(&error.to_string());
    ExitCode::from(error.exit_code())
}

fn complain(words: &str) {
    let _ = writeln!(std::io::stderr(), "visita-server: {words}");
}

/// The signals that end a server.
#[cfg(unix)]
struct End {
    terminate: signal::unix::Signal,
    interrupt: signal::unix::Signal,
}

#[cfg(unix)]
impl End {
    fn listen() -> std::io::Result<Self> {
        use signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn wait(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// The signals that end a server.
#[cfg(not(unix))]
struct End;

#[cfg(not(unix))]
impl End {
    fn listen() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn wait(self) {
        let _ = signal::ctrl_c().await;
    }
}
