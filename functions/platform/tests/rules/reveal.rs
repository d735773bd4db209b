//! What is masked elsewhere, with a reason.

use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::World;
use serde_json::json;

use crate::{act, get, on_duty};

on_each_database! {
    async fn staff_with_a_reason_see_the_whole_numbers(world: World) {
        let person = world.person(1).await;
        let own = world.sign_in(person.id).await;
        let patch = eport_shared::testing::Call::patch("/v1/me").bearer(&own).json(&json!({ "email": "a@b.cn", "address": "雁塔区 1 号" }));
        world.send::<eport_accounts::Accounts>(patch).await.done(200);
        let (staff, token) = on_duty(&world).await;
        let revealed = act(&world, &token, person.id, "reveal", "公安协查 2026-118 号").await.done(200);
        assert_eq!(
            revealed,
            json!({
                "id_type": "resident_id", "id_number": person.id_number, "phone": "+8613800000001", "email": "a@b.cn", "address": "雁塔区 1 号",
            })
        );
        let rows = world.audit_of("account.revealed").await;
        assert_eq!((rows.len(), rows[0].actor_id, rows[0].target_id.clone()), (1, Some(staff.id), Some(person.id.to_string())));
        assert_eq!(rows[0].after.as_deref(), Some(r#"{"reason":"公安协查 2026-118 号"}"#));
        assert!(!format!("{rows:?}").contains(&person.id_number));
    }

    async fn each_look_is_recorded(world: World) {
        let person = world.person(1).await;
        let (_, token) = on_duty(&world).await;
        act(&world, &token, person.id, "reveal", "一").await.done(200);
        act(&world, &token, person.id, "reveal", "一").await.done(200);
        assert_eq!(world.audit_of("account.revealed").await.len(), 2);
    }

    async fn without_its_row_in_the_audit_nothing_is_shown(world: World) {
        let person = world.person(1).await;
        let (_, token) = on_duty(&world).await;
        world.rows(&sql!("DELETE FROM audit_heads"), &[]).await;
        let refused = act(&world, &token, person.id, "reveal", "核查").await.refused(&catalogue::SERVICE_INTERNAL);
        assert!(!refused.to_string().contains(&person.id_number));
    }

    async fn no_list_shows_what_a_reveal_does(world: World) {
        let person = world.person(1).await;
        let (_, token) = on_duty(&world).await;
        act(&world, &token, person.id, "reveal", "核查").await.done(200);
        for target in ["/v1/platform/accounts", &format!("/v1/platform/accounts?query={}", person.phone), "/v1/platform/audit"] {
            let text = get(&world, &token, target).await.done(200).to_string();
            assert!(!text.contains(&person.phone) && !text.contains(&person.id_number), "{text}");
        }
    }
}
