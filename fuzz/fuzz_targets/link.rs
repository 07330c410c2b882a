//! Links that people paste, and the frame headers that the page sends back.

#![no_main]

use libfuzzer_sys::fuzz_target;
use visita_protocol::{frames::Reply, link::RoomLink};

fuzz_target!(|bytes: &[u8]| {
    let _ = Reply::parse(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = RoomLink::parse(text);
    }
});
