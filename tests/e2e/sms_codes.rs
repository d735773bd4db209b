//! The codes that go to phones (J1): their life, and how often they come. With the limits as delivered.

use std::thread::sleep;
use std::time::Duration;

use eport_schema::wire::SmsCodeAccepted;
use eport_tests::people::phone;
use eport_tests::{On, Person, Site, on_both};

on_both![
    a_code_has_six_digits_and_says_what_it_is_for,
    one_code_a_minute_for_a_phone_and_purpose,
    five_codes_an_hour_for_a_phone,
    ten_codes_a_day_for_a_phone,
    sixty_codes_an_hour_for_an_address,
    a_code_can_be_tried_five_times,
    a_code_expires,
    a_code_serves_one_purpose,
    a_newer_code_replaces_the_older,
    a_code_works_once,
    the_answer_does_not_tell_whether_the_phone_is_known,
];

const DEVELOPMENT: (&str, &str) = ("environment", "development");

fn a_code_has_six_digits_and_says_what_it_is_for(on: On) {
    let site = Site::plain(on, &[DEVELOPMENT]);
    for (purpose, words) in
        [("register", "注册账号"), ("login", "登录"), ("reset_password", "重置密码"), ("change_phone", "更换手机号")]
    {
        let phone = phone();
        let accepted: SmsCodeAccepted = site.ask_for_code(&phone, purpose).ok(202);
        assert_eq!(accepted.resend_after, 60);
        let outbox = site.outbox(&phone);
        let [item] = outbox.as_slice() else { panic!("{outbox:?}") };
        let code = item.code.as_deref().unwrap();
        assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()), "{code}");
        assert!(item.text.contains(code) && item.text.contains(words) && item.text.contains("5分钟"), "{}", item.text);
        assert_eq!(item.phone, format!("+86{phone}"));
        assert_eq!(item.purpose, purpose);
    }
}

fn one_code_a_minute_for_a_phone_and_purpose(on: On) {
    let site = Site::plain(on, &[DEVELOPMENT]);
    let number = phone();
    site.ask_for_code(&number, "login").ok::<SmsCodeAccepted>(202);
    let problem = site.ask_for_code(&number, "login").refused(429, "sms.resend_too_soon");
    assert!((50..=60).contains(&problem.retry_after.unwrap()));
    // Another purpose and another phone don't wait.
    site.ask_for_code(&number, "register").ok::<SmsCodeAccepted>(202);
    site.ask_for_code(&phone(), "login").ok::<SmsCodeAccepted>(202);
    assert_eq!(site.outbox(&number).len(), 2);
}

fn five_codes_an_hour_for_a_phone(on: On) {
    let site = Site::plain(on, &[DEVELOPMENT, ("sms_resend_seconds", "0")]);
    let phone = phone();
    for purpose in ["login", "register", "login", "reset_password", "login"] {
        site.ask_for_code(&phone, purpose).ok::<SmsCodeAccepted>(202);
    }
    let problem = site.ask_for_code(&phone, "register").refused(429, "sms.phone_limit");
    assert!((3500..=3600).contains(&problem.retry_after.unwrap()));
    assert_eq!(site.outbox(&phone).len(), 5);
}

fn ten_codes_a_day_for_a_phone(on: On) {
    let site = Site::plain(on, &[DEVELOPMENT, ("sms_resend_seconds", "0"), ("sms_phone_hour", "100")]);
    let phone = phone();
    for _ in 0..10 {
        site.ask_for_code(&phone, "login").ok::<SmsCodeAccepted>(202);
    }
    let problem = site.ask_for_code(&phone, "login").refused(429, "sms.phone_limit");
    assert!((86_000..=86_400).contains(&problem.retry_after.unwrap()));
}

fn sixty_codes_an_hour_for_an_address(on: On) {
    let site = Site::plain(on, &[DEVELOPMENT]);
    for _ in 0..60 {
        site.ask_for_code(&phone(), "register").ok::<SmsCodeAccepted>(202);
    }
    let problem = site.ask_for_code(&phone(), "register").refused(429, "sms.address_limit");
    assert!((3500..=3600).contains(&problem.retry_after.unwrap()));
}

fn a_code_can_be_tried_five_times(on: On) {
    let site = Site::new(on);
    let person = Person::new();
    site.register(&person);
    let code = site.code(&person.phone, "login");
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..4 {
        site.try_code(&person.phone, wrong).refused(422, "sms.code_invalid");
    }
    site.try_code(&person.phone, &code).ok::<eport_schema::wire::SessionCreated>(201);

    let code = site.code(&person.phone, "login");
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        site.try_code(&person.phone, wrong).refused(422, "sms.code_invalid");
    }
    site.try_code(&person.phone, &code).refused(422, "sms.code_exhausted");
}

fn a_code_expires(on: On) {
    let site = Site::with(on, &[("sms_code_seconds", "1")]);
    let person = Person::new();
    let code = site.code(&person.phone, "register");
    sleep(Duration::from_millis(1100));
    site.send_registration(&person, &code).refused(422, "sms.code_expired");
}

fn a_code_serves_one_purpose(on: On) {
    let site = Site::new(on);
    let person = Person::new();
    site.register(&person);
    for purpose in ["register", "reset_password", "change_phone"] {
        let code = site.code(&person.phone, purpose);
        site.try_code(&person.phone, &code).refused(422, "sms.code_invalid");
    }
    // Nor does it serve another phone.
    let other = Person::new();
    site.register(&other);
    let code = site.code(&person.phone, "login");
    site.ask_for_code(&other.phone, "login");
    let theirs = site.code(&other.phone, "login");
    if code != theirs {
        site.try_code(&other.phone, &code).refused(422, "sms.code_invalid");
    }
}

fn a_newer_code_replaces_the_older(on: On) {
    let site = Site::new(on);
    let person = Person::new();
    site.register(&person);
    let (older, newer) = loop {
        let pair = (site.code(&person.phone, "login"), site.code(&person.phone, "login"));
        if pair.0 != pair.1 {
            break pair;
        }
    };
    site.try_code(&person.phone, &older).refused(422, "sms.code_invalid");
    site.try_code(&person.phone, &newer).ok::<eport_schema::wire::SessionCreated>(201);
}

fn a_code_works_once(on: On) {
    let site = Site::new(on);
    let person = Person::new();
    site.register(&person);
    let code = site.code(&person.phone, "login");
    site.try_code(&person.phone, &code).ok::<eport_schema::wire::SessionCreated>(201);
    site.try_code(&person.phone, &code).refused(422, "sms.code_invalid");
}

fn the_answer_does_not_tell_whether_the_phone_is_known(on: On) {
    let site = Site::new(on);
    let known = Person::new();
    site.register(&known);
    for purpose in ["register", "login", "reset_password", "change_phone"] {
        let known = site.ask_for_code(&known.phone, purpose);
        let unknown = site.ask_for_code(&phone(), purpose);
        assert_eq!((known.status, &known.body), (unknown.status, &unknown.body), "{purpose}");
        assert_eq!(known.status, 202);
    }
}
