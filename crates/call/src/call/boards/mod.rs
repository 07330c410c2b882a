//! The boards this participant looks at: a copy of each, what I did to them and may take back, the others' cursors. What I do
//! holds here at once; should the server refuse it, it is undone.

mod messages;

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    time::{Duration, Instant},
};

use visita_board::Board;
use visita_protocol::{
    BoardId, FileId, ItemId, ParticipantId, Tools,
    board::{BoardOp, Item, Point, ROOM_BOARD, Shape},
    channel::{ClientMessage, ServerMessage},
    view::{BoardAction, BoardNews, BoardRights, CursorView, Edge, ExtendedView, ItemView},
};

use crate::people::People;
use messages::messages;

/// What I did within this time before a line broke is said again on the next: the server may not have heard it, or may have
/// been killed before it was written. Twice is as good as once.
const SAY_AGAIN: Duration = Duration::from_secs(30);
/// Steps that can be taken back.
const STEPS: usize = 200;
/// A cursor that has not moved for this long is not drawn.
const CURSOR_FOR: Duration = Duration::from_secs(8);

/// One step for undo: items as they were before, none where they were not there.
type Step = Vec<(ItemId, Option<Item>)>;

/// The boards that are open.
#[derive(Default)]
pub(super) struct Boards {
    open: BTreeMap<BoardId, Open>,
    /// Since when there is no line to the room.
    lost: Option<Instant>,
    /// Done without a line, on boards that were closed before there was one again.
    unsaid: Vec<(BoardId, BoardOp)>,
}

#[derive(Default)]
struct Open {
    board: Board,
    /// The server's version of it that is here.
    version: u64,
    loading: bool,
    /// Looked at small, beside other things.
    aside: bool,
    undo: Vec<Step>,
    redo: Vec<Step>,
    sent: VecDeque<(Instant, BoardOp)>,
    cursors: HashMap<ParticipantId, Cursor>,
    told_rights: Option<(BoardRights, bool, bool)>,
}

struct Cursor {
    page: u32,
    at: Point,
    laser: bool,
    moved: Instant,
}

/// What follows from what I do.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) to_room: Vec<ClientMessage>,
    pub(super) to_page: Vec<BoardNews>,
}

/// Who I am.
pub(super) struct Me<'a> {
    pub(super) id: &'a ParticipantId,
    pub(super) tools: Tools,
}

