//! What a peer does with the tools, and what it saw of them.

use serde::Serialize;
use tokio::sync::mpsc;
use visita_protocol::{
    BoardId,
    board::{Colour, Point, ROOM_BOARD, Shape},
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
}

/// The tools of one peer.
pub(super) struct Tools {
    told: mpsc::UnboundedReceiver<Told>,
    seen: ToolsReport,
    items: std::collections::BTreeSet<String>,
}

impl Tools {
    pub(super) fn of(call: &mut Call) -> Option<Self> {
        Some(Self { told: call.take_told()?, seen: ToolsReport::default(), items: Default::default() })
    }

    /// It is in: does what is asked for.
    pub(super) fn begin(call: &Call, asked: ToolsAsked) {
        call.use_tool(ToolAction::ShowChat { shown: true });
        if let Some(text) = asked.say {
            call.use_tool(ToolAction::SendChat { text, reply_to: None });
        }
        if !asked.files.is_empty() {
            call.use_tool(ToolAction::SendFiles { paths: asked.files });
        }
        let (Ok(board), Ok(id)) = (ROOM_BOARD.parse::<BoardId>(), format!("{:032x}", rand::random::<u128>()).parse())
        else {
            return;
        };
        call.use_board(BoardAction::Open { board: board.clone() });
        if asked.draw {
            let points = (0..50).map(|n| Point { x: 200 + 10 * n, y: 300 + (n % 7) * 5 }).collect();
            let shape = Shape::Pen { points, colour: Colour::Teal, width: 6 };
            call.use_board(BoardAction::Put { board, id, page: 0, shape });
        }
    }

    pub(super) async fn told(&mut self) -> Option<Told> {
        self.told.recv().await
    }

    pub(super) fn take(&mut self, told: Told) {
        match told {
            Told::Tools(ToolsNews::Chat { chat }) => self.seen.chat = lines(&chat),
            Told::Tools(ToolsNews::Gallery { snapshots }) => self.seen.snapshots = snapshots.len(),
            Told::Tools(ToolsNews::Pointers { .. }) => {}
            Told::Board(BoardNews::Whole { items, .. }) => {
                self.items = items.into_iter().map(|item| item.id.to_string()).collect();
            }
            Told::Board(BoardNews::Changed { put, removed, .. }) => {
                self.items.extend(put.into_iter().map(|item| item.id.to_string()));
                for id in removed {
                    self.items.remove(id.as_str());
                }
            }
            Told::Board(BoardNews::Cursors { .. } | BoardNews::Rights { .. }) => {}
        }
    }

    pub(super) fn report(mut self) -> ToolsReport {
        while let Ok(told) = self.told.try_recv() {
            self.take(told);
        }
        ToolsReport { board_items: self.items.len(), ..self.seen }
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
