//! What is done with the file that a recorder left: made whole where it is not, and kept.

use std::process::Stdio;

use serde::{Deserialize, de::DeserializeOwned};
use tokio::process::Command;
use visita_room::Timestamp;

use super::{process::Ended, *};
use crate::{
    rooms::News,
    store::{RecordingProgress, StoredTrack},
};

/// How long making a file whole may take: it reads all of it once.
const REPAIR_TIME: Duration = Duration::from_secs(600);

/// A file that nobody has written to for so long is nobody's: a recorder writes each second.
const SETTLED: Duration = Duration::from_secs(3);
/// It is not waited longer than this.
const MOST_SETTLING: Duration = Duration::from_secs(60);

/// Why a recording is not finished yet.
#[derive(Debug, thiserror::Error)]
pub(super) enum FinishError {
    #[error(transparent)]
    Keep(#[from] KeepError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("making it whole takes too long")]
    Slow,
    #[error("there is no program for it")]
    NoProgram,
}

/// What the program tells of a file that it has made whole.
#[derive(Deserialize)]
struct Told {
    recorded_ms: u64,
}

/// What came of making a file whole.
enum Repaired {
    /// It can be played; so long, where that was told.
    Whole { length: Option<Duration> },
    /// There is nothing in it.
    Nothing,
}

impl Shared {
    /// A recorder is gone: its file is made whole, and kept.
    pub(super) async fn finish(&self, recording: &StoredRecording, ended: &Ended) -> Result<(), FinishError> {
        let progress = RecordingProgress {
            state: RecordingFileState::Processing,
            ended_at: Some(self.clock.now()),
            length: ended.length,
            bytes: ended.bytes,
            reason: ended.reason,
        };
        self.finish_as(recording, progress, Some(ended)).await
    }

    /// Finishes all that the last run of the server left.
    pub(super) async fn finish_all(&self) {
        let left = match self.store.unfinished_recordings().await {
            Ok(left) => left,
            Err(error) => return tracing::error!(%error, "recordings that were left cannot be read"),
        };
        // Those of this run are at work.
        for recording in left.into_iter().filter(|one| one.started_at < self.since) {
            let ended_at = recording.ended_at.or_else(|| last_written(&self.file(&recording)));
            let progress = RecordingProgress {
                state: RecordingFileState::Processing,
                ended_at: Some(ended_at.unwrap_or(recording.started_at)),
                length: recording.length,
                bytes: recording.bytes,
                reason: recording.reason.or(Some(RecordingReason::ServerStopped)),
            };
            settled(&self.file(&recording)).await;
            settled(&self.list(&recording)).await;
            if let Err(error) = self.finish_as(&recording, progress, None).await {
                tracing::error!(recording = %recording.recording_id, %error, "a recording could not be finished");
            }
        }
    }

    async fn finish_as(
        &self,
        recording: &StoredRecording,
        mut progress: RecordingProgress,
        ended: Option<&Ended>,
    ) -> Result<(), FinishError> {
        let file = self.file(recording);
        let kept = key(recording, RecordingFormat::Webm);
        if !self.store.recording_changed(&recording.recording_id, &progress).await? {
            // Its room was deleted in the meantime.
            remove_file(&file).await;
            self.forget_tracks(recording).await;
            return Ok(());
        }
        let tracks = if recording.tracks { self.keep_tracks(recording, ended).await? } else { Vec::new() };
        let can_be_played = if recording.tracks {
            let end = |track: &StoredTrack| track.begun_at.since(recording.started_at) + track.length;
            progress.length = tracks.iter().map(end).max().unwrap_or(progress.length);
            progress.bytes = tracks.iter().map(|track| track.bytes).sum();
            !tracks.is_empty()
        } else {
            let is_there = self.keep_whole(recording, &mut progress, ended.is_some_and(|ended| ended.is_whole)).await?;
            progress.bytes = self.files.size(&kept).await?.unwrap_or(0);
            is_there
        };
        progress.state = if can_be_played { RecordingFileState::Available } else { RecordingFileState::Failed };
        if !can_be_played {
            progress.reason = progress.reason.or(Some(RecordingReason::RecorderFailed));
            remove_file(&file).await;
        }
        if !self.store.recording_changed(&recording.recording_id, &progress).await? {
            for track in &tracks {
                self.files.delete_key(&track_key(recording, &track.track_id)).await?;
            }
            return Ok(self.files.delete_key(&kept).await?);
        }
        let (session_id, recording_id) = (recording.session_id.clone(), recording.recording_id.clone());
        tracing::info!(state = ?progress.state, reason = ?progress.reason, bytes = progress.bytes, "recording finished");
        let news = if can_be_played {
            News::RecordingAvailable { session_id, recording_id, tracks }
        } else {
            News::RecordingFailed { session_id, recording_id, reason: progress.reason }
        };
        self.tell(recording, news).await;
        Ok(())
    }

