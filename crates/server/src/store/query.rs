//! Which rooms, sessions, people and recordings of a company, and in which order.

use visita_protocol::{CallType, ParticipantId, RecordingLayout, RoomId, SessionId, UserId, view::RecordingFileState};
use visita_room::Timestamp;

use super::StoredSession;

/// Which open rooms that are not deleted; all that is said has to be so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RoomQuery {
    pub(crate) only: Vec<RoomIs>,
    /// By the first first; rooms that are alike in all of it are in the order of their making.
    pub(crate) order: Vec<(RoomBy, Direction)>,
}

/// Something that is so of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RoomIs {
    Id(RoomId),
    Title(Option<String>),
    /// Made by that user; none is the company's key.
    CreatedBy(Option<UserId>),
    CallType(CallType),
    Capacity(u16),
    Webinar(bool),
    Chat(bool),
    ScreenSharing(bool),
    Recorded(bool),
    Layout(RecordingLayout),
    /// Lets people in at this time.
    Active(bool, Timestamp),
    Created(Between),
    Modified(Between),
    UniqueName(String),
    /// Nothing is.
    Nothing,
}

/// How a room stands at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RoomStands {
    /// Somebody is in.
    Live,
    /// It begins later than this.
    Scheduled(Timestamp),
    /// It is switched on and not over.
    Active(Timestamp),
    /// It is switched off.
    Disabled,
    /// Its time is used up or over.
    Ended(Timestamp),
}

/// A stretch of time; what is none is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Between {
    pub(crate) from: Option<Timestamp>,
    /// This time is not in it.
    pub(crate) until: Option<Timestamp>,
}

impl Between {
    /// One moment, of a millisecond.
    pub(crate) fn at(at: Timestamp) -> Self {
        Self { from: Some(at), until: Some(at + std::time::Duration::from_millis(1)) }
    }
}

/// Which sessions of a company's open rooms that are not deleted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SessionQuery {
    pub(crate) session: Option<SessionId>,
    /// Of one of these rooms; of any when there is none.
    pub(crate) rooms: Vec<RoomId>,
    /// Whether it runs.
    pub(crate) active: Option<bool>,
    pub(crate) started: Between,
    /// When it was last seen, or ended.
    pub(crate) updated: Between,
    /// Those that run are in no stretch of time.
    pub(crate) ended: Between,
}

/// A session, and when it was last seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SeenSession {
    pub(crate) session: StoredSession,
    pub(crate) updated_at: Timestamp,
}

/// Who was in sessions of a company's open rooms that are not deleted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AttendanceQuery {
    pub(crate) session: Option<SessionId>,
    pub(crate) participant: Option<ParticipantId>,
    pub(crate) joined: Between,
    /// When they last came or went.
    pub(crate) updated: Between,
    /// Those who are in are in no stretch of time.
    pub(crate) left: Between,
}

/// Somebody's time in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attendance {
    pub(crate) session_id: SessionId,
    pub(crate) room_id: RoomId,
    pub(crate) participant_id: ParticipantId,
    pub(crate) joined_at: Timestamp,
    /// None while they are connected.
    pub(crate) left_at: Option<Timestamp>,
    pub(crate) updated_at: Timestamp,
}

/// Which recordings of a company's open rooms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RecordingQuery {
    pub(crate) room: Option<RoomId>,
    pub(crate) session: Option<SessionId>,
    /// Only the file with that id: a recording that is one file, or a track.
    pub(crate) file: Option<String>,
    /// Only files of one participant.
    pub(crate) participant: Option<ParticipantId>,
    /// Only files of one kind.
    pub(crate) kind: Option<FileKind>,
    /// One of these; all when there are none.
    pub(crate) states: Vec<RecordingFileState>,
    pub(crate) started: Between,
    pub(crate) ended: Between,
    /// Whole seconds, both ends in it.
    pub(crate) length: (Option<u64>, Option<u64>),
}

/// What is in a file of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// All who agreed to it, in one picture.
    Composite,
    /// The sound of one participant.
    Audio,
    /// The camera or the screen of one participant.
    Video,
}

/// What rooms are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RoomBy {
    Id,
    Title,
    CreatedBy,
    CallType,
    Capacity,
    Webinar,
    Chat,
    ScreenSharing,
    Recorded,
    Layout,
    Active,
    Created,
    Modified,
}

/// Up or down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Ascending,
    Descending,
}
