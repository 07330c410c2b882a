//! The rooms that are awake. Each is owned by one task, which alone changes it, in memory and in storage, and does what its
//! state machine asks for. A room sleeps (in storage only) while nobody is in and no token for it can still be good.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use tokio::sync::{mpsc, oneshot};
use tracing::Instrument;
use visita_protocol::{ErrorCode, ParticipantId, Problem, RoomId, SessionId, channel::ServerMessage, rest::Role};
use visita_room::{
    ConnectionId, EntryId, Facts, Input, LinkSerial, Output, Refusal, Restored, Room, SeatSettings, Settings, Standing,
    Timestamp,
};

use crate::{
    clock::Clock,
    media::Media,
    store::{NewLink, Store, StoreError, StoredRoom},
    tokens::TOKEN_LIFE,
};

/// Commands that wait for a room. More than a room of 25 can have under way.
const INBOX: usize = 256;

/// Messages that wait for one client. A client that is further behind than this is put off the line and starts afresh.
const OUTBOX: usize = 256;

/// Messages to one client; its end closes the connection.
pub(crate) type Outbox = mpsc::Receiver<ServerMessage>;

/// Why a room did not do it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RoomError {
    #[error("no such room")]
    NoSuchRoom,
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the server stops")]
    Stopping,
}

impl RoomError {
    pub(crate) fn problem(&self) -> Problem {
        match self {
            Self::NoSuchRoom => Problem::new(ErrorCode::RoomNotFound, "no such room"),
            Self::Refused(refusal) => refusal.problem(),
            Self::Store(error) => {
                tracing::error!(%error, "storage failed");
                Problem::new(ErrorCode::Internal, "something went wrong on the server")
            }
            Self::Stopping => Problem::new(ErrorCode::ServerUnreachable, "the server stops"),
        }
    }
}

/// All rooms; cheap to clone.
#[derive(Clone)]
pub(crate) struct Rooms {
    shared: Arc<Shared>,
}

struct Shared {
    store: Arc<dyn Store>,
    media: Media,
    clock: Clock,
    grace: Duration,
    awake: Mutex<HashMap<RoomId, mpsc::Sender<Command>>>,
    stopping: AtomicBool,
    last_connection: AtomicU64,
    last_entry: AtomicU64,
}

type Reply<T> = oneshot::Sender<Result<T, RoomError>>;

enum Command {
    Handle { input: Input, reply: Reply<()> },
    Connect { input: Input, connection: ConnectionId, outbox: mpsc::Sender<ServerMessage>, reply: Reply<()> },
    Look { participant_id: ParticipantId, link: LinkSerial, reply: Reply<Facts> },
    Close { standing: Standing, reply: Reply<()> },
    RenewLink { participant_id: ParticipantId, link: NewLink, reply: Reply<()> },
    Stop { reply: Reply<()> },
}

impl Rooms {
    pub(crate) fn new(store: Arc<dyn Store>, media: Media, clock: Clock, grace: Duration) -> Self {
        Self {
            shared: Arc::new(Shared {
                store,
                media,
                clock,
                grace,
                awake: Mutex::default(),
                stopping: AtomicBool::new(false),
                last_connection: AtomicU64::new(0),
                last_entry: AtomicU64::new(0),
            }),
        }
    }

    /// What a link shows.
    pub(crate) async fn look(
        &self,
        room: &RoomId,
        participant_id: ParticipantId,
        link: LinkSerial,
    ) -> Result<Facts, RoomError> {
        self.ask(room, |reply| Command::Look { participant_id, link, reply }).await
    }

    /// Uses a link; answers the new entry.
    pub(crate) async fn enter(
        &self,
        room: &RoomId,
        participant_id: ParticipantId,
        link: LinkSerial,
        displace: bool,
    ) -> Result<EntryId, RoomError> {
        let entry = self.new_entry();
        let input = Input::Enter { participant_id, link, entry, displace };
        self.ask(room, |reply| Command::Handle { input, reply }).await?;
        Ok(entry)
    }

    /// Connects a channel; what comes to it arrives at the outbox, whose end is the end of the connection.
    pub(crate) async fn connect(
        &self,
        room: &RoomId,
        hello: impl FnOnce(ConnectionId, SessionId) -> Input,
    ) -> Result<(ConnectionId, Outbox), RoomError> {
        let connection = ConnectionId(self.shared.last_connection.fetch_add(1, Ordering::Relaxed) + 1);
        let input = hello(connection, self.new_session_id());
        let (outbox, messages) = mpsc::channel(OUTBOX);
        self.ask(room, |reply| Command::Connect { input, connection, outbox, reply }).await?;
        Ok((connection, messages))
    }

