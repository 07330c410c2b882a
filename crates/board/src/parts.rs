//! A board in parts that fit into messages.

use visita_protocol::{
    BoardId,
    board::{BoardPart, Shape},
};

use crate::{Board, What};

/// Points and letters in one part; some ten bytes each.
const WEIGHT: usize = 8_000;
/// An item weighs as much by itself.
const ITEM: usize = 16;

impl Board {
    /// What is other than at the version `since`: all of it where that version is unknown here. One part at least.
    pub fn parts(&self, board: &BoardId, since: u64) -> Vec<BoardPart> {
        let since = if since > self.version() { 0 } else { since };
        let mut changed: Vec<_> = self.kept.iter().filter(|(_, kept)| kept.changed > since).collect();
        changed.sort_by_key(|(_, kept)| kept.changed);
        let empty = |version| BoardPart {
            board: board.clone(),
            pages: self.pages(),
            items: Vec::new(),
            removed: Vec::new(),
            version,
            more: true,
        };
        let mut parts = Vec::new();
        let (mut part, mut weight) = (empty(since), 0);
        for (id, kept) in changed {
            if weight > WEIGHT {
                parts.push(std::mem::replace(&mut part, empty(since)));
                weight = 0;
            }
            weight += ITEM;
            part.version = kept.changed;
            match &kept.what {
                What::There(item) => {
                    weight += match &item.shape {
                        Shape::Pen { points, .. } => points.len(),
                        Shape::Text { text, .. } => text.len() / 8,
                        Shape::Figure { .. } | Shape::Picture { .. } => 0,
                    };
                    part.items.push(item.clone());
                }
                What::Gone { stamp, .. } => part.removed.push((id.clone(), stamp.clone())),
            }
        }
        part.version = self.version();
        part.more = false;
        parts.push(part);
        parts
    }

    /// Takes in what another has. `version` is then the other's, not this board's.
    pub fn take(&mut self, part: &BoardPart) {
        use visita_protocol::board::BoardOp;
        self.apply(&BoardOp::Pages { count: part.pages });
        for item in &part.items {
            // The same stroke with more points than are known here.
            if self.item(&item.id).is_some_and(|known| known.stamp == item.stamp) {
                if let Shape::Pen { points, .. } = &item.shape {
                    let op = BoardOp::Extend {
                        id: item.id.clone(),
                        of: item.stamp.clone(),
                        from: 0,
                        points: points.clone(),
                    };
                    self.apply(&op);
                }
            } else {
                self.apply(&BoardOp::Put { item: item.clone() });
            }
        }
        for (id, stamp) in &part.removed {
            self.apply(&BoardOp::Remove { id: id.clone(), stamp: stamp.clone() });
        }
    }
}
