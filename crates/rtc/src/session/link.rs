//! One connection to the server: the signalling socket and the two peer connections that belong to it. A resume keeps
//! it, a rejoin makes a new one.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use livekit_protocol as proto;
use livekit_signaling::{SignalClient, SignalError, SignalEvents, SignalOptions};
use proto::{SignalTarget, signal_request::Message};
use tokio::sync::mpsc;
use visita_protocol::Bitrate;

use crate::{
    JoinError, JoinOptions,
    engine::{Channel, EngineError, IceServer, Manner, Peer, PeerEvent, PeerState, SendControl, Side, resolved},
};

/// The newest protocol version whose every message we understand: 18 would change the data channels.
const PROTOCOL_VERSION: u32 = 17;

/// Longest wait for the server's first message and for its socket.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// An event of a peer connection, with the generation of the link it belongs to: events of a link that was given up may
/// still be under way.
pub(crate) type LinkEvent = (u64, Side, PeerEvent);

/// One connection to the server.
pub(crate) struct Link {
    pub(crate) generation: u64,
    pub(crate) signal: SignalClient,
    pub(crate) join: proto::JoinResponse,
    pub(crate) participant: proto::ParticipantInfo,
    pub(crate) publisher: Publisher,
    pub(crate) subscriber: Peer,
    pub(crate) subscriber_state: PeerState,
    /// The server made its first offer.
    pub(crate) subscriber_offered: bool,
    pub(crate) reliable: Channel,
    pub(crate) lossy: Channel,
}

/// The connection we send on, with the state of its negotiation.
pub(crate) struct Publisher {
    pub(crate) peer: Peer,
    pub(crate) state: PeerState,
    /// Id of the offer that has no answer yet.
    pub(crate) in_flight: Option<u32>,
    /// When it was sent.
    pub(crate) offered_at: Option<Instant>,
    /// Something changed since that offer.
    dirty: bool,
    next_offer: u32,
}

impl Link {
    /// Connects the signalling and prepares both peer connections.
    pub(crate) async fn open(
        options: &JoinOptions,
        token: &str,
        generation: u64,
        known_rate: Option<Bitrate>,
        events: &mpsc::UnboundedSender<LinkEvent>,
    ) -> Result<(Self, SignalEvents), JoinError> {
        // Dependencies bring two crypto providers into `rustls`, which panics unless one is chosen. An error means that
        // somebody chose before.
        crate::use_aws_lc();
        let mut signal_options = SignalOptions::default();
        signal_options.auto_subscribe = options.auto_subscribe;
        // Everything at its best until `Room::set_wanted` says less.
        signal_options.adaptive_stream = false;
        signal_options.single_peer_connection = false;
        signal_options.protocol_version = PROTOCOL_VERSION;
        signal_options.client_capabilities.clear();
        signal_options.region_failover = false;
        signal_options.connect_timeout = CONNECT_TIMEOUT;
        let (signal, mut join, signal_events) =
            SignalClient::connect(&options.url, token, signal_options, None).await.map_err(join_error)?;
        let participant = join
            .participant
            .take()
            .filter(|p| !p.sid.is_empty() && !p.identity.is_empty())
            .ok_or_else(|| JoinError::NotUnderstood("a join without participant".to_owned()))?;
        // The signalling crate's timer stands on these.
        if join.ping_interval <= 0 || join.ping_timeout <= 0 {
            return Err(JoinError::NotUnderstood("a join without ping times".to_owned()));
        }
        let servers: Vec<IceServer> = join
            .ice_servers
            .iter()
            .map(|server| IceServer {
                urls: server.urls.clone(),
                username: server.username.clone(),
                credential: server.credential.clone(),
            })
            .collect();
        let servers = resolved(servers).await;
        let media = |error: EngineError| JoinError::Media(error.0);
        let forced = join.client_configuration.as_ref().map(proto::ClientConfiguration::force_relay);
        let relay_only = options.relay_only || forced == Some(proto::ClientConfigSetting::Enabled);
        // The second way to shake hands has its turn where the first did not lead anywhere.
        let manner = Manner { relay_only, starts_dtls: generation.is_multiple_of(2) };
        let control = SendControl::new(known_rate);
        let open = |side| {
            let events = events.clone();
            Peer::open(
                side,
                &servers,
                manner,
                control.clone(),
                // The session is gone when this fails, and the connection goes with it.
                Arc::new(move |event| drop(events.send((generation, side, event)))),
            )
        };
        let (publisher, subscriber) = tokio::try_join!(open(Side::Publisher), open(Side::Subscriber)).map_err(media)?;
        let reliable = publisher.open_channel("_reliable", true).await.map_err(media)?;
        let lossy = publisher.open_channel("_lossy", false).await.map_err(media)?;
        let link = Self {
            generation,
            signal,
            join,
            participant,
            publisher: Publisher {
                peer: publisher,
                state: PeerState::Connecting,
                in_flight: None,
                offered_at: None,
                dirty: false,
                next_offer: 1,
            },
            subscriber,
            subscriber_state: PeerState::Connecting,
            subscriber_offered: false,
            reliable,
            lossy,
        };
        Ok((link, signal_events))
    }

