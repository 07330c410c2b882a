//! The chat as this participant has it: what came, what of mine is on its way, how far it has come to the others.

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use visita_protocol::{
    BoardId, FileId, ParticipantId,
    channel::{ChatMark, ChatMessage, ClientMessage, FileInfo, FilePurpose, ServerMessage},
    view::{ChatMessageView, ChatTick, ChatView, FileState, FileView, ReplyView, SnapshotView},
};

use super::files::Upload;
use crate::people::People;

/// How long somebody counts as writing who does not say so again.
const TYPING_FOR: Duration = Duration::from_secs(6);

/// A message of mine that the room has not told back yet.
#[derive(Debug)]
struct Pending {
    key: String,
    text: String,
    reply_to: Option<u32>,
    at_ms: u64,
    /// What is shared, and how far it is.
    file: Option<(Upload, FileState)>,
    failed: bool,
}

impl Pending {
    /// What is sent on the channel; files go another way.
    fn message(&self) -> Option<ClientMessage> {
        let (key, text, reply_to) = (self.key.clone(), self.text.clone(), self.reply_to);
        self.file.is_none().then_some(ClientMessage::Chat { key, text, reply_to })
    }

    fn file_view(&self) -> Option<FileView> {
        let (upload, state) = self.file.as_ref()?;
        let info = FileInfo {
            file_id: self.key.parse().ok()?,
            name: upload.name.clone(),
            media_type: String::new(),
            size: upload.size,
            sha256: String::new(),
            purpose: upload.purpose,
            of: upload.of.clone(),
            of_name: None,
            of_screen: upload.of_screen,
            size_px: None,
            has_thumbnail: false,
        };
        Some(FileView { info, state: state.clone(), may_delete: true })
    }
}

/// What is to be sent again.
pub(super) enum Again {
    Message(ClientMessage),
    File(Upload),
}

/// The chat.
#[derive(Debug, Default)]
pub(super) struct Chat {
    messages: BTreeMap<u32, ChatMessage>,
    pending: Vec<Pending>,
    marks: HashMap<ParticipantId, (u32, u32)>,
    /// How far each of mine came when those were there whom it was for. Who comes later takes nothing back.
    came: HashMap<u32, ChatTick>,
    typing: HashMap<ParticipantId, Instant>,
    /// It is before my eyes.
    shown: bool,
    seen: u32,
    told: (u32, u32),
    keys: u32,
    /// What is on its way down, or here.
    files: HashMap<FileId, FileState>,
}

impl Chat {
    /// Takes a message of the server; whether there is something else to draw.
    pub(super) fn take(&mut self, message: &ServerMessage, me: &ParticipantId) -> bool {
        match message {
            ServerMessage::ChatHistory { messages, marks } => {
                for message in messages {
                    self.add(message.clone(), me);
                }
                for mark in marks {
                    self.mark(mark, me);
                }
            }
            ServerMessage::Chat { message } => {
                self.typing.remove(&message.from);
                self.add(message.clone(), me);
            }
            ServerMessage::ChatMarked { mark } => self.mark(mark, me),
            ServerMessage::Typing { participant_id, typing: true } => {
                self.typing.insert(participant_id.clone(), Instant::now());
            }
            ServerMessage::Typing { participant_id, typing: false } | ServerMessage::Left { participant_id, .. } => {
                return self.typing.remove(participant_id).is_some();
            }
            ServerMessage::FileDeleted { file_id } => {
                self.messages.retain(|_, message| message.file.as_ref().is_none_or(|file| file.file_id != *file_id));
                self.files.remove(file_id);
            }
            ServerMessage::Refused { key: Some(key), .. } => {
                if let Some(pending) = self.pending.iter_mut().find(|pending| pending.key == *key) {
                    pending.failed = true;
                }
            }
            _ => return false,
        }
        true
    }

    fn add(&mut self, message: ChatMessage, me: &ParticipantId) {
        if message.from == *me {
            self.pending.retain(|pending| pending.key != message.key);
            // Whoever writes has read what was there.
            if self.shown {
                self.seen = self.seen.max(message.id);
            }
        } else if self.shown {
            self.seen = self.seen.max(message.id);
        }
        self.messages.insert(message.id, message);
    }

    /// How far it came to somebody. What I saw on another device, or before the program ended, I have seen.
    fn mark(&mut self, mark: &ChatMark, me: &ParticipantId) {
        if mark.participant_id == *me {
            self.seen = self.seen.max(mark.seen);
        }
        self.marks.insert(mark.participant_id.clone(), (mark.received, mark.seen));
    }

