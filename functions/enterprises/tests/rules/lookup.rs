//! The registry fills the form (J9).

use eport_enterprises::Enterprises;
use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::testing::{Call, World};

use crate::{OTHER_USCC, Somebody, USCC, administrator, register};

fn path(uscc: &str) -> String {
    format!("/v1/registry/enterprises/{uscc}")
}

on_each_database! {
    async fn what_the_registry_knows_is_shown(world: World) {
        register(&world, USCC, "登记的名称", None).await;
        let somebody = Somebody::new(&world, 1).await;
        let shown = somebody.get(&world, &path(&USCC.to_lowercase())).await.done(200);
        assert_eq!((shown["uscc"].as_str(), shown["name"].as_str()), (Some(USCC), Some("登记的名称")));
        assert_eq!((shown["source"].as_str(), shown["cached"].as_bool()), (Some("local"), Some(false)));
        assert_eq!(shown["registered_address"], serde_json::Value::Null);
        assert_eq!(shown["as_of"], "2026-11-18T11:06:40Z");
    }

    async fn what_it_does_not_know_is_not_found_even_where_we_do(world: World) {
        administrator(&world, 1, OTHER_USCC).await;
        let somebody = Somebody::new(&world, 2).await;
        for uscc in [USCC, OTHER_USCC] {
            somebody.get(&world, &path(uscc)).await.refused(&catalogue::REGISTRY_ENTERPRISE_UNKNOWN);
        }
    }

    async fn a_code_that_is_none_is_refused(world: World) {
        let somebody = Somebody::new(&world, 1).await;
        let answer = somebody.get(&world, &path("913300007458363393")).await;
        answer.refused(&catalogue::USCC_CHECK_CHARACTER);
        assert_eq!(answer.errors()[0].0, "uscc");
        for code in ["1", "91330000745836339%32", "..", "统一社会信用代码"] {
            somebody.get(&world, &path(code)).await.refused(&catalogue::USCC_FORMAT);
        }
        world.send::<Enterprises>(Call::get(&path(USCC))).await.refused(&catalogue::SESSION_REQUIRED);
    }

    async fn nobody_reads_the_registry_through_us(mut world: World) {
        world.settings.registry_account_minute = 2;
        let somebody = Somebody::new(&world, 1).await;
        for _ in 0..2 {
            somebody.get(&world, &path(USCC)).await.refused(&catalogue::REGISTRY_ENTERPRISE_UNKNOWN);
        }
        somebody.get(&world, &path(USCC)).await.refused(&catalogue::RATE_LIMITED);
        let other = Somebody::new(&world, 2).await;
        other.get(&world, &path(USCC)).await.refused(&catalogue::REGISTRY_ENTERPRISE_UNKNOWN);
        world.advance(60);
        somebody.get(&world, &path(USCC)).await.refused(&catalogue::REGISTRY_ENTERPRISE_UNKNOWN);
    }
}
