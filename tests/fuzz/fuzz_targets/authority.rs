//! Any bytes in place of an authority's certificate or a revocation list. What is taken in must also make a trust store.
#![no_main]

use eport_card::verify::{Trust, inspect_authority, inspect_revocation_list};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|der: &[u8]| {
    if inspect_authority(der).is_ok() {
        assert!(Trust::new([der], [der], []).is_ok());
    }
    if inspect_revocation_list(der).is_ok() {
        assert!(Trust::new([], [], [der]).is_ok());
    }
});
