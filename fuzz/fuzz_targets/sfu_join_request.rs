//! What clients with one peer connection say in their URL.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| visita_sfu::fuzzing::join_request(bytes));
