//! Chat, boards and pointers together, and their way to the page.

use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use tokio::{
    sync::{mpsc, oneshot},
    task::AbortHandle,
};
use visita_protocol::{
    ErrorCode, FileId, ParticipantId, Problem,
    channel::{ClientMessage, FilePurpose, ServerMessage, Spot},
    view::{BoardAction, BoardNews, ChatView, FileState, PointerView, SnapshotView, ToolAction, ToolsNews},
};

use super::{
    boards::{Boards, Me},
    chat::{Again, Chat},
    files::{FileClient, FileEvent, Upload},
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

/// A pointer that has not moved for this long points at nothing any more: whose it is may be gone without a word.
const POINTER_FOR: Duration = Duration::from_secs(8);

/// The tools of one call.
pub(super) struct Tools {
    chat: Chat,
    boards: Boards,
    pointers: BTreeMap<ParticipantId, (Spot, Instant)>,
    out: mpsc::UnboundedSender<Told>,
    told_chat: Option<ChatView>,
    told_gallery: Option<Vec<SnapshotView>>,
    /// The room's files, for whoever shows them too.
    pub(super) files: FileClient,
    events: mpsc::UnboundedSender<FileEvent>,
    /// Uploads under way, or waiting for those chosen before them.
    uploads: HashMap<String, AbortHandle>,
    /// Downloads under way.
    downloads: HashMap<FileId, Cancel>,
    /// What was fetched, and where it lies.
    saved: Saved,
}

/// Ends a download when it goes.
type Cancel = oneshot::Sender<()>;

/// How a file is shared.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) purpose: FilePurpose,
    /// Whose stream a snapshot shows.
    pub(super) of: Option<ParticipantId>,
    /// It shows the screen they share.
    pub(super) of_screen: bool,
    /// A copy made for sharing it: it goes when it is shared, or not to be.
    pub(super) ours: bool,
    /// Ends when it is its turn.
    pub(super) before: Option<oneshot::Receiver<()>>,
    /// Dropped when it is the next one's.
    pub(super) done: Option<oneshot::Sender<()>>,
}

/// Where fetched files lie.
pub(super) type Saved = Arc<Mutex<HashMap<FileId, PathBuf>>>;

impl Tools {
    pub(super) fn new(
        out: mpsc::UnboundedSender<Told>,
        files: FileClient,
        events: mpsc::UnboundedSender<FileEvent>,
        saved: Saved,
    ) -> Self {
        Self {
            files,
            events,
            uploads: HashMap::new(),
            downloads: HashMap::new(),
            saved,
            chat: Chat::default(),
            boards: Boards::default(),
            pointers: BTreeMap::new(),
            out,
            told_chat: None,
            told_gallery: None,
        }
    }

