//! What every entry of the catalogue has to be.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test, helpers included")]

use std::collections::HashSet;

use eport_schema::catalogue::{self, ALL, AREAS, Invalid, Language, Retry, Text};

fn texts() -> impl Iterator<Item = (&'static str, &'static Text)> {
    ALL.iter().flat_map(|refusal| [&refusal.title, &refusal.detail, &refusal.fix].map(|text| (refusal.code, text)))
}

fn is_han(c: char) -> bool {
    ('\u{4E00}'..='\u{9FFF}').contains(&c)
}

#[test]
fn no_code_is_there_twice() {
    let mut codes = HashSet::new();
    for refusal in ALL {
        assert!(codes.insert(refusal.code), "{}", refusal.code);
    }
    assert_eq!(codes.len(), AREAS.iter().map(|area| area.refusals.len()).sum::<usize>());
}

#[test]
fn codes_are_dotted_snake_case() {
    for refusal in ALL {
        let parts: Vec<_> = refusal.code.split('.').collect();
        assert_eq!(parts.len(), 2, "{}", refusal.code);
        for part in parts {
            assert!(part.starts_with(|c: char| c.is_ascii_lowercase()), "{}", refusal.code);
            assert!(part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'), "{}", refusal.code);
        }
    }
}

#[test]
fn chinese_texts_are_chinese() {
    for (code, text) in texts() {
        let han = text.zh.chars().filter(|c| is_han(*c)).count();
        assert!(han >= 3, "{code}: {}", text.zh);
        assert!(!text.zh.contains([',', ';', '?', '!']), "{code} has ASCII punctuation: {}", text.zh);
    }
}

#[test]
fn english_texts_are_ascii() {
    for (code, text) in texts() {
        assert!(text.en.len() >= 5 && text.en.chars().all(|c| (' '..='~').contains(&c)), "{code}: {}", text.en);
        assert!(text.en.starts_with(|c: char| c.is_ascii_uppercase()), "{code}: {}", text.en);
    }
}

#[test]
fn details_and_fixes_are_sentences_and_titles_are_not() {
    for refusal in ALL {
        for text in [&refusal.detail, &refusal.fix] {
            assert!(
                text.zh.ends_with('。') && text.en.ends_with(['.', '-', '_']),
                "{}: {} {}",
                refusal.code,
                text.zh,
                text.en
            );
        }
        assert!(!refusal.title.zh.ends_with('。') && !refusal.title.en.ends_with('.'), "{}", refusal.code);
    }
}

#[test]
fn no_text_has_a_place_for_data() {
    for (code, text) in texts() {
        assert!(!text.zh.contains(['{', '}', '%']) && !text.en.contains(['{', '}', '%']), "{code}");
    }
}

#[test]
fn statuses_are_of_refusals() {
    for refusal in ALL {
        assert!((400..=599).contains(&refusal.status), "{}", refusal.code);
        // What passes by itself can be asked again, and nothing else says so.
        let passes = matches!(refusal.status, 408 | 429 | 500 | 503 | 504)
            || matches!(refusal.code, "idempotency.in_progress" | "card.not_yet_valid" | "card.revocation_unknown");
        assert_eq!(refusal.retry == Retry::Later, passes, "{}", refusal.code);
    }
}

#[test]
fn every_code_is_found_and_no_other() {
    for refusal in ALL {
        assert_eq!(catalogue::find(refusal.code), Some(*refusal));
    }
    assert_eq!(catalogue::find("session"), None);
    assert_eq!(catalogue::find(""), None);
}

#[test]
fn texts_come_in_the_language_asked_for() {
    let title = &catalogue::SESSION_LOCKED.title;
    assert_eq!((title.get(Language::Zh), title.get(Language::En)), (title.zh, title.en));
    assert_eq!((Language::Zh.tag(), Language::En.tag()), ("zh-CN", "en"));
}

#[test]
fn an_invalid_says_what_to_do_and_is_equal_by_code() {
    let invalid = Invalid(&catalogue::PHONE_FORMAT);
    assert_eq!(invalid, Invalid(catalogue::find("phone.format").unwrap()));
    assert_ne!(invalid, Invalid(&catalogue::USCC_FORMAT));
    assert_eq!(format!("{invalid:?}"), "Invalid(phone.format)");
    assert!(invalid.to_string().contains(catalogue::PHONE_FORMAT.fix.en));
}
