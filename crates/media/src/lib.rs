//! Cameras, screens, microphones and speakers, and what is done to the microphone's sound before it is sent.
//!
//! Devices sit behind small pull traits ([`camera::VideoSource`], [`microphone::AudioSource`]) whose first back ends
//! are the test pattern and a tone, so that a call runs where no device exists. The callbacks of the sound system only
//! copy; whatever costs time runs on a named thread. Nothing here knows networks.

pub mod camera;
#[cfg(test)]
mod counting;
mod device;
mod follow;
pub mod microphone;
mod pace;
pub mod processing;
pub mod screen;
mod sound;
pub mod speaker;
mod watch;

pub use device::{DeviceError, DeviceInfo};
pub use watch::{DeviceWatch, Devices};
