//! The room itself.

mod admin;
mod being_in;
mod entering;
mod going;
mod inviting;
mod moderating;
mod planning;
mod recording;
mod ringing;
mod session;
mod telling;
mod tools;
mod waiting;

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use visita_protocol::{
    ParticipantId, SessionId,
    channel::{ClientMessage, LeaveReason, MediaState, MutedSources, WhiteboardState},
};

use crate::{
    Admission, ConnectionId, Facts, Input, LinkSerial, MediaRights, Output, Refusal, Restored, SeatSettings, Settings,
    Standing, Timestamp,
    clock::Clock,
    rights,
    seat::{Line, Presence, Seat, Stay, WaitLine},
};

/// One room.
#[derive(Debug)]
pub struct Room {
    settings: Settings,
    standing: Standing,
    seats: BTreeMap<ParticipantId, Seat>,
    /// Those whom nobody sees; they are none of the seats.
    observers: BTreeMap<ParticipantId, inviting::Observer>,
    /// In the order given, for finding the host.
    order: Vec<ParticipantId>,
    clock: Clock,
    session: Option<session::Session>,
    whiteboard: WhiteboardState,
    recording: recording::Recording,
    chat: tools::Chat,
    /// Whom everybody shall look at.
    presenter: Option<ParticipantId>,
    arrivals: u64,
    hands: u32,
    notes: u32,
    last_doorbell: Option<Timestamp>,
    seq: u64,
    log: telling::Log,
    due_to_tell: telling::DueToTell,
    outputs: VecDeque<Output>,
}

/// A seat and what goes on there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occupant {
    /// The seat.
    pub participant_id: ParticipantId,
    /// In the room, by channel or media.
    pub connected: bool,
    /// Waits to be let in.
    pub waits: bool,
    /// Their name, while they are in or wait.
    pub display_name: Option<String>,
    /// What is on of theirs.
    pub media: MediaState,
    /// What an admin, or the API, holds muted.
    pub muted: MutedSources,
}

/// A session that runs, in a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// The session.
    pub session_id: SessionId,
    /// Since when.
    pub since: Timestamp,
    /// How many are in.
    pub connected: usize,
    /// How many wait to be let in.
    pub waiting: usize,
    /// A recorder is at work, or on its way.
    pub is_recorded: bool,
}

impl Room {
    /// A room with nobody in.
    pub fn new(mut settings: Settings, restored: Restored) -> Self {
        let hidden = settings.seats.extract_if(.., |seat| seat.admission == Admission::Hidden);
        let observers = hidden.map(|seat| (seat.participant_id, inviting::Observer::new())).collect::<BTreeMap<_, _>>();
        let order = settings.seats.iter().map(|seat| seat.participant_id.clone()).collect();
        let seats = settings.seats.iter().map(|seat| (seat.participant_id.clone(), Seat::new(seat.clone()))).collect();
        let clock = Clock::new(settings.duration, restored.used);
        Self {
            settings,
            standing: restored.standing,
            seats,
            observers,
            order,
            clock,
            session: None,
            whiteboard: WhiteboardState::default(),
            recording: recording::Recording::default(),
            chat: tools::Chat::of(restored.chat, restored.deleted),
            presenter: None,
            arrivals: 0,
            hands: 0,
            notes: 0,
            last_doorbell: None,
            seq: 0,
            log: telling::Log::default(),
            due_to_tell: telling::DueToTell::default(),
            outputs: VecDeque::new(),
        }
    }

    /// Takes one input. What follows from it is told by [`Room::poll_output`].
    ///
    /// # Errors
    /// A [`Refusal`] when the room does not allow it; then nothing changed.
    pub fn handle(&mut self, input: Input, now: Timestamp) -> Result<(), Refusal> {
        self.handle_timeout(now);
        let result = self.take(input, now);
        self.settle(now);
        result
    }

