//! Which rooms of a company, and in which order.

use visita_protocol::{CallType, RecordingLayout, RoomId, UserId};
use visita_room::Timestamp;

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
    Created(Compare, Timestamp),
    Modified(Compare, Timestamp),
    /// Nothing is.
    Nothing,
}

/// How two times are to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compare {
    Equal,
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
