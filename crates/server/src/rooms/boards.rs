//! The boards of a room that is awake: who looks at which, what they do to it, and writing it down.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use visita_board::{Board, Refused, What};
use visita_protocol::{
    BoardId, FileId, ItemId, ParticipantId, RoomId, WhiteboardRights,
    board::{BoardOp, Item, MAX_OPS, ROOM_BOARD, Shape},
    channel::{ClientMessage, FilePurpose, ServerMessage},
};
use visita_room::{ConnectionId, Room};

use crate::store::{Store, StoreError};

/// How long what was done may wait to be written. A killed server forgets at most this; who was drawing says it again.
const WRITE_AFTER: Duration = Duration::from_millis(250);

/// Time between two tellings of what was done, so that ten people who draw are one message to each of them and not ten.
/// What is done after a pause is told at once.
const TELL_AFTER: Duration = Duration::from_millis(10);

/// Files of one message that are looked for in vain; those after them are refused unseen.
const MOST_MISSING: usize = 8;

/// Boards that were opened since the room woke up.
#[derive(Default)]
pub(super) struct Boards {
    open: HashMap<BoardId, Open>,
    /// Since when something waits to be written.
    waits_since: Option<Instant>,
    /// Since when something waits to be told.
    untold_since: Option<Instant>,
    told_at: Option<Instant>,
    /// Who looks at these changed: live edit began there, or ended.
    viewers_changed: BTreeSet<BoardId>,
}

struct Open {
    board: Board,
    watchers: BTreeMap<ConnectionId, Watcher>,
    /// Done and not told to the others yet, with who did it.
    untold: Vec<(ConnectionId, BoardOp)>,
    /// Files of the room that may lie there, as far as they were asked for.
    pictures: HashSet<FileId>,
    /// Not written yet.
    dirty: BTreeSet<ItemId>,
    pages_dirty: bool,
}

/// Somebody who looks at a board.
#[derive(Clone)]
struct Watcher {
    who: ParticipantId,
    /// Small, beside other things: the others are not told.
    aside: bool,
}

/// Messages, and for whom.
type Mail = Vec<(ConnectionId, ServerMessage)>;

impl Boards {
    /// Does what somebody asks of a board; answers what is to be sent to whom.
    pub(super) async fn take(
        &mut self,
        room: &Room,
        store: &dyn Store,
        room_id: &RoomId,
        who: &ParticipantId,
        from: ConnectionId,
        message: ClientMessage,
    ) -> Result<Mail, StoreError> {
        match message {
            ClientMessage::OpenBoard { board, since, aside } => {
                let Some(open) = self.load(store, room_id, &board).await? else { return Ok(Vec::new()) };
                let before = open.watchers.insert(from, Watcher { who: who.clone(), aside });
                let parts = open.board.parts(&board, since).into_iter();
                if before.is_none_or(|before| before.aside) != aside {
                    self.viewers_change(&board);
                }
                Ok(parts.map(|part| (from, ServerMessage::BoardState { part })).collect())
            }
            ClientMessage::CloseBoard { board } => {
                if let Some(open) = self.open.get_mut(&board) {
                    open.watchers.remove(&from);
                    self.viewers_change(&board);
                }
                Ok(Vec::new())
            }
            ClientMessage::Board { board, ops } => {
                let Some(open) = self.load(store, room_id, &board).await? else { return Ok(Vec::new()) };
                if room.board_access(who, &board).rights.wb_add_file {
                    open.know_pictures(store, room_id, &ops).await?;
                }
                let refused = open.operate(room, &board, who, from, ops);
                if !open.untold.is_empty() {
                    self.waits_since.get_or_insert_with(Instant::now);
                    self.untold_since.get_or_insert_with(Instant::now);
                }
                Ok(refused)
            }
            ClientMessage::BoardCursor { board, page, at, laser } => {
                let Some(open) = self.open.get(&board) else { return Ok(Vec::new()) };
                let message =
                    ServerMessage::BoardCursor { board: board.clone(), participant_id: who.clone(), page, at, laser };
                Ok(open.others(room, &board, from).map(|to| (to, message.clone())).collect())
            }
            // The room hands on no others.
            _ => Ok(Vec::new()),
        }
    }

