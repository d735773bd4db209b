//! Passwords at rest.

use eport_schema::domain::{GivenPassword, NewPassword};
use eport_shared::crypto::CryptoError;
use eport_shared::password::{Verdict, hash, rehash, verify};
use eport_shared::testing::World;

fn world() -> World {
    World::new(eport_database::testing::sqlite())
}

fn hashed(world: &World, password: &str) -> String {
    let new = NewPassword::parse(password, "").unwrap();
    hash(&world.settings, &world.keys, &world.entropy, &new).unwrap()
}

fn verdict(world: &World, kept: Option<&str>, password: &str) -> Result<Verdict, CryptoError> {
    verify(&world.settings, &world.keys, kept, &GivenPassword::new(password))
}

#[test]
fn the_right_password_is_right_and_any_other_wrong() {
    let world = world();
    let kept = hashed(&world, "correct horse");
    assert_eq!(verdict(&world, Some(&kept), "correct horse"), Ok(Verdict::Right));
    for wrong in ["", "correct hors", "correct horse ", "Correct horse", "correct\0horse"] {
        assert_eq!(verdict(&world, Some(&kept), wrong), Ok(Verdict::Wrong), "{wrong:?}");
    }
    assert_eq!(verdict(&world, None, "correct horse"), Ok(Verdict::Wrong));
}

#[test]
fn the_same_password_is_never_hashed_alike() {
    let world = world();
    assert_ne!(hashed(&world, "correct horse"), hashed(&world, "correct horse"));
}

#[test]
fn other_parameters_than_todays_ask_for_a_new_hash() {
    let mut world = world();
    let kept = hashed(&world, "correct horse");
    for change in [(65, 1, 1), (64, 2, 1), (64, 1, 2)] {
        (world.settings.argon2_memory_kib, world.settings.argon2_iterations, world.settings.argon2_parallelism) =
            change;
        assert_eq!(verdict(&world, Some(&kept), "correct horse"), Ok(Verdict::RightButOutdated), "{change:?}");
        assert_eq!(verdict(&world, Some(&kept), "wrong horse"), Ok(Verdict::Wrong));
        let again = rehash(&world.settings, &world.keys, &world.entropy, &GivenPassword::new("correct horse")).unwrap();
        assert_eq!(verdict(&world, Some(&again), "correct horse"), Ok(Verdict::Right));
    }
}

#[test]
fn another_pepper_makes_every_password_wrong_and_none_is_a_fault() {
    let mut world = world();
    let kept = hashed(&world, "correct horse");
    world.keys.pepper = Some([9; 32].into());
    assert_eq!(verdict(&world, Some(&kept), "correct horse"), Ok(Verdict::Wrong));
    world.keys.pepper = None;
    assert_eq!(verdict(&world, Some(&kept), "correct horse"), Err(CryptoError));
    assert_eq!(verdict(&world, None, "correct horse"), Err(CryptoError));
}

#[test]
fn a_hash_that_is_none_is_a_fault_and_no_panic() {
    let world = world();
    for odd in [
        "",
        "x",
        "$argon2id$",
        "$argon2id$v=19$m=64,t=1,p=1$$",
        "$argon2i$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2E$x",
        "$argon2id$v=19$m=64,t=1,p=1$!$!",
        "$argon2id$v=19$m=0,t=0,p=0$c2FsdHNhbHRzYWx0c2E$c2FsdA",
        "$argon2id$v=19$m=99999999999,t=1,p=1$c2FsdHNhbHQ$c2FsdA",
        "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2E",
    ] {
        assert!(matches!(verdict(&world, Some(odd), "correct horse"), Err(CryptoError) | Ok(Verdict::Wrong)), "{odd}");
    }
}
