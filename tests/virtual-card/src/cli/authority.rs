//! `ca`: what the platform must know of the test authority.

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use eport_virtual_card::{
    ca::{CrlAge, TestCa},
    card::Slot,
    key::Algorithm,
    stored_card::StoredCard,
};

use super::{State, algorithm};

/// Prints certificates and lists of the test authority as PEM, and revokes cards.
#[derive(Debug, Args)]
pub struct Ca {
    #[command(flatten)]
    state: State,
    /// Which authority.
    #[arg(long, default_value = "sm2", value_parser = algorithm())]
    algorithm: Algorithm,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The root's certificate: the trust anchor.
    Root,
    /// The certificate of the authority under it, which issues the cards.
    Intermediate,
    /// The list of revoked cards.
    Crl {
        /// One whose next update was due yesterday.
        #[arg(long)]
        out_of_date: bool,
    },
    /// The root's list, which is empty.
    RootCrl,
    /// Puts a card on the list.
    Revoke {
        /// Its name.
        card: String,
    },
}

impl Ca {
    pub fn run(self) -> Result<()> {
        let folder = self.state.authority(self.algorithm);
        let ca = TestCa::open(&folder, self.algorithm)?;
        match self.what {
            What::Root => print!("{}", ca.root_pem()?),
            What::Intermediate => print!("{}", ca.intermediate_pem()?),
            What::Crl { out_of_date } => {
                let age = if out_of_date { CrlAge::OutOfDate } else { CrlAge::Current };
                print!("{}", ca.crl_pem(age)?);
            }
            What::RootCrl => print!("{}", ca.root_crl_pem(CrlAge::Current)?),
            What::Revoke { card: name } => {
                let card = StoredCard::open(&self.state.card(&name)?)?;
                let content = card.card().memory().slot(Slot::Authentication);
                let certificate = content.and_then(|content| content.certificate.as_deref());
                ca.revoke(certificate.context("this card has no certificate")?)?;
                ca.save_revoked(&folder)?;
                println!("revoked {name}; `ca crl` prints the new list");
            }
        }
        Ok(())
    }
}
