//! Telling people of the room: the whole state, changes with their sequence number, what was missed, what admins see.

use std::collections::VecDeque;

use visita_protocol::{
    ParticipantId,
    channel::{AdminState, ClockState, ParticipantState, RemovedPerson, RingState, RoomState, ServerMessage},
};

use super::Room;
use crate::{
    ConnectionId, LOG, Output, Seen, Timestamp, rights,
    seat::{Seat, Stay},
};

/// The latest changes, for those who come back.
#[derive(Debug, Default)]
pub(super) struct Log(VecDeque<Change>);

#[derive(Debug)]
struct Change {
    seq: u64,
    /// Whom it was not told to.
    but: Option<ParticipantId>,
    message: ServerMessage,
}

impl Log {
    fn push(&mut self, change: Change) {
        if self.0.len() >= LOG {
            self.0.pop_front();
        }
        self.0.push_back(change);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// What somebody missed who has seen everything up to `seen`; `None` when that is not known any more.
    fn since(&self, seen: u64, now: u64, id: &ParticipantId) -> Option<Vec<ServerMessage>> {
        if seen > now {
            return None;
        }
        let missed: Vec<_> = self.0.iter().filter(|change| change.seq > seen).collect();
        // Every number from the first missed on has to be there.
        if u64::try_from(missed.len()).ok()? != now - seen {
            return None;
        }
        let theirs = missed.into_iter().filter(|change| change.but.as_ref() != Some(id));
        Some(theirs.map(|change| change.message.clone()).collect())
    }
}

/// What is told once at the end of a step, however often it changed in it.
#[derive(Debug, Default)]
pub(super) struct DueToTell {
    pub(super) clock: bool,
    /// Who waits; also told to those who wait.
    pub(super) waiting: bool,
    pub(super) admins: bool,
}

impl Room {
    /// The end of a step: what it amounts to is told.
    pub(super) fn settle(&mut self, now: Timestamp) {
        let due = std::mem::take(&mut self.due_to_tell);
        let ids: Vec<_> = self.seats.keys().cloned().collect();
        for id in &ids {
            self.note_lines(id, now);
            self.grant_media(id);
        }
        self.settle_recording(now);
        if due.clock
            && let Some(clock) = self.clock_state(now)
        {
            self.tell_without_seq(&ServerMessage::Clock { clock });
        }
        if due.waiting {
            self.tell_places();
        }
        if due.waiting || due.admins {
            let state = self.admin_state(now);
            self.tell_admins(&ServerMessage::Admin { state });
        }
    }

    /// Tells the media server of rights that changed since somebody's token was made, or since it was last told.
    fn grant_media(&mut self, id: &ParticipantId) {
        let Some(seat) = self.seats.get_mut(id) else { return };
        if !seat.has_media() {
            return;
        }
        let rights = rights::media(seat, &self.settings);
        // Tokens are made with the rights of their time: while nothing was ever changed they say it all.
        if seat.granted == Some(rights) || seat.granted.is_none() && !seat.touched {
            return;
        }
        seat.granted = Some(rights);
        self.outputs.push_back(Output::SetMediaRights { participant_id: id.clone(), rights });
    }

    /// Whoever said hello hears the whole state, or what was missed.
    pub(super) fn catch_up(
        &mut self,
        id: &ParticipantId,
        to: ConnectionId,
        seen: Option<Seen>,
        chat_after: u32,
        now: Timestamp,
    ) {
        let missed = seen
            .filter(|seen| Some(&seen.session_id) == self.session_id())
            .and_then(|seen| self.log.since(seen.seq, self.seq, id));
        match missed {
            Some(missed) => {
                self.outputs.push_back(Output::Send { to, message: ServerMessage::Resumed { seq: self.seq } });
                self.outputs.extend(missed.into_iter().map(|message| Output::Send { to, message }));
                if let Some(clock) = self.clock_state(now) {
                    self.outputs.push_back(Output::Send { to, message: ServerMessage::Clock { clock } });
                }
            }
            None => self.welcome(id, to, now),
        }
        self.tell_chat(id, to, chat_after);
        if self.seats.get(id).is_some_and(|seat| seat.settings.is_admin) {
            let state = self.admin_state(now);
            if state != AdminState::default() {
                self.outputs.push_back(Output::Send { to, message: ServerMessage::Admin { state } });
            }
            let notes: Vec<_> = self.waiting().flat_map(|(_, wait)| wait.notes.clone()).collect();
            for note in notes {
                self.outputs.push_back(Output::Send { to, message: ServerMessage::Note { note } });
            }
        }
    }

