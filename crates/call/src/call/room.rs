//! What the room channel has told: my seat, rights, clock, recording, who waits. Plain state; what follows from a message
//! for devices and media comes out as [`Effect`]s.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use visita_protocol::{
    BoardId, CallType, ParticipantId, Problem, RecordingMode, Secret, Tools,
    channel::{
        AdminState, ClockState, FilePurpose, LeaveReason, MediaSource, MutedSources, ParticipantState, RecordingState,
        Ring, RingState, RoomState, ServerMessage, StageRole, WaitingNote, WaitingRoom, WhiteboardState,
    },
    view::{
        AskedToUnmuteView, ConsentAnswer, ConsentView, NoteView, NoticeCode, ReactionView, RingView, WaitingPersonView,
        WaitingView,
    },
};

use super::clock::Clock;
use crate::people::People;

/// How long a reaction is shown.
const REACTION_FOR: Duration = Duration::from_secs(4);
/// More at once are too many to be seen.
const MOST_REACTIONS: usize = 20;

/// What follows from a message of the room.
#[derive(Debug)]
pub(super) enum Effect {
    /// To be shown for a moment.
    Notice(NoticeCode, Option<String>),
    /// What I may send may have changed.
    RightsChanged,
    /// Where my media is.
    MediaToken(String, Secret),
    /// I am out.
    Closed(LeaveReason),
    /// A message of mine was refused.
    Refused(Problem),
}

/// What I may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Allowed {
    pub(super) microphone: bool,
    pub(super) camera: bool,
    pub(super) screen: bool,
}

/// The room as the channel tells it.
#[derive(Debug)]
pub(super) struct RoomSide {
    pub(super) me: ParticipantId,
    pub(super) display_name: String,
    pub(super) is_admin: bool,
    pub(super) tools: Tools,
    pub(super) role: StageRole,
    pub(super) hand: Option<u32>,
    pub(super) muted_by_admin: MutedSources,
    pub(super) title: Option<String>,
    pub(super) call_type: CallType,
    pub(super) recording: RecordingMode,
    pub(super) webinar: bool,
    pub(super) whiteboard: WhiteboardState,
    pub(super) time_warning: Option<u32>,
    /// Whom everybody shall look at.
    pub(super) presenter: Option<ParticipantId>,
    /// Which others look at the boards over snapshots and files: they draw there.
    pub(super) viewers: BTreeMap<BoardId, Vec<ParticipantId>>,
    /// The whole state has been told: from here on comings and goings are news.
    pub(super) settled: bool,
    /// In the waiting room.
    pub(super) waiting: Option<WaitingRoom>,
    recording_state: (RecordingState, Instant),
    clock: Option<Clock>,
    consent: Option<bool>,
    rings: Vec<Ring>,
    /// Who rang the doorbell and is not known to wait yet.
    at_the_door: Option<ParticipantId>,
    admin: (AdminState, Instant),
    notes: Vec<WaitingNote>,
    asked: Option<(ParticipantId, MediaSource)>,
    waiting_room: bool,
    /// The last ones, with when they came.
    reactions: Vec<(ReactionView, Instant)>,
    reactions_so_far: u32,
}

impl RoomSide {
    pub(super) fn new(me: ParticipantId, display_name: String, tools: Tools) -> Self {
        let now = Instant::now();
        Self {
            me,
            display_name,
            is_admin: false,
            tools,
            role: StageRole::Speaker,
            hand: None,
            muted_by_admin: MutedSources::default(),
            title: None,
            call_type: CallType::AudioVideo,
            recording: RecordingMode::None,
            webinar: false,
            whiteboard: WhiteboardState::default(),
            time_warning: None,
            presenter: None,
            viewers: BTreeMap::new(),
            settled: false,
            waiting: None,
            recording_state: (RecordingState::Off, now),
            clock: None,
            consent: None,
            rings: Vec::new(),
            at_the_door: None,
            admin: (AdminState::default(), now),
            notes: Vec::new(),
            asked: None,
            waiting_room: false,
            reactions: Vec::new(),
            reactions_so_far: 0,
        }
    }

