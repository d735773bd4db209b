//! The secrets of an installation: `secrets.toml` in the state directory, made at first start, never printed but by `eport secrets export`.
//!
//! The file appears whole or not at all: it is written beside its place, flushed to the disk, and renamed. A lock on the directory keeps two
//! writers apart.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use eport_shared::clock::Timestamp;
use eport_shared::keys::{self, Keys};
use eport_shared::platform::{Entropy, random};
use eport_shared::settings::{SettingError, Variables};
use futures::FutureExt as _;
use zeroize::Zeroizing;

use crate::state_dir::StateDir;
use crate::variables::SECRETS_FILE;

/// The variables that every installation has in its file, in its order.
pub const NAMES: [&str; 7] =
    ["seal_keys", "seal_certificates", "signing_keys", "verifying_keys", "data_keys", "index_key", "pepper"];

/// Those that files of earlier versions lack: they are added, not missed. They come first in the file, so that one that breaks off lacks
/// something else, too.
const ADDED: [&str; 2] = ["seal_keys", "seal_certificates"];

/// How long the certificate is valid that the seal maker gives itself.
const SEAL_YEARS: u32 = 10;

/// How long a verifying key is kept after its successor came: far longer than an access token lives, even one of a day's cache elsewhere.
const VERIFY_MILLISECONDS: i64 = 24 * 60 * 60 * 1000;

const HEADER: &str = "\
# The secrets of this installation of Eport ID, made by `eport`. Whoever has this file can read all personal data in the database and sign in
# as anyone; whoever loses it can't read that data ever again. Keep a copy, but not together with the backups of the database.
# Each line is a variable of spin.toml; more of them may be added. `eport rotate-keys` adds keys, `eport secrets export` shows them.
";

/// Why the secrets can't be used. No message holds any part of one.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// The file or its directory can't be read or written.
    #[error("{} can't be {action}: {why}", path.display())]
    Io {
        /// The file or the directory.
        path: PathBuf,
        /// `read` or `written`.
        action: &'static str,
        /// Why. Not called `source`, which would be printed twice.
        why: io::Error,
    },
    /// Somebody else may have read it.
    #[error(
        "{0} can be read by others (mode {1:o}), so its secrets may be known\n  Run: chmod 600 {0}\n  Where others use this machine, \
         also run: eport rotate-keys",
        path.display(), mode
    )]
    ReadableByOthers {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The seal maker's key could not be made.
    #[error("the seal maker's key can't be made: {0}")]
    SealKey(#[from] eport_seal::KeygenError),
    /// It isn't what `eport` wrote.
    #[error(
        "{0} is damaged or half-written: {problem}\n  Put back the copy from your backup. Only where the database is empty too may the \
         file be deleted: `eport up` then makes a new one, with which nothing that is stored can be read",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, without its text.
        problem: String,
    },
}

/// What [`Secrets::rotate`] changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// A new key signs access tokens; the public halves of earlier ones stay for a day.
    Signing,
    /// A new key encrypts; all earlier ones stay, for what they encrypted.
    Data,
}

/// What came of a rotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The new key's id.
    pub id: String,
    /// How many earlier keys are kept.
    pub kept: usize,
}

/// The secrets of an installation, checked.
pub struct Secrets {
    path: PathBuf,
    values: BTreeMap<String, Zeroizing<String>>,
}

/// Names alone.
impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values.keys()).finish()
    }
}

#[async_trait(?Send)]
impl Variables for Secrets {
    async fn get(&self, name: &str) -> Option<String> {
        self.values.get(name).map(|value| value.to_string())
    }
}

