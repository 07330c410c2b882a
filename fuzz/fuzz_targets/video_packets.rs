//! RTP payloads of a video from the media server, in any order: what the client's assembler makes of them.

#![no_main]

use libfuzzer_sys::fuzz_target;
use visita_protocol::VideoCodec;
use visita_rtc::fuzzing::{VideoPacket, assemble};

fuzz_target!(|input: (u8, Vec<(u16, u32, bool, Vec<u8>)>)| {
    let (codec, packets) = input;
    let codec = VideoCodec::ALL[usize::from(codec) % VideoCodec::ALL.len()];
    let packets = packets.into_iter().map(|(sequence, timestamp, marker, payload)| VideoPacket {
        codec,
        sequence,
        timestamp,
        marker,
        payload,
    });
    assemble(packets);
});
