//! What servers tell of past sessions as the page shows it.

use std::collections::HashMap;

use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use visita_protocol::{
    ParticipantId, RoomId, SessionId, UserId,
    channel::{FileInfo, FilePurpose},
    rest::{ChatLine, Connection, KeptBoard, PastSession, Recording, RecordingConsent, Room, Upload},
    view::{
        ChatMessageView, ConsentView, FileState, FileView, ItemView, KeptBoardView, PastSessionView, RecordingView,
        ReplyView, SnapshotView,
    },
};

/// Longest piece of a message that is shown above its answer, in characters.
const QUOTED: usize = 120;

pub(super) fn session(one: PastSession) -> PastSessionView {
    PastSessionView {
        room_id: one.session.room_id,
        session_id: one.session.session_id,
        title: one.title,
        started_at_ms: unix_ms(&one.session.started_at),
        ended_at_ms: one.session.ended_at.as_deref().map(unix_ms),
        people: one.people,
        recordings: one.recordings,
        files: one.files,
        snapshots: one.snapshots,
        messages: one.messages,
    }
}

/// A session of which nothing is known yet.
pub(super) fn unlisted(room: &RoomId, session: &SessionId) -> PastSessionView {
    PastSessionView {
        room_id: room.clone(),
        session_id: session.clone(),
        title: None,
        started_at_ms: 0.0,
        ended_at_ms: None,
        people: Vec::new(),
        recordings: 0,
        files: 0,
        snapshots: 0,
        messages: 0,
    }
}

/// A recording, without what happens to it on this computer.
#[allow(
    clippy::cast_precision_loss,
    reason = "no recording has as many bytes or milliseconds as a double counts exactly"
)]
pub(super) fn recording(one: Recording) -> RecordingView {
    RecordingView {
        recording_id: one.recording_id,
        state: one.state,
        started_at_ms: unix_ms(&one.started_at),
        duration_s: one.duration_ms as f64 / 1000.0,
        bytes: one.bytes as f64,
        layout: one.layout,
        separate_tracks: one.separate_tracks,
        kept_until_ms: one.kept_until.as_deref().map(unix_ms),
        play_url: None,
        webm: None,
        mp4: None,
    }
}

/// What people are called, and which of them is oneself.
#[derive(Default)]
pub(super) struct Names {
    names: HashMap<ParticipantId, String>,
    me: Option<ParticipantId>,
}

impl Names {
    /// Seats have names that were given to them; who wrote had one then.
    pub(super) fn of(room: &Room, chat: &[ChatLine], my_id: Option<&UserId>) -> Self {
        let written = chat.iter().map(|line| (line.message.from.clone(), line.message.from_name.clone()));
        let mut names: HashMap<_, _> = written.collect();
        for seat in &room.user_urls {
            if let Some(name) = &seat.display_name {
                names.entry(seat.participant_id.clone()).or_insert_with(|| name.clone());
            }
        }
        for seat in &room.user_urls {
            names.entry(seat.participant_id.clone()).or_insert_with(|| seat.user_id.to_string());
        }
        let mine = room.user_urls.iter().find(|seat| Some(&seat.user_id) == my_id);
        Self { names, me: mine.map(|seat| seat.participant_id.clone()) }
    }

    fn name(&self, who: &ParticipantId) -> String {
        self.names.get(who).cloned().unwrap_or_else(|| who.to_string())
    }

    /// Who was connected, in the order of their coming.
    pub(super) fn of_connections(&self, connections: &[Connection]) -> Vec<String> {
        let mut seen = Vec::new();
        for connection in connections {
            if !seen.contains(&&connection.participant_id) {
                seen.push(&connection.participant_id);
            }
        }
        seen.into_iter().map(|who| self.name(who)).collect()
    }

    /// The latest answer of each.
    pub(super) fn consents(&self, answers: Vec<RecordingConsent>) -> Vec<ConsentView> {
        let mut views: Vec<ConsentView> = Vec::new();
        for answer in answers {
            let view = ConsentView {
                display_name: self.name(&answer.participant_id),
                participant_id: answer.participant_id,
                answer: Some(answer.answer),
                at_ms: Some(unix_ms(&answer.at)),
            };
            match views.iter_mut().find(|known| known.participant_id == view.participant_id) {
                Some(known) => *known = view,
                None => views.push(view),
            }
        }
        views
    }

    pub(super) fn boards(&self, boards: Vec<KeptBoard>) -> Vec<KeptBoardView> {
        let item = |item: visita_protocol::board::Item| ItemView {
            mine: Some(&item.author) == self.me.as_ref(),
            id: item.id,
            page: item.page,
            z: item.z,
            author: item.author,
            shape: item.shape,
        };
        let board = |board: KeptBoard| KeptBoardView {
            board: board.board_id,
            pages: board.pages,
            items: board.items.into_iter().map(item).collect(),
        };
        boards.into_iter().map(board).collect()
    }

    /// Snapshots, and the other files. What was put on a board is part of the board.
    pub(super) fn uploads(&self, uploads: Vec<Upload>) -> (Vec<SnapshotView>, Vec<FileView>) {
        let (mut snapshots, mut files) = (Vec::new(), Vec::new());
        for upload in uploads {
            match upload.info.purpose {
                FilePurpose::Snapshot => snapshots.push(SnapshotView {
                    by_name: self.name(&upload.participant_id),
                    of_name: upload.info.of.as_ref().map(|of| self.name(of)).unwrap_or_default(),
                    of_screen: upload.info.of_screen,
                    at_ms: unix_ms(&upload.created_at),
                    editing: Vec::new(),
                    file: file(upload.info),
                }),
                FilePurpose::Chat => files.push(file(upload.info)),
                FilePurpose::Board => {}
            }
        }
        (snapshots, files)
    }

    pub(super) fn chat(&self, lines: Vec<ChatLine>) -> Vec<ChatMessageView> {
        let said: HashMap<u32, ReplyView> = lines
            .iter()
            .map(|line| {
                let text = line.message.text.chars().take(QUOTED).collect();
                (line.message.id, ReplyView { id: line.message.id, from_name: line.message.from_name.clone(), text })
            })
            .collect();
        let shown = lines
            .into_iter()
            .map(|line| line.message)
            .filter(|message| message.file.as_ref().is_none_or(|file| file.purpose == FilePurpose::Chat));
        let view = |message: visita_protocol::channel::ChatMessage| ChatMessageView {
            key: message.key,
            id: Some(message.id),
            mine: Some(&message.from) == self.me.as_ref(),
            from: message.from,
            from_name: message.from_name,
            #[allow(clippy::cast_precision_loss, reason = "a time in milliseconds is exact for 280,000 years")]
            at_ms: message.at_ms as f64,
            text: message.text,
            reply: message.reply_to.and_then(|id| said.get(&id).cloned()),
            file: message.file.map(file),
            tick: None,
        };
        shown.map(view).collect()
    }
}

fn file(info: FileInfo) -> FileView {
    FileView { info, state: FileState::Ready, may_delete: true }
}

/// Unix time in milliseconds; the beginning of all time where a server writes no time.
#[allow(clippy::cast_precision_loss, reason = "a time in milliseconds is exact for 280,000 years")]
pub(super) fn unix_ms(text: &str) -> f64 {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok();
    at.map_or(0.0, |at| (at.unix_timestamp_nanos() / 1_000_000) as f64)
}
