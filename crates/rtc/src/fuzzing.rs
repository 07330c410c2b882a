//! Ways in for fuzzers, to what parses bytes from outside.

use std::time::{Duration, Instant};

use visita_protocol::VideoCodec;

use crate::video::{Assembler, Fragment};

/// One RTP packet of a video.
pub struct VideoPacket {
    /// What its payload type stands for.
    pub codec: VideoCodec,
    /// RTP sequence number.
    pub sequence: u16,
    /// RTP timestamp, 90 kHz.
    pub timestamp: u32,
    /// RTP marker.
    pub marker: bool,
    /// RTP payload.
    pub payload: Vec<u8>,
}

/// Puts the frames of a stream of packets together, 5 ms apart; returns how many there were.
pub fn assemble(packets: impl IntoIterator<Item = VideoPacket>) -> usize {
    let mut assembler = Assembler::default();
    let mut now = Instant::now();
    let mut frames = 0;
    for VideoPacket { codec, sequence, timestamp, marker, payload } in packets {
        let fragment =
            Fragment { ssrc: 1, codec, sequence, timestamp, marker, payload: payload.into(), received_at: now };
        assembler.push(fragment, now);
        frames += std::iter::from_fn(|| assembler.poll_frame()).count();
        now += Duration::from_millis(5);
        assembler.handle_timeout(now);
        assembler.take_key_frame_request(now);
    }
    frames
}
