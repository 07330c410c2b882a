//! What somebody points at: a spot of something that everybody sees, wherever it lies on their screen.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{FileId, ParticipantId};

/// What is pointed at.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum PointTarget {
    /// Somebody's camera.
    Camera {
        /// Whose.
        participant_id: ParticipantId,
    },
    /// Somebody's screen or window.
    Screen {
        /// Whose.
        participant_id: ParticipantId,
    },
    /// A picture or document.
    File {
        /// Which.
        file_id: FileId,
        /// Its page, from 1.
        page: u32,
    },
}

/// A spot, in 65535ths of the picture's width and height from its upper left corner: the picture itself, without what is
/// drawn around it to fill a tile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Spot {
    /// On what.
    pub target: PointTarget,
    /// From the left.
    pub x: u16,
    /// From the top.
    pub y: u16,
}
