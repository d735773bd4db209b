//! What `eport` can be told to do, one module per command.

mod up;

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
}

impl Cli {
    /// Does what was asked.
    pub fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Up(up) => up.run(),
        }
    }
}
