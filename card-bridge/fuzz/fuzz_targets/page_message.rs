#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| card_bridge::fuzzing::page_message(text));
