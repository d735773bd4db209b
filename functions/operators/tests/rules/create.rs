//! New operators.

use eport_accounts::Accounts;
use eport_operators::Operators;
use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::settings::SmsProvider;
use eport_shared::sql;
use eport_shared::testing::cards::with;
use eport_shared::testing::{Call, Reply, World, phone, resident_id};
use serde_json::json;

use crate::{described, id, log_in, office};

on_each_database! {
    async fn an_operator_gets_an_account_and_an_initial_password_by_sms(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let operator = office.create(&world, &described(2)).await.done(201);
        assert_eq!((&operator["status"], &operator["has_card"], &operator["card_number"]), (&json!("inactive"), &json!(false), &json!(null)));
        assert_eq!((&operator["phone"], &operator["username"]), (&json!("138****0002"), &json!("operator-2")));
        assert!(operator["id_number"].as_str().unwrap().contains("**********"));
        assert_eq!(operator["identity_editable"], true);
        assert!(operator["initial_password_sent_at"].is_string() && operator["initial_password_expires_at"].is_string());
        assert_eq!(office.get(&world, &id(&operator)).await.done(200), operator);

        let password = world.code_for(&phone(2)).await;
        let text = &world.texts_for(&phone(2)).await[0];
        assert!(text.contains("企业 MA1111111") && text.contains("operator-2") && text.contains(&password), "{text}");
        assert!(!operator.to_string().contains(&password));
        for entry in world.audit().await {
            let kept = format!("{:?} {:?}", entry.before, entry.after);
            assert!(!kept.contains(&password) && !kept.contains(&resident_id(2)) && !kept.contains(&phone(2)), "{kept}");
        }
        let row = &world.audit_of("operator.created").await[0];
        assert_eq!(row.enterprise_id, Some(office.id));

        let session = log_in(&world, "operator-2", &password).await.done(201);
        assert_eq!(session["account"]["password_change_required"], true);
        let token = session["access_token"].as_str().unwrap();
        let body = json!({ "current_password": password, "password": "quite another 1" });
        let invitations = Call::get("/v1/me/invitations").bearer(token);
        world.send::<Operators>(invitations.clone()).await.refused(&catalogue::PASSWORD_CHANGE_REQUIRED);
        world.send::<Accounts>(Call::put("/v1/me/password").bearer(token).json(&body)).await.done(204);
        world.send::<Operators>(invitations).await.done(200);
        let operator = office.get(&world, &id(&operator)).await.done(200);
        assert_eq!((&operator["status"], &operator["identity_editable"]), (&json!("active"), &json!(false)));
        assert_eq!(operator["initial_password_expires_at"], json!(null));
    }

    async fn an_enterprise_that_nobody_vouches_for_is_not_named_in_an_sms(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        world.rows(&sql!("UPDATE enterprises SET state = 'unverified'"), &[]).await;
        office.operator(&world, 2).await;
        assert!(!world.texts_for(&phone(2)).await[0].contains("MA1111111"));
    }

    async fn an_operator_with_a_card_is_remembered_with_its_number(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let body = with(with(described(2), "card_number", "03-8930000104271"), "department", " 报关部 ");
        let operator = office.create(&world, &body).await.done(201);
        assert_eq!((&operator["has_card"], &operator["card_bound"]), (&json!(true), &json!(false)));
        assert_eq!((&operator["card_number"], &operator["department"]), (&json!("8930000104271"), &json!("报关部")));
        assert_eq!(office.find(&world, "has_card=true").await, [id(&operator)]);
        assert!(office.find(&world, "has_card=false").await.is_empty());
    }

    async fn every_wrong_field_is_told_at_once_and_nothing_is_made(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let body = json!({
            "username": "1", "name": "", "id_type": "resident_id", "id_number": "1", "phone": "1", "card_number": "?", "department": ""
        });
        let answer = office.create(&world, &body).await;
        answer.refused(&catalogue::REQUEST_INVALID);
        let fields: Vec<_> = answer.errors().into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["username", "name", "id_number", "phone", "card_number", "department"]);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM memberships"), &[]).await, 1);
    }

    async fn only_an_administrator_makes_operators(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let operator = world.person(5).await;
        crate::add_member(&world, office.id, operator.id, "operator").await;
        let stranger = world.person(6).await;
        let call = || Call::post("/v1/operators").json(&described(2));
        world.send::<Operators>(call()).await.refused(&catalogue::SESSION_REQUIRED);
        crate::by(&world, operator.id, call()).await.refused(&catalogue::PERMISSION_DENIED);
        crate::by(&world, stranger.id, call()).await.refused(&catalogue::ENTERPRISE_REQUIRED);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM accounts"), &[]).await, 3);
    }

    async fn an_administrator_who_is_replaced_meanwhile_makes_nobody(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let replaced = sql!("UPDATE memberships SET role = 'operator'");
        world.database.meanwhile("SELECT s.access_hash", replaced, &[]);
        office.create(&world, &described(2)).await.refused(&catalogue::PERMISSION_DENIED);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM accounts"), &[]).await, 1);
    }

    async fn a_username_belongs_to_one_account(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        world.person(3).await;
        let body = with(described(2), "username", "PERSON-3");
        office.create(&world, &body).await.refused(&catalogue::REGISTRATION_USERNAME_TAKEN);
    }

    async fn who_is_an_operator_already_is_not_made_again(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        office.operator(&world, 2).await;
        office.create(&world, &with(described(2), "username", "another")).await.refused(&catalogue::OPERATOR_EXISTS);
        let myself = with(with(described(4), "id_number", resident_id(1)), "phone", phone(4));
        office.create(&world, &myself).await.refused(&catalogue::OPERATOR_IS_ADMINISTRATOR);
    }

    async fn of_two_that_are_made_at_once_one_is(world: World) {
        let (office, other) = (office(&world, "MA1111111", 1).await, office(&world, "MA2222222", 9).await);
        let described = described(2);
        let (a, b, c) = tokio::join!(
            office.create(&world, &described),
            office.create(&world, &described),
            other.create(&world, &described)
        );
        let mut statuses: Vec<_> = [a, b, c].iter().map(|answer| answer.json()["status"].to_string()).collect();
        statuses.sort();
        // One account; the same enterprise hears that they are there or invited already, the other one has invited them, or the reverse.
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM accounts"), &[]).await, 3);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM memberships WHERE role = 'operator'"), &[]).await, 1);
        assert_eq!(statuses, ["\"inactive\"", "\"invited\"", "409"]);
    }

    async fn a_retry_with_the_same_key_makes_nobody_twice(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let call = || Call::post("/v1/operators").json(&described(2)).key("k-1");
        let first = office.send(&world, call()).await.done(201);
        assert_eq!(office.send(&world, call()).await.done(201), first);
        assert_eq!(world.texts_for(&phone(2)).await.len(), 1);
    }

    async fn a_gateway_that_is_down_leaves_the_operator_and_says_that_nothing_was_sent(mut world: World) {
        world.settings.sms_provider = SmsProvider::Webhook;
        world.settings.sms_webhook_url = "https://sms.example.cn/send".to_owned();
        let office = office(&world, "MA1111111", 1).await;
        world.network.plan(&[Reply::Status(500); 3]);
        let operator = office.create(&world, &described(2)).await.done(201);
        assert_eq!(operator["initial_password_sent_at"], json!(null));
        let operator = office.act(&world, &id(&operator), "password-reset").await.done(200);
        assert!(operator["initial_password_sent_at"].is_string());
    }

    async fn an_unfinished_registration_gives_way_once_its_time_is_over(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        world.person(2).await;
        let pending = sql!(
            "UPDATE accounts SET state = 'pending', password_token_expires_at = $1 WHERE username_key = 'person-2'"
        );
        world.rows(&pending, &[world.now().plus_seconds(60).into()]).await;
        office.create(&world, &described(2)).await.refused(&catalogue::REGISTRATION_ID_NUMBER_TAKEN);
        let same_phone = with(described(3), "phone", phone(2));
        office.create(&world, &same_phone).await.refused(&catalogue::REGISTRATION_PHONE_TAKEN);
        world.advance(61);
        assert_eq!(office.create(&world, &described(2)).await.done(201)["status"], "inactive");
    }

    async fn who_was_mistyped_and_taken_out_is_made_anew(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let wrong = office.create(&world, &with(described(2), "phone", phone(3))).await.done(201);
        office.delete(&world, &id(&wrong)).await.done(204);
        let right = office.create(&world, &described(2)).await.done(201);
        assert_eq!((&right["status"], &right["phone"]), (&json!("inactive"), &json!("138****0002")));
        log_in(&world, "operator-2", &world.code_for(&phone(3)).await).await.refused(&catalogue::SESSION_CREDENTIALS_WRONG);
        log_in(&world, "operator-2", &world.code_for(&phone(2)).await).await.done(201);
        assert_eq!(world.audit_of("account.replaced").await[0].enterprise_id, Some(office.id));
    }

    async fn who_used_their_account_is_invited_instead(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let operator = office.create(&world, &described(2)).await.done(201);
        log_in(&world, "operator-2", &world.code_for(&phone(2)).await).await.done(201);
        office.delete(&world, &id(&operator)).await.done(204);
        let again = office.create(&world, &described(2)).await.done(201);
        assert_eq!(again["status"], "invited");
        assert!(world.audit_of("account.replaced").await.is_empty());
    }

    async fn five_hundred_are_made_one_after_the_other(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        for n in 2..502 {
            if n % 100 == 0 {
                world.advance(60);
            }
            office.create(&world, &described(n)).await.done(201);
        }
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM memberships WHERE role = 'operator'"), &[]).await, 500);
    }

    async fn an_enterprise_has_a_limited_number_of_initial_passwords_a_day(mut world: World) {
        world.settings.initial_passwords_enterprise_day = 2;
        let office = office(&world, "MA1111111", 1).await;
        office.operator(&world, 2).await;
        office.operator(&world, 3).await;
        office.create(&world, &described(4)).await.refused(&catalogue::OPERATOR_PASSWORD_LIMIT);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM accounts"), &[]).await, 3);
        world.advance(25 * 3600);
        let token = world.sign_in(office.administrator.id).await;
        world.send::<Operators>(Call::post("/v1/operators").bearer(&token).json(&described(4))).await.done(201);
    }
}
