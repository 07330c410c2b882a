//! Past sessions: their list, one of them with all that is kept of it, saving and deleting. What is shown has a way of its
//! own to the page; where things lie is the servers' to say, each of which is asked with its own authority.

mod asking;
mod play;
mod saving;
mod views;

use std::{
    collections::{HashMap, HashSet},
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use tauri_specta::Event;
use visita_protocol::{
    ErrorCode, FileId, Problem, RecordingId, RoomId, SessionId,
    rest::{ChatLine, Mp4State, PastSessionList, Recording},
    view::{FileState, KeptView, PastAction, PastView, RecordingFileState, RecordingView, SavingView},
};

use super::{App, Home, Internal};
use crate::{commands::PastChanged, server::Api};
use asking::Kept;
pub(super) use play::Player;
use saving::Saved;
use views::Names;

/// Sessions fetched at once.
const PAGE: u32 = 30;
/// How often a session is looked at anew whose recordings are being made.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// Ways to the servers that have something, for tasks and for what is played.
#[derive(Clone, Default)]
pub(super) struct Ways(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    apis: HashMap<Home, Api>,
    rooms: HashMap<RoomId, Home>,
}

impl Ways {
    /// Which server has that room.
    pub(super) fn home(&self, room: &RoomId) -> Option<Home> {
        self.0.lock().rooms.get(room).copied()
    }

    /// The way to the server whose console is open: the account's, else the one in the app.
    pub(super) fn of_console(&self) -> Option<Api> {
        let known = self.0.lock();
        known.apis.get(&Home::Account).or_else(|| known.apis.get(&Home::Computer)).cloned()
    }

    /// The way to the server that has that room.
    pub(super) fn to(&self, room: &RoomId) -> Option<Api> {
        let known = self.0.lock();
        known.apis.get(known.rooms.get(room)?).cloned()
    }
}

/// What is known of past sessions.
#[derive(Default)]
pub(super) struct Past {
    view: PastView,
    /// How many were fetched from each server, and how many there are.
    fetched: HashMap<Home, (u64, u64)>,
    pub(super) ways: Ways,
    /// Raised with each question of its kind: older answers are not looked at.
    list_turn: u32,
    open_turn: u32,
    search_turn: u32,
    names: Names,
    looked: Option<Instant>,
    looking: bool,
    /// What was saved here, and may be opened.
    saved: HashSet<PathBuf>,
    /// What is on its way, or came to something, by recording: beside what the server says of it.
    webm: HashMap<RecordingId, SavingView>,
    mp4: HashMap<RecordingId, SavingView>,
}

/// What its tasks report back.
pub(in crate::app) enum PastNews {
    Listed { turn: u32, answers: Vec<(Home, Result<PastSessionList, Problem>)> },
    Opened { turn: u32, answer: Result<Box<Kept>, Problem> },
    Recordings { turn: u32, answer: Result<Vec<Recording>, Problem> },
    Found { turn: u32, answer: Result<Vec<ChatLine>, Problem> },
    Saving { turn: u32, what: Saved, state: SavingView },
    Deleted { turn: u32, what: Deleted, answer: Result<(), Problem> },
}

/// Something that was deleted.
pub(in crate::app) enum Deleted {
    Recording(RecordingId),
    File(FileId),
}

impl App {
    pub(super) fn past(&mut self, action: PastAction) {
        match action {
            PastAction::Refresh => self.list_sessions(true),
            PastAction::More => self.list_sessions(false),
            PastAction::Open { room, session } => self.open_session(room, session),
            PastAction::Close => {
                self.past.open_turn += 1;
                self.past.view.opened = None;
            }
            PastAction::SearchChat { text } => self.search_chat(text),
            PastAction::SaveRecording { recording, format } => self.save(Saved::Recording { recording, format }),
            PastAction::SaveFile { file_id } => self.save(Saved::File { file_id }),
            PastAction::SaveEverything => self.save(Saved::Everything),
            PastAction::DeleteRecording { recording } => self.delete_kept(Deleted::Recording(recording)),
            PastAction::DeleteFile { file_id } => self.delete_kept(Deleted::File(file_id)),
            PastAction::OpenSaved { path } => {
                let path = PathBuf::from(path);
                self.past_not_opened(None);
                if self.past.saved.contains(&path) {
                    self.desktop.open_path(&path);
                }
            }
        }
        self.tell_past();
    }

    /// What was saved, and no program here opens. Whether it was told: only what is kept of a visit has a place for it.
    pub(super) fn past_not_opened(&mut self, path: Option<String>) -> bool {
        let Some(kept) = &mut self.past.view.opened else { return false };
        kept.not_opened = path;
        self.tell_past();
        true
    }

    /// Whoever is signed in now is asked as, with the token that is good.
    pub(super) fn know_ways(&self) {
        let apis = self.rooms_on().into_iter().map(|rooms| (rooms.home, rooms.me));
        self.past.ways.0.lock().apis = apis.collect();
    }

    /// A room that no list told of is where one's rooms are.
    fn know_home(&self, room: &RoomId) {
        let listed = self.room_homes.get(room).copied();
        let mut known = self.past.ways.0.lock();
        let home = listed.or_else(|| known.apis.keys().next().copied());
        if let (false, Some(home)) = (known.rooms.contains_key(room), home) {
            known.rooms.insert(room.clone(), home);
        }
    }

    pub(super) fn tell_past(&self) {
        if let Err(error) = PastChanged(self.past.view.clone()).emit(&self.tauri) {
            tracing::warn!(%error, "the page did not hear of past sessions");
        }
    }

    fn list_sessions(&mut self, anew: bool) {
        if anew {
            self.past.fetched.clear();
        } else if self.past.view.loading {
            return;
        }
        self.past.list_turn += 1;
        self.past.view.loading = true;
        self.past.view.problem = None;
        let turn = self.past.list_turn;
        let apis: Vec<_> = self.past.ways.0.lock().apis.iter().map(|(home, api)| (*home, api.clone())).collect();
        let wanted = apis.into_iter().filter_map(|(home, api)| match self.past.fetched.get(&home) {
            Some((fetched, total)) if fetched >= total => None,
            known => Some((home, api, known.map_or(0, |(fetched, _)| *fetched))),
        });
        let (wanted, internal): (Vec<_>, _) = (wanted.collect(), self.internal.clone());
        tokio::spawn(async move {
            let mut answers = Vec::new();
            for (home, api, offset) in wanted {
                answers.push((home, api.past_sessions(PAGE, offset).await));
            }
            let _ = internal.send(Internal::Past(PastNews::Listed { turn, answers }));
        });
    }

    fn open_session(&mut self, room: RoomId, session: SessionId) {
        self.past.open_turn += 1;
        let turn = self.past.open_turn;
        let listed = self.past.view.sessions.iter().find(|one| one.session_id == session && one.room_id == room);
        // One that ended just now is not in the list yet.
        let listed = listed.cloned().unwrap_or_else(|| views::unlisted(&room, &session));
        self.know_home(&room);
        self.past.names = Names::default();
        (self.past.webm, self.past.mp4) = (HashMap::new(), HashMap::new());
        self.past.view.opened = Some(KeptView {
            session: listed,
            loading: true,
            problem: None,
            recordings: Vec::new(),
            consents: Vec::new(),
            files: Vec::new(),
            snapshots: Vec::new(),
            chat: Vec::new(),
            search: String::new(),
            boards: Vec::new(),
            export: None,
            not_opened: None,
        });
        let (api, internal) = (self.past.ways.to(&room), self.internal.clone());
        tokio::spawn(async move {
            let answer = match api {
                Some(api) => asking::all_of(&api, &room, &session).await.map(Box::new),
                None => Err(gone()),
            };
            let _ = internal.send(Internal::Past(PastNews::Opened { turn, answer }));
        });
    }

    fn search_chat(&mut self, text: String) {
        let Some((api, room, session)) = self.opened() else { return };
        if let Some(kept) = &mut self.past.view.opened {
            kept.search.clone_from(&text);
        }
        self.past.search_turn += 1;
        let (turn, internal) = (self.past.search_turn, self.internal.clone());
        tokio::spawn(async move {
            let answer = asking::chat(&api, &room, &session, text.trim()).await;
            let _ = internal.send(Internal::Past(PastNews::Found { turn, answer }));
        });
    }

    fn delete_kept(&mut self, what: Deleted) {
        let Some((api, room, _)) = self.opened() else { return };
        let (turn, internal) = (self.past.open_turn, self.internal.clone());
        tokio::spawn(async move {
            let answer = match &what {
                Deleted::Recording(recording) => api.delete_recording(&room, recording).await,
                Deleted::File(file) => api.delete_upload(&room, file).await,
            };
            let _ = internal.send(Internal::Past(PastNews::Deleted { turn, what, answer }));
        });
    }

    /// The way to the session that is looked at.
    fn opened(&self) -> Option<(Api, RoomId, SessionId)> {
        let session = &self.past.view.opened.as_ref()?.session;
        Some((self.past.ways.to(&session.room_id)?, session.room_id.clone(), session.session_id.clone()))
    }

    pub(super) fn past_news(&mut self, news: PastNews) {
        match news {
            PastNews::Listed { turn, answers } if turn == self.past.list_turn => self.sessions_listed(answers),
            PastNews::Opened { turn, answer } if turn == self.past.open_turn => self.session_opened(answer),
            PastNews::Recordings { turn, answer } if turn == self.past.open_turn => {
                self.past.looking = false;
                if let Ok(recordings) = answer {
                    self.show_recordings(recordings);
                }
            }
            PastNews::Found { turn, answer } if turn == self.past.search_turn => self.chat_found(answer),
            PastNews::Saving { turn, what, state } => {
                if let SavingView::Saved { path } = &state {
                    self.past.saved.insert(PathBuf::from(path));
                }
                if turn == self.past.open_turn {
                    self.show_saving(&what, state);
                }
            }
            PastNews::Deleted { turn, what, answer } if turn == self.past.open_turn => self.kept_deleted(&what, answer),
            _ => return,
        }
        self.tell_past();
    }

    fn sessions_listed(&mut self, answers: Vec<(Home, Result<PastSessionList, Problem>)>) {
        let anew = self.past.fetched.is_empty();
        let mut sessions = if anew { Vec::new() } else { std::mem::take(&mut self.past.view.sessions) };
        self.past.view.problem = None;
        for (home, answer) in answers {
            match answer {
                Ok(list) => {
                    let fetched = self.past.fetched.entry(home).or_default();
                    // A page that is empty is the last, whatever was counted.
                    let more = if list.sessions.is_empty() { u64::MAX } else { list.sessions.len() as u64 };
                    *fetched = (fetched.0.saturating_add(more), list.total);
                    let mut known = self.past.ways.0.lock();
                    known.rooms.extend(list.sessions.iter().map(|one| (one.session.room_id.clone(), home)));
                    sessions.extend(list.sessions.into_iter().map(views::session));
                }
                Err(problem) => self.past.view.problem = Some(problem),
            }
        }
        sessions.sort_by(|a, b| b.started_at_ms.total_cmp(&a.started_at_ms));
        sessions.dedup_by(|a, b| a.session_id == b.session_id);
        self.past.view.sessions = sessions;
        self.past.view.loading = false;
        self.past.view.more = self.past.fetched.values().any(|(fetched, total)| fetched < total);
    }

    fn session_opened(&mut self, answer: Result<Box<Kept>, Problem>) {
        let Some(opened) = &self.past.view.opened else { return };
        let my_id = self.my_id_in(&opened.session.room_id);
        let Some(kept) = &mut self.past.view.opened else { return };
        kept.loading = false;
        let Kept { room, session, uploads, chat, boards, recordings } = match answer {
            Ok(all) => *all,
            Err(problem) => return kept.problem = Some(problem),
        };
        let names = Names::of(&room, &chat, my_id.as_ref());
        kept.session.title.clone_from(&room.description);
        kept.session.started_at_ms = views::unix_ms(&session.session.started_at);
        kept.session.ended_at_ms = session.session.ended_at.as_deref().map(views::unix_ms);
        kept.consents = names.consents(session.consents);
        kept.boards = names.boards(boards);
        (kept.snapshots, kept.files) = names.uploads(uploads);
        kept.chat = names.chat(chat);
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        (kept.session.files, kept.session.snapshots) = (count(kept.files.len()), count(kept.snapshots.len()));
        kept.session.messages = count(kept.chat.iter().filter(|one| one.file.is_none()).count());
        if kept.session.people.is_empty() {
            kept.session.people = names.of_connections(&session.connections);
        }
        self.past.names = names;
        self.show_recordings(recordings);
    }

    fn show_recordings(&mut self, mut recordings: Vec<Recording>) {
        let player = &self.player;
        let Some(kept) = &mut self.past.view.opened else { return };
        recordings.reverse();
        let (webm, mp4) = (&self.past.webm, &self.past.mp4);
        let shown = |recording: Recording| {
            let id = &recording.recording_id;
            let can_be_played = recording.state == RecordingFileState::Available && !recording.separate_tracks;
            let play_url = can_be_played.then(|| player.url(&recording.room_id, id));
            // Somebody else may have asked for it.
            let made = (recording.mp4.state == Mp4State::Making)
                .then_some(SavingView::Making { done: recording.mp4.progress });
            let (webm, mp4) = (webm.get(id).cloned(), mp4.get(id).cloned().or(made));
            RecordingView { play_url, webm, mp4, ..views::recording(recording) }
        };
        kept.recordings = recordings.into_iter().map(shown).collect();
        kept.session.recordings = u32::try_from(kept.recordings.len()).unwrap_or(u32::MAX);
    }

    fn chat_found(&mut self, answer: Result<Vec<ChatLine>, Problem>) {
        let Some(kept) = &mut self.past.view.opened else { return };
        match answer {
            Ok(lines) => kept.chat = self.past.names.chat(lines),
            Err(problem) => kept.problem = Some(problem),
        }
    }

    fn kept_deleted(&mut self, what: &Deleted, answer: Result<(), Problem>) {
        let Some(kept) = &mut self.past.view.opened else { return };
        match answer {
            Err(problem) if problem.code != ErrorCode::NotFound => return kept.problem = Some(problem),
            _ => kept.problem = None,
        }
        match what {
            Deleted::Recording(id) => kept.recordings.retain(|one| one.recording_id != *id),
            Deleted::File(id) => {
                kept.files.retain(|one| one.info.file_id != *id);
                kept.snapshots.retain(|one| one.file.info.file_id != *id);
                kept.chat.retain(|one| one.file.as_ref().is_none_or(|file| file.info.file_id != *id));
                kept.boards.retain(|one| one.board.as_str() != id.as_str());
            }
        }
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        kept.session.recordings = count(kept.recordings.len());
        (kept.session.files, kept.session.snapshots) = (count(kept.files.len()), count(kept.snapshots.len()));
        let changed = kept.session.clone();
        let listed = self.past.view.sessions.iter_mut().find(|one| one.session_id == changed.session_id);
        if let Some(listed) = listed {
            *listed = changed;
        }
    }

    fn show_saving(&mut self, what: &Saved, state: SavingView) {
        let Some(kept) = &mut self.past.view.opened else { return };
        match what {
            Saved::Recording { recording, format } => {
                use visita_protocol::view::RecordingFormat as Format;
                let (known, webm) = match format {
                    Format::Webm => (&mut self.past.webm, true),
                    Format::Mp4 => (&mut self.past.mp4, false),
                };
                known.insert(recording.clone(), state.clone());
                if let Some(shown) = kept.recordings.iter_mut().find(|one| one.recording_id == *recording) {
                    *(if webm { &mut shown.webm } else { &mut shown.mp4 }) = Some(state);
                }
            }
            Saved::File { file_id } => {
                let in_chat = kept.chat.iter_mut().filter_map(|one| one.file.as_mut());
                let all =
                    kept.files.iter_mut().chain(kept.snapshots.iter_mut().map(|one| &mut one.file)).chain(in_chat);
                for file in all.filter(|file| file.info.file_id == *file_id) {
                    #[allow(clippy::cast_precision_loss, reason = "a file has at most 150 MB")]
                    let size = file.info.size as f64;
                    file.state = match &state {
                        SavingView::Making { .. } => FileState::Ready,
                        SavingView::Fetching { done } => FileState::Downloading { received: f64::from(*done) * size },
                        SavingView::Saved { path } => FileState::Saved { path: path.clone() },
                        SavingView::Failed { problem } => FileState::Failed { problem: problem.clone() },
                    };
                }
            }
            Saved::Everything => kept.export = Some(state),
        }
    }

    /// Now and then: recordings that are being made are looked at, and whoever is asked has a token that is good.
    pub(super) fn look_at_past(&mut self) {
        let Some(kept) = &self.past.view.opened else { return };
        let is_made = |one: &RecordingView| {
            matches!(one.state, RecordingFileState::Recording | RecordingFileState::Processing)
                || matches!(one.mp4, Some(SavingView::Making { .. }))
        };
        let due = self.past.looked.is_none_or(|at| at.elapsed() >= LOOK_AGAIN);
        if self.past.looking || !due || !kept.recordings.iter().any(is_made) {
            return;
        }
        let Some((api, _, session)) = self.opened() else { return };
        (self.past.looked, self.past.looking) = (Some(Instant::now()), true);
        let (turn, internal) = (self.past.open_turn, self.internal.clone());
        tokio::spawn(async move {
            let answer = api.recordings(&session).await.map(|list| list.recordings);
            let _ = internal.send(Internal::Past(PastNews::Recordings { turn, answer }));
        });
    }
}

fn gone() -> Problem {
    Problem::new(ErrorCode::ServerUnreachable, "the server of this room is not known any more")
}
