//! What certificates say and whether they are trusted, of cards as the test authority issues them.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test, helpers included"
)]

use std::sync::LazyLock;
use std::time::SystemTime;

use eport_card::verify::{
    PathError, RevocationPolicy, SignatureError, Trust, inspect_authority, inspect_revocation_list,
};
use eport_card::{Algorithm, CardClass, CardProfile, CertificateError, HolderCertificate, Organisation};
use eport_virtual_card::ca::{CrlAge, Holder, IssuedCard, Kind, TestCa};
use eport_virtual_card::key::{self, PrivateKey};
use proptest::prelude::*;

fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

fn trust(ca: &TestCa, lists: &[Vec<u8>]) -> Trust {
    let (root, intermediate) = (ca.root_der().unwrap(), ca.intermediate_der().unwrap());
    Trust::new([root.as_slice()], [intermediate.as_slice()], lists.iter().map(Vec::as_slice)).unwrap()
}

fn parse(card: &IssuedCard) -> HolderCertificate {
    HolderCertificate::parse(&card.certificate_der, &CardProfile::default()).unwrap()
}

fn verify(trust: &Trust, der: &[u8]) -> Result<eport_card::verify::VerifiedCertificate, PathError> {
    trust.verify(der, &CardProfile::default(), now(), RevocationPolicy::default())
}

/// One authority for the tests that need no other: keys take long to make.
static CA: LazyLock<TestCa> = LazyLock::new(|| TestCa::new(key::Algorithm::P256).unwrap());
static CARD: LazyLock<IssuedCard> =
    LazyLock::new(|| CA.issue(&Holder::sample(CardClass::LegalPerson), Kind::Good).unwrap());

#[test]
fn a_certificate_says_who_holds_the_card() {
    let holder = parse(&CARD);
    assert_eq!(holder.holder_name, "张三");
    assert_eq!(holder.enterprise_name, "杭州示例进出口有限公司");
    assert_eq!(holder.id_type.as_deref(), Some("resident_id"));
    assert_eq!(holder.id_number.as_str(), "11010519491231002X");
    assert_eq!(holder.card_number.as_str(), "8930000104271");
    assert_eq!(holder.organisation, Organisation::Uscc("913300007458363392".to_owned()));
    assert_eq!(holder.organisation.code(), "745836339");
    assert_eq!(holder.class, CardClass::LegalPerson);
    assert!(holder.not_before < now() && now() < holder.not_after);
    assert!(!format!("{holder:?}").contains("19491231"), "the id number stands in a debug output");
}

#[test]
fn without_the_whole_uscc_and_a_class_it_is_an_operator_card_of_an_organisation_code() {
    let holder = Holder { whole_uscc: false, class: None, ..Holder::sample(CardClass::LegalPerson) };
    let holder = parse(&CA.issue(&holder, Kind::Good).unwrap());
    assert_eq!(holder.organisation, Organisation::Code("745836339".to_owned()));
    assert_eq!(holder.class, CardClass::Operator);
}

#[test]
fn an_id_type_that_the_profile_does_not_know_has_no_name() {
    let holder = Holder { id_type: "77".to_owned(), ..Holder::sample(CardClass::Operator) };
    assert_eq!(parse(&CA.issue(&holder, Kind::Good).unwrap()).id_type, None);
}

#[test]
fn a_profile_that_looks_elsewhere_finds_nothing() {
    let profile = CardProfile { id_number: "1.2.3".to_owned(), ..CardProfile::default() };
    assert_eq!(HolderCertificate::parse(&CARD.certificate_der, &profile), Err(CertificateError::Missing("id number")));
    let profile = CardProfile { enterprise_name: "1.2.3".to_owned(), ..CardProfile::default() };
    let holder = HolderCertificate::parse(&CARD.certificate_der, &profile).unwrap();
    assert_eq!(holder.enterprise_name, "杭州示例进出口有限公司", "the subject's OU");
}

