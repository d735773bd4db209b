//! The line of enterprises that wait for staff, page by page, while staff decide about them.

use eport_platform::Platform;
use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::platform::new_id;
use eport_shared::sql;
use eport_shared::testing::{Call, World};
use serde_json::json;

use crate::{get, ids, on_duty};

const ENTERPRISES: &str = "/v1/platform/enterprises";

/// `count` enterprises that wait, the newest first.
async fn waiting(world: &World, count: usize) -> Vec<String> {
    let mut made = Vec::new();
    for n in 0..count {
        world.advance(1);
        let id = new_id(world.now(), &world.entropy);
        let make = sql!(
            "INSERT INTO enterprises (id, organisation_code, name, state, created_at, updated_at) VALUES ($1, $2, $3, 'unverified', $4, $4)"
        );
        let values = [id.into(), format!("MA{n:07}").into(), format!("第{n}家").into(), world.now().into()];
        world.rows(&make, &values).await;
        made.insert(0, id.to_string());
    }
    made
}

async fn verify(world: &World, token: &str, id: &str) {
    let call = Call::post(&format!("{ENTERPRISES}/{id}/verify")).bearer(token).json(&json!({ "reason": "核对无误" }));
    world.send::<Platform>(call).await.done(200);
}

on_each_database! {
    async fn who_verifies_page_by_page_sees_everybody_who_waits(world: World) {
        let (_, token) = on_duty(&world).await;
        let all = waiting(&world, 9).await;
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        while seen.len() < all.len() {
            let page = get(&world, &token, &format!("{ENTERPRISES}?limit=3&cursor={cursor}")).await.done(200);
            for id in ids(&page) {
                verify(&world, &token, &id).await;
                seen.push(id);
            }
            cursor = page["next_cursor"].as_str().unwrap_or_default().to_owned();
        }
        assert_eq!(seen, all);
        // Behind those that waited come the verified ones, each once.
        let (mut verified, mut cursor) = (Vec::new(), cursor);
        loop {
            let page = get(&world, &token, &format!("{ENTERPRISES}?limit=4&cursor={cursor}")).await.done(200);
            verified.extend(ids(&page));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(verified, all);
    }

    async fn a_cursor_of_before_skips_nobody_who_waits(world: World) {
        let (_, token) = on_duty(&world).await;
        let all = waiting(&world, 4).await;
        verify(&world, &token, &all[0]).await;
        let page = get(&world, &token, &format!("{ENTERPRISES}?cursor={}", all[0])).await.done(200);
        assert_eq!(ids(&page), [&all[1], &all[2], &all[3], &all[0]].map(String::as_str));
        get(&world, &token, &format!("{ENTERPRISES}?cursor=verified")).await.refused(&catalogue::CURSOR_INVALID);
    }
}
