//! A recorder's process, from its start to its end.

use std::{
    process::{ExitStatus, Stdio},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStdin, Command},
    sync::mpsc,
    time::{Instant, timeout},
};
use visita_protocol::recorder::{RecordedTrack, RecorderJob, RecorderOrder};

use super::*;
use crate::{
    rooms::News,
    store::{CompanySettings, RecordingProgress},
};

/// How long a recorder may take until it is in the room.
const START_TIME: Duration = Duration::from_secs(30);
/// How long one that is at work may say nothing. It speaks about once a second.
const SILENCE: Duration = Duration::from_secs(30);
/// How long it may take to end its file, and then itself.
const STOP_GRACE: Duration = Duration::from_secs(20);
/// How long it may take to read an order. Answers to being recorded are among them: one that does not read is ended.
const WRITE_TIME: Duration = Duration::from_secs(5);
/// How often it is written down how far a recording is.
const WRITE_DOWN_EVERY: Duration = Duration::from_secs(10);
/// How long it is waited for the room's word when the media room ended before it.
const LAST_WORD: Duration = Duration::from_secs(2);

/// What became of a recorder.
#[derive(Clone, Debug)]
pub(super) struct Ended {
    /// Its file is whole, with an index.
    pub(super) is_whole: bool,
    /// What the room hears.
    end: RecorderEnd,
    pub(super) length: Duration,
    pub(super) bytes: u64,
    /// Why, where nobody wanted that.
    pub(super) reason: Option<RecordingReason>,
    /// Its files, where they are separate and it said which.
    pub(super) tracks: Vec<RecordedTrack>,
}

impl Ended {
    pub(super) fn not_started() -> Self {
        let reason = Some(RecordingReason::NotStarted);
        Self { is_whole: false, end: RecorderEnd::Failed, length: Duration::ZERO, bytes: 0, reason, tracks: Vec::new() }
    }

    /// As the room hears it.
    pub(super) fn report(&self) -> RecorderReport {
        let recorded_ms = u64::try_from(self.length.as_millis()).unwrap_or(u64::MAX);
        RecorderReport::Ended { reason: self.end, recorded_ms, bytes: self.bytes, tracks: Vec::new() }
    }
}

/// Records: starts the process, hands it the job and orders, and hears it until it is gone.
pub(super) async fn record(
    shared: &Shared,
    recording: &StoredRecording,
    wanted: Wanted,
    orders: mpsc::UnboundedReceiver<RecorderOrder>,
    reports: &Reports,
) -> Ended {
    let run = wanted.run;
    let (child, job) = match begin(shared, recording, wanted).await {
        Ok(begun) => begun,
        Err(error) => {
            tracing::error!(%error, "no recorder could be started");
            return Ended::not_started();
        }
    };
    let mut running = Running {
        shared,
        recording,
        reports,
        run,
        orders,
        started: false,
        recorded_ms: 0,
        bytes: 0,
        tracks: Vec::new(),
        written_down: Instant::now(),
        told_to_stop: None,
    };
    running.go(child, &job).await
}

