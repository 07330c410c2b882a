//! Chat, files and pointers, as the page draws them. They have a way of their own to the page, apart from the call's view:
//! they change often, and are long.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    FileId, ParticipantId, Problem,
    channel::{FileInfo, Spot},
};

/// The chat.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct ChatView {
    /// Oldest first; mine that are on their way last.
    pub messages: Vec<ChatMessageView>,
    /// Names of the others who are writing.
    pub typing: Vec<String>,
    /// Of others, not seen yet.
    pub unread: u32,
}

/// A message of the chat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ChatMessageView {
    /// Stays the same from the moment of writing.
    pub key: String,
    /// None while it is on its way.
    pub id: Option<u32>,
    /// Who wrote it.
    pub from: ParticipantId,
    /// What they were called then.
    pub from_name: String,
    /// I did.
    pub mine: bool,
    /// When, Unix time in milliseconds.
    pub at_ms: f64,
    /// Plain text; addresses in it are made into links by the page.
    pub text: String,
    /// What it answers.
    pub reply: Option<ReplyView>,
    /// What was shared with it.
    pub file: Option<FileView>,
    /// How far it has come; of mine.
    pub tick: Option<ChatTick>,
}

/// What a message answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ReplyView {
    /// The message.
    pub id: u32,
    /// Who wrote it.
    pub from_name: String,
    /// Its text, or the name of its file.
    pub text: String,
}

/// How far a message of mine has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ChatTick {
    /// On its way to the server.
    Sending,
    /// Kept by the server.
    Sent,
    /// With everybody else who is in.
    Delivered,
    /// Seen by everybody else who is in.
    Seen,
    /// Not taken; it stays to be tried again.
    Failed,
}

/// A file in the chat or in the gallery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct FileView {
    /// The file; until it is there in full, only its name and size mean something.
    pub info: FileInfo,
    /// Where it stands here.
    pub state: FileState,
    /// I may delete it.
    pub may_delete: bool,
}

/// Where a file stands on this computer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum FileState {
    /// On its way up.
    Uploading {
        /// Bytes of it that are there.
        sent: f64,
    },
    /// Broken off; may be gone on with.
    Failed {
        /// Why.
        problem: Problem,
    },
    /// On the server.
    Ready,
    /// On its way down.
    Downloading {
        /// Bytes of it that are here.
        received: f64,
    },
    /// On this computer.
    Saved {
        /// Where.
        path: String,
    },
    /// Deleted by its owner or an admin.
    Deleted,
}

/// A picture in the gallery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct SnapshotView {
    /// The file.
    pub file: FileView,
    /// Who took it.
    pub by_name: String,
    /// Whom it shows.
    pub of_name: String,
    /// It shows the screen they shared, not their camera.
    pub of_screen: bool,
    /// When, Unix time in milliseconds.
    pub at_ms: f64,
    /// Names of the others who draw on it just now (live edit).
    pub editing: Vec<String>,
}

/// Somebody's pointer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct PointerView {
    /// Whose.
    pub participant_id: ParticipantId,
    /// What they are called.
    pub display_name: String,
    /// Where.
    pub spot: Spot,
}

/// What changed of the tools.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ToolsNews {
    /// All of the chat.
    Chat {
        /// As it is now.
        chat: ChatView,
    },
    /// All of the gallery.
    Gallery {
        /// Newest first.
        snapshots: Vec<SnapshotView>,
    },
    /// All pointers but my own.
    Pointers {
        /// As they are now.
        pointers: Vec<PointerView>,
    },
}

/// What people do with chat, files, snapshots and pointer.
#[derive(Clone, Debug, Deserialize, Type)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum ToolAction {
    /// Write a message.
    SendChat {
        /// What.
        text: String,
        /// The message it answers.
        reply_to: Option<u32>,
    },
    /// Try a message or file again that was not taken.
    TryAgain {
        /// The message's key.
        key: String,
    },
    /// Forget a message or file of mine that is not there yet.
    Discard {
        /// The message's key.
        key: String,
    },
    /// I am writing, or not any more.
    Typing {
        /// Whether.
        typing: bool,
    },
    /// The chat is before my eyes, or not any more.
    ShowChat {
        /// Whether.
        shown: bool,
    },
    /// Choose files in the system's dialog, and share them.
    PickFiles,
    /// Share files that were dropped or pasted onto the window.
    SendFiles {
        /// Where they lie.
        paths: Vec<String>,
    },
    /// Share what lies in the system's clipboard, when that is files or a picture.
    Paste,
    /// Share what was pasted.
    SendPasted {
        /// A name for it.
        name: String,
        /// Its bytes.
        base64: String,
    },
    /// Fetch a file into the folder of downloads.
    Download {
        /// Which.
        file_id: FileId,
    },
    /// Stop fetching a file.
    CancelDownload {
        /// Which.
        file_id: FileId,
    },
    /// Show a fetched file as the system does.
    OpenFile {
        /// Which.
        file_id: FileId,
    },
    /// Delete a file for everybody.
    DeleteFile {
        /// Which.
        file_id: FileId,
    },
    /// Point at something; nothing is pointed at without `spot`.
    Point {
        /// Where.
        spot: Option<Spot>,
    },
    /// Focus everybody on what I show, until I stop.
    Present {
        /// Begin or stop.
        presenting: bool,
    },
    /// Take a picture of a stream at its own resolution.
    TakeSnapshot {
        /// The stream, as in the view of the person.
        stream_id: u32,
    },
}
