//! The frame wire's back-end half: a WebSocket on loopback that carries encoded pictures to the page
//! (`visita_protocol::frames` has the format). Only a page of this app that knows the run's secret is served.

mod queue;

use std::{
    collections::HashMap,
    net::Ipv4Addr,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{SinkExt, StreamExt};
use parking_lot::Mutex;
use rand::{Rng, distr::Alphanumeric};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Notify,
    time::timeout,
};
use tokio_tungstenite::{
    accept_hdr_async,
    tungstenite::{
        Message,
        handshake::server::{ErrorResponse, Request, Response},
        http::StatusCode,
    },
};
use visita_call::{
    FrameHub,
    frames::{Broken, Frame, FrameSink, PictureDecoder},
};
use visita_protocol::{
    Secret, VideoCodec,
    frames::{CODEC_I420, CODEC_VP8, Record, Reply, ReplyKind},
    view::FramesEndpoint,
};

use queue::{Pushed, Queue};

/// Frames of a grid wait this long for one another; a single picture does not wait.
const GRID_BATCH: Duration = Duration::from_millis(8);
/// From this many streams on it is a grid.
const GRID: usize = 3;
/// What a page decodes itself. Others are rare, and whether a web view has a decoder for them depends on what else is installed.
const PAGES: VideoCodec = VideoCodec::Vp8;
/// After the secret, from a page that has no decoder.
const DECODED: &str = " i420";
const HELLO_TIMEOUT: Duration = Duration::from_secs(5);

/// The listening side.
pub(crate) struct FrameWire {
    port: u16,
    secret: Secret,
    software: bool,
    painted: Arc<Painted>,
}

/// When each stream was painted first.
#[derive(Default)]
pub(crate) struct Painted(Mutex<HashMap<u32, Instant>>);

impl Painted {
    /// The first painting of any stream but one's own since `since`.
    pub(crate) fn first_remote(&self, since: Instant) -> Option<Instant> {
        let own = visita_protocol::frames::LOCAL_PREVIEW;
        self.0.lock().iter().filter(|(stream, at)| **stream != own && **at >= since).map(|(_, at)| *at).min()
    }
}

impl FrameWire {
    /// Starts listening on a free port of loopback; must be called in a tokio runtime.
    pub(crate) fn start(hub: FrameHub, software: bool) -> std::io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let listener = TcpListener::from_std(listener)?;
        let secret: String = rand::rng().sample_iter(Alphanumeric).take(43).map(char::from).collect();
        let secret = Secret::new(secret);
        let painted = Arc::new(Painted::default());
        let (expected, seen) = (secret.clone(), painted.clone());
        tokio::spawn(async move {
            loop {
                match listener.accept().await {
                    Ok((stream, _)) => {
                        tokio::spawn(serve(stream, expected.clone(), hub.clone(), seen.clone()));
                    }
                    Err(error) => {
                        tracing::warn!(%error, "a page was not accepted");
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                }
            }
        });
        Ok(Self { port, secret, software, painted })
    }

    /// Where the page finds it.
    pub(crate) fn endpoint(&self) -> FramesEndpoint {
        FramesEndpoint {
            url: format!("ws://127.0.0.1:{}/frames", self.port),
            secret: self.secret.expose().to_owned(),
            software: self.software,
        }
    }

    pub(crate) fn painted(&self) -> &Painted {
        &self.painted
    }
}

/// A page that looks.
struct Page {
    queue: Mutex<Queue<Frame>>,
    ready: Notify,
    hub: FrameHub,
}

impl FrameSink for Page {
    fn frame(&self, frame: Frame) {
        let (stream, key) = (frame.stream, frame.key);
        match self.queue.lock().push(stream, key, frame) {
            Pushed::Queued => self.ready.notify_one(),
            Pushed::Held => {}
            Pushed::KeyFrameNeeded => self.hub.want_key_frame(stream),
        }
    }

    fn ended(&self, stream: u32) {
        self.queue.lock().end(stream);
    }
}

