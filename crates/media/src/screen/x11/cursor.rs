//! The pointer, which the X server leaves out of its pictures.

use x11rb::protocol::xfixes::{ConnectionExt as _, GetCursorImageReply};

use super::{X11Error, display::Display};

/// The pointer's picture and place on the root window.
pub(super) struct Cursor {
    image: GetCursorImageReply,
}

/// What tells one look at the pointer from another: place and picture.
pub(super) type Seen = (i16, i16, u32);

impl Cursor {
    pub(super) fn now(display: &Display) -> Result<Self, X11Error> {
        Ok(Self { image: display.connection.xfixes_get_cursor_image()?.reply()? })
    }

    pub(super) fn seen(&self) -> Seen {
        (self.image.x, self.image.y, self.image.cursor_serial)
    }

    /// Draws the pointer into BGRX pixels whose first one lies at (`left`, `top`) of the root window.
    pub(super) fn draw(&self, pixels: &mut [u8], stride: usize, (left, top): (i32, i32), (width, height): (u32, u32)) {
        let image = &self.image;
        let from_x = i32::from(image.x) - i32::from(image.xhot) - left;
        let from_y = i32::from(image.y) - i32::from(image.yhot) - top;
        let rows = image.cursor_image.chunks_exact(usize::from(image.width.max(1)));
        for (row, y) in rows.zip(from_y..) {
            let Some(line) = usize::try_from(y).ok().filter(|y| *y < height as usize) else { continue };
            for (argb, x) in row.iter().zip(from_x..) {
                let Some(column) = usize::try_from(x).ok().filter(|x| *x < width as usize) else { continue };
                let at = line * stride + column * 4;
                if let Some(pixel) = pixels.get_mut(at..at + 3) {
                    blend(pixel, *argb);
                }
            }
        }
    }
}

/// Colours of the pointer are multiplied with its opacity already.
fn blend(bgr: &mut [u8], argb: u32) {
    let [blue, green, red, alpha] = argb.to_le_bytes();
    let through = 255 - u32::from(alpha);
    for (under, over) in bgr.iter_mut().zip([blue, green, red]) {
        *under = (u32::from(over) + u32::from(*under) * through / 255).min(255) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(x: i16, y: i16) -> Cursor {
        // Two by two: opaque red, half white, nothing, opaque blue.
        let cursor_image = vec![0xffff_0000, 0x8080_8080, 0, 0xff00_00ff];
        Cursor {
            image: GetCursorImageReply {
                x,
                y,
                width: 2,
                height: 2,
                xhot: 1,
                yhot: 0,
                cursor_image,
                ..Default::default()
            },
        }
    }

    #[test]
    fn is_drawn_where_it_points() {
        let mut pixels = vec![100; 4 * 3 * 4];
        cursor(12, 21).draw(&mut pixels, 16, (10, 20), (4, 3));
        let pixel = |x: usize, y: usize| &pixels[y * 16 + x * 4..y * 16 + x * 4 + 3];
        assert_eq!(pixel(1, 1), [0, 0, 255]);
        assert_eq!(pixel(2, 1), [177, 177, 177]);
        assert_eq!(pixel(1, 2), [100, 100, 100]);
        assert_eq!(pixel(2, 2), [255, 0, 0]);
        assert_eq!(pixel(0, 0), [100, 100, 100]);
    }

    #[test]
    fn outside_nothing_is_drawn() {
        let before = vec![100; 4 * 3 * 4];
        for place in [(-100, 0), (i16::MAX, i16::MAX), (i16::MIN, i16::MIN), (12, 30)] {
            let mut pixels = before.clone();
            cursor(place.0, place.1).draw(&mut pixels, 16, (10, 20), (4, 3));
            assert_eq!(pixels, before);
        }
    }
}
