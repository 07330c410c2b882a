//! Chat, what was shared in it, pointing, and showing something to everybody.

use std::collections::{BTreeMap, VecDeque};

use visita_protocol::{
    BoardId, FileId, ParticipantId, SessionId, Tools, Whiteboard,
    channel::{
        ChatMark, ChatMessage, ClientMessage, FileInfo, FilePurpose, MAX_CHAT_KEY_LEN, MAX_CHAT_LEN, PointTarget,
        ServerMessage, Spot,
    },
    text::turns_text,
};

use super::Room;
use crate::{BoardAccess, CHAT, ConnectionId, EntryId, Output, Refusal, Timestamp, rights, seat::Seat};

/// Bytes in one part of what is told of the chat; a newcomer gets the chat in such.
const PART: usize = 128 * 1024;

/// The chat of a room, as far as it is told to those who come.
#[derive(Debug, Default)]
pub(super) struct Chat {
    messages: VecDeque<ChatMessage>,
    last_id: u32,
    /// Files that were deleted, with their messages: for those who were away.
    deleted: VecDeque<(u32, FileId)>,
    /// How far it has come to whom.
    marks: BTreeMap<ParticipantId, (u32, u32)>,
}

impl Chat {
    pub(super) fn of(messages: Vec<ChatMessage>, deleted: Vec<(u32, FileId)>) -> Self {
        let there = messages.iter().map(|message| message.id);
        let last_id = there.chain(deleted.iter().map(|(id, _)| *id)).max().unwrap_or(0);
        let older = messages.len().saturating_sub(CHAT as usize);
        let messages = messages.into_iter().skip(older).collect();
        Self { messages, last_id, deleted: deleted.into(), marks: BTreeMap::new() }
    }

    /// The session is over: who comes next has to hear of it anew.
    pub(super) fn forget_marks(&mut self) {
        self.marks.clear();
    }
}

/// Whether somebody with these tools is told of a message.
fn sees(tools: Tools, message: &ChatMessage) -> bool {
    match &message.file {
        None => tools.chat,
        Some(file) => {
            tools.chat
                || match file.purpose {
                    FilePurpose::Chat => tools.file_upload,
                    // Who receives live edit is told what it is drawn on.
                    FilePurpose::Snapshot => tools.snapshot || tools.whiteboard != Whiteboard::Whole(false),
                    FilePurpose::Board => false,
                }
        }
    }
}

impl Room {
    pub(super) fn chat(
        &mut self,
        id: &ParticipantId,
        key: String,
        text: String,
        reply_to: Option<u32>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        if !self.tools_of(id)?.chat {
            return Err(Refusal::ToolMissing);
        }
        check_key(&key)?;
        let length = text.chars().count();
        if length == 0 || length > MAX_CHAT_LEN || text.trim().is_empty() || text.contains(is_odd) {
            return Err(Refusal::Invalid { field: "text" });
        }
        if reply_to.is_some_and(|answered| answered == 0 || answered > self.chat.last_id) {
            return Err(Refusal::Invalid { field: "reply_to" });
        }
        self.add_to_chat(id, key, text, reply_to, None, now)
    }

    /// A file is there in full.
    pub(super) fn file_shared(
        &mut self,
        id: &ParticipantId,
        key: String,
        mut file: FileInfo,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let shown = file.of.as_ref().and_then(|of| self.seats.get(of));
        file.of_name = shown.and_then(Seat::shown_name).map(str::to_owned);
        self.may_share(id, file.purpose)?;
        check_key(&key)?;
        if file.purpose == FilePurpose::Board {
            return Ok(());
        }
        self.add_to_chat(id, key, String::new(), None, Some(file), now)
    }

    /// Whether a seat may share a file of that purpose now.
    ///
    /// # Errors
    /// A [`Refusal`] when nobody is in from there, or the tool is missing.
    pub fn may_share(&self, id: &ParticipantId, purpose: FilePurpose) -> Result<(), Refusal> {
        let tools = self.tools_of(id)?;
        let may = match purpose {
            FilePurpose::Chat => tools.file_upload,
            FilePurpose::Snapshot => tools.snapshot,
            FilePurpose::Board => tools.whiteboard.rights().wb_add_file,
        };
        if may { Ok(()) } else { Err(Refusal::ToolMissing) }
    }

    /// Whether a seat may fetch a file of that purpose now.
    ///
    /// # Errors
    /// A [`Refusal`] when nobody is in from there, or the tool is missing.
    pub fn may_fetch(&self, id: &ParticipantId, purpose: FilePurpose) -> Result<(), Refusal> {
        let tools = self.tools_of(id)?;
        let may = match purpose {
            FilePurpose::Chat => tools.chat || tools.file_upload,
            // Who receives live edit sees what it is drawn on.
            FilePurpose::Snapshot => tools.chat || tools.snapshot || tools.whiteboard != Whiteboard::Whole(false),
            FilePurpose::Board => self.whiteboard.shown || tools.whiteboard != Whiteboard::Whole(false),
        };
        if may { Ok(()) } else { Err(Refusal::ToolMissing) }
    }

