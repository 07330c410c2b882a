//! What a client says on the room channel and the user channel, and bodies of the API: whatever is accepted is written back
//! and read again the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde::{Serialize, de::DeserializeOwned};
use visita_protocol::{channel, rest, user_channel};

fn round<T: Serialize + DeserializeOwned>(text: &[u8]) {
    if let Ok(read) = serde_json::from_slice::<T>(text) {
        // Secrets print redacted but are written whole.
        let written = serde_json::to_value(&read).expect("what was read can be written");
        let again: T = serde_json::from_value(written.clone()).expect("what was written can be read");
        assert_eq!(written, serde_json::to_value(&again).expect("what was read can be written"));
    }
}

fuzz_target!(|text: &[u8]| {
    round::<channel::ClientMessage>(text);
    round::<user_channel::UserClientMessage>(text);
    let _ = serde_json::from_slice::<rest::CreateRoom>(text);
});