    /// Sends an offer for what is published now; at once, or after the answer that is awaited.
    pub(crate) async fn negotiate(&mut self) -> Result<(), EngineError> {
        if self.publisher.in_flight.is_some() {
            self.publisher.dirty = true;
            return Ok(());
        }
        self.publisher.dirty = false;
        let sdp = self.publisher.peer.offer().await?;
        let id = self.publisher.next_offer;
        self.publisher.next_offer += 1;
        self.publisher.in_flight = Some(id);
        self.publisher.offered_at = Some(Instant::now());
        let offer = proto::SessionDescription { r#type: "offer".to_owned(), sdp, id, ..Default::default() };
        self.signal.send(Message::Offer(offer)).await;
        Ok(())
    }

    /// Restarts ICE on the connection we send on, whatever negotiation was under way.
    pub(crate) async fn restart_publisher(&mut self) -> Result<(), EngineError> {
        self.publisher.in_flight = None;
        self.publisher.peer.restart_ice().await?;
        self.negotiate().await
    }

    /// Takes an answer; false when it is not the one awaited.
    pub(crate) async fn on_answer(&mut self, answer: proto::SessionDescription) -> Result<bool, EngineError> {
        // Servers from before the ids answer with 0.
        if self.publisher.in_flight.is_none_or(|id| answer.id != 0 && answer.id != id) {
            return Ok(false);
        }
        self.publisher.in_flight = None;
        self.publisher.offered_at = None;
        let taken = self.publisher.peer.accept_answer(answer.sdp).await;
        if self.publisher.dirty {
            self.negotiate().await?;
        }
        taken.map(|()| true)
    }

    /// Takes the server's offer and answers it.
    pub(crate) async fn on_offer(&mut self, offer: proto::SessionDescription) -> Result<(), EngineError> {
        self.subscriber_offered = true;
        let sdp = self.subscriber.answer(offer.sdp).await?;
        let answer = proto::SessionDescription { r#type: "answer".to_owned(), sdp, id: offer.id, ..Default::default() };
        self.signal.send(Message::Answer(answer)).await;
        Ok(())
    }

    /// Takes a candidate of the server's.
    pub(crate) async fn on_trickle(&mut self, trickle: &proto::TrickleRequest) {
        match trickle.target() {
            SignalTarget::Publisher => self.publisher.peer.add_candidate(&trickle.candidate_init).await,
            SignalTarget::Subscriber => self.subscriber.add_candidate(&trickle.candidate_init).await,
        }
    }

    /// Sends a candidate of ours.
    pub(crate) async fn trickle(&self, side: Side, candidate_init: String) {
        let target = match side {
            Side::Publisher => SignalTarget::Publisher,
            Side::Subscriber => SignalTarget::Subscriber,
        };
        let trickle = proto::TrickleRequest { candidate_init, target: target as i32, r#final: false };
        self.signal.send(Message::Trickle(trickle)).await;
    }

    /// Whether media can flow wherever they are meant to.
    pub(crate) fn is_connected(&self) -> bool {
        self.publisher.state == PeerState::Connected
            && (!self.subscriber_offered || self.subscriber_state == PeerState::Connected)
            && (self.subscriber_offered || !self.join.subscriber_primary)
    }

    /// What the server needs to know after a resume.
    pub(crate) async fn sync_state(
        &self,
        auto_subscribe: bool,
        publish_tracks: Vec<proto::TrackPublishedResponse>,
        datachannel_receive_states: Vec<proto::DataChannelReceiveState>,
    ) -> proto::SyncState {
        let (answer, offer) = self.subscriber.descriptions().await;
        let description = |r#type: &str, sdp: Option<String>| {
            sdp.map(|sdp| proto::SessionDescription { r#type: r#type.to_owned(), sdp, ..Default::default() })
        };
        let channel = |channel: &Channel| proto::DataChannelInfo {
            label: channel.label.clone(),
            id: u32::try_from(channel.id).unwrap_or_default(),
            target: SignalTarget::Publisher as i32,
        };
        proto::SyncState {
            answer: description("answer", answer),
            offer: description("offer", offer),
            // The tracks for which the other of the two is wanted: none.
            subscription: Some(proto::UpdateSubscription { subscribe: !auto_subscribe, ..Default::default() }),
            publish_tracks,
            data_channels: vec![channel(&self.reliable), channel(&self.lossy)],
            datachannel_receive_states,
            ..Default::default()
        }
    }

    /// Ends it, saying goodbye or not.
    pub(crate) async fn close(&self, goodbye: bool) {
        if goodbye {
            let leave = proto::LeaveRequest {
                reason: proto::DisconnectReason::ClientInitiated as i32,
                action: proto::leave_request::Action::Disconnect as i32,
                ..Default::default()
            };
            self.signal.send(Message::Leave(leave)).await;
        }
        tokio::join!(self.signal.close(), self.publisher.peer.close(), self.subscriber.close());
    }
}

/// What a failed join means.
fn join_error(error: SignalError) -> JoinError {
    match error {
        SignalError::Client(status, message) => match status.as_u16() {
            status @ (401 | 403 | 429) => JoinError::Refused { status, message },
            // LiveKit's "requested room does not exist", told from a web server that knows no such page.
            404 if message.contains("room") => JoinError::Refused { status: 404, message },
            status => JoinError::NotUnderstood(format!("HTTP status {status}")),
        },
        SignalError::TokenFormat => {
            JoinError::Refused { status: 401, message: "the token has characters no token has".to_owned() }
        }
        SignalError::Server(status, message) => JoinError::Unreachable(format!("HTTP status {status}: {message}")),
        SignalError::UrlParse(message) => JoinError::NotUnderstood(message),
        // A LiveKit server's own trouble; its 1.13 answers so when a room is full, and gives no other sign of that.
        SignalError::Handshake { status } if status.is_server_error() => {
            JoinError::Unreachable(format!("HTTP status {status}"))
        }
        SignalError::Handshake { status } => JoinError::NotUnderstood(format!("HTTP status {status}")),
        SignalError::ProtoParse(error) => JoinError::NotUnderstood(error.to_string()),
        // The socket opened and nothing came that we understand.
        SignalError::Timeout(message) if message.contains("JoinResponse") => JoinError::NotUnderstood(message),
        SignalError::LeaveRequest { reason, .. } => {
            JoinError::Refused { status: 403, message: reason.as_str_name().to_owned() }
        }
        other => JoinError::Unreachable(other.to_string()),
    }
}
