//! Bodies of the `/v2` calls (Kaleyra dialect) that our own programs use too.

use serde::{Deserialize, Serialize};

use crate::{CallType, ParticipantId, RecordingMode, RoomId, Tools, UserId};

/// A user's role in its company.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// May join.
    #[default]
    Basic,
    /// May join and create.
    Plus,
}

/// Body of `POST /v2/users`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateUser {
    /// Made up when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// `basic` when absent.
    #[serde(default)]
    pub role: Role,
}

/// A user as told back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Id in the company.
    pub user_id: UserId,
    /// Role.
    pub role: Role,
}

/// One seat of a room to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateParticipant {
    /// A user of the company.
    pub user_id: UserId,
    /// Admin of the room; off when absent.
    #[serde(default)]
    pub is_admin: bool,
    /// Missing means all on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tools: Option<Tools>,
}

/// Body of `POST /v2/rooms`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateRoom {
    /// 2 to 25 seats, at least one of a plus user.
    pub participants: Vec<CreateParticipant>,
    /// `audio_video` when absent.
    #[serde(default)]
    pub call_type: CallType,
    /// `none` when absent.
    #[serde(default)]
    pub recording: RecordingMode,
    /// Effective call time in seconds, at least 60; unlimited when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<u32>,
    /// Whether using a link rings the others.
    #[serde(default)]
    pub live: bool,
    /// Free text shown as the room's title, up to 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// From when on the links let nobody in any more, RFC 3339, in the future; never when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<String>,
}

/// A seat with its link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserUrl {
    /// Who sits there.
    pub user_id: UserId,
    /// The seat.
    pub participant_id: ParticipantId,
    /// The seat's link.
    pub url: String,
    /// Admin of the room.
    pub is_admin: bool,
    /// What the seat may use, in full.
    pub tools: Tools,
}

/// Whether a room's links work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomStatus {
    /// They do.
    Active,
    /// Switched off.
    Disabled,
    /// Its duration is used up.
    Ended,
}

/// A room as told back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// The room.
    pub room_id: RoomId,
    /// One link per seat.
    pub user_urls: Vec<UserUrl>,
    /// Audio or video.
    pub call_type: CallType,
    /// Whether it is recorded.
    pub recording: RecordingMode,
    /// Effective call time in seconds.
    pub duration: Option<u32>,
    /// Whether it rings.
    pub live: bool,
    /// Title.
    pub description: Option<String>,
    /// From when on its links let nobody in any more, UTC with milliseconds, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<String>,
    /// Whether its links work.
    pub status: RoomStatus,
    /// UTC with milliseconds, RFC 3339.
    pub created_at: String,
}
