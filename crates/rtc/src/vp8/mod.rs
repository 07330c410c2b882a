//! VP8 in RTP (RFC 7741): frames into packets and back. Pure: no sockets, no clocks, no type of the engine.

mod assembler;
mod descriptor;
mod packetizer;

pub(crate) use assembler::{Assembler, Fragment};
pub(crate) use packetizer::Packetizer;

use visita_protocol::PixelSize;

/// Size of the pictures from a key frame's header (RFC 6386 section 9.1); none for delta frames and for nonsense.
pub(crate) fn key_frame_size(frame: &[u8]) -> Option<PixelSize> {
    let header: [u8; 10] = frame.get(..10)?.try_into().ok()?;
    let is_key = header[0] & 1 == 0;
    if !is_key || header[3..6] != [0x9d, 0x01, 0x2a] {
        return None;
    }
    let fourteen_bits = |low: u8, high: u8| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
    Some(PixelSize::new(fourteen_bits(header[6], header[7]), fourteen_bits(header[8], header[9])))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A frame with a true VP8 header and `len` bytes in all.
    pub(crate) fn frame(key: bool, len: usize) -> Vec<u8> {
        let mut data: Vec<u8> = (0..len).map(|i| (i % 251) as u8).collect();
        data[0] = if key { 0x10 } else { 0x11 };
        if key {
            data[3..10].copy_from_slice(&[0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01]);
        }
        data
    }

    #[test]
    fn size_is_read_from_key_frames_only() {
        assert_eq!(key_frame_size(&frame(true, 64)), Some(PixelSize::new(640, 360)));
        assert_eq!(key_frame_size(&frame(false, 64)), None);
        assert_eq!(key_frame_size(&[0x10, 0, 0]), None);
        assert_eq!(key_frame_size(&[0; 16]), None);
    }
}
