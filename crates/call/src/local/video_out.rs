//! A video on its way out: what the media server wants of it, and the encoders that obey.

use std::{
    sync::atomic::{AtomicU8, AtomicU32, Ordering},
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use visita_codec::{
    I420Frame,
    adapt::{Adapter, Capture, LAYERS, Measured},
    simulcast::Simulcast,
    vp8::Content,
};
use visita_protocol::{
    Bitrate, PixelSize,
    view::{SendingView, StreamSource},
};
use visita_rtc::LocalVideo;

/// How often the plan is looked at again.
const PLAN_EVERY: Duration = Duration::from_millis(100);
const SECOND: Duration = Duration::from_secs(1);
/// Names of the layers; a single one has none.
const NAMES: [&str; LAYERS] = ["q", "h", "f"];

/// What the call wants of a video, and what was sent. Shared by the owner and the thread that encodes.
pub(crate) struct VideoOut {
    target: AtomicU32,
    wanted: AtomicU8,
    keys: AtomicU8,
    sent: Mutex<[Meter; LAYERS]>,
    layers: AtomicU8,
}

/// What went out of one layer.
#[derive(Clone, Copy, Default)]
struct Meter {
    size: PixelSize,
    since: Option<Instant>,
    frames: u32,
    bytes: usize,
    /// Of the last whole second.
    fps: u32,
    kbps: u32,
    last: Option<Instant>,
}

const ALL: u8 = (1 << LAYERS) - 1;

impl VideoOut {
    pub(crate) fn new(target: Bitrate) -> Self {
        Self {
            target: AtomicU32::new(target.bps()),
            wanted: AtomicU8::new(ALL),
            keys: AtomicU8::new(0),
            sent: Mutex::default(),
            layers: AtomicU8::new(1),
        }
    }

    /// Rate for all layers together.
    pub(crate) fn set_target(&self, target: Bitrate) {
        self.target.store(target.bps(), Ordering::Relaxed);
    }

    /// Which layers anybody looks at.
    pub(crate) fn set_wanted(&self, enabled: &[bool]) {
        let bits = enabled.iter().take(LAYERS).enumerate().map(|(at, on)| u8::from(*on) << at);
        self.wanted.store(bits.fold(0, |all, bit| all | bit), Ordering::Relaxed);
    }

    /// The next picture of a layer decodes on its own.
    pub(crate) fn want_key(&self, layer: usize) {
        if layer < LAYERS {
            self.keys.fetch_or(1 << layer, Ordering::Relaxed);
        }
    }

    /// The next picture of every layer decodes on its own.
    pub(crate) fn want_keys(&self) {
        self.keys.store(ALL, Ordering::Relaxed);
    }

    /// Whether a key frame of any layer is awaited.
    pub(crate) fn key_is_wanted(&self) -> bool {
        self.keys.load(Ordering::Relaxed) & ((1 << self.layers.load(Ordering::Relaxed)) - 1) != 0
    }

    /// A publication begins: everything is wanted until the server says less.
    pub(crate) fn begin(&self) {
        self.wanted.store(ALL, Ordering::Relaxed);
        self.want_keys();
    }

    /// The layers that went out in the last seconds.
    pub(crate) fn sending(&self, source: StreamSource) -> Vec<SendingView> {
        let several = self.layers.load(Ordering::Relaxed) > 1;
        let sent = self.sent.lock();
        let alive = |meter: &Meter| meter.last.is_some_and(|last| last.elapsed() < SECOND * 2) && meter.fps > 0;
        let view = |(at, meter): (usize, &Meter)| SendingView {
            source,
            layer: if several { NAMES[at].to_owned() } else { String::new() },
            size: meter.size,
            fps: meter.fps,
            kbps: meter.kbps,
        };
        sent.iter().enumerate().filter(|(_, meter)| alive(meter)).map(view).collect()
    }

    /// Size of the largest layer that went out last.
    pub(crate) fn largest(&self) -> PixelSize {
        let sent = self.sent.lock();
        sent.iter().map(|meter| meter.size).max_by_key(|size| size.area()).unwrap_or_default()
    }

    fn account(&self, layer: usize, size: PixelSize, bytes: usize, now: Instant) {
        let mut sent = self.sent.lock();
        let Some(meter) = sent.get_mut(layer) else { return };
        let since = *meter.since.get_or_insert(now);
        let passed = now.saturating_duration_since(since);
        if passed >= SECOND {
            let seconds = passed.as_secs_f64();
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "a second of video is far below 2^32 bytes"
            )]
            {
                meter.fps = (f64::from(meter.frames) / seconds).round() as u32;
                meter.kbps = (meter.bytes as f64 * 8.0 / 1000.0 / seconds).round() as u32;
            }
            (meter.since, meter.frames, meter.bytes) = (Some(now), 0, 0);
        }
        meter.frames += 1;
        meter.bytes += bytes;
        meter.size = size;
        meter.last = Some(now);
    }
}