    fn take(&mut self, input: Input, now: Timestamp) -> Result<(), Refusal> {
        match input {
            Input::Enter { participant_id, link, entry, displace } => {
                self.enter(&participant_id, link, entry, displace, now)
            }
            Input::Connect {
                participant_id,
                link,
                entry,
                connection,
                display_name,
                expired,
                seen,
                session_id,
                chat_after,
            } => {
                let hello =
                    entering::Hello { link, entry, connection, display_name, expired, seen, session_id, chat_after };
                self.connect(&participant_id, hello, now)
            }
            Input::Disconnect { connection } => self.disconnect(connection, now),
            Input::Flooded { connection } => {
                let id = self.seat_on(connection)?;
                self.put_out_or_away(&id, LeaveReason::Flooding, now);
                Ok(())
            }
            Input::Message { connection, message } => self.message(connection, message, now),
            Input::MediaJoined { participant_id, display_name, session_id } => {
                self.media_joined(&participant_id, display_name, session_id, now)
            }
            Input::MediaLeft { participant_id, goodbye } => self.media_left(&participant_id, goodbye, now),
            Input::AnswerRing { participant_id } => self.answer_ring(&participant_id),
            Input::DeclineRing { participant_id, busy } => self.decline_ring(&participant_id, busy),
            Input::Ring { participant_id } => {
                self.let_in(now)?;
                self.ring(participant_id.as_ref(), None, now)
            }
            Input::FileShared { participant_id, key, file } => self.file_shared(&participant_id, key, file, now),
            Input::FileDeleted { file_id } => {
                self.file_deleted(&file_id);
                Ok(())
            }
            Input::StartRecording { layout } => self.api_records(Some(layout), now),
            Input::StopRecording => self.api_records(None, now),
            Input::Recorder { run, report } => {
                self.hear_recorder(run, report, now);
                Ok(())
            }
            Input::AddSeat { seat } => self.add_seat(seat, now),
            Input::Replan { plan } => self.replan(*plan, now),
            Input::RenewLink { participant_id, link } => self.renew_link(&participant_id, link, now),
            Input::Invite { seat, by } => self.invite(*seat, by, now),
            Input::Change { policy } => self.change(*policy, now),
            Input::Moderate { session_id, deed, whom } => self.moderate(&session_id, deed, &whom, now),
            Input::Remove { participant_id } => self.api_removes(&participant_id, now),
            Input::Extend { time } => self.extend(time, now),
            Input::Enable => self.enable(),
            Input::Disable => self.close(Standing::Disabled, now),
            Input::Delete => self.close(Standing::Deleted, now),
            Input::Stop => {
                self.put_all_out(LeaveReason::ServerStopping, now);
                Ok(())
            }
        }
    }

    /// What a channel says, once it is known that its seat may say it.
    fn message(&mut self, connection: ConnectionId, message: ClientMessage, now: Timestamp) -> Result<(), Refusal> {
        let id = self.seat_on(connection)?;
        rights::check(&message, self.seats.get(&id).ok_or(Refusal::NotIn)?)?;
        match message {
            // Answered before they get here.
            ClientMessage::Hello { .. } | ClientMessage::Ping => Ok(()),
            ClientMessage::SetMedia { media } => self.set_media(&id, media),
            ClientMessage::RaiseHand { raised } => self.raise_hand(&id, raised),
            ClientMessage::React { reaction } => self.react(&id, reaction),
            ClientMessage::Chat { key, text, reply_to } => self.chat(&id, key, text, reply_to, now),
            ClientMessage::ChatMark { received, seen } => self.chat_mark(&id, received, seen),
            ClientMessage::Typing { typing } => self.typing(&id, typing),
            ClientMessage::Point { spot } => self.point(&id, spot),
            ClientMessage::Present { presenting } => self.present(&id, presenting),
            ClientMessage::OpenBoard { .. }
            | ClientMessage::CloseBoard { .. }
            | ClientMessage::Board { .. }
            | ClientMessage::BoardCursor { .. } => self.ask_board(&id, connection, message),
            ClientMessage::Consent { answer, text_version } => self.consent(&id, connection, answer, text_version, now),
            ClientMessage::Note { to, text } => self.note(&id, to, text, now),
            ClientMessage::Knock => self.knock(&id, now),
            ClientMessage::Admit { participant_id } => self.admit(&participant_id, now),
            ClientMessage::AdmitAll => self.admit_all(now),
            ClientMessage::Refuse { participant_id } => self.refuse(&id, &participant_id, now),
            ClientMessage::SendBack { participant_id } => self.send_back(&id, &participant_id, now),
            ClientMessage::Mute { participant_id, source } => self.mute(&participant_id, source, true),
            ClientMessage::Release { participant_id, source } => self.mute(&participant_id, source, false),
            ClientMessage::AskToUnmute { participant_id, source } => self.ask_to_unmute(&id, &participant_id, source),
            ClientMessage::Remove { participant_id } => self.remove(&id, &participant_id, now),
            ClientMessage::Readmit { participant_id } => self.readmit(&id, &participant_id),
            ClientMessage::SetTools { participant_id, tools } => self.set_tools(&participant_id, tools),
            ClientMessage::SetRole { participant_id, role } => self.set_role(&participant_id, role),
            ClientMessage::LowerHand { participant_id } => self.lower_hand(&id, &participant_id),
            ClientMessage::ShowWhiteboard { shown, page } => self.show_whiteboard(&id, shown, page),
            ClientMessage::GrantDrawing { participant_id, granted } => self.grant_drawing(&participant_id, granted),
            ClientMessage::StartRecording { layout } => self.admin_starts_recording(&id, layout, now),
            ClientMessage::StopRecording => self.admin_stops_recording(&id),
            ClientMessage::Extend { seconds } => self.admin_extends(&id, Duration::from_secs(seconds.into()), now),
            ClientMessage::Ring { participant_id } => self.ring(participant_id.as_ref(), Some(&id), now),
            ClientMessage::Leave => {
                self.put_out_or_away(&id, LeaveReason::Left, now);
                Ok(())
            }
            ClientMessage::EndSession => self.end_session(&id, now),
        }
    }

