//! Any bytes in place of a card's answers, from SELECT to the signature.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| card_bridge::fuzzing::card_answers(data));
