//! H.264 as Matroska keeps it: lengths before the units, and a record of the parameters beside them (ISO/IEC 14496-15); on the
//! wire and for the decoder they have start codes (ITU-T H.264 annex B).

use std::iter;

/// Types of NAL units (H.264 table 7-1).
const SEQUENCE_PARAMETERS: u8 = 7;
const PICTURE_PARAMETERS: u8 = 8;
const TYPE: u8 = 0x1f;

const START_CODE: [u8; 4] = [0, 0, 0, 1];
/// The same without its first byte, which may be left out.
const SHORT_START_CODE: [u8; 3] = [0, 0, 1];

/// The units of a stream in bytes.
fn units(stream: &[u8]) -> impl Iterator<Item = &[u8]> {
    let start = |from: &[u8]| from.windows(SHORT_START_CODE.len()).position(|window| window == SHORT_START_CODE);
    let mut rest = start(stream).map(|at| &stream[at + SHORT_START_CODE.len()..]);
    iter::from_fn(move || {
        let from = rest?;
        let end = start(from);
        rest = end.map(|at| &from[at + SHORT_START_CODE.len()..]);
        let unit = &from[..end.unwrap_or(from.len())];
        // A unit never ends with a zero; those are the next start code's.
        let zeros = unit.iter().rev().take_while(|byte| **byte == 0).count();
        Some(&unit[..unit.len() - zeros])
    })
    .filter(|unit| !unit.is_empty())
}

/// The `avcC` record (ISO/IEC 14496-15 section 5.3.3.1) by the parameters in a key frame; none when it has none.
pub(crate) fn configuration(stream: &[u8]) -> Option<Vec<u8>> {
    let parameters = |wanted: u8| units(stream).find(move |unit| unit[0] & TYPE == wanted);
    let (sequence, picture) = (parameters(SEQUENCE_PARAMETERS)?, parameters(PICTURE_PARAMETERS)?);
    let &[_, profile, compatibility, level, ..] = sequence else { return None };
    // Version 1, lengths of four bytes, one set of each.
    let mut record = vec![1, profile, compatibility, level, 0xff, 0xe1];
    record.extend(u16::try_from(sequence.len()).ok()?.to_be_bytes());
    record.extend(sequence);
    record.push(1);
    record.extend(u16::try_from(picture.len()).ok()?.to_be_bytes());
    record.extend(picture);
    if !matches!(profile, 66 | 77 | 88) {
        // 4:2:0 in eight bits, no further parameters.
        record.extend([0xfd, 0xf8, 0xf8, 0]);
    }
    Some(record)
}

/// A picture with lengths in place of start codes. Parameters stay in it, for they may change.
pub(crate) fn with_lengths(stream: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(stream.len() + 8);
    for unit in units(stream) {
        out.extend(u32::try_from(unit.len()).unwrap_or(u32::MAX).to_be_bytes());
        out.extend(unit);
    }
    out
}

/// A picture with start codes in place of lengths; what is cut is left out.
pub(crate) fn with_start_codes(mut picture: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(picture.len());
    while let Some((length, rest)) = picture.split_first_chunk::<4>() {
        let Some((unit, after)) = rest.split_at_checked(u32::from_be_bytes(*length) as usize) else { break };
        out.extend(START_CODE);
        out.extend(unit);
        picture = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const PICTURE: [u8; 24] =
        [0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 9, 0, 0, 1, 0x68, 7, 0, 0, 0, 1, 0x65, 0, 0, 3, 1, 5];

    #[test]
    fn start_codes_become_lengths_and_back() {
        let kept = with_lengths(&PICTURE);
        assert_eq!(kept[..9], [0, 0, 0, 5, 0x67, 0x42, 0xc0, 0x1f, 9]);
        let again = with_start_codes(&kept);
        assert_eq!(units(&again).collect::<Vec<_>>(), units(&PICTURE).collect::<Vec<_>>());
        assert_eq!(units(&PICTURE).map(|unit| unit[0]).collect::<Vec<_>>(), [0x67, 0x68, 0x65]);
        for len in 0..kept.len() {
            assert!(with_start_codes(&kept[..len]).len() <= kept.len());
        }
        assert!(with_lengths(&[0, 0, 1]).is_empty() && with_lengths(&[]).is_empty());
    }

    #[test]
    fn parameters_are_recorded() {
        let expected = [1, 0x42, 0xc0, 0x1f, 0xff, 0xe1, 0, 5, 0x67, 0x42, 0xc0, 0x1f, 9, 1, 0, 2, 0x68, 7];
        assert_eq!(configuration(&PICTURE).as_deref(), Some(&expected[..]));
        assert_eq!(configuration(&PICTURE[..9]), None);
        assert_eq!(configuration(&[0, 0, 1, 0x67, 0x42, 0, 0, 1, 0x68, 7]), None, "cut parameters");
    }
}
