//! `--runtime-config`: Spin's own file that moves stores and databases and brings variables.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use crate::manifest::{ConfigError, SourceFile};

/// A runtime configuration, checked. Paths are absolute or relative to the working directory.
#[derive(Debug)]
pub struct RuntimeConfig {
    /// The variables that its providers give, first provider first.
    pub variables: BTreeMap<String, String>,
    /// Prefixes of environment variables beyond `SPIN_VARIABLE`.
    pub environment_prefixes: Vec<String>,
    /// Key-value stores by label; `None` keeps the store in memory.
    pub key_value_stores: BTreeMap<String, Option<PathBuf>>,
    /// SQLite databases by label.
    pub sqlite_databases: BTreeMap<String, SqliteSettings>,
    /// Connections to one PostgreSQL server at most.
    pub postgres_connections: usize,
}

impl Default for RuntimeConfig {
    fn default() -> Self {
        Self {
            variables: BTreeMap::new(),
            environment_prefixes: Vec::new(),
            key_value_stores: BTreeMap::new(),
            sqlite_databases: BTreeMap::new(),
            // PostgreSQL takes 100 by default, from all its clients together.
            postgres_connections: 32,
        }
    }
}

/// Where a SQLite database lies, and how safe a commit is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SqliteSettings {
    /// `None` keeps it in memory.
    pub path: Option<PathBuf>,
    /// A commit waits until the disk has it. Without it, a commit survives the end of the process, and the last ones may be lost with
    /// the power.
    pub full_sync: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, alias = "config_provider")]
    variables_provider: Vec<Spanned<Provider>>,
    #[serde(default)]
    key_value_store: BTreeMap<String, Spanned<Store>>,
    #[serde(default)]
    sqlite_database: BTreeMap<String, Spanned<Store>>,
    #[serde(default)]
    outbound_pg: OutboundPg,
    // Spin reads these too; they have no counterpart here.
    #[serde(default, rename = "state_dir")]
    _state_dir: Option<toml::Value>,
    #[serde(default, rename = "log_dir")]
    _log_dir: Option<toml::Value>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct OutboundPg {
    max_connections: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Provider {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    values: BTreeMap<String, String>,
    prefix: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Store {
    #[serde(rename = "type")]
    kind: String,
    path: Option<PathBuf>,
    synchronous: Option<String>,
}

impl RuntimeConfig {
    /// Reads the file at `path`. Relative paths in it start at its folder.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let file = SourceFile::read(path, "Correct the path after --runtime-config.")?;
        Self::check(&file)
    }

    fn check(file: &SourceFile) -> Result<Self, ConfigError> {
        let raw: File = file.parse()?;
        let mut config = Self::default();
        if let Some(connections) = raw.outbound_pg.max_connections {
            config.postgres_connections = connections.max(1);
        }
        for provider in raw.variables_provider {
            let span = provider.span();
            let provider = provider.into_inner();
            match provider.kind.as_str() {
                "static" => {
                    for (name, value) in provider.values {
                        config.variables.entry(name).or_insert(value);
                    }
                }
                "env" => config.environment_prefixes.extend(provider.prefix),
                other => {
                    return Err(file.error(
                        span,
                        format!("variables provider \"{other}\" is not there"),
                        "Use \"static\" or \"env\"; for a vault, run the application on Spin.",
                    ));
                }
            }
        }
        for (label, store) in raw.key_value_store {
            let settings = check_store(file, store)?;
            config.key_value_stores.insert(label, settings.path);
        }
        for (label, store) in raw.sqlite_database {
            let settings = check_store(file, store)?;
            config.sqlite_databases.insert(label, settings);
        }
        Ok(config)
    }
}

fn check_store(file: &SourceFile, store: Spanned<Store>) -> Result<SqliteSettings, ConfigError> {
    let span = store.span();
    let store = store.into_inner();
    if store.kind != "spin" {
        return Err(file.error(
            span,
            format!("store type \"{}\" is not there", store.kind),
            "Use \"spin\" (SQLite on this machine), or run the application on Spin.",
        ));
    }
    let full_sync = match store.synchronous.as_deref() {
        None | Some("normal") => false,
        Some("full") => true,
        Some(_) => {
            return Err(file.error(
                span,
                "synchronous is neither \"normal\" nor \"full\"",
                "\"normal\": a commit survives the process; \"full\": also the loss of power.",
            ));
        }
    };
    let folder = file.path().parent().unwrap_or(Path::new(""));
    Ok(SqliteSettings { path: store.path.map(|path| folder.join(path)), full_sync })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<RuntimeConfig, String> {
        let file = SourceFile::new(Path::new("/etc/eport/runtime.toml"), text.to_owned());
        RuntimeConfig::check(&file).map_err(|error| error.to_string())
    }

    #[test]
    fn spins_own_format_is_read() {
        let config = check(
            "[[variables_provider]]\ntype = \"static\"\nvalues = { database = \"postgres://db\" }\n\
             [sqlite_database.default]\ntype = \"spin\"\npath = \"data/main.db\"\nsynchronous = \"full\"\n\
             [key_value_store.default]\ntype = \"spin\"\npath = \"/var/kv.db\"\n",
        )
        .unwrap();
        assert_eq!(config.variables["database"], "postgres://db");
        assert_eq!(
            config.sqlite_databases["default"],
            SqliteSettings { path: Some("/etc/eport/data/main.db".into()), full_sync: true }
        );
        assert_eq!(config.key_value_stores["default"], Some("/var/kv.db".into()));
    }

    #[test]
    fn the_first_provider_wins() {
        let config = check(
            "[[variables_provider]]\ntype = \"static\"\nvalues = { a = \"1\" }\n\
             [[variables_provider]]\ntype = \"static\"\nvalues = { a = \"2\", b = \"3\" }\n",
        )
        .unwrap();
        assert_eq!(config.variables["a"], "1");
        assert_eq!(config.variables["b"], "3");
    }

    #[test]
    fn what_is_not_there_is_refused_with_its_line() {
        let error = check("\n[[variables_provider]]\ntype = \"vault\"\n").unwrap_err();
        assert!(error.contains("runtime.toml:2") && error.contains("vault"), "{error}");
        let error = check("[sqlite_database.default]\ntype = \"libsql\"\n").unwrap_err();
        assert!(error.contains("libsql"), "{error}");
        let error = check("[llm_compute]\ntype = \"spin\"\n").unwrap_err();
        assert!(error.contains("llm_compute"), "{error}");
    }
}
