//! What is done with the file that a recorder left: made whole where it is not, and kept.

use std::process::Stdio;

use serde::Deserialize;
use tokio::process::Command;
use visita_room::Timestamp;

use super::{process::Ended, *};
use crate::{rooms::News, store::RecordingProgress};

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
        self.finish_as(recording, progress, ended.is_whole).await
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
            if let Err(error) = self.finish_as(&recording, progress, false).await {
                tracing::error!(recording = %recording.recording_id, %error, "a recording could not be finished");
            }
        }
    }

    async fn finish_as(
        &self,
        recording: &StoredRecording,
        mut progress: RecordingProgress,
        is_whole: bool,
    ) -> Result<(), FinishError> {
        let file = self.file(recording);
        let kept = key(recording, RecordingFormat::Webm);
        if !self.store.recording_changed(&recording.recording_id, &progress).await? {
            // Its room was deleted in the meantime.
            remove_file(&file).await;
            return Ok(());
        }
        let is_there = tokio::fs::metadata(&file).await.is_ok_and(|file| file.len() > 0);
        let can_be_played = if !is_there {
            // The server may have been killed between keeping the file and writing that down.
            self.files.size(&kept).await?.is_some()
        } else if is_whole {
            true
        } else {
            match self.repair(&file).await? {
                Repaired::Whole { length } => {
                    progress.length = length.unwrap_or(progress.length);
                    true
                }
                Repaired::Nothing => false,
            }
        };
        if can_be_played && is_there {
            self.files.adopt(&kept, &file).await?;
        }
        progress.bytes = self.files.size(&kept).await?.unwrap_or(0);
        progress.state = if can_be_played { RecordingFileState::Available } else { RecordingFileState::Failed };
        if !can_be_played {
            progress.reason = progress.reason.or(Some(RecordingReason::RecorderFailed));
            remove_file(&file).await;
        }
        if !self.store.recording_changed(&recording.recording_id, &progress).await? {
            return Ok(self.files.delete_key(&kept).await?);
        }
        let (session_id, recording_id) = (recording.session_id.clone(), recording.recording_id.clone());
        tracing::info!(state = ?progress.state, reason = ?progress.reason, bytes = progress.bytes, "recording finished");
        let news = if can_be_played {
            News::RecordingAvailable { session_id, recording_id }
        } else {
            News::RecordingFailed { session_id, recording_id, reason: progress.reason }
        };
        self.tell(recording, news).await;
        Ok(())
    }

    /// Cuts off the broken end of a file and writes its index.
    async fn repair(&self, file: &Path) -> Result<Repaired, FinishError> {
        let program = self.program.as_ref().ok_or(FinishError::NoProgram)?;
        let mut command = Command::new(program);
        command.arg("repair").arg(file).stdin(Stdio::null()).kill_on_drop(true);
        let output = tokio::time::timeout(REPAIR_TIME, command.output()).await.map_err(|_| FinishError::Slow)??;
        if !output.status.success() {
            let words = String::from_utf8_lossy(&output.stderr);
            tracing::warn!(status = ?output.status, words = words.trim_end(), "a recording could not be made whole");
            return Ok(Repaired::Nothing);
        }
        let told = String::from_utf8_lossy(&output.stdout);
        let told = told.lines().rev().find_map(|line| serde_json::from_str::<Told>(line).ok());
        let length = told.map(|told| Duration::from_millis(told.recorded_ms));
        Ok(Repaired::Whole { length })
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