    /// A message of mine; what is to be sent.
    pub(super) fn write(&mut self, text: String, reply_to: Option<u32>) -> ClientMessage {
        let key = self.new_key();
        let message = ClientMessage::Chat { key: key.clone(), text: text.clone(), reply_to };
        self.pending.push(Pending { key, text, reply_to, at_ms: now_ms(), file: None, failed: false });
        message
    }

    /// A file of mine is on its way.
    pub(super) fn share(&mut self, upload: Upload) {
        let key = upload.key.clone();
        let file = Some((upload, FileState::Uploading { sent: 0.0 }));
        let pending = Pending { key, text: String::new(), reply_to: None, at_ms: now_ms(), file, failed: false };
        self.pending.push(pending);
    }

    /// Where a file of mine stands; nothing where it is not on its way any more.
    pub(super) fn set_upload(&mut self, key: &str, now: FileState) {
        let pending = self.pending.iter_mut().find(|pending| pending.key == key);
        if let Some(Pending { file: Some((_, state)), failed, .. }) = pending {
            *failed = matches!(now, FileState::Failed { .. });
            *state = now;
        }
    }

    /// A file that is there in full.
    pub(super) fn file(&self, file_id: &FileId) -> Option<&FileInfo> {
        let files = self.messages.values().filter_map(|message| message.file.as_ref());
        files.into_iter().find(|file| file.file_id == *file_id)
    }

    /// A name for a message of mine that no other has.
    pub(super) fn new_key(&mut self) -> String {
        self.keys += 1;
        format!("{:016x}-{}", rand::random::<u64>(), self.keys)
    }

    /// Tries one again that was not taken.
    pub(super) fn try_again(&mut self, key: &str) -> Option<Again> {
        let pending = self.pending.iter_mut().find(|pending| pending.key == key)?;
        pending.failed = false;
        if let Some((upload, state)) = &mut pending.file {
            *state = FileState::Uploading { sent: 0.0 };
            return Some(Again::File(upload.clone()));
        }
        pending.message().map(Again::Message)
    }

    /// Forgets one that is not there yet.
    pub(super) fn discard(&mut self, key: &str) -> Option<Upload> {
        let at = self.pending.iter().position(|pending| pending.key == key)?;
        self.pending.remove(at).file.map(|(upload, _)| upload)
    }

    /// What may not have been heard, because the line was another one: said again it is still one message.
    pub(super) fn unheard(&self) -> Vec<ClientMessage> {
        self.pending.iter().filter(|pending| !pending.failed).filter_map(Pending::message).collect()
    }

    /// It is before my eyes, or not any more.
    pub(super) fn show(&mut self, shown: bool) {
        self.shown = shown;
        if shown {
            self.seen = self.last();
        }
    }

    pub(super) fn is_shown(&self) -> bool {
        self.shown
    }

    /// What the others are to hear of how far it has come to me.
    pub(super) fn mark_to_tell(&mut self) -> Option<ClientMessage> {
        let now = (self.last(), self.seen);
        if now == self.told || now.0 == 0 {
            return None;
        }
        self.told = now;
        Some(ClientMessage::ChatMark { received: now.0, seen: now.1 })
    }

    /// A new line to the room: it knows nothing of what was told on the old one.
    pub(super) fn line_is_new(&mut self) {
        self.told = (0, 0);
    }

    /// Where a file stands that is fetched.
    pub(super) fn set_file(&mut self, file: FileId, state: FileState) {
        self.files.insert(file, state);
    }

    /// Messages of others that I have not seen; a snapshot is counted with the snapshots.
    pub(super) fn unread(&self, me: &ParticipantId) -> u32 {
        let counts =
            |m: &ChatMessage| m.from != *me && m.file.as_ref().is_none_or(|file| file.purpose == FilePurpose::Chat);
        let unread = self.messages.range(self.seen.saturating_add(1)..).filter(|(_, message)| counts(message));
        u32::try_from(unread.count()).unwrap_or(u32::MAX)
    }

    /// Something may be drawn differently because time went by.
    pub(super) fn moves(&self) -> bool {
        !self.typing.is_empty()
    }

    fn last(&self) -> u32 {
        self.messages.keys().next_back().copied().unwrap_or(0)
    }