/// Why a recorder could not be started.
#[derive(Debug, thiserror::Error)]
enum BeginError {
    #[error("no token: {0}")]
    Token(#[from] livekit_token::AccessTokenError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("there is no program for it")]
    NoProgram,
    #[error("the job: {0}")]
    Json(#[from] serde_json::Error),
    #[error("{0}")]
    Store(#[from] StoreError),
}

async fn begin(shared: &Shared, recording: &StoredRecording, wanted: Wanted) -> Result<(Child, String), BeginError> {
    let program = shared.program.as_ref().ok_or(BeginError::NoProgram)?;
    let file = shared.file(recording);
    if let Some(folder) = file.parent() {
        tokio::fs::create_dir_all(folder).await?;
    }
    let company = shared.store.company_settings(&wanted.company).await?.unwrap_or_default();
    let job = RecorderJob {
        url: shared.livekit_url.clone(),
        token: shared.signer.sign_recorder(&recording.room_id, &recording.recording_id)?,
        output: file.to_string_lossy().into_owned(),
        layout: wanted.layout,
        width: 1280,
        height: 720,
        fps: 30,
        title: wanted.title,
        language: language(&company).into(),
        people: wanted.people,
        tracks: recording.tracks,
    };
    let job = serde_json::to_string(&job)?;
    let mut command = Command::new(program);
    // Its end is the end of its input: a server that dies leaves a file that is ended well.
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // What the terminal says to the server is not said to its recorders.
    #[cfg(unix)]
    command.process_group(0);
    Ok((command.spawn()?, job))
}

/// The language of words in a company's films.
pub(super) fn language(company: &CompanySettings) -> &'static str {
    let tag = company.default_language.split('-').next();
    if tag.is_some_and(|tag| tag.eq_ignore_ascii_case("it")) { "it" } else { "en" }
}

struct Running<'a> {
    shared: &'a Shared,
    recording: &'a StoredRecording,
    reports: &'a Reports,
    run: RecorderRun,
    orders: mpsc::UnboundedReceiver<RecorderOrder>,
    /// It is in the room.
    started: bool,
    recorded_ms: u64,
    bytes: u64,
    tracks: Vec<RecordedTrack>,
    written_down: Instant,
    told_to_stop: Option<Instant>,
}

impl Running<'_> {
    async fn go(&mut self, mut child: Child, job: &str) -> Ended {
        let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Ended::not_started();
        };
        if let Some(words) = child.stderr.take() {
            tokio::spawn(log_words(words).in_current_span());
        }
        let mut lines = BufReader::new(output).lines();
        let mut heard = Instant::now();
        let mut said = None;
        let mut reads = write_line(&mut input, job).await;
        while reads {
            let patience = match self.told_to_stop {
                Some(at) => at + STOP_GRACE,
                None if self.started => heard + SILENCE,
                None => heard + START_TIME,
            };
            tokio::select! {
                order = self.orders.recv(), if self.told_to_stop.is_none() => {
                    let order = order.unwrap_or(RecorderOrder::Stop);
                    if order == RecorderOrder::Stop {
                        self.told_to_stop = Some(Instant::now());
                    }
                    match serde_json::to_string(&order) {
                        Ok(line) => reads = write_line(&mut input, &line).await,
                        Err(error) => tracing::error!(%error, "an order could not be written"),
                    }
                }
                line = lines.next_line() => {
                    let Ok(Some(line)) = line else { break };
                    heard = Instant::now();
                    match serde_json::from_str(&line) {
                        Ok(RecorderReport::Ended { reason, recorded_ms, bytes, tracks }) => {
                            (self.recorded_ms, self.bytes, self.tracks) = (recorded_ms, bytes, tracks);
                            said = Some(reason);
                            break;
                        }
                        Ok(report) => self.hear(report).await,
                        Err(error) => tracing::warn!(%error, "a recorder says what is not understood"),
                    }
                }
                () = tokio::time::sleep_until(patience) => {
                    tracing::warn!("a recorder says nothing any more");
                    break;
                }
            }
        }
        // Whatever it still waits for, there is no more.
        drop(input);
        let status = end(&mut child, said.is_some()).await;
        self.ended(said, status).await
    }

    async fn hear(&mut self, report: RecorderReport) {
        match &report {
            RecorderReport::Started { .. } if !self.started => {
                self.started = true;
                tracing::info!("recording");
                let news = News::RecordingStarted {
                    session_id: self.recording.session_id.clone(),
                    recording_id: self.recording.recording_id.clone(),
                };
                self.shared.tell(self.recording, news).await;
            }
            RecorderReport::Progress { recorded_ms, bytes } => {
                (self.recorded_ms, self.bytes) = (*recorded_ms, *bytes);
                if self.written_down.elapsed() >= WRITE_DOWN_EVERY {
                    self.write_down().await;
                }
            }
            RecorderReport::Trouble { trouble } => tracing::warn!(?trouble, "a recorder has trouble"),
            RecorderReport::Started { .. } | RecorderReport::Ended { .. } => {}
        }
        let _ = self.reports.send((self.run, report)).await;
    }

    async fn write_down(&mut self) {
        self.written_down = Instant::now();
        let progress = RecordingProgress {
            state: RecordingFileState::Recording,
            ended_at: None,
            length: Duration::from_millis(self.recorded_ms),
            bytes: self.bytes,
            reason: None,
        };
        if let Err(error) = self.shared.store.recording_changed(&self.recording.recording_id, &progress).await {
            tracing::error!(%error, "it could not be written down how far a recording is");
        }
    }

    /// What it came to, by the last that it said and by how the process ended.
    async fn ended(&mut self, said: Option<RecorderEnd>, status: Option<ExitStatus>) -> Ended {
        let end = said.unwrap_or(RecorderEnd::Failed);
        if end == RecorderEnd::RoomEnded && self.told_to_stop.is_none() {
            // With a session its media room ends too, and either may be heard first.
            let word = timeout(LAST_WORD, async {
                while !matches!(self.orders.recv().await, Some(RecorderOrder::Stop) | None) {}
            });
            self.told_to_stop = word.await.is_ok().then(Instant::now);
        }
        let was_wanted = self.told_to_stop.is_some();
        let reason = match end {
            RecorderEnd::Stopped | RecorderEnd::RoomEnded if was_wanted => None,
            RecorderEnd::DiskFull => Some(RecordingReason::DiskFull),
            _ if !self.started => Some(RecordingReason::NotStarted),
            _ => Some(RecordingReason::RecorderFailed),
        };
        tracing::info!(?end, ?status, was_wanted, recorded_ms = self.recorded_ms, bytes = self.bytes, "recorder ended");
        let length = Duration::from_millis(self.recorded_ms);
        let tracks = std::mem::take(&mut self.tracks);
        Ended { is_whole: end != RecorderEnd::Failed, end, length, bytes: self.bytes, reason, tracks }
    }
}

/// Waits for the process to be gone, where it has said that it goes; ends it where it does not.
async fn end(child: &mut Child, goes: bool) -> Option<ExitStatus> {
    // One that has closed its output is gone, or about to be.
    let grace = if goes { STOP_GRACE } else { Duration::from_secs(1) };
    if let Ok(Ok(status)) = timeout(grace, child.wait()).await {
        return Some(status);
    }
    tracing::warn!("a recorder did not end and is killed");
    if let Err(error) = child.kill().await {
        tracing::error!(%error, "a recorder could not be killed");
    }
    child.try_wait().ok().flatten()
}

/// Whether it was read.
async fn write_line(input: &mut ChildStdin, line: &str) -> bool {
    let line = format!("{line}\n");
    let write = async {
        input.write_all(line.as_bytes()).await?;
        input.flush().await
    };
    match timeout(WRITE_TIME, write).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::warn!(%error, "a recorder does not hear any more");
            false
        }
        Err(_) => {
            tracing::warn!("a recorder does not read its orders");
            false
        }
    }
}

/// What a recorder writes into its log goes into ours.
pub(super) async fn log_words(words: impl tokio::io::AsyncRead + Unpin) {
    let mut lines = BufReader::new(words).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        tracing::info!(target: "visita_recorder", "{line}");
    }
}
