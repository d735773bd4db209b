//! An administrator reads the enterprise's own audit (J19).

use eport_accounts::Accounts;
use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::testing::{Call, World};
use serde_json::{Value as Json, json};

use crate::{OTHER_USCC, Somebody, USCC, administrator, id, operator, verify};

const AUDIT: &str = "/v1/enterprise/audit";

fn actions(list: &Json) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["action"].as_str().unwrap()).collect()
}

on_each_database! {
    async fn it_has_who_did_what_and_what_was_refused(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        world.advance_milliseconds(5);
        let member = operator(&world, 2, &admin, USCC).await;
        world.advance_milliseconds(5);
        member.send(&world, Call::patch("/v1/enterprise").json(&json!({ "postcode": "310000" }))).await.refused(&catalogue::PERMISSION_DENIED);
        let list = admin.get(&world, AUDIT).await.done(200);
        let newest = &list["items"][0];
        assert_eq!((newest["action"].as_str(), newest["result"].as_str(), newest["code"].as_str()), (Some("update_enterprise"), Some("refused"), Some("permission.denied")));
        assert_eq!(newest["refusal"], "没有权限");
        let english = admin.send(&world, Call::get(AUDIT).header("accept-language", "en")).await.done(200);
        assert_eq!(english["items"][0]["refusal"], "You may not do this");
        assert_eq!((newest["actor_id"].as_str(), newest["actor_name"].as_str()), (Some(member.id.to_string().as_str()), Some("张伟")));
        for action in ["enterprise.created", "enterprise.administrator", "association.requested", "association.approved"] {
            assert!(actions(&list).contains(&action), "{action}");
        }
        let refused = admin.get(&world, &format!("{AUDIT}?result=refused")).await.done(200);
        assert_eq!(actions(&refused), ["update_enterprise"]);
        let of_action = admin.get(&world, &format!("{AUDIT}?action=association.requested")).await.done(200);
        assert_eq!(actions(&of_action), ["association.requested"]);
        let later = admin.get(&world, &format!("{AUDIT}?from=2026-11-22T01:20:00.010Z")).await.done(200);
        assert_eq!(actions(&later), ["update_enterprise"]);
        let earlier = admin.get(&world, &format!("{AUDIT}?to=2026-11-22T01:20:00.010Z&limit=1")).await.done(200);
        assert!(actions(&earlier).len() == 1 && earlier["next_cursor"].is_string());
    }

    async fn nothing_of_another_enterprise_stands_in_it(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        let stranger = administrator(&world, 2, OTHER_USCC).await;
        let waiting = Somebody::new(&world, 3).await;
        let asked = id(&waiting.ask(&world, "operator", OTHER_USCC).await.done(201));
        // An id of another enterprise that somebody tries is not shown to their own administrator, either.
        admin.approve(&world, &asked).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        admin.hand_over(&world, stranger.id).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        let text = admin.get(&world, &format!("{AUDIT}?limit=100")).await.done(200).to_string();
        for theirs in [asked, stranger.id.to_string(), waiting.id.to_string(), OTHER_USCC.to_owned()] {
            assert!(!text.contains(&theirs), "{theirs} in {text}");
        }
        assert!(text.contains("resource.not_found"));
    }

    async fn what_people_change_of_themselves_is_theirs(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        let member = operator(&world, 2, &admin, USCC).await;
        let patch = Call::patch("/v1/me").json(&json!({ "postcode": "710065" })).bearer(&member.token);
        world.send::<Accounts>(patch).await.done(200);
        let list = admin.get(&world, &format!("{AUDIT}?action=account.updated")).await.done(200);
        assert_eq!(actions(&list), ["account.updated"]);
        assert!(list["items"][0]["after"].is_null() && list["items"][0]["before"].is_null());
        // How they want to be reminded is no business of the enterprise at all.
        let settings = world.send::<Accounts>(Call::get("/v1/me/settings").bearer(&member.token)).await;
        let (version, mut wanted) = (settings.header("etag").unwrap().to_owned(), settings.done(200));
        wanted.as_object_mut().unwrap().remove("updated_at");
        wanted["language"] = json!("en");
        let put = Call::put("/v1/me/settings").json(&wanted).bearer(&member.token).header("if-match", &version);
        world.send::<Accounts>(put).await.done(200);
        assert_eq!(world.audit_of("settings.changed").await.len(), 1);
        assert!(actions(&admin.get(&world, &format!("{AUDIT}?action=settings.changed")).await.done(200)).is_empty());
    }

    async fn staff_stay_unnamed(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        verify(&world, USCC).await;
        let staff = world.staff(9).await;
        let token = world.sign_in(staff.id).await;
        // Staff who belong to an enterprise themselves leave rows of it, as those who act on it do.
        world.rows(&eport_shared::sql!("INSERT INTO memberships (account_id, enterprise_id, role, state, origin, created_at, updated_at) SELECT $1, id, 'operator', 'active', 'staff', 1, 1 FROM enterprises"), &[staff.id.into()]).await;
        world.send::<eport_enterprises::Enterprises>(Call::post("/v1/enterprise/sync").json(&json!({})).bearer(&token).from_address("203.0.113.9")).await.refused(&catalogue::PERMISSION_DENIED);
        let list = admin.get(&world, &format!("{AUDIT}?action=sync_enterprise")).await.done(200);
        assert_eq!(list["items"][0]["actor_kind"], "staff");
        for field in ["actor_id", "actor_name", "address", "device"] {
            assert!(list["items"][0][field].is_null(), "{field}");
        }
    }

    async fn only_the_administrator_reads_it(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        let member = operator(&world, 2, &admin, USCC).await;
        member.get(&world, AUDIT).await.refused(&catalogue::PERMISSION_DENIED);
        Somebody::new(&world, 3).await.get(&world, AUDIT).await.refused(&catalogue::ENTERPRISE_REQUIRED);
        admin.get(&world, &format!("{AUDIT}?from=yesterday")).await.refused(&catalogue::TIME_FORMAT);
        admin.get(&world, &format!("{AUDIT}?actor_id={}", member.id)).await.refused(&catalogue::REQUEST_INVALID_QUERY);
    }
}