#[test]
fn line_breaks_and_other_controls_in_a_name_are_malformed() {
    for name in ["杭州\n示例", "a\u{0}b", ""] {
        let holder = Holder { enterprise_name: name.to_owned(), ..Holder::sample(CardClass::Operator) };
        let card = CA.issue(&holder, Kind::Good).unwrap();
        let parsed = HolderCertificate::parse(&card.certificate_der, &CardProfile::default());
        assert_eq!(parsed, Err(CertificateError::Malformed), "{name:?}");
    }
}

#[test]
fn each_kind_of_card_is_judged_with_each_algorithm() {
    for algorithm in key::Algorithm::ALL {
        let ca = TestCa::new(algorithm).unwrap();
        for kind in Kind::ALL {
            if kind == Kind::Sha1 && algorithm == key::Algorithm::Sm2 {
                continue;
            }
            let card = ca.issue(&Holder::sample(CardClass::Operator), kind).unwrap();
            let trust = trust(&ca, &[ca.crl(CrlAge::Current).unwrap()]);
            let expected = match kind {
                Kind::Good | Kind::ExpiresSoon => None,
                Kind::Expired => Some(PathError::Expired),
                Kind::NotYetValid => Some(PathError::NotYetValid),
                Kind::Revoked => Some(PathError::Revoked),
                Kind::Foreign | Kind::Forged => Some(PathError::UnknownIssuer),
                Kind::WrongKeyUsage => Some(PathError::WrongKeyUsage),
                Kind::Sha1 => Some(PathError::AlgorithmRefused),
                Kind::WeakKey => Some(PathError::WeakKey),
                _ => panic!("a kind of which nobody has said how it is judged"),
            };
            assert_eq!(verify(&trust, &card.certificate_der).err(), expected, "{algorithm:?} {kind:?}");
        }
    }
}

#[test]
fn a_signature_of_each_algorithm_proves_the_card_and_only_over_this_text() {
    for (algorithm, name) in key::Algorithm::ALL.into_iter().zip([Algorithm::Sm2, Algorithm::Es256, Algorithm::Rs256]) {
        let key = PrivateKey::generate(algorithm).unwrap();
        let card = CA.issue_for(&Holder::sample(CardClass::Operator), Kind::Good, key).unwrap();
        let verified = verify(&trust(&CA, &[]), &card.certificate_der).unwrap();
        assert_eq!(verified.algorithm(), name);
        let signature = card.key.sign("text".as_bytes()).unwrap();
        assert_eq!(verified.proves(name, "text", &signature), Ok(()));
        assert_eq!(verified.proves(name, "texT", &signature), Err(SignatureError::Wrong));
        assert_eq!(verified.proves(name, "text", &signature[1..]), Err(SignatureError::Wrong));
        assert_eq!(verified.proves(name, "text", &[]), Err(SignatureError::Wrong));
        for other in Algorithm::ALL.iter().filter(|other| **other != name) {
            assert_eq!(verified.proves(*other, "text", &signature), Err(SignatureError::OtherAlgorithm));
        }
    }
}

#[test]
fn a_right_answer_is_remembered_for_this_signature_alone() {
    // The first goes into the memory; a forgery of the same certificate must not profit from it.
    let trust = trust(&CA, &[]);
    assert!(verify(&trust, &CARD.certificate_der).is_ok());
    assert!(verify(&trust, &CARD.certificate_der).is_ok());
    let mut forged = CARD.certificate_der.clone();
    let last = forged.len() - 1;
    forged[last] ^= 1;
    assert_eq!(verify(&trust, &forged), Err(PathError::UnknownIssuer));
    let later = trust.verify(
        &CARD.certificate_der,
        &CardProfile::default(),
        now() + 3 * 366 * 86_400,
        RevocationPolicy::default(),
    );
    assert_eq!(later, Err(PathError::Expired), "what was right then has expired since");
}