    /// Whether somebody is in by that entry; answers the session.
    ///
    /// # Errors
    /// [`Refusal::NotIn`]
    pub fn is_in(&self, id: &ParticipantId, entry: EntryId) -> Result<SessionId, Refusal> {
        let stay = self.seats.get(id).and_then(Seat::stay).filter(|stay| stay.entry == Some(entry));
        stay.and_then(|_| self.session_id().cloned()).ok_or(Refusal::NotIn)
    }

    /// Whether somebody is an admin of the room.
    ///
    /// # Errors
    /// [`Refusal::NotAdmin`]
    pub fn is_admin(&self, id: &ParticipantId) -> Result<(), Refusal> {
        let is = self.seats.get(id).is_some_and(|seat| seat.settings.is_admin);
        if is { Ok(()) } else { Err(Refusal::NotAdmin) }
    }

    fn add_to_chat(
        &mut self,
        id: &ParticipantId,
        key: String,
        text: String,
        reply_to: Option<u32>,
        file: Option<FileInfo>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let session_id = self.session_id().cloned().ok_or(Refusal::NotIn)?;
        // Said again by a client that does not know whether it was heard.
        if let Some(known) = self.chat.messages.iter().find(|known| known.from == *id && known.key == key) {
            let message = ServerMessage::Chat { message: known.clone() };
            if let Some(to) = self.seats.get(id).and_then(Seat::channel) {
                self.outputs.push_back(Output::Send { to, message });
            }
            return Ok(());
        }
        let from_name = self.seats.get(id).and_then(Seat::shown_name).ok_or(Refusal::NotIn)?.to_owned();
        self.chat.last_id += 1;
        let (from, at_ms) = (id.clone(), now.unix_ms());
        let message =
            ChatMessage { id: self.chat.last_id, key, session_id, from, from_name, at_ms, text, reply_to, file };
        self.outputs.push_back(Output::ChatAdded { message: message.clone() });
        let written = message.file.as_ref().map_or(message.text.as_str(), |file| &file.name);
        self.record_chat(id, &message.from_name, written);
        let to: Vec<_> =
            self.seats.values().filter(|seat| sees(rights::tools(seat, &self.settings), &message)).collect();
        for to in to.into_iter().filter_map(Seat::channel) {
            self.outputs.push_back(Output::Send { to, message: ServerMessage::Chat { message: message.clone() } });
        }
        self.chat.messages.push_back(message);
        if self.chat.messages.len() > CHAT as usize {
            self.chat.messages.pop_front();
        }
        Ok(())
    }

    /// What somebody has not yet of the chat, as far as they may see it.
    pub(super) fn tell_chat(&mut self, id: &ParticipantId, to: ConnectionId, after: u32) {
        let Ok(tools) = self.tools_of(id) else { return };
        for (_, file_id) in self.chat.deleted.iter().filter(|(message, _)| *message <= after) {
            let message = ServerMessage::FileDeleted { file_id: file_id.clone() };
            self.outputs.push_back(Output::Send { to, message });
        }
        let messages: Vec<_> = self.chat.messages.iter().filter(|m| m.id > after && sees(tools, m)).cloned().collect();
        let marks = self.chat.marks.iter().filter(|(id, _)| self.seats.get(id).is_some_and(Seat::is_connected));
        let marks: Vec<_> = marks.map(|(id, mark)| marked(id, *mark)).collect();
        if messages.is_empty() && marks.is_empty() {
            return;
        }
        // In messages that a narrow line takes in time; how far they have come is said with the last.
        let mut part = Vec::new();
        let mut weight = 0;
        for message in messages {
            weight += 400 + message.text.len();
            part.push(message);
            if weight > PART {
                weight = 0;
                let (messages, marks) = (std::mem::take(&mut part), Vec::new());
                self.outputs.push_back(Output::Send { to, message: ServerMessage::ChatHistory { messages, marks } });
            }
        }
        if !part.is_empty() || !marks.is_empty() {
            let message = ServerMessage::ChatHistory { messages: part, marks };
            self.outputs.push_back(Output::Send { to, message });
        }
    }

    pub(super) fn chat_mark(&mut self, id: &ParticipantId, received: u32, seen: u32) -> Result<(), Refusal> {
        self.tools_of(id)?;
        let last = self.chat.last_id;
        let mark = self.chat.marks.entry(id.clone()).or_default();
        let before = *mark;
        *mark = (mark.0.max(received.min(last)), mark.1.max(seen.min(last)));
        let mark = *mark;
        if mark != before {
            let message = ServerMessage::ChatMarked { mark: marked(id, mark) };
            self.tell_others(id, |tools| tools.chat, &message);
        }
        Ok(())
    }

    pub(super) fn typing(&mut self, id: &ParticipantId, typing: bool) -> Result<(), Refusal> {
        if !self.tools_of(id)?.chat {
            return Err(Refusal::ToolMissing);
        }
        let message = ServerMessage::Typing { participant_id: id.clone(), typing };
        self.tell_others(id, |tools| tools.chat, &message);
        Ok(())
    }

