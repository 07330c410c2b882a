//! A lake at dusk in muted teal: hills, a low sun, clouds, a boat, and a clock whose hands go evenly.

use std::f32::consts::TAU;

use super::draw::{Colour, colour_in, disc, line, paint, triangle};
use crate::I420Frame;

/// Where the water begins.
const SHORE: f32 = 0.66;
/// Radius of the clock.
const CLOCK: f32 = 0.12;

/// What stands still.
pub(super) fn still(frame: &mut I420Frame) {
    let wide = aspect(frame);
    let sun = (wide * 0.36, 0.5);
    colour_in(frame, |x, y| {
        if y >= SHORE {
            return water(x, y, sun.0);
        }
        let far = SHORE - 0.13 + hills(x, 2.1, 0.4) * 0.05;
        let middle = SHORE - 0.075 + hills(x, 3.3, 2.0) * 0.035;
        let near = SHORE - 0.025 + hills(x, 5.2, 4.4) * 0.02;
        match y {
            _ if y > near => mix((52.0, 86.0, 88.0), (44.0, 76.0, 80.0), (y - near) * 12.0),
            _ if y > middle => mix((84.0, 122.0, 122.0), (74.0, 110.0, 112.0), (y - middle) * 10.0),
            _ if y > far => mix((120.0, 152.0, 150.0), (108.0, 142.0, 142.0), (y - far) * 8.0),
            _ => sky(x, y, sun),
        }
    });
    disc(frame, sun, 0.052, Colour::rgb(246.0, 226.0, 190.0), 0.9);

    let clock = clock(wide);
    disc(frame, clock, CLOCK, Colour::rgb(236.0, 240.0, 236.0), 0.62);
    for hour in 0..12 {
        let (inner, thickness) = if hour % 3 == 0 { (0.80, 0.008) } else { (0.86, 0.004) };
        let angle = hour as f32 / 12.0;
        line(frame, hand(clock, angle, inner), hand(clock, angle, 0.92), thickness, Colour::rgb(70.0, 96.0, 98.0));
    }
}

/// What moves so slowly that a few times a second is enough.
pub(super) fn moving_slowly(frame: &mut I420Frame, unix_us: u64) {
    let wide = aspect(frame);
    for (start, height, size, seconds) in [(0.1, 0.205, 1.0, 240), (0.65, 0.185, 0.7, 320)] {
        let along = (start + turn(unix_us, seconds)).fract() * (wide + 0.7) - 0.35;
        cloud(frame, (along, height), size);
    }
    let clock = clock(wide);
    line(frame, clock, hand(clock, turn(unix_us, 43_200), 0.5), 0.012, Colour::rgb(58.0, 82.0, 86.0));
    line(frame, clock, hand(clock, turn(unix_us, 3_600), 0.74), 0.008, Colour::rgb(58.0, 82.0, 86.0));
}

/// What moves from picture to picture.
pub(super) fn moving(frame: &mut I420Frame, unix_us: u64) {
    let wide = aspect(frame);
    let bob = (turn(unix_us, 4) * TAU).sin() * 0.004;
    let lean = (turn(unix_us, 6) * TAU).sin() * 0.01;
    boat(frame, (turn(unix_us, 96) * (wide + 0.3) - 0.15, SHORE + 0.1 + bob), lean);
    let clock = clock(wide);
    line(frame, clock, hand(clock, turn(unix_us, 60), 0.84), 0.004, Colour::rgb(186.0, 106.0, 84.0));
    disc(frame, clock, 0.009, Colour::rgb(186.0, 106.0, 84.0), 1.0);
    // Once round in two seconds: by it a stutter is seen at once.
    disc(frame, hand(clock, turn(unix_us, 2), 1.12), 0.008, Colour::rgb(240.0, 238.0, 226.0), 0.9);
}

/// From 0 to 1, how far round something is that comes round every so many seconds. Reckoned from whole microseconds,
/// which f32 could not hold.
fn turn(unix_us: u64, seconds: u64) -> f32 {
    (unix_us % (seconds * 1_000_000)) as f32 / (seconds * 1_000_000) as f32
}

fn aspect(frame: &I420Frame) -> f32 {
    frame.size().width as f32 / frame.size().height as f32
}

