//! The call: one task owns its state, takes commands and publishes whole snapshots.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::{mpsc, watch};
use visita_codec::jitter::AudioPacket;
use visita_protocol::{
    CallType, ErrorCode, ParticipantId, PixelSize, Problem, RecordingMode, Secret, Tools,
    channel::{ClientMessage, LeaveReason, MediaState, RoomState, ServerMessage},
    entry::{EnterRequest, Entry},
    frames::LOCAL_PREVIEW,
    link::RoomLink,
    view::{CallView, ConnectionView, DeviceState, MeView, NoticeCode, NoticeView, ShownSize},
};
use visita_rtc::{
    AudioPublication, ConnectionState, DisconnectReason, LocalAudio, LocalVideo, RemoteMedia, Room, RtcError, RtcEvent,
    Source, VideoLayer, VideoPublication, Wanted,
};

use crate::{
    FrameHub, LocalMedia, LocalState,
    channel::{Channel, ChannelEvent},
    entry,
    local::{CAPTURE_FPS, CAPTURE_SIZE},
    people::{People, participant_id},
};

const CAMERA_BITRATE: visita_protocol::Bitrate = visita_protocol::Bitrate::from_kbps(1700);
/// LiveKit's server makes up black pictures of 8×8 when a publisher mutes or leaves; nobody's camera is that small.
const MADE_UP_PIXELS: u32 = 16 * 16;
/// How long after the media ended the room may still say why.
const LAST_WORD_WITHIN: Duration = Duration::from_secs(1);
const RETRY_FIRST: Duration = Duration::from_millis(300);
const RETRY_MAX: Duration = Duration::from_secs(5);

/// Where to go.
#[derive(Clone, Debug)]
pub enum JoinTarget {
    /// A seat's link.
    Link {
        /// The link.
        link: RoomLink,
        /// Name to show.
        display_name: Option<String>,
        /// Take the seat over from another device.
        displace: bool,
    },
    /// A room of any LiveKit server; there is no room channel.
    LiveKit {
        /// `ws://…` or `wss://…`.
        url: String,
        /// Access token.
        token: Secret,
    },
}

/// Where the call stands.
#[derive(Clone, Debug)]
pub enum CallState {
    /// On the way in, in, or coming back.
    Running(Box<CallView>),
    /// Did not get in.
    Failed(Problem),
    /// Was in, and is out.
    Over(LeaveReason),
}

enum Command {
    Microphone(bool),
    Camera(bool),
    Shown(Vec<ShownSize>),
    Leave,
    EndForEveryone,
}

enum Internal {
    Audio(Result<LocalAudio, RtcError>),
    Video(Result<LocalVideo, RtcError>),
}

/// A running call. Dropping it leaves.
pub struct Call {
    commands: mpsc::UnboundedSender<Command>,
    state: watch::Receiver<CallState>,
    notices: Option<mpsc::UnboundedReceiver<NoticeView>>,
    room: Arc<parking_lot::Mutex<Option<Room>>>,
    media: Arc<LocalMedia>,
}

impl Call {
    /// Goes in. The answer comes through [`Call::watch`]. `key_frames` are the hub's wishes for key frames.
    pub fn join(
        target: JoinTarget,
        media: Arc<LocalMedia>,
        hub: FrameHub,
        key_frames: mpsc::UnboundedReceiver<u32>,
    ) -> Self {
        let (commands, inbox) = mpsc::unbounded_channel();
        let (notice_sender, notices) = mpsc::unbounded_channel();
        let room = Arc::new(parking_lot::Mutex::new(None));
        let owner = Owner::new(target, media.clone(), hub, notice_sender, room.clone());
        let (state_sender, state) = watch::channel(CallState::Running(Box::new(owner.view())));
        tokio::spawn(owner.run(inbox, key_frames, state_sender));
        Self { commands, state, notices: Some(notices), room, media }
    }

    /// The present state, and every change.
    pub fn watch(&self) -> watch::Receiver<CallState> {
        self.state.clone()
    }

