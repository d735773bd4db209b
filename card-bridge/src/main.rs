//! The card bridge's program.

use std::{ffi::OsString, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result, bail};
use card_bridge::{
    autostart, doctor, log, run,
    settings::{self, Settings},
};
use lexopt::prelude::{Long, Short, Value, ValueExt as _};

const HELP: &str = "\
Reads the IC card for pages of this machine's browser, asks for the PIN outside of the page, and signs.

Usage: card-bridge <command> [options]

  run                 answer pages on http://127.0.0.1:24817 (or the next free port of ten) until stopped
  doctor              say what is wrong, and what to do about it
  card                show the card that is in the reader
  install-autostart   start the bridge whenever this user logs in

Options:
  --compat            (run, install-autostart) answer pages written for the port's own client control too, on ws://127.0.0.1:61232
  --config FILE       settings; without it: ";

enum Command {
    Run,
    Doctor,
    Card,
    InstallAutostart,
}

struct Options {
    command: Command,
    compat: bool,
    config: Option<PathBuf>,
}

fn main() -> ExitCode {
    match start() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("card-bridge: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> Result<ExitCode> {
    let Some(options) = read(std::env::args_os().skip(1))? else {
        return Ok(ExitCode::SUCCESS);
    };
    let mut settings = Settings::read(options.config.as_deref())?;
    settings.compat |= options.compat;
    // One thread for all pages: they wait most of the time. The card has a thread of its own while something is done with it.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match options.command {
        Command::Run => {
            log::start(settings.log_file.as_deref()).context("the log can't be written")?;
            runtime.block_on(run::run(settings))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Doctor => {
            Ok(if runtime.block_on(doctor::doctor(&settings))? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Command::Card => {
            Ok(if runtime.block_on(doctor::card(settings))? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Command::InstallAutostart => {
            let written = autostart::install(options.config.as_deref(), settings.compat)?;
            println!("{written}");
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// `None` where all that was wanted was printed.
fn read(arguments: impl Iterator<Item = OsString>) -> Result<Option<Options>> {
    let mut parser = lexopt::Parser::from_args(arguments);
    let (mut command, mut compat, mut config) = (None, false, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => {
                let file =
                    settings::default_file().map_or_else(|| "none".to_owned(), |file| file.display().to_string());
                println!("{HELP}{file}\n  --help, --version");
                return Ok(None);
            }
            Short('V') | Long("version") => {
                println!("card-bridge {}", env!("CARGO_PKG_VERSION"));
                return Ok(None);
            }
            Long("compat") => compat = true,
            Long("config") => config = Some(PathBuf::from(parser.value()?)),
            Value(name) if command.is_none() => {
                command = Some(match name.string()?.as_str() {
                    "run" => Command::Run,
                    "doctor" => Command::Doctor,
                    "card" => Command::Card,
                    "install-autostart" => Command::InstallAutostart,
                    other => bail!("there is no command {other:?}; card-bridge --help lists them"),
                });
            }
            other => return Err(other.unexpected()).context("card-bridge --help lists the options"),
        }
    }
    let command =
        command.context("which command? run, doctor, card or install-autostart; card-bridge --help says more")?;
    Ok(Some(Options { command, compat, config }))
}
