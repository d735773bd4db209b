//! Where a certificate keeps what it says of its holder. Authorities differ, and none publishes it: it is configuration.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::number::{CardClass, CardNumber};

/// The extension that tells the card's class in certificates of this project's own test CA: a UTF8String, `legal_person` or
/// `operator`.
///
/// Its arc is of the kind that anyone may make from a UUID (ITU-T X.667), cut to 32 bits since many parsers hold no more.
pub const CLASS_OID: &str = "2.25.3894216537.1";

/// The extension that holds the whole 统一社会信用代码 in certificates of this project's own test CA: a UTF8String of 18 characters.
pub const USCC_OID: &str = "2.25.3894216537.2";

/// Which extension holds what. Each is an OID in dotted form; its value is one DER string (UTF8String, PrintableString, IA5String).
///
/// The default fits what a card of China E-Port Data Center was seen to carry, and the project's own test CA.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CardProfile {
    /// The enterprise's name. Where the extension is absent, the subject's `OU` is taken.
    pub enterprise_name: String,
    /// The kind of id document.
    pub id_type: String,
    /// The id document's number.
    pub id_number: String,
    /// The card's number.
    pub card_number: String,
    /// The 9-character organisation code.
    pub organisation_code: String,
    /// The whole 统一社会信用代码; it outranks the organisation code.
    pub uscc: String,
    /// The class of the card.
    pub class: String,
    /// What stands before the number of the card.
    pub card_number_prefix: String,
    /// What the certificate calls a kind of id document, and what it is called here.
    pub id_types: BTreeMap<String, String>,
    /// Values of `class` that mean the legal-person card. Every other value, and none, is an operator card.
    pub legal_person_values: Vec<String>,
}

impl Default for CardProfile {
    fn default() -> Self {
        Self {
            enterprise_name: "1.3.6.1.4.1.5315.100.5.1".to_owned(),
            id_type: "1.3.6.1.4.1.5315.100.5.3".to_owned(),
            id_number: "1.3.6.1.4.1.5315.100.5.8".to_owned(),
            card_number: "1.3.6.1.4.1.5315.100.5.9".to_owned(),
            organisation_code: "1.3.6.1.4.1.5315.100.5.11".to_owned(),
            uscc: USCC_OID.to_owned(),
            class: CLASS_OID.to_owned(),
            card_number_prefix: CardNumber::PREFIX.to_owned(),
            id_types: BTreeMap::from([("01".to_owned(), "resident_id".to_owned())]),
            legal_person_values: vec![CardClass::LegalPerson.as_str().to_owned()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_changes_what_it_names_and_keeps_the_rest() {
        let profile: CardProfile = serde_json::from_str(
            r#"{"class": "1.2.3", "legal_person_values": ["1"], "id_types": {"1": "resident_id"}}"#,
        )
        .unwrap();
        assert_eq!((profile.class.as_str(), profile.uscc.as_str()), ("1.2.3", USCC_OID));
        assert!(serde_json::from_str::<CardProfile>(r#"{"klass": "1.2.3"}"#).is_err());
    }
}
