//! Cameras, and the test pattern that takes their place.

mod pattern;

pub use pattern::PatternSource;

use std::time::Duration;

use visita_codec::I420Frame;
use visita_protocol::PixelSize;

use crate::{DeviceError, DeviceInfo};

/// Something that gives pictures.
pub trait VideoSource: Send {
    /// Waits for the next picture; `None` if none came within `timeout`. After an error it gives nothing any more.
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

/// Opens a camera by the id that [`list`] gave, or the default one.
pub fn open(_id: Option<&str>, _want: PixelSize, _fps: u32) -> Result<Box<dyn VideoSource>, DeviceError> {
    Err(DeviceError::Missing)
}
