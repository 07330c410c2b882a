//! Speakers.

mod follow;
mod null;
mod playback;
mod sounds;

pub use follow::Following;
pub use sounds::{Playing, Sound, Sounds};

use visita_codec::BLOCK;

use crate::{DeviceError, DeviceInfo, sound};

/// Fills the next 10 ms to be played: mono at 48 kHz. It is called on a thread of the speaker's own and may take some
/// milliseconds.
pub type Render = Box<dyn FnMut(&mut [f32; BLOCK]) + Send>;

/// The speakers there are. Empty if the sound system does not answer, which takes some seconds at most.
pub fn list() -> Vec<DeviceInfo> {
    sound::list(sound::Direction::Out)
}

/// Plays a sound on a speaker of its own, by id or the default one: a ring where the call itself is heard on a headset.
/// Ends with the value; a sound that is over stays silent.
pub fn play(sound: Sound, id: Option<&str>) -> Result<Speaker, DeviceError> {
    let mut playing = Playing::new(sound);
    Speaker::open(
        id,
        Box::new(move |out| {
            playing.fill(out);
        }),
    )
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

    /// The device it plays on; none for [`Speaker::null`].
    pub fn device(&self) -> Option<&DeviceInfo> {
        match &self.0 {
            Kind::Device(playback) => Some(playback.info()),
            Kind::Null(_) => None,
        }
    }

    /// What people call it.
    pub fn label(&self) -> &str {
        match &self.0 {
            Kind::Device(playback) => &playback.info().label,
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