    /// Keeps a recording that is one file. Whether it can be played.
    async fn keep_whole(
        &self,
        recording: &StoredRecording,
        progress: &mut RecordingProgress,
        is_whole: bool,
    ) -> Result<bool, FinishError> {
        let (file, kept) = (self.file(recording), key(recording, RecordingFormat::Webm));
        if !tokio::fs::metadata(&file).await.is_ok_and(|file| file.len() > 0) {
            // The server may have been killed between keeping the file and writing that down.
            return Ok(self.files.size(&kept).await?.is_some());
        }
        if !is_whole {
            match self.repair(&file).await? {
                Repaired::Whole { length } => progress.length = length.unwrap_or(progress.length),
                Repaired::Nothing => return Ok(false),
            }
        }
        self.files.adopt(&kept, &file).await?;
        Ok(true)
    }

    /// Cuts off the broken end of a file and writes its index.
    async fn repair(&self, file: &Path) -> Result<Repaired, FinishError> {
        let Some(told) = self.mend::<Told>("repair", file).await? else { return Ok(Repaired::Nothing) };
        let length = told.map(|told| Duration::from_millis(told.recorded_ms));
        Ok(Repaired::Whole { length })
    }

    /// Has the program make something whole; what it tells of it, if anything. None where nothing can be made whole.
    pub(super) async fn mend<T: DeserializeOwned>(
        &self,
        what: &str,
        file: &Path,
    ) -> Result<Option<Option<T>>, FinishError> {
        let program = self.program.as_ref().ok_or(FinishError::NoProgram)?;
        let mut command = Command::new(program);
        command.arg(what).arg(file).stdin(Stdio::null()).kill_on_drop(true);
        let output = tokio::time::timeout(REPAIR_TIME, command.output()).await.map_err(|_| FinishError::Slow)??;
        if !output.status.success() {
            let words = String::from_utf8_lossy(&output.stderr);
            tracing::warn!(status = ?output.status, words = words.trim_end(), "a recording could not be made whole");
            return Ok(None);
        }
        let told = String::from_utf8_lossy(&output.stdout);
        Ok(Some(told.lines().rev().find_map(|line| serde_json::from_str(line).ok())))
    }

    pub(super) async fn tell(&self, recording: &StoredRecording, news: News) {
        self.listener.hear(&recording.company_id, &recording.room_id, news, self.clock.now()).await;
    }
}

/// Waits until nobody writes to a file any more: the recorder of a server that was killed ends by itself, a little later.
async fn settled(file: &Path) {
    let most = tokio::time::Instant::now() + MOST_SETTLING;
    while let Ok(quiet) = std::fs::metadata(file).and_then(|file| file.modified()).map(|at| at.elapsed()) {
        // A clock that was set back tells nothing.
        let quiet = quiet.unwrap_or(SETTLED);
        if quiet >= SETTLED || tokio::time::Instant::now() >= most {
            return;
        }
        tokio::time::sleep(SETTLED - quiet).await;
    }
}

/// When a file was last written to.
fn last_written(file: &Path) -> Option<Timestamp> {
    let at = std::fs::metadata(file).and_then(|file| file.modified()).ok()?;
    let since_epoch = at.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(Timestamp::from_unix_ms(u64::try_from(since_epoch.as_millis()).ok()?))
}
