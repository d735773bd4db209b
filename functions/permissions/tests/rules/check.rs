//! `POST /v1/check`.

use eport_permissions::Permissions;
use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::platform::Database as _;
use eport_shared::sql;
use eport_shared::sql::Dialect;
use eport_shared::testing::{Call, World};
use serde_json::json;

use crate::{Firm, WIDE, question, reason, rights, send, set_membership_state, stranger};

on_each_database! {
    async fn an_operator_may_do_what_was_granted_and_nothing_else(world: World) {
        let firm = Firm::entitled(&world, 1, WIDE).await;
        let operator = firm.operator(&world, 11).await;
        firm.grant(&world, &operator, &[("goods_declaration", &["view"])]).await.done(200);
        for (application, action, expected) in [
            ("goods_declaration", "view", "granted"),
            ("goods_declaration", "create", "not_granted"),
            ("manifest", "view", "not_granted"),
            ("goods_declaration", "approve", "not_entitled"),
            ("licence", "view", "not_entitled"),
            ("goods_declaration", "fly", "unknown_action"),
            ("manifest", "approve", "unknown_action"),
            ("alchemy", "view", "unknown_application"),
            ("", "", "unknown_application"),
            ("goods_declaration", "", "unknown_action"),
            ("goods_declaration", "create,submit", "unknown_action"),
        ] {
            assert_eq!(reason(&world, &operator, application, action).await, expected, "{application} {action}");
        }
    }

    async fn the_administrator_may_do_all_that_the_enterprise_is_entitled_to(world: World) {
        let firm = Firm::entitled(&world, 1, WIDE).await;
        assert_eq!(reason(&world, &firm.administrator, "manifest", "submit").await, "administrator");
        assert_eq!(reason(&world, &firm.administrator, "licence", "view").await, "not_entitled");
        assert_eq!(reason(&world, &firm.administrator, "alchemy", "view").await, "unknown_application");
    }

    async fn who_belongs_to_no_enterprise_may_do_nothing(world: World) {
        let stranger = stranger(&world, 1).await;
        assert_eq!(reason(&world, &stranger, "goods_declaration", "view").await, "no_enterprise");
        assert_eq!(reason(&world, &stranger, "alchemy", "view").await, "no_enterprise");
    }

    async fn until_an_enterprise_is_verified_only_what_is_open_can_be_used(world: World) {
        let open = ("enterprise_qualification", &["submit"] as &[_]);
        let firm = Firm::entitled(&world, 1, &[("goods_declaration", &["view"]), open]).await;
        let operator = firm.operator(&world, 11).await;
        firm.grant(&world, &operator, &[("goods_declaration", &["view"]), open]).await.done(200);
        firm.set_state(&world, "unverified").await;
        for (who, allowed) in [(&firm.administrator, "administrator"), (&operator, "granted")] {
            assert_eq!(reason(&world, who, "goods_declaration", "view").await, "enterprise_unverified");
            assert_eq!(reason(&world, who, "licence", "view").await, "enterprise_unverified");
            assert_eq!(reason(&world, who, "enterprise_qualification", "submit").await, allowed);
            assert_eq!(reason(&world, who, "enterprise_qualification", "view").await, "not_entitled");
        }
        firm.set_state(&world, "verified").await;
        assert_eq!(reason(&world, &operator, "goods_declaration", "view").await, "granted");
    }

    async fn what_changes_is_in_force_on_the_next_request(world: World) {
        let firm = Firm::entitled(&world, 1, WIDE).await;
        let operator = firm.operator(&world, 11).await;
        let ask = async || reason(&world, &operator, "manifest", "view").await;
        assert_eq!(ask().await, "not_granted");
        firm.grant(&world, &operator, &[("manifest", &["view"])]).await.done(200);
        assert_eq!(ask().await, "granted");
        set_membership_state(&world, &operator, "suspended").await;
        assert_eq!(ask().await, "suspended");
        set_membership_state(&world, &operator, "active").await;
        assert_eq!(ask().await, "granted");
        firm.grant(&world, &operator, &[]).await.done(200);
        assert_eq!(ask().await, "not_granted");
        world.rows(&sql!("DELETE FROM memberships WHERE account_id = $1"), &[operator.person.id.into()]).await;
        assert_eq!(ask().await, "no_enterprise");
    }

    async fn a_grant_that_somebody_wrote_past_the_entitlement_opens_nothing(world: World) {
        let firm = Firm::entitled(&world, 1, WIDE).await;
        let operator = firm.operator(&world, 11).await;
        world.rows(&sql!("UPDATE memberships SET grants = 'licence:view'"), &[]).await;
        assert_eq!(reason(&world, &operator, "licence", "view").await, "not_entitled");
    }

    async fn an_ended_session_and_a_locked_account_are_denied_at_once(world: World) {
        let firm = Firm::entitled(&world, 1, WIDE).await;
        let call = || question(&[("manifest", "view")]);
        send(&world, call(), &firm.administrator).await.done(200);
        world.rows(&sql!("UPDATE accounts SET locked_at = 1"), &[]).await;
        send(&world, call(), &firm.administrator).await.refused(&catalogue::SESSION_ENDED);
        world.rows(&sql!("UPDATE accounts SET locked_at = NULL, password_change_required = TRUE"), &[]).await;
        send(&world, call(), &firm.administrator).await.refused(&catalogue::PASSWORD_CHANGE_REQUIRED);
        world.rows(&sql!("UPDATE accounts SET password_change_required = FALSE"), &[]).await;
        world.rows(&sql!("UPDATE sessions SET ended_at = 1"), &[]).await;
        send(&world, call(), &firm.administrator).await.refused(&catalogue::SESSION_ENDED);
        world.send::<Permissions>(call()).await.refused(&catalogue::SESSION_REQUIRED);
        world.send::<Permissions>(call().bearer("e30.e30.")).await.refused(&catalogue::SESSION_TOKEN_INVALID);
    }

    async fn a_check_keeps_the_session_alive_but_not_the_token(world: World) {
        let firm = Firm::entitled(&world, 1, WIDE).await;
        world.advance(599);
        send(&world, question(&[]), &firm.administrator).await.done(200);
        let seen = world.number(&sql!("SELECT MAX(last_seen_at) FROM sessions"), &[]).await;
        assert_eq!(seen, world.now().milliseconds());
        world.advance(1);
        send(&world, question(&[]), &firm.administrator).await.refused(&catalogue::SESSION_TOKEN_EXPIRED);
    }

    async fn a_hundred_can_be_asked_at_once_and_no_more(world: World) {
        let firm = Firm::entitled(&world, 1, WIDE).await;
        let one = ("manifest", "view");
        let answer = send(&world, question(&[one; 100]), &firm.administrator).await.done(200);
        let results = answer["results"].as_array().unwrap();
        assert_eq!(results.len(), 100);
        assert!(results.iter().all(|result| *result == json!({ "allowed": true, "reason": "administrator" })));
        let refused = send(&world, question(&[one; 101]), &firm.administrator).await;
        refused.refused(&catalogue::CHECK_TOO_MANY);
        assert_eq!(refused.errors(), [("checks".to_owned(), "check.too_many".to_owned())]);
        assert_eq!(send(&world, question(&[]), &firm.administrator).await.done(200), json!({ "results": [] }));
    }

    async fn answers_come_in_the_order_of_the_questions(world: World) {
        let firm = Firm::entitled(&world, 1, WIDE).await;
        let asked = [("manifest", "view"), ("alchemy", "view"), ("manifest", "view"), ("manifest", "fly"), ("licence", "view")];
        let answer = send(&world, question(&asked), &firm.administrator).await.done(200);
        let reasons: Vec<_> =
            answer["results"].as_array().unwrap().iter().map(|result| result["reason"].as_str().unwrap()).collect();
        assert_eq!(reasons, ["administrator", "unknown_application", "administrator", "unknown_action", "not_entitled"]);
    }

    async fn names_of_any_length_and_kind_are_unknown(world: World) {
        let firm = Firm::entitled(&world, 1, WIDE).await;
        for name in ["a".repeat(30_000), "货物\u{202E}申报\0".to_owned(), "' OR 1=1 --".to_owned(), "goods_declaration:view".to_owned()] {
            assert_eq!(reason(&world, &firm.administrator, &name, "view").await, "unknown_application");
            assert_eq!(reason(&world, &firm.administrator, "manifest", &name).await, "unknown_action");
        }
    }

    async fn a_body_of_another_form_is_refused(world: World) {
        let firm = Firm::new(&world, 1).await;
        for (body, refusal) in [
            (json!({}), &catalogue::REQUEST_MISSING_FIELD),
            (json!({ "checks": {} }), &catalogue::REQUEST_WRONG_TYPE),
            (json!({ "checks": [["manifest", "view"]] }), &catalogue::REQUEST_WRONG_TYPE),
            (json!({ "checks": [{ "application": "manifest" }] }), &catalogue::REQUEST_MISSING_FIELD),
            (json!({ "checks": [], "account_id": firm.id }), &catalogue::REQUEST_UNKNOWN_FIELD),
        ] {
            let call = Call::post("/v1/check").json(&body);
            send(&world, call, &firm.administrator).await.refused(refusal);
        }
    }

    async fn a_check_is_one_query_that_no_table_is_scanned_for(world: World) {
        let firm = Firm::entitled(&world, 1, WIDE).await;
        send(&world, question(&[("manifest", "view")]), &firm.administrator).await.done(200);
        world.database.plans(&[]).await;
        send(&world, question(&[("manifest", "view"), ("licence", "view")]), &firm.administrator).await.done(200);
        let plans = world.database.plans(&["enable_seqscan"]).await;
        assert_eq!(plans.len(), 1, "{plans:?}");
        for line in &plans[0].1 {
            let scan = match world.database.dialect() {
                Dialect::Sqlite => line.starts_with("SCAN "),
                Dialect::Postgres => line.contains("Seq Scan on"),
            };
            assert!(!scan, "{line}");
        }
    }

    async fn no_answer_of_a_check_is_audited(world: World) {
        let firm = Firm::new(&world, 1).await;
        send(&world, question(&[("manifest", "view"), ("alchemy", "x")]), &firm.administrator).await.done(200);
        assert_eq!(world.audit().await.len(), 0);
    }

    async fn my_grants_are_what_a_check_allows(world: World) {
        let open = ("enterprise_qualification", &["submit"] as &[_]);
        let firm = Firm::entitled(&world, 1, &[("goods_declaration", &["submit", "view"]), open]).await;
        let operator = firm.operator(&world, 11).await;
        firm.grant(&world, &operator, &[("goods_declaration", &["view"]), open]).await.done(200);
        let stranger = stranger(&world, 20).await;
        let mine = async |who| send(&world, Call::get("/v1/me/grants"), who).await.done(200);
        let both = rights(&[open, ("goods_declaration", &["submit", "view"])]);
        assert_eq!(mine(&firm.administrator).await, json!({ "role": "admin", "limited": null, "grants": both }));
        let granted = rights(&[open, ("goods_declaration", &["view"])]);
        assert_eq!(mine(&operator).await, json!({ "role": "operator", "limited": null, "grants": granted }));
        assert_eq!(mine(&stranger).await, json!({ "role": null, "limited": "no_enterprise", "grants": [] }));
        firm.set_state(&world, "unverified").await;
        let expected = json!({ "role": "operator", "limited": "enterprise_unverified", "grants": rights(&[open]) });
        assert_eq!(mine(&operator).await, expected);
        set_membership_state(&world, &operator, "suspended").await;
        assert_eq!(mine(&operator).await, json!({ "role": "operator", "limited": "suspended", "grants": [] }));
    }

    async fn the_catalogue_is_there_with_names_in_both_languages(world: World) {
        let stranger = stranger(&world, 1).await;
        let list = send(&world, Call::get("/v1/applications"), &stranger).await.done(200);
        let items = list["items"].as_array().unwrap();
        let names: Vec<_> = items.iter().map(|item| item["name"]["zh"].as_str().unwrap()).collect();
        for name in [
            "货物申报", "舱单申报", "运输工具申报", "企业资质", "许可证件", "原产地证", "税费支付", "出口退税", "加工贸易", "跨境电商",
            "物品通关", "查询统计",
        ] {
            assert!(names.contains(&name), "{name}");
        }
        for item in items {
            assert!(item["actions"].as_array().unwrap().len() >= 4 && item["name"]["en"].as_str().unwrap().len() > 5, "{item}");
        }
        assert_eq!(names.first(), Some(&"货物申报"));
        let open: Vec<_> = items.iter().filter(|item| item["open"] == true).map(|item| &item["code"]).collect();
        assert_eq!(open, ["enterprise_qualification"]);
        world.send::<Permissions>(Call::get("/v1/applications")).await.refused(&catalogue::SESSION_REQUIRED);
    }
}
