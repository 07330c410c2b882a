//! Recordings as MP4: made when somebody wants one, once, one after the other, and kept beside the WebM.

use std::{collections::HashMap, process::Stdio};

use serde::Deserialize;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
    sync::{AcquireError, SemaphorePermit},
};
use visita_protocol::rest::{Mp4, Mp4State};

use super::*;

/// Those that are being made, and that could not be made.
#[derive(Debug)]
pub(crate) struct Mp4s {
    under_way: Mutex<HashMap<RecordingId, State>>,
    /// A conversion takes a whole processor, which calls need too.
    turn: Semaphore,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// From 0 to 1.
    Making(f32),
    Failed,
}

impl Default for Mp4s {
    fn default() -> Self {
        Self { under_way: Mutex::default(), turn: Semaphore::new(1) }
    }
}

impl Mp4s {
    /// Waits until nothing else that takes a whole processor is being made.
    pub(super) async fn turn(&self) -> Result<SemaphorePermit<'_>, AcquireError> {
        self.turn.acquire().await
    }
}

/// Why no MP4 came of it.
#[derive(Debug, thiserror::Error)]
enum ConvertError {
    #[error("there is no program for it")]
    NoProgram,
    #[error("the recording lies on no disk of this computer")]
    Elsewhere,
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("it ended with {0}")]
    Status(std::process::ExitStatus),
    #[error(transparent)]
    Keep(#[from] KeepError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the server stops")]
    Stopping,
}

/// A line of the program that converts.
#[derive(Deserialize)]
struct Line {
    progress: f32,
}

impl Recordings {
    /// How a recording's MP4 stands.
    pub(crate) fn mp4(&self, recording: &StoredRecording) -> Mp4 {
        if let Some(bytes) = recording.mp4_bytes {
            return Mp4 { state: Mp4State::Available, progress: 1.0, bytes: Some(bytes) };
        }
        let (state, progress) = match self.shared.mp4s.under_way.lock().get(&recording.recording_id) {
            None => (Mp4State::None, 0.0),
            Some(State::Making(progress)) => (Mp4State::Making, *progress),
            Some(State::Failed) => (Mp4State::Failed, 0.0),
        };
        Mp4 { state, progress, bytes: None }
    }

    /// Has it made, where it is neither there nor being made. Whether that can be.
    pub(crate) fn make_mp4(&self, recording: &StoredRecording) -> bool {
        if recording.mp4_bytes.is_some() {
            return true;
        }
        if self.shared.program.is_none() {
            return false;
        }
        {
            let mut under_way = self.shared.mp4s.under_way.lock();
            if matches!(under_way.get(&recording.recording_id), Some(State::Making(_))) {
                return true;
            }
            under_way.insert(recording.recording_id.clone(), State::Making(0.0));
        }
        let (shared, recording) = (self.shared.clone(), recording.clone());
        self.spawn(async move {
            let made = shared.convert(&recording).await;
            let mut under_way = shared.mp4s.under_way.lock();
            match made {
                Ok(bytes) => {
                    tracing::info!(recording = %recording.recording_id, bytes, "made into MP4");
                    under_way.remove(&recording.recording_id);
                }
                Err(error) => {
                    tracing::error!(recording = %recording.recording_id, %error, "could not be made into MP4");
                    under_way.insert(recording.recording_id, State::Failed);
                }
            }
        });
        true
    }
}

impl Shared {
    async fn convert(&self, recording: &StoredRecording) -> Result<u64, ConvertError> {
        let _turn = self.mp4s.turn().await.map_err(|_| ConvertError::Stopping)?;
        let program = self.program.as_ref().ok_or(ConvertError::NoProgram)?;
        let from = self.files.local(&key(recording, RecordingFormat::Webm)).ok_or(ConvertError::Elsewhere)?;
        let to = self.folder.join(format!("{}.mp4", recording.recording_id));
        tokio::fs::create_dir_all(&self.folder).await?;
        let result = self.run_converter(program, &from, &to, recording).await;
        if result.is_err() {
            remove_file(&to).await;
        }
        result?;
        let kept = key(recording, RecordingFormat::Mp4);
        self.files.adopt(&kept, &to).await?;
        let bytes = self.files.size(&kept).await?.unwrap_or(0);
        if !self.store.mp4_made(&recording.recording_id, bytes).await? {
            // It was deleted in the meantime.
            self.files.delete_key(&kept).await?;
        }
        Ok(bytes)
    }

    async fn run_converter(
        &self,
        program: &Path,
        from: &Path,
        to: &Path,
        recording: &StoredRecording,
    ) -> Result<(), ConvertError> {
        let mut command = Command::new(program);
        command.arg("mp4").arg(from).arg(to).kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        if let Some(words) = child.stderr.take() {
            tokio::spawn(process::log_words(words));
        }
        if let Some(output) = child.stdout.take() {
            let mut lines = BufReader::new(output).lines();
            while let Some(line) = lines.next_line().await? {
                if let Ok(Line { progress }) = serde_json::from_str(&line) {
                    let state = State::Making(progress.clamp(0.0, 1.0));
                    self.mp4s.under_way.lock().insert(recording.recording_id.clone(), state);
                }
            }
        }
        let status = child.wait().await?;
        if status.success() { Ok(()) } else { Err(ConvertError::Status(status)) }
    }
}
