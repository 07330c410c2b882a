//! Many participants in one process, to load a server: each sends loops that were encoded once, receives everybody, counts
//! what arrives, and decodes none of it but one sample.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use parking_lot::Mutex;
use serde::Serialize;
use tokio::{sync::watch, task::JoinSet};
use visita_codec::{
    CodecError,
    adapt::{LAYERS, Layer, Plan},
    opus, pattern,
    simulcast::Simulcast,
    tone::Tone,
    video::Decoder,
    vp8::Content,
};
use visita_protocol::{Bitrate, ErrorCode, PixelSize, Problem, entry::EnterRequest};
use visita_rtc::{
    AudioPublication, ConnectionState, LocalAudio, LocalVideo, RemoteMedia, RtcEvent, Source, VideoLayer,
    VideoPublication, Wanted,
};

use super::{
    report::{Latency, Usage, latency, millis, rss_mb, tenth},
    watcher::Seen,
};
use crate::{JoinTarget, callaba, entry};

/// Pictures of the loop: two seconds, then it begins again with its key frame.
const PICTURES: u64 = 60;
const FPS: u32 = 30;
/// Packets of the sound's loop: one second of 20 ms.
const PACKETS: usize = 50;
/// Size and rate of each layer, smallest first.
const LADDER: [(&str, u32, u32, u32); LAYERS] = [("q", 320, 180, 150), ("h", 640, 360, 450), ("f", 1280, 720, 1_500)];
/// Participants come in this far apart, as people do who were told the same hour.
const APART: Duration = Duration::from_millis(20);

/// What the participants do.
#[derive(Clone, Debug)]
pub struct LoadOptions {
    /// Where each goes.
    pub targets: Vec<JoinTarget>,
    /// Each sends a picture.
    pub picture: bool,
    /// Each sends a sound.
    pub sound: bool,
    /// So many receive what the others send. The rest are people whose screens are elsewhere, so that what is measured
    /// here has the machine for itself; one at least keeps what is sent here from being wanted by nobody.
    pub receiving: usize,
    /// Those ask for every video at this size; at its own without.
    pub tile: Option<PixelSize>,
    /// How long they stay, counted from when the last one is in.
    pub stay: Option<Duration>,
}

/// What all of them saw.
#[derive(Clone, Debug, Serialize)]
pub struct LoadReport {
    /// How many went.
    pub participants: usize,
    /// How many got in.
    pub joined: usize,
    /// From the start of each until it was in, ms.
    pub joined_ms: Option<Latency>,
    /// From the start of each until its first whole picture, ms.
    pub first_frame_ms: Option<Latency>,
    /// Videos that arrived, all together.
    pub videos: usize,
    /// Their pictures per second: the slowest, and the mean.
    pub fps_least: f64,
    /// Mean.
    pub fps_mean: f64,
    /// Gaps a person notices, all together.
    pub freezes: u32,
    /// The longest gap, ms.
    pub longest_freeze_ms: f64,
    /// Sent by all at the end, kbit/s.
    pub sent_kbps: u32,
    /// Pictures of the sample that were decoded, and that could not be.
    pub sample: Sample,
    /// Processor time over wall time of the whole process, in cores.
    pub cpu_cores: f64,
    /// Resident memory at the end, MB.
    pub rss_mb: f64,
    /// Each by itself.
    pub peers: Vec<LoadPeer>,
}

/// One video of all was decoded.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Sample {
    /// Decoded pictures.
    pub decoded: u32,
    /// Pictures that could not be decoded.
    pub broken: u32,
}

/// What one of them saw.
#[derive(Clone, Debug, Default, Serialize)]
pub struct LoadPeer {
    /// Its identity, once in.
    pub participant: Option<String>,
    /// Until it was in, ms.
    pub joined_ms: Option<f64>,
    /// Until its first whole picture, ms.
    pub first_frame_ms: Option<f64>,
    /// Why it is not in, or not any more.
    pub error: Option<Problem>,
    /// What arrived.
    pub streams: Vec<LoadStream>,
}

/// One stream that arrived.
#[derive(Clone, Debug, Serialize)]
pub struct LoadStream {
    /// Whose.
    pub participant: String,
    /// `video` or `audio`.
    pub kind: &'static str,
    /// Whole pictures, or packets.
    pub frames: u32,
    /// Of the last key frame.
    pub size: PixelSize,
    /// Per second between the first and the last.
    pub fps: f64,
    /// Gaps a person notices.
    pub freezes: u32,
    /// The longest gap, ms.
    pub longest_freeze_ms: f64,
}

/// What is sent, over and over.
struct Loops {
    /// By layer.
    pictures: [Vec<(Bytes, bool)>; LAYERS],
    packets: Vec<Bytes>,
}

