//! The client's end of the user channel: presence and ringing of somebody signed in. Comes back by itself while its token
//! is good.

use std::time::Duration;

use tokio::{
    sync::mpsc,
    time::{Instant, sleep},
};
use url::Url;
use visita_call::line::{Heard, Line};
use visita_protocol::{
    Problem, Secret,
    user_channel::{UserClientMessage, UserCloseReason, UserServerMessage},
};

/// A line that says nothing for this long is dead.
const SILENCE_LIMIT: Duration = Duration::from_secs(30);
const RETRY_FIRST: Duration = Duration::from_millis(500);
const RETRY_MAX: Duration = Duration::from_secs(15);

/// What the channel tells.
#[derive(Debug)]
pub(crate) enum ChannelEvent {
    /// A message of the server.
    Message(UserServerMessage),
    /// The line is lost and is being made again.
    Lost,
    /// The token is good no more; the channel has ended.
    Refused(Problem),
    /// The token's time is over; the channel has ended.
    Expired,
}

/// A running channel; dropping it hangs up.
pub(crate) struct UserChannel {
    out: mpsc::UnboundedSender<UserClientMessage>,
}

impl UserChannel {
    /// Starts it in the background; `tell` hears everything.
    pub(crate) fn start(server: &Url, token: Secret, tell: impl Fn(ChannelEvent) + Send + Sync + 'static) -> Self {
        let (out, inbox) = mpsc::unbounded_channel();
        let mut url = server.clone();
        // Only http and https get here, whose counterparts these are.
        let _ = url.set_scheme(if server.scheme() == "https" { "wss" } else { "ws" });
        url.set_path("user-channel");
        tokio::spawn(run(url, token, inbox, tell));
        Self { out }
    }

    /// Sends a message, while the line is up.
    pub(crate) fn send(&self, message: UserClientMessage) {
        // The task ends only when the token is good no more; then there is nothing to say.
        let _ = self.out.send(message);
    }
}

enum Ended {
    Line,
    Over,
}

async fn run(
    url: Url,
    mut token: Secret,
    mut inbox: mpsc::UnboundedReceiver<UserClientMessage>,
    tell: impl Fn(ChannelEvent),
) {
    let mut retry = RETRY_FIRST;
    loop {
        match converse(&url, &mut token, &mut inbox, &tell, &mut retry).await {
            Ended::Over => return,
            Ended::Line => tell(ChannelEvent::Lost),
        }
        let until = Instant::now() + retry;
        retry = (retry * 2).min(RETRY_MAX);
        // What is said meanwhile has lost its meaning, but a new token is a new token.
        loop {
            tokio::select! {
                () = tokio::time::sleep_until(until) => break,
                message = inbox.recv() => match message {
                    Some(UserClientMessage::Renew { token: new }) => token = new,
                    Some(_) => {}
                    None => return,
                }
            }
        }
    }
}

async fn converse(
    url: &Url,
    token: &mut Secret,
    inbox: &mut mpsc::UnboundedReceiver<UserClientMessage>,
    tell: &impl Fn(ChannelEvent),
    retry: &mut Duration,
) -> Ended {
    let mut line = tokio::select! {
        line = Line::open(url.as_str(), SILENCE_LIMIT) => match line {
            Ok(line) => line,
            Err(_) => return Ended::Line,
        },
        () = closed(inbox, token) => return Ended::Over,
    };
    if line.send(&UserClientMessage::Hello { token: token.clone() }).await.is_err() {
        return Ended::Line;
    }
    let mut welcomed = false;
    loop {
        tokio::select! {
            message = inbox.recv() => match message {
                Some(message) => {
                    if let UserClientMessage::Renew { token: new } = &message {
                        *token = new.clone();
                    }
                    if line.send(&message).await.is_err() { return Ended::Line }
                }
                None => {
                    // The server hears it by the line's end as well.
                    line.close().await;
                    return Ended::Over;
                }
            },
            heard = line.heard::<UserServerMessage>() => {
                let message = match heard {
                    Ok(Heard::Message(message)) => message,
                    Ok(Heard::PingDue) => {
                        if welcomed && line.send(&UserClientMessage::Ping).await.is_err() { return Ended::Line }
                        continue;
                    }
                    Err(_) => return Ended::Line,
                };
                match message {
                    UserServerMessage::Refused { error } if !welcomed => {
                        tell(ChannelEvent::Refused(error));
                        return Ended::Over;
                    }
                    UserServerMessage::Closed { reason: UserCloseReason::TokenExpired } => {
                        tell(ChannelEvent::Expired);
                        return Ended::Over;
                    }
                    UserServerMessage::Closed { .. } => {
                        // A server that stops needs a moment.
                        sleep(RETRY_FIRST).await;
                        return Ended::Line;
                    }
                    message => {
                        if matches!(message, UserServerMessage::Welcome { .. }) {
                            welcomed = true;
                            *retry = RETRY_FIRST;
                        }
                        tell(ChannelEvent::Message(message));
                    }
                }
            }
        }
    }
}

/// Returns when nobody holds the channel any more.
async fn closed(inbox: &mut mpsc::UnboundedReceiver<UserClientMessage>, token: &mut Secret) {
    while let Some(message) = inbox.recv().await {
        if let UserClientMessage::Renew { token: new } = message {
            *token = new;
        }
    }
}