#[test]
fn a_path_needs_its_intermediate_and_its_anchor() {
    let (root, intermediate) = (CA.root_der().unwrap(), CA.intermediate_der().unwrap());
    let without = Trust::new([root.as_slice()], [], []).unwrap();
    assert_eq!(verify(&without, &CARD.certificate_der), Err(PathError::UnknownIssuer));
    let unanchored = Trust::new([], [root.as_slice(), &intermediate], []).unwrap();
    assert_eq!(verify(&unanchored, &CARD.certificate_der), Err(PathError::UnknownIssuer));
    // Who trusts the issuing authority itself needs no root.
    let direct = Trust::new([intermediate.as_slice()], [], []).unwrap();
    assert!(verify(&direct, &CARD.certificate_der).is_ok());
}

#[test]
fn a_list_that_somebody_else_signed_revokes_nothing_and_says_nothing() {
    let forger = TestCa::new(key::Algorithm::P256).unwrap();
    forger.revoke(&CARD.certificate_der).unwrap();
    let list = forger.crl(CrlAge::Current).unwrap();
    assert_eq!(verify(&trust(&CA, &[list]), &CARD.certificate_der), Err(PathError::RevocationUnknown));
}

#[test]
fn of_two_lists_the_newer_one_counts() {
    let ca = TestCa::new(key::Algorithm::P256).unwrap();
    let card = ca.issue(&Holder::sample(CardClass::Operator), Kind::Good).unwrap();
    let old = ca.crl(CrlAge::OutOfDate).unwrap();
    ca.revoke(&card.certificate_der).unwrap();
    let new = ca.crl(CrlAge::Current).unwrap();
    for lists in [[old.clone(), new.clone()], [new, old]] {
        assert_eq!(verify(&trust(&ca, &lists), &card.certificate_der), Err(PathError::Revoked));
    }
}

#[test]
fn authorities_and_lists_say_what_they_are() {
    let root = inspect_authority(&CA.root_der().unwrap()).unwrap();
    let intermediate = inspect_authority(&CA.intermediate_der().unwrap()).unwrap();
    assert!(root.self_issued && !intermediate.self_issued);
    assert_eq!(intermediate.issuer, root.subject);
    let list = inspect_revocation_list(&CA.crl(CrlAge::Current).unwrap()).unwrap();
    assert_eq!(list.issuer, intermediate.subject);
    assert!(list.next_update.unwrap() > list.this_update);
    assert!(inspect_authority(&CARD.certificate_der).is_err());
    assert!(inspect_revocation_list(&CARD.certificate_der).is_err());
}

proptest! {
    #[test]
    fn no_change_to_a_certificate_is_trusted_or_makes_it_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), 1u8..), 1..4)) {
        let mut der = CARD.certificate_der.clone();
        for (at, change) in &changes {
            let at = at.index(der.len());
            der[at] ^= change;
        }
        prop_assume!(der != CARD.certificate_der);
        let _ = HolderCertificate::parse(&der, &CardProfile::default());
        prop_assert!(verify(&trust(&CA, &[]), &der).is_err());
    }

    #[test]
    fn no_part_of_a_certificate_or_list_makes_it_panic(end in any::<prop::sample::Index>()) {
        let list = CA.crl(CrlAge::Current).unwrap();
        let certificate = &CARD.certificate_der[..end.index(CARD.certificate_der.len())];
        prop_assert!(HolderCertificate::parse(certificate, &CardProfile::default()).is_err());
        prop_assert!(inspect_authority(certificate).is_err());
        prop_assert!(inspect_revocation_list(&list[..end.index(list.len())]).is_err());
    }

    #[test]
    fn random_bytes_are_no_authority_no_list_and_no_signature(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(inspect_authority(&bytes).is_err());
        prop_assert!(inspect_revocation_list(&bytes).is_err());
        let verified = verify(&trust(&CA, &[]), &CARD.certificate_der).unwrap();
        prop_assert!(verified.proves(Algorithm::Es256, "text", &bytes).is_err());
    }
}
