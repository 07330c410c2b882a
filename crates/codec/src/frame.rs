use std::fmt;
use std::time::Instant;

use visita_protocol::PixelSize;

use crate::CodecError;

/// One picture as planar YUV 4:2:0 in one contiguous buffer: Y, then U, then V, without padding between rows.
///
/// Width and height are even, so that the chroma planes are exactly half as wide and high.
#[derive(Clone)]
pub struct I420Frame {
    size: PixelSize,
    data: Vec<u8>,
    /// When the picture was taken, as near to the sensor as can be told.
    pub captured_at: Instant,
}

impl I420Frame {
    /// A black picture; odd or zero sides are rounded up to the next even number.
    pub fn black(size: PixelSize) -> Self {
        let size = PixelSize::new(even(size.width), even(size.height));
        let luma = size.area() as usize;
        let mut data = vec![16; luma * 3 / 2];
        data[luma..].fill(128);
        Self { size, data, captured_at: Instant::now() }
    }

    /// A picture from its planes in one buffer. `None` if a side is odd or zero or the buffer is not exactly as long
    /// as the size asks for.
    pub fn from_planes(size: PixelSize, data: Vec<u8>, captured_at: Instant) -> Option<Self> {
        (check_size(size).is_ok() && data.len() == bytes(size)).then_some(Self { size, data, captured_at })
    }

    /// Width and height, both even.
    pub fn size(&self) -> PixelSize {
        self.size
    }

    /// Brightness: `width * height` bytes, row by row, limited range (16 black, 235 white).
    pub fn y(&self) -> &[u8] {
        &self.data[..self.luma()]
    }

    /// Blue difference at half the width and height.
    pub fn u(&self) -> &[u8] {
        &self.data[self.luma()..self.luma() * 5 / 4]
    }

    /// Red difference at half the width and height.
    pub fn v(&self) -> &[u8] {
        &self.data[self.luma() * 5 / 4..]
    }

    /// Y, U and V to write into.
    pub fn planes_mut(&mut self) -> (&mut [u8], &mut [u8], &mut [u8]) {
        let luma = self.luma();
        let (y, chroma) = self.data.split_at_mut(luma);
        let (u, v) = chroma.split_at_mut(luma / 4);
        (y, u, v)
    }

    /// The three planes one after the other.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// The buffer itself, to be used again.
    pub fn into_data(self) -> Vec<u8> {
        self.data
    }

    fn luma(&self) -> usize {
        self.size.area() as usize
    }
}

impl fmt::Debug for I420Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("I420Frame")
            .field("width", &self.size.width)
            .field("height", &self.size.height)
            .field("captured_at", &self.captured_at)
            .finish_non_exhaustive()
    }
}

/// Bytes of a picture of an even size.
pub(crate) fn bytes(size: PixelSize) -> usize {
    size.area() as usize * 3 / 2
}

/// Even, not zero, and within what VP8 can say (14 bits, RFC 6386 section 9.1).
pub(crate) fn check_size(size: PixelSize) -> Result<(), CodecError> {
    let fits = |side: u32| (2..=16383).contains(&side) && side.is_multiple_of(2);
    if fits(size.width) && fits(size.height) { Ok(()) } else { Err(CodecError::Size(size)) }
}

fn even(side: u32) -> u32 {
    side.clamp(2, 16382).next_multiple_of(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_lie_one_after_the_other() {
        let mut frame = I420Frame::black(PixelSize::new(6, 4));
        let (y, u, v) = frame.planes_mut();
        assert_eq!((y.len(), u.len(), v.len()), (24, 6, 6));
        v[5] = 7;
        assert_eq!(frame.data().len(), 36);
        assert_eq!(frame.data()[35], 7);
        assert_eq!(frame.v()[5], 7);
        assert_eq!(frame.u(), [128; 6]);
        assert_eq!(frame.y(), [16; 24]);
    }

    #[test]
    fn odd_sizes_are_rounded_up_or_refused() {
        assert_eq!(I420Frame::black(PixelSize::new(0, 33)).size(), PixelSize::new(2, 34));
        let now = Instant::now();
        assert!(I420Frame::from_planes(PixelSize::new(3, 2), vec![0; 9], now).is_none());
        assert!(I420Frame::from_planes(PixelSize::new(2, 2), vec![0; 7], now).is_none());
        assert!(I420Frame::from_planes(PixelSize::new(0, 0), vec![], now).is_none());
        assert!(I420Frame::from_planes(PixelSize::new(u32::MAX, u32::MAX), vec![], now).is_none());
        assert!(I420Frame::from_planes(PixelSize::new(2, 2), vec![0; 6], now).is_some());
    }
}
