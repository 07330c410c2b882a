//! VP8 (RFC 6386) by libvpx.
use crate::{CodecError, I420Frame};
use bytes::Bytes;
use std::time::Duration;
use visita_protocol::{Bitrate, PixelSize};
/// What the pictures show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// A camera.
    Camera,
    /// A screen or window.
    Screen,
}
/// How to encode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncoderConfig {
    /// Size of the pictures.
    pub size: PixelSize,
    /// Target.
    pub bitrate: Bitrate,
    /// Expected rate of pictures.
    pub fps: u32,
    /// What they show.
    pub content: Content,
    /// Threads.
    pub threads: u32,
}
/// One encoded picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedVideo {
    /// The VP8 frame.
    pub data: Bytes,
    /// Whether it is a key frame.
    pub key: bool,
    /// Size of the picture.
    pub size: PixelSize,
}
/// Encodes.
pub struct Encoder {
    config: EncoderConfig,
}
#[expect(clippy::todo, reason = "signatures first")]
impl Encoder {
    /// Sets up.
    pub fn new(config: EncoderConfig) -> Result<Self, CodecError> {
        Ok(Self { config })
    }
    /// Encodes one picture; `at` is its time since any fixed start.
    pub fn encode(
        &mut self,
        _frame: &I420Frame,
        _at: Duration,
        _force_key: bool,
    ) -> Result<Option<EncodedVideo>, CodecError> {
        todo!()
    }
    /// New target.
    pub fn set_bitrate(&mut self, _bitrate: Bitrate) -> Result<(), CodecError> {
        todo!()
    }
    /// The settings now.
    pub fn config(&self) -> &EncoderConfig {
        &self.config
    }
}
/// Decodes.
pub struct Decoder {}
#[expect(clippy::todo, reason = "signatures first")]
impl Decoder {
    /// Sets up.
    pub fn new() -> Result<Self, CodecError> {
        todo!()
    }
    /// Decodes one frame.
    pub fn decode(&mut self, _data: &[u8]) -> Result<Option<I420Frame>, CodecError> {
        todo!()
    }
}
/// Size written in a key frame (RFC 6386 section 9.1); `None` for any other frame.
pub fn key_frame_size(data: &[u8]) -> Option<PixelSize> {
    let tag = data.get(..10)?;
    if tag[0] & 1 != 0 || tag[3..6] != [0x9d, 0x01, 0x2a] {
        return None;
    }
    let side = |low: u8, high: u8| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
    Some(PixelSize::new(side(tag[6], tag[7]), side(tag[8], tag[9])))
}
