//! What nobody should send: each gets the right refusal, changes nothing, and breaks nothing.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use eport_schema::routes::{Access, ROUTES, Route};
use eport_schema::wire::{Me, SessionCreated, SmsCodeAccepted};
use eport_tests::journeys::registration;
use eport_tests::people::{phone, uscc, with_check_character};
use eport_tests::{Call, Member, On, Person, Reply, Site, on_both};
use serde_json::{Value, json};
use uuid::Uuid;

on_both![
    a_body_that_is_no_json_is_refused_by_every_route,
    a_body_that_is_not_utf8_is_refused_by_every_route,
    another_content_type_is_refused_by_every_route,
    an_unknown_field_is_refused_by_every_route_with_its_name,
    a_missing_field_is_refused_by_every_route_with_its_name,
    a_field_of_the_wrong_type_is_refused_by_every_route_with_its_name,
    a_body_of_ten_megabytes_is_refused_and_read_no_further,
    sql_and_html_in_every_field_do_nothing,
    control_characters_and_lookalikes_are_refused,
    wrong_id_numbers_are_refused_with_what_is_wrong_with_them,
    wrong_phones_are_refused_and_the_usual_ways_to_write_one_are_not,
    wrong_usernames_are_refused,
    several_wrong_fields_are_told_together,
    wrong_query_parameters_are_refused_with_their_name,
    headers_and_addresses_without_end_are_refused,
    what_is_no_http_disturbs_nobody_else,
];

/// The site with somebody on each side of the counter.
struct Counter {
    site: Site,
    member: Member,
    administrator: Member,
    staff: Member,
}

impl Counter {
    fn open(on: On) -> Self {
        let site = Site::new(on);
        let (member, administrator, staff) = (site.join(), site.join_administrator(&uscc()), site.join_staff());
        Self { site, member, administrator, staff }
    }

    /// A call by somebody who may.
    fn call(&self, route: &Route) -> Call<'_> {
        let mut path = route.path.to_owned();
        for parameter in route.parameters() {
            path = path.replace(&format!("{{{parameter}}}"), &Uuid::nil().to_string());
        }
        let call = self.site.call(route.method, &path);
        match route.access {
            Access::Public => call,
            Access::SessionIfGiven | Access::Session => call.token(&self.member.token),
            Access::Member | Access::Administrator => call.token(&self.administrator.token),
            Access::Staff => call.token(&self.staff.token),
        }
    }

    /// Everything still works.
    fn close(self) {
        let me = self.site.me(&self.member.token);
        assert_eq!((me.id, me.name), (self.member.account, self.member.person.name.clone()));
        self.site.join();
    }
}

fn with_body() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().filter(|route| route.request.is_some())
}

/// Whether each field of its body may be absent, or null to clear it.
fn clears(route: &Route) -> bool {
    matches!(route.request, Some("MePatch" | "EnterprisePatch" | "OperatorPatch" | "QualificationPatch"))
}

