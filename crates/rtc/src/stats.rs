//! A snapshot of the figures.

use visita_protocol::{Bitrate, PixelSize};

use crate::{MediaKind, Source};

/// The figures of a room at one moment. Counters count from the join.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RtcStats {
    /// Round trip to the media server, ms; none before the first measurement.
    pub rtt_ms: Option<f64>,
    /// What the way to the server is thought to carry.
    pub estimate: Option<Bitrate>,
    /// Our tracks.
    pub sent: Vec<SentTrackStats>,
    /// The others' tracks.
    pub received: Vec<ReceivedTrackStats>,
}

/// The figures of a published track.
#[derive(Clone, Debug, PartialEq)]
pub struct SentTrackStats {
    /// The track.
    pub sid: String,
    /// Where it comes from.
    pub source: Source,
    /// One for each layer; one for a sound.
    pub layers: Vec<SentLayerStats>,
}

/// The figures of one encoding that is sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SentLayerStats {
    /// `q`, `h`, `f`, or empty.
    pub rid: String,
    /// Frames written.
    pub frames: u64,
    /// RTP packets, without retransmissions.
    pub packets: u64,
    /// RTP payload bytes.
    pub bytes: u64,
    /// Payload rate over the last second, kbit/s.
    pub kbps: u32,
    /// Packets the server asked for again.
    pub nacked: u64,
    /// Packets sent again.
    pub retransmitted: u64,
    /// Key frame requests.
    pub key_frame_requests: u64,
    /// Share of packets lost on the way to the server, 0 to 1, by its last report.
    pub loss: f32,
}

/// The figures of a subscribed track.
#[derive(Clone, Debug, PartialEq)]
pub struct ReceivedTrackStats {
    /// The track.
    pub sid: String,
    /// Whose.
    pub identity: String,
    /// Video or audio.
    pub kind: MediaKind,
    /// RTP packets, repaired ones included.
    pub packets: u64,
    /// RTP payload bytes.
    pub bytes: u64,
    /// Packets that never came.
    pub lost: u64,
    /// Interarrival jitter (RFC 3550 6.4.1), ms.
    pub jitter_ms: f64,
    /// Sequence numbers asked for again.
    pub nacked: u64,
    /// Packets that came again and filled a gap.
    pub recovered: u64,
    /// Whole frames given out.
    pub frames: u64,
    /// Key frames asked for.
    pub key_frame_requests: u64,
    /// Size of the last key frame.
    pub size: Option<PixelSize>,
}
