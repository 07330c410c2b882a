//! Records a room: a hidden participant that only receives, composes the picture, mixes the sound and writes a file.

pub mod compose;
pub mod webm;
