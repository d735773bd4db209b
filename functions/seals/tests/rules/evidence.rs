//! A seal is what was signed, or it is not given out.

use eport_schema::catalogue;
use eport_seals::seals::evidence;
use eport_shared::context::Client;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::sql::{Statement, Value};
use eport_shared::testing::World;
use eport_shared::testing::cards::{Algorithm, CardClass};
use uuid::Uuid;

use crate::office::{act, delete, get, in_use, join, seal, set_up};

macro_rules! columns {
    ($($column:literal),* $(,)?) => {
        [$((
            $column,
            sql!(concat!("SELECT ", $column, " FROM seal_revisions")),
            sql!(concat!("UPDATE seal_revisions SET ", $column, " = $1")),
        )),*]
    };
}

/// All columns of evidence but the key.
fn columns() -> [(&'static str, Statement, Statement); 23] {
    columns![
        "enterprise_id",
        "es_id",
        "name",
        "kind",
        "shape",
        "colour",
        "width_mm",
        "height_mm",
        "resolution_dpi",
        "image",
        "upload_sha256",
        "upload_enc",
        "challenge_text",
        "certificate_enc",
        "signature",
        "algorithm",
        "seseal_enc",
        "signed_by",
        "signed_by_account",
        "valid_from",
        "valid_until",
        "created_at",
        "mac",
    ]
}

/// Another value that the column could hold.
fn changed(column: &str, value: &Value, other_enterprise: Uuid) -> Vec<Value> {
    match value {
        _ if column == "enterprise_id" => vec![other_enterprise.into()],
        _ if column == "algorithm" => vec!["SM2".into()],
        Value::Integer(n) => vec![(n + 1).into()],
        Value::Uuid(id) => vec![Uuid::from_u128(id.as_u128() ^ 1).into()],
        Value::Text(text) if column == "signed_by_account" => {
            vec![Uuid::from_u128(Uuid::try_parse(text).unwrap().as_u128() ^ 1).into()]
        }
        Value::Text(text) => vec![format!("{text}x").into()],
        Value::Blob(bytes) => [0, 1, bytes.len() / 2, bytes.len() - 1]
            .into_iter()
            .map(|at| {
                let mut other = bytes.clone();
                other[at] ^= 1;
                other.into()
            })
            .collect(),
        Value::Null | Value::Bool(_) => panic!("{column} holds nothing"),
    }
}

on_each_database! {
    async fn a_changed_byte_anywhere_is_found_and_the_seal_can_still_be_taken_out_of_use(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        let person = join(&world, &ca, 1, CardClass::LegalPerson).await;
        crate::office::join_elsewhere(&world, &ca, 2).await;
        let id = in_use(&world, &person, "公章", "official").await;
        let other = world
            .rows(
                &sql!("SELECT id FROM enterprises WHERE id <> (SELECT enterprise_id FROM seal_revisions)"),
                &[],
            )
            .await[0]
            .get::<Uuid>(0)
            .unwrap();
        let mut found = 0;
        for (column, select, update) in columns() {
            let row = &world.rows(&select, &[]).await[0];
            let kept = [
                row.get::<i64>(0).ok().map(Value::Integer),
                row.get::<Vec<u8>>(0).ok().map(Value::Blob),
                row.get::<String>(0).ok().map(Value::Text),
                row.get::<Uuid>(0).ok().map(Value::Uuid),
            ]
            .into_iter()
            .flatten()
            .next()
            .unwrap();
            for value in changed(column, &kept, other) {
                world.rows(&update, &[value]).await;
                seal(&world, &person.token, &id).await.refused(&catalogue::SEAL_EVIDENCE_BROKEN);
                found += 1;
            }
            world.rows(&update, &[kept]).await;
            seal(&world, &person.token, &id).await.done(200);
        }
        assert_eq!(world.audit_of("get_seal").await.len(), found);
        assert!(world.audit_of("get_seal").await.iter().all(|row| row.code.as_deref() == Some("seal.evidence_broken")));

        world.rows(&sql!("UPDATE seal_revisions SET name = 'x'"), &[]).await;
        for what in ["image", "seseal"] {
            get(&world, &person.token, &format!("/v1/seals/{id}/{what}")).await.refused(&catalogue::SEAL_EVIDENCE_BROKEN);
        }
        act(&world, &person.token, &id, "default").await.refused(&catalogue::SEAL_EVIDENCE_BROKEN);
        act(&world, &person.token, &id, "disable").await.done(200);
        act(&world, &person.token, &id, "enable").await.refused(&catalogue::SEAL_EVIDENCE_BROKEN);
        delete(&world, &person.token, &id).await.done(204);
    }

    async fn the_kind_beside_the_evidence_is_held_against_it(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        let person = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let id = in_use(&world, &person, "公章", "official").await;
        world.rows(&sql!("UPDATE seals SET kind = 'finance'"), &[]).await;
        seal(&world, &person.token, &id).await.refused(&catalogue::SEAL_EVIDENCE_BROKEN);
    }

    async fn who_has_the_platforms_keys_still_cannot_make_up_what_the_card_signed(mut world: World) {
        let ca = set_up(&mut world, Algorithm::Sm2).await;
        let person = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let id = in_use(&world, &person, "公章", "official").await;
        let enterprise = world.rows(&sql!("SELECT enterprise_id FROM seals"), &[]).await[0].get::<Uuid>(0).unwrap();
        let load = async || {
            let context = world.context(Client::default());
            evidence::load(&context, enterprise, Uuid::try_parse(&id).unwrap()).await
        };
        let whole = load().await.unwrap();
        let forgeries: [fn(&mut evidence::Revision); 10] = [
            |revision| revision.kind = "finance".to_owned(),
            |revision| revision.name.push('x'),
            |revision| revision.shape = "ellipse".to_owned(),
            |revision| revision.upload.push(0),
            |revision| revision.image.push(0),
            |revision| revision.width_mm += 1,
            |revision| revision.challenge_text = revision.challenge_text.replace("localhost", "localhosts").replace("127", "128"),
            |revision| revision.signature[10] ^= 1,
            |revision| revision.seseal = Vec::new(),
            |revision| revision.algorithm = "ES256".to_owned(),
        ];
        for forge in forgeries {
            let mut revision = load().await.unwrap();
            forge(&mut revision);
            rewrite(&world, &revision).await;
            world.rows(&sql!("UPDATE seals SET kind = $1"), &[revision.kind.as_str().into()]).await;
            assert_eq!(load().await.unwrap_err().refusal, &catalogue::SEAL_EVIDENCE_BROKEN);
            rewrite(&world, &whole).await;
            world.rows(&sql!("UPDATE seals SET kind = 'official'"), &[]).await;
        }
        load().await.unwrap();
    }
}

/// Puts a revision in the place of the one that is there, with a MAC that fits it.
async fn rewrite(world: &World, revision: &evidence::Revision) {
    world.rows(&sql!("DELETE FROM seal_revisions"), &[]).await;
    let kept = eport_shared::sql::transaction(&world.database, async |connection| {
        revision.keep(&world.keys, &world.entropy, connection).await
    });
    kept.await.unwrap();
}
