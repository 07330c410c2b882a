//! The user channel: presence and ringing of somebody who is signed in.

use std::{collections::HashSet, time::Duration};

use axum::{
    extract::{State, ws::WebSocket},
    response::Response,
};
use futures_util::{StreamExt, stream::SplitStream};
use tokio::time::{Instant, timeout};
use tracing::Instrument;
use visita_protocol::{
    ErrorCode, Problem, Secret, UserId,
    channel::{HELLO_TIMEOUT_SECS, MAX_MESSAGE_LEN},
    user_channel::{UserClientMessage, UserCloseReason, UserServerMessage},
};
use visita_room::Input;

use super::line::{self, Flood, PING_EVERY, Read, SILENCE, Sink, close, hear_out, read, say_goodbye, send};
use crate::{
    access::{self, SignedIn},
    app::App,
    error::Upgrade,
    store::{Page, RoomsOf, StoreError},
    users::{Arrival, DeviceId},
};

/// Rooms looked through for people whom one may see.
const ROOMS_SEEN: u32 = 200;

/// `GET /user-channel`
pub(crate) async fn open(State(app): State<App>, Upgrade(upgrade): Upgrade) -> Response {
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
    let hello = match hello {
        Ok(Ok(None)) => return,
        Ok(Ok(Some(token))) => sign_in(&app, token).await,
        Ok(Err(problem)) => Err(problem),
        Err(_) => Err(Problem::new(ErrorCode::Unauthorized, "the hello did not come in time")),
    };
    let (token, signed_in) = match hello {
        Ok(hello) => hello,
        Err(error) => {
            let code = if error.code == ErrorCode::TooLarge { close::TOO_BIG } else { close::POLICY };
            if send(&mut sink, &UserServerMessage::Refused { error }).await {
                say_goodbye(&mut sink, code).await;
                hear_out(stream).await;
            }
            return;
        }
    };
    let span = tracing::info_span!("user channel", user = %signed_in.user_id);
    run(app, token, signed_in, sink, stream).instrument(span).await;
}

/// The first message; `None` when the client went away.
async fn read_hello(stream: &mut SplitStream<WebSocket>) -> Result<Option<Secret>, Problem> {
    loop {
        match read(stream.next().await) {
            Read::Message(UserClientMessage::Hello { token }) => return Ok(Some(token)),
            Read::Message(_) => return Err(Problem::new(ErrorCode::Unauthorized, "the first message has to be hello")),
            Read::Bad(problem) | Read::TooLarge(problem) => return Err(problem),
            Read::Alive => {}
            Read::Gone => return Ok(None),
        }
    }
}

async fn sign_in(app: &App, token: Secret) -> Result<(Secret, SignedIn), Problem> {
    let signed_in = verify(app, &token).await?;
    Ok((token, signed_in))
}

async fn verify(app: &App, token: &Secret) -> Result<SignedIn, Problem> {
    access::verify(app.store.as_ref(), &app.keys, token, app.clock.now()).await.map_err(|error| error.problem)
}

/// Everybody with whom a room is shared.
async fn peers(app: &App, me: &SignedIn) -> Result<HashSet<UserId>, StoreError> {
    let page = Page { limit: ROOMS_SEEN, offset: 0 };
    let mine = RoomsOf { user: Some(&me.user_id), ..RoomsOf::default() };
    let rooms = app.store.rooms(&me.company.id, mine, page).await?;
    Ok(rooms.items.into_iter().flat_map(|room| room.seats).map(|seat| seat.user_id).collect())
}

async fn run(app: App, token: Secret, me: SignedIn, mut sink: Sink, mut stream: SplitStream<WebSocket>) {
    let peers = match peers(&app, &me).await {
        Ok(peers) => peers,
        Err(error) => {
            tracing::error!(%error, "storage failed");
            let error = Problem::new(ErrorCode::Internal, "something went wrong on the server");
            let _ = send(&mut sink, &UserServerMessage::Refused { error }).await;
            return;
        }
    };
    let Arrival { device, outbox, online, calls } =
        app.users.arrive(&me.company.id, &me.user_id, me.is_operator, peers);
    let (company, user) = (me.company.id.clone(), me.user_id.clone());
    let mut client = Client { app: app.clone(), token, me, device, warned: false };
    let expires_in_s = client.expires_in_s();
    let welcome = UserServerMessage::Welcome {
        user_id: user.clone(),
        expires_in_s,
        online,
        calls,
        can_record: app.recordings.can_record(),
        is_operator: client.me.is_operator,
    };
    if send(&mut sink, &welcome).await {
        tracing::debug!("connected");
        client.converse(&mut sink, &mut stream, outbox).await;
        tracing::debug!("disconnected");
    }
    app.users.leave(&company, &user, device);
    hear_out(stream).await;
}

/// A device that said hello.
struct Client {
    app: App,
    token: Secret,
    me: SignedIn,
    device: DeviceId,
    /// The present token's end was warned of.
    warned: bool,
}

/// What goes back, and whether the line ends with it.
enum Answer {
    Nothing,
    Say(UserServerMessage),
    Last(UserServerMessage),
}

