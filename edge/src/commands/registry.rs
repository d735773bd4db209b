//! `eport registry`: the authority's registry of enterprises (J18), for files of any size and for a job that fetches them.

use std::fs::File;
use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use clap::{Args, Subcommand};
use eport_schema::catalogue::{self, Language};
use eport_shared::audit::{Event, record_system};
use eport_shared::platform::new_id;
use eport_shared::problem::Problem;
use eport_shared::registry_import::{Import, Source, row_end};
use eport_shared::sql::transaction;
use serde_json::json;

use super::world::{Missing, Place, Refused, World, block_on};

/// Options of `eport registry`.
#[derive(Debug, Args)]
pub struct Registry {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Takes in a CSV file.
    #[command(after_help = "\
The first row names the columns: uscc and name, and where they are there registered_address, business_scope and legal_person_name; or in Chinese
统一社会信用代码, 企业名称, 注册地址, 经营范围, 法定代表人. Other columns are passed over. UTF-8, or GB 18030 (GBK).

Rows that are wrong are told with their lines, and the others are taken. A row that is there already changes nothing, so that the same file can
be imported again. Works while a server runs. Ends with status 1 where a row was refused.

Example:
  eport registry import enterprises.csv --dry-run")]
    Import {
        /// The file.
        file: PathBuf,
        /// Checks only; nothing is written.
        #[arg(long)]
        dry_run: bool,
        /// What the file is written in: utf-8 or gb18030 [default: found out].
        #[arg(long)]
        charset: Option<String>,
        #[command(flatten)]
        place: Place,
    },
}

impl Registry {
    /// Does what was asked.
    pub fn run(self) -> anyhow::Result<()> {
        let Action::Import { file, dry_run, charset, place } = self.action;
        block_on(async {
            let world = place.world(Missing::Make).await?;
            world.check_keys(&place.state_dir).await?;
            let done = import(&world, &file, dry_run, charset.as_deref()).await;
            let import = world.traced("registry.import", None, done).await?;
            report(&import, &mut std::io::stdout().lock())
        })
    }
}

/// The size of a part, in bytes: what one transaction takes in, and other writers wait for.
const PART: usize = 2 << 20;

/// A line that is longer than this is no row of a registry.
const LONGEST_LINE: usize = 32 << 20;

async fn import(world: &World, path: &Path, dry_run: bool, charset: Option<&str>) -> anyhow::Result<Import> {
    let mut file = File::open(path).with_context(|| format!("{} can't be read", path.display()))?;
    let id = new_id(world.now, &world.entropy);
    let mut import = Import::begin(id, Source::CommandLine, dry_run, world.now);
    let mut waiting = Vec::new();
    while !import.done {
        let wanted = PART.saturating_sub(waiting.len()).max(PART / 2);
        let read = std::io::copy(&mut (&mut file).take(wanted as u64), &mut waiting)
            .with_context(|| format!("{} can't be read to its end", path.display()))?;
        let last = read == 0;
        let end = if last { waiting.len() } else { row_end(&waiting).unwrap_or(0) };
        if end == 0 && !last {
            if waiting.len() > LONGEST_LINE {
                bail!("{}: the line after line {} has no end", path.display(), import.lines);
            }
            continue;
        }
        let rest = waiting.split_off(end);
        import = take(world, import, &waiting, charset, last).await.with_context(|| path.display().to_string())?;
        waiting = rest;
    }
    Ok(import)
}

/// Takes one part in, in a transaction with its row of the audit.
async fn take(world: &World, before: Import, part: &[u8], charset: Option<&str>, last: bool) -> anyhow::Result<Import> {
    transaction(&world.database, async |connection| {
        let mut import = before.clone();
        import.take(connection, world.now, part, charset, last).await.map_err(refused)?;
        if !import.dry_run {
            let after = json!({
                "rows": import.rows.saturating_sub(before.rows), "added": import.added.saturating_sub(before.added),
                "changed": import.changed.saturating_sub(before.changed),
                "refused": import.refused.saturating_sub(before.refused), "last": last,
            });
            let event = Event {
                action: "registry.imported".to_owned(),
                target: Some(("registry_import", import.id.to_string())),
                ..Event::default()
            };
            let event = event.change(None, Some(after));
            record_system(&world.keys, &world.entropy, world.now, connection, event).await?;
        }
        Ok(import)
    })
    .await
}

