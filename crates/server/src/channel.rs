//! The room channel's WebSocket: reads messages, hands them to the room, writes what the room says.

use std::time::Duration;

use axum::{
    extract::{
        State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade},
    },
    response::Response,
};
use futures_util::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use tokio::time::{Instant, timeout};
use tracing::Instrument;
use visita_protocol::{
    ErrorCode, Problem, RoomId, Secret,
    channel::{ClientMessage, HELLO_TIMEOUT_SECS, MAX_MESSAGE_LEN, ServerMessage},
};
use visita_room::{ConnectionId, Input};

use crate::{
    app::App,
    error::read_json,
    rooms::{Outbox, RoomError},
    tokens::ChannelToken,
};

/// How often a silent client is asked whether it is there.
const PING_EVERY: Duration = Duration::from_secs(10);
/// A client that said nothing at all for this long is gone. A little over two pings: one may get lost.
const SILENCE: Duration = Duration::from_secs(25);
/// How long a client may take for one message; a line that is stuck for longer is as good as lost.
const WRITE: Duration = Duration::from_secs(10);

/// WebSocket close codes (RFC 6455 section 7.4.1).
mod close {
    pub(super) const NORMAL: u16 = 1000;
    pub(super) const POLICY: u16 = 1008;
    pub(super) const TOO_BIG: u16 = 1009;
}

/// `GET /channel`
pub(crate) async fn open(State(app): State<App>, upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .max_message_size(MAX_MESSAGE_LEN)
        .max_frame_size(MAX_MESSAGE_LEN)
        .on_upgrade(move |socket| serve(app, socket))
}

async fn serve(app: App, socket: WebSocket) {
    let (mut sink, mut stream) = socket.split();
    let mut stopping = app.stopping.clone();
    let hello = tokio::select! {
        hello = timeout(Duration::from_secs(HELLO_TIMEOUT_SECS), read_hello(&mut stream)) => hello,
        _ = stopping.wait_for(|stopping| *stopping) => return,
    };
    let token = match hello {
        Ok(Ok(Some(token))) => token,
        Ok(Ok(None)) => return,
        Ok(Err(problem)) => return refuse_and_close(&mut sink, problem).await,
        Err(_) => {
            let problem = Problem::new(ErrorCode::Unauthorized, "the hello did not come in time");
            return refuse_and_close(&mut sink, problem).await;
        }
    };
    let (token, connection, outbox) = match connect(&app, &token).await {
        Ok(connected) => connected,
        Err(problem) => return refuse_and_close(&mut sink, problem).await,
    };
    let span = tracing::info_span!("channel", room = %token.room, seat = %token.seat);
    let client = Client { app, room: token.room, connection };
    client.run(sink, stream, outbox).instrument(span).await;
}

/// The first message; `None` when the client went away.
async fn read_hello(stream: &mut SplitStream<WebSocket>) -> Result<Option<Secret>, Problem> {
    loop {
        match read(stream.next().await) {
            Read::Message(ClientMessage::Hello { token, .. }) => return Ok(Some(token)),
            Read::Message(_) => return Err(Problem::new(ErrorCode::Unauthorized, "the first message has to be hello")),
            Read::Bad(problem) | Read::TooLarge(problem) => return Err(problem),
            Read::Alive => {}
            Read::Gone => return Ok(None),
        }
    }
}

async fn connect(app: &App, token: &Secret) -> Result<(ChannelToken, ConnectionId, Outbox), Problem> {
    let token = ChannelToken::read(token, &app.keys)
        .ok_or_else(|| Problem::new(ErrorCode::Unauthorized, "this is no channel token of this server"))?;
    let expired = token.expired(app.clock.now());
    let hello = |connection, session_id| Input::Connect {
        participant_id: token.seat.clone(),
        link: token.link(),
        entry: token.entry(),
        connection,
        display_name: token.name.clone(),
        expired,
        session_id,
    };
    let connected = app.rooms.connect(&token.room, hello).await;
    let (connection, outbox) = connected.map_err(|error| match error {
        // The token is ours, so the room was there once.
        RoomError::NoSuchRoom => Problem::new(ErrorCode::RoomEnded, "the room is over"),
        error => error.problem(),
    })?;
    Ok((token, connection, outbox))
}

/// A client that said hello.
struct Client {
    app: App,
    room: RoomId,
    connection: ConnectionId,
}

