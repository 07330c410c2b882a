//! The time as a band of tiles: 2 rows of 36, inset from the upper edge, each a fortieth of the width and two
//! forty-fifths of the height. At 160x90 a tile is 4x4 pixels, one transform block of VP8.
//!
//! The bits, most significant first and row by row: 52 bits of time, 20 bits of checksum, all of it exclusive-or'ed with
//! a fixed mask so that both brightnesses are always there to be told apart.

use visita_protocol::PixelSize;

use super::draw::{Colour, fill};
use crate::I420Frame;

const COLUMNS: usize = 36;
const TILES: usize = COLUMNS * 2;
const TIME_BITS: u32 = 52;
const CHECK_BITS: u32 = 20;
const MASK: u128 = 0x6a_5c96_3a95_c635_9a6c;

/// Left and upper edge of the band and size of a tile, in parts of the picture.
const LEFT: f32 = 2.0 / 40.0;
const TOP: f32 = 2.0 / 45.0;
const WIDTH: f32 = 1.0 / 40.0;
const HEIGHT: f32 = 2.0 / 45.0;

/// The two brightnesses, apart enough for coarse quantisers and near enough to be calm; and the teal over both.
const DARK: u8 = 84;
const LIGHT: u8 = 156;
const TEAL: (u8, u8) = (130, 115);

/// Less than this between the darkest and the lightest tile is no timecode.
const LEAST_CONTRAST: f32 = 24.0;

/// Puts a time into a picture.
pub(super) fn write(frame: &mut I420Frame, unix_us: u64) {
    let word = pack(unix_us);
    for tile in 0..TILES {
        let light = word >> (TILES - 1 - tile) & 1 == 1;
        let (x, y) = corner(tile);
        let colour = Colour { y: if light { LIGHT } else { DARK }, u: TEAL.0, v: TEAL.1 };
        fill(frame, (x, y, x + WIDTH, y + HEIGHT), colour);
    }
}

/// The time a test pattern was drawn (microseconds since 1970), from its picture at any size. `None` if there is no
/// timecode, or it cannot be read without doubt.
pub fn read_timecode(frame: &I420Frame) -> Option<u64> {
    let PixelSize { width, height } = frame.size();
    read(width as usize, height as usize, |x, y| f32::from(frame.y()[y * width as usize + x]))
}

/// As [`read_timecode`], from packed RGBA (four bytes a pixel, row by row) that shows exactly the picture: a screenshot
/// of its tile without the bars beside it.
pub fn read_timecode_rgba(width: u32, height: u32, rgba: &[u8]) -> Option<u64> {
    let (width, height) = (usize::try_from(width).ok()?, usize::try_from(height).ok()?);
    if rgba.len() < width.checked_mul(height)?.checked_mul(4)? {
        return None;
    }
    read(width, height, |x, y| {
        let at = (y * width + x) * 4;
        let [red, green, blue] = [rgba[at], rgba[at + 1], rgba[at + 2]].map(f32::from);
        0.299 * red + 0.587 * green + 0.114 * blue
    })
}

fn read(width: usize, height: usize, luma: impl Fn(usize, usize) -> f32) -> Option<u64> {
    // Smaller, and a tile is less than two pixels.
    if width < 80 || height < 45 {
        return None;
    }
    let mut tiles = [0.0; TILES];
    for (tile, value) in tiles.iter_mut().enumerate() {
        let (x, y) = corner(tile);
        *value = middle(width, height, (x, y), &luma);
    }
    let (darkest, lightest) =
        tiles.iter().fold((f32::MAX, f32::MIN), |(low, high), &tile| (low.min(tile), high.max(tile)));
    if lightest - darkest < LEAST_CONTRAST {
        return None;
    }
    let word = tiles.iter().fold(0, |word, &tile| word << 1 | u128::from(tile > f32::midpoint(darkest, lightest)));
    unpack(word)
}

/// Mean brightness of the middle of a tile, where neither blur nor scaling let its neighbours in.
fn middle(width: usize, height: usize, (x, y): (f32, f32), luma: &impl Fn(usize, usize) -> f32) -> f32 {
    let span = |from: f32, size: f32, pixels: usize| {
        let first = ((from + size * 0.25) * pixels as f32).round() as usize;
        let end = ((from + size * 0.75) * pixels as f32).round() as usize;
        first..end.max(first + 1)
    };
    let (columns, rows) = (span(x, WIDTH, width), span(y, HEIGHT, height));
    let count = columns.len() * rows.len();
    let sum: f32 = rows.flat_map(|y| columns.clone().map(move |x| (x, y))).map(|(x, y)| luma(x, y)).sum();
    sum / count as f32
}

fn corner(tile: usize) -> (f32, f32) {
    (LEFT + (tile % COLUMNS) as f32 * WIDTH, TOP + (tile / COLUMNS) as f32 * HEIGHT)
}

fn pack(unix_us: u64) -> u128 {
    let time = unix_us & ((1 << TIME_BITS) - 1);
    (u128::from(time) << CHECK_BITS | u128::from(checksum(time))) ^ MASK
}

fn unpack(word: u128) -> Option<u64> {
    let word = word ^ MASK;
    let time = (word >> CHECK_BITS) as u64;
    (u128::from(checksum(time)) == word & ((1 << CHECK_BITS) - 1)).then_some(time)
}

/// The upper bits of CRC-32 (ISO-HDLC).
fn checksum(time: u64) -> u32 {
    let crc = time.to_be_bytes().iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    });
    !crc >> (32 - CHECK_BITS)
}
