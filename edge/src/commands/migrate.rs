//! `eport migrate`: brings a database to the tables that this version needs.

use clap::Args;
use eport_database::migrate::{self, Step};
use eport_shared::clock::Timestamp;

use super::world::{Missing, Place, block_on};

/// Options of `eport migrate`.
#[derive(Debug, Args)]
#[command(after_help = "\
`eport up` does the same at its start; this command is for PostgreSQL behind Spin, where several servers share a database, and for a look before
an update. It may be repeated and may run while another one does: each migration is applied once, whole or not at all. There is no way back
other than a backup, so make one first.

Examples:
  eport migrate --database postgres://eport:…@db.internal/eport --status
  eport migrate --state-dir /var/lib/eport")]
pub struct Migrate {
    #[command(flatten)]
    place: Place,
    /// Shows which migrations are applied and which are not, and changes nothing.
    #[arg(long)]
    status: bool,
}

impl Migrate {
    /// Applies what is missing, and says what it did.
    pub fn run(self) -> anyhow::Result<()> {
        block_on(async {
            if self.status {
                let database = self.place.database(Missing::Refuse)?;
                let steps = migrate::status(&database).await?;
                println!("{database}");
                steps.iter().for_each(|step| println!("{}", line(step)));
                return Ok(());
            }
            let database = self.place.database(Missing::Make)?;
            let applied = migrate::run(&database, Timestamp::from_system()).await?;
            applied.iter().for_each(|step| println!("applied {}", step.name));
            match applied.len() {
                0 => println!("{database} was up to date."),
                _ => println!("{database} is up to date."),
            }
            Ok(())
        })
    }
}

fn line(step: &Step) -> String {
    match step.applied_at {
        Some(at) => format!("{}  applied {}", step.name, at.to_rfc3339()),
        None => format!("{}  to be applied", step.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_shown_with_its_time_or_as_still_to_do() {
        let step = |applied_at| Step { number: 1, name: "0001_accounts", applied_at };
        assert_eq!(line(&step(None)), "0001_accounts  to be applied");
        let at = Timestamp::parse_rfc3339("2026-11-22T01:40:37Z");
        assert_eq!(line(&step(at)), "0001_accounts  applied 2026-11-22T01:40:37Z");
    }
}