async fn serve(stream: TcpStream, secret: Secret, hub: FrameHub, painted: Arc<Painted>) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "frames may wait for one another");
    }
    let Ok(Ok(socket)) = timeout(HELLO_TIMEOUT, accept_hdr_async(stream, check_origin)).await else { return };
    let (mut out, mut replies) = socket.split();
    let said = match timeout(HELLO_TIMEOUT, replies.next()).await {
        Ok(Some(Ok(Message::Text(said)))) => said,
        _ => return,
    };
    let (given, decoded) = match said.strip_suffix(DECODED) {
        Some(given) => (given, true),
        None => (said.as_str(), false),
    };
    if !same(given.as_bytes(), secret.expose().as_bytes()) {
        tracing::warn!("somebody without the secret asked for frames");
        return;
    }
    let mut decoder = PictureDecoder::default();
    let page = Arc::new(Page { queue: Mutex::new(Queue::new()), ready: Notify::new(), hub: hub.clone() });
    let sink: Arc<dyn FrameSink> = page.clone();
    hub.attach(&sink);
    // Each by itself: answers that had to wait for a batch would hold the pictures after it back.
    let answers = async {
        loop {
            match replies.next().await {
                Some(Ok(Message::Binary(bytes))) => take_reply(&page, &painted, &bytes),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => {}
            }
        }
    };
    let pictures = async {
        let mut message = Vec::new();
        loop {
            page.ready.notified().await;
            if page.queue.lock().streams() >= GRID {
                tokio::time::sleep(GRID_BATCH).await;
            }
            message.clear();
            let mut frames = Vec::new();
            page.queue.lock().drain(|frame| frames.push(frame));
            if !decoded && frames.iter().all(|frame| frame.codec == PAGES) {
                frames.iter().for_each(|frame| write(frame, CODEC_VP8, &frame.data, &mut message));
            } else {
                tokio::task::block_in_place(|| page.decode(&mut decoder, decoded, &frames, &mut message));
            }
            if !message.is_empty() && out.send(Message::binary(message.clone())).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = answers => {}
        () = pictures => {}
    }
}

impl Page {
    /// Decodes what the page does not, or `all`; a frame that does not decode is as good as taken.
    fn decode(&self, decoder: &mut PictureDecoder, all: bool, frames: &[Frame], message: &mut Vec<u8>) {
        for frame in frames {
            if !all && frame.codec == PAGES {
                write(frame, CODEC_VP8, &frame.data, message);
                continue;
            }
            match decoder.decode(frame) {
                Ok(Some(picture)) => write(frame, CODEC_I420, &picture, message),
                Ok(None) => {
                    self.queue.lock().acknowledge(frame.stream);
                }
                Err(Broken) => {
                    self.queue.lock().restart(frame.stream);
                    self.hub.want_key_frame(frame.stream);
                }
            }
        }
    }
}

fn write(frame: &Frame, codec: u8, payload: &[u8], message: &mut Vec<u8>) {
    let Frame { stream, sequence, key, at_us, .. } = *frame;
    Record { stream, sequence, key, at_us, codec, payload }.write_to(message);
}

fn take_reply(page: &Page, painted: &Painted, bytes: &[u8]) {
    let Some(reply) = Reply::parse(bytes) else { return };
    match reply.kind {
        ReplyKind::Ack => {
            if page.queue.lock().acknowledge(reply.stream) {
                page.ready.notify_one();
            }
        }
        ReplyKind::KeyFrameWanted => {
            tracing::debug!(stream = reply.stream, "the page needs a key frame");
            page.queue.lock().restart(reply.stream);
            page.hub.want_key_frame(reply.stream);
        }
        ReplyKind::FirstPainted => {
            tracing::debug!(stream = reply.stream, "painted for the first time");
            painted.0.lock().insert(reply.stream, Instant::now());
        }
    }
}

#[allow(clippy::result_large_err, reason = "the signature is tungstenite's")]
fn check_origin(request: &Request, response: Response) -> Result<Response, ErrorResponse> {
    let origin = request.headers().get("origin").and_then(|o| o.to_str().ok()).unwrap_or_default();
    // WebKit and WKWebView use the scheme, WebView2 a host name.
    let ours = ["tauri://localhost", "http://tauri.localhost", "https://tauri.localhost"];
    if ours.contains(&origin) {
        return Ok(response);
    }
    tracing::warn!(origin, "a foreign page asked for frames");
    let mut refused = ErrorResponse::new(None);
    *refused.status_mut() = StatusCode::FORBIDDEN;
    Err(refused)
}