    /// Joins, leaves and the like, to be shown for a moment. Can be taken once.
    pub fn take_notices(&mut self) -> Option<mpsc::UnboundedReceiver<NoticeView>> {
        self.notices.take()
    }

    /// Mutes or unmutes.
    pub fn set_microphone(&self, on: bool) {
        self.command(Command::Microphone(on));
    }

    /// Switches the camera.
    pub fn set_camera(&self, on: bool) {
        self.command(Command::Camera(on));
    }

    /// Tells at which size streams are shown, so that no more is sent than is seen.
    pub fn set_shown(&self, sizes: Vec<ShownSize>) {
        self.command(Command::Shown(sizes));
    }

    /// Leaves; the seat stays.
    pub fn leave(&self) {
        self.command(Command::Leave);
    }

    /// Ends the session for everybody, if the seat is an admin's.
    pub fn end_for_everyone(&self) {
        self.command(Command::EndForEveryone);
    }

    /// The figures of the media connection, while there is one.
    pub fn stats(&self) -> Option<visita_rtc::RtcStats> {
        self.room.lock().as_ref().map(Room::stats)
    }

    /// The devices it uses.
    pub fn media(&self) -> &Arc<LocalMedia> {
        &self.media
    }

    fn command(&self, command: Command) {
        // The owner is gone once the call is over; then there is nothing left to command.
        let _ = self.commands.send(command);
    }
}

/// How one connection to the room ended.
enum Ended {
    Over(LeaveReason),
    Lost,
    Dropped,
}

struct Connected {
    room: Room,
    events: mpsc::UnboundedReceiver<RtcEvent>,
    channel: Option<(Channel, mpsc::UnboundedReceiver<ChannelEvent>)>,
}

struct Owner {
    target: JoinTarget,
    media: Arc<LocalMedia>,
    hub: FrameHub,
    notices: mpsc::UnboundedSender<NoticeView>,
    shared_room: Arc<parking_lot::Mutex<Option<Room>>>,
    people: People,
    connection: ConnectionView,
    me: ParticipantId,
    display_name: String,
    is_admin: bool,
    tools: Tools,
    title: Option<String>,
    call_type: CallType,
    recording: RecordingMode,
    /// Time left as told, and when it was told.
    clock: Option<(u32, Instant)>,
    speaking: bool,
    quality: u8,
    /// Streams on the frame wire, with the track each shows.
    streams: HashMap<u32, String>,
    audio: Option<LocalAudio>,
    video: Option<LocalVideo>,
    publishing_video: bool,
    last_local: Option<LocalState>,
    ever_in: bool,
    /// Names are not announced until the first list of people is complete.
    settled: bool,
}

impl Owner {
    fn new(
        target: JoinTarget,
        media: Arc<LocalMedia>,
        hub: FrameHub,
        notices: mpsc::UnboundedSender<NoticeView>,
        shared_room: Arc<parking_lot::Mutex<Option<Room>>>,
    ) -> Self {
        let display_name = match &target {
            JoinTarget::Link { display_name, .. } => display_name.clone().unwrap_or_default(),
            JoinTarget::LiveKit { .. } => String::new(),
        };
        Self {
            target,
            media,
            hub,
            notices,
            shared_room,
            people: People::default(),
            connection: ConnectionView::Connecting,
            me: participant_id("me"),
            display_name,
            is_admin: false,
            tools: Tools::default(),
            title: None,
            call_type: CallType::AudioVideo,
            recording: RecordingMode::None,
            clock: None,
            speaking: false,
            quality: 5,
            streams: HashMap::new(),
            audio: None,
            video: None,
            publishing_video: false,
            last_local: None,
            ever_in: false,
            settled: false,
        }
    }