/// A body that is right in its form.
pub(crate) fn valid(route: &Route) -> Value {
    let person = Person::new();
    match route.request.unwrap() {
        "SmsCodeRequest" => json!({ "phone": person.phone, "purpose": "login" }),
        "RegistrationRequest" => serde_json::to_value(registration(&person, "123456")).unwrap(),
        "RegistrationPassword" => json!({ "password_token": "a".repeat(64), "password": person.password }),
        "PasswordResetRequest" => json!({
            "phone": person.phone, "sms_code": "123456", "id_number": person.id_number, "password": person.password
        }),
        "SessionRequest" => {
            json!({ "method": "password", "username": person.username, "password": person.password })
        }
        "RefreshRequest" => json!({ "refresh_token": "nothing of ours" }),
        "MePatch" => {
            json!({ "email": "li.lei@example.cn", "address": "科技路", "postcode": "710065", "telephone": "029-88886666" })
        }
        "PhoneChange" => json!({ "phone": person.phone, "sms_code": "123456" }),
        "PasswordChange" => json!({ "current_password": person.password, "password": "quite another 1" }),
        "CardChallengeRequest" => json!({ "purpose": "login" }),
        "Activation" => json!({
            "username": person.username, "phone": person.phone, "sms_code": "123456", "password": person.password
        }),
        "CardBinding" => json!({
            "card_number": "8930000104271", "challenge_id": Uuid::nil(), "certificate": "MAA=", "signature": "MAA=", "algorithm": "SM2"
        }),
        "SealRequest" => json!({
            "name": "公章", "kind": "official", "shape": "round", "image": "iVBORw0KGgo=",
            "challenge_id": Uuid::nil(), "certificate": "MAA=", "signature": "MAA=", "algorithm": "SM2"
        }),
        "SealPatch" => json!({
            "name": "公章", "challenge_id": Uuid::nil(), "certificate": "MAA=", "signature": "MAA=", "algorithm": "SM2"
        }),
        "SealCheck" => json!({ "name": "公章", "kind": "official", "shape": "round", "image": "iVBORw0KGgo=" }),
        "SignatureRequest" => json!({ "name": "签名", "image": "iVBORw0KGgo=" }),
        "StaffDecision" => json!({ "reason": "a good reason" }),
        "AdministratorDecision" => json!({ "account_id": Uuid::nil(), "reason": "a good reason" }),
        "StaffCardBinding" => json!({
            "card_number": "8930000104271", "card_class": "operator", "certificate": "MAA=", "reason": "a good reason"
        }),
        "TrustCertificateUpload" => json!({ "kind": "anchor", "certificate": "MAA=", "reason": "a good reason" }),
        "OperatorRequest" => json!({
            "username": person.username, "name": person.name, "id_type": "resident_id", "id_number": person.id_number, "phone": person.phone
        }),
        "OperatorPatch" => json!({ "card_number": "8930000104271", "department": "报关部" }),
        "QualificationRequest" => {
            json!({ "department": "西安海关", "kind": "customs_registration", "number": "6101960ABC" })
        }
        "QualificationPatch" => json!({ "valid_to": "2027-06-30", "notes": "报关企业" }),
        "ReminderSettingsRequest" => {
            let (inbox, expiry) =
                (json!({ "channels": ["inbox"] }), json!({ "channels": ["inbox"], "lead_days": [30] }));
            json!({
                "qualification_expiring": expiry, "card_expiring": expiry, "association_waiting": inbox, "association_decided": inbox,
                "permissions_changed": inbox, "new_device": inbox, "password_changed": inbox, "seal_changed": inbox
            })
        }
        "TrustUpload" => json!({ "list": "MAA=", "reason": "a good reason" }),
        "EntitlementsUpdate" => json!({ "entitlements": [] }),
        "GrantsUpdate" => json!({ "grants": [] }),
        "CheckRequest" => json!({ "checks": [] }),
        "ApplicationCreate" => json!({
            "code": "nothing_yet", "name": { "zh": "试验", "en": "Trial" }, "open": false,
            "actions": [{ "code": "view", "name": { "zh": "查看", "en": "View" } }], "reason": "a good reason"
        }),
        "ApplicationPatch" => json!({ "open": true, "reason": "a good reason" }),
        // No enterprise is made of it, and nobody joins one.
        "AssociationRequest" => json!({ "role": "operator", "uscc": uscc() }),
        "AssociationRejection" => json!({ "reason": "a good reason" }),
        "EnterprisePatch" => json!({
            "contact_name": "李雷", "telephone": "029-88886666", "email": "li.lei@example.cn", "address": "科技路", "postcode": "710065"
        }),
        "SyncRequest" => json!({}),
        "AdminTransferRequest" => json!({ "account_id": Uuid::nil() }),
        "LockRequest" | "RevealRequest" => json!({ "reason": "a good reason" }),
        other => panic!("a valid {other} is missing here"),
    }
}

fn a_body_that_is_no_json_is_refused_by_every_route(on: On) {
    let counter = Counter::open(on);
    for route in with_body() {
        let right = valid(route).to_string();
        for body in [
            "",
            "{",
            "}",
            "nothing",
            "{'a':1}",
            "{\"\\ud800\":1}",
            "{\"a\nb\":1}",
            "\u{feff}{}",
            &format!("{},}}", &right[..right.len() - 1]),
            &format!("{right} {right}"),
            &right[..right.len() - 1],
        ] {
            let reply = counter.call(route).bytes("application/json", body).send();
            assert_eq!(reply.code(), "request.malformed_json", "{} {body:?}", route.operation);
            reply.refused(400, "request.malformed_json");
        }
        // Brackets without end are not followed to their end.
        for name in valid(route).as_object().unwrap().keys() {
            for bracket in ["[", "{\"a\":"] {
                let body = format!("{{\"{name}\":{}", bracket.repeat(10_000));
                assert_eq!(counter.call(route).bytes("application/json", body).send().status, 400);
            }
        }
    }
    counter.close();
}

