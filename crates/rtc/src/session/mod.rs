//! The session: one task that owns everything of a joined room and obeys commands.
//!
//! It goes through phases: joining, connected, recovering (resume on the same link, or rejoin on a new one), over.

mod commands;
mod data;
mod figures;
mod link;
mod messages;
mod network;
mod publication;
mod publishing;
mod recovery;
mod roster;
mod sdp;
mod subscribing;

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use livekit_protocol as proto;
use livekit_signaling::{SignalEvent, SignalEvents};
use parking_lot::Mutex;
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{Interval, MissedTickBehavior},
};
use visita_protocol::Bitrate;

use self::{
    data::DataBook,
    link::{Link, LinkEvent},
    network::NetworkWatch,
    publication::Publication,
    recovery::Phase,
    roster::Roster,
};
use crate::{
    AudioPublication, ConnectionState, Data, DisconnectReason, JoinError, JoinOptions, LocalAudio, LocalVideo, Path,
    RemoteMedia, RtcError, RtcEvent, RtcStats, VideoPublication, Wanted,
    engine::{Inlet, PeerEvent, Side},
};

/// How long the media connection may take at the join, all tries together.
const JOIN_TIMEOUT: Duration = Duration::from_secs(15);
/// How long one try may take.
const JOIN_TRY_TIMEOUT: Duration = Duration::from_millis(2500);
/// How long the server may take to name a track and to answer its offer.
const PUBLISH_TIMEOUT: Duration = Duration::from_secs(10);
/// Deadlines are looked after, and statistics taken, this often.
const TICK: Duration = Duration::from_millis(100);

/// What a [`crate::Room`] asks of its session.
pub(crate) enum Command {
    PublishVideo { publication: VideoPublication, reply: Reply<LocalVideo> },
    PublishAudio { publication: AudioPublication, reply: Reply<LocalAudio> },
    SetMuted { sid: String, muted: bool, reply: Reply<()> },
    Unpublish { sid: String, reply: Reply<()> },
    RequestKeyFrame { sid: String },
    SetWanted { sid: String, wanted: Wanted },
    SendData { data: Data, reply: Reply<()> },
    NetworkChanged,
}

/// Where an answer goes.
pub(crate) type Reply<T> = oneshot::Sender<Result<T, RtcError>>;

/// What a session shares with its handles.
#[derive(Default)]
pub(crate) struct Shared {
    stats: Mutex<RtcStats>,
}

impl Shared {
    /// The figures of the last tick.
    pub(crate) fn stats(&self) -> RtcStats {
        self.stats.lock().clone()
    }
}

/// A session under way.
pub(crate) struct Started {
    pub(crate) identity: String,
    pub(crate) sid: String,
    pub(crate) commands: mpsc::UnboundedSender<Command>,
    pub(crate) shared: Arc<Shared>,
    /// Answers once media can flow.
    pub(crate) connected: oneshot::Receiver<Result<(), JoinError>>,
    pub(crate) events: mpsc::UnboundedReceiver<RtcEvent>,
}

/// Connects the signalling and starts the session's task.
pub(crate) async fn start(options: JoinOptions, leaving: watch::Receiver<bool>) -> Result<Started, JoinError> {
    let (link_events_in, link_events) = mpsc::unbounded_channel();
    let (link, signal_events) =
        Link::open(&options, options.token.expose(), 1, options.known_rate, &link_events_in).await?;
    let (events_in, events) = mpsc::unbounded_channel();
    let (commands_in, commands) = mpsc::unbounded_channel();
    let (connected_in, connected) = oneshot::channel();
    let network = NetworkWatch::new(&options.url).await;
    let shared = Arc::new(Shared::default());
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (identity, sid) = (link.participant.identity.clone(), link.participant.sid.clone());
    let session = Session {
        permission: link.participant.permission.clone(),
        roster: Roster::new(identity.clone()),
        link,
        signal_events,
        link_events_in,
        link_events,
        options,
        commands,
        leaving,
        events: events_in,
        shared: shared.clone(),
        phase: Phase::Joining {
            reply: connected_in,
            try_until: Instant::now() + JOIN_TRY_TIMEOUT,
            deadline: Instant::now() + JOIN_TIMEOUT,
        },
        publications: Vec::new(),
        subscriptions: HashMap::new(),
        orphans: HashMap::new(),
        wanted: HashMap::new(),
        network,
        path: None,
        path_at: None,
        ticks,
        data: DataBook::default(),
        estimate: None,
        signal_round_trip: None,
        disconnected_since: None,
        unacknowledged: 0,
        next_cid: 1,
    };
    let span = tracing::info_span!("rtc", %identity);
    tokio::spawn(tracing::Instrument::instrument(session.run(), span));
    Ok(Started { identity, sid, commands: commands_in, shared, connected, events })
}

/// What is wanted of a track, and what the server knows of it.
struct WantedState {
    wanted: Wanted,
    told: Option<(Wanted, Instant)>,
}

struct Subscription {
    inlet: Inlet,
    identity: String,
}

