//! What can go wrong, with the code software branches on.

use visita_protocol::{ErrorCode, Problem};

/// Why a room was not joined.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JoinError {
    /// The server answered and said no: the token is wrong, over, or not for this room.
    #[error("the media server refused the token (HTTP status {status})")]
    Refused {
        /// The HTTP status it said no with.
        status: u16,
        /// The server's own words, for the diagnostics.
        message: String,
    },
    /// Nobody answers at the address.
    #[error("the media server does not answer: {0}")]
    Unreachable(String),
    /// Somebody answers, but does not speak LiveKit's protocol.
    #[error("the answer is not that of a LiveKit server: {0}")]
    NotUnderstood(String),
    /// Signalling works, but the media connection could not be made.
    #[error("the media connection could not be made: {0}")]
    Media(String),
}

impl JoinError {
    /// The code for the edge.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Refused { status: 401, .. } => ErrorCode::Unauthorized,
            Self::Refused { status: 404, .. } => ErrorCode::RoomNotFound,
            // Our media server says it so; LiveKit's gives no sign of it.
            Self::Refused { message, .. } if message.contains("the room is full") => ErrorCode::RoomFull,
            Self::Refused { status: 429, .. } => ErrorCode::RateLimited,
            Self::Refused { .. } => ErrorCode::Forbidden,
            Self::Unreachable(_) => ErrorCode::ServerUnreachable,
            Self::NotUnderstood(_) => ErrorCode::ServerNotUnderstood,
            Self::Media(_) => ErrorCode::MediaUnreachable,
        }
    }
}

impl From<JoinError> for Problem {
    fn from(error: JoinError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

/// Why a command to a joined room failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RtcError {
    /// The room was left, or the connection is over for good.
    #[error("the room is closed")]
    Closed,
    /// The server does not let this participant do it.
    #[error("the media server does not allow it: {0}")]
    NotAllowed(String),
    /// No such published track.
    #[error("no published track {0}")]
    UnknownTrack(String),
    /// The caller's value cannot be used.
    #[error("not valid: {0}")]
    Invalid(String),
    /// More than fits into one message.
    #[error("{size} bytes are too many for one message")]
    TooLarge {
        /// Bytes asked for.
        size: usize,
    },
    /// The server did not answer in time.
    #[error("the media server did not answer in time")]
    Timeout,
    /// The engine failed.
    #[error("media engine: {0}")]
    Engine(String),
}

impl RtcError {
    /// The code for the edge.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Closed => ErrorCode::MediaUnreachable,
            Self::NotAllowed(_) => ErrorCode::Forbidden,
            Self::UnknownTrack(_) => ErrorCode::NotFound,
            Self::Invalid(_) => ErrorCode::Invalid,
            Self::TooLarge { .. } => ErrorCode::TooLarge,
            Self::Timeout => ErrorCode::ServerUnreachable,
            Self::Engine(_) => ErrorCode::Internal,
        }
    }
}

impl From<RtcError> for Problem {
    fn from(error: RtcError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}
