//! `eport staff`: the platform's staff (J18), who are made here and never over HTTP.

mod add;
mod list;
mod lock;

use anyhow::bail;
use clap::{Args, Subcommand};
use eport_schema::domain::{PersonName, Phone, Reason, Username};

use super::world::{Missing, Place, block_on};

/// Options of `eport staff`.
#[derive(Debug, Args)]
pub struct Staff {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Makes a staff account and prints its first password, once.
    #[command(after_help = "\
The password is the only line on standard output. It must be changed at the first login, and is kept nowhere: give it to the person by a way
that others don't read. Works before the first `eport up` and while one runs.

Example:
  eport staff add --username zhang.wei --name 张伟")]
    Add {
        /// The name to log in with: 3 to 32 letters, Han characters, digits, `_`, `.`, `-`; a letter first.
        #[arg(long)]
        username: String,
        /// The person's name.
        #[arg(long)]
        name: String,
        /// The person's mobile number, for logging in with SMS codes and resetting the password.
        #[arg(long)]
        phone: Option<String>,
        #[command(flatten)]
        place: Place,
    },
    /// Lists all staff accounts, tab-separated.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Shuts a staff account out at once: its sessions end.
    #[command(after_help = "For accounts of other people, staff use the platform's page or its API.")]
    Lock {
        /// Whom.
        #[arg(long)]
        username: String,
        /// Why; kept in the audit.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        place: Place,
    },
    /// Lets a staff account in again, also one that too many wrong passwords locked.
    Unlock {
        /// Whom.
        #[arg(long)]
        username: String,
        /// Why; kept in the audit.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        place: Place,
    },
}

impl Staff {
    /// Does what was asked.
    pub fn run(self) -> anyhow::Result<()> {
        block_on(async {
            match self.action {
                Action::Add { username, name, phone, place } => {
                    // Checked before anything is made.
                    let person = add::Person {
                        username: read("--username", Username::parse(&username))?,
                        name: read("--name", PersonName::parse(&name))?,
                        phone: phone.map(|phone| read("--phone", Phone::parse(&phone))).transpose()?,
                    };
                    let world = place.world(Missing::Make).await?;
                    world.check_keys(&place.state_dir).await?;
                    let target = Some(("username", person.username.as_str().to_owned()));
                    let password = world.traced("staff.add", target, add::add(&world, &person).await).await?;
                    eprintln!(
                        "Made the staff account {}. Its first password, to be changed at the first login:",
                        person.username.as_str()
                    );
                    println!("{}", *password);
                }
                Action::List { place } => {
                    let database = place.migrated(Missing::Refuse).await?;
                    list::list(&database, &mut std::io::stdout().lock()).await?;
                }
                Action::Lock { username, reason, place } => {
                    let reason = read("--reason", Reason::parse(&reason))?;
                    let world = place.world(Missing::Refuse).await?;
                    world.check_keys(&place.state_dir).await?;
                    let done = lock::lock(&world, &username, &reason).await;
                    match world.traced("staff.lock", Some(("username", named(&username))), done).await? {
                        lock::Done::Changed => println!("{username} is locked, and logged out everywhere."),
                        lock::Done::WasSo => println!("{username} was locked already; nothing changed."),
                    }
                }
                Action::Unlock { username, reason, place } => {
                    let reason = read("--reason", Reason::parse(&reason))?;
                    let world = place.world(Missing::Refuse).await?;
                    world.check_keys(&place.state_dir).await?;
                    let done = lock::unlock(&world, &username, &reason).await;
                    match world.traced("staff.unlock", Some(("username", named(&username))), done).await? {
                        lock::Done::Changed => println!("{username} can log in again."),
                        lock::Done::WasSo => println!("{username} wasn't locked; nothing changed."),
                    }
                }
            }
            Ok(())
        })
    }
}

/// What somebody typed, as the audit keeps it: not at length, and on one line.
fn named(username: &str) -> String {
    username.chars().filter(|c| !c.is_control()).take(64).collect()
}

fn read<T>(option: &str, parsed: Result<T, eport_schema::catalogue::Invalid>) -> anyhow::Result<T> {
    match parsed {
        Ok(value) => Ok(value),
        Err(invalid) => bail!("{option}: {invalid}"),
    }
}

#[cfg(test)]
mod tests;
