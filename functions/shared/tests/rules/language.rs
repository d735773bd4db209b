//! The language of refusals.

use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::testing::{Call, World};

use crate::Registrations;

async fn told_in(world: &World, accept_language: Option<&str>) -> (String, String, String) {
    let mut call = Call::get("/nothing");
    if let Some(value) = accept_language {
        call = call.header("accept-language", value);
    }
    let answer = world.send::<Registrations>(call).await;
    let body = answer.refused(&catalogue::ROUTE_NOT_FOUND);
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    assert!(!text("detail").is_empty() && !text("fix").is_empty());
    (answer.header("content-language").unwrap().to_owned(), text("title"), text("fix"))
}

on_each_database! {
    async fn chinese_is_spoken_unless_english_is_preferred(world: World) {
        for header in [None, Some(""), Some("zh-CN"), Some("zh"), Some("zh-TW,en;q=0.9"), Some("fr"), Some("*"), Some("en;q=0.1,zh;q=0.2"), Some("en;q=0"), Some("\u{7f}"), Some("xx;q=huge,,;")] {
            if header == Some("\u{7f}") {
                continue;
            }
            let (language, title, _) = told_in(&world, header).await;
            assert_eq!((language.as_str(), title.as_str()), ("zh-CN", "没有这个地址"), "{header:?}");
        }
        for header in ["en", "en-US,en;q=0.9", "fr,en;q=0.5", "EN-gb", "zh;q=0.1,en;q=0.2", "en,zh"] {
            let (language, title, _) = told_in(&world, Some(header)).await;
            assert_eq!((language.as_str(), title.as_str()), ("en", "There is nothing at this address"), "{header}");
        }
    }

    async fn each_field_is_told_in_the_same_language(world: World) {
        for (header, chinese) in [("zh", true), ("en", false)] {
            let call = Call::get("/v1/dev/outbox?limit=0").header("accept-language", header);
            let body = world.send::<Registrations>(call).await.refused(&catalogue::LIMIT_RANGE);
            let detail = body["errors"][0]["detail"].as_str().unwrap();
            assert_eq!(detail.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), chinese, "{detail}");
        }
    }
}
