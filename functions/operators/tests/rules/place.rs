//! Operators suspended, resumed and removed.

use eport_operators::Operators;
use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::{Call, World, phone};

use crate::{add_member, described, log_in, office};

on_each_database! {
    async fn a_suspended_operator_is_none_until_resumed(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let operator = office.operator(&world, 2).await;
        assert_eq!(office.act(&world, &operator, "suspend").await.done(200)["status"], "suspended");
        office.act(&world, &operator, "suspend").await.refused(&catalogue::OPERATOR_ALREADY_SUSPENDED);
        assert_eq!(office.act(&world, &operator, "resume").await.done(200)["status"], "inactive");
        office.act(&world, &operator, "resume").await.refused(&catalogue::OPERATOR_NOT_SUSPENDED);
        let kinds: Vec<_> = world.inbox(operator.parse().unwrap()).await.into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, ["membership_suspended", "membership_resumed"]);
        assert_eq!(world.audit_of("operator.suspended").await[0].enterprise_id, Some(office.id));
    }

    async fn of_two_that_suspend_at_once_one_does(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let operator = office.operator(&world, 2).await;
        let (a, b) = tokio::join!(office.act(&world, &operator, "suspend"), office.act(&world, &operator, "suspend"));
        let mut statuses = [a.status(), b.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
    }

    async fn an_operator_who_is_removed_leaves_and_keeps_the_account(world: World) {
        let (office, other) = (office(&world, "MA1111111", 1).await, office(&world, "MA2222222", 9).await);
        let operator = office.operator(&world, 2).await;
        let password = world.code_for(&phone(2)).await;
        let session = log_in(&world, "operator-2", &password).await.done(201);
        office.delete(&world, &operator).await.done(204);
        let call = Call::get("/v1/me/invitations").bearer(session["access_token"].as_str().unwrap());
        world.send::<Operators>(call).await.refused(&catalogue::SESSION_ENDED);
        office.get(&world, &operator).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        office.delete(&world, &operator).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        assert!(office.find(&world, "").await.is_empty());
        assert_eq!(world.audit_of("operator.removed").await.len(), 1);
        log_in(&world, "operator-2", &password).await.done(201);
        // Elsewhere, or here again, they are asked.
        assert_eq!(other.create(&world, &described(2)).await.done(201)["status"], "invited");
        assert_eq!(office.create(&world, &described(2)).await.done(201)["status"], "invited");
    }

    async fn an_operator_removed_while_logging_in_is_in_the_enterprise_no_more(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let operator = office.operator(&world, 2).await;
        let password = world.code_for(&phone(2)).await;
        let (session, gone) = tokio::join!(log_in(&world, "operator-2", &password), office.delete(&world, &operator));
        gone.done(204);
        session.done(201);
        // Either the session ended with the removal, or it began after it and knows of no enterprise.
        let left = sql!(
            "SELECT COUNT(*) FROM sessions s JOIN memberships m ON m.account_id = s.account_id
             WHERE s.ended_at IS NULL AND m.role = 'operator'"
        );
        assert_eq!(world.number(&left, &[]).await, 0);
    }

    async fn the_administrator_and_strangers_stay_where_they_are(world: World) {
        let (office, other) = (office(&world, "MA1111111", 1).await, office(&world, "MA2222222", 9).await);
        let operator = office.operator(&world, 2).await;
        let myself = office.administrator.id.to_string();
        for action in ["suspend", "resume"] {
            other.act(&world, &operator, action).await.refused(&catalogue::RESOURCE_NOT_FOUND);
            office.act(&world, &myself, action).await.refused(&catalogue::OPERATOR_IS_ADMINISTRATOR);
        }
        other.delete(&world, &operator).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        office.delete(&world, &myself).await.refused(&catalogue::OPERATOR_IS_ADMINISTRATOR);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM memberships"), &[]).await, 3);
    }

    async fn an_operator_can_do_none_of_it(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let operator = office.operator(&world, 2).await;
        let colleague = world.person(5).await;
        add_member(&world, office.id, colleague.id, "operator").await;
        let token = world.sign_in(colleague.id).await;
        for call in [
            Call::get(&format!("/v1/operators/{operator}")),
            Call::delete(&format!("/v1/operators/{operator}")),
            Call::post(&format!("/v1/operators/{operator}/suspend")),
            Call::post(&format!("/v1/operators/{operator}/password-reset")),
        ] {
            world.send::<Operators>(call.clone()).await.refused(&catalogue::SESSION_REQUIRED);
            world.send::<Operators>(call.bearer(&token)).await.refused(&catalogue::PERMISSION_DENIED);
        }
        assert_eq!(office.find(&world, "").await.len(), 2);
    }
}
