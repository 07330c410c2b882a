//! Camera and screen formats to I420 and back.
//!
//! BT.601 in limited range throughout: what VP8 means when it says nothing (RFC 6386 section 9.2), and what decoders
//! assume.

use std::time::Instant;

use visita_protocol::PixelSize;
use yuv::{
    BufferStoreMut, YuvConversionMode, YuvPackedImage, YuvPlanarImage, YuvPlanarImageMut, YuvRange, YuvStandardMatrix,
};

use crate::frame::check_size;
use crate::{CodecError, I420Frame};

const RANGE: YuvRange = YuvRange::Limited;
const MATRIX: YuvStandardMatrix = YuvStandardMatrix::Bt601;

/// From packed YUYV 4:2:2 (`Y0 U Y1 V`), two bytes a pixel.
pub fn yuyv_to_i420(size: PixelSize, data: &[u8], captured_at: Instant) -> Result<I420Frame, CodecError> {
    let mut frame = blank(size, data, 4, captured_at)?;
    let packed = YuvPackedImage { yuy: data, yuy_stride: size.width * 2, width: size.width, height: size.height };
    yuv::yuyv422_to_yuv420(&mut planes(&mut frame), &packed).map_err(|_| CodecError::Size(size))?;
    Ok(frame)
}

/// From NV12: a plane of Y, then a plane of U and V by turns at half the height.
pub fn nv12_to_i420(size: PixelSize, data: &[u8], captured_at: Instant) -> Result<I420Frame, CodecError> {
    let mut frame = blank(size, data, 3, captured_at)?;
    let luma = size.area() as usize;
    let (y, u, v) = frame.planes_mut();
    y.copy_from_slice(&data[..luma]);
    for ((pair, u), v) in data[luma..].chunks_exact(2).zip(u).zip(v) {
        (*u, *v) = (pair[0], pair[1]);
    }
    Ok(frame)
}

/// From packed RGB, three bytes a pixel.
pub fn rgb_to_i420(size: PixelSize, data: &[u8], captured_at: Instant) -> Result<I420Frame, CodecError> {
    let mut frame = blank(size, data, 6, captured_at)?;
    yuv::rgb_to_yuv420(&mut planes(&mut frame), data, size.width * 3, RANGE, MATRIX, YuvConversionMode::Balanced)
        .map_err(|_| CodecError::Size(size))?;
    Ok(frame)
}

/// How the four bytes of a packed pixel are ordered. The fourth, transparency or nothing, is not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packed {
    /// As screens have it.
    Bgra,
    /// As some compositors have it.
    Rgba,
}

/// From packed pixels of four bytes in rows `stride` bytes apart.
pub fn packed_to_i420(
    order: Packed,
    size: PixelSize,
    stride: usize,
    data: &[u8],
    captured_at: Instant,
) -> Result<I420Frame, CodecError> {
    let mut frame = blank_rows(size, stride, data, captured_at)?;
    let convert = match order {
        Packed::Bgra => yuv::bgra_to_yuv420,
        Packed::Rgba => yuv::rgba_to_yuv420,
    };
    convert(&mut planes(&mut frame), data, stride as u32, RANGE, MATRIX, YuvConversionMode::Balanced)
        .map_err(|_| CodecError::Size(size))?;
    Ok(frame)
}

/// A picture to fill, if `data` has the rows for one of four bytes a pixel.
fn blank_rows(size: PixelSize, stride: usize, data: &[u8], captured_at: Instant) -> Result<I420Frame, CodecError> {
    check_size(size)?;
    let row = size.width as usize * 4;
    let want = stride.saturating_mul(size.height as usize - 1).saturating_add(row);
    let wide_enough = stride >= row && u32::try_from(stride).is_ok();
    if data.len() < want || !wide_enough {
        return Err(CodecError::ShortPicture { have: data.len(), want: want.max(row) });
    }
    let mut frame = I420Frame::black(size);
    frame.captured_at = captured_at;
    Ok(frame)
}

/// To packed RGBA, opaque: `width * height * 4` bytes.
pub fn i420_to_rgba(frame: &I420Frame) -> Vec<u8> {
    let size = frame.size();
    let mut rgba = vec![0; size.area() as usize * 4];
    let image = YuvPlanarImage {
        y_plane: frame.y(),
        y_stride: size.width,
        u_plane: frame.u(),
        u_stride: size.width / 2,
        v_plane: frame.v(),
        v_stride: size.width / 2,
        width: size.width,
        height: size.height,
    };
    // Only wrong plane lengths are refused, and a frame's are right by construction.
    if let Err(error) = yuv::yuv420_to_rgba(&image, &mut rgba, size.width * 4, RANGE, MATRIX) {
        tracing::warn!(%error, "a picture could not be converted");
    }
    rgba
}

