//! The session: one task that owns everything of a joined room and obeys commands.
//!
//! It goes through phases: joining, connected, recovering (resume on the same link, or rejoin on a new one), over.

mod data;
mod link;
mod publication;
mod recovery;
mod roster;
mod sdp;

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use livekit_protocol as proto;
use livekit_signaling::{SignalEvent, SignalEvents};
use parking_lot::Mutex;
use proto::{signal_request, signal_response::Message};
use tokio::sync::{mpsc, oneshot, watch};
use visita_protocol::Bitrate;

use self::{
    data::DataBook,
    link::{Link, LinkEvent},
    publication::{Outgoing, Publication, track_source},
    recovery::Phase,
    roster::{Change, Roster},
};
use crate::{
    AudioPublication, ConnectionState, Data, DisconnectReason, JoinError, JoinOptions, LocalAudio, LocalVideo,
    MediaKind, ReceivedTrackStats, RtcError, RtcEvent, RtcStats, Source, Speaker, VideoPublication, Wanted,
    engine::{AudioOutlet, Gate, Inlet, PeerEvent, PeerState, RemoteMediaTrack, Side, VideoOutlet},
};

/// How long the media connection may take at the join.
const JOIN_TIMEOUT: Duration = Duration::from_secs(15);
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
    let shared = Arc::new(Shared::default());
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
        phase: Phase::Joining { reply: connected_in, deadline: Instant::now() + JOIN_TIMEOUT },
        publications: Vec::new(),
        subscriptions: HashMap::new(),
        orphans: HashMap::new(),
        wanted: HashMap::new(),
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
    orphans: HashMap<String, RemoteMediaTrack>,
    wanted: HashMap<String, Wanted>,
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
            () = tokio::time::sleep(TICK) => Input::Tick,
        }
    }

    async fn handle(&mut self, input: Input) -> Flow {
        match input {
            Input::Leave => Flow::Break(DisconnectReason::Left),
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

    fn good_rate(&self) -> Option<Bitrate> {
        self.link.publisher.peer.control().controller.lock().good()
    }

    fn emit(&self, event: RtcEvent) {
        // Whoever drops the receiver is not interested.
        let _ = self.events.send(event);
    }

    // What the server says.

    async fn on_message(&mut self, message: Message) -> Flow {
        match message {
            Message::Answer(answer) => match self.link.on_answer(answer).await {
                Ok(true) => {
                    self.bind_publications().await;
                    return self.check_connected().await;
                }
                Ok(false) => {}
                // A refused answer leaves the engine without one: only a new offer helps.
                Err(error) => {
                    tracing::warn!(%error, "the answer was not taken");
                    return self.renegotiate().await;
                }
            },
            Message::Offer(offer) => {
                let mut offered = sdp::offered_tracks(&offer.sdp);
                offered.extend(offer.mid_to_track_id.values().cloned());
                match self.link.on_offer(offer).await {
                    Ok(()) => self.end_tracks_not_in(&offered),
                    Err(error) => {
                        tracing::warn!(%error, "the offer was not taken");
                        return self.lost(recovery::How::Rejoin).await;
                    }
                }
            }
            Message::Trickle(trickle) => self.link.on_trickle(&trickle).await,
            Message::Update(update) => {
                if let Some(own) = update.participants.iter().find(|p| p.identity == self.link.participant.identity)
                    && own.permission.is_some()
                {
                    self.permission = own.permission.clone();
                }
                let changes = self.roster.update(&update.participants);
                self.apply(changes).await;
            }
            Message::TrackPublished(published) => self.on_track_published(published).await,
            Message::TrackUnpublished(unpublished) => self.on_unpublished_by_server(&unpublished.track_sid).await,
            Message::RequestResponse(response) => self.on_refusal(&response).await,
            Message::Mute(mute) => self.on_muted_by_server(&mute),
            Message::SubscribedQualityUpdate(update) => self.on_layers_wanted(&update),
            Message::SpeakersChanged(changed) => self.on_speakers(&changed.speakers),
            Message::ConnectionQuality(update) => self.on_quality(&update.updates),
            Message::PongResp(pong) => {
                let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
                let sent = Duration::from_millis(u64::try_from(pong.last_ping_timestamp).unwrap_or_default());
                self.signal_round_trip = now.checked_sub(sent);
            }
            Message::Leave(leave) => return self.on_leave(&leave).await,
            _ => {}
        }
        GO_ON
    }

    fn on_speakers(&self, speakers: &[proto::SpeakerInfo]) {
        let speakers: Vec<Speaker> = speakers
            .iter()
            .filter_map(|speaker| {
                let identity = self.identity_of(&speaker.sid)?;
                Some(Speaker { identity, level: speaker.level, active: speaker.active })
            })
            .collect();
        if !speakers.is_empty() {
            self.emit(RtcEvent::Speakers(speakers));
        }
    }

    fn on_quality(&self, updates: &[proto::ConnectionQualityInfo]) {
        for update in updates {
            if let Some(identity) = self.identity_of(&update.participant_sid) {
                let quality = match update.quality() {
                    proto::ConnectionQuality::Lost => 0,
                    proto::ConnectionQuality::Poor => 2,
                    proto::ConnectionQuality::Good => 4,
                    proto::ConnectionQuality::Excellent => 5,
                };
                self.emit(RtcEvent::Quality { identity, quality });
            }
        }
    }

    fn identity_of(&self, participant_sid: &str) -> Option<String> {
        if participant_sid == self.link.participant.sid {
            return Some(self.link.participant.identity.clone());
        }
        self.roster.identity_of(participant_sid).map(str::to_owned)
    }

    // The others and their media.

    async fn apply(&mut self, changes: Vec<Change>) {
        for change in changes {
            match change {
                Change::Joined(participant) => self.emit(RtcEvent::ParticipantJoined(participant)),
                Change::Updated(participant) => self.emit(RtcEvent::ParticipantUpdated(participant)),
                Change::Left { identity } => self.emit(RtcEvent::ParticipantLeft { identity }),
                Change::Muted { identity, sid, muted } => self.emit(RtcEvent::TrackMuted { identity, sid, muted }),
                Change::Published { identity, track } => {
                    let sid = track.sid.clone();
                    self.emit(RtcEvent::TrackPublished { identity, track });
                    if let Some(media) = self.orphans.remove(&sid) {
                        self.subscribed(sid, media).await;
                    }
                }
                Change::Unpublished { identity, sid } => {
                    self.orphans.remove(&sid);
                    self.wanted.remove(&sid);
                    self.unsubscribed(&sid);
                    self.emit(RtcEvent::TrackUnpublished { identity, sid });
                }
            }
        }
    }

    async fn subscribed(&mut self, sid: String, media: RemoteMediaTrack) {
        let Some((identity, track)) = self.roster.track(&sid) else {
            self.orphans.insert(sid, media);
            return;
        };
        let (identity, track) = (identity.to_owned(), track.clone());
        self.unsubscribed(&sid);
        let (inlet, media) = Inlet::start(media);
        self.subscriptions.insert(sid.clone(), Subscription { inlet, identity: identity.clone() });
        self.emit(RtcEvent::Subscribed { identity, track, media });
        if let Some(&wanted) = self.wanted.get(&sid) {
            self.send_wanted(sid, wanted).await;
        }
    }

    fn unsubscribed(&mut self, sid: &str) {
        if let Some(subscription) = self.subscriptions.remove(sid) {
            self.emit(RtcEvent::Unsubscribed { identity: subscription.identity, sid: sid.to_owned() });
        }
    }

    /// The engine never says that a track ended: what the server's newest offer does not send any more did.
    fn end_tracks_not_in(&mut self, offered: &std::collections::HashSet<String>) {
        let ended: Vec<String> = self.subscriptions.keys().filter(|sid| !offered.contains(*sid)).cloned().collect();
        for sid in ended {
            self.unsubscribed(&sid);
        }
    }

    async fn send_wanted(&self, sid: String, wanted: Wanted) {
        if !self.options.auto_subscribe {
            let subscription = proto::UpdateSubscription {
                track_sids: vec![sid.clone()],
                subscribe: wanted.enabled,
                ..Default::default()
            };
            self.link.signal.send(signal_request::Message::Subscription(subscription)).await;
        }
        let size = wanted.size.unwrap_or_default();
        let settings = proto::UpdateTrackSettings {
            track_sids: vec![sid],
            disabled: !wanted.enabled,
            // Read when no size is given.
            quality: proto::VideoQuality::High as i32,
            width: size.width,
            height: size.height,
            fps: wanted.fps.unwrap_or_default(),
            ..Default::default()
        };
        self.link.signal.send(signal_request::Message::TrackSetting(settings)).await;
    }

    // What the engine says.

    async fn on_link_event(&mut self, side: Side, event: PeerEvent) -> Flow {
        match event {
            PeerEvent::Candidate(json) => self.link.trickle(side, json).await,
            PeerEvent::State(state) => return self.on_peer_state(side, state).await,
            PeerEvent::Track(media) => {
                let sid = sdp::track_sid(&media.stream_id, &media.track_id);
                self.subscribed(sid, media).await;
            }
            PeerEvent::Data { reliable, bytes } => {
                if let Some(event) = self.data.receive(reliable, &bytes) {
                    self.emit(event);
                }
            }
            PeerEvent::KeyFrameRequest { ssrc } => {
                let wanted = self.publications.iter().find_map(|p| Some((p.sid.clone()?, p.layer_of(ssrc)?)));
                if let Some((sid, layer)) = wanted {
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

    // What the caller says.

    async fn on_command(&mut self, command: Command) {
        match command {
            Command::PublishVideo { publication: spec, reply } => {
                let gate = Gate::new(spec.muted);
                let outlet = VideoOutlet::start(gate.clone(), spec.layers.len());
                let muted = spec.muted;
                self.publish(gate, muted, Outgoing::Video { spec, outlet, waiting: Some(reply) }).await;
            }
            Command::PublishAudio { publication: spec, reply } => {
                let gate = Gate::new(spec.muted);
                let outlet = AudioOutlet::start(gate.clone());
                let muted = spec.muted;
                self.publish(gate, muted, Outgoing::Audio { spec, outlet, waiting: Some(reply) }).await;
            }
            Command::SetMuted { sid, muted, reply } => {
                let _ = reply.send(self.set_muted(&sid, muted).await);
            }
            Command::Unpublish { sid, reply } => {
                let _ = reply.send(self.unpublish(&sid).await);
            }
            Command::RequestKeyFrame { sid } => {
                if let Some(subscription) = self.subscriptions.get(&sid) {
                    subscription.inlet.request_key_frame();
                }
            }
            Command::SetWanted { sid, wanted } => {
                self.wanted.insert(sid.clone(), wanted);
                self.send_wanted(sid, wanted).await;
            }
            Command::SendData { data, reply } => {
                let _ = reply.send(self.send_data(data));
            }
        }
    }

    fn send_data(&mut self, data: Data) -> Result<(), RtcError> {
        if self.permission.as_ref().is_some_and(|permission| !permission.can_publish_data) {
            return Err(RtcError::NotAllowed("data messages".to_owned()));
        }
        let reliable = data.reliable;
        let message = self.data.send(data);
        let channel = if reliable { &self.link.reliable } else { &self.link.lossy };
        channel.send(message);
        Ok(())
    }

    // Our own tracks.

    fn check_allowed(&self, source: Source) -> Result<(), RtcError> {
        let Some(permission) = &self.permission else { return Ok(()) };
        let source_word = track_source(source) as i32;
        let allowed = permission.can_publish
            && (permission.can_publish_sources.is_empty() || permission.can_publish_sources.contains(&source_word));
        if allowed { Ok(()) } else { Err(RtcError::NotAllowed(format!("publishing {source:?}"))) }
    }

    async fn publish(&mut self, gate: Arc<Gate>, muted: bool, outgoing: Outgoing) {
        let cid = format!("visita{}x{:08x}", self.next_cid, rand::random::<u32>());
        self.next_cid += 1;
        let mut publication = Publication {
            cid,
            outgoing,
            gate,
            muted,
            sid: None,
            info: None,
            track: None,
            deadline: Instant::now() + PUBLISH_TIMEOUT,
        };
        if let Err(error) = self.check_allowed(publication.source()) {
            return publication.fail(error);
        }
        if let Err(error) = publication.attach(&self.link.publisher.peer).await {
            return publication.fail(error.into());
        }
        self.link.signal.send(signal_request::Message::AddTrack(publication.request())).await;
        publication.gate.set_connected(self.link.publisher.state == PeerState::Connected);
        self.publications.push(publication);
        if let Err(error) = self.link.negotiate().await
            && let Some(publication) = self.publications.pop()
        {
            publication.fail(error.into());
        }
    }

    async fn on_track_published(&mut self, published: proto::TrackPublishedResponse) {
        let Some(info) = published.track else { return };
        let Some(publication) = self.publications.iter_mut().find(|p| p.cid == published.cid) else { return };
        publication.sid.get_or_insert_with(|| info.sid.as_str().into());
        publication.info = Some(info);
        publication.complete();
        let index = self.publications.iter().position(|p| p.cid == published.cid);
        if let Some(index) = index {
            self.ask_key_frames(index);
        }
    }

    async fn bind_publications(&mut self) {
        let mut opened = Vec::new();
        for (index, publication) in self.publications.iter_mut().enumerate() {
            let was_open = publication.gate.is_open();
            if let Err(error) = publication.bind().await {
                tracing::warn!(%error, "a track of ours is not sent");
            }
            publication.complete();
            if !was_open && publication.gate.is_open() {
                opened.push(index);
            }
        }
        for index in opened {
            self.ask_key_frames(index);
        }
    }

    /// Tells the caller to begin with key frames, if frames can go out.
    fn ask_key_frames(&self, index: usize) {
        let Some(publication) = self.publications.get(index).filter(|p| p.gate.is_open()) else { return };
        let Some(sid) = &publication.sid else { return };
        for layer in 0..publication.layers() {
            self.emit(RtcEvent::KeyFrameWanted { sid: sid.to_string(), layer });
        }
    }

    /// Opens or shuts the gates of all our tracks.
    fn set_media_connected(&mut self, connected: bool) {
        for index in 0..self.publications.len() {
            let gate = &self.publications[index].gate;
            let was_open = gate.is_open();
            gate.set_connected(connected);
            if !was_open {
                self.ask_key_frames(index);
            }
        }
    }

    fn publication(&mut self, sid: &str) -> Result<usize, RtcError> {
        self.publications.iter().position(|p| p.is(sid)).ok_or_else(|| RtcError::UnknownTrack(sid.to_owned()))
    }

    async fn set_muted(&mut self, sid: &str, muted: bool) -> Result<(), RtcError> {
        let index = self.publication(sid)?;
        let publication = &mut self.publications[index];
        if publication.muted == muted {
            return Ok(());
        }
        publication.muted = muted;
        publication.gate.set_muted(muted);
        if let Some(sid) = publication.server_sid().map(str::to_owned) {
            self.link.signal.send(signal_request::Message::Mute(proto::MuteTrackRequest { sid, muted })).await;
        }
        if !muted {
            self.ask_key_frames(index);
        }
        Ok(())
    }

    fn on_muted_by_server(&mut self, mute: &proto::MuteTrackRequest) {
        let Some(index) = self.publications.iter().position(|p| p.is_for_server(&mute.sid)) else { return };
        let publication = &mut self.publications[index];
        // The server also repeats what we said ourselves.
        if publication.muted == mute.muted {
            return;
        }
        publication.muted = mute.muted;
        publication.gate.set_muted(mute.muted);
        if let Some(sid) = publication.sid.as_ref().map(ToString::to_string) {
            self.emit(RtcEvent::MutedByServer { sid, muted: mute.muted });
        }
        if !mute.muted {
            self.ask_key_frames(index);
        }
    }

    async fn unpublish(&mut self, sid: &str) -> Result<(), RtcError> {
        let index = self.publication(sid)?;
        self.withdraw(index, RtcError::Closed).await;
        Ok(())
    }

    async fn on_unpublished_by_server(&mut self, server_sid: &str) {
        let Some(index) = self.publications.iter().position(|p| p.is_for_server(server_sid)) else { return };
        let sid = self.publications[index].sid.as_ref().map(ToString::to_string);
        self.withdraw(index, RtcError::NotAllowed("the server took the track back".to_owned())).await;
        if let Some(sid) = sid {
            let identity = self.link.participant.identity.clone();
            self.emit(RtcEvent::TrackUnpublished { identity, sid });
        }
    }

    async fn on_refusal(&mut self, response: &proto::RequestResponse) {
        let Some(proto::request_response::Request::AddTrack(request)) = &response.request else { return };
        if response.reason() == proto::request_response::Reason::Ok {
            return;
        }
        if let Some(index) = self.publications.iter().position(|p| p.cid == request.cid) {
            let error = RtcError::NotAllowed(format!("{}: {}", response.reason().as_str_name(), response.message));
            self.withdraw(index, error).await;
        }
    }

    /// Takes a track of ours out of the connection; whoever still waits for it is told `error`.
    async fn withdraw(&mut self, index: usize, error: RtcError) {
        let publication = self.publications.remove(index);
        if let Some(track) = &publication.track
            && let Err(error) = self.link.publisher.peer.remove(track).await
        {
            tracing::debug!(%error, "removing a track");
        }
        publication.fail(error);
        if let Err(error) = self.link.negotiate().await {
            tracing::warn!(%error, "negotiating without a track");
        }
    }

    fn on_layers_wanted(&self, update: &proto::SubscribedQualityUpdate) {
        let Some(publication) = self.publications.iter().find(|p| p.is_for_server(&update.track_sid)) else { return };
        if let (Some(sid), Some(enabled)) = (&publication.sid, publication.layers_wanted(update)) {
            self.emit(RtcEvent::LayersWanted { sid: sid.to_string(), enabled });
        }
    }

    // Time.

    async fn on_tick(&mut self) -> Flow {
        let now = Instant::now();
        self.take_stats(now);
        while let Some(index) = self.publications.iter().position(|p| p.is_awaited() && p.deadline <= now) {
            self.withdraw(index, RtcError::Timeout).await;
        }
        for publication in &self.publications {
            let dropped = publication.take_dropped();
            if let Some(sid) = &publication.sid {
                for layer in dropped {
                    self.emit(RtcEvent::KeyFrameWanted { sid: sid.to_string(), layer });
                }
            }
        }
        self.check_deadlines(now).await
    }

    fn take_stats(&self, now: Instant) {
        let sent = {
            let meters = self.link.publisher.peer.meters();
            self.publications.iter().filter_map(|p| p.stats(meters, now)).collect()
        };
        let meters = self.link.subscriber.meters().lock();
        let received = self
            .subscriptions
            .iter()
            .map(|(sid, subscription)| {
                let inlet = &subscription.inlet;
                let meter = meters.received.get(&inlet.ssrc()).cloned().unwrap_or_default();
                ReceivedTrackStats {
                    sid: sid.clone(),
                    identity: subscription.identity.clone(),
                    kind: inlet.kind(),
                    packets: meter.packets,
                    bytes: meter.bytes,
                    lost: meter.lost(),
                    jitter_ms: meter.jitter * 1000.0,
                    nacked: meter.nacked,
                    recovered: meter.recovered,
                    frames: inlet.frames(),
                    key_frame_requests: inlet.key_frame_requests(),
                    size: if inlet.kind() == MediaKind::Video { inlet.size() } else { None },
                }
            })
            .collect();
        drop(meters);
        let round_trip = self.link.publisher.peer.meters().lock().round_trip.or(self.signal_round_trip);
        *self.shared.stats.lock() = RtcStats {
            rtt_ms: round_trip.map(|time| time.as_secs_f64() * 1000.0),
            estimate: self.estimate,
            sent,
            received,
        };
    }
}
