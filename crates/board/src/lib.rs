//! One whiteboard: what lies on it, and who may do what to it. The server keeps one, and so does everybody who looks at it;
//! each does what comes in, in whatever order it comes, and all are the same in the end. It knows neither sockets nor who is
//! connected.
//!
//! An item is a register of which the last writer wins, by [`Stamp`]; a stroke that is being drawn grows by points that have
//! their place in it. What was taken away is remembered, so that what comes late does not bring it back.

mod check;
mod parts;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use visita_protocol::{
    ItemId, ParticipantId,
    board::{BoardOp, Item, Point, Shape, Stamp},
};

pub use check::Refused;

/// Points that came before the stroke they belong to; more are dropped, as from somebody who never sends it.
const EARLY: usize = 4096;

/// Nothing lies higher; what lies as high is in the order of ids.
const HIGHEST: u32 = u32::MAX / 2;

/// Where the first of a board lies: there is room under it.
const MIDDLE: u32 = 1_000_000;

/// A whiteboard.
#[derive(Clone, Debug, Default)]
pub struct Board {
    kept: BTreeMap<ItemId, Kept>,
    pages: u32,
    /// Rises with each change.
    version: u64,
    /// The greatest of all stamps.
    clock: u64,
    /// Those that are there.
    items: usize,
    /// Of all strokes.
    points: usize,
    early: Vec<(ItemId, Stamp, u32, Vec<Point>)>,
}

#[derive(Clone, Debug)]
struct Kept {
    what: What,
    /// The version that this came with.
    changed: u64,
}

/// An item, or that it was taken away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// There.
    There(Item),
    /// Taken away.
    Gone {
        /// When.
        stamp: Stamp,
        /// Who had put it there, where that is known.
        author: Option<ParticipantId>,
    },
}

impl What {
    const fn points(&self) -> usize {
        match self {
            Self::There(Item { shape: Shape::Pen { points, .. }, .. }) => points.len(),
            Self::There(_) | Self::Gone { .. } => 0,
        }
    }

    /// When it was last said how it is.
    pub const fn stamp(&self) -> &Stamp {
        match self {
            Self::There(item) => &item.stamp,
            Self::Gone { stamp, .. } => stamp,
        }
    }
}

impl Board {
    /// A board as it was written down. `version` is greater than all that were told of it before.
    pub fn restored(version: u64, pages: u32, kept: impl IntoIterator<Item = (ItemId, What)>) -> Self {
        let mut board = Self { pages, version, ..Self::default() };
        for (id, what) in kept {
            board.set(id, what);
        }
        board
    }

    /// Does what was done, unless something later is known; whether that changed anything.
    pub fn apply(&mut self, op: &BoardOp) -> bool {
        match op {
            BoardOp::Put { item } => {
                if self.kept.get(&item.id).is_some_and(|kept| *kept.what.stamp() >= item.stamp) {
                    return false;
                }
                let mut item = item.clone();
                self.take_early(&mut item);
                self.set(item.id.clone(), What::There(item));
                true
            }
            BoardOp::Extend { id, of, from, points } => self.extend(id, of, *from, points),
            BoardOp::Remove { id, stamp } => {
                let known = self.kept.get(id);
                if known.is_some_and(|kept| *kept.what.stamp() >= *stamp) {
                    return false;
                }
                let author = known.and_then(|kept| match &kept.what {
                    What::There(item) => Some(item.author.clone()),
                    What::Gone { author, .. } => author.clone(),
                });
                self.set(id.clone(), What::Gone { stamp: stamp.clone(), author });
                true
            }
            BoardOp::Pages { count } => {
                let more = *count > self.pages();
                if more {
                    self.pages = *count;
                    self.version += 1;
                }
                more
            }
        }
    }

    /// Makes an item what it is elsewhere, whatever is known here: somebody's operation was refused.
    pub fn force(&mut self, id: &ItemId, item: Option<Item>) {
        match item {
            Some(item) => self.set(id.clone(), What::There(item)),
            None => {
                if let Some(Kept { what, .. }) = self.kept.remove(id) {
                    self.points -= what.points();
                    self.items -= usize::from(matches!(what, What::There(_)));
                }
                self.version += 1;
            }
        }
    }

