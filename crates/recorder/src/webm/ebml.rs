//! Elements of EBML (RFC 8794): an id, a size, and bytes.

pub(super) const EBML: u32 = 0x1A45_DFA3;
pub(super) const DOC_TYPE: u32 = 0x4282;
pub(super) const SEGMENT: u32 = 0x1853_8067;
pub(super) const SEEK_HEAD: u32 = 0x114D_9B74;
pub(super) const SEEK: u32 = 0x4DBB;
pub(super) const SEEK_ID: u32 = 0x53AB;
pub(super) const SEEK_POSITION: u32 = 0x53AC;
pub(super) const VOID: u32 = 0xEC;
pub(super) const INFO: u32 = 0x1549_A966;
pub(super) const TIMESTAMP_SCALE: u32 = 0x2A_D7B1;
pub(super) const DURATION: u32 = 0x4489;
pub(super) const DATE_UTC: u32 = 0x4461;
pub(super) const MUXING_APP: u32 = 0x4D80;
pub(super) const WRITING_APP: u32 = 0x5741;
pub(super) const TRACKS: u32 = 0x1654_AE6B;
pub(super) const TRACK_ENTRY: u32 = 0xAE;
pub(super) const TRACK_NUMBER: u32 = 0xD7;
pub(super) const TRACK_UID: u32 = 0x73C5;
pub(super) const TRACK_TYPE: u32 = 0x83;
pub(super) const FLAG_LACING: u32 = 0x9C;
pub(super) const LANGUAGE: u32 = 0x22_B59C;
pub(super) const CODEC_ID: u32 = 0x86;
pub(super) const CODEC_PRIVATE: u32 = 0x63A2;
pub(super) const CODEC_DELAY: u32 = 0x56AA;
pub(super) const SEEK_PRE_ROLL: u32 = 0x56BB;
pub(super) const DEFAULT_DURATION: u32 = 0x23_E383;
pub(super) const VIDEO: u32 = 0xE0;
pub(super) const PIXEL_WIDTH: u32 = 0xB0;
pub(super) const PIXEL_HEIGHT: u32 = 0xBA;
pub(super) const AUDIO: u32 = 0xE1;
pub(super) const SAMPLING_FREQUENCY: u32 = 0xB5;
pub(super) const CHANNELS: u32 = 0x9F;
pub(super) const CLUSTER: u32 = 0x1F43_B675;
pub(super) const TIMESTAMP: u32 = 0xE7;
pub(super) const SIMPLE_BLOCK: u32 = 0xA3;
pub(super) const CUES: u32 = 0x1C53_BB6B;
pub(super) const CUE_POINT: u32 = 0xBB;
pub(super) const CUE_TIME: u32 = 0xB3;
pub(super) const CUE_TRACK_POSITIONS: u32 = 0xB7;
pub(super) const CUE_TRACK: u32 = 0xF7;
pub(super) const CUE_CLUSTER_POSITION: u32 = 0xF1;

/// Bytes of a size that can be put in later.
pub(super) const LONG_SIZE: usize = 8;

/// "Not known yet", in [`LONG_SIZE`] bytes (RFC 8794 section 6.2).
pub(super) const UNKNOWN_SIZE: [u8; LONG_SIZE] = [0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];

/// A size in [`LONG_SIZE`] bytes.
pub(super) fn long_size(size: u64) -> [u8; LONG_SIZE] {
    (size | 1 << 56).to_be_bytes()
}

/// Writes an id: its bytes as they are, without leading zeros.
pub(super) fn put_id(out: &mut Vec<u8>, id: u32) {
    let bytes = id.to_be_bytes();
    out.extend(bytes.iter().skip_while(|byte| **byte == 0));
}

/// Writes a size in as few bytes as it takes.
pub(super) fn put_size(out: &mut Vec<u8>, size: u64) {
    // All ones are reserved, so a length carries one value less.
    let length = (1..8).find(|length| size < (1 << (7 * length)) - 1).unwrap_or(8);
    let marked = size | 1 << (7 * length);
    out.extend(&marked.to_be_bytes()[8 - length..]);
}

/// Writes an element of bytes.
pub(super) fn put(out: &mut Vec<u8>, id: u32, data: &[u8]) {
    put_id(out, id);
    put_size(out, data.len() as u64);
    out.extend(data);
}

/// Writes a number, in as few bytes as it takes.
pub(super) fn put_uint(out: &mut Vec<u8>, id: u32, value: u64) {
    let bytes = value.to_be_bytes();
    let from = bytes.iter().position(|byte| *byte != 0).unwrap_or(7);
    put(out, id, &bytes[from..]);
}

/// Writes a number with a fraction.
pub(super) fn put_float(out: &mut Vec<u8>, id: u32, value: f64) {
    put(out, id, &value.to_be_bytes());
}

/// Writes nothing, in exactly so many bytes (2 at least, 128 at most).
pub(super) fn put_void(out: &mut Vec<u8>, length: usize) {
    let padding = length.saturating_sub(2).min(126);
    put(out, VOID, &vec![0; padding]);
}

/// Reads an id at the front: it and its length.
pub(super) fn id(data: &[u8]) -> Option<(u32, usize)> {
    let length = data.first()?.leading_zeros() as usize + 1;
    if length > 4 {
        return None;
    }
    let bytes = data.get(..length)?;
    Some((bytes.iter().fold(0, |id, byte| id << 8 | u32::from(*byte)), length))
}

/// Reads a size at the front: it (none where it is not known) and its length.
pub(super) fn size(data: &[u8]) -> Option<(Option<u64>, usize)> {
    let first = *data.first()?;
    let length = first.leading_zeros() as usize + 1;
    if length > 8 {
        return None;
    }
    let bytes = data.get(..length)?;
    let value = bytes.iter().fold(0u64, |value, byte| value << 8 | u64::from(*byte)) & ((1 << (7 * length)) - 1);
    Some(((value != (1 << (7 * length)) - 1).then_some(value), length))
}

/// The elements in some bytes, as far as they are whole.
pub(super) fn children(mut data: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    std::iter::from_fn(move || {
        let (id, id_length) = id(data)?;
        let (size, size_length) = size(data.get(id_length..)?)?;
        let start = id_length + size_length;
        let end = start.checked_add(usize::try_from(size?).ok()?)?;
        let content = data.get(start..end)?;
        data = &data[end..];
        Some((id, content))
    })
}

/// The content of the first element with an id.
pub(super) fn child(data: &[u8], wanted: u32) -> Option<&[u8]> {
    children(data).find(|(id, _)| *id == wanted).map(|(_, content)| content)
}

/// A number.
pub(super) fn uint(data: &[u8]) -> u64 {
    data.iter().take(8).fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// A number with a fraction.
pub(super) fn float(data: &[u8]) -> Option<f64> {
    match data.len() {
        4 => Some(f32::from_be_bytes(data.try_into().ok()?).into()),
        8 => Some(f64::from_be_bytes(data.try_into().ok()?)),
        _ => None,
    }
}