impl Loops {
    fn make() -> Result<Self, CodecError> {
        let (_, width, height, _) = LADDER[LAYERS - 1];
        let mut pattern = pattern::TestPattern::new(PixelSize::new(width, height));
        let mut simulcast = Simulcast::new(Content::Camera, 1);
        let layers = LADDER.map(|(_, width, height, kbps)| Layer {
            on: true,
            size: PixelSize::new(width, height),
            fps: FPS,
            bitrate: Bitrate::from_kbps(kbps),
        });
        simulcast.set_plan(&Plan { layers: layers.to_vec(), limited_by_cpu: false, limited_by_rate: false });
        let mut pictures: [Vec<(Bytes, bool)>; LAYERS] = Default::default();
        for n in 0..PICTURES {
            let frame = pattern.draw(n * 1_000_000 / u64::from(FPS));
            for encoded in simulcast.encode(&frame, Duration::from_millis(n * 1000 / u64::from(FPS))) {
                pictures[encoded.layer].push((encoded.video.data, encoded.video.key));
            }
        }
        let bitrate = Bitrate::from_kbps(32);
        let mut encoder = opus::Encoder::new(opus::EncoderConfig { bitrate, fec: true, dtx: false })?;
        let mut tone = Tone::new(440.0, -20.0);
        let mut packets = Vec::new();
        for _ in 0..PACKETS {
            let mut samples = [0.0; 960];
            tone.fill(&mut samples);
            packets.push(encoder.encode(&samples)?);
        }
        Ok(Self { pictures, packets })
    }
}

/// Runs all of them until their time is over or `stop` becomes true.
///
/// # Errors
/// The loops could not be encoded; everything else is told in the report.
pub async fn run(options: LoadOptions, stop: watch::Receiver<bool>) -> Result<LoadReport, Problem> {
    let made = tokio::task::spawn_blocking(Loops::make).await;
    let loops = match made {
        Ok(Ok(loops)) => Arc::new(loops),
        Ok(Err(error)) => return Err(Problem::new(ErrorCode::Internal, error.to_string())),
        Err(_) => return Err(Problem::new(ErrorCode::Internal, "the loops were not made")),
    };
    let usage = Usage::start();
    let (end, ending) = watch::channel(false);
    let count = options.targets.len();
    let (arrived, mut arrivals) = tokio::sync::mpsc::unbounded_channel();
    let mut peers = JoinSet::new();
    let sample = Arc::new(Mutex::new(Sample::default()));
    for (n, target) in options.targets.into_iter().enumerate() {
        let one = One {
            loops: loops.clone(),
            picture: options.picture,
            sound: options.sound,
            receives: n < options.receiving,
            tile: options.tile,
            sample: (n == 0).then(|| sample.clone()),
        };
        let (arrived, ending) = (arrived.clone(), ending.clone());
        peers.spawn(async move {
            tokio::time::sleep(APART * u32::try_from(n).unwrap_or(u32::MAX)).await;
            one.participate(target, arrived, ending).await
        });
    }
    drop(arrived);
    let mut stopped = stop;
    let all_in = async {
        for _ in 0..count {
            if arrivals.recv().await.is_none() {
                break;
            }
        }
        match options.stay {
            Some(stay) => tokio::time::sleep(stay).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = all_in => {}
        () = super::stopped(&mut stopped) => {}
    }
    end.send_replace(true);
    let mut reports = Vec::new();
    let mut sent_kbps = 0;
    while let Some(peer) = peers.join_next().await {
        let (report, kbps) = peer.unwrap_or_default();
        sent_kbps += kbps;
        reports.push(report);
    }
    let sample = *sample.lock();
    Ok(sum_up(reports, sent_kbps, sample, &usage))
}

fn sum_up(peers: Vec<LoadPeer>, sent_kbps: u32, sample: Sample, usage: &Usage) -> LoadReport {
    let percentiles = |pick: fn(&LoadPeer) -> Option<f64>| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "milliseconds of a start")]
        latency(peers.iter().filter_map(pick).map(|ms| (ms * 1000.0) as u64).collect())
    };
    let videos: Vec<&LoadStream> = peers.iter().flat_map(|p| &p.streams).filter(|s| s.kind == "video").collect();
    #[allow(clippy::cast_precision_loss, reason = "a process has far fewer than 2^52 videos")]
    let mean = videos.iter().map(|s| s.fps).sum::<f64>() / (videos.len().max(1) as f64);
    let least = videos.iter().map(|s| s.fps).fold(f64::INFINITY, f64::min);
    LoadReport {
        participants: peers.len(),
        joined: peers.iter().filter(|p| p.joined_ms.is_some()).count(),
        joined_ms: percentiles(|p| p.joined_ms),
        first_frame_ms: percentiles(|p| p.first_frame_ms),
        videos: videos.len(),
        fps_least: if least.is_finite() { least } else { 0.0 },
        fps_mean: tenth(mean),
        freezes: videos.iter().map(|s| s.freezes).sum(),
        longest_freeze_ms: videos.iter().map(|s| s.longest_freeze_ms).fold(0.0, f64::max),
        sent_kbps,
        sample,
        cpu_cores: usage.cores(),
        rss_mb: rss_mb(),
        peers,
    }
}

