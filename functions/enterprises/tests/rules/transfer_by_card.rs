//! The administrator hands over with their card's signature in place of a fresh login (J12, §6).

use eport_schema::catalogue;
use eport_sessions::Sessions;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::cards::{
    Algorithm, CardClass, CrlAge, Holder, IssuedCard, Kind, TestCa, answer, holder, holder_elsewhere, issue,
    publish_revocations, signed, trusted, with,
};
use eport_shared::testing::{Answer, Call, World};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::{Somebody, USCC, operator, role};

async fn challenge(world: &World, token: &str, body: &Json) -> Json {
    world.send::<Sessions>(Call::post("/v1/card-challenges").bearer(token).json(body)).await.done(201)
}

/// Somebody whom a card logs in, and so binds.
async fn by_card(world: &World, card: &IssuedCard) -> Somebody {
    let asked = world.send::<Sessions>(Call::post("/v1/card-challenges").json(&json!({ "purpose": "login" }))).await;
    let body = with(answer(card, &asked.done(201)), "method", "card");
    let session = world.send::<Sessions>(Call::post("/v1/sessions").json(&body)).await.done(201);
    Somebody {
        id: session["account"]["id"].as_str().unwrap().parse().unwrap(),
        token: session["access_token"].as_str().unwrap().to_owned(),
    }
}

/// An enterprise whose administrator is person 1 with its legal-person card, who logged in too long ago; and person 2, an operator.
struct Port {
    ca: TestCa,
    card: IssuedCard,
    old: Somebody,
    new: Somebody,
}

impl Port {
    async fn new(world: &World, algorithm: Algorithm) -> Self {
        Self::of(world, algorithm, Kind::Good).await
    }

    async fn of(world: &World, algorithm: Algorithm, kind: Kind) -> Self {
        let ca = trusted(world, algorithm).await;
        let card = ca.issue(&holder(1, CardClass::LegalPerson), kind).unwrap();
        let old = by_card(world, &card).await;
        let new = operator(world, 2, &old, USCC).await;
        // A login is fresh for 300 seconds, an access token lives for 600.
        world.advance(301);
        Self { ca, card, old, new }
    }

    /// A challenge for the hand-over.
    async fn challenge(&self, world: &World) -> Json {
        challenge(world, &self.old.token, &json!({ "purpose": "admin_transfer" })).await
    }

    /// Hands over to the operator with what a card answered.
    async fn send(&self, world: &World, answer: Json) -> Answer {
        let body = with(answer, "account_id", self.new.id.to_string());
        self.old.post(world, "/v1/enterprise/admin-transfer", &body).await
    }

    /// The same, with the right challenge signed by `card`.
    async fn with_card(&self, world: &World, card: &IssuedCard) -> Answer {
        let challenge = self.challenge(world).await;
        self.send(world, answer(card, &challenge)).await
    }

    async fn nothing_changed(&self, world: &World) {
        assert_eq!(
            (role(world, self.old.id).await.as_str(), role(world, self.new.id).await.as_str()),
            ("admin", "operator")
        );
    }
}

