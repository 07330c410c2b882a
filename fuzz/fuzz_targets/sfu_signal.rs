//! Signalling messages of a client that was let in, and the session descriptions in them.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|message: &[u8]| visita_sfu::fuzzing::signal(message));
