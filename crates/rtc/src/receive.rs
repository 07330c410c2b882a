//! What arrives from the others.

use std::time::Instant;

use bytes::Bytes;
use visita_protocol::PixelSize;

/// One whole encoded VP8 frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedFrame {
    /// The VP8 bitstream (RFC 6386).
    pub data: Bytes,
    /// Decodable by itself.
    pub key: bool,
    /// On key frames.
    pub size: Option<PixelSize>,
    /// RTP timestamp, 90 kHz.
    pub rtp_time: u32,
    /// When its last packet arrived.
    pub received_at: Instant,
}

/// One Opus packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioPacket {
    /// RTP sequence number.
    pub sequence: u16,
    /// RTP timestamp, 48 kHz.
    pub timestamp: u32,
    /// The Opus bitstream (RFC 6716).
    pub payload: Bytes,
    /// When it arrived.
    pub received_at: Instant,
}

/// Takes the frames of one video.
///
/// The queue is short: when its reader falls behind, it skips to the next key frame and asks the sender for one.
/// So every frame that comes out can be decoded after the one before it, or is a key frame.
#[derive(Debug)]
pub struct VideoReceiver {}

impl VideoReceiver {
    /// The next frame; `None` when the track ended.
    pub async fn recv(&mut self) -> Option<EncodedFrame> {
        None
    }
}

/// Takes the packets of one sound, in the order of their arrival.
#[derive(Debug)]
pub struct AudioReceiver {}

impl AudioReceiver {
    /// The next packet; `None` when the track ended. When its reader falls behind, the oldest are dropped.
    pub async fn recv(&mut self) -> Option<AudioPacket> {
        None
    }
}
