//! From what a camera sends to I420.

use std::{borrow::Cow, time::Instant};

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
    let data = with_tables(data);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(&*data), options);
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

/// Cameras may leave out the Huffman tables and mean the usual ones (USB Video Class, MJPEG payload 1.5, section 3.3).
/// The decoder takes those if the picture says that it comes from an AVI file.
fn with_tables(data: &[u8]) -> Cow<'_, [u8]> {
    const AVI: &[u8] = b"\xff\xd8\xff\xe0\x00\x08AVI1\0\0";
    match data {
        [0xff, 0xd8, segments @ ..] if !has_tables(segments) => Cow::Owned([AVI, segments].concat()),
        _ => Cow::Borrowed(data),
    }
}

/// Whether there is a Huffman table (DHT) before the picture itself begins (SOS; ITU-T T.81 annex B).
fn has_tables(mut segments: &[u8]) -> bool {
    while let [0xff, marker, high, low, ..] = segments {
        match marker {
            0xc4 => return true,
            0xda => return false,
            _ => segments = segments.get(2 + usize::from(u16::from_be_bytes([*high, *low]))..).unwrap_or_default(),
        }
    }
    // Not a picture we understand: the decoder shall say so.
    true
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
    fn jpeg_without_tables_means_the_usual_ones() {
        let (from, length) = (0..RED.len() - 4)
            .find(|at| RED[*at..].starts_with(&[0xff, 0xc4]))
            .map(|at| (at, usize::from(u16::from_be_bytes([RED[at + 2], RED[at + 3]])) + 2))
            .unwrap();
        let bare = [&RED[..from], &RED[from + length..]].concat();
        assert!(!has_tables(&bare[2..]));
        assert_red(&decode(FrameFormat::MJPEG, SIZE, &bare, Instant::now()).unwrap());
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
