//! The room itself.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use visita_protocol::{
    CallType, ParticipantId, RecordingMode, RoomId, SessionId,
    channel::{LeaveReason, MediaState, ParticipantState, RoomState, ServerMessage},
};

use crate::{
    CHECKPOINT, ConnectionId, EntryId, Input, LinkSerial, Output, Refusal, SeatSettings, Timestamp,
    clock::Clock,
    seat::{Line, Presence, Seat, Stay},
};

/// What is fixed about a room.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The room.
    pub room_id: RoomId,
    /// Its description.
    pub title: Option<String>,
    /// Audio or video.
    pub call_type: CallType,
    /// Whether it is recorded.
    pub recording: RecordingMode,
    /// Effective call time; `None` is unlimited.
    pub duration: Option<Duration>,
    /// From when on links let nobody in any more.
    pub ends_at: Option<Timestamp>,
    /// Its seats.
    pub seats: Vec<SeatSettings>,
    /// How long a lost connection keeps its seat.
    pub grace: Duration,
}

/// Whether a room lets people in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Active,
    /// Switched off.
    Disabled,
    /// Its duration is used up.
    UsedUp,
    /// Deleted.
    Deleted,
}

/// What is known of a room from before.
#[derive(Clone, Copy, Debug)]
pub struct Restored {
    /// Whether it lets people in.
    pub standing: Standing,
    /// Effective call time used.
    pub used: Duration,
}

/// What a look through a link shows of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The host's name (first admin, else first plus user), when another seat is the host's and the name is known.
    pub host_name: Option<String>,
    /// The seat's own name, while somebody sits there.
    pub display_name: Option<String>,
    /// Names of those who are in, in the order of their coming.
    pub people_in: Vec<String>,
    /// Whether the seat is connected.
    pub in_use: bool,
}

/// One room.
#[derive(Debug)]
pub struct Room {
    settings: Settings,
    standing: Standing,
    seats: BTreeMap<ParticipantId, Seat>,
    /// In the order given, for finding the host.
    order: Vec<ParticipantId>,
    clock: Clock,
    session: Option<Session>,
    arrivals: u64,
    seq: u64,
    outputs: VecDeque<Output>,
}

#[derive(Clone, Debug)]
struct Session {
    id: SessionId,
    next_checkpoint: Timestamp,
    /// When somebody was last seen connected.
    last_connected: Timestamp,
}

impl Room {
    /// A room with nobody in.
    pub fn new(settings: Settings, restored: Restored) -> Self {
        let order = settings.seats.iter().map(|seat| seat.participant_id.clone()).collect();
        let seats = settings.seats.iter().map(|seat| (seat.participant_id.clone(), Seat::new(seat.clone()))).collect();
        let clock = Clock::new(settings.duration, restored.used);
        Self {
            settings,
            standing: restored.standing,
            seats,
            order,
            clock,
            session: None,
            arrivals: 0,
            seq: 0,
            outputs: VecDeque::new(),
        }
    }

    /// Takes one input. What follows from it is told by [`Room::poll_output`].
    ///
    /// # Errors
    /// A [`Refusal`] when the room does not allow it; then nothing changed.
    pub fn handle(&mut self, input: Input, now: Timestamp) -> Result<(), Refusal> {
        self.handle_timeout(now);
        match input {
            Input::Enter { participant_id, link, entry, displace } => {
                self.enter(&participant_id, link, entry, displace, now)
            }
            Input::Connect { participant_id, link, entry, connection, display_name, expired, session_id } => {
                let hello = Hello { link, entry, connection, display_name, expired, session_id };
                self.connect(&participant_id, hello, now)
            }
            Input::Disconnect { connection } => self.disconnect(connection, now),
            Input::SetMedia { connection, media } => self.set_media(connection, media),
            Input::Leave { connection } => self.leave(connection, now),
            Input::EndSession { connection } => self.end_session(connection, now),
            Input::MediaJoined { participant_id, display_name, session_id } => {
                self.media_joined(&participant_id, display_name, session_id, now)
            }
            Input::MediaLeft { participant_id, goodbye } => self.media_left(&participant_id, goodbye, now),
            Input::RenewLink { participant_id, link } => self.renew_link(&participant_id, link, now),
            Input::Disable => self.close(Standing::Disabled, now),
            Input::Delete => self.close(Standing::Deleted, now),
            Input::Stop => {
                self.put_all_out(LeaveReason::ServerStopping, now);
                Ok(())
            }
        }
    }

