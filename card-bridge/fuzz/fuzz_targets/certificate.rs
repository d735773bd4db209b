#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| card_bridge::fuzzing::certificate(data));
