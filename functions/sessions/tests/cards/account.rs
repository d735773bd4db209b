//! Which account a card opens (J11), and the one that it makes (J5).

use eport_schema::catalogue;
use eport_schema::catalogue::Language;
use eport_sessions::Sessions;
use eport_shared::inbox;
use eport_shared::on_each_database;
use eport_shared::platform::Database as _;
use eport_shared::sql;
use eport_shared::sql::Dialect;
use eport_shared::testing::cards::{
    Algorithm, CardClass, ENTERPRISE, Holder, Kind, answer, holder, holder_elsewhere, issue, trusted,
};
use eport_shared::testing::{Call, World};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::{challenge, claims, log_in, send, token};

fn account(session: &Json) -> Uuid {
    serde_json::from_value(session["account"]["id"].clone()).expect("an id")
}

/// Kinds of the messages in an inbox.
async fn told(world: &World, account: Uuid) -> Vec<String> {
    let mut kinds: Vec<_> = world.inbox(account).await.into_iter().map(|(kind, _)| kind).collect();
    // Those of one moment have no order.
    kinds.sort();
    kinds
}

async fn place(world: &World, account: Uuid) -> Option<(String, String)> {
    let rows = world
        .rows(
            &sql!("SELECT e.name, m.role FROM memberships m JOIN enterprises e ON e.id = m.enterprise_id WHERE m.account_id = $1"),
            &[account.into()],
        )
        .await;
    rows.first().map(|row| (row.get(0).unwrap(), row.get(1).unwrap()))
}

