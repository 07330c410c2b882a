//! What this participant sends.

use std::time::Duration;

use bytes::Bytes;
use visita_protocol::{Bitrate, PixelSize};

use crate::Source;

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
#[derive(Clone, Debug)]
pub struct LocalVideo {}

impl LocalVideo {
    /// The server's id of the track, as first given: it stays the same in this crate when the room had to be joined anew.
    pub fn sid(&self) -> String {
        String::new()
    }

    /// Sends one whole VP8 frame of `layer` (index into [`VideoPublication::layers`]).
    ///
    /// `captured` counts from any fixed start, on one clock for all layers and the audio.
    /// While muted, disconnected or unpublished the frame is dropped.
    pub fn write(&self, _layer: usize, _frame: &[u8], _key: bool, _captured: Duration) {}
}

/// A published sound. Cheap to clone; writing never blocks.
#[derive(Clone, Debug)]
pub struct LocalAudio {}

impl LocalAudio {
    /// The server's id of the track, as first given: it stays the same in this crate when the room had to be joined anew.
    pub fn sid(&self) -> String {
        String::new()
    }

    /// Sends one Opus packet.
    ///
    /// `captured` is the time of its first sample on the clock of the video. `level_dbov` is the loudness as in RFC 6464
    /// (0 loudest, 127 silence), `voice` whether it holds speech: the server finds the speakers by them.
    pub fn write(&self, _packet: Bytes, _captured: Duration, _level_dbov: u8, _voice: bool) {}
}