    /// Hands an input to a room.
    pub(crate) async fn handle(&self, room: &RoomId, input: Input) -> Result<(), RoomError> {
        self.ask(room, |reply| Command::Handle { input, reply }).await
    }

    /// Hands a room news that nobody waits for an answer to.
    pub(crate) async fn tell(&self, room: &RoomId, input: Input) {
        if let Err(error) = self.handle(room, input).await {
            tracing::debug!(%room, %error, "news was not taken");
        }
    }

    /// Switches a room off or deletes it.
    pub(crate) async fn close(&self, room: &RoomId, standing: Standing) -> Result<(), RoomError> {
        self.ask(room, |reply| Command::Close { standing, reply }).await
    }

    /// Gives a seat a new link and takes the old one back.
    pub(crate) async fn renew_link(
        &self,
        room: &RoomId,
        participant_id: ParticipantId,
        link: NewLink,
    ) -> Result<(), RoomError> {
        self.ask(room, |reply| Command::RenewLink { participant_id, link, reply }).await
    }

    /// Tells everybody in every room that the server stops; done when all is written down.
    pub(crate) async fn stop(&self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        let awake: Vec<_> = self.shared.awake.lock().drain().collect();
        for (_, room) in awake {
            let (reply, done) = oneshot::channel();
            if room.send(Command::Stop { reply }).await.is_ok() {
                let _ = done.await;
            }
        }
    }

    pub(crate) fn new_session_id(&self) -> SessionId {
        crate::ids::new()
    }

    /// Greater than every entry before, also those of the server's last run.
    fn new_entry(&self) -> EntryId {
        let now = self.shared.clock.now().unix_ms();
        let last = self
            .shared
            .last_entry
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| Some(now.max(last + 1)))
            .unwrap_or_default();
        EntryId(now.max(last + 1))
    }

    async fn ask<T>(&self, room: &RoomId, command: impl FnOnce(Reply<T>) -> Command) -> Result<T, RoomError> {
        let (reply, answer) = oneshot::channel();
        let mut command = command(reply);
        loop {
            let inbox = self.awake(room).await?;
            match inbox.send(command).await {
                Ok(()) => return answer.await.map_err(|_| RoomError::Stopping)?,
                // It fell asleep just now: wake it again.
                Err(mpsc::error::SendError(unsent)) => command = unsent,
            }
        }
    }

    /// The room's task, started when there is none.
    async fn awake(&self, room: &RoomId) -> Result<mpsc::Sender<Command>, RoomError> {
        if let Some(inbox) = self.shared.find(room)? {
            return Ok(inbox);
        }
        let stored = self.shared.store.room(room).await?.ok_or(RoomError::NoSuchRoom)?;
        let mut awake = self.shared.awake.lock();
        if self.shared.stopping.load(Ordering::SeqCst) {
            return Err(RoomError::Stopping);
        }
        if let Some(inbox) = awake.get(room).filter(|inbox| !inbox.is_closed()) {
            return Ok(inbox.clone());
        }
        let (inbox, commands) = mpsc::channel(INBOX);
        awake.insert(room.clone(), inbox.clone());
        drop(awake);
        let owner = Owner::new(self.shared.clone(), &stored);
        let span = tracing::info_span!("room", id = %room);
        tokio::spawn(owner.run(commands).instrument(span));
        Ok(inbox)
    }
}

impl Shared {
    fn find(&self, room: &RoomId) -> Result<Option<mpsc::Sender<Command>>, RoomError> {
        if self.stopping.load(Ordering::SeqCst) {
            return Err(RoomError::Stopping);
        }
        Ok(self.awake.lock().get(room).filter(|inbox| !inbox.is_closed()).cloned())
    }
}

/// The task that owns a room.
struct Owner {
    shared: Arc<Shared>,
    room_id: RoomId,
    room: Room,
    clients: HashMap<ConnectionId, mpsc::Sender<ServerMessage>>,
    last_used: Instant,
}

impl Owner {
    fn new(shared: Arc<Shared>, stored: &StoredRoom) -> Self {
        let room =
            Room::new(settings_of(stored, shared.grace), Restored { standing: stored.standing, used: stored.used });
        Self { shared, room_id: stored.room_id.clone(), room, clients: HashMap::new(), last_used: Instant::now() }
    }

