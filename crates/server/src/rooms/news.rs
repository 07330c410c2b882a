//! What rooms let the outside know, as webhooks tell it.

use std::time::Duration;

use async_trait::async_trait;
use visita_protocol::{
    CompanyId, CompositionId, FileId, ParticipantId, RecordingId, RoomId, SessionId, UserId, channel::LeaveReason,
    composition::CompositionReason, rest::RecordingReason,
};
use visita_room::Timestamp;

use crate::store::StoredTrack;

/// Something that happened in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// A session began.
    SessionStarted { session_id: SessionId },
    /// A session is over.
    SessionEnded {
        session_id: SessionId,
        /// Effective call time of the room so far.
        used: Duration,
    },
    /// Somebody came in.
    ParticipantJoined { session_id: SessionId, participant_id: ParticipantId, user_id: UserId },
    /// Somebody is out.
    ParticipantLeft { session_id: SessionId, participant_id: ParticipantId, user_id: UserId, reason: LeaveReason },
    /// A file or snapshot was shared.
    FileUploaded { session_id: SessionId, participant_id: ParticipantId, user_id: UserId, file_id: FileId },
    /// A recording began.
    RecordingStarted { session_id: SessionId, recording_id: RecordingId },
    /// A recording can be fetched.
    RecordingAvailable {
        session_id: SessionId,
        recording_id: RecordingId,
        /// Its files, where they are separate.
        tracks: Vec<StoredTrack>,
    },
    /// A recording has no file that could be played.
    RecordingFailed { session_id: SessionId, recording_id: RecordingId, reason: Option<RecordingReason> },
    /// A composition can be fetched.
    CompositionCompleted { session_id: SessionId, composition_id: CompositionId },
    /// A composition could not be made.
    CompositionFailed { session_id: SessionId, composition_id: CompositionId, reason: CompositionReason },
    /// It rings for these users; without a caller the API rings.
    CallIncoming { caller: Option<(ParticipantId, UserId)>, called: Vec<UserId> },
}

/// Whoever wants to know. The room goes on when it has answered.
#[async_trait]
pub(crate) trait Listener: Send + Sync + 'static {
    /// Takes news of a room.
    async fn hear(&self, company: &CompanyId, room: &RoomId, news: News, at: Timestamp);
}

/// Nobody listens.
#[async_trait]
impl Listener for () {
    async fn hear(&self, _: &CompanyId, _: &RoomId, _: News, _: Timestamp) {}
}
