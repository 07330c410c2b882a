//! The way out of encoded media: from whoever encodes, who must never wait, to the connection, which may.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use parking_lot::{Mutex, RwLock};
use rtc::rtp;
use tokio::sync::mpsc;
use visita_protocol::{PixelSize, VideoCodec};
use webrtc::media_stream::track_local::{TrackLocal, static_rtp::TrackLocalStaticRTP};

use super::interceptors::congestion::SendControl;
use super::rate::Rate;
use crate::video::{Packetizer, key_frame_size};

/// Frames that may wait for the connection. It takes them in microseconds; waiting frames mean it is stuck.
const QUEUE: usize = 16;

/// What may wait before the wire, as time, when another frame of the lowest layer comes. A frame that would wait longer is
/// not worth sending: it is dropped before it has sequence numbers, so that nobody asks for it again.
const PATIENCE: Duration = Duration::from_millis(350);
/// Each higher layer gives up so much earlier: what is left goes to the lower ones.
const LESS_PATIENCE: Duration = Duration::from_millis(80);
/// After dropped frames a key frame is worth making once no more than this waits.
const FREE_AGAIN: Duration = Duration::from_millis(60);

/// Whether a frame is worth sending while others wait this long.
pub(crate) fn is_worth_sending(waiting: Duration, layer: usize) -> bool {
    waiting <= PATIENCE.saturating_sub(LESS_PATIENCE * u32::try_from(layer).unwrap_or(u32::MAX).min(3))
}

/// Whether to begin anew with a key frame.
pub(crate) fn is_free_again(waiting: Duration) -> bool {
    waiting <= FREE_AGAIN
}

/// What the negotiation gave a track.
pub(super) struct Binding {
    pub(super) track: Arc<TrackLocalStaticRTP>,
    pub(super) payload_type: u8,
    /// One for each layer.
    pub(super) ssrcs: Vec<u32>,
    /// `mid` extension: id and value.
    pub(super) mid: Option<(u8, Bytes)>,
    /// `rtp-stream-id` extension: id.
    pub(super) rid_id: Option<u8>,
    /// Values of `rtp-stream-id`; empty for the only layer.
    pub(super) rids: Vec<Bytes>,
    /// `ssrc-audio-level` extension: id.
    pub(super) level_id: Option<u8>,
    /// What waits before the wire.
    pub(super) control: Arc<SendControl>,
}

/// Whether what is written goes out. Shared by the writer, who obeys it, and the session, which sets it.
#[derive(Default)]
pub(crate) struct Gate {
    binding: RwLock<Option<Arc<Binding>>>,
    connected: AtomicBool,
    muted: AtomicBool,
    ended: AtomicBool,
}

impl Gate {
    /// A gate for a track that is published muted or not.
    pub(crate) fn new(muted: bool) -> Arc<Self> {
        let gate = Self::default();
        gate.muted.store(muted, Ordering::Relaxed);
        Arc::new(gate)
    }

    /// Mutes or unmutes.
    pub(crate) fn set_muted(&self, muted: bool) {
        self.muted.store(muted, Ordering::Relaxed);
    }

    /// The connection works, or does not.
    pub(crate) fn set_connected(&self, connected: bool) {
        self.connected.store(connected, Ordering::Relaxed);
    }

    /// The track is no more.
    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
        self.unbind();
    }

    /// The connection the track was bound to is gone.
    pub(crate) fn unbind(&self) {
        *self.binding.write() = None;
    }

    pub(super) fn bind(&self, binding: Binding) {
        *self.binding.write() = Some(Arc::new(binding));
    }

    /// Whether the negotiation is through.
    pub(crate) fn is_bound(&self) -> bool {
        self.binding.read().is_some()
    }

    /// Whether anything written now goes out.
    pub(crate) fn is_open(&self) -> bool {
        self.open().is_some()
    }

    /// SSRC of each layer, once known.
    pub(crate) fn ssrcs(&self) -> Vec<u32> {
        self.binding.read().as_ref().map(|binding| binding.ssrcs.clone()).unwrap_or_default()
    }

    fn open(&self) -> Option<Arc<Binding>> {
        let shut = self.muted.load(Ordering::Relaxed)
            || !self.connected.load(Ordering::Relaxed)
            || self.ended.load(Ordering::Relaxed);
        if shut { None } else { self.binding.read().clone() }
    }
}

struct Frame {
    layer: usize,
    data: Bytes,
    captured: Duration,
}

/// Writes the frames of a video. The task behind it ends when the outlet is dropped.
pub(crate) struct VideoOutlet {
    gate: Arc<Gate>,
    queue: mpsc::Sender<Frame>,
    layers: Vec<LayerOut>,
}