fn a_body_that_is_not_utf8_is_refused_by_every_route(on: On) {
    let counter = Counter::open(on);
    for route in with_body() {
        // 张伟 in GB 18030, an overlong slash, a surrogate, a byte that never occurs.
        for bytes in [&[0xd5, 0xc5, 0xce, 0xb0][..], &[0xc0, 0xaf], &[0xed, 0xa0, 0x80], &[0xff]] {
            let body = [b"{\"name\":\"", bytes, b"\"}"].concat();
            counter.call(route).bytes("application/json", body).send().refused(400, "request.invalid_utf8");
        }
    }
    counter.close();
}

fn another_content_type_is_refused_by_every_route(on: On) {
    let counter = Counter::open(on);
    for route in with_body() {
        let body = valid(route).to_string();
        for content_type in
            ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "", "multipart/form-data"]
        {
            let reply = counter.call(route).bytes(content_type, body.as_str()).send();
            reply.refused(415, "request.unsupported_media_type");
        }
    }
    let body = json!({ "phone": phone(), "purpose": "login" }).to_string();
    let reply = counter.site.post("/v1/sms-codes").bytes("Application/JSON; charset=UTF-8", body).send();
    reply.ok::<SmsCodeAccepted>(202);
    counter.close();
}

fn an_unknown_field_is_refused_by_every_route_with_its_name(on: On) {
    let counter = Counter::open(on);
    for route in with_body() {
        for name in ["surprise", "Password", "<b>", "staff"] {
            let mut body = valid(route);
            body[name] = true.into();
            counter.call(route).json(&body).send().refused_field(400, name, "request.unknown_field");
        }
    }
    counter.close();
}

fn a_missing_field_is_refused_by_every_route_with_its_name(on: On) {
    let counter = Counter::open(on);
    let document: Value = counter.site.get("/openapi.json").send().ok(200);
    for route in with_body().filter(|route| !clears(route)) {
        let schema = &document["components"]["schemas"][route.request.unwrap()];
        for name in valid(route).as_object().unwrap().keys() {
            // A type with variants has its fields there.
            let required = schema["required"].as_array().is_some_and(|required| required.contains(&json!(name)));
            if schema["properties"].is_object() && !required {
                continue;
            }
            let mut body = valid(route);
            body.as_object_mut().unwrap().remove(name);
            counter.call(route).json(&body).send().refused_field(400, name, "request.missing_field");
        }
    }
    counter.close();
}

fn a_field_of_the_wrong_type_is_refused_by_every_route_with_its_name(on: On) {
    let counter = Counter::open(on);
    for route in with_body() {
        for body in [json!([]), json!("text"), json!(null), json!(1), json!(true), json!([{}])] {
            let reply = counter.call(route).json(&body).send();
            assert_eq!(
                (reply.status, reply.code()),
                (400, "request.wrong_type".to_owned()),
                "{} {body}",
                route.operation
            );
        }
        for (name, right) in valid(route).as_object().unwrap() {
            let clears = clears(route);
            for wrong in [
                json!(1),
                json!(-1.5e300),
                json!(true),
                json!([]),
                json!({}),
                json!([right]),
                json!("yes"),
                Value::Null,
            ] {
                if wrong.is_string() == right.is_string() || (clears && wrong.is_null()) {
                    continue;
                }
                if wrong.is_boolean() && right.is_boolean() {
                    continue;
                }
                let mut body = valid(route);
                body[name] = wrong;
                counter.call(route).json(&body).send().refused_field(400, name, "request.wrong_type");
            }
        }
    }
    counter.close();
}

fn a_body_of_ten_megabytes_is_refused_and_read_no_further(on: On) {
    let counter = Counter::open(on);
    let body = format!("{{\"phone\":\"{}\"}}", "1".repeat(10_000_000));
    for route in with_body() {
        let reply = counter.call(route).bytes("application/json", body.as_str()).send();
        reply.refused(413, "request.too_large");
    }
    // Just above what a component takes, and without saying how much comes.
    let above = format!("{{\"phone\":\"{}\"}}", "1".repeat(70_000));
    counter
        .site
        .post("/v1/sms-codes")
        .bytes("application/json", above.as_str())
        .send()
        .refused(413, "request.too_large");
    let mut stream = connect(&counter.site);
    stream
        .write_all(b"POST /v1/sms-codes HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n")
        .unwrap();
    let chunk = [b"10000\r\n".as_slice(), &[b' '; 0x10000], b"\r\n"].concat();
    // The server may stop reading at any time.
    while stream.write_all(&chunk).is_ok() {
        stream.set_nonblocking(true).unwrap();
        let answered = stream.peek(&mut [0]).is_ok();
        stream.set_nonblocking(false).unwrap();
        if answered {
            break;
        }
    }
    let answer = read(&mut stream);
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("request.too_large"), "{answer}");
    counter.close();
}

