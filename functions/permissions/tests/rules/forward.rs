//! `/v1/check/forward`: what a reverse proxy asks.

use eport_permissions::Permissions;
use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::testing::{Call, World};
use serde_json::json;

use crate::{Firm, WIDE, send, set_membership_state, stranger};

const ASK: &str = "/v1/check/forward?application=manifest&action=view";

on_each_database! {
    async fn who_may_is_let_through_with_who_they_are_in_headers(world: World) {
        let firm = Firm::entitled(&world, 1, WIDE).await;
        let operator = firm.operator(&world, 11).await;
        firm.grant(&world, &operator, &[("manifest", &["view"])]).await.done(200);
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let answer = send(&world, Call::new(method, ASK), &operator).await;
            assert_eq!(answer.done(200), json!({ "allowed": true, "reason": "granted" }));
            for (name, value) in [
                ("x-eport-account", operator.person.id.to_string().as_str()),
                ("x-eport-name", "%E5%BC%A0%E4%BC%9F"),
                ("x-eport-role", "operator"),
                ("x-eport-enterprise", "USCC-1"),
                ("x-eport-enterprise-id", &firm.id.to_string()),
                ("x-eport-enterprise-name", "%E7%A4%BA%E4%BE%8B%E5%85%AC%E5%8F%B81"),
                ("x-eport-reason", "granted"),
                ("cache-control", "no-store"),
            ] {
                assert_eq!(answer.header(name), Some(value), "{name}");
            }
        }
        let head = send(&world, Call::new("HEAD", ASK), &operator).await;
        assert_eq!((head.status(), head.body(), head.header("x-eport-reason")), (200, b"" as &[u8], Some("granted")));
        assert_eq!(send(&world, Call::get(ASK), &firm.administrator).await.header("x-eport-reason"), Some("administrator"));
    }

    async fn who_may_not_is_refused_with_the_reason_and_nothing_about_them(world: World) {
        let firm = Firm::entitled(&world, 1, WIDE).await;
        let operator = firm.operator(&world, 11).await;
        let nobody = stranger(&world, 50).await;
        let ask = async |who, target: &str, reason: &str| {
            let answer = send(&world, Call::get(target), who).await;
            answer.refused(&catalogue::PERMISSION_DENIED);
            assert_eq!((answer.header("x-eport-reason"), answer.header("x-eport-account")), (Some(reason), None));
        };
        ask(&operator, ASK, "not_granted").await;
        ask(&operator, "/v1/check/forward?application=licence&action=view", "not_entitled").await;
        ask(&operator, "/v1/check/forward?application=alchemy&action=view", "unknown_application").await;
        ask(&operator, "/v1/check/forward?application=manifest&action=fly", "unknown_action").await;
        ask(&nobody, ASK, "no_enterprise").await;
        set_membership_state(&world, &operator, "suspended").await;
        ask(&operator, ASK, "suspended").await;
        firm.set_state(&world, "unverified").await;
        ask(&firm.administrator, ASK, "enterprise_unverified").await;
        assert!(world.audit().await.iter().all(|row| row.action == "entitlements.changed"));
    }

    async fn without_a_session_it_is_401_and_a_question_that_is_none_400(world: World) {
        let firm = Firm::entitled(&world, 1, WIDE).await;
        world.send::<Permissions>(Call::get(ASK)).await.refused(&catalogue::SESSION_REQUIRED);
        world.send::<Permissions>(Call::get("/v1/check/forward?x=1")).await.refused(&catalogue::SESSION_REQUIRED);
        for (query, field) in [
            ("", "application"),
            ("?application=manifest", "action"),
            ("?application=&action=view", "application"),
            ("?application=manifest&action=view&action=view", "action"),
            ("?application=manifest&action=view&url=/", "url"),
            ("?application=manifest&action=vi%00ew", "action"),
        ] {
            let answer = send(&world, Call::get(&format!("/v1/check/forward{query}")), &firm.administrator).await;
            answer.refused(&catalogue::REQUEST_INVALID_QUERY);
            assert_eq!(answer.errors()[0].0, field, "{query}");
        }
    }
}
