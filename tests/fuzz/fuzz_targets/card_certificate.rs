//! Any bytes in place of the certificate that a card has: read for its key, and the key used.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| card_bridge::fuzzing::certificate(data));
