//! Coming in: by link, by channel, by media.

use visita_protocol::{
    ParticipantId, SessionId,
    channel::{LeaveReason, MediaState},
};

use super::Room;
use crate::{
    ConnectionId, EntryId, LinkSerial, Output, Refusal, Seen, Timestamp,
    seat::{Line, Presence, Stay, WaitLine},
};

/// What a channel says of itself at its beginning.
pub(super) struct Hello {
    pub(super) link: LinkSerial,
    pub(super) entry: EntryId,
    pub(super) connection: ConnectionId,
    pub(super) display_name: String,
    pub(super) expired: bool,
    pub(super) seen: Option<Seen>,
    pub(super) session_id: SessionId,
    pub(super) chat_after: u32,
}

/// What a hello means to the others.
enum Change {
    New,
    Back { renamed: bool, media_changed: bool },
}

impl Room {
    pub(super) fn enter(
        &mut self,
        id: &ParticipantId,
        link: LinkSerial,
        entry: EntryId,
        displace: bool,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let seat = self.open_seat(id, link, now)?;
        let in_use = seat.is_connected() || seat.waiting_channel().is_some();
        if in_use && !displace {
            return Err(Refusal::SeatInUse);
        }
        let waits = self.waits(seat);
        if !waits {
            self.has_place_for(id)?;
        }
        let grace = self.settings.grace;
        let Some(seat) = self.seats.get_mut(id) else { return Err(Refusal::NoSuchSeat) };
        seat.void_up_to(EntryId(entry.0.saturating_sub(1)), Refusal::Displaced);
        seat.newest = seat.newest.max(Some(entry));
        seat.media_may_return = !waits;
        // The token that comes with this entry says what may be done now.
        seat.granted = None;
        // The others are not told: the seat is held for the new device as for one that lost its line.
        let (was_on, had_media) = match &mut seat.presence {
            Presence::Out => (None, false),
            Presence::Waiting(wait) => match std::mem::replace(&mut wait.line, WaitLine::Lost { until: now + grace }) {
                WaitLine::Up(connection) => (Some(connection), false),
                WaitLine::Lost { .. } => (None, false),
            },
            Presence::In(stay) => match std::mem::replace(&mut stay.line, Line::lost(now, grace)) {
                Line::Up { channel, media } => (channel, media),
                Line::Lost { .. } => (None, true),
            },
        };
        if let Some(connection) = was_on {
            self.say_closed(connection, LeaveReason::Displaced);
        }
        if was_on.is_some() || had_media {
            self.outputs.push_back(Output::RemoveMedia { participant_id: id.clone(), revoke: false });
        }
        self.update_clock(now);
        Ok(())
    }

    pub(super) fn connect(&mut self, id: &ParticipantId, hello: Hello, now: Timestamp) -> Result<(), Refusal> {
        let seat = self.seats.get(id).ok_or(Refusal::NoSuchSeat)?;
        self.not_closed()?;
        if seat.settings.link != hello.link {
            return Err(Refusal::LinkRevoked);
        }
        if seat.removed.is_some() {
            return Err(Refusal::Removed);
        }
        if let Some(refusal) = seat.voided(hello.entry) {
            return Err(refusal);
        }
        let comes_back = match &seat.presence {
            Presence::Out => false,
            Presence::Waiting(wait) => wait.entry == hello.entry,
            Presence::In(stay) => stay.entry == Some(hello.entry),
        };
        if !comes_back {
            if hello.expired {
                return Err(Refusal::TokenExpired);
            }
            self.not_past_end(now)?;
            self.let_in(now)?;
        }
        if seat.stay().is_none() {
            if self.waits(seat) {
                self.start_waiting(id, hello, comes_back, now);
                return Ok(());
            }
            self.has_place_for(id)?;
        }
        self.come_in(id, hello, comes_back, now);
        Ok(())
    }

