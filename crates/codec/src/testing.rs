//! What the tests of several modules share.

use crate::I420Frame;

/// A reproducible sequence of numbers (xorshift).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 32) as u32
    }

    /// From 0 up to 1.
    pub(crate) fn unit(&mut self) -> f64 {
        f64::from(self.next()) / f64::from(u32::MAX)
    }
}

/// Likeness of the brightness of two pictures in dB; 100 if they are the same.
pub(crate) fn psnr(one: &I420Frame, two: &I420Frame) -> f64 {
    assert_eq!(one.size(), two.size());
    let squares: u64 = one.y().iter().zip(two.y()).map(|(a, b)| u64::from(a.abs_diff(*b)).pow(2)).sum();
    let mean = squares as f64 / one.y().len() as f64;
    if mean == 0.0 { 100.0 } else { 10.0 * (255.0f64.powi(2) / mean).log10() }
}
