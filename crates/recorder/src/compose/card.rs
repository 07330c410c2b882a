//! What lies over the tiles: names, marks, initials, corners.

use visita_protocol::PixelSize;

use super::{
    person,
    sprite::{Bitmap, Sprite},
    text::{Letters, Style},
};

pub(super) const WHITE: u32 = 0xffffff;
/// The page's `--over`, under what is written on pictures, and how dense it is.
const OVER: u32 = 0x0a1011;
const OVER_DENSITY: u8 = 204;

/// A name on its dark ground, for a tile this wide, with a mark where the microphone is off. It is cut where it is wider
/// than the tile without `inset` at both sides.
pub(super) fn label(letters: &mut Letters, name: &str, muted: bool, tile: PixelSize, inset: u32, scale: f32) -> Sprite {
    let px = (tile.width as f32 / 26.0).clamp(11.0 * scale, 17.0 * scale);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few pixels")]
    let (pad, above) = ((px * 0.62) as u32, (px * 0.34) as u32);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few pixels")]
    let mark_width = if muted { (px * 1.25) as u32 } else { 0 };
    let most = (tile.width * 9 / 10).min(tile.width.saturating_sub(2 * inset)).saturating_sub(2 * pad + mark_width);
    let text = letters.line(name, Style { px, bold: false, colour: WHITE }, most.max(8));
    let mut bitmap = Bitmap::new(text.size().width + mark_width + 2 * pad, text.size().height + 2 * above);
    bitmap.round(OVER, OVER_DENSITY, px * 0.5);
    bitmap.lay(&text, (pad + mark_width) as i32, above as i32);
    if muted {
        let height = bitmap.size().height as f32;
        no_microphone(&mut bitmap, (pad as f32 + px * 0.42, height / 2.0), px);
    }
    bitmap.sprite()
}

/// A microphone crossed out, around a middle.
fn no_microphone(bitmap: &mut Bitmap, (x, y): (f32, f32), px: f32) {
    let thin = (px * 0.05).max(0.6);
    let line = |from: (f32, f32), to: (f32, f32), half: f32| {
        move |px: f32, py: f32| {
            let (dx, dy) = (to.0 - from.0, to.1 - from.1);
            let along = ((px - from.0) * dx + (py - from.1) * dy) / (dx * dx + dy * dy).max(f32::EPSILON);
            let along = along.clamp(0.0, 1.0);
            (px - from.0 - dx * along).hypot(py - from.1 - dy * along) - half
        }
    };
    bitmap.shape(WHITE, 255, line((x, y - px * 0.3), (x, y - px * 0.02), px * 0.15));
    let radius = px * 0.29;
    bitmap.shape(
        WHITE,
        255,
        |px, py| {
            if py < y - 0.02 { f32::MAX } else { ((px - x).hypot(py - y) - radius).abs() - thin }
        },
    );
    bitmap.shape(WHITE, 255, line((x, y + radius), (x, y + px * 0.46), thin));
    let (from, to) = ((x - px * 0.38, y - px * 0.42), (x + px * 0.38, y + px * 0.46));
    bitmap.shape(OVER, 255, line(from, to, thin * 3.2));
    bitmap.shape(WHITE, 255, line(from, to, thin * 1.3));
}

/// Initials on a disc in the colour of the name.
pub(super) fn avatar(letters: &mut Letters, name: &str, tile: PixelSize) -> Sprite {
    let side = (tile.width.min(tile.height) * 2 / 5).clamp(24, 220);
    let mut bitmap = Bitmap::new(side, side);
    let side = bitmap.size().width;
    bitmap.round(person::colour(name), 255, side as f32 / 2.0);
    let style = Style { px: side as f32 * 0.38, bold: true, colour: WHITE };
    let text = letters.line(&person::initials(name), style, side);
    let (x, y) = ((side - text.size().width.min(side)) / 2, (side - text.size().height.min(side)) / 2);
    bitmap.lay(&text, x as i32, y as i32);
    bitmap.sprite()
}

/// How many have no place, as a tile.
pub(super) fn more(letters: &mut Letters, count: usize, tile: PixelSize, scale: f32) -> Sprite {
    letters.line(&format!("+{count}"), Style { px: 22.0 * scale, bold: true, colour: WHITE }, tile.width).sprite()
}

/// The four corners of the ground that stand over a tile: upper left, upper right, lower left, lower right.
pub(super) fn corners(ground: u32, radius: u32) -> [Sprite; 4] {
    [(true, true), (false, true), (true, false), (false, false)].map(|(left, upper)| {
        let mut bitmap = Bitmap::new(radius, radius);
        let r = bitmap.size().width as f32;
        let middle = (if left { r } else { 0.0 }, if upper { r } else { 0.0 });
        bitmap.shape(ground, 255, |x, y| r - (x - middle.0).hypot(y - middle.1));
        bitmap.sprite()
    })
}

/// The round corners of a ring of this thickness, in the same order.
pub(super) fn arcs(colour: u32, radius: u32, thick: u32) -> [Sprite; 4] {
    [(true, true), (false, true), (true, false), (false, false)].map(|(left, upper)| {
        let mut bitmap = Bitmap::new(radius, radius);
        let (r, half) = (bitmap.size().width as f32, thick as f32 / 2.0);
        let middle = (if left { r } else { 0.0 }, if upper { r } else { 0.0 });
        bitmap.shape(colour, 255, |x, y| ((x - middle.0).hypot(y - middle.1) - r + half).abs() - half);
        bitmap.sprite()
    })
}