impl Boards {
    /// Does what I wish.
    pub(super) fn act(&mut self, action: BoardAction, me: &Me<'_>) -> Outcome {
        match action {
            BoardAction::Open { board, aside } => self.look(board, aside, me),
            BoardAction::Close { board } => {
                let closed = self.open.remove(&board);
                if self.lost.is_some() {
                    let unsaid = closed.into_iter().flat_map(|open| open.sent).map(|(_, op)| (board.clone(), op));
                    self.unsaid.extend(unsaid);
                }
                Outcome { to_room: vec![ClientMessage::CloseBoard { board }], to_page: Vec::new() }
            }
            BoardAction::Put { board, id, page, shape, with } => self.on(board, me, |open| {
                if open.board.what(&id).is_some() {
                    return Vec::new();
                }
                open.step_with(vec![(id.clone(), None)], with.as_ref());
                let z = open.board.top();
                let stamp = open.board.next_stamp(me.id.clone());
                vec![BoardOp::Put { item: Item { id, author: me.id.clone(), page, z, shape, stamp } }]
            }),
            BoardAction::Extend { board, id, points } => self.on(board, me, |open| {
                let Some(item) = open.board.item(&id) else { return Vec::new() };
                let Shape::Pen { points: before, .. } = &item.shape else { return Vec::new() };
                let from = u32::try_from(before.len()).unwrap_or(u32::MAX);
                vec![BoardOp::Extend { id, of: item.stamp.clone(), from, points }]
            }),
            BoardAction::Change { board, shapes } => self.on(board, me, |open| {
                let there = shapes.into_iter().filter_map(|(id, shape)| Some((open.board.item(&id)?.clone(), shape)));
                let changed: Vec<_> = there.filter(|(item, shape)| item.shape != *shape).collect();
                if changed.is_empty() {
                    return Vec::new();
                }
                open.step(changed.iter().map(|(item, _)| (item.id.clone(), Some(item.clone()))).collect());
                let stamp = open.board.next_stamp(me.id.clone());
                let put = |(item, shape)| BoardOp::Put { item: Item { shape, stamp: stamp.clone(), ..item } };
                changed.into_iter().map(put).collect()
            }),
            BoardAction::Order { board, ids, to } => self.on(board, me, |open| {
                let moved = open.to_edge(&ids, to);
                let before = moved.iter().filter_map(|item| open.board.item(&item.id).cloned());
                let step: Step = before.map(|item| (item.id.clone(), Some(item))).collect();
                if step.is_empty() {
                    return Vec::new();
                }
                open.step(step);
                let stamp = open.board.next_stamp(me.id.clone());
                moved.into_iter().map(|item| BoardOp::Put { item: Item { stamp: stamp.clone(), ..item } }).collect()
            }),
            BoardAction::Remove { board, ids } => self.on(board, me, |open| {
                let there: Vec<Item> = ids.iter().filter_map(|id| open.board.item(id).cloned()).collect();
                if there.is_empty() {
                    return Vec::new();
                }
                let stamp = open.board.next_stamp(me.id.clone());
                open.step(there.iter().map(|item| (item.id.clone(), Some(item.clone()))).collect());
                there.into_iter().map(|item| BoardOp::Remove { id: item.id, stamp: stamp.clone() }).collect()
            }),
            BoardAction::AddPage { board } => {
                self.on(board, me, |open| vec![BoardOp::Pages { count: open.board.pages() + 1 }])
            }
            BoardAction::Undo { board } => self.on(board, me, |open| {
                let Some(step) = open.undo.pop() else { return Vec::new() };
                let (ops, back) = open.go_back(step, me.id);
                open.redo.push(back);
                ops
            }),
            BoardAction::Redo { board } => self.on(board, me, |open| {
                let Some(step) = open.redo.pop() else { return Vec::new() };
                let (ops, back) = open.go_back(step, me.id);
                open.undo.push(back);
                ops
            }),
            BoardAction::Cursor { board, page, at, laser } => {
                let may = self.open.contains_key(&board) && me.tools.board_rights(&board).wb_cursor;
                let to_room =
                    if may { vec![ClientMessage::BoardCursor { board, page, at, laser }] } else { Vec::new() };
                Outcome { to_room, to_page: Vec::new() }
            }
        }
    }

    fn look(&mut self, board: BoardId, aside: bool, me: &Me<'_>) -> Outcome {
        let open = self.open.entry(board.clone()).or_insert_with(|| Open { loading: true, ..Open::default() });
        open.told_rights = None;
        open.aside = aside;
        let mut to_page = vec![open.whole(&board, me.id)];
        to_page.extend(open.rights(&board, me));
        Outcome { to_room: vec![open.asks_for(&board)], to_page }
    }

    /// Does operations of mine here and tells them.
    fn on(&mut self, board: BoardId, me: &Me<'_>, ops: impl FnOnce(&mut Open) -> Vec<BoardOp>) -> Outcome {
        let Some(open) = self.open.get_mut(&board) else { return Outcome::default() };
        let ops = ops(open);
        let mut outcome = Outcome::default();
        let now = Instant::now();
        // Without a line nothing is heard, for however long.
        let heard_until = self.lost.unwrap_or(now);
        while open.sent.front().is_some_and(|(at, _)| heard_until.saturating_duration_since(*at) > SAY_AGAIN) {
            open.sent.pop_front();
        }
        open.sent.extend(ops.iter().map(|op| (now, op.clone())));
        outcome.to_page.extend(open.apply(&board, &ops, me.id));
        outcome.to_page.extend(open.rights(&board, me));
        outcome.to_room = messages(&board, ops);
        outcome
    }

