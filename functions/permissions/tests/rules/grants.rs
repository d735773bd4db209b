//! `GET/PUT /v1/operators/{id}/grants`, `GET /v1/enterprise/grants`.

use eport_permissions::Permissions;
use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::{Call, World};
use serde_json::json;
use uuid::Uuid;

use crate::{Firm, WIDE, reason, rights, send, set_membership_state, stranger};

fn path(id: Uuid) -> String {
    format!("/v1/operators/{id}/grants")
}

on_each_database! {
    async fn what_is_granted_is_read_again_and_the_person_is_told(world: World) {
        let firm = Firm::entitled(&world, 1, WIDE).await;
        let operator = firm.operator(&world, 11).await;
        let get = async || send(&world, Call::get(&path(operator.person.id)), &firm.administrator).await;
        assert_eq!((get().await.done(200), get().await.header("etag")), (json!({ "grants": [] }), Some("\"1\"")));
        let answer = firm.grant(&world, &operator, &[("manifest", &["view"]), ("manifest", &["submit"]), ("goods_declaration", &[])]).await;
        let expected = json!({ "grants": rights(&[("manifest", &["submit", "view"])]) });
        assert_eq!((answer.done(200), answer.header("etag")), (expected.clone(), Some("\"2\"")));
        assert_eq!(get().await.done(200), expected);
        let inbox = world.inbox(operator.person.id).await;
        assert_eq!(inbox[0].0, "permissions_changed");
        assert_eq!((&inbox[0].1["added_zh"], &inbox[0].1["removed_zh"]), (&json!("舱单申报（申报、查看）"), &json!(null)));

        firm.grant(&world, &operator, &[("manifest", &["submit", "view"])]).await.done(200);
        assert_eq!(world.inbox(operator.person.id).await.len(), 1, "what stays as it was is not told");
        let audit = world.audit_of("grants.changed").await;
        assert_eq!(audit.len(), 1);
        let (target, enterprise) = (audit[0].target_id.clone(), audit[0].enterprise_id);
        assert_eq!((target, enterprise), (Some(operator.person.id.to_string()), Some(firm.id)));
    }

    async fn a_grant_cannot_exceed_the_entitlement(world: World) {
        let firm = Firm::entitled(&world, 1, WIDE).await;
        let operator = firm.operator(&world, 11).await;
        let answer = firm.grant(&world, &operator, &[("manifest", &["view", "print"]), ("licence", &["view"])]).await;
        answer.refused(&catalogue::GRANT_EXCEEDS_ENTITLEMENT);
        let code = "grant.exceeds_entitlement".to_owned();
        assert_eq!(answer.errors(), [("grants[0].actions[1]".to_owned(), code.clone()), ("grants[1].actions[0]".to_owned(), code)]);
        assert_eq!(reason(&world, &operator, "manifest", "view").await, "not_granted", "nothing of it is taken");
        let refused = world.audit_of("set_grants").await;
        assert_eq!(refused[0].code.as_deref(), Some("grant.exceeds_entitlement"));
        assert_eq!(refused[0].enterprise_id, Some(firm.id));
        firm.grant(&world, &operator, &[("alchemy", &["view"])]).await.refused(&catalogue::APPLICATION_UNKNOWN);
        firm.grant(&world, &operator, &[("manifest", &["approve"])]).await.refused(&catalogue::ACTION_UNKNOWN);
    }

    async fn another_enterprises_operator_is_not_found(world: World) {
        let (firm, other) = (Firm::entitled(&world, 1, WIDE).await, Firm::entitled(&world, 2, WIDE).await);
        let theirs = other.operator(&world, 21).await;
        let nobody = stranger(&world, 50).await;
        for id in [theirs.person.id, other.administrator.person.id, nobody.person.id, Uuid::nil(), Uuid::max()] {
            send(&world, Call::get(&path(id)), &firm.administrator).await.refused(&catalogue::RESOURCE_NOT_FOUND);
            let put = Call::put(&path(id)).json(&json!({ "grants": rights(&[("manifest", &["view"])]) }));
            send(&world, put, &firm.administrator).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        }
        send(&world, Call::get("/v1/operators/me/grants"), &firm.administrator).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        assert_eq!(reason(&world, &theirs, "manifest", "view").await, "not_granted");
        assert_eq!(world.inbox(theirs.person.id).await.len(), 0);
    }

    async fn the_administrator_is_granted_nothing(world: World) {
        let firm = Firm::entitled(&world, 1, WIDE).await;
        firm.grant(&world, &firm.administrator, &[]).await.refused(&catalogue::OPERATOR_IS_ADMINISTRATOR);
        let get = Call::get(&path(firm.administrator.person.id));
        send(&world, get, &firm.administrator).await.refused(&catalogue::OPERATOR_IS_ADMINISTRATOR);
    }

    async fn an_operator_grants_nothing_to_anybody(world: World) {
        let firm = Firm::entitled(&world, 1, WIDE).await;
        let (one, two) = (firm.operator(&world, 11).await, firm.operator(&world, 12).await);
        let nobody = stranger(&world, 50).await;
        let put = |to: Uuid| Call::put(&path(to)).json(&json!({ "grants": rights(&[("manifest", &["view"])]) }));
        for to in [one.person.id, two.person.id, Uuid::nil()] {
            send(&world, put(to), &one).await.refused(&catalogue::PERMISSION_DENIED);
            send(&world, Call::get(&path(to)), &one).await.refused(&catalogue::PERMISSION_DENIED);
            send(&world, put(to), &nobody).await.refused(&catalogue::ENTERPRISE_REQUIRED);
            world.send::<Permissions>(put(to)).await.refused(&catalogue::SESSION_REQUIRED);
        }
        send(&world, Call::get("/v1/enterprise/grants"), &one).await.refused(&catalogue::PERMISSION_DENIED);
        set_membership_state(&world, &one, "suspended").await;
        send(&world, put(one.person.id), &one).await.refused(&catalogue::MEMBERSHIP_SUSPENDED);
    }

    async fn a_suspended_operator_can_be_granted_for_later(world: World) {
        let firm = Firm::entitled(&world, 1, WIDE).await;
        let operator = firm.operator(&world, 11).await;
        set_membership_state(&world, &operator, "suspended").await;
        firm.grant(&world, &operator, &[("manifest", &["view"])]).await.done(200);
        assert_eq!(reason(&world, &operator, "manifest", "view").await, "suspended");
        set_membership_state(&world, &operator, "active").await;
        assert_eq!(reason(&world, &operator, "manifest", "view").await, "granted");
    }

    async fn an_outdated_version_is_refused(world: World) {
        let firm = Firm::entitled(&world, 1, WIDE).await;
        let operator = firm.operator(&world, 11).await;
        let put = |version: &str| {
            let call = Call::put(&path(operator.person.id)).json(&json!({ "grants": rights(&[("manifest", &["view"])]) }));
            call.header("if-match", version)
        };
        send(&world, put("\"7\""), &firm.administrator).await.refused(&catalogue::REQUEST_PRECONDITION_FAILED);
        send(&world, put("\"1\""), &firm.administrator).await.done(200);
        send(&world, put("\"1\""), &firm.administrator).await.refused(&catalogue::REQUEST_PRECONDITION_FAILED);
        send(&world, put("*"), &firm.administrator).await.done(200);
    }

    async fn what_was_granted_goes_with_the_place(world: World) {
        let firm = Firm::entitled(&world, 1, WIDE).await;
        let operator = firm.operator(&world, 11).await;
        firm.grant(&world, &operator, WIDE).await.done(200);
        world.rows(&sql!("DELETE FROM memberships WHERE account_id = $1"), &[operator.person.id.into()]).await;
        let insert = sql!(
            "INSERT INTO memberships (account_id, enterprise_id, role, state, origin, created_at, updated_at)
             VALUES ($1, $2, 'operator', 'active', 'association', 0, 0)"
        );
        world.rows(&insert, &[operator.person.id.into(), firm.id.into()]).await;
        assert_eq!(reason(&world, &operator, "manifest", "view").await, "not_granted");
    }

    async fn the_table_of_people_and_applications_is_the_enterprises_own_and_comes_in_pages(world: World) {
        let (firm, other) = (Firm::entitled(&world, 1, WIDE).await, Firm::entitled(&world, 2, WIDE).await);
        let theirs = other.operator(&world, 21).await;
        other.grant(&world, &theirs, WIDE).await.done(200);
        let mut people = vec![firm.administrator.person.id];
        for n in 11..14 {
            world.advance(1);
            let operator = firm.operator(&world, n).await;
            firm.grant(&world, &operator, &[("manifest", &["view"])]).await.done(200);
            people.insert(0, operator.person.id);
        }
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = Call::get(&format!("/v1/enterprise/grants?limit=3&cursor={cursor}"));
            let page = send(&world, page, &firm.administrator).await.done(200);
            seen.extend(page["items"].as_array().unwrap().clone());
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = next.to_owned();
        }
        let ids: Vec<_> = seen.iter().map(|item| item["account_id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(ids, people.iter().map(Uuid::to_string).collect::<Vec<_>>());
        assert_eq!(
            seen[0],
            json!({
                "account_id": people[0], "name": "张伟", "username": "Person-13", "role": "operator", "state": "active", "version": 2,
                "grants": rights(&[("manifest", &["view"])])
            })
        );
        assert_eq!(seen[3]["grants"], rights(&[("goods_declaration", &["create", "submit", "view"]), ("manifest", &["submit", "view"])]));
    }
}