on_each_database! {
    async fn the_card_is_as_good_as_a_fresh_login(world: World) {
        let port = Port::new(&world, Algorithm::Sm2).await;
        port.old.hand_over(&world, port.new.id).await.refused(&catalogue::SESSION_FRESH_LOGIN_REQUIRED);
        let shown = port.with_card(&world, &port.card).await.done(200);
        assert_eq!(shown["administrator"]["account_id"], json!(port.new.id));
        assert_eq!((role(&world, port.old.id).await.as_str(), role(&world, port.new.id).await.as_str()), ("operator", "admin"));
        let row = world.audit_of("enterprise.administrator").await.pop().unwrap();
        assert_eq!(row.actor_id, Some(port.old.id));
        let after: Json = serde_json::from_str(row.after.as_deref().unwrap()).unwrap();
        assert_eq!((&after["by"], &after["proof"]), (&json!("transfer"), &json!("card")));
    }

    async fn in_a_fresh_session_a_card_that_is_shown_must_be_right_all_the_same(world: World) {
        let port = Port::new(&world, Algorithm::P256).await;
        let old = Somebody { id: port.old.id, token: world.sign_in(port.old.id).await };
        let challenge = challenge(&world, &old.token, &json!({ "purpose": "admin_transfer" })).await;
        let body = with(signed(&port.card, &challenge, b"x"), "account_id", port.new.id.to_string());
        old.post(&world, "/v1/enterprise/admin-transfer", &body).await.refused(&catalogue::CARD_SIGNATURE_INVALID);
        port.nothing_changed(&world).await;
        // Without it, nothing has changed for clients that know of no card.
        old.hand_over(&world, port.new.id).await.done(200);
    }

    async fn somebody_elses_card_hands_nothing_over(world: World) {
        let port = Port::new(&world, Algorithm::P256).await;
        let theirs = issue(&port.ca, &holder(3, CardClass::LegalPerson));
        by_card(&world, &theirs).await;
        port.with_card(&world, &theirs).await.refused(&catalogue::CARD_HOLDER_MISMATCH);
        // Nor one of another person that was made out to the number of the bound card.
        let forged = Holder { card_number: holder(1, CardClass::LegalPerson).card_number, ..holder(3, CardClass::LegalPerson) };
        port.with_card(&world, &issue(&port.ca, &forged)).await.refused(&catalogue::CARD_HOLDER_MISMATCH);
        port.nothing_changed(&world).await;
    }

    async fn a_card_of_ones_own_that_is_not_bound_hands_nothing_over(world: World) {
        let port = Port::new(&world, Algorithm::P256).await;
        let second = Holder { card_number: "8950000000001".to_owned(), ..holder(1, CardClass::LegalPerson) };
        port.with_card(&world, &issue(&port.ca, &second)).await.refused(&catalogue::CARD_NOT_BOUND);
        let elsewhere = Holder { card_number: holder(1, CardClass::LegalPerson).card_number, ..holder_elsewhere(1, CardClass::LegalPerson) };
        port.with_card(&world, &issue(&port.ca, &elsewhere)).await.refused(&catalogue::CARD_ENTERPRISE_MISMATCH);
        world.rows(&sql!("UPDATE cards SET unbound_at = 1 WHERE account_id = $1"), &[port.old.id.into()]).await;
        // The session that the card opened goes on here: it is the row that says so.
        world.rows(&sql!("UPDATE sessions SET card_id = NULL"), &[]).await;
        port.with_card(&world, &port.card).await.refused(&catalogue::CARD_NOT_BOUND);
        port.nothing_changed(&world).await;
    }

    async fn a_revoked_foreign_or_expired_card_hands_nothing_over(world: World) {
        let port = Port::of(&world, Algorithm::P256, Kind::Revoked).await;
        for (kind, refusal) in [(Kind::Foreign, &catalogue::CARD_UNKNOWN_ISSUER), (Kind::Expired, &catalogue::CARD_EXPIRED)] {
            let card = port.ca.issue(&holder(1, CardClass::LegalPerson), kind).unwrap();
            port.with_card(&world, &card).await.refused(refusal);
        }
        publish_revocations(&world, &port.ca, CrlAge::Current).await;
        port.with_card(&world, &port.card).await.refused(&catalogue::CARD_REVOKED);
        port.nothing_changed(&world).await;
    }

    async fn a_challenge_that_was_used_or_is_of_another_purpose_or_person_hands_nothing_over(world: World) {
        let port = Port::new(&world, Algorithm::P256).await;
        let used = port.challenge(&world).await;
        port.send(&world, signed(&port.card, &used, b"x")).await.refused(&catalogue::CARD_SIGNATURE_INVALID);
        port.send(&world, answer(&port.card, &used)).await.refused(&catalogue::CARD_CHALLENGE_INVALID);
        for purpose in [
            json!({ "purpose": "login" }),
            json!({ "purpose": "bind", "card_number": holder(1, CardClass::LegalPerson).card_number }),
            json!({ "purpose": "seal", "digest": "ab".repeat(32) }),
        ] {
            let other = challenge(&world, &port.old.token, &purpose).await;
            port.send(&world, answer(&port.card, &other)).await.refused(&catalogue::CARD_CHALLENGE_INVALID);
        }
        let theirs = challenge(&world, &port.new.token, &json!({ "purpose": "admin_transfer" })).await;
        port.send(&world, answer(&port.card, &theirs)).await.refused(&catalogue::CARD_CHALLENGE_INVALID);
        let nobodys = json!({ "challenge_id": Uuid::nil(), "text": "x" });
        port.send(&world, answer(&port.card, &nobodys)).await.refused(&catalogue::CARD_CHALLENGE_INVALID);
        port.nothing_changed(&world).await;
    }

    async fn a_challenge_is_good_for_two_minutes(world: World) {
        let port = Port::new(&world, Algorithm::P256).await;
        let challenge = port.challenge(&world).await;
        world.advance(120);
        port.send(&world, answer(&port.card, &challenge)).await.refused(&catalogue::CARD_CHALLENGE_EXPIRED);
        port.nothing_changed(&world).await;
        let challenge = port.challenge(&world).await;
        world.advance(119);
        port.send(&world, answer(&port.card, &challenge)).await.done(200);
    }

    async fn an_operator_with_a_card_of_their_own_hands_nothing_over(world: World) {
        let port = Port::new(&world, Algorithm::P256).await;
        let card = issue(&port.ca, &holder(3, CardClass::Operator));
        let member = by_card(&world, &card).await;
        let asked = challenge(&world, &member.token, &json!({ "purpose": "admin_transfer" })).await;
        let body = with(answer(&card, &asked), "account_id", member.id.to_string());
        member.post(&world, "/v1/enterprise/admin-transfer", &body).await.refused(&catalogue::PERMISSION_DENIED);
        port.nothing_changed(&world).await;
    }

    async fn of_two_hand_overs_with_one_signature_one_is_done(world: World) {
        let port = Port::new(&world, Algorithm::P256).await;
        let answer = answer(&port.card, &port.challenge(&world).await);
        let (a, b) = tokio::join!(port.send(&world, answer.clone()), port.send(&world, answer.clone()));
        let mut statuses = [a.status(), b.status()];
        statuses.sort_unstable();
        // The other one finds the challenge used, or is an operator by then.
        assert!(matches!(statuses, [200, 403 | 422]), "{} {}", a.json(), b.json());
        let administrators = world.number(&sql!("SELECT COUNT(*) FROM memberships WHERE role = 'admin'"), &[]).await;
        assert_eq!((administrators, role(&world, port.new.id).await.as_str()), (1, "admin"));
    }

    async fn of_two_hand_overs_to_two_people_at_once_one_is_done(world: World) {
        let port = Port::new(&world, Algorithm::P256).await;
        let third = operator(&world, 4, &port.old, USCC).await;
        let (to_new, to_third) = (port.challenge(&world).await, port.challenge(&world).await);
        let body = with(answer(&port.card, &to_third), "account_id", third.id.to_string());
        let (a, b) = tokio::join!(
            port.send(&world, answer(&port.card, &to_new)),
            port.old.post(&world, "/v1/enterprise/admin-transfer", &body)
        );
        let successor = match (a.status(), b.status()) {
            (200, 403) => port.new.id,
            (403, 200) => third.id,
            _ => panic!("{} {}", a.json(), b.json()),
        };
        let administrators = world.rows(&sql!("SELECT account_id FROM memberships WHERE role = 'admin'"), &[]).await;
        let administrators: Vec<Uuid> = administrators.iter().map(|row| row.get(0).unwrap()).collect();
        assert_eq!(administrators, [successor]);
    }

    async fn what_the_card_sent_is_whole_or_not_there(world: World) {
        let port = Port::new(&world, Algorithm::P256).await;
        let whole = answer(&port.card, &port.challenge(&world).await);
        for part in ["challenge_id", "certificate", "signature", "algorithm"] {
            let mut body = whole.clone();
            body.as_object_mut().unwrap().remove(part);
            let refused = port.send(&world, body).await;
            refused.refused(&catalogue::REQUEST_MISSING_FIELD);
            assert_eq!(refused.errors()[0].0, part);
            port.send(&world, with(whole.clone(), part, Json::Null)).await.refused(&catalogue::REQUEST_WRONG_TYPE);
        }
        port.send(&world, with(whole.clone(), "challenge_id", "1")).await.refused(&catalogue::ID_FORMAT);
        port.send(&world, with(whole.clone(), "certificate", "#")).await.refused(&catalogue::CARD_ENCODING);
        // None of that has used the challenge up.
        port.send(&world, whole).await.done(200);
    }
}
