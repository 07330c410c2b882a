//! Recordings in separate tracks: one file for each participant and kind.

use serde::Deserialize;
use visita_protocol::recorder::RecordedTrack;

use super::{finishing::FinishError, process::Ended, *};
use crate::store::StoredTrack;

/// What the program tells of tracks whose recorder died.
#[derive(Deserialize)]
struct Told {
    tracks: Vec<RecordedTrack>,
}

/// What a track's file is kept by.
pub(crate) fn track_key(recording: &StoredRecording, track: &RecordingTrackId) -> Key {
    let name = format!("{track}.webm");
    Key::from_iter(["recordings", recording.room_id.as_str(), recording.session_id.as_str(), &name])
}

impl Shared {
    /// Keeps the files that a recorder left, and writes down what they are.
    pub(super) async fn keep_tracks(
        &self,
        recording: &StoredRecording,
        ended: Option<&Ended>,
    ) -> Result<Vec<StoredTrack>, FinishError> {
        let list = self.list(recording);
        let left = match ended {
            Some(ended) if ended.is_whole => ended.tracks.clone(),
            _ if tokio::fs::try_exists(&list).await? => {
                let told: Option<Option<Told>> = self.mend("tracks", &list).await?;
                told.flatten().map(|told| told.tracks).unwrap_or_default()
            }
            // Nothing was begun, or the server was killed when all of it was kept.
            _ => return Ok(self.store.tracks_of_recording(&recording.recording_id).await?),
        };
        let mut tracks = Vec::with_capacity(left.len());
        for track in left.into_iter().filter(|track| track.recorded_ms > 0) {
            tracks.push((
                list.with_file_name(&track.file),
                StoredTrack {
                    track_id: ids::new(),
                    recording_id: recording.recording_id.clone(),
                    participant_id: track.participant_id,
                    display_name: track.display_name,
                    kind: track.kind,
                    codec: track.codec,
                    begun_at: Timestamp::from_unix_ms(track.begun_at_ms),
                    length: Duration::from_millis(track.recorded_ms),
                    bytes: track.bytes,
                },
            ));
        }
        for (file, track) in &tracks {
            self.files.adopt(&track_key(recording, &track.track_id), file).await?;
        }
        let tracks: Vec<StoredTrack> = tracks.into_iter().map(|(_, track)| track).collect();
        if self.store.tracks_recorded(&recording.recording_id, &tracks).await? {
            self.forget_tracks(recording).await;
        }
        Ok(tracks)
    }

    /// Removes what is left of tracks in the folder where they were written.
    pub(super) async fn forget_tracks(&self, recording: &StoredRecording) {
        let list = self.list(recording);
        let Some(folder) = list.parent() else { return };
        let Ok(mut entries) = tokio::fs::read_dir(folder).await else { return };
        while let Ok(Some(entry)) = entries.next_entry().await {
            if entry.file_name().to_string_lossy().starts_with(recording.recording_id.as_str()) {
                remove_file(&entry.path()).await;
            }
        }
    }

    /// Where the recorder writes down which tracks there are.
    pub(super) fn list(&self, recording: &StoredRecording) -> PathBuf {
        self.file(recording).with_extension("tracks")
    }
}
