//! One participant of the load: LiveKit's signalling over a WebSocket, two peer connections, made-up media.

use std::{
    cell::RefCell,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use livekit_protocol::{
    AddTrackRequest, ParticipantInfo, Ping, SessionDescription, SignalRequest, SignalResponse, SignalTarget, TrackInfo,
    TrackSource, TrackType, TrickleRequest, UpdateTrackSettings, VideoLayer, VideoQuality,
    signal_request::Message as Request, signal_response::Message as Response,
};
use prost::Message as _;
use str0m::{
    Candidate,
    change::{SdpAnswer, SdpOffer, SdpPendingOffer},
    format::Codec,
    media::{Direction, MediaKind, Mid, Rid, Simulcast, SimulcastLayer},
};
use tokio::{net::TcpStream, sync::watch, time::sleep_until};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use super::{
    connection::{Came, Connection, Factory},
    media::{self, Layer, Voice},
    totals::Totals,
};

const FPS: u32 = 30;
const FRAME: Duration = Duration::from_micros(1_000_000 / FPS as u64);
const SOUND: Duration = Duration::from_millis(20);
const PING: Duration = Duration::from_secs(4);

/// What one participant does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// Its number in the room.
    pub(super) number: usize,
    pub(super) video: Video,
    pub(super) audio: bool,
    pub(super) subscribes: bool,
    /// How many people are in the grid when not everybody is seen at full quality.
    pub(super) grid: Option<Grid>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Video {
    None,
    /// 720p at 1.5 Mbit/s.
    Single,
    /// 180p, 360p and 720p at 150, 500 and 1500 kbit/s.
    Simulcast,
}

/// Who is seen: the speaker large, the next few small, the others not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    pub(super) people: usize,
    pub(super) seen: usize,
}

/// What every participant of a run shares.
#[derive(Clone)]
pub(super) struct Run {
    pub(super) factory: Factory,
    pub(super) url: String,
    pub(super) room: String,
    pub(super) totals: Rc<RefCell<Totals>>,
    pub(super) stop: watch::Receiver<bool>,
}

/// What is left when a participant has gone: packets lost, streams received.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Left {
    pub(super) lost: u64,
    pub(super) streams: usize,
}

struct Participant {
    part: Part,
    run: Run,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    publisher: Connection,
    subscriber: Connection,
    /// Published tracks that are confirmed.
    confirmed: usize,
    pending: Option<SdpPendingOffer>,
    video: Option<Mid>,
    audio: Option<Mid>,
    layers: Vec<Layer>,
    voice: Voice,
    sending: bool,
    started_ns: u64,
    seen_video: bool,
    set: Vec<String>,
}

/// Joins, and takes part until told to stop.
pub(super) async fn take_part(part: Part, run: Run, joined: tokio::sync::oneshot::Sender<()>) -> Result<Left> {
    let started_ns = media::now_ns();
    let identity = format!("p{}", part.number);
    let grants = livekit_token::VideoGrants { room_join: true, room: run.room.clone(), ..Default::default() };
    let token = livekit_token::AccessToken::with_api_key("devkey", "secret").with_identity(&identity);
    let token = token.with_grants(grants).to_jwt()?;
    let subscribe = u8::from(part.subscribes);
    let url = format!("{}/rtc?access_token={token}&protocol=16&sdk=rust&auto_subscribe={subscribe}", run.url);
    let (socket, _) = connect_async(url.into_client_request()?).await.context("the WebSocket")?;
    if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
        stream.set_nodelay(true)?;
    }
    let layers = match part.video {
        Video::None => Vec::new(),
        Video::Single => vec![Layer::new("", (1280, 720), 1500)],
        Video::Simulcast => {
            vec![Layer::new("q", (320, 180), 150), Layer::new("h", (640, 360), 500), Layer::new("f", (1280, 720), 1500)]
        }
    };
    let (publisher, subscriber) = (run.factory.make().await?, run.factory.make().await?);
    let mut participant = Participant {
        part,
        run,
        socket,
        publisher,
        subscriber,
        confirmed: 0,
        pending: None,
        video: None,
        audio: None,
        layers,
        voice: Voice::default(),
        sending: false,
        started_ns,
        seen_video: false,
        set: Vec::new(),
    };
    participant.run(joined).await
}

