//! Whom an administrator took out of the enterprise stays out until an administrator lets them in again, whatever their card says.

use eport_cards::Cards;
use eport_operators::Operators;
use eport_schema::catalogue;
use eport_sessions::Sessions;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::cards::{
    Algorithm, CardClass, ENTERPRISE, Holder, IssuedCard, answer, holder, issue, trusted, with,
};
use eport_shared::testing::{Call, World, phone, resident_id};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::{Office, office};

/// The office of the enterprise that cards are of, and an operator with a bound card of it.
struct Scene {
    office: Office,
    operator: Uuid,
    card: IssuedCard,
    who: Holder,
}

impl Scene {
    async fn new(world: &World, class: CardClass) -> Self {
        let office = office(world, &ENTERPRISE.0[8..17], 1).await;
        let vouched = sql!("UPDATE memberships SET verified_by = 'staff', verified_at = 1 WHERE role = 'admin'");
        world.rows(&vouched, &[]).await;
        let operator = world.person(2).await.id;
        let who = holder(2, class);
        let card = issue(&trusted(world, Algorithm::P256).await, &who);
        let scene = Self { office, operator, card, who };
        scene.log_in(world).await;
        assert_eq!(scene.role(world).await.as_deref(), Some("operator"));
        scene
    }

    async fn log_in(&self, world: &World) -> String {
        let call = Call::post("/v1/card-challenges").json(&json!({ "purpose": "login" }));
        let challenge = world.send::<Sessions>(call).await.done(201);
        let body = with(answer(&self.card, &challenge), "method", "card");
        let session = world.send::<Sessions>(Call::post("/v1/sessions").json(&body)).await.done(201);
        session["access_token"].as_str().unwrap().to_owned()
    }

    /// Takes the operator out; they untie their card.
    async fn removed(&self, world: &World) -> String {
        self.office.delete(world, &self.operator.to_string()).await.done(204);
        let token = world.sign_in(self.operator).await;
        world.send::<Cards>(Call::delete("/v1/me/card").bearer(&token)).await.done(204);
        token
    }

    async fn bind(&self, world: &World, token: &str) {
        let asked = json!({ "purpose": "bind", "card_number": self.who.card_number });
        let call = Call::post("/v1/card-challenges").bearer(token).json(&asked);
        let challenge = world.send::<Sessions>(call).await.done(201);
        let body = with(answer(&self.card, &challenge), "card_number", self.who.card_number.clone());
        world.send::<Cards>(Call::post("/v1/me/card").bearer(token).json(&body)).await.done(201);
    }

    async fn role(&self, world: &World) -> Option<String> {
        let place = sql!("SELECT role FROM memberships WHERE account_id = $1");
        world.rows(&place, &[self.operator.into()]).await.first().map(|row| row.get(0).unwrap())
    }

    async fn waits(&self, world: &World) -> i64 {
        let waiting = sql!("SELECT COUNT(*) FROM associations WHERE account_id = $1 AND status = 'pending'");
        world.number(&waiting, &[self.operator.into()]).await
    }

    async fn invite(&self, world: &World) -> Json {
        let wanted = json!({
            "username": "operator-2", "name": "李雷", "id_type": "resident_id", "id_number": resident_id(2), "phone": phone(2)
        });
        self.office.create(world, &wanted).await.done(201)
    }
}

async fn told(world: &World, account: Uuid) -> Vec<String> {
    world.inbox(account).await.into_iter().map(|(kind, _)| kind).collect()
}

