//! Chat, boards and pointers together, and their way to the page.

use std::collections::BTreeMap;

use tokio::sync::mpsc;
use visita_protocol::{
    ParticipantId,
    channel::{ClientMessage, ServerMessage, Spot},
    view::{BoardAction, BoardNews, PointerView, ToolAction, ToolsNews},
};

use super::{
    boards::{Boards, Me},
    chat::Chat,
    room::RoomSide,
};
use crate::people::People;

/// What is told to whoever draws it.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// Of chat, files and pointers.
    Tools(ToolsNews),
    /// Of a board.
    Board(BoardNews),
}

/// The tools of one call.
pub(super) struct Tools {
    chat: Chat,
    boards: Boards,
    pointers: BTreeMap<ParticipantId, Spot>,
    out: mpsc::UnboundedSender<Told>,
    last_gallery: usize,
}

impl Tools {
    pub(super) fn new(out: mpsc::UnboundedSender<Told>) -> Self {
        Self { chat: Chat::default(), boards: Boards::default(), pointers: BTreeMap::new(), out, last_gallery: 0 }
    }

    /// Takes a message of the server, after the room took it; what is to be sent because of it.
    pub(super) fn take(&mut self, message: &ServerMessage, room: &RoomSide, people: &People) -> Vec<ClientMessage> {
        let mut to_room = Vec::new();
        let is_new = matches!(message, ServerMessage::Welcome { .. } | ServerMessage::Resumed { .. });
        if is_new {
            self.chat.line_is_new();
            to_room.extend(self.chat.unheard());
            to_room.extend(self.boards.line_is_new());
        }
        let me = Me { id: &room.me, tools: room.tools };
        if matches!(message, ServerMessage::Welcome { .. } | ServerMessage::RightsChanged { .. }) {
            self.tell_boards(|boards| boards.rights_changed(&me));
        }
        self.tell_boards(|boards| boards.take(message, &me, people));
        self.take_pointer(message, people);
        // Who comes or goes changes how far a message has come to all.
        let others = matches!(message, ServerMessage::Joined { .. } | ServerMessage::Left { .. });
        if self.chat.take(message, &room.me) || others || is_new {
            to_room.extend(self.chat.mark_to_tell());
            self.tell_chat(room, people);
        }
        to_room
    }

    /// Does what I wish; what is to be sent.
    pub(super) fn act(&mut self, action: ToolAction, room: &RoomSide, people: &People) -> Vec<ClientMessage> {
        let to_room = match action {
            ToolAction::SendChat { text, reply_to } => vec![self.chat.write(text, reply_to)],
            ToolAction::TryAgain { key } => self.chat.try_again(&key).into_iter().collect(),
            ToolAction::Discard { key } => {
                self.chat.discard(&key);
                Vec::new()
            }
            ToolAction::Typing { typing } => return vec![ClientMessage::Typing { typing }],
            ToolAction::ShowChat { shown } => {
                self.chat.show(shown);
                self.chat.mark_to_tell().into_iter().collect()
            }
            ToolAction::Point { spot } => return vec![ClientMessage::Point { spot }],
            ToolAction::Present { presenting } => return vec![ClientMessage::Present { presenting }],
            // Done where files and pictures are.
            ToolAction::PickFiles
            | ToolAction::SendFiles { .. }
            | ToolAction::Download { .. }
            | ToolAction::OpenFile { .. }
            | ToolAction::DeleteFile { .. }
            | ToolAction::TakeSnapshot { .. } => return Vec::new(),
        };
        self.tell_chat(room, people);
        to_room
    }

    pub(super) fn act_on_board(&mut self, action: BoardAction, room: &RoomSide) -> Vec<ClientMessage> {
        let outcome = self.boards.act(action, &Me { id: &room.me, tools: room.tools });
        self.tell_boards(|_| outcome.to_page);
        outcome.to_room
    }

    /// Once a second: what passes by itself.
    pub(super) fn tick(&mut self, room: &RoomSide, people: &People) {
        if self.chat.moves() {
            self.tell_chat(room, people);
        }
        self.tell_boards(|boards| boards.tick(people));
    }

    /// The chat is before my eyes.
    pub(super) fn chat_is_shown(&self) -> bool {
        self.chat.is_shown()
    }

    /// Messages of others in the chat that I have not seen.
    pub(super) fn unread(&self, me: &ParticipantId) -> u32 {
        self.chat.unread(me)
    }

    /// Tells everything, to a page that is new.
    pub(super) fn tell_all(&mut self, room: &RoomSide, people: &People) {
        self.last_gallery = usize::MAX;
        self.tell_chat(room, people);
        self.tell_pointers(people);
    }

    fn take_pointer(&mut self, message: &ServerMessage, people: &People) {
        let changed = match message {
            ServerMessage::Pointed { participant_id, spot: Some(spot) } => {
                self.pointers.insert(participant_id.clone(), spot.clone());
                true
            }
            ServerMessage::Pointed { participant_id, spot: None } | ServerMessage::Left { participant_id, .. } => {
                self.pointers.remove(participant_id).is_some()
            }
            ServerMessage::RightsChanged { participant_id, tools, .. } if !tools.live_pointer => {
                self.pointers.remove(participant_id).is_some()
            }
            // Pointers are of the moment: what was pointed at before the line broke is not any more.
            ServerMessage::Welcome { .. } | ServerMessage::Resumed { .. } => {
                !std::mem::take(&mut self.pointers).is_empty()
            }
            _ => false,
        };
        if changed {
            self.tell_pointers(people);
        }
    }

    fn tell_pointers(&self, people: &People) {
        let pointers = self.pointers.iter().map(|(id, spot)| PointerView {
            participant_id: id.clone(),
            display_name: people.name_of(id.as_str()).unwrap_or_default(),
            spot: spot.clone(),
        });
        self.tell(Told::Tools(ToolsNews::Pointers { pointers: pointers.collect() }));
    }

    fn tell_chat(&mut self, room: &RoomSide, people: &People) {
        let chat = self.chat.view(&room.me, room.is_admin, people);
        self.tell(Told::Tools(ToolsNews::Chat { chat }));
        let snapshots = self.chat.gallery(&room.me, room.is_admin, people, &room.display_name);
        if snapshots.len() != self.last_gallery {
            self.last_gallery = snapshots.len();
            self.tell(Told::Tools(ToolsNews::Gallery { snapshots }));
        }
    }

    fn tell_boards(&mut self, news: impl FnOnce(&mut Boards) -> Vec<BoardNews>) {
        for news in news(&mut self.boards) {
            self.tell(Told::Board(news));
        }
    }

    fn tell(&self, told: Told) {
        // Nobody may draw them, as in `visita-peer`.
        let _ = self.out.send(told);
    }
}