impl Participant {
    async fn run(&mut self, joined: tokio::sync::oneshot::Sender<()>) -> Result<Left> {
        let mut joined = Some(joined);
        let totals = self.run.totals.clone();
        let mut stop = self.run.stop.clone();
        let mut came = Vec::new();
        // Publishers do not beat together.
        let phase = Duration::from_micros((self.part.number as u64 * 7919) % 33_000);
        let (mut frame_at, mut sound_at) = (Instant::now() + phase, Instant::now() + phase / 2);
        let mut ping_at = Instant::now() + PING;
        loop {
            let mut wake = self.publisher.wake.min(self.subscriber.wake).min(ping_at);
            if self.sending {
                wake = wake.min(frame_at).min(sound_at);
            }
            tokio::select! {
                message = self.socket.next() => match message {
                    Some(Ok(Message::Binary(bytes))) => {
                        let response = SignalResponse::decode(bytes).context("a response")?;
                        if let Some(message) = response.message {
                            self.on_response(message).await?;
                            // It may have something to say that it did not know of before.
                            self.subscriber.wake = Instant::now();
                        }
                        if let Some(joined) = joined.take() {
                            let _ = joined.send(());
                        }
                    }
                    Some(Ok(_)) => {}
                    other => bail!("the WebSocket ended: {other:?}"),
                },
                _ = self.publisher.readable() => {
                    self.publisher.receive(&mut totals.borrow_mut(), &mut came)?;
                }
                _ = self.subscriber.readable() => {
                    self.subscriber.receive(&mut totals.borrow_mut(), &mut came)?;
                }
                () = sleep_until(wake.into()) => {}
                _ = stop.changed() => break,
            }
            let now = Instant::now();
            if now >= ping_at {
                ping_at = now + PING;
                self.request(Request::PingReq(Ping { timestamp: (media::now_ns() / 1_000_000) as i64, rtt: 0 }))
                    .await?;
            }
            if self.sending && now >= frame_at {
                frame_at = (frame_at + FRAME).max(now - FRAME);
                self.send_picture();
            }
            if self.sending && now >= sound_at {
                sound_at = (sound_at + SOUND).max(now - SOUND);
                self.send_sound();
            }
            self.publisher.pass(&mut totals.borrow_mut(), &mut came)?;
            if now >= self.subscriber.wake {
                self.subscriber.pass(&mut totals.borrow_mut(), &mut came)?;
            }
            for one in came.drain(..) {
                self.on_came(one);
            }
        }
        let (lost, streams) = self.subscriber.lost();
        let leave = livekit_protocol::LeaveRequest::default();
        let _ = self.request(Request::Leave(leave)).await;
        Ok(Left { lost, streams })
    }

    fn on_came(&mut self, came: Came) {
        match came {
            Came::KeyFrameRequest(mid, rid) if Some(mid) == self.video => {
                let meant = |layer: &&mut Layer| rid.is_none_or(|rid| *rid.to_string() == *layer.rid);
                self.layers.iter_mut().filter(meant).for_each(|layer| layer.key_frame_wanted = true);
            }
            Came::KeyFrameRequest(..) => {}
            Came::Video(at) => {
                if !std::mem::replace(&mut self.seen_video, true) {
                    let ms = at.saturating_sub(self.started_ns) as f64 / 1e6;
                    self.run.totals.borrow_mut().first_video_ms.push(ms);
                }
            }
            Came::Connected => self.sending = self.pending.is_none() && (self.video.is_some() || self.audio.is_some()),
        }
    }

