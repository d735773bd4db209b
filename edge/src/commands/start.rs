//! What `eport up` does before the components start: tables and secrets are there, and fit each other.

use anyhow::bail;
use eport_database::{NativeDatabase, migrate};
use eport_shared::clock::Timestamp;

use super::world::{SQLITE_FILE, System, block_on, is_in_use};
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
    if !NAMES.iter().chain([&DATABASE]).all(|name| manifest.variables.contains_key(*name)) {
        return Ok(false);
    }
    let url = sources.value(manifest, DATABASE).map(String::as_str);
    let database = database(url.unwrap_or_default(), config, state)?;
    block_on(async {
        for step in migrate::run(&database, Timestamp::from_system()).await? {
            eprintln!("Applied migration {}.", step.name);
        }
        if Secrets::read(state.path())?.is_some() {
            return Ok(false);
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
                           index_key = { required = true }\npepper = { required = true }\n";

    fn manifest(variables: &str) -> Manifest {
        let text = format!(
            "spin_manifest_version = 2\n[application]\nname = \"a\"\n[variables]\n{variables}\n\
             [[trigger.http]]\nroute = \"/\"\ncomponent = \"a\"\n[component.a]\nsource = \"main.rs\"\n"
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