fn sql_and_html_in_every_field_do_nothing(on: On) {
    let counter = Counter::open(on);
    for hostile in [
        "'; DROP TABLE accounts; --",
        "' OR '1'='1",
        "\" OR \"\"=\"",
        "1) UNION SELECT password_hash FROM accounts --",
        "$1",
        "?1",
        "%' --",
        "\\'; SELECT pg_sleep(10); --",
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "{{7*7}}",
        "${jndi:ldap://127.0.0.1/a}",
        "../../../../etc/passwd",
        "\u{0}",
        "a\u{0}b",
        "\u{202e}\u{200b}\u{feff}",
        "💥𠮷",
        "\u{fdfa}\u{fdfa}",
    ] {
        for route in with_body() {
            for name in valid(route).as_object().unwrap().keys() {
                let mut body = valid(route);
                if !body[name].is_string() {
                    continue;
                }
                body[name] = hostile.into();
                let reply = counter.call(route).json(&body).send();
                assert!(reply.status < 500, "{} {name} {hostile:?}: {}", route.operation, reply.text());
                assert_eq!(reply.header("x-content-type-options"), "nosniff");
                let content_type = reply.header("content-type");
                assert!(matches!(content_type, "" | "application/json" | "application/problem+json"), "{content_type}");
            }
        }
        for path in
            ["/v1/platform/accounts?query=", "/v1/platform/audit?action=", "/v1/platform/accounts/", "/v1/me/sessions/"]
        {
            let path = format!("{path}{}", hostile.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>());
            let reply = counter.site.get(&path).token(&counter.staff.token).send();
            assert!(reply.status < 500, "{path}: {}", reply.text());
        }
    }
    // An address may hold such text, and gives it back as it is: JSON, which no browser runs.
    let address = "<script>alert(1)</script>'; DROP TABLE accounts; --";
    let reply = counter.site.patch("/v1/me").token(&counter.member.token).json(&json!({ "address": address })).send();
    assert_eq!(reply.ok::<Me>(200).address.as_deref(), Some(address));
    counter.close();
}

/// A registration with one field changed.
fn register_with(site: &Site, field: &str, value: &str) -> Reply {
    let mut body = serde_json::to_value(registration(&Person::new(), "123456")).unwrap();
    body[field] = value.into();
    site.post("/v1/registrations").json(&body).send()
}

fn control_characters_and_lookalikes_are_refused(on: On) {
    let site = Site::new(on);
    for (field, value, code) in [
        ("name", "张\u{7}伟", "name.characters"),
        ("name", "张\n伟", "name.characters"),
        ("name", "张\u{0}伟", "name.characters"),
        ("name", "张\u{200b}伟", "name.characters"),
        ("name", "张\u{202e}伟", "name.characters"),
        ("name", "<b>张伟</b>", "name.characters"),
        ("name", "张伟1", "name.characters"),
        ("name", "", "name.length"),
        ("name", " ", "name.length"),
        ("name", &"伟".repeat(65), "name.length"),
        ("username", "li\u{0}lei", "username.format"),
        ("username", "ｌｉｌｅｉ", "username.format"),
        ("username", "lі.lei", "username.format"), // a Cyrillic і
        ("sms_code", "１２３４５６", "sms_code.format"),
        ("sms_code", "12345", "sms_code.format"),
        ("sms_code", "1234567", "sms_code.format"),
        ("sms_code", "12 456", "sms_code.format"),
        ("sms_code", "٠١٢٣٤٥", "sms_code.format"), // Arabic digits
        ("phone", "１３８１２３４５６７８", "phone.format"),
        ("phone", "138\u{0}12345678", "phone.format"),
        ("id_number", "１１０１０５１９４９１２３１００２X", "id_number.format"),
        ("id_number", "11010519491231002Ｘ", "id_number.format"),
        ("id_type", "driving_licence", "id_type.unknown"),
        ("id_type", "", "id_type.unknown"),
    ] {
        let problem = register_with(&site, field, value).refused_field(422, field, code);
        assert_eq!(problem.retry, "after_fix");
    }
    site.ask_for_code(&phone(), "pay").refused_field(422, "purpose", "purpose.unknown");
    let body = json!({ "method": "telepathy", "username": "lilei", "password": "whatever1" });
    site.post("/v1/sessions").json(&body).send().refused(422, "method.unknown");
}

