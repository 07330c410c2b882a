//! One client's signalling WebSocket: frames to messages and back. Everything that changes a room goes to the media thread.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use livekit_protocol::{
    Pong, SignalRequest, SignalResponse, signal_request::Message as Request, signal_response::Message as Response,
};
use prost::Message as _;
use str0m::change::{SdpAnswer, SdpOffer};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until, timeout_at},
};

use crate::{
    engine::{Join, Seat, SignalEvent, SignalInput},
    rate::Bucket,
    sdp::offered_lines,
    wire,
};

/// A client that is silent for so long is gone. Clients ping every [`wire::PING_INTERVAL`].
const SILENCE: Duration = Duration::from_secs(2 * wire::PING_TIMEOUT.as_secs());

/// Messages that may wait for a slow client before it is given up.
const OUTBOX: usize = 1024;

/// Messages a client may send at once, in seconds of its steady rate.
const BURST_SECONDS: u32 = 4;

/// A message counts once, and once more for each of so many bytes.
const BYTES_PER_COUNT: usize = 16 * 1024;

/// Longest session description read, and most m-lines in it. A room of a hundred with two tracks each has some 200 lines and
/// half of this length.
const MAX_SDP_LEN: usize = 1024 * 1024;
const MAX_SDP_LINES: usize = 1024;

/// Runs the conversation until either side ends it. `first` is what the client said with its coming.
pub(crate) async fn run(
    mut socket: WebSocket,
    join: Join,
    first: Vec<Request>,
    engine: mpsc::Sender<SignalEvent>,
    messages_per_second: u32,
) {
    let (outbox, mut responses) = mpsc::channel(OUTBOX);
    let (accepted, participant) = oneshot::channel();
    if engine.send(SignalEvent::Join { join: Box::new(join), outbox, accepted }).await.is_err() {
        return;
    }
    if let Ok(seat) = participant.await {
        let now = Instant::now().into_std();
        let rate = Bucket::new(messages_per_second, messages_per_second.saturating_mul(BURST_SECONDS), now);
        for request in first {
            // Whatever a parser does stays here.
            let interpreted = catch_unwind(AssertUnwindSafe(|| interpret(request)));
            if let Ok(Interpreted::Forward(input)) = interpreted {
                let _ = engine.send(SignalEvent::Input { seat, input }).await;
            }
        }
        converse(&mut socket, seat, &mut responses, &engine, rate).await;
        let _ = engine.send(SignalEvent::Closed { seat }).await;
    }
    // What the media thread said last, such as a goodbye, still goes out.
    let mut text = false;
    while let Ok(response) = responses.try_recv() {
        if write(&mut socket, response, &mut text).await.is_err() {
            return;
        }
    }
    let close = CloseFrame { code: close_code::NORMAL, reason: "".into() };
    let _ = socket.send(Message::Close(Some(close))).await;
}

