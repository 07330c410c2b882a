//! The waiting room: guests knock, wait and write to the host; admins let them in. Nobody there has media.

use visita_protocol::{
    ParticipantId,
    channel::{LeaveReason, MAX_NOTE_LEN, MediaState, ServerMessage, WaitingNote, WaitingPerson, WaitingRoom},
};

use super::{Room, entering::Hello, tools::is_odd};
use crate::{
    AdminAction, ConnectionId, DOORBELL, EntryId, KNOCK, NOTES, Output, Refusal, Timestamp,
    seat::{Line, Presence, Seat, Stay, Wait, WaitLine},
};

impl Room {
    pub(super) fn start_waiting(&mut self, id: &ParticipantId, hello: Hello, comes_back: bool, now: Timestamp) {
        let arrival = self.next_arrival();
        let Some(seat) = self.seats.get_mut(id) else { return };
        seat.void_up_to(EntryId(hello.entry.0.saturating_sub(1)), Refusal::Displaced);
        seat.newest = seat.newest.max(Some(hello.entry));
        let mut is_new = false;
        let mut closed = None;
        match &mut seat.presence {
            // The place in the queue is the seat's, on whatever device.
            Presence::Waiting(wait) => {
                if let WaitLine::Up(connection) = wait.line {
                    closed = Some(connection);
                }
                wait.entry = hello.entry;
                wait.display_name = hello.display_name;
                wait.line = WaitLine::Up(hello.connection);
            }
            presence => {
                is_new = true;
                *presence = Presence::Waiting(Wait {
                    entry: hello.entry,
                    arrival,
                    since: now,
                    display_name: hello.display_name,
                    line: WaitLine::Up(hello.connection),
                    told_place: 0,
                    last_knock: now,
                    notes: Vec::new(),
                });
            }
        }
        match closed {
            Some(connection) if comes_back => self.outputs.push_back(Output::Close { connection }),
            Some(connection) => self.say_closed(connection, LeaveReason::Displaced),
            None => {}
        }
        self.tell_waiting(id, hello.connection);
        self.due_to_tell.waiting = true;
        if is_new {
            self.ring_doorbell(id, now);
            self.ring_for_arrival(id, now);
        }
    }

    fn tell_waiting(&mut self, id: &ParticipantId, to: ConnectionId) {
        let place = self.place_of(id);
        let Some(wait) = self.seats.get_mut(id).and_then(Seat::wait_mut) else { return };
        wait.told_place = place;
        let notes = wait.notes.clone();
        let room = WaitingRoom {
            room_id: self.settings.room_id.clone(),
            title: self.settings.title.clone(),
            call_type: self.settings.call_type,
            recording: self.settings.recording,
            host_name: self.host_name(id),
            place,
            notes,
        };
        self.outputs.push_back(Output::Send { to, message: ServerMessage::Waiting { you: id.clone(), room } });
    }

    /// At most now and then, however many knock.
    fn ring_doorbell(&mut self, id: &ParticipantId, now: Timestamp) {
        if self.last_doorbell.is_some_and(|last| now < last + DOORBELL) {
            return;
        }
        self.last_doorbell = Some(now);
        self.tell_admins(&ServerMessage::Doorbell { participant_id: id.clone() });
    }

    pub(super) fn knock(&mut self, id: &ParticipantId, now: Timestamp) -> Result<(), Refusal> {
        let wait = self.seats.get_mut(id).and_then(Seat::wait_mut).ok_or(Refusal::NotWaiting)?;
        if now < wait.last_knock + KNOCK {
            return Err(Refusal::TooOften);
        }
        wait.last_knock = now;
        self.ring_doorbell(id, now);
        Ok(())
    }

