//! Decodes what arrives and measures it: frames, freezes, and latency by the timecode in the test pattern.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use visita_codec::{pattern, video::Decoder};
use visita_protocol::{PixelSize, VideoCodec};

use crate::{
    FrameHub,
    frames::{Frame, FrameSink, unix_us},
};

/// Frames that may wait for the decoder before some are dropped.
const QUEUE: usize = 64;
/// Timecodes further away than this are misread or of another clock.
const PLAUSIBLE: Duration = Duration::from_secs(10);

/// What was seen of one stream.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) frames: u32,
    pub(crate) codec: VideoCodec,
    pub(crate) size: PixelSize,
    /// The largest there was.
    pub(crate) largest: PixelSize,
    pub(crate) first: Option<Instant>,
    pub(crate) last: Option<Instant>,
    pub(crate) freezes: u32,
    pub(crate) longest_gap: Duration,
    average_gap: Duration,
    pub(crate) latencies_us: Vec<u64>,
    pub(crate) decode_errors: u32,
}

impl Seen {
    /// A freeze is a gap above three times the average, or above the average plus 150 ms, whichever is more
    /// (`freezeCount` of W3C webrtc-stats).
    pub(crate) fn frame(&mut self, now: Instant) {
        if let Some(last) = self.last {
            let gap = now.duration_since(last);
            let limit = (self.average_gap * 3).max(self.average_gap + Duration::from_millis(150));
            if self.frames > 10 && gap > limit {
                self.freezes += 1;
            }
            self.longest_gap = self.longest_gap.max(gap);
            self.average_gap = if self.average_gap.is_zero() { gap } else { (self.average_gap * 15 + gap) / 16 };
        }
        self.first.get_or_insert(now);
        self.last = Some(now);
        self.frames += 1;
    }

    /// Frames per second between the first and the last.
    pub(crate) fn fps(&self) -> f64 {
        match (self.first, self.last) {
            (Some(first), Some(last)) if self.frames > 1 => {
                f64::from(self.frames - 1) / last.duration_since(first).as_secs_f64().max(0.001)
            }
            _ => 0.0,
        }
    }
}

/// A sink that decodes on a thread of its own.
pub(crate) struct Watcher {
    frames: SyncSender<Frame>,
    seen: Arc<Mutex<BTreeMap<u32, Seen>>>,
    hub: FrameHub,
    started: Instant,
}

impl Watcher {
    pub(crate) fn start(hub: FrameHub, started: Instant) -> Self {
        let (frames, inbox) = sync_channel(QUEUE);
        let seen = Arc::new(Mutex::new(BTreeMap::new()));
        let (on_thread, hub_on_thread) = (seen.clone(), hub.clone());
        let spawned = std::thread::Builder::new()
            .name("watcher".into())
            .spawn(move || decode(&inbox, &on_thread, &hub_on_thread));
        if let Err(error) = spawned {
            tracing::error!(%error, "nothing will be measured");
        }
        Self { frames, seen, hub, started }
    }

    pub(crate) fn seen(&self, stream: u32) -> Option<Seen> {
        self.seen.lock().get(&stream).cloned()
    }

    /// Width of the largest picture among the newest of each stream.
    pub(crate) fn width(&self) -> u32 {
        self.seen.lock().values().map(|seen| seen.size.width).max().unwrap_or_default()
    }

    /// From the start to the first decoded picture of anybody.
    pub(crate) fn first_frame(&self) -> Option<Duration> {
        let first = self.seen.lock().values().filter_map(|s| s.first).min()?;
        Some(first.saturating_duration_since(self.started))
    }
}

impl FrameSink for Watcher {
    fn frame(&self, frame: Frame) {
        let stream = frame.stream;
        match self.frames.try_send(frame) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => self.hub.want_key_frame(stream),
            Err(TrySendError::Disconnected(_)) => {}
        }
    }

    fn ended(&self, _stream: u32) {}
}

fn decode(inbox: &Receiver<Frame>, seen: &Mutex<BTreeMap<u32, Seen>>, hub: &FrameHub) {
    let mut decoders: BTreeMap<u32, (Decoder, u32)> = BTreeMap::new();
    while let Ok(frame) = inbox.recv() {
        let follows = decoders.get(&frame.stream).is_some_and(|(_, last)| last.wrapping_add(1) == frame.sequence);
        if !frame.key && !follows {
            hub.want_key_frame(frame.stream);
            continue;
        }
        let (decoder, last) = decoders.entry(frame.stream).or_default();
        *last = frame.sequence;
        let decoded = decoder.decode(frame.codec, &frame.data);
        let now = Instant::now();
        let at_us = unix_us();
        let mut seen = seen.lock();
        let seen = seen.entry(frame.stream).or_default();
        match decoded {
            Ok(Some(picture)) => {
                seen.frame(now);
                (seen.size, seen.codec) = (picture.size(), frame.codec);
                if seen.size.width > seen.largest.width {
                    seen.largest = seen.size;
                }
                if let Some(timecode) = pattern::read_timecode(&picture) {
                    let latency = at_us.saturating_sub(timecode);
                    if timecode <= at_us && u128::from(latency) < PLAUSIBLE.as_micros() {
                        seen.latencies_us.push(latency);
                    }
                }
            }
            Ok(None) => {}
            Err(error) => {
                tracing::debug!(%error, "a picture was not decoded");
                seen.decode_errors += 1;
                decoders.remove(&frame.stream);
                hub.want_key_frame(frame.stream);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_gap_is_one_freeze() {
        let start = Instant::now();
        let mut seen = Seen::default();
        for n in 0..30 {
            seen.frame(start + Duration::from_millis(33 * n));
        }
        assert_eq!(seen.freezes, 0);
        seen.frame(start + Duration::from_millis(33 * 29 + 600));
        assert_eq!((seen.freezes, seen.longest_gap), (1, Duration::from_millis(600)));
    }
}
