//! Participants of a room and the sessions held in it: who was in, chat, files, boards.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{recordings::RecordingConsent, rooms::UserUrl};
use crate::{
    BoardId, ParticipantId, RoomId, SessionId, Tools, UserId,
    board::Item,
    channel::{ChatMessage, FileInfo, MediaState},
};

/// Body of `POST /v2/rooms/{room_id}/participants`: one more seat of an open room.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddParticipant {
    /// Who sits there, need not be a user of the company; made up when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
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

/// A seat of a room and what goes on there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Participant {
    /// The seat with its link. While somebody is in or waits, `display_name` is what they are called.
    #[serde(flatten)]
    pub seat: UserUrl,
    /// Whether somebody is in the room from it.
    pub connected: bool,
    /// Whether somebody waits there to be admitted.
    #[serde(default)]
    pub waits: bool,
    /// What is on of theirs.
    pub media: MediaState,
    /// How good their connection is, of 5; 0 is lost. Absent who is not in, and where media is another server's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<u8>,
    /// To the media server and back, in milliseconds; absent as `quality` is, and until it is measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round_trip_ms: Option<u32>,
    /// Of a hundred packets so many are lost on the worse of the two ways; absent as `round_trip_ms` is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss_percent: Option<f32>,
    /// Since when they are in the media; absent as `quality` is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
}

/// Answer of `GET /v2/rooms/{room_id}/participants`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ParticipantList {
    /// This page of them, in the room's order.
    pub participants: Vec<Participant>,
    /// How many there are in all.
    pub total: u64,
}

/// A stretch of time in which somebody was connected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// The session.
    pub session_id: SessionId,
    /// Its room.
    pub room_id: RoomId,
    /// When the first one came.
    pub started_at: String,
    /// When the last one went; absent while it runs.
    pub ended_at: Option<String>,
}

/// Answer of `GET /v2/rooms/{room_id}/sessions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionList {
    /// This page of them, oldest first.
    pub sessions: Vec<Session>,
    /// How many there are in all.
    pub total: u64,
}

/// Answer of `GET /v2/rooms/{room_id}/sessions/{session_id}/chat`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Chat {
    /// This page of them, oldest first.
    pub messages: Vec<ChatLine>,
    /// How many there are in all.
    pub total: u64,
}

/// A message of a chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChatLine {
    /// The message.
    #[serde(flatten)]
    pub message: ChatMessage,
    /// When it was written.
    pub at: String,
}

/// A file that was shared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Upload {
    /// The file.
    #[serde(flatten)]
    pub info: FileInfo,
    /// In which session.
    pub session_id: SessionId,
    /// From which seat.
    pub participant_id: ParticipantId,
    /// When its upload began.
    pub created_at: String,
}

/// Answer of `GET /v2/rooms/{room_id}/uploads`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UploadList {
    /// This page of them, oldest first.
    pub uploads: Vec<Upload>,
    /// How many there are in all.
    pub total: u64,
}

/// A file of one of a company's rooms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeptUpload {
    /// The file.
    #[serde(flatten)]
    pub upload: Upload,
    /// Its room.
    pub room_id: RoomId,
    /// Its room's title.
    pub room_title: Option<String>,
}

/// Answer of `GET /v2/uploads`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeptUploadList {
    /// This page of them, the newest first.
    pub uploads: Vec<KeptUpload>,
    /// How many there are in all.
    pub total: u64,
}

/// What somebody was connected by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionKind {
    /// The room channel.
    Channel,
    /// The media server.
    Media,
}

/// One connection of somebody to a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Connection {
    /// Their seat.
    pub participant_id: ParticipantId,
    /// Whose seat it is.
    pub user_id: UserId,
    /// What they were connected by.
    pub kind: ConnectionKind,
    /// From when on.
    pub connected_at: String,
    /// Until when; absent while it lasts.
    pub disconnected_at: Option<String>,
}

/// Answer of `GET /v2/rooms/{room_id}/sessions/{session_id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionDetails {
    /// The session.
    #[serde(flatten)]
    pub session: Session,
    /// Who was connected, by what, from when to when.
    pub connections: Vec<Connection>,
    /// Answers to being recorded that were given in it, oldest first: of one person the latest holds.
    #[serde(default)]
    pub consents: Vec<RecordingConsent>,
}

/// A session in the list of all rooms' sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PastSession {
    /// The session.
    #[serde(flatten)]
    pub session: Session,
    /// Its room's title.
    pub title: Option<String>,
    /// Names of those who were in, in the order of their coming.
    pub people: Vec<String>,
    /// How many recordings.
    pub recordings: u32,
    /// How many files, snapshots not counted.
    pub files: u32,
    /// How many snapshots.
    pub snapshots: u32,
    /// How many messages, those that brought files not counted.
    pub messages: u32,
}

/// Answer of `GET /v2/sessions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PastSessionList {
    /// This page of them, the latest first.
    pub sessions: Vec<PastSession>,
    /// How many there are in all.
    pub total: u64,
}

/// A board of a room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KeptBoard {
    /// `board` is the room's own; those over snapshots and files are called as these.
    pub board_id: BoardId,
    /// How many pages.
    pub pages: u32,
    /// What lies there, the lowest first.
    #[schema(value_type = Vec<Object>)]
    pub items: Vec<Item>,
}

/// Answer of `GET /v2/rooms/{room_id}/boards`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KeptBoards {
    /// Those on which something is drawn.
    pub boards: Vec<KeptBoard>,
}
