//! The task that owns a room: it alone changes it, in memory and in storage.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use tokio::sync::mpsc;
use visita_protocol::{
    CompanyId, FileId, ParticipantId, RoomId, UserId,
    channel::{ChatMessage, ServerMessage},
    recorder::{RecorderOrder, RecorderReport},
    rest::{ActorKind, ConnectionKind, Role},
};
use visita_room::{
    ConnectionId, Input, Inviter, LineKind, MediaRights, Output, RecorderRun, Refusal, Room, Standing, Timestamp,
};

use super::{
    Asks, Change, Command, Invitation, MAX_SEATS, Mail, News, RoomError, Shared,
    boards::Boards,
    check_open, name_taken,
    settings::{new_seat, plan_of, policy_of, restored, settings_of},
};
use crate::{
    recordings::{Recorder, Reports, Wanted},
    store::{AuditLine, NewLink, NewPlan, NewSeat, StoreError, StoredRoom},
    tokens::TOKEN_LIFE,
    users::Call,
};

/// What recorders said that waits to be heard. They speak about once a second.
const REPORTS: usize = 64;

/// The task that owns a room.
pub(super) struct Owner {
    shared: Arc<Shared>,
    room_id: RoomId,
    company: CompanyId,
    /// For the words of an incoming call.
    stored: StoredRoom,
    room: Room,
    users: HashMap<ParticipantId, UserId>,
    clients: HashMap<ConnectionId, mpsc::Sender<Mail>>,
    /// Up to which Unix second the media server refuses a seat's tokens.
    revoked: HashMap<ParticipantId, u64>,
    boards: Boards,
    /// The recorder at work.
    recorder: Option<(RecorderRun, Recorder)>,
    /// Where recorders tell how they are getting on.
    reports: Reports,
    heard: mpsc::Receiver<(RecorderRun, RecorderReport)>,
    last_used: Instant,
    /// Until when a media token can be good that was made without an entry.
    tokens_until: Instant,
}

impl Owner {
    pub(super) fn new(
        shared: Arc<Shared>,
        stored: StoredRoom,
        chat: Vec<ChatMessage>,
        deleted: Vec<(u32, FileId)>,
    ) -> Self {
        let room = Room::new(settings_of(&stored, shared.grace), restored(&stored, chat, deleted));
        let (reports, heard) = mpsc::channel(REPORTS);
        let users = stored.seats.iter().map(|seat| (seat.participant_id.clone(), seat.user_id.clone())).collect();
        Self {
            shared,
            room_id: stored.room_id.clone(),
            company: stored.company.id.clone(),
            stored,
            room,
            users,
            clients: HashMap::new(),
            revoked: HashMap::new(),
            boards: Boards::default(),
            recorder: None,
            reports,
            heard,
            last_used: Instant::now(),
            tokens_until: Instant::now(),
        }
    }