    async fn run(
        mut self,
        mut inbox: mpsc::UnboundedReceiver<Command>,
        mut key_frames: mpsc::UnboundedReceiver<u32>,
        state: watch::Sender<CallState>,
    ) {
        let mut attempt = 0_u32;
        let mut retry = RETRY_FIRST;
        let last = loop {
            let media = self.media.clone();
            let connected = tokio::select! {
                connected = self.connect() => connected,
                reason = early_leave(&mut inbox, &media) => break CallState::Over(reason),
            };
            match connected {
                Ok(connected) => {
                    attempt = 0;
                    retry = RETRY_FIRST;
                    self.ever_in = true;
                    let ended = self.in_room(connected, &mut inbox, &mut key_frames, &state).await;
                    self.end_streams();
                    match ended {
                        Ended::Over(reason) => break CallState::Over(reason),
                        Ended::Dropped => return,
                        Ended::Lost => {}
                    }
                }
                Err(problem) if !self.ever_in => break CallState::Failed(problem),
                Err(problem) => match final_reason(problem.code) {
                    Some(reason) => break CallState::Over(reason),
                    None => tracing::info!(code = problem.code.as_str(), attempt, "not back yet"),
                },
            }
            attempt += 1;
            self.connection = ConnectionView::Reconnecting { attempt };
            state.send_replace(CallState::Running(Box::new(self.view())));
            if attempt > 1 {
                tokio::select! {
                    () = tokio::time::sleep(retry) => {}
                    reason = early_leave(&mut inbox, &self.media) => break CallState::Over(reason),
                }
                retry = (retry * 2).min(RETRY_MAX);
            }
        };
        state.send_replace(last);
    }

    async fn connect(&mut self) -> Result<Connected, Problem> {
        let (url, token, entry) = match &self.target {
            JoinTarget::LiveKit { url, token } => (url.clone(), token.clone(), None),
            JoinTarget::Link { link, display_name, displace } => {
                // Coming back after a loss, the seat may still look taken: by ourselves.
                let displace = *displace || self.ever_in;
                let request = EnterRequest { display_name: display_name.clone(), displace };
                let entry = entry::enter(link, &request).await?;
                let token = entry.livekit_token.clone().ok_or_else(|| {
                    Problem::new(ErrorCode::Forbidden, "an admin has to let this link in first")
                })?;
                (entry.livekit_url.clone(), token, Some(entry))
            }
        };
        if let Some(entry) = &entry {
            self.take_entry(entry);
        }
        let mut channel = entry.map(|e| Channel::start(e.channel_url, e.channel_token));
        let options = visita_rtc::JoinOptions { url, token, auto_subscribe: true, known_rate: None };
        match visita_rtc::join(options).await {
            Ok((room, events)) => Ok(Connected { room, events, channel }),
            Err(error) => Err(match last_word(&mut channel).await {
                Some(LeaveReason::Displaced) => Problem::new(ErrorCode::Displaced, "the link was opened elsewhere"),
                Some(LeaveReason::Removed) => Problem::new(ErrorCode::Removed, "removed from the room"),
                Some(LeaveReason::SessionEnded | LeaveReason::RoomClosed) => {
                    Problem::new(ErrorCode::RoomEnded, "the session was ended")
                }
                _ => Problem::new(error.code(), error.to_string()),
            }),
        }
    }

    fn take_entry(&mut self, entry: &Entry) {
        self.me = entry.participant_id.clone();
        self.display_name.clone_from(&entry.display_name);
        self.tools = entry.tools;
    }

