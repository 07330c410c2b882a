//! The client's end of the room channel: connects, says hello, comes back by itself while its token is good.

use std::time::Duration;

use tokio::{
    sync::{mpsc, oneshot},
    time::{sleep, timeout},
};
use visita_protocol::{
    Problem, Secret, SessionId,
    channel::{ClientMessage, ServerMessage},
};

use crate::line::{Heard, Line};

/// A line that says nothing for this long is dead.
const SILENCE_LIMIT: Duration = Duration::from_secs(15);
const RETRY_FIRST: Duration = Duration::from_millis(250);
const RETRY_MAX: Duration = Duration::from_secs(4);

/// What the channel tells the call.
#[derive(Debug)]
pub(crate) enum ChannelEvent {
    /// A message of the server.
    Message(Box<ServerMessage>),
    /// The line is lost and is being made again.
    Lost,
    /// The server refuses our hello: a new entry is needed.
    Refused(Problem),
}

/// A running channel; dropping it hangs up.
pub(crate) struct Channel {
    commands: mpsc::UnboundedSender<Outgoing>,
}

/// How long [`Channel::flushed`] waits for a line that does not take anything.
const FLUSH_WITHIN: Duration = Duration::from_millis(300);

enum Outgoing {
    Message(ClientMessage),
    /// Answered when everything before it is written.
    Flush(oneshot::Sender<()>),
}

impl Channel {
    /// Starts the channel in the background.
    pub(crate) fn start(url: String, token: Secret) -> (Self, mpsc::UnboundedReceiver<ChannelEvent>) {
        visita_rtc::use_aws_lc();
        let (commands, inbox) = mpsc::unbounded_channel();
        let (events, outbox) = mpsc::unbounded_channel();
        tokio::spawn(run(url, token, inbox, events));
        (Self { commands }, outbox)
    }

    /// Sends a message now, or when the line is back.
    pub(crate) fn send(&self, message: ClientMessage) {
        // The task ends only when the call drops both ends.
        let _ = self.commands.send(Outgoing::Message(message));
    }

    /// Returns when what was sent so far is on its way, or soon after where the line is down.
    pub(crate) async fn flushed(&self) {
        let (done, written) = oneshot::channel();
        if self.commands.send(Outgoing::Flush(done)).is_ok() {
            let _ = timeout(FLUSH_WITHIN, written).await;
        }
    }
}

/// What was heard last, to say so after a broken line.
#[derive(Default)]
struct Seen {
    session_id: Option<SessionId>,
    seq: Option<u64>,
    /// The newest message of the chat.
    chat: Option<u32>,
}

impl Seen {
    /// Whether a message follows on what was heard before; a gap means that something was missed.
    fn follows(&mut self, message: &ServerMessage) -> bool {
        let newest = match message {
            ServerMessage::Chat { message } => Some(message.id),
            ServerMessage::ChatHistory { messages, .. } => messages.last().map(|message| message.id),
            _ => None,
        };
        self.chat = self.chat.max(newest);
        if let ServerMessage::Welcome { seq, room, .. } = message {
            self.session_id = Some(room.session_id.clone());
            self.seq = Some(*seq);
            return true;
        }
        match (message.seq(), self.seq) {
            (Some(seq), Some(last)) if seq == last + 1 => self.seq = Some(seq),
            // Repeated: it was heard already, and saying it again changes nothing.
            (Some(seq), Some(last)) if seq <= last => {}
            (Some(_), _) => return false,
            (None, _) => {}
        }
        true
    }
}

enum Ended {
    /// The call let go of the channel.
    Dropped,
    /// The server said it is over, or refused us.
    ByServer,
    Line,
}

async fn run(
    url: String,
    token: Secret,
    mut inbox: mpsc::UnboundedReceiver<Outgoing>,
    events: mpsc::UnboundedSender<ChannelEvent>,
) {
    let mut seen = Seen::default();
    let mut retry = RETRY_FIRST;
    loop {
        match converse(&url, &token, &mut seen, &mut inbox, &events, &mut retry).await {
            Ended::Dropped | Ended::ByServer => return,
            Ended::Line => {
                if events.send(ChannelEvent::Lost).is_err() {
                    return;
                }
                sleep(retry).await;
                retry = (retry * 2).min(RETRY_MAX);
            }
        }
    }
}

