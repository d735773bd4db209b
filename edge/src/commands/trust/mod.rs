//! `eport trust`: whom cards are trusted from (J18), for the first authorities of an installation and for a job that fetches revocation lists.

mod file;

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand, ValueEnum};
use eport_schema::catalogue;
use eport_shared::audit::{self, Event};
use eport_shared::cards::trust_store::{self, Kind, StoreError};
use eport_shared::platform::{Connection, Database as _};
use eport_shared::sql::transaction;
use serde_json::json;
use uuid::Uuid;

use super::world::{Missing, Place, Refused, World, block_on};
use file::Entry;

/// Options of `eport trust`.
#[derive(Debug, Args)]
pub struct Trust {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Takes in the certificates of authorities, and lists of what they have revoked.
    #[command(after_help = "\
A file is DER, or PEM with any number of certificates and lists. A certificate that names itself as its issuer becomes an anchor, which is
trusted as it is; the others are trusted by what issued them. A newer revocation list takes the place of an older one; what is there already
is passed over, so that a job can import the same file each hour.

Example:
  eport trust import root.pem authority.pem authority.crl")]
    Import {
        /// Files, DER or PEM.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// What certificates become.
        #[arg(long, value_enum, default_value_t = As::Auto)]
        r#as: As,
        #[command(flatten)]
        place: Place,
    },
    /// Lists authorities and revocation lists, tab-separated.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Trusts an authority no longer, or takes out a revocation list.
    Remove {
        /// Its SHA-256 as `eport trust list` shows it, or the beginning of it, 8 characters or more.
        sha256: String,
        #[command(flatten)]
        place: Place,
    },
}

/// What an imported certificate becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum As {
    /// An anchor where it names itself as its issuer, an intermediate otherwise.
    Auto,
    /// Trusted as it is.
    Anchor,
    /// Trusted by what issued it.
    Intermediate,
}

