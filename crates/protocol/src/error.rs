//! Errors at the edge: a code that software branches on and words a person can read.

use serde::{Deserialize, Serialize, Serializer, ser::SerializeStruct};
use specta::Type;
use utoipa::ToSchema;

/// What went wrong, by code. The page chooses its words by this, never by the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The text is not a Visita link.
    LinkMalformed,
    /// No such link on that server (never made, or another server's).
    LinkUnknown,
    /// The link was taken back.
    LinkRevoked,
    /// The link's time is over.
    LinkExpired,
    /// The room was switched off.
    RoomDisabled,
    /// The room is over: duration used up, ended or deleted.
    RoomEnded,
    /// Every seat is taken.
    RoomFull,
    /// Before its start.
    RoomNotStarted,
    /// So shortly before the start that nothing may be changed any more.
    RoomFrozen,
    /// Nobody is in the room.
    RoomEmpty,
    /// This server does not record.
    RecordingUnavailable,
    /// No such room.
    RoomNotFound,
    /// The same link is in use on another device; joining here takes over.
    SeatInUse,
    /// No key, or a wrong one.
    Unauthorized,
    /// The key or token is right but may not do this.
    Forbidden,
    /// A token's time is over.
    TokenExpired,
    /// The body or a field is not valid; `field` names it.
    Invalid,
    /// The id is taken.
    Conflict,
    /// Nothing there.
    NotFound,
    /// The server does not answer.
    ServerUnreachable,
    /// The server answers, but not like a Visita or LiveKit server.
    ServerNotUnderstood,
    /// Whoever manages this computer does not allow that server.
    ServerNotAllowed,
    /// The media connection could not be made.
    MediaUnreachable,
    /// Taken over by the same link on another device.
    Displaced,
    /// Removed by an admin.
    Removed,
    /// An admin has taken the right to send this.
    MutedByAdmin,
    /// Too many requests.
    RateLimited,
    /// Larger than allowed.
    TooLarge,
    /// Files of that type are not shared.
    FileTypeRefused,
    /// A fault of ours.
    Internal,
}

impl ErrorCode {
    /// The code as it is written on the wire.
    pub fn as_str(self) -> String {
        serde_json::to_value(self).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

/// A coded error.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Type, ToSchema, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// For software.
    pub code: ErrorCode,
    /// For people who read logs or API answers, in English.
    pub message: String,
    /// The field that is wrong, as a path such as `participants[1].user_id`.
    #[serde(default)]
    pub field: Option<String>,
    /// With `room_not_started`: when the visit starts, Unix time in seconds.
    #[serde(default)]
    #[specta(type = Option<f64>)]
    pub starts_at: Option<u64>,
}

/// By hand, because of the field that is not always there: said as an attribute it makes the generated bindings two types
/// of everything that has a problem in it.
impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { code, message, field, starts_at } = self;
        let mut out = serializer.serialize_struct("Problem", 3 + usize::from(starts_at.is_some()))?;
        out.serialize_field("code", code)?;
        out.serialize_field("message", message)?;
        out.serialize_field("field", field)?;
        match starts_at {
            Some(starts_at) => out.serialize_field("starts_at", starts_at)?,
            None => out.skip_field("starts_at")?,
        }
        out.end()
    }
}

impl Problem {
    /// An error with its words.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), field: None, starts_at: None }
    }

    /// A field that is not valid.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: ErrorCode::Invalid, message: message.into(), field: Some(field.into()), starts_at: None }
    }
}

/// The body of every error answer of our own calls: `{"error": {"code", "message", "field"?}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type, ToSchema)]
pub struct ErrorBody {
    /// The error.
    pub error: Problem,
}
