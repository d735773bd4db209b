//! SMS by webhook: signed, tried again, and never twice to the person.

use std::collections::BTreeSet;
use std::time::{Duration, Instant, SystemTime};

use eport_schema::wire::SmsCodeAccepted;
use eport_tests::gateway::{Answer, Gateway, Received};
use eport_tests::people::phone;
use eport_tests::{On, Person, Site, on_both};
use ring::hmac;

on_both![
    a_message_is_signed_over_time_and_body,
    a_code_by_webhook_registers_and_is_not_in_the_outbox,
    a_gateway_in_trouble_is_tried_again_with_the_same_id,
    a_gateway_that_closes_the_connection_is_tried_again_with_the_same_id,
    a_gateway_that_is_late_is_tried_again_with_the_same_id,
    a_gateway_that_refuses_is_not_tried_again,
    a_gateway_that_stays_in_trouble_is_left_alone_after_three_tries,
    two_codes_have_two_ids,
    a_gateway_that_is_not_on_the_list_hears_nothing,
];

const SECRET: &str = "shared between the two";

fn site(on: On, gateway: &Gateway) -> Site {
    let (host, url) = (gateway.host(), format!("{}/send?from=eport", gateway.host()));
    let mut site = Site::with(
        on,
        &[
            ("environment", "production"),
            ("sms_provider", "webhook"),
            ("sms_webhook_host", &host),
            ("sms_webhook_url", &url),
            ("sms_webhook_secret", SECRET),
            // As delivered: what didn't leave doesn't make anybody wait.
            ("sms_resend_seconds", "60"),
        ],
    );
    site.keep_secret(SECRET);
    site.expect_trouble("SMS gateway");
    site.expect_trouble("an outbound request failed");
    site.expect_trouble("allowed_outbound_hosts");
    site
}

/// Whether the signature is right, and of this minute.
fn is_signed(received: &Received) -> bool {
    let signature = received.header("x-eport-signature");
    let Some((time, tag)) = signature.strip_prefix("t=").and_then(|rest| rest.split_once(",v1=")) else { return false };
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let signed = [time.as_bytes(), b".", &received.body].concat();
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    hmac::verify(&key, &signed, &hex::decode(tag).unwrap()).is_ok() && time.parse::<u64>().unwrap().abs_diff(now) < 60
}

fn ids(received: &[Received]) -> BTreeSet<String> {
    received
        .iter()
        .map(|received| {
            assert_eq!(received.header("idempotency-key"), received.id());
            received.id()
        })
        .collect()
}

fn a_message_is_signed_over_time_and_body(on: On) {
    let gateway = Gateway::start(|_| Answer::Status(200));
    let site = site(on, &gateway);
    let phone = phone();
    site.ask_for_code(&phone, "login").ok::<SmsCodeAccepted>(202);
    let all = gateway.received();
    let [received] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!(received.line, "POST /send?from=eport HTTP/1.1");
    assert_eq!(received.header("content-type"), "application/json");
    assert!(is_signed(received));
    let mut tampered = received.clone();
    tampered.body[10] ^= 1;
    assert!(!is_signed(&tampered));
    let value = received.value();
    let mut fields: Vec<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["id", "phone", "purpose", "text"]);
    assert_eq!((value["phone"].as_str(), value["purpose"].as_str()), (Some(&*format!("+86{phone}")), Some("login")));
    assert!(value["text"].as_str().unwrap().contains("验证码"));
    site.keep_secret(&received.code());
}

fn a_code_by_webhook_registers_and_is_not_in_the_outbox(on: On) {
    let gateway = Gateway::start(|_| Answer::Status(202));
    let site = site(on, &gateway);
    let person = Person::new();
    site.ask_for_code(&person.phone, "register").ok::<SmsCodeAccepted>(202);
    let code = gateway.received()[0].code();
    let created = site.send_registration(&person, &code).ok(201);
    site.set_first_password(&created, &person.password).done();
    site.log_in(&person);
    site.get("/v1/dev/outbox").send().refused(404, "dev.not_enabled");
}