#[derive(Default)]
struct LayerOut {
    /// The chain of references is cut: only a key frame may be next.
    needs_key: AtomicBool,
    frames: AtomicU64,
    /// A frame was dropped because the connection did not take it.
    overflowed: AtomicBool,
    dropped: AtomicU64,
    shape: Mutex<Shape>,
}

#[derive(Default)]
struct Shape {
    rate: Rate,
    size: Option<PixelSize>,
}

/// What was written of a layer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LayerFigures {
    /// Frames.
    pub(crate) frames: u64,
    /// Frames not sent because too much waited.
    pub(crate) dropped: u64,
    /// Frames a second.
    pub(crate) fps: f64,
    /// Size of the last key frame.
    pub(crate) size: Option<PixelSize>,
}

impl VideoOutlet {
    /// An outlet for `layers` layers.
    pub(crate) fn start(gate: Arc<Gate>, layers: usize) -> Arc<Self> {
        let (queue, frames) = mpsc::channel(QUEUE);
        tokio::spawn(write_video(gate.clone(), frames, layers));
        let layers =
            (0..layers).map(|_| LayerOut { needs_key: AtomicBool::new(true), ..LayerOut::default() }).collect();
        Arc::new(Self { gate, queue, layers })
    }

    /// Queues a frame, or drops it.
    pub(crate) fn write(&self, layer: usize, data: &[u8], key: bool, captured: Duration) {
        let Some(out) = self.layers.get(layer) else { return };
        let Some(binding) = self.gate.open() else {
            out.needs_key.store(true, Ordering::Relaxed);
            return;
        };
        let waiting = binding.control.queue().delay;
        if !is_worth_sending(waiting, layer) {
            tracing::trace!(layer, key, ?waiting, "a frame is dropped");
            out.drop_frame();
            return;
        }
        if key {
            tracing::trace!(layer, bytes = data.len(), ?waiting, "a key frame leaves");
            out.needs_key.store(false, Ordering::Relaxed);
        } else if out.needs_key.load(Ordering::Relaxed) {
            return;
        }
        match self.queue.try_send(Frame { layer, data: Bytes::copy_from_slice(data), captured }) {
            Ok(()) => {
                out.frames.fetch_add(1, Ordering::Relaxed);
                let mut shape = out.shape.lock();
                shape.rate.add(Instant::now(), 1);
                if key {
                    shape.size = key_frame_size(VideoCodec::Vp8, data).or(shape.size);
                }
            }
            Err(_) => out.drop_frame(),
        }
    }

    /// The layers that need a key frame because frames were dropped, once there is room for it.
    pub(crate) fn take_overflowed(&self) -> Vec<usize> {
        if self.gate.open().is_some_and(|binding| !is_free_again(binding.control.queue().delay)) {
            return Vec::new();
        }
        let overflowed = |layer: &LayerOut| layer.overflowed.swap(false, Ordering::Relaxed);
        self.layers.iter().enumerate().filter(|(_, layer)| overflowed(layer)).map(|(index, _)| index).collect()
    }

    /// What was written of each layer.
    pub(crate) fn figures(&self, now: Instant) -> Vec<LayerFigures> {
        let figures = |layer: &LayerOut| {
            let shape = layer.shape.lock();
            LayerFigures {
                frames: layer.frames.load(Ordering::Relaxed),
                dropped: layer.dropped.load(Ordering::Relaxed),
                fps: shape.rate.per_second(now),
                size: shape.size,
            }
        };
        self.layers.iter().map(figures).collect()
    }
}

impl LayerOut {
    fn drop_frame(&self) {
        self.needs_key.store(true, Ordering::Relaxed);
        self.overflowed.store(true, Ordering::Relaxed);
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }
}

/// Numbers of one RTP stream.
struct Stream {
    sequence: u16,
    packetizer: Packetizer,
}

async fn write_video(gate: Arc<Gate>, mut frames: mpsc::Receiver<Frame>, layers: usize) {
    // One start for all layers, so that their timestamps are of one clock.
    let first_timestamp: u32 = rand::random();
    let (picture_id, tl0_picture_index) = (rand::random(), rand::random());
    let mut streams: Vec<Stream> = (0..layers)
        .map(|_| Stream { sequence: rand::random(), packetizer: Packetizer::new(picture_id, tl0_picture_index) })
        .collect();
    while let Some(frame) = frames.recv().await {
        let Some(binding) = gate.open() else { continue };
        let (Some(stream), Some(&ssrc)) = (streams.get_mut(frame.layer), binding.ssrcs.get(frame.layer)) else {
            continue;
        };
        let timestamp = first_timestamp.wrapping_add(ticks(frame.captured, 90_000));
        for payload in stream.packetizer.cut(&frame.data) {
            let mut header = header(&binding, ssrc, stream.sequence, timestamp);
            header.marker = payload.last;
            let rid = binding.rids.get(frame.layer).filter(|rid| !rid.is_empty());
            if let (Some(id), Some(rid)) = (binding.rid_id, rid) {
                set_extension(&mut header, id, rid.clone());
            }
            stream.sequence = stream.sequence.wrapping_add(1);
            send(&binding, rtp::Packet { header, payload: payload.bytes }).await;
        }
    }
}