    /// Takes a message of the server; what the page is to draw.
    pub(super) fn take(&mut self, message: &ServerMessage, me: &Me<'_>, people: &People) -> Vec<BoardNews> {
        match message {
            ServerMessage::BoardState { part } => {
                let Some(open) = self.open.get_mut(&part.board) else { return Vec::new() };
                open.board.take(part);
                open.version = part.version;
                open.loading = part.more;
                if part.more {
                    return Vec::new();
                }
                let mut news = vec![open.whole(&part.board, me.id)];
                news.extend(open.rights(&part.board, me));
                news
            }
            ServerMessage::Board { board, version, ops } => {
                let Some(open) = self.open.get_mut(board) else { return Vec::new() };
                open.version = *version;
                open.apply(board, ops, me.id).into_iter().collect()
            }
            ServerMessage::BoardRefused { board, id, item, .. } => {
                let Some(open) = self.open.get_mut(board) else { return Vec::new() };
                open.board.force(id, item.clone());
                open.sent.retain(|(_, op)| item_of(op) != Some(id));
                for steps in [&mut open.undo, &mut open.redo] {
                    steps.iter_mut().for_each(|step| step.retain(|(of, _)| of != id));
                    steps.retain(|step| !step.is_empty());
                }
                let put = item.iter().map(|item| item_view(item, me.id)).collect();
                let removed = if item.is_none() { vec![id.clone()] } else { Vec::new() };
                let pages = open.board.pages();
                vec![BoardNews::Changed { board: board.clone(), pages, put, extended: Vec::new(), removed }]
            }
            ServerMessage::BoardCursor { board, participant_id, page, at, laser } => {
                let Some(open) = self.open.get_mut(board) else { return Vec::new() };
                match at {
                    Some(at) => {
                        let cursor = Cursor { page: *page, at: *at, laser: *laser, moved: Instant::now() };
                        open.cursors.insert(participant_id.clone(), cursor);
                    }
                    None => {
                        open.cursors.remove(participant_id);
                    }
                }
                vec![open.cursors(board, people)]
            }
            ServerMessage::FileDeleted { file_id } => {
                self.open.retain(|board, _| board.as_str() != file_id.as_str());
                Vec::new()
            }
            ServerMessage::Left { participant_id, .. } => {
                let mut news = Vec::new();
                for (board, open) in &mut self.open {
                    if open.cursors.remove(participant_id).is_some() {
                        news.push(open.cursors(board, people));
                    }
                }
                news
            }
            _ => Vec::new(),
        }
    }

    /// Cursors that have stood still are taken away.
    pub(super) fn tick(&mut self, people: &People) -> Vec<BoardNews> {
        let mut news = Vec::new();
        for (board, open) in &mut self.open {
            let before = open.cursors.len();
            open.cursors.retain(|_, cursor| cursor.moved.elapsed() < CURSOR_FOR);
            if open.cursors.len() != before {
                news.push(open.cursors(board, people));
            }
        }
        news
    }

    /// The board over this file is open.
    pub(super) fn is_open(&self, file: &FileId) -> bool {
        self.open.iter().any(|(board, open)| board.as_str() == file.as_str() && !open.aside)
    }

    /// A board other than the room's is open.
    pub(super) fn is_at_a_snapshot(&self) -> bool {
        self.open.iter().any(|(board, open)| board.as_str() != ROOM_BOARD && !open.aside)
    }

    /// What I may do has changed.
    pub(super) fn rights_changed(&mut self, me: &Me<'_>) -> Vec<BoardNews> {
        self.open.iter_mut().filter_map(|(board, open)| open.rights(board, me)).collect()
    }

    /// What may be looked at changed: what is open is asked for again from where it is.
    pub(super) fn open_again(&self) -> Vec<ClientMessage> {
        self.open.iter().map(|(board, open)| open.asks_for(board)).collect()
    }

    /// A new line to the room: what was open is opened again from where it was, and what may not have been heard is said
    /// again.
    pub(super) fn line_is_new(&mut self) -> Vec<ClientMessage> {
        let now = Instant::now();
        let lost = self.lost.take().unwrap_or(now);
        let mut to_room = Vec::new();
        for (board, op) in std::mem::take(&mut self.unsaid) {
            to_room.extend(messages(&board, [op]));
        }
        for (board, open) in &mut self.open {
            open.sent.retain(|(at, _)| lost.saturating_duration_since(*at) <= SAY_AGAIN);
            // This line may break as well before it is heard.
            open.sent.iter_mut().for_each(|(at, _)| *at = now);
            to_room.extend(messages(board, open.sent.iter().map(|(_, op)| op.clone())));
            to_room.push(open.asks_for(board));
        }
        to_room
    }

