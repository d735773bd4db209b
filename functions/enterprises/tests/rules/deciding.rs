//! The administrator approves or rejects, the person withdraws (J9).

use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::{Call, World};
use serde_json::json;
use uuid::Uuid;

use crate::{OTHER_USCC, Somebody, USCC, administrator, id, operator, place, told};

on_each_database! {
    async fn an_approved_person_is_an_active_operator_and_is_told(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        let somebody = Somebody::new(&world, 2).await;
        let asked = id(&somebody.ask(&world, "operator", USCC).await.done(201));
        let decided = admin.approve(&world, &asked).await.done(200);
        assert_eq!(decided["status"], "approved");
        assert!(decided["decided_at"].is_string());
        assert_eq!(decided["applicant"]["phone"], "138****0002");
        assert_eq!(place(&world, somebody.id).await, Some(("operator".to_owned(), "active".to_owned())));
        assert_eq!(told(&world, somebody.id).await, ["association_approved"]);
        // The next request sees it.
        let shown = somebody.get(&world, "/v1/enterprise").await.done(200);
        assert_eq!((shown["role"].as_str(), shown["uscc"].as_str()), (Some("operator"), Some(USCC)));
        let audit = world.audit_of("association.approved").await;
        assert!(audit.iter().any(|entry| entry.actor_id == Some(admin.id) && entry.target_id.as_deref() == Some(&asked)));
    }

    async fn a_rejected_person_is_told_why_and_may_ask_again(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        let somebody = Somebody::new(&world, 2).await;
        let asked = id(&somebody.ask(&world, "operator", USCC).await.done(201));
        admin.reject(&world, &asked, " ").await.refused(&catalogue::AUDIT_REASON_REQUIRED);
        admin.reject(&world, &asked, &"因".repeat(501)).await.refused(&catalogue::TEXT_LENGTH);
        admin.reject(&world, &asked, "a\nb").await.refused(&catalogue::TEXT_CONTROL_CHARACTERS);
        admin.post(&world, &format!("/v1/associations/{asked}/reject"), &json!({})).await.refused(&catalogue::REQUEST_MISSING_FIELD);
        let decided = admin.reject(&world, &asked, "不是本企业员工").await.done(200);
        assert_eq!((decided["status"].as_str(), decided["reason"].as_str()), (Some("rejected"), Some("不是本企业员工")));
        assert_eq!(world.inbox(somebody.id).await[0].1["reason"], "不是本企业员工");
        assert_eq!(place(&world, somebody.id).await, None);
        somebody.ask(&world, "operator", USCC).await.done(201);
    }

    async fn a_request_is_decided_once(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        let somebody = Somebody::new(&world, 2).await;
        let asked = id(&somebody.ask(&world, "operator", USCC).await.done(201));
        let (a, b, c) = tokio::join!(admin.approve(&world, &asked), admin.reject(&world, &asked, "否"), admin.approve(&world, &asked));
        let done: Vec<_> = [&a, &b, &c].into_iter().filter(|answer| answer.status() == 200).collect();
        assert_eq!(done.len(), 1, "{} {} {}", a.json(), b.json(), c.json());
        for answer in [&a, &b, &c].into_iter().filter(|answer| answer.status() != 200) {
            answer.refused(&catalogue::ASSOCIATION_ALREADY_DECIDED);
        }
        assert_eq!(told(&world, somebody.id).await.len(), 1);
        assert_eq!(place(&world, somebody.id).await.is_some(), done[0].json()["status"] == "approved");
        admin.approve(&world, &asked).await.refused(&catalogue::ASSOCIATION_ALREADY_DECIDED);
    }

    async fn of_an_approval_and_a_withdrawal_at_once_one_happens(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        for n in 2..10 {
            let somebody = Somebody::new(&world, n).await;
            let asked = id(&somebody.ask(&world, "operator", USCC).await.done(201));
            let (approved, withdrawn) = tokio::join!(admin.approve(&world, &asked), somebody.withdraw(&world, &asked));
            let happened = (approved.status() == 200, withdrawn.status() == 204);
            assert!(happened.0 != happened.1, "{} {}", approved.json(), withdrawn.json());
            assert_eq!(place(&world, somebody.id).await.is_some(), happened.0);
        }
    }

    async fn only_its_person_withdraws_a_request_and_only_while_it_waits(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        let (somebody, other) = (Somebody::new(&world, 2).await, Somebody::new(&world, 3).await);
        let asked = id(&somebody.ask(&world, "operator", USCC).await.done(201));
        for stranger in [&admin, &other] {
            stranger.withdraw(&world, &asked).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        }
        somebody.withdraw(&world, &asked).await.done(204);
        somebody.withdraw(&world, &asked).await.refused(&catalogue::ASSOCIATION_ALREADY_DECIDED);
        admin.approve(&world, &asked).await.refused(&catalogue::ASSOCIATION_ALREADY_DECIDED);
        somebody.withdraw(&world, "nothing").await.refused(&catalogue::RESOURCE_NOT_FOUND);
        assert_eq!(place(&world, somebody.id).await, None);
    }

    async fn nobody_but_the_administrator_of_the_enterprise_decides(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        let member = operator(&world, 2, &admin, USCC).await;
        let stranger = administrator(&world, 3, OTHER_USCC).await;
        let somebody = Somebody::new(&world, 4).await;
        let asked = id(&somebody.ask(&world, "operator", USCC).await.done(201));
        member.approve(&world, &asked).await.refused(&catalogue::PERMISSION_DENIED);
        somebody.approve(&world, &asked).await.refused(&catalogue::ENTERPRISE_REQUIRED);
        for (target, of) in [(asked.as_str(), &stranger), (&Uuid::nil().to_string(), &admin), ("nothing", &admin)] {
            of.approve(&world, target).await.refused(&catalogue::RESOURCE_NOT_FOUND);
            of.reject(&world, target, "否").await.refused(&catalogue::RESOURCE_NOT_FOUND);
        }
        let unknown = Call::post(&format!("/v1/associations/{asked}/approve"));
        world.send::<eport_enterprises::Enterprises>(unknown).await.refused(&catalogue::SESSION_REQUIRED);
        assert_eq!(place(&world, somebody.id).await, None);
    }

    async fn an_administrator_who_is_none_any_more_decides_nothing(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        let successor = operator(&world, 2, &admin, USCC).await;
        let somebody = Somebody::new(&world, 3).await;
        let asked = id(&somebody.ask(&world, "operator", USCC).await.done(201));
        let (handed, approved) = tokio::join!(admin.hand_over(&world, successor.id), admin.approve(&world, &asked));
        handed.done(200);
        if approved.status() != 200 {
            approved.refused(&catalogue::PERMISSION_DENIED);
            successor.approve(&world, &asked).await.done(200);
        }
        admin.reject(&world, &asked, "否").await.refused(&catalogue::PERMISSION_DENIED);
    }

    async fn somebody_who_has_a_place_by_then_is_not_let_in(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        administrator(&world, 3, OTHER_USCC).await;
        let somebody = Somebody::new(&world, 2).await;
        let asked = id(&somebody.ask(&world, "operator", USCC).await.done(201));
        // As a journey would leave it that knew nothing of the request.
        world
            .rows(
                &sql!(
                    "INSERT INTO memberships (account_id, enterprise_id, role, state, origin, created_at, updated_at)
                     SELECT $1, id, 'operator', 'active', 'staff', 1, 1 FROM enterprises WHERE uscc = $2"
                ),
                &[somebody.id.into(), OTHER_USCC.into()],
            )
            .await;
        admin.approve(&world, &asked).await.refused(&catalogue::ASSOCIATION_ALREADY_MEMBER);
        // The refusal took the decision back.
        admin.reject(&world, &asked, "已在其他企业").await.done(200);
    }

    async fn lists_show_an_administrator_their_enterprise_and_everybody_their_own(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        let stranger = administrator(&world, 2, OTHER_USCC).await;
        let mut asked = Vec::new();
        for n in 3..6 {
            world.advance_milliseconds(2);
            let somebody = Somebody::new(&world, n).await;
            asked.push((id(&somebody.ask(&world, "operator", USCC).await.done(201)), somebody));
        }
        let ids = |list: &serde_json::Value| list["items"].as_array().unwrap().iter().map(id).collect::<Vec<_>>();
        let newest: Vec<_> = asked.iter().rev().map(|(id, _)| id.clone()).collect();
        let list = admin.get(&world, "/v1/associations?status=pending").await.done(200);
        assert_eq!(ids(&list), newest);
        assert_eq!(list["items"][0]["applicant"]["id_number"].as_str().unwrap().matches('*').count(), 10);
        let first = admin.get(&world, "/v1/associations?status=pending&limit=2").await.done(200);
        assert_eq!(ids(&first), newest[..2]);
        let cursor = first["next_cursor"].as_str().unwrap();
        let rest = admin.get(&world, &format!("/v1/associations?status=pending&limit=2&cursor={cursor}")).await.done(200);
        assert_eq!((ids(&rest), rest["next_cursor"].is_null()), (newest[2..].to_vec(), true));
        // With the administrator's own claim.
        assert_eq!(ids(&admin.get(&world, "/v1/associations").await.done(200)).len(), 4);
        assert_eq!(ids(&stranger.get(&world, "/v1/associations").await.done(200)).len(), 1);
        assert_eq!(ids(&stranger.get(&world, "/v1/associations?status=pending").await.done(200)).len(), 0);

        let (own, somebody) = &asked[0];
        assert_eq!(ids(&somebody.get(&world, "/v1/associations?mine=true&status=pending").await.done(200)), std::slice::from_ref(own));
        somebody.get(&world, "/v1/associations").await.refused(&catalogue::ENTERPRISE_REQUIRED);
        admin.approve(&world, own).await.done(200);
        somebody.get(&world, "/v1/associations?mine=false").await.refused(&catalogue::PERMISSION_DENIED);
        somebody.get(&world, "/v1/associations?status=gone").await.refused(&catalogue::REQUEST_INVALID_QUERY);
    }
}