impl Trust {
    /// Does what was asked.
    pub fn run(self) -> anyhow::Result<()> {
        block_on(async {
            let out = &mut std::io::stdout().lock();
            match self.action {
                Action::Import { files, r#as, place } => {
                    // All of it is read before anything changes.
                    let entries = read(&files)?;
                    let world = place.world(Missing::Make).await?;
                    world.check_keys(&place.state_dir).await?;
                    let done = import(&world, entries, r#as, out).await;
                    world.traced("trust.import", None, done).await
                }
                Action::List { place } => list(&place.world(Missing::Refuse).await?, out).await,
                Action::Remove { sha256, place } => {
                    let world = place.world(Missing::Refuse).await?;
                    world.check_keys(&place.state_dir).await?;
                    let done = remove(&world, &sha256, out).await;
                    world.traced("trust.remove", None, done).await
                }
            }
        })
    }
}

fn read(files: &[PathBuf]) -> anyhow::Result<Vec<(PathBuf, Entry)>> {
    let mut all = Vec::new();
    for path in files {
        let bytes = std::fs::read(path).with_context(|| format!("{} can't be read", path.display()))?;
        let entries = file::entries(&bytes).with_context(|| path.display().to_string())?;
        all.extend(entries.into_iter().map(|entry| (path.clone(), entry)));
    }
    Ok(all)
}

async fn import(world: &World, entries: Vec<(PathBuf, Entry)>, wanted: As, out: &mut dyn Write) -> anyhow::Result<()> {
    let lines = transaction(&world.database, async |connection| {
        let mut lines = Vec::new();
        for (path, entry) in &entries {
            let line = take_in(world, connection, entry, wanted).await.with_context(|| path.display().to_string())?;
            lines.push(line);
        }
        Ok::<_, anyhow::Error>(lines)
    })
    .await?;
    for line in lines {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Takes one entry in and says what became of it.
async fn take_in(world: &World, connection: &mut dyn Connection, entry: &Entry, wanted: As) -> anyhow::Result<String> {
    let (action, after, line) = match entry {
        Entry::Certificate { der, self_issued } => {
            let kind = match wanted {
                As::Auto if *self_issued => Kind::Anchor,
                As::Anchor => Kind::Anchor,
                As::Auto | As::Intermediate => Kind::Intermediate,
            };
            match trust_store::add_certificate(connection, world.now, &world.entropy, kind, der).await {
                Ok(added) => {
                    let after = json!({ "kind": added.kind, "subject": added.subject, "sha256": added.sha256 });
                    let line = format!("{}\t{}\t{}", added.kind, short(&added.sha256), added.subject);
                    ("trust.certificate_added", (added.id, after), line)
                }
                Err(error) => return known(error),
            }
        }
        Entry::RevocationList { der } => {
            match trust_store::add_list(connection, world.now, &world.entropy, der).await {
                Ok(added) => {
                    let after = json!({ "issuer": added.issuer, "number": added.number, "sha256": added.sha256 });
                    let line = format!(
                        "revocation list\t{}\t{}, {} revoked",
                        short(&added.sha256),
                        added.issuer,
                        added.revoked
                    );
                    ("trust.list_added", (added.id, after), line)
                }
                Err(error) => return known(error),
            }
        }
    };
    let (id, after) = after;
    record(world, connection, action, id, None, Some(after)).await?;
    Ok(line)
}

/// What is there already, or in a newer version, is no failure: the next import of the same file says so again.
fn known(error: StoreError) -> anyhow::Result<String> {
    match error {
        StoreError::Refused(refusal) if *refusal == catalogue::TRUST_KNOWN => {
            Ok("was there already; nothing changed".to_owned())
        }
        StoreError::Refused(refusal) if *refusal == catalogue::TRUST_LIST_OUTDATED => {
            Ok("is older than the list that is there; nothing changed".to_owned())
        }
        error => Err(error.into()),
    }
}

/// More than an installation trusts; `list` says so where it isn't.
const MOST: i64 = 10_000;

async fn list(world: &World, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut connection = world.database.connect().await?;
    let certificates = trust_store::certificates(connection.as_mut(), None, MOST).await?;
    let lists = trust_store::lists(connection.as_mut(), None, MOST).await?;
    writeln!(out, "KIND\tSHA-256\tWHO\tUNTIL")?;
    for entry in &certificates {
        let until = entry.not_after.to_rfc3339();
        writeln!(out, "{}\t{}\t{}\t{until}", entry.kind, entry.sha256, entry.subject)?;
    }
    for entry in &lists {
        let until = entry.next_update.map_or_else(|| "never".to_owned(), |at| at.to_rfc3339());
        writeln!(out, "revocation list\t{}\t{}, {} revoked\t{until}", entry.sha256, entry.issuer, entry.revoked)?;
    }
    if certificates.is_empty() {
        eprintln!("Nobody is trusted yet: no card logs in. Take in the first authority: eport trust import root.pem");
    }
    Ok(())
}

async fn remove(world: &World, sha256: &str, out: &mut dyn Write) -> anyhow::Result<()> {
    let wanted = sha256.trim().to_ascii_lowercase();
    if wanted.len() < 8 || !wanted.bytes().all(|b| b.is_ascii_hexdigit()) {
        bail!("{sha256}: give 8 or more hexadecimal digits of the SHA-256 that `eport trust list` shows");
    }
    let line = transaction(&world.database, async |connection| {
        let certificates = trust_store::certificates(connection, None, MOST).await?;
        let lists = trust_store::lists(connection, None, MOST).await?;
        let matching: Vec<(Uuid, bool)> = certificates
            .iter()
            .map(|entry| (&entry.sha256, entry.id, true))
            .chain(lists.iter().map(|entry| (&entry.sha256, entry.id, false)))
            .filter(|(sha256, ..)| sha256.starts_with(&wanted))
            .map(|(_, id, is_certificate)| (id, is_certificate))
            .collect();
        let (id, is_certificate) = match matching.as_slice() {
            [] => {
                let words = format!("{wanted}: nothing in the trust store has this SHA-256; see `eport trust list`");
                return Err(Refused { refusal: &catalogue::RESOURCE_NOT_FOUND, words }.into());
            }
            [one] => *one,
            _ => bail!("{wanted}: several entries begin so; give more of the SHA-256"),
        };
        let (action, before, line) = if is_certificate {
            let entry = trust_store::remove_certificate(connection, id).await?.context("it went meanwhile")?;
            let before = json!({ "kind": entry.kind, "subject": entry.subject, "sha256": entry.sha256 });
            ("trust.certificate_removed", before, format!("{} is trusted no longer.", entry.subject))
        } else {
            let entry = trust_store::remove_list(connection, id).await?.context("it went meanwhile")?;
            let before = json!({ "issuer": entry.issuer, "number": entry.number, "sha256": entry.sha256 });
            ("trust.list_removed", before, format!("The list of {} is gone.", entry.issuer))
        };
        record(world, connection, action, id, Some(before), None).await?;
        Ok(line)
    })
    .await?;
    writeln!(out, "{line}")?;
    Ok(())
}

async fn record(
    world: &World,
    connection: &mut dyn Connection,
    action: &str,
    id: Uuid,
    before: Option<serde_json::Value>,
    after: Option<serde_json::Value>,
) -> anyhow::Result<()> {
    let event = Event { action: action.to_owned(), target: Some(("trust", id.to_string())), ..Event::default() };
    let event = event.change(before, after);
    Ok(audit::record_system(&world.keys, &world.entropy, world.now, connection, event).await?)
}

/// Enough of a digest to name it.
fn short(sha256: &str) -> &str {
    sha256.get(..16).unwrap_or(sha256)
}

#[cfg(test)]
mod tests;