    pub(super) async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        tracing::debug!("awake");
        loop {
            let due = self.room.poll_timeout().map(|at| self.shared.clock.instant(at));
            let write_at = self.boards.due();
            let tell_at = self.boards.telling_due();
            let sleep_at = self.room.is_empty().then(|| (self.last_used + TOKEN_LIFE).max(self.tokens_until));
            tokio::select! {
                command = commands.recv() => match command {
                    Some(command) => {
                        if !matches!(command, Command::Running { .. }) {
                            self.last_used = Instant::now();
                        }
                        if self.take(command).await {
                            break;
                        }
                    }
                    None => break,
                },
                Some((run, report)) = self.heard.recv() => {
                    let _ = self.handle(Input::Recorder { run, report }).await;
                }
                () = until(due) => {
                    self.room.handle_timeout(self.now());
                    self.carry_out().await;
                    self.last_used = Instant::now();
                }
                () = until(write_at) => self.write_boards().await,
                () = until(tell_at) => {
                    let told = self.boards.tell(&self.room);
                    self.carry_out_with(told).await;
                }
                () = until(sleep_at) => {
                    commands.close();
                    // What came in between is still answered.
                    while let Some(command) = commands.recv().await {
                        self.take(command).await;
                    }
                    if self.room.is_empty() {
                        break;
                    }
                    // Somebody slipped in: the connection is told to come again, to a room that is awake.
                    self.stop().await;
                    break;
                }
            }
        }
        self.write_boards().await;
        drop(commands);
        let mut awake = self.shared.awake.lock();
        if awake.get(&self.room_id).is_some_and(mpsc::Sender::is_closed) {
            awake.remove(&self.room_id);
        }
        tracing::debug!("asleep");
    }

    /// Takes one command; `true` when it was the last.
    async fn take(&mut self, command: Command) -> bool {
        match command {
            Command::Handle { input, reply } => {
                let result = self.handle(input).await;
                let _ = reply.send(result.map_err(Into::into));
            }
            Command::Enter { input, participant_id, reply } => {
                let result = self.handle(input).await;
                if result.is_ok() {
                    self.past_revocation(&participant_id).await;
                }
                let _ = reply.send(result.map(|()| self.room.media_rights(&participant_id)).map_err(Into::into));
            }
            Command::Occupants { reply } => {
                let _ = reply.send(Ok(self.room.occupants()));
            }
            Command::Running { reply } => {
                let _ = reply.send(Ok(self.room.running()));
            }
            Command::AddSeat { company, seat, is_plus, reply } => {
                let result = self.add_seat(&company, &seat, is_plus).await;
                let _ = reply.send(result);
            }
            Command::Replan { company, plan, plus, reply } => {
                let result = self.replan(&company, &plan, &plus).await;
                let _ = reply.send(result);
            }
            Command::Connect { input, connection, outbox, reply } => {
                self.clients.insert(connection, outbox);
                let result = self.handle(input).await;
                if result.is_err() {
                    self.clients.remove(&connection);
                }
                let _ = reply.send(result.map_err(Into::into));
            }
            Command::Asks { participant_id, entry, what, reply } => {
                let room = &self.room;
                let asked = room.is_in(&participant_id, entry).and_then(|session| {
                    match what {
                        Asks::Share(purpose) => room.may_share(&participant_id, purpose)?,
                        Asks::Fetch(purpose) => room.may_fetch(&participant_id, purpose)?,
                        Asks::Administer => room.is_admin(&participant_id)?,
                    }
                    Ok(session)
                });
                let _ = reply.send(asked.map_err(Into::into));
            }
            Command::Look { participant_id, link, reply } => {
                let facts = self.room.look(&participant_id, link, self.now());
                let _ = reply.send(facts.map_err(Into::into));
            }
            Command::Close { standing, reply } => {
                let result = self.close(standing).await;
                let _ = reply.send(result);
            }
            Command::Open { reply } => {
                let result = self.open().await;
                let _ = reply.send(result);
            }
            Command::Invite { invitation, reply } => {
                let result = self.invite(*invitation).await;
                let _ = reply.send(result);
            }
            Command::Change { change, reply } => {
                let result = self.change(change).await;
                let _ = reply.send(result);
            }
            Command::RenewLink { participant_id, link, reply } => {
                let result = self.renew_link(participant_id, link).await;
                let _ = reply.send(result);
            }
            Command::Stop { reply } => {
                self.stop().await;
                let _ = reply.send(Ok(()));
                return true;
            }
        }
        false
    }

    async fn handle(&mut self, input: Input) -> Result<(), Refusal> {
        if let Input::Disconnect { connection } | Input::Flooded { connection } = &input {
            self.boards.forget(*connection);
        }
        if let Input::FileDeleted { file_id } = &input
            && self.boards.file_deleted(file_id)
            // Once more: something may have been written between.
            && let Err(error) = self.shared.store.file_deleted(&self.room_id, file_id).await
        {
            tracing::error!(%error, "what was drawn on a deleted snapshot is not deleted");
        }
        self.room.set_recorder_available(self.shared.recordings.available());
        let result = self.room.handle(input, self.now());
        self.carry_out().await;
        result
    }

    async fn close(&mut self, standing: Standing) -> Result<(), RoomError> {
        let input = match (self.room.standing(), standing) {
            (Standing::Deleted, _) => return Err(RoomError::NoSuchRoom),
            // What is over needs not be switched off.
            (Standing::UsedUp, Standing::Disabled) => return Ok(()),
            (_, Standing::Deleted) => Input::Delete,
            _ => Input::Disable,
        };
        if standing == Standing::Deleted {
            // Nothing of it is written any more.
            self.boards = Boards::default();
        }
        self.shared.store.set_standing(&self.room_id, standing, self.now()).await?;
        Ok(self.handle(input).await?)
    }

    async fn open(&mut self) -> Result<(), RoomError> {
        match self.room.standing() {
            Standing::Active => {}
            Standing::Disabled => {
                self.shared.store.set_standing(&self.room_id, Standing::Active, self.now()).await?;
                self.handle(Input::Enable).await?;
            }
            Standing::UsedUp => return Err(Refusal::RoomEnded.into()),
            Standing::Deleted => return Err(RoomError::NoSuchRoom),
        }
        self.shared.media.create(&self.room_id).await;
        Ok(())
    }

    async fn invite(&mut self, invitation: Invitation) -> Result<MediaRights, RoomError> {
        let (store, company) = (self.shared.store.clone(), self.company.clone());
        let user = store.user(&company, &invitation.seat.user_id).await?;
        let settings = invitation.settings(user.is_some_and(|user| user.role == Role::Plus));
        let id = settings.participant_id.clone();
        // Whatever would be refused is, before anything is written.
        self.room.may_invite(&settings, invitation.by, self.now())?;
        if self.users.contains_key(&id) {
            if invitation.by != Inviter::Holder {
                let (name, consent) = (settings.display_name.as_deref(), settings.recording_consent);
                store.change_seat(&self.room_id, &id, name, settings.is_speaker, consent).await?;
            }
        } else {
            if self.users.len() >= MAX_SEATS {
                return Err(Refusal::RoomFull.into());
            }
            match store.add_seat(&self.room_id, &company, &invitation.seat).await {
                // Somebody's user id: the seat is another's.
                Err(StoreError::Exists) => return Err(Refusal::IdTaken.into()),
                added => added?,
            }
            self.users.insert(id.clone(), settings.user_id.clone());
        }
        self.handle(Input::Invite { seat: Box::new(settings), by: invitation.by }).await?;
        self.tokens_until = self.tokens_until.max(Instant::now() + invitation.token_life);
        self.past_revocation(&id).await;
        self.room.token_rights(&id).ok_or(RoomError::Refused(Refusal::StillWaiting))
    }

    async fn change(&mut self, change: Change) -> Result<(), RoomError> {
        if self.room.standing() == Standing::Deleted {
            return Err(RoomError::NoSuchRoom);
        }
        self.room.may_change(self.now())?;
        let mut options = self.stored.options.clone();
        change(&mut options);
        check_open(&options).map_err(RoomError::Invalid)?;
        match self.shared.store.change_room(&self.room_id, &options, self.now()).await {
            Err(StoreError::Exists) => return Err(RoomError::Invalid(name_taken())),
            changed => changed?,
        }
        let policy = Box::new(policy_of(&options));
        self.stored.options = options;
        Ok(self.handle(Input::Change { policy }).await?)
    }

    async fn renew_link(&mut self, participant_id: ParticipantId, link: NewLink) -> Result<(), RoomError> {
        if self.room.standing() == Standing::Deleted {
            return Err(RoomError::NoSuchRoom);
        }
        let renewed = self.shared.store.renew_link(&self.room_id, &participant_id, link).await?;
        let link = renewed.ok_or(RoomError::Refused(Refusal::NoSuchSeat))?;
        Ok(self.handle(Input::RenewLink { participant_id, link }).await?)
    }

    async fn add_seat(&mut self, company: &CompanyId, seat: &NewSeat, is_plus: bool) -> Result<(), RoomError> {
        // Whatever would be refused is, before anything is written.
        self.room.may_add_seat(is_plus, self.now())?;
        self.shared.store.add_seat(&self.room_id, company, seat).await?;
        self.users.insert(seat.participant_id.clone(), seat.user_id.clone());
        Ok(self.handle(Input::AddSeat { seat: new_seat(seat, is_plus) }).await?)
    }

    async fn replan(
        &mut self,
        company: &CompanyId,
        plan: &NewPlan,
        plus: &HashSet<ParticipantId>,
    ) -> Result<(), RoomError> {
        let planned = plan_of(plan, |seat| plus.contains(&seat.participant_id));
        self.room.may_replan(&planned, self.now())?;
        self.shared.store.replan(&self.room_id, company, plan).await?;
        // Those who are gone stay known by name for what is told of them yet.
        self.users.extend(planned.seats.iter().map(|seat| (seat.participant_id.clone(), seat.user_id.clone())));
        Ok(self.handle(Input::Replan { plan: Box::new(planned) }).await?)
    }

    async fn stop(&mut self) {
        let _ = self.handle(Input::Stop).await;
    }

    /// Does what the room asks for, in its order.
    async fn carry_out(&mut self) {
        self.carry_out_with(Vec::new()).await;
    }

    /// Sends what boards tell, and does what the room asks for.
    async fn carry_out_with(&mut self, told: Vec<(ConnectionId, ServerMessage)>) {
        let mut behind = Vec::new();
        for (to, message) in told {
            self.mail(to, Mail::Message(Box::new(message)), &mut behind);
        }
        // Whom a caller rings is one event, however many they are.
        let mut rung: BTreeMap<Option<ParticipantId>, Vec<UserId>> = BTreeMap::new();
        loop {
            while let Some(output) = self.room.poll_output() {
                if let Output::RingStarted { caller, user_id, .. } = &output {
                    rung.entry(caller.clone()).or_default().push(user_id.clone());
                }
                if let Err(error) = self.carry_out_one(output, &mut behind).await {
                    tracing::error!(%error, "the room could not be written down");
                }
            }
            // Whoever does not read is off the line, which the room has to know.
            let Some(connection) = behind.pop() else { break };
            tracing::info!("a client does not keep up and is put off the line");
            let _ = self.room.handle(Input::Disconnect { connection }, self.now());
        }
        for (caller, called) in rung {
            let caller = caller.and_then(|caller| Some((caller.clone(), self.users.get(&caller)?.clone())));
            self.tell(News::CallIncoming { caller, called }, self.now()).await;
        }
    }

    async fn carry_out_one(&mut self, output: Output, behind: &mut Vec<ConnectionId>) -> Result<(), StoreError> {
        let (shared, room_id) = (self.shared.clone(), self.room_id.clone());
        let (store, media) = (&shared.store, &shared.media);
        match output {
            Output::Send { to, message } => self.mail(to, Mail::Message(Box::new(message)), behind),
            Output::SendMediaToken { to, participant_id, display_name, rights } => {
                self.past_revocation(&participant_id).await;
                match shared.signer.sign(&room_id, &participant_id, &display_name, &rights) {
                    Ok(token) => self.mail(to, Mail::MediaToken(token), behind),
                    Err(error) => tracing::error!(%error, "no media token could be made"),
                }
            }
            Output::Close { connection } => {
                self.clients.remove(&connection);
                self.boards.forget(connection);
            }
            Output::RemoveMedia { participant_id, revoke } => {
                media.remove(&room_id, &participant_id, revoke).await;
                if revoke {
                    self.revoked.insert(participant_id, since_epoch().as_secs());
                }
            }
            Output::SetMediaRights { participant_id, rights } => {
                media.set_rights(&room_id, &participant_id, rights).await;
            }
            Output::EndMedia => media.end(&room_id).await,
            Output::SessionStarted { session_id, at } => {
                tracing::info!(session = %session_id, "session started");
                store.session_started(&room_id, &session_id, at).await?;
                self.tell(News::SessionStarted { session_id }, at).await;
            }
            Output::Checkpoint { session_id, used, at } => store.session_seen(&room_id, &session_id, used, at).await?,
            Output::SessionEnded { session_id, used, at } => {
                tracing::info!(session = %session_id, used_s = used.as_secs(), "session ended");
                store.session_ended(&room_id, &session_id, used, at).await?;
                self.tell(News::SessionEnded { session_id, used }, at).await;
            }
            Output::ParticipantJoined { session_id, participant_id, at } => {
                let Some(user_id) = self.users.get(&participant_id).cloned() else { return Ok(()) };
                self.tell(News::ParticipantJoined { session_id, participant_id, user_id }, at).await;
            }
            Output::ParticipantLeft { session_id, participant_id, reason, at } => {
                let Some(user_id) = self.users.get(&participant_id).cloned() else { return Ok(()) };
                self.tell(News::ParticipantLeft { session_id, participant_id, user_id, reason }, at).await;
            }
            Output::LineChanged { session_id, participant_id, kind, up, at } => {
                let kind = match kind {
                    LineKind::Channel => ConnectionKind::Channel,
                    LineKind::Media => ConnectionKind::Media,
                };
                match self.users.get(&participant_id) {
                    Some(user_id) if up => {
                        store.connected(&session_id, &participant_id, user_id, kind, at).await?;
                    }
                    _ => store.disconnected(&session_id, &participant_id, kind, at).await?,
                }
            }
            Output::ChatAdded { message } => {
                store.chat_added(&room_id, &message).await?;
                let (session_id, participant_id) = (message.session_id, message.from);
                if let Some((file, user_id)) = message.file.zip(self.users.get(&participant_id).cloned()) {
                    let file_id = file.file_id;
                    let news = News::FileUploaded { session_id, participant_id, user_id, file_id };
                    self.tell(news, self.now()).await;
                }
            }
            Output::ToBoard { participant_id, connection, message } => {
                let told =
                    self.boards.take(&self.room, &**store, &room_id, &participant_id, connection, message).await?;
                for (to, message) in told {
                    self.mail(to, Mail::Message(Box::new(message)), behind);
                }
            }
            Output::ConsentGiven { session_id, consent } => {
                store.consent_given(&room_id, session_id.as_ref(), &consent).await?;
                if let Some((_, recorder)) = &self.recorder {
                    store.recording_consent(&recorder.recording, &consent).await?;
                }
            }
            Output::StartRecorder { run, session_id, layout, people, consents } => {
                let wanted = Wanted {
                    run,
                    company: self.company.clone(),
                    room: room_id,
                    session: session_id,
                    title: self.stored.options.description.clone().unwrap_or_default(),
                    layout,
                    tracks: self.stored.options.recording_tracks,
                    people,
                    consents,
                };
                self.recorder = Some((run, shared.recordings.start(wanted, self.reports.clone()).await));
            }
            Output::RecorderPeople { run, people } => self.order(run, RecorderOrder::People { people }),
            Output::RecorderChat { run, participant_id, display_name, text } => {
                self.order(run, RecorderOrder::Chat { participant_id, display_name, text });
            }
            Output::RecorderLayout { run, layout } => self.order(run, RecorderOrder::Layout { layout }),
            Output::StopRecorder { run } => {
                self.order(run, RecorderOrder::Stop);
                self.recorder = None;
            }
            Output::AdminActed { by, action, to } => {
                let line = AuditLine {
                    at: self.now(),
                    actor_kind: ActorKind::Participant,
                    actor: self.users.get(&by).cloned(),
                    action: action.name().to_owned(),
                    room: Some(room_id),
                    session: self.room.session_id().cloned(),
                    subject: to.as_ref().and_then(|to| self.users.get(to)).map(ToString::to_string),
                    participant: to,
                };
                store.audit(&self.company, &line).await?;
            }
            Output::RingStarted { participant_id, user_id, caller_name, until, .. } => {
                let call = Call {
                    room: room_id,
                    participant_id,
                    title: self.stored.options.description.clone(),
                    call_type: self.stored.options.call_type,
                    recording: self.stored.options.recording,
                    caller_name,
                    until,
                };
                shared.users.ring(&self.company, &user_id, call);
            }
            Output::RingOver { participant_id, user_id, state } => {
                shared.users.ring_over(&self.company, &user_id, &room_id, &participant_id, state);
            }
            Output::DurationChanged { duration } => store.set_duration(&room_id, duration).await?,
            Output::UsedUp => {
                tracing::info!("the duration is used up");
                store.set_standing(&room_id, Standing::UsedUp, self.now()).await?;
            }
        }
        Ok(())
    }

    fn order(&self, run: RecorderRun, order: RecorderOrder) {
        if let Some((_, recorder)) = self.recorder.as_ref().filter(|(at_work, _)| *at_work == run) {
            recorder.order(order);
        }
    }

    async fn write_boards(&mut self) {
        if let Err(error) = self.boards.write(&*self.shared.store, &self.room_id).await {
            tracing::error!(%error, "a board could not be written down");
        }
    }

    fn mail(&mut self, to: ConnectionId, mail: Mail, behind: &mut Vec<ConnectionId>) {
        if let Some(client) = self.clients.get(&to)
            && client.try_send(mail).is_err()
        {
            self.clients.remove(&to);
            behind.push(to);
        }
    }

    /// Tokens tell when they were made in whole seconds. One made in the second of a revocation would be refused with those
    /// from before, so it is made in the next.
    async fn past_revocation(&mut self, seat: &ParticipantId) {
        let Some(second) = self.revoked.remove(seat) else { return };
        let next = Duration::from_secs(second + 1);
        tokio::time::sleep(next.saturating_sub(since_epoch()).min(Duration::from_secs(1))).await;
    }

    async fn tell(&self, news: News, at: Timestamp) {
        self.shared.listener.hear(&self.company, &self.room_id, news, at).await;
    }

    fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }
}

/// By the wall clock, as tokens have it.
fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Never, when there is no time.
async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
