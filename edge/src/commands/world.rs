//! What commands work on: the database of an installation, and its secrets.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use async_trait::async_trait;
use bytes::Bytes;
use clap::Args;
use eport_database::{NativeDatabase, migrate};
use eport_schema::catalogue::{Invalid, Refusal};
use eport_shared::audit::{Entry, Event, record_system};
use eport_shared::audit_columns;
use eport_shared::cards::trust_store::StoreError;
use eport_shared::clock::Timestamp;
use eport_shared::context::{Client, Context};
use eport_shared::keys::Keys;
use eport_shared::platform::{Entropy, KeyValue, KeyValueError, Outbound, OutboundError};
use eport_shared::settings::{Settings, Variables};
use eport_shared::sql;
use eport_shared::sql::{query, transaction};
use ring::rand::{SecureRandom as _, SystemRandom};

use crate::secrets::Secrets;
use crate::state_dir::StateDir;
use crate::variables::SECRETS_FILE;

/// The file of the components' SQLite database in a state directory: where Spin keeps its own, too.
pub const SQLITE_FILE: &str = "sqlite_db.db";

/// Where an installation is.
#[derive(Debug, Args)]
pub struct Place {
    /// The database: sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/NAME [default: the SQLite database in the state directory].
    ///
    /// Others on this machine can see what stands on a command line; a password is better given in the environment.
    #[arg(long, value_name = "URL", env = "SPIN_VARIABLE_DATABASE_URL", hide_env_values = true)]
    pub database: Option<String>,
    /// The folder with the installation's database and secrets, as given to `eport up`.
    #[arg(long, value_name = "FOLDER", default_value = ".eport")]
    pub state_dir: PathBuf,
}

/// Whether a command may make what isn't there yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Tables and secrets are made, as `eport up` would at its first start.
    Make,
    /// The command has nothing to do where nothing is.
    Refuse,
}

impl Place {
    /// The database, not yet connected to. With [`Missing::Make`] the state directory is there afterwards, where the database is in it.
    pub fn database(&self, missing: Missing) -> anyhow::Result<NativeDatabase> {
        match self.database.as_deref() {
            // `sqlite` is how the variable `database_url` names the components' own database.
            None | Some("" | "sqlite") => {
                let path = self.state_dir.join(SQLITE_FILE);
                if missing == Missing::Make {
                    if self.state_dir.join(SECRETS_FILE).exists() && !path.exists() {
                        bail!(
                            "the installation in {} keeps its data elsewhere: it has secrets, and no {SQLITE_FILE}\n  Name its database with \
                             --database, as its `eport up` has it in the variable database_url.",
                            self.state_dir.display()
                        );
                    }
                    StateDir::open(&self.state_dir)?;
                }
                Ok(eport_database::open(&format!("sqlite:{}", path.display()))?)
            }
            Some(url) => {
                let database = eport_database::open(url).context("--database can't be used")?;
                // As Spin does for `.spin`.
                if let (NativeDatabase::Sqlite(file), Missing::Make) = (&database, missing)
                    && let Some(folder) = file.path().parent()
                {
                    std::fs::create_dir_all(folder)
                        .with_context(|| format!("the folder {} can't be made", folder.display()))?;
                }
                Ok(database)
            }
        }
    }

    /// The database with all tables. `Missing::Make` applies what is missing and says so on stderr.
    pub async fn migrated(&self, missing: Missing) -> anyhow::Result<NativeDatabase> {
        let database = self.database(missing)?;
        match missing {
            Missing::Make => {
                for step in migrate::run(&database, Timestamp::from_system()).await? {
                    eprintln!("Applied migration {}.", step.name);
                }
            }
            Missing::Refuse => {
                if let NativeDatabase::Sqlite(file) = &database {
                    let is_there = file.path().try_exists();
                    let is_there = is_there.with_context(|| format!("{database} can't be read"))?;
                    if !is_there {
                        bail!(
                            "{database} is not there\n  Name the database with --database, or its folder with --state-dir."
                        );
                    }
                }
                let steps = migrate::status(&database).await?;
                if let Some(step) = steps.iter().find(|step| step.applied_at.is_none()) {
                    bail!(
                        "{database} lacks the migration {}\n  If this is the right database, run: eport migrate\n  Else name it with \
                         --database or --state-dir.",
                        step.name
                    );
                }
            }
        }
        Ok(database)
    }

