use anyhow::Result;
use eport_database::testing::{self, TestDatabase};
use eport_shared::sql;
use eport_shared::sql::query;
use eport_virtual_card::ca::{CrlAge, Holder, Kind as CardKind, TestCa};
use eport_virtual_card::key::Algorithm;
use tempfile::TempDir;

use super::*;

/// A new installation of each dialect, and what goes away with it.
fn installations() -> Vec<(Place, TempDir, Option<TestDatabase>)> {
    std::iter::once(None)
        .chain(testing::empty_postgres().map(Some))
        .map(|database| {
            let folder = tempfile::tempdir().unwrap();
            let url = database.as_ref().map(|database| database.url().to_owned());
            (Place { database: url, state_dir: folder.path().join("state") }, folder, database)
        })
        .collect()
}

/// What `eport trust import` prints for one file with this content.
async fn imported(world: &World, bytes: &[u8]) -> Result<String> {
    let entries = file::entries(bytes)?.into_iter().map(|entry| (PathBuf::from("file"), entry)).collect();
    let mut out = Vec::new();
    import(world, entries, As::Auto, &mut out).await?;
    Ok(String::from_utf8(out)?)
}

async fn listed(world: &World) -> Result<String> {
    let mut out = Vec::new();
    list(world, &mut out).await?;
    Ok(String::from_utf8(out)?)
}

#[tokio::test]
async fn authorities_and_lists_come_in_as_pem_and_der_and_go() -> Result<()> {
    for (place, _folder, _database) in installations() {
        let world = place.world(Missing::Make).await?;
        let ca = TestCa::new(Algorithm::Sm2)?;
        let bundle = format!("# both\n{}{}", ca.root_pem()?, ca.intermediate_pem()?);
        let said = imported(&world, bundle.as_bytes()).await?;
        let kinds: Vec<_> = said.lines().map(|line| line.split('\t').next().unwrap_or_default()).collect();
        assert_eq!(kinds, ["anchor", "intermediate"], "{said}");
        assert_eq!(imported(&world, &ca.root_der()?).await?, "was there already; nothing changed\n");
        assert!(imported(&world, &ca.crl(CrlAge::Current)?).await?.starts_with("revocation list\t"));
        let old = imported(&world, &ca.crl(CrlAge::OutOfDate)?).await?;
        assert_eq!(old, "is older than the list that is there; nothing changed\n");

        let all = listed(&world).await?;
        assert_eq!(all.lines().count(), 4, "{all}");
        let sha256 = all.lines().find(|line| line.starts_with("anchor")).unwrap().split('\t').nth(1).unwrap();
        let mut out = Vec::new();
        remove(&world, sha256, &mut out).await?;
        assert!(String::from_utf8(out)?.ends_with("is trusted no longer.\n"));
        assert!(remove(&world, sha256, &mut Vec::new()).await.is_err());
        assert!(remove(&world, "abc", &mut Vec::new()).await.is_err());
        assert_eq!(listed(&world).await?.lines().count(), 3);

        let rows =
            query(&world.database, &sql!("SELECT action FROM audit WHERE actor_kind = 'system' ORDER BY id"), &[])
                .await?;
        assert_eq!(rows.len(), 4);
    }
    Ok(())
}

#[test]
fn a_file_with_anything_else_in_it_is_refused() -> Result<()> {
    let ca = TestCa::new(Algorithm::P256)?;
    let card = ca.issue(&Holder::sample(eport_card::CardClass::Operator), CardKind::Good)?;
    let root = ca.root_der()?;
    for bytes in [
        b"".as_slice(),
        b"hello",
        b"-----BEGIN CERTIFICATE-----\nMII\n",
        &card.certificate_der,
        &root[..root.len() - 1],
    ] {
        assert!(file::entries(bytes).is_err());
    }
    let with_key = format!("{}-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n", ca.root_pem()?);
    assert!(file::entries(with_key.as_bytes()).is_err());
    Ok(())
}
