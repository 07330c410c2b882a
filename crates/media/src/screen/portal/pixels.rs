//! A buffer of PipeWire as a picture.

use std::time::Instant;

use pipewire::{
    buffer::Buffer,
    spa::{
        buffer::{
            ChunkFlags,
            meta::{MetaHeader, MetaHeaderFlags, MetaVideoCrop},
        },
        param::video::{VideoFormat, VideoInfoRaw},
    },
};
use visita_codec::{
    CodecError, I420Frame,
    colour::{self, Packed},
};
use visita_protocol::PixelSize;

/// Where in the buffer the picture lies, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
}

/// The picture in a buffer; none where there is none, or not all of it.
pub(super) fn picture(buffer: &mut Buffer<'_>, format: &VideoInfoRaw, at: Instant) -> Option<I420Frame> {
    let broken = |header: &MetaHeader| header.flags().contains(MetaHeaderFlags::CORRUPTED);
    if buffer.find_meta::<MetaHeader>().is_some_and(broken) {
        return None;
    }
    let size = format.size();
    let crop = buffer.find_meta::<MetaVideoCrop>().map(|crop| {
        let (at, size) = (crop.meta_region().position(), crop.meta_region().size());
        Part {
            x: at.x.try_into().unwrap_or(0),
            y: at.y.try_into().unwrap_or(0),
            width: size.width,
            height: size.height,
        }
    });
    let data = buffer.datas_mut().first_mut()?;
    if data.as_raw().chunk.is_null() {
        return None;
    }
    let chunk = data.chunk();
    // Nothing but the pointer moved, or the compositor failed.
    if chunk.size() == 0 || chunk.flags().contains(ChunkFlags::CORRUPTED) {
        return None;
    }
    let (offset, stride) = (chunk.offset() as usize, usize::try_from(chunk.stride()).unwrap_or(0));
    let pixels = data.data()?.get(offset..)?;
    let frame = convert(pixels, (size.width, size.height), stride, crop, format.format(), at);
    frame.map_err(|error| tracing::debug!(%error, "a picture of the screen that is none")).ok()
}

/// `stride` of zero is rows without space between them.
fn convert(
    pixels: &[u8],
    (width, height): (u32, u32),
    stride: usize,
    crop: Option<Part>,
    format: VideoFormat,
    at: Instant,
) -> Result<I420Frame, CodecError> {
    let stride = if stride == 0 { width as usize * 4 } else { stride };
    let inside = |part: &Part| {
        let fits = |start: u32, long: u32, all: u32| long > 1 && start.checked_add(long).is_some_and(|end| end <= all);
        fits(part.x, part.width, width) && fits(part.y, part.height, height)
    };
    // An empty one means everything.
    let part = crop.filter(inside).unwrap_or(Part { x: 0, y: 0, width, height });
    let first = (part.y as usize).saturating_mul(stride).saturating_add(part.x as usize * 4);
    let pixels = pixels.get(first..).unwrap_or_default();
    let size = PixelSize::new(part.width & !1, part.height & !1);
    let order = match format {
        VideoFormat::RGBx | VideoFormat::RGBA => Packed::Rgba,
        _ => Packed::Bgra,
    };
    colour::packed_to_i420(order, size, stride, pixels, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: [u8; 4] = [0, 0, 255, 0];
    const BLUE: [u8; 4] = [255, 0, 0, 0];

    /// 8 by 6 pixels in rows of 40 bytes: blue, and red from (2, 2) to (6, 4).
    fn buffer() -> Vec<u8> {
        let mut pixels = Vec::new();
        for y in 0..6 {
            for x in 0..10 {
                pixels.extend(if (2..6).contains(&x) && (2..4).contains(&y) { RED } else { BLUE });
            }
        }
        pixels
    }

    fn brightness(crop: Option<Part>, format: VideoFormat) -> (PixelSize, Vec<u8>) {
        let frame = convert(&buffer(), (8, 6), 40, crop, format, Instant::now()).expect("a picture");
        (frame.size(), frame.y().to_vec())
    }

    #[test]
    fn the_window_is_cut_out() {
        let (size, all) = brightness(None, VideoFormat::BGRx);
        assert_eq!(size, PixelSize::new(8, 6));
        let (blue, red) = (all[0], all[2 * 8 + 2]);
        assert!(red > blue + 20, "{red} {blue}");
        let part = Part { x: 2, y: 2, width: 4, height: 2 };
        assert_eq!(brightness(Some(part), VideoFormat::BGRx), (PixelSize::new(4, 2), vec![red; 8]));
        // The other order of colours.
        assert!(brightness(Some(part), VideoFormat::RGBA).1[0] < blue + 5);
        // Odd sides lose a pixel; what is empty or lies outside is no part.
        assert_eq!(
            brightness(Some(Part { x: 0, y: 0, width: 5, height: 3 }), VideoFormat::BGRA).0,
            PixelSize::new(4, 2)
        );
        for (x, y, width, height) in [(0, 0, 0, 0), (5, 0, 4, 4), (0, u32::MAX, 4, 4)] {
            assert_eq!(brightness(Some(Part { x, y, width, height }), VideoFormat::BGRA).0, PixelSize::new(8, 6));
        }
    }

    #[test]
    fn what_is_too_short_is_refused() {
        let short = &buffer()[..200];
        for stride in [0, 4, 40, usize::MAX] {
            assert!(convert(short, (8, 6), stride, None, VideoFormat::BGRx, Instant::now()).is_err() || stride == 0);
        }
        assert!(convert(&[], (8, 6), 0, None, VideoFormat::BGRx, Instant::now()).is_err());
        assert!(convert(&buffer(), (0, 0), 0, None, VideoFormat::BGRx, Instant::now()).is_err());
    }
}
