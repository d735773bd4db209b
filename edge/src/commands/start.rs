//! What `eport up` does before the components start: tables and secrets are there, and fit each other.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use async_trait::async_trait;
use eport_database::{NativeDatabase, migrate};
use eport_shared::clock::Timestamp;
use eport_shared::keys::Keys;
use eport_shared::password;
use eport_shared::settings::{Environment, Settings, SmsProvider, Variables};

use super::world::{SQLITE_FILE, System, World, block_on, is_in_use};
use crate::manifest::Manifest;
use crate::runtime_config::RuntimeConfig;
use crate::secrets::{NAMES, Secrets};
use crate::state_dir::StateDir;
use crate::variables::{SECRETS_FILE, Sources};

/// The variable that says where the database is.
const DATABASE: &str = "database_url";

/// Applies what migrations are missing, and makes the secrets where there are none. `true` says that they were made: the sources then
/// have to be gathered anew. Does nothing for the manifest of another application.
pub fn prepare(
    manifest: &Manifest,
    sources: &Sources,
    config: &RuntimeConfig,
    state: &StateDir,
) -> anyhow::Result<bool> {
    if !is_ours(manifest) {
        return Ok(false);
    }
    let url = sources.value(manifest, DATABASE).map(String::as_str);
    let database = database(url.unwrap_or_default(), config, state)?;
    block_on(async {
        for step in migrate::run(&database, Timestamp::from_system()).await? {
            eprintln!("Applied migration {}.", step.name);
        }
        if let Some(secrets) = Secrets::read(state.path())? {
            let complete = secrets.is_complete();
            if !complete {
                Secrets::ensure(state, &System, Timestamp::from_system())?;
            }
            return Ok(!complete);
        }
        // All from elsewhere, as on Spin.
        if NAMES.iter().all(|name| sources.value(manifest, name).is_some_and(|value| !value.is_empty())) {
            return Ok(false);
        }
        let path = state.path().join(SECRETS_FILE);
        if is_in_use(&database).await? {
            bail!(
                "the secrets that {database} was written with are gone: {} is missing\n  Put it back from your backup. New secrets can't read \
                 what is stored; to start afresh, use an empty database.",
                path.display()
            );
        }
        let (_, made) = Secrets::ensure(state, &System, Timestamp::from_system())?;
        if made {
            eprintln!("Made the installation's secrets: {}. Keep a copy of that file in a safe place.", path.display());
        }
        Ok(true)
    })
}

/// Whether the manifest is this application's, and not another one's that is only run here.
fn is_ours(manifest: &Manifest) -> bool {
    NAMES.iter().chain([&DATABASE]).all(|name| manifest.variables.contains_key(*name))
}

/// Refuses settings that no request could be answered with, and secrets that the database was not written with: before anybody is told
/// that the service answers. `values` are the variables as the components will see them.
pub fn check(
    manifest: &Manifest,
    values: &BTreeMap<String, String>,
    config: &RuntimeConfig,
    state: &StateDir,
) -> anyhow::Result<()> {
    if !is_ours(manifest) {
        return Ok(());
    }
    let database = database(values.get(DATABASE).map_or("", String::as_str), config, state)?;
    block_on(async {
        const REMEDY: &str = "the settings can't be used; docs/settings.md says what each can be";
        let settings = Settings::load(&Resolved(values)).await.context(REMEDY)?;
        let keys = Keys::load(&Resolved(values)).await.context("the installation's secrets can't be used")?;
        check_sms(&settings).context(REMEDY)?;
        let memory = manifest.components.values().filter(|component| component.limits.cpu_bound);
        let memory = memory.map(|component| component.limits.resolve(1).memory).min().unwrap_or(usize::MAX);
        password::check_cost(&settings, memory).context(REMEDY)?;
        World { database, settings, keys, entropy: System, now: Timestamp::from_system() }
            .check_keys(state.path())
            .await
    })
}

fn check_sms(settings: &Settings) -> anyhow::Result<()> {
    match settings.sms_provider {
        SmsProvider::Webhook => {
            let url = settings.sms_webhook_url.parse::<http::Uri>().ok();
            if url.is_none_or(|url| !matches!(url.scheme_str(), Some("http" | "https")) || url.host().is_none()) {
                bail!("`sms_provider` is webhook, and `sms_webhook_url` is not an address of http or https");
            }
            if settings.sms_webhook_secret.is_empty() {
                bail!("`sms_provider` is webhook, and `sms_webhook_secret` is empty");
            }
        }
        SmsProvider::Outbox if settings.environment == Environment::Production => {
            eprintln!(
                "Note: SMS are kept in the database and reach no phone, since `sms_provider` is outbox. `webhook` hands them to a gateway."
            );
        }
        SmsProvider::Outbox => {}
    }
    Ok(())
}

