//! Access tokens: what they say, who can check them, and that nobody else makes them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use eport_schema::wire::Jwks;
use eport_tests::{Client, On, Site, on_both};
use ring::hmac;
use serde_json::{Value, json};

on_both![
    another_system_verifies_a_token_with_the_published_keys,
    a_token_says_who_how_and_until_when,
    a_token_of_another_key_is_refused,
    a_token_without_a_signature_is_refused,
    a_token_signed_with_the_public_key_as_a_secret_is_refused,
    a_changed_token_is_refused,
    a_token_of_another_installation_is_refused,
    after_a_rotation_old_and_new_tokens_work,
];

struct Parts {
    header: Value,
    claims: Value,
    signed: String,
    signature: Vec<u8>,
}

fn split(token: &str) -> Parts {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else { panic!("a token has three parts") };
    let decode = |part: &str| BASE64URL.decode(part).unwrap();
    Parts {
        header: serde_json::from_slice(&decode(header)).unwrap(),
        claims: serde_json::from_slice(&decode(claims)).unwrap(),
        signed: format!("{header}.{claims}"),
        signature: decode(signature),
    }
}

fn unsigned(header: &Value, claims: &Value) -> String {
    format!("{}.{}", BASE64URL.encode(header.to_string()), BASE64URL.encode(claims.to_string()))
}

fn with_signature(signed: &str, signature: &[u8]) -> String {
    format!("{signed}.{}", BASE64URL.encode(signature))
}

fn keys(site: &Client) -> Vec<(String, VerifyingKey)> {
    let jwks: Jwks = site.get("/.well-known/jwks.json").send().ok(200);
    jwks.keys
        .into_iter()
        .map(|key| {
            assert_eq!((key.kty.as_str(), key.crv.as_str()), ("OKP", "Ed25519"));
            assert_eq!((key.r#use.as_str(), key.alg.as_str()), ("sig", "EdDSA"));
            let bytes: [u8; 32] = BASE64URL.decode(key.x).unwrap().try_into().unwrap();
            (key.kid, VerifyingKey::from_bytes(&bytes).unwrap())
        })
        .collect()
}

/// Verifies as a system would that knows RFC 7515, RFC 8037 and the published keys, with a library that the product doesn't use.
fn verifies(token: &str, keys: &[(String, VerifyingKey)]) -> bool {
    let parts = split(token);
    let key = keys.iter().find(|(id, _)| Some(id.as_str()) == parts.header["kid"].as_str());
    let signature = Signature::from_slice(&parts.signature);
    match (key, signature) {
        (Some((_, key)), Ok(signature)) => key.verify_strict(parts.signed.as_bytes(), &signature).is_ok(),
        _ => false,
    }
}

fn another_system_verifies_a_token_with_the_published_keys(on: On) {
    let site = Site::new(on);
    let member = site.join();
    let keys = keys(&site);
    assert!(verifies(&member.token, &keys));
    let refreshed: eport_schema::wire::SessionCreated = site.refresh(&member.refresh_token).ok(200);
    assert!(verifies(&refreshed.access_token, &keys));
    let mut claims = split(&member.token).claims;
    claims["sub"] = json!(uuid::Uuid::nil());
    let parts = split(&member.token);
    assert!(!verifies(&with_signature(&unsigned(&parts.header, &claims), &parts.signature), &keys));
}

fn a_token_says_who_how_and_until_when(on: On) {
    let site = Site::with(on, &[("issuer", "https://id.example.cn")]);
    let member = site.join();
    let parts = split(&member.token);
    assert_eq!(parts.header["alg"], "EdDSA");
    let claims = parts.claims.as_object().unwrap();
    let mut names: Vec<_> = claims.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["amr", "card_class", "ent", "exp", "iat", "iss", "role", "sid", "sub"]);
    assert_eq!(claims["iss"], "https://id.example.cn");
    assert_eq!(claims["sub"], json!(member.account));
    assert_eq!(claims["amr"], json!(["pwd"]));
    assert_eq!((&claims["ent"], &claims["role"], &claims["card_class"]), (&json!(null), &json!(null), &json!(null)));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 600);

    let code = site.code(&member.person.phone, "login");
    let session: eport_schema::wire::SessionCreated = site.try_code(&member.person.phone, &code).ok(201);
    assert_eq!(split(&session.access_token).claims["amr"], json!(["otp", "sms"]));
    assert_eq!(split(&site.join_staff().token).claims["role"], "staff");
}

