//! Seals and signature images over HTTP (J15, J16). What needs a card is in `tests/cards`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eport_tests::{On, Site, images, on_both};
use serde_json::{Value, json};

on_both![
    a_person_makes_uses_and_deletes_a_signature,
    images_are_larger_than_other_bodies_and_still_have_a_limit,
    who_belongs_to_no_enterprise_has_no_seals,
    a_signature_is_its_persons_alone,
];

fn wanted() -> Value {
    json!({ "name": "手写签名", "image": STANDARD.encode(images::signature()) })
}

fn a_person_makes_uses_and_deletes_a_signature(on: On) {
    let site = Site::new(on);
    let token = site.join().token;
    let made: Value = site.post("/v1/signatures").token(&token).json(&wanted()).send().ok(201);
    assert_eq!((&made["state"], &made["width_mm"], &made["height_mm"]), (&json!("draft"), &json!(20), &json!(10)));
    let path = format!("/v1/signatures/{}", made["id"].as_str().unwrap());
    for (what, state) in
        [("authorize", "authorized"), ("default", "authorized"), ("disable", "disabled"), ("enable", "authorized")]
    {
        let now: Value = site.post(&format!("{path}/{what}")).token(&token).send().ok(200);
        assert_eq!((&now["state"], &now["default"]), (&json!(state), &json!(what == "default")), "{what}");
    }
    let image = site.get(&format!("{path}/image")).token(&token).send();
    assert_eq!(
        (image.status, image.header("content-type"), image.header("cache-control")),
        (200, "image/png", "no-store")
    );
    assert!(image.body.starts_with(b"\x89PNG"));
    site.delete(&path).token(&token).send().done();
    site.get(&path).token(&token).send().refused(404, "resource.not_found");
}

fn images_are_larger_than_other_bodies_and_still_have_a_limit(on: On) {
    let site = Site::new(on);
    let token = site.join().token;
    let send = |bytes: usize| {
        let body = json!({ "image": STANDARD.encode(vec![0; bytes]) });
        site.post("/v1/signatures").token(&token).json(&body).send()
    };
    // More than any other component takes; it is looked at, and is no image.
    send(2 << 20).refused(422, "image.unreadable");
    send(4 << 20).refused(413, "request.too_large");
}

fn who_belongs_to_no_enterprise_has_no_seals(on: On) {
    let site = Site::new(on);
    let token = site.join().token;
    site.get("/v1/seals").send().refused(401, "session.required");
    site.get("/v1/seals").token(&token).send().refused(403, "enterprise.required");
    site.post("/v1/seals").token(&token).json(&json!({})).send().refused(403, "enterprise.required");
}

fn a_signature_is_its_persons_alone(on: On) {
    let site = Site::new(on);
    let (mine, theirs) = (site.join().token, site.join().token);
    let made: Value = site.post("/v1/signatures").token(&theirs).json(&wanted()).send().ok(201);
    let path = format!("/v1/signatures/{}", made["id"].as_str().unwrap());
    site.get(&path).token(&mine).send().refused(404, "resource.not_found");
    site.get(&format!("{path}/image")).token(&mine).send().refused(404, "resource.not_found");
    site.delete(&path).token(&mine).send().refused(404, "resource.not_found");
    site.get(&path).token(&theirs).send().ok::<Value>(200);
}