/// Full-range planes (as JPEG has them, JFIF 1.02) to the limited range used everywhere else, in place.
pub fn full_to_limited(frame: &mut I420Frame) {
    let (y, u, v) = frame.planes_mut();
    let luma: [u8; 256] = std::array::from_fn(|value| (16.0 + value as f32 * 219.0 / 255.0).round() as u8);
    let chroma: [u8; 256] = std::array::from_fn(|value| (128.0 + (value as f32 - 128.0) * 224.0 / 255.0).round() as u8);
    y.iter_mut().for_each(|value| *value = luma[usize::from(*value)]);
    u.iter_mut().chain(v).for_each(|value| *value = chroma[usize::from(*value)]);
}

/// A picture to fill, if `data` has the bytes for one: `halves` half bytes a pixel.
fn blank(size: PixelSize, data: &[u8], halves: usize, captured_at: Instant) -> Result<I420Frame, CodecError> {
    check_size(size)?;
    let want = size.area() as usize * halves / 2;
    if data.len() != want {
        return Err(CodecError::ShortPicture { have: data.len(), want });
    }
    let mut frame = I420Frame::black(size);
    frame.captured_at = captured_at;
    Ok(frame)
}

fn planes(frame: &mut I420Frame) -> YuvPlanarImageMut<'_, u8> {
    let PixelSize { width, height } = frame.size();
    let (y, u, v) = frame.planes_mut();
    YuvPlanarImageMut {
        y_plane: BufferStoreMut::Borrowed(y),
        y_stride: width,
        u_plane: BufferStoreMut::Borrowed(u),
        u_stride: width / 2,
        v_plane: BufferStoreMut::Borrowed(v),
        v_stride: width / 2,
        width,
        height,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: PixelSize = PixelSize::new(4, 2);

    #[test]
    fn yuyv_is_taken_apart() {
        let data: Vec<u8> = (0..2).flat_map(|row| [50 + row, 90, 60 + row, 160].repeat(2)).collect();
        let frame = yuyv_to_i420(SIZE, &data, Instant::now()).unwrap();
        assert_eq!(frame.y(), [50, 60, 50, 60, 51, 61, 51, 61]);
        assert_eq!((frame.u(), frame.v()), (&[90u8, 90][..], &[160u8, 160][..]));
    }

    #[test]
    fn nv12_is_taken_apart() {
        let frame = nv12_to_i420(SIZE, &[1, 2, 3, 4, 5, 6, 7, 8, 90, 160, 91, 161], Instant::now()).unwrap();
        assert_eq!(frame.y(), [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!((frame.u(), frame.v()), (&[90u8, 91][..], &[160u8, 161][..]));
    }

    #[test]
    fn colours_come_back_from_rgb() {
        for colour in [[255, 255, 255], [0, 0, 0], [200, 40, 40], [40, 200, 40], [40, 40, 200], [90, 130, 128]] {
            let frame = rgb_to_i420(SIZE, &colour.repeat(8), Instant::now()).unwrap();
            let rgba = [colour[0], colour[1], colour[2], 255];
            let same = packed_to_i420(Packed::Rgba, SIZE, 16, &rgba.repeat(8), Instant::now()).unwrap();
            assert_eq!(frame.data(), same.data());
            // A pixel more in each row, which is none of the picture's.
            let bgra = [colour[2], colour[1], colour[0], 0];
            let rows = [bgra.repeat(4), vec![77; 4]].concat().repeat(2);
            assert_eq!(packed_to_i420(Packed::Bgra, SIZE, 20, &rows, Instant::now()).unwrap().data(), frame.data());
            for pixel in i420_to_rgba(&frame).chunks(4) {
                assert!(pixel.iter().zip(rgba).all(|(a, b)| a.abs_diff(b) <= 3), "{pixel:?} {rgba:?}");
            }
        }
    }

    #[test]
    fn full_range_shrinks_to_limited() {
        let mut frame = I420Frame::from_planes(SIZE, [vec![255; 8], vec![255; 2], vec![0; 2]].concat(), Instant::now());
        full_to_limited(frame.as_mut().unwrap());
        let frame = frame.unwrap();
        assert_eq!((frame.y()[0], frame.u()[0], frame.v()[0]), (235, 240, 16));
    }

    #[test]
    fn wrong_lengths_and_sizes_are_refused() {
        let now = Instant::now();
        assert_eq!(yuyv_to_i420(SIZE, &[0; 15], now).err(), Some(CodecError::ShortPicture { have: 15, want: 16 }));
        assert!(nv12_to_i420(SIZE, &[0; 13], now).is_err());
        assert!(rgb_to_i420(SIZE, &[], now).is_err());
        assert!(packed_to_i420(Packed::Bgra, SIZE, 16, &[0; 31], now).is_err());
        assert!(packed_to_i420(Packed::Bgra, SIZE, 15, &[0; 64], now).is_err());
        assert!(packed_to_i420(Packed::Bgra, SIZE, usize::MAX, &[0; 64], now).is_err());
        for (width, height) in [(3, 2), (0, 0), (u32::MAX, u32::MAX)] {
            let size = PixelSize::new(width, height);
            assert_eq!(packed_to_i420(Packed::Rgba, size, 12, &[0; 24], now).err(), Some(CodecError::Size(size)));
        }
    }
}