    /// The line to the room is lost.
    pub(super) fn line_is_lost(&mut self) {
        self.lost.get_or_insert_with(Instant::now);
    }
}

impl Open {
    /// What was done can be taken back.
    fn step(&mut self, step: Step) {
        self.redo.clear();
        self.undo.push(step);
        if self.undo.len() > STEPS {
            self.undo.remove(0);
        }
    }

    /// The same, together with what put an item there, where that still can be taken back.
    fn step_with(&mut self, step: Step, with: Option<&ItemId>) {
        let puts = |step: &&mut Step| step.iter().any(|(id, before)| Some(id) == with && before.is_none());
        match self.undo.iter_mut().rev().find(puts) {
            Some(earlier) => {
                earlier.extend(step);
                self.redo.clear();
            }
            None => self.step(step),
        }
    }

    /// Asks for what is there since the version that is here.
    fn asks_for(&self, board: &BoardId) -> ClientMessage {
        ClientMessage::OpenBoard { board: board.clone(), since: self.version, aside: self.aside }
    }

    /// Those of these that do not lie at that end of their page yet, with the places they get there.
    fn to_edge(&self, ids: &[ItemId], to: Edge) -> Vec<Item> {
        let order = |a: &&Item, b: &&Item| (a.z, &a.id).cmp(&(b.z, &b.id));
        let mut chosen: Vec<&Item> = ids.iter().filter_map(|id| self.board.item(id)).collect();
        chosen.sort_by(order);
        chosen.dedup_by(|a, b| a.id == b.id);
        let beyond = |other: &Item| {
            let passes = |item: &&Item| match to {
                Edge::Front => order(&&**item, &other).is_lt(),
                Edge::Back => order(&&**item, &other).is_gt(),
            };
            chosen.iter().any(|item| item.page == other.page && passes(item))
        };
        let is_chosen = |other: &Item| chosen.iter().any(|item| item.id == other.id);
        if !self.board.items().any(|other| !is_chosen(other) && beyond(other)) {
            return Vec::new();
        }
        let count = u32::try_from(chosen.len()).unwrap_or(u32::MAX);
        let first = match to {
            Edge::Front => self.board.top(),
            Edge::Back => (self.board.bottom() + 1).saturating_sub(count),
        };
        (first..).zip(chosen).map(|(z, item)| Item { z, ..item.clone() }).collect()
    }

    /// Makes items what they were, where nobody else has changed them since; and the step that leads forth again.
    fn go_back(&self, step: Step, me: &ParticipantId) -> (Vec<BoardOp>, Step) {
        let stamp = self.board.next_stamp(me.clone());
        let mut ops = Vec::new();
        let mut forth = Step::new();
        for (id, before) in step {
            let is = self.board.what(&id);
            if is.is_some_and(|what| what.stamp().by != *me) {
                continue;
            }
            forth.push((id.clone(), self.board.item(&id).cloned()));
            match before {
                Some(item) => ops.push(BoardOp::Put { item: Item { stamp: stamp.clone(), ..item } }),
                None => ops.push(BoardOp::Remove { id, stamp: stamp.clone() }),
            }
        }
        (ops, forth)
    }

