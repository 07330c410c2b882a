//! A picture to test calls with, calm enough to be looked at: a lake at dusk, a clock, a boat. A band of light and dark
//! tiles along the upper edge carries the time at which it was drawn, so that whoever sees the picture (decoded, scaled
//! down, or in a screenshot) can tell its age.

mod draw;
mod scene;
mod timecode;

pub use timecode::{read_timecode, read_timecode_rgba};

use std::time::Instant;

use visita_protocol::PixelSize;

use crate::I420Frame;

/// Draws the picture of any moment. What stands still is drawn once, so a picture costs little more than a copy.
pub struct TestPattern {
    background: I420Frame,
    /// The background with what moves slowly, and the fifth of a second it belongs to.
    slow: Option<(u64, I420Frame)>,
}

impl TestPattern {
    /// A pattern of a size (odd sides are rounded up).
    pub fn new(size: PixelSize) -> Self {
        let mut background = I420Frame::black(size);
        scene::still(&mut background);
        Self { background, slow: None }
    }

    /// Size of its pictures.
    pub fn size(&self) -> PixelSize {
        self.background.size()
    }

    /// The picture of a moment, given as microseconds since 1970 (UTC). The timecode holds its lower 52 bits, which
    /// lasts until 2112. The capture time is the time of the call.
    pub fn draw(&mut self, unix_us: u64) -> I420Frame {
        let fifth = unix_us / 200_000;
        let slow = match self.slow.take() {
            Some((at, slow)) if at == fifth => slow,
            _ => {
                let mut slow = self.background.clone();
                scene::moving_slowly(&mut slow, fifth * 200_000);
                slow
            }
        };
        let mut frame = slow.clone();
        self.slow = Some((fifth, slow));
        frame.captured_at = Instant::now();
        scene::moving(&mut frame, unix_us);
        timecode::write(&mut frame, unix_us);
        frame
    }
}

#[cfg(test)]
mod tests;