    /// All of it.
    pub async fn world(&self, missing: Missing) -> anyhow::Result<World> {
        let database = self.migrated(missing).await?;
        let variables = self.variables(&database, missing).await?;
        let keys = Keys::load(&variables).await?;
        let settings = Settings::load(&variables).await?;
        Ok(World { database, settings, keys, entropy: System, now: Timestamp::from_system() })
    }

    async fn variables(&self, database: &NativeDatabase, missing: Missing) -> anyhow::Result<Given> {
        if let Some(secrets) = Secrets::read(&self.state_dir)? {
            return Ok(Given { secrets: Some(secrets) });
        }
        let given = Given { secrets: None };
        if given.is_enough().await {
            return Ok(given);
        }
        if missing == Missing::Refuse {
            bail!(self.without_secrets(database));
        }
        Ok(Given { secrets: Some(self.make_secrets(database).await?) })
    }

    /// Makes the secrets of an installation whose database, which has its tables, holds nothing yet.
    pub async fn make_secrets(&self, database: &NativeDatabase) -> anyhow::Result<Secrets> {
        if is_in_use(database).await? {
            bail!(self.without_secrets(database));
        }
        let (secrets, made) = Secrets::ensure(&StateDir::open(&self.state_dir)?, &System, Timestamp::from_system())?;
        if made {
            let path = self.state_dir.join(SECRETS_FILE);
            eprintln!("Made the installation's secrets: {}. Keep a copy of that file in a safe place.", path.display());
        }
        Ok(secrets)
    }

    fn without_secrets(&self, database: &NativeDatabase) -> String {
        format!(
            "the secrets of the installation are not there: {} is missing\n  Name the folder that its `eport up` uses with --state-dir, or \
             give SPIN_VARIABLE_DATA_KEYS, SPIN_VARIABLE_INDEX_KEY and SPIN_VARIABLE_PEPPER in the environment. New secrets would not fit \
             what {database} holds.",
            self.state_dir.join(SECRETS_FILE).display()
        )
    }
}

/// Whether somebody has an account, or had: what is stored then fits one set of secrets.
pub async fn is_in_use(database: &NativeDatabase) -> anyhow::Result<bool> {
    let statement = sql!("SELECT EXISTS (SELECT 1 FROM accounts), EXISTS (SELECT 1 FROM audit)");
    let rows = query(database, &statement, &[]).await?;
    let Some(row) = rows.first() else { return Ok(false) };
    Ok(row.get::<bool>(0)? || row.get::<bool>(1)?)
}

/// Variables as `eport up` finds them: the environment comes before the file.
struct Given {
    secrets: Option<Secrets>,
}

impl Given {
    /// Whether everything that a command needs to write an account is there.
    async fn is_enough(&self) -> bool {
        for name in ["data_keys", "index_key", "pepper"] {
            if self.get(name).await.is_none_or(|value| value.is_empty()) {
                return false;
            }
        }
        true
    }
}

#[async_trait(?Send)]
impl Variables for Given {
    async fn get(&self, name: &str) -> Option<String> {
        match std::env::var(format!("SPIN_VARIABLE_{}", name.to_ascii_uppercase())) {
            Ok(value) => Some(value),
            Err(_) => self.secrets.as_ref()?.get(name).await,
        }
    }
}

/// An installation that a command works on.
pub struct World {
    /// Migrated.
    pub database: NativeDatabase,
    /// The defaults, and what the environment changes of them.
    pub settings: Settings,
    /// From `secrets.toml` or the environment.
    pub keys: Keys,
    /// The system's.
    pub entropy: System,
    /// When the command started.
    pub now: Timestamp,
}