    async fn in_room(
        &mut self,
        connected: Connected,
        inbox: &mut mpsc::UnboundedReceiver<Command>,
        key_frames: &mut mpsc::UnboundedReceiver<u32>,
        state: &watch::Sender<CallState>,
    ) -> Ended {
        let Connected { room, mut events, mut channel } = connected;
        *self.shared_room.lock() = Some(room.clone());
        if matches!(self.target, JoinTarget::LiveKit { .. }) {
            self.me = participant_id(room.identity());
            self.tools = Tools::ALL;
        }
        self.people = People::new(room.identity());
        self.connection = ConnectionView::Connected;
        self.settled = channel.is_none();
        let (published, mut publications) = mpsc::unbounded_channel();
        self.publish_microphone(&room, &published);
        self.publish_camera_if_on(&room, &published);
        let mut local = self.media.watch();
        self.last_local = Some(self.media.state());
        self.tell_media(channel.as_ref().map(|(c, _)| c));
        let mut tick = tokio::time::interval(Duration::from_secs(1));

        let ended = loop {
            state.send_if_modified(|old| {
                let view = self.view();
                if matches!(old, CallState::Running(old) if **old == view) {
                    return false;
                }
                *old = CallState::Running(Box::new(view));
                true
            });
            tokio::select! {
                command = inbox.recv() => {
                    let to_room = channel.as_ref().map(|(c, _)| c);
                    match command {
                        None | Some(Command::Leave) => {
                            if let Some(channel) = to_room { channel.send(ClientMessage::Leave) }
                            room.leave().await;
                            break if command.is_none() { Ended::Dropped } else { Ended::Over(LeaveReason::Left) };
                        }
                        Some(Command::EndForEveryone) => match to_room {
                            Some(channel) => channel.send(ClientMessage::EndSession),
                            None => tracing::info!("a plain LiveKit room cannot be ended from here"),
                        },
                        Some(Command::Microphone(on)) => self.set_microphone(&room, on, to_room),
                        Some(Command::Camera(on)) => self.set_camera(&room, on, &published, to_room),
                        Some(Command::Shown(sizes)) => self.shown(&room, &sizes),
                    }
                }
                stream = key_frames.recv() => match stream {
                    Some(LOCAL_PREVIEW) => self.media.want_preview_key_frame(),
                    Some(stream) => if let Some(sid) = self.streams.get(&stream) { room.request_key_frame(sid) },
                    None => {}
                },
                event = events.recv() => match event {
                    Some(event) => if let Some(ended) = self.media_event(event) {
                        break match last_word(&mut channel).await {
                            Some(reason) => Ended::Over(reason).or_lost(),
                            None => ended,
                        };
                    },
                    None => break Ended::Lost,
                },
                event = next_event(&mut channel) => {
                    if let Some(ended) = self.channel_event(event) {
                        room.leave().await;
                        break ended;
                    }
                }
                result = publications.recv() => match result {
                    Some(Internal::Audio(Ok(audio))) => {
                        self.media.publish_microphone(Some(audio.clone()));
                        let on = self.media.microphone_on();
                        self.audio = Some(audio);
                        if !on { self.mute_audio(&room, true) }
                    }
                    Some(Internal::Video(Ok(video))) => {
                        self.publishing_video = false;
                        self.media.publish_camera(Some(video.clone()));
                        self.video = Some(video);
                        if !self.media.camera_on() { self.mute_video(&room, true) }
                    }
                    Some(Internal::Audio(Err(error))) => tracing::warn!(%error, "the microphone is not published"),
                    Some(Internal::Video(Err(error))) => {
                        self.publishing_video = false;
                        tracing::warn!(%error, "the camera is not published");
                    }
                    None => {}
                },
                changed = local.changed() => {
                    if changed.is_ok() {
                        let now = local.borrow_and_update().clone();
                        self.local_changed(&room, &now, &published);
                    }
                }
                _ = tick.tick() => {}
            }
        };
        self.media.publish_camera(None);
        self.media.publish_microphone(None);
        self.audio = None;
        self.video = None;
        self.publishing_video = false;
        *self.shared_room.lock() = None;
        ended
    }

    fn view(&self) -> CallView {
        let local = self.media.state();
        let camera = if self.call_type == CallType::AudioOnly { DeviceState::NotAllowed } else { local.camera };
        CallView {
            title: self.title.clone(),
            call_type: self.call_type,
            recording: self.recording,
            connection: self.connection,
            me: MeView {
                participant_id: self.me.clone(),
                display_name: self.display_name.clone(),
                is_admin: self.is_admin,
                tools: self.tools,
                microphone: local.microphone,
                camera,
                speaker: local.speaker,
                speaking: self.speaking,
                quality: self.quality,
            },
            people: self.people.view(),
            seconds_left: self.seconds_left(),
            is_test_call: false,
        }
    }

