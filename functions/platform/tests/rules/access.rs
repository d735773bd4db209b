//! Staff alone.

use eport_platform::Platform;
use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::{Call, World};
use serde_json::json;

use crate::on_duty;

fn all(id: uuid::Uuid) -> Vec<Call> {
    let post =
        |what: &str| Call::post(&format!("/v1/platform/accounts/{id}/{what}")).json(&json!({ "reason": "核查" }));
    vec![
        Call::get("/v1/platform/accounts"),
        Call::get("/v1/platform/accounts?query=a&state=active&limit=1"),
        Call::get(&format!("/v1/platform/accounts/{id}")),
        Call::get("/v1/platform/audit"),
        post("lock"),
        post("unlock"),
        post("reveal"),
    ]
}

on_each_database! {
    async fn nobody_else_gets_in(world: World) {
        let person = world.person(1).await;
        let token = world.sign_in(person.id).await;
        for call in all(person.id) {
            world.send::<Platform>(call.clone()).await.refused(&catalogue::SESSION_REQUIRED);
            let refused = world.send::<Platform>(call.bearer(&token)).await;
            refused.refused(&catalogue::STAFF_REQUIRED);
        }
        let rows = world.audit().await;
        assert!(rows.len() == 7 && rows.iter().all(|row| row.code.as_deref() == Some("staff.required")), "{}", rows.len());
        assert!(rows.iter().all(|row| row.actor_id == Some(person.id) && row.actor_kind == "account"));
    }

    async fn staff_get_in(world: World) {
        let person = world.person(1).await;
        let (_, token) = on_duty(&world).await;
        for call in all(person.id) {
            world.send::<Platform>(call.bearer(&token)).await.done(200);
        }
    }

    async fn who_is_staff_is_asked_of_the_database_at_every_request(world: World) {
        let (staff, token) = on_duty(&world).await;
        world.rows(&sql!("UPDATE accounts SET staff = FALSE WHERE id = $1"), &[staff.id.into()]).await;
        let call = Call::get("/v1/platform/accounts").bearer(&token);
        world.send::<Platform>(call).await.refused(&catalogue::STAFF_REQUIRED);
    }

    async fn staff_with_an_initial_password_change_it_first(world: World) {
        let (_, token) = on_duty(&world).await;
        world.rows(&sql!("UPDATE accounts SET password_change_required = TRUE"), &[]).await;
        let call = Call::get("/v1/platform/audit").bearer(&token);
        world.send::<Platform>(call).await.refused(&catalogue::PASSWORD_CHANGE_REQUIRED);
    }

    async fn health_is_anybodys(world: World) {
        world.send::<Platform>(Call::get("/v1/health/platform")).await.done(200);
    }
}
