//! What needs no server: what a statement does to its connection, and which addresses a component may use.

use super::session::{Effect, effect};
use super::*;
use crate::outbound::AllowedHosts;

#[test]
fn transactions_are_recognised_by_their_first_word() {
    for (sql, expected) in [
        ("BEGIN", Effect::Begins),
        ("  begin isolation level serializable", Effect::Begins),
        ("START TRANSACTION", Effect::Begins),
        ("COMMIT", Effect::Ends),
        ("commit;", Effect::Ends),
        ("ROLLBACK", Effect::Ends),
        ("ROLLBACK TO one", Effect::None),
        ("ROLLBACK WORK TO SAVEPOINT one", Effect::None),
        ("COMMIT AND CHAIN", Effect::Changes),
        ("SAVEPOINT one", Effect::None),
        ("SELECT 1", Effect::None),
        ("with x as (select 1) select * from x", Effect::None),
        ("CREATE TABLE t (n int)", Effect::None),
        ("CREATE TEMP TABLE t (n int)", Effect::Changes),
        ("SET LOCAL lock_timeout = 1", Effect::None),
        ("SET search_path = x", Effect::Changes),
        ("/* hidden */ BEGIN", Effect::Changes),
        ("-- hidden\nBEGIN", Effect::Changes),
        ("DO $$ BEGIN END $$", Effect::Changes),
    ] {
        assert_eq!(effect(sql), expected, "{sql}");
    }
}

#[test]
fn every_host_of_an_address_must_be_allowed() {
    let allowed = AllowedHosts::parse(["postgres://db.example:5432"]).unwrap();
    let check = |address: &str| pool::parse(address).and_then(|config| pool::check_hosts(&config, &allowed));
    assert!(check("postgres://u:p@db.example/x").is_ok());
    assert!(check("host=db.example port=5432 user=u").is_ok());
    for address in [
        "postgres://u@other.example/x",
        "postgres://u@db.example:6432/x",
        "postgres://u@db.example,evil.example/x",
        "postgres://u@%2Fvar%2Frun%2Fpostgresql/x",
        "host=db.example hostaddr=10.0.0.1 user=u",
        "user=u",
        "not an address",
    ] {
        assert!(check(address).is_err(), "{address}");
    }
}

#[test]
fn an_address_that_is_refused_does_not_show_its_password() {
    let allowed = AllowedHosts::default();
    let config = pool::parse("postgres://u:hunter2@db.example/x").unwrap();
    let error = format!("{:?}", pool::check_hosts(&config, &allowed).unwrap_err());
    assert!(!error.contains("hunter2"), "{error}");
    let error = format!("{:?}", pool::parse("postgres://u:hunter2@db.example:port/x").unwrap_err());
    assert!(!error.contains("hunter2"), "{error}");
}
