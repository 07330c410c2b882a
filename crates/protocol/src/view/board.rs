//! A whiteboard as the page draws it. It comes whole when it is opened, and in changes from then on.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    BoardId, ItemId, ParticipantId,
    board::{Point, Shape},
};

/// Something that lies on a board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ItemView {
    /// The item.
    pub id: ItemId,
    /// On which page, from 0.
    pub page: u32,
    /// The greater lies over the smaller; of the same, by id.
    pub z: u32,
    /// Whose it is.
    pub author: ParticipantId,
    /// I put it there.
    pub mine: bool,
    /// What it is.
    pub shape: Shape,
}

/// A stroke that went on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ExtendedView {
    /// Which.
    pub id: ItemId,
    /// After how many points.
    pub from: u32,
    /// With these.
    pub points: Vec<Point>,
}

/// Where somebody's cursor is on a board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct CursorView {
    /// Whose.
    pub participant_id: ParticipantId,
    /// What they are called.
    pub display_name: String,
    /// On which page.
    pub page: u32,
    /// Where.
    pub at: Point,
    /// It is a laser: it leaves a trace that fades.
    pub laser: bool,
}

/// What I may do on a board now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[allow(missing_docs, reason = "each field is the right to do that")]
pub struct BoardRights {
    pub pen: bool,
    pub shape: bool,
    pub text: bool,
    pub picture: bool,
    pub eraser: bool,
    pub cursor: bool,
}

/// What changed of a board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum BoardNews {
    /// All of it.
    Whole {
        /// Which.
        board: BoardId,
        /// Not all of it has come yet.
        loading: bool,
        /// How many pages.
        pages: u32,
        /// What lies there, in no order.
        items: Vec<ItemView>,
    },
    /// Some of it.
    Changed {
        /// Which.
        board: BoardId,
        /// How many pages.
        pages: u32,
        /// New, or other than before.
        put: Vec<ItemView>,
        /// Strokes that went on.
        extended: Vec<ExtendedView>,
        /// Taken away.
        removed: Vec<ItemId>,
    },
    /// Everybody's cursors but mine.
    Cursors {
        /// Which.
        board: BoardId,
        /// As they are now.
        cursors: Vec<CursorView>,
    },
    /// What I may do, and take back.
    Rights {
        /// Which.
        board: BoardId,
        /// Rights.
        rights: BoardRights,
        /// There is something of mine to take back.
        can_undo: bool,
        /// There is something taken back to do again.
        can_redo: bool,
    },
}

/// An end of the order in which things lie over each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Edge {
    /// Over everything else.
    Front,
    /// Under everything else.
    Back,
}

/// What people do on a board.
#[derive(Clone, Debug, Deserialize, Type)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum BoardAction {
    /// Look at it; it comes as [`BoardNews::Whole`], and changes from then on.
    Open {
        /// Which.
        board: BoardId,
        /// It is looked at small, beside other things: the others are not told that one is there.
        #[serde(default)]
        aside: bool,
    },
    /// Look away.
    Close {
        /// Which.
        board: BoardId,
    },
    /// Put something there. A stroke that is still being drawn begins so, and goes on by `extend`.
    Put {
        /// Where.
        board: BoardId,
        /// Made up by the page, with randomness.
        id: ItemId,
        /// On which page.
        page: u32,
        /// What.
        shape: Shape,
        /// Taken back together with what put this item there, where that still can be.
        #[serde(default)]
        #[specta(optional)]
        with: Option<ItemId>,
    },
    /// The stroke goes on.
    Extend {
        /// Where.
        board: BoardId,
        /// Which.
        id: ItemId,
        /// With these points.
        points: Vec<Point>,
    },
    /// Items move, grow or say something else; in one step for undo.
    Change {
        /// Where.
        board: BoardId,
        /// Which, and what they are now.
        shapes: Vec<(ItemId, Shape)>,
    },
    /// Items are laid over or under everything else of their page, in the order they have among themselves; in one step
    /// for undo.
    Order {
        /// Where.
        board: BoardId,
        /// Which.
        ids: Vec<ItemId>,
        /// Over everything, or under.
        to: Edge,
    },
    /// Items are taken away; in one step for undo.
    Remove {
        /// Where.
        board: BoardId,
        /// Which.
        ids: Vec<ItemId>,
    },
    /// One more page.
    AddPage {
        /// Where.
        board: BoardId,
    },
    /// Take back the last thing I did.
    Undo {
        /// Where.
        board: BoardId,
    },
    /// Do again what I took back last.
    Redo {
        /// Where.
        board: BoardId,
    },
    /// My cursor, some 30 times a second at most; none when it left.
    Cursor {
        /// Where.
        board: BoardId,
        /// On which page.
        page: u32,
        /// Where on it.
        at: Option<Point>,
        /// It is a laser: it leaves a trace that fades.
        laser: bool,
    },
}