    /// The clock runs only while two or more are connected.
    fn seconds_left(&self) -> Option<u32> {
        let (left, at) = self.clock?;
        let runs = !self.people.view().is_empty();
        let gone = if runs { u32::try_from(at.elapsed().as_secs()).unwrap_or(u32::MAX) } else { 0 };
        Some(left.saturating_sub(gone))
    }

    fn notice(&self, code: NoticeCode, name: Option<String>) {
        // Nobody may be interested in notices.
        let _ = self.notices.send(NoticeView { code, name });
    }

    // --- what I send ---

    fn publish_microphone(&self, room: &Room, published: &mpsc::UnboundedSender<Internal>) {
        let (room, published) = (room.clone(), published.clone());
        let muted = !self.media.microphone_on();
        tokio::spawn(async move {
            let publication =
                AudioPublication { source: Source::Microphone, name: "microphone".into(), dtx: false, muted };
            // The call may be over meanwhile.
            let _ = published.send(Internal::Audio(room.publish_audio(publication).await));
        });
    }

    fn publish_camera_if_on(&mut self, room: &Room, published: &mpsc::UnboundedSender<Internal>) {
        let wanted = self.media.camera_on() && self.media.state().camera.is_on();
        if !wanted || self.video.is_some() || self.publishing_video || self.call_type == CallType::AudioOnly {
            return;
        }
        self.publishing_video = true;
        let (room, published) = (room.clone(), published.clone());
        tokio::spawn(async move {
            let layer =
                VideoLayer { rid: String::new(), size: CAPTURE_SIZE, bitrate: CAMERA_BITRATE, fps: CAPTURE_FPS };
            let publication =
                VideoPublication { source: Source::Camera, name: "camera".into(), layers: vec![layer], muted: false };
            let _ = published.send(Internal::Video(room.publish_video(publication).await));
        });
    }

    fn set_microphone(&mut self, room: &Room, on: bool, channel: Option<&Channel>) {
        self.media.set_microphone_on(on);
        self.mute_audio(room, !on);
        self.tell_media(channel);
    }

    fn set_camera(
        &mut self,
        room: &Room,
        on: bool,
        published: &mpsc::UnboundedSender<Internal>,
        channel: Option<&Channel>,
    ) {
        if self.call_type == CallType::AudioOnly && on {
            return;
        }
        self.media.set_camera_on(on);
        if self.video.is_some() {
            self.mute_video(room, !on);
        } else {
            self.publish_camera_if_on(room, published);
        }
        self.tell_media(channel);
    }

    fn mute_audio(&self, room: &Room, muted: bool) {
        mute(room, self.audio.as_ref().map(LocalAudio::sid), muted);
    }

    fn mute_video(&self, room: &Room, muted: bool) {
        mute(room, self.video.as_ref().map(LocalVideo::sid), muted);
    }

    fn tell_media(&self, channel: Option<&Channel>) {
        if let Some(channel) = channel {
            let local = self.media.state();
            let media = MediaState {
                microphone: self.media.microphone_on() && local.microphone != DeviceState::Missing,
                camera: self.media.camera_on() && local.camera != DeviceState::Missing,
            };
            channel.send(ClientMessage::SetMedia { media });
        }
    }

