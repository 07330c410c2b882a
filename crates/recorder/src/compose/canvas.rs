//! The picture of a recording as it grows: I420 that is painted part by part.

use visita_codec::I420Frame;
use visita_protocol::PixelSize;

use super::sprite::Sprite;

/// A part of the picture in pixels. Everything in it is even, so that the half-size colour planes fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rect {
    /// Left edge.
    pub x: u32,
    /// Upper edge.
    pub y: u32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

impl Rect {
    /// A part with its sides rounded down to even numbers.
    pub fn new(x: u32, y: u32, width: u32, height: u32) -> Self {
        Self { x: x & !1, y: y & !1, width: width & !1, height: height & !1 }
    }

    /// Its size.
    pub fn size(self) -> PixelSize {
        PixelSize::new(self.width, self.height)
    }

    /// The part of a size in its middle.
    pub fn middle(self, size: PixelSize) -> Self {
        let (width, height) = (size.width.min(self.width), size.height.min(self.height));
        Self::new(self.x + (self.width - width) / 2, self.y + (self.height - height) / 2, width, height)
    }

    /// Smaller by so many pixels on each side.
    pub fn inset(self, by: u32) -> Self {
        Self::new(self.x + by, self.y + by, self.width.saturating_sub(2 * by), self.height.saturating_sub(2 * by))
    }

    /// Whether they have pixels in common.
    pub(super) fn meets(self, other: Self) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }

    /// Larger by so many pixels on each side, within a picture that begins at 0.
    pub(super) fn outset(self, by: u32) -> Self {
        Self::new(self.x.saturating_sub(by), self.y.saturating_sub(by), self.width + 2 * by, self.height + 2 * by)
    }
}

/// A colour as pictures have it (BT.601, limited range).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ink {
    pub(super) y: u8,
    pub(super) u: u8,
    pub(super) v: u8,
}

impl Ink {
    /// From red, green and blue.
    pub(super) const fn rgb(colour: u32) -> Self {
        let (r, g, b) = ((colour >> 16 & 255) as i32, (colour >> 8 & 255) as i32, (colour & 255) as i32);
        Self {
            y: (16 + ((66 * r + 129 * g + 25 * b + 128) >> 8)) as u8,
            u: (128 + ((-38 * r - 74 * g + 112 * b + 128) >> 8)) as u8,
            v: (128 + ((112 * r - 94 * g - 18 * b + 128) >> 8)) as u8,
        }
    }
}

/// Distance of a point to a rectangle with round corners, negative inside; all in pixels.
pub(super) fn rounded(px: f32, py: f32, (width, height): (f32, f32), radius: f32) -> f32 {
    let (dx, dy) = ((px - width / 2.0).abs() - width / 2.0 + radius, (py - height / 2.0).abs() - height / 2.0 + radius);
    dx.max(0.0).hypot(dy.max(0.0)) + dx.max(dy).min(0.0) - radius
}

/// Share of a pixel that is inside, by its middle's distance to the edge.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
pub(super) fn coverage(distance: f32) -> u8 {
    ((0.5 - distance).clamp(0.0, 1.0) * 255.0) as u8
}

/// A picture to paint on.
pub(super) struct Canvas {
    frame: I420Frame,
}

impl Canvas {
    pub(super) fn new(size: PixelSize) -> Self {
        Self { frame: I420Frame::black(size) }
    }

    pub(super) fn frame(&self) -> &I420Frame {
        &self.frame
    }

    pub(super) fn whole(&self) -> Rect {
        Rect::new(0, 0, self.frame.size().width, self.frame.size().height)
    }

    /// Paints a part in one colour.
    pub(super) fn fill(&mut self, rect: Rect, ink: Ink) {
        let rect = self.clip(rect);
        for (plane, value, half) in self.planes([ink.y, ink.u, ink.v]) {
            plane.rows(rect, half, |row, _| row.fill(value));
        }
    }

