//! `visita-peer`: a participant without a window.
//!
//! Exit status 0 if it got in, 2 for a link or token that was refused (with `{"error": {"code", "message"}}` on stdout), 3
//! for a server not reached, 64 for arguments it does not understand.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::{Args, Parser, Subcommand};
use tokio::{signal::unix::SignalKind, sync::watch};
use visita_call::{
    CameraChoice, JoinTarget, MicrophoneChoice, ShareChoice, SpeakerChoice, entry,
    peer::{
        self, Extras, PeerOptions, ToolsAsked,
        load::{self, LoadOptions},
    },
};
use visita_protocol::{ErrorBody, ErrorCode, ParticipantId, PixelSize, Problem, Secret, view::ShareKind};

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
    /// A seat's link; with --count one for each participant.
    #[arg(required_unless_present_any = ["url", "callaba"], conflicts_with_all = ["url", "token", "callaba"])]
    links: Vec<String>,
    /// LiveKit URL, ws://HOST:PORT.
    #[arg(long, conflicts_with = "callaba")]
    url: Option<String>,
    /// LiveKit access token.
    #[arg(long, requires = "url", env = "VISITA_PEER_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// LiveKit API key, to make tokens with instead of --token.
    #[arg(long, requires_all = ["url", "secret", "room"], conflicts_with = "token")]
    key: Option<String>,
    /// LiveKit API secret of --key.
    #[arg(long, requires = "key", env = "VISITA_PEER_SECRET", hide_env_values = true)]
    secret: Option<String>,
    /// A server with Callaba's public helpers, http://HOST:PORT, to go into --room by its id.
    #[arg(long, requires = "room")]
    callaba: Option<url::Url>,
    /// The room of --key or --callaba.
    #[arg(long)]
    room: Option<String>,
    /// So many participants in this process, to load a server: they send loops that were encoded once, and count what
    /// arrives.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=2000))]
    count: Option<u32>,
    /// With --count: only so many of them receive, the others watch elsewhere.
    #[arg(long, requires = "count")]
    receiving: Option<usize>,
    /// What to share: pattern, or the id of a screen or window.
    #[arg(long)]
    share: Option<String>,
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
    /// Ask for every video at this size, WIDTHxHEIGHT, as the tiles of a page do.
    #[arg(long, value_parser = size)]
    tile: Option<PixelSize>,
    /// Write figures into this file as the call goes on, one JSON object a line.
    #[arg(long)]
    trace: Option<PathBuf>,
    /// Write this into the chat once in.
    #[arg(long, value_name = "TEXT")]
    say: Option<String>,
    /// Draw a stroke on the whiteboard once in.
    #[arg(long)]
    draw: bool,
    /// Share this file in the chat once in; may be said more than once.
    #[arg(long, value_name = "FILE")]
    file: Vec<String>,
    /// Point at the middle of one's own picture once in.
    #[arg(long)]
    point: bool,
    /// Present to everyone once in.
    #[arg(long)]
    present: bool,
    /// Answer to being recorded, as soon as it is asked; without it the question stays open, which counts as no.
    #[arg(long, value_enum)]
    consent: Option<Answer>,
    /// Print the report as one JSON object (otherwise as indented JSON).
    #[arg(long)]
    json: bool,
}

/// An answer to being recorded.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Answer {
    /// May be recorded.
    Yes,
    /// May not.
    No,
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

fn size(text: &str) -> Result<PixelSize, String> {
    let size = text.split_once('x').and_then(|(w, h)| Some(PixelSize::new(w.parse().ok()?, h.parse().ok()?)));
    size.ok_or_else(|| format!("{text} is no size; write 1280x720"))
}