    fn local_changed(&mut self, room: &Room, now: &LocalState, published: &mpsc::UnboundedSender<Internal>) {
        let before = self.last_local.replace(now.clone());
        let Some(before) = before else { return };
        let lost = |before: &DeviceState, now: &DeviceState| before.is_on() && is_trouble(now);
        let back = |before: &DeviceState, now: &DeviceState| is_trouble(before) && now.is_on();
        if lost(&before.camera, &now.camera) {
            self.notice(NoticeCode::CameraLost, None);
            self.mute_video(room, true);
        }
        if now.camera.is_on() && !before.camera.is_on() {
            if back(&before.camera, &now.camera) {
                self.notice(NoticeCode::CameraBack, None);
            }
            if self.video.is_some() {
                self.mute_video(room, false);
            }
            self.publish_camera_if_on(room, published);
        }
        if lost(&before.microphone, &now.microphone) {
            self.notice(NoticeCode::MicrophoneLost, None);
        }
        if back(&before.microphone, &now.microphone) {
            self.notice(NoticeCode::MicrophoneBack, None);
        }
        if lost(&before.speaker, &now.speaker) {
            self.notice(NoticeCode::SpeakerLost, None);
        }
        if now.talking_while_muted && !before.talking_while_muted {
            self.notice(NoticeCode::TalkingWhileMuted, None);
        }
    }

    // --- what comes from the media server ---

    fn media_event(&mut self, event: RtcEvent) -> Option<Ended> {
        match event {
            RtcEvent::ParticipantJoined(who) => {
                if self.people.media_joined(&who.identity, &who.name) && self.settled {
                    let name = if who.name.is_empty() { who.identity } else { who.name };
                    self.notice(NoticeCode::PersonJoined, Some(name));
                }
            }
            RtcEvent::ParticipantUpdated(who) => {
                self.people.media_joined(&who.identity, &who.name);
            }
            RtcEvent::ParticipantLeft { identity } => {
                if let Some(name) = self.people.media_left(&identity) {
                    self.notice(NoticeCode::PersonLeft, Some(name));
                }
            }
            RtcEvent::TrackPublished { identity, track } => self.people.track(&identity, &track),
            RtcEvent::TrackMuted { identity, sid, muted } => self.people.track_muted(&identity, &sid, muted),
            RtcEvent::TrackUnpublished { identity, sid } => {
                self.end_stream_of(&identity, &sid);
                self.people.track_gone(&identity, &sid);
            }
            RtcEvent::Subscribed { identity, track, media } => {
                self.people.track(&identity, &track);
                self.receive(&identity, track.sid, media);
            }
            RtcEvent::Unsubscribed { identity, sid } => self.end_stream_of(&identity, &sid),
            RtcEvent::KeyFrameWanted { .. } => self.media.want_key_frame(),
            RtcEvent::TargetBitrate(bitrate) => self.media.set_video_bitrate(bitrate.min(CAMERA_BITRATE)),
            RtcEvent::Speakers(speakers) => {
                for speaker in speakers {
                    if speaker.identity == self.me.as_str() {
                        self.speaking = speaker.active;
                    } else {
                        self.people.speaking(&speaker.identity, speaker.active);
                    }
                }
            }
            RtcEvent::Quality { identity, quality } if identity == self.me.as_str() => self.quality = quality,
            RtcEvent::Quality { identity, quality } => self.people.quality(&identity, quality),
            RtcEvent::MutedByServer { sid, muted } => {
                if muted && self.audio.as_ref().is_some_and(|a| a.sid() == sid) {
                    self.media.set_microphone_on(false);
                }
                if muted && self.video.as_ref().is_some_and(|v| v.sid() == sid) {
                    self.media.set_camera_on(false);
                }
            }
            RtcEvent::Connection(ConnectionState::Connected) => self.connection = ConnectionView::Connected,
            RtcEvent::Connection(ConnectionState::Reconnecting { attempt }) => {
                self.connection = ConnectionView::Reconnecting { attempt };
            }
            RtcEvent::Connection(ConnectionState::Disconnected { reason }) => return Some(ended(reason)),
            RtcEvent::LayersWanted { .. } | RtcEvent::Data { .. } => {}
        }
        None
    }

