use std::path::Path;

use anyhow::Result;
use eport_database::testing::{self, TestDatabase};
use eport_schema::domain::GivenPassword;
use eport_shared::accounts::{Field, reveal};
use eport_shared::audit::{CHAINS, Entry};
use eport_shared::password::{Verdict, verify};
use eport_shared::platform::Database as _;
use eport_shared::sql;
use eport_shared::sql::{Value, query};
use tempfile::TempDir;
use uuid::Uuid;

use super::add::{Person, add};
use super::lock::{Done, lock, unlock};
use super::*;
use crate::commands::world::World;

/// A new installation: nothing is there but an empty folder.
fn place(folder: &TempDir) -> Place {
    Place { database: None, state_dir: folder.path().join("state") }
}

/// A new installation of each dialect, and what goes away with it.
fn installations() -> Vec<(Place, TempDir, Option<TestDatabase>)> {
    std::iter::once(None)
        .chain(testing::empty_postgres().map(Some))
        .map(|database| {
            let folder = tempfile::tempdir().unwrap();
            let url = database.as_ref().map(|database| database.url().to_owned());
            (Place { database: url, ..place(&folder) }, folder, database)
        })
        .collect()
}

fn person(username: &str, phone: Option<&str>) -> Person {
    Person {
        username: Username::parse(username).unwrap(),
        name: PersonName::parse("张伟").unwrap(),
        phone: phone.map(|phone| Phone::parse(phone).unwrap()),
    }
}

fn reason() -> Reason {
    Reason::parse("离职").unwrap()
}

async fn actions(world: &World) -> Result<Vec<(String, String)>> {
    let all = sql!("SELECT action, actor_kind FROM audit ORDER BY id");
    query(&world.database, &all, &[]).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

#[tokio::test]
async fn the_first_of_the_staff_is_made_before_the_first_start() -> Result<()> {
    for (place, _folder, _database) in installations() {
        let world = place.world(Missing::Make).await?;
        world.check_keys(Path::new("state")).await?;
        let password = add(&world, &person("Zhang.Wei", Some("138 1234 5678"))).await?;

        let row = sql!(
            "SELECT id, username_key, name, phone_enc, state, staff, password_hash, password_change_required, id_number_enc FROM accounts"
        );
        let rows = query(&world.database, &row, &[]).await?;
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        let id: Uuid = row.get(0)?;
        assert_eq!(row.get::<String>(1)?, "zhang.wei");
        let phone = reveal(&world.keys, Field::Phone, id, Some(&row.get::<Vec<u8>>(3)?))?;
        assert_eq!(phone.unwrap().as_str(), "+8613812345678");
        assert_eq!(row.get::<String>(4)?, "active");
        assert!(row.get::<bool>(5)? && row.get::<bool>(7)?);
        let verdict =
            verify(&world.settings, &world.keys, Some(&row.get::<String>(6)?), &GivenPassword::new(&password))?;
        assert_eq!(verdict, Verdict::Right);

        assert_eq!(actions(&world).await?, [("staff.added".to_owned(), "system".to_owned())]);
        let after = query(&world.database, &sql!("SELECT after FROM audit"), &[]).await?[0].get::<String>(0)?;
        assert!(after.contains("138****5678") && !after.contains(password.as_str()), "{after}");
    }
    Ok(())
}

#[tokio::test]
async fn each_first_password_is_another_and_can_be_read_out() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let world = place(&folder).world(Missing::Make).await?;
    let one = add(&world, &person("one", None)).await?;
    let two = add(&world, &person("two", None)).await?;
    assert_ne!(*one, *two);
    assert_eq!(one.len(), 23);
    assert!(one.split('-').all(|group| group.len() == 5 && !group.contains(['0', '1', 'l', 'o'])), "{}", *one);
    Ok(())
}

