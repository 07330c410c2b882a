//! A participant without a window: joins, sends camera and microphone (or test pattern and tone), receives everyone, and
//! tells what it saw. `visita-peer` is its program; the desktop app's test call is the same peer in its own process.

pub mod load;
mod report;
mod tools;
mod trace;
mod watcher;

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::watch;
use visita_protocol::{
    PixelSize, Problem,
    channel::{LeaveReason, RecordingState},
    view::{CallView, ConnectionView, ConsentAnswer, ShownSize},
};
use visita_rtc::MediaKind;

pub use report::{AudioReport, Latency, RecordingReport, Report, SentReport, StreamReport, VideoReport};
pub use tools::{ChatReport, ToolsAsked, ToolsReport};

use crate::{
    Call, CallState, CameraChoice, FrameHub, JoinTarget, LocalMedia, MicrophoneChoice, Reception, ShareChoice,
    SpeakerChoice, Told, frames::FrameSink, people::participant_id, playout::VoiceReport,
};
use tools::Tools;
use trace::Trace;
use watcher::Watcher;

/// The wording of the question that a peer says it was shown.
const CONSENT_TEXT: &str = "peer-1";
/// How long after its media a peer waits for the question before it does what it is to do.
const QUESTION_WITHIN: Duration = Duration::from_secs(1);

/// What the peer does.
#[derive(Clone, Debug)]
pub struct PeerOptions {
    /// Where to go.
    pub target: JoinTarget,
    /// What it shows.
    pub camera: CameraChoice,
    /// What it says.
    pub microphone: MicrophoneChoice,
    /// Where it plays what it hears; [`SpeakerChoice::Null`] measures only.
    pub speaker: SpeakerChoice,
    /// What it shares once it is in.
    pub share: Option<ShareChoice>,
    /// How long it stays; without it until the room ends or `stop` says so.
    pub stay: Option<Duration>,
    /// Decodes and measures what it receives. A friendly peer that only keeps company does not need to.
    pub measure: bool,
}

/// What is seldom asked of a peer.
#[derive(Clone, Debug, Default)]
pub struct Extras {
    /// Asks for every video at this size, as tiles of a page do; otherwise for the best there is.
    pub tile: Option<PixelSize>,
    /// Writes figures as the call goes on: one JSON object a line.
    pub trace: Option<PathBuf>,
    /// What it does with the tools.
    pub tools: ToolsAsked,
    /// What it answers when it is asked whether it may be recorded; nothing without.
    pub consent: Option<bool>,
}

/// Why a peer ended without a report.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NotIn(pub Problem);

/// Runs a peer until its time is over, the room ends, or `stop` becomes true.
pub async fn run(options: PeerOptions, stop: watch::Receiver<bool>) -> Result<Report, NotIn> {
    run_with(options, Extras::default(), stop).await
}