fn refused(site: &Client, token: &str) {
    site.get("/v1/me").token(token).send().refused(401, "session.token_invalid");
}

fn a_token_of_another_key_is_refused(on: On) {
    let site = Site::new(on);
    let member = site.join();
    let own = SigningKey::from_bytes(&[7; 32]);
    let parts = split(&member.token);
    let mut other = parts.header.clone();
    other["kid"] = "mine".into();
    // The key itself in the header is no reason to trust it.
    let mut embedded = parts.header.clone();
    embedded["jwk"] = json!({ "kty": "OKP", "crv": "Ed25519", "x": BASE64URL.encode(own.verifying_key().as_bytes()) });
    for header in [&parts.header, &other, &embedded] {
        let signed = unsigned(header, &parts.claims);
        refused(&site, &with_signature(&signed, &own.sign(signed.as_bytes()).to_bytes()));
    }
    site.me(&member.token);
}

fn a_token_without_a_signature_is_refused(on: On) {
    let site = Site::new(on);
    let member = site.join();
    let parts = split(&member.token);
    for algorithm in ["none", "None", "NONE", "nOnE", ""] {
        let mut header = parts.header.clone();
        header["alg"] = algorithm.into();
        let signed = unsigned(&header, &parts.claims);
        refused(&site, &format!("{signed}."));
        refused(&site, &signed);
        refused(&site, &with_signature(&signed, &parts.signature));
    }
    refused(&site, &format!("{}.", parts.signed));
    refused(&site, &with_signature(&parts.signed, &[0; 64]));
}

fn a_token_signed_with_the_public_key_as_a_secret_is_refused(on: On) {
    let site = Site::new(on);
    let member = site.join();
    let parts = split(&member.token);
    let (_, public) = keys(&site).remove(0);
    let encoded = BASE64URL.encode(public.as_bytes());
    for secret in [public.as_bytes().as_slice(), encoded.as_bytes()] {
        let mut header = parts.header.clone();
        header["alg"] = "HS256".into();
        let signed = unsigned(&header, &parts.claims);
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed.as_bytes());
        refused(&site, &with_signature(&signed, tag.as_ref()));
    }
}

fn a_changed_token_is_refused(on: On) {
    let site = Site::new(on);
    let (member, staff) = (site.join(), site.join_staff());
    let (mine, theirs) = (split(&member.token), split(&staff.token));
    for (claim, value) in [
        ("sub", theirs.claims["sub"].clone()),
        ("sid", theirs.claims["sid"].clone()),
        ("role", json!("staff")),
        ("exp", json!(4_102_444_800_i64)),
        ("exp", json!("4102444800")),
        ("iss", json!(1)),
    ] {
        let mut claims = mine.claims.clone();
        claims[claim] = value;
        refused(&site, &with_signature(&unsigned(&mine.header, &claims), &mine.signature));
    }
    // Every byte counts.
    for at in (0..member.token.len()).step_by(7) {
        let mut changed = member.token.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        refused(&site, &String::from_utf8(changed).unwrap());
    }
    refused(&site, &format!("{}.{}", member.token, "x"));
    refused(&site, &member.token[..member.token.len() - 1]);
    refused(&site, &member.refresh_token);
    site.me(&member.token);
}

fn a_token_of_another_installation_is_refused(on: On) {
    let (site, other) = (Site::new(on), Site::new(on));
    let stranger = other.join();
    refused(&site, &stranger.token);
    site.refresh(&stranger.refresh_token).refused(401, "session.refresh_invalid");
}

fn after_a_rotation_old_and_new_tokens_work(on: On) {
    let mut site = Site::new(on);
    let member = site.join();
    site.run(&["rotate-keys", "--state-dir", &site.state_dir().display().to_string()]);
    site.stop();
    site.start_again(&[]);
    site.me(&member.token);
    let next: eport_schema::wire::SessionCreated = site.refresh(&member.refresh_token).ok(200);
    assert_ne!(split(&next.access_token).header["kid"], split(&member.token).header["kid"]);
    let keys = keys(&site);
    assert!(verifies(&next.access_token, &keys) && verifies(&member.token, &keys));
    // What was encrypted before is read, and what is new is written.
    assert_eq!(site.me(&next.access_token).phone, Some(member.person.masked_phone()));
    site.join();
}
