//! `visita-peer`: a participant without a window.
//!
//! Exit status 0 if it got in, 2 for a link or token that was refused (with `{"error": {"code", "message"}}` on stdout), 3
//! for a server not reached, 64 for arguments it does not understand.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::{Args, Parser, Subcommand};
use tokio::{signal::unix::SignalKind, sync::watch};
use visita_call::{
    CameraChoice, JoinTarget, MicrophoneChoice, SpeakerChoice, entry,
    peer::{self, PeerOptions},
};
use visita_protocol::{ErrorBody, ErrorCode, Problem, Secret};

#[derive(Parser)]
#[command(name = "visita-peer", about = "A participant without a window", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Join a room by its link, or by LiveKit URL and token.
    Join(Join),
}

#[derive(Args)]
struct Join {
    /// A seat's link.
    #[arg(required_unless_present = "url", conflicts_with_all = ["url", "token"])]
    link: Option<String>,
    /// LiveKit URL, ws://HOST:PORT.
    #[arg(long, requires = "token")]
    url: Option<String>,
    /// LiveKit access token.
    #[arg(long, requires = "url", env = "VISITA_PEER_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// pattern, none, default, or a camera's id.
    #[arg(long, default_value = "pattern")]
    camera: String,
    /// tone, echo, none, default, FILE.wav, or a microphone's id.
    #[arg(long, default_value = "tone")]
    mic: String,
    /// Pitch of the tone in hertz.
    #[arg(long, default_value_t = 440.0)]
    tone_hz: f32,
    /// null (measure only), default, or a speaker's id.
    #[arg(long, default_value = "null")]
    speaker: String,
    /// How long to stay, e.g. 30s, 2m; until the room ends when absent.
    #[arg(long = "for", value_parser = duration)]
    stay: Option<Duration>,
    /// Name to show.
    #[arg(long)]
    name: Option<String>,
    /// Take the seat over from another device.
    #[arg(long)]
    displace: bool,
    /// Print the report as one JSON object (otherwise as indented JSON).
    #[arg(long)]
    json: bool,
}

fn duration(text: &str) -> Result<Duration, String> {
    let (number, factor) = match text {
        t if t.ends_with("ms") => (t.trim_end_matches("ms"), 0.001),
        t if t.ends_with('s') => (t.trim_end_matches('s'), 1.0),
        t if t.ends_with('m') => (t.trim_end_matches('m'), 60.0),
        t => (t, 1.0),
    };
    let seconds: f64 = number.parse().map_err(|_| format!("{text} is no duration; write 30s or 2m"))?;
    Duration::try_from_secs_f64(seconds * factor).map_err(|_| format!("{text} is no duration; write 30s or 2m"))
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("VISITA_LOG")
                .unwrap_or_else(|_| visita_call::LOG_FILTER.into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 64 } else { 0 });
        }
    };
    let Command::Join(join) = cli.command;
    let options = match options(&join) {
        Ok(options) => options,
        Err(problem) => return refused(problem),
    };
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        let terminate = async {
            match tokio::signal::unix::signal(SignalKind::terminate()) {
                Ok(mut signal) => signal.recv().await,
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate => {}
        }
        stop.send_replace(true);
    });
    match peer::run(options, stopped).await {
        Ok(report) => {
            let text = if join.json { serde_json::to_string(&report) } else { serde_json::to_string_pretty(&report) };
            println!("{}", text.unwrap_or_default());
            ExitCode::SUCCESS
        }
        Err(peer::NotIn(problem)) => refused(problem),
    }
}

fn options(join: &Join) -> Result<PeerOptions, Problem> {
    let target = match (&join.link, &join.url, &join.token) {
        (Some(link), _, _) => JoinTarget::Link {
            link: entry::parse_link(link)?,
            display_name: join.name.clone(),
            displace: join.displace,
        },
        (None, Some(url), Some(token)) => JoinTarget::LiveKit { url: url.clone(), token: Secret::new(token.clone()) },
        _ => return Err(Problem::invalid("link", "give a link, or --url and --token")),
    };
    Ok(PeerOptions {
        target,
        camera: match join.camera.as_str() {
            "pattern" => CameraChoice::Pattern,
            "none" => CameraChoice::None,
            "default" => CameraChoice::Default,
            id => CameraChoice::Device(id.to_owned()),
        },
        microphone: match join.mic.as_str() {
            "tone" => MicrophoneChoice::Tone(join.tone_hz),
            "echo" => MicrophoneChoice::Echo,
            "none" => MicrophoneChoice::None,
            "default" => MicrophoneChoice::Default,
            file if file.ends_with(".wav") => MicrophoneChoice::Wav(PathBuf::from(file)),
            id => MicrophoneChoice::Device(id.to_owned()),
        },
        speaker: match join.speaker.as_str() {
            "null" => SpeakerChoice::Null,
            "default" => SpeakerChoice::Default,
            id => SpeakerChoice::Device(id.to_owned()),
        },
        stay: join.stay,
        measure: true,
    })
}

fn refused(problem: Problem) -> ExitCode {
    let status = match problem.code {
        ErrorCode::ServerUnreachable | ErrorCode::MediaUnreachable | ErrorCode::ServerNotUnderstood => 3,
        _ => 2,
    };
    println!("{}", serde_json::to_string(&ErrorBody { error: problem }).unwrap_or_default());
    ExitCode::from(status)
}
