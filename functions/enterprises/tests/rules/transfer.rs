//! The administrator hands over to an operator (J12).

use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::{Call, World};
use serde_json::json;
use uuid::Uuid;

use crate::{OTHER_USCC, Somebody, USCC, administrator, operator, role, suspend, told, verify, vouch};

async fn administrators(world: &World) -> Vec<Uuid> {
    let rows = world.rows(&sql!("SELECT account_id FROM memberships WHERE role = 'admin'"), &[]).await;
    rows.iter().map(|row| row.get(0).unwrap()).collect()
}

on_each_database! {
    async fn the_two_change_places_and_both_are_told(world: World) {
        let old = administrator(&world, 1, USCC).await;
        let new = operator(&world, 2, &old, USCC).await;
        let shown = old.hand_over(&world, new.id).await.done(200);
        assert_eq!((shown["role"].as_str(), shown["administrator"]["account_id"].as_str()), (Some("operator"), Some(new.id.to_string().as_str())));
        assert_eq!((role(&world, old.id).await.as_str(), role(&world, new.id).await.as_str()), ("operator", "admin"));
        assert!(told(&world, old.id).await.contains(&"administrator_handed_over".to_owned()));
        assert!(told(&world, new.id).await.contains(&"administrator_by_transfer".to_owned()));
        // The next request of each sees it.
        let patch = || Call::patch("/v1/enterprise").json(&json!({ "postcode": "310000" }));
        old.send(&world, patch()).await.refused(&catalogue::PERMISSION_DENIED);
        new.send(&world, patch()).await.done(200);
        let audit = world.audit_of("enterprise.administrator").await;
        assert!(audit[1].before.as_deref().unwrap().contains(&old.id.to_string()));
        assert!(audit[1].after.as_deref().unwrap().contains(&new.id.to_string()));
        // And back again.
        new.hand_over(&world, old.id).await.done(200);
        assert_eq!(administrators(&world).await, [old.id]);
    }

    async fn it_takes_a_login_of_five_minutes_ago_at_the_most(world: World) {
        let old = administrator(&world, 1, USCC).await;
        let new = operator(&world, 2, &old, USCC).await;
        world.advance(301);
        old.hand_over(&world, new.id).await.refused(&catalogue::SESSION_FRESH_LOGIN_REQUIRED);
        let old = Somebody { token: world.sign_in(old.id).await, ..old };
        world.advance(300);
        old.hand_over(&world, new.id).await.done(200);
    }

    async fn only_an_operator_of_the_same_enterprise_takes_over(world: World) {
        let old = administrator(&world, 1, USCC).await;
        let elsewhere = administrator(&world, 2, OTHER_USCC).await;
        let their_operator = operator(&world, 3, &elsewhere, OTHER_USCC).await;
        let waiting = Somebody::new(&world, 4).await;
        waiting.ask(&world, "operator", USCC).await.done(201);
        for stranger in [elsewhere.id, their_operator.id, waiting.id, old.id, Uuid::nil()] {
            old.hand_over(&world, stranger).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        }
        let answer = old.post(&world, "/v1/enterprise/admin-transfer", &json!({ "account_id": "me" })).await;
        answer.refused(&catalogue::ID_FORMAT);
        assert_eq!(role(&world, old.id).await, "admin");
    }

    async fn who_is_suspended_or_locked_does_not_take_over(world: World) {
        let old = administrator(&world, 1, USCC).await;
        let new = operator(&world, 2, &old, USCC).await;
        suspend(&world, new.id).await;
        old.hand_over(&world, new.id).await.refused(&catalogue::ADMIN_TRANSFER_TARGET_UNAVAILABLE);
        world.rows(&sql!("UPDATE memberships SET state = 'active'"), &[]).await;
        world.rows(&sql!("UPDATE accounts SET locked_at = 1 WHERE id = $1"), &[new.id.into()]).await;
        old.hand_over(&world, new.id).await.refused(&catalogue::ADMIN_TRANSFER_TARGET_UNAVAILABLE);
        assert_eq!(administrators(&world).await, [old.id]);
    }

    async fn nobody_but_the_administrator_hands_over(world: World) {
        let old = administrator(&world, 1, USCC).await;
        let new = operator(&world, 2, &old, USCC).await;
        new.hand_over(&world, new.id).await.refused(&catalogue::PERMISSION_DENIED);
        Somebody::new(&world, 3).await.hand_over(&world, new.id).await.refused(&catalogue::ENTERPRISE_REQUIRED);
        assert_eq!(administrators(&world).await, [old.id]);
    }

    async fn a_verified_administrator_vouches_for_the_next_and_a_mere_claim_stays_one(world: World) {
        let old = administrator(&world, 1, USCC).await;
        let new = operator(&world, 2, &old, USCC).await;
        let shown = old.hand_over(&world, new.id).await.done(200);
        assert_eq!(shown["administrator"]["verified"], false);
        verify(&world, USCC).await;
        vouch(&world, new.id).await;
        let shown = new.hand_over(&world, old.id).await.done(200);
        assert_eq!((shown["administrator"]["verified"].as_bool(), shown["administrator"]["verified_by"].as_str()), (Some(true), Some("transfer")));
        let kept = world.number(&sql!("SELECT COUNT(*) FROM memberships WHERE verified_at IS NOT NULL AND role = 'operator'"), &[]).await;
        assert_eq!(kept, 0);
    }

    async fn two_hand_overs_at_once_make_one_administrator(world: World) {
        let old = administrator(&world, 1, USCC).await;
        let (a, b) = (operator(&world, 2, &old, USCC).await, operator(&world, 3, &old, USCC).await);
        let (first, second) = tokio::join!(old.hand_over(&world, a.id), old.hand_over(&world, b.id));
        let mut statuses = [first.status(), second.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 403], "{} {}", first.json(), second.json());
        let made = if first.status() == 200 { a.id } else { b.id };
        assert_eq!(administrators(&world).await, [made]);
    }

    async fn the_old_administrators_edit_under_way_happens_before_or_not_at_all(world: World) {
        let mut old = administrator(&world, 1, USCC).await;
        let mut new = operator(&world, 2, &old, USCC).await;
        for n in 0..10 {
            let postcode = format!("3100{n:02}");
            let patch = Call::patch("/v1/enterprise").json(&json!({ "postcode": postcode }));
            let (edited, handed) = tokio::join!(old.send(&world, patch), old.hand_over(&world, new.id));
            handed.done(200);
            let shown = new.get(&world, "/v1/enterprise").await.done(200);
            match edited.status() {
                200 => assert_eq!(shown["postcode"], postcode),
                _ => drop(edited.refused(&catalogue::PERMISSION_DENIED)),
            }
            std::mem::swap(&mut old, &mut new);
        }
    }

    async fn refreshed_tokens_say_the_new_roles(world: World) {
        use base64::Engine as _;
        use eport_sessions::Sessions;
        let log_in = async |n: u32| {
            let body = json!({ "method": "password", "username": format!("Person-{n}"), "password": format!("correct horse {n}") });
            world.send::<Sessions>(Call::post("/v1/sessions").json(&body)).await.done(201)
        };
        let refresh = async |session: &serde_json::Value| {
            let body = json!({ "refresh_token": session["refresh_token"] });
            let session = world.send::<Sessions>(Call::post("/v1/sessions/refresh").json(&body)).await.done(200);
            let claims = session["access_token"].as_str().unwrap().split('.').nth(1).unwrap().to_owned();
            let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims).unwrap();
            serde_json::from_slice::<serde_json::Value>(&claims).unwrap()
        };
        let old = administrator(&world, 1, USCC).await;
        let new = operator(&world, 2, &old, USCC).await;
        let (a, b) = (log_in(1).await, log_in(2).await);
        old.hand_over(&world, new.id).await.done(200);
        let (a, b) = (refresh(&a).await, refresh(&b).await);
        assert_eq!((a["role"].as_str(), a["ent"].as_str()), (Some("operator"), Some(USCC)));
        assert_eq!((b["role"].as_str(), b["ent"].as_str()), (Some("admin"), Some(USCC)));
    }
}