/// The encoders of one video; lives on the thread that captures.
pub(crate) struct VideoSender {
    content: Content,
    layers: usize,
    simulcast: Simulcast,
    adapter: Option<Adapter>,
    planned: Option<Instant>,
    wanted: u8,
}

impl VideoSender {
    pub(crate) fn new(content: Content, layers: usize) -> Self {
        Self {
            content,
            layers,
            // One thread encodes 720p in 4 ms; a second one waits for a core that the decoder of the page needs.
            simulcast: Simulcast::new(content, 1),
            adapter: None,
            planned: None,
            wanted: 0,
        }
    }

    /// Encodes a picture for whoever wants it, and sends it. `size` is the largest size to send.
    pub(crate) fn send(
        &mut self,
        publication: &LocalVideo,
        out: &VideoOut,
        frame: &I420Frame,
        (size, fps): (PixelSize, u32),
        at: Duration,
    ) {
        let now = Instant::now();
        let wanted = out.wanted.load(Ordering::Relaxed);
        let capture = Capture { size, fps, content: self.content, layers: self.layers };
        let changed = self.adapter.as_ref().is_none_or(|adapter| adapter.capture() != capture) || wanted != self.wanted;
        let due = self.planned.is_none_or(|last| now.saturating_duration_since(last) >= PLAN_EVERY);
        if changed || due {
            self.planned = Some(now);
            self.wanted = wanted;
            out.layers.store(u8::try_from(self.layers).unwrap_or(1), Ordering::Relaxed);
            let adapter = self.adapter.get_or_insert_with(|| Adapter::new(capture));
            if adapter.capture() != capture {
                adapter.set_capture(capture);
            }
            let measured = Measured {
                target: Bitrate::from_bps(out.target.load(Ordering::Relaxed)),
                load: self.simulcast.load(),
                wanted: std::array::from_fn(|at| wanted & (1 << at) != 0),
            };
            self.simulcast.set_plan(&adapter.update(now, measured));
        }
        let keys = out.keys.swap(0, Ordering::Relaxed);
        for layer in (0..self.layers).filter(|layer| keys & (1 << layer) != 0) {
            self.simulcast.want_key(layer);
        }
        for encoded in self.simulcast.encode(frame, at) {
            let video = encoded.video;
            publication.write(encoded.layer, &video.data, video.key, at);
            out.account(encoded.layer, video.size, video.data.len(), now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_is_told_by_layer_and_second() {
        let out = VideoOut::new(Bitrate::from_kbps(1_000));
        out.layers.store(3, Ordering::Relaxed);
        let start = Instant::now();
        let size = PixelSize::new(320, 180);
        for n in 0..=30 {
            out.account(0, size, 500, start + Duration::from_millis(n * 34));
        }
        let sending = out.sending(StreamSource::Camera);
        assert_eq!(sending.len(), 1);
        assert_eq!((sending[0].layer.as_str(), sending[0].size, sending[0].fps), ("q", size, 29));
        assert!((115..=120).contains(&sending[0].kbps), "{sending:?}");
        assert_eq!(out.largest(), size);
    }

    #[test]
    fn wishes_are_kept_by_layer() {
        let out = VideoOut::new(Bitrate::from_kbps(1_000));
        out.set_wanted(&[true, false, true]);
        out.want_key(2);
        out.want_key(9);
        assert_eq!(out.wanted.load(Ordering::Relaxed), 0b101);
        assert_eq!(out.keys.load(Ordering::Relaxed), 0b100);
        out.begin();
        assert_eq!((out.wanted.load(Ordering::Relaxed), out.keys.load(Ordering::Relaxed)), (0b111, 0b111));
    }
}