fn wrong_id_numbers_are_refused_with_what_is_wrong_with_them(on: On) {
    let site = Site::new(on);
    let (day, future) = (with_check_character("11010519490230002"), with_check_character("11010529990101002"));
    for (number, code) in [
        ("11010519491231002", "id_number.format"),
        ("11010519491231002XX", "id_number.format"),
        ("A1010519491231002X", "id_number.format"),
        ("", "id_number.format"),
        ("110105194912310020", "id_number.check_character"),
        ("110105194912310O2X", "id_number.format"),
        ("110105194912310120", "id_number.check_character"),
        (day.as_str(), "id_number.date"),
        (future.as_str(), "id_number.date"),
    ] {
        register_with(&site, "id_number", number).refused_field(422, "id_number", code);
    }
    // Right ones are refused for their code alone, which nobody was sent.
    for number in ["11010519491231002X", "440524188001010014", "11010519491231002x"] {
        register_with(&site, "id_number", number).refused(422, "sms.code_invalid");
    }
    for (id_type, number) in [
        ("passport", "E12345678"),
        ("hk_macao_permit", "H12345678"),
        ("taiwan_permit", "12345678"),
        ("hmt_residence_permit", with_check_character("81000019900101001").as_str()),
        ("foreigner_permanent_resident_id", "USA110019900101"),
    ] {
        let mut body = serde_json::to_value(registration(&Person::new(), "123456")).unwrap();
        body["id_type"] = id_type.into();
        site.post("/v1/registrations").json(&body).send().refused_field(422, "id_number", "id_number.format");
        body["id_number"] = number.into();
        site.post("/v1/registrations").json(&body).send().refused(422, "sms.code_invalid");
    }
}

fn wrong_phones_are_refused_and_the_usual_ways_to_write_one_are_not(on: On) {
    let site = Site::new(on);
    for wrong in [
        "",
        "1381234567",
        "138123456789",
        "12812345678",
        "+85261234567",
        "008613812345678x",
        "138_1234_5678",
        "l3812345678",
    ] {
        site.ask_for_code(wrong, "login").refused_field(422, "phone", "phone.format");
    }
    for right in ["138 1234 5678", "+8613912345678", "+86 137-1234-5678", " 13612345678 ", "135-1234-5678"] {
        site.ask_for_code(right, "login").ok::<SmsCodeAccepted>(202);
    }
}

fn wrong_usernames_are_refused(on: On) {
    let site = Site::new(on);
    for (username, code) in [
        ("li", "username.length"),
        (&"l".repeat(33), "username.length"),
        ("", "username.length"),
        ("1lei", "username.format"),
        ("13812345678", "username.format"),
        ("li lei", "username.format"),
        ("li@lei", "username.format"),
        ("_lilei", "username.format"),
        ("li\u{301}lei", "username.format"),
    ] {
        register_with(&site, "username", username).refused_field(422, "username", code);
    }
    for username in ["lei", "李雷雷", "Li.Lei_2-x", &"雷".repeat(32)] {
        register_with(&site, "username", username).refused(422, "sms.code_invalid");
    }
}

fn several_wrong_fields_are_told_together(on: On) {
    let site = Site::new(on);
    let body = json!({
        "username": "1", "name": "", "id_type": "resident_id", "id_number": "1", "phone": "1", "sms_code": "1", "terms_accepted": false
    });
    let reply = site.post("/v1/registrations").header("accept-language", "en").json(&body).send();
    assert_eq!(reply.header("content-language"), "en");
    let problem = reply.refused(422, "request.invalid");
    let fields: Vec<_> = problem.errors.iter().map(|error| (error.field.as_str(), error.code.as_str())).collect();
    assert_eq!(
        fields,
        [
            ("username", "username.length"),
            ("name", "name.length"),
            ("id_number", "id_number.format"),
            ("phone", "phone.format"),
            ("sms_code", "sms_code.format"),
            ("terms_accepted", "registration.terms_required"),
        ]
    );
    assert!(problem.errors.iter().all(|error| error.detail.is_ascii()), "{problem:?}");
}

