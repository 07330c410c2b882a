//! What lies on a whiteboard, and what is done to it. A room has one board, `board`; each snapshot has one laid over it, by
//! the name of its file, for drawing on the picture together (live edit).

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{BoardId, FileId, ItemId, ParticipantId};

/// The room's own board.
pub const ROOM_BOARD: &str = "board";

/// A point, in units of the board: pixels of the page at its natural size, of the picture itself in live edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// To the right.
    pub x: i32,
    /// Down.
    pub y: i32,
}

/// The colours to draw with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "colours have names")]
pub enum Colour {
    #[default]
    Ink,
    Red,
    Teal,
    Blue,
    Plum,
    Ochre,
    Green,
}

/// How a shape between two points looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Outline {
    /// A straight line.
    Line,
    /// A line with a head at its end.
    Arrow,
    /// A rectangle.
    Rectangle,
    /// An ellipse.
    Ellipse,
}

/// What one item is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Shape {
    /// A stroke of the pen (`wb_pen`).
    Pen {
        /// Along these.
        points: Vec<Point>,
        /// In this colour.
        colour: Colour,
        /// So wide.
        width: u16,
    },
    /// A line or figure (`wb_shape`).
    Figure {
        /// Which.
        outline: Outline,
        /// From this corner or end.
        from: Point,
        /// To the opposite one.
        to: Point,
        /// In this colour.
        colour: Colour,
        /// Its line so wide.
        width: u16,
        /// Filled with a light tint of its colour.
        filled: bool,
    },
    /// Words (`wb_text`).
    Text {
        /// Upper left corner.
        at: Point,
        /// What; lines are broken by `\n`.
        text: String,
        /// In this colour.
        colour: Colour,
        /// Height of a letter.
        size: u16,
        /// On a note of this colour; on nothing when absent.
        #[serde(default)]
        #[specta(optional)]
        ground: Option<Colour>,
    },
    /// A picture that was shared (`wb_add_file`).
    Picture {
        /// Upper left corner.
        at: Point,
        /// So wide and high.
        size: Point,
        /// The file.
        file_id: FileId,
    },
}

/// When something was done, so that everybody agrees which of two came later: the greater clock, and of the same clock the
/// greater author.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stamp {
    /// Greater than all its author had seen.
    pub clock: u64,
    /// Who did it.
    pub by: ParticipantId,
}

/// Something that lies on a board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Made up by its author, never used again.
    pub id: ItemId,
    /// Who put it there first.
    pub author: ParticipantId,
    /// On which page, from 0.
    pub page: u32,
    /// What lies over what: the greater over the smaller; of the same, by id.
    pub z: u32,
    /// What it is.
    pub shape: Shape,
    /// When that was said.
    pub stamp: Stamp,
}

/// Something done to a board. Whatever order two of them come in, the board is the same in the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum BoardOp {
    /// An item is put there, or is another than before.
    Put {
        /// All of it.
        item: Item,
    },
    /// A stroke goes on, while it is drawn.
    Extend {
        /// Which.
        id: ItemId,
        /// The `stamp` that the stroke has.
        of: Stamp,
        /// How many points it had before these.
        from: u32,
        /// More of them.
        points: Vec<Point>,
    },
    /// An item is taken away. It does not come back but by a later `put`.
    Remove {
        /// Which.
        id: ItemId,
        /// When.
        stamp: Stamp,
    },
    /// There are so many pages at least.
    Pages {
        /// How many.
        count: u32,
    },
}

/// Most operations in one message.
pub const MAX_OPS: usize = 256;
/// Most points of one stroke.
pub const MAX_POINTS: usize = 10_000;
/// Longest text of an item, in characters.
pub const MAX_TEXT: usize = 4_000;
/// Most items of a board; what was taken away does not count.
pub const MAX_ITEMS: usize = 20_000;
/// Most items of a board with those that were taken away, which are remembered.
pub const MAX_KEPT: usize = 40_000;
/// Most points of all strokes of a board.
pub const MAX_BOARD_POINTS: usize = 600_000;
/// Most pages of a board.
pub const MAX_PAGES: u32 = 100;

/// A board as far as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardPart {
    /// Which board.
    pub board: BoardId,
    /// How many pages it has.
    pub pages: u32,
    /// Items that are other than at the version asked from; all, asked from 0.
    pub items: Vec<Item>,
    /// Items that were taken away since.
    pub removed: Vec<(ItemId, Stamp)>,
    /// The version reached by this; ask from here again. More follows while `more`.
    pub version: u64,
    /// Another part follows by itself.
    pub more: bool,
}
