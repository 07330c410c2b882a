//! Encoded pictures on their way from the network (and from one's own camera) to whoever shows them.
//!
//! A sink must take a frame without waiting: the network never waits for a screen.

use std::{
    collections::HashMap,
    sync::{Arc, Weak},
    time::{SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::sync::mpsc;
use visita_codec::video;
use visita_protocol::{PixelSize, VideoCodec};

/// One encoded picture.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Which stream; [`visita_protocol::frames::LOCAL_PREVIEW`] is one's own camera.
    pub stream: u32,
    /// Sequence in the stream, wrapping.
    pub sequence: u32,
    /// How it is coded.
    pub codec: VideoCodec,
    /// Decodes on its own.
    pub key: bool,
    /// Size, known on key frames.
    pub size: Option<PixelSize>,
    /// Unix time in µs at which the frame was whole.
    pub at_us: u64,
    /// The encoded picture.
    pub data: Bytes,
}

/// Something that shows frames.
pub trait FrameSink: Send + Sync {
    /// Takes a frame; never waits.
    fn frame(&self, frame: Frame);
    /// The stream is over.
    fn ended(&self, stream: u32);
}

/// Hands every frame to every sink. Cheap to clone.
#[derive(Clone)]
pub struct FrameHub {
    inner: Arc<Inner>,
}

struct Inner {
    state: Mutex<State>,
    key_frames: mpsc::UnboundedSender<u32>,
}

#[derive(Default)]
struct State {
    sinks: Vec<Weak<dyn FrameSink>>,
    sequences: HashMap<u32, u32>,
    last_stream: u32,
}

impl FrameHub {
    /// A hub, and the streams for which sinks want a key frame.
    pub fn new() -> (Self, mpsc::UnboundedReceiver<u32>) {
        let (key_frames, wanted) = mpsc::unbounded_channel();
        (Self { inner: Arc::new(Inner { state: Mutex::default(), key_frames }) }, wanted)
    }

    /// An id for a new stream, never used before.
    pub fn new_stream(&self) -> u32 {
        let mut state = self.inner.state.lock();
        state.last_stream = state.last_stream.wrapping_add(1).max(1);
        state.last_stream
    }

    /// Adds a sink that asks for the key frames it needs by itself; it is forgotten when its last owner drops it.
    pub fn listen(&self, sink: &Arc<dyn FrameSink>) {
        self.inner.state.lock().sinks.push(Arc::downgrade(sink));
    }

    /// Adds a sink; it is forgotten when its last owner drops it. All streams are asked for a key frame.
    pub fn attach(&self, sink: &Arc<dyn FrameSink>) {
        let streams: Vec<u32> = {
            let mut state = self.inner.state.lock();
            state.sinks.push(Arc::downgrade(sink));
            state.sequences.keys().copied().collect()
        };
        for stream in streams {
            self.want_key_frame(stream);
        }
    }

    /// A sink cannot go on without a key frame of this stream.
    pub fn want_key_frame(&self, stream: u32) {
        // Nobody listens once the call is over; then nobody needs the frame either.
        let _ = self.inner.key_frames.send(stream);
    }

    /// Hands on one encoded picture.
    pub fn push(&self, stream: u32, codec: VideoCodec, key: bool, size: Option<PixelSize>, data: Bytes) {
        let at_us = unix_us();
        let mut state = self.inner.state.lock();
        let sequence = state.sequences.entry(stream).or_insert(0);
        *sequence = sequence.wrapping_add(1);
        let frame = Frame { stream, sequence: *sequence, codec, key, size, at_us, data };
        state.sinks.retain(|sink| match sink.upgrade() {
            Some(sink) => {
                sink.frame(frame.clone());
                true
            }
            None => false,
        });
    }

    /// The stream is over.
    pub fn end(&self, stream: u32) {
        let mut state = self.inner.state.lock();
        state.sequences.remove(&stream);
        for sink in state.sinks.iter().filter_map(Weak::upgrade) {
            sink.ended(stream);
        }
    }
}

/// Decodes frames for whoever shows them and cannot decode.
#[derive(Default)]
pub struct PictureDecoder {
    streams: HashMap<u32, video::Decoder>,
}

/// A stream that cannot go on without a key frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;

impl PictureDecoder {
    /// Width and height as little-endian `u32`, then the planes of I420 without gaps; nothing for a frame that is not to be
    /// shown. It takes some milliseconds.
    pub fn decode(&mut self, frame: &Frame) -> Result<Option<Vec<u8>>, Broken> {
        let decoder = self.streams.entry(frame.stream).or_default();
        match decoder.decode(frame.codec, &frame.data) {
            Ok(None) => Ok(None),
            Ok(Some(picture)) => {
                let size = picture.size();
                let mut out = Vec::with_capacity(8 + picture.data().len());
                out.extend_from_slice(&size.width.to_le_bytes());
                out.extend_from_slice(&size.height.to_le_bytes());
                out.extend_from_slice(picture.data());
                Ok(Some(out))
            }
            Err(error) => {
                tracing::debug!(%error, stream = frame.stream, "a frame does not decode");
                self.streams.remove(&frame.stream);
                Err(Broken)
            }
        }
    }
}

/// Unix time in µs.
pub fn unix_us() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map(|d| u64::try_from(d.as_micros()).unwrap_or(u64::MAX)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use visita_codec::{I420Frame, vp8};
    use visita_protocol::Bitrate;

    use super::*;

    #[derive(Default)]
    struct Seen(Mutex<Vec<(u32, u32)>>);

    impl FrameSink for Seen {
        fn frame(&self, frame: Frame) {
            self.0.lock().push((frame.stream, frame.sequence));
        }
        fn ended(&self, stream: u32) {
            self.0.lock().push((stream, 0));
        }
    }

    #[test]
    fn what_a_page_cannot_decode_is_decoded_for_it() {
        let size = PixelSize::new(64, 48);
        let (bitrate, content) = (Bitrate::from_kbps(200), vp8::Content::Camera);
        let config = vp8::EncoderConfig { size, bitrate, fps: 30, content, threads: 1 };
        let mut encoder = vp8::Encoder::new(config).expect("made");
        let mut frames = Vec::new();
        for number in 0..3 {
            let at = std::time::Duration::from_millis(number * 33);
            let encoded = encoder.encode(&I420Frame::black(size), at, number == 0).expect("encoded").expect("kept");
            let (key, data) = (encoded.key, encoded.data);
            frames.push(Frame { stream: 1, sequence: 0, codec: VideoCodec::Vp8, key, size: None, at_us: 0, data });
        }
        let mut decoder = PictureDecoder::default();
        for frame in &frames {
            let picture = decoder.decode(frame).expect("decoded").expect("shown");
            assert_eq!(picture[..8], [64, 0, 0, 0, 48, 0, 0, 0]);
            assert_eq!(picture.len(), 8 + 64 * 48 * 3 / 2);
        }
        let broken = Frame { data: Bytes::from_static(b"no"), ..frames[0].clone() };
        assert_eq!(decoder.decode(&broken), Err(Broken));
        assert!(decoder.decode(&frames[0]).is_ok());
    }

    #[test]
    fn frames_are_numbered_by_stream_and_reach_living_sinks() {
        let (hub, mut wanted) = FrameHub::new();
        let seen = Arc::new(Seen::default());
        let sink: Arc<dyn FrameSink> = seen.clone();
        hub.push(1, VideoCodec::Vp8, true, None, Bytes::new());
        hub.attach(&sink);
        assert_eq!(wanted.try_recv().ok(), Some(1));
        hub.push(1, VideoCodec::Vp8, false, None, Bytes::new());
        hub.push(2, VideoCodec::Vp8, true, None, Bytes::new());
        hub.end(1);
        drop(sink);
        assert_eq!(*seen.0.lock(), [(1, 2), (2, 1), (1, 0)]);
        drop(seen);
        hub.push(2, VideoCodec::Vp8, false, None, Bytes::new());
        assert!(hub.inner.state.lock().sinks.is_empty());
    }
}
