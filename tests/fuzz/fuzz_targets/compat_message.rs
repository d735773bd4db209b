//! Any text in place of a message of the client control's pages.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| card_bridge::fuzzing::compat_message(text));
