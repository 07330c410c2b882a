//! Microphones.
use crate::{DeviceError, DeviceInfo};
use std::path::Path;
use std::time::Duration;
use visita_codec::BLOCK;
/// Something that gives sound.
pub trait AudioSource: Send {
    /// The next 10 ms; `false` if nothing came within `timeout`.
    fn read(&mut self, out: &mut [f32; BLOCK], timeout: Duration) -> Result<bool, DeviceError>;
    /// What people call it.
    fn label(&self) -> &str;
}
/// The microphones there are.
pub fn list() -> Vec<DeviceInfo> {
    Vec::new()
}
/// Opens a microphone by id, or the default one.
pub fn open(_id: Option<&str>) -> Result<Box<dyn AudioSource>, DeviceError> {
    Err(DeviceError::Missing)
}
/// A tone, paced by the clock.
pub struct ToneSource {}
impl ToneSource {
    /// A tone of a pitch and level (dB relative to a full-scale sine).
    pub fn new(_hz: f32, _level_dbfs: f32) -> Self {
        Self {}
    }
}
impl AudioSource for ToneSource {
    fn read(&mut self, _out: &mut [f32; BLOCK], _timeout: Duration) -> Result<bool, DeviceError> {
        Err(DeviceError::Missing)
    }
    fn label(&self) -> &str {
        "Tone"
    }
}
/// A WAV file, played over and over, paced by the clock.
pub struct WavSource {}
impl WavSource {
    /// Opens a WAV file.
    pub fn open(_path: &Path) -> Result<Self, DeviceError> {
        Err(DeviceError::Missing)
    }
}
impl AudioSource for WavSource {
    fn read(&mut self, _out: &mut [f32; BLOCK], _timeout: Duration) -> Result<bool, DeviceError> {
        Err(DeviceError::Missing)
    }
    fn label(&self) -> &str {
        "Sound file"
    }
}