    /// Does operations; what the page is to draw: of each item what became of it in the end, since one may be extended, put
    /// anew and taken away in the same message.
    fn apply(&mut self, board: &BoardId, ops: &[BoardOp], me: &ParticipantId) -> Option<BoardNews> {
        let pages_before = self.board.pages();
        // Where an item only went on: after how many points.
        let mut touched: BTreeMap<&ItemId, Option<usize>> = BTreeMap::new();
        for op in ops {
            let before = item_of(op).map_or(0, |id| self.points(id).len());
            if !self.board.apply(op) {
                continue;
            }
            match op {
                BoardOp::Extend { id, .. } => drop(touched.entry(id).or_insert(Some(before))),
                BoardOp::Put { item: Item { id, .. } } | BoardOp::Remove { id, .. } => drop(touched.insert(id, None)),
                BoardOp::Pages { .. } => {}
            }
        }
        let pages = self.board.pages();
        if touched.is_empty() && pages == pages_before {
            return None;
        }
        let (mut put, mut extended, mut removed) = (Vec::new(), Vec::new(), Vec::new());
        for (id, went_on) in touched {
            match (self.board.item(id), went_on) {
                (Some(_), Some(before)) => extended.push(ExtendedView {
                    id: id.clone(),
                    from: u32::try_from(before).unwrap_or(u32::MAX),
                    points: self.points(id).get(before..).unwrap_or_default().to_vec(),
                }),
                (Some(item), None) => put.push(item_view(item, me)),
                (None, _) => removed.push(id.clone()),
            }
        }
        Some(BoardNews::Changed { board: board.clone(), pages, put, extended, removed })
    }

    /// The points of a stroke; none of anything else.
    fn points(&self, id: &ItemId) -> &[Point] {
        match self.board.item(id).map(|item| &item.shape) {
            Some(Shape::Pen { points, .. }) => points,
            _ => &[],
        }
    }

    fn whole(&self, board: &BoardId, me: &ParticipantId) -> BoardNews {
        BoardNews::Whole {
            board: board.clone(),
            loading: self.loading,
            pages: self.board.pages(),
            items: self.board.items().map(|item| item_view(item, me)).collect(),
        }
    }

    /// What I may do, where that is other than was told last.
    fn rights(&mut self, board: &BoardId, me: &Me<'_>) -> Option<BoardNews> {
        let granted = me.tools.board_rights(board);
        let rights = BoardRights {
            pen: granted.wb_pen,
            shape: granted.wb_shape,
            text: granted.wb_text,
            picture: granted.wb_add_file,
            eraser: granted.wb_eraser,
            cursor: granted.wb_cursor,
        };
        let (can_undo, can_redo) = (!self.undo.is_empty(), !self.redo.is_empty());
        let now = Some((rights, can_undo, can_redo));
        if self.told_rights == now {
            return None;
        }
        self.told_rights = now;
        Some(BoardNews::Rights { board: board.clone(), rights, can_undo, can_redo })
    }

    fn cursors(&self, board: &BoardId, people: &People) -> BoardNews {
        let cursors = self.cursors.iter().map(|(id, cursor)| CursorView {
            participant_id: id.clone(),
            display_name: people.name_of(id.as_str()).unwrap_or_default(),
            page: cursor.page,
            at: cursor.at,
            laser: cursor.laser,
        });
        let mut cursors: Vec<_> = cursors.collect();
        cursors.sort_by(|a, b| a.participant_id.cmp(&b.participant_id));
        BoardNews::Cursors { board: board.clone(), cursors }
    }
}

fn item_view(item: &Item, me: &ParticipantId) -> ItemView {
    ItemView {
        id: item.id.clone(),
        page: item.page,
        z: item.z,
        author: item.author.clone(),
        mine: item.author == *me,
        shape: item.shape.clone(),
    }
}

