//! Where the values of variables come from: the command line, the environment, the runtime configuration, `secrets.toml`, the manifest.
//! The first of these that knows a name gives its value.

use std::collections::BTreeMap;
use std::path::Path;

use crate::manifest::{ConfigError, Manifest, SourceFile};
use crate::runtime_config::RuntimeConfig;

/// The sources besides the manifest's defaults, in order of precedence.
#[derive(Debug, Default)]
pub struct Sources {
    /// `--variable name=value`.
    pub command_line: BTreeMap<String, String>,
    /// `SPIN_VARIABLE_NAME`, and the prefixes of the runtime configuration.
    pub environment: BTreeMap<String, String>,
    /// The runtime configuration's static provider.
    pub runtime_config: BTreeMap<String, String>,
    /// `secrets.toml` in the state directory.
    pub secrets: BTreeMap<String, String>,
}

/// The name of the file of secrets in a state directory.
pub const SECRETS_FILE: &str = "secrets.toml";

impl Sources {
    /// Gathers the sources. Environment variables are asked for by `environment`.
    pub fn gather(
        manifest: &Manifest,
        command_line: &[String],
        config: &RuntimeConfig,
        state_dir: &Path,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let mut sources = Self { runtime_config: config.variables.clone(), ..Self::default() };
        for assignment in command_line {
            let refuse = |problem: String, remedy: &str| ConfigError {
                place: format!("--variable {}", assignment.split('=').next().unwrap_or_default()),
                problem,
                remedy: remedy.to_owned(),
            };
            let Some((name, value)) = assignment.split_once('=') else {
                return Err(refuse("has no `=`".into(), "Write --variable name=value."));
            };
            if !manifest.variables.contains_key(name) {
                return Err(refuse(
                    format!("the manifest has no variable `{name}`"),
                    "Correct the name, or declare it under [variables].",
                ));
            }
            sources.command_line.insert(name.to_owned(), value.to_owned());
        }
        for name in manifest.variables.keys() {
            let upper = name.to_ascii_uppercase();
            let prefixes = config.environment_prefixes.iter().map(String::as_str);
            let value = std::iter::once("SPIN_VARIABLE")
                .chain(prefixes)
                .find_map(|prefix| environment(&format!("{prefix}_{upper}")));
            if let Some(value) = value {
                sources.environment.insert(name.clone(), value);
            }
        }
        let secrets = state_dir.join(SECRETS_FILE);
        if secrets.exists() {
            check_mode(&secrets)?;
            sources.secrets = SourceFile::read(&secrets, "Give this user the right to read it.")?.parse()?;
        }
        Ok(sources)
    }

    /// The value of the variable `name`; `None` where neither a source nor the manifest has one.
    pub fn value<'a>(&'a self, manifest: &'a Manifest, name: &str) -> Option<&'a String> {
        [&self.command_line, &self.environment, &self.runtime_config, &self.secrets]
            .into_iter()
            .find_map(|values| values.get(name))
            .or(manifest.variables.get(name)?.variable.default.as_ref())
    }

    /// The value of each variable of the manifest.
    pub fn resolve(&self, manifest: &Manifest) -> Result<BTreeMap<String, String>, ConfigError> {
        let mut values = BTreeMap::new();
        for (name, source) in &manifest.variables {
            let Some(value) = self.value(manifest, name) else {
                return Err(manifest.file.error(
                    source.span.clone(),
                    format!("variable `{name}` is required and has no value"),
                    format!(
                        "Set it with --variable {name}=…, SPIN_VARIABLE_{} in the environment, or {SECRETS_FILE} in the state directory.",
                        name.to_ascii_uppercase()
                    ),
                ));
            };
            values.insert(name.clone(), value.clone());
        }
        Ok(values)
    }
}

/// Secrets that others can read are secrets no more.
fn check_mode(path: &Path) -> Result<(), ConfigError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).map(|meta| meta.permissions().mode()).unwrap_or(0);
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(ConfigError {
        place: path.display().to_string(),
        problem: format!("can be read by others (mode {:o})", mode & 0o777),
        remedy: format!("Run: chmod 600 {}", path.display()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn manifest() -> Manifest {
        let text = "spin_manifest_version = 2\n[application]\nname = \"a\"\n[variables]\nkey = { required = true }\n\
            [[trigger.http]]\nroute = \"/\"\ncomponent = \"a\"\n[component.a]\nsource = \"variables.rs\"\n";
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/spin.toml");
        Manifest::check(SourceFile::new(&path, text.to_owned())).unwrap()
    }

    fn set(value: &str) -> BTreeMap<String, String> {
        BTreeMap::from([("key".to_owned(), value.to_owned())])
    }

    #[test]
    fn the_source_nearest_to_the_caller_wins() {
        let manifest = manifest();
        let mut sources = Sources {
            command_line: set("command line"),
            environment: set("environment"),
            runtime_config: set("runtime configuration"),
            secrets: set("secrets"),
        };
        let value = |sources: &Sources| sources.resolve(&manifest).map(|values| values["key"].clone());
        assert_eq!(value(&sources).unwrap(), "command line");
        sources.command_line.clear();
        assert_eq!(value(&sources).unwrap(), "environment");
        sources.environment.clear();
        assert_eq!(value(&sources).unwrap(), "runtime configuration");
        sources.runtime_config.clear();
        assert_eq!(value(&sources).unwrap(), "secrets");
    }

    #[test]
    fn a_required_variable_without_a_value_names_the_line_and_the_ways_to_set_it() {
        let error = Sources::default().resolve(&manifest()).unwrap_err().to_string();
        assert!(error.contains("spin.toml:5:1"), "{error}");
        assert!(error.contains("--variable key=") && error.contains("SPIN_VARIABLE_KEY"), "{error}");
    }

    #[test]
    fn the_environment_is_asked_in_spins_spelling() {
        let folder = tempfile::tempdir().unwrap();
        let environment = |name: &str| (name == "SPIN_VARIABLE_KEY").then(|| "here".to_owned());
        let sources = Sources::gather(&manifest(), &[], &RuntimeConfig::default(), folder.path(), environment).unwrap();
        assert_eq!(sources.environment["key"], "here");
    }

    #[test]
    fn a_variable_that_the_manifest_lacks_is_refused_without_its_value() {
        let folder = tempfile::tempdir().unwrap();
        let given = ["kye=hunter2".to_owned()];
        let error = Sources::gather(&manifest(), &given, &RuntimeConfig::default(), folder.path(), |_| None)
            .unwrap_err()
            .to_string();
        assert!(error.contains("kye") && !error.contains("hunter2"), "{error}");
    }

    #[test]
    fn secrets_are_read_only_where_nobody_else_can() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(SECRETS_FILE);
        std::fs::write(&path, "key = \"s3cret\"\n").unwrap();
        let gather = || Sources::gather(&manifest(), &[], &RuntimeConfig::default(), folder.path(), |_| None);
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
        assert!(gather().unwrap_err().to_string().contains("chmod 600"));
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        assert_eq!(gather().unwrap().secrets["key"], "s3cret");
    }
}