    /// An item that is there.
    pub fn item(&self, id: &ItemId) -> Option<&Item> {
        match &self.kept.get(id)?.what {
            What::There(item) => Some(item),
            What::Gone { .. } => None,
        }
    }

    /// An item, there or taken away.
    pub fn what(&self, id: &ItemId) -> Option<&What> {
        self.kept.get(id).map(|kept| &kept.what)
    }

    /// All that is there.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.kept.values().filter_map(|kept| match &kept.what {
            What::There(item) => Some(item),
            What::Gone { .. } => None,
        })
    }

    /// How many pages there are, one at least.
    pub const fn pages(&self) -> u32 {
        if self.pages == 0 { 1 } else { self.pages }
    }

    /// Rises with each change.
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// A stamp later than all that is known here.
    pub fn next_stamp(&self, by: ParticipantId) -> Stamp {
        Stamp { clock: self.clock.saturating_add(1), by }
    }

    /// The place over everything else.
    pub fn top(&self) -> u32 {
        self.items().map(|item| item.z).max().map_or(MIDDLE, |z| (z + 1).min(HIGHEST))
    }

    /// The place under everything else.
    pub fn bottom(&self) -> u32 {
        self.items().map(|item| item.z).min().map_or(MIDDLE, |z| z.saturating_sub(1))
    }

    fn set(&mut self, id: ItemId, what: What) {
        self.version += 1;
        self.clock = self.clock.max(what.stamp().clock);
        let there = matches!(what, What::There(_));
        self.points += what.points();
        let before = self.kept.insert(id, Kept { what, changed: self.version });
        self.points -= before.as_ref().map_or(0, |kept| kept.what.points());
        let was_there = before.is_some_and(|kept| matches!(kept.what, What::There(_)));
        self.items = self.items + usize::from(there) - usize::from(was_there);
    }

    fn extend(&mut self, id: &ItemId, of: &Stamp, from: u32, more: &[Point]) -> bool {
        let known = self.kept.get_mut(id);
        if known.as_ref().is_none_or(|kept| kept.what.stamp() < of) {
            // The stroke itself is still to come.
            if self.early.len() < EARLY {
                self.early.push((id.clone(), of.clone(), from, more.to_vec()));
            }
            return false;
        }
        let Some(Kept { what: What::There(item), changed }) = known else { return false };
        let Shape::Pen { points, .. } = &mut item.shape else { return false };
        if item.stamp != *of {
            return false;
        }
        let at = usize::try_from(from).unwrap_or(usize::MAX);
        if at > points.len() {
            if self.early.len() < EARLY {
                self.early.push((id.clone(), of.clone(), from, more.to_vec()));
            }
            return false;
        }
        let known = points.len() - at;
        if known >= more.len() {
            return false;
        }
        points.extend_from_slice(&more[known..]);
        self.points += more.len() - known;
        self.version += 1;
        *changed = self.version;
        // Those after a gap that is closed now.
        if !self.early.is_empty() {
            let mut item = item.clone();
            self.take_early(&mut item);
            self.set(item.id.clone(), What::There(item));
        }
        true
    }

    /// Appends what came before its turn.
    fn take_early(&mut self, item: &mut Item) {
        let Shape::Pen { points, .. } = &mut item.shape else { return };
        let mut waiting: Vec<_> = Vec::new();
        self.early.retain(|(id, of, from, more)| {
            let theirs = *id == item.id && *of == item.stamp;
            if theirs {
                waiting.push((*from, more.clone()));
            }
            !theirs
        });
        waiting.sort_by_key(|(from, more)| (*from, more.len()));
        for (from, more) in waiting {
            let at = usize::try_from(from).unwrap_or(usize::MAX);
            if at > points.len() {
                self.early.push((item.id.clone(), item.stamp.clone(), from, more));
                continue;
            }
            let known = points.len() - at;
            if let Some(new) = more.get(known..) {
                points.extend_from_slice(new);
            }
        }
    }
}