    fn receive(&mut self, identity: &str, sid: String, media: RemoteMedia) {
        match media {
            RemoteMedia::Video(mut frames) => {
                self.end_stream_of(identity, &sid);
                let stream = self.hub.new_stream();
                self.streams.insert(stream, sid.clone());
                self.people.stream(identity, &sid, Some(stream));
                let hub = self.hub.clone();
                tokio::spawn(async move {
                    let mut made_up = false;
                    tracing::debug!(stream, "subscribed");
                    while let Some(frame) = frames.recv().await {
                        if let Some(size) = frame.size {
                            tracing::debug!(stream, width = size.width, height = size.height, "key frame");
                            made_up = size.area() <= MADE_UP_PIXELS;
                        }
                        if !made_up {
                            hub.push(stream, frame.key, frame.size, frame.data);
                        }
                    }
                    hub.end(stream);
                });
            }
            RemoteMedia::Audio(mut packets) => {
                let playout = self.media.playout().clone();
                tokio::spawn(async move {
                    while let Some(packet) = packets.recv().await {
                        let sound = AudioPacket {
                            sequence: packet.sequence,
                            timestamp: packet.timestamp,
                            payload: packet.payload,
                        };
                        playout.lock().push(&sid, sound, packet.received_at);
                    }
                    playout.lock().remove(&sid);
                });
            }
        }
    }

    fn end_stream_of(&mut self, identity: &str, sid: &str) {
        self.people.stream(identity, sid, None);
        self.streams.retain(|_, shown| shown != sid);
    }

    fn end_streams(&mut self) {
        self.streams.clear();
        self.people.media_reset();
    }

    fn shown(&self, room: &Room, sizes: &[ShownSize]) {
        for shown in sizes {
            if shown.stream_id == LOCAL_PREVIEW {
                let visible = shown.size.area() > 0;
                self.media.set_preview(visible.then(|| preview_size(shown.size)));
            } else if let Some(sid) = self.streams.get(&shown.stream_id) {
                let enabled = shown.size.area() > 0;
                room.set_wanted(sid, Wanted { enabled, size: enabled.then_some(shown.size), fps: None });
            }
        }
    }

    // --- what comes from the room ---

    fn channel_event(&mut self, event: ChannelEvent) -> Option<Ended> {
        match event {
            ChannelEvent::Message(message) => self.room_message(message),
            // Media goes on meanwhile; the channel comes back by itself.
            ChannelEvent::Lost => None,
            ChannelEvent::Refused(problem) => {
                tracing::info!(code = problem.code.as_str(), "the room channel refuses us");
                Some(final_reason(problem.code).map_or(Ended::Lost, Ended::Over))
            }
        }
    }

    fn room_message(&mut self, message: ServerMessage) -> Option<Ended> {
        match message {
            ServerMessage::Welcome { you, room, .. } => self.take_room(you, room),
            ServerMessage::Joined { participant, .. } => {
                let name = participant.display_name.clone();
                if self.people.seat_joined(participant) {
                    self.notice(NoticeCode::PersonJoined, Some(name));
                }
            }
            ServerMessage::Left { participant_id, .. } => {
                if let Some(name) = self.people.seat_left(participant_id.as_str()) {
                    self.notice(NoticeCode::PersonLeft, Some(name));
                }
            }
            ServerMessage::Closed { reason } => return Some(Ended::Over(reason).or_lost()),
            ServerMessage::Refused { error } => tracing::warn!(code = error.code.as_str(), "refused by the room"),
            _ => {}
        }
        None
    }

    fn take_room(&mut self, you: ParticipantId, room: RoomState) {
        if let Some(mine) = room.participants.iter().find(|p| p.participant_id == you) {
            self.is_admin = mine.is_admin;
            self.display_name.clone_from(&mine.display_name);
        }
        self.me = you;
        self.title = room.title;
        self.call_type = room.call_type;
        self.recording = room.recording;
        self.tools = room.tools;
        self.clock = room.seconds_left.map(|left| (left, Instant::now()));
        self.people.seats(room.participants);
        self.settled = true;
    }
}

impl Ended {
    /// A server that stops is expected back.
    fn or_lost(self) -> Self {
        match self {
            Self::Over(LeaveReason::ServerStopping | LeaveReason::ConnectionLost) => Self::Lost,
            other => other,
        }
    }
}

