//! Test pattern.
use crate::I420Frame;
use visita_protocol::PixelSize;
/// A drawn scene with a timecode.
pub struct TestPattern {}
#[expect(clippy::todo, reason = "signatures first")]
impl TestPattern {
    /// A pattern.
    pub fn new(_size: PixelSize) -> Self {
        todo!()
    }
    /// The picture of a moment (Unix time in microseconds).
    pub fn draw(&mut self, _unix_us: u64) -> I420Frame {
        todo!()
    }
}
/// The timecode in a picture.
#[expect(clippy::todo, reason = "signatures first")]
pub fn read_timecode(_frame: &I420Frame) -> Option<u64> {
    todo!()
}
/// The timecode in a screenshot of the tile.
#[expect(clippy::todo, reason = "signatures first")]
pub fn read_timecode_rgba(_width: u32, _height: u32, _rgba: &[u8]) -> Option<u64> {
    todo!()
}
