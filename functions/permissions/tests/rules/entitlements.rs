//! `GET/PUT /v1/enterprise/entitlements`.

use eport_permissions::Permissions;
use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::{Call, World};
use serde_json::json;

use crate::{Firm, WIDE, reason, rights, send, set_membership_state, stranger};

const PATH: &str = "/v1/enterprise/entitlements";

on_each_database! {
    async fn what_is_set_is_read_again_in_order(world: World) {
        let firm = Firm::new(&world, 1).await;
        let empty = send(&world, Call::get(PATH), &firm.administrator).await;
        assert_eq!((empty.done(200), empty.header("etag")), (json!({ "entitlements": [] }), Some("\"1\"")));
        let answer = firm
            .entitle(&world, &[("manifest", &["view", "submit", "view"]), ("licence", &[]), ("goods_declaration", &["view"]), ("manifest", &["print"])])
            .await;
        let expected = rights(&[("goods_declaration", &["view"]), ("manifest", &["print", "submit", "view"])]);
        assert_eq!((answer.done(200), answer.header("etag")), (json!({ "entitlements": expected }), Some("\"2\"")));
        let operator = firm.operator(&world, 11).await;
        for who in [&firm.administrator, &operator] {
            assert_eq!(send(&world, Call::get(PATH), who).await.done(200), json!({ "entitlements": expected }));
        }
        let audit = world.audit_of("entitlements.changed").await;
        assert_eq!(audit.len(), 1);
        assert_eq!((audit[0].enterprise_id, audit[0].actor_id), (Some(firm.id), Some(firm.administrator.person.id)));
        let after: serde_json::Value = serde_json::from_str(audit[0].after.as_deref().unwrap()).unwrap();
        assert_eq!(after["entitlements"], json!({ "goods_declaration": ["view"], "manifest": ["print", "submit", "view"] }));
    }

    async fn setting_the_same_again_changes_nothing(world: World) {
        let firm = Firm::entitled(&world, 1, WIDE).await;
        let answer = firm.entitle(&world, WIDE).await;
        answer.done(200);
        assert_eq!(answer.header("etag"), Some("\"2\""));
        assert_eq!(world.audit_of("entitlements.changed").await.len(), 1);
    }

    async fn what_the_catalogue_does_not_have_is_refused_with_its_place(world: World) {
        let firm = Firm::new(&world, 1).await;
        let answer = firm.entitle(&world, &[("manifest", &["view"]), ("alchemy", &["view"])]).await;
        answer.refused(&catalogue::APPLICATION_UNKNOWN);
        assert_eq!(answer.errors(), [("entitlements[1].application".to_owned(), "application.unknown".to_owned())]);
        let answer = firm.entitle(&world, &[("manifest", &["view", "fly", "approve"])]).await;
        answer.refused(&catalogue::REQUEST_INVALID);
        let unknown = "action.unknown".to_owned();
        assert_eq!(
            answer.errors(),
            [("entitlements[0].actions[1]".to_owned(), unknown.clone()), ("entitlements[0].actions[2]".to_owned(), unknown)]
        );
        let many: Vec<&str> = vec!["fly"; 1000];
        assert_eq!(firm.entitle(&world, &[("manifest", &many)]).await.errors().len(), 20);
        let answer = send(&world, Call::get(PATH), &firm.administrator).await;
        assert_eq!((answer.done(200), answer.header("etag")), (json!({ "entitlements": [] }), Some("\"1\"")));
    }

    async fn what_is_taken_away_is_taken_from_the_grants_in_the_same_step_and_the_people_are_told(world: World) {
        let firm = Firm::entitled(&world, 1, WIDE).await;
        let (one, other, none) =
            (firm.operator(&world, 11).await, firm.operator(&world, 12).await, firm.operator(&world, 13).await);
        firm.grant(&world, &one, WIDE).await.done(200);
        firm.grant(&world, &other, &[("goods_declaration", &["view"])]).await.done(200);
        firm.grant(&world, &none, &[("manifest", &["view"])]).await.done(200);
        let told_before = world.inbox(one.person.id).await.len();

        firm.entitle(&world, &[("goods_declaration", &["create"]), ("manifest", &["view", "submit"])]).await.done(200);
        let of = async |who: &crate::Member| {
            let answer = send(&world, Call::get(&format!("/v1/operators/{}/grants", who.person.id)), &firm.administrator).await;
            (answer.done(200)["grants"].clone(), answer.header("etag").unwrap().to_owned())
        };
        let left = rights(&[("goods_declaration", &["create"]), ("manifest", &["submit", "view"])]);
        assert_eq!(of(&one).await, (left, "\"3\"".to_owned()));
        assert_eq!(of(&other).await, (json!([]), "\"3\"".to_owned()));
        assert_eq!(of(&none).await, (rights(&[("manifest", &["view"])]), "\"2\"".to_owned()));
        assert_eq!(reason(&world, &one, "goods_declaration", "view").await, "not_entitled");

        let inbox = world.inbox(one.person.id).await;
        assert_eq!(inbox.len(), told_before + 1);
        let (kind, data) = inbox.last().unwrap();
        assert_eq!(kind, "permissions_changed");
        assert_eq!(data["removed_zh"], "货物申报（申报、查看）");
        assert_eq!(data["removed_en"], "Goods declaration (Submit, View)");
        assert_eq!((&data["added_zh"], &data["enterprise"]), (&json!(null), &json!("示例公司1")));
        assert_eq!(world.inbox(none.person.id).await.len(), 1);
        let audit = world.audit_of("entitlements.changed").await;
        assert!(audit.iter().any(|row| row.after.as_ref().unwrap().contains("\"grants_taken_from\":2")));

        // What comes back to the enterprise doesn't come back to its people by itself.
        firm.entitle(&world, WIDE).await.done(200);
        assert_eq!(reason(&world, &one, "goods_declaration", "view").await, "not_granted");
    }

    async fn more_people_than_are_read_at_a_time_all_lose_what_is_taken(world: World) {
        let firm = Firm::entitled(&world, 1, WIDE).await;
        for n in 0..450 {
            let id = eport_shared::platform::new_id(world.now(), &world.entropy);
            world.rows(&sql!("INSERT INTO accounts (id, name, state, created_at, updated_at) VALUES ($1, 'x', 'active', 0, 0)"), &[id.into()]).await;
            let insert = sql!(
                "INSERT INTO memberships (account_id, enterprise_id, role, state, origin, grants, created_at, updated_at)
                 VALUES ($1, $2, 'operator', $3, 'association', 'manifest:view', 0, 0)"
            );
            let state = if n % 7 == 0 { "suspended" } else { "active" };
            world.rows(&insert, &[id.into(), firm.id.into(), state.into()]).await;
        }
        firm.entitle(&world, &[]).await.done(200);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM memberships WHERE grants <> ''"), &[]).await, 0);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM messages WHERE kind = 'permissions_changed'"), &[]).await, 450);
    }

    async fn of_two_who_change_the_same_version_one_does(world: World) {
        let firm = Firm::entitled(&world, 1, WIDE).await;
        let put = |to: &[(&str, &[&str])], version: &str| {
            Call::put(PATH).json(&json!({ "entitlements": rights(to) })).header("if-match", version).bearer(&firm.administrator.token)
        };
        let (a, b) = tokio::join!(
            world.send::<Permissions>(put(&[("licence", &["view"])], "\"2\"")),
            world.send::<Permissions>(put(&[("manifest", &["view"])], "\"2\"")),
        );
        let mut statuses = [a.status(), b.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
        world.send::<Permissions>(put(&[], "\"2\"")).await.refused(&catalogue::REQUEST_PRECONDITION_FAILED);
        world.send::<Permissions>(put(&[], "\"3\"")).await.done(200);
    }

    async fn nobody_but_the_administrator_changes_them(world: World) {
        let (firm, other) = (Firm::entitled(&world, 1, WIDE).await, Firm::entitled(&world, 2, &[("licence", &["view"])]).await);
        let operator = firm.operator(&world, 11).await;
        let nobody = stranger(&world, 50).await;
        let put = || Call::put(PATH).json(&json!({ "entitlements": [] }));
        world.send::<Permissions>(put()).await.refused(&catalogue::SESSION_REQUIRED);
        send(&world, put(), &operator).await.refused(&catalogue::PERMISSION_DENIED);
        send(&world, put(), &nobody).await.refused(&catalogue::ENTERPRISE_REQUIRED);
        set_membership_state(&world, &operator, "suspended").await;
        send(&world, put(), &operator).await.refused(&catalogue::MEMBERSHIP_SUSPENDED);
        send(&world, Call::get(PATH), &operator).await.refused(&catalogue::MEMBERSHIP_SUSPENDED);
        send(&world, Call::get(PATH), &nobody).await.refused(&catalogue::ENTERPRISE_REQUIRED);
        send(&world, put(), &other.administrator).await.done(200);
        assert_eq!(reason(&world, &firm.administrator, "manifest", "view").await, "administrator");
        let mut refused: Vec<_> = world.audit_of("set_entitlements").await.into_iter().map(|row| row.code.unwrap()).collect();
        refused.sort_unstable();
        assert_eq!(refused, ["enterprise.required", "membership.suspended", "permission.denied"]);
    }

    async fn who_is_administrator_no_longer_when_it_counts_is_refused(world: World) {
        let firm = Firm::entitled(&world, 1, WIDE).await;
        let demote = sql!("UPDATE memberships SET role = 'operator' WHERE account_id = $1");
        world.database.meanwhile("SELECT s.access_hash", demote, &[firm.administrator.person.id.into()]);
        firm.entitle(&world, &[]).await.refused(&catalogue::PERMISSION_DENIED);
        assert!(world.database.interlude_is_over());
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM enterprises WHERE entitlements = ''"), &[]).await, 0);
    }
}
