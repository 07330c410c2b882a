//! VP8 (RFC 6386) by libvpx, set up for calls: constant rate, no look-ahead, key frames only when asked for.

mod encoder;

pub(crate) use encoder::reason;
pub use encoder::{Content, EncodedVideo, Encoder, EncoderConfig};

use visita_protocol::PixelSize;

/// The size written in a key frame (RFC 6386 section 9.1); `None` for any other frame and for what is no VP8 frame.
pub fn key_frame_size(data: &[u8]) -> Option<PixelSize> {
    let header: &[u8; 10] = data.first_chunk()?;
    if header[0] & 1 != 0 || header[3..6] != [0x9d, 0x01, 0x2a] {
        return None;
    }
    // The two bits above each side say how far to scale up for display; nobody does.
    let side = |low: u8, high: u8| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
    let size = PixelSize::new(side(header[6], header[7]), side(header[8], header[9]));
    (size.area() > 0).then_some(size)
}

#[cfg(test)]
mod tests;