    async fn on_response(&mut self, response: Response) -> Result<()> {
        match response {
            Response::Join(join) => {
                self.ask_for_tracks().await?;
                self.look_at(&join.other_participants).await?;
            }
            Response::Offer(offer) => {
                let answer = self.subscriber.rtc.sdp_api().accept_offer(SdpOffer::from_sdp_string(&offer.sdp)?)?;
                let sdp = answer.to_sdp_string();
                let answer =
                    SessionDescription { r#type: "answer".to_owned(), sdp, id: offer.id, ..Default::default() };
                self.request(Request::Answer(answer)).await?;
                let address = self.subscriber.address();
                self.tell_candidate(address, SignalTarget::Subscriber).await?;
            }
            Response::Answer(answer) => {
                let Some(pending) = self.pending.take() else { return Ok(()) };
                let answer = SdpAnswer::from_sdp_string(&answer.sdp)?;
                self.publisher.rtc.sdp_api().accept_answer(pending, answer)?;
            }
            Response::Trickle(trickle) => {
                let init: serde_json::Value = serde_json::from_str(&trickle.candidate_init)?;
                let line = init.get("candidate").and_then(serde_json::Value::as_str).unwrap_or_default();
                let Ok(candidate) = Candidate::from_sdp_string(line) else { return Ok(()) };
                match SignalTarget::try_from(trickle.target) {
                    Ok(SignalTarget::Subscriber) => self.subscriber.rtc.add_remote_candidate(candidate),
                    _ => self.publisher.rtc.add_remote_candidate(candidate),
                }
            }
            Response::TrackPublished(_) => {
                self.confirmed += 1;
                let wanted = usize::from(!self.layers.is_empty()) + usize::from(self.part.audio);
                if self.confirmed == wanted {
                    self.offer().await?;
                }
            }
            Response::Update(update) => self.look_at(&update.participants).await?,
            Response::Leave(leave) => bail!("told to leave: {:?}", leave.reason()),
            _ => {}
        }
        Ok(())
    }

    async fn ask_for_tracks(&mut self) -> Result<()> {
        if let Some(best) = self.layers.last() {
            let qualities = [VideoQuality::Low, VideoQuality::Medium, VideoQuality::High];
            let first = qualities.len() - self.layers.len();
            let layers = self.layers.iter().zip(&qualities[first..]).map(|(layer, &quality)| VideoLayer {
                quality: quality.into(),
                width: layer.size.0,
                height: layer.size.1,
                bitrate: layer.kbps * 1000,
                ..Default::default()
            });
            let request = AddTrackRequest {
                cid: "camera".to_owned(),
                name: "camera".to_owned(),
                r#type: TrackType::Video.into(),
                source: TrackSource::Camera.into(),
                width: best.size.0,
                height: best.size.1,
                layers: layers.collect(),
                ..Default::default()
            };
            self.request(Request::AddTrack(request)).await?;
        }
        if self.part.audio {
            let request = AddTrackRequest {
                cid: "microphone".to_owned(),
                name: "microphone".to_owned(),
                r#type: TrackType::Audio.into(),
                source: TrackSource::Microphone.into(),
                ..Default::default()
            };
            self.request(Request::AddTrack(request)).await?;
        }
        Ok(())
    }

    async fn offer(&mut self) -> Result<()> {
        let mut api = self.publisher.rtc.sdp_api();
        let names = |track: &str| (Some("stream".to_owned()), Some(track.to_owned()));
        if !self.layers.is_empty() {
            let simulcast = (self.layers.len() > 1).then(|| {
                let mut simulcast = Simulcast::new();
                self.layers.iter().for_each(|layer| simulcast.add_send_layer(SimulcastLayer::new(layer.rid)));
                simulcast
            });
            let (stream, track) = names("camera");
            self.video = Some(api.add_media(MediaKind::Video, Direction::SendOnly, stream, track, simulcast));
        }
        if self.part.audio {
            let (stream, track) = names("microphone");
            self.audio = Some(api.add_media(MediaKind::Audio, Direction::SendOnly, stream, track, None));
        }
        let (offer, pending) = api.apply().context("nothing to offer")?;
        self.pending = Some(pending);
        let sdp = offer.to_sdp_string();
        let offer = SessionDescription { r#type: "offer".to_owned(), sdp, id: 1, ..Default::default() };
        self.request(Request::Offer(offer)).await?;
        let address = self.publisher.address();
        self.tell_candidate(address, SignalTarget::Publisher).await
    }

    async fn tell_candidate(&mut self, address: std::net::SocketAddr, target: SignalTarget) -> Result<()> {
        let line = Candidate::host(address, "udp")?.to_sdp_string();
        let init = serde_json::json!({ "candidate": line, "sdpMid": "0", "sdpMLineIndex": 0 }).to_string();
        let trickle = TrickleRequest { candidate_init: init, target: target.into(), ..Default::default() };
        self.request(Request::Trickle(trickle)).await
    }

    /// Says what is to be seen of others, when that is not everything.
    async fn look_at(&mut self, others: &[ParticipantInfo]) -> Result<()> {
        let Some(grid) = self.part.grid else { return Ok(()) };
        let mut wishes = Vec::new();
        for other in others {
            let Some(number) = other.identity.strip_prefix('p').and_then(|number| number.parse::<usize>().ok()) else {
                continue;
            };
            let is_video = |track: &&TrackInfo| track.r#type() == TrackType::Video;
            for track in other.tracks.iter().filter(is_video) {
                if number == self.part.number || self.set.contains(&track.sid) {
                    continue;
                }
                self.set.push(track.sid.clone());
                let speaker = if self.part.number == 0 { 1 } else { 0 };
                let distance = (number + grid.people - self.part.number) % grid.people;
                let quality = if number == speaker { VideoQuality::High } else { VideoQuality::Low };
                wishes.push(UpdateTrackSettings {
                    track_sids: vec![track.sid.clone()],
                    disabled: number != speaker && distance > grid.seen,
                    quality: quality.into(),
                    ..Default::default()
                });
            }
        }
        for wish in wishes {
            self.request(Request::TrackSetting(wish)).await?;
        }
        Ok(())
    }

    fn send_picture(&mut self) {
        let Some(mid) = self.video else { return };
        for layer in &mut self.layers {
            let rid = (!layer.rid.is_empty()).then(|| Rid::from(layer.rid));
            for packet in layer.picture(FPS) {
                self.publisher.write(mid, rid, Codec::Vp8, packet, None);
            }
        }
    }

    fn send_sound(&mut self) {
        let Some(mid) = self.audio else { return };
        // One in four talks.
        let level = if self.part.number.is_multiple_of(4) { -25 } else { -60 };
        let packet = self.voice.packet();
        self.publisher.write(mid, None, Codec::Opus, packet, Some(level));
    }

    async fn request(&mut self, message: Request) -> Result<()> {
        let bytes = SignalRequest { message: Some(message) }.encode_to_vec();
        Ok(self.socket.send(Message::Binary(bytes.into())).await?)
    }
}
