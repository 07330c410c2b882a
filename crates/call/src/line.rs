//! A line of JSON messages over a WebSocket, which the room channel and the user channel both are.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde::{Serialize, de::DeserializeOwned};
use tokio::{
    net::TcpStream,
    time::{Instant, Interval, interval, timeout},
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// Pings in the time after which a silent line is dead.
const PINGS: u32 = 3;

/// The line is dead, or was never there.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the line is lost")]
pub struct LineLost;

/// What a line has to say.
#[derive(Debug)]
pub enum Heard<T> {
    /// A message of the other side.
    Message(T),
    /// It is time to send a ping, so that the other side answers.
    PingDue,
}

/// An open line; dropping it ends the connection without a word.
pub struct Line {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    silence_limit: Duration,
    last_heard: Instant,
    ping: Interval,
}

impl Line {
    /// Connects to a `ws:` or `wss:` URL. A line that says nothing for longer than `silence_limit` counts as dead.
    ///
    /// # Errors
    ///
    /// Nobody answers there within five seconds.
    pub async fn open(url: &str, silence_limit: Duration) -> Result<Self, LineLost> {
        let (socket, _) = timeout(CONNECT_WITHIN, connect_async(url))
            .await
            .map_err(|_| LineLost)?
            .inspect_err(|error| tracing::info!(%error, "a channel was not reached"))
            .map_err(|_| LineLost)?;
        Ok(Self { socket, silence_limit, last_heard: Instant::now(), ping: interval(silence_limit / PINGS) })
    }

    /// Writes a message.
    ///
    /// # Errors
    ///
    /// The line is lost.
    pub async fn send(&mut self, message: &impl Serialize) -> Result<(), LineLost> {
        let text = serde_json::to_string(message).unwrap_or_default();
        self.socket.send(Message::text(text)).await.map_err(|_| LineLost)
    }

    /// Waits for what comes next; what is not understood is passed over. Nothing is lost when the wait is given up.
    ///
    /// # Errors
    ///
    /// The line is lost, or was silent for too long.
    pub async fn heard<T: DeserializeOwned>(&mut self) -> Result<Heard<T>, LineLost> {
        loop {
            tokio::select! {
                _ = self.ping.tick() => {
                    if self.last_heard.elapsed() > self.silence_limit {
                        return Err(LineLost);
                    }
                    return Ok(Heard::PingDue);
                }
                message = self.socket.next() => {
                    self.last_heard = Instant::now();
                    let Some(Ok(message)) = message else { return Err(LineLost) };
                    let Message::Text(body) = message else { continue };
                    match serde_json::from_str(&body) {
                        Ok(message) => return Ok(Heard::Message(message)),
                        Err(_) => tracing::warn!("a channel's message was not understood"),
                    }
                }
            }
        }
    }

    /// Says that it is over.
    pub async fn close(mut self) {
        // Where the line is lost, the other side notices by itself.
        let _ = SinkExt::<Message>::close(&mut self.socket).await;
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;
    use tokio_tungstenite::accept_async;

    use super::*;

    #[tokio::test]
    async fn what_is_no_message_is_passed_over_and_an_end_is_an_end() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let url = format!("ws://{}", listener.local_addr().expect("bound"));
        let server = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.expect("a client");
            let mut socket = accept_async(stream).await.expect("a WebSocket");
            for text in ["nonsense", "7"] {
                socket.send(Message::text(text)).await.expect("sent");
            }
            socket.next().await.expect("an answer").expect("whole")
        });
        let mut line = Line::open(&url, Duration::from_secs(30)).await.expect("open");
        let mut numbers = Vec::new();
        loop {
            match line.heard::<u32>().await {
                Ok(Heard::PingDue) => {}
                Ok(Heard::Message(number)) => {
                    numbers.push(number);
                    line.send(&"heard").await.expect("open");
                }
                Err(LineLost) => break,
            }
        }
        assert_eq!(numbers, [7]);
        assert_eq!(server.await.expect("no panic"), Message::text("\"heard\""));
        assert!(Line::open(&url, Duration::from_secs(30)).await.is_err(), "nobody is there any more");
    }
}
