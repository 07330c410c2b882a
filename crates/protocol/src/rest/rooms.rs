//! Rooms, their seats and links.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{CallType, ParticipantId, RecordingLayout, RecordingMode, RoomId, SessionId, Tools, UserId};

/// Who may sit in a room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoomKind {
    /// The users it was made for, each with a link.
    #[default]
    Seated,
    /// Whoever brings a link made for it, as many at once as its capacity.
    Open,
}

/// One seat of a room to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateParticipant {
    /// A user of the company.
    pub user_id: UserId,
    /// Name that is shown of whoever comes by this seat's link and gives none, 1 to 120 characters. Gone with the room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Admin of the room; off when absent.
    #[serde(default)]
    pub is_admin: bool,
    /// Missing means all on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tools: Option<Tools>,
    /// Publishes in a webinar; absent, only admins do. In other rooms everybody does, and `false` is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_speaker: Option<bool>,
    /// The person has agreed elsewhere to being recorded, on paper for one: it counts as their yes, and they are not asked.
    /// Their own no here takes it back. Off when absent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recording_consent: bool,
}

/// Body of `POST /v2/rooms`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateRoom {
    /// 2 to 25 seats, at least one of a plus user. None in an open room: its people are added later.
    #[serde(default)]
    pub participants: Vec<CreateParticipant>,
    /// `seated` when absent.
    #[serde(default)]
    pub kind: RoomKind,
    /// People at once, only of an open room: 2 to 50, of a webinar 2 to 200; the most when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u16>,
    /// Speakers publish, the audience watches; off when absent.
    #[serde(default)]
    pub webinar: bool,
    /// Guests wait until an admin admits them; needs an admin in a seated room; off when absent.
    #[serde(default)]
    pub waiting_room: bool,
    /// `audio_video` when absent.
    #[serde(default)]
    pub call_type: CallType,
    /// `none` when absent.
    #[serde(default)]
    pub recording: RecordingMode,
    /// How the picture of a recording is arranged when nothing else is asked for; `grid` when absent.
    #[serde(default)]
    pub recording_layout: RecordingLayout,
    /// Effective call time in seconds, at least 60; unlimited when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<u32>,
    /// Whether using a link rings the others.
    #[serde(default)]
    pub live: bool,
    /// Free text shown as the room's title, up to 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// From when on the links let somebody in, RFC 3339; at once when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<String>,
    /// From when on the links let nobody in any more, RFC 3339, in the future and after the start; never when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<String>,
    /// How many seconds before the start people may come in already, up to a day; 0 when absent. Needs a start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub early_entry: Option<u32>,
    /// How many seconds before the start changes are refused, up to 30 days; 0 when absent. Needs a start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freeze_window: Option<u32>,
}

/// A seat with its link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserUrl {
    /// Who sits there.
    pub user_id: UserId,
    /// Name that was given to the seat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The seat.
    pub participant_id: ParticipantId,
    /// The seat's link.
    pub url: String,
    /// Admin of the room.
    pub is_admin: bool,
    /// What the seat may use, in full.
    pub tools: Tools,
    /// In a webinar, whether it publishes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_speaker: Option<bool>,
    /// Its person has agreed elsewhere to being recorded.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recording_consent: bool,
}

/// Whether a room's links work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoomStatus {
    /// They do.
    Active,
    /// Switched off.
    Disabled,
    /// Its duration is used up.
    Ended,
}

/// The session that runs in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoomNow {
    /// The session.
    pub session_id: SessionId,
    /// When the first one came.
    pub started_at: String,
    /// How many are in.
    pub connected: u32,
    /// How many wait to be let in.
    pub waiting: u32,
    /// Whether it is being recorded.
    pub recording: bool,
}

/// Body of `POST /v2/rooms/{room_id}/extend`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtendRoom {
    /// How much more effective call time, in seconds: 60 to 86400.
    pub seconds: u32,
}

/// A room as told back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Room {
    /// The room.
    pub room_id: RoomId,
    /// One link per seat.
    pub user_urls: Vec<UserUrl>,
    /// Audio or video.
    pub call_type: CallType,
    /// Whether it is recorded.
    pub recording: RecordingMode,
    /// How the picture of a recording is arranged when nothing else is asked for.
    #[serde(default)]
    pub recording_layout: RecordingLayout,
    /// Effective call time in seconds.
    pub duration: Option<u32>,
    /// Whether it rings.
    pub live: bool,
    /// Title.
    pub description: Option<String>,
    /// Who may sit in it.
    #[serde(default)]
    pub kind: RoomKind,
    /// People at once, of an open room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u16>,
    /// Speakers publish, the audience watches.
    #[serde(default)]
    pub webinar: bool,
    /// Guests wait until they are admitted.
    #[serde(default)]
    pub waiting_room: bool,
    /// From when on its links let somebody in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<String>,
    /// From when on its links let nobody in any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<String>,
    /// Seconds before the start from which people may come in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub early_entry: Option<u32>,
    /// Seconds before the start from which changes are refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freeze_window: Option<u32>,
    /// Whether its links work.
    pub status: RoomStatus,
    /// Effective call time so far, in seconds.
    #[serde(default)]
    pub duration_used: u32,
    /// The session that runs, told to who may change the room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<RoomNow>,
    /// The signed-in user who made it; absent when the company's key did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<UserId>,
    /// When it was made.
    pub created_at: String,
}

/// Answer of `GET /v2/rooms`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoomList {
    /// This page of them, newest first.
    pub rooms: Vec<Room>,
    /// How many there are in all.
    pub total: u64,
}
