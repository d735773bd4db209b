use proptest::prelude::*;
use time::macros::date;

use super::*;

const TODAY: Date = date!(2026 - 11 - 22);

/// The check character by another road than the parser's: the one that makes the MOD 11-2 sum of all 18 equal 1.
fn with_check(body: &str) -> String {
    let pure = body.chars().fold(0, |sum, digit| (sum + digit.to_digit(10).unwrap()) * 2 % 11);
    let check = (0..11).find(|check| (pure + check) % 11 == 1).unwrap();
    format!("{body}{}", if check == 10 { 'X' } else { char::from_digit(check, 10).unwrap() })
}

fn refusal(id_type: IdType, number: &str) -> &'static str {
    IdDocument::parse(id_type, number, TODAY).unwrap_err().code()
}

#[test]
fn the_known_resident_ids_are_accepted() {
    for text in ["11010519491231002X", "11010519491231002x", "440524188001010014"] {
        let document = IdDocument::parse(IdType::ResidentId, text, TODAY).unwrap();
        assert_eq!(document.number(), text.to_uppercase());
        assert_eq!(document.id_type(), IdType::ResidentId);
        assert_eq!(IdDocument::from(ResidentId::parse(text, TODAY).unwrap()), document);
    }
}

#[test]
fn the_date_of_birth_must_exist_and_not_lie_ahead() {
    for (birth, valid) in [
        ("20261122", true),
        ("20261123", false),
        ("20270101", false),
        ("20230229", false),
        ("20240229", true),
        ("19000229", false),
        ("19491301", false),
        ("19490001", false),
        ("19490100", false),
        ("19490431", false),
    ] {
        let parsed = ResidentId::parse(&with_check(&format!("110105{birth}002")), TODAY);
        match valid {
            true => assert!(parsed.is_ok(), "{birth}"),
            false => assert_eq!(parsed, Err(Invalid(&ID_NUMBER_DATE)), "{birth}"),
        }
    }
}

#[test]
fn malformed_resident_ids_are_told_from_mistyped_ones() {
    for text in [
        "",
        "11010519491231002",
        "11010519491231002XX",
        "1101051949123100X2",
        "１１010519491231002X",
        "11010519491231002Y",
        " 11010519491231002X",
        "110105491231002",
    ] {
        assert_eq!(refusal(IdType::ResidentId, text), "id_number.format", "{text}");
    }
    assert_eq!(refusal(IdType::ResidentId, "110105194912310021"), "id_number.check_character");
}

#[test]
fn permits_and_passports_have_their_shapes() {
    use IdType::{
        ForeignerPermanentResidentId as Foreigner, HkMacaoPermit, HmtResidencePermit, Passport, TaiwanPermit,
    };
    for (id_type, number) in [
        (HkMacaoPermit, "H12345678"),
        (HkMacaoPermit, "m1234567890"),
        (TaiwanPermit, "12345678"),
        (TaiwanPermit, "1234567890"),
        (Foreigner, "USA123456789012"),
        (Foreigner, "abc123456789012"),
        (Passport, "E12345678"),
        (Passport, "12345"),
        (Passport, "abcde123456789012"),
    ] {
        assert_eq!(IdDocument::parse(id_type, number, TODAY).unwrap().number(), number.to_uppercase());
    }
    for (id_type, number) in [
        (HkMacaoPermit, "12345678"),
        (HkMacaoPermit, "H123456789"),
        (HkMacaoPermit, "T12345678"),
        (HkMacaoPermit, "H1234567８"),
        (HkMacaoPermit, ""),
        (TaiwanPermit, "123456789"),
        (TaiwanPermit, "H2345678"),
        (TaiwanPermit, ""),
        (HmtResidencePermit, "110105194912310021"),
        (HmtResidencePermit, "840000199001010012"),
        (HmtResidencePermit, "81000019900101001"),
        (HmtResidencePermit, "810000"),
        (Foreigner, "US1123456789012"),
        (Foreigner, "USA12345678901"),
        (Foreigner, "USA1234567890123"),
        (Foreigner, "9"),
        (Foreigner, "身份证123456789012"),
        (Foreigner, ""),
        (Passport, "1234"),
        (Passport, "abcde1234567890123"),
        (Passport, "E1234 5678"),
        (Passport, "护照12345"),
        (Passport, "E１２３４"),
    ] {
        assert_eq!(refusal(id_type, number), "id_number.format", "{number}");
    }
}

#[test]
fn eighteen_digit_permits_have_a_check_character() {
    for (id_type, body) in [
        (IdType::HmtResidencePermit, "81000019900101001"),
        (IdType::HmtResidencePermit, "82000019900101001"),
        (IdType::HmtResidencePermit, "83000019900101001"),
        (IdType::ForeignerPermanentResidentId, "91184019900101001"),
    ] {
        let number = with_check(body);
        assert!(IdDocument::parse(id_type, &number, TODAY).is_ok());
        for check in "0123456789X".chars().filter(|check| !number.ends_with(*check)) {
            let wrong = format!("{body}{check}");
            assert_eq!(refusal(id_type, &wrong), "id_number.check_character");
        }
    }
}

#[test]
fn types_read_what_they_write() {
    for id_type in IdType::ALL {
        assert_eq!(IdType::parse(id_type.as_str()), Ok(*id_type));
        assert_eq!(serde_json::to_value(id_type).unwrap(), id_type.as_str());
    }
    for text in ["", "ResidentId", "RESIDENT_ID", "driving_licence"] {
        assert_eq!(IdType::parse(text), Err(Invalid(&ID_TYPE_UNKNOWN)), "{text}");
    }
}

#[test]
fn debug_hides_the_middle() {
    let id = ResidentId::parse("11010519491231002X", TODAY).unwrap();
    assert_eq!(format!("{id:?}"), "ResidentId(1101**********002X)");
    assert_eq!(format!("{:?}", IdDocument::from(id)), "IdDocument(resident_id 1101**********002X)");
}

proptest! {
    #[test]
    fn every_resident_id_with_its_check_character_is_accepted(
        region in "[1-6][0-9]{5}", days in 0i64..60_000, sequence in "[0-9]{3}",
    ) {
        let birth = date!(1862 - 01 - 01) + time::Duration::days(days);
        let body = format!("{region}{:04}{:02}{:02}{sequence}", birth.year(), u8::from(birth.month()), birth.day());
        let number = with_check(&body);
        let parsed = ResidentId::parse(&number.to_lowercase(), TODAY).unwrap();
        prop_assert_eq!(parsed.as_str(), number.as_str());
    }

    #[test]
    fn every_change_of_one_character_of_a_resident_id_is_refused(body in "[1-6][0-9]{5}19[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])[0-9]{3}") {
        let number = with_check(&body);
        for at in 0..18 {
            for other in "0123456789X".chars().filter(|other| *other != char::from(number.as_bytes()[at])) {
                let mut changed = number.clone();
                changed.replace_range(at..=at, &other.to_string());
                prop_assert!(ResidentId::parse(&changed, TODAY).is_err(), "{} for {}", changed, number);
            }
        }
    }

    #[test]
    fn no_text_makes_them_panic(text in any::<String>(), kind in 0..IdType::ALL.len()) {
        let _ = (ResidentId::parse(&text, TODAY), IdDocument::parse(IdType::ALL[kind], &text, TODAY), mask::id_number(&text));
    }
}
