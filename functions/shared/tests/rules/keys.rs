//! Keys as variables give them.

use eport_shared::keys::{Keys, entry, verifying_half};
use eport_shared::settings::{Environment, SettingError, Settings, SmsProvider};
use eport_shared::testing::{Map, at_once};

fn load(variables: [(&'static str, String); 5]) -> Result<Keys, SettingError> {
    at_once(Keys::load(&Map::from(variables)))
}

fn bare(byte: u8) -> String {
    entry("", &[byte; 32]).trim_start_matches(':').to_owned()
}

fn all() -> [(&'static str, String); 5] {
    [
        ("signing_keys", format!("{} {}", &*entry("s2", &[2; 32]), &*entry("s1", &[1; 32]))),
        ("verifying_keys", String::new()),
        ("data_keys", format!("{}\n{}", &*entry("d2", &[4; 32]), &*entry("d1", &[3; 32]))),
        ("index_key", bare(5)),
        ("pepper", bare(6)),
    ]
}

#[test]
fn the_first_key_of_a_list_is_the_one_in_use() {
    let keys = load(all()).unwrap();
    assert_eq!(keys.signing.iter().map(|key| key.id.as_str()).collect::<Vec<_>>(), ["s2", "s1"]);
    assert_eq!(keys.data.iter().map(|key| key.id.as_str()).collect::<Vec<_>>(), ["d2", "d1"]);
    assert_eq!((*keys.index, keys.pepper.as_deref()), ([5; 32], Some(&[6; 32])));
}

#[test]
fn the_public_halves_of_the_signing_keys_verify() {
    let keys = load(all()).unwrap();
    assert_eq!(keys.verifying.len(), 2);
    assert_eq!(Some(keys.verifying[0].bytes), verifying_half(&[2; 32]));
}

#[test]
fn a_function_without_signing_keys_verifies_with_what_it_was_given() {
    let mut variables = all();
    variables[0].1 = String::new();
    variables[1].1 = entry("s1", &verifying_half(&[1; 32]).unwrap()).to_string();
    let keys = load(variables).unwrap();
    assert!(keys.signing.is_empty());
    assert_eq!(keys.verifying.len(), 1);
}

#[test]
fn what_is_missing_or_malformed_is_named_without_its_value() {
    let short = entry("k", &[7; 32])[..20].to_owned();
    for (position, value) in [
        (0, "no key".to_owned()),
        (0, short.clone()),
        (0, format!(":{}", bare(1))),
        (0, format!("a b:{}", bare(1))),
        (0, format!("{}:{}", "x".repeat(33), bare(1))),
        (1, "x:y".to_owned()),
        (2, String::new()),
        (2, format!("é:{}", bare(1))),
        (3, String::new()),
        (3, short),
        (3, entry("k", &[1; 32]).to_string()),
        (4, "no key".to_owned()),
    ] {
        let mut variables = all();
        variables[position].1 = value.clone();
        let error = load(variables).err().unwrap_or_else(|| panic!("{position} {value}"));
        assert_eq!(error.name, all()[position].0);
        assert!(value.is_empty() || !error.to_string().contains(&value), "{error}");
    }
}

#[test]
fn settings_have_their_defaults_and_refuse_what_they_can_not_be() {
    let settings = at_once(Settings::load(&Map::from([]))).unwrap();
    assert_eq!((settings.environment, settings.sms_provider), (Environment::Production, SmsProvider::Outbox));
    assert_eq!((settings.sms_code_seconds, settings.login_tries, settings.session_seconds), (300, 5, 43_200));
    assert_eq!((settings.argon2_memory_kib, settings.argon2_iterations, settings.argon2_parallelism), (19_456, 2, 1));
    for (name, value) in [
        ("environment", "staging"),
        ("sms_provider", "pigeon"),
        ("login_tries", "five"),
        ("login_tries", "-1"),
        ("body_bytes", "64k"),
    ] {
        let error = at_once(Settings::load(&Map::from([(name, value.to_owned())]))).unwrap_err();
        assert!(error.name == name && !error.to_string().contains(value), "{error}");
    }
    let settings =
        at_once(Settings::load(&Map::from([("login_tries", " 7 ".to_owned()), ("issuer", String::new())]))).unwrap();
    assert_eq!((settings.login_tries, settings.issuer.as_str()), (7, "http://127.0.0.1:3000"));
}
