//! Any text in place of a page's message: what the card would sign has four lines, and the page's own origin in the second.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Some(signed) = card_bridge::fuzzing::page_message(text) {
        assert_eq!(signed.split('\n').count(), 4);
        assert_eq!(signed.split('\n').nth(1), Some("origin: https://id.example.cn"));
    }
});
