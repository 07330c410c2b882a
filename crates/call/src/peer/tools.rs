//! What a peer does with the tools, and what it saw of them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use tokio::sync::mpsc;
use visita_protocol::{
    BoardId, ParticipantId,
    board::{Colour, Point, ROOM_BOARD, Shape},
    channel::{PointTarget, Spot},
    view::{BoardAction, BoardNews, ChatView, ToolAction, ToolsNews},
};

use crate::{Call, Told};

/// What is done once it is in.
#[derive(Clone, Debug, Default)]
pub struct ToolsAsked {
    /// Writes this into the chat.
    pub say: Option<String>,
    /// Draws a stroke on the whiteboard.
    pub draw: bool,
    /// Shares these files in the chat.
    pub files: Vec<String>,
    /// Points at the middle of its own picture.
    pub point: bool,
    /// Presents to everyone.
    pub present: bool,
}

/// A message of the chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChatReport {
    /// Who wrote it, by name.
    pub from: String,
    /// What; the name of a file that was shared.
    pub text: String,
}

/// What it saw of the tools.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ToolsReport {
    /// The chat.
    pub chat: Vec<ChatReport>,
    /// Items that lie on the whiteboard.
    pub board_items: usize,
    /// Snapshots in the gallery.
    pub snapshots: usize,
    /// Items drawn on snapshots (live edit).
    pub drawn_on_snapshots: usize,
    /// How often others pointed at something else.
    pub pointed: usize,
}

/// The tools of one peer.
pub(super) struct Tools {
    told: mpsc::UnboundedReceiver<Told>,
    seen: ToolsReport,
    /// By board.
    items: BTreeMap<BoardId, BTreeSet<String>>,
    me: Option<ParticipantId>,
}

impl Tools {
    pub(super) fn of(call: &mut Call) -> Option<Self> {
        Some(Self { told: call.take_told()?, seen: ToolsReport::default(), items: BTreeMap::new(), me: None })
    }

    /// It is in: does what is asked for, once.
    pub(super) fn begin(&mut self, call: &Call, me: &ParticipantId, asked: &ToolsAsked) {
        if self.me.replace(me.clone()).is_some() {
            return;
        }
        call.use_tool(ToolAction::ShowChat { shown: true });
        if let Some(text) = asked.say.clone() {
            call.use_tool(ToolAction::SendChat { text, reply_to: None });
        }
        if !asked.files.is_empty() {
            call.use_tool(ToolAction::SendFiles { paths: asked.files.clone() });
        }
        if asked.point {
            let target = PointTarget::Camera { participant_id: me.clone() };
            call.use_tool(ToolAction::Point { spot: Some(Spot { target, x: 1 << 15, y: 1 << 15 }) });
        }
        if asked.present {
            call.use_tool(ToolAction::Present { presenting: true });
        }
        let (Ok(board), Ok(id)) = (ROOM_BOARD.parse::<BoardId>(), format!("{:032x}", rand::random::<u128>()).parse())
        else {
            return;
        };
        call.use_board(BoardAction::Open { board: board.clone(), aside: false });
        if asked.draw {
            let points = (0..50).map(|n| Point { x: 200 + 10 * n, y: 300 + (n % 7) * 5 }).collect();
            let shape = Shape::Pen { points, colour: Colour::Teal, width: 6 };
            call.use_board(BoardAction::Put { board, id, page: 0, shape, with: None });
        }
    }

    pub(super) async fn told(&mut self) -> Option<Told> {
        self.told.recv().await
    }

    /// Looks at what is drawn on snapshots too, as somebody does whose gallery is open.
    pub(super) fn take(&mut self, told: Told, call: &Call) {
        match told {
            Told::Tools(ToolsNews::Chat { chat }) => self.seen.chat = lines(&chat),
            Told::Tools(ToolsNews::Gallery { snapshots }) => {
                self.seen.snapshots = snapshots.len();
                for board in snapshots.iter().filter_map(|one| one.file.info.file_id.as_str().parse::<BoardId>().ok()) {
                    if !self.items.contains_key(&board) {
                        self.items.insert(board.clone(), BTreeSet::new());
                        call.use_board(BoardAction::Open { board, aside: false });
                    }
                }
            }
            Told::Tools(ToolsNews::Pointers { pointers }) => {
                self.seen.pointed +=
                    usize::from(pointers.iter().any(|one| Some(&one.participant_id) != self.me.as_ref()));
            }
            Told::Board(BoardNews::Whole { board, items, .. }) => {
                self.items.insert(board, items.into_iter().map(|item| item.id.to_string()).collect());
            }
            Told::Board(BoardNews::Changed { board, put, removed, .. }) => {
                let items = self.items.entry(board).or_default();
                items.extend(put.into_iter().map(|item| item.id.to_string()));
                for id in removed {
                    items.remove(id.as_str());
                }
            }
            Told::Board(BoardNews::Cursors { .. } | BoardNews::Rights { .. }) => {}
        }
    }

    pub(super) fn report(mut self, call: &Call) -> ToolsReport {
        while let Ok(told) = self.told.try_recv() {
            self.take(told, call);
        }
        let (room, snapshots): (Vec<_>, Vec<_>) =
            self.items.iter().partition(|(board, _)| board.as_str() == ROOM_BOARD);
        let count = |boards: &[(&BoardId, &BTreeSet<String>)]| boards.iter().map(|(_, items)| items.len()).sum();
        ToolsReport { board_items: count(&room), drawn_on_snapshots: count(&snapshots), ..self.seen }
    }
}

fn lines(chat: &ChatView) -> Vec<ChatReport> {
    let told = chat.messages.iter().filter(|message| message.id.is_some());
    let line = |message: &visita_protocol::view::ChatMessageView| ChatReport {
        from: message.from_name.clone(),
        text: message.file.as_ref().map_or_else(|| message.text.clone(), |file| file.info.name.clone()),
    };
    told.map(line).collect()
}
