//! Speakers.
use crate::{DeviceError, DeviceInfo};
use visita_codec::BLOCK;
/// Fills the next 10 ms to be played.
pub type Render = Box<dyn FnMut(&mut [f32; BLOCK]) + Send>;
/// The speakers there are.
pub fn list() -> Vec<DeviceInfo> {
    Vec::new()
}
/// A speaker that plays until it is dropped.
pub struct Speaker {}
impl Speaker {
    /// Opens a speaker by id, or the default one.
    pub fn open(_id: Option<&str>, _render: Render) -> Result<Speaker, DeviceError> {
        Err(DeviceError::Missing)
    }
    /// A speaker nobody hears, paced by the clock, so that mixing and statistics go on.
    pub fn null(_render: Render) -> Speaker {
        Speaker {}
    }
    /// What people call it.
    pub fn label(&self) -> &str {
        "No speaker"
    }
    /// Why it plays no more.
    pub fn failed(&self) -> Option<DeviceError> {
        None
    }
}
