//! The settings file, and what is in it. Every setting has a default: no file is a file without settings.

use std::{
    io,
    path::{Path, PathBuf},
};

use directories::ProjectDirs;
use eport_card::{CardProfile, Origin};
use eport_schema::{catalogue::Language, wire::Secret};
use serde::{Deserialize, Deserializer, de::Error as _};

use crate::card::piv::DEFAULT_SM2_ALGORITHM;

/// The first of the ports (§6 of the specification).
pub const FIRST_PORT: u16 = 24817;
/// How many are tried.
pub const PORTS: u16 = 10;
/// The port of the client control.
pub const COMPAT_PORT: u16 = 61232;
/// The fewest characters of a program's token: 128 bits and more in any usual writing.
const SHORTEST_TOKEN: usize = 32;

/// The settings.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Sites that may use the card without being asked about.
    #[serde(deserialize_with = "origins")]
    pub allowed_origins: Vec<Origin>,
    /// The first port to try; the nine after it are tried too.
    pub port: u16,
    /// Whether to answer as the port's client control too.
    pub compat: bool,
    /// Where, then.
    pub compat_port: u16,
    /// Whether pages of the client control must not pass a PIN: the person is asked instead.
    pub forbid_page_pin: bool,
    /// What a program without an origin must send. None: programs are refused.
    pub program_token: Option<Secret>,
    /// The pinentry program: a path, or a name in `PATH`. None: the usual ones.
    pub pinentry: Option<PathBuf>,
    /// The language of windows and of `doctor`: `zh-CN` or `en`. None: the system's.
    pub language: Option<String>,
    /// How long a person may think, in seconds.
    pub person_timeout: u64,
    /// The algorithm id under which PIV cards sign with SM2.
    pub sm2_algorithm: u8,
    /// A file for the log, besides standard error.
    pub log_file: Option<PathBuf>,
    /// Which extension of a card's certificate says what.
    pub card_profile: CardProfile,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            allowed_origins: Vec::new(),
            port: FIRST_PORT,
            compat: false,
            compat_port: COMPAT_PORT,
            forbid_page_pin: false,
            program_token: None,
            pinentry: None,
            language: None,
            person_timeout: 120,
            sm2_algorithm: DEFAULT_SM2_ALGORITHM,
            log_file: None,
            card_profile: CardProfile::default(),
        }
    }
}

/// Why the settings can't be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file can't be read.
    #[error("the settings file {0} can't be read: {1}")]
    Unreadable(PathBuf, io::Error),
    /// The file isn't right.
    #[error("the settings file {0} is not right: {1}")]
    Malformed(PathBuf, Box<toml::de::Error>),
    /// A setting isn't right.
    #[error("the settings file {0} is not right: {1}")]
    Setting(PathBuf, &'static str),
}

impl Settings {
    /// Reads `file`, or the file in its usual place if there is one.
    ///
    /// # Errors
    /// Where a file that was named isn't there, or a setting is wrong or unknown.
    pub fn read(file: Option<&Path>) -> Result<Self, SettingsError> {
        let path = match file {
            Some(file) => file.to_owned(),
            None => match default_file().filter(|file| file.exists()) {
                Some(file) => file,
                None => return Ok(Self::default()),
            },
        };
        let text = std::fs::read_to_string(&path).map_err(|error| SettingsError::Unreadable(path.clone(), error))?;
        let settings = Self::parse(&text).map_err(|error| SettingsError::Malformed(path.clone(), error.into()))?;
        if settings.program_token.as_ref().is_some_and(|token| token.expose().len() < SHORTEST_TOKEN) {
            return Err(SettingsError::Setting(
                path,
                "program_token needs 32 characters or more, for example from `openssl rand -hex 32`",
            ));
        }
        if settings.port.checked_add(PORTS).is_none() {
            return Err(SettingsError::Setting(path, "port must leave room for the nine after it"));
        }
        Ok(settings)
    }

    fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// The language for the person: the setting, else the system's, else Chinese.
    pub fn language(&self) -> Language {
        let wanted = self.language.clone().or_else(|| {
            ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()))
        });
        match wanted {
            Some(wanted) if wanted.starts_with("en") => Language::En,
            _ => Language::Zh,
        }
    }
}

/// `config.toml` in the platform's folder for settings.
pub fn default_file() -> Option<PathBuf> {
    folders().map(|folders| folders.config_dir().join("config.toml"))
}

/// Where the sites are kept that the person allowed.
pub fn default_sites_file() -> Option<PathBuf> {
    folders().map(|folders| folders.data_local_dir().join("allowed-sites.toml"))
}

fn folders() -> Option<ProjectDirs> {
    ProjectDirs::from("cn", "eport-id", "eport-card-bridge")
}

fn origins<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Origin>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    texts.iter().map(|text| Origin::parse(text).map_err(|error| D::Error::custom(format!("{text}: {error}")))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_file_is_the_defaults() {
        let settings = Settings::parse("").unwrap();
        assert_eq!((settings.port, settings.compat, settings.sm2_algorithm), (24817, false, 0xF2));
        assert!(settings.allowed_origins.is_empty() && settings.program_token.is_none());
    }

    #[test]
    fn a_mistake_is_named() {
        for (text, named) in [
            ("alowed_origins = []", "alowed_origins"),
            ("allowed_origins = [\"https://a.example/\"]", "https://a.example/"),
            ("allowed_origins = [\"http://a.example\"]", "http://a.example"),
            ("sm2_algorithm = 256", "256"),
        ] {
            let error = Settings::parse(text).err().unwrap().to_string();
            assert!(error.contains(named), "{error}");
        }
    }

    #[test]
    fn settings_are_read() {
        let settings = Settings::parse(
            "allowed_origins = [\"https://a.example\", \"http://localhost:3000\"]\nlanguage = \"en\"\n[card_profile]\nclass = \"1.2.3\"",
        )
        .unwrap();
        assert_eq!(settings.allowed_origins.len(), 2);
        assert_eq!((settings.language(), settings.card_profile.class.as_str()), (Language::En, "1.2.3"));
    }
}
