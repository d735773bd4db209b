//! Initial passwords.

use eport_operators::Operators;
use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::{Call, World, phone};

use crate::{add_member, log_in, office};

on_each_database! {
    async fn an_initial_password_works_for_three_days(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        office.operator(&world, 2).await;
        let password = world.code_for(&phone(2)).await;
        world.advance(72 * 3600 - 1);
        log_in(&world, "operator-2", &password).await.done(201);
        world.advance(1);
        log_in(&world, "operator-2", &password).await.refused(&catalogue::PASSWORD_INITIAL_EXPIRED);
        log_in(&world, "operator-2", "something else").await.refused(&catalogue::SESSION_CREDENTIALS_WRONG);
    }

    async fn a_reset_goes_to_the_persons_phone_and_ends_the_sessions(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let person = world.person(2).await;
        add_member(&world, office.id, person.id, "operator").await;
        let token = world.sign_in(person.id).await;
        let operator = office.act(&world, &person.id.to_string(), "password-reset").await.done(200);
        assert!(operator["initial_password_expires_at"].is_string());
        let invitations = Call::get("/v1/me/invitations").bearer(&token);
        world.send::<Operators>(invitations).await.refused(&catalogue::SESSION_ENDED);
        log_in(&world, &person.username, &person.password).await.refused(&catalogue::SESSION_CREDENTIALS_WRONG);
        let password = world.code_for(&phone(2)).await;
        let session = log_in(&world, &person.username, &password).await.done(201);
        assert_eq!(session["account"]["password_change_required"], true);
        assert!(!operator.to_string().contains(&password));
        assert!(world.inbox(person.id).await.iter().any(|(kind, _)| kind == "initial_password"));
    }

    async fn a_reset_opens_what_wrong_passwords_locked(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let person = world.person(2).await;
        add_member(&world, office.id, person.id, "operator").await;
        for _ in 0..5 {
            log_in(&world, &person.username, "something else").await;
        }
        log_in(&world, &person.username, &person.password).await.refused(&catalogue::SESSION_LOCKED);
        office.act(&world, &person.id.to_string(), "password-reset").await.done(200);
        let password = world.code_for(&phone(2)).await;
        log_in(&world, &person.username, &password).await.done(201);
    }

    async fn a_person_is_not_flooded(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let id = office.operator(&world, 2).await;
        for _ in 0..4 {
            office.act(&world, &id, "password-reset").await.done(200);
        }
        office.act(&world, &id, "password-reset").await.refused(&catalogue::OPERATOR_PASSWORD_LIMIT);
        assert_eq!(world.texts_for(&phone(2)).await.len(), 5);
    }

    async fn an_account_that_a_card_made_has_no_password_to_reset(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let person = world.person(2).await;
        add_member(&world, office.id, person.id, "operator").await;
        let inactive = sql!(
            "UPDATE accounts SET state = 'inactive', password_hash = NULL, username = NULL, username_key = NULL WHERE id = $1"
        );
        world.rows(&inactive, &[person.id.into()]).await;
        let answer = office.act(&world, &person.id.to_string(), "password-reset").await;
        answer.refused(&catalogue::OPERATOR_NOT_ACTIVATED);
    }

    async fn nobody_elses_password_is_reset(world: World) {
        let (office, other) = (office(&world, "MA1111111", 1).await, office(&world, "MA2222222", 9).await);
        let id = office.operator(&world, 2).await;
        other.act(&world, &id, "password-reset").await.refused(&catalogue::RESOURCE_NOT_FOUND);
        let myself = office.administrator.id.to_string();
        office.act(&world, &myself, "password-reset").await.refused(&catalogue::OPERATOR_IS_ADMINISTRATOR);
        assert_eq!(world.texts_for(&phone(2)).await.len(), 1);
    }
}
