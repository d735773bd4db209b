//! Any bytes in place of a card's certificate: read by the profile, and judged with nobody trusted.
#![no_main]

use std::sync::LazyLock;

use eport_card::verify::{RevocationPolicy, Trust};
use eport_card::{CardProfile, HolderCertificate};
use libfuzzer_sys::fuzz_target;

static PROFILE: LazyLock<CardProfile> = LazyLock::new(CardProfile::default);

fuzz_target!(|der: &[u8]| {
    if let Ok(holder) = HolderCertificate::parse(der, &PROFILE) {
        assert!(!holder.enterprise_name.contains('\n'));
        assert_eq!(holder.organisation.code().len(), 9);
    }
    let nobody = Trust::new([], [], []).unwrap();
    assert!(nobody.verify(der, &PROFILE, 1_800_000_000, RevocationPolicy::default()).is_err());
});