async fn converse(
    socket: &mut WebSocket,
    seat: Seat,
    responses: &mut mpsc::Receiver<Response>,
    engine: &mpsc::Sender<SignalEvent>,
    mut rate: Bucket,
) {
    let mut text = false;
    let mut silent_until = Instant::now() + SILENCE;
    // Whoever has closed takes nothing any more, but what they said last, a goodbye most likely, is still to be read.
    let mut takes = true;
    loop {
        tokio::select! {
            response = responses.recv() => {
                let Some(response) = response else { return };
                takes = takes && write(socket, response, &mut text).await.is_ok();
            }
            // One who says more than is due is read later.
            message = read(socket, rate.ready_at().into(), silent_until) => {
                let Some(message) = message else { return };
                silent_until = Instant::now() + SILENCE;
                rate.take(cost_of(&message), Instant::now().into_std());
                let request = match message {
                    Message::Binary(bytes) => SignalRequest::decode(bytes).ok(),
                    Message::Text(json) => {
                        text = true;
                        serde_json::from_str(json.as_str()).ok()
                    }
                    Message::Close(_) => return,
                    Message::Ping(_) | Message::Pong(_) => continue,
                };
                // A message that cannot be read is skipped: newer clients may say more than this server knows.
                let Some(request) = request.and_then(|request| request.message) else { continue };
                // Whatever a parser does stays here.
                let Ok(interpreted) = catch_unwind(AssertUnwindSafe(|| interpret(request))) else { return };
                let input = match interpreted {
                    Interpreted::Answer(reply) => {
                        takes = takes && write(socket, *reply, &mut text).await.is_ok();
                        continue;
                    }
                    Interpreted::Forward(input) => input,
                };
                if engine.send(SignalEvent::Input { seat, input }).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// The next message, not before it is due; none when the socket is closed or silent for too long.
async fn read(socket: &mut WebSocket, due: Instant, silent_until: Instant) -> Option<Message> {
    sleep_until(due).await;
    timeout_at(silent_until.max(due), socket.recv()).await.ok()??.ok()
}

fn cost_of(message: &Message) -> u32 {
    let len = match message {
        Message::Binary(bytes) => bytes.len(),
        Message::Text(text) => text.len(),
        Message::Ping(_) | Message::Pong(_) | Message::Close(_) => 0,
    };
    1 + u32::try_from(len / BYTES_PER_COUNT).unwrap_or(u32::MAX / 2)
}

/// Whether a description is of a size that real ones have.
fn is_sane(sdp: &str) -> bool {
    sdp.len() <= MAX_SDP_LEN && sdp.lines().filter(|line| line.starts_with("m=")).count() <= MAX_SDP_LINES
}

pub(crate) enum Interpreted {
    /// Answered here.
    Answer(Box<Response>),
    /// For the media thread.
    Forward(SignalInput),
}

pub(crate) fn interpret(request: Request) -> Interpreted {
    match request {
        Request::Ping(_) => Interpreted::Answer(Box::new(Response::Pong(wire::unix_ms()))),
        Request::PingReq(ping) => {
            let pong = Pong { last_ping_timestamp: ping.timestamp, timestamp: wire::unix_ms() };
            Interpreted::Answer(Box::new(Response::PongResp(pong)))
        }
        Request::Offer(description) | Request::Answer(description) if !is_sane(&description.sdp) => {
            let error = "longer than any real one".to_owned();
            Interpreted::Forward(SignalInput::Malformed { what: "description", error })
        }
        // Descriptions are parsed here, off the media thread.
        Request::Offer(description) => {
            let lines = offered_lines(&description.sdp);
            match SdpOffer::from_sdp_string(&description.sdp) {
                Ok(offer) => Interpreted::Forward(SignalInput::Offer { offer, lines, id: description.id }),
                Err(error) => Interpreted::Forward(SignalInput::Malformed { what: "offer", error: error.to_string() }),
            }
        }
        Request::Answer(description) => match SdpAnswer::from_sdp_string(&description.sdp) {
            Ok(answer) => Interpreted::Forward(SignalInput::Answer { answer, id: description.id }),
            Err(error) => Interpreted::Forward(SignalInput::Malformed { what: "answer", error: error.to_string() }),
        },
        Request::SyncState(mut state) => {
            // The client's descriptions are long and of use only here.
            let answer = state
                .answer
                .take()
                .filter(|one| is_sane(&one.sdp))
                .and_then(|one| SdpAnswer::from_sdp_string(&one.sdp).ok());
            state.offer = None;
            Interpreted::Forward(SignalInput::Sync { state: Box::new(state), answer })
        }
        other => Interpreted::Forward(SignalInput::Request(Box::new(other))),
    }
}

async fn write(socket: &mut WebSocket, response: Response, text: &mut bool) -> Result<(), axum::Error> {
    let response = SignalResponse { message: Some(response) };
    let message = if *text {
        // Serialising these types cannot fail; were it to, an empty object is skipped by clients.
        Message::text(serde_json::to_string(&response).unwrap_or_else(|_| "{}".to_owned()))
    } else {
        Message::binary(response.encode_to_vec())
    };
    socket.send(message).await
}
