//! Asking to join an enterprise (J9).

use eport_enterprises::Enterprises;
use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::cards::{Algorithm, CardClass, holder, issue, trusted};
use eport_shared::testing::{Call, World};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::{
    OTHER_USCC, Somebody, USCC, administrator, entry, id, operator, place, register, role, suspend, told, verify,
};

async fn log_in(world: &World, card: &eport_shared::testing::cards::IssuedCard) -> Json {
    use eport_sessions::Sessions;
    use eport_shared::testing::cards::{answer, with};
    let challenge =
        world.send::<Sessions>(Call::post("/v1/card-challenges").json(&json!({ "purpose": "login" }))).await.done(201);
    let body = with(answer(card, &challenge), "method", "card");
    world.send::<Sessions>(Call::post("/v1/sessions").json(&body)).await.done(201)
}

fn of_session(session: &Json) -> Somebody {
    Somebody {
        id: serde_json::from_value(session["account"]["id"].clone()).unwrap(),
        token: session["access_token"].as_str().unwrap().to_owned(),
    }
}

on_each_database! {
    async fn the_first_administrator_makes_the_enterprise_unverified(world: World) {
        let somebody = Somebody::new(&world, 1).await;
        let made = somebody.ask(&world, "admin", &USCC.to_lowercase()).await.done(201);
        assert_eq!((made["status"].as_str(), made["role"].as_str()), (Some("approved"), Some("admin")));
        assert_eq!(made["enterprise"]["uscc"], USCC);
        assert_eq!(made["enterprise"]["organisation_code"], USCC.get(8..17).unwrap());
        assert_eq!(made["enterprise"]["verified"], false);
        assert_eq!(made["applicant"]["account_id"], somebody.id.to_string());
        assert_eq!(place(&world, somebody.id).await, Some(("admin".to_owned(), "active".to_owned())));
        let audit = world.audit_of("enterprise.administrator").await;
        assert_eq!(audit[0].enterprise_id.unwrap().to_string(), made["enterprise"]["id"].as_str().unwrap());
        assert_eq!(world.audit_of("enterprise.created").await.len(), 1);
    }

    async fn an_unknown_enterprise_needs_to_be_described_by_its_administrator(world: World) {
        let somebody = Somebody::new(&world, 1).await;
        let answer = somebody.post(&world, "/v1/associations", &json!({ "role": "admin", "uscc": USCC })).await;
        answer.refused(&catalogue::ASSOCIATION_ENTERPRISE_REQUIRED);
        assert_eq!(answer.errors()[0].0, "enterprise");
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM enterprises"), &[]).await, 0);
    }

    async fn what_the_registry_knows_wins_over_what_was_entered(world: World) {
        register(&world, USCC, "登记的名称", Some("登记的地址")).await;
        let somebody = administrator(&world, 1, USCC).await;
        let shown = somebody.get(&world, "/v1/enterprise").await.done(200);
        assert_eq!((shown["name"].as_str(), shown["registered_address"].as_str()), (Some("登记的名称"), Some("登记的地址")));
        assert_eq!(shown["legal_person_name"], "王五");
        // Nothing need be entered then.
        register(&world, OTHER_USCC, "另一家", None).await;
        let other = Somebody::new(&world, 2).await;
        other.post(&world, "/v1/associations", &json!({ "role": "admin", "uscc": OTHER_USCC })).await.done(201);
    }

    async fn an_operator_cannot_make_an_enterprise(world: World) {
        let somebody = Somebody::new(&world, 1).await;
        somebody.ask(&world, "operator", USCC).await.refused(&catalogue::ASSOCIATION_ADMIN_REQUIRED);
        let body = json!({ "role": "operator", "uscc": USCC, "enterprise": entry(USCC) });
        somebody.post(&world, "/v1/associations", &body).await.refused(&catalogue::ASSOCIATION_ADMIN_REQUIRED);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM enterprises"), &[]).await, 0);
    }

    async fn an_operator_waits_and_the_administrator_is_told(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        let somebody = Somebody::new(&world, 2).await;
        let asked = somebody.ask(&world, "operator", USCC).await.done(201);
        assert_eq!((asked["status"].as_str(), asked["decided_at"].as_str()), (Some("pending"), None));
        assert_eq!(place(&world, somebody.id).await, None);
        let inbox = world.inbox(admin.id).await;
        assert_eq!(inbox[0].0, "association_waiting");
        assert_eq!(inbox[0].1["association"], asked["id"]);
        assert_eq!(inbox[0].1["applicant"], "张伟");
        // Not the enterprise's until it is decided.
        somebody.get(&world, "/v1/enterprise").await.refused(&catalogue::ENTERPRISE_REQUIRED);
    }

    async fn where_an_administrator_is_another_one_cannot_come(world: World) {
        administrator(&world, 1, USCC).await;
        let second = Somebody::new(&world, 2).await;
        second.ask(&world, "admin", USCC).await.refused(&catalogue::ASSOCIATION_ADMIN_EXISTS);
        assert_eq!(place(&world, second.id).await, None);
    }

    async fn two_who_claim_one_enterprise_at_once_are_one_administrator(world: World) {
        let (a, b) = (Somebody::new(&world, 1).await, Somebody::new(&world, 2).await);
        let (first, second) = tokio::join!(a.ask(&world, "admin", USCC), b.ask(&world, "admin", USCC));
        let mut statuses = [first.status(), second.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "{} {}", first.json(), second.json());
        let lost = if first.status() == 409 { first } else { second };
        lost.refused(&catalogue::ASSOCIATION_ADMIN_EXISTS);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM memberships"), &[]).await, 1);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM enterprises"), &[]).await, 1);
    }

    async fn a_member_joins_nothing_else(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        let member = operator(&world, 2, &admin, USCC).await;
        administrator(&world, 3, OTHER_USCC).await;
        for somebody in [&admin, &member] {
            for role in ["admin", "operator"] {
                somebody.ask(&world, role, OTHER_USCC).await.refused(&catalogue::ASSOCIATION_ALREADY_MEMBER);
            }
            somebody.ask(&world, "operator", USCC).await.refused(&catalogue::ASSOCIATION_ALREADY_MEMBER);
        }
        admin.ask(&world, "admin", USCC).await.refused(&catalogue::ASSOCIATION_ALREADY_MEMBER);
        member.ask(&world, "admin", USCC).await.refused(&catalogue::ASSOCIATION_ADMIN_EXISTS);
    }

    async fn a_person_asks_for_one_thing_at_a_time(world: World) {
        administrator(&world, 1, USCC).await;
        administrator(&world, 2, OTHER_USCC).await;
        let somebody = Somebody::new(&world, 3).await;
        let (a, b) = tokio::join!(somebody.ask(&world, "operator", USCC), somebody.ask(&world, "operator", OTHER_USCC));
        let mut statuses = [a.status(), b.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
        let (asked, refused) = if a.status() == 201 { (a, b) } else { (b, a) };
        refused.refused(&catalogue::ASSOCIATION_PENDING);
        somebody.withdraw(&world, &id(&asked.json())).await.done(204);
        somebody.ask(&world, "operator", OTHER_USCC).await.done(201);
    }

    async fn requests_to_join_are_limited_by_the_day(mut world: World) {
        world.settings.association_account_day = 2;
        let admin = administrator(&world, 1, USCC).await;
        let somebody = Somebody::new(&world, 2).await;
        for _ in 0..2 {
            let asked = somebody.ask(&world, "operator", USCC).await.done(201);
            somebody.withdraw(&world, &id(&asked)).await.done(204);
        }
        let refused = somebody.ask(&world, "operator", USCC).await.refused(&catalogue::ASSOCIATION_TOO_MANY);
        assert_eq!(refused["retry_after"], 24 * 3600);
        assert_eq!(told(&world, admin.id).await.len(), 2);
        assert!(world.audit().await.iter().all(|entry| entry.code.is_none()), "what comes too often leaves no row");
        world.advance(24 * 3600 + 1);
        let somebody = Somebody { token: world.sign_in(somebody.id).await, ..somebody };
        somebody.ask(&world, "operator", USCC).await.done(201);
    }

    async fn bad_fields_are_named_together(world: World) {
        let somebody = Somebody::new(&world, 1).await;
        let body = json!({ "role": "owner", "uscc": "913300007458363393", "enterprise": { "name": " ", "registered_address": "a\nb", "business_scope": "业".repeat(4001) } });
        let answer = somebody.post(&world, "/v1/associations", &body).await;
        answer.refused(&catalogue::REQUEST_INVALID);
        let errors = answer.errors();
        let errors: Vec<_> = errors.iter().map(|(field, code)| (field.as_str(), code.as_str())).collect();
        assert_eq!(errors, [
            ("role", "role.unknown"),
            ("uscc", "uscc.check_character"),
            ("enterprise.name", "enterprise_name.length"),
            ("enterprise.registered_address", "text.control_characters"),
            ("enterprise.business_scope", "business_scope.length"),
        ]);
        somebody.post(&world, "/v1/associations", &json!({ "role": "operator", "uscc": "913300007458363393" })).await.refused(&catalogue::USCC_CHECK_CHARACTER);
        somebody.post(&world, "/v1/associations", &json!({ "role": "operator", "uscc": "91330000" })).await.refused(&catalogue::USCC_FORMAT);
        world.send::<Enterprises>(Call::post("/v1/associations").json(&json!({ "role": "operator", "uscc": USCC }))).await.refused(&catalogue::SESSION_REQUIRED);
    }

    async fn a_verified_enterprise_is_not_given_to_who_merely_asks(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        verify(&world, USCC).await;
        world.rows(&sql!("DELETE FROM memberships WHERE account_id = $1"), &[admin.id.into()]).await;
        let somebody = Somebody::new(&world, 2).await;
        somebody.ask(&world, "admin", USCC).await.refused(&catalogue::ASSOCIATION_PROOF_REQUIRED);
        assert_eq!(place(&world, somebody.id).await, None);
        // An operator may wait for whoever becomes its administrator.
        somebody.ask(&world, "operator", USCC).await.done(201);
    }

    async fn another_uscc_with_the_same_organisation_code_is_refused(world: World) {
        administrator(&world, 1, USCC).await;
        // The same characters 9 to 17 under another beginning.
        let other = "123456789ABCDEFGHJKLMNPQRTUWXY".chars().find_map(|c| {
            let text = format!("{}{c}", USCC.get(..17).unwrap().replacen("91", "92", 1));
            eport_schema::domain::Uscc::parse(&text).is_ok().then_some(text)
        });
        let other = other.unwrap_or_else(|| format!("{}0", USCC.get(..17).unwrap().replacen("91", "92", 1)));
        let somebody = Somebody::new(&world, 2).await;
        for role in ["admin", "operator"] {
            somebody.ask(&world, role, &other).await.refused(&catalogue::ASSOCIATION_USCC_CONFLICT);
        }
    }

    async fn an_enterprise_that_an_operators_card_told_of_takes_its_first_administrator(world: World) {
        let ca = trusted(&world, Algorithm::P256).await;
        let mut without_uscc = holder(1, CardClass::Operator);
        without_uscc.whole_uscc = false;
        let member = of_session(&log_in(&world, &issue(&ca, &without_uscc)).await);
        let somebody = Somebody::new(&world, 2).await;
        somebody.ask(&world, "admin", USCC).await.done(201);
        let shown = somebody.get(&world, "/v1/enterprise").await.done(200);
        // The card's name stays; what it left open is filled in, but for the code: that is the registry's or a card's to tell.
        assert_eq!(shown["name"], without_uscc.enterprise_name);
        assert_eq!((shown["uscc"].as_str(), shown["state"].as_str()), (None, Some("unverified")));
        assert_eq!(shown["registered_address"], entry(USCC)["registered_address"]);
        assert_eq!(role(&world, member.id).await, "operator");
    }

    async fn a_claim_gives_the_enterprise_a_new_version_so_that_staff_verify_nobody_whom_they_did_not_see(world: World) {
        let issuer = trusted(&world, Algorithm::P256).await;
        log_in(&world, &issue(&issuer, &holder(2, CardClass::Operator))).await;
        let version = sql!("SELECT version FROM enterprises");
        let before = world.number(&version, &[]).await;
        let claim = json!({ "role": "admin", "uscc": USCC });
        Somebody::new(&world, 1).await.post(&world, "/v1/associations", &claim).await.done(201);
        assert!(world.number(&version, &[]).await > before);
    }

    async fn a_member_by_card_may_take_the_place_that_nobody_has(world: World) {
        let ca = trusted(&world, Algorithm::P256).await;
        let member = of_session(&log_in(&world, &issue(&ca, &holder(1, CardClass::Operator))).await);
        suspend(&world, member.id).await;
        member.ask(&world, "admin", USCC).await.refused(&catalogue::MEMBERSHIP_SUSPENDED);
        world.rows(&sql!("UPDATE memberships SET state = 'active'"), &[]).await;
        member.ask(&world, "admin", USCC).await.done(201);
        assert_eq!(role(&world, member.id).await, "admin");
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM memberships WHERE verified_at IS NOT NULL"), &[]).await, 0);
    }

    async fn an_enterprise_made_from_a_card_is_completed_from_the_registry(world: World) {
        register(&world, USCC, "登记的名称", Some("登记的地址")).await;
        let ca = trusted(&world, Algorithm::P256).await;
        let session = log_in(&world, &issue(&ca, &holder(1, CardClass::LegalPerson))).await;
        let shown = of_session(&session).get(&world, "/v1/enterprise").await.done(200);
        assert_eq!((shown["registered_address"].as_str(), shown["legal_person_name"].as_str()), (Some("登记的地址"), Some("王五")));
        assert_eq!(shown["administrator"]["verified_by"], "card");
    }

    async fn who_takes_a_claimants_place_by_card_is_asked_about_them(world: World) {
        let claimant = administrator(&world, 2, USCC).await;
        let ca = trusted(&world, Algorithm::P256).await;
        let holder = of_session(&log_in(&world, &issue(&ca, &holder(1, CardClass::LegalPerson))).await);
        let waiting = holder.get(&world, "/v1/associations?status=pending").await.done(200);
        assert_eq!(waiting["items"][0]["applicant"]["account_id"], claimant.id.to_string());
        let inbox = world.inbox(holder.id).await;
        let (_, data) = inbox.iter().find(|(kind, _)| kind == "association_waiting").expect("a message");
        assert_eq!(data["association"], waiting["items"][0]["id"]);
        holder.approve(&world, &id(&waiting["items"][0])).await.done(200);
        assert_eq!(role(&world, claimant.id).await, "operator");
    }

    async fn a_retry_with_its_key_asks_once(world: World) {
        let somebody = Somebody::new(&world, 1).await;
        let body = json!({ "role": "admin", "uscc": USCC, "enterprise": entry(USCC) });
        let call = || Call::post("/v1/associations").key("one").json(&body);
        let first = somebody.send(&world, call()).await.done(201);
        assert_eq!(somebody.send(&world, call()).await.done(201), first);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM associations"), &[]).await, 1);
    }

    async fn a_card_that_takes_a_person_elsewhere_while_they_ask_leaves_one_place(world: World) {
        administrator(&world, 1, OTHER_USCC).await;
        let somebody = Somebody::new(&world, 2).await;
        somebody.ask(&world, "operator", OTHER_USCC).await.done(201);
        let ca = trusted(&world, Algorithm::P256).await;
        let session = log_in(&world, &issue(&ca, &holder(2, CardClass::Operator))).await;
        assert_eq!(of_session(&session).id, somebody.id);
        let list = somebody.get(&world, "/v1/associations?mine=true").await.done(200);
        assert_eq!(list["items"][0]["status"], "withdrawn");
        // Whom they had asked finds that in their own audit, and nothing of where the person went.
        let rows = world.audit_of("association.withdrawn").await;
        let asked = world.rows(&sql!("SELECT enterprise_id FROM associations WHERE status = 'withdrawn'"), &[]).await;
        assert_eq!((rows.len(), rows[0].enterprise_id), (1, Some(asked[0].get::<Uuid>(0).unwrap())));
        assert_eq!((rows[0].target_id.as_deref(), rows[0].actor_id), (list["items"][0]["id"].as_str(), Some(somebody.id)));
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM memberships WHERE account_id = $1"), &[somebody.id.into()]).await, 1);
        let _: Uuid = somebody.id;
    }
}
