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

    fn plane(&mut self, from: &[u8], from_size: PixelSize, to: &mut [u8], to_size: PixelSize) {
        let shrinks = to_size.width < from_size.width || to_size.height < from_size.height;
        let filter = if shrinks { FilterType::Box } else { FilterType::Bilinear };
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter)).use_alpha(false);
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
