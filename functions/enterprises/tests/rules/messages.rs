//! A request to join is decided from its message (J17).

use eport_messages::Messages;
use eport_shared::on_each_database;
use eport_shared::testing::{Call, World};
use serde_json::{Value as Json, json};

use crate::{Somebody, USCC, administrator, id, operator};

async fn inbox(world: &World, of: &Somebody, query: &str) -> Vec<Json> {
    let call = Call::get(&format!("/v1/messages{query}")).bearer(&of.token);
    world.send::<Messages>(call).await.done(200)["items"].as_array().unwrap().clone()
}

on_each_database! {
    async fn the_message_says_what_to_decide_and_how_it_stands(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        let somebody = Somebody::new(&world, 2).await;
        let asked = id(&somebody.ask(&world, "operator", USCC).await.done(201));
        for query in ["", "?unread=true"] {
            let message = inbox(&world, &admin, query).await.remove(0);
            assert_eq!(message["kind"], "association_waiting");
            assert_eq!(message["action"], json!({ "kind": "association", "id": asked, "status": "pending" }));
            assert!(message["body"].as_str().unwrap().contains("张伟"));
        }
        let action = inbox(&world, &admin, "").await[0]["action"].clone();
        admin.approve(&world, action["id"].as_str().unwrap()).await.done(200);
        assert_eq!(inbox(&world, &admin, "").await[0]["action"]["status"], "approved");
        // Who asked has nothing to decide.
        let told = inbox(&world, &somebody, "").await;
        assert_eq!((told[0]["kind"].as_str(), told[0]["action"].is_null()), (Some("association_approved"), true));
        assert!(inbox(&world, &admin, "?unread=false").await.is_empty());
    }

    async fn who_is_no_administrator_any_more_has_nothing_to_decide(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        let successor = operator(&world, 2, &admin, USCC).await;
        Somebody::new(&world, 3).await.ask(&world, "operator", USCC).await.done(201);
        admin.hand_over(&world, successor.id).await.done(200);
        for message in inbox(&world, &admin, "").await {
            assert!(message["action"].is_null(), "{message}");
        }
    }
}