/// As [`run`], with more to do.
pub async fn run_with(
    mut options: PeerOptions,
    extras: Extras,
    mut stop: watch::Receiver<bool>,
) -> Result<Report, NotIn> {
    let usage = report::Usage::start();
    let started = Instant::now();
    let (hub, key_frames) = FrameHub::new();
    let media = Arc::new(LocalMedia::start(options.camera.clone(), options.microphone, options.speaker, hub.clone()));
    media.set_preview(None);
    // They would be among what is measured.
    media.set_sounds(false);
    if options.camera == CameraChoice::None {
        media.set_camera_on(false);
    }
    let watcher = options.measure.then(|| Arc::new(Watcher::start(hub.clone(), started)));
    let sink: Option<Arc<dyn FrameSink>> = watcher.clone().map(|w| w as Arc<dyn FrameSink>);
    if let Some(sink) = &sink {
        hub.attach(sink);
        media.playout().lock().probe();
    }
    let mut call = Call::join_receiving(options.target, Reception::Everything, media, hub, key_frames);
    let mut trace = extras.trace.as_deref().and_then(|file| Trace::start(file, started));
    let mut trace_ticks = tokio::time::interval(trace::EVERY);
    let mut tools = Tools::of(&mut call);
    let mut state = call.watch();
    let mut joined = None;
    let mut ended: Option<LeaveReason> = None;
    let mut views = Views::default();
    let mut recording = RecordingReport::default();
    let mut deadline = None;
    // Those who leave are measured shortly before.
    let mut look = tokio::time::interval(Duration::from_millis(500));
    loop {
        let now = state.borrow_and_update().clone();
        match now {
            CallState::Failed(problem) => return Err(NotIn(problem)),
            CallState::Over(reason) => {
                ended = Some(reason);
                break;
            }
            CallState::Waiting(_) => {}
            CallState::Running(view) => {
                if view.me.consent == ConsentAnswer::Asked {
                    recording.asked = true;
                    if let Some(answer) = extras.consent.filter(|_| recording.answered.is_none()) {
                        recording.answered = Some(answer);
                        call.answer_consent(answer, CONSENT_TEXT.to_owned());
                    }
                }
                if joined.is_none() && view.connection == ConnectionView::Connected {
                    joined = Some(started.elapsed());
                    deadline = options.stay.map(|stay| Instant::now() + stay);
                    if let Some(share) = options.share.take() {
                        call.share(share);
                    }
                    tracing::info!(joined_ms = started.elapsed().as_millis(), "in the room");
                }
                // What is written before the answer is taken is not recorded, and the question may come after the media.
                let answers = match view.me.consent {
                    ConsentAnswer::Asked => true,
                    ConsentAnswer::NotAsked => joined.is_none_or(|joined| started.elapsed() < joined + QUESTION_WITHIN),
                    ConsentAnswer::Yes | ConsentAnswer::No => false,
                };
                let answers = answers && extras.consent.is_some();
                if let (Some(_), false, Some(tools)) = (joined, answers, &mut tools) {
                    tools.begin(&call, &view.me.participant_id, &extras.tools);
                }
                views.take(&view, &call);
                recording.seen |= matches!(view.recording_state, RecordingState::On { .. });
                if let Some(size) = extras.tile {
                    let streams = view.people.iter().flat_map(|person| &person.streams);
                    call.set_shown(streams.map(|stream| ShownSize { stream_id: stream.stream_id, size }).collect());
                }
            }
        }
        let until = deadline.map(tokio::time::Instant::from_std);
        tokio::select! {
            changed = state.changed() => if changed.is_err() { break },
            () = sleep_until(until) => break,
            () = stopped(&mut stop) => break,
            Some(told) = next(&mut tools) => {
                if let Some(tools) = &mut tools {
                    tools.take(told, &call);
                }
            }
            _ = look.tick() => {}
            _ = trace_ticks.tick(), if trace.is_some() => {
                if let Some(trace) = &mut trace {
                    let tones = views.sounds(&call).iter().map(|(_, sound)| sound.tone().hz).collect();
                    trace.write(call.stats(), watcher.as_deref().map_or(0, Watcher::width), tones);
                }
            }
        }
    }
    if let CallState::Running(view) = &*state.borrow() {
        views.take(view, &call);
    }
    let sounds = views.sounds(&call);
    let first_sound = sounds.iter().map(|(_, sound)| sound.first).min();
    let in_room = joined.map_or(Duration::ZERO, |joined| started.elapsed().saturating_sub(joined));
    let report = Report {
        joined_ms: joined.map(report::millis),
        first_sound_ms: first_sound.map(|at| report::millis(at.saturating_duration_since(started))),
        first_frame_ms: watcher.as_deref().and_then(Watcher::first_frame).map(report::millis),
        sent: report::sent(call.stats().as_ref(), call.media().published_size(), in_room),
        streams: report::streams(&views, &sounds, watcher.as_deref()),
        ended: ended.unwrap_or(LeaveReason::Left),
        cpu_cores: usage.cores(),
        rss_mb: report::rss_mb(),
        tools: tools.map(|tools| tools.report(&call)).unwrap_or_default(),
        recording,
    };
    if ended.is_none() {
        call.leave();
        // The others should hear of it now, not by a time-out; but a dead server must not keep us.
        let _ = tokio::time::timeout(Duration::from_secs(2), state.wait_for(|s| matches!(s, CallState::Over(_)))).await;
    }
    Ok(report)
}

async fn next(tools: &mut Option<Tools>) -> Option<Told> {
    match tools {
        Some(tools) => tools.told().await,
        None => None,
    }
}

/// The sender gone means nobody will ever stop us by hand.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        std::future::pending().await
    }
}

async fn sleep_until(at: Option<tokio::time::Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Everybody who was ever seen, and their tracks: a report also speaks of those who left.
#[derive(Default)]
struct Views {
    videos: Vec<SeenVideo>,
    people: Vec<SeenPerson>,
}

struct SeenVideo {
    stream: u32,
    participant: String,
    source: visita_protocol::view::StreamSource,
}

struct SeenPerson {
    participant: String,
    /// Their sounds, by track.
    sounds: Vec<String>,
}

impl Views {
    /// What everybody sounded like, with whose it was.
    fn sounds(&self, call: &Call) -> Vec<(String, VoiceReport)> {
        let playout = call.media().playout().lock();
        let of = |person: &SeenPerson| {
            let reports = person.sounds.iter().filter_map(|sid| playout.report(sid));
            reports.map(|report| (person.participant.clone(), report)).collect::<Vec<_>>()
        };
        self.people.iter().flat_map(of).collect()
    }

    fn take(&mut self, view: &CallView, call: &Call) {
        for person in &view.people {
            let id = person.participant_id.to_string();
            for stream in &person.streams {
                if !self.videos.iter().any(|v| v.stream == stream.stream_id) {
                    self.videos.push(SeenVideo {
                        stream: stream.stream_id,
                        participant: id.clone(),
                        source: stream.source,
                    });
                }
            }
            if !self.people.iter().any(|p| p.participant == id) {
                self.people.push(SeenPerson { participant: id, sounds: Vec::new() });
            }
        }
        let voices: Vec<(String, String)> = call
            .stats()
            .map(|stats| stats.received)
            .unwrap_or_default()
            .into_iter()
            .filter(|track| track.kind == MediaKind::Audio)
            .map(|track| (track.identity, track.sid))
            .collect();
        for person in &mut self.people {
            let theirs = voices.iter().filter(|(who, _)| participant_id(who).as_str() == person.participant);
            for (_, sid) in theirs {
                if !person.sounds.contains(sid) {
                    person.sounds.push(sid.clone());
                }
            }
        }
    }
}
