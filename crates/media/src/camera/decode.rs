//! From what a camera sends to I420.

use std::time::Instant;

use nokhwa::utils::FrameFormat;
use visita_codec::{I420Frame, colour};
use visita_protocol::PixelSize;
use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

/// A picture of a camera; what is wrong with it in words, if it is broken.
pub(super) fn decode(
    format: FrameFormat,
    size: PixelSize,
    data: &[u8],
    captured_at: Instant,
) -> Result<I420Frame, String> {
    match format {
        FrameFormat::MJPEG => jpeg(data, captured_at),
        FrameFormat::YUYV => raw(data, size, 4, |data| colour::yuyv_to_i420(size, data, captured_at)),
        FrameFormat::NV12 => raw(data, size, 3, |data| colour::nv12_to_i420(size, data, captured_at)),
        other => Err(format!("unknown format {other}")),
    }
}

/// `halves` half bytes a pixel; drivers round their buffers up to whole pages.
fn raw(
    data: &[u8],
    size: PixelSize,
    halves: usize,
    convert: impl Fn(&[u8]) -> Result<I420Frame, visita_codec::CodecError>,
) -> Result<I420Frame, String> {
    let length = size.area() as usize * halves / 2;
    let picture = data.get(..length).ok_or_else(|| format!("{} of {length} bytes", data.len()))?;
    convert(picture).map_err(|error| error.to_string())
}

fn jpeg(data: &[u8], captured_at: Instant) -> Result<I420Frame, String> {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(data), options);
    let rgb = decoder.decode().map_err(|error| error.to_string())?;
    let info = decoder.info().ok_or("a picture without a size")?;
    let (width, height) = (usize::from(info.width), usize::from(info.height));
    let even = PixelSize::new((width & !1) as u32, (height & !1) as u32);
    let converted = if width.is_multiple_of(2) {
        rgb.get(..even.area() as usize * 3).map(|rgb| colour::rgb_to_i420(even, rgb, captured_at))
    } else {
        let rows: Vec<u8> =
            rgb.chunks_exact(width * 3).take(height & !1).flat_map(|row| &row[..(width - 1) * 3]).copied().collect();
        Some(colour::rgb_to_i420(even, &rows, captured_at))
    };
    converted.ok_or("a picture shorter than its size")?.map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: PixelSize = PixelSize::new(16, 16);

    /// A baseline JPEG of 16 by 16 pixels, all of RGB (200, 40, 40), made with FFmpeg.
    const RED: &[u8] = include_bytes!("testdata/red.jpg");

    fn assert_red(frame: &I420Frame) {
        // BT.601 in limited range of (200, 40, 40).
        let near = |plane: &[u8], want: u8| plane.iter().all(|value| value.abs_diff(want) <= 3);
        assert!(near(frame.y(), 91), "{:?}", &frame.y()[..4]);
        assert!(near(frame.u(), 104), "{:?}", &frame.u()[..4]);
        assert!(near(frame.v(), 198), "{:?}", &frame.v()[..4]);
    }

    #[test]
    fn jpeg_keeps_its_colour() {
        let frame = decode(FrameFormat::MJPEG, SIZE, RED, Instant::now()).unwrap();
        assert_eq!(frame.size(), SIZE);
        assert_red(&frame);
    }

    #[test]
    fn raw_formats_keep_their_colour_in_buffers_too_long() {
        let mut yuyv: Vec<u8> = [91, 104, 91, 198].repeat(16 * 16 / 2);
        yuyv.extend([0; 100]);
        assert_red(&decode(FrameFormat::YUYV, SIZE, &yuyv, Instant::now()).unwrap());
        let mut nv12 = vec![91; 16 * 16];
        nv12.extend([104, 198].repeat(8 * 8));
        nv12.extend([0; 100]);
        assert_red(&decode(FrameFormat::NV12, SIZE, &nv12, Instant::now()).unwrap());
    }

    #[test]
    fn broken_pictures_are_errors() {
        for format in [FrameFormat::MJPEG, FrameFormat::YUYV, FrameFormat::NV12, FrameFormat::GRAY] {
            assert!(decode(format, SIZE, &[0; 20], Instant::now()).is_err());
        }
        assert!(decode(FrameFormat::MJPEG, SIZE, &RED[..RED.len() / 3], Instant::now()).is_err());
        assert!(decode(FrameFormat::YUYV, PixelSize::new(3, 3), &[0; 100], Instant::now()).is_err());
    }
}
