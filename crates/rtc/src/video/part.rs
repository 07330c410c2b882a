//! What one packet carries of a picture, whichever codec it is in.

use bytes::Bytes;
use visita_protocol::{PixelSize, VideoCodec};

use super::{h264, vp8, vp9};

/// One packet's share of a picture.
#[derive(Debug)]
pub(super) struct Part {
    /// Where its picture starts.
    pub(super) starts: Starts,
    /// A decoder can begin with it: the first packet of a picture that needs no other.
    pub(super) key: bool,
    /// The picture's place among the others.
    pub(super) order: Order,
    /// Bitstream, to be put behind that of the packet before; empty for padding.
    pub(super) data: Bytes,
}

/// Whether a picture starts with a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Starts {
    /// With this one.
    Here,
    /// With an earlier one.
    Before,
    /// The packet does not say.
    Unsaid,
}

/// What a picture says of those before it; nothing in H.264.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Order {
    /// Picture id; left out where it may jump though nothing is missing.
    pub(super) picture_id: Option<PictureId>,
    /// Running index of temporal base layer frames.
    pub(super) tl0_picture_index: Option<u8>,
    /// Temporal layer; 0 is the base.
    pub(super) temporal_layer: u8,
}

impl Order {
    /// Whether it refers to nothing but what came out up to `last`.
    pub(super) fn continues(&self, last: &Self) -> bool {
        if let (Some(index), Some(last_index)) = (self.tl0_picture_index, last.tl0_picture_index) {
            return if self.temporal_layer == 0 {
                index == last_index || index == last_index.wrapping_add(1)
            } else {
                index == last_index
            };
        }
        match (self.picture_id, last.picture_id) {
            (Some(id), Some(last_id)) => id.follows(last_id),
            _ => true,
        }
    }
}

/// A picture id with its width, which says where it wraps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PictureId {
    /// The id.
    pub(super) value: u16,
    /// 15 bits wide rather than 7.
    pub(super) long: bool,
}

impl PictureId {
    /// Whether this is the very next picture after `earlier`.
    pub(super) fn follows(self, earlier: Self) -> bool {
        let mask = if self.long { 0x7fff } else { 0x7f };
        self.value == earlier.value.wrapping_add(1) & mask
    }
}

impl Part {
    /// Reads a packet; none when it is too short to mean anything.
    pub(super) fn read(codec: VideoCodec, payload: &Bytes) -> Option<Self> {
        match codec {
            VideoCodec::Vp8 => vp8::read(payload),
            VideoCodec::Vp9 => vp9::read(payload),
            VideoCodec::H264 => h264::read(payload),
        }
    }

    /// A packet in which there is nothing.
    pub(super) fn padding() -> Self {
        Self { starts: Starts::Unsaid, key: false, order: Order::default(), data: Bytes::new() }
    }

    pub(super) fn is_padding(&self) -> bool {
        self.data.is_empty()
    }
}

/// The size written in a key frame; none in other frames and in nonsense.
pub(crate) fn key_frame_size(codec: VideoCodec, frame: &[u8]) -> Option<PixelSize> {
    match codec {
        VideoCodec::Vp8 => vp8::key_frame_size(frame),
        VideoCodec::Vp9 => vp9::key_frame_size(frame),
        VideoCodec::H264 => h264::key_frame_size(frame),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn picture_ids_wrap_by_their_width() {
        let long = |value| PictureId { value, long: true };
        let short = |value| PictureId { value, long: false };
        assert!(long(0).follows(long(0x7fff)));
        assert!(short(0).follows(short(0x7f)));
        assert!(!long(0x80).follows(long(0x7e)));
    }

    #[test]
    fn whatever_comes_in_is_survived() {
        let mut seed = 3u64;
        for _ in 0..200_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let bytes = [seed.to_le_bytes(), seed.rotate_left(29).to_le_bytes()].concat();
            let payload = Bytes::copy_from_slice(&bytes[..(seed >> 40) as usize % 17]);
            for codec in VideoCodec::ALL {
                if let Some(part) = Part::read(codec, &payload) {
                    key_frame_size(codec, &part.data);
                }
                key_frame_size(codec, &payload);
            }
        }
    }
}
