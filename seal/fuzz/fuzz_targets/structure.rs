//! Any bytes in place of an SESeal: read, never trusted without a signature, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|der: &[u8]| {
    if let Ok(seal) = eport_seal::read(der) {
        assert_eq!(seal.seal_info.header.version, 4);
    }
});
