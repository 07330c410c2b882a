//! What has to be seen of a video packet, by codec. VP8 is rewritten on its way; H.264 and VP9 go through as they are.

use str0m::{
    format::{Codec, detect_h264_nalu},
    rtp::Vp8Descriptor,
};
use visita_protocol::VideoCodec;

/// NAL unit type of a sequence parameter set (H.264 7.4.1): encoders put one before each picture a decoder can begin with.
const SEQUENCE_PARAMETERS: u8 = 7;

/// Bits of the first byte of a VP9 payload (RFC 9628 4.2).
const VP9_PREDICTED: u8 = 0x40;
const VP9_LAYER_INDICES: u8 = 0x20;
const VP9_BEGINNING: u8 = 0x08;
const VP9_PICTURE_ID: u8 = 0x80;

/// What a packet shows of itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    /// It is the first packet of a picture a decoder can begin with.
    pub(crate) key_frame: bool,
    /// There is nothing in it, as in padding.
    pub(crate) empty: bool,
    /// Of VP8 only.
    pub(crate) descriptor: Option<Vp8Descriptor>,
}

/// By str0m's name for it, when it is one that is forwarded.
pub(crate) fn video_codec(codec: Codec) -> Option<VideoCodec> {
    VideoCodec::ALL.into_iter().find(|one| str0m_codec(*one) == codec)
}

/// As str0m names it.
pub(crate) fn str0m_codec(codec: VideoCodec) -> Codec {
    match codec {
        VideoCodec::Vp8 => Codec::Vp8,
        VideoCodec::H264 => Codec::H264,
        VideoCodec::Vp9 => Codec::Vp9,
    }
}

/// Looks into a packet.
pub(crate) fn look(codec: VideoCodec, payload: &[u8]) -> Seen {
    match codec {
        VideoCodec::Vp8 => {
            let descriptor = Vp8Descriptor::parse(payload).ok();
            Seen {
                key_frame: descriptor.is_some_and(|descriptor| descriptor.starts_keyframe(payload)),
                // What has no VP8 in it is padding, or nothing a decoder could use.
                empty: descriptor.is_none(),
                descriptor,
            }
        }
        VideoCodec::H264 => Seen {
            key_frame: detect_h264_nalu(payload, SEQUENCE_PARAMETERS),
            empty: payload.is_empty(),
            descriptor: None,
        },
        VideoCodec::Vp9 => {
            Seen { key_frame: vp9_begins(payload).unwrap_or(false), empty: payload.is_empty(), descriptor: None }
        }
    }
}

/// Whether a VP9 payload begins a picture that needs no other: the first packet of its lowest spatial layer.
fn vp9_begins(payload: &[u8]) -> Option<bool> {
    let first = *payload.first()?;
    if first & VP9_PREDICTED != 0 || first & VP9_BEGINNING == 0 {
        return Some(false);
    }
    if first & VP9_LAYER_INDICES == 0 {
        return Some(true);
    }
    let mut at = 1;
    if first & VP9_PICTURE_ID != 0 {
        // Seven bits, or fifteen when the first says so.
        at += if payload.get(at)? & 0x80 == 0 { 1 } else { 2 };
    }
    let spatial = (payload.get(at)? >> 1) & 0x07;
    Some(spatial == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_to_begin_with_is_seen() {
        let begins = |codec: VideoCodec, payload: &[u8]| look(codec, payload).key_frame;
        // A parameter set alone, and together with an IDR slice (STAP-A); an IDR slice and another one.
        assert!(begins(VideoCodec::H264, &[0x67, 1, 2]));
        assert!(begins(VideoCodec::H264, &[0x78, 0, 2, 0x67, 1, 0, 2, 0x65, 1]));
        assert!(!begins(VideoCodec::H264, &[0x65, 1]) && !begins(VideoCodec::H264, &[0x41, 1]));
        // Beginning of an independent picture; its later packet; a predicted one; its second spatial layer.
        assert!(begins(VideoCodec::Vp9, &[0x88, 5, 0]) && !begins(VideoCodec::Vp9, &[0x80, 5, 0]));
        assert!(!begins(VideoCodec::Vp9, &[0xc8, 5, 0]));
        assert!(begins(VideoCodec::Vp9, &[0xa8, 0x81, 5, 0x00, 0]));
        assert!(!begins(VideoCodec::Vp9, &[0xa8, 0x81, 5, 0x02, 0]));
        assert!(begins(VideoCodec::Vp8, &[0x10, 0x10, 2, 0, 0x9d, 1, 0x2a, 0, 0, 0, 0]));
    }

    #[test]
    fn whatever_comes_in_is_survived() {
        for codec in VideoCodec::ALL {
            assert!(look(codec, &[]).empty);
            for first in 0..=255u8 {
                for len in 1..4 {
                    look(codec, &vec![first; len]);
                }
            }
        }
    }
}