    /// What I may send now.
    pub(super) fn allowed(&self) -> Allowed {
        let granted = self.granted();
        Allowed {
            microphone: granted.microphone && !self.muted_by_admin.microphone,
            camera: granted.camera && !self.muted_by_admin.camera,
            screen: granted.screen && !self.muted_by_admin.screen,
        }
    }

    /// The same, but for what an admin took for now, of which the page says so.
    pub(super) fn granted(&self) -> Allowed {
        let speaker = self.role == StageRole::Speaker;
        Allowed {
            microphone: speaker && self.call_type.has_microphone(),
            camera: speaker && self.call_type.has_camera(),
            screen: speaker && self.tools.screen_sharing,
        }
    }

    /// Somebody asked me to switch something on; it was done, or declined.
    pub(super) fn answered(&mut self, source: Option<MediaSource>) {
        if source.is_none() || self.asked.as_ref().is_some_and(|(_, asked)| Some(*asked) == source) {
            self.asked = None;
        }
    }

    /// Takes a message of the server.
    pub(super) fn take(&mut self, message: ServerMessage, people: &mut People, now: Instant) -> Vec<Effect> {
        let mut effects = Vec::new();
        match message {
            ServerMessage::Welcome { you, room, .. } => {
                self.take_room(you, room, people, now);
                effects.push(Effect::RightsChanged);
            }
            ServerMessage::Waiting { you, room } => {
                self.me = you;
                self.title.clone_from(&room.title);
                self.call_type = room.call_type;
                self.recording = room.recording;
                self.notes.clone_from(&room.notes);
                self.waiting = Some(room);
            }
            ServerMessage::WaitingPlace { place } => {
                if let Some(waiting) = &mut self.waiting {
                    waiting.place = place;
                }
            }
            ServerMessage::MediaToken { livekit_url, livekit_token } => {
                effects.push(Effect::MediaToken(livekit_url, livekit_token));
            }
            ServerMessage::Joined { participant, .. } if participant.participant_id == self.me => {
                self.take_mine(&participant);
                effects.push(Effect::RightsChanged);
            }
            ServerMessage::Joined { participant, .. } => {
                // However the ring ended, they are here.
                self.rings.retain(|ring| ring.participant_id != participant.participant_id);
                let name = participant.display_name.clone();
                if people.seat_joined(participant) && self.settled {
                    effects.push(Effect::Notice(NoticeCode::PersonJoined, Some(name)));
                }
            }
            ServerMessage::Left { participant_id, .. } => {
                if let Some(name) = people.seat_left(participant_id.as_str()) {
                    effects.push(Effect::Notice(NoticeCode::PersonLeft, Some(name)));
                }
            }
            ServerMessage::MediaChanged { participant_id, media, muted_by_admin, .. } => {
                if participant_id == self.me {
                    self.muted(muted_by_admin, &mut effects);
                } else if let Some(seat) = people.seat_mut(participant_id.as_str()) {
                    seat.media = media;
                    seat.muted_by_admin = muted_by_admin;
                }
            }
            ServerMessage::HandChanged { participant_id, hand, by, .. } => {
                if participant_id == self.me {
                    if let (Some(_), None, Some(by)) = (self.hand, hand, by) {
                        effects.push(Effect::Notice(NoticeCode::HandLowered, people.name_of(by.as_str())));
                    }
                    self.hand = hand;
                } else if let Some(seat) = people.seat_mut(participant_id.as_str()) {
                    if hand.is_some() && seat.hand.is_none() {
                        effects.push(Effect::Notice(NoticeCode::HandRaised, Some(seat.display_name.clone())));
                    }
                    seat.hand = hand;
                }
            }
            ServerMessage::RightsChanged { participant_id, tools, role, .. } => {
                if participant_id == self.me {
                    if (self.tools, self.role) != (tools, role) {
                        effects.push(Effect::Notice(NoticeCode::RightsChanged, None));
                    }
                    (self.tools, self.role) = (tools, role);
                    effects.push(Effect::RightsChanged);
                } else if let Some(seat) = people.seat_mut(participant_id.as_str()) {
                    (seat.tools, seat.role) = (tools, role);
                }
            }
            ServerMessage::WhiteboardChanged { whiteboard, .. } => self.whiteboard = whiteboard,
            ServerMessage::RecordingChanged { recording, .. } => {
                let (was, is) = (is_on(&self.recording_state.0), is_on(&recording));
                if was != is {
                    let code = if is { NoticeCode::RecordingStarted } else { NoticeCode::RecordingStopped };
                    effects.push(Effect::Notice(code, None));
                }
                self.recording_state = (recording, now);
            }
            ServerMessage::RingChanged { ring, .. } => {
                self.rings.retain(|known| known.participant_id != ring.participant_id);
                if ring.state != RingState::Answered {
                    self.rings.push(ring);
                }
            }
            ServerMessage::Clock { clock } => {
                self.clock = Some(Clock::new(clock, now));
                if self.time_warning.is_some_and(|warned| clock.seconds_left > warned) {
                    self.time_warning = None;
                }
            }
            ServerMessage::TimeWarning { seconds_left } => {
                self.time_warning = Some(seconds_left);
                let code = if seconds_left > 60 { NoticeCode::FiveMinutesLeft } else { NoticeCode::HalfMinuteLeft };
                effects.push(Effect::Notice(code, None));
            }
            ServerMessage::Admin { state } => {
                self.admin = (state, now);
                self.doorbell_rang(&mut effects);
            }
            ServerMessage::Doorbell { participant_id } => {
                self.at_the_door = Some(participant_id);
                self.doorbell_rang(&mut effects);
            }
            ServerMessage::Reacted { participant_id, reaction } => {
                self.reactions.retain(|(_, at)| now.saturating_duration_since(*at) < REACTION_FOR);
                self.reactions_so_far = self.reactions_so_far.wrapping_add(1);
                let view = ReactionView { id: self.reactions_so_far, participant_id, reaction };
                if self.reactions.len() < MOST_REACTIONS {
                    self.reactions.push((view, now));
                }
            }
            ServerMessage::Note { note } => {
                if note.from != self.me {
                    effects.push(Effect::Notice(NoticeCode::Note, Some(note.from_name.clone())));
                }
                if !self.notes.iter().any(|known| known.id == note.id) {
                    self.notes.push(note);
                }
            }
            ServerMessage::AskedToUnmute { by, source } => {
                effects.push(Effect::Notice(NoticeCode::AskedToUnmute, people.name_of(by.as_str())));
                self.asked = Some((by, source));
            }
            ServerMessage::ConsentKept { consent } if consent.participant_id == self.me => {
                self.consent = Some(consent.answer);
            }
            ServerMessage::Closed { reason } => effects.push(Effect::Closed(reason)),
            ServerMessage::PresenterChanged { presenter, .. } => self.presenter = presenter,
            ServerMessage::Chat { message } if message.from != self.me => {
                let of_me = message
                    .file
                    .as_ref()
                    .is_some_and(|file| file.purpose == FilePurpose::Snapshot && file.of.as_ref() == Some(&self.me));
                let code = if of_me { NoticeCode::SnapshotOfMe } else { NoticeCode::ChatMessage };
                effects.push(Effect::Notice(code, Some(message.from_name)));
            }
            ServerMessage::Refused { error, key: None } => effects.push(Effect::Refused(error)),
            // What was missed follows as if nothing had happened.
            ServerMessage::Resumed { .. } | ServerMessage::ConsentKept { .. } | ServerMessage::Pong => {}
            ServerMessage::BoardViewers { board, participants } => {
                let others = participants.into_iter().filter(|id| *id != self.me).collect::<Vec<_>>();
                let before = self.viewers.remove(&board).unwrap_or_default();
                if let ([], [first, ..]) = (before.as_slice(), others.as_slice()) {
                    effects.push(Effect::Notice(NoticeCode::LiveEditBegan, people.name_of(first.as_str())));
                }
                if !others.is_empty() {
                    self.viewers.insert(board, others);
                }
            }
            // The tools' own.
            ServerMessage::ChatHistory { .. }
            | ServerMessage::Chat { .. }
            | ServerMessage::ChatMarked { .. }
            | ServerMessage::Typing { .. }
            | ServerMessage::FileDeleted { .. }
            | ServerMessage::Pointed { .. }
            | ServerMessage::BoardState { .. }
            | ServerMessage::Board { .. }
            | ServerMessage::BoardRefused { .. }
            | ServerMessage::BoardCursor { .. }
            | ServerMessage::Refused { .. } => {}
        }
        effects
    }