    /// Does what is due: grace times, warnings, the end of the duration, checkpoints, rings nobody took.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        // In the order of the deadlines, so that a late call has the same result as punctual ones.
        while let Some((due, at)) = self.next_due().filter(|(_, at)| *at <= now) {
            match due {
                Due::UsedUp => self.use_up(at),
                Due::Warning(left) => self.warn(left),
                Due::Grace(id) => self.put_out(&id, LeaveReason::ConnectionLost, at),
                Due::WaitGrace(id) => self.put_away(&id, LeaveReason::ConnectionLost),
                Due::RingOver(id) => self.ring_over(&id, visita_protocol::channel::RingState::NoAnswer),
                Due::Checkpoint => self.checkpoint(at, now),
            }
            self.settle(at);
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
    /// A [`Refusal`] when the link lets nobody in, other than for being early.
    pub fn look(&self, id: &ParticipantId, link: LinkSerial, now: Timestamp) -> Result<Facts, Refusal> {
        let seat = match self.open_seat(id, link, now) {
            Err(Refusal::NotStarted { .. } | Refusal::NotComplete) => self.seats.get(id).ok_or(Refusal::NoSuchSeat)?,
            other => other?,
        };
        // Whoever comes back, or comes on a second device, is not somebody else.
        let others = self.people().filter(|(other, _)| other.settings.participant_id != *id);
        Ok(Facts {
            host_name: self.host_name(id),
            display_name: seat.shown_name().or(seat.settings.display_name.as_deref()).map(str::to_owned),
            people_in: others.map(|(_, stay)| stay.display_name.clone()).collect(),
            in_use: seat.is_connected() || seat.waiting_channel().is_some(),
            waits: self.waits(seat),
            starts_at: self.settings.starts_at,
            opens_at: self.settings.opens_at().filter(|at| now < *at),
        })
    }

    /// The seats in their order, with who is there.
    pub fn occupants(&self) -> Vec<Occupant> {
        let seats = self.order.iter().filter_map(|id| self.seats.get(id));
        let occupant = |seat: &Seat| Occupant {
            participant_id: seat.settings.participant_id.clone(),
            connected: seat.is_connected(),
            waits: seat.wait().is_some(),
            display_name: seat.shown_name().map(str::to_owned),
            media: seat.stay().map(|stay| stay.media).unwrap_or_default(),
            muted: seat.muted,
        };
        seats.map(occupant).collect()
    }

    /// What a media token for a seat grants now; `None` when an admin has to let the seat in first.
    pub fn media_rights(&self, id: &ParticipantId) -> Option<MediaRights> {
        let seat = self.seats.get(id).filter(|seat| !self.waits(seat) && seat.removed.is_none())?;
        Some(rights::media(seat, &self.settings))
    }

    /// Whether it lets people in.
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// Nobody is in, waits or is waited for, and it rings for nobody.
    pub fn is_empty(&self) -> bool {
        self.session.is_none()
            && self.seats.values().all(|seat| matches!(seat.presence, Presence::Out) && seat.ring.is_none())
            && self.observers.values().all(|observer| !observer.is_in)
    }

    /// Id of the running session.
    pub fn session_id(&self) -> Option<&SessionId> {
        self.session.as_ref().map(|session| &session.id)
    }

    /// What goes on there; `None` when no session runs.
    pub fn running(&self) -> Option<Running> {
        let session = self.session.as_ref()?;
        let count = |is: fn(&Seat) -> bool| self.seats.values().filter(|seat| is(seat)).count();
        Some(Running {
            session_id: session.id.clone(),
            since: session.started,
            connected: count(Seat::is_connected),
            waiting: count(|seat| seat.wait().is_some()),
            is_recorded: self.recorder_run().is_some(),
        })
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

    fn next_due(&self) -> Option<(Due, Timestamp)> {
        let used_up = self.clock.runs_out_at().map(|at| (Due::UsedUp, at));
        let warning = self.clock.next_warning().map(|(left, at)| (Due::Warning(left), at));
        let grace = self.seats.iter().filter_map(|(id, seat)| match &seat.presence {
            Presence::In(Stay { line: Line::Lost { until, .. }, .. }) => Some((Due::Grace(id.clone()), *until)),
            Presence::Waiting(wait) => match wait.line {
                WaitLine::Lost { until } => Some((Due::WaitGrace(id.clone()), until)),
                WaitLine::Up(_) => None,
            },
            Presence::In(_) | Presence::Out => None,
        });
        let rings =
            self.seats.iter().filter_map(|(id, seat)| Some((Due::RingOver(id.clone()), seat.ring.as_ref()?.until)));
        let checkpoint = self.session.as_ref().map(|session| (Due::Checkpoint, session.next_checkpoint));
        used_up.into_iter().chain(warning).chain(grace).chain(rings).chain(checkpoint).min_by_key(|(_, at)| *at)
    }

    // Looking things up

    /// The seat of a link that lets somebody in.
    fn open_seat(&self, id: &ParticipantId, link: LinkSerial, now: Timestamp) -> Result<&Seat, Refusal> {
        let seat = self.seats.get(id).ok_or(Refusal::NoSuchSeat)?;
        if seat.settings.link != link {
            return Err(Refusal::LinkRevoked);
        }
        if seat.removed.is_some() {
            return Err(Refusal::Removed);
        }
        self.not_closed()?;
        self.not_past_end(now)?;
        self.let_in(now)?;
        Ok(seat)
    }

    fn not_closed(&self) -> Result<(), Refusal> {
        match self.standing {
            Standing::Active => Ok(()),
            Standing::Disabled => Err(Refusal::RoomDisabled),
            Standing::UsedUp | Standing::Deleted => Err(Refusal::RoomEnded),
        }
    }

    /// Neither closed nor early, and nobody is missing who is to have a seat.
    fn let_in(&self, now: Timestamp) -> Result<(), Refusal> {
        self.not_closed()?;
        match (self.settings.starts_at, self.settings.opens_at()) {
            (Some(starts_at), Some(opens_at)) if now < opens_at => Err(Refusal::NotStarted { starts_at }),
            _ if !self.settings.is_complete(self.seats.len()) => Err(Refusal::NotComplete),
            _ => Ok(()),
        }
    }

    fn not_past_end(&self, now: Timestamp) -> Result<(), Refusal> {
        match self.settings.ends_at {
            Some(end) if end <= now => Err(Refusal::LinkExpired),
            _ => Ok(()),
        }
    }

    /// Whether one more may be in, beside those who are.
    fn has_place_for(&self, id: &ParticipantId) -> Result<(), Refusal> {
        let others = self.seats.iter().filter(|(other, seat)| *other != id && seat.stay().is_some()).count();
        match self.settings.capacity {
            Some(capacity) if others >= capacity => Err(Refusal::RoomFull),
            _ => Ok(()),
        }
    }

    /// Whether an admin has to let this seat in.
    fn waits(&self, seat: &Seat) -> bool {
        self.settings.waiting_room && !seat.settings.is_admin && !seat.admitted
    }

    /// The seat of a connection, in the room or waiting.
    fn seat_on(&self, connection: ConnectionId) -> Result<ParticipantId, Refusal> {
        let is_theirs = |seat: &Seat| seat.channel() == Some(connection) || seat.waiting_channel() == Some(connection);
        let found = self.seats.iter().find(|(_, seat)| is_theirs(seat));
        found.map(|(id, _)| id.clone()).ok_or(Refusal::NotIn)
    }

    fn host(&self) -> Option<&ParticipantId> {
        let is = |test: fn(&SeatSettings) -> bool| {
            self.order.iter().find(|id| self.seats.get(*id).is_some_and(|seat| test(&seat.settings)))
        };
        is(|seat| seat.is_admin).or_else(|| is(|seat| seat.is_plus))
    }

    /// The host's name, as far as it is known, for somebody else.
    fn host_name(&self, but: &ParticipantId) -> Option<String> {
        let host = self.host().filter(|host| *host != but)?;
        let seat = self.seats.get(host)?;
        seat.shown_name().or(seat.settings.display_name.as_deref()).map(str::to_owned)
    }

    /// The channels of those who are in, each with its seat.
    pub fn channels(&self) -> impl Iterator<Item = (ConnectionId, &ParticipantId)> {
        self.people().filter_map(|(seat, _)| Some((seat.channel()?, &seat.settings.participant_id)))
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
}

/// What is due.
enum Due {
    UsedUp,
    Warning(Duration),
    Grace(ParticipantId),
    WaitGrace(ParticipantId),
    RingOver(ParticipantId),
    Checkpoint,
}