struct Sound {
    data: Bytes,
    captured: Duration,
    level: u8,
    voice: bool,
}

/// Writes the packets of a sound. The task behind it ends when the outlet is dropped.
pub(crate) struct AudioOutlet {
    gate: Arc<Gate>,
    queue: mpsc::Sender<Sound>,
    packets: AtomicU64,
}

impl AudioOutlet {
    /// An outlet for one Opus stream.
    pub(crate) fn start(gate: Arc<Gate>) -> Arc<Self> {
        let (queue, packets) = mpsc::channel(QUEUE);
        tokio::spawn(write_audio(gate.clone(), packets));
        Arc::new(Self { gate, queue, packets: AtomicU64::new(0) })
    }

    /// Queues a packet, or drops it.
    pub(crate) fn write(&self, data: Bytes, captured: Duration, level: u8, voice: bool) {
        if self.gate.is_open() && self.queue.try_send(Sound { data, captured, level, voice }).is_ok() {
            self.packets.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Packets written.
    pub(crate) fn packets(&self) -> u64 {
        self.packets.load(Ordering::Relaxed)
    }
}

async fn write_audio(gate: Arc<Gate>, mut packets: mpsc::Receiver<Sound>) {
    let first_timestamp: u32 = rand::random();
    let mut sequence: u16 = rand::random();
    // More than two packets' time without one is a new talk spurt (RFC 3551 section 4.1).
    let mut last: Option<Duration> = None;
    while let Some(sound) = packets.recv().await {
        let Some(binding) = gate.open() else { continue };
        let Some(&ssrc) = binding.ssrcs.first() else { continue };
        let timestamp = first_timestamp.wrapping_add(ticks(sound.captured, 48_000));
        let mut header = header(&binding, ssrc, sequence, timestamp);
        header.marker = last.is_none_or(|at| sound.captured.saturating_sub(at) > Duration::from_millis(60));
        last = Some(sound.captured);
        if let Some(id) = binding.level_id {
            // RFC 6464: V in the top bit, then the level in -dBov.
            let level = sound.level.min(127) | if sound.voice { 0x80 } else { 0 };
            set_extension(&mut header, id, Bytes::copy_from_slice(&[level]));
        }
        sequence = sequence.wrapping_add(1);
        send(&binding, rtp::Packet { header, payload: sound.data }).await;
    }
}

fn header(binding: &Binding, ssrc: u32, sequence_number: u16, timestamp: u32) -> rtp::header::Header {
    let mut header = rtp::header::Header {
        version: 2,
        payload_type: binding.payload_type,
        sequence_number,
        timestamp,
        ssrc,
        ..rtp::header::Header::default()
    };
    if let Some((id, mid)) = &binding.mid {
        set_extension(&mut header, *id, mid.clone());
    }
    header
}

fn set_extension(header: &mut rtp::header::Header, id: u8, value: Bytes) {
    if let Err(error) = header.set_extension(id, value) {
        tracing::debug!(%error, id, "a header extension was left out");
    }
}

async fn send(binding: &Binding, packet: rtp::Packet) {
    if let Err(error) = binding.track.write_rtp(packet).await {
        tracing::trace!(%error, "a packet was not sent");
    }
}

/// `time` in ticks of an RTP clock; the 32 bits wrap as RTP's do.
fn ticks(time: Duration, clock_rate: u128) -> u32 {
    (time.as_micros() * clock_rate / 1_000_000) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_do_not_drift_and_wrap() {
        assert_eq!(ticks(Duration::from_millis(20), 48_000), 960);
        assert_eq!(ticks(Duration::from_secs(3600 * 24), 90_000), ((86_400u64 * 90_000) % (1 << 32)) as u32);
    }

    #[tokio::test]
    async fn a_shut_gate_drops_and_asks_for_nothing() {
        let outlet = VideoOutlet::start(Gate::new(false), 1);
        for _ in 0..100 {
            outlet.write(0, &[0; 10], true, Duration::ZERO);
            outlet.write(7, &[0; 10], true, Duration::ZERO);
        }
        assert_eq!((outlet.figures(Instant::now())[0].frames, outlet.take_overflowed()), (0, vec![]));
    }
}
