//! What both channels have in common: JSON messages on a WebSocket, limits, signs of life.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use serde::{Serialize, de::DeserializeOwned};
use tokio::time::{Instant, timeout};
use visita_protocol::{ErrorCode, Problem};

use crate::error::read_json;

/// How often a silent client is asked whether it is there.
pub(super) const PING_EVERY: Duration = Duration::from_secs(10);
/// A client that said nothing at all for this long is gone. A little over two pings: one may get lost.
pub(super) const SILENCE: Duration = Duration::from_secs(25);
/// How long a client may take for one message; a line that is stuck for longer is as good as lost.
const WRITE: Duration = Duration::from_secs(10);
/// How long the client's own close frame is waited for.
const CLOSING: Duration = Duration::from_secs(1);
/// Messages a client may send at once, and in the long run per second. People and their windows send a few; a slider that
/// is dragged some tens.
const BURST: f64 = 120.0;
const PER_SECOND: f64 = 20.0;
/// The same with strokes, cursors and pointers, which follow the hand: a stroke is told sixty times a second, a cursor
/// thirty times.
const BURST_DRAWING: f64 = 500.0;
const PER_SECOND_DRAWING: f64 = 150.0;

/// WebSocket close codes (RFC 6455 section 7.4.1).
pub(super) mod close {
    pub(in crate::channel) const NORMAL: u16 = 1000;
    pub(in crate::channel) const POLICY: u16 = 1008;
    pub(in crate::channel) const TOO_BIG: u16 = 1009;
}

pub(super) type Sink = SplitSink<WebSocket, Message>;

/// What came from a client.
pub(super) enum Read<M> {
    Message(M),
    /// Not a message of the channel; it is refused and nothing else.
    Bad(Problem),
    /// Larger than allowed: the line is of no more use.
    TooLarge(Problem),
    /// A sign of life.
    Alive,
    Gone,
}

pub(super) fn read<M: DeserializeOwned + Serialize>(frame: Option<Result<Message, axum::Error>>) -> Read<M> {
    match frame {
        Some(Ok(Message::Text(text))) => match read_message(text.as_bytes()) {
            Ok(message) => Read::Message(message),
            Err(problem) => Read::Bad(problem),
        },
        Some(Ok(Message::Binary(_))) => Read::Bad(Problem::new(ErrorCode::Invalid, "messages are text")),
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Read::Alive,
        Some(Err(error)) if is_too_large(&error) => {
            Read::TooLarge(Problem::new(ErrorCode::TooLarge, "a message has at most 64 KiB"))
        }
        Some(Ok(Message::Close(_)) | Err(_)) | None => Read::Gone,
    }
}

fn read_message<M: DeserializeOwned + Serialize>(text: &[u8]) -> Result<M, Problem> {
    let message: M = read_json(text)?;
    // serde overlooks further fields beside a tag and reads structs from arrays: what was said has to be what is meant,
    // where a field that was left out may stand for its default.
    let said: serde_json::Map<String, serde_json::Value> = read_json(text)?;
    let meant = serde_json::to_value(&message).unwrap_or_default();
    match said.iter().find(|(field, value)| !value.is_null() && !meant.get(field).is_some_and(|it| covers(it, value))) {
        Some((field, _)) => Err(Problem::invalid(field, "not a field of this message")),
        None => Ok(message),
    }
}

/// Whether `meant` says what `said` says; objects may have more fields, filled in by defaults, also those in lists.
fn covers(meant: &serde_json::Value, said: &serde_json::Value) -> bool {
    match (meant, said) {
        (serde_json::Value::Object(meant), serde_json::Value::Object(said)) => {
            said.iter().all(|(field, value)| meant.get(field).is_some_and(|it| covers(it, value)))
        }
        (serde_json::Value::Array(meant), serde_json::Value::Array(said)) => {
            meant.len() == said.len() && meant.iter().zip(said).all(|(meant, said)| covers(meant, said))
        }
        (meant, said) => meant == said,
    }
}

