//! Refusals speak the reader's language.

use eport_schema::catalogue::{self, Language};
use eport_tests::{On, Site, on_both};

on_both![refusals_speak_chinese_unless_english_is_asked_for, the_runtimes_own_refusals_do_so_too];

fn refusals_speak_chinese_unless_english_is_asked_for(on: On) {
    let site = Site::new(on);
    for (accept, language) in [
        (None, "zh-CN"),
        (Some("zh-CN,zh;q=0.9,en;q=0.8"), "zh-CN"),
        (Some("en"), "en"),
        (Some("en-US,en;q=0.9,zh-CN;q=0.8"), "en"),
        (Some("de, fr;q=0.5"), "zh-CN"),
        (Some("zh;q=0.1, en;q=0.2"), "en"),
        (Some("*"), "zh-CN"),
        (Some(";;;q=,"), "zh-CN"),
    ] {
        let call = site.get("/v1/me");
        let reply = accept.into_iter().fold(call, |call, accept| call.header("accept-language", accept)).send();
        assert_eq!(reply.header("content-language"), language, "{accept:?}");
        let problem = reply.refused(401, "session.required");
        let expected = if language == "en" { Language::En } else { Language::Zh };
        assert_eq!(problem.title, catalogue::SESSION_REQUIRED.title.get(expected));
        assert_eq!(problem.detail, catalogue::SESSION_REQUIRED.detail.get(expected));
        assert_eq!(problem.fix, catalogue::SESSION_REQUIRED.fix.get(expected));
    }
}

fn the_runtimes_own_refusals_do_so_too(on: On) {
    let site = Site::new(on);
    let title = |language| {
        site.get("/nowhere").header("accept-language", language).send().refused(404, "route.not_found").title
    };
    assert_eq!(title("en"), catalogue::ROUTE_NOT_FOUND.title.en);
    assert_eq!(title("zh"), catalogue::ROUTE_NOT_FOUND.title.zh);
}
