//! Separate tracks of recordings, and compositions: films made of them afterwards.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    CompositionId, ParticipantId, RecordingLayout, RecordingTrackId, RoomId, SessionId,
    composition::{CompositionReason, CompositionState, Region},
    recorder::TrackKind,
    view::RecordingFormat,
};

/// One file of a recording in separate tracks: what one participant sent of one kind, as it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordingTrack {
    /// The track.
    pub track_id: RecordingTrackId,
    /// Whose.
    pub participant_id: ParticipantId,
    /// As they were called when it began.
    pub display_name: String,
    /// Sound, camera or screen.
    pub kind: TrackKind,
    /// As in SDP: `VP8`, `opus`.
    pub codec: String,
    /// When it began.
    pub started_at: String,
    /// Its length in milliseconds.
    pub duration_ms: u64,
    /// Size of the WebM file in bytes.
    pub bytes: u64,
}

/// Body of `POST /v2/rooms/{room_id}/sessions/{session_id}/compositions`: a film of all that was recorded of the session in
/// separate tracks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateComposition {
    /// As which file; `mp4` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<RecordingFormat>,
    /// Width of the picture in pixels, even, 16 to 1280; 1280 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u16>,
    /// Height of the picture in pixels, even, 16 to 1280; 720 when absent. No more than 921600 pixels in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u16>,
    /// How the picture is arranged, `grid` or `speaker`; `grid` when neither this nor `regions` is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<RecordingLayout>,
    /// Parts of the picture instead of a layout, 1 to 16.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regions: Option<Vec<Region>>,
}

/// A composition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Composition {
    /// The composition.
    pub composition_id: CompositionId,
    /// Its room.
    pub room_id: RoomId,
    /// Its session.
    pub session_id: SessionId,
    /// How it stands.
    pub state: CompositionState,
    /// How much of it is made, from 0 to 1.
    pub progress: f32,
    /// As which file.
    pub format: RecordingFormat,
    /// Width of the picture in pixels.
    pub width: u16,
    /// Height of the picture in pixels.
    pub height: u16,
    /// How the picture is arranged; absent where regions are.
    pub layout: Option<RecordingLayout>,
    /// Parts of the picture; absent where a layout is.
    pub regions: Option<Vec<Region>>,
    /// When it was asked for.
    pub created_at: String,
    /// When it was made, or could not be.
    pub ended_at: Option<String>,
    /// Its length in milliseconds.
    pub duration_ms: u64,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// Why there is none.
    pub reason: Option<CompositionReason>,
    /// It is deleted then.
    pub kept_until: Option<String>,
}

/// Answer of `GET /v2/compositions`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CompositionList {
    /// This page of them, the latest first.
    pub compositions: Vec<Composition>,
    /// How many there are in all.
    pub total: u64,
}

/// Body of `POST /v2/rooms/{room_id}/compositions/{composition_id}/link`, and of a track's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateMediaLink {
    /// Seconds, 30 to 3600; 600 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u32>,
}
