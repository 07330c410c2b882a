//! H.264 in RTP (RFC 6184), out of which a stream in bytes is made (ITU-T H.264 annex B).

use bytes::{Bytes, BytesMut};
use h264_reader::nal::{Nal, RefNal, sps::SeqParameterSet};
use visita_protocol::PixelSize;

use super::part::{Order, Part, Starts};

/// Types of NAL units (H.264 table 7-1, RFC 6184 table 1).
const SEQUENCE_PARAMETERS: u8 = 7;
const AGGREGATE: u8 = 24;
const FRAGMENT: u8 = 28;
const TYPE: u8 = 0x1f;

const START_CODE: [u8; 4] = [0, 0, 0, 1];

/// Reads a packet; none when it is cut, or of a kind that WebRTC does not use (RFC 7742 section 6.2). Its units come with start
/// codes, so that the parts of a picture only have to be put one behind the other.
pub(super) fn read(payload: &Bytes) -> Option<Part> {
    let header = *payload.first()?;
    let (mut starts, mut key) = (Starts::Unsaid, false);
    let mut data = BytesMut::with_capacity(payload.len() + 2 * START_CODE.len());
    match header & TYPE {
        unit @ 1..AGGREGATE => {
            key = unit == SEQUENCE_PARAMETERS;
            data.extend_from_slice(&START_CODE);
            data.extend_from_slice(payload);
        }
        AGGREGATE => {
            let mut rest = &payload[1..];
            while !rest.is_empty() {
                let (length, after) = rest.split_first_chunk::<2>()?;
                let length = usize::from(u16::from_be_bytes(*length));
                let unit = after.get(..length)?;
                key |= *unit.first()? & TYPE == SEQUENCE_PARAMETERS;
                data.extend_from_slice(&START_CODE);
                data.extend_from_slice(unit);
                rest = &after[length..];
            }
        }
        FRAGMENT => {
            let fragment = *payload.get(1)?;
            let is_first = fragment & 0x80 != 0;
            if is_first {
                data.extend_from_slice(&START_CODE);
                data.extend_from_slice(&[header & !TYPE | fragment & TYPE]);
                key = fragment & TYPE == SEQUENCE_PARAMETERS;
            } else {
                starts = Starts::Before;
            }
            data.extend_from_slice(&payload[2..]);
        }
        _ => return None,
    }
    Some(Part { starts, key, order: Order::default(), data: data.freeze() })
}

/// Size of the pictures from the sequence parameter set before them.
pub(super) fn key_frame_size(frame: &[u8]) -> Option<PixelSize> {
    let mut from = frame;
    loop {
        let at = from.windows(START_CODE.len()).position(|window| window == START_CODE)?;
        from = &from[at + START_CODE.len()..];
        if from.first()? & TYPE == SEQUENCE_PARAMETERS {
            break;
        }
    }
    let end = from.windows(3).position(|window| matches!(window, [0, 0, 0 | 1])).unwrap_or(from.len());
    let unit = RefNal::new(&from[..end], &[], true);
    let (width, height) = SeqParameterSet::from_bits(unit.rbsp_bits()).ok()?.pixel_dimensions().ok()?;
    // Neither side is more than its level allows; nonsense may claim anything.
    (width.checked_mul(height)? > 0).then_some(PixelSize::new(width, height))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sequence and picture parameters of 1280 by 720 in constrained baseline, by x264.
    const PARAMETERS: [u8; 34] = [
        0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 0xd9, 0x00, 0x50, 0x05, 0xbb, 0x01, 0x10, 0x00, 0x00, 0x03, 0x00, 0x10,
        0x00, 0x00, 0x03, 0x03, 0xc0, 0xf1, 0x83, 0x24, 0x80, 0, 0, 0, 1, 0x68,
    ];

    fn part(payload: &[u8]) -> Option<Part> {
        read(&Bytes::copy_from_slice(payload))
    }

    #[test]
    fn units_become_a_stream_of_bytes() {
        let single = part(&[0x41, 1, 2]).expect("whole");
        assert_eq!((single.key, &single.data[..]), (false, &[0, 0, 0, 1, 0x41, 1, 2][..]));
        let aggregate = part(&[0x78, 0, 2, 0x67, 1, 0, 1, 0x68]).expect("whole");
        assert_eq!((aggregate.key, &aggregate.data[..]), (true, &[0, 0, 0, 1, 0x67, 1, 0, 0, 0, 1, 0x68][..]));
        let [first, second, last] =
            [&[0x7c, 0x85, 1][..], &[0x7c, 0x05, 2], &[0x7c, 0x45, 3]].map(|packet| part(packet).expect("whole"));
        assert_eq!((first.starts, second.starts, last.starts), (Starts::Unsaid, Starts::Before, Starts::Before));
        assert_eq!([&first.data[..], &second.data, &last.data].concat(), [0, 0, 0, 1, 0x65, 1, 2, 3]);
    }

    #[test]
    fn what_is_cut_or_strange_is_left_out() {
        for packet in [&[][..], &[0x78, 0], &[0x78, 0, 2, 0x67], &[0x78, 0, 0], &[0x7c], &[0x7d, 0x85, 1], &[0x00, 1]] {
            assert!(part(packet).is_none(), "{packet:x?}");
        }
    }

    #[test]
    fn size_is_read_from_the_parameters() {
        assert_eq!(key_frame_size(&PARAMETERS), Some(PixelSize::new(1280, 720)));
        let behind_a_delimiter = [&START_CODE[..], &[0x09, 0x10], &PARAMETERS].concat();
        assert_eq!(key_frame_size(&behind_a_delimiter), Some(PixelSize::new(1280, 720)));
        assert_eq!(key_frame_size(&[0, 0, 0, 1, 0x41, 1, 2]), None);
        assert_eq!(key_frame_size(&[0, 0, 0, 1, 0x67, 0x42]), None);
    }
}
