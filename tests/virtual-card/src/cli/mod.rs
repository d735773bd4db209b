//! The command line.

mod authority;
mod demo;
mod issue;
mod log_in;
mod run;
mod service;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::{Parser, Subcommand, builder::PossibleValuesParser, builder::TypedValueParser};
use eport_virtual_card::key::Algorithm;

/// A PIV card in software, for tests and demonstrations of Eport ID. Nothing that it holds is secret, nothing that it signs is worth
/// anything.
///
/// It appears in a reader of vpcd (Debian: vsmartcard-vpcd), which pcscd has under the name "Virtual PCD".
#[derive(Debug, Parser)]
#[command(name = "eport-virtual-card", version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Issue(issue::Issue),
    Run(run::Run),
    Ca(authority::Ca),
    LogIn(log_in::LogIn),
    Demo(demo::Demo),
}

impl Arguments {
    /// Does what the arguments say.
    pub fn run(self) -> Result<()> {
        match self.command {
            Command::Issue(issue) => issue.run(),
            Command::Run(run) => run.run(),
            Command::Ca(ca) => ca.run(),
            Command::LogIn(log_in) => log_in.run(),
            Command::Demo(demo) => demo.run(),
        }
    }
}

/// Where cards and authorities are kept.
#[derive(Debug, clap::Args)]
struct State {
    /// The folder for cards and authorities. Made if it isn't there; its files are for their owner alone.
    #[arg(long, global = true, value_name = "FOLDER", default_value = ".eport-cards")]
    state: PathBuf,
}

impl State {
    fn authority(&self, algorithm: Algorithm) -> PathBuf {
        self.state.join(format!("ca-{}", algorithm.name()))
    }

    fn cards(&self) -> PathBuf {
        self.state.join("cards")
    }

    /// The file of a card.
    fn card(&self, name: &str) -> Result<PathBuf> {
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
        if name.is_empty() || !name.chars().all(plain) {
            bail!("a card's name has letters, digits, '-' and '_' alone, and {name:?} has not");
        }
        Ok(self.cards().join(format!("{name}.json")))
    }

    /// The names of all cards, sorted.
    fn card_names(&self) -> Result<Vec<String>> {
        let folder = self.cards();
        if !folder.exists() {
            return Ok(Vec::new());
        }
        let mut names = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                names.extend(path.file_stem().and_then(|name| name.to_str()).map(str::to_owned));
            }
        }
        names.sort();
        Ok(names)
    }
}

/// Reads one of the names that a type knows for its values.
fn named<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    name: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(all.iter().map(move |value| name(*value)))
        .try_map(move |given| all.iter().copied().find(|value| name(*value) == given).ok_or("unknown"))
}

fn algorithm() -> impl TypedValueParser<Value = Algorithm> {
    named(&Algorithm::ALL, Algorithm::name)
}

fn show(path: &Path) -> String {
    path.display().to_string()
}
