//! The way into a room, the first time and each time it has to be made anew.

use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use visita_protocol::{
    ErrorCode, Problem, Tools,
    channel::{LeaveReason, ServerMessage},
    entry::EnterRequest,
    view::ConnectionView,
};
use visita_rtc::{Room, RtcEvent};

use super::{
    CallState, Command, JoinTarget,
    early::Early,
    owner::{LAST_WORD_WITHIN, Owner, final_reason},
};
use crate::{
    LocalMedia, Sound, callaba,
    channel::{Channel, ChannelEvent},
    entry, network,
};

/// A line to the room channel and what comes from it.
pub(super) type ChannelLine = (Channel, mpsc::UnboundedReceiver<ChannelEvent>);

/// In the room.
pub(super) struct Connected {
    pub(super) room: Room,
    pub(super) events: mpsc::UnboundedReceiver<RtcEvent>,
    pub(super) channel: Option<ChannelLine>,
    /// Names the network's last good rate.
    pub(super) server: String,
}

/// Where trying to get in led, if not into the room.
pub(super) enum Way {
    /// It is over: I left, or was put out.
    Over(LeaveReason),
    /// Not this time; the room may let us in later.
    Lost,
    /// It did not work.
    Failed(Problem),
}

impl From<Problem> for Way {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

impl Owner {
    /// Goes in: by link with room channel and, maybe, waiting room; or straight to a media server.
    pub(super) async fn connect(
        &mut self,
        inbox: &mut mpsc::UnboundedReceiver<Command>,
        state: &watch::Sender<CallState>,
    ) -> Result<Connected, Way> {
        let media = self.media.clone();
        let (url, token, mut channel) = match self.target.clone() {
            JoinTarget::LiveKit { url, token } => (url, token, None),
            JoinTarget::Callaba { server, room_id, participant_id, display_name, media_url } => {
                let name = display_name.as_deref();
                let way_in = callaba::enter(&server, &room_id, &participant_id, name);
                let way_in = or_leave(way_in, inbox, &media, &mut self.later).await??;
                self.room.me = participant_id;
                self.room.display_name = display_name.unwrap_or_default();
                self.room.recording = way_in.recording;
                self.room.webinar = way_in.webinar;
                self.room.tools =
                    Tools { chat: way_in.chat, screen_sharing: way_in.screen_sharing, ..Tools::default() };
                (media_url.unwrap_or(way_in.livekit_url), way_in.token, None)
            }
            JoinTarget::Link { link, display_name, displace } => {
                // Coming back after a loss, the seat may still look taken: by ourselves.
                let displace = displace || self.ever_in;
                let request = EnterRequest { display_name, displace };
                let mut early = Early::default();
                let entered = loop {
                    match or_leave(entry::enter(&link, &request), inbox, &media, &mut self.later).await? {
                        Err(problem) if early.waits(&problem) => {
                            self.wait_for_the_opening(&link, &request, &mut early, inbox, state).await?;
                        }
                        answer => break answer?,
                    }
                };
                self.room.me = entered.participant_id;
                self.room.display_name = entered.display_name;
                self.room.tools = entered.tools;
                self.room.settled = false;
                self.room.waiting = None;
                self.tools.files.set(&entered.channel_url, &entered.channel_token);
                let (channel, mut events) = Channel::start(entered.channel_url, entered.channel_token);
                let (url, token) = match entered.livekit_token {
                    Some(token) => (entered.livekit_url, token),
                    None => {
                        let let_in = self.wait_to_be_let_in(&channel, &mut events, inbox, state).await?;
                        self.ever_waited = true;
                        // Whoever waits looks elsewhere.
                        self.media.play(Sound::Join);
                        self.connection = ConnectionView::Connecting;
                        state.send_replace(CallState::Running(Box::new(self.view())));
                        let_in
                    }
                };
                (url, token, Some((channel, events)))
            }
        };
        let server = network::server_of(&url);
        let options = visita_rtc::JoinOptions {
            url,
            token,
            auto_subscribe: self.receiving.auto_subscribe(),
            known_rate: network::known_rate(&server),
            relay_only: false,
        };
        match or_leave(visita_rtc::join(options), inbox, &media, &mut self.later).await? {
            Ok((room, events)) => Ok(Connected { room, events, channel, server }),
            Err(error) => Err(match last_word(&mut channel).await {
                Some(LeaveReason::Displaced) => {
                    Problem::new(ErrorCode::Displaced, "the link was opened elsewhere").into()
                }
                Some(LeaveReason::Removed) => Problem::new(ErrorCode::Removed, "removed from the room").into(),
                Some(LeaveReason::SessionEnded | LeaveReason::RoomClosed) => {
                    Problem::new(ErrorCode::RoomEnded, "the session was ended").into()
                }
                _ => Problem::new(error.code(), error.to_string()).into(),
            }),
        }
    }
}

/// Does something unless somebody leaves first.
pub(super) async fn or_leave<T>(
    doing: impl Future<Output = T>,
    inbox: &mut mpsc::UnboundedReceiver<Command>,
    media: &Arc<LocalMedia>,
    later: &mut Vec<Command>,
) -> Result<T, Way> {
    tokio::select! {
        done = doing => Ok(done),
        reason = early_leave(inbox, media, later) => Err(Way::Over(reason)),
    }
}

/// Obeys what can be obeyed outside of a room; ends when somebody leaves.
pub(super) async fn early_leave(
    inbox: &mut mpsc::UnboundedReceiver<Command>,
    media: &LocalMedia,
    later: &mut Vec<Command>,
) -> LeaveReason {
    loop {
        match inbox.recv().await {
            None | Some(Command::Leave | Command::EndForEveryone) => return LeaveReason::Left,
            Some(command) if command.is_of_tools() => later.push(command),
            Some(command) => obey_early(&command, media),
        }
    }
}

/// What can be obeyed outside of a room.
pub(super) fn obey_early(command: &Command, media: &LocalMedia) {
    match command {
        Command::Microphone(on) => media.set_microphone_on(*on),
        Command::Camera(on) => media.set_camera_on(*on),
        Command::Share(choice) => media.start_share(choice.clone()),
        Command::PauseShare(paused) => media.pause_share(*paused),
        Command::StopShare => media.stop_share(),
        Command::Shown(sizes) => {
            for shown in sizes.iter().filter(|s| s.stream_id == visita_protocol::frames::LOCAL_PREVIEW) {
                media.set_preview((shown.size.area() > 0).then_some(shown.size));
            }
        }
        Command::Room(_)
        | Command::Tool(_)
        | Command::Board(_)
        | Command::Download(..)
        | Command::SendCopy(..)
        | Command::TellTools
        | Command::DeclineUnmute
        | Command::Leave
        | Command::EndForEveryone => {}
    }
}

/// Why the room put us out. The media server closes first and knows only that it was told to; the room says why, if it
/// still says anything.
pub(super) async fn last_word(channel: &mut Option<ChannelLine>) -> Option<LeaveReason> {
    let (_, events) = channel.as_mut()?;
    let closed = async {
        loop {
            match events.recv().await? {
                ChannelEvent::Message(message) => {
                    if let ServerMessage::Closed { reason } = *message {
                        return Some(reason);
                    }
                }
                ChannelEvent::Refused(problem) => return final_reason(problem.code),
                // A server that was killed says nothing more.
                ChannelEvent::Lost => return None,
            }
        }
    };
    tokio::time::timeout(LAST_WORD_WITHIN, closed).await.ok().flatten()
}