/// Variables as the components will see them.
struct Resolved<'a>(&'a BTreeMap<String, String>);

#[async_trait(?Send)]
impl Variables for Resolved<'_> {
    async fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }
}

/// The database that the components will use.
fn database(url: &str, config: &RuntimeConfig, state: &StateDir) -> anyhow::Result<NativeDatabase> {
    if !matches!(url, "" | "sqlite") {
        return Ok(eport_database::open(url)?);
    }
    let path = match config.sqlite_databases.get("default") {
        None => state.path().join(SQLITE_FILE),
        Some(settings) => match &settings.path {
            Some(path) => path.clone(),
            None => bail!(
                "the runtime configuration keeps the SQLite database \"default\" in memory, where its tables can't be made\n  Give it a \
                 path under [sqlite_database.default]."
            ),
        },
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    Ok(eport_database::open(&format!("sqlite:{}", path.display()))?)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use super::*;
    use crate::manifest::SourceFile;
    use crate::runtime_config::SqliteSettings;

    const SECRETS: &str = "signing_keys = { required = true }\nverifying_keys = { required = true }\ndata_keys = { required = true }\n\
                           index_key = { required = true }\npepper = { required = true }\nseal_keys = { required = true }\n\
                           seal_certificates = { required = true }\n";

    fn manifest(variables: &str) -> Manifest {
        let text = format!(
            "spin_manifest_version = 2\n[application]\nname = \"a\"\n[variables]\n{variables}\n\
             [[trigger.http]]\nroute = \"/\"\ncomponent = \"a\"\n[component.a]\nsource = \"main.rs\"\n\
             [component.a.tool.eport]\ncpu_bound = true\n"
        );
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/spin.toml");
        Manifest::check(SourceFile::new(&path, text)).unwrap()
    }

    struct Fixture {
        _folder: tempfile::TempDir,
        state: StateDir,
        manifest: Manifest,
        config: RuntimeConfig,
        sources: Sources,
    }

    impl Fixture {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let state = StateDir::open(&folder.path().join("state")).unwrap();
            let manifest = manifest(&format!("{SECRETS}database_url = {{ default = \"sqlite\" }}"));
            Self { _folder: folder, state, manifest, config: RuntimeConfig::default(), sources: Sources::default() }
        }

        fn prepare(&self) -> anyhow::Result<bool> {
            prepare(&self.manifest, &self.sources, &self.config, &self.state)
        }

        fn has(&self, file: &str) -> bool {
            self.state.path().join(file).exists()
        }
    }

    #[test]
    fn the_first_start_makes_tables_and_secrets_and_the_second_nothing() {
        let fixture = Fixture::new();
        assert!(fixture.prepare().unwrap());
        assert!(fixture.has(SECRETS_FILE) && fixture.has(SQLITE_FILE));
        assert!(!fixture.prepare().unwrap());
    }

    #[test]
    fn the_manifest_of_another_application_is_left_alone() {
        let fixture = Fixture { manifest: manifest("database_url = { default = \"sqlite\" }"), ..Fixture::new() };
        assert!(!fixture.prepare().unwrap());
        assert!(!fixture.has(SECRETS_FILE) && !fixture.has(SQLITE_FILE));
    }

    #[test]
    fn secrets_that_come_from_elsewhere_are_not_made() {
        let environment = NAMES.iter().map(|name| (name.to_string(), "from elsewhere".to_owned())).collect();
        let fixture = Fixture { sources: Sources { environment, ..Sources::default() }, ..Fixture::new() };
        assert!(!fixture.prepare().unwrap());
        assert!(!fixture.has(SECRETS_FILE) && fixture.has(SQLITE_FILE));
    }

    #[test]
    fn a_database_in_use_whose_secrets_are_gone_gets_no_new_ones() {
        let fixture = Fixture::new();
        fixture.prepare().unwrap();
        let file = rusqlite::Connection::open(fixture.state.path().join(SQLITE_FILE)).unwrap();
        let account =
            "INSERT INTO accounts (id, name, state, created_at, updated_at) VALUES ('1', 'x', 'active', 0, 0)";
        file.execute(account, []).unwrap();
        std::fs::remove_file(fixture.state.path().join(SECRETS_FILE)).unwrap();
        let error = fixture.prepare().unwrap_err().to_string();
        assert!(error.contains("Put it back from your backup"), "{error}");
        assert!(!fixture.has(SECRETS_FILE));
    }

    fn given(secrets: &Secrets) -> BTreeMap<String, String> {
        secrets.variables().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// What `check` says of an installation with these variables beside its own secrets.
    fn checked(fixture: &Fixture, variables: &[(&str, &str)]) -> Result<(), String> {
        let secrets = Secrets::read(fixture.state.path()).unwrap().unwrap();
        let mut values = given(&secrets);
        values.insert(DATABASE.to_owned(), "sqlite".to_owned());
        values.extend(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        check(&fixture.manifest, &values, &fixture.config, &fixture.state).map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn settings_that_nothing_could_be_done_with_are_named_at_the_start() {
        let fixture = Fixture::new();
        fixture.prepare().unwrap();
        checked(&fixture, &[]).unwrap();
        for (name, value) in [
            ("environment", "prod"),
            ("login_tries", "abc"),
            ("session_seconds", "-5"),
            ("argon2_memory_kib", "1"),
            ("argon2_memory_kib", "99999999"),
            ("sms_provider", "webhook"),
            ("pepper", "short"),
        ] {
            let error = checked(&fixture, &[(name, value)]).unwrap_err();
            assert!(error.contains(&format!("`{name}`")), "{name}: {error}");
            assert!(!error.contains("short"), "{error}");
        }
        let webhook = [("sms_provider", "webhook"), ("sms_webhook_url", "https://sms.example.cn/send")];
        assert!(checked(&fixture, &webhook).unwrap_err().contains("`sms_webhook_secret`"));
    }

    #[test]
    fn secrets_of_another_installation_are_refused() {
        let (fixture, other) = (Fixture::new(), Fixture::new());
        fixture.prepare().unwrap();
        other.prepare().unwrap();
        let index = given(&Secrets::read(other.state.path()).unwrap().unwrap()).remove("index_key").unwrap();
        // Nothing is stored yet that could be lost.
        checked(&fixture, &[("index_key", &index)]).unwrap();
        let keys = block_on(async {
            let secrets = Secrets::read(fixture.state.path())?.unwrap();
            Ok(Keys::load(&Resolved(&given(&secrets))).await?)
        });
        let database = database("sqlite", &fixture.config, &fixture.state).unwrap();
        block_on(async {
            eport_shared::sql::transaction(&database, async |connection| {
                let event = eport_shared::audit::Event { action: "test.done".to_owned(), ..Default::default() };
                let now = Timestamp::from_system();
                eport_shared::audit::record_system(keys.as_ref().unwrap(), &System, now, connection, event).await
            })
            .await?;
            Ok(())
        })
        .unwrap();
        checked(&fixture, &[]).unwrap();
        assert!(checked(&fixture, &[("index_key", &index)]).unwrap_err().contains("the secrets don't fit"));
    }

    #[test]
    fn the_runtime_configuration_moves_the_database() {
        let mut fixture = Fixture::new();
        let moved = |path| BTreeMap::from([("default".to_owned(), SqliteSettings { path, full_sync: false })]);
        let path = fixture.state.path().join("elsewhere/main.db");
        fixture.config.sqlite_databases = moved(Some(path.clone()));
        fixture.prepare().unwrap();
        assert!(path.exists() && !fixture.has(SQLITE_FILE));

        fixture.config.sqlite_databases = moved(None);
        assert!(fixture.prepare().unwrap_err().to_string().contains("[sqlite_database.default]"));
    }

    #[test]
    fn postgres_is_migrated_where_the_variable_names_it() {
        let Some(postgres) = eport_database::testing::empty_postgres() else { return };
        let command_line = BTreeMap::from([(DATABASE.to_owned(), postgres.url().to_owned())]);
        let fixture = Fixture { sources: Sources { command_line, ..Sources::default() }, ..Fixture::new() };
        assert!(fixture.prepare().unwrap());
        assert!(!fixture.has(SQLITE_FILE));
        assert!(!block_on(is_in_use(postgres.native())).unwrap());
    }
}