fn is_trouble(state: &DeviceState) -> bool {
    matches!(state, DeviceState::Missing | DeviceState::Busy { .. } | DeviceState::Denied | DeviceState::Failed { .. })
}

fn mute(room: &Room, sid: Option<impl AsRef<str>>, muted: bool) {
    let Some(sid) = sid.map(|s| s.as_ref().to_owned()) else { return };
    let room = room.clone();
    tokio::spawn(async move {
        if let Err(error) = room.set_muted(&sid, muted).await {
            tracing::warn!(%error, muted, "mute was not told");
        }
    });
}

/// One's own small picture, at the size of its tile but never larger than half of what is captured.
fn preview_size(shown: PixelSize) -> PixelSize {
    let most = PixelSize::new(CAPTURE_SIZE.width / 2, CAPTURE_SIZE.height / 2);
    let steps = [PixelSize::new(160, 90), PixelSize::new(320, 180), most];
    steps.into_iter().find(|s| s.width >= shown.width && s.height >= shown.height).unwrap_or(most)
}

/// Why the room put us out. The media server closes first and knows only that it was told to; the room says why, if it
/// still says anything.
async fn last_word(channel: &mut Option<(Channel, mpsc::UnboundedReceiver<ChannelEvent>)>) -> Option<LeaveReason> {
    let (_, events) = channel.as_mut()?;
    let closed = async {
        loop {
            match events.recv().await? {
                ChannelEvent::Message(ServerMessage::Closed { reason }) => return Some(reason),
                ChannelEvent::Refused(problem) => return final_reason(problem.code),
                // A server that was killed says nothing more.
                ChannelEvent::Lost => return None,
                ChannelEvent::Message(_) => {}
            }
        }
    };
    tokio::time::timeout(LAST_WORD_WITHIN, closed).await.ok().flatten()
}

async fn next_event(channel: &mut Option<(Channel, mpsc::UnboundedReceiver<ChannelEvent>)>) -> ChannelEvent {
    match channel {
        Some((_, events)) => match events.recv().await {
            Some(event) => event,
            None => std::future::pending().await,
        },
        None => std::future::pending().await,
    }
}

/// While not in the room only leaving and one's own switches mean something.
async fn early_leave(inbox: &mut mpsc::UnboundedReceiver<Command>, media: &LocalMedia) -> LeaveReason {
    loop {
        match inbox.recv().await {
            None | Some(Command::Leave | Command::EndForEveryone) => return LeaveReason::Left,
            Some(Command::Microphone(on)) => media.set_microphone_on(on),
            Some(Command::Camera(on)) => media.set_camera_on(on),
            Some(Command::Shown(_)) => {}
        }
    }
}

fn ended(reason: DisconnectReason) -> Ended {
    match reason {
        DisconnectReason::Left => Ended::Over(LeaveReason::Left),
        DisconnectReason::Displaced => Ended::Over(LeaveReason::Displaced),
        DisconnectReason::Removed => Ended::Over(LeaveReason::Removed),
        DisconnectReason::RoomEnded => Ended::Over(LeaveReason::SessionEnded),
        DisconnectReason::ServerShutdown
        | DisconnectReason::Refused
        | DisconnectReason::ConnectionLost
        | DisconnectReason::Other => Ended::Lost,
    }
}

/// Errors after which coming back makes no sense.
fn final_reason(code: ErrorCode) -> Option<LeaveReason> {
    match code {
        ErrorCode::LinkRevoked | ErrorCode::Removed | ErrorCode::Forbidden => Some(LeaveReason::Removed),
        ErrorCode::LinkExpired | ErrorCode::RoomDisabled | ErrorCode::RoomEnded | ErrorCode::RoomNotFound => {
            Some(LeaveReason::RoomClosed)
        }
        ErrorCode::LinkUnknown | ErrorCode::LinkMalformed => Some(LeaveReason::RoomClosed),
        ErrorCode::Displaced | ErrorCode::SeatInUse => Some(LeaveReason::Displaced),
        _ => None,
    }
}
