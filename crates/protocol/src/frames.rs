//! The frame wire between the app's back end and its page: a loopback WebSocket that carries encoded video.
//!
//! The page's first message is the run's secret as text; after a space `i420`, where the page has no decoder: then each
//! record is a decoded picture, as those of other codecs than VP8 always are. From then on the back end sends binary messages, each one or more
//! records; the page sends fixed binary replies. All numbers are little-endian. The page's half is `ui/src/engine/frameWire.ts`.
//!
//! | record bytes | is |
//! |---|---|
//! | 0..4 | payload length |
//! | 4..8 | stream id ([`LOCAL_PREVIEW`] is one's own camera) |
//! | 8..12 | sequence, per stream, wrapping |
//! | 12 | codec (1 = VP8, 2 = a decoded picture: width and height as `u32`, then Y, U and V without gaps) |
//! | 13 | flags (bit 0 = key frame) |
//! | 14..16 | zero |
//! | 16..24 | when the back end had the whole frame, Unix time in µs |
//! | 24.. | payload |
//!
//! A reply is twelve bytes: kind ([`ReplyKind`]), stream id, sequence, each a `u32`.

/// Stream id of one's own camera.
pub const LOCAL_PREVIEW: u32 = 0;

/// Stands for what one shares oneself where a snapshot is asked for; no pictures come by it.
pub const LOCAL_SHARE: u32 = u32::MAX;

/// Bytes before each payload.
pub const RECORD_HEADER_LEN: usize = 24;

/// Codec byte of VP8 (RFC 6386).
pub const CODEC_VP8: u8 = 1;

/// Codec byte of a decoded picture.
pub const CODEC_I420: u8 = 2;

/// What the page says about a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyKind {
    /// Taken over by the decoder; more may come.
    Ack = 1,
    /// The decoder failed or a frame is missing: send a key frame.
    KeyFrameWanted = 2,
    /// This frame is the first of its stream that was painted.
    FirstPainted = 3,
}

/// One frame to be written to the wire.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// Stream id.
    pub stream: u32,
    /// Sequence in the stream.
    pub sequence: u32,
    /// Whether it decodes on its own.
    pub key: bool,
    /// Unix time in µs at which the frame was whole.
    pub at_us: u64,
    /// [`CODEC_VP8`] or [`CODEC_I420`].
    pub codec: u8,
    /// The frame.
    pub payload: &'a [u8],
}

impl Record<'_> {
    /// Appends the record to a message.
    pub fn write_to(&self, message: &mut Vec<u8>) {
        message.reserve(RECORD_HEADER_LEN + self.payload.len());
        message.extend_from_slice(&u32::try_from(self.payload.len()).unwrap_or(u32::MAX).to_le_bytes());
        message.extend_from_slice(&self.stream.to_le_bytes());
        message.extend_from_slice(&self.sequence.to_le_bytes());
        message.extend_from_slice(&[self.codec, u8::from(self.key), 0, 0]);
        message.extend_from_slice(&self.at_us.to_le_bytes());
        message.extend_from_slice(self.payload);
    }
}

/// One reply of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// What it says.
    pub kind: ReplyKind,
    /// Of which stream.
    pub stream: u32,
    /// Of which frame.
    pub sequence: u32,
}

impl Reply {
    /// Reads a reply; anything that is not one is `None`.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let word = |at: usize| bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
        if bytes.len() != 12 {
            return None;
        }
        let kind = match word(0)? {
            1 => ReplyKind::Ack,
            2 => ReplyKind::KeyFrameWanted,
            3 => ReplyKind::FirstPainted,
            _ => return None,
        };
        Some(Self { kind, stream: word(4)?, sequence: word(8)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_header_and_payload() {
        let mut message = Vec::new();
        Record { stream: 7, sequence: 9, key: true, at_us: 0x0102, codec: CODEC_VP8, payload: b"abc" }
            .write_to(&mut message);
        assert_eq!(message.len(), RECORD_HEADER_LEN + 3);
        assert_eq!(&message[..16], [3, 0, 0, 0, 7, 0, 0, 0, 9, 0, 0, 0, 1, 1, 0, 0]);
        assert_eq!(&message[24..], b"abc");
    }

    #[test]
    fn nonsense_is_no_reply() {
        assert_eq!(Reply::parse(&[]), None);
        assert_eq!(Reply::parse(&[9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), None);
        let ack = [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0];
        assert_eq!(Reply::parse(&ack), Some(Reply { kind: ReplyKind::Ack, stream: 2, sequence: 3 }));
    }
}
