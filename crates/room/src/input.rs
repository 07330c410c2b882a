//! What goes into a room and what comes out.

use std::time::Duration;

use thiserror::Error;
use visita_protocol::{
    ErrorCode, ParticipantId, Problem, SessionId,
    channel::{MediaState, ServerMessage},
};

use crate::{LinkSerial, Timestamp};

/// One device's way in, made when a link is used. Later ones are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub u64);

/// One room-channel connection. Never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

/// Something that happened outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A link was used. Accepted, `entry` is the seat's only good one; a device that was in is put out.
    Enter {
        /// The link's seat.
        participant_id: ParticipantId,
        /// The link's serial.
        link: LinkSerial,
        /// The new entry, greater than all before.
        entry: EntryId,
        /// Take the seat over from another device.
        displace: bool,
    },
    /// A channel said hello with the token of an entry.
    Connect {
        /// The token's seat.
        participant_id: ParticipantId,
        /// The token's link serial.
        link: LinkSerial,
        /// The token's entry.
        entry: EntryId,
        /// The connection.
        connection: ConnectionId,
        /// Name to show to the others.
        display_name: String,
        /// The token's time is over: it is good only for coming back to a seat that is still held.
        expired: bool,
        /// Id of the session, should this be its beginning.
        session_id: SessionId,
    },
    /// A channel is gone without a word.
    Disconnect {
        /// The connection.
        connection: ConnectionId,
    },
    /// Somebody's microphone or camera went on or off.
    SetMedia {
        /// The connection that says so.
        connection: ConnectionId,
        /// What is on now.
        media: MediaState,
    },
    /// Somebody leaves.
    Leave {
        /// The connection that says so.
        connection: ConnectionId,
    },
    /// Somebody wants to end the session for everybody.
    EndSession {
        /// The connection that says so.
        connection: ConnectionId,
    },
    /// The media server has somebody in.
    MediaJoined {
        /// Their seat.
        participant_id: ParticipantId,
        /// The name in their token, where there is one.
        display_name: Option<String>,
        /// Id of the session, should this be its beginning.
        session_id: SessionId,
    },
    /// The media server has lost somebody, or they left there.
    MediaLeft {
        /// Their seat.
        participant_id: ParticipantId,
        /// They said goodbye, rather than vanished.
        goodbye: bool,
    },
    /// A seat has a new link; whoever came by an old one is put out. The API key's right.
    RenewLink {
        /// The seat.
        participant_id: ParticipantId,
        /// Serial of the new link, greater than the old one.
        link: LinkSerial,
    },
    /// The room is switched off. The API key's right.
    Disable,
    /// The room is deleted. The API key's right.
    Delete,
    /// The server stops: everybody is told, nothing about the room changes.
    Stop,
}

/// What has to happen outside, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send a message.
    Send {
        /// To this connection.
        to: ConnectionId,
        /// The message.
        message: ServerMessage,
    },
    /// Close a connection, after what was sent to it.
    Close {
        /// The connection.
        connection: ConnectionId,
    },
    /// Take somebody out of the media server.
    RemoveMedia {
        /// Their seat.
        participant_id: ParticipantId,
    },
    /// Take everybody out of the media server.
    EndMedia,
    /// Write down that a session began.
    SessionStarted {
        /// Its id.
        session_id: SessionId,
        /// When.
        at: Timestamp,
    },
    /// Write down how far a session is.
    Checkpoint {
        /// Its id.
        session_id: SessionId,
        /// Effective call time of the room so far.
        used: Duration,
        /// When.
        at: Timestamp,
    },
    /// Write down that a session is over.
    SessionEnded {
        /// Its id.
        session_id: SessionId,
        /// Effective call time of the room so far.
        used: Duration,
        /// When the last one was connected.
        at: Timestamp,
    },
    /// Write down that the duration is used up.
    UsedUp,
}

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
    /// Another device sits there.
    #[error("this link is in use on another device")]
    SeatInUse,
    /// The room has no such seat.
    #[error("no such seat")]
    NoSuchSeat,
    /// Another device took the seat over.
    #[error("another device took this seat")]
    Displaced,
    /// The token's time is over, or what it was made for is.
    #[error("this token's time is over; use the link again")]
    TokenExpired,
    /// Only an admin of the room may do this.
    #[error("only an admin of the room may do this")]
    NotAdmin,
    /// Nobody sits on that connection.
    #[error("this connection is not in the room")]
    NotIn,
    /// The room's call type has no camera.
    #[error("this room has no camera")]
    NoCamera,
}

impl Refusal {
    /// The error code of the refusal.
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::LinkRevoked => ErrorCode::LinkRevoked,
            Self::LinkExpired => ErrorCode::LinkExpired,
            Self::RoomDisabled => ErrorCode::RoomDisabled,
            Self::RoomEnded => ErrorCode::RoomEnded,
            Self::SeatInUse => ErrorCode::SeatInUse,
            Self::NoSuchSeat => ErrorCode::NotFound,
            Self::Displaced => ErrorCode::Displaced,
            Self::TokenExpired => ErrorCode::TokenExpired,
            Self::NotAdmin | Self::NotIn | Self::NoCamera => ErrorCode::Forbidden,
        }
    }

    /// The refusal with its words.
    pub fn problem(self) -> Problem {
        Problem::new(self.code(), self.to_string())
    }
}
