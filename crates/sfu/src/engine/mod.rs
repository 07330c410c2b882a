//! The owner of everything: rooms, participants, peer connections and the UDP socket, on one thread.
//!
//! A turn of the loop takes what came in (datagrams, signalling, commands, time), changes the state, then drains every peer
//! connection that was touched and sends what they have to say. Nothing here blocks, and nothing is locked.
//!
//! ```text
//!  session tasks ──SignalEvent──►┐                 ┌─► outbox of each session
//!  SfuControl ─────Command──────►│ Engine: state ──┤
//!  UDP socket ─────datagram─────►┘                 └─► UDP socket, SfuEvent
//! ```

mod bandwidth;
mod commands;
mod data;
mod ingress;
mod media;
mod membership;
mod model;
mod negotiation;
mod one_connection;
mod paths;
mod peer;
mod publishing;
mod quality;
mod requests;
mod resume;
mod rooms;
mod simulation;
mod subscribing;
pub(crate) mod tcp;
mod ticks;
mod timers;

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use livekit_protocol::{
    ClientInfo, SyncState, signal_request::Message as Request, signal_response::Message as Response,
};
use slotmap::SlotMap;
use str0m::{
    Event,
    change::{SdpAnswer, SdpOffer},
    net::{Protocol, Transmit},
};
use tokio::{
    sync::{mpsc, oneshot},
    time::sleep_until,
};

use crate::{
    api::{SfuEvent, SfuLimits, SfuStats},
    control::Command,
    ice_servers::IceServers,
    sdp::OfferedLine,
    token::{Grant, Keys},
    udp::MediaSocket,
};
pub(crate) use model::ParticipantKey;
use model::{Participant, Room, RoomKey, Subscription, SubscriptionKey, Track, TrackKey};
pub(crate) use peer::PeerFactory;
use peer::{Peer, PeerFault, PeerKey};
use simulation::Forced;
use tcp::{Connections, TcpEvent};
use timers::Timers;

/// Largest packet taken over TCP; media packets are below 1500 bytes.
const DATAGRAM_LEN: usize = 2048;

/// Datagrams, messages or commands taken in one turn before the peers are drained, so that none of them starves the others.
const BATCH: usize = 64;

/// A client that wants in.
#[derive(Debug)]
pub(crate) struct Join {
    pub(crate) grant: Grant,
    pub(crate) client: ClientInfo,
    pub(crate) auto_subscribe: bool,
    pub(crate) attributes: HashMap<String, String>,
    /// Instead of the token's.
    pub(crate) metadata: Option<String>,
    /// One peer connection for both ways.
    pub(crate) one_connection: bool,
    /// Participant id it wants to go on with.
    pub(crate) resume: Option<String>,
}

/// From the signalling sessions.
#[derive(Debug)]
pub(crate) enum SignalEvent {
    /// Whether somebody with this token would be let in.
    Knock {
        room: String,
        identity: String,
        resume: bool,
        answer: oneshot::Sender<Result<(), Refusal>>,
    },
    Join {
        join: Box<Join>,
        outbox: mpsc::Sender<Response>,
        accepted: oneshot::Sender<Seat>,
    },
    Input {
        seat: Seat,
        input: SignalInput,
    },
    Closed {
        seat: Seat,
    },
}

/// A signalling session's hold on its participant. Somebody who resumes gets a new one, and the old one counts no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seat {
    pub(crate) key: ParticipantKey,
    pub(crate) session: u32,
}

/// Why somebody with a good token is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("the room is full")]
    Full,
    #[error("the media server stops")]
    Stopping,
}

/// A message of a client.
#[derive(Debug)]
pub(crate) enum SignalInput {
    Offer {
        offer: SdpOffer,
        lines: Vec<OfferedLine>,
        id: u32,
    },
    Answer {
        answer: SdpAnswer,
        id: u32,
    },
    /// What a client that resumes knows; with the last answer it gave, when that can be read.
    Sync {
        state: Box<SyncState>,
        answer: Option<SdpAnswer>,
    },
    Malformed {
        what: &'static str,
        error: String,
    },
    Request(Box<Request>),
}

/// What the engine is made from.
pub(crate) struct Parts {
    pub(crate) announce: Vec<IpAddr>,
    pub(crate) factory: PeerFactory,
    pub(crate) ice_servers: IceServers,
    pub(crate) keys: Arc<Keys>,
    pub(crate) events: mpsc::UnboundedSender<SfuEvent>,
    pub(crate) departure_timeout: Duration,
    pub(crate) limits: SfuLimits,
    /// The port clients reach for media over TCP, if any, and what comes over it.
    pub(crate) tcp: (Option<u16>, mpsc::Receiver<TcpEvent>),
}

pub(crate) struct Engine {
    socket: MediaSocket,
    factory: PeerFactory,
    /// Our candidates: where clients send to.
    local: Vec<SocketAddr>,
    /// The same for TCP.
    local_tcp: Vec<SocketAddr>,
    tcp: Connections,
    tcp_events: mpsc::Receiver<TcpEvent>,
    ice_servers: IceServers,
    keys: Arc<Keys>,
    events: mpsc::UnboundedSender<SfuEvent>,
    departure_timeout: Duration,
    limits: SfuLimits,

    rooms: SlotMap<RoomKey, Room>,
    room_by_name: HashMap<String, RoomKey>,
    participants: SlotMap<ParticipantKey, Participant>,
    tracks: SlotMap<TrackKey, Track>,
    subscriptions: SlotMap<SubscriptionKey, Subscription>,

