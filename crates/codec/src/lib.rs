//! Pictures and sound between the devices and the wire: VP8 out and every codec of a room in, Opus, scaling and colour, the jitter buffer, mixing,
//! and the test pattern and tone that let a call be measured.
//!
//! Nothing here touches a device, a socket or a clock: time comes in as an argument. Sound is mono `f32` at 48 kHz in
//! blocks of [`BLOCK`] samples, pictures are [`I420Frame`]s.

pub mod adapt;
pub mod colour;
mod error;
mod frame;
pub mod jitter;
pub mod level;
pub mod mix;
pub mod opus;
pub mod pattern;
pub mod scale;
pub mod simulcast;
pub mod talker;
#[cfg(test)]
mod testing;
pub mod tone;
pub mod video;
pub mod vp8;

pub use error::CodecError;
pub use frame::I420Frame;

/// Samples per second of all sound in the engine.
pub const SAMPLE_RATE: u32 = 48_000;

/// Samples in one block of sound: 10 ms at [`SAMPLE_RATE`].
pub const BLOCK: usize = 480;