fn refused(problem: Problem) -> anyhow::Error {
    let words = format!("{}: {} {}", problem.refusal.code, problem.refusal.detail.en, problem.refusal.fix.en);
    match problem.refusal.status {
        500.. => anyhow!("{words}"),
        _ => Refused { refusal: problem.refusal, words }.into(),
    }
}

fn report(import: &Import, out: &mut dyn Write) -> anyhow::Result<()> {
    for row in &import.shown(Language::En).errors {
        writeln!(out, "line {}\t{}\t{}\t{}", row.line, row.field.as_deref().unwrap_or("-"), row.code, row.detail)?;
    }
    let done = if import.dry_run { "would be" } else { "were" };
    writeln!(
        out,
        "{} rows: {} {done} added, {} {done} changed, {} are there just so, {} {done} refused.",
        import.rows, import.added, import.changed, import.unchanged, import.refused
    )?;
    if import.refused > 0 {
        return Err(Refused {
            refusal: &catalogue::REQUEST_INVALID,
            words: "some rows were refused; the others are taken".to_owned(),
        }
        .into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use anyhow::Result;
    use eport_shared::sql;
    use eport_shared::sql::query;
    use tempfile::TempDir;

    use super::*;

    fn place(folder: &TempDir) -> Place {
        Place { database: None, state_dir: folder.path().join("state") }
    }

    #[tokio::test]
    async fn a_file_larger_than_a_part_is_taken_in_whole() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let world = place(&folder).world(Missing::Make).await?;
        let path = folder.path().join("registry.csv");
        let mut text = "统一社会信用代码,企业名称,经营范围\n".to_owned();
        while text.len() < 2 * PART {
            text.push_str("913300007458363392,杭州示例进出口有限公司,\"信息服务\n软件\"\n");
        }
        text.push_str("913300007458363393,错的,\n91350100M000100Y43,福州示例贸易有限公司,\n");
        std::fs::write(&path, &text)?;

        let checked = import(&world, &path, true, None).await?;
        let none = query(&world.database, &sql!("SELECT COUNT(*) FROM registry"), &[]).await?;
        assert_eq!(none[0].get::<i64>(0)?, 0);
        let done = import(&world, &path, false, None).await?;
        assert_eq!((done.refused, done.rows), (1, checked.rows));
        assert_eq!(done.errors[0].line, i64::try_from(text.lines().count())? - 1);
        let rows = query(&world.database, &sql!("SELECT name FROM registry ORDER BY uscc"), &[]).await?;
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].get::<String>(0)?, "杭州示例进出口有限公司");
        let parts =
            query(&world.database, &sql!("SELECT actor_kind FROM audit WHERE action = 'registry.imported'"), &[])
                .await?;
        assert!(parts.len() >= 2);
        assert_eq!(parts[0].get::<String>(0)?, "system");

        let mut out = Vec::new();
        let refused = report(&done, &mut out).unwrap_err().to_string();
        let out = String::from_utf8(out)?;
        assert!(out.contains("uscc.check_character") && refused.contains("some rows were refused"), "{out}{refused}");
        Ok(())
    }

    #[tokio::test]
    async fn an_open_quote_costs_its_own_row_and_no_other() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let world = place(&folder).world(Missing::Make).await?;
        let path = folder.path().join("registry.csv");
        let mut text = "uscc,name\n91350100M000100Y43,\"福州示例贸易有限公司\n".to_owned();
        // More than a part, so that the quote is still open where the part ends.
        while text.len() < 2 * PART {
            text.push_str("913300007458363392,杭州示例进出口有限公司\n");
        }
        std::fs::write(&path, &text)?;
        let done = import(&world, &path, false, None).await?;
        assert_eq!((done.rows, done.refused, done.added), (i64::try_from(text.lines().count())? - 1, 1, 1));
        assert_eq!((done.errors[0].line, done.errors[0].code.as_str()), (2, "registry.quote"));
        Ok(())
    }

    #[tokio::test]
    async fn what_is_no_such_file_is_refused_with_what_to_do() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let world = place(&folder).world(Missing::Make).await?;
        let path = folder.path().join("registry.csv");
        for (text, words) in [("a,b\n", "registry.header"), ("", "registry.header"), ("uscc,name\n\"x", "0 rows")] {
            std::fs::write(&path, text)?;
            match import(&world, &path, false, None).await {
                Err(error) => assert!(format!("{error:#}").contains(words), "{error:#}"),
                Ok(import) => assert_eq!((import.refused, words), (1, "0 rows")),
            }
        }
        assert!(import(&world, &folder.path().join("none.csv"), false, None).await.is_err());
        Ok(())
    }
}
