//! Messages of the room channel, a WebSocket of JSON text frames at `/channel`. `PROTOCOL.md` tells the conversation.
//!
//! The client's first message is `hello`; the server answers `welcome` with the whole room state. Every later message of
//! the server that changes the state carries a rising `seq`.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{CallType, ParticipantId, Problem, RecordingMode, RoomId, Secret, SessionId, Tools};

/// Longest message accepted from a client, in bytes.
pub const MAX_MESSAGE_LEN: usize = 64 * 1024;

/// How long the server waits for `hello`, in seconds.
pub const HELLO_TIMEOUT_SECS: u64 = 10;

/// From a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientMessage {
    /// First message: who I am, and the last `seq` I have seen when I come back.
    Hello {
        /// Channel token from the entry.
        token: Secret,
        /// Last `seq` seen, when coming back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        last_seen: Option<u64>,
    },
    /// My microphone or camera went on or off.
    SetMedia {
        /// What is on now.
        media: MediaState,
    },
    /// I leave; the seat stays mine.
    Leave,
    /// End the session for everybody (admins).
    EndSession,
    /// Are you there.
    Ping,
}

/// From the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// Answer to `hello`.
    Welcome {
        /// Sequence number of the state below.
        seq: u64,
        /// Your seat.
        you: ParticipantId,
        /// Everything.
        room: RoomState,
    },
    /// Somebody came in.
    Joined {
        /// Sequence number.
        seq: u64,
        /// Who.
        participant: ParticipantState,
    },
    /// Somebody went.
    Left {
        /// Sequence number.
        seq: u64,
        /// Who.
        participant_id: ParticipantId,
        /// Why.
        reason: LeaveReason,
    },
    /// Somebody's microphone or camera went on or off.
    MediaChanged {
        /// Sequence number.
        seq: u64,
        /// Whose.
        participant_id: ParticipantId,
        /// What is on now.
        media: MediaState,
    },
    /// You are out; the connection closes after this.
    Closed {
        /// Why.
        reason: LeaveReason,
    },
    /// A message of yours was refused; nothing changed.
    Refused {
        /// Why.
        error: Problem,
    },
    /// Answer to `ping`.
    Pong,
}

/// Why somebody is not in the room any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum LeaveReason {
    /// By their own wish.
    Left,
    /// The connection was lost and did not come back in time.
    ConnectionLost,
    /// The same seat came in from another device.
    Displaced,
    /// An admin removed them.
    Removed,
    /// An admin ended the session for everybody.
    SessionEnded,
    /// The room was disabled, deleted or its time is used up.
    RoomClosed,
    /// The server stops.
    ServerStopping,
}

/// What somebody is sending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct MediaState {
    /// Microphone on.
    pub microphone: bool,
    /// Camera on.
    pub camera: bool,
}

/// Somebody who is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ParticipantState {
    /// Their seat, which is also their LiveKit identity.
    pub participant_id: ParticipantId,
    /// Name to show.
    pub display_name: String,
    /// Admin of the room.
    pub is_admin: bool,
    /// What they send.
    pub media: MediaState,
}

/// The room as a client holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomState {
    /// The room.
    pub room_id: RoomId,
    /// Its running session.
    pub session_id: SessionId,
    /// Its description.
    pub title: Option<String>,
    /// Audio or video.
    pub call_type: CallType,
    /// Whether it is recorded.
    pub recording: RecordingMode,
    /// What your seat may use.
    pub tools: Tools,
    /// Who is in, in the order of their coming; you among them.
    pub participants: Vec<ParticipantState>,
    /// Effective call time that is left, in seconds; none means unlimited.
    pub seconds_left: Option<u32>,
}