const fn item_of(op: &BoardOp) -> Option<&ItemId> {
    match op {
        BoardOp::Put { item } => Some(&item.id),
        BoardOp::Extend { id, .. } | BoardOp::Remove { id, .. } => Some(id),
        BoardOp::Pages { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
        text.parse().expect("an id")
    }

    /// Somebody puts an `a` on the room's board.
    fn put(name: &str, with: Option<&str>) -> BoardAction {
        let shape = Shape::Text {
            at: Point { x: 1, y: 1 },
            text: "a".into(),
            colour: Default::default(),
            size: 20,
            ground: None,
        };
        BoardAction::Put { board: id(ROOM_BOARD), id: id(name), page: 0, shape, with: with.map(id) }
    }

    #[test]
    fn what_was_put_together_is_taken_back_together() {
        let (me, board) = (id::<ParticipantId>("ada"), id::<BoardId>(ROOM_BOARD));
        let me = Me { id: &me, tools: Tools::ALL };
        let mut boards = Boards::default();
        boards.act(BoardAction::Open { board: board.clone(), aside: false }, &me);
        for (name, with) in [("alone", None), ("first", None), ("second", Some("first")), ("third", Some("second"))] {
            boards.act(put(name, with), &me);
        }
        let there = |boards: &Boards| boards.open[&board].board.items().count();
        assert_eq!(there(&boards), 4);
        boards.act(BoardAction::Undo { board: board.clone() }, &me);
        assert_eq!(there(&boards), 1, "one step takes the three");
        boards.act(BoardAction::Redo { board: board.clone() }, &me);
        assert_eq!(there(&boards), 4);
        boards.act(BoardAction::Undo { board: board.clone() }, &me);
        boards.act(BoardAction::Undo { board: board.clone() }, &me);
        assert_eq!(there(&boards), 0);
    }

    #[test]
    fn things_are_laid_over_and_under_each_other_and_back() {
        let (me, board) = (id::<ParticipantId>("ada"), id::<BoardId>(ROOM_BOARD));
        let me = Me { id: &me, tools: Tools::ALL };
        let mut boards = Boards::default();
        boards.act(BoardAction::Open { board: board.clone(), aside: false }, &me);
        for name in ["a", "b", "c", "d"] {
            boards.act(put(name, None), &me);
        }
        let order = |boards: &Boards| -> String {
            let mut items: Vec<_> = boards.open[&board].board.items().map(|item| (item.z, item.id.as_str())).collect();
            items.sort_unstable();
            items.iter().map(|(_, id)| *id).collect()
        };
        let mut lay = |ids: &[&str], to| {
            let ids = ids.iter().map(|name| id(name)).collect();
            let said = boards.act(BoardAction::Order { board: board.clone(), ids, to }, &me).to_room.len();
            (order(&boards), said)
        };
        assert_eq!(lay(&["d", "c"], Edge::Back), ("cdab".into(), 1), "in the order they have among themselves");
        assert_eq!(lay(&["c"], Edge::Front), ("dabc".into(), 1));
        assert_eq!(lay(&["b", "c"], Edge::Front), ("dabc".into(), 0), "they lie there already");
        boards.act(BoardAction::Undo { board: board.clone() }, &me);
        assert_eq!(order(&boards), "cdab");
        boards.act(BoardAction::Redo { board: board.clone() }, &me);
        assert_eq!(order(&boards), "dabc");
    }

    #[test]
    fn what_is_drawn_without_a_line_is_said_however_long_it_takes() {
        let (me, board) = (id::<ParticipantId>("ada"), id::<BoardId>(ROOM_BOARD));
        let me = Me { id: &me, tools: Tools::ALL };
        let mut boards = Boards::default();
        boards.act(BoardAction::Open { board: board.clone(), aside: false }, &me);
        let said = |to_room: &[ClientMessage]| -> usize {
            let ops = to_room.iter().map(|message| match message {
                ClientMessage::Board { ops, .. } => ops.len(),
                _ => 0,
            });
            ops.sum()
        };
        let Some(longer) = Instant::now().checked_sub(SAY_AGAIN * 3) else { return };
        boards.act(put("a", None), &me);
        boards.line_is_lost();
        boards.act(put("b", None), &me);
        // All of that was long ago, the line is still lost, and there is more.
        boards.lost = Some(longer);
        for (at, _) in &mut boards.open.get_mut(&board).expect("open").sent {
            *at = longer;
        }
        boards.act(put("c", None), &me);
        assert_eq!(said(&boards.line_is_new()), 3);
        // With a line, what is old was heard.
        for (at, _) in &mut boards.open.get_mut(&board).expect("open").sent {
            *at = longer;
        }
        boards.act(put("d", None), &me);
        assert_eq!(said(&boards.line_is_new()), 1);
        // Nor is it lost with a board that is closed before there is a line.
        boards.line_is_lost();
        boards.act(put("e", None), &me);
        boards.act(BoardAction::Close { board: board.clone() }, &me);
        assert_eq!(said(&boards.line_is_new()), 2);
        assert_eq!(said(&boards.line_is_new()), 0);
    }
}
