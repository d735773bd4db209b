//! Whom a legal-person card makes an administrator (J9, J11).

use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::World;
use eport_shared::testing::cards::{Algorithm, CardClass, ENTERPRISE, TestCa, holder, issue, trusted};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::{claims, log_in};

/// The `n`th person, who claims to be the administrator of an enterprise that nobody has verified, under a name of their choice.
async fn claimant(world: &World, n: u32) -> Uuid {
    let person = world.person(n).await.id;
    world
        .rows(
            &sql!(
                "INSERT INTO enterprises (id, uscc, organisation_code, name, state, created_at, updated_at)
                 VALUES ($1, $2, $3, '随便写的名字', 'unverified', 1, 1)"
            ),
            &[Uuid::from_u128(77).into(), ENTERPRISE.0.into(), ENTERPRISE.0[8..17].into()],
        )
        .await;
    world
        .rows(
            &sql!(
                "INSERT INTO memberships (account_id, enterprise_id, role, state, origin, created_at, updated_at)
                 VALUES ($1, $2, 'admin', 'active', 'association', 1, 1)"
            ),
            &[person.into(), Uuid::from_u128(77).into()],
        )
        .await;
    person
}

async fn legal_person(world: &World, ca: &TestCa, n: u32) -> Json {
    log_in(world, &issue(ca, &holder(n, CardClass::LegalPerson))).await.done(201)
}

fn account(session: &Json) -> Uuid {
    serde_json::from_value(session["account"]["id"].clone()).expect("an id")
}

/// Who is administrator, and whether verified.
async fn administrators(world: &World) -> Vec<(Uuid, bool)> {
    let rows = world
        .rows(&sql!("SELECT account_id, verified_at IS NOT NULL FROM memberships WHERE role = 'admin'"), &[])
        .await;
    rows.iter().map(|row| (row.get(0).unwrap(), row.get(1).unwrap())).collect()
}

async fn told(world: &World, account: Uuid) -> Vec<String> {
    let mut kinds: Vec<_> = world.inbox(account).await.into_iter().map(|(kind, _)| kind).collect();
    // Those of one moment have no order.
    kinds.sort();
    kinds
}

on_each_database! {
    async fn the_first_legal_person_card_makes_enterprise_and_administrator_verified(world: World) {
        let ca = trusted(&world, Algorithm::P256).await;
        let session = legal_person(&world, &ca, 1).await;
        assert_eq!(administrators(&world).await, [(account(&session), true)]);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM enterprises WHERE state = 'verified' AND verified_by = 'card'"), &[]).await, 1);
        assert_eq!(claims(&session)["role"], "admin");
        assert_eq!(told(&world, account(&session)).await, ["administrator_by_card", "card_bound"]);
        // The second time there is nothing left to say.
        legal_person(&world, &ca, 1).await;
        assert_eq!(world.audit_of("enterprise.administrator").await.len(), 1);
    }

    async fn the_card_outranks_a_claim(world: World) {
        let claimant = claimant(&world, 1).await;
        let ca = trusted(&world, Algorithm::P256).await;
        let session = legal_person(&world, &ca, 2).await;
        assert_eq!(administrators(&world).await, [(account(&session), true)]);
        let pending = world.rows(&sql!("SELECT account_id FROM associations WHERE status = 'pending' AND role = 'operator'"), &[]).await;
        assert_eq!(pending[0].get::<Uuid>(0).unwrap(), claimant);
        assert_eq!(told(&world, claimant).await, ["administrator_replaced"]);
        assert!(told(&world, account(&session)).await.contains(&"administrator_by_card".to_owned()));
        // What the claimant wrote gives way to what the card says.
        let rows = world.rows(&sql!("SELECT name, state FROM enterprises"), &[]).await;
        assert_eq!((rows[0].get::<String>(0).unwrap().as_str(), rows[0].get::<String>(1).unwrap().as_str()), (ENTERPRISE.1, "verified"));
        let audit = world.audit_of("enterprise.administrator").await;
        assert!(audit[0].before.as_deref().unwrap().contains(&claimant.to_string()));
        assert!(audit[0].enterprise_id.is_some());
    }

    async fn a_claimant_who_has_the_card_is_verified_by_it(world: World) {
        let claimant = claimant(&world, 1).await;
        let ca = trusted(&world, Algorithm::P256).await;
        legal_person(&world, &ca, 1).await;
        assert_eq!(administrators(&world).await, [(claimant, true)]);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM associations"), &[]).await, 0);
    }

    async fn an_operator_with_the_legal_person_card_becomes_the_administrator(world: World) {
        let ca = trusted(&world, Algorithm::P256).await;
        let operator = log_in(&world, &issue(&ca, &holder(1, CardClass::Operator))).await.done(201);
        assert_eq!(administrators(&world).await, []);
        legal_person(&world, &ca, 1).await;
        assert_eq!(administrators(&world).await, [(account(&operator), true)]);
    }

    async fn a_verified_administrator_stays_and_the_second_holder_is_an_operator(world: World) {
        let ca = trusted(&world, Algorithm::P256).await;
        let first = legal_person(&world, &ca, 1).await;
        let second = legal_person(&world, &ca, 2).await;
        assert_eq!(administrators(&world).await, [(account(&first), true)]);
        assert_eq!(claims(&second)["role"], "operator");
        assert_eq!(claims(&second)["card_class"], "legal_person");
    }

    async fn an_operator_card_verifies_nothing(world: World) {
        let claimant = claimant(&world, 1).await;
        let ca = trusted(&world, Algorithm::P256).await;
        let session = log_in(&world, &issue(&ca, &holder(2, CardClass::Operator))).await.done(201);
        assert_eq!(administrators(&world).await, [(claimant, false)]);
        assert_eq!(claims(&session)["role"], "operator");
        log_in(&world, &issue(&ca, &holder(1, CardClass::Operator))).await.done(201);
        assert_eq!(administrators(&world).await, [(claimant, false)]);
    }

    async fn an_enterprise_never_has_two_administrators(world: World) {
        let ca = trusted(&world, Algorithm::P256).await;
        legal_person(&world, &ca, 1).await;
        let other = log_in(&world, &issue(&ca, &holder(2, CardClass::Operator))).await.done(201);
        let mut connection = eport_shared::platform::Database::connect(&world.database).await.unwrap();
        let second = connection
            .execute(&sql!("UPDATE memberships SET role = 'admin' WHERE account_id = $1"), &[account(&other).into()])
            .await;
        assert!(second.is_err());
    }

    async fn two_holders_of_legal_person_cards_at_once_make_one_administrator(world: World) {
        use crate::{challenge, send};
        use eport_shared::testing::cards::answer;
        let claimant = claimant(&world, 1).await;
        let ca = trusted(&world, Algorithm::P256).await;
        let (a, b) = (issue(&ca, &holder(2, CardClass::LegalPerson)), issue(&ca, &holder(3, CardClass::LegalPerson)));
        let (a, b) = (answer(&a, &challenge(&world).await), answer(&b, &challenge(&world).await));
        let (a, b) = tokio::join!(send(&world, a), send(&world, b));
        assert_eq!([a.status(), b.status()], [201, 201], "{} {}", a.json(), b.json());
        let administrators = administrators(&world).await;
        assert_eq!(administrators.len(), 1);
        assert!(administrators[0].0 != claimant && administrators[0].1);
    }
}
