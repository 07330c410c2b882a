//! Small pictures with transparency that are laid over others: drawn once, in RGBA, and kept as the canvas has it.

use visita_protocol::PixelSize;

use super::canvas::{Ink, coverage, rounded};

/// A drawing in progress: a colour and an opacity for each pixel.
pub(super) struct Bitmap {
    size: PixelSize,
    /// Red, green, blue, opacity; not multiplied.
    pixels: Vec<[u8; 4]>,
}

impl Bitmap {
    /// Nothing yet; odd sides are rounded up.
    pub(super) fn new(width: u32, height: u32) -> Self {
        let even = |side: u32| side.clamp(2, 8192).next_multiple_of(2);
        let size = PixelSize::new(even(width), even(height));
        Self { size, pixels: vec![[0; 4]; size.area() as usize] }
    }

    pub(super) fn size(&self) -> PixelSize {
        self.size
    }

    /// Lays a colour over one pixel; what lies outside is nothing.
    pub(super) fn dot(&mut self, x: i32, y: i32, colour: u32, opacity: u8) {
        let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else { return };
        if x >= self.size.width || y >= self.size.height || opacity == 0 {
            return;
        }
        let pixel = &mut self.pixels[(y * self.size.width + x) as usize];
        let (new, old) = (u32::from(opacity), u32::from(pixel[3]));
        let kept = old * (255 - new) / 255;
        let all = new + kept;
        let channels = [colour >> 16 & 255, colour >> 8 & 255, colour & 255];
        for (there, channel) in pixel.iter_mut().zip(channels) {
            *there = ((channel * new + u32::from(*there) * kept) / all.max(1)) as u8;
        }
        pixel[3] = all.min(255) as u8;
    }

    /// Lays another one over this.
    pub(super) fn lay(&mut self, other: &Self, x: i32, y: i32) {
        let width = other.size.width as usize;
        for (row, pixels) in other.pixels.chunks_exact(width).enumerate() {
            for (column, [r, g, b, opacity]) in pixels.iter().enumerate() {
                let colour = u32::from(*r) << 16 | u32::from(*g) << 8 | u32::from(*b);
                self.dot(x + column as i32, y + row as i32, colour, *opacity);
            }
        }
    }

    /// Paints what lies inside a shape, given by the distance to its edge.
    pub(super) fn shape(&mut self, colour: u32, opacity: u8, distance: impl Fn(f32, f32) -> f32) {
        for y in 0..self.size.height {
            for x in 0..self.size.width {
                let inside = coverage(distance(x as f32 + 0.5, y as f32 + 0.5));
                let opacity = (u32::from(inside) * u32::from(opacity) / 255) as u8;
                self.dot(x as i32, y as i32, colour, opacity);
            }
        }
    }

    /// Paints the whole with round corners.
    pub(super) fn round(&mut self, colour: u32, opacity: u8, radius: f32) {
        let size = (self.size.width as f32, self.size.height as f32);
        self.shape(colour, opacity, |x, y| rounded(x, y, size, radius));
    }

    /// As the canvas takes it.
    pub(super) fn sprite(&self) -> Sprite {
        let (width, height) = (self.size.width as usize, self.size.height as usize);
        let mut sprite = Sprite {
            size: self.size,
            y: Vec::with_capacity(width * height),
            alpha: Vec::with_capacity(width * height),
            u: Vec::with_capacity(width * height / 4),
            v: Vec::with_capacity(width * height / 4),
            half_alpha: Vec::with_capacity(width * height / 4),
        };
        for [r, g, b, opacity] in &self.pixels {
            sprite.y.push(Ink::rgb(u32::from(*r) << 16 | u32::from(*g) << 8 | u32::from(*b)).y);
            sprite.alpha.push(*opacity);
        }
        for rows in self.pixels.chunks_exact(width * 2) {
            for x in (0..width).step_by(2) {
                let four = [rows[x], rows[x + 1], rows[width + x], rows[width + x + 1]];
                let opacity: u32 = four.iter().map(|pixel| u32::from(pixel[3])).sum();
                let mean = |channel: usize| {
                    let sum: u32 = four.iter().map(|pixel| u32::from(pixel[channel]) * u32::from(pixel[3])).sum();
                    sum / opacity.max(1)
                };
                let ink = Ink::rgb(mean(0) << 16 | mean(1) << 8 | mean(2));
                sprite.u.push(ink.u);
                sprite.v.push(ink.v);
                sprite.half_alpha.push((opacity / 4) as u8);
            }
        }
        sprite
    }
}

/// A drawing as the canvas takes it.
#[derive(Clone)]
pub(super) struct Sprite {
    size: PixelSize,
    y: Vec<u8>,
    alpha: Vec<u8>,
    u: Vec<u8>,
    v: Vec<u8>,
    half_alpha: Vec<u8>,
}

impl Sprite {
    /// Whether it has room in a tile of this size.
    pub(super) fn fits(&self, tile: PixelSize) -> bool {
        self.size.width <= tile.width && self.size.height <= tile.height
    }

    pub(super) fn size(&self) -> PixelSize {
        self.size
    }

    pub(super) fn y(&self) -> &[u8] {
        &self.y
    }

    pub(super) fn u(&self) -> &[u8] {
        &self.u
    }

    pub(super) fn v(&self) -> &[u8] {
        &self.v
    }

    pub(super) fn alpha(&self) -> &[u8] {
        &self.alpha
    }

    pub(super) fn half_alpha(&self) -> &[u8] {
        &self.half_alpha
    }
}
