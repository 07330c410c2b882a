//! The owner of a call's state: one task from going in until it is over.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::{mpsc, watch};
use visita_protocol::{
    ErrorCode, PixelSize, Problem, Tools as Granted,
    channel::{ClientMessage, LeaveReason, MediaSource, ServerMessage},
    frames::{LOCAL_PREVIEW, LOCAL_SHARE},
    view::{ConnectionView, DeviceState, NoticeCode, NoticeView, ShownSize, ToolAction},
};
use visita_rtc::{ConnectionState, DisconnectReason, Room, RtcEvent, Source};

use super::{
    CallState, Command, JoinTarget, Reception,
    connect::{ChannelLine, Connected, Way, early_leave, last_word},
    files::FileEvent,
    receiving::Receiving,
    room::{Effect, RoomSide},
    sending::Sending,
    snapshot::{self, Shot},
    tools::Tools,
};
use crate::{
    FrameHub, LocalMedia, LocalState, Sound,
    channel::{Channel, ChannelEvent},
    local::preview_size,
    network,
    people::{People, Shown, participant_id},
};

/// How long after the media ended the room may still say why.
pub(super) const LAST_WORD_WITHIN: Duration = Duration::from_secs(1);
const RETRY_FIRST: Duration = Duration::from_millis(300);
const RETRY_MAX: Duration = Duration::from_secs(5);

/// A snapshot of my own picture is as large as this, where the camera gives it.
const OWN_SNAPSHOT: PixelSize = PixelSize { width: 1280, height: 720 };

/// How one connection to the room ended.
enum Ended {
    Over(LeaveReason),
    Lost,
    Dropped,
}

pub(super) struct Owner {
    pub(super) target: JoinTarget,
    pub(super) media: Arc<LocalMedia>,
    notices: mpsc::UnboundedSender<NoticeView>,
    shared_room: Arc<parking_lot::Mutex<Option<Room>>>,
    pub(super) room: RoomSide,
    pub(super) people: People,
    pub(super) tools: Tools,
    /// What was done with the tools while there was no line to the room.
    pub(super) later: Vec<Command>,
    files_told: mpsc::UnboundedReceiver<FileEvent>,
    hub: FrameHub,
    /// How large the page shows my own picture.
    preview: Option<PixelSize>,
    pub(super) receiving: Receiving,
    pub(super) connection: ConnectionView,
    /// The room channel is being made again while media goes on.
    pub(super) channel_lost: bool,
    pub(super) speaking: bool,
    /// As the server tells it, 0 to 5.
    pub(super) quality: u8,
    /// As measured here, of the last two seconds.
    pub(super) line: [u8; 2],
    /// When a waiting guest knocked last.
    pub(super) knocked: Option<Instant>,
    pub(super) ever_in: bool,
    /// An admin let us in at least once: being refused later is being put out.
    pub(super) ever_waited: bool,
    last_local: LocalState,
}

/// What an owner is made of.
pub(super) struct Parts {
    pub(super) media: Arc<LocalMedia>,
    pub(super) hub: FrameHub,
    pub(super) notices: mpsc::UnboundedSender<NoticeView>,
    pub(super) tools: Tools,
    pub(super) files_told: mpsc::UnboundedReceiver<FileEvent>,
}

impl Owner {
    pub(super) fn new(
        target: JoinTarget,
        reception: Reception,
        parts: Parts,
        shared_room: Arc<parking_lot::Mutex<Option<Room>>>,
    ) -> Self {
        let Parts { media, hub, notices, tools, files_told } = parts;
        let display_name = match &target {
            JoinTarget::Link { display_name, .. } | JoinTarget::Callaba { display_name, .. } => {
                display_name.clone().unwrap_or_default()
            }
            JoinTarget::LiveKit { .. } => String::new(),
        };
        Self {
            receiving: Receiving::new(reception, hub.clone(), media.playout().clone()),
            last_local: media.state(),
            target,
            media,
            notices,
            shared_room,
            room: RoomSide::new(participant_id("me"), display_name, Granted::default()),
            people: People::default(),
            tools,
            later: Vec::new(),
            files_told,
            hub,
            preview: None,
            connection: ConnectionView::Connecting,
            channel_lost: false,
            speaking: false,
            quality: 5,
            line: [5; 2],
            knocked: None,
            ever_in: false,
            ever_waited: false,
        }
    }

