//! Sound packets from somebody else, in any order and at any time: the jitter buffer plays or conceals.

#![no_main]

use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;
use visita_codec::jitter::{AudioPacket, JitterBuffer};

fuzz_target!(|steps: Vec<(u16, u32, Vec<u8>, u8)>| {
    let mut buffer = JitterBuffer::new().expect("a buffer");
    let mut now = Instant::now();
    let mut out = [0.0; 480];
    for (sequence, timestamp, payload, pops) in steps {
        buffer.push(AudioPacket { sequence, timestamp, payload: payload.into() }, now);
        for _ in 0..pops % 8 {
            now += Duration::from_millis(10);
            buffer.pop(&mut out, now);
            assert!(out.iter().all(|sample| sample.is_finite()));
        }
    }
    let _ = buffer.stats();
});
