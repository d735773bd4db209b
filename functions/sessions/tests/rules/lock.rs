//! Wrong passwords lock password login for a while.

use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::World;

use crate::{log_in, opened};

/// Five wrong passwords; the sixth try meets the lock. Returns how long it is, in seconds.
async fn locked_for(world: &World, name: &str) -> i64 {
    for _ in 0..5 {
        log_in(world, name, "wrong password").await.refused(&catalogue::SESSION_CREDENTIALS_WRONG);
    }
    let refused = log_in(world, name, "wrong password").await.refused(&catalogue::SESSION_LOCKED);
    refused["retry_after"].as_i64().unwrap()
}

on_each_database! {
    async fn five_wrong_passwords_lock_for_a_quarter_of_an_hour(world: World) {
        let person = world.person(1).await;
        assert_eq!(locked_for(&world, &person.username).await, 900);
        world.advance_milliseconds(899_999);
        let refused = log_in(&world, &person.username, &person.password).await.refused(&catalogue::SESSION_LOCKED);
        assert_eq!(refused["retry_after"], 1);
        world.advance_milliseconds(1);
        opened(&world, &person).await;
    }

    async fn the_right_password_is_no_good_while_it_is_locked(world: World) {
        let person = world.person(1).await;
        locked_for(&world, &person.username).await;
        for name in [person.username.as_str(), "PERSON-1", " person-1 "] {
            log_in(&world, name, &person.password).await.refused(&catalogue::SESSION_LOCKED);
        }
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM sessions"), &[]).await, 0);
    }

    async fn each_lock_is_twice_as_long_up_to_a_day(world: World) {
        let person = world.person(1).await;
        for name in [person.username.as_str(), "nobody"] {
            let mut locks = Vec::new();
            for _ in 0..9 {
                let seconds = locked_for(&world, name).await;
                locks.push(seconds / 60);
                world.advance(seconds);
            }
            assert_eq!(locks, [15, 30, 60, 120, 240, 480, 960, 1440, 1440], "{name}");
        }
    }

    async fn tries_while_it_is_locked_do_not_make_it_longer(world: World) {
        let person = world.person(1).await;
        locked_for(&world, &person.username).await;
        for _ in 0..20 {
            log_in(&world, &person.username, "wrong password").await.refused(&catalogue::SESSION_LOCKED);
        }
        world.advance(900);
        assert_eq!(locked_for(&world, &person.username).await, 1800);
    }

    async fn the_right_password_forgets_the_wrong_ones(world: World) {
        let person = world.person(1).await;
        for _ in 0..4 {
            log_in(&world, &person.username, "wrong password").await.refused(&catalogue::SESSION_CREDENTIALS_WRONG);
        }
        opened(&world, &person).await;
        assert_eq!(locked_for(&world, &person.username).await, 900);
        world.advance(900);
        opened(&world, &person).await;
        assert_eq!(locked_for(&world, &person.username).await, 900, "the next lock is a first one again");
    }

    async fn a_name_that_is_nobodys_locks_just_the_same(world: World) {
        let person = world.person(1).await;
        let known = locked_for(&world, &person.username).await;
        for nobody in ["nobody", "13800000099", "<script>"] {
            assert_eq!(locked_for(&world, nobody).await, known);
            let one = log_in(&world, &person.username, "wrong password").await;
            let other = log_in(&world, nobody, "wrong password").await;
            assert_eq!((one.status(), one.body()), (other.status(), other.body()));
        }
    }

    async fn a_name_is_counted_however_it_is_spelt(world: World) {
        let person = world.person(1).await;
        for spellings in [
            ["Person-1", "person-1", "PERSON-1", " person-1", "person-1 "],
            ["13800000001", "+8613800000001", "138 0000 0001", "138-0000-0001", "+86 138 0000 0001"],
            ["nobody", "NOBODY", " nobody", "Nobody", "nobody "],
        ] {
            for name in spellings {
                log_in(&world, name, "wrong password").await.refused(&catalogue::SESSION_CREDENTIALS_WRONG);
            }
            log_in(&world, spellings[0], &person.password).await.refused(&catalogue::SESSION_LOCKED);
        }
    }

    async fn the_lock_of_a_username_does_not_tell_which_phone_belongs_to_it(world: World) {
        let (one, other) = (world.person(1).await, world.person(2).await);
        locked_for(&world, &one.username).await;
        let own = log_in(&world, &one.phone, "wrong password").await;
        let others = log_in(&world, &other.phone, "wrong password").await;
        let nobodys = log_in(&world, "13800000099", "wrong password").await;
        own.refused(&catalogue::SESSION_CREDENTIALS_WRONG);
        assert_eq!((own.status(), own.body()), (others.status(), others.body()));
        assert_eq!((own.status(), own.body()), (nobodys.status(), nobodys.body()));
    }

    async fn twenty_wrong_passwords_lock_a_person_under_all_names(world: World) {
        let person = world.person(1).await;
        for name in [person.username.as_str(), person.phone.as_str(), person.username.as_str(), person.phone.as_str()] {
            let seconds = locked_for(&world, name).await;
            world.advance(if name == person.phone { 0 } else { seconds });
        }
        // Each name was locked for its own five, and both are by now for the twenty.
        world.advance(899);
        for name in [person.username.as_str(), person.phone.as_str()] {
            log_in(&world, name, &person.password).await.refused(&catalogue::SESSION_LOCKED);
        }
        world.advance(901);
        opened(&world, &person).await;
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM login_failures"), &[]).await, 1, "the count of the other name is left");
    }

    async fn an_address_may_give_a_hundred_wrong_passwords_an_hour(mut world: World) {
        world.settings.login_address_hour = 3;
        let person = world.person(1).await;
        let from = |address: &str, name: &str, password: &str| crate::login_call(name, password).header("spin-client-addr", address);
        for n in 0..3 {
            let call = from("[2001:db8:1:2::1]:40000", &format!("nobody-{n}"), "wrong password");
            world.send::<eport_sessions::Sessions>(call).await.refused(&catalogue::SESSION_CREDENTIALS_WRONG);
        }
        // The whole network of 64 bits, and the right password, too.
        for _ in 0..2 {
            let call = from("[2001:db8:1:2:ffff::9]:40000", &person.username, &person.password);
            let refused = world.send::<eport_sessions::Sessions>(call).await.refused(&catalogue::SESSION_ADDRESS_LIMIT);
            assert_eq!(refused["retry_after"], 3600);
        }
        let rows = world.audit().await;
        let kept = rows.iter().filter(|row| row.code.as_deref() == Some("session.address_limit")).count();
        assert_eq!(kept, 1, "one row a window");
        for address in ["[2001:db8:1:3::1]:40000", "192.0.2.1:40000"] {
            world.send::<eport_sessions::Sessions>(from(address, &person.username, &person.password)).await.done(201);
        }
        world.advance(3600);
        let call = from("[2001:db8:1:2::1]:40000", &person.username, &person.password);
        world.send::<eport_sessions::Sessions>(call).await.done(201);
    }

    async fn one_person_does_not_lock_another(world: World) {
        let (one, other) = (world.person(1).await, world.person(2).await);
        locked_for(&world, &one.username).await;
        opened(&world, &other).await;
    }

    async fn wrong_passwords_are_forgotten_a_week_after_the_last(world: World) {
        for name in ["nobody-1", "nobody-2", "nobody-3"] {
            log_in(&world, name, "wrong password").await;
        }
        world.advance(7 * 24 * 3600 + 1);
        log_in(&world, "nobody-4", "wrong password").await;
        // Of a name there are two: its own, and that of the person whom nobody is.
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM login_failures"), &[]).await, 2);
    }

    async fn a_limit_of_one_locks_at_the_first(mut world: World) {
        world.settings.login_tries = 1;
        let person = world.person(1).await;
        log_in(&world, &person.username, "wrong password").await.refused(&catalogue::SESSION_CREDENTIALS_WRONG);
        log_in(&world, &person.username, &person.password).await.refused(&catalogue::SESSION_LOCKED);
        world.advance(900);
        opened(&world, &person).await;
    }

    async fn names_that_were_tried_are_not_kept(world: World) {
        log_in(&world, "my-password-by-mistake", "wrong password").await;
        for row in world.rows(&sql!("SELECT subject FROM login_failures"), &[]).await {
            let subject: Vec<u8> = row.get(0).unwrap();
            assert_eq!(subject.len(), 32);
        }
        for row in world.audit().await {
            assert!(!format!("{row:?}").contains("mistake"));
        }
    }
}