    /// The line to the room is lost.
    pub(super) fn line_is_lost(&mut self) {
        self.boards.line_is_lost();
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
        let sight_changed = match message {
            ServerMessage::WhiteboardChanged { whiteboard, .. } => whiteboard.shown,
            ServerMessage::RightsChanged { participant_id, .. } => *participant_id == room.me,
            _ => false,
        };
        if sight_changed {
            to_room.extend(self.boards.open_again());
        }
        self.tell_boards(|boards| boards.take(message, &me, people));
        self.take_pointer(message, people);
        // Who comes or goes changes how far a message has come to all; who looks at a snapshot is told with it.
        let others = matches!(
            message,
            ServerMessage::Joined { .. } | ServerMessage::Left { .. } | ServerMessage::BoardViewers { .. }
        );
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
            ToolAction::TryAgain { key } => match self.chat.try_again(&key) {
                Some(Again::Message(message)) => vec![message],
                Some(Again::File(upload)) => {
                    self.start(upload, None, None);
                    Vec::new()
                }
                None => Vec::new(),
            },
            ToolAction::Discard { key } => {
                if let Some(upload) = self.uploads.remove(&key) {
                    upload.abort();
                }
                if let Some(upload) = self.chat.discard(&key) {
                    tokio::spawn(self.files.clone().forget(upload));
                }
                Vec::new()
            }
            ToolAction::SendFiles { paths } => {
                // Those chosen together come in their order, one after the other.
                let mut before = None;
                for path in paths {
                    let (done, next) = oneshot::channel();
                    self.share(PathBuf::from(path), None, Shared { before, done: Some(done), ..Shared::default() });
                    before = Some(next);
                }
                Vec::new()
            }
            ToolAction::DeleteFile { file_id } => {
                let files = self.files.clone();
                tokio::spawn(async move {
                    if let Err(problem) = files.delete(&file_id).await {
                        tracing::info!(code = problem.code.as_str(), "a file was not deleted");
                    }
                });
                return Vec::new();
            }
            ToolAction::CancelDownload { file_id } => {
                self.downloads.remove(&file_id);
                return Vec::new();
            }
            ToolAction::Typing { typing } => return vec![ClientMessage::Typing { typing }],
            ToolAction::ShowChat { shown } => {
                self.chat.show(shown);
                self.chat.mark_to_tell().into_iter().collect()
            }
            ToolAction::Point { spot } => return vec![ClientMessage::Point { spot }],
            ToolAction::Present { presenting } => return vec![ClientMessage::Present { presenting }],
            // Done where dialogs, folders and streams are.
            ToolAction::PickFiles
            | ToolAction::Paste
            | ToolAction::SendPasted { .. }
            | ToolAction::Download { .. }
            | ToolAction::OpenFile { .. }
            | ToolAction::TakeSnapshot { .. } => return Vec::new(),
        };
        self.tell_chat(room, people);
        to_room
    }

    /// Shares a file under its own name, or another.
    pub(super) fn share(&mut self, path: PathBuf, name: Option<String>, shared: Shared) {
        let own_name = || path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let name = name.unwrap_or_else(own_name);
        let known = std::fs::metadata(&path).ok().filter(std::fs::Metadata::is_file);
        let size = known.as_ref().map_or(0, std::fs::Metadata::len);
        // What no system takes in a name.
        let name = name.replace([':', '<', '>', '|', '?', '*', '"', '/', '\\'], " ").trim().to_owned();
        let Shared { purpose, of, of_screen, ours, before, done } = shared;
        let upload = Upload { path, name, size, purpose, of, of_screen, key: self.chat.new_key(), ours };
        self.chat.share(upload.clone());
        if known.is_some() {
            self.start(upload, before, done);
        } else {
            let problem = Problem::new(ErrorCode::NotFound, "there is no such file");
            self.chat.set_upload(&upload.key, FileState::Failed { problem });
        }
    }

    fn start(&mut self, upload: Upload, before: Option<oneshot::Receiver<()>>, done: Option<oneshot::Sender<()>>) {
        let key = upload.key.clone();
        let (files, events) = (self.files.clone(), self.events.clone());
        let task = tokio::spawn(async move {
            if let Some(before) = before {
                // There, given up or not to be: gone in any case.
                let _ = before.await;
            }
            files.upload(upload, events).await;
            drop(done);
        });
        self.uploads.insert(key, task.abort_handle());
    }

    /// Fetches a file into a folder.
    pub(super) fn download(&mut self, file_id: &FileId, folder: PathBuf) {
        if let Some(info) = self.chat.file(file_id) {
            let (cancel, cancelled) = oneshot::channel();
            self.downloads.insert(file_id.clone(), cancel);
            tokio::spawn(self.files.clone().download(info.clone(), folder, cancelled, self.events.clone()));
        }
    }

    /// Something became of a file.
    pub(super) fn file_event(&mut self, event: FileEvent, room: &RoomSide, people: &People) {
        match event {
            FileEvent::Sent { key, sent } => {
                #[allow(clippy::cast_precision_loss, reason = "a file has at most 150 MB")]
                self.chat.set_upload(&key, FileState::Uploading { sent: sent as f64 });
            }
            FileEvent::Failed { key, problem } => {
                self.uploads.remove(&key);
                self.chat.set_upload(&key, FileState::Failed { problem });
            }
            FileEvent::Fetched { file_id, state } => {
                if let FileState::Saved { path } = &state {
                    self.saved.lock().insert(file_id.clone(), path.into());
                }
                if !matches!(state, FileState::Downloading { .. }) {
                    self.downloads.remove(&file_id);
                }
                self.chat.set_file(file_id, state);
            }
            FileEvent::Snapped { file, shot } => {
                let shared = Shared {
                    purpose: FilePurpose::Snapshot,
                    of: Some(shot.of),
                    of_screen: shot.of_screen,
                    ours: true,
                    ..Shared::default()
                };
                self.share(file, Some(shot.name), shared);
            }
            FileEvent::NotSnapped { .. } => {}
        }
        self.tell_chat(room, people);
    }

    /// Where snapshots and files report to.
    pub(super) fn events(&self) -> mpsc::UnboundedSender<FileEvent> {
        self.events.clone()
    }

    /// Shares a copy that was made for it.
    pub(super) fn share_copy(&mut self, path: PathBuf, name: String, room: &RoomSide, people: &People) {
        self.share(path, Some(name), Shared { ours: true, ..Shared::default() });
        self.tell_chat(room, people);
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
        let before = self.pointers.len();
        self.pointers.retain(|_, (_, moved)| moved.elapsed() < POINTER_FOR);
        if self.pointers.len() != before {
            self.tell_pointers(people);
        }
    }

    /// The chat is before my eyes.
    pub(super) fn chat_is_shown(&self) -> bool {
        self.chat.is_shown()
    }

    /// This snapshot is before me.
    pub(super) fn is_at(&self, file: &FileId) -> bool {
        self.boards.is_open(file)
    }

    /// A snapshot is before me, to draw on it.
    pub(super) fn is_at_a_snapshot(&self) -> bool {
        self.boards.is_at_a_snapshot()
    }

    /// Messages of others in the chat that I have not seen.
    pub(super) fn unread(&self, me: &ParticipantId) -> u32 {
        self.chat.unread(me)
    }

    /// Tells everything, to a page that is new.
    pub(super) fn tell_all(&mut self, room: &RoomSide, people: &People) {
        (self.told_chat, self.told_gallery) = (None, None);
        self.tell_chat(room, people);
        self.tell_pointers(people);
    }

    fn take_pointer(&mut self, message: &ServerMessage, people: &People) {
        let changed = match message {
            ServerMessage::Pointed { participant_id, spot: Some(spot) } => {
                self.pointers.insert(participant_id.clone(), (spot.clone(), Instant::now()));
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
        let pointers = self.pointers.iter().map(|(id, (spot, _))| PointerView {
            participant_id: id.clone(),
            display_name: people.name_of(id.as_str()).unwrap_or_default(),
            spot: spot.clone(),
        });
        self.tell(Told::Tools(ToolsNews::Pointers { pointers: pointers.collect() }));
    }

    /// Tells chat and gallery, where they are other than was told.
    fn tell_chat(&mut self, room: &RoomSide, people: &People) {
        let chat = self.chat.view(&room.me, room.is_admin, people);
        if self.told_chat.as_ref() != Some(&chat) {
            self.told_chat = Some(chat.clone());
            self.tell(Told::Tools(ToolsNews::Chat { chat }));
        }
        let snapshots = self.chat.gallery(&room.me, room.is_admin, people, &room.display_name, &room.viewers);
        if self.told_gallery.as_ref() != Some(&snapshots) {
            self.told_gallery = Some(snapshots.clone());
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
