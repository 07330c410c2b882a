//! Going, and being put out.

use visita_protocol::{
    ParticipantId,
    channel::{LeaveReason, ServerMessage},
};

use super::Room;
use crate::{
    ConnectionId, LinkSerial, Output, Refusal, Standing, Timestamp,
    seat::{Line, Presence, Seat, WaitLine},
};

impl Room {
    pub(super) fn disconnect(&mut self, connection: ConnectionId, now: Timestamp) -> Result<(), Refusal> {
        let id = self.seat_on(connection)?;
        let grace = self.settings.grace;
        let Some(seat) = self.seats.get_mut(&id) else { return Err(Refusal::NotIn) };
        match &mut seat.presence {
            Presence::Out => {}
            Presence::Waiting(wait) => {
                wait.line = WaitLine::Lost { until: now + grace };
                self.due_to_tell.admins = true;
            }
            Presence::In(stay) => {
                stay.line = match stay.line {
                    Line::Up { media: true, .. } => Line::Up { channel: None, media: true },
                    Line::Up { media: false, .. } | Line::Lost { .. } => Line::lost(now, grace),
                };
            }
        }
        self.update_clock(now);
        Ok(())
    }

    pub(super) fn media_left(&mut self, id: &ParticipantId, goodbye: bool, now: Timestamp) -> Result<(), Refusal> {
        if self.observer_left(id) {
            return Ok(());
        }
        let grace = self.settings.grace;
        let seat = self.seats.get_mut(id).ok_or(Refusal::NoSuchSeat)?;
        let stay = seat.stay_mut().ok_or(Refusal::NotIn)?;
        match stay.line {
            Line::Up { channel: None, media: true } if goodbye => {
                // There is nothing to take out any more, and the next of theirs may be at the door already.
                stay.line = Line::Up { channel: None, media: false };
                let admitted = seat.admitted;
                self.put_out(id, LeaveReason::Left, now);
                // LiveKit's clients say goodbye also when they are about to come back by themselves, with the same token.
                // Having been let in ends with the session all the same.
                let goes_on = self.session.is_some();
                if let Some(seat) = self.seats.get_mut(id) {
                    seat.admitted = admitted && goes_on;
                    seat.media_may_return = goes_on || !self.settings.waiting_room || seat.settings.is_admin;
                }
                return Ok(());
            }
            Line::Up { channel: None, media: true } => stay.line = Line::lost(now, grace),
            Line::Up { channel, .. } => stay.line = Line::Up { channel, media: false },
            Line::Lost { .. } => {}
        }
        self.update_clock(now);
        Ok(())
    }

    pub(super) fn renew_link(&mut self, id: &ParticipantId, link: LinkSerial, now: Timestamp) -> Result<(), Refusal> {
        let seat = self.seats.get_mut(id).ok_or(Refusal::NoSuchSeat)?;
        if link <= seat.settings.link {
            return Err(Refusal::LinkRevoked);
        }
        seat.settings.link = link;
        // Whoever comes by the new link is asked anew.
        seat.consent = None;
        seat.media_may_return = false;
        match seat.presence {
            Presence::In(_) => self.put_out(id, LeaveReason::Removed, now),
            Presence::Waiting(_) => self.put_away(id, LeaveReason::Removed),
            Presence::Out => {
                self.outputs.push_back(Output::RemoveMedia { participant_id: id.clone(), revoke: true });
            }
        }
        Ok(())
    }

    pub(super) fn use_up(&mut self, now: Timestamp) {
        self.clock.run(false, now);
        self.standing = Standing::UsedUp;
        self.put_all_out(LeaveReason::RoomClosed, now);
        self.outputs.push_back(Output::UsedUp);
    }

    pub(super) fn close(&mut self, standing: Standing, now: Timestamp) -> Result<(), Refusal> {
        match (self.standing, standing) {
            (Standing::Deleted, _) => return Err(Refusal::RoomEnded),
            (Standing::UsedUp, Standing::Disabled) => {}
            _ => self.standing = standing,
        }
        self.put_all_out(LeaveReason::RoomClosed, now);
        Ok(())
    }