async fn converse(
    url: &str,
    token: &Secret,
    seen: &mut Seen,
    inbox: &mut mpsc::UnboundedReceiver<Outgoing>,
    events: &mpsc::UnboundedSender<ChannelEvent>,
    retry: &mut Duration,
) -> Ended {
    let Ok(mut line) = Line::open(url, SILENCE_LIMIT).await else { return Ended::Line };
    let hello = ClientMessage::Hello {
        token: token.clone(),
        last_seen: seen.seq,
        session_id: seen.session_id.clone(),
        chat_after: seen.chat,
    };
    if line.send(&hello).await.is_err() {
        return Ended::Line;
    }
    let mut welcomed = false;
    loop {
        tokio::select! {
            message = inbox.recv(), if welcomed => match message {
                Some(Outgoing::Message(message)) => if line.send(&message).await.is_err() { return Ended::Line },
                Some(Outgoing::Flush(done)) => drop(done.send(())),
                None => {
                    line.close().await;
                    return Ended::Dropped;
                }
            },
            heard = line.heard::<ServerMessage>() => {
                let message = match heard {
                    Ok(Heard::Message(message)) => message,
                    Ok(Heard::PingDue) => {
                        let gone = events.is_closed();
                        if gone || welcomed && line.send(&ClientMessage::Ping).await.is_err() { return Ended::Line }
                        continue;
                    }
                    Err(_) => return Ended::Line,
                };
                if !seen.follows(&message) {
                    tracing::info!("a room channel message was missed");
                    return Ended::Line;
                }
                match &message {
                    ServerMessage::Welcome { .. } | ServerMessage::Resumed { .. } | ServerMessage::Waiting { .. } => {
                        if !welcomed && !send_queued(&mut line, inbox).await {
                            return Ended::Line;
                        }
                        welcomed = true;
                        *retry = RETRY_FIRST;
                    }
                    ServerMessage::Refused { error, .. } if !welcomed => {
                        let _ = events.send(ChannelEvent::Refused(error.clone()));
                        return Ended::ByServer;
                    }
                    ServerMessage::Closed { .. } => {
                        let _ = events.send(ChannelEvent::Message(Box::new(message)));
                        return Ended::ByServer;
                    }
                    _ => {}
                }
                if events.send(ChannelEvent::Message(Box::new(message))).is_err() { return Ended::Dropped }
            }
        }
    }
}

/// Sends what was said while there was no line. What followed the hand is not said late: the boards say what was drawn
/// again, all in one.
async fn send_queued(line: &mut Line, inbox: &mut mpsc::UnboundedReceiver<Outgoing>) -> bool {
    while let Ok(queued) = inbox.try_recv() {
        match queued {
            Outgoing::Message(
                ClientMessage::Board { .. }
                | ClientMessage::BoardCursor { .. }
                | ClientMessage::Point { .. }
                | ClientMessage::Typing { .. },
            ) => {}
            Outgoing::Message(message) => {
                if line.send(&message).await.is_err() {
                    return false;
                }
            }
            Outgoing::Flush(done) => drop(done.send(())),
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use visita_protocol::channel::RecordingState;

    use super::*;

    fn recording(seq: u64) -> ServerMessage {
        ServerMessage::RecordingChanged { seq, recording: RecordingState::Off }
    }

    #[test]
    fn a_gap_is_noticed_and_a_repetition_is_not() {
        let mut seen = Seen { seq: Some(7), ..Seen::default() };
        assert!(seen.follows(&recording(8)));
        assert!(seen.follows(&recording(8)));
        assert!(seen.follows(&ServerMessage::Pong));
        assert!(!seen.follows(&recording(10)));
        assert_eq!(seen.seq, Some(8));
        assert!(!Seen::default().follows(&recording(1)));
    }
}
