//! Microphones, and what takes their place: a tone, a sound file.

mod capture;
mod follow;
mod tone;
mod wav;

pub use follow::Following;
pub use tone::ToneSource;
pub use wav::WavSource;

use std::time::Duration;

use visita_codec::BLOCK;

use crate::{DeviceError, DeviceInfo, sound};

/// Something that gives sound: mono at 48 kHz in blocks of 10 ms.
pub trait AudioSource: Send {
    /// Waits for the next block; `false` if nothing came within `timeout`. After an error it gives nothing any more.
    fn read(&mut self, out: &mut [f32; BLOCK], timeout: Duration) -> Result<bool, DeviceError>;

    /// What people call it.
    fn label(&self) -> &str;
}

/// The microphones there are, without the monitors of speakers. Empty if the sound system does not answer, which takes
/// some seconds at most.
pub fn list() -> Vec<DeviceInfo> {
    sound::list(sound::Direction::In)
}

/// Opens a microphone by the id that [`list`] gave, or the default one.
///
/// The default is not taken if it is the monitor of the default speaker (PulseAudio's choice where no microphone is
/// plugged in): callers would hear themselves. By its id even that can be opened.
pub fn open(id: Option<&str>) -> Result<Box<dyn AudioSource>, DeviceError> {
    Ok(Box::new(capture::Microphone::open(id)?))
}