    /// Everybody goes. Who waits goes on waiting when only the session is over.
    pub(super) fn put_all_out(&mut self, reason: LeaveReason, now: Timestamp) {
        let stops = reason == LeaveReason::ServerStopping;
        let ids: Vec<_> = self.seats.keys().cloned().collect();
        if reason != LeaveReason::SessionEnded {
            for id in &ids {
                self.put_away(id, reason);
            }
        }
        self.cancel_rings(false);
        for id in &ids {
            let Some(seat) = self.seats.get_mut(id) else { continue };
            // A server that stops forgets nobody: tokens are good for its successor.
            if !stops {
                seat.media_may_return = false;
            }
            let Some(stay) = seat.take_stay() else { continue };
            if let (false, Some(entry)) = (stops, stay.entry) {
                seat.void_up_to(entry, Refusal::TokenExpired);
            }
            if let Line::Up { channel, .. } = stay.line {
                if let Some(connection) = channel {
                    self.say_closed(connection, reason);
                }
                if let Some(session) = &mut self.session {
                    session.last_connected = now;
                }
            }
            self.note_left(id, reason, now);
        }
        // A server that stops forgets nobody.
        if !stops {
            self.put_observers_out();
        }
        self.seq += 1;
        self.outputs.push_back(Output::EndMedia);
        self.update_clock(now);
        self.finish_session_if_empty(now);
    }

    /// Out of the room or out of the waiting room, wherever they are.
    pub(super) fn put_out_or_away(&mut self, id: &ParticipantId, reason: LeaveReason, now: Timestamp) {
        match self.seats.get(id).map(|seat| &seat.presence) {
            Some(Presence::In(_)) => self.put_out(id, reason, now),
            Some(Presence::Waiting(_)) => self.put_away(id, reason),
            Some(Presence::Out) | None => {}
        }
    }

    /// Somebody is out for good; the others are told.
    pub(super) fn put_out(&mut self, id: &ParticipantId, reason: LeaveReason, now: Timestamp) {
        let Some(seat) = self.seats.get_mut(id) else { return };
        let Some(stay) = seat.stay() else { return };
        let (entry, channel) = (stay.entry, seat.channel());
        if let (true, Some(entry)) = (reason != LeaveReason::ConnectionLost, entry) {
            seat.void_up_to(entry, Refusal::TokenExpired);
        }
        // Who only lost the line may come back with the token they have, without being let in again.
        seat.media_may_return = reason == LeaveReason::ConnectionLost;
        seat.admitted &= reason == LeaveReason::ConnectionLost;
        if let Some(connection) = channel {
            self.say_closed(connection, reason);
        }
        self.vacate(id, reason, now);
        self.finish_session_if_empty(now);
    }

    /// A seat of the room is empty now; whoever was there goes on elsewhere or nowhere.
    pub(super) fn vacate(&mut self, id: &ParticipantId, reason: LeaveReason, now: Timestamp) {
        let Some(seat) = self.seats.get_mut(id) else { return };
        let Some(stay) = seat.take_stay() else { return };
        if let (Line::Up { .. }, Some(session)) = (stay.line, &mut self.session) {
            session.last_connected = now;
        }
        let revoke = !matches!(reason, LeaveReason::ConnectionLost | LeaveReason::Left);
        if revoke || !matches!(stay.line, Line::Up { channel: None, media: false }) {
            self.outputs.push_back(Output::RemoveMedia { participant_id: id.clone(), revoke });
        }
        self.tell(None, |seq| ServerMessage::Left { seq, participant_id: id.clone(), reason });
        self.check_presenter();
        self.note_left(id, reason, now);
        self.update_clock(now);
    }

    /// The last word on a connection.
    pub(super) fn say_closed(&mut self, connection: ConnectionId, reason: LeaveReason) {
        self.outputs.push_back(Output::Send { to: connection, message: ServerMessage::Closed { reason } });
        self.outputs.push_back(Output::Close { connection });
    }

    fn note_left(&mut self, id: &ParticipantId, reason: LeaveReason, now: Timestamp) {
        self.note_lines(id, now);
        if let Some(session_id) = self.session_id().cloned() {
            self.outputs.push_back(Output::ParticipantLeft { session_id, participant_id: id.clone(), reason, at: now });
        }
    }

    /// Which lines of a seat came up or went down since it was last told.
    pub(super) fn note_lines(&mut self, id: &ParticipantId, now: Timestamp) {
        let Some(session_id) = self.session_id().cloned() else { return };
        let Some(seat) = self.seats.get_mut(id) else { return };
        let lines = (seat.channel().is_some(), Seat::has_media(seat));
        let told = std::mem::replace(&mut seat.told_lines, lines);
        for (kind, was, is) in [(crate::LineKind::Channel, told.0, lines.0), (crate::LineKind::Media, told.1, lines.1)]
        {
            if was != is {
                let (session_id, participant_id) = (session_id.clone(), id.clone());
                self.outputs.push_back(Output::LineChanged { session_id, participant_id, kind, up: is, at: now });
            }
        }
    }
}