impl Secrets {
    /// The file in `state`; `None` where there is none.
    pub fn read(state: &Path) -> Result<Option<Self>, SecretsError> {
        let path = state.join(SECRETS_FILE);
        let failed = |why| SecretsError::Io { path: path.clone(), action: "read", why };
        let mode = match std::fs::metadata(&path) {
            Ok(metadata) => metadata.permissions().mode() & 0o777,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        if mode & 0o077 != 0 {
            return Err(SecretsError::ReadableByOthers { path, mode });
        }
        let text = Zeroizing::new(std::fs::read_to_string(&path).map_err(failed)?);
        let damaged = |problem| SecretsError::Damaged { path: path.clone(), problem };
        let values: BTreeMap<String, String> = toml::from_str(&text).map_err(|error| damaged(place(&text, &error)))?;
        let values = values.into_iter().map(|(name, value)| (name, Zeroizing::new(value))).collect();
        let secrets = Self { path: path.clone(), values };
        secrets.check().map_err(damaged)?;
        Ok(Some(secrets))
    }

    /// The file in `state`, made now where there is none; `true` says that it was.
    pub fn ensure(state: &StateDir, entropy: &dyn Entropy, now: Timestamp) -> Result<(Self, bool), SecretsError> {
        if let Some(secrets) = Self::read(state.path())?.filter(Self::is_complete) {
            return Ok((secrets, false));
        }
        let _lock = lock(state.path())?;
        // Another process may have made it while we waited.
        let (mut secrets, made) = match Self::read(state.path())? {
            Some(secrets) if secrets.is_complete() => return Ok((secrets, false)),
            // Of a version that made no seals.
            Some(secrets) => (secrets, false),
            None => (Self::generate(state.path().join(SECRETS_FILE), entropy, now), true),
        };
        secrets.add_seal_key(entropy, now)?;
        secrets.write()?;
        Ok((secrets, made))
    }

    /// All variables in the file, those of [`NAMES`] first.
    pub fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        let rank = |name: &str| NAMES.iter().position(|known| *known == name).unwrap_or(NAMES.len());
        let mut names: Vec<_> = self.values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        names.sort_by_key(|(name, _)| rank(name));
        names.into_iter()
    }

    /// Adds a new first key in the file in `state`, and says which; `None` where there is no file.
    pub fn rotate(
        state: &StateDir,
        rotations: &[Rotation],
        entropy: &dyn Entropy,
        now: Timestamp,
    ) -> Result<Option<Vec<Rotated>>, SecretsError> {
        let _lock = lock(state.path())?;
        let Some(mut secrets) = Self::read(state.path())? else { return Ok(None) };
        let done = rotations
            .iter()
            .map(|rotation| match rotation {
                Rotation::Signing => secrets.rotate_signing(entropy, now),
                Rotation::Data => Ok(secrets.rotate_data(entropy, now)),
            })
            .collect::<Result<_, _>>()?;
        secrets.write()?;
        Ok(Some(done))
    }

    fn generate(path: PathBuf, entropy: &dyn Entropy, now: Timestamp) -> Self {
        let mut secrets = Self { path, values: BTreeMap::new() };
        let seed = Zeroizing::new(random(entropy));
        secrets.put_signing(&key_id("s", entropy, now), &seed, &[]);
        secrets.rotate_data(entropy, now);
        for name in ["index_key", "pepper"] {
            let entry = keys::entry("", &Zeroizing::new(random(entropy)));
            // An entry without its id: these two can't be rotated, for what was hashed with them can't be hashed anew.
            secrets.put(name, entry.trim_start_matches(':'));
        }
        secrets
    }

    /// Whether nothing is left to be added: the file is not of an earlier version.
    pub fn is_complete(&self) -> bool {
        ADDED.iter().all(|name| self.values.contains_key(*name))
    }

    /// The key that electronic seals are made with, and the certificate that it gives itself.
    fn add_seal_key(&mut self, entropy: &dyn Entropy, now: Timestamp) -> Result<(), SecretsError> {
        let made = eport_seal::generate(&mut |buffer| entropy.fill(buffer), now.seconds(), SEAL_YEARS)?;
        let id = key_id("e", entropy, now);
        self.put("seal_keys", &keys::entry(&id, &made.secret));
        self.put("seal_certificates", &keys::certificate_entry(&id, &made.certificate));
        Ok(())
    }

    fn rotate_signing(&mut self, entropy: &dyn Entropy, now: Timestamp) -> Result<Rotated, SecretsError> {
        let known = self.keys().map_err(|problem| self.damaged(problem.to_string()))?.verifying;
        let mut replaced_at = Some(now.milliseconds());
        let mut kept = Vec::new();
        for key in known {
            // A key whose successor's age nobody knows is kept.
            let needed = replaced_at.is_none_or(|at| now.milliseconds().saturating_sub(at) < VERIFY_MILLISECONDS);
            replaced_at = made_at(&key.id);
            if needed {
                kept.push(keys::entry(&key.id, &key.bytes).to_string());
            }
        }
        let id = key_id("s", entropy, now);
        self.put_signing(&id, &Zeroizing::new(random(entropy)), &kept);
        Ok(Rotated { id, kept: kept.len() })
    }

