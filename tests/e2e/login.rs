//! J2: logging in.

use eport_schema::wire::{AccountState, SessionCreated};
use eport_tests::{On, Person, Site, on_both};

on_both![
    a_person_logs_in_with_username_or_phone_and_password,
    a_person_logs_in_with_a_phone_code,
    wrong_password_and_wrong_user_are_one_refusal,
    five_wrong_passwords_lock_password_login_and_a_phone_code_still_opens,
    the_lock_grows,
    a_right_password_forgets_the_wrong_ones,
];

fn a_person_logs_in_with_username_or_phone_and_password(on: On) {
    let site = Site::new(on);
    let person = Person::new();
    let account = site.register(&person);
    let upper = person.username.to_uppercase();
    for name in [&person.username, &upper, &person.phone, &format!("+86{}", person.phone)] {
        let session: SessionCreated = site.try_password(name, &person.password).ok(201);
        assert_eq!(session.token_type, "Bearer");
        assert_eq!(session.expires_in, 600);
        assert_eq!(session.account.id, account);
        assert_eq!(session.account.name, person.name);
        assert_eq!(session.account.state, AccountState::Active);
        assert_eq!(site.me(&session.access_token).id, account);
    }
}

fn a_person_logs_in_with_a_phone_code(on: On) {
    let site = Site::new(on);
    let person = Person::new();
    let account = site.register(&person);
    let code = site.code(&person.phone, "login");
    let session: SessionCreated = site.try_code(&person.phone, &code).ok(201);
    assert_eq!(site.me(&session.access_token).id, account);
}

fn wrong_password_and_wrong_user_are_one_refusal(on: On) {
    let site = Site::new(on);
    let person = Person::new();
    site.register(&person);
    let stranger = Person::new();
    let known = site.try_password(&person.username, &stranger.password);
    let unknown = site.try_password(&stranger.username, &stranger.password);
    assert_eq!(known.body, unknown.body);
    known.refused(401, "session.credentials_wrong");
    unknown.refused(401, "session.credentials_wrong");
}

fn five_wrong_passwords_lock_password_login_and_a_phone_code_still_opens(on: On) {
    let site = Site::new(on);
    let person = Person::new();
    site.register(&person);
    for _ in 0..5 {
        site.try_password(&person.username, "wrong password").refused(401, "session.credentials_wrong");
    }
    let problem = site.try_password(&person.username, &person.password).refused(429, "session.locked");
    assert!((890..=900).contains(&problem.retry_after.unwrap()), "{problem:?}");
    // The phone is not locked with it: else a stranger could learn whose it is.
    site.try_password(&person.phone, "wrong password").refused(401, "session.credentials_wrong");

    let code = site.code(&person.phone, "login");
    site.try_code(&person.phone, &code).ok::<SessionCreated>(201);
}

fn the_lock_grows(on: On) {
    let site = Site::with(on, &[("login_tries", "1"), ("login_lock_seconds", "1"), ("login_lock_max_seconds", "3")]);
    let person = Person::new();
    site.register(&person);
    for seconds in [1, 2, 3, 3] {
        site.try_password(&person.username, "wrong password").refused(401, "session.credentials_wrong");
        let problem = site.try_password(&person.username, "wrong password").refused(429, "session.locked");
        let wait = problem.retry_after.unwrap();
        assert!(wait == seconds || wait == seconds - 1, "{wait} after a lock of {seconds} s");
        std::thread::sleep(std::time::Duration::from_millis(1000 * u64::try_from(seconds).unwrap() + 20));
    }
    site.log_in(&person);
}

fn a_right_password_forgets_the_wrong_ones(on: On) {
    let site = Site::new(on);
    let person = Person::new();
    site.register(&person);
    for _ in 0..3 {
        for _ in 0..4 {
            site.try_password(&person.username, "wrong password").refused(401, "session.credentials_wrong");
        }
        site.log_in(&person);
    }
}