    /// Copies a picture as it is to a place.
    pub(super) fn put(&mut self, from: &I420Frame, x: u32, y: u32) {
        let size = from.size();
        let rect = self.clip(Rect::new(x, y, size.width, size.height));
        let sources = [from.y(), from.u(), from.v()];
        for (plane, source, half) in self.planes(sources) {
            let width = (size.width / half) as usize;
            plane.rows(rect, half, |row, number| {
                let start = number * width;
                row.copy_from_slice(&source[start..start + row.len()]);
            });
        }
    }

    /// Lays a sprite over what is there.
    pub(super) fn lay(&mut self, sprite: &Sprite, x: u32, y: u32) {
        let size = sprite.size();
        let rect = self.clip(Rect::new(x, y, size.width, size.height));
        let layers =
            [(sprite.y(), sprite.alpha()), (sprite.u(), sprite.half_alpha()), (sprite.v(), sprite.half_alpha())];
        for (plane, (source, alpha), half) in self.planes(layers) {
            let width = (size.width / half) as usize;
            plane.rows(rect, half, |row, number| {
                let start = number * width;
                let (source, alpha) = (&source[start..start + row.len()], &alpha[start..start + row.len()]);
                for ((there, new), alpha) in row.iter_mut().zip(source).zip(alpha) {
                    *there = mix(*there, *new, *alpha);
                }
            });
        }
    }

    fn clip(&self, rect: Rect) -> Rect {
        let size = self.frame.size();
        let (x, y) = (rect.x.min(size.width), rect.y.min(size.height));
        Rect::new(x, y, rect.width.min(size.width - x), rect.height.min(size.height - y))
    }

    /// Y, U and V, each with what belongs to it, and by how much they are smaller.
    fn planes<T>(&mut self, [for_y, for_u, for_v]: [T; 3]) -> [(Plane<'_>, T, u32); 3] {
        let width = self.frame.size().width as usize;
        let (y, u, v) = self.frame.planes_mut();
        [
            (Plane { data: y, width }, for_y, 1),
            (Plane { data: u, width: width / 2 }, for_u, 2),
            (Plane { data: v, width: width / 2 }, for_v, 2),
        ]
    }
}

struct Plane<'a> {
    data: &'a mut [u8],
    width: usize,
}

impl Plane<'_> {
    /// Each row of a part, with its number.
    fn rows(self, rect: Rect, half: u32, mut paint: impl FnMut(&mut [u8], usize)) {
        let (x, y) = ((rect.x / half) as usize, (rect.y / half) as usize);
        let (width, height) = ((rect.width / half) as usize, (rect.height / half) as usize);
        for (number, row) in self.data.chunks_exact_mut(self.width).skip(y).take(height).enumerate() {
            paint(&mut row[x..x + width], number);
        }
    }
}

fn mix(there: u8, new: u8, alpha: u8) -> u8 {
    let sum = u32::from(there) * u32::from(255 - alpha) + u32::from(new) * u32::from(alpha) + 127;
    // Division by 255 of what is below 65536.
    ((sum + (sum >> 8) + 1) >> 8) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixing_is_exact_at_its_ends() {
        for value in 0..=255 {
            assert_eq!((mix(value, 7, 0), mix(value, 7, 255)), (value, 7));
            assert_eq!(mix(value, value, 100), value);
        }
    }

    #[test]
    fn colours_are_those_of_bt_601() {
        assert_eq!(Ink::rgb(0xffffff), Ink { y: 235, u: 128, v: 128 });
        assert_eq!(Ink::rgb(0), Ink { y: 16, u: 128, v: 128 });
        let red = Ink::rgb(0xff0000);
        assert_eq!((red.y, red.u, red.v), (82, 90, 240));
    }

    #[test]
    fn what_stands_out_is_cut_off() {
        let mut canvas = Canvas::new(PixelSize::new(16, 8));
        let white = Ink::rgb(0xffffff);
        canvas.fill(Rect::new(12, 6, 100, 100), white);
        canvas.put(&I420Frame::black(PixelSize::new(64, 64)), 14, 6);
        let y = canvas.frame().y();
        assert_eq!(y.iter().filter(|y| **y == 235).count(), 4);
        assert_eq!((y[6 * 16 + 12], y[6 * 16 + 14]), (235, 16));
        canvas.fill(Rect::new(400, 400, 2, 2), white);
    }
}