    /// A snapshot was deleted, and what was drawn on it with it; whether anybody drew on it since the room woke up.
    pub(super) fn file_deleted(&mut self, file: &FileId) -> bool {
        let before = self.open.len();
        self.open.retain(|board, _| board.as_str() != file.as_str());
        self.open.len() != before
    }

    /// A connection is gone.
    pub(super) fn forget(&mut self, connection: ConnectionId) {
        let left = self.open.iter_mut().filter_map(|(id, open)| open.watchers.remove(&connection).map(|_| id.clone()));
        for board in left.collect::<Vec<_>>() {
            self.viewers_change(&board);
        }
    }

    /// Somebody began to look at a board, or went. The room's own is opened for everybody by an admin; of the others people
    /// hear.
    fn viewers_change(&mut self, board: &BoardId) {
        if board.as_str() != ROOM_BOARD {
            self.viewers_changed.insert(board.clone());
            self.untold_since.get_or_insert_with(Instant::now);
        }
    }

    /// When [`Boards::tell`] has something to say.
    pub(super) fn telling_due(&self) -> Option<Instant> {
        let again = self.told_at.map(|told| told + TELL_AFTER);
        self.untold_since.map(|since| again.map_or(since, |again| since.max(again)))
    }

    /// What was done since the last time, for those who look at it.
    pub(super) fn tell(&mut self, room: &Room) -> Mail {
        self.untold_since = None;
        self.told_at = Some(Instant::now());
        let mut mail = Mail::new();
        for (id, open) in &mut self.open {
            let done = std::mem::take(&mut open.untold);
            if done.is_empty() {
                continue;
            }
            // Who may not see it any more has to open it anew, to get what was done meanwhile.
            open.watchers.retain(|_, watcher| room.board_access(&watcher.who, id).see);
            for to in open.watchers.keys() {
                let ops: Vec<BoardOp> = done.iter().filter(|(by, _)| by != to).map(|(_, op)| op.clone()).collect();
                if !ops.is_empty() {
                    mail.push((*to, ServerMessage::Board { board: id.clone(), version: open.board.version(), ops }));
                }
            }
        }
        for board in std::mem::take(&mut self.viewers_changed) {
            let Some(open) = self.open.get(&board) else { continue };
            let there = open.watchers.values().filter(|watcher| !watcher.aside);
            let participants: BTreeSet<_> = there.map(|watcher| watcher.who.clone()).collect();
            let message =
                ServerMessage::BoardViewers { board: board.clone(), participants: participants.into_iter().collect() };
            let sees = room.channels().filter(|(_, who)| room.board_access(who, &board).see);
            mail.extend(sees.map(|(to, _)| (to, message.clone())));
        }
        mail
    }

    /// When [`Boards::write`] has something to do.
    pub(super) fn due(&self) -> Option<Instant> {
        self.waits_since.map(|since| since + WRITE_AFTER)
    }

    /// Writes down what was done since the last time.
    pub(super) async fn write(&mut self, store: &dyn Store, room: &RoomId) -> Result<(), StoreError> {
        if self.waits_since.take().is_none() {
            return Ok(());
        }
        for (id, open) in &mut self.open {
            if open.dirty.is_empty() && !open.pages_dirty {
                continue;
            }
            let changed: Vec<(ItemId, What)> =
                open.dirty.iter().filter_map(|item| Some((item.clone(), open.board.what(item)?.clone()))).collect();
            if let Err(error) = store.board_changed(room, id, open.board.pages(), &changed).await {
                // Again a little later.
                self.waits_since = Some(Instant::now());
                return Err(error);
            }
            open.dirty.clear();
            open.pages_dirty = false;
        }
        Ok(())
    }