fn is_too_large(error: &axum::Error) -> bool {
    // The WebSocket library's error type is not part of axum's interface; its words are.
    error.to_string().contains("too long")
}

/// Counts what a client sends.
pub(super) struct Flood {
    left: f64,
    at: Instant,
    burst: f64,
    per_second: f64,
}

impl Flood {
    pub(super) fn new(now: Instant) -> Self {
        Self { left: BURST, at: now, burst: BURST, per_second: PER_SECOND }
    }

    /// With all that follows the hand.
    pub(super) fn of_drawing(now: Instant) -> Self {
        Self { left: BURST_DRAWING, at: now, burst: BURST_DRAWING, per_second: PER_SECOND_DRAWING }
    }

    /// One more frame; `false` when that is more than any person sends.
    pub(super) fn one_more(&mut self, now: Instant) -> bool {
        self.left = (self.left + (now - self.at).as_secs_f64() * self.per_second).min(self.burst);
        self.at = now;
        self.left -= 1.0;
        self.left >= 0.0
    }
}

pub(super) async fn say_goodbye(sink: &mut Sink, code: u16) {
    let _ = write(sink, Message::Close(Some(CloseFrame { code, reason: "".into() }))).await;
}

/// Reads, unheeded, what the client still sends, until it has closed the line too (RFC 6455 section 7.1.1). A socket that is
/// dropped with something unread in it is reset, and the client loses why it was closed.
pub(super) async fn hear_out(mut stream: SplitStream<WebSocket>) {
    let _ = timeout(CLOSING, async { while let Some(Ok(_)) = stream.next().await {} }).await;
}

/// Whether it was sent.
pub(super) async fn send(sink: &mut Sink, message: &impl Serialize) -> bool {
    match serde_json::to_string(message) {
        Ok(text) => write(sink, Message::Text(text.into())).await,
        Err(error) => {
            tracing::error!(%error, "a message could not be written");
            false
        }
    }
}

pub(super) async fn ping(sink: &mut Sink) -> bool {
    write(sink, Message::Ping(bytes::Bytes::new())).await
}

async fn write(sink: &mut Sink, message: Message) -> bool {
    matches!(timeout(WRITE, sink.send(message)).await, Ok(Ok(())))
}

#[cfg(test)]
mod tests {
    use visita_protocol::channel::ClientMessage;

    use super::*;

    #[test]
    fn what_is_left_out_may_have_a_default_and_what_is_too_much_is_refused() {
        let read = |text: &str| read_message::<ClientMessage>(text.as_bytes());
        assert!(read(r#"{"type":"set_tools","participant_id":"a","tools":{"chat":true}}"#).is_ok());
        assert!(read(r#"{"type":"ring"}"#).is_ok());
        let text = |more: &str| {
            let shape = format!(r#"{{"kind":"text","at":{{"x":0,"y":0}},"text":"a","colour":"ink","size":20{more}}}"#);
            let item = r#""id":"t","author":"a","page":0,"z":0,"stamp":{"clock":1,"by":"a"}"#;
            let op = format!(r#"{{"op":"put","item":{{{item},"shape":{shape}}}}}"#);
            format!(r#"{{"type":"board","board":"board","ops":[{op}]}}"#)
        };
        assert!(read(&text("")).is_ok(), "an item from before there were notes");
        assert!(read(&text(r#","ground":"ochre""#)).is_ok());
        assert!(read(&text(r#","grounds":"ochre""#)).is_err());
        for bad in [
            r#"{"type":"ring","loud":true}"#,
            r#"{"type":"set_tools","participant_id":"a","tools":{"chatt":true}}"#,
            r#"{"type":"set_tools","participant_id":"a","tools":[true]}"#,
            r#"{"type":"set_tools","participant_id":"a"}"#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_burst_is_fine_and_a_flood_is_not() {
        let start = Instant::now();
        let mut flood = Flood::new(start);
        assert!((0..120).all(|_| flood.one_more(start)));
        assert!(!flood.one_more(start));
        let later = start + Duration::from_secs(1);
        assert!((0..15).all(|_| flood.one_more(later)), "in the long run some per second");
    }
}
