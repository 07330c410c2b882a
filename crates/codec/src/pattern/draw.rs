//! Just enough drawing: boxes, and shapes given by their distance, with soft edges. Places are in parts of the picture's
//! height, from its upper left corner, so that a scene looks the same at every size.

use crate::I420Frame;

/// A colour as it is stored.
#[derive(Clone, Copy)]
pub(super) struct Colour {
    pub(super) y: u8,
    pub(super) u: u8,
    pub(super) v: u8,
}

impl Colour {
    /// From red, green and blue (BT.601, limited range).
    pub(super) fn rgb(red: f32, green: f32, blue: f32) -> Self {
        let y = 16.0 + 0.257 * red + 0.504 * green + 0.098 * blue;
        let u = 128.0 - 0.148 * red - 0.291 * green + 0.439 * blue;
        let v = 128.0 + 0.439 * red - 0.368 * green - 0.071 * blue;
        Self { y: y as u8, u: u as u8, v: v as u8 }
    }
}

/// Fills a box given as left, top, right, bottom in parts of width and height.
pub(super) fn fill(frame: &mut I420Frame, (left, top, right, bottom): (f32, f32, f32, f32), colour: Colour) {
    let size = frame.size();
    let (y, u, v) = frame.planes_mut();
    for (plane, value, half) in [(y, colour.y, 1), (u, colour.u, 2), (v, colour.v, 2)] {
        let (width, height) = ((size.width / half) as usize, (size.height / half) as usize);
        let pixel = |part: f32, pixels: usize| ((part * pixels as f32).round() as usize).min(pixels);
        let (from, to) = (pixel(left, width), pixel(right, width));
        for row in pixel(top, height)..pixel(bottom, height) {
            plane[row * width + from..row * width + to].fill(value);
        }
    }
}

/// Paints whatever lies within a box (left, top, right, bottom, in heights), as strongly as `cover` says: from 0 to 1.
pub(super) fn paint(
    frame: &mut I420Frame,
    (left, top, right, bottom): (f32, f32, f32, f32),
    colour: Colour,
    cover: impl Fn(f32, f32) -> f32,
) {
    let size = frame.size();
    let full_height = size.height as f32;
    let (y, u, v) = frame.planes_mut();
    for (plane, value, half) in [(y, colour.y, 1u32), (u, colour.u, 2), (v, colour.v, 2)] {
        let (width, height) = ((size.width / half) as usize, (size.height / half) as usize);
        let scale = full_height / half as f32;
        let pixel = |place: f32, pixels: usize| ((place * scale).max(0.0) as usize).min(pixels);
        for row in pixel(top, height)..pixel(bottom + 1.0 / scale, height) {
            let down = (row as f32 + 0.5) / scale;
            for column in pixel(left, width)..pixel(right + 1.0 / scale, width) {
                let part = (cover((column as f32 + 0.5) / scale, down) * 256.0) as i32;
                if part > 0 {
                    let old = &mut plane[row * width + column];
                    let now = i32::from(*old);
                    *old = (now + (((i32::from(value) - now) * part.min(256)) >> 8)) as u8;
                }
            }
        }
    }
}

/// Colours the whole picture by place.
pub(super) fn colour_in(frame: &mut I420Frame, colour: impl Fn(f32, f32) -> Colour) {
    let (width, height) = (frame.size().width as usize, frame.size().height as usize);
    let scale = height as f32;
    let (y, u, v) = frame.planes_mut();
    for row in 0..height {
        for column in 0..width {
            let colour = colour((column as f32 + 0.5) / scale, (row as f32 + 0.5) / scale);
            y[row * width + column] = colour.y;
            if row % 2 == 0 && column % 2 == 0 {
                let at = row / 2 * (width / 2) + column / 2;
                (u[at], v[at]) = (colour.u, colour.v);
            }
        }
    }
}

/// Paints a disc.
pub(super) fn disc(frame: &mut I420Frame, (x, y): (f32, f32), radius: f32, colour: Colour, strength: f32) {
    let edge = 1.0 / frame.size().height as f32;
    paint(frame, (x - radius, y - radius, x + radius, y + radius), colour, |px, py| {
        strength * ((radius - (px - x).hypot(py - y)) / edge + 0.5).clamp(0.0, 1.0)
    });
}

/// Paints a line with round ends.
pub(super) fn line(frame: &mut I420Frame, from: (f32, f32), to: (f32, f32), thickness: f32, colour: Colour) {
    let edge = 1.0 / frame.size().height as f32;
    let radius = thickness / 2.0;
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = (dx * dx + dy * dy).max(1e-9);
    let bounds =
        (from.0.min(to.0) - radius, from.1.min(to.1) - radius, from.0.max(to.0) + radius, from.1.max(to.1) + radius);
    paint(frame, bounds, colour, |px, py| {
        let along = (((px - from.0) * dx + (py - from.1) * dy) / length).clamp(0.0, 1.0);
        let off = (px - from.0 - along * dx).hypot(py - from.1 - along * dy);
        ((radius - off) / edge + 0.5).clamp(0.0, 1.0)
    });
}

/// Paints a triangle.
pub(super) fn triangle(frame: &mut I420Frame, corners: [(f32, f32); 3], colour: Colour) {
    let edge = 1.0 / frame.size().height as f32;
    let [a, b, c] = corners;
    // The side of a line a point lies on, as a distance; positive inside for corners given clockwise.
    let side = |from: (f32, f32), to: (f32, f32), x: f32, y: f32| {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        (dx * (y - from.1) - dy * (x - from.0)) / dx.hypot(dy).max(1e-6)
    };
    let bounds = (a.0.min(b.0).min(c.0), a.1.min(b.1).min(c.1), a.0.max(b.0).max(c.0), a.1.max(b.1).max(c.1));
    paint(frame, bounds, colour, |x, y| {
        let inside = side(a, b, x, y).min(side(b, c, x, y)).min(side(c, a, x, y));
        (inside / edge + 0.5).clamp(0.0, 1.0)
    });
}
