//! `run`: a card in a reader.

use std::io::{BufRead as _, IsTerminal as _, stdin};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use eport_virtual_card::{
    pcscd::{PcscDaemon, SOCKET_VARIABLE},
    reader::{InsertedCard, VirtualReader},
    stored_card::StoredCard,
};

use super::State;

/// Puts a card into the virtual reader, and stays until it is ended.
///
/// Reads commands, one a line: `insert [CARD]`, `remove`, `list`, `quit`. When there are no more it goes on with what is in the reader.
#[derive(Debug, Args)]
pub struct Run {
    #[command(flatten)]
    state: State,
    /// The card; its name as `issue` had it.
    #[arg(long, default_value = "card")]
    card: String,
    /// The port of vpcd. 35963 is the first reader of a pcscd as Debian installs it.
    #[arg(long, default_value_t = 35963)]
    port: u16,
    /// Starts with an empty reader.
    #[arg(long)]
    empty: bool,
    /// Starts a pcscd of its own beside the one of the machine, and prints the variable that leads programs to it.
    #[arg(long, conflicts_with = "port")]
    own_pcscd: bool,
}

/// The reader, and the card that is in it.
struct Desk {
    state: State,
    reader: VirtualReader,
    /// The card that `insert` means where it names none.
    usual: String,
    inserted: Option<(String, InsertedCard<StoredCard>)>,
}

impl Run {
    pub fn run(self) -> Result<()> {
        let daemon = self.own_pcscd.then(PcscDaemon::start).transpose()?;
        let reader = match &daemon {
            Some(daemon) => {
                println!("{SOCKET_VARIABLE}={}", daemon.socket().display());
                daemon.reader().clone()
            }
            None => VirtualReader::new(self.port, "Virtual PCD"),
        };
        let mut desk = Desk { state: self.state, reader, usual: self.card, inserted: None };
        if !self.empty {
            desk.obey("insert")?;
        }
        if stdin().is_terminal() {
            println!("commands: insert [CARD], remove, list, quit");
        }
        for line in stdin().lock().lines() {
            match desk.obey(&line?) {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(error) => println!("error: {error:#}"),
            }
        }
        // Nobody commands any more: until a signal ends the program.
        loop {
            std::thread::park();
        }
    }
}

impl Desk {
    /// Does what a line says. False: it says to end.
    fn obey(&mut self, line: &str) -> Result<bool> {
        match line.split_whitespace().collect::<Vec<_>>().as_slice() {
            [] => {}
            ["insert"] => self.insert(&self.usual.clone())?,
            ["insert", name] => self.insert(name)?,
            ["remove"] => {
                let (name, card) = self.inserted.take().context("the reader is empty")?;
                card.pull()?;
                println!("removed {name}");
            }
            ["list"] => self.list()?,
            ["quit"] => return Ok(false),
            _ => bail!("the commands are: insert [CARD], remove, list, quit"),
        }
        Ok(true)
    }

    fn insert(&mut self, name: &str) -> Result<()> {
        if let Some((name, _)) = &self.inserted {
            bail!("{name} is in the reader; remove it first");
        }
        let card = StoredCard::open(&self.state.card(name)?)
            .with_context(|| format!("no card {name}; `eport-virtual-card issue --card {name}` makes one"))?;
        self.inserted = Some((name.to_owned(), self.reader.insert(card)?));
        println!("inserted {name}");
        Ok(())
    }

    fn list(&self) -> Result<()> {
        let inside = self.inserted.as_ref().map(|(name, _)| name);
        for name in self.state.card_names()? {
            println!("{name}{}", if inside == Some(&name) { " (in the reader)" } else { "" });
        }
        Ok(())
    }
}