    pub(super) async fn run(
        mut self,
        mut inbox: mpsc::UnboundedReceiver<Command>,
        mut key_frames: mpsc::UnboundedReceiver<u32>,
        state: watch::Sender<CallState>,
    ) {
        let mut attempt = 0_u32;
        let mut retry = RETRY_FIRST;
        let last = loop {
            let mut at_once = false;
            match self.connect(&mut inbox, &state).await {
                Ok(connected) => {
                    attempt = 0;
                    retry = RETRY_FIRST;
                    if self.ever_in {
                        self.notice(NoticeCode::ConnectionBack, None);
                    }
                    self.ever_in = true;
                    at_once = true;
                    let ended = self.in_room(connected, &mut inbox, &mut key_frames, &state).await;
                    self.receiving.end();
                    self.people.media_reset();
                    match ended {
                        Ended::Over(reason) => break CallState::Over(reason),
                        Ended::Dropped => return,
                        Ended::Lost => self.notice(NoticeCode::ConnectionLost, None),
                    }
                }
                Err(Way::Over(reason)) => break CallState::Over(reason),
                Err(Way::Failed(problem)) if !self.ever_in && !self.ever_waited => break CallState::Failed(problem),
                Err(Way::Failed(problem)) => match final_reason(problem.code) {
                    Some(reason) => break CallState::Over(reason),
                    None => tracing::info!(code = problem.code.as_str(), attempt, "not back yet"),
                },
                Err(Way::Lost) => {}
            }
            attempt += 1;
            self.connection = ConnectionView::Reconnecting { attempt };
            state.send_replace(CallState::Running(Box::new(self.view())));
            if !at_once {
                let media = self.media.clone();
                tokio::select! {
                    () = tokio::time::sleep(retry) => {}
                    reason = early_leave(&mut inbox, &media, &mut self.later) => break CallState::Over(reason),
                }
                retry = (retry * 2).min(RETRY_MAX);
            }
        };
        self.media.stop_share();
        state.send_replace(last);
    }

