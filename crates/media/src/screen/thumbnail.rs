//! A small picture of a screen or window, to choose by.

use visita_codec::{I420Frame, colour, scale::Scaler};
use visita_protocol::PixelSize;

/// Neither side is larger.
const LIMIT: PixelSize = PixelSize::new(320, 200);

/// A small picture, packed RGBA.
#[derive(Clone, PartialEq, Eq)]
pub struct Thumbnail {
    /// Width and height.
    pub size: PixelSize,
    /// `width * height * 4` bytes.
    pub rgba: Vec<u8>,
}

impl Thumbnail {
    /// `frame` made small.
    pub fn of(frame: &I420Frame) -> Self {
        let from = frame.size();
        let (width, height) = (u64::from(from.width), u64::from(from.height));
        // As a fraction: the side that is furthest beyond the limit decides.
        let (num, den) = if width * u64::from(LIMIT.height) > height * u64::from(LIMIT.width) {
            (u64::from(LIMIT.width), width)
        } else {
            (u64::from(LIMIT.height), height)
        };
        let side = |side: u64| if num < den { (side * num / den) as u32 & !1 } else { side as u32 };
        let small = Scaler::new().scale(frame, PixelSize::new(side(width), side(height)));
        Self { size: small.size(), rgba: colour::i420_to_rgba(&small) }
    }

    /// As a PNG file; empty should that fail.
    pub fn to_png(&self) -> Vec<u8> {
        let mut file = Vec::new();
        let written = (|| {
            let mut encoder = png::Encoder::new(&mut file, self.size.width, self.size.height);
            encoder.set_color(png::ColorType::Rgba);
            encoder.set_depth(png::BitDepth::Eight);
            encoder.set_compression(png::Compression::Fast);
            encoder.write_header()?.write_image_data(&self.rgba)
        })();
        if let Err(error) = written {
            tracing::debug!(%error, "a thumbnail was not written");
            file.clear();
        }
        file
    }
}

impl std::fmt::Debug for Thumbnail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Thumbnail({}x{})", self.size.width, self.size.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_in_shape() {
        for (size, small) in [
            ((1920, 1080), (320, 180)),
            ((1000, 2000), (100, 200)),
            ((300, 100), (300, 100)),
            ((16_000, 2), (320, 2)),
            ((320, 200), (320, 200)),
        ] {
            let thumbnail = Thumbnail::of(&I420Frame::black(PixelSize::new(size.0, size.1)));
            assert_eq!((thumbnail.size.width, thumbnail.size.height), small);
            assert!(thumbnail.rgba.chunks(4).all(|pixel| pixel == [0, 0, 0, 255]));
            let png = thumbnail.to_png();
            let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            reader.next_frame(&mut pixels).unwrap();
            assert_eq!(pixels, thumbnail.rgba);
        }
    }
}
