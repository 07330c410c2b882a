//! Encoded pictures from somebody else: the decoder refuses or decodes.

#![no_main]

use libfuzzer_sys::fuzz_target;
use visita_codec::{video::Decoder, vp8::key_frame_size};
use visita_protocol::VideoCodec;

fuzz_target!(|input: (u8, Vec<Vec<u8>>)| {
    let (codec, pictures) = input;
    let codec = VideoCodec::ALL[usize::from(codec) % VideoCodec::ALL.len()];
    let mut decoder = Decoder::new();
    for picture in pictures {
        // A picture of 16384 x 16384 takes its time and memory: not what is looked for here.
        if key_frame_size(&picture).is_some_and(|size| u64::from(size.width) * u64::from(size.height) > 1 << 20) {
            continue;
        }
        let _ = decoder.decode(codec, &picture);
    }
});
