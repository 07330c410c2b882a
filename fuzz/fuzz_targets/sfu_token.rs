//! Tokens of whoever knocks.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|token: &str| visita_sfu::fuzzing::token(token));
