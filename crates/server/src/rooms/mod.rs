//! The rooms that are awake. Each is owned by one task, which alone changes it, in memory and in storage, and does what its
//! state machine asks for. A room sleeps (in storage only) while nobody is in and no token for it can still be good.

mod boards;
mod news;
mod owner;
mod rules;
mod settings;

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;
use tokio::sync::{mpsc, oneshot};
use tracing::Instrument;
use visita_protocol::{
    CompanyId, ErrorCode, ParticipantId, Problem, RoomId, Secret, SessionId,
    channel::{ClientMessage, FilePurpose, ServerMessage},
};
use visita_room::{
    ConnectionId, Deed, EntryId, Facts, Input, LinkSerial, MediaRights, Occupant, Refusal, Running, Standing, Whom,
};

use crate::{
    clock::Clock,
    media::Media,
    recordings::Recordings,
    store::{NewLink, NewPlan, NewSeat, RoomOptions, Store, StoreError, StoredRoom},
    tokens::LiveKitSigner,
    users::Users,
};

pub(crate) use news::{Listener, News};
use owner::Owner;
pub(crate) use rules::{
    Invitation, MAX_SEATS, check_capacity, check_description, check_lets_in, check_open, largest_capacity, name_taken,
};
pub(crate) use settings::{asleep, gives_links, plan_of};

/// Commands that wait for a room. More than a room of 25 can have under way.
const INBOX: usize = 256;

/// Messages that wait for one client. A client that is further behind than this is put off the line and starts afresh.
const OUTBOX: usize = 256;

/// What goes to one client; its end closes the connection.
pub(crate) type Outbox = mpsc::Receiver<Mail>;

/// One thing that goes to a client.
#[derive(Debug)]
pub(crate) enum Mail {
    /// As it is.
    Message(Box<ServerMessage>),
    /// A LiveKit token; where LiveKit is, the connection knows by how it was reached.
    MediaToken(Secret),
}

/// What using a link came to.
pub(crate) struct Entered {
    pub(crate) entry: EntryId,
    /// What a media token grants; `None` when an admin has to let the seat in first.
    pub(crate) rights: Option<MediaRights>,
}

/// Why a room did not do it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RoomError {
    #[error("no such room")]
    NoSuchRoom,
    #[error("{}", .0.message)]
    Invalid(Problem),
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
            Self::Invalid(problem) => problem.clone(),
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

/// What rooms need.
pub(crate) struct Parts {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) media: Media,
    pub(crate) signer: LiveKitSigner,
    pub(crate) users: Users,
    pub(crate) recordings: Recordings,
    pub(crate) listener: Arc<dyn Listener>,
    pub(crate) clock: Clock,
    /// How long a lost channel connection keeps its seat.
    pub(crate) grace: Duration,
}

struct Shared {
    store: Arc<dyn Store>,
    media: Media,
    signer: LiveKitSigner,
    users: Users,
    recordings: Recordings,
    listener: Arc<dyn Listener>,
    clock: Clock,
    grace: Duration,
    awake: Mutex<HashMap<RoomId, mpsc::Sender<Command>>>,
    stopping: AtomicBool,
    last_connection: AtomicU64,
    last_entry: AtomicU64,
}

type Reply<T> = oneshot::Sender<Result<T, RoomError>>;

enum Command {
    Handle {
        input: Input,
        reply: Reply<()>,
    },
    Enter {
        input: Input,
        participant_id: ParticipantId,
        reply: Reply<Option<MediaRights>>,
    },
    Connect {
        input: Input,
        connection: ConnectionId,
        outbox: mpsc::Sender<Mail>,
        reply: Reply<()>,
    },
    Occupants {
        reply: Reply<Vec<Occupant>>,
    },
    /// Does not keep the room awake.
    Running {
        reply: Reply<Option<Running>>,
    },
    AddSeat {
        company: CompanyId,
        seat: Box<NewSeat>,
        is_plus: bool,
        reply: Reply<()>,
    },
    Replan {
        company: CompanyId,
        plan: Box<NewPlan>,
        /// New seats of users with the role plus.
        plus: HashSet<ParticipantId>,
        reply: Reply<()>,
    },
    /// Whether somebody who came by that entry may do something with files; answers the session.
    Asks {
        participant_id: ParticipantId,
        entry: EntryId,
        what: Asks,
        reply: Reply<SessionId>,
    },
    Look {
        participant_id: ParticipantId,
        link: LinkSerial,
        reply: Reply<Facts>,
    },
    Close {
        standing: Standing,
        reply: Reply<()>,
    },
    /// Switched on, with its media room.
    Open {
        reply: Reply<()>,
    },
    Invite {
        invitation: Box<Invitation>,
        reply: Reply<MediaRights>,
    },
    Change {
        change: Change,
        reply: Reply<()>,
    },
    RenewLink {
        participant_id: ParticipantId,
        link: NewLink,
        reply: Reply<()>,
    },
    Stop {
        reply: Reply<()>,
    },
}

/// What is done to a room's options, by the task that owns the room, so that no other change gets lost.
pub(crate) type Change = Box<dyn FnOnce(&mut RoomOptions) + Send>;

/// What somebody asks to do with files.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Asks {
    Share(FilePurpose),
    Fetch(FilePurpose),
    /// What only admins do.
    Administer,
}