#[tokio::test]
async fn a_taken_username_or_phone_is_refused_and_leaves_no_row() -> Result<()> {
    for (place, _folder, _database) in installations() {
        let world = place.world(Missing::Make).await?;
        add(&world, &person("zhang.wei", Some("13812345678"))).await?;
        let error = add(&world, &person("ZHANG.wei", None)).await.unwrap_err().to_string();
        assert!(error.contains("registration.username_taken"), "{error}");
        let error = add(&world, &person("li.na", Some("+86 13812345678"))).await.unwrap_err().to_string();
        assert!(error.contains("registration.phone_taken"), "{error}");
        assert_eq!(actions(&world).await?.len(), 1);
    }
    Ok(())
}

#[tokio::test]
async fn a_registration_that_was_never_finished_is_not_in_the_way() -> Result<()> {
    for (place, _folder, _database) in installations() {
        let world = place.world(Missing::Make).await?;
        let begun = sql!(
            "INSERT INTO accounts (id, username, username_key, name, state, password_token_expires_at, created_at, updated_at)
             VALUES ($1, $2, $2, 'x', 'pending', $3, 0, 0)"
        );
        for (username, expires_at) in [("old", world.now), ("fresh", world.now.plus_seconds(60))] {
            let values =
                [Uuid::from_u128(expires_at.milliseconds() as u128).into(), username.into(), expires_at.into()];
            world.database.connect().await?.execute(&begun, &values).await?;
        }
        add(&world, &person("old", None)).await?;
        assert!(add(&world, &person("fresh", None)).await.is_err());
    }
    Ok(())
}

#[tokio::test]
async fn secrets_that_were_lost_are_not_replaced_silently() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let place = place(&folder);
    let world = place.world(Missing::Make).await?;
    add(&world, &person("zhang.wei", None)).await?;
    std::fs::remove_file(place.state_dir.join("secrets.toml"))?;
    let error = place.world(Missing::Make).await.err().unwrap().to_string();
    assert!(error.contains("secrets.toml is missing") && error.contains("--state-dir"), "{error}");
    assert!(!place.state_dir.join("secrets.toml").exists());
    Ok(())
}

#[tokio::test]
async fn secrets_of_another_installation_are_refused() -> Result<()> {
    let (here, there) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let world = place(&here).world(Missing::Make).await?;
    add(&world, &person("zhang.wei", None)).await?;
    place(&there).world(Missing::Make).await?;
    let database = format!("sqlite:{}", place(&here).state_dir.join("sqlite_db.db").display());
    let mixed = Place { database: Some(database), state_dir: place(&there).state_dir };
    let world = mixed.world(Missing::Make).await?;
    let error = world.check_keys(&mixed.state_dir).await.unwrap_err().to_string();
    assert!(error.contains("don't fit") && error.contains("--state-dir"), "{error}");
    Ok(())
}

#[tokio::test]
async fn an_installation_that_is_not_there_is_not_made_by_looking() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let place = place(&folder);
    let error = place.world(Missing::Refuse).await.err().unwrap().to_string();
    assert!(error.contains("is not there") && error.contains("--state-dir"), "{error}");
    assert!(!place.state_dir.exists());
    Ok(())
}

#[tokio::test]
async fn a_locked_account_is_logged_out_and_comes_back_when_unlocked() -> Result<()> {
    for (place, _folder, _database) in installations() {
        let world = place.world(Missing::Make).await?;
        add(&world, &person("zhang.wei", None)).await?;
        let session = sql!(
            "INSERT INTO sessions (id, account_id, method, amr, refresh_hash, access_hash, device_hash, created_at, authenticated_at,
                                   last_seen_at, expires_at)
             SELECT $1, id, 'password', 'pwd', $2, $2, $2, 0, 0, 0, 9 FROM accounts"
        );
        let values = [Uuid::from_u128(1).into(), Value::Blob(vec![1])];
        world.database.connect().await?.execute(&session, &values).await?;

        assert_eq!(unlock(&world, "zhang.wei", &reason()).await?, Done::WasSo);
        assert_eq!(lock(&world, "ZHANG.WEI", &reason()).await?, Done::Changed);
        assert_eq!(lock(&world, "zhang.wei", &reason()).await?, Done::WasSo);
        let open = query(&world.database, &sql!("SELECT id FROM sessions WHERE ended_at IS NULL"), &[]).await?;
        assert!(open.is_empty());
        let mut text = Vec::new();
        super::list::list(&world.database, &mut text).await?;
        let text = String::from_utf8(text)?;
        assert!(text.contains("zhang.wei\t张伟\tlocked since 20") && text.contains(": 离职\tnever\t"), "{text}");

        assert_eq!(unlock(&world, "zhang.wei", &reason()).await?, Done::Changed);
        let mut names: Vec<String> = actions(&world).await?.into_iter().map(|(action, _)| action).collect();
        // All in one millisecond, so their ids don't tell the order.
        names.sort();
        assert_eq!(names, ["account.locked", "account.unlocked", "staff.added"]);
        let told = query(&world.database, &sql!("SELECT kind FROM messages"), &[]).await?;
        assert_eq!(told[0].get::<String>(0)?, "account_unlocked");
    }
    Ok(())
}