    fn take_room(&mut self, you: ParticipantId, room: RoomState, people: &mut People, now: Instant) {
        self.me = you;
        self.tools = room.tools;
        if let Some(mine) = room.participants.iter().find(|p| p.participant_id == self.me) {
            let mine = mine.clone();
            self.take_mine(&mine);
        }
        self.tools = room.tools;
        self.title = room.title;
        self.call_type = room.call_type;
        self.recording = room.recording;
        self.webinar = room.webinar;
        self.waiting_room = room.waiting_room;
        self.whiteboard = room.whiteboard;
        self.recording_state = (room.recording_state, now);
        self.consent = room.consent.map(|consent| consent.answer);
        self.rings = room.rings;
        self.presenter = room.presenter;
        let runs = room.clock_runs;
        self.clock = room.seconds_left.map(|seconds_left| Clock::new(ClockState { seconds_left, runs }, now));
        people.seats(room.participants);
        self.waiting = None;
        self.settled = true;
    }

    fn take_mine(&mut self, mine: &ParticipantState) {
        self.is_admin = mine.is_admin;
        self.display_name.clone_from(&mine.display_name);
        self.muted_by_admin = mine.muted_by_admin;
        self.tools = mine.tools;
        self.role = mine.role;
        self.hand = mine.hand;
    }

