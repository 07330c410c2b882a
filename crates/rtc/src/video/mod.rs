//! Video in RTP: VP8 frames into packets, and packets of every codec that a room admits into frames. Pure: no sockets, no
//! clocks, no type of the engine.

mod assembler;
mod h264;
mod packetizer;
mod part;
mod vp8;
mod vp9;

pub(crate) use assembler::{Assembler, Fragment};
pub(crate) use packetizer::Packetizer;
pub(crate) use part::key_frame_size;
#[cfg(test)]
pub(crate) use vp8::tests;
