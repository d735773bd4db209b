//! What the wire types take and refuse.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test, helpers included")]

use eport_schema::clock::Timestamp;
use eport_schema::domain::SmsPurpose;
use eport_schema::wire::*;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn refused<T: DeserializeOwned>(body: Value) -> String {
    match serde_json::from_value::<T>(body) {
        Ok(_) => panic!("was read"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_session_request_reads_each_method() {
    let password = json!({ "method": "password", "username": "zhang.san", "password": "p" });
    let sms = json!({ "sms_code": "135790", "phone": "13812345678", "method": "sms" });
    let read = serde_json::from_value(password.clone()).unwrap();
    assert!(
        matches!(&read, SessionRequest::Password { username, password } if username == "zhang.san" && password.expose() == "p")
    );
    assert_eq!(serde_json::to_value(&read).unwrap(), password);
    let read = serde_json::from_value(sms.clone()).unwrap();
    assert!(
        matches!(&read, SessionRequest::Sms { phone, sms_code } if phone == "13812345678" && sms_code.expose() == "135790")
    );
    assert_eq!(serde_json::to_value(&read).unwrap(), sms);
}

#[test]
fn a_session_request_names_what_is_wrong() {
    for (body, start) in [
        (json!({ "method": "face", "username": "a", "password": "b" }), "unknown variant `face`"),
        (json!({ "method": "card", "username": "a", "certificate": "b" }), "unknown field `username`"),
        (json!({ "method": "card" }), "missing field `challenge_id`"),
        (json!({ "method": "sms", "phone": "a", "sms_code": "b", "signature": "c" }), "unknown field `signature`"),
        (json!({ "username": "a", "password": "b" }), "missing field `method`"),
        (json!({ "method": "password", "username": "a" }), "missing field `password`"),
        (json!({ "method": "password", "password": "a" }), "missing field `username`"),
        (json!({ "method": "sms", "phone": "a" }), "missing field `sms_code`"),
        (json!({ "method": "sms", "phone": "a", "sms_code": "b", "username": "c" }), "unknown field `username`"),
        (json!({ "method": "sms", "phone": "a", "sms_code": "b", "username": null }), "invalid type: null"),
        (json!({ "method": "password", "username": "a", "password": "b", "phone": "c" }), "unknown field `phone`"),
        (json!({ "method": "password", "username": "a", "password": "b", "admin": true }), "unknown field `admin`"),
        (json!({ "method": "password", "username": 1, "password": "b" }), "invalid type: integer `1`"),
        (json!({ "method": "password", "username": "a", "password": null }), "invalid type: null"),
        (json!({ "method": 1 }), "invalid type: integer `1`"),
        (json!("password"), "invalid type: string"),
        (json!(null), "invalid type: null"),
    ] {
        let error = refused::<SessionRequest>(body.clone());
        assert!(error.starts_with(start), "{body}: {error}");
    }
}

#[test]
fn requests_refuse_fields_that_they_do_not_know() {
    assert!(refused::<SmsCodeRequest>(json!({ "phone": "", "purpose": "", "x": 1 })).starts_with("unknown field `x`"));
    assert!(refused::<MePatch>(json!({ "name": "李四" })).starts_with("unknown field `name`"));
    assert!(refused::<RefreshRequest>(json!({ "refresh_token": null })).contains("invalid type: null"));
    assert!(
        refused::<RegistrationPassword>(json!({ "password_token": "", "password": ["a"] }))
            .starts_with("invalid type: sequence")
    );
}

#[test]
fn requests_are_objects_and_not_arrays_of_their_fields() {
    fn check<T: DeserializeOwned>() {
        for length in 0..8 {
            let error = refused::<T>(json!(vec!["13812345678"; length]));
            assert!(error.starts_with("invalid type: sequence"), "{error}");
        }
    }
    check::<SmsCodeRequest>();
    check::<RegistrationRequest>();
    check::<RegistrationPassword>();
    check::<PasswordResetRequest>();
    check::<SessionRequest>();
    check::<RefreshRequest>();
    check::<MePatch>();
    check::<PhoneChange>();
    check::<PasswordChange>();
    check::<LockRequest>();
    check::<RevealRequest>();
    check::<Activation>();
    check::<CardBinding>();
    check::<CardChallengeRequest>();
    check::<TrustCertificateUpload>();
    check::<TrustUpload>();
}

#[test]
fn a_patch_tells_absent_from_null() {
    let patch: MePatch = serde_json::from_value(json!({ "email": null, "address": "西安" })).unwrap();
    assert_eq!(patch.email, Some(None));
    assert_eq!(patch.address, Some(Some("西安".to_owned())));
    assert_eq!(patch.postcode, None);
    assert_eq!(serde_json::to_value(&patch).unwrap(), json!({ "email": null, "address": "西安" }));
    assert_eq!(serde_json::to_value(MePatch::default()).unwrap(), json!({}));
    assert!(refused::<MePatch>(json!({ "postcode": 710018 })).starts_with("invalid type: integer"));
}

#[test]
fn debug_shows_no_secret_and_no_personal_data() {
    let secret = Secret::from("k3#vq9zp");
    assert_eq!(format!("{secret:?}"), "***");
    let request = SmsCodeRequest { phone: "13812345678".to_owned(), purpose: SmsPurpose::Login.as_str().to_owned() };
    assert_eq!(format!("{request:?}"), "SmsCodeRequest { .. }");
    let request = SessionRequest::Password { username: "zhang".to_owned(), password: secret };
    assert_eq!(format!("{request:?}"), "SessionRequest { .. }");
}

#[test]
fn states_read_what_they_write() {
    for state in AccountState::ALL {
        assert_eq!(AccountState::parse(state.as_str()), Some(*state));
        assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
    }
    assert_eq!(AccountState::parse("Active"), None);
}

#[test]
fn times_are_rfc_3339_in_utc() {
    let at: Timestamp = serde_json::from_value(json!("2026-11-22T09:20:00.123+08:00")).unwrap();
    assert_eq!(serde_json::to_value(at).unwrap(), "2026-11-22T01:20:00.123Z");
    for odd in [json!("2026-11-22"), json!("now"), json!(1_795_310_400), json!(null)] {
        assert!(serde_json::from_value::<Timestamp>(odd).is_err());
    }
}

#[test]
fn retry_after_is_left_out_where_there_is_none() {
    let refusal = &eport_schema::catalogue::SESSION_LOCKED;
    let mut details = ProblemDetails {
        r#type: ProblemDetails::type_of(refusal),
        title: refusal.title.zh.to_owned(),
        status: refusal.status,
        detail: refusal.detail.zh.to_owned(),
        code: refusal.code.to_owned(),
        retry: refusal.retry.as_str().to_owned(),
        fix: refusal.fix.zh.to_owned(),
        errors: Vec::new(),
        retry_after: None,
    };
    let value = serde_json::to_value(&details).unwrap();
    assert_eq!(value["type"], "urn:eport-id:problem:session.locked");
    assert_eq!(value["errors"], json!([]));
    assert!(value.get("retry_after").is_none());
    details.retry_after = Some(900);
    assert_eq!(serde_json::to_value(&details).unwrap()["retry_after"], 900);
}
