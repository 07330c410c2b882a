//! The WebSockets: the room channel reads messages, hands them to the room and writes what the room says; the user channel
//! is in [`user`].

mod line;
pub(crate) mod user;

use std::time::Duration;

use axum::{
    extract::{State, ws::WebSocket},
    http::HeaderMap,
    response::Response,
};
use futures_util::{StreamExt, stream::SplitStream};
use tokio::time::{Instant, timeout};
use tracing::Instrument;
use url::Url;
use visita_protocol::{
    ErrorCode, Problem, RoomId, Secret, SessionId,
    channel::{ClientMessage, HELLO_TIMEOUT_SECS, MAX_MESSAGE_LEN, ServerMessage},
};
use visita_room::{ConnectionId, Input, Seen};

use crate::{
    app::App,
    error::Upgrade,
    rooms::{Mail, Outbox, RoomError},
    tokens::ChannelToken,
};
use line::{Flood, PING_EVERY, Read, SILENCE, Sink, close, hear_out, read, say_goodbye, send};

/// `GET /channel`
pub(crate) async fn open(State(app): State<App>, headers: HeaderMap, Upgrade(upgrade): Upgrade) -> Response {
    let base = app.base_for(&headers);
    upgrade
        .max_message_size(MAX_MESSAGE_LEN)
        .max_frame_size(MAX_MESSAGE_LEN)
        .on_upgrade(move |socket| serve(app, base, socket))
}

async fn serve(app: App, base: Url, socket: WebSocket) {
    let (sink, mut stream) = socket.split();
    let mut stopping = app.stopping.clone();
    let hello = tokio::select! {
        hello = timeout(Duration::from_secs(HELLO_TIMEOUT_SECS), read_hello(&mut stream)) => hello,
        _ = stopping.wait_for(|stopping| *stopping) => return,
    };
    let hello = match hello {
        Ok(Ok(Some(hello))) => hello,
        Ok(Ok(None)) => return,
        Ok(Err(problem)) => return refuse_and_close(sink, stream, problem).await,
        Err(_) => {
            let problem = Problem::new(ErrorCode::Unauthorized, "the hello did not come in time");
            return refuse_and_close(sink, stream, problem).await;
        }
    };
    let (token, connection, outbox) = match connect(&app, hello).await {
        Ok(connected) => connected,
        Err(problem) => return refuse_and_close(sink, stream, problem).await,
    };
    let span = tracing::info_span!("channel", room = %token.room, seat = %token.seat);
    let client = Client { app, base, room: token.room, connection };
    client.run(sink, stream, outbox).instrument(span).await;
}

struct Hello {
    token: Secret,
    seen: Option<Seen>,
    chat_after: u32,
}

/// The first message; `None` when the client went away.
async fn read_hello(stream: &mut SplitStream<WebSocket>) -> Result<Option<Hello>, Problem> {
    loop {
        match read(stream.next().await) {
            Read::Message(ClientMessage::Hello { token, last_seen, session_id, chat_after }) => {
                let (seen, chat_after) = (seen(session_id, last_seen), chat_after.unwrap_or(0));
                return Ok(Some(Hello { token, seen, chat_after }));
            }
            Read::Message(_) => return Err(Problem::new(ErrorCode::Unauthorized, "the first message has to be hello")),
            Read::Bad(problem) | Read::TooLarge(problem) => return Err(problem),
            Read::Alive => {}
            Read::Gone => return Ok(None),
        }
    }
}

fn seen(session_id: Option<SessionId>, last_seen: Option<u64>) -> Option<Seen> {
    Some(Seen { session_id: session_id?, seq: last_seen? })
}

