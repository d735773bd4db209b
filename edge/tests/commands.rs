//! The commands as a person runs them: what goes to which stream, and how they end.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test, helpers included")]

use std::path::PathBuf;
use std::process::{Command, Output};

use anyhow::Result;
use tempfile::TempDir;

struct Installation {
    folder: TempDir,
}

struct Ran {
    ok: bool,
    out: String,
    err: String,
}

impl Installation {
    fn new() -> Result<Self> {
        Ok(Self { folder: tempfile::tempdir()? })
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join(".eport")
    }

    fn eport(&self, arguments: &[&str]) -> Result<Ran> {
        self.eport_with(arguments, &[])
    }

    fn eport_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Result<Ran> {
        let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_eport"))
            .args(arguments)
            .env_clear()
            .envs(environment.iter().copied())
            .current_dir(self.folder.path())
            .output()?;
        Ok(Ran { ok: status.success(), out: String::from_utf8(stdout)?, err: String::from_utf8(stderr)? })
    }

    /// Every value in the file, to look for in what was printed.
    fn secrets(&self) -> Result<Vec<String>> {
        let text = std::fs::read_to_string(self.state().join("secrets.toml"))?;
        let values = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split('"').nth(1));
        let keys = values.flat_map(|value| value.split(' ')).filter_map(|entry| entry.rsplit(':').next());
        Ok(keys.map(str::to_owned).collect())
    }
}

const ADD: [&str; 6] = ["staff", "add", "--username", "zhang.wei", "--name", "张伟"];

#[test]
fn a_new_installation_is_set_up_looked_at_and_checked() -> Result<()> {
    let here = Installation::new()?;
    let added = here.eport(&ADD)?;
    assert!(added.ok, "{}", added.err);
    assert_eq!(added.out.trim().len(), 23, "the password and nothing else: {}", added.out);
    assert!(
        added.err.contains("Applied migration 0001_accounts.") && added.err.contains("secrets.toml"),
        "{}",
        added.err
    );

    let again = here.eport(&ADD)?;
    assert!(!again.ok && again.out.is_empty());
    assert!(again.err.starts_with("eport: registration.username_taken"), "{}", again.err);

    let list = here.eport(&["staff", "list"])?;
    assert!(list.out.contains("zhang.wei\t张伟\tfirst password not changed yet\tnever\t"), "{}", list.out);

    let locked = here.eport(&["staff", "lock", "--username", "zhang.wei", "--reason", "离职"])?;
    assert!(locked.ok && locked.out.contains("locked"), "{}", locked.out);

    let verified = here.eport(&["audit", "verify"])?;
    // Made, refused a second time, locked.
    assert_eq!(verified.out, "16 chains, 3 rows: all whole\n");

    let migrated = here.eport(&["migrate"])?;
    assert!(migrated.out.contains("was up to date"), "{}", migrated.out);
    let status = here.eport(&["migrate", "--status"])?;
    assert!(status.out.contains("0001_accounts  applied 20"), "{}", status.out);

    for ran in [added, again, list, locked, verified, migrated, status] {
        for secret in here.secrets()? {
            assert!(!ran.out.contains(&secret) && !ran.err.contains(&secret));
        }
    }
    Ok(())
}

#[test]
fn a_changed_audit_is_a_failure_that_names_the_row() -> Result<()> {
    let here = Installation::new()?;
    assert!(here.eport(&ADD)?.ok);
    let database = rusqlite::Connection::open(here.state().join("sqlite_db.db"))?;
    database.execute("UPDATE audit SET after = '{}'", [])?;
    let ran = here.eport(&["audit", "verify"])?;
    assert!(!ran.ok);
    assert!(ran.out.contains("row 1 (staff.added, 20"), "{}", ran.out);
    assert!(ran.err.contains("broken") || ran.err.contains("another installation"), "{}", ran.err);
    Ok(())
}

#[test]
fn keys_are_rotated_without_being_shown_and_exported_only_when_asked_for() -> Result<()> {
    let here = Installation::new()?;
    assert!(here.eport(&ADD)?.ok);
    let before = here.secrets()?;
    let rotated = here.eport(&["rotate-keys", "--data"])?;
    assert!(
        rotated.ok && rotated.out.contains("data key d-20") && !rotated.out.contains("signing key"),
        "{}",
        rotated.out
    );
    let after = here.secrets()?;
    assert_eq!(after.len(), before.len() + 1);
    assert!(before.iter().all(|key| after.contains(key)));
    assert!(after.iter().all(|key| !rotated.out.contains(key) && !rotated.err.contains(key)));

    let exported = here.eport(&["secrets", "export", "--format", "spin-env"])?;
    assert!(exported.err.starts_with("Warning"), "{}", exported.err);
    assert!(after.iter().all(|key| exported.out.contains(key)));
    assert!(exported.out.lines().all(|line| line.starts_with("SPIN_VARIABLE_")));
    Ok(())
}