struct Session {
    options: JoinOptions,
    link: Link,
    signal_events: SignalEvents,
    link_events_in: mpsc::UnboundedSender<LinkEvent>,
    link_events: mpsc::UnboundedReceiver<LinkEvent>,
    commands: mpsc::UnboundedReceiver<Command>,
    leaving: watch::Receiver<bool>,
    events: mpsc::UnboundedSender<RtcEvent>,
    shared: Arc<Shared>,
    phase: Phase,
    permission: Option<proto::ParticipantPermission>,
    roster: Roster,
    publications: Vec<Publication>,
    subscriptions: HashMap<String, Subscription>,
    /// Media that came before word of whose they are.
    orphans: HashMap<String, (Inlet, RemoteMedia)>,
    wanted: HashMap<String, WantedState>,
    network: NetworkWatch,
    path: Option<Path>,
    path_at: Option<Instant>,
    ticks: Interval,
    data: DataBook,
    estimate: Option<Bitrate>,
    signal_round_trip: Option<Duration>,
    disconnected_since: Option<Instant>,
    /// The last reliable message the server had at the last resume.
    unacknowledged: u32,
    next_cid: u32,
}

/// The session goes on, or ends for this reason.
type Flow = std::ops::ControlFlow<DisconnectReason>;

const GO_ON: Flow = Flow::Continue(());

enum Input {
    Leave,
    Command(Command),
    Signal(SignalEvent),
    Link(LinkEvent),
    Tick,
}

impl Session {
    async fn run(mut self) {
        let reason = match self.begin().await {
            Flow::Break(reason) => reason,
            Flow::Continue(()) => loop {
                let input = self.next().await;
                if let Flow::Break(reason) = self.handle(input).await {
                    break reason;
                }
            },
        };
        self.finish(reason).await;
    }

    async fn begin(&mut self) -> Flow {
        let others = std::mem::take(&mut self.link.join.other_participants);
        let changes = self.roster.update(&others);
        self.apply(changes).await;
        match self.link.negotiate().await {
            Ok(()) => GO_ON,
            Err(error) => self.join_failed(JoinError::Media(error.0)),
        }
    }

    async fn next(&mut self) -> Input {
        tokio::select! {
            biased;
            _ = self.leaving.wait_for(|leaving| *leaving) => Input::Leave,
            Some(event) = self.signal_events.recv() => Input::Signal(event),
            Some(event) = self.link_events.recv() => Input::Link(event),
            Some(command) = self.commands.recv() => Input::Command(command),
            _ = self.ticks.tick() => Input::Tick,
        }
    }

    async fn handle(&mut self, input: Input) -> Flow {
        match input {
            Input::Leave => Flow::Break(DisconnectReason::Left),
            Input::Command(Command::NetworkChanged) => self.on_network_change().await,
            Input::Command(command) => {
                self.on_command(command).await;
                GO_ON
            }
            Input::Signal(SignalEvent::Message(message)) => self.on_message(*message).await,
            Input::Signal(SignalEvent::Close(why)) => self.on_signal_closed(&why).await,
            Input::Link((generation, side, event)) if generation == self.link.generation => {
                self.on_link_event(side, event).await
            }
            Input::Link(_) => GO_ON,
            Input::Tick => self.on_tick().await,
        }
    }

    async fn finish(mut self, reason: DisconnectReason) {
        if let Phase::Joining { reply, .. } = std::mem::replace(&mut self.phase, Phase::Connected) {
            let _ = reply.send(Err(JoinError::Media(format!("the session ended: {reason:?}"))));
        }
        for sid in self.subscriptions.keys().cloned().collect::<Vec<_>>() {
            self.unsubscribed(&sid);
        }
        for publication in self.publications.drain(..) {
            publication.fail(RtcError::Closed);
        }
        let goodbye = reason == DisconnectReason::Left;
        // A server that does not answer must not hold up the goodbye.
        let _ = tokio::time::timeout(Duration::from_secs(2), self.link.close(goodbye)).await;
        self.emit(RtcEvent::Connection(ConnectionState::Disconnected { reason }));
    }

    fn is_connected(&self) -> bool {
        matches!(self.phase, Phase::Connected) && self.link.is_connected()
    }

    fn good_rate(&self) -> Option<Bitrate> {
        self.link.publisher.peer.control().controller.lock().good()
    }

    fn emit(&self, event: RtcEvent) {
        // Whoever drops the receiver is not interested.
        let _ = self.events.send(event);
    }

    // What the engine says.

    async fn on_link_event(&mut self, side: Side, event: PeerEvent) -> Flow {
        match event {
            PeerEvent::Candidate(json) => self.link.trickle(side, json).await,
            PeerEvent::State(state) => return self.on_peer_state(side, state).await,
            PeerEvent::Track(media) => {
                let sid = sdp::track_sid(&media.stream_id, &media.track_id);
                let (inlet, media) = Inlet::start(media);
                self.subscribed(sid, inlet, media).await;
            }
            PeerEvent::Data { reliable, bytes } => {
                if let Some(event) = self.data.receive(reliable, &bytes) {
                    self.emit(event);
                }
            }
            PeerEvent::KeyFrameRequest { ssrc } => {
                let wanted = self.publications.iter().find_map(|p| Some((p.sid.clone()?, p.layer_of(ssrc)?)));
                if let Some((sid, layer)) = wanted {
                    tracing::debug!(%sid, layer, "a key frame is wanted of us");
                    self.emit(RtcEvent::KeyFrameWanted { sid: sid.to_string(), layer });
                }
            }
            PeerEvent::Target(target) => {
                self.estimate = Some(target);
                self.emit(RtcEvent::TargetBitrate(target));
            }
        }
        GO_ON
    }
}
