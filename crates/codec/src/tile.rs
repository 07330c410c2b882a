//! Pictures of a stream at the size they are shown in, where nothing else decodes them.

use visita_protocol::PixelSize;

use crate::{
    CodecError, I420Frame, colour,
    scale::Scaler,
    vp8::{Decoder, key_frame_size},
};

/// Decodes one VP8 stream for one tile.
pub struct TileDecoder {
    decoder: Decoder,
    scaler: Scaler,
    needs_key: bool,
}

impl TileDecoder {
    /// A decoder that waits for a key frame.
    pub fn new() -> Result<Self, CodecError> {
        Ok(Self { decoder: Decoder::new()?, scaler: Scaler::new(), needs_key: true })
    }

    /// Whether only a key frame helps: before the first one, and after an error.
    pub fn needs_key(&self) -> bool {
        self.needs_key
    }

    /// The picture of a frame in its own shape, made small enough for the tile; never larger than it was sent. `None`
    /// if it is not to be shown, also while a key frame is needed.
    pub fn decode(&mut self, frame: &[u8], tile: PixelSize) -> Result<Option<I420Frame>, CodecError> {
        if self.needs_key && key_frame_size(frame).is_none() {
            return Ok(None);
        }
        let decoded = self.decoder.decode(frame);
        self.needs_key = decoded.is_err();
        let Some(picture) = decoded? else { return Ok(None) };
        let size = fit(picture.size(), tile);
        Ok(Some(if size == picture.size() { picture } else { self.scaler.scale(&picture, size) }))
    }

    /// The same as packed RGBA, with its size.
    pub fn decode_rgba(&mut self, frame: &[u8], tile: PixelSize) -> Result<Option<(PixelSize, Vec<u8>)>, CodecError> {
        Ok(self.decode(frame, tile)?.map(|picture| (picture.size(), colour::i420_to_rgba(&picture))))
    }
}

/// The largest size of the same shape that is neither larger than the picture nor than the limit, in even pixels.
pub fn fit(size: PixelSize, limit: PixelSize) -> PixelSize {
    let wide = |size: PixelSize| (u64::from(size.width.max(1)), u64::from(size.height.max(1)));
    let ((width, height), (most_width, most_height)) = (wide(size), wide(limit));
    let (num, den) =
        if width * most_height > height * most_width { (most_width, width) } else { (most_height, height) };
    if num >= den {
        return size;
    }
    let side = |side: u64| ((side * num / den) as u32 & !1).max(2);
    PixelSize::new(side(width), side(height))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use visita_protocol::Bitrate;

    use super::*;
    use crate::pattern::{TestPattern, read_timecode};
    use crate::vp8::{Content, Encoder, EncoderConfig};

    #[test]
    fn a_picture_fits_its_tile() {
        let hd = PixelSize::new(1280, 720);
        for ((width, height), fits) in [
            ((320, 180), (320, 180)),
            ((320, 320), (320, 180)),
            ((2000, 100), (176, 100)),
            ((4000, 4000), (1280, 720)),
            ((0, 0), (2, 2)),
        ] {
            assert_eq!(fit(hd, PixelSize::new(width, height)), PixelSize::new(fits.0, fits.1));
        }
    }

    #[test]
    fn frames_become_small_pictures_from_a_key_frame_on() {
        let size = PixelSize::new(640, 360);
        let config =
            EncoderConfig { size, bitrate: Bitrate::from_kbps(600), fps: 30, content: Content::Camera, threads: 1 };
        let (mut encoder, mut pattern) = (Encoder::new(config).unwrap(), TestPattern::new(size));
        let frames: Vec<_> = (0..6)
            .map(|n| {
                let at = Duration::from_millis(n * 33);
                encoder.encode(&pattern.draw(500 + n), at, n == 4).unwrap().unwrap().data
            })
            .collect();
        let (mut decoder, tile) = (TileDecoder::new().unwrap(), PixelSize::new(320, 200));
        assert!(decoder.decode(&frames[1], tile).unwrap().is_none() && decoder.needs_key());
        let picture = decoder.decode(&frames[0], tile).unwrap().unwrap();
        assert_eq!((picture.size(), read_timecode(&picture)), (PixelSize::new(320, 180), Some(500)));
        let (rgba_size, rgba) = decoder.decode_rgba(&frames[1], size).unwrap().unwrap();
        assert_eq!((rgba_size, rgba.len()), (size, 640 * 360 * 4));
        // Broken, it waits for the next key frame.
        assert!(decoder.decode(&[0], tile).is_err() && decoder.needs_key());
        assert!(decoder.decode(&frames[3], tile).unwrap().is_none());
        assert!(decoder.decode(&frames[4], tile).unwrap().is_some() && !decoder.needs_key());
    }
}
