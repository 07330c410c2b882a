//! Pictures in another size, for the layers of simulcast and for thumbnails.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use visita_protocol::PixelSize;

use crate::I420Frame;

/// Scales pictures; keeps its working memory between calls.
pub struct Scaler {
    resizer: Resizer,
}

impl Scaler {
    /// A scaler.
    pub fn new() -> Self {
        Self { resizer: Resizer::new() }
    }

    /// `from` in the size `to` (odd sides rounded up), stretched to fill it. Keeps the capture time.
    ///
    /// Averages the covered area when shrinking and interpolates linearly when growing: the cheapest filters that do
    /// not alias.
    pub fn scale(&mut self, from: &I420Frame, to: PixelSize) -> I420Frame {
        let mut out = I420Frame::black(to);
        out.captured_at = from.captured_at;
        let (source, target) = (from.size(), out.size());
        if source == target {
            let mut same = from.clone();
            same.captured_at = from.captured_at;
            return same;
        }
        let (y, u, v) = out.planes_mut();
        let half = |size: PixelSize| PixelSize::new(size.width / 2, size.height / 2);
        self.plane(from.y(), source, y, target);
        self.plane(from.u(), half(source), u, half(target));
        self.plane(from.v(), half(source), v, half(target));
        out
    }

    /// `from` in the size `to` (odd sides rounded up) in its own shape: it fills all of it, and what stands out on two
    /// sides is left out. Keeps the capture time.
    pub fn cover(&mut self, from: &I420Frame, to: PixelSize) -> I420Frame {
        let mut out = I420Frame::black(to);
        out.captured_at = from.captured_at;
        let (source, target) = (from.size(), out.size());
        let shape = f64::from(target.width) / f64::from(target.height);
        let (width, height) = (f64::from(source.width), f64::from(source.height));
        let seen = if width > height * shape { (height * shape, height) } else { (width, width / shape) };
        // Whole pixels of the half-size planes, so that colour stays where it belongs.
        let part = |all: f64, seen: f64| {
            let seen = (seen / 2.0).round().clamp(1.0, all / 2.0);
            (((all / 2.0 - seen) / 2.0).floor(), seen)
        };
        let (x, y) = (part(width, seen.0), part(height, seen.1));
        if (x.1 * 2.0, y.1 * 2.0) == (width, height) {
            return self.scale(from, to);
        }
        let half = |size: PixelSize| PixelSize::new(size.width / 2, size.height / 2);
        let (luma, u, v) = out.planes_mut();
        let twice = |(from, length): (f64, f64)| (from * 2.0, length * 2.0);
        self.part(from.y(), source, (twice(x), twice(y)), luma, target);
        self.part(from.u(), half(source), (x, y), u, half(target));
        self.part(from.v(), half(source), (x, y), v, half(target));
        out
    }

    fn plane(&mut self, from: &[u8], from_size: PixelSize, to: &mut [u8], to_size: PixelSize) {
        if (from_size.width, from_size.height) == (to_size.width * 2, to_size.height * 2) {
            halve(from, to, to_size.width as usize);
            return;
        }
        let whole = ((0.0, from_size.width.into()), (0.0, from_size.height.into()));
        self.part(from, from_size, whole, to, to_size);
    }

    /// A part of a plane, given as beginning and length across and down.
    fn part(
        &mut self,
        from: &[u8],
        from_size: PixelSize,
        ((left, width), (top, height)): ((f64, f64), (f64, f64)),
        to: &mut [u8],
        to_size: PixelSize,
    ) {
        let shrinks = f64::from(to_size.width) < width || f64::from(to_size.height) < height;
        let filter = if shrinks { FilterType::Box } else { FilterType::Bilinear };
        let options = ResizeOptions::new()
            .resize_alg(ResizeAlg::Convolution(filter))
            .use_alpha(false)
            .crop(left, top, width, height);
        let source = ImageRef::new(from_size.width, from_size.height, from, PixelType::U8);
        let target = Image::from_slice_u8(to_size.width, to_size.height, to, PixelType::U8);
        // Plane lengths follow from the frame's size, so neither can be wrong; a picture that stays black would show
        // it, and is better than a panic.
        if let (Ok(source), Ok(mut target)) = (source, target)
            && let Err(error) = self.resizer.resize(&source, &mut target, &options)
        {
            tracing::warn!(%error, "a picture could not be scaled");
        }
    }
}

