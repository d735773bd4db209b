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
        for name in [person.username.as_str(), "PERSON-1", person.phone.as_str()] {
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

    async fn a_person_has_one_count_under_all_names(world: World) {
        let person = world.person(1).await;
        for name in ["Person-1", "person-1", person.phone.as_str(), "+8613800000001", "PERSON-1"] {
            log_in(&world, name, "wrong password").await.refused(&catalogue::SESSION_CREDENTIALS_WRONG);
        }
        log_in(&world, "Person-1", &person.password).await.refused(&catalogue::SESSION_LOCKED);
        for name in ["nobody", "NOBODY", " nobody", "Nobody", "nobody "] {
            log_in(&world, name, "wrong password").await.refused(&catalogue::SESSION_CREDENTIALS_WRONG);
        }
        log_in(&world, "nobody", "wrong password").await.refused(&catalogue::SESSION_LOCKED);
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
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM login_failures"), &[]).await, 1);
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
