//! People who have an account are asked.

use eport_messages::Messages;
use eport_operators::Operators;
use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::cards::with;
use eport_shared::testing::{Answer, Call, Person, World, phone, resident_id};
use serde_json::json;

use crate::{Office, add_member, by, described, id, office};

async fn invited(world: &World, office: &Office, n: u32) -> (Person, String) {
    let person = world.person(n).await;
    let operator = office.create(world, &described(n)).await.done(201);
    assert_eq!(operator["status"], "invited");
    (person, id(&operator))
}

async fn decide(world: &World, person: &Person, invitation: &str, how: &str) -> Answer {
    by(world, person.id, Call::post(&format!("/v1/me/invitations/{invitation}/{how}"))).await
}

on_each_database! {
    async fn a_person_with_an_account_is_asked_and_becomes_an_operator_by_accepting(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let person = world.person(2).await;
        let body = with(with(described(2), "name", "韩梅梅"), "department", "报关部");
        let operator = office.create(&world, &body).await.done(201);
        // Nothing but what was typed: neither the account's id nor its name.
        assert_eq!((&operator["status"], &operator["name"], &operator["username"]), (&json!("invited"), &json!("韩梅梅"), &json!("operator-2")));
        assert!(!operator.to_string().contains(&person.id.to_string()) && !operator.to_string().contains("张伟"));
        assert_eq!(office.get(&world, &id(&operator)).await.done(200), operator);
        assert!(world.texts_for(&phone(2)).await.is_empty());

        let mine = by(&world, person.id, Call::get("/v1/me/invitations")).await.done(200);
        assert_eq!((&mine["items"][0]["enterprise_name"], &mine["items"][0]["id"]), (&json!("企业 MA1111111"), &operator["id"]));
        let messages = world.send::<Messages>(Call::get("/v1/messages").bearer(&world.sign_in(person.id).await)).await.done(200);
        assert!(messages["items"][0]["body"].as_str().unwrap().contains("企业 MA1111111"));
        decide(&world, &person, &id(&operator), "accept").await.done(204);
        let joined = office.get(&world, &person.id.to_string()).await.done(200);
        assert_eq!((&joined["name"], &joined["department"], &joined["identity_editable"]), (&json!("张伟"), &json!("报关部"), &json!(false)));
        office.get(&world, &id(&operator)).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        assert_eq!(world.inbox(office.administrator.id).await, [("invitation_accepted".to_owned(), json!({ "name": "韩梅梅" }))]);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM accounts"), &[]).await, 2);
        for entry in world.audit_of("operator.invited").await {
            assert!(!format!("{entry:?}").contains(&person.id.to_string()));
        }
    }

    async fn the_same_phone_with_another_id_number_is_asked_too(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let person = world.person(2).await;
        let body = with(described(3), "phone", phone(2));
        let operator = office.create(&world, &body).await.done(201);
        assert_eq!(operator["status"], "invited");
        assert_eq!(by(&world, person.id, Call::get("/v1/me/invitations")).await.done(200)["items"].as_array().unwrap().len(), 1);
    }

    async fn an_invitation_is_declined_and_the_person_can_be_asked_again(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let (person, invitation) = invited(&world, &office, 2).await;
        office.create(&world, &described(2)).await.refused(&catalogue::OPERATOR_INVITED);
        decide(&world, &person, &invitation, "decline").await.done(204);
        decide(&world, &person, &invitation, "accept").await.refused(&catalogue::INVITATION_CLOSED);
        assert!(office.find(&world, "").await.is_empty());
        assert_eq!(world.inbox(office.administrator.id).await[0].0, "invitation_declined");
        office.create(&world, &described(2)).await.done(201);
    }

    async fn what_becomes_of_an_invitation_is_not_told_where_the_person_is_a_member(world: World) {
        let (office, other) = (office(&world, "MA1111111", 1).await, office(&world, "MA2222222", 9).await);
        let (person, invitation) = invited(&world, &office, 2).await;
        add_member(&world, other.id, person.id, "operator").await;
        decide(&world, &person, &invitation, "accept").await.refused(&catalogue::INVITATION_MEMBER_ELSEWHERE);
        decide(&world, &person, &invitation, "decline").await.done(204);
        let of = async |action: &str| world.audit_of(action).await.iter().map(|entry| (entry.actor_id, entry.enterprise_id)).collect::<Vec<_>>();
        assert_eq!(of("invitation.declined").await, [(Some(person.id), None)]);
        assert_eq!(of("accept_invitation").await, [(Some(person.id), None)]);
    }

    async fn an_invitation_that_is_taken_back_or_too_old_is_closed(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let (person, invitation) = invited(&world, &office, 2).await;
        office.delete(&world, &invitation).await.done(204);
        decide(&world, &person, &invitation, "accept").await.refused(&catalogue::INVITATION_CLOSED);
        assert_eq!(world.audit_of("invitation.withdrawn").await.len(), 1);
        let invitation = office.operator(&world, 2).await;
        world.advance(30 * 24 * 3600);
        decide(&world, &person, &invitation, "accept").await.refused(&catalogue::INVITATION_CLOSED);
        let mine = by(&world, person.id, Call::get("/v1/me/invitations")).await.done(200);
        assert_eq!(mine["items"], json!([]));
        let token = world.sign_in(office.administrator.id).await;
        world.send::<Operators>(Call::post("/v1/operators").bearer(&token).json(&described(2))).await.done(201);
    }

    async fn who_belongs_elsewhere_must_leave_first_and_the_administrator_does_not_hear_of_it(world: World) {
        let (office, other) = (office(&world, "MA1111111", 1).await, office(&world, "MA2222222", 9).await);
        let person = world.person(2).await;
        add_member(&world, other.id, person.id, "operator").await;
        let invitation = office.operator(&world, 2).await;
        decide(&world, &person, &invitation, "accept").await.refused(&catalogue::INVITATION_MEMBER_ELSEWHERE);
        let seen = office.get(&world, &invitation).await.done(200).to_string();
        assert!(!seen.contains("MA2222222") && !seen.contains(&other.id.to_string()));
        other.delete(&world, &person.id.to_string()).await.done(204);
        decide(&world, &person, &invitation, "accept").await.done(204);
    }

    async fn an_invitation_is_its_persons_alone(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let (_, invitation) = invited(&world, &office, 2).await;
        let other = world.person(3).await;
        decide(&world, &other, &invitation, "accept").await.refused(&catalogue::RESOURCE_NOT_FOUND);
        decide(&world, &other, "no-id", "decline").await.refused(&catalogue::RESOURCE_NOT_FOUND);
        let path = format!("/v1/me/invitations/{invitation}/accept");
        world.send::<Operators>(Call::post(&path)).await.refused(&catalogue::SESSION_REQUIRED);
        let mine = by(&world, other.id, Call::get("/v1/me/invitations")).await.done(200);
        assert_eq!(mine["items"], json!([]));
    }

    async fn accepted_twice_at_once_or_two_at_once_one_wins(world: World) {
        let (office, other) = (office(&world, "MA1111111", 1).await, office(&world, "MA2222222", 9).await);
        let (person, here) = invited(&world, &office, 2).await;
        let there = other.operator(&world, 2).await;
        let (a, b, c) = tokio::join!(
            decide(&world, &person, &here, "accept"),
            decide(&world, &person, &here, "accept"),
            decide(&world, &person, &there, "accept")
        );
        let mut statuses = [a.status(), b.status(), c.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 409, 409]);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM memberships WHERE role = 'operator'"), &[]).await, 1);
    }

    async fn what_the_person_had_asked_for_is_settled_by_accepting(world: World) {
        let (office, other) = (office(&world, "MA1111111", 1).await, office(&world, "MA2222222", 9).await);
        let (person, invitation) = invited(&world, &office, 2).await;
        let ask = sql!(
            "INSERT INTO associations (id, account_id, enterprise_id, role, status, created_at) VALUES ($1, $2, $3, 'operator', 'pending', 1)"
        );
        world.rows(&ask, &[uuid::Uuid::from_u128(7).into(), person.id.into(), other.id.into()]).await;
        decide(&world, &person, &invitation, "accept").await.done(204);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM associations WHERE status = 'withdrawn'"), &[]).await, 1);
    }

    async fn an_enterprise_can_not_try_out_who_has_an_account(mut world: World) {
        world.settings.invitations_day = 2;
        let office = office(&world, "MA1111111", 1).await;
        invited(&world, &office, 2).await;
        invited(&world, &office, 3).await;
        world.person(4).await;
        office.create(&world, &described(4)).await.refused(&catalogue::OPERATOR_INVITATION_LIMIT);
    }

    async fn staff_are_not_invited(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        world.staff(2).await;
        office.create(&world, &described(2)).await.refused(&catalogue::REGISTRATION_ID_NUMBER_TAKEN);
        let same_phone = with(with(described(2), "id_number", resident_id(3)), "phone", phone(2));
        office.create(&world, &same_phone).await.refused(&catalogue::REGISTRATION_PHONE_TAKEN);
    }
}