impl Client {
    async fn converse(
        &mut self,
        sink: &mut Sink,
        stream: &mut SplitStream<WebSocket>,
        mut outbox: crate::users::UserOutbox,
    ) {
        let mut heard = Instant::now();
        let mut flood = Flood::new(heard);
        let mut ping = tokio::time::interval(PING_EVERY);
        let mut stopping = self.app.stopping.clone();
        loop {
            let due = self.app.clock.instant(if self.warned {
                self.me.until
            } else {
                self.me.until - self.app.token_warning
            });
            let answer = tokio::select! {
                biased;
                message = outbox.recv() => match message {
                    Some(message) => Answer::Say(message),
                    None => break,
                },
                () = async { let _ = stopping.wait_for(|stopping| *stopping).await; } => {
                    Answer::Last(UserServerMessage::Closed { reason: UserCloseReason::ServerStopping })
                }
                () = tokio::time::sleep_until(due.into()) => self.token_is_due(),
                frame = stream.next() => {
                    heard = Instant::now();
                    match read(frame) {
                        _ if !flood.one_more(heard) => {
                            Answer::Last(UserServerMessage::Closed { reason: UserCloseReason::Flooding })
                        }
                        Read::Message(message) => self.take(message).await,
                        Read::Bad(error) => Answer::Say(UserServerMessage::Refused { error }),
                        Read::TooLarge(error) => Answer::Last(UserServerMessage::Refused { error }),
                        Read::Alive => Answer::Nothing,
                        Read::Gone => break,
                    }
                }
                _ = ping.tick() => {
                    if heard.elapsed() > SILENCE || !line::ping(sink).await {
                        break;
                    }
                    // A user who was deleted is not signed in any more.
                    match verify(&self.app, &self.token).await {
                        Err(error) if error.code == ErrorCode::Unauthorized => {
                            Answer::Last(UserServerMessage::Refused { error })
                        }
                        _ => Answer::Nothing,
                    }
                }
            };
            match answer {
                Answer::Nothing => {}
                Answer::Say(message) => {
                    if !send(sink, &message).await {
                        break;
                    }
                }
                Answer::Last(message) => {
                    if send(sink, &message).await {
                        say_goodbye(sink, close::POLICY).await;
                    }
                    break;
                }
            }
        }
    }

    fn token_is_due(&mut self) -> Answer {
        if self.warned {
            return Answer::Last(UserServerMessage::Closed { reason: UserCloseReason::TokenExpired });
        }
        self.warned = true;
        Answer::Say(UserServerMessage::TokenExpiring { expires_in_s: self.expires_in_s() })
    }

    fn expires_in_s(&self) -> u32 {
        u32::try_from(self.me.until.since(self.app.clock.now()).as_secs()).unwrap_or(u32::MAX)
    }

    async fn take(&mut self, message: UserClientMessage) -> Answer {
        let refused = |error| Answer::Say(UserServerMessage::Refused { error });
        match message {
            UserClientMessage::Hello { .. } => refused(Problem::new(ErrorCode::Invalid, "hello was said already")),
            UserClientMessage::Ping => Answer::Say(UserServerMessage::Pong),
            UserClientMessage::Renew { token } => match self.renew(token).await {
                Ok(()) => Answer::Say(UserServerMessage::Renewed { expires_in_s: self.expires_in_s() }),
                Err(error) => refused(error),
            },
            UserClientMessage::Answer { call_id } => match self.answer(call_id).await {
                Ok(url) => Answer::Say(UserServerMessage::CallAnswered { call_id, url }),
                Err(error) => refused(error),
            },
            UserClientMessage::Decline { call_id, busy } => match self.decline(call_id, busy).await {
                Ok(()) => Answer::Nothing,
                Err(error) => refused(error),
            },
        }
    }

    async fn renew(&mut self, token: Secret) -> Result<(), Problem> {
        let signed_in = verify(&self.app, &token).await?;
        if (&signed_in.company.id, &signed_in.user_id) != (&self.me.company.id, &self.me.user_id) {
            return Err(Problem::new(ErrorCode::Forbidden, "this token is another user's"));
        }
        self.token = token;
        self.me = signed_in;
        self.warned = false;
        Ok(())
    }

    /// The link of the seat that is called.
    async fn answer(&self, call: u64) -> Result<Secret, Problem> {
        let missing = || Problem::new(ErrorCode::NotFound, "this call does not ring any more");
        let internal = || Problem::new(ErrorCode::Internal, "something went wrong on the server");
        let (company, user) = (&self.me.company.id, &self.me.user_id);
        let (room, seat) = self.app.users.take_call(company, user, self.device, call).ok_or_else(missing)?;
        let stored = self.app.store.room(&room).await.map_err(|_| internal())?.ok_or_else(missing)?;
        let stored = stored.seats.into_iter().find(|stored| stored.participant_id == seat).ok_or_else(missing)?;
        let code = self.app.keys.open_code(&stored.sealed).map_err(|_| internal())?;
        let input = Input::AnswerRing { participant_id: seat };
        self.app.rooms.handle(&room, input).await.map_err(|error| error.problem())?;
        let base = self.app.link_base().as_str().trim_end_matches('/').to_owned();
        Ok(Secret::new(format!("{base}/join/{}", code.expose())))
    }

    async fn decline(&self, call: u64, busy: bool) -> Result<(), Problem> {
        let missing = || Problem::new(ErrorCode::NotFound, "this call does not ring any more");
        let (company, user) = (&self.me.company.id, &self.me.user_id);
        let (room, seat) = self.app.users.take_call(company, user, self.device, call).ok_or_else(missing)?;
        let input = Input::DeclineRing { participant_id: seat, busy };
        self.app.rooms.handle(&room, input).await.map_err(|error| error.problem())
    }
}