/// Compares without telling by its time where two secrets differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |diff, (x, y)| diff | (x ^ y)) == 0
}

#[cfg(test)]
mod tests {
    use tokio_tungstenite::tungstenite::client::IntoClientRequest;

    use super::*;

    async fn open(
        wire: &FrameWire,
        origin: &str,
    ) -> Result<tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<TcpStream>>, ()> {
        let mut request = wire.endpoint().url.into_client_request().map_err(|_| ())?;
        request.headers_mut().insert("origin", origin.parse().map_err(|_| ())?);
        tokio_tungstenite::connect_async(request).await.map(|(socket, _)| socket).map_err(|_| ())
    }

    #[tokio::test]
    async fn frames_reach_the_page_and_nobody_else() {
        let (hub, mut wanted) = FrameHub::new();
        let wire = FrameWire::start(hub.clone(), false).expect("listening");
        assert!(open(&wire, "https://evil.example").await.is_err());

        let mut stranger = open(&wire, "tauri://localhost").await.expect("connected");
        stranger.send(Message::text("guess")).await.expect("sent");
        assert!(!matches!(stranger.next().await, Some(Ok(Message::Binary(_)))));

        hub.push(1, VideoCodec::Vp8, true, None, bytes::Bytes::from_static(b"first"));
        let mut page = open(&wire, "tauri://localhost").await.expect("connected");
        page.send(Message::text(wire.endpoint().secret)).await.expect("sent");
        // The wish for a key frame tells that the page is attached.
        assert_eq!(wanted.recv().await, Some(1));
        hub.push(1, VideoCodec::Vp8, true, None, bytes::Bytes::from_static(b"second"));
        let Some(Ok(Message::Binary(bytes))) = page.next().await else { panic!("no frame") };
        assert_eq!(&bytes[24..], b"second");
        let since = Instant::now();
        page.send(Message::binary([3_u32, 1, 2].map(u32::to_le_bytes).concat())).await.expect("sent");
        page.send(Message::binary([2_u32, 1, 2].map(u32::to_le_bytes).concat())).await.expect("sent");
        assert_eq!(wanted.recv().await, Some(1));
        assert!(wire.painted().first_remote(since).is_some());
    }

    #[tokio::test]
    async fn answers_of_a_grid_hold_no_picture_back() {
        const STREAMS: u32 = 24;
        const EACH: u32 = 8;
        let (hub, mut wanted) = FrameHub::new();
        let wire = FrameWire::start(hub.clone(), false).expect("listening");
        hub.push(1, VideoCodec::Vp8, true, None, bytes::Bytes::from_static(b"before"));
        let mut page = open(&wire, "tauri://localhost").await.expect("connected");
        page.send(Message::text(wire.endpoint().secret)).await.expect("sent");
        assert_eq!(wanted.recv().await, Some(1));
        // As many as a page may have unanswered, and as many that wait for its answers.
        for n in 0..2 * EACH {
            for stream in 1..=STREAMS {
                hub.push(stream, VideoCodec::Vp8, n == 0, None, bytes::Bytes::from_static(b"frame"));
            }
        }
        let mut records = 0;
        let mut messages = 0;
        let mut answered = false;
        while records < 2 * STREAMS * EACH {
            let Some(Ok(Message::Binary(bytes))) = page.next().await else { panic!("no frame") };
            records += u32::try_from(bytes.len()).expect("few") / (24 + 5);
            messages += u32::from(answered);
            if records == STREAMS * EACH && !answered {
                answered = true;
                for _ in 0..EACH {
                    for stream in 1..=STREAMS {
                        let ack = [1_u32, stream, 0].map(u32::to_le_bytes).concat();
                        page.feed(Message::binary(ack)).await.expect("sent");
                    }
                }
                page.flush().await.expect("sent");
            }
        }
        assert!(messages < STREAMS, "{messages} batches for {} answers", STREAMS * EACH);
    }
}
