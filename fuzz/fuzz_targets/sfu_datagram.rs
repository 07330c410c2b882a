//! Datagrams at the media server's port from anybody, before they are known to be anybody's.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|datagram: &[u8]| visita_sfu::fuzzing::datagram(datagram));