on_each_database! {
    async fn a_card_that_nobody_knows_makes_an_inactive_account(world: World) {
        let ca = trusted(&world, Algorithm::Sm2).await;
        let session = log_in(&world, &issue(&ca, &holder(1, CardClass::Operator))).await.done(201);
        let id = account(&session);
        assert_eq!(
            session["account"],
            json!({ "id": id, "username": null, "name": "张伟", "state": "inactive", "staff": false, "password_change_required": false })
        );
        assert_eq!(place(&world, id).await, Some((ENTERPRISE.1.to_owned(), "operator".to_owned())));
        assert_eq!(told(&world, id).await, ["card_bound"]);
        let actions: Vec<_> = world.audit().await.into_iter().map(|row| row.action).collect();
        assert_eq!(actions, ["enterprise.created", "account.created", "enterprise.joined", "card.bound", "session.opened"]);
        assert!(world.audit().await.iter().all(|row| row.actor_kind == "account" || row.action == "enterprise.created"));
    }

    async fn a_card_that_is_untied_during_a_login_leaves_no_session_behind(world: World) {
        let ca = trusted(&world, Algorithm::Sm2).await;
        let card = issue(&ca, &holder(1, CardClass::Operator));
        log_in(&world, &card).await.done(201);
        if world.database.dialect() == Dialect::Sqlite {
            // There nobody comes between.
            return;
        }
        world.rows(&sql!("UPDATE sessions SET ended_at = 1"), &[]).await;
        let untied = sql!("UPDATE cards SET unbound_at = 1, unbind_reason = 'by_person' WHERE unbound_at IS NULL");
        world.database.meanwhile("SELECT id, account_id FROM cards", untied, &[]);
        log_in(&world, &card).await;
        assert!(world.database.interlude_is_over());
        let left = sql!(
            "SELECT COUNT(*) FROM sessions s JOIN cards c ON c.id = s.card_id
             WHERE c.unbound_at IS NOT NULL AND s.ended_at IS NULL"
        );
        assert_eq!(world.number(&left, &[]).await, 0);
    }

    async fn an_account_that_is_locked_during_a_card_login_is_not_opened(world: World) {
        let ca = trusted(&world, Algorithm::Sm2).await;
        let card = issue(&ca, &holder(1, CardClass::Operator));
        log_in(&world, &card).await.done(201);
        if world.database.dialect() == Dialect::Sqlite {
            // There nobody comes between.
            return;
        }
        // The lock takes the row first; the login waits for it and sees it.
        let mut lock = world.database.connect().await.unwrap();
        lock.execute(&sql!("BEGIN"), &[]).await.unwrap();
        lock.execute(&sql!("UPDATE accounts SET locked_at = 1, locked_reason = '核查'"), &[]).await.unwrap();
        let end = async {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            lock.execute(&sql!("COMMIT"), &[]).await.unwrap();
        };
        let (refused, ()) = tokio::join!(log_in(&world, &card), end);
        refused.refused(&catalogue::ACCOUNT_LOCKED);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM sessions"), &[]).await, 1);
    }

    async fn the_card_works_fully_before_the_activation(world: World) {
        let ca = trusted(&world, Algorithm::Sm2).await;
        let card = issue(&ca, &holder(1, CardClass::Operator));
        let first = log_in(&world, &card).await.done(201);
        let again = log_in(&world, &card).await.done(201);
        assert_eq!(account(&first), account(&again));
        let list = world.send::<Sessions>(Call::get("/v1/me/sessions").bearer(token(&again))).await.done(200);
        assert_eq!(list["items"][0]["method"], "card");
        assert_eq!(list["items"][0]["amr"], json!(["sc", "pin"]));
        assert_eq!(list["items"][0]["card_class"], "operator");
        let refreshed = world
            .send::<Sessions>(Call::post("/v1/sessions/refresh").json(&json!({ "refresh_token": again["refresh_token"] })))
            .await
            .done(200);
        assert_eq!(refreshed["account"]["state"], "inactive");
        assert_eq!(claims(&refreshed)["card_class"], "operator");
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM accounts"), &[]).await, 1);
    }

    async fn password_login_with_what_is_printed_on_cards_says_inactive_whoever_exists(world: World) {
        let ca = trusted(&world, Algorithm::Sm2).await;
        let known = holder(1, CardClass::Operator);
        log_in(&world, &issue(&ca, &known)).await.done(201);
        let unknown = holder(2, CardClass::Operator);
        let mut answers = Vec::new();
        for name in [&known.id_number, &known.card_number, &unknown.id_number, &unknown.card_number] {
            let body = json!({ "method": "password", "username": name, "password": "correct horse 1" });
            let answer = world.send::<Sessions>(Call::post("/v1/sessions").json(&body)).await;
            answer.refused(&catalogue::ACCOUNT_INACTIVE);
            answers.push(answer.body().to_vec());
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]));
    }

    async fn a_token_says_enterprise_and_role(world: World) {
        let ca = trusted(&world, Algorithm::P256).await;
        let session = log_in(&world, &issue(&ca, &holder(1, CardClass::LegalPerson))).await.done(201);
        let claims = claims(&session);
        assert_eq!((&claims["ent"], &claims["role"], &claims["card_class"]), (&json!(ENTERPRISE.0), &json!("admin"), &json!("legal_person")));
    }

    async fn an_enterprise_known_by_its_organisation_code_alone_has_no_uscc(world: World) {
        let ca = trusted(&world, Algorithm::P256).await;
        let card = issue(&ca, &Holder { whole_uscc: false, ..holder(1, CardClass::Operator) });
        let session = log_in(&world, &card).await.done(201);
        assert_eq!(claims(&session)["ent"], Json::Null);
        // Another card of the same enterprise knows it all, and finds the same one.
        log_in(&world, &issue(&ca, &holder(2, CardClass::LegalPerson))).await.done(201);
        let rows = world.rows(&sql!("SELECT organisation_code, uscc, state FROM enterprises"), &[]).await;
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].get::<String>(0).unwrap(), &ENTERPRISE.0[8..17]);
        assert_eq!(rows[0].get::<String>(1).unwrap(), ENTERPRISE.0);
        assert_eq!(rows[0].get::<String>(2).unwrap(), "verified");
    }

    async fn the_account_of_the_same_person_gets_the_card(world: World) {
        let person = world.person(1).await;
        let ca = trusted(&world, Algorithm::Sm2).await;
        let session = log_in(&world, &issue(&ca, &holder(1, CardClass::Operator))).await.done(201);
        assert_eq!(account(&session), person.id);
        assert_eq!(session["account"]["state"], "active");
        assert_eq!(place(&world, person.id).await.unwrap().1, "operator");
        assert!(told(&world, person.id).await.contains(&"card_bound".to_owned()));
    }

    async fn the_first_card_login_to_an_account_tells_its_holder_who_registered_it(world: World) {
        let person = world.person(1).await;
        let ca = trusted(&world, Algorithm::Sm2).await;
        log_in(&world, &issue(&ca, &holder(1, CardClass::Operator))).await.done(201);
        // What was registered goes on: the same person may have done it.
        let body = json!({ "method": "password", "username": person.username, "password": person.password });
        world.send::<Sessions>(Call::post("/v1/sessions").json(&body)).await.done(201);
        let bound = |inbox: Vec<(String, Json)>| -> Vec<Json> {
            inbox.into_iter().filter(|(kind, _)| kind == "card_bound").map(|(_, data)| data).collect()
        };
        let first = bound(world.inbox(person.id).await);
        assert_eq!(first[0]["registered_with"], "138****0001");
        let (zh, en) = (inbox::Kind::CardBound.words(Language::Zh, &first[0]), inbox::Kind::CardBound.words(Language::En, &first[0]));
        assert!(zh.1.contains("138****0001") && en.1.contains("138****0001"), "{zh:?} {en:?}");
        // A second card says nothing of it, nor does the first card of an account that a card made.
        world.advance(1);
        let second = Holder { card_number: "8930000999999".to_owned(), ..holder(1, CardClass::Operator) };
        log_in(&world, &issue(&ca, &second)).await.done(201);
        assert_eq!(bound(world.inbox(person.id).await)[1]["registered_with"], Json::Null);
        let made = account(&log_in(&world, &issue(&ca, &holder(2, CardClass::Operator))).await.done(201));
        assert_eq!(bound(world.inbox(made).await)[0]["registered_with"], Json::Null);
    }

    async fn an_account_of_another_enterprise_keeps_out_with_the_remedy(world: World) {
        let ca = trusted(&world, Algorithm::Sm2).await;
        log_in(&world, &issue(&ca, &holder(1, CardClass::Operator))).await.done(201);
        for class in [CardClass::Operator, CardClass::LegalPerson] {
            let refused = log_in(&world, &issue(&ca, &holder_elsewhere(1, class))).await;
            let body = refused.refused(&catalogue::CARD_ENTERPRISE_MISMATCH);
            assert!(body["fix"].as_str().unwrap().contains("管理员"));
        }
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM memberships"), &[]).await, 1);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM enterprises"), &[]).await, 1);
        let refused: Vec<_> = world.audit_of("create_session").await;
        assert!(refused.iter().all(|row| row.target_type.as_deref() == Some("account")));
    }

    async fn a_bound_card_of_an_enterprise_that_the_person_has_left_for_another_keeps_out(world: World) {
        let ca = trusted(&world, Algorithm::Sm2).await;
        let card = issue(&ca, &holder(1, CardClass::Operator));
        let session = log_in(&world, &card).await.done(201);
        log_in(&world, &issue(&ca, &holder_elsewhere(2, CardClass::Operator))).await.done(201);
        world
            .rows(
                &sql!("UPDATE memberships SET enterprise_id = (SELECT id FROM enterprises WHERE name <> $2) WHERE account_id = $1"),
                &[account(&session).into(), ENTERPRISE.1.into()],
            )
            .await;
        log_in(&world, &card).await.refused(&catalogue::CARD_ENTERPRISE_MISMATCH);
    }

    async fn a_person_in_no_enterprise_who_asked_for_one_has_it_settled_by_the_card(world: World) {
        let (asked_same, asked_other) = (world.person(1).await, world.person(2).await);
        let ca = trusted(&world, Algorithm::Sm2).await;
        log_in(&world, &issue(&ca, &holder(3, CardClass::Operator))).await.done(201);
        log_in(&world, &issue(&ca, &holder_elsewhere(4, CardClass::Operator))).await.done(201);
        for (person, name) in [(&asked_same, ENTERPRISE.1), (&asked_other, "福州示例贸易有限公司")] {
            world
                .rows(
                    &sql!(
                        "INSERT INTO associations (id, account_id, enterprise_id, role, status, created_at)
                         SELECT $1, $2, id, 'operator', 'pending', 1 FROM enterprises WHERE name = $3"
                    ),
                    &[Uuid::from_u128(u128::from(person.phone.parse::<u64>().unwrap())).into(), person.id.into(), name.into()],
                )
                .await;
            log_in(&world, &issue(&ca, &holder(if person.id == asked_same.id { 1 } else { 2 }, CardClass::Operator))).await.done(201);
        }
        let statuses = world.rows(&sql!("SELECT status FROM associations ORDER BY status"), &[]).await;
        let statuses: Vec<String> = statuses.iter().map(|row| row.get(0).unwrap()).collect();
        assert_eq!(statuses, ["approved", "withdrawn"]);
    }

    async fn a_locked_account_keeps_out(world: World) {
        let ca = trusted(&world, Algorithm::Sm2).await;
        let card = issue(&ca, &holder(1, CardClass::Operator));
        log_in(&world, &card).await.done(201);
        world.rows(&sql!("UPDATE accounts SET locked_at = 1"), &[]).await;
        log_in(&world, &card).await.refused(&catalogue::ACCOUNT_LOCKED);
        world.rows(&sql!("UPDATE cards SET unbound_at = 1"), &[]).await;
        log_in(&world, &card).await.refused(&catalogue::ACCOUNT_LOCKED);
    }

    async fn a_number_that_was_given_to_another_person_opens_nothing_of_the_first(world: World) {
        let ca = trusted(&world, Algorithm::Sm2).await;
        log_in(&world, &issue(&ca, &holder(1, CardClass::Operator))).await.done(201);
        let stolen = Holder { card_number: holder(1, CardClass::Operator).card_number, ..holder(2, CardClass::Operator) };
        log_in(&world, &issue(&ca, &stolen)).await.refused(&catalogue::CARD_HOLDER_MISMATCH);
    }

    async fn a_renewed_certificate_on_the_same_card_goes_on(world: World) {
        let ca = trusted(&world, Algorithm::Sm2).await;
        let old = ca.issue(&holder(1, CardClass::Operator), Kind::ExpiresSoon).unwrap();
        let first = log_in(&world, &old).await.done(201);
        let renewed = log_in(&world, &issue(&ca, &holder(1, CardClass::Operator))).await.done(201);
        assert_eq!(account(&first), account(&renewed));
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM cards"), &[]).await, 1);
    }

    async fn a_new_card_of_the_same_person_takes_the_place_of_the_old_one(world: World) {
        let ca = trusted(&world, Algorithm::Sm2).await;
        let old = log_in(&world, &issue(&ca, &holder(1, CardClass::Operator))).await.done(201);
        let next = Holder { card_number: "8950000000001".to_owned(), ..holder(1, CardClass::Operator) };
        let new = log_in(&world, &issue(&ca, &next)).await.done(201);
        assert_eq!(account(&old), account(&new));
        let list = Call::get("/v1/me/sessions");
        world.send::<Sessions>(list.clone().bearer(token(&old))).await.refused(&catalogue::SESSION_ENDED);
        world.send::<Sessions>(list.bearer(token(&new))).await.done(200);
        assert_eq!(told(&world, account(&new)).await, ["card_bound", "card_bound", "card_unbound"]);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM cards WHERE unbound_at IS NULL"), &[]).await, 1);
    }

    async fn a_registration_that_nobody_finished_gives_way_to_the_card(world: World) {
        let person = world.person(1).await;
        world.rows(&sql!("UPDATE accounts SET state = 'pending' WHERE id = $1"), &[person.id.into()]).await;
        let ca = trusted(&world, Algorithm::Sm2).await;
        let session = log_in(&world, &issue(&ca, &holder(1, CardClass::Operator))).await.done(201);
        assert_ne!(account(&session), person.id);
    }

    async fn several_first_logins_at_once_make_one_account(world: World) {
        let ca = trusted(&world, Algorithm::P256).await;
        let card = issue(&ca, &holder(1, CardClass::LegalPerson));
        let mut answers = Vec::new();
        for _ in 0..3 {
            answers.push(answer(&card, &challenge(&world).await));
        }
        let (a, b, c) = tokio::join!(send(&world, answers[0].clone()), send(&world, answers[1].clone()), send(&world, answers[2].clone()));
        assert_eq!([a.status(), b.status(), c.status()], [201; 3], "{} {} {}", a.json(), b.json(), c.json());
        for table in [sql!("SELECT COUNT(*) FROM accounts"), sql!("SELECT COUNT(*) FROM enterprises"), sql!("SELECT COUNT(*) FROM cards"), sql!("SELECT COUNT(*) FROM memberships")] {
            assert_eq!(world.number(&table, &[]).await, 1);
        }
    }

    async fn people_of_one_enterprise_who_log_in_at_once_all_get_in(world: World) {
        let ca = trusted(&world, Algorithm::P256).await;
        let mut answers = Vec::new();
        for n in 1..=4 {
            let card = issue(&ca, &holder(n, if n == 1 { CardClass::LegalPerson } else { CardClass::Operator }));
            answers.push(answer(&card, &challenge(&world).await));
        }
        let (a, b, c, d) = tokio::join!(send(&world, answers[0].clone()), send(&world, answers[1].clone()), send(&world, answers[2].clone()), send(&world, answers[3].clone()));
        assert_eq!([a.status(), b.status(), c.status(), d.status()], [201; 4]);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM enterprises"), &[]).await, 1);
    }
}