on_each_database! {
    async fn a_removed_operator_who_binds_their_card_again_waits_and_the_administrator_is_asked(world: World) {
        let scene = Scene::new(&world, CardClass::Operator).await;
        let token = scene.removed(&world).await;
        scene.bind(&world, &token).await;
        assert_eq!((scene.role(&world).await, scene.waits(&world).await), (None, 1));
        assert!(told(&world, scene.office.administrator.id).await.contains(&"association_waiting".to_owned()));
        assert!(told(&world, scene.operator).await.contains(&"card_join_waiting".to_owned()));
        let audit = world.audit_of("association.requested").await;
        assert_eq!((audit.len(), audit[0].enterprise_id, audit[0].actor_id), (1, Some(scene.office.id), Some(scene.operator)));
    }

    async fn a_card_login_doesnt_bring_them_back_either_nor_does_a_second_one(world: World) {
        let scene = Scene::new(&world, CardClass::Operator).await;
        scene.removed(&world).await;
        for _ in 0..2 {
            scene.log_in(&world).await;
            assert_eq!((scene.role(&world).await, scene.waits(&world).await), (None, 1));
        }
        let asked = told(&world, scene.office.administrator.id).await;
        assert_eq!(asked.iter().filter(|kind| *kind == "association_waiting").count(), 1);
    }

    async fn a_card_that_stayed_bound_asks_too_and_once(world: World) {
        let scene = Scene::new(&world, CardClass::Operator).await;
        scene.office.delete(&world, &scene.operator.to_string()).await.done(204);
        scene.log_in(&world).await;
        assert_eq!((scene.role(&world).await, scene.waits(&world).await), (None, 1));
        world.rows(&sql!("UPDATE associations SET status = 'rejected'"), &[]).await;
        scene.log_in(&world).await;
        assert_eq!((scene.role(&world).await, scene.waits(&world).await), (None, 0));
        let asked = told(&world, scene.office.administrator.id).await;
        assert_eq!(asked.iter().filter(|kind| *kind == "association_waiting").count(), 1);
    }

    async fn a_legal_person_card_that_stayed_bound_takes_the_place_of_whom_nobody_verified(world: World) {
        let scene = Scene::new(&world, CardClass::LegalPerson).await;
        scene.office.delete(&world, &scene.operator.to_string()).await.done(204);
        world.rows(&sql!("UPDATE memberships SET verified_by = NULL, verified_at = NULL"), &[]).await;
        scene.log_in(&world).await;
        assert_eq!(scene.role(&world).await.as_deref(), Some("admin"));
    }

    async fn a_legal_person_card_outranks_a_removal_only_where_nobody_verified_the_administrator(world: World) {
        let scene = Scene::new(&world, CardClass::LegalPerson).await;
        let token = scene.removed(&world).await;
        scene.bind(&world, &token).await;
        assert_eq!((scene.role(&world).await, scene.waits(&world).await), (None, 1));
        world.send::<Cards>(Call::delete("/v1/me/card").bearer(&token)).await.done(204);
        world.rows(&sql!("UPDATE memberships SET verified_by = NULL, verified_at = NULL"), &[]).await;
        scene.log_in(&world).await;
        assert_eq!((scene.role(&world).await.as_deref(), scene.waits(&world).await), (Some("admin"), 0));
    }

    async fn who_was_invited_again_is_welcome_with_their_card(world: World) {
        let scene = Scene::new(&world, CardClass::Operator).await;
        scene.removed(&world).await;
        scene.invite(&world).await;
        scene.log_in(&world).await;
        assert_eq!((scene.role(&world).await.as_deref(), scene.waits(&world).await), (Some("operator"), 0));
    }

    async fn an_invitation_ends_when_its_person_joins_in_another_way_and_brings_nobody_back(world: World) {
        let scene = Scene::new(&world, CardClass::Operator).await;
        scene.removed(&world).await;
        let invitation = scene.invite(&world).await;
        scene.log_in(&world).await;
        assert_eq!(scene.role(&world).await.as_deref(), Some("operator"));
        assert_eq!(world.audit_of("invitation.withdrawn").await.len(), 1);
        scene.office.delete(&world, &scene.operator.to_string()).await.done(204);
        scene.log_in(&world).await;
        assert_eq!((scene.role(&world).await, scene.waits(&world).await), (None, 1));
        let token = world.sign_in(scene.operator).await;
        let accept = format!("/v1/me/invitations/{}/accept", invitation["id"].as_str().unwrap());
        world.send::<Operators>(Call::post(&accept).bearer(&token)).await.refused(&catalogue::INVITATION_CLOSED);
    }

    async fn what_was_forgiven_is_forgotten(world: World) {
        let scene = Scene::new(&world, CardClass::Operator).await;
        let token = scene.removed(&world).await;
        let invitation = scene.invite(&world).await;
        let accept = format!("/v1/me/invitations/{}/accept", invitation["id"].as_str().unwrap());
        world.send::<Operators>(Call::post(&accept).bearer(&token)).await.done(204);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM removals"), &[]).await, 0);
    }
}
