//! A card untied: what it opened ends.

use eport_schema::catalogue;
use eport_sessions::Sessions;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::cards::{Algorithm, CardClass, holder, issue, trusted};
use eport_shared::testing::{Call, World};

use crate::{bind, get, log_in, token, told, unbind};

on_each_database! {
    async fn unbinding_ends_the_cards_sessions_and_no_other(world: World) {
        let person = world.person(1).await;
        let by_password = world.sign_in(person.id).await;
        let ca = trusted(&world, Algorithm::P256).await;
        let who = holder(1, CardClass::Operator);
        let card = issue(&ca, &who);
        bind(&world, &by_password, &who.card_number, &card).await.done(201);
        let by_card = log_in(&world, &card).await.done(201);
        get(&world, &token(&by_card)).await.done(200);
        unbind(&world, &by_password).await.done(204);
        get(&world, &token(&by_card)).await.refused(&catalogue::SESSION_ENDED);
        let body = serde_json::json!({ "refresh_token": by_card["refresh_token"] });
        world.send::<Sessions>(Call::post("/v1/sessions/refresh").json(&body)).await.refused(&catalogue::SESSION_ENDED);
        get(&world, &by_password).await.refused(&catalogue::CARD_NOT_BOUND);
        assert_eq!(told(&world, person.id).await.iter().filter(|kind| *kind == "card_unbound").count(), 1);
        let audit = world.audit_of("card.unbound").await;
        assert!(audit[0].after.as_deref().unwrap().contains("\"sessions_ended\":1"));
    }

    async fn a_card_session_can_unbind_its_own_card_and_ends(world: World) {
        world.person(1).await;
        let ca = trusted(&world, Algorithm::P256).await;
        let session = log_in(&world, &issue(&ca, &holder(1, CardClass::Operator))).await.done(201);
        unbind(&world, &token(&session)).await.done(204);
        get(&world, &token(&session)).await.refused(&catalogue::SESSION_ENDED);
    }

    async fn an_inactive_account_keeps_its_only_way_in(world: World) {
        let ca = trusted(&world, Algorithm::P256).await;
        let session = log_in(&world, &issue(&ca, &holder(1, CardClass::Operator))).await.done(201);
        unbind(&world, &token(&session)).await.refused(&catalogue::CARD_LAST_CREDENTIAL);
        get(&world, &token(&session)).await.done(200);
    }

    async fn where_no_card_is_there_is_nothing_to_unbind(world: World) {
        let token = world.sign_in(world.person(1).await.id).await;
        unbind(&world, &token).await.refused(&catalogue::CARD_NOT_BOUND);
    }

    async fn of_two_who_unbind_at_once_one_does(world: World) {
        let person = world.person(1).await;
        let token = world.sign_in(person.id).await;
        let ca = trusted(&world, Algorithm::P256).await;
        let who = holder(1, CardClass::Operator);
        bind(&world, &token, &who.card_number, &issue(&ca, &who)).await.done(201);
        let (a, b) = tokio::join!(unbind(&world, &token), unbind(&world, &token));
        let mut statuses = [a.status(), b.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 404]);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM cards WHERE unbound_at IS NULL"), &[]).await, 0);
    }

    async fn unbinding_is_no_matter_of_anothers_card(world: World) {
        let ca = trusted(&world, Algorithm::P256).await;
        let mine = world.sign_in(world.person(1).await.id).await;
        let who = holder(1, CardClass::Operator);
        bind(&world, &mine, &who.card_number, &issue(&ca, &who)).await.done(201);
        let theirs = world.sign_in(world.person(2).await.id).await;
        unbind(&world, &theirs).await.refused(&catalogue::CARD_NOT_BOUND);
        get(&world, &theirs).await.refused(&catalogue::CARD_NOT_BOUND);
        get(&world, &mine).await.done(200);
    }
}