impl World {
    /// The world as rules see it: without a network and without a key-value store.
    pub fn context(&self) -> Context<'_> {
        Context {
            database: &self.database,
            key_value: &Nowhere,
            outbound: &Nowhere,
            entropy: &self.entropy,
            settings: &self.settings,
            keys: &self.keys,
            now: self.now,
            client: Client::default(),
            recognised: RefCell::default(),
            session: RefCell::default(),
            done: RefCell::default(),
            notices: RefCell::default(),
        }
    }

    /// Refuses keys that the database was not written with: an account made with them could never log in, and the audit would break.
    pub async fn check_keys(&self, state_dir: &Path) -> anyhow::Result<()> {
        const FIRST: sql::Statement = sql!(concat!(
            "SELECT ",
            audit_columns!(),
            ", mac FROM audit WHERE seq = 1 AND chain IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) LIMIT 1"
        ));
        let rows = query(&self.database, &FIRST, &[]).await?;
        let Some(row) = rows.first() else { return Ok(()) };
        let entry = Entry::read(row)?;
        if entry.is_authentic(&self.keys, &[], &row.get::<Vec<u8>>(19)?) {
            return Ok(());
        }
        bail!(
            "the secrets don't fit {}: row 1 of audit chain {} was not made with them\n  Name the folder with the secrets of that \
             installation with --state-dir (now {}). If these are the right ones, somebody changed that row: run `eport audit verify`.",
            self.database,
            entry.chain,
            state_dir.display()
        )
    }
}

/// A command that was refused for a reason that the catalogue has: the audit keeps the code.
#[derive(Debug, thiserror::Error)]
#[error("{words}")]
pub struct Refused {
    /// What the audit keeps.
    pub refusal: &'static Refusal,
    /// What the person reads.
    pub words: String,
}

impl World {
    /// Passes on what came of a command. Where it was refused, the audit gets a row of the attempt first: what was done is taken back by now.
    pub async fn traced<T>(
        &self,
        action: &str,
        target: Option<(&'static str, String)>,
        done: anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let Some(refusal) = done.as_ref().err().and_then(refusal) else {
            return done;
        };
        let event = Event { action: action.to_owned(), target, refused: Some(refusal.code), ..Event::default() };
        transaction(&self.database, async |connection| {
            record_system(&self.keys, &self.entropy, self.now, connection, event).await
        })
        .await?;
        done
    }
}

/// The entry of the catalogue that a command was refused with, wherever it stands in the chain of errors.
fn refusal(error: &anyhow::Error) -> Option<&'static Refusal> {
    error.chain().find_map(|error| {
        let refused = error.downcast_ref::<Refused>().map(|refused| refused.refusal);
        let invalid = || error.downcast_ref::<Invalid>().map(|invalid| invalid.0);
        let stored = || match error.downcast_ref::<StoreError>() {
            Some(StoreError::Refused(refusal)) => Some(*refusal),
            _ => None,
        };
        refused.or_else(invalid).or_else(stored)
    })
}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy)]
pub struct System;

impl Entropy for System {
    fn fill(&self, buffer: &mut [u8]) {
        // It fails only before the kernel has gathered enough, early in boot. To go on without would be the end of every secret.
        while SystemRandom::new().fill(buffer).is_err() {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// A command has neither.
struct Nowhere;

#[async_trait(?Send)]
impl KeyValue for Nowhere {
    async fn get(&self, _: &str) -> Result<Option<Vec<u8>>, KeyValueError> {
        Ok(None)
    }
    async fn set(&self, _: &str, _: &[u8]) -> Result<(), KeyValueError> {
        Ok(())
    }
    async fn delete(&self, _: &str) -> Result<(), KeyValueError> {
        Ok(())
    }
}

#[async_trait(?Send)]
impl Outbound for Nowhere {
    async fn send(&self, _: http::Request<Bytes>) -> Result<http::Response<Bytes>, OutboundError> {
        Err(OutboundError("a command of `eport` sends nothing".to_owned()))
    }
    async fn sleep(&self, _: u64) {}
}

/// Runs a command's future to its end.
pub fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("threads can't be started")?
        .block_on(work)
}
