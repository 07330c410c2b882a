//! Cameras.
use crate::{DeviceError, DeviceInfo};
use std::time::Duration;
use visita_codec::I420Frame;
use visita_protocol::PixelSize;
/// Something that gives pictures.
pub trait VideoSource: Send {
    /// The next picture; `None` if none came within `timeout`.
    fn next(&mut self, timeout: Duration) -> Result<Option<I420Frame>, DeviceError>;
    /// What people call it.
    fn label(&self) -> &str;
    /// Size of its pictures.
    fn size(&self) -> PixelSize;
}
/// The cameras there are.
pub fn list() -> Vec<DeviceInfo> {
    Vec::new()
}
/// Opens a camera by id, or the default one.
pub fn open(_id: Option<&str>, _want: PixelSize, _fps: u32) -> Result<Box<dyn VideoSource>, DeviceError> {
    Err(DeviceError::Missing)
}
/// The test pattern, paced by the clock.
pub struct PatternSource {
    size: PixelSize,
}
impl PatternSource {
    /// Test pattern at a size and rate.
    pub fn new(size: PixelSize, _fps: u32) -> Self {
        Self { size }
    }
}
#[expect(clippy::todo, reason = "signatures first")]
impl VideoSource for PatternSource {
    fn next(&mut self, _timeout: Duration) -> Result<Option<I420Frame>, DeviceError> {
        todo!()
    }
    fn label(&self) -> &str {
        "Test pattern"
    }
    fn size(&self) -> PixelSize {
        self.size
    }
}