    /// Only the newest private key is kept: nothing is signed with an earlier one.
    fn put_signing(&mut self, id: &str, seed: &[u8; 32], earlier: &[String]) {
        self.put("signing_keys", &keys::entry(id, seed));
        let own = keys::verifying_half(seed).map(|public| keys::entry(id, &public).to_string());
        let all: Vec<&str> = own.iter().chain(earlier).map(String::as_str).collect();
        self.put("verifying_keys", &all.join(" "));
    }

    fn rotate_data(&mut self, entropy: &dyn Entropy, now: Timestamp) -> Rotated {
        let id = key_id("d", entropy, now);
        let new = keys::entry(&id, &Zeroizing::new(random(entropy)));
        let earlier = self.values.get("data_keys").cloned().unwrap_or_default();
        self.put("data_keys", &Zeroizing::new(format!("{} {}", *new, *earlier)));
        Rotated { id, kept: earlier.split_ascii_whitespace().count() }
    }

    fn put(&mut self, name: &str, value: &str) {
        self.values.insert(name.to_owned(), Zeroizing::new(value.trim().to_owned()));
    }

    fn damaged(&self, problem: String) -> SecretsError {
        SecretsError::Damaged { path: self.path.clone(), problem }
    }

    fn check(&self) -> Result<(), String> {
        for name in NAMES.into_iter().filter(|name| !ADDED.contains(name)) {
            if self.values.get(name).is_none_or(|value| value.trim().is_empty()) {
                return Err(format!("`{name}` is missing"));
            }
        }
        self.keys().map(drop).map_err(|error| error.to_string())
    }

    fn keys(&self) -> Result<Keys, SettingError> {
        // Values in memory are there at once.
        let never = SettingError { name: "secrets", problem: "did not come at once" };
        Keys::load(self).now_or_never().unwrap_or(Err(never))
    }

    /// Puts the whole file in place. The caller holds the directory's lock.
    fn write(&self) -> Result<(), SecretsError> {
        let failed = |why| SecretsError::Io { path: self.path.clone(), action: "written", why };
        let mut text = Zeroizing::new(HEADER.to_owned());
        for (name, value) in self.variables() {
            text.push_str(&format!("{} = {}\n", key(name), quoted(value)));
        }
        let beside = self.path.with_extension("toml.new");
        // Left by a process that died while writing; what is in it was never used.
        let _ = std::fs::remove_file(&beside);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside).map_err(failed)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
        std::fs::rename(&beside, &self.path).map_err(failed)?;
        let folder = self.path.parent().unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
    }
}

/// Held by whoever writes the file.
fn lock(state: &Path) -> Result<File, SecretsError> {
    let failed = |why| SecretsError::Io { path: state.to_owned(), action: "written", why };
    let folder = File::open(state).map_err(failed)?;
    folder.lock().map_err(failed)?;
    Ok(folder)
}

/// A key of TOML: bare where it can be.
fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(bare) { name.to_owned() } else { quoted(name) }
}

/// A basic string of TOML. Its escapes are those of JSON, which leaves one control character as it is.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

/// The line of an error, and not what stands there.
fn place(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    format!("line {} can't be read as `name = \"value\"`", before.matches('\n').count() + 1)
}

const MADE_AT: &[time::format_description::FormatItem<'_>] =
    time::macros::format_description!("[year][month][day]T[hour][minute][second]Z");

/// `s-20261122T013700Z-1f3a`: what for, when made, and four digits against two in one second.
fn key_id(kind: &str, entropy: &dyn Entropy, now: Timestamp) -> String {
    let at = time::OffsetDateTime::from_unix_timestamp(now.seconds()).unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
    let [a, b] = random::<2>(entropy);
    format!("{kind}-{}-{a:02x}{b:02x}", at.format(MADE_AT).unwrap_or_default())
}

/// When a key was made, in milliseconds, as its id tells; `None` for ids that other programs gave.
fn made_at(id: &str) -> Option<i64> {
    let at = time::PrimitiveDateTime::parse(id.split('-').nth(1)?, MADE_AT).ok()?;
    at.assume_utc().unix_timestamp().checked_mul(1000)
}

#[cfg(test)]
#[path = "secrets/tests.rs"]
mod tests;
