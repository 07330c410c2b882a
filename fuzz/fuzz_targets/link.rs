//! Links that people paste, and the frame headers that the page sends back.

#![no_main]

use libfuzzer_sys::fuzz_target;
use visita_protocol::{frames::FrameHeader, link::Link};

fuzz_target!(|bytes: &[u8]| {
    let _ = FrameHeader::parse(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Link::parse(text);
    }
});