    /// Between one who waits and the admins; those who wait do not hear one another.
    pub(super) fn note(
        &mut self,
        from: &ParticipantId,
        to: Option<ParticipantId>,
        text: String,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let length = text.chars().count();
        if length == 0 || length > MAX_NOTE_LEN || text.trim().is_empty() || text.contains(is_odd) {
            return Err(Refusal::Invalid { field: "text" });
        }
        let from_name = self.seats.get(from).and_then(Seat::shown_name).ok_or(Refusal::NotIn)?.to_owned();
        let guest = to.unwrap_or_else(|| from.clone());
        let id = self.notes + 1;
        let wait = self.seats.get_mut(&guest).and_then(Seat::wait_mut).ok_or(Refusal::NotThere)?;
        let note = WaitingNote { id, guest: guest.clone(), from: from.clone(), from_name, text, at_ms: now.unix_ms() };
        if wait.notes.len() >= NOTES {
            wait.notes.remove(0);
        }
        wait.notes.push(note.clone());
        self.notes = id;
        let message = ServerMessage::Note { note };
        if let Some(to) = self.seats.get(&guest).and_then(Seat::waiting_channel) {
            self.outputs.push_back(Output::Send { to, message: message.clone() });
        }
        self.tell_admins(&message);
        Ok(())
    }

    pub(super) fn admit(&mut self, id: &ParticipantId, now: Timestamp) -> Result<(), Refusal> {
        let seat = self.seats.get(id).ok_or(Refusal::NotThere)?;
        seat.wait().ok_or(Refusal::NotThere)?;
        self.has_place_for(id)?;
        let arrival = self.next_arrival();
        let Some(seat) = self.seats.get_mut(id) else { return Err(Refusal::NotThere) };
        let Some(wait) = seat.take_wait() else { return Err(Refusal::NotThere) };
        seat.admitted = true;
        seat.media_may_return = true;
        self.due_to_tell.waiting = true;
        // Whose line is lost just now comes in by the token they have, as soon as they are back.
        let WaitLine::Up(connection) = wait.line else { return Ok(()) };
        seat.presence = Presence::In(Stay {
            entry: Some(wait.entry),
            arrival,
            display_name: wait.display_name,
            media: MediaState::default(),
            hand: None,
            line: Line::Up { channel: Some(connection), media: false },
        });
        self.update_clock(now);
        self.tell_came(id, now);
        self.send_media_token(id, connection);
        self.catch_up(id, connection, None, 0, now);
        self.ring_for_arrival(id, now);
        Ok(())
    }

    /// As far as there is place; refused when there is none at all.
    pub(super) fn admit_all(&mut self, now: Timestamp) -> Result<(), Refusal> {
        let waiting: Vec<_> = self.waiting().map(|(id, _)| id.clone()).collect();
        if let Some(next) = waiting.first() {
            self.has_place_for(next)?;
        }
        for id in waiting {
            if self.admit(&id, now).is_err() {
                break;
            }
        }
        Ok(())
    }

    pub(super) fn refuse(&mut self, by: &ParticipantId, id: &ParticipantId, now: Timestamp) -> Result<(), Refusal> {
        let wait = self.seats.get(id).and_then(Seat::wait).ok_or(Refusal::NotThere)?;
        let name = wait.display_name.clone();
        self.expel(by, id, name, now);
        Ok(())
    }

    /// From the room back to the waiting room; their channel stays.
    pub(super) fn send_back(&mut self, by: &ParticipantId, id: &ParticipantId, now: Timestamp) -> Result<(), Refusal> {
        if by == id {
            return Err(Refusal::Oneself);
        }
        let seat = self.seats.get(id).ok_or(Refusal::NotThere)?;
        let stay = seat.stay().ok_or(Refusal::NotThere)?;
        if !self.settings.waiting_room || seat.settings.is_admin {
            return Err(Refusal::Invalid { field: "participant_id" });
        }
        // A plain LiveKit client has nowhere to wait.
        let (Some(entry), display_name, channel) = (stay.entry, stay.display_name.clone(), seat.channel()) else {
            return Err(Refusal::NotThere);
        };
        let arrival = self.next_arrival();
        let line = channel.map_or(WaitLine::Lost { until: now + self.settings.grace }, WaitLine::Up);
        self.vacate(id, LeaveReason::SentBack, now);
        let Some(seat) = self.seats.get_mut(id) else { return Err(Refusal::NotThere) };
        seat.admitted = false;
        seat.media_may_return = false;
        seat.presence = Presence::Waiting(Wait {
            entry,
            arrival,
            since: now,
            display_name,
            line,
            told_place: 0,
            last_knock: now,
            notes: Vec::new(),
        });
        self.due_to_tell.waiting = true;
        if let Some(connection) = channel {
            self.tell_waiting(id, connection);
        }
        Ok(())
    }

