//! A card bound and unbound by staff.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eport_platform::Platform;
use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::cards::{
    Algorithm, CardClass, IssuedCard, Kind, authority, holder, holder_elsewhere, issue, trusted, with,
};
use eport_shared::testing::{Answer, Call, World};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::{get, on_duty};

fn body(card: &IssuedCard, number: &str, class: &str) -> Json {
    json!({
        "card_number": number, "card_class": class, "certificate": STANDARD.encode(&card.certificate_der), "reason": "本人到窗口办理"
    })
}

async fn bind(world: &World, token: &str, account: Uuid, body: &Json) -> Answer {
    let call = Call::post(&format!("/v1/platform/accounts/{account}/card")).bearer(token).json(body);
    world.send::<Platform>(call).await
}

async fn unbind(world: &World, token: &str, account: Uuid) -> Answer {
    let call = Call::post(&format!("/v1/platform/accounts/{account}/card/unbind")).bearer(token);
    world.send::<Platform>(call.json(&json!({ "reason": "卡已遗失" }))).await
}

const NUMBER: &str = "8930000000001";

on_each_database! {
    async fn a_card_is_bound_by_its_certificate_seen_and_unbound(world: World) {
        let (staff, token) = on_duty(&world).await;
        let ca = trusted(&world, Algorithm::P256).await;
        let person = world.person(1).await.id;
        let path = format!("/v1/platform/accounts/{person}/card");
        get(&world, &token, &path).await.refused(&catalogue::CARD_NOT_BOUND);
        let card = issue(&ca, &holder(1, CardClass::Operator));
        let bound = bind(&world, &token, person, &body(&card, NUMBER, "operator")).await.done(201);
        assert_eq!((&bound["card_number"], &bound["card_class"]), (&json!(NUMBER), &json!("operator")));
        assert_eq!(get(&world, &token, &path).await.done(200), bound);
        let origin = world.rows(&sql!("SELECT origin FROM cards"), &[]).await;
        assert_eq!(origin[0].get::<String>(0).unwrap(), "staff");
        for action in ["card.bound", "card.bound_by_staff", "enterprise.joined"] {
            assert_eq!(world.audit_of(action).await[0].actor_id, Some(staff.id), "{action}");
        }
        assert!(world.audit_of("card.bound_by_staff").await[0].after.as_deref().unwrap().contains("本人到窗口办理"));

        unbind(&world, &token, person).await.done(204);
        unbind(&world, &token, person).await.refused(&catalogue::CARD_NOT_BOUND);
        assert!(world.audit_of("card.unbound_by_staff").await[0].after.as_deref().unwrap().contains("卡已遗失"));
        let kinds: Vec<_> = world.inbox(person).await.into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, ["card_bound", "card_unbound"]);
    }

    async fn a_legal_person_card_bound_by_staff_verifies_nothing(world: World) {
        let (_, token) = on_duty(&world).await;
        let ca = trusted(&world, Algorithm::P256).await;
        let person = world.person(1).await.id;
        let card = issue(&ca, &holder(1, CardClass::LegalPerson));
        bind(&world, &token, person, &body(&card, NUMBER, "legal_person")).await.done(201);
        let states = world.rows(&sql!("SELECT e.state, m.role FROM enterprises e JOIN memberships m ON m.enterprise_id = e.id"), &[]).await;
        assert_eq!((states[0].get::<String>(0).unwrap().as_str(), states[0].get::<String>(1).unwrap().as_str()), ("unverified", "operator"));
    }

    async fn all_that_binding_asks_is_asked_of_staff_too(world: World) {
        let (staff, token) = on_duty(&world).await;
        let ca = trusted(&world, Algorithm::P256).await;
        let (person, other) = (world.person(1).await.id, world.person(2).await.id);
        let card = issue(&ca, &holder(1, CardClass::Operator));
        let good = body(&card, NUMBER, "operator");
        bind(&world, &token, person, &body(&card, "8930000000009", "operator")).await.refused(&catalogue::CARD_NUMBER_MISMATCH);
        bind(&world, &token, person, &body(&card, NUMBER, "legal_person")).await.refused(&catalogue::CARD_CLASS_MISMATCH);
        bind(&world, &token, other, &good).await.refused(&catalogue::CARD_HOLDER_MISMATCH);
        bind(&world, &token, staff.id, &good).await.refused(&catalogue::STAFF_TARGET);
        bind(&world, &token, Uuid::nil(), &good).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        let stranger = authority(&world, Algorithm::P256);
        let foreign = issue(&stranger, &holder(1, CardClass::Operator));
        bind(&world, &token, person, &body(&foreign, NUMBER, "operator")).await.refused(&catalogue::CARD_UNKNOWN_ISSUER);
        let expired = ca.issue(&holder(1, CardClass::Operator), Kind::Expired).unwrap();
        bind(&world, &token, person, &body(&expired, NUMBER, "operator")).await.refused(&catalogue::CARD_EXPIRED);
        for (field, value, refusal) in [
            ("card_number", "1", &catalogue::CARD_NUMBER_FORMAT),
            ("card_class", "gold", &catalogue::CARD_CLASS_UNKNOWN),
            ("certificate", "#", &catalogue::CARD_ENCODING),
            ("reason", " ", &catalogue::AUDIT_REASON_REQUIRED),
        ] {
            let answer = bind(&world, &token, person, &with(good.clone(), field, value)).await;
            answer.refused(refusal);
            assert_eq!(answer.errors()[0].0, field);
        }
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM cards"), &[]).await, 0);

        bind(&world, &token, person, &good).await.done(201);
        let elsewhere = issue(&ca, &holder_elsewhere(1, CardClass::Operator));
        bind(&world, &token, person, &body(&elsewhere, "8940000000001", "operator")).await.refused(&catalogue::CARD_ENTERPRISE_MISMATCH);
        let mut taken = holder(2, CardClass::Operator);
        taken.card_number = NUMBER.to_owned();
        bind(&world, &token, other, &body(&issue(&ca, &taken), NUMBER, "operator")).await.refused(&catalogue::CARD_ALREADY_BOUND);
    }

    async fn the_only_way_in_stays(world: World) {
        let (staff, token) = on_duty(&world).await;
        let ca = trusted(&world, Algorithm::P256).await;
        let person = world.person(1).await.id;
        bind(&world, &token, person, &body(&issue(&ca, &holder(1, CardClass::Operator)), NUMBER, "operator")).await.done(201);
        world.rows(&sql!("UPDATE accounts SET state = 'inactive' WHERE id = $1"), &[person.into()]).await;
        unbind(&world, &token, person).await.refused(&catalogue::CARD_LAST_CREDENTIAL);
        unbind(&world, &token, staff.id).await.refused(&catalogue::STAFF_TARGET);
        unbind(&world, &token, Uuid::nil()).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        get(&world, &token, &format!("/v1/platform/accounts/{}/card", Uuid::nil())).await.refused(&catalogue::RESOURCE_NOT_FOUND);
    }
}