/// What a participant keeps of a stream.
struct Stream {
    participant: String,
    kind: &'static str,
    seen: Seen,
}

type Streams = Arc<Mutex<BTreeMap<String, Stream>>>;

struct One {
    loops: Arc<Loops>,
    picture: bool,
    sound: bool,
    receives: bool,
    tile: Option<PixelSize>,
    sample: Option<Arc<Mutex<Sample>>>,
}

impl One {
    async fn participate(
        self,
        target: JoinTarget,
        arrived: tokio::sync::mpsc::UnboundedSender<()>,
        mut ending: watch::Receiver<bool>,
    ) -> (LoadPeer, u32) {
        let started = Instant::now();
        let mut report = LoadPeer::default();
        let joined = async {
            let (url, token) = way_in(target).await?;
            let auto_subscribe = self.receives;
            let options = visita_rtc::JoinOptions { url, token, auto_subscribe, known_rate: None, relay_only: false };
            visita_rtc::join(options).await.map_err(Problem::from)
        };
        let (room, mut events) = match joined.await {
            Ok(joined) => joined,
            Err(problem) => {
                let _ = arrived.send(());
                report.error = Some(problem);
                return (report, 0);
            }
        };
        report.joined_ms = Some(millis(started.elapsed()));
        report.participant = Some(room.identity().to_owned());
        let _ = arrived.send(());
        let wishes = Arc::new(Wishes { wanted: AtomicU8::new(u8::MAX), keys: AtomicU8::new(0) });
        let mut tasks = JoinSet::new();
        if self.picture {
            let (room, wishes, loops) = (room.clone(), wishes.clone(), self.loops.clone());
            tasks.spawn(async move {
                match room.publish_video(publication()).await {
                    Ok(video) => send_pictures(&video, &loops, &wishes, started).await,
                    Err(error) => tracing::warn!(%error, "no picture is sent"),
                }
            });
        }
        if self.sound {
            let (room, loops) = (room.clone(), self.loops.clone());
            tasks.spawn(async move {
                let publication = AudioPublication {
                    source: Source::Microphone,
                    name: "microphone".into(),
                    dtx: false,
                    muted: false,
                };
                match room.publish_audio(publication).await {
                    Ok(audio) => send_packets(&audio, &loops, started).await,
                    Err(error) => tracing::warn!(%error, "no sound is sent"),
                }
            });
        }
        let streams = Streams::default();
        let mut sample = self.sample;
        loop {
            let event = tokio::select! {
                event = events.recv() => event,
                _ = ending.wait_for(|end| *end) => break,
            };
            match event {
                Some(RtcEvent::Subscribed { identity, track, media }) => {
                    if self.tile.is_some() && matches!(media, RemoteMedia::Video(_)) {
                        room.set_wanted(&track.sid, Wanted { enabled: true, size: self.tile, fps: None });
                    }
                    let streams = streams.clone();
                    let sample = if matches!(media, RemoteMedia::Video(_)) { sample.take() } else { None };
                    tasks.spawn(count(streams, identity, track.sid, media, sample));
                }
                Some(RtcEvent::LayersWanted { enabled, .. }) => wishes.set_wanted(&enabled),
                Some(RtcEvent::KeyFrameWanted { layer, .. }) => {
                    wishes
                        .keys
                        .fetch_or(1_u8.checked_shl(u32::try_from(layer).unwrap_or(8)).unwrap_or(0), Ordering::Relaxed);
                }
                Some(RtcEvent::Connection(ConnectionState::Disconnected { reason })) => {
                    report.error = Some(Problem::new(ErrorCode::MediaUnreachable, format!("put out: {reason:?}")));
                    break;
                }
                Some(_) => {}
                None => break,
            }
        }
        let sent = room.stats().sent.iter().flat_map(|track| &track.layers).map(|layer| layer.kbps).sum();
        drop(tasks);
        room.leave().await;
        let first = streams.lock().values().filter(|s| s.kind == "video").filter_map(|s| s.seen.first).min();
        report.first_frame_ms = first.map(|at| millis(at.saturating_duration_since(started)));
        report.streams = streams.lock().values().map(told).collect();
        (report, sent)
    }
}

/// What the server wants of a video.
struct Wishes {
    wanted: AtomicU8,
    keys: AtomicU8,
}

