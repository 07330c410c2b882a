//! A snapshot of the figures.

use livekit_protocol::ConnectionQuality;
use visita_protocol::{Bitrate, PixelSize};

use crate::{MediaKind, Source};

/// The figures of a room at one moment. Counters count from the join.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RtcStats {
    /// Round trip to the media server, ms; none before the first measurement.
    pub rtt_ms: Option<f64>,
    /// What the way to the server is thought to carry.
    pub estimate: Option<Bitrate>,
    /// What it is known to carry, to be remembered for this network ([`crate::JoinOptions::known_rate`]).
    pub good_rate: Option<Bitrate>,
    /// What waits before the wire, as time, ms.
    pub send_queue_ms: f64,
    /// What waits on the way to the server, as time, ms.
    pub network_queue_ms: f64,
    /// Share of packets lost on the way to the server, 0 to 1.
    pub sent_loss: f64,
    /// How our line is, 0 (lost) to 5 (excellent), by our own figures.
    pub quality: u8,
    /// The way media take to the server; none while there is none.
    pub path: Option<Path>,
    /// Our tracks.
    pub sent: Vec<SentTrackStats>,
    /// The others' tracks.
    pub received: Vec<ReceivedTrackStats>,
}

/// The pair of ICE candidates (RFC 8445) in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Path {
    /// Of the transport.
    pub protocol: Protocol,
    /// Our end.
    pub local: AddressKind,
    /// The server's end.
    pub remote: AddressKind,
    /// The server's address is of IPv6.
    pub is_ipv6: bool,
}

/// A transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// UDP.
    Udp,
    /// TCP with the framing of RFC 4571.
    Tcp,
}

/// Where an address of a candidate comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressKind {
    /// Of the machine itself.
    Host,
    /// Seen from outside of a NAT, told by STUN or by the checks themselves.
    Reflexive,
    /// Of a TURN server.
    Relayed,
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
    /// Frames a second, over the last second.
    pub fps: f32,
    /// Size of the last key frame written.
    pub size: Option<PixelSize>,
    /// Frames that were not sent because too much waited.
    pub dropped: u64,
    /// RTP packets, without retransmissions.
    pub packets: u64,
    /// RTP payload bytes.
    pub bytes: u64,
    /// Payload rate over the last second, kbit/s.
    pub kbps: u32,
    /// Packets the server asked for again.
    pub nacked: u64,
    /// Packets sent again, probes included.
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
    /// Payload rate over the last second, kbit/s.
    pub kbps: u32,
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
    /// Frames a second, over the last second.
    pub fps: f32,
    /// Times the picture stood still: a frame came later than three frame times, or 150 ms, after it was due.
    pub freezes: u64,
    /// All of them together, ms.
    pub freeze_ms: u64,
    /// The longest, ms.
    pub longest_freeze_ms: u64,
    /// Key frames asked for.
    pub key_frame_requests: u64,
    /// Size of the last key frame.
    pub size: Option<PixelSize>,
}

/// How a line is, 0 to 5: the share of losses, both ways, and the delay, each taking what a listener would take (after the
/// E-model of ITU-T G.107, with concealed losses).
pub(crate) fn quality(is_connected: bool, losses: f64, rtt_ms: f64, queue_ms: f64) -> u8 {
    if !is_connected {
        return 0;
    }
    let one_way = rtt_ms / 2.0 + queue_ms + 40.0;
    let delay = 0.024 * one_way + if one_way > 177.3 { 0.11 * (one_way - 177.3) } else { 0.0 };
    let loss = 95.0 * losses / (losses + 0.1).max(f64::EPSILON);
    match 93.2 - delay - loss {
        r if r >= 85.0 => 5,
        r if r >= 72.0 => 4,
        r if r >= 58.0 => 3,
        r if r >= 42.0 => 2,
        _ => 1,
    }
}

/// What a server tells of somebody's line, 0 to 5: its category, and within that its score, which goes to 5 (LiveKit's own to
/// 4.5) and is 0 where a server has none.
pub(crate) fn quality_told(category: ConnectionQuality, score: f32) -> u8 {
    match category {
        ConnectionQuality::Lost => 0,
        ConnectionQuality::Poor if score > 0.0 && score < 2.0 => 1,
        ConnectionQuality::Poor => 2,
        ConnectionQuality::Good if score > 0.0 && score < 3.5 => 3,
        ConnectionQuality::Good => 4,
        ConnectionQuality::Excellent => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_tells_is_told_apart() {
        use ConnectionQuality::{Excellent, Good, Lost, Poor};
        let told = [(Lost, 0.0), (Poor, 1.0), (Poor, 2.0), (Good, 3.0), (Good, 4.0), (Excellent, 5.0)];
        assert_eq!(told.map(|(category, score)| quality_told(category, score)), [0, 1, 2, 3, 4, 5]);
        assert_eq!([Poor, Good, Excellent].map(|category| quality_told(category, 0.0)), [2, 4, 5]);
    }

    #[test]
    fn lines_are_told_apart() {
        assert_eq!(quality(false, 0.0, 10.0, 0.0), 0);
        assert_eq!(quality(true, 0.0, 30.0, 5.0), 5);
        assert_eq!(quality(true, 0.02, 60.0, 10.0), 4);
        assert_eq!(quality(true, 0.05, 100.0, 20.0), 3);
        assert_eq!(quality(true, 0.1, 120.0, 20.0), 2);
        assert_eq!(quality(true, 0.3, 400.0, 200.0), 1);
    }
}