fn a_gateway_in_trouble_is_tried_again_with_the_same_id(on: On) {
    for status in [500, 503, 429] {
        let gateway = Gateway::start(move |before| Answer::Status(if before < 2 { status } else { 200 }));
        let site = site(on, &gateway);
        let person = Person::new();
        site.ask_for_code(&person.phone, "register").ok::<SmsCodeAccepted>(202);
        let received = gateway.received();
        assert_eq!((received.len(), ids(&received).len()), (3, 1), "after {status}");
        assert!(received.iter().all(is_signed));
        assert!(received.windows(2).all(|pair| pair[1].at - pair[0].at >= Duration::from_millis(100)), "with a pause");
        assert_eq!(received.iter().map(Received::code).collect::<BTreeSet<_>>().len(), 1);
        site.send_registration(&person, &received[0].code()).ok::<eport_schema::wire::RegistrationCreated>(201);
    }
}

fn a_gateway_that_closes_the_connection_is_tried_again_with_the_same_id(on: On) {
    let gateway = Gateway::start(|before| if before == 0 { Answer::Nothing } else { Answer::Status(200) });
    let site = site(on, &gateway);
    site.ask_for_code(&phone(), "register").ok::<SmsCodeAccepted>(202);
    let received = gateway.received();
    assert_eq!((received.len(), ids(&received).len()), (2, 1));
}

fn a_gateway_that_is_late_is_tried_again_with_the_same_id(on: On) {
    let late = Answer::Late(Duration::from_secs(40));
    let gateway = Gateway::start(move |before| if before == 0 { late } else { Answer::Status(200) });
    let site = site(on, &gateway);
    let start = Instant::now();
    site.ask_for_code(&phone(), "register").ok::<SmsCodeAccepted>(202);
    assert!(start.elapsed() < Duration::from_secs(25), "a person waited {:?}", start.elapsed());
    let received = gateway.received();
    assert_eq!((received.len(), ids(&received).len()), (2, 1));
}

fn a_gateway_that_refuses_is_not_tried_again(on: On) {
    for status in [400, 403, 422] {
        let gateway = Gateway::start(move |_| Answer::Status(status));
        let site = site(on, &gateway);
        site.ask_for_code(&phone(), "register").refused(503, "sms.unavailable");
        assert_eq!(gateway.received().len(), 1, "after {status}");
    }
}

fn a_gateway_that_stays_in_trouble_is_left_alone_after_three_tries(on: On) {
    let gateway = Gateway::start(|before| Answer::Status(if before < 3 { 500 } else { 200 }));
    let site = site(on, &gateway);
    let phone = phone();
    let problem = site.ask_for_code(&phone, "register").refused(503, "sms.unavailable");
    assert!(problem.retry_after.is_some_and(|seconds| seconds > 0));
    assert_eq!((gateway.received().len(), ids(&gateway.received()).len()), (3, 1));
    // It never left, so it doesn't count: the next can be asked for at once.
    site.ask_for_code(&phone, "register").ok::<SmsCodeAccepted>(202);
}

fn two_codes_have_two_ids(on: On) {
    let gateway = Gateway::start(|_| Answer::Status(200));
    let site = site(on, &gateway);
    let phone = phone();
    for purpose in ["register", "login"] {
        site.ask_for_code(&phone, purpose).ok::<SmsCodeAccepted>(202);
    }
    site.ask_for_code(&phone, "login").refused(429, "sms.resend_too_soon");
    assert_eq!((gateway.received().len(), ids(&gateway.received()).len()), (2, 2));
}

fn a_gateway_that_is_not_on_the_list_hears_nothing(on: On) {
    let (listed, other) = (Gateway::start(|_| Answer::Status(200)), Gateway::start(|_| Answer::Status(200)));
    let mut site = site(on, &listed);
    site.stop();
    site.start_again(&[("sms_webhook_url", &format!("{}/send", other.host()))]);
    site.ask_for_code(&phone(), "register").refused(503, "sms.unavailable");
    assert_eq!((listed.received().len(), other.received().len()), (0, 0));
}