    /// Somebody is in by their channel.
    fn come_in(&mut self, id: &ParticipantId, hello: Hello, comes_back: bool, now: Timestamp) {
        self.begin_session(hello.session_id, now);
        let arrival = self.next_arrival();
        let Some(seat) = self.seats.get_mut(id) else { return };
        seat.void_up_to(EntryId(hello.entry.0.saturating_sub(1)), Refusal::Displaced);
        seat.newest = seat.newest.max(Some(hello.entry));
        let mut closed = None;
        let change = match &mut seat.presence {
            Presence::In(stay) => {
                let media_before = stay.media;
                let renamed = stay.display_name != hello.display_name;
                let (old_channel, has_media) = match stay.line {
                    Line::Up { channel, media } => (channel, media),
                    Line::Lost { .. } => (None, false),
                };
                if !comes_back && stay.entry.is_some() {
                    stay.media = MediaState::default();
                }
                stay.entry = Some(hello.entry);
                stay.display_name = hello.display_name;
                stay.line = Line::Up { channel: Some(hello.connection), media: has_media };
                closed = old_channel;
                Change::Back { renamed, media_changed: stay.media != media_before }
            }
            Presence::Out | Presence::Waiting(_) => {
                seat.presence = Presence::In(Stay {
                    entry: Some(hello.entry),
                    arrival,
                    display_name: hello.display_name,
                    media: MediaState::default(),
                    hand: None,
                    line: Line::Up { channel: Some(hello.connection), media: false },
                });
                Change::New
            }
        };
        match closed {
            // The same device on a new line needs no words on its old one.
            Some(connection) if comes_back => self.outputs.push_back(Output::Close { connection }),
            Some(connection) => self.say_closed(connection, LeaveReason::Displaced),
            None => {}
        }
        self.update_clock(now);
        let is_new = matches!(change, Change::New);
        match change {
            Change::New => self.tell_came(id, now),
            Change::Back { renamed: true, .. } => self.tell_joined(id),
            Change::Back { renamed: false, media_changed: true } => self.tell_media(id, Some(id)),
            Change::Back { renamed: false, media_changed: false } => {}
        }
        self.send_media_token(id, hello.connection);
        let seen = hello.seen.filter(|_| comes_back);
        self.catch_up(id, hello.connection, seen, hello.chat_after, now);
        if is_new {
            self.ring_for_arrival(id, now);
        }
    }

    pub(super) fn media_joined(
        &mut self,
        id: &ParticipantId,
        display_name: Option<String>,
        session_id: SessionId,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        if let Some(observed) = self.observer_joined(id, now) {
            return observed;
        }
        let seat = self.seats.get(id).ok_or(Refusal::NoSuchSeat)?;
        // A token from before somebody was put out, or before the room was closed, is still good for the media server.
        let allowed = match () {
            () if self.not_closed().is_err() => self.not_closed(),
            () if seat.removed.is_some() => Err(Refusal::Removed),
            () if !seat.media_may_return => Err(Refusal::TokenExpired),
            () => self.let_in(now).and_then(|()| match seat.stay() {
                Some(_) => Ok(()),
                None => self.not_past_end(now).and_then(|()| self.has_place_for(id)),
            }),
        };
        if let Err(refusal) = allowed {
            self.outputs.push_back(Output::RemoveMedia { participant_id: id.clone(), revoke: false });
            return Err(refusal);
        }
        self.begin_session(session_id, now);
        let arrival = self.next_arrival();
        let Some(seat) = self.seats.get_mut(id) else { return Err(Refusal::NoSuchSeat) };
        // Only who was let in has ever had a token.
        seat.admitted = true;
        seat.granted = None;
        let mut waited_on = None;
        let is_new = match &mut seat.presence {
            Presence::In(stay) => {
                let channel = match stay.line {
                    Line::Up { channel, .. } => channel,
                    Line::Lost { .. } => None,
                };
                stay.line = Line::Up { channel, media: true };
                false
            }
            Presence::Out | Presence::Waiting(_) => {
                let wait = seat.wait();
                waited_on = seat.waiting_channel();
                let display_name = display_name
                    .filter(|name| !name.is_empty())
                    .or_else(|| wait.map(|wait| wait.display_name.clone()))
                    .unwrap_or_else(|| seat.settings.own_name());
                seat.presence = Presence::In(Stay {
                    entry: wait.map(|wait| wait.entry),
                    arrival,
                    display_name,
                    media: MediaState::default(),
                    hand: None,
                    line: Line::Up { channel: waited_on, media: true },
                });
                true
            }
        };
        self.update_clock(now);
        if is_new {
            self.tell_came(id, now);
        }
        if let Some(connection) = waited_on {
            self.due_to_tell.waiting = true;
            self.catch_up(id, connection, None, 0, now);
        }
        if is_new {
            self.ring_for_arrival(id, now);
        }
        Ok(())
    }

    /// To somebody who may have none, or an old one.
    pub(super) fn send_media_token(&mut self, id: &ParticipantId, to: ConnectionId) {
        let Some(seat) = self.seats.get(id) else { return };
        if !self.settings.waiting_room || seat.settings.is_admin {
            return;
        }
        let (Some(stay), Some(rights)) = (seat.stay(), self.media_rights(id)) else { return };
        let display_name = stay.display_name.clone();
        self.outputs.push_back(Output::SendMediaToken { to, participant_id: id.clone(), display_name, rights });
    }
}