    /// A file is not there any more.
    pub(super) fn file_deleted(&mut self, file_id: &FileId) {
        let of = |message: &ChatMessage| message.file.as_ref().is_some_and(|file| file.file_id == *file_id);
        if let Some(message) = self.chat.messages.iter().find(|message| of(message)) {
            self.chat.deleted.push_back((message.id, file_id.clone()));
            if self.chat.deleted.len() > CHAT as usize {
                self.chat.deleted.pop_front();
            }
        }
        self.chat.messages.retain(|message| !of(message));
        self.tell_without_seq(&ServerMessage::FileDeleted { file_id: file_id.clone() });
    }

    pub(super) fn point(&mut self, id: &ParticipantId, spot: Option<Spot>) -> Result<(), Refusal> {
        let tools = self.tools_of(id)?;
        // Who may not point any more may still take the pointer away.
        if spot.is_some() && !tools.live_pointer {
            return Err(Refusal::ToolMissing);
        }
        if let Some(Spot {
            target: PointTarget::Camera { participant_id } | PointTarget::Screen { participant_id },
            ..
        }) = &spot
            && self.seats.get(participant_id).and_then(Seat::stay).is_none()
        {
            return Err(Refusal::NotThere);
        }
        let message = ServerMessage::Pointed { participant_id: id.clone(), spot };
        self.tell_others(id, |_| true, &message);
        Ok(())
    }

    pub(super) fn present(&mut self, id: &ParticipantId, presenting: bool) -> Result<(), Refusal> {
        let tools = self.tools_of(id)?;
        let is_admin = self.seats.get(id).is_some_and(|seat| seat.settings.is_admin);
        let presenter = if presenting {
            if !tools.present_to_everyone {
                return Err(Refusal::ToolMissing);
            }
            Some(id.clone())
        } else {
            match &self.presenter {
                None => return Ok(()),
                Some(presenter) if presenter == id || is_admin => None,
                Some(_) => return Err(Refusal::NotAdmin),
            }
        };
        self.set_presenter(presenter);
        Ok(())
    }

    /// What somebody may do on a board now; nothing, where they are not in.
    pub fn board_access(&self, id: &ParticipantId, board: &BoardId) -> BoardAccess {
        match self.tools_of(id) {
            Ok(tools) => rights::board(tools, board, self.whiteboard.shown),
            Err(_) => BoardAccess::default(),
        }
    }

    /// Boards are not the room's to keep, only who may come to them.
    pub(super) fn ask_board(
        &mut self,
        id: &ParticipantId,
        connection: ConnectionId,
        message: ClientMessage,
    ) -> Result<(), Refusal> {
        let may = match &message {
            ClientMessage::OpenBoard { board, .. } | ClientMessage::Board { board, .. } => {
                self.board_access(id, board).see
            }
            ClientMessage::BoardCursor { board, at, .. } => {
                at.is_none() || self.board_access(id, board).rights.wb_cursor
            }
            _ => true,
        };
        if !may {
            return Err(Refusal::ToolMissing);
        }
        self.outputs.push_back(Output::ToBoard { participant_id: id.clone(), connection, message });
        Ok(())
    }

    /// Whoever shows something to everybody is out, or may not any more.
    pub(super) fn check_presenter(&mut self) {
        let Some(presenter) = self.presenter.clone() else { return };
        if !self.tools_of(&presenter).is_ok_and(|tools| tools.present_to_everyone) {
            self.set_presenter(None);
        }
    }

    fn set_presenter(&mut self, presenter: Option<ParticipantId>) {
        if self.presenter != presenter {
            self.presenter.clone_from(&presenter);
            self.tell(None, |seq| ServerMessage::PresenterChanged { seq, presenter });
        }
    }

    /// What somebody who is in may use.
    pub(super) fn tools_of(&self, id: &ParticipantId) -> Result<Tools, Refusal> {
        let seat = self.seats.get(id).filter(|seat| seat.stay().is_some()).ok_or(Refusal::NotIn)?;
        Ok(rights::tools(seat, &self.settings))
    }

    /// To the others who are in and may, and of no meaning later.
    pub(super) fn tell_others(&mut self, but: &ParticipantId, may: fn(Tools) -> bool, message: &ServerMessage) {
        let others = self.seats.iter().filter(|(id, seat)| *id != but && may(rights::tools(seat, &self.settings)));
        for to in others.filter_map(|(_, seat)| seat.channel()) {
            self.outputs.push_back(Output::Send { to, message: message.clone() });
        }
    }
}

fn check_key(key: &str) -> Result<(), Refusal> {
    let well_formed = (1..=MAX_CHAT_KEY_LEN).contains(&key.len()) && !key.contains(char::is_control);
    if well_formed { Ok(()) } else { Err(Refusal::Invalid { field: "key" }) }
}

/// What is no text: it would hide or turn what is written.
pub(super) fn is_odd(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t') || turns_text(c)
}

fn marked(id: &ParticipantId, (received, seen): (u32, u32)) -> ChatMark {
    ChatMark { participant_id: id.clone(), received, seen }
}
