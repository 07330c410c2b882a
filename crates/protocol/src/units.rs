//! Quantities with their unit in the type.

use serde::{Deserialize, Serialize};
use specta::Type;

/// Bits per second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct Bitrate(u32);

impl Bitrate {
    /// From bits per second.
    pub const fn from_bps(bps: u32) -> Self {
        Self(bps)
    }

    /// From kilobits (1000 bits) per second.
    pub const fn from_kbps(kbps: u32) -> Self {
        Self(kbps * 1000)
    }

    /// Bits per second.
    pub const fn bps(self) -> u32 {
        self.0
    }

    /// Whole kilobits per second, rounded down.
    pub const fn kbps(self) -> u32 {
        self.0 / 1000
    }
}

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
pub struct PixelSize {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

impl PixelSize {
    /// Pixels of the largest picture that is decoded. Headers may claim 16383 by 16383, for which a decoder takes more than a
    /// gigabyte.
    pub const MOST_DECODED: u32 = 4096 * 2304;

    /// A size of `width` by `height` pixels.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    /// Number of pixels.
    pub const fn area(self) -> u32 {
        self.width * self.height
    }
}
