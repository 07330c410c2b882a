//! The chat of a room: its messages, and how far each has come.

use serde::{Deserialize, Serialize};
use specta::Type;
use utoipa::ToSchema;

use crate::{FileId, ParticipantId, SessionId};

/// Longest text of a message, in characters.
pub const MAX_CHAT_LEN: usize = 4000;

/// Longest name by which a client knows a message of its own, in bytes.
pub const MAX_CHAT_KEY_LEN: usize = 64;

/// A message of the chat, as everybody with the tool `chat` sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChatMessage {
    /// Rises by one with each message of the room, over all of its sessions.
    pub id: u32,
    /// As the sender's client named it: what comes twice over a broken line is one message.
    pub key: String,
    /// In which session it was written.
    pub session_id: SessionId,
    /// Who wrote it.
    pub from: ParticipantId,
    /// What they were called then.
    pub from_name: String,
    /// When, Unix time in milliseconds.
    pub at_ms: u64,
    /// Plain text; empty where there is only a file.
    pub text: String,
    /// The message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<u32>,
    /// What was shared with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileInfo>,
}

/// What a file is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FilePurpose {
    /// Shared in the chat (tool `file_upload`).
    #[default]
    Chat,
    /// A picture taken of somebody's stream (tool `snapshot`), in the gallery.
    Snapshot,
    /// Lies on the whiteboard (`wb_add_file`).
    Board,
}

/// A file that is there in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type, ToSchema)]
pub struct FileInfo {
    /// By which it is fetched.
    pub file_id: FileId,
    /// As its owner's computer calls it, without a folder.
    pub name: String,
    /// Media type, as found in its first bytes, else by its name.
    pub media_type: String,
    /// In bytes.
    #[specta(type = f64)]
    pub size: u64,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
    /// What it is for.
    pub purpose: FilePurpose,
    /// Whose stream a snapshot shows.
    #[serde(default)]
    pub of: Option<ParticipantId>,
    /// Their name when it was taken.
    #[serde(default)]
    pub of_name: Option<String>,
    /// It shows the screen they shared, not their camera.
    #[serde(default)]
    pub of_screen: bool,
    /// Width and height of a picture, in pixels.
    #[serde(default)]
    pub size_px: Option<(u32, u32)>,
    /// There is a small picture of it.
    #[serde(default)]
    pub has_thumbnail: bool,
}

/// How far the messages have come to somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatMark {
    /// Whom.
    pub participant_id: ParticipantId,
    /// Up to this message they have it.
    pub received: u32,
    /// Up to this message they have seen it.
    pub seen: u32,
}
