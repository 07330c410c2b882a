//! What the room server and a recorder say to each other: the server starts `visita-recorder` as a process, writes one JSON
//! object a line to its standard input (first a [`RecorderJob`], then [`RecorderOrder`]s) and reads [`RecorderReport`]s, one
//! a line, from its standard output. The end of the input is an order to stop: a recorder whose server died ends its file.
//!
//! The recorder knows nothing of rooms. Whom it may show and hear is told by the server, person by person; it subscribes to
//! nobody else, so what it must not record never reaches it.

use serde::{Deserialize, Serialize};
use specta::Type;
use utoipa::ToSchema;

use crate::{ParticipantId, Secret};

/// How the picture of a recording is arranged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordingLayout {
    /// Everybody the same size; a shared screen in the main place with the people beside it.
    #[default]
    Grid,
    /// Who speaks is large, the others are beside them.
    Speaker,
    /// [`RecordingLayout::Grid`] with what is written in a column at the right.
    GridAndChat,
}

/// What a recorder is to do: the first line of its input.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RecorderJob {
    /// The media server, `ws:` or `wss:`.
    pub url: String,
    /// A hidden participant's token: it may subscribe and do nothing else.
    pub token: Secret,
    /// The file to write; its folder exists. Its end is `.webm`. With `tracks` the files of tracks go beside it instead, and
    /// a list of them whose end is `.tracks`: a [`RecordedTrack`] a line as each begins, for whoever has to mend them.
    pub output: String,
    /// How the picture is arranged.
    pub layout: RecordingLayout,
    /// Width of the picture in pixels, even.
    pub width: u16,
    /// Height of the picture in pixels, even.
    pub height: u16,
    /// Pictures a second.
    pub fps: u8,
    /// Above the picture of a room in which nobody may be shown.
    pub title: String,
    /// Words in the picture are in this language (`en`, `it`).
    pub language: String,
    /// The people in the room now.
    pub people: Vec<RecordedPerson>,
    /// Write one file for each participant and kind of stream (WebM with one track) instead of the composed picture.
    #[serde(default)]
    pub tracks: bool,
}

/// Somebody in the room, as the recording is to know them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedPerson {
    /// The seat, which is the identity in the media room.
    pub participant_id: ParticipantId,
    /// Under the picture.
    pub display_name: String,
    /// Said yes. Without it the person is neither seen nor heard nor named; that they are there is told by nothing.
    pub consented: bool,
    /// The microphone is off or muted: drawn as a mark.
    pub muted: bool,
    /// In the order of their coming: who has the smaller number is drawn first.
    pub order: u64,
}

/// What the server says to a recorder at work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum RecorderOrder {
    /// Who is in now, all of them: somebody came, left, was muted, or changed their answer. It holds at once.
    People {
        /// Everybody.
        people: Vec<RecordedPerson>,
    },
    /// Somebody who said yes wrote something.
    Chat {
        /// Who.
        participant_id: ParticipantId,
        /// Their name at that time.
        display_name: String,
        /// What.
        text: String,
    },
    /// Arrange the picture like this from now on.
    Layout {
        /// How.
        layout: RecordingLayout,
    },
    /// End the file and then yourself.
    Stop,
}

/// What a recorder tells the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "report", rename_all = "snake_case")]
pub enum RecorderReport {
    /// It is in the room and the file has begun.
    Started {
        /// Unix time of the first picture in milliseconds.
        at_ms: u64,
    },
    /// It goes on; told about once a second.
    Progress {
        /// Length of what is safely in the file, in milliseconds.
        recorded_ms: u64,
        /// Size of the file in bytes.
        bytes: u64,
    },
    /// Something is wrong and it goes on all the same.
    Trouble {
        /// What.
        trouble: RecorderTrouble,
    },
    /// The file is ended, with an index; nothing follows.
    Ended {
        /// Why.
        reason: RecorderEnd,
        /// Its length in milliseconds.
        recorded_ms: u64,
        /// Its size in bytes.
        bytes: u64,
        /// The files of the tracks, where one a track was asked for.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tracks: Vec<RecordedTrack>,
    },
}

/// What may go wrong without ending a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RecorderTrouble {
    /// The line to the media server broke and is being built anew.
    ConnectionLost,
    /// It is back.
    ConnectionBack,
    /// The machine is too slow: pictures are left out, sound is not.
    TooSlow,
    /// Less than five minutes of room are left on the disk.
    DiskAlmostFull,
}

/// Why a recorder ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecorderEnd {
    /// It was told to, or its input ended.
    Stopped,
    /// The media room ended, or let it in no more.
    RoomEnded,
    /// The disk is full; what is in the file is good.
    DiskFull,
    /// It never got in, or something failed for good; the file may be empty.
    Failed,
}

/// A file of one track.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedTrack {
    /// Whose.
    pub participant_id: ParticipantId,
    /// Their name when it began.
    pub display_name: String,
    /// Sound or picture.
    pub kind: TrackKind,
    /// File name, beside the job's output.
    pub file: String,
    /// Codec, as in SDP: `VP8`, `VP9`, `H264`, `AV1`, `opus`.
    pub codec: String,
    /// When it begins, as Unix time in milliseconds.
    pub begun_at_ms: u64,
    /// When it begins after the recording's start, in milliseconds.
    pub offset_ms: u64,
    /// Its length in milliseconds.
    pub recorded_ms: u64,
    /// Its size in bytes.
    pub bytes: u64,
}

/// Sound or picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrackKind {
    /// Sound.
    Audio,
    /// A camera.
    Video,
    /// A screen.
    Screen,
}