#[tokio::test]
async fn only_staff_are_locked_here() -> Result<()> {
    for (place, _folder, _database) in installations() {
        let world = place.world(Missing::Make).await?;
        add(&world, &person("zhang.wei", None)).await?;
        let demote = sql!("UPDATE accounts SET staff = FALSE");
        world.database.connect().await?.execute(&demote, &[]).await?;
        for (username, expected) in
            [("zhang.wei", "not one of the staff"), ("li.na", "no account"), ("'; --", "no account")]
        {
            let error = lock(&world, username, &reason()).await.unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_the_command_line_writes_continues_the_audit() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let world = place(&folder).world(Missing::Make).await?;
    for n in 0..20 {
        add(&world, &person(&format!("staff{n}"), None)).await?;
    }
    world.check_keys(Path::new("state")).await?;
    let rows =
        query(&world.database, &sql!(concat!("SELECT ", eport_shared::audit_columns!(), " FROM audit")), &[]).await?;
    assert_eq!(rows.len(), 20);
    assert!(rows.iter().all(|row| Entry::read(row).is_ok_and(|entry| (0..CHAINS).contains(&entry.chain))));
    Ok(())
}

#[test]
fn what_the_person_typed_is_checked_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let add = |username: &str, name: &str, phone: Option<&str>| {
        let action = Action::Add {
            username: username.to_owned(),
            name: name.to_owned(),
            phone: phone.map(str::to_owned),
            place: place(&folder),
        };
        Staff { action }.run().unwrap_err().to_string()
    };
    assert!(add("1", "张伟", None).starts_with("--username: username.length"));
    assert!(add("zhang.wei", "<b>", None).starts_with("--name: name."));
    assert!(add("zhang.wei", "张伟", Some("123")).starts_with("--phone: phone.format"));
    assert!(!place(&folder).state_dir.exists());
}

#[tokio::test]
async fn a_refused_command_leaves_a_row_with_its_code() -> Result<()> {
    for (place, _folder, _database) in installations() {
        let world = place.world(Missing::Make).await?;
        add(&world, &person("zhang.wei", None)).await?;
        let target = || Some(("username", "zhang.wei".to_owned()));
        let taken = add(&world, &person("zhang.wei", None)).await.map(drop);
        assert!(world.traced("staff.add", target(), taken).await.is_err());
        let unknown = lock(&world, "nobody", &reason()).await.map(drop);
        assert!(world.traced("staff.lock", None, unknown).await.is_err());
        let done = lock(&world, "zhang.wei", &reason()).await.map(drop);
        world.traced("staff.lock", target(), done).await?;

        let refused = sql!("SELECT action, code, actor_kind FROM audit WHERE result = 'refused' ORDER BY action");
        let rows = query(&world.database, &refused, &[]).await?;
        let rows: Vec<[String; 3]> =
            rows.iter().map(|row| anyhow::Ok([row.get(0)?, row.get(1)?, row.get(2)?])).collect::<Result<_>>()?;
        assert_eq!(
            rows,
            [["staff.add", "registration.username_taken", "system"], ["staff.lock", "resource.not_found", "system"]]
        );
    }
    Ok(())
}