    async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        tracing::debug!("awake");
        loop {
            let due = self.room.poll_timeout().map(|at| self.shared.clock.instant(at));
            let sleep_at = self.room.is_empty().then(|| self.last_used + TOKEN_LIFE);
            tokio::select! {
                command = commands.recv() => match command {
                    Some(command) => {
                        self.last_used = Instant::now();
                        if self.take(command).await {
                            break;
                        }
                    }
                    None => break,
                },
                () = until(due) => {
                    self.room.handle_timeout(self.now());
                    self.carry_out().await;
                    self.last_used = Instant::now();
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
            Command::Connect { input, connection, outbox, reply } => {
                self.clients.insert(connection, outbox);
                let result = self.handle(input).await;
                if result.is_err() {
                    self.clients.remove(&connection);
                }
                let _ = reply.send(result.map_err(Into::into));
            }
            Command::Look { participant_id, link, reply } => {
                let facts = self.room.look(&participant_id, link, self.now());
                let _ = reply.send(facts.map_err(Into::into));
            }
            Command::Close { standing, reply } => {
                let result = self.close(standing).await;
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
        self.shared.store.set_standing(&self.room_id, standing).await?;
        Ok(self.handle(input).await?)
    }

    async fn renew_link(&mut self, participant_id: ParticipantId, link: NewLink) -> Result<(), RoomError> {
        if self.room.standing() == Standing::Deleted {
            return Err(RoomError::NoSuchRoom);
        }
        let renewed = self.shared.store.renew_link(&self.room_id, &participant_id, link).await?;
        let link = renewed.ok_or(RoomError::Refused(Refusal::NoSuchSeat))?;
        Ok(self.handle(Input::RenewLink { participant_id, link }).await?)
    }

    async fn stop(&mut self) {
        let _ = self.handle(Input::Stop).await;
    }

    /// Does what the room asks for, in its order.
    async fn carry_out(&mut self) {
        let mut behind = Vec::new();
        loop {
            while let Some(output) = self.room.poll_output() {
                self.carry_out_one(output, &mut behind).await;
            }
            // Whoever does not read is off the line, which the room has to know.
            let Some(connection) = behind.pop() else { break };
            tracing::info!("a client does not keep up and is put off the line");
            let _ = self.room.handle(Input::Disconnect { connection }, self.now());
        }
    }

    async fn carry_out_one(&mut self, output: Output, behind: &mut Vec<ConnectionId>) {
        let (store, room_id) = (&self.shared.store, &self.room_id);
        let written = match output {
            Output::Send { to, message } => {
                if let Some(client) = self.clients.get(&to)
                    && client.try_send(message).is_err()
                {
                    self.clients.remove(&to);
                    behind.push(to);
                }
                Ok(())
            }
            Output::Close { connection } => {
                self.clients.remove(&connection);
                Ok(())
            }
            Output::RemoveMedia { participant_id } => {
                self.shared.media.remove(room_id, &participant_id).await;
                Ok(())
            }
            Output::EndMedia => {
                self.shared.media.end(room_id).await;
                Ok(())
            }
            Output::SessionStarted { session_id, at } => {
                tracing::info!(session = %session_id, "session started");
                store.session_started(room_id, &session_id, at).await
            }
            Output::Checkpoint { session_id, used, at } => store.session_seen(room_id, &session_id, used, at).await,
            Output::SessionEnded { session_id, used, at } => {
                tracing::info!(session = %session_id, used_s = used.as_secs(), "session ended");
                store.session_ended(room_id, &session_id, used, at).await
            }
            Output::UsedUp => {
                tracing::info!("the duration is used up");
                store.set_standing(room_id, Standing::UsedUp).await
            }
        };
        if let Err(error) = written {
            tracing::error!(%error, "the room could not be written down");
        }
    }

    fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }
}

fn settings_of(stored: &StoredRoom, grace: Duration) -> Settings {
    let seat = |seat: &crate::store::StoredSeat| SeatSettings {
        participant_id: seat.participant_id.clone(),
        user_id: seat.user_id.clone(),
        is_admin: seat.is_admin,
        is_plus: seat.role == Role::Plus,
        tools: seat.tools,
        link: seat.link,
    };
    Settings {
        room_id: stored.room_id.clone(),
        title: stored.options.description.clone(),
        call_type: stored.options.call_type,
        recording: stored.options.recording,
        duration: stored.options.duration,
        ends_at: stored.options.schedule.ends_at,
        seats: stored.seats.iter().map(seat).collect(),
        grace,
    }
}

/// Never, when there is no time.
async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
