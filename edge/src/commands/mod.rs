//! What `eport` can be told to do, one module per command.

mod audit;
mod keys;
mod migrate;
mod registry;
mod staff;
mod start;
mod trust;
mod up;
mod world;

use clap::{Parser, Subcommand};

/// Eport ID on one machine: the runtime for its components, and the commands around it.
#[derive(Debug, Parser)]
#[command(name = "eport", version, about, disable_help_subcommand = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the application of a spin.toml.
    Up(up::Up),
    /// Brings a database to the tables that this version needs.
    Migrate(migrate::Migrate),
    /// Makes and manages the accounts of the platform's staff.
    Staff(staff::Staff),
    /// Keeps the authorities that cards are trusted from.
    Trust(trust::Trust),
    /// Takes in the authority's registry of enterprises.
    Registry(registry::Registry),
    /// Adds new keys for signing and encrypting.
    RotateKeys(keys::RotateKeys),
    /// Makes the installation's secrets, and hands them over.
    Secrets(keys::SecretsCommand),
    /// Checks the audit.
    Audit(audit::Audit),
}

impl Cli {
    /// Does what was asked.
    pub fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Up(up) => up.run(),
            Command::Migrate(migrate) => migrate.run(),
            Command::Staff(staff) => staff.run(),
            Command::RotateKeys(rotate) => rotate.run(),
            Command::Secrets(secrets) => secrets.run(),
            Command::Trust(trust) => trust.run(),
            Command::Registry(registry) => registry.run(),
            Command::Audit(audit) => audit.run(),
        }
    }
}
