//! What an administrator may change, and what belongs to the person.

use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::{Call, World, phone};
use serde_json::json;

use crate::{described, log_in, office};

on_each_database! {
    async fn a_slip_of_the_pen_is_corrected_and_the_new_phone_gets_a_new_password(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let id = office.operator(&world, 2).await;
        let first = world.code_for(&phone(2)).await;
        let patch = json!({ "name": "李磊", "username": "lilei", "phone": phone(3), "department": "单证部", "card_number": "8930000104271" });
        let operator = office.patch(&world, &id, &patch).await.done(200);
        assert_eq!((&operator["name"], &operator["username"], &operator["phone"]), (&json!("李磊"), &json!("lilei"), &json!("138****0003")));
        assert_eq!((&operator["department"], &operator["card_number"]), (&json!("单证部"), &json!("8930000104271")));
        log_in(&world, "lilei", &first).await.refused(&catalogue::SESSION_CREDENTIALS_WRONG);
        let second = world.code_for(&phone(3)).await;
        log_in(&world, "lilei", &second).await.done(201);
        let row = &world.audit_of("operator.updated").await[0];
        assert!(row.after.as_ref().unwrap().contains("138****0003") && !row.after.as_ref().unwrap().contains(&phone(3)));
    }

    async fn after_the_first_login_only_the_place_changes(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let id = office.operator(&world, 2).await;
        log_in(&world, "operator-2", &world.code_for(&phone(2)).await).await.done(201);
        for patch in [json!({ "name": "李磊" }), json!({ "username": "lilei" }), json!({ "phone": phone(3) })] {
            office.patch(&world, &id, &patch).await.refused(&catalogue::OPERATOR_IDENTITY_FIXED);
        }
        assert_eq!(office.patch(&world, &id, &json!({ "department": "单证部" })).await.done(200)["department"], "单证部");
        assert_eq!(office.patch(&world, &id, &json!({ "department": null })).await.done(200)["department"], json!(null));
        office.patch(&world, &id, &json!({})).await.done(200);
    }

    async fn what_is_said_to_be_editable_can_be_edited_and_nothing_else(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let id = office.operator(&world, 2).await;
        assert_eq!(office.get(&world, &id).await.done(200)["identity_editable"], true);
        for (done, undone) in [
            (sql!("UPDATE accounts SET locked_at = 1 WHERE made_by_enterprise IS NOT NULL"), sql!("UPDATE accounts SET locked_at = NULL")),
            (
                sql!("UPDATE accounts SET password_change_required = FALSE WHERE made_by_enterprise IS NOT NULL"),
                sql!("UPDATE accounts SET password_change_required = TRUE WHERE made_by_enterprise IS NOT NULL"),
            ),
        ] {
            world.rows(&done, &[]).await;
            assert_eq!(office.get(&world, &id).await.done(200)["identity_editable"], false);
            office.patch(&world, &id, &json!({ "name": "李磊" })).await.refused(&catalogue::OPERATOR_IDENTITY_FIXED);
            world.rows(&undone, &[]).await;
            assert_eq!(office.get(&world, &id).await.done(200)["identity_editable"], true);
            office.patch(&world, &id, &json!({ "name": "李磊" })).await.done(200);
        }
        let list = office.send(&world, Call::get("/v1/operators")).await.done(200);
        assert_eq!(list["items"][0]["identity_editable"], true);
    }

    async fn a_replayed_answer_has_the_tag_of_the_first(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let body = described(2);
        let create = || Call::post("/v1/operators").key("one").json(&body);
        let first = office.send(&world, create()).await;
        let again = office.send(&world, create()).await;
        assert_eq!((again.header("idempotency-replayed"), again.header("etag")), (Some("true"), first.header("etag")));
        assert!(first.header("etag").is_some());
    }

    async fn the_account_of_a_person_who_came_by_themself_is_theirs(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let person = world.person(2).await;
        crate::add_member(&world, office.id, person.id, "operator").await;
        let answer = office.patch(&world, &person.id.to_string(), &json!({ "phone": phone(3) })).await;
        answer.refused(&catalogue::OPERATOR_IDENTITY_FIXED);
        log_in(&world, &person.username, &person.password).await.done(201);
    }

    async fn a_phone_or_username_of_somebody_else_is_refused(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let id = office.operator(&world, 2).await;
        world.person(3).await;
        office.patch(&world, &id, &json!({ "phone": phone(3) })).await.refused(&catalogue::ACCOUNT_PHONE_TAKEN);
        office.patch(&world, &id, &json!({ "username": "person-3" })).await.refused(&catalogue::REGISTRATION_USERNAME_TAKEN);
        office.patch(&world, &id, &json!({ "username": "Operator-2" })).await.done(200);
    }

    async fn a_change_to_an_older_version_is_refused(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let id = office.operator(&world, 2).await;
        let seen = office.get(&world, &id).await.header("etag").unwrap().to_owned();
        let path = format!("/v1/operators/{id}");
        let change = |body| Call::patch(&path).json(&body).header("if-match", &seen);
        office.send(&world, change(json!({ "department": "一部" }))).await.done(200);
        let late = office.send(&world, change(json!({ "department": "二部" }))).await;
        late.refused(&catalogue::REQUEST_PRECONDITION_FAILED);
        let late = office.send(&world, Call::delete(&path).header("if-match", &seen)).await;
        late.refused(&catalogue::REQUEST_PRECONDITION_FAILED);
        assert_eq!(office.get(&world, &id).await.done(200)["department"], "一部");
    }

    async fn wrong_fields_are_named_and_nobody_elses_operator_changes(world: World) {
        let (office, other) = (office(&world, "MA1111111", 1).await, office(&world, "MA2222222", 9).await);
        let id = office.operator(&world, 2).await;
        let answer = office.patch(&world, &id, &json!({ "phone": "1", "card_number": "?", "department": "a\nb" })).await;
        answer.refused(&catalogue::REQUEST_INVALID);
        assert_eq!(answer.errors().len(), 3);
        other.patch(&world, &id, &json!({ "department": "x" })).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        let myself = office.administrator.id.to_string();
        office.patch(&world, &myself, &json!({ "department": "x" })).await.refused(&catalogue::OPERATOR_IS_ADMINISTRATOR);
        world.person(5).await;
        let invited = crate::id(&office.create(&world, &described(5)).await.done(201));
        office.patch(&world, &invited, &json!({ "department": "x" })).await.refused(&catalogue::OPERATOR_INVITED);
    }
}