#[tokio::main]
async fn main() -> ExitCode {
    visita_call::start_log();
    // As in an app that was open before somebody clicked on Join: from then on it is measured.
    visita_call::prepare();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 64 } else { 0 });
        }
    };
    let Command::Join(join) = cli.command;
    if join.url.is_some() && join.token.is_none() && join.key.is_none() {
        eprintln!("--url needs --token, or --key, --secret and --room");
        return ExitCode::from(64);
    }
    let targets = match targets(&join) {
        Ok(targets) => targets,
        Err(problem) => return refused(problem),
    };
    let wanted = usize::try_from(join.count.unwrap_or(1)).unwrap_or(usize::MAX);
    if targets.len() < wanted || (join.count.is_none() && targets.len() > 1) {
        eprintln!("{wanted} participants need {wanted} links, not {}", targets.len());
        return ExitCode::from(64);
    }
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
    if join.count.is_some() {
        let options = LoadOptions {
            targets: targets.into_iter().take(wanted).collect(),
            picture: join.camera != "none",
            sound: join.mic != "none",
            receiving: join.receiving.unwrap_or(usize::MAX),
            tile: join.tile,
            stay: join.stay,
        };
        return match load::run(options, stopped).await {
            Ok(report) if report.joined > 0 => print(&join, &report),
            Ok(report) => {
                let first = report.peers.into_iter().find_map(|peer| peer.error);
                refused(first.unwrap_or_else(|| Problem::new(ErrorCode::ServerUnreachable, "nobody got in")))
            }
            Err(problem) => refused(problem),
        };
    }
    let Some(target) = targets.into_iter().next() else { return ExitCode::from(64) };
    let extras = Extras {
        tile: join.tile,
        trace: join.trace.clone(),
        tools: ToolsAsked {
            say: join.say.clone(),
            draw: join.draw,
            files: join.file.clone(),
            point: join.point,
            present: join.present,
        },
        consent: join.consent.map(|answer| answer == Answer::Yes),
    };
    match peer::run_with(options(&join, target), extras, stopped).await {
        Ok(report) => print(&join, &report),
        Err(peer::NotIn(problem)) => refused(problem),
    }
}

fn print(join: &Join, report: &impl serde::Serialize) -> ExitCode {
    let text = if join.json { serde_json::to_string(report) } else { serde_json::to_string_pretty(report) };
    println!("{}", text.unwrap_or_default());
    ExitCode::SUCCESS
}

/// Where each participant goes.
fn targets(join: &Join) -> Result<Vec<JoinTarget>, Problem> {
    let numbers = 0..join.count.unwrap_or(1);
    let name = |number: u32| match (&join.name, join.count) {
        (Some(name), Some(_)) => Some(format!("{name} {number}")),
        (name, _) => name.clone(),
    };
    if let Some(url) = &join.url {
        let token = |number: u32| match (&join.token, &join.key, &join.secret, &join.room) {
            (Some(token), ..) => Ok(Secret::new(token.clone())),
            (None, Some(key), Some(secret), Some(room)) => mint(key, secret, room, &identity(number), name(number)),
            _ => Err(Problem::invalid("token", "give --token, or --key, --secret and --room")),
        };
        return numbers.map(|n| Ok(JoinTarget::LiveKit { url: url.clone(), token: token(n)? })).collect();
    }
    if let (Some(server), Some(room)) = (&join.callaba, &join.room) {
        return numbers
            .map(|number| {
                let id: Result<ParticipantId, _> = identity(number).parse();
                Ok(JoinTarget::Callaba {
                    server: server.clone(),
                    room_id: room.clone(),
                    participant_id: id.map_err(|_| Problem::invalid("participant_id", "not an id"))?,
                    display_name: name(number),
                    media_url: None,
                })
            })
            .collect();
    }
    let links = join.links.iter().zip(0..);
    links
        .map(|(link, number)| {
            let link = entry::parse_link(link)?;
            Ok(JoinTarget::Link { link, display_name: name(number), displace: join.displace })
        })
        .collect()
}

/// Nobody else's, in this run and in others.
fn identity(number: u32) -> String {
    format!("peer-{:08x}-{number}", rand::random::<u32>())
}

fn mint(key: &str, secret: &str, room: &str, identity: &str, name: Option<String>) -> Result<Secret, Problem> {
    let grants = livekit_token::VideoGrants { room_join: true, room: room.to_owned(), ..Default::default() };
    livekit_token::AccessToken::with_api_key(key, secret)
        .with_identity(identity)
        .with_name(&name.unwrap_or_else(|| identity.to_owned()))
        .with_grants(grants)
        .to_jwt()
        .map(Secret::from)
        .map_err(|error| Problem::new(ErrorCode::Internal, error.to_string()))
}

fn options(join: &Join, target: JoinTarget) -> PeerOptions {
    PeerOptions {
        target,
        share: join.share.as_ref().map(|share| match share.as_str() {
            "pattern" => ShareChoice::Pattern,
            id => ShareChoice::Source { id: id.to_owned(), label: id.to_owned(), kind: ShareKind::Screen },
        }),
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
    }
}

fn refused(problem: Problem) -> ExitCode {
    let status = match problem.code {
        ErrorCode::ServerUnreachable | ErrorCode::MediaUnreachable | ErrorCode::ServerNotUnderstood => 3,
        _ => 2,
    };
    println!("{}", serde_json::to_string(&ErrorBody { error: problem }).unwrap_or_default());
    ExitCode::from(status)
}
