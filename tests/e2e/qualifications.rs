//! J13 and J7: qualifications, the settings of reminders, and the reminders themselves.

use eport_schema::wire::{
    List, Message, Qualification, QualificationKindItem, QualificationState, ReminderSettings, RemindersRun,
};
use eport_tests::{Member, On, Site, on_both};
use serde_json::json;

on_both![a_qualification_is_kept_by_the_administrator_alone, what_ends_soon_is_reminded_of_once_as_the_settings_say,];

const PATH: &str = "/v1/enterprise/qualifications";

fn administrator(site: &Site) -> Member {
    let member = site.join();
    let body = json!({
        "role": "admin", "uscc": "913300007458363392",
        "enterprise": { "name": "杭州示例进出口有限公司", "registered_address": "杭州市上城区", "business_scope": "货物进出口" }
    });
    assert_eq!(site.post("/v1/associations").token(&member.token).json(&body).send().status, 201);
    member
}

fn a_qualification_is_kept_by_the_administrator_alone(on: On) {
    let site = Site::new(on);
    let (by, stranger) = (administrator(&site), site.join());
    let body = json!({ "department": "杭州海关", "kind": "customs_registration", "number": "3301960abc", "valid_to": "2199-12-31" });
    let made = site.post(PATH).token(&by.token).json(&body).send();
    let etag = made.header("etag").to_owned();
    let made: Qualification = made.ok(201);
    assert_eq!((made.number.as_str(), made.state), ("3301960ABC", QualificationState::Valid));
    site.post(PATH).token(&by.token).json(&body).send().refused(409, "qualification.exists");
    let short = json!({ "department": "杭州海关", "kind": "customs_registration", "number": "1" });
    site.post(PATH).token(&by.token).json(&short).send().refused_field(422, "number", "number.customs_registration");

    let path = format!("{PATH}/{}", made.id);
    site.get(&path).token(&stranger.token).send().refused(403, "enterprise.required");
    let patch = || {
        site.patch(&path).token(&by.token).header("if-match", &etag).json(&json!({ "valid_to": "2020-01-01" })).send()
    };
    assert_eq!(patch().ok::<Qualification>(200).state, QualificationState::Expired);
    patch().refused(412, "request.precondition_failed");
    assert_eq!(site.get(PATH).token(&by.token).send().ok::<List<Qualification>>(200).items.len(), 1);
    site.delete(&path).token(&by.token).send().done();
    site.get(&path).token(&by.token).send().refused(404, "resource.not_found");
    let kinds: List<QualificationKindItem> =
        site.get("/v1/enterprise/qualification-kinds").token(&by.token).send().ok(200);
    assert!(kinds.items.len() > 5);
}

fn what_ends_soon_is_reminded_of_once_as_the_settings_say(on: On) {
    let site = Site::new(on);
    let (by, staff) = (administrator(&site), site.join_staff());
    let settings = site.get("/v1/me/settings").token(&by.token).send();
    let etag = settings.header("etag").to_owned();
    let settings: ReminderSettings = settings.ok(200);
    let mut wanted = serde_json::to_value(&settings).unwrap();
    wanted.as_object_mut().unwrap().remove("updated_at");
    wanted["qualification_expiring"] = json!({ "channels": ["inbox", "sms"], "lead_days": [180] });
    let put = || site.put("/v1/me/settings").token(&by.token).header("if-match", &etag).json(&wanted).send();
    assert_eq!(put().ok::<ReminderSettings>(200).qualification_expiring.lead_days, [180]);
    put().refused(412, "request.precondition_failed");

    let soon = eport_schema::clock::Timestamp::from_system().date_in_china().plus_days(100).to_text();
    let body = json!({ "department": "杭州海关", "kind": "other", "number": "1", "valid_to": soon });
    site.post(PATH).token(&by.token).json(&body).send().ok::<Qualification>(201);
    let run = || site.post("/v1/platform/reminders/run").token(&staff.token).send();
    let first: RemindersRun = run().ok(200);
    assert_eq!((first.sent, first.sms_sent, first.complete), (1, 1, true));
    assert_eq!(run().ok::<RemindersRun>(200).sent, 0);
    let messages: List<Message> = site.get("/v1/messages").token(&by.token).send().ok(200);
    assert_eq!(messages.items.iter().filter(|message| message.kind == "qualification_expiring").count(), 1);
    assert!(
        site.outbox(&by.person.phone)
            .iter()
            .any(|item| item.purpose == "qualification_expiring" && item.text.contains(&soon))
    );
    site.post("/v1/platform/reminders/run").token(&by.token).send().refused(403, "staff.required");
}