    peers: SlotMap<PeerKey, Peer>,
    peer_by_ufrag: HashMap<String, PeerKey>,
    peer_by_address: HashMap<SocketAddr, PeerKey>,

    /// Peers to drain before the turn ends.
    touched: Vec<PeerKey>,
    /// Peers that went wrong in this turn.
    faults: Vec<(PeerKey, PeerFault)>,
    timers: Timers<PeerKey>,
    next_tick: Instant,
    next_look_at_rooms: Instant,
    forced: Forced,

    /// Reused between turns.
    peer_events: Vec<Event>,
    transmits: Vec<Transmit>,

    stats: SfuStats,
    stopping: bool,
}

impl Engine {
    pub(crate) fn new(parts: Parts, socket: MediaSocket, port: u16) -> Self {
        let Parts { announce, factory, ice_servers, keys, events, departure_timeout, limits, tcp } = parts;
        let (tcp_port, tcp_events) = tcp;
        Self {
            socket,
            factory,
            local: announce.iter().map(|&ip| SocketAddr::new(ip, port)).collect(),
            local_tcp: announce.iter().filter_map(|&ip| Some(SocketAddr::new(ip, tcp_port?))).collect(),
            tcp: Connections::default(),
            tcp_events,
            ice_servers,
            keys,
            events,
            departure_timeout,
            limits,
            rooms: SlotMap::with_key(),
            room_by_name: HashMap::new(),
            participants: SlotMap::with_key(),
            tracks: SlotMap::with_key(),
            subscriptions: SlotMap::with_key(),
            peers: SlotMap::with_key(),
            peer_by_ufrag: HashMap::new(),
            peer_by_address: HashMap::new(),
            touched: Vec::new(),
            faults: Vec::new(),
            timers: Timers::default(),
            next_tick: Instant::now(),
            next_look_at_rooms: Instant::now(),
            forced: Forced::default(),
            peer_events: Vec::new(),
            transmits: Vec::new(),
            stats: SfuStats::default(),
            stopping: false,
        }
    }

    /// Runs until told to stop or until nobody can reach it any more.
    pub(crate) async fn run(
        mut self,
        mut signals: mpsc::Receiver<SignalEvent>,
        mut commands: mpsc::UnboundedReceiver<Command>,
    ) {
        let mut inbox = self.socket.inbox();
        let sleep = sleep_until(tokio::time::Instant::now());
        tokio::pin!(sleep);
        let mut tcp_open = true;
        while !self.stopping {
            let deadline = self.deadline().into();
            if sleep.deadline() != deadline {
                sleep.as_mut().reset(deadline);
            }
            tokio::select! {
                ready = self.socket.ready() => {
                    if let Err(error) = ready {
                        tracing::warn!(%error, "media socket");
                    }
                }
                signal = signals.recv() => match signal {
                    Some(signal) => self.on_signal(signal, Instant::now()),
                    None => return,
                },
                command = commands.recv() => match command {
                    Some(command) => self.on_command(command, Instant::now()),
                    None => return,
                },
                event = self.tcp_events.recv(), if tcp_open => match event {
                    Some(event) => self.on_tcp(event, Instant::now()),
                    None => tcp_open = false,
                },
                () = &mut sleep => {}
            }
            let now = Instant::now();
            for _ in 0..BATCH {
                let Ok(event) = self.tcp_events.try_recv() else { break };
                self.on_tcp(event, now);
            }
            for _ in 0..BATCH {
                let Ok(signal) = signals.try_recv() else { break };
                self.on_signal(signal, now);
            }
            for _ in 0..BATCH {
                let Ok(command) = commands.try_recv() else { break };
                self.on_command(command, now);
            }
            self.read_datagrams(&mut inbox);
            self.finish_turn(Instant::now());
        }
    }

    /// When something has to happen though nothing comes in.
    fn deadline(&self) -> Instant {
        match self.timers.next() {
            Some(timer) => timer.min(self.next_tick),
            None => self.next_tick,
        }
    }

    /// Lets time pass, drains the peers, sends.
    fn finish_turn(&mut self, now: Instant) {
        while let Some(key) = self.timers.pop_due(now) {
            if let Some(peer) = self.peers.get_mut(key) {
                peer.scheduled = None;
                self.touch(key);
            }
        }
        if now >= self.next_tick {
            self.tick(now);
        }
        loop {
            self.drain_touched(now);
            if self.faults.is_empty() {
                break;
            }
            self.remove_faulty(now);
        }
        self.transmit();
    }

    /// Where clients may send to.
    fn local_candidates(&self) -> Vec<(Protocol, SocketAddr)> {
        let udp = self.local.iter().map(|&address| (Protocol::Udp, address));
        udp.chain(self.local_tcp.iter().map(|&address| (Protocol::Tcp, address))).collect()
    }

    fn touch(&mut self, key: PeerKey) {
        touch(&mut self.peers, &mut self.touched, key);
    }

    fn emit(&self, event: SfuEvent) {
        // A host that does not listen is fine.
        let _ = self.events.send(event);
    }
}

/// Marks a peer for draining; free of `self` for callers that hold other parts of the engine.
fn touch(peers: &mut SlotMap<PeerKey, Peer>, touched: &mut Vec<PeerKey>, key: PeerKey) {
    if let Some(peer) = peers.get_mut(key)
        && !std::mem::replace(&mut peer.touched, true)
    {
        touched.push(key);
    }
}
