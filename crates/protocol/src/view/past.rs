//! What is left of past sessions: the list of them, and one of them with its recordings, files, snapshots, chat and boards.
//! It has a way of its own to the page, apart from the view of the app.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{ChatMessageView, ConsentView, FileView, ItemView, SnapshotView};
use crate::{BoardId, FileId, Problem, RecordingId, RecordingLayout, RoomId, SessionId};

/// Past sessions of one's own rooms.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct PastView {
    /// The latest first.
    pub sessions: Vec<PastSessionView>,
    /// There are older ones that were not fetched yet.
    pub more: bool,
    /// Being fetched.
    pub loading: bool,
    /// Why they could not be had.
    pub problem: Option<Problem>,
    /// The one that is looked at.
    pub opened: Option<KeptView>,
}

/// A session in the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct PastSessionView {
    /// Its room.
    pub room_id: RoomId,
    /// The session.
    pub session_id: SessionId,
    /// The room's title, when it has one.
    pub title: Option<String>,
    /// When the first one came, Unix time in milliseconds.
    pub started_at_ms: f64,
    /// When the last one went; none while it runs.
    pub ended_at_ms: Option<f64>,
    /// Names of those who were in.
    pub people: Vec<String>,
    /// How many recordings.
    pub recordings: u32,
    /// How many files, snapshots not counted.
    pub files: u32,
    /// How many snapshots.
    pub snapshots: u32,
    /// How many messages.
    pub messages: u32,
}

/// One session with all that is kept of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct KeptView {
    /// The session.
    pub session: PastSessionView,
    /// The rest is being fetched.
    pub loading: bool,
    /// Why something could not be had or done.
    pub problem: Option<Problem>,
    /// Oldest first.
    pub recordings: Vec<RecordingView>,
    /// Everybody's answers to being recorded.
    pub consents: Vec<ConsentView>,
    /// What was shared, oldest first.
    pub files: Vec<FileView>,
    /// Oldest first.
    pub snapshots: Vec<SnapshotView>,
    /// Oldest first; only those found, while `search` is on.
    pub chat: Vec<ChatMessageView>,
    /// What is looked for in the chat.
    pub search: String,
    /// Its room's boards on which something is drawn; the room keeps them from session to session.
    pub boards: Vec<KeptBoardView>,
    /// All of it being saved in one file, or saved.
    pub export: Option<SavingView>,
    /// What no program of this computer opened when it was asked for: a path.
    pub not_opened: Option<String>,
}

/// A recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct RecordingView {
    /// Names it.
    pub recording_id: RecordingId,
    /// How it stands.
    pub state: RecordingFileState,
    /// When it began, Unix time in milliseconds.
    pub started_at_ms: f64,
    /// Its length in seconds.
    pub duration_s: f64,
    /// Its size in bytes.
    pub bytes: f64,
    /// How its picture is arranged.
    pub layout: RecordingLayout,
    /// It is one file for each participant and kind, and as a whole nothing that could be played.
    pub separate_tracks: bool,
    /// It is deleted then, Unix time in milliseconds.
    pub kept_until_ms: Option<f64>,
    /// Where the page plays it from, once it can be played.
    pub play_url: Option<String>,
    /// Fetching it as WebM.
    pub webm: Option<SavingView>,
    /// Making it into MP4 and fetching that.
    pub mp4: Option<SavingView>,
}

/// How a recording stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordingFileState {
    /// It is being recorded.
    Recording,
    /// Its file is being finished.
    Processing,
    /// It can be played and fetched.
    Available,
    /// There is no file that could be played.
    Failed,
}

/// Something on its way into the folder of downloads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SavingView {
    /// The server makes it.
    Making {
        /// From 0 to 1.
        done: f32,
    },
    /// It comes.
    Fetching {
        /// From 0 to 1.
        done: f32,
    },
    /// It is there.
    Saved {
        /// Where.
        path: String,
    },
    /// It could not be had.
    Failed {
        /// Why.
        problem: Problem,
    },
}

/// A board of the room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct KeptBoardView {
    /// Which; of a snapshot or file, when it was drawn on that.
    pub board: BoardId,
    /// How many pages.
    pub pages: u32,
    /// What lies there, in no order.
    pub items: Vec<ItemView>,
}

/// What people do with past sessions.
#[derive(Clone, Debug, Deserialize, Type)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum PastAction {
    /// Fetch the list anew.
    Refresh,
    /// Fetch older ones.
    More,
    /// Look at one.
    Open {
        /// Its room.
        room: RoomId,
        /// The session.
        session: SessionId,
    },
    /// Back to the list.
    Close,
    /// Look for something in its chat; all of it with an empty text.
    SearchChat {
        /// What.
        text: String,
    },
    /// Fetch a recording into the folder of downloads.
    SaveRecording {
        /// Which.
        recording: RecordingId,
        /// As what; MP4 is made by the server first.
        format: RecordingFormat,
    },
    /// Delete a recording for good.
    DeleteRecording {
        /// Which.
        recording: RecordingId,
    },
    /// Fetch a file into the folder of downloads.
    SaveFile {
        /// Which.
        file_id: FileId,
    },
    /// Delete a file or snapshot for good.
    DeleteFile {
        /// Which.
        file_id: FileId,
    },
    /// Fetch all of it in one zip file.
    SaveEverything,
    /// Show something that was saved as the system does.
    OpenSaved {
        /// Where it lies; only what was saved here is opened.
        path: String,
    },
}

/// What a recording is fetched as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordingFormat {
    /// As it was written.
    #[default]
    Webm,
    /// H.264 in MP4, for programs that do not know WebM.
    Mp4,
}