    pub(super) fn welcome(&mut self, id: &ParticipantId, to: ConnectionId, now: Timestamp) {
        let (Some(seat), Some(session)) = (self.seats.get(id), &self.session) else { return };
        let room = RoomState {
            room_id: self.settings.room_id.clone(),
            session_id: session.id.clone(),
            title: self.settings.title.clone(),
            call_type: self.settings.call_type,
            recording: self.settings.recording,
            tools: rights::tools(seat, &self.settings),
            participants: self.people().map(|(seat, stay)| self.state_of(seat, stay)).collect(),
            seconds_left: self.clock_state(now).map(|clock| clock.seconds_left),
            clock_runs: self.clock.is_running(),
            webinar: self.settings.webinar,
            waiting_room: self.settings.waiting_room,
            whiteboard: self.whiteboard.clone(),
            recording_state: self.recording_state(now),
            consent: seat.consent(),
            rings: self.rings(),
            presenter: self.presenter.clone(),
        };
        let message = ServerMessage::Welcome { seq: self.seq, you: id.clone(), room };
        self.outputs.push_back(Output::Send { to, message });
    }

    fn clock_state(&self, now: Timestamp) -> Option<ClockState> {
        let left = self.clock.left(now)?;
        let seconds_left = u32::try_from(left.as_secs()).unwrap_or(u32::MAX);
        Some(ClockState { seconds_left, runs: self.clock.is_running() })
    }

    fn admin_state(&self, now: Timestamp) -> AdminState {
        let removed = self.seats.iter().filter_map(|(id, seat)| {
            let display_name = seat.removed.clone()?;
            Some(RemovedPerson { participant_id: id.clone(), display_name })
        });
        AdminState {
            waiting: self.waiting_people(now),
            removed: removed.collect(),
            consents: self.seats.values().filter_map(Seat::consent).collect(),
        }
    }

    /// Somebody was not in and is now.
    pub(super) fn tell_came(&mut self, id: &ParticipantId, now: Timestamp) {
        self.tell_joined(id);
        self.note_lines(id, now);
        if let Some(session_id) = self.session_id().cloned() {
            self.outputs.push_back(Output::ParticipantJoined { session_id, participant_id: id.clone(), at: now });
        }
        self.ring_over(id, RingState::Answered);
    }

    pub(super) fn tell_joined(&mut self, id: &ParticipantId) {
        let Some((seat, stay)) = self.seats.get(id).and_then(|seat| Some((seat, seat.stay()?))) else { return };
        let participant = self.state_of(seat, stay);
        self.tell(Some(id), |seq| ServerMessage::Joined { seq, participant });
    }

    pub(super) fn tell_media(&mut self, id: &ParticipantId, but: Option<&ParticipantId>) {
        let Some(seat) = self.seats.get(id) else { return };
        let Some(stay) = seat.stay() else { return };
        let (media, muted_by_admin) = (stay.media, seat.muted);
        self.tell(but, |seq| ServerMessage::MediaChanged { seq, participant_id: id.clone(), media, muted_by_admin });
    }

    /// Told of a hand, and of who took it down where that was somebody else.
    pub(super) fn tell_hand(&mut self, id: &ParticipantId, by: Option<&ParticipantId>) {
        let Some(hand) = self.seats.get(id).and_then(Seat::stay).map(|stay| stay.hand) else { return };
        let by = by.filter(|by| *by != id).cloned();
        self.tell(None, |seq| ServerMessage::HandChanged { seq, participant_id: id.clone(), hand, by });
    }

    pub(super) fn tell_rights(&mut self, id: &ParticipantId) {
        let Some(seat) = self.seats.get(id) else { return };
        let (tools, role) = (rights::tools(seat, &self.settings), rights::role(seat, &self.settings));
        let to = seat.channel();
        self.tell(None, |seq| ServerMessage::RightsChanged { seq, participant_id: id.clone(), tools, role });
        // What was written before they might see it.
        if let Some(to) = to {
            self.tell_chat(id, to, 0);
        }
        self.check_presenter();
    }

    /// A change that everybody hears who is in, without the one named. Those who come back hear it later.
    pub(super) fn tell(&mut self, but: Option<&ParticipantId>, message: impl FnOnce(u64) -> ServerMessage) {
        self.seq += 1;
        let message = message(self.seq);
        let others = self.seats.iter().filter(|(id, _)| Some(*id) != but);
        for to in others.filter_map(|(_, seat)| seat.channel()) {
            self.outputs.push_back(Output::Send { to, message: message.clone() });
        }
        if self.session.is_some() {
            self.log.push(Change { seq: self.seq, but: but.cloned(), message });
        }
    }

    /// To everybody who is in, and of no meaning later.
    pub(super) fn tell_without_seq(&mut self, message: &ServerMessage) {
        for to in self.seats.values().filter_map(Seat::channel) {
            self.outputs.push_back(Output::Send { to, message: message.clone() });
        }
    }

    pub(super) fn tell_admins(&mut self, message: &ServerMessage) {
        let admins = self.seats.values().filter(|seat| seat.settings.is_admin);
        for to in admins.filter_map(Seat::channel) {
            self.outputs.push_back(Output::Send { to, message: message.clone() });
        }
    }

    fn state_of(&self, seat: &Seat, stay: &Stay) -> ParticipantState {
        ParticipantState {
            participant_id: seat.settings.participant_id.clone(),
            display_name: stay.display_name.clone(),
            is_admin: seat.settings.is_admin,
            media: stay.media,
            muted_by_admin: seat.muted,
            tools: rights::tools(seat, &self.settings),
            role: rights::role(seat, &self.settings),
            hand: stay.hand,
        }
    }
}