    /// Does what is due: grace times, the end of the duration, checkpoints.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        // In the order of the deadlines, so that a late call has the same result as punctual ones.
        while let Some((due, at)) = self.next_due().filter(|(_, at)| *at <= now) {
            match due {
                Due::UsedUp => self.use_up(at),
                Due::Grace(id) => self.put_out(&id, LeaveReason::ConnectionLost, at),
                Due::Checkpoint => self.checkpoint(at, now),
            }
        }
    }

    /// When [`Room::handle_timeout`] has something to do.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.next_due().map(|(_, at)| at)
    }

    /// The next thing that has to happen outside.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// What a look through a link shows. Changes nothing.
    ///
    /// # Errors
    /// A [`Refusal`] when the link lets nobody in.
    pub fn look(&self, id: &ParticipantId, link: LinkSerial, now: Timestamp) -> Result<Facts, Refusal> {
        let seat = self.open_seat(id, link, now)?;
        let host = self.host().filter(|host| *host != id);
        Ok(Facts {
            host_name: host
                .and_then(|host| self.seats.get(host))
                .and_then(Seat::stay)
                .map(|stay| stay.display_name.clone()),
            display_name: seat.stay().map(|stay| stay.display_name.clone()),
            people_in: self.people().map(|(_, stay)| stay.display_name.clone()).collect(),
            in_use: seat.is_connected(),
        })
    }

    /// Whether it lets people in.
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// Nobody is in, nobody is waited for.
    pub fn is_empty(&self) -> bool {
        self.session.is_none()
    }

    /// Id of the running session.
    pub fn session_id(&self) -> Option<&SessionId> {
        self.session.as_ref().map(|session| &session.id)
    }

    /// Effective call time used so far.
    pub fn used(&self, now: Timestamp) -> Duration {
        self.clock.used(now)
    }

    /// Whether effective call time is being counted.
    pub fn clock_runs(&self) -> bool {
        self.clock.is_running()
    }

    /// How many are connected.
    pub fn connected(&self) -> usize {
        self.seats.values().filter(|seat| seat.is_connected()).count()
    }

    // Coming in

    fn enter(
        &mut self,
        id: &ParticipantId,
        link: LinkSerial,
        entry: EntryId,
        displace: bool,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let in_use = self.open_seat(id, link, now)?.is_connected();
        if in_use && !displace {
            return Err(Refusal::SeatInUse);
        }
        let grace = self.settings.grace;
        let Some(seat) = self.seats.get_mut(id) else { return Err(Refusal::NoSuchSeat) };
        seat.void_up_to(EntryId(entry.0.saturating_sub(1)), Refusal::Displaced);
        seat.media_may_return = true;
        // The others are not told: the seat is held for the new device as for one that lost its line.
        let was_on = seat.channel();
        let had_media = match seat.stay_mut() {
            Some(stay) => {
                let had_media = matches!(stay.line, Line::Up { media: true, .. } | Line::Lost { .. });
                stay.line = Line::lost(now, grace);
                had_media
            }
            None => false,
        };
        if let Some(connection) = was_on {
            let message = ServerMessage::Closed { reason: LeaveReason::Displaced };
            self.outputs.push_back(Output::Send { to: connection, message });
            self.outputs.push_back(Output::Close { connection });
        }
        if was_on.is_some() || had_media {
            self.outputs.push_back(Output::RemoveMedia { participant_id: id.clone() });
        }
        self.update_clock(now);
        Ok(())
    }

    fn connect(&mut self, id: &ParticipantId, hello: Hello, now: Timestamp) -> Result<(), Refusal> {
        let seat = self.seats.get(id).ok_or(Refusal::NoSuchSeat)?;
        self.let_in()?;
        if seat.settings.link != hello.link {
            return Err(Refusal::LinkRevoked);
        }
        if let Some(refusal) = seat.voided(hello.entry) {
            return Err(refusal);
        }
        let comes_back = seat.stay().is_some_and(|stay| stay.entry == Some(hello.entry));
        if !comes_back {
            if hello.expired {
                return Err(Refusal::TokenExpired);
            }
            self.not_past_end(now)?;
        }

        self.begin_session(hello.session_id, now);
        let arrival = self.next_arrival();
        let Some(seat) = self.seats.get_mut(id) else { return Err(Refusal::NoSuchSeat) };
        seat.void_up_to(EntryId(hello.entry.0.saturating_sub(1)), Refusal::Displaced);
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
                if let Some(connection) = old_channel {
                    // The same device on a new line needs no words on its old one.
                    if !comes_back {
                        let message = ServerMessage::Closed { reason: LeaveReason::Displaced };
                        self.outputs.push_back(Output::Send { to: connection, message });
                    }
                    self.outputs.push_back(Output::Close { connection });
                }
                Change::Back { renamed, media_changed: stay.media != media_before }
            }
            Presence::Out => {
                seat.presence = Presence::In(Stay {
                    entry: Some(hello.entry),
                    arrival,
                    display_name: hello.display_name,
                    media: MediaState::default(),
                    line: Line::Up { channel: Some(hello.connection), media: false },
                });
                Change::New
            }
        };
        self.update_clock(now);
        match change {
            Change::New | Change::Back { renamed: true, .. } => self.tell_joined(id),
            Change::Back { renamed: false, media_changed: true } => self.tell_media(id, Some(id)),
            Change::Back { renamed: false, media_changed: false } => {}
        }
        self.welcome(id, hello.connection, now);
        Ok(())
    }

    fn media_joined(
        &mut self,
        id: &ParticipantId,
        display_name: Option<String>,
        session_id: SessionId,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let seat = self.seats.get(id).ok_or(Refusal::NoSuchSeat)?;
        // A token from before somebody was put out, or before the room was closed, is still good for the media server.
        if !seat.media_may_return || self.let_in().is_err() {
            self.outputs.push_back(Output::RemoveMedia { participant_id: id.clone() });
            return self.let_in().and(Err(Refusal::TokenExpired));
        }
        self.begin_session(session_id, now);
        let arrival = self.next_arrival();
        let Some(seat) = self.seats.get_mut(id) else { return Err(Refusal::NoSuchSeat) };
        let is_new = match &mut seat.presence {
            Presence::In(stay) => {
                let channel = match stay.line {
                    Line::Up { channel, .. } => channel,
                    Line::Lost { .. } => None,
                };
                stay.line = Line::Up { channel, media: true };
                false
            }
            Presence::Out => {
                let display_name =
                    display_name.filter(|name| !name.is_empty()).unwrap_or_else(|| seat.settings.user_id.to_string());
                seat.presence = Presence::In(Stay {
                    entry: None,
                    arrival,
                    display_name,
                    media: MediaState::default(),
                    line: Line::Up { channel: None, media: true },
                });
                true
            }
        };
        self.update_clock(now);
        if is_new {
            self.tell_joined(id);
        }
        Ok(())
    }

    // Being in

    fn set_media(&mut self, connection: ConnectionId, media: MediaState) -> Result<(), Refusal> {
        let id = self.seat_on(connection)?;
        if media.camera && self.settings.call_type == CallType::AudioOnly {
            return Err(Refusal::NoCamera);
        }
        let Some(stay) = self.seats.get_mut(&id).and_then(Seat::stay_mut) else { return Err(Refusal::NotIn) };
        if stay.media != media {
            stay.media = media;
            self.tell_media(&id, None);
        }
        Ok(())
    }

    fn end_session(&mut self, connection: ConnectionId, now: Timestamp) -> Result<(), Refusal> {
        let id = self.seat_on(connection)?;
        if !self.seats.get(&id).is_some_and(|seat| seat.settings.is_admin) {
            return Err(Refusal::NotAdmin);
        }
        self.put_all_out(LeaveReason::SessionEnded, now);
        Ok(())
    }

    // Going

    fn disconnect(&mut self, connection: ConnectionId, now: Timestamp) -> Result<(), Refusal> {
        let id = self.seat_on(connection)?;
        let grace = self.settings.grace;
        if let Some(stay) = self.seats.get_mut(&id).and_then(Seat::stay_mut) {
            stay.line = match stay.line {
                Line::Up { media: true, .. } => Line::Up { channel: None, media: true },
                Line::Up { media: false, .. } | Line::Lost { .. } => Line::lost(now, grace),
            };
        }
        self.update_clock(now);
        Ok(())
    }

    fn media_left(&mut self, id: &ParticipantId, goodbye: bool, now: Timestamp) -> Result<(), Refusal> {
        let grace = self.settings.grace;
        let seat = self.seats.get_mut(id).ok_or(Refusal::NoSuchSeat)?;
        let stay = seat.stay_mut().ok_or(Refusal::NotIn)?;
        match stay.line {
            Line::Up { channel: None, media: true } if goodbye => {
                self.put_out(id, LeaveReason::Left, now);
                return Ok(());
            }
            Line::Up { channel: None, media: true } => stay.line = Line::lost(now, grace),
            Line::Up { channel, .. } => stay.line = Line::Up { channel, media: false },
            Line::Lost { .. } => {}
        }
        self.update_clock(now);
        Ok(())
    }

    fn leave(&mut self, connection: ConnectionId, now: Timestamp) -> Result<(), Refusal> {
        let id = self.seat_on(connection)?;
        self.put_out(&id, LeaveReason::Left, now);
        Ok(())
    }

    fn renew_link(&mut self, id: &ParticipantId, link: LinkSerial, now: Timestamp) -> Result<(), Refusal> {
        let seat = self.seats.get_mut(id).ok_or(Refusal::NoSuchSeat)?;
        if link <= seat.settings.link {
            return Err(Refusal::LinkRevoked);
        }
        seat.settings.link = link;
        seat.media_may_return = false;
        if seat.stay().is_some() {
            self.put_out(id, LeaveReason::Removed, now);
        } else {
            self.outputs.push_back(Output::RemoveMedia { participant_id: id.clone() });
        }
        Ok(())
    }

    fn use_up(&mut self, now: Timestamp) {
        self.clock.run(false, now);
        self.standing = Standing::UsedUp;
        self.put_all_out(LeaveReason::RoomClosed, now);
        self.outputs.push_back(Output::UsedUp);
    }

    fn close(&mut self, standing: Standing, now: Timestamp) -> Result<(), Refusal> {
        match (self.standing, standing) {
            (Standing::Deleted, _) => return Err(Refusal::RoomEnded),
            (Standing::UsedUp, Standing::Disabled) => {}
            _ => self.standing = standing,
        }
        self.put_all_out(LeaveReason::RoomClosed, now);
        Ok(())
    }

    fn put_all_out(&mut self, reason: LeaveReason, now: Timestamp) {
        for seat in self.seats.values_mut() {
            // A server that stops forgets nobody: tokens are good for its successor.
            if reason != LeaveReason::ServerStopping {
                seat.media_may_return = false;
            }
            if let Presence::In(stay) = std::mem::replace(&mut seat.presence, Presence::Out) {
                if let Some(entry) = stay.entry {
                    seat.void_up_to(entry, Refusal::TokenExpired);
                }
                if let Line::Up { channel: Some(connection), .. } = stay.line {
                    self.outputs.push_back(Output::Send { to: connection, message: ServerMessage::Closed { reason } });
                    self.outputs.push_back(Output::Close { connection });
                }
                if let (Line::Up { .. }, Some(session)) = (stay.line, &mut self.session) {
                    session.last_connected = now;
                }
            }
        }
        self.seq += 1;
        self.outputs.push_back(Output::EndMedia);
        self.update_clock(now);
        self.finish_session_if_empty(now);
    }

    /// Somebody is out for good; the others are told.
    fn put_out(&mut self, id: &ParticipantId, reason: LeaveReason, now: Timestamp) {
        let Some(seat) = self.seats.get_mut(id) else { return };
        let Presence::In(stay) = std::mem::replace(&mut seat.presence, Presence::Out) else { return };
        if let Some(entry) = stay.entry
            && reason != LeaveReason::ConnectionLost
        {
            seat.void_up_to(entry, Refusal::TokenExpired);
        }
        // Who only lost the line may come back with the token they have.
        seat.media_may_return = reason == LeaveReason::ConnectionLost;
        match stay.line {
            Line::Up { channel, .. } => {
                if let Some(connection) = channel {
                    self.outputs.push_back(Output::Send { to: connection, message: ServerMessage::Closed { reason } });
                    self.outputs.push_back(Output::Close { connection });
                }
                if let Some(session) = &mut self.session {
                    session.last_connected = now;
                }
            }
            Line::Lost { .. } => {}
        }
        self.outputs.push_back(Output::RemoveMedia { participant_id: id.clone() });
        let seq = self.next_seq();
        self.tell(None, ServerMessage::Left { seq, participant_id: id.clone(), reason });
        self.update_clock(now);
        self.finish_session_if_empty(now);
    }

    // Session and clock

    fn begin_session(&mut self, id: SessionId, now: Timestamp) {
        if self.session.is_none() {
            self.outputs.push_back(Output::SessionStarted { session_id: id.clone(), at: now });
            self.session = Some(Session { id, next_checkpoint: now + CHECKPOINT, last_connected: now });
        }
    }

    fn finish_session_if_empty(&mut self, now: Timestamp) {
        if self.seats.values().any(|seat| seat.stay().is_some()) {
            return;
        }
        if let Some(session) = self.session.take() {
            self.outputs.push_back(Output::SessionEnded {
                session_id: session.id,
                used: self.clock.used(now),
                at: session.last_connected,
            });
        }
    }

    fn checkpoint(&mut self, at: Timestamp, now: Timestamp) {
        let used = self.clock.used(at);
        if let Some(session) = &mut self.session {
            // After a long sleep one is enough.
            session.next_checkpoint = (at + CHECKPOINT).max(now);
            self.outputs.push_back(Output::Checkpoint { session_id: session.id.clone(), used, at });
        }
    }

    /// To be called after every change of who is connected.
    fn update_clock(&mut self, now: Timestamp) {
        let connected = self.connected();
        self.clock.run(connected >= 2 && self.standing == Standing::Active, now);
        if let (true, Some(session)) = (connected > 0, &mut self.session) {
            session.last_connected = now;
        }
        // Whoever went last was connected up to the moment the line was lost.
        if connected == 0 {
            let lost = self.seats.values().filter_map(|seat| match seat.stay()?.line {
                Line::Lost { since, .. } => Some(since),
                Line::Up { .. } => None,
            });
            if let (Some(since), Some(session)) = (lost.max(), &mut self.session) {
                session.last_connected = session.last_connected.max(since);
            }
        }
    }

    fn next_due(&self) -> Option<(Due, Timestamp)> {
        let used_up = self.clock.runs_out_at().map(|at| (Due::UsedUp, at));
        let grace = self.seats.iter().filter_map(|(id, seat)| match seat.stay()?.line {
            Line::Lost { until, .. } => Some((Due::Grace(id.clone()), until)),
            Line::Up { .. } => None,
        });
        let checkpoint = self.session.as_ref().map(|session| (Due::Checkpoint, session.next_checkpoint));
        used_up.into_iter().chain(grace).chain(checkpoint).min_by_key(|(_, at)| *at)
    }

    // Telling

    fn welcome(&mut self, id: &ParticipantId, to: ConnectionId, now: Timestamp) {
        let (Some(seat), Some(session)) = (self.seats.get(id), &self.session) else { return };
        let room = RoomState {
            room_id: self.settings.room_id.clone(),
            session_id: session.id.clone(),
            title: self.settings.title.clone(),
            call_type: self.settings.call_type,
            recording: self.settings.recording,
            tools: seat.settings.tools,
            participants: self.people().map(|(seat, stay)| state_of(seat, stay)).collect(),
            seconds_left: self.clock.left(now).map(|left| u32::try_from(left.as_secs()).unwrap_or(u32::MAX)),
            clock_runs: self.clock.is_running(),
            webinar: false,
            waiting_room: false,
            whiteboard: Default::default(),
            recording_state: Default::default(),
            consent: None,
            rings: Vec::new(),
        };
        let message = ServerMessage::Welcome { seq: self.seq, you: id.clone(), room };
        self.outputs.push_back(Output::Send { to, message });
    }

    fn tell_joined(&mut self, id: &ParticipantId) {
        let seq = self.next_seq();
        let Some((seat, stay)) = self.seats.get(id).and_then(|seat| Some((seat, seat.stay()?))) else { return };
        let message = ServerMessage::Joined { seq, participant: state_of(seat, stay) };
        self.tell(Some(id), message);
    }

    fn tell_media(&mut self, id: &ParticipantId, but: Option<&ParticipantId>) {
        let seq = self.next_seq();
        let Some(stay) = self.seats.get(id).and_then(Seat::stay) else { return };
        let message = ServerMessage::MediaChanged {
            seq,
            participant_id: id.clone(),
            media: stay.media,
            muted_by_admin: Default::default(),
        };
        self.tell(but, message);
    }

    /// To everybody on a channel, without the one named.
    fn tell(&mut self, but: Option<&ParticipantId>, message: ServerMessage) {
        let others = self.seats.iter().filter(|(id, _)| Some(*id) != but);
        for to in others.filter_map(|(_, seat)| seat.channel()) {
            self.outputs.push_back(Output::Send { to, message: message.clone() });
        }
    }

    // Looking things up

    /// The seat of a link that lets somebody in.
    fn open_seat(&self, id: &ParticipantId, link: LinkSerial, now: Timestamp) -> Result<&Seat, Refusal> {
        let seat = self.seats.get(id).ok_or(Refusal::NoSuchSeat)?;
        if seat.settings.link != link {
            return Err(Refusal::LinkRevoked);
        }
        self.let_in()?;
        self.not_past_end(now)?;
        Ok(seat)
    }

    fn let_in(&self) -> Result<(), Refusal> {
        match self.standing {
            Standing::Active => Ok(()),
            Standing::Disabled => Err(Refusal::RoomDisabled),
            Standing::UsedUp | Standing::Deleted => Err(Refusal::RoomEnded),
        }
    }

    fn not_past_end(&self, now: Timestamp) -> Result<(), Refusal> {
        match self.settings.ends_at {
            Some(end) if end <= now => Err(Refusal::LinkExpired),
            _ => Ok(()),
        }
    }

    fn seat_on(&self, connection: ConnectionId) -> Result<ParticipantId, Refusal> {
        let found = self.seats.iter().find(|(_, seat)| seat.channel() == Some(connection));
        found.map(|(id, _)| id.clone()).ok_or(Refusal::NotIn)
    }

    fn host(&self) -> Option<&ParticipantId> {
        let is = |test: fn(&SeatSettings) -> bool| {
            self.order.iter().find(|id| self.seats.get(*id).is_some_and(|seat| test(&seat.settings)))
        };
        is(|seat| seat.is_admin).or_else(|| is(|seat| seat.is_plus))
    }

    /// Who is in, in the order of their coming.
    fn people(&self) -> impl Iterator<Item = (&Seat, &Stay)> {
        let mut people: Vec<_> = self.seats.values().filter_map(|seat| Some((seat, seat.stay()?))).collect();
        people.sort_by_key(|(_, stay)| stay.arrival);
        people.into_iter()
    }

    fn next_arrival(&mut self) -> u64 {
        self.arrivals += 1;
        self.arrivals
    }

    fn next_seq(&mut self) -> u64 {
        self.seq += 1;
        self.seq
    }
}

struct Hello {
    link: LinkSerial,
    entry: EntryId,
    connection: ConnectionId,
    display_name: String,
    expired: bool,
    session_id: SessionId,
}

/// What a hello means to the others.
enum Change {
    New,
    Back { renamed: bool, media_changed: bool },
}

/// What is due.
enum Due {
    UsedUp,
    Grace(ParticipantId),
    Checkpoint,
}

fn state_of(seat: &Seat, stay: &Stay) -> ParticipantState {
    ParticipantState {
        participant_id: seat.settings.participant_id.clone(),
        display_name: stay.display_name.clone(),
        is_admin: seat.settings.is_admin,
        media: stay.media,
        muted_by_admin: Default::default(),
        tools: seat.settings.tools,
        role: Default::default(),
        hand: None,
    }
}