#[test]
fn what_was_exported_is_enough_to_work_without_the_file() -> Result<()> {
    let (here, there) = (Installation::new()?, Installation::new()?);
    assert!(here.eport(&ADD)?.ok);
    let exported = here.eport(&["secrets", "export", "--format", "spin-env"])?.out;
    let mut environment: Vec<(&str, &str)> = exported
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name, value.trim_matches('\'')))
        .collect();
    let url = format!("sqlite:{}", here.state().join("sqlite_db.db").display());
    environment.push(("SPIN_VARIABLE_DATABASE_URL", &url));
    let more = there.eport_with(&["staff", "add", "--username", "li.na", "--name", "李娜"], &environment)?;
    assert!(more.ok, "{}", more.err);
    assert!(!there.state().exists());
    assert_eq!(here.eport(&["audit", "verify"])?.out, "16 chains, 2 rows: all whole\n");
    Ok(())
}

#[test]
fn secrets_are_made_once_and_never_for_a_database_that_has_others() -> Result<()> {
    let here = Installation::new()?;
    let made = here.eport(&["secrets", "make", "--database", "sqlite:.spin/sqlite_db.db"])?;
    assert!(here.folder.path().join(".spin/sqlite_db.db").exists());
    assert!(made.ok && made.err.contains("Made the installation's secrets"), "{}", made.err);
    let first = here.secrets()?;
    let again = here.eport(&["secrets", "make"])?;
    assert!(again.ok && again.out.contains("was there already"), "{}", again.out);
    assert_eq!(here.secrets()?, first);

    // An account in a database that the server doesn't use would be nobody's.
    let elsewhere = here.eport(&ADD)?;
    assert!(!elsewhere.ok && elsewhere.err.contains("keeps its data elsewhere"), "{}", elsewhere.err);
    assert!(!here.state().join("sqlite_db.db").exists());
    let database = ["--database", "sqlite:.spin/sqlite_db.db"];
    assert!(here.eport(&[&ADD[..], &database].concat())?.ok);
    std::fs::remove_file(here.state().join("secrets.toml"))?;
    let refused = here.eport(&[&["secrets", "make"], &database[..]].concat())?;
    assert!(!refused.ok && refused.err.contains("would not fit"), "{}", refused.err);
    assert!(!here.state().join("secrets.toml").exists());
    Ok(())
}

#[test]
fn secrets_that_others_can_read_stop_every_command_that_needs_them() -> Result<()> {
    let here = Installation::new()?;
    assert!(here.eport(&ADD)?.ok);
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(here.state().join("secrets.toml"), mode)?;
    let commands: [&[&str]; 4] =
        [&ADD, &["rotate-keys"], &["audit", "verify"], &["secrets", "export", "--format", "spin-env"]];
    for command in commands {
        let ran = here.eport(command)?;
        assert!(!ran.ok && ran.out.is_empty());
        assert!(ran.err.contains("chmod 600 .eport/secrets.toml"), "{}", ran.err);
    }
    Ok(())
}

#[test]
fn a_folder_without_an_installation_stays_as_it_is() -> Result<()> {
    let here = Installation::new()?;
    let commands: [&[&str]; 5] = [
        &["staff", "list"],
        &["staff", "lock", "--username", "x", "--reason", "y"],
        &["audit", "verify"],
        &["rotate-keys"],
        &["migrate", "--status"],
    ];
    for command in commands {
        here.eport(command)?;
        assert!(!here.state().exists(), "{command:?}");
    }
    Ok(())
}

#[test]
fn a_password_in_an_address_is_never_repeated() -> Result<()> {
    let here = Installation::new()?;
    let addresses =
        ["mysql://u:hunter2@db/x", "postgres://u:hunter2@127.0.0.1:1/x", "postgres://u:hunter2@db:port/x", "hunter2"];
    for address in addresses {
        for ran in [
            here.eport(&["migrate", "--database", address])?,
            here.eport_with(&["migrate"], &[("SPIN_VARIABLE_DATABASE_URL", address)])?,
            here.eport_with(&["migrate", "--help"], &[("SPIN_VARIABLE_DATABASE_URL", address)])?,
        ] {
            assert!(!ran.out.contains("hunter2") && !ran.err.contains("hunter2"), "{}{}", ran.out, ran.err);
        }
    }
    Ok(())
}

#[test]
fn the_same_commands_work_on_postgres() -> Result<()> {
    let Some(postgres) = eport_database::testing::empty_postgres() else { return Ok(()) };
    let here = Installation::new()?;
    let environment = [("SPIN_VARIABLE_DATABASE_URL", postgres.url())];
    let added = here.eport_with(&ADD, &environment)?;
    assert!(added.ok, "{}", added.err);
    assert!(!here.state().join("sqlite_db.db").exists());
    let list = here.eport_with(&["staff", "list", "--database", postgres.url()], &[])?;
    assert!(list.out.contains("zhang.wei\t张伟"), "{}{}", list.out, list.err);
    assert_eq!(here.eport_with(&["audit", "verify"], &environment)?.out, "16 chains, 1 rows: all whole\n");
    Ok(())
}
