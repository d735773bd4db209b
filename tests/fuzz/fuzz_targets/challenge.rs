//! Any text in place of origin, purpose, argument and nonce: whatever is accepted makes four lines.
#![no_main]

use eport_card::{CardNumber, Nonce, Origin, Purpose, challenge_text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|parts: (&str, &str, Option<&str>, &str)| {
    let (origin, name, argument, nonce) = parts;
    let _ = CardNumber::parse(origin);
    if let (Ok(origin), Ok(purpose), Ok(nonce)) =
        (Origin::parse(origin), Purpose::parse(name, argument), Nonce::parse(nonce))
    {
        assert_eq!(challenge_text(&origin, &purpose, &nonce).split('\n').count(), 4);
    }
});
