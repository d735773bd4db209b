//! A card for developers and for demonstrations: issues cards, and plays them into a virtual reader.

mod cli;

use anyhow::Result;
use clap::Parser;

fn main() -> Result<()> {
    cli::Arguments::parse().run()
}