impl Rooms {
    pub(crate) fn new(parts: Parts) -> Self {
        let Parts { store, media, signer, users, recordings, listener, clock, grace } = parts;
        Self {
            shared: Arc::new(Shared {
                store,
                media,
                signer,
                users,
                recordings,
                listener,
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

    /// Whether somebody who came by that entry may do something with files; answers the session they are in.
    pub(crate) async fn may(
        &self,
        room: &RoomId,
        participant_id: ParticipantId,
        entry: EntryId,
        what: Asks,
    ) -> Result<SessionId, RoomError> {
        self.ask(room, |reply| Command::Asks { participant_id, entry, what, reply }).await
    }

    /// Who is there, seat by seat.
    pub(crate) async fn occupants(&self, room: &RoomId) -> Result<Vec<Occupant>, RoomError> {
        self.ask(room, |reply| Command::Occupants { reply }).await
    }

    /// The session that runs. A room that is asleep, where none does, goes on sleeping.
    pub(crate) async fn running(&self, room: &RoomId) -> Option<Running> {
        let inbox = self.shared.find(room).ok().flatten()?;
        let (reply, answer) = oneshot::channel();
        inbox.send(Command::Running { reply }).await.ok()?;
        answer.await.ok()?.ok().flatten()
    }

    /// One more seat for an open room.
    pub(crate) async fn add_seat(
        &self,
        room: &RoomId,
        company: CompanyId,
        seat: NewSeat,
        is_plus: bool,
    ) -> Result<(), RoomError> {
        let seat = Box::new(seat);
        self.ask(room, |reply| Command::AddSeat { company, seat, is_plus, reply }).await
    }

    /// Plans a visit anew; `plus` are the new seats of users with the role plus.
    pub(crate) async fn replan(
        &self,
        room: &RoomId,
        company: CompanyId,
        plan: NewPlan,
        plus: HashSet<ParticipantId>,
    ) -> Result<(), RoomError> {
        let plan = Box::new(plan);
        self.ask(room, |reply| Command::Replan { company, plan, plus, reply }).await
    }

    /// Rings those who are not in, or one of them, whether or not somebody is in.
    pub(crate) async fn ring(&self, room: &RoomId, participant_id: Option<ParticipantId>) -> Result<(), RoomError> {
        self.handle(room, Input::Ring { participant_id }).await
    }

    /// Hands a room what a channel said.
    pub(crate) async fn say(
        &self,
        room: &RoomId,
        connection: ConnectionId,
        message: ClientMessage,
    ) -> Result<(), RoomError> {
        self.handle(room, Input::Message { connection, message }).await
    }

    /// Uses a link; answers the new entry.
    pub(crate) async fn enter(
        &self,
        room: &RoomId,
        participant_id: ParticipantId,
        link: LinkSerial,
        displace: bool,
    ) -> Result<Entered, RoomError> {
        let entry = self.new_entry();
        let input = Input::Enter { participant_id: participant_id.clone(), link, entry, displace };
        let rights = self.ask(room, |reply| Command::Enter { input, participant_id, reply }).await?;
        Ok(Entered { entry, rights })
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

    /// Switches a room on, if it is not, and makes its media room.
    pub(crate) async fn open(&self, room: &RoomId) -> Result<(), RoomError> {
        self.ask(room, |reply| Command::Open { reply }).await
    }

    /// Lets somebody come by a media token; answers what that grants.
    pub(crate) async fn invite(&self, room: &RoomId, invitation: Invitation) -> Result<MediaRights, RoomError> {
        let invitation = Box::new(invitation);
        self.ask(room, |reply| Command::Invite { invitation, reply }).await
    }

    /// Does something to those who are in a session, which has to be the running one.
    pub(crate) async fn moderate(
        &self,
        room: &RoomId,
        session_id: SessionId,
        deed: Deed,
        whom: Whom,
    ) -> Result<(), RoomError> {
        self.handle(room, Input::Moderate { session_id, deed, whom }).await
    }

    /// Changes what a room is; it holds at once for those who are in.
    pub(crate) async fn change(
        &self,
        room: &RoomId,
        change: impl FnOnce(&mut RoomOptions) + Send + 'static,
    ) -> Result<(), RoomError> {
        let change = Box::new(change);
        self.ask(room, |reply| Command::Change { change, reply }).await
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

    /// How many rooms are awake.
    pub(crate) fn awake_now(&self) -> usize {
        self.shared.awake.lock().len()
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
        let mut stored = self.shared.store.room(room).await?.ok_or(RoomError::NoSuchRoom)?;
        self.shared.hear_refusals(&mut stored).await?;
        let chat = self.shared.store.chat(room, visita_room::CHAT).await?;
        let deleted = self.shared.store.deleted_files(room, visita_room::CHAT).await?;
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
        let owner = Owner::new(self.shared.clone(), stored, chat, deleted);
        let span = tracing::info_span!("room", id = %room);
        tokio::spawn(owner.run(commands).instrument(span));
        Ok(inbox)
    }
}

impl Shared {
    /// A person's own no to being recorded holds against what the API said before it.
    async fn hear_refusals(&self, room: &mut StoredRoom) -> Result<(), StoreError> {
        if room.seats.iter().all(|seat| seat.recording_consent.is_none()) {
            return Ok(());
        }
        for (_, consent) in self.store.consents(&room.room_id).await?.iter().filter(|(_, consent)| !consent.answer) {
            let seat = room.seats.iter_mut().find(|seat| seat.participant_id == consent.participant_id);
            if let Some(seat) = seat {
                seat.recording_consent = None;
            }
        }
        Ok(())
    }

    fn find(&self, room: &RoomId) -> Result<Option<mpsc::Sender<Command>>, RoomError> {
        if self.stopping.load(Ordering::SeqCst) {
            return Err(RoomError::Stopping);
        }
        Ok(self.awake.lock().get(room).filter(|inbox| !inbox.is_closed()).cloned())
    }
}