fn clock(wide: f32) -> (f32, f32) {
    (wide * 0.82, 0.38)
}

/// The end of a clock hand: `turn` from 0 to 1, `length` in radii.
fn hand((x, y): (f32, f32), turn: f32, length: f32) -> (f32, f32) {
    let (sin, cos) = (turn * TAU).sin_cos();
    (x + sin * length * CLOCK, y - cos * length * CLOCK)
}

fn sky(x: f32, y: f32, sun: (f32, f32)) -> Colour {
    let down = (y / SHORE).clamp(0.0, 1.0);
    let glow = (1.0 - (x - sun.0).hypot(y - sun.1) / 0.55).clamp(0.0, 1.0).powi(2) * 0.55;
    let base = blend((112.0, 146.0, 152.0), (206.0, 208.0, 196.0), down.powf(1.3));
    let lit = blend(base, (244.0, 220.0, 184.0), glow);
    Colour::rgb(lit.0, lit.1, lit.2)
}

fn water(x: f32, y: f32, sun: f32) -> Colour {
    let down = ((y - SHORE) / (1.0 - SHORE)).clamp(0.0, 1.0);
    // Long low ripples, and the sun's path on them.
    let ripple = ((y * 150.0 / (0.6 + down)).sin() * 0.5 + (x * 9.0 + y * 60.0).sin() * 0.5) * 0.05 * down;
    let path = (1.0 - (x - sun).abs() / (0.05 + 0.12 * down)).clamp(0.0, 1.0) * 0.4 * (1.0 - 0.6 * down);
    let base = blend((150.0, 178.0, 176.0), (58.0, 100.0, 106.0), (down + ripple).clamp(0.0, 1.0).powf(0.8));
    let lit = blend(base, (240.0, 220.0, 190.0), path);
    Colour::rgb(lit.0, lit.1, lit.2)
}

/// Rolling between about -1 and 1.
fn hills(x: f32, rate: f32, phase: f32) -> f32 {
    (x * rate + phase).sin() * 0.6 + (x * rate * 2.3 + phase * 1.7).sin() * 0.3 + (x * rate * 4.1 + phase).sin() * 0.1
}

fn cloud(frame: &mut I420Frame, (x, y): (f32, f32), size: f32) {
    let puffs = [(-0.13, 0.012, 0.075), (-0.04, -0.012, 0.09), (0.06, 0.0, 0.085), (0.14, 0.016, 0.06)];
    let bounds = (x - 0.22 * size, y - 0.05 * size, x + 0.22 * size, y + 0.05 * size);
    paint(frame, bounds, Colour::rgb(232.0, 234.0, 228.0), |px, py| {
        let thick: f32 = puffs
            .iter()
            .map(|&(dx, dy, radius)| {
                // Flatter than wide.
                let (dx, dy) = ((px - x) / size - dx, ((py - y) / size - dy) * 2.4);
                (1.0 - (dx * dx + dy * dy) / (radius * radius)).max(0.0)
            })
            .sum();
        thick.min(1.0) * 0.5
    });
}

fn boat(frame: &mut I420Frame, (x, y): (f32, f32), lean: f32) {
    let top = (x + lean, y - 0.11);
    let sail = Colour::rgb(238.0, 236.0, 226.0);
    triangle(frame, [top, (x + 0.055, y - 0.012), (x + 0.004, y - 0.012)], sail);
    triangle(frame, [(top.0 - 0.004, top.1 + 0.02), (x - 0.003, y - 0.012), (x - 0.038, y - 0.012)], sail);
    let hull = Colour::rgb(94.0, 66.0, 58.0);
    line(frame, (x - 0.034, y), (x + 0.044, y), 0.014, hull);
    line(frame, (x - 0.022, y + 0.006), (x + 0.032, y + 0.006), 0.012, hull);
}

fn mix(from: (f32, f32, f32), to: (f32, f32, f32), part: f32) -> Colour {
    let (red, green, blue) = blend(from, to, part.clamp(0.0, 1.0));
    Colour::rgb(red, green, blue)
}

fn blend(from: (f32, f32, f32), to: (f32, f32, f32), part: f32) -> (f32, f32, f32) {
    (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part, from.2 + (to.2 - from.2) * part)
}
