//! Own card only.

use eport_cards::Cards;
use eport_schema::catalogue;
use eport_sessions::Sessions;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::cards::{
    Algorithm, CardClass, CrlAge, ENTERPRISE, Holder, Kind, answer, holder, holder_elsewhere, issue,
    publish_revocations, signed, trusted, with,
};
use eport_shared::testing::{Call, World};
use serde_json::{Value as Json, json};

use crate::{bind, challenge, get, log_in, send, token, told, unbind};

on_each_database! {
    async fn a_person_binds_their_own_card_and_logs_in_with_it(world: World) {
        let person = world.person(1).await;
        let token = world.sign_in(person.id).await;
        let ca = trusted(&world, Algorithm::Sm2).await;
        let who = holder(1, CardClass::Operator);
        let card = issue(&ca, &who);
        get(&world, &token).await.refused(&catalogue::CARD_NOT_BOUND);
        let bound = bind(&world, &token, &who.card_number, &card).await.done(201);
        assert_eq!((&bound["card_number"], &bound["card_class"]), (&json!(who.card_number), &json!("operator")));
        assert_eq!((&bound["enterprise_name"], &bound["last_used_at"]), (&json!(ENTERPRISE.1), &Json::Null));
        assert_eq!(get(&world, &token).await.done(200), bound);
        assert_eq!(told(&world, person.id).await, ["card_bound"]);
        let session = log_in(&world, &card).await.done(201);
        assert_eq!(session["account"]["id"], json!(person.id));
        let actions: Vec<_> = world.audit().await.into_iter().map(|row| row.action).collect();
        assert!(actions.contains(&"card.bound".to_owned()), "{actions:?}");
    }

    async fn another_persons_card_is_not_bound(world: World) {
        let token = world.sign_in(world.person(1).await.id).await;
        let ca = trusted(&world, Algorithm::Sm2).await;
        let theirs = holder(2, CardClass::Operator);
        bind(&world, &token, &theirs.card_number, &issue(&ca, &theirs)).await.refused(&catalogue::CARD_HOLDER_MISMATCH);
        get(&world, &token).await.refused(&catalogue::CARD_NOT_BOUND);
        let refused = world.audit_of("bind_card").await;
        assert_eq!((refused.len(), refused[0].code.as_deref()), (1, Some("card.holder_mismatch")));
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM enterprises"), &[]).await, 0);
    }

    async fn a_card_of_another_enterprise_is_not_bound(world: World) {
        let ca = trusted(&world, Algorithm::Sm2).await;
        let session = log_in(&world, &issue(&ca, &holder(1, CardClass::Operator))).await.done(201);
        let other = holder_elsewhere(1, CardClass::LegalPerson);
        bind(&world, &token(&session), &other.card_number, &issue(&ca, &other)).await.refused(&catalogue::CARD_ENTERPRISE_MISMATCH);
        assert_eq!(get(&world, &token(&session)).await.done(200)["card_number"], holder(1, CardClass::Operator).card_number);
    }

    async fn the_number_typed_in_must_be_the_cards(world: World) {
        let token = world.sign_in(world.person(1).await.id).await;
        let ca = trusted(&world, Algorithm::Sm2).await;
        let card = issue(&ca, &holder(1, CardClass::Operator));
        bind(&world, &token, "8930000009999", &card).await.refused(&catalogue::CARD_NUMBER_MISMATCH);
        let prefixed = format!("03-{}", holder(1, CardClass::Operator).card_number);
        bind(&world, &token, &prefixed, &card).await.done(201);
        for odd in ["", "1", "１２３４５", "8930 0001"] {
            let body = with(json!({ "challenge_id": "x", "certificate": "x", "signature": "x", "algorithm": "SM2" }), "card_number", odd);
            world.send::<Cards>(Call::post("/v1/me/card").bearer(&token).json(&body)).await.refused(&catalogue::CARD_NUMBER_FORMAT);
        }
    }

    async fn a_card_that_is_somebody_elses_is_not_bound(world: World) {
        let ca = trusted(&world, Algorithm::Sm2).await;
        log_in(&world, &issue(&ca, &holder(1, CardClass::Operator))).await.done(201);
        let token = world.sign_in(world.person(2).await.id).await;
        // The number of a card in use, in a certificate of another person.
        let second = Holder { card_number: holder(1, CardClass::Operator).card_number, ..holder(2, CardClass::Operator) };
        bind(&world, &token, &second.card_number, &issue(&ca, &second)).await.refused(&catalogue::CARD_ALREADY_BOUND);
    }

    async fn a_challenge_of_another_person_number_or_purpose_binds_nothing(world: World) {
        let (mine, theirs) = (world.sign_in(world.person(1).await.id).await, world.sign_in(world.person(2).await.id).await);
        let ca = trusted(&world, Algorithm::Sm2).await;
        let who = holder(1, CardClass::Operator);
        let card = issue(&ca, &who);
        let others = challenge(&world, &theirs, &who.card_number).await;
        send(&world, &mine, &who.card_number, answer(&card, &others)).await.refused(&catalogue::CARD_CHALLENGE_INVALID);
        let other_number = challenge(&world, &mine, "8930000009999").await;
        send(&world, &mine, &who.card_number, answer(&card, &other_number)).await.refused(&catalogue::CARD_CHALLENGE_INVALID);
        let call = Call::post("/v1/card-challenges").json(&json!({ "purpose": "login" }));
        let login = world.send::<Sessions>(call).await.done(201);
        send(&world, &mine, &who.card_number, answer(&card, &login)).await.refused(&catalogue::CARD_CHALLENGE_INVALID);
        let used = challenge(&world, &mine, &who.card_number).await;
        send(&world, &mine, &who.card_number, signed(&card, &used, b"x")).await.refused(&catalogue::CARD_SIGNATURE_INVALID);
        send(&world, &mine, &who.card_number, answer(&card, &used)).await.refused(&catalogue::CARD_CHALLENGE_INVALID);
    }

    async fn of_two_who_bind_with_one_challenge_one_does(world: World) {
        let token = world.sign_in(world.person(1).await.id).await;
        let ca = trusted(&world, Algorithm::P256).await;
        let who = holder(1, CardClass::Operator);
        let answer = answer(&issue(&ca, &who), &challenge(&world, &token, &who.card_number).await);
        let (a, b) = tokio::join!(send(&world, &token, &who.card_number, answer.clone()), send(&world, &token, &who.card_number, answer.clone()));
        let mut statuses = [a.status(), b.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 422]);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM cards"), &[]).await, 1);
    }

    async fn two_people_who_bind_one_number_at_once_do_not_both(world: World) {
        let ca = trusted(&world, Algorithm::P256).await;
        let first = holder(1, CardClass::Operator);
        let second = Holder { card_number: first.card_number.clone(), ..holder(2, CardClass::Operator) };
        let (a, b) = (world.sign_in(world.person(1).await.id).await, world.sign_in(world.person(2).await.id).await);
        let to_a = answer(&issue(&ca, &first), &challenge(&world, &a, &first.card_number).await);
        let to_b = answer(&issue(&ca, &second), &challenge(&world, &b, &first.card_number).await);
        let (a, b) = tokio::join!(send(&world, &a, &first.card_number, to_a), send(&world, &b, &first.card_number, to_b));
        let mut statuses = [a.status(), b.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
    }

    async fn a_retry_with_the_same_key_gets_the_first_answer(world: World) {
        let token = world.sign_in(world.person(1).await.id).await;
        let ca = trusted(&world, Algorithm::P256).await;
        let who = holder(1, CardClass::Operator);
        let body = with(answer(&issue(&ca, &who), &challenge(&world, &token, &who.card_number).await), "card_number", who.card_number.as_str());
        let call = Call::post("/v1/me/card").bearer(&token).json(&body).key("bind-1");
        let first = world.send::<Cards>(call.clone()).await;
        assert_eq!(world.send::<Cards>(call).await.done(201), first.done(201));
    }

    async fn a_revoked_or_foreign_card_is_not_bound(world: World) {
        let token = world.sign_in(world.person(1).await.id).await;
        let ca = trusted(&world, Algorithm::P256).await;
        let who = holder(1, CardClass::Operator);
        for (kind, refusal) in [
            (Kind::Revoked, &catalogue::CARD_REVOKED),
            (Kind::Foreign, &catalogue::CARD_UNKNOWN_ISSUER),
            (Kind::Expired, &catalogue::CARD_EXPIRED),
            (Kind::WrongKeyUsage, &catalogue::CARD_WRONG_KEY_USAGE),
        ] {
            let card = ca.issue(&who, kind).unwrap();
            if kind == Kind::Revoked {
                publish_revocations(&world, &ca, CrlAge::Current).await;
            }
            bind(&world, &token, &who.card_number, &card).await.refused(refusal);
        }
    }

    async fn the_legal_person_card_makes_enterprise_and_administrator_verified(world: World) {
        let person = world.person(1).await;
        let token = world.sign_in(person.id).await;
        let ca = trusted(&world, Algorithm::P256).await;
        let who = holder(1, CardClass::LegalPerson);
        bind(&world, &token, &who.card_number, &issue(&ca, &who)).await.done(201);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM enterprises WHERE state = 'verified'"), &[]).await, 1);
        assert_eq!(
            world.number(&sql!("SELECT COUNT(*) FROM memberships WHERE role = 'admin' AND verified_by = 'card'"), &[]).await,
            1
        );
        assert_eq!(told(&world, person.id).await, ["administrator_by_card", "card_bound"]);
    }

    async fn a_new_card_takes_the_place_of_the_old_one(world: World) {
        let person = world.person(1).await;
        let token = world.sign_in(person.id).await;
        let ca = trusted(&world, Algorithm::P256).await;
        let (old, new) = (holder(1, CardClass::Operator), Holder { card_number: "8950000000001".to_owned(), ..holder(1, CardClass::Operator) });
        let card = issue(&ca, &old);
        bind(&world, &token, &old.card_number, &card).await.done(201);
        let by_card = crate::token(&log_in(&world, &card).await.done(201));
        bind(&world, &token, &new.card_number, &issue(&ca, &new)).await.done(201);
        get(&world, &by_card).await.refused(&catalogue::SESSION_ENDED);
        assert_eq!(get(&world, &token).await.done(200)["card_number"], new.card_number);
    }

    async fn a_card_can_be_bound_again_after_it_was_unbound(world: World) {
        let token = world.sign_in(world.person(1).await.id).await;
        let ca = trusted(&world, Algorithm::P256).await;
        let who = holder(1, CardClass::Operator);
        let card = issue(&ca, &who);
        for _ in 0..2 {
            bind(&world, &token, &who.card_number, &card).await.done(201);
            unbind(&world, &token).await.done(204);
        }
    }

    async fn without_a_session_nothing_is_bound_seen_or_unbound(world: World) {
        for call in [Call::get("/v1/me/card"), Call::delete("/v1/me/card"), Call::post("/v1/me/card").json(&json!({}))] {
            world.send::<Cards>(call.clone()).await.refused(&catalogue::SESSION_REQUIRED);
            world.send::<Cards>(call.bearer("a.b.c")).await.refused(&catalogue::SESSION_TOKEN_INVALID);
        }
    }

    async fn odd_bodies_are_refused(world: World) {
        let token = world.sign_in(world.person(1).await.id).await;
        let good = json!({ "card_number": "8930000000001", "challenge_id": "x", "certificate": "MIIC", "signature": "MIIC", "algorithm": "SM2" });
        for (body, refusal) in [
            (json!({}), &catalogue::REQUEST_MISSING_FIELD),
            (json!([]), &catalogue::REQUEST_WRONG_TYPE),
            (with(good.clone(), "pin", "123456"), &catalogue::REQUEST_UNKNOWN_FIELD),
            (with(good.clone(), "certificate", json!(null)), &catalogue::REQUEST_WRONG_TYPE),
            (good.clone(), &catalogue::ID_FORMAT),
            (with(good, "signature", "*"), &catalogue::REQUEST_INVALID),
        ] {
            world.send::<Cards>(Call::post("/v1/me/card").bearer(&token).json(&body)).await.refused(refusal);
        }
    }
}