    /// Somebody who waited does not any more.
    pub(super) fn put_away(&mut self, id: &ParticipantId, reason: LeaveReason) {
        let Some(seat) = self.seats.get_mut(id) else { return };
        let Some(wait) = seat.take_wait() else { return };
        if !matches!(reason, LeaveReason::ConnectionLost | LeaveReason::ServerStopping) {
            seat.void_up_to(wait.entry, Refusal::TokenExpired);
        }
        if let WaitLine::Up(connection) = wait.line {
            self.say_closed(connection, reason);
        }
        self.due_to_tell.waiting = true;
        self.forget_rings_if_empty();
    }

    /// Out for the rest of the session, from the room or from the waiting room.
    pub(super) fn expel(&mut self, by: &ParticipantId, id: &ParticipantId, name: String, now: Timestamp) {
        self.shut_out(id, name, now);
        self.acted(by, AdminAction::Removed, Some(id));
    }

    /// Out until the session ends, or an admin says otherwise.
    pub(super) fn shut_out(&mut self, id: &ParticipantId, name: String, now: Timestamp) {
        self.put_out_or_away(id, LeaveReason::Removed, now);
        // With the last one who is in goes the session, and with it that somebody is out of it.
        let goes_on = self.session.is_some();
        let Some(seat) = self.seats.get_mut(id) else { return };
        // Whatever was handed out before opens nothing any more, also after they were let come again.
        if let Some(newest) = seat.newest {
            seat.void_up_to(newest, Refusal::Removed);
        }
        seat.media_may_return = false;
        seat.admitted = false;
        seat.removed = goes_on.then_some(name);
        self.due_to_tell.admins = true;
    }

    /// Who waits, the next one first.
    pub(super) fn waiting(&self) -> impl Iterator<Item = (&ParticipantId, &Wait)> {
        let mut waiting: Vec<_> = self.seats.iter().filter_map(|(id, seat)| Some((id, seat.wait()?))).collect();
        waiting.sort_by_key(|(_, wait)| wait.arrival);
        waiting.into_iter()
    }

    pub(super) fn waiting_people(&self, now: Timestamp) -> Vec<WaitingPerson> {
        let person = |(id, wait): (&ParticipantId, &Wait)| WaitingPerson {
            participant_id: id.clone(),
            display_name: wait.display_name.clone(),
            waited_s: u32::try_from(now.since(wait.since).as_secs()).unwrap_or(u32::MAX),
            connected: matches!(wait.line, WaitLine::Up(_)),
        };
        self.waiting().map(person).collect()
    }

    fn place_of(&self, id: &ParticipantId) -> u32 {
        let place = self.waiting().position(|(other, _)| other == id).unwrap_or_default();
        u32::try_from(place).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// Tells everybody who waits their place, where it is another.
    pub(super) fn tell_places(&mut self) {
        let queue: Vec<_> = self.waiting().map(|(id, _)| id.clone()).collect();
        for (place, id) in (1..).zip(queue) {
            let Some(seat) = self.seats.get_mut(&id) else { continue };
            let to = seat.waiting_channel();
            let Some(wait) = seat.wait_mut().filter(|wait| wait.told_place != place) else { continue };
            let Some(to) = to else { continue };
            wait.told_place = place;
            self.outputs.push_back(Output::Send { to, message: ServerMessage::WaitingPlace { place } });
        }
    }
}
