//! Adaptive jitter buffer.
use crate::CodecError;
use bytes::Bytes;
use std::time::Instant;
/// One Opus packet off the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioPacket {
    /// RTP sequence number.
    pub sequence: u16,
    /// RTP timestamp, 48 kHz.
    pub timestamp: u32,
    /// Opus packet.
    pub payload: Bytes,
}
/// What a popped block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Popped {
    /// Sound as sent.
    Audio,
    /// Sound made up for a lost packet.
    Concealed,
    /// Nothing to play.
    Silence,
}
/// How it went so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct JitterStats {
    /// Packets received.
    pub received: u64,
    /// Packets that never came in time.
    pub lost: u64,
    /// Samples made up.
    pub concealed: u64,
    /// Packets that came after their turn.
    pub late: u64,
    /// Sound waiting, in milliseconds.
    pub delay_ms: f32,
    /// Sound that should be waiting, in milliseconds.
    pub target_ms: f32,
}
/// The buffer.
pub struct JitterBuffer {}
#[expect(clippy::todo, reason = "signatures first")]
impl JitterBuffer {
    /// An empty buffer.
    pub fn new() -> Result<Self, CodecError> {
        todo!()
    }
    /// Takes a packet.
    pub fn push(&mut self, _packet: AudioPacket, _now: Instant) {
        todo!()
    }
    /// Gives the next 10 ms.
    pub fn pop(&mut self, _out: &mut [f32; 480], _now: Instant) -> Popped {
        todo!()
    }
    /// How it went so far.
    pub fn stats(&self) -> JitterStats {
        todo!()
    }
}