    pub(super) fn view(&mut self, me: &ParticipantId, is_admin: bool, people: &People) -> ChatView {
        self.typing.retain(|_, since| since.elapsed() < TYPING_FOR);
        let others: Vec<&ParticipantId> = people.with_chat().collect();
        for id in self.messages.values().filter(|message| message.from == *me).map(|message| message.id) {
            let now = self.tick(id, &others);
            let came = self.came.entry(id).or_insert(now);
            *came = further(*came, now);
        }
        let messages = self.messages.values().filter(|message| is_line(message));
        let told = messages.map(|message| self.message_view(message, me, is_admin));
        let pending = self.pending.iter().map(|pending| ChatMessageView {
            key: pending.key.clone(),
            id: None,
            from: me.clone(),
            from_name: String::new(),
            mine: true,
            at_ms: as_f64(pending.at_ms),
            text: pending.text.clone(),
            reply: self.reply(pending.reply_to),
            file: pending.file_view(),
            tick: Some(if pending.failed { ChatTick::Failed } else { ChatTick::Sending }),
        });
        ChatView {
            messages: told.chain(pending).collect(),
            typing: self.typing.keys().filter_map(|id| people.name_of(id.as_str())).collect(),
            unread: self.unread(me),
        }
    }

    /// Newest first.
    pub(super) fn gallery(
        &self,
        me: &ParticipantId,
        is_admin: bool,
        people: &People,
        my_name: &str,
        editors: &BTreeMap<BoardId, Vec<ParticipantId>>,
    ) -> Vec<SnapshotView> {
        let editing = |file: &FileInfo| {
            let board = file.file_id.as_str().parse::<BoardId>().ok();
            let who = board.and_then(|board| editors.get(&board)).map(Vec::as_slice).unwrap_or_default();
            who.iter().filter_map(|id| people.name_of(id.as_str())).collect()
        };
        let snapshots = self.messages.values().rev().filter_map(|message| {
            let file = message.file.as_ref().filter(|file| file.purpose == FilePurpose::Snapshot)?;
            let of = file.of.as_ref();
            // Who was shown may have left since.
            let then = || file.of_name.clone();
            let of_name = of.and_then(|of| {
                if of == me { Some(my_name.to_owned()) } else { people.name_of(of.as_str()).or_else(then) }
            });
            Some(SnapshotView {
                file: self.file_view(message, me, is_admin)?,
                by_name: message.from_name.clone(),
                of_name: of_name.unwrap_or_default(),
                of_screen: file.of_screen,
                at_ms: as_f64(message.at_ms),
                editing: editing(file),
            })
        });
        snapshots.collect()
    }

    fn message_view(&self, message: &ChatMessage, me: &ParticipantId, is_admin: bool) -> ChatMessageView {
        let mine = message.from == *me;
        ChatMessageView {
            key: message.key.clone(),
            id: Some(message.id),
            from: message.from.clone(),
            from_name: message.from_name.clone(),
            mine,
            at_ms: as_f64(message.at_ms),
            text: message.text.clone(),
            reply: self.reply(message.reply_to),
            file: self.file_view(message, me, is_admin),
            tick: self.came.get(&message.id).copied(),
        }
    }

    fn file_view(&self, message: &ChatMessage, me: &ParticipantId, is_admin: bool) -> Option<FileView> {
        let info = message.file.clone()?;
        let state = self.files.get(&info.file_id).cloned().unwrap_or(FileState::Ready);
        Some(FileView { info, state, may_delete: is_admin || message.from == *me })
    }

    fn tick(&self, id: u32, others: &[&ParticipantId]) -> ChatTick {
        let mark = |other: &&ParticipantId| self.marks.get(*other).copied().unwrap_or_default();
        match others {
            [] => ChatTick::Sent,
            others if others.iter().all(|other| mark(other).1 >= id) => ChatTick::Seen,
            others if others.iter().all(|other| mark(other).0 >= id) => ChatTick::Delivered,
            _ => ChatTick::Sent,
        }
    }

    fn reply(&self, to: Option<u32>) -> Option<ReplyView> {
        let answered = self.messages.get(&to?)?;
        let text = answered.file.as_ref().map_or(&answered.text, |file| &file.name);
        Some(ReplyView { id: answered.id, from_name: answered.from_name.clone(), text: text.clone() })
    }
}

/// The one of two that says more.
fn further(a: ChatTick, b: ChatTick) -> ChatTick {
    let rank = |tick| [ChatTick::Sent, ChatTick::Delivered, ChatTick::Seen].iter().position(|one| *one == tick);
    if rank(b) > rank(a) { b } else { a }
}

/// Whether a message is a line of the chat.
fn is_line(message: &ChatMessage) -> bool {
    message.file.as_ref().is_none_or(|file| file.purpose != FilePurpose::Board)
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[allow(clippy::cast_precision_loss, reason = "milliseconds of this century")]
const fn as_f64(ms: u64) -> f64 {
    ms as f64
}
