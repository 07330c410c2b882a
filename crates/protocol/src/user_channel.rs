//! Messages of the user channel, a WebSocket of JSON text frames at `/user-channel`: presence and ringing of a user who is
//! signed in with an access token. `PROTOCOL.md` tells the conversation. Limits are those of the room channel.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{CallType, ParticipantId, Problem, RecordingMode, RoomId, Secret, UserId};

/// From a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum UserClientMessage {
    /// First message: the access token.
    Hello {
        /// As `POST /sdk/credentials` gave it.
        token: Secret,
    },
    /// A newer access token of the same user; the line stays up.
    Renew {
        /// The new token.
        token: Secret,
    },
    /// I take a call; answered with `call_answered`.
    Answer {
        /// Which.
        call_id: u64,
    },
    /// I do not take it.
    Decline {
        /// Which.
        call_id: u64,
        /// Because I am on another one.
        #[serde(default)]
        busy: bool,
    },
    /// Are you there.
    Ping,
}

/// From the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum UserServerMessage {
    /// Answer to `hello`.
    Welcome {
        /// Who you are.
        user_id: UserId,
        /// For how long the token is still good, in seconds.
        expires_in_s: u32,
        /// Who of those you may see is online.
        online: Vec<UserId>,
        /// What rings for you now.
        calls: Vec<IncomingCall>,
        /// Whether rooms of this server can be recorded.
        #[serde(default)]
        can_record: bool,
        /// Whether you may open the console.
        #[serde(default)]
        is_operator: bool,
    },
    /// Somebody you may see came online or went.
    Presence {
        /// Who.
        user_id: UserId,
        /// Whether they are online.
        online: bool,
    },
    /// A room rings for you.
    IncomingCall {
        /// The call.
        call: IncomingCall,
    },
    /// A call of yours does not ring any more.
    CallOver {
        /// Which.
        call_id: u64,
        /// Why.
        reason: CallOver,
    },
    /// Answer to `answer`: your own link into the room.
    CallAnswered {
        /// Which.
        call_id: u64,
        /// Your seat's link.
        url: Secret,
    },
    /// The token's time is nearly over: send a new one by `renew`.
    TokenExpiring {
        /// For how long it is still good, in seconds.
        expires_in_s: u32,
    },
    /// Answer to `renew`.
    Renewed {
        /// For how long the new token is good, in seconds.
        expires_in_s: u32,
    },
    /// The channel closes after this.
    Closed {
        /// Why.
        reason: UserCloseReason,
    },
    /// A message of yours was refused; nothing changed.
    Refused {
        /// Why.
        error: Problem,
    },
    /// Answer to `ping`.
    Pong,
}

/// A room that rings for somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncomingCall {
    /// The call.
    pub call_id: u64,
    /// The room.
    pub room_id: RoomId,
    /// The seat that is meant.
    pub participant_id: ParticipantId,
    /// The room's description.
    pub title: Option<String>,
    /// Audio or video.
    pub call_type: CallType,
    /// Whether it will or may be recorded.
    pub recording: RecordingMode,
    /// Name of who calls; none when the API does.
    pub caller_name: Option<String>,
    /// For how long it rings yet, in seconds.
    pub rings_for_s: u32,
}

/// Why a call does not ring any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CallOver {
    /// Taken on another of your devices, or you are in already.
    AnsweredElsewhere,
    /// Declined on another of your devices.
    DeclinedElsewhere,
    /// Nobody took it in time.
    NoAnswer,
    /// The caller gave up, or the room is over.
    Cancelled,
}

/// Why a user channel is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum UserCloseReason {
    /// The token's time is over: come back with a new one.
    TokenExpired,
    /// More messages than any person sends.
    Flooding,
    /// The server stops: come back as soon as it answers again.
    ServerStopping,
}
