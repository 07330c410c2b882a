//! Who did what.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{ParticipantId, RoomId, SessionId, UserId};

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// A back end with the company's key.
    ApiKey,
    /// A signed-in user.
    User,
    /// Somebody in a room.
    Participant,
    /// The server by itself, such as when the time of something is over.
    Server,
}

/// One line of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// When.
    pub at: String,
    /// Who.
    pub actor_kind: ActorKind,
    /// Their user id; absent for the company's key.
    pub actor: Option<UserId>,
    /// What, such as `room_deleted`.
    pub action: String,
    /// In which room.
    pub room_id: Option<RoomId>,
    /// In which session.
    pub session_id: Option<SessionId>,
    /// To which seat.
    pub participant_id: Option<ParticipantId>,
    /// To whom or what else.
    pub subject: Option<String>,
}

/// Answer of `GET /v2/audit`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditLog {
    /// This page of them, newest first.
    pub entries: Vec<AuditEntry>,
    /// How many there are in all.
    pub total: u64,
}
