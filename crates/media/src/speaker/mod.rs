//! Speakers.

mod null;
mod playback;

use visita_codec::BLOCK;

use crate::{DeviceError, DeviceInfo, sound};

/// Fills the next 10 ms to be played: mono at 48 kHz. It is called on a thread of the speaker's own and may take some
/// milliseconds.
pub type Render = Box<dyn FnMut(&mut [f32; BLOCK]) + Send>;

/// The speakers there are. Empty if the sound system does not answer, which takes some seconds at most.
pub fn list() -> Vec<DeviceInfo> {
    sound::list(sound::Direction::Out)
}

/// A speaker that plays until it is dropped. Once dropped it does not call its [`Render`] any more.
pub struct Speaker(Kind);

enum Kind {
    Device(playback::Playback),
    Null(#[expect(dead_code, reason = "held so that its thread runs")] null::Null),
}

impl Speaker {
    /// Opens a speaker by the id that [`list`] gave, or the default one.
    pub fn open(id: Option<&str>, render: Render) -> Result<Speaker, DeviceError> {
        Ok(Self(Kind::Device(playback::Playback::open(id, render)?)))
    }

    /// A speaker nobody hears, paced by the clock, so that mixing and statistics go on.
    pub fn null(render: Render) -> Speaker {
        Self(Kind::Null(null::Null::start(render)))
    }

    /// What people call it.
    pub fn label(&self) -> &str {
        match &self.0 {
            Kind::Device(playback) => playback.label(),
            Kind::Null(_) => "No speaker",
        }
    }

    /// Why it plays no more: `Lost` if it was unplugged or the sound system ended.
    pub fn failed(&self) -> Option<DeviceError> {
        match &self.0 {
            Kind::Device(playback) => playback.failed(),
            Kind::Null(_) => None,
        }
    }
}
