//! What anybody may read.

use eport_schema::catalogue;
use eport_sessions::Sessions;
use eport_shared::keys::verifying_half;
use eport_shared::on_each_database;
use eport_shared::testing::{Call, World};
use serde_json::json;

on_each_database! {
    async fn the_public_keys_are_published_and_nothing_else_of_them(world: World) {
        use base64::Engine as _;
        let answer = world.send::<Sessions>(Call::get("/.well-known/jwks.json")).await;
        let x = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(verifying_half(&[1; 32]).unwrap());
        let key = json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "kid": "sign-1", "use": "sig", "alg": "EdDSA" });
        assert_eq!(answer.done(200), json!({ "keys": [key] }));
        assert_eq!(answer.header("cache-control"), Some("public, max-age=60"));
    }

    async fn the_description_of_the_interface_is_published(world: World) {
        let document = world.send::<Sessions>(Call::get("/openapi.json")).await.done(200);
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
        assert!(document["paths"]["/v1/sessions"]["post"].is_object());
    }

    async fn health_is_that_of_the_database(world: World) {
        for path in ["/v1/health", "/v1/health/sessions"] {
            let health = world.send::<Sessions>(Call::get(path)).await.done(200);
            assert_eq!((&health["status"], &health["component"]), (&json!("ok"), &json!("sessions")));
        }
        world.database.set_offline(true);
        let refused = world.send::<Sessions>(Call::get("/v1/health")).await.refused(&catalogue::SERVICE_DATABASE_UNAVAILABLE);
        assert_eq!(refused["retry_after"], 5);
    }
}