    async fn in_room(
        &mut self,
        connected: Connected,
        inbox: &mut mpsc::UnboundedReceiver<Command>,
        key_frames: &mut mpsc::UnboundedReceiver<u32>,
        state: &watch::Sender<CallState>,
    ) -> Ended {
        let Connected { room, mut events, mut channel, server } = connected;
        *self.shared_room.lock() = Some(room.clone());
        match &self.target {
            JoinTarget::LiveKit { .. } => {
                self.room.me = participant_id(room.identity());
                self.room.tools = Granted::ALL;
                self.room.settled = true;
            }
            JoinTarget::Callaba { .. } => self.room.settled = true,
            JoinTarget::Link { .. } => {}
        }
        // Whoever came through the waiting room has heard of the others already.
        self.people.set_me(room.identity());
        self.connection = ConnectionView::Connected;
        self.channel_lost = false;
        let (mut sending, mut answers) = Sending::new(self.media.clone(), room.clone(), self.room.allowed());
        sending.publish();
        let mut local = self.media.watch();
        self.last_local = self.media.state();
        self.tell_media(&channel);
        for command in std::mem::take(&mut self.later) {
            self.command(command, &room, &mut sending, &channel);
        }
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
                    let dropped = command.is_none();
                    if let Some(command) = command.filter(|command| !matches!(command, Command::Leave)) {
                        self.command(command, &room, &mut sending, &channel);
                        continue;
                    }
                    if let Some((channel, _)) = &channel {
                        channel.send(ClientMessage::Leave);
                        channel.flushed().await;
                    }
                    room.leave().await;
                    break if dropped { Ended::Dropped } else { Ended::Over(LeaveReason::Left) };
                }
                stream = key_frames.recv() => match stream {
                    Some(LOCAL_PREVIEW) => self.media.want_preview_key_frame(),
                    Some(stream) => if let Some(sid) = self.receiving.track_of(stream) { room.request_key_frame(sid) },
                    None => {}
                },
                event = events.recv() => match event {
                    Some(event) => if let Some(ended) = self.media_event(event, &room, &mut sending) {
                        break match last_word(&mut channel).await {
                            Some(reason) => Ended::Over(reason).or_lost(),
                            None => ended,
                        };
                    },
                    None => break Ended::Lost,
                },
                event = next_event(&mut channel) => {
                    if let Some(ended) = self.channel_event(event, &mut sending, &channel) {
                        room.leave().await;
                        break ended;
                    }
                }
                Some(answer) = answers.recv() => sending.answer(answer),
                Some(event) = self.files_told.recv() => self.file_event(event, &room),
                changed = local.changed() => {
                    if changed.is_ok() {
                        let now = local.borrow_and_update().clone();
                        self.local_changed(now, &mut sending, &channel);
                    }
                }
                _ = tick.tick() => {
                    self.tools.tick(&self.room, &self.people);
                    let stats = room.stats();
                    if let Some(good) = stats.good_rate {
                        network::remember(&server, good);
                    }
                    self.line = [self.line[1], stats.quality];
                    if let Some(carried) = stats.estimate {
                        self.media.set_voice(carried, stats.sent_loss);
                    }
                }
            }
        };
        self.tools.line_is_lost();
        *self.shared_room.lock() = None;
        ended
    }

    pub(super) fn notice(&self, code: NoticeCode, name: Option<String>) {
        let sound = match code {
            NoticeCode::PersonJoined => Some(Sound::Join),
            NoticeCode::PersonLeft => Some(Sound::Leave),
            NoticeCode::Doorbell => Some(Sound::Knock),
            NoticeCode::Note | NoticeCode::ChatMessage | NoticeCode::HandRaised | NoticeCode::AskedToUnmute => {
                Some(Sound::Message)
            }
            _ => None,
        };
        if let Some(sound) = sound {
            self.media.play(sound);
        }
        // Nobody may be interested in notices.
        let _ = self.notices.send(NoticeView { code, name });
    }

    pub(super) fn refused(&self, problem: &Problem) {
        tracing::info!(code = problem.code.as_str(), "refused by the room");
        self.notice(NoticeCode::Refused, None);
    }

    fn command(&mut self, command: Command, room: &Room, sending: &mut Sending, channel: &Option<ChannelLine>) {
        let to_room = channel.as_ref().map(|(channel, _)| channel);
        match command {
            Command::Microphone(on) => {
                sending.set_microphone(on);
                self.room.answered(Some(MediaSource::Microphone));
                self.tell_media(channel);
            }
            Command::Camera(on) => {
                sending.set_camera(on);
                self.room.answered(Some(MediaSource::Camera));
                self.tell_media(channel);
            }
            Command::Shown(sizes) => self.shown(room, &sizes),
            Command::Share(choice) => {
                if self.room.allowed().screen {
                    sending.share_ended();
                    self.media.start_share(choice);
                    self.room.answered(Some(MediaSource::Screen));
                } else {
                    self.refused(&Problem::new(ErrorCode::Forbidden, "screen sharing is not allowed"));
                }
            }
            Command::PauseShare(paused) => self.media.pause_share(paused),
            Command::StopShare => sending.stop_share(),
            Command::DeclineUnmute => self.room.answered(None),
            Command::Room(message) => match to_room {
                Some(channel) => channel.send(message),
                None => self.refused(&Problem::new(ErrorCode::Forbidden, "this room has no such thing")),
            },
            Command::Tool(ToolAction::TakeSnapshot { stream_id }) => self.take_snapshot(stream_id, room),
            Command::Tool(action) => self.tool(action, to_room),
            Command::SendCopy(path, name) => self.tools.share_copy(path, name, &self.room, &self.people),
            Command::Download(file_id, folder) => self.tools.download(&file_id, folder),
            Command::Board(action) => {
                let messages = self.tools.act_on_board(action, &self.room);
                self.to_room(messages, to_room);
            }
            Command::TellTools => self.tools.tell_all(&self.room, &self.people),
            Command::EndForEveryone => match to_room {
                Some(channel) => channel.send(ClientMessage::EndSession),
                None => tracing::info!("a plain LiveKit room cannot be ended from here"),
            },
            // Handled by the loop.
            Command::Leave => {}
        }
    }

    fn tool(&mut self, action: ToolAction, channel: Option<&Channel>) {
        let messages = self.tools.act(action, &self.room, &self.people);
        self.to_room(messages, channel);
    }

    /// Takes a picture of a stream as large as it is sent, whatever size it is shown at.
    fn take_snapshot(&mut self, stream: u32, room: &Room) {
        if !self.room.tools.snapshot {
            return self.refused(&Problem::new(ErrorCode::Forbidden, "snapshots are not allowed"));
        }
        let me = || (self.room.me.clone(), self.room.display_name.clone());
        let mut shared = None;
        let ((of, of_name), of_screen, size) = match stream {
            LOCAL_PREVIEW => {
                self.media.set_preview(Some(OWN_SNAPSHOT));
                (me(), false, Some(OWN_SNAPSHOT))
            }
            LOCAL_SHARE => {
                shared = self.media.share_picture();
                if shared.is_none() {
                    return self.notice(NoticeCode::NoSnapshot, None);
                }
                (me(), true, None)
            }
            stream => {
                let Some(Shown { of, name, source, size }) = self.people.of_stream(stream) else { return };
                self.receiving.want_full(room, stream, true);
                ((of, name), source == Source::ScreenShare, size)
            }
        };
        let at = time::OffsetDateTime::now_local().unwrap_or_else(|_| time::OffsetDateTime::now_utc());
        let (date, clock) = (at.date(), at.time());
        let name = format!("{of_name} {date} {:02}.{:02}.{:02}.png", clock.hour(), clock.minute(), clock.second());
        let (shot, events) = (Shot { stream, size, of, of_screen, name }, self.tools.events());
        match shared {
            Some(picture) => tokio::spawn(snapshot::take_shared(picture, shot, events)),
            None => tokio::spawn(snapshot::take(self.hub.clone(), shot, events)),
        };
    }

    fn file_event(&mut self, event: FileEvent, room: &Room) {
        if let FileEvent::Snapped { shot: Shot { stream, .. }, .. } | FileEvent::NotSnapped { stream } = &event {
            match *stream {
                LOCAL_PREVIEW => self.media.set_preview(self.preview),
                LOCAL_SHARE => {}
                stream => self.receiving.want_full(room, stream, false),
            }
        }
        if matches!(event, FileEvent::NotSnapped { .. }) {
            self.notice(NoticeCode::NoSnapshot, None);
        }
        self.tools.file_event(event, &self.room, &self.people);
    }

    fn to_room(&self, messages: Vec<ClientMessage>, channel: Option<&Channel>) {
        let Some(channel) = channel else { return };
        messages.into_iter().for_each(|message| channel.send(message));
    }

    fn shown(&mut self, room: &Room, sizes: &[ShownSize]) {
        for shown in sizes {
            if shown.stream_id == LOCAL_PREVIEW {
                let visible = shown.size.area() > 0;
                self.preview = visible.then(|| preview_size(shown.size));
                self.media.set_preview(self.preview);
            } else {
                self.receiving.shown(room, *shown);
            }
        }
    }

    fn tell_media(&self, channel: &Option<ChannelLine>) {
        if let Some((channel, _)) = channel {
            let media = Sending::media_state(&self.media, self.room.allowed());
            channel.send(ClientMessage::SetMedia { media });
        }
    }

    fn local_changed(&mut self, now: LocalState, sending: &mut Sending, channel: &Option<ChannelLine>) {
        let before = std::mem::replace(&mut self.last_local, now.clone());
        let lost = |before: &DeviceState, now: &DeviceState| before.is_on() && is_trouble(now);
        let back = |before: &DeviceState, now: &DeviceState| is_trouble(before) && now.is_on();
        if lost(&before.camera, &now.camera) {
            self.notice(NoticeCode::CameraLost, None);
            sending.mute(Source::Camera, true);
        }
        if now.camera.is_on() && !before.camera.is_on() {
            if back(&before.camera, &now.camera) {
                self.notice(NoticeCode::CameraBack, None);
            }
            sending.mute(Source::Camera, false);
            sending.publish();
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
        match (&before.share, &now.share) {
            (Some(_), None) => {
                sending.share_ended();
                if now.share_broke > before.share_broke {
                    self.notice(NoticeCode::ShareEnded, None);
                }
            }
            (None, Some(_)) | (Some(_), Some(_)) => sending.publish(),
            (None, None) => {
                if now.share_broke > before.share_broke {
                    self.notice(NoticeCode::ShareEnded, None);
                }
            }
        }
        if (before.camera, before.microphone) != (now.camera, now.microphone) {
            self.tell_media(channel);
        }
    }

    // --- what comes from the media server ---

    fn media_event(&mut self, event: RtcEvent, room: &Room, sending: &mut Sending) -> Option<Ended> {
        match event {
            RtcEvent::ParticipantJoined(who) => {
                if self.people.media_joined(&who.identity, &who.name) && self.room.settled {
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
            RtcEvent::TrackPublished { identity, track } => {
                let stream = self.receiving.published(room, &track);
                self.people.track(&identity, &track);
                self.people.stream(&identity, &track.sid, stream);
            }
            RtcEvent::TrackMuted { identity, sid, muted } => self.people.track_muted(&identity, &sid, muted),
            RtcEvent::TrackUnpublished { identity, sid } => {
                self.receiving.unpublished(&sid);
                self.people.track_gone(&identity, &sid);
            }
            RtcEvent::Subscribed { identity, track, media } => {
                let stream = self.receiving.published(room, &track);
                self.people.track(&identity, &track);
                self.people.stream(&identity, &track.sid, stream);
                self.receiving.subscribed(&track.sid, media);
            }
            // Its receiver ends, and with it the stream.
            RtcEvent::Unsubscribed { .. } => {}
            RtcEvent::KeyFrameWanted { sid, layer } => sending.key_frame_wanted(&sid, layer),
            RtcEvent::LayersWanted { sid, enabled } => sending.layers_wanted(&sid, &enabled),
            RtcEvent::TargetBitrate(bitrate) => sending.set_target(bitrate),
            RtcEvent::Speakers(speakers) => {
                for speaker in speakers {
                    if speaker.identity == self.room.me.as_str() {
                        self.speaking = speaker.active;
                    } else {
                        self.people.speaking(&speaker.identity, speaker.active);
                    }
                }
            }
            RtcEvent::Quality { identity, quality } if identity == self.room.me.as_str() => self.quality = quality,
            RtcEvent::Quality { identity, quality } => self.people.quality(&identity, quality),
            RtcEvent::MutedByServer { sid, muted } => sending.muted_by_server(&sid, muted),
            RtcEvent::Connection(ConnectionState::Connected) => {
                if matches!(self.connection, ConnectionView::Reconnecting { .. }) {
                    self.notice(NoticeCode::ConnectionBack, None);
                }
                self.connection = ConnectionView::Connected;
            }
            RtcEvent::Connection(ConnectionState::Reconnecting { attempt }) => {
                if self.connection == ConnectionView::Connected {
                    self.notice(NoticeCode::ConnectionLost, None);
                }
                self.connection = ConnectionView::Reconnecting { attempt };
            }
            RtcEvent::Connection(ConnectionState::Disconnected { reason }) => return Some(ended(reason)),
            RtcEvent::Data { .. } => {}
        }
        None
    }

    // --- what comes from the room ---

    fn channel_event(
        &mut self,
        event: ChannelEvent,
        sending: &mut Sending,
        channel: &Option<ChannelLine>,
    ) -> Option<Ended> {
        let message = match event {
            ChannelEvent::Message(message) => *message,
            // Media goes on meanwhile; the channel comes back by itself.
            ChannelEvent::Lost => {
                self.channel_lost = true;
                self.tools.line_is_lost();
                return None;
            }
            ChannelEvent::Refused(problem) => {
                tracing::info!(code = problem.code.as_str(), "the room channel refuses us");
                return Some(final_reason(problem.code).map_or(Ended::Lost, Ended::Over));
            }
        };
        if std::mem::take(&mut self.channel_lost) {
            // What changed meanwhile was not heard.
            self.tell_media(channel);
        }
        if let ServerMessage::FileDeleted { file_id } = &message
            && self.tools.is_at(file_id)
        {
            self.notice(NoticeCode::SnapshotDeleted, None);
        }
        let effects = self.room.take(message.clone(), &mut self.people, Instant::now());
        let to_room = self.tools.take(&message, &self.room, &self.people);
        self.to_room(to_room, channel.as_ref().map(|(channel, _)| channel));
        for effect in effects {
            match effect {
                // It is being read.
                Effect::Notice(NoticeCode::ChatMessage, _) if self.tools.chat_is_shown() => {}
                // One is at it together.
                Effect::Notice(NoticeCode::LiveEditBegan, _) if self.tools.is_at_a_snapshot() => {}
                Effect::Notice(code, name) => self.notice(code, name),
                Effect::RightsChanged => {
                    let before = self.last_local.share.is_some();
                    sending.obey(self.room.allowed());
                    if before && !self.room.allowed().screen {
                        self.notice(NoticeCode::ShareEnded, None);
                    }
                    self.tell_media(channel);
                }
                // The media connection mends itself with the token it has; when it cannot, the link is used again.
                Effect::MediaToken(..) => {}
                Effect::Refused(problem) => self.refused(&problem),
                Effect::Closed(reason) => return Some(Ended::Over(reason).or_lost()),
            }
        }
        None
    }
}

impl Ended {
    /// A server that stops is expected back; who is sent back goes to the waiting room.
    fn or_lost(self) -> Self {
        match self {
            Self::Over(LeaveReason::ServerStopping | LeaveReason::ConnectionLost | LeaveReason::SentBack) => Self::Lost,
            other => other,
        }
    }
}

fn is_trouble(state: &DeviceState) -> bool {
    matches!(state, DeviceState::Missing | DeviceState::Busy { .. } | DeviceState::Denied | DeviceState::Failed { .. })
}

async fn next_event(channel: &mut Option<ChannelLine>) -> ChannelEvent {
    match channel {
        Some((_, events)) => match events.recv().await {
            Some(event) => event,
            None => std::future::pending().await,
        },
        None => std::future::pending().await,
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
pub(super) fn final_reason(code: ErrorCode) -> Option<LeaveReason> {
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
