//! Recordings: started, listed, made into MP4, fetched by a link that ends.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ParticipantId, RecordingId, RecordingLayout, RoomId, Secret, SessionId,
    rest::RecordingTrack,
    view::{RecordingFileState, RecordingFormat},
};

/// Body of `POST /v2/rooms/{room_id}/recording/start`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartRecording {
    /// How the picture is arranged; as the room says when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<RecordingLayout>,
}

/// Somebody's answer to being recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordingConsent {
    /// Whose seat.
    pub participant_id: ParticipantId,
    /// Yes or no.
    pub answer: bool,
    /// Which wording of the question they were shown; `elsewhere` when the API said that they agreed.
    pub text_version: String,
    /// When.
    pub at: String,
}

/// A recording of a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Recording {
    /// The recording.
    pub recording_id: RecordingId,
    /// Its room.
    pub room_id: RoomId,
    /// Its session.
    pub session_id: SessionId,
    /// How it stands.
    pub state: RecordingFileState,
    /// How its picture is arranged.
    pub layout: RecordingLayout,
    /// It is one file for each participant and kind, and as a whole nothing that could be played.
    pub separate_tracks: bool,
    /// When it began.
    pub started_at: String,
    /// When it ended; absent while it runs.
    pub ended_at: Option<String>,
    /// Its length in milliseconds.
    pub duration_ms: u64,
    /// Size of the WebM file in bytes, of all tracks where they are separate.
    pub bytes: u64,
    /// Why it ended, where nobody wanted that, or why there is no file.
    pub reason: Option<RecordingReason>,
    /// It is deleted then.
    pub kept_until: Option<String>,
    /// The same as MP4.
    pub mp4: Mp4,
    /// The answers that held when it began, and those given while it ran, oldest first. Not in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consents: Option<Vec<RecordingConsent>>,
    /// Its files, where they are separate, in the order of their beginning. Not in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracks: Option<Vec<RecordingTrack>>,
}

/// Why a recording is not as it was meant to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordingReason {
    /// The disk was full. What was recorded before is there.
    DiskFull,
    /// The recorder failed. What was recorded before is there, when the state is `available`.
    RecorderFailed,
    /// The server stopped or failed. What was recorded before is there.
    ServerStopped,
    /// The recorder could not be started.
    NotStarted,
}

/// A recording as MP4, which is made once somebody wants it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Mp4 {
    /// How it stands.
    pub state: Mp4State,
    /// How much of it is made, from 0 to 1.
    pub progress: f32,
    /// Its size in bytes, once it is there.
    pub bytes: Option<u64>,
}

/// How an MP4 stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mp4State {
    /// Nobody wanted it yet.
    None,
    /// It is being made, or waits for its turn.
    Making,
    /// It can be fetched.
    Available,
    /// It could not be made; asked for again, it is tried again.
    Failed,
}

/// Answer of `GET /v2/recordings`, and of a room's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RecordingList {
    /// This page of them, the latest first.
    pub recordings: Vec<Recording>,
    /// How many there are in all.
    pub total: u64,
}

/// Body of `POST /v2/rooms/{room_id}/recordings/{recording_id}/link`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateRecordingLink {
    /// Seconds, 30 to 3600; 600 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u32>,
    /// Which file; `webm` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<RecordingFormat>,
}

/// A link that plays or fetches a recording without a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordingLink {
    /// Who has it may fetch the file.
    pub url: Secret,
    /// From when on it is good no more.
    pub expires_at: String,
}
