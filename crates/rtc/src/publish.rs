//! What this participant sends.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use visita_protocol::{Bitrate, PixelSize};

use crate::{
    Source,
    engine::{AudioOutlet, VideoOutlet},
};

/// One encoding of a video.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VideoLayer {
    /// `q`, `h`, `f` from low to high when there are several; empty for the only one.
    pub rid: String,
    /// Size of its pictures.
    pub size: PixelSize,
    /// Bitrate it is encoded for at most.
    pub bitrate: Bitrate,
    /// Frames per second at most.
    pub fps: u32,
}

/// A VP8 video to publish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VideoPublication {
    /// Where it comes from.
    pub source: Source,
    /// Name others see.
    pub name: String,
    /// From low to high, one to three.
    pub layers: Vec<VideoLayer>,
    /// Published muted.
    pub muted: bool,
}

/// An Opus sound to publish (48 kHz clock).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioPublication {
    /// Where it comes from.
    pub source: Source,
    /// Name others see.
    pub name: String,
    /// The encoder stops sending in silence.
    pub dtx: bool,
    /// Published muted.
    pub muted: bool,
}

/// A published video. Cheap to clone; writing never blocks.
#[derive(Clone)]
pub struct LocalVideo {
    sid: Arc<str>,
    outlet: Arc<VideoOutlet>,
}

impl LocalVideo {
    pub(crate) fn new(sid: Arc<str>, outlet: Arc<VideoOutlet>) -> Self {
        Self { sid, outlet }
    }

    /// The server's id of the track, as first given: it stays the same in this crate when the room had to be joined anew.
    pub fn sid(&self) -> &str {
        &self.sid
    }

    /// Sends one whole VP8 frame of `layer` (index into [`VideoPublication::layers`]).
    ///
    /// `captured` counts from any fixed start, on one clock for all layers and the audio.
    /// While muted, disconnected or unpublished the frame is dropped. After any dropped frame only a key frame goes out
    /// next; [`crate::RtcEvent::KeyFrameWanted`] says when one is needed.
    pub fn write(&self, layer: usize, frame: &[u8], key: bool, captured: Duration) {
        self.outlet.write(layer, frame, key, captured);
    }
}

impl fmt::Debug for LocalVideo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalVideo").field("sid", &self.sid).finish_non_exhaustive()
    }
}

/// A published sound. Cheap to clone; writing never blocks.
#[derive(Clone)]
pub struct LocalAudio {
    sid: Arc<str>,
    outlet: Arc<AudioOutlet>,
}

impl LocalAudio {
    pub(crate) fn new(sid: Arc<str>, outlet: Arc<AudioOutlet>) -> Self {
        Self { sid, outlet }
    }

    /// The server's id of the track, as first given: it stays the same in this crate when the room had to be joined anew.
    pub fn sid(&self) -> &str {
        &self.sid
    }

    /// Sends one Opus packet.
    ///
    /// `captured` is the time of its first sample on the clock of the video. `level_dbov` is the loudness as in RFC 6464
    /// (0 loudest, 127 silence), `voice` whether it holds speech: the server finds the speakers by them.
    /// While muted, disconnected or unpublished the packet is dropped.
    pub fn write(&self, packet: Bytes, captured: Duration, level_dbov: u8, voice: bool) {
        self.outlet.write(packet, captured, level_dbov, voice);
    }
}

impl fmt::Debug for LocalAudio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalAudio").field("sid", &self.sid).finish_non_exhaustive()
    }
}
