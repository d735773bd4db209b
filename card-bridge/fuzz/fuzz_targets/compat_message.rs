#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| card_bridge::fuzzing::compat_message(text));