    fn muted(&mut self, now: MutedSources, effects: &mut Vec<Effect>) {
        let before = std::mem::replace(&mut self.muted_by_admin, now);
        if before == now {
            return;
        }
        use NoticeCode::{
            CameraReleasedByAdmin, CameraStoppedByAdmin, MutedByAdmin, ReleasedByAdmin, ScreenReleasedByAdmin,
            ScreenStoppedByAdmin,
        };
        for (source, taken, back) in [
            (MediaSource::Screen, ScreenStoppedByAdmin, ScreenReleasedByAdmin),
            (MediaSource::Camera, CameraStoppedByAdmin, CameraReleasedByAdmin),
            // Last, so that it is what is read: who believes to be heard is not, or the other way round.
            (MediaSource::Microphone, MutedByAdmin, ReleasedByAdmin),
        ] {
            match (before.contains(source), now.contains(source)) {
                (false, true) => effects.push(Effect::Notice(taken, None)),
                (true, false) => effects.push(Effect::Notice(back, None)),
                _ => {}
            }
        }
        effects.push(Effect::RightsChanged);
    }

    // --- what is drawn ---

    pub(super) fn waiting_room(&self) -> bool {
        self.waiting_room
    }

    pub(super) fn reactions(&self, now: Instant) -> Vec<ReactionView> {
        let shown = |at: &Instant| now.saturating_duration_since(*at) < REACTION_FOR;
        self.reactions.iter().filter(|(_, at)| shown(at)).map(|(view, _)| view.clone()).collect()
    }

    pub(super) fn seconds_left(&self, now: Instant) -> Option<u32> {
        self.clock.map(|clock| clock.left(now))
    }

    pub(super) fn clock_runs(&self) -> bool {
        self.clock.is_some_and(Clock::runs)
    }

    pub(super) fn recording_state(&self, now: Instant) -> RecordingState {
        match &self.recording_state {
            (RecordingState::On { elapsed_s, layout, megabytes, trouble }, since) => {
                let more = u32::try_from(now.saturating_duration_since(*since).as_secs()).unwrap_or(0);
                RecordingState::On {
                    elapsed_s: elapsed_s.saturating_add(more),
                    layout: *layout,
                    megabytes: *megabytes,
                    trouble: *trouble,
                }
            }
            (other, _) => other.clone(),
        }
    }

    /// The bell may ring a moment before the room says who stands there.
    fn doorbell_rang(&mut self, effects: &mut Vec<Effect>) {
        let at_the_door = self.at_the_door.as_ref();
        let Some(who) = self.admin.0.waiting.iter().find(|w| Some(&w.participant_id) == at_the_door) else { return };
        effects.push(Effect::Notice(NoticeCode::Doorbell, Some(who.display_name.clone())));
        self.at_the_door = None;
    }

