//! Any text in place of OIDs and values of the profile, against any certificate.
#![no_main]

use eport_card::{CardProfile, HolderCertificate};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|parts: (&str, &str, &[u8])| {
    let (class, prefix, der) = parts;
    let profile =
        CardProfile { class: class.to_owned(), card_number_prefix: prefix.to_owned(), ..CardProfile::default() };
    let _ = HolderCertificate::parse(der, &profile);
});
