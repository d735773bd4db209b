//! `eport rotate-keys` and `eport secrets`: the installation's secrets, changed and handed over.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand, ValueEnum};
use eport_shared::clock::Timestamp;

use super::world::{Missing, Place, System, block_on};
use crate::secrets::{Rotated, Rotation, Secrets};
use crate::state_dir::{StateDir, StateDirError};
use crate::variables::SECRETS_FILE;

/// Options of `eport rotate-keys`.
#[derive(Debug, Args)]
#[command(after_help = "\
Without --signing and --data both are rotated. A running server takes the new keys at its next start; nobody is logged out.

Two secrets can't be rotated: `index_key`, because what it made unique and searchable can't be found under another key, and `pepper`,
because a password's hash can't be made anew without the password.

Examples:
  eport rotate-keys --signing                    a new key signs access tokens
  eport rotate-keys --state-dir /var/lib/eport   both, in another folder")]
pub struct RotateKeys {
    /// A new key for signing access tokens. Earlier ones verify for 24 hours more: a token lives for minutes.
    #[arg(long)]
    signing: bool,
    /// A new key for encrypting personal data. Earlier ones are kept for good: they decrypt what they encrypted.
    #[arg(long)]
    data: bool,
    /// The folder with the installation's secrets, as given to `eport up`.
    #[arg(long, value_name = "FOLDER", default_value = ".eport")]
    state_dir: PathBuf,
}

impl RotateKeys {
    /// Adds the keys, and says which and what is left to do.
    pub fn run(self) -> anyhow::Result<()> {
        let both = self.signing == self.data;
        let mut rotations = Vec::new();
        if self.signing || both {
            rotations.push(Rotation::Signing);
        }
        if self.data || both {
            rotations.push(Rotation::Data);
        }
        let state = existing(&self.state_dir)?;
        let done = Secrets::rotate(&state, &rotations, &System, Timestamp::from_system())?
            .with_context(|| missing(&self.state_dir))?;
        for (rotation, rotated) in rotations.iter().zip(&done) {
            println!("{}", line(*rotation, rotated));
        }
        match state.lock() {
            Err(StateDirError::Taken(_, process)) => {
                println!(
                    "The server that runs (process {process}) still uses the earlier keys: restart it to use the new ones."
                );
            }
            _ => println!(
                "The next `eport up` uses the new keys. Servers on Spin need them as variables: see `eport secrets export`."
            ),
        }
        Ok(())
    }
}

fn line(rotation: Rotation, Rotated { id, kept }: &Rotated) -> String {
    match rotation {
        Rotation::Signing => format!("signing key {id} added; {kept} earlier kept to verify"),
        Rotation::Data => format!("data key {id} added; {kept} earlier kept to decrypt"),
    }
}

/// Options of `eport secrets`.
#[derive(Debug, Args)]
pub struct SecretsCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Makes the secrets of a new installation; leaves those that are there.
    #[command(after_help = "\
`eport up` does the same at its first start: this is for an installation that only ever runs on Spin. Applies missing migrations too.

Example:
  eport secrets make --database sqlite:.spin/sqlite_db.db")]
    Make {
        #[command(flatten)]
        place: Place,
    },
    /// Prints the installation's secrets, for running it on Spin.
    #[command(after_help = "\
Whoever reads the output can read all personal data and sign in as anyone. Send it into a file that only you can read, or straight into the
secret store of your cluster.

Example:
  (umask 077; eport secrets export --format spin-env > spin.env)
  set -a; . ./spin.env; set +a; spin up")]
    Export {
        /// How they are written.
        #[arg(long, value_enum)]
        format: Format,
        /// The folder with the installation's secrets, as given to `eport up`.
        #[arg(long, value_name = "FOLDER", default_value = ".eport")]
        state_dir: PathBuf,
    },
}

/// How secrets are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One `SPIN_VARIABLE_NAME=value` a line, quoted for a shell where it has to be.
    SpinEnv,
}

impl SecretsCommand {
    /// Does what was asked.
    pub fn run(self) -> anyhow::Result<()> {
        match self.action {
            Action::Make { place } => make(&place),
            Action::Export { format: Format::SpinEnv, state_dir } => export(&state_dir),
        }
    }
}

fn make(place: &Place) -> anyhow::Result<()> {
    // What is there must be good.
    if Secrets::read(&place.state_dir)?.is_some() {
        println!("{} was there already.", place.state_dir.join(SECRETS_FILE).display());
        return Ok(());
    }
    block_on(async {
        let database = place.migrated(Missing::Make).await?;
        place.make_secrets(&database).await.map(drop)
    })
}

fn export(state_dir: &Path) -> anyhow::Result<()> {
    let secrets = Secrets::read(state_dir)?.with_context(|| missing(state_dir))?;
    eprintln!("Warning: these are the secrets themselves. Keep them out of logs, shell history and version control.");
    for (name, value) in secrets.variables() {
        println!("SPIN_VARIABLE_{}={}", name.to_ascii_uppercase(), shell(value));
    }
    Ok(())
}

/// A word of a POSIX shell: as it stands where nothing in it is special, else in single quotes.
fn shell(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ':' | '.' | '/' | '=' | '+' | '@' | ',');
    if value.chars().all(plain) { value.to_owned() } else { format!("'{}'", value.replace('\'', r"'\''")) }
}

fn existing(state_dir: &Path) -> anyhow::Result<StateDir> {
    if !state_dir.is_dir() {
        bail!(missing(state_dir));
    }
    Ok(StateDir::open(state_dir)?)
}

fn missing(state_dir: &Path) -> String {
    format!(
        "there are no secrets in {}\n  `eport up` makes them at its first start, and `eport secrets make` without it. If the installation is in another folder, name it with \
         --state-dir.",
        state_dir.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_one_word_of_a_shell() {
        assert_eq!(shell("s-2026:abc_-"), "s-2026:abc_-");
        assert_eq!(shell("a:b c:d"), "'a:b c:d'");
        assert_eq!(shell("it's $HOME"), r"'it'\''s $HOME'");
        let value = "a 'b' \"c\" $d `e` \\ 密\n!";
        let output =
            std::process::Command::new("sh").args(["-c", &format!("printf %s {}", shell(value))]).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), value);
    }

    #[test]
    fn without_secrets_the_answer_says_where_they_come_from() {
        let folder = tempfile::tempdir().unwrap();
        let state_dir = folder.path().join("none");
        let rotate = RotateKeys { signing: true, data: false, state_dir: state_dir.clone() };
        let export = Action::Export { format: Format::SpinEnv, state_dir: state_dir.clone() };
        let results = [rotate.run(), SecretsCommand { action: export }.run()];
        for result in results {
            assert!(result.unwrap_err().to_string().contains("--state-dir"));
        }
        // Looking didn't make it.
        assert!(!state_dir.exists());
    }
}