impl Client {
    async fn run(self, mut sink: Sink, mut stream: SplitStream<WebSocket>, mut outbox: Outbox) {
        tracing::debug!("connected");
        let mut heard = Instant::now();
        let mut ping = tokio::time::interval(PING_EVERY);
        loop {
            tokio::select! {
                biased;
                message = outbox.recv() => match message {
                    Some(message) => if !send(&mut sink, &message).await { break },
                    // The room has said the last word.
                    None => {
                        say_goodbye(&mut sink, close::NORMAL).await;
                        break;
                    }
                },
                frame = stream.next() => {
                    heard = Instant::now();
                    let answer = match read(frame) {
                        Read::Message(message) => self.take(message).await,
                        Read::Bad(problem) => Some(ServerMessage::Refused { error: problem }),
                        Read::TooLarge(problem) => {
                            let _ = send(&mut sink, &ServerMessage::Refused { error: problem }).await;
                            say_goodbye(&mut sink, close::TOO_BIG).await;
                            break;
                        }
                        Read::Alive => None,
                        Read::Gone => break,
                    };
                    if let Some(answer) = answer
                        && !send(&mut sink, &answer).await
                    {
                        break;
                    }
                }
                _ = ping.tick() => {
                    if heard.elapsed() > SILENCE {
                        tracing::debug!("silent for too long");
                        break;
                    }
                    if !write(&mut sink, Message::Ping(bytes::Bytes::new())).await {
                        break;
                    }
                }
            }
        }
        tracing::debug!("disconnected");
        // Refused when the room put this connection out itself.
        self.app.rooms.tell(&self.room, Input::Disconnect { connection: self.connection }).await;
    }

    /// Takes a message; answers what goes back to this client alone.
    async fn take(&self, message: ClientMessage) -> Option<ServerMessage> {
        let connection = self.connection;
        let input = match message {
            ClientMessage::Hello { .. } => {
                let error = Problem::new(ErrorCode::Invalid, "hello was said already");
                return Some(ServerMessage::Refused { error });
            }
            ClientMessage::Ping => return Some(ServerMessage::Pong),
            ClientMessage::SetMedia { media } => Input::SetMedia { connection, media },
            ClientMessage::Leave => Input::Leave { connection },
            ClientMessage::EndSession => Input::EndSession { connection },
            _ => {
                let error = Problem::new(ErrorCode::Invalid, "not taken yet");
                return Some(ServerMessage::Refused { error });
            }
        };
        match self.app.rooms.handle(&self.room, input).await {
            Ok(()) => None,
            Err(error) => Some(ServerMessage::Refused { error: error.problem() }),
        }
    }
}

type Sink = SplitSink<WebSocket, Message>;

enum Read {
    Message(ClientMessage),
    /// Not a message of the channel; it is refused and nothing else.
    Bad(Problem),
    /// Larger than allowed: the line is of no more use.
    TooLarge(Problem),
    /// A sign of life.
    Alive,
    Gone,
}

fn read(frame: Option<Result<Message, axum::Error>>) -> Read {
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

fn read_message(text: &[u8]) -> Result<ClientMessage, Problem> {
    let message: ClientMessage = read_json(text)?;
    // serde overlooks further fields beside a tag and reads structs from arrays: what was said has to be what is meant.
    let said: serde_json::Map<String, serde_json::Value> = read_json(text)?;
    let meant = serde_json::to_value(&message).unwrap_or_default();
    match said.iter().find(|(field, value)| !value.is_null() && meant.get(field) != Some(value)) {
        Some((field, _)) => Err(Problem::invalid(field, "not a field of this message")),
        None => Ok(message),
    }
}

fn is_too_large(error: &axum::Error) -> bool {
    // The WebSocket library's error type is not part of axum's interface; its words are.
    error.to_string().contains("too long")
}

async fn refuse_and_close(sink: &mut Sink, error: Problem) {
    tracing::debug!(code = ?error.code, "hello refused");
    let code = if error.code == ErrorCode::TooLarge { close::TOO_BIG } else { close::POLICY };
    if send(sink, &ServerMessage::Refused { error }).await {
        say_goodbye(sink, code).await;
    }
}

async fn say_goodbye(sink: &mut Sink, code: u16) {
    let _ = write(sink, Message::Close(Some(CloseFrame { code, reason: "".into() }))).await;
}

/// Whether it was sent.
async fn send(sink: &mut Sink, message: &ServerMessage) -> bool {
    match serde_json::to_string(message) {
        Ok(text) => write(sink, Message::Text(text.into())).await,
        Err(error) => {
            tracing::error!(%error, "a message could not be written");
            false
        }
    }
}

async fn write(sink: &mut Sink, message: Message) -> bool {
    matches!(timeout(WRITE, sink.send(message)).await, Ok(Ok(())))
}