fn wrong_query_parameters_are_refused_with_their_name(on: On) {
    let counter = Counter::open(on);
    for (path, field, code) in [
        ("/v1/messages?limit=0", "limit", "limit.range"),
        ("/v1/messages?limit=101", "limit", "limit.range"),
        ("/v1/messages?limit=ten", "limit", "limit.range"),
        ("/v1/messages?limit=-1", "limit", "limit.range"),
        ("/v1/messages?limit=99999999999999999999", "limit", "limit.range"),
        ("/v1/messages?cursor=next", "cursor", "cursor.invalid"),
        ("/v1/messages?unread=yes", "unread", "request.invalid_query"),
        ("/v1/messages?page=2", "page", "request.invalid_query"),
        ("/v1/messages?limit=2&limit=3", "limit", "request.invalid_query"),
        ("/v1/messages?limit=%ff", "limit", "limit.range"),
        ("/v1/me/sessions?limit=1%00", "limit", "limit.range"),
        ("/v1/platform/accounts?state=gone", "state", "request.invalid_query"),
        ("/v1/platform/accounts?query=%00", "query", "request.invalid_query"),
        ("/v1/platform/audit?from=yesterday", "from", "time.format"),
        ("/v1/platform/audit?actor_id=1", "actor_id", "id.format"),
        ("/v1/dev/outbox?phone=1", "phone", "phone.format"),
    ] {
        let status = if code == "phone.format" { 422 } else { 400 };
        counter.site.get(path).token(&counter.staff.token).send().refused_field(status, field, code);
    }
    counter.close();
}

fn headers_and_addresses_without_end_are_refused(on: On) {
    let site = Site::new(on);
    let long = "x".repeat(20_000);
    site.get("/v1/health").header("x-long", &long).send().refused(431, "request.headers_too_large");
    site.get("/v1/health")
        .header("authorization", &format!("Bearer {long}"))
        .send()
        .refused(431, "request.headers_too_large");
    let long = format!("/v1/messages?cursor={}", "x".repeat(10_000));
    site.get(&long).send().refused(414, "request.url_too_long");
    let no_text = site.get("/v1/health").header_bytes("x-name", &[0xd5, 0xc5]).send();
    no_text.refused(400, "request.malformed");
    let mut many = site.get("/v1/health");
    for number in 0..2000 {
        many = many.header(&format!("x-{number}"), "x");
    }
    assert_eq!(many.send().status, 431);
    assert_eq!(site.get("/v1/health").send().status, 200);
}

fn connect(site: &Site) -> TcpStream {
    let stream = TcpStream::connect(site.base().trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.set_write_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

/// What comes until the other side closes or says nothing more.
fn read(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        answer.extend_from_slice(&buffer[..count]);
        if answer.windows(4).any(|four| four == b"\r\n\r\n") && answer.ends_with(b"}") {
            break;
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}

fn what_is_no_http_disturbs_nobody_else(on: On) {
    let site = Site::new(on);
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\0\0\0\0\r\n\r\n",
        b"GET /v1/health HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n",
        b"POST /v1/sms-codes HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n{}   ",
        b"POST /v1/sms-codes HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n",
        b"POST /v1/sms-codes HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\ncontent-length: 4\r\n\r\nzz\r\n\r\n",
        b"GET /v1/health HTTP/1.1\r\nhost: a\r\nx-a: \xff\xfe\r\n\r\n",
        b"GET /v1/\x00health HTTP/1.1\r\nhost: a\r\n\r\n",
    ] {
        let mut stream = connect(&site);
        stream.write_all(bytes).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let answer = read(&mut stream);
        assert!(
            answer.is_empty() || !answer.starts_with("HTTP/1.1 5"),
            "{:?}: {answer}",
            String::from_utf8_lossy(bytes)
        );
    }
    // Half a body and a goodbye: nothing happens.
    let number = phone();
    let mut stream = connect(&site);
    let half = format!("{{\"phone\":\"{number}\",");
    stream
        .write_all(format!("POST /v1/sms-codes HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 60\r\n\r\n{half}").as_bytes())
        .unwrap();
    drop(stream);
    let member = site.join();
    assert!(site.outbox(&number).is_empty());
    site.log_in(&member.person);
    site.try_password(&member.person.username, &member.person.password).ok::<SessionCreated>(201);
}