/// Half of each side, as simulcast asks for thirty times a second: what the box filter gives, at a fifth of its cost.
fn halve(from: &[u8], to: &mut [u8], width: usize) {
    for (rows, out) in from.chunks_exact(width * 4).zip(to.chunks_exact_mut(width)) {
        let (above, below) = rows.split_at(width * 2);
        for ((out, above), below) in out.iter_mut().zip(above.chunks_exact(2)).zip(below.chunks_exact(2)) {
            let sum: u16 = [above[0], above[1], below[0], below[1]].into_iter().map(u16::from).sum();
            *out = ((sum + 2) / 4) as u8;
        }
    }
}

impl Default for Scaler {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::TestPattern;
    use crate::testing::psnr;

    #[test]
    fn half_is_the_mean_of_four() {
        let (large, small) = (PixelSize::new(64, 32), PixelSize::new(32, 16));
        let frame = TestPattern::new(large).draw(7);
        let mut out = vec![0; 32 * 16];
        halve(frame.y(), &mut out, 32);
        let mut scaler = Scaler::new();
        let mut by_library = vec![0; 32 * 16];
        scaler.part(frame.y(), large, ((0.0, 64.0), (0.0, 32.0)), &mut by_library, small);
        assert!(
            out.iter().zip(&by_library).all(|(ours, theirs)| ours.abs_diff(*theirs) <= 1),
            "{out:?} {by_library:?}"
        );
        assert_eq!(scaler.scale(&frame, small).y(), out);
    }

    #[test]
    fn a_picture_scaled_down_and_up_looks_like_itself() {
        let size = PixelSize::new(640, 360);
        let frame = TestPattern::new(size).draw(0);
        let mut scaler = Scaler::new();
        let small = scaler.scale(&frame, PixelSize::new(320, 180));
        assert_eq!(small.size(), PixelSize::new(320, 180));
        assert_eq!(small.captured_at, frame.captured_at);
        assert!(psnr(&frame, &scaler.scale(&small, size)) > 28.0);
    }

    #[test]
    fn what_fills_another_shape_keeps_its_own() {
        let frame = TestPattern::new(PixelSize::new(640, 360)).draw(0);
        let mut scaler = Scaler::new();
        // The middle of it, as if it had been cut out before.
        let square = scaler.cover(&frame, PixelSize::new(180, 180));
        let small = scaler.scale(&frame, PixelSize::new(320, 180));
        for (row, whole) in square.y().chunks(180).zip(small.y().chunks(320)) {
            assert!(row.iter().zip(&whole[70..]).all(|(a, b)| a.abs_diff(*b) < 40));
        }
        let flat = scaler.cover(&frame, PixelSize::new(640, 180));
        assert_eq!(flat.size(), PixelSize::new(640, 180));
        assert_eq!(flat.y(), &frame.y()[640 * 90..640 * 270]);
        assert_eq!(scaler.cover(&frame, PixelSize::new(640, 360)).data(), frame.data());
    }

    #[test]
    fn brightness_and_colour_stay() {
        let mut frame = I420Frame::black(PixelSize::new(64, 48));
        let (y, u, v) = frame.planes_mut();
        y.fill(200);
        u.fill(90);
        v.fill(160);
        for (width, height) in [(32, 24), (100, 30), (64, 48), (2, 2), (0, 7)] {
            let scaled = Scaler::new().scale(&frame, PixelSize::new(width, height));
            assert!(scaled.y().iter().all(|y| *y == 200), "{width}x{height}");
            assert!(scaled.u().iter().all(|u| *u == 90) && scaled.v().iter().all(|v| *v == 160));
        }
    }
}