    pub(super) fn consent(&self) -> ConsentAnswer {
        match self.consent {
            Some(true) => ConsentAnswer::Yes,
            Some(false) => ConsentAnswer::No,
            // From the start on: what is said before the answer is in no recording.
            None if is_asked(&self.recording_state.0) || self.recording == RecordingMode::Automatic => {
                ConsentAnswer::Asked
            }
            None => ConsentAnswer::NotAsked,
        }
    }

    pub(super) fn asked_to_unmute(&self, people: &People) -> Option<AskedToUnmuteView> {
        let (by, source) = self.asked.as_ref()?;
        Some(AskedToUnmuteView { by_name: people.name_of(by.as_str()).unwrap_or_default(), source: *source })
    }

    pub(super) fn rings(&self, people: &People) -> Vec<RingView> {
        let view = |ring: &Ring| RingView {
            participant_id: ring.participant_id.clone(),
            display_name: people
                .name_of(ring.participant_id.as_str())
                .or_else(|| ring.display_name.clone())
                .unwrap_or_default(),
            state: ring.state,
        };
        self.rings.iter().map(view).collect()
    }

    pub(super) fn waiting_people(&self, now: Instant) -> Vec<WaitingPersonView> {
        let (admin, told) = &self.admin;
        let more = u32::try_from(now.saturating_duration_since(*told).as_secs()).unwrap_or(0);
        let waiting = admin.waiting.iter();
        waiting
            .map(|person| WaitingPersonView {
                participant_id: person.participant_id.clone(),
                display_name: person.display_name.clone(),
                waited_s: person.waited_s.saturating_add(more),
                connected: person.connected,
                notes: self.notes_of(&person.participant_id),
            })
            .collect()
    }

    pub(super) fn removed(&self) -> Vec<visita_protocol::channel::RemovedPerson> {
        self.admin.0.removed.clone()
    }

    /// Everybody's answer, of those who are in and of those who gave one; admins only.
    pub(super) fn consents(&self, people: &People) -> Vec<ConsentView> {
        if !self.is_admin || self.recording == RecordingMode::None {
            return Vec::new();
        }
        let answers = &self.admin.0.consents;
        #[allow(clippy::cast_precision_loss, reason = "milliseconds of Unix time are below 2^53")]
        let mut views: Vec<ConsentView> = answers
            .iter()
            .map(|consent| ConsentView {
                participant_id: consent.participant_id.clone(),
                display_name: if consent.participant_id == self.me {
                    self.display_name.clone()
                } else {
                    people.last_name_of(consent.participant_id.as_str()).unwrap_or_default()
                },
                answer: Some(consent.answer),
                at_ms: Some(consent.at_ms as f64),
            })
            .collect();
        for (participant_id, display_name) in people.seated() {
            if !views.iter().any(|v| v.participant_id == participant_id) {
                views.push(ConsentView { participant_id, display_name, answer: None, at_ms: None });
            }
        }
        views
    }

    /// What a waiting guest sees; devices and connection are filled in by the caller.
    pub(super) fn waiting_view(&self, view: &mut WaitingView) {
        view.title.clone_from(&self.title);
        view.display_name.clone_from(&self.display_name);
        if let Some(waiting) = &self.waiting {
            view.host_name.clone_from(&waiting.host_name);
            view.place = Some(waiting.place);
        }
        view.notes = self.notes_of(&self.me);
    }

    fn notes_of(&self, guest: &ParticipantId) -> Vec<NoteView> {
        #[allow(clippy::cast_precision_loss, reason = "milliseconds of Unix time are below 2^53")]
        let view = |note: &WaitingNote| NoteView {
            id: note.id,
            from_name: note.from_name.clone(),
            mine: note.from == self.me,
            text: note.text.clone(),
            at_ms: note.at_ms as f64,
        };
        self.notes.iter().filter(|note| note.guest == *guest).map(view).collect()
    }
}

fn is_asked(state: &RecordingState) -> bool {
    is_on(state) || *state == RecordingState::Starting
}

fn is_on(state: &RecordingState) -> bool {
    matches!(state, RecordingState::On { .. })
}

#[cfg(test)]
mod tests;