async fn connect(app: &App, hello: Hello) -> Result<(ChannelToken, ConnectionId, Outbox), Problem> {
    let token = ChannelToken::read(&hello.token, &app.keys)
        .ok_or_else(|| Problem::new(ErrorCode::Unauthorized, "this is no channel token of this server"))?;
    let expired = token.expired(app.clock.now());
    let input = |connection, session_id| Input::Connect {
        participant_id: token.seat.clone(),
        link: token.link(),
        entry: token.entry(),
        connection,
        display_name: token.name.clone(),
        expired,
        seen: hello.seen,
        session_id,
        chat_after: hello.chat_after,
    };
    let connected = app.rooms.connect(&token.room, input).await;
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
    /// The server as this client reached it.
    base: Url,
    room: RoomId,
    connection: ConnectionId,
}

impl Client {
    async fn run(self, mut sink: Sink, mut stream: SplitStream<WebSocket>, mut outbox: Outbox) {
        tracing::debug!("connected");
        let mut heard = Instant::now();
        let (mut frames, mut messages) = (Flood::of_drawing(heard), Flood::new(heard));
        let mut ping = tokio::time::interval(PING_EVERY);
        // Refused when the room put this connection out itself.
        let mut last_input = Input::Disconnect { connection: self.connection };
        loop {
            tokio::select! {
                biased;
                mail = outbox.recv() => match mail {
                    Some(mail) => if !self.deliver(&mut sink, mail).await { break },
                    // The room has said the last word.
                    None => {
                        say_goodbye(&mut sink, close::NORMAL).await;
                        break;
                    }
                },
                frame = stream.next() => {
                    heard = Instant::now();
                    let read = read(frame);
                    let follows_the_hand = matches!(
                        read,
                        Read::Message(
                            ClientMessage::Board { .. } | ClientMessage::BoardCursor { .. } | ClientMessage::Point { .. }
                        )
                    );
                    if !frames.one_more(heard) || !follows_the_hand && !messages.one_more(heard) {
                        tracing::info!("more messages than any person sends");
                        last_input = Input::Flooded { connection: self.connection };
                        let error = Problem::new(ErrorCode::RateLimited, "too many messages");
                        let _ = send(&mut sink, &ServerMessage::Refused { error, key: None }).await;
                        say_goodbye(&mut sink, close::POLICY).await;
                        break;
                    }
                    let answer = match read {
                        Read::Message(message) => self.take(message).await,
                        Read::Bad(problem) => Some(ServerMessage::Refused { error: problem, key: None }),
                        Read::TooLarge(problem) => {
                            let _ = send(&mut sink, &ServerMessage::Refused { error: problem, key: None }).await;
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
                    if !line::ping(&mut sink).await {
                        break;
                    }
                }
            }
        }
        tracing::debug!("disconnected");
        self.app.rooms.tell(&self.room, last_input).await;
        hear_out(stream).await;
    }

    async fn deliver(&self, sink: &mut Sink, mail: Mail) -> bool {
        match mail {
            Mail::Message(message) => send(sink, &message).await,
            Mail::MediaToken(livekit_token) => {
                let livekit_url = self.app.livekit_url_for(&self.base);
                send(sink, &ServerMessage::MediaToken { livekit_url, livekit_token }).await
            }
        }
    }

    /// Takes a message; answers what goes back to this client alone.
    async fn take(&self, message: ClientMessage) -> Option<ServerMessage> {
        match message {
            ClientMessage::Hello { .. } => {
                let error = Problem::new(ErrorCode::Invalid, "hello was said already");
                Some(ServerMessage::Refused { error, key: None })
            }
            ClientMessage::Ping => Some(ServerMessage::Pong),
            message => {
                let key = if let ClientMessage::Chat { key, .. } = &message { Some(key.clone()) } else { None };
                let said = self.app.rooms.say(&self.room, self.connection, message).await;
                said.err().map(|error| ServerMessage::Refused { error: error.problem(), key })
            }
        }
    }
}

async fn refuse_and_close(mut sink: Sink, stream: SplitStream<WebSocket>, error: Problem) {
    tracing::debug!(code = ?error.code, "hello refused");
    let code = if error.code == ErrorCode::TooLarge { close::TOO_BIG } else { close::POLICY };
    if send(&mut sink, &ServerMessage::Refused { error, key: None }).await {
        say_goodbye(&mut sink, code).await;
        hear_out(stream).await;
    }
}