impl Wishes {
    fn set_wanted(&self, enabled: &[bool]) {
        let bits = enabled.iter().take(LAYERS).enumerate().fold(0, |all, (at, on)| all | u8::from(*on) << at);
        self.wanted.store(bits, Ordering::Relaxed);
    }
}

async fn way_in(target: JoinTarget) -> Result<(String, visita_protocol::Secret), Problem> {
    match target {
        JoinTarget::LiveKit { url, token } => Ok((url, token)),
        JoinTarget::Link { link, display_name, displace } => {
            let entered = entry::enter(&link, &EnterRequest { display_name, displace }).await?;
            let token = entered
                .livekit_token
                .ok_or_else(|| Problem::new(ErrorCode::Forbidden, "an admin has to let this link in first"))?;
            Ok((entered.livekit_url, token))
        }
        JoinTarget::Callaba { server, room_id, participant_id, display_name, media_url } => {
            let way_in = callaba::enter(&server, &room_id, &participant_id, display_name.as_deref()).await?;
            Ok((media_url.unwrap_or(way_in.livekit_url), way_in.token))
        }
    }
}

fn publication() -> VideoPublication {
    let layers = LADDER.map(|(rid, width, height, kbps)| VideoLayer {
        rid: rid.into(),
        size: PixelSize::new(width, height),
        bitrate: Bitrate::from_kbps(kbps),
        fps: FPS,
    });
    VideoPublication { source: Source::Camera, name: "camera".into(), layers: layers.to_vec(), muted: false }
}

async fn send_pictures(video: &LocalVideo, loops: &Loops, wishes: &Wishes, epoch: Instant) {
    let mut tick = tokio::time::interval(Duration::from_secs(1) / FPS);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    let mut next = [0_usize; LAYERS];
    let mut on = [false; LAYERS];
    loop {
        tick.tick().await;
        let (wanted, keys) = (wishes.wanted.load(Ordering::Relaxed), wishes.keys.swap(0, Ordering::Relaxed));
        for layer in 0..LAYERS {
            let was_on = std::mem::replace(&mut on[layer], wanted & (1 << layer) != 0);
            if !on[layer] {
                continue;
            }
            if !was_on || keys & (1 << layer) != 0 {
                next[layer] = 0;
            }
            let pictures = &loops.pictures[layer];
            let Some((data, key)) = pictures.get(next[layer] % pictures.len().max(1)) else { continue };
            video.write(layer, data, *key, epoch.elapsed());
            next[layer] += 1;
        }
    }
}

async fn send_packets(audio: &LocalAudio, loops: &Loops, epoch: Instant) {
    let mut tick = tokio::time::interval(Duration::from_millis(20));
    for packet in loops.packets.iter().cycle() {
        tick.tick().await;
        audio.write(packet.clone(), epoch.elapsed(), 20, true);
    }
}

async fn count(
    streams: Streams,
    participant: String,
    sid: String,
    media: RemoteMedia,
    sample: Option<Arc<Mutex<Sample>>>,
) {
    let kind = if matches!(media, RemoteMedia::Video(_)) { "video" } else { "audio" };
    streams.lock().insert(sid.clone(), Stream { participant, kind, seen: Seen::default() });
    let frame = |at: Instant, size: Option<PixelSize>| {
        if let Some(stream) = streams.lock().get_mut(&sid) {
            stream.seen.frame(at);
            stream.seen.size = size.unwrap_or(stream.seen.size);
        }
    };
    match media {
        RemoteMedia::Video(mut frames) => {
            let mut decoder = sample.as_ref().map(|_| Decoder::new());
            while let Some(picture) = frames.recv().await {
                frame(picture.received_at, picture.size);
                let (Some(decoder), Some(sample)) = (&mut decoder, &sample) else { continue };
                match decoder.decode(picture.codec, &picture.data) {
                    Ok(_) => sample.lock().decoded += 1,
                    Err(_) => sample.lock().broken += 1,
                }
            }
        }
        RemoteMedia::Audio(mut packets) => {
            while let Some(packet) = packets.recv().await {
                frame(packet.received_at, None);
            }
        }
    }
}

fn told(stream: &Stream) -> LoadStream {
    LoadStream {
        participant: stream.participant.clone(),
        kind: stream.kind,
        frames: stream.seen.frames,
        size: stream.seen.size,
        fps: tenth(stream.seen.fps()),
        freezes: stream.seen.freezes,
        longest_freeze_ms: millis(stream.seen.longest_gap),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_begins_with_a_key_frame_in_every_layer() {
        let loops = Loops::make().expect("encoded");
        for layer in &loops.pictures {
            assert!(layer.len() > 30, "{}", layer.len());
            assert!(layer[0].1 && layer[1..].iter().all(|(_, key)| !key));
        }
        assert_eq!(loops.packets.len(), PACKETS);
    }
}