    /// The board, read when it was not looked at yet; none where there is no such.
    async fn load(&mut self, store: &dyn Store, room: &RoomId, id: &BoardId) -> Result<Option<&mut Open>, StoreError> {
        if !self.open.contains_key(id) {
            if id.as_str() != ROOM_BOARD && !is_snapshot(store, room, id).await? {
                return Ok(None);
            }
            let (pages, items) = store.board(room, id).await?;
            let board = Board::restored(first_version(), pages, items);
            let open = Open {
                pictures: board.items().filter_map(picture_of).cloned().collect(),
                board,
                watchers: BTreeMap::new(),
                untold: Vec::new(),
                dirty: BTreeSet::new(),
                pages_dirty: false,
            };
            self.open.insert(id.clone(), open);
        }
        Ok(self.open.get_mut(id))
    }
}

/// Greater than every version told before, also by an earlier run of the server: none has a million changes a second.
fn first_version() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_secs() << 20
}

async fn is_snapshot(store: &dyn Store, room: &RoomId, id: &BoardId) -> Result<bool, StoreError> {
    let Ok(file) = id.as_str().parse::<FileId>() else { return Ok(false) };
    let message = store.chat_of_file(room, &file).await?;
    Ok(message.and_then(|message| message.file).is_some_and(|file| file.purpose == FilePurpose::Snapshot))
}

impl Open {
    /// Those who look at it and may, but one.
    fn others<'a>(
        &'a self,
        room: &'a Room,
        board: &'a BoardId,
        but: ConnectionId,
    ) -> impl Iterator<Item = ConnectionId> + 'a {
        let others = self.watchers.iter().filter(move |(to, _)| **to != but);
        others.filter(|(_, watcher)| room.board_access(&watcher.who, board).see).map(|(to, _)| *to)
    }

    /// Looks up the pictures that are to lie there. Whoever names files that are not there is not looked after for long.
    async fn know_pictures(&mut self, store: &dyn Store, room: &RoomId, ops: &[BoardOp]) -> Result<(), StoreError> {
        let mut missing = 0;
        for op in ops.iter().take(MAX_OPS) {
            let BoardOp::Put { item } = op else { continue };
            let Some(id) = picture_of(item).filter(|id| !self.pictures.contains(*id)) else { continue };
            if store.file(id).await?.is_some_and(|file| file.room_id == *room && file.info.is_some()) {
                self.pictures.insert(id.clone());
            } else {
                missing += 1;
            }
            if missing == MOST_MISSING {
                break;
            }
        }
        Ok(())
    }

    /// Whether somebody may do that now.
    fn check(&self, op: &BoardOp, who: &ParticipantId, rights: WhiteboardRights) -> Result<(), Refused> {
        self.board.check(op, who, rights)?;
        match op {
            // A file of another room, or none at all, would be a hole in everybody's board.
            BoardOp::Put { item } if picture_of(item).is_some_and(|id| !self.pictures.contains(id)) => {
                Err(Refused::Invalid)
            }
            _ => Ok(()),
        }
    }

    /// Does what may be done; tells what may not.
    fn operate(
        &mut self,
        room: &Room,
        id: &BoardId,
        who: &ParticipantId,
        from: ConnectionId,
        ops: Vec<BoardOp>,
    ) -> Mail {
        let rights = room.board_access(who, id).rights;
        let mut refusals = Mail::new();
        for op in ops.into_iter().take(MAX_OPS) {
            let item = match &op {
                BoardOp::Put { item } => Some(item.id.clone()),
                BoardOp::Extend { id, .. } | BoardOp::Remove { id, .. } => Some(id.clone()),
                BoardOp::Pages { .. } => None,
            };
            match (self.check(&op, who, rights), item) {
                (Ok(()), item) => {
                    if self.board.apply(&op) {
                        self.pages_dirty |= item.is_none();
                        self.dirty.extend(item);
                        self.untold.push((from, op));
                    }
                }
                (Err(refused), Some(item)) => {
                    let refused = ServerMessage::BoardRefused {
                        board: id.clone(),
                        item: self.board.item(&item).cloned(),
                        id: item,
                        error: refused.problem(),
                    };
                    refusals.push((from, refused));
                }
                (Err(_), None) => {}
            }
        }
        refusals
    }
}

const fn picture_of(item: &Item) -> Option<&FileId> {
    match &item.shape {
        Shape::Picture { file_id, .. } => Some(file_id),
        _ => None,
    }
}
