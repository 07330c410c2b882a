//! Why a room does not do something.

use thiserror::Error;
use visita_protocol::{ErrorCode, Problem};

use crate::Timestamp;

/// Why an input was refused. Nothing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The link is not the seat's latest.
    #[error("this link was taken back")]
    LinkRevoked,
    /// The room's end is past.
    #[error("this link's time is over")]
    LinkExpired,
    /// The room is switched off.
    #[error("the room is switched off")]
    RoomDisabled,
    /// The duration is used up, or the room is deleted.
    #[error("the room is over")]
    RoomEnded,
    /// It is too early.
    #[error("the visit has not started")]
    NotStarted {
        /// When it starts.
        starts_at: Timestamp,
    },
    /// Somebody who takes part is not known yet.
    #[error("not everybody who takes part is known yet")]
    NotComplete,
    /// Everybody is known, and nobody has the role plus.
    #[error("no plus user in room")]
    NoPlus,
    /// Everybody who takes part is known already.
    #[error("everybody who takes part has a seat already")]
    SeatsTaken,
    /// It is too late for changes, shortly before the start.
    #[error("shortly before its start a room is not changed any more")]
    Frozen,
    /// As many as may be are in.
    #[error("the room is full")]
    RoomFull,
    /// Another device sits there.
    #[error("this link is in use on another device")]
    SeatInUse,
    /// The room has no such seat.
    #[error("no such seat")]
    NoSuchSeat,
    /// The room has that seat already.
    #[error("there is such a seat already")]
    SeatExists,
    /// Another device took the seat over.
    #[error("another device took this seat")]
    Displaced,
    /// An admin put them out.
    #[error("an admin has put this seat out")]
    Removed,
    /// The token's time is over, or what it was made for is.
    #[error("this token's time is over; use the link again")]
    TokenExpired,
    /// Only an admin of the room may do this.
    #[error("only an admin of the room may do this")]
    NotAdmin,
    /// The seat has not the tool for it.
    #[error("this seat may not use that")]
    ToolMissing,
    /// Nobody sits on that connection.
    #[error("this connection is not in the room")]
    NotIn,
    /// Somebody in the waiting room may not do this.
    #[error("this is for those who were let in")]
    StillWaiting,
    /// Somebody who is not in the waiting room may not do this.
    #[error("this is for the waiting room")]
    NotWaiting,
    /// Whom it was meant for is not there.
    #[error("no such participant is there")]
    NotThere,
    /// One does not do this to oneself.
    #[error("this cannot be done to oneself")]
    Oneself,
    /// The room's call type has no camera.
    #[error("this room has no camera")]
    NoCamera,
    /// The room's call type has no microphone.
    #[error("this room has no microphone")]
    NoMicrophone,
    /// Without a key one gets in by the link of a seat only.
    #[error("without a key only the link of a seat lets somebody in")]
    LinkNeeded,
    /// Without a key one has to say one's name.
    #[error("without a key one has to say one's name")]
    NameNeeded,
    /// Only the key lets in whom nobody sees.
    #[error("only with the key may somebody come whom nobody sees")]
    KeyNeeded,
    /// In a webinar whom nobody sees needs a token of its own.
    #[error("a hidden participant of a webinar needs an egress token that is still good")]
    EgressTokenNeeded,
    /// The session is not the running one.
    #[error("this session is over")]
    SessionOver,
    /// The id belongs to somebody else.
    #[error("somebody else has this id")]
    IdTaken,
    /// The audience of a webinar does not publish.
    #[error("the audience does not publish")]
    Audience,
    /// The room is no webinar.
    #[error("this room is no webinar")]
    NoWebinar,
    /// An admin has taken the right to send this.
    #[error("an admin has muted this")]
    MutedByAdmin,
    /// The room has no duration that could be extended.
    #[error("this room has no duration")]
    Unlimited,
    /// A value that is not valid.
    #[error("not a valid value")]
    Invalid {
        /// The field's name.
        field: &'static str,
    },
    /// Too often.
    #[error("too often; try again a little later")]
    TooOften,
    /// Nothing here records, or as much is recorded as may be at once.
    #[error("this server does not record, or records as much as it can")]
    RecordingUnavailable,
    /// The room's recording is not started and stopped by anybody.
    #[error("the recording of this room is not manual")]
    NotManual,
    /// Nobody is there to be recorded.
    #[error("nobody is in the room")]
    NobodyIn,
    /// It does not ring there.
    #[error("there it does not ring")]
    NotRinging,
}

impl Refusal {
    /// The error code of the refusal.
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::LinkRevoked => ErrorCode::LinkRevoked,
            Self::LinkExpired => ErrorCode::LinkExpired,
            Self::RoomDisabled => ErrorCode::RoomDisabled,
            Self::RoomEnded => ErrorCode::RoomEnded,
            Self::NotStarted { .. } | Self::NotComplete => ErrorCode::RoomNotStarted,
            Self::Frozen => ErrorCode::RoomFrozen,
            Self::RoomFull | Self::SeatsTaken => ErrorCode::RoomFull,
            Self::SeatInUse => ErrorCode::SeatInUse,
            Self::NoSuchSeat | Self::NotThere | Self::NotRinging => ErrorCode::NotFound,
            Self::SeatExists | Self::NotManual | Self::IdTaken | Self::SessionOver => ErrorCode::Conflict,
            Self::NobodyIn => ErrorCode::RoomEmpty,
            Self::Displaced => ErrorCode::Displaced,
            Self::Removed => ErrorCode::Removed,
            Self::TokenExpired => ErrorCode::TokenExpired,
            Self::NotAdmin
            | Self::ToolMissing
            | Self::NotIn
            | Self::StillWaiting
            | Self::NotWaiting
            | Self::NoCamera
            | Self::NoMicrophone
            | Self::KeyNeeded
            | Self::EgressTokenNeeded
            | Self::Audience => ErrorCode::Forbidden,
            Self::LinkNeeded => ErrorCode::Unauthorized,
            Self::NameNeeded
            | Self::Oneself
            | Self::NoWebinar
            | Self::Unlimited
            | Self::NoPlus
            | Self::Invalid { .. } => ErrorCode::Invalid,
            Self::MutedByAdmin => ErrorCode::MutedByAdmin,
            Self::TooOften => ErrorCode::RateLimited,
            Self::RecordingUnavailable => ErrorCode::RecordingUnavailable,
        }
    }

    /// The refusal with its words.
    pub fn problem(self) -> Problem {
        let mut problem = Problem::new(self.code(), self.to_string());
        match self {
            Self::NotStarted { starts_at } => problem.starts_at = Some(starts_at.unix_ms() / 1000),
            Self::NameNeeded => problem.field = Some("display_name".to_owned()),
            Self::Invalid { field } => problem.field = Some(field.to_owned()),
            Self::NoPlus => problem.field = Some("participants".to_owned()),
            _ => {}
        }
        problem
    }
}
