//! `eport audit`: the audit's chains (J19), walked from their beginnings.

mod verify;

use anyhow::bail;
use clap::{Args, Subcommand};

use super::world::{Missing, Place, block_on};

/// Options of `eport audit`.
#[derive(Debug, Args)]
pub struct Audit {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Looks for rows that were changed, deleted or put in.
    #[command(after_help = "\
The audit's rows are in sixteen chains: each row carries a MAC over itself and the row before it, under a secret that is not in the database. So a
row that was changed, deleted or put in by hand shows, and in each chain the first such place is named; what comes after it can't be told.
The end of each chain is compared with the chain's head, which is sealed under the same secret, and accounts and sessions with the rows that they
can't be without. What leaves no trace here: the whole database, or one chain and its head, put back to an earlier state that somebody copied; a
chain emptied to its beginning, where there are fewer than 500 rows and no account or session speaks of one that is gone; and whatever somebody
does who has the secret, too. Keep the output of `--all`, or the database's backups, where they can't be reached from it, and compare: a chain that
has fewer rows than before, or at the same number another end, was put back.

Works while a server runs. Ends with status 1 where something is broken.

Example:
  eport audit verify --state-dir /var/lib/eport")]
    Verify {
        #[command(flatten)]
        place: Place,
        /// Shows every chain with its number of rows and the end of its MAC, not only the broken ones.
        #[arg(long)]
        all: bool,
    },
}

impl Audit {
    /// Does what was asked.
    pub fn run(self) -> anyhow::Result<()> {
        let Action::Verify { place, all } = self.action;
        block_on(async {
            let world = place.world(Missing::Refuse).await?;
            let found = verify::verify(&world.database, &world.keys).await?;
            for chain in &found.chains {
                if all || chain.broken.is_some() {
                    println!("{chain}");
                }
            }
            if found.strangers > 0 {
                println!("{} rows are in chains that don't exist: they were put in", found.strangers);
            }
            if found.gone.beginning {
                println!("an account is older than the audit's first row: the rows before it were deleted");
            }
            if found.gone.sessions > 0 {
                println!("{} sessions have no row of their opening: rows were deleted", found.gone.sessions);
            }
            println!("{found}");
            if found.is_whole() {
                return Ok(());
            }
            if found.looks_like_other_keys() {
                bail!(
                    "no chain begins with a row of these secrets\n  Most likely they belong to another installation: name the right folder \
                     with --state-dir (now {}).",
                    place.state_dir.display()
                );
            }
            bail!(
                "the audit is broken\n  Keep the database as it is, and compare it with a backup from before the first broken row's time."
            )
        })
    }
}

#[cfg(test)]
mod tests;
