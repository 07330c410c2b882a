//! In the waiting room: the room channel only, until an admin says where the media is.

use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};
use visita_protocol::{
    ErrorCode, Problem, Secret,
    channel::{ClientMessage, LeaveReason},
    view::ConnectionView,
};

use super::{
    CallState, Command,
    connect::Way,
    owner::{Owner, final_reason},
    room::Effect,
};
use crate::channel::{Channel, ChannelEvent};

/// The room passes a knock on at most this often.
const KNOCK_EVERY: Duration = Duration::from_secs(10);

impl Owner {
    /// Seconds until another knock has an effect.
    pub(super) fn knock_again(&self, now: Instant) -> Option<u32> {
        let since = now.saturating_duration_since(self.knocked?);
        let left = KNOCK_EVERY.checked_sub(since)?;
        Some(u32::try_from(left.as_secs()).unwrap_or(0) + 1)
    }

    /// Waits until an admin lets us in; answers where the media is.
    pub(super) async fn wait_to_be_let_in(
        &mut self,
        channel: &Channel,
        events: &mut mpsc::UnboundedReceiver<ChannelEvent>,
        inbox: &mut mpsc::UnboundedReceiver<Command>,
        state: &watch::Sender<CallState>,
    ) -> Result<(String, Secret), Way> {
        let mut local = self.media.watch();
        let mut tick = tokio::time::interval(Duration::from_secs(1));
        loop {
            if self.room.waiting.is_some() {
                let view = self.waiting_view();
                state.send_if_modified(|old| {
                    if matches!(old, CallState::Waiting(old) if **old == view) {
                        return false;
                    }
                    *old = CallState::Waiting(Box::new(view));
                    true
                });
            }
            tokio::select! {
                command = inbox.recv() => match command {
                    None | Some(Command::Leave | Command::EndForEveryone) => {
                        channel.send(ClientMessage::Leave);
                        channel.flushed().await;
                        return Err(Way::Over(LeaveReason::Left));
                    }
                    Some(Command::Room(message)) => {
                        if message == ClientMessage::Knock {
                            self.knocked = Some(Instant::now());
                        }
                        channel.send(message);
                    }
                    Some(command) => super::connect::obey_early(&command, &self.media),
                },
                event = events.recv() => match event {
                    Some(ChannelEvent::Message(message)) => {
                        self.connection = ConnectionView::Connected;
                        for effect in self.room.take(*message, &mut self.people, Instant::now()) {
                            match effect {
                                Effect::MediaToken(url, token) => return Ok((url, token)),
                                Effect::Closed(LeaveReason::ServerStopping | LeaveReason::ConnectionLost) => {
                                    return Err(Way::Lost);
                                }
                                Effect::Closed(reason) => return Err(Way::Over(reason)),
                                Effect::Notice(code, name) => self.notice(code, name),
                                Effect::Refused(problem) => self.refused(&problem),
                                Effect::RightsChanged => {}
                            }
                        }
                    }
                    Some(ChannelEvent::Lost) => self.connection = ConnectionView::Reconnecting { attempt: 1 },
                    Some(ChannelEvent::Refused(problem)) => {
                        return Err(match final_reason(problem.code) {
                            Some(reason) if self.room.waiting.is_some() => Way::Over(reason),
                            // The token grew old while the line was down: the link gives another.
                            _ if problem.code == ErrorCode::TokenExpired => Way::Lost,
                            _ => Way::Failed(problem),
                        });
                    }
                    None => {
                        let words = "the room channel ended";
                        return Err(Way::Failed(Problem::new(ErrorCode::ServerUnreachable, words)));
                    }
                },
                _ = local.changed() => {}
                _ = tick.tick() => {}
            }
        }
    }
}
