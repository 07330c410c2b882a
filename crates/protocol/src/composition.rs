//! Compositions: one film made afterwards of what was recorded track by track. The server writes a [`CompositionJob`] to the
//! standard input of `visita-recorder compose` and reads [`CompositionReport`]s, one JSON object a line, from its standard
//! output.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{ParticipantId, RecordingLayout, RecordingTrackId, recorder::TrackKind, view::RecordingFormat};

/// A part of a composition's picture in which videos stand side by side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// What who asked for it calls it, up to 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Left edge in pixels.
    #[serde(default)]
    pub x: u16,
    /// Upper edge in pixels.
    #[serde(default)]
    pub y: u16,
    /// What has the larger number lies over the others.
    #[serde(default)]
    pub z: i32,
    /// Width in pixels; up to the picture's right edge when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u16>,
    /// Height in pixels; down to the picture's lower edge when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u16>,
    /// Columns at most; as many as fit best when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_columns: Option<u16>,
    /// Rows at most; as many as fit best when absent. Videos for which there is no place are not shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_rows: Option<u16>,
    /// The separate tracks to be shown, in their order; every video of the session when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracks: Option<Vec<RecordingTrackId>>,
}

/// How the picture of a composition is arranged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrangement {
    /// As recordings are; [`RecordingLayout::GridAndChat`] is a grid, since no chat is in tracks.
    Layout(RecordingLayout),
    /// In parts of the picture, with nothing beside them.
    Regions(Vec<Region>),
}

/// What `visita-recorder compose` is to do: its input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompositionJob {
    /// The file to write; its folder exists.
    pub output: String,
    /// As what.
    pub format: RecordingFormat,
    /// Width of the picture in pixels, even.
    pub width: u16,
    /// Height of the picture in pixels, even.
    pub height: u16,
    /// Pictures a second.
    pub fps: u8,
    /// How the picture is arranged.
    pub arrangement: Arrangement,
    /// In the picture while nobody is to be seen.
    pub title: String,
    /// Words in the picture are in this language (`en`, `it`).
    pub language: String,
    /// Of what it is made.
    pub tracks: Vec<CompositionTrack>,
}

/// One of the files a composition is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompositionTrack {
    /// The track.
    pub track_id: RecordingTrackId,
    /// Where its file lies.
    pub file: String,
    /// Whose it is.
    pub participant_id: ParticipantId,
    /// Their name, under the picture.
    pub display_name: String,
    /// Sound or picture.
    pub kind: TrackKind,
    /// When it begins after the composition's start, in milliseconds.
    pub offset_ms: u64,
}

/// What `visita-recorder compose` tells the server.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "report", rename_all = "snake_case")]
pub enum CompositionReport {
    /// It goes on.
    Progress {
        /// How much is made, from 0 to 1.
        progress: f32,
    },
    /// The file is whole; nothing follows.
    Done {
        /// Its length in milliseconds.
        recorded_ms: u64,
        /// Its size in bytes.
        bytes: u64,
    },
    /// There is no file; nothing follows.
    Failed {
        /// Why.
        reason: CompositionReason,
    },
}

/// How a composition stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CompositionState {
    /// Others are made before it.
    Enqueued,
    /// It is being made.
    Processing,
    /// It can be fetched.
    Completed,
    /// It could not be made.
    Failed,
}

/// Why a composition could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CompositionReason {
    /// The disk is full.
    DiskFull,
    /// None of the tracks can be read: they are deleted, or broken.
    NoTracks,
    /// What makes compositions failed.
    ComposerFailed,
}
