//! The IC card of Eport ID's tests and demonstrations.
//!
//! - [`card`]: a PIV card (NIST SP 800-73-4) in Rust, with SM2, P-256 and RSA keys. Nothing but APDU in, APDU out.
//! - [`reader`]: puts a card into a reader of `vpcd`, the virtual reader of `pcscd`, and pulls it out again, also in the middle of a command.
//! - [`pcscd`]: a `pcscd` of a test's own, so that tests run beside each other and leave the one of the machine alone.
//! - [`ca`]: the test authority, which issues good cards and every kind of bad one.
//! - [`stored_card`]: a card that is a file, and so outlives the program.
//! - [`key`]: the private keys.
//! - [`pinentry`]: the person who is asked for the PIN.
//!
//! ```no_run
//! use std::time::Duration;
//! use eport_virtual_card::{card::{Card, Personalisation, Secret, Slot}, key::{Algorithm, PrivateKey}, pcscd::PcscDaemon};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let daemon = PcscDaemon::start()?;
//! let key = PrivateKey::generate(Algorithm::P256)?;
//! let memory = Personalisation::new(Secret::pin("123456")?, Secret::puk(b"12345678")?).with(Slot::Authentication, key, None);
//! let inserted = daemon.reader().insert(Card::new(memory))?;
//! assert!(inserted.wait_until_powered(Duration::from_secs(5)));
//! let seen = daemon.command("opensc-tool").arg("--name").output()?;
//! assert_eq!(seen.stdout, b"Personal Identity Verification Card\n");
//! # Ok(()) }
//! ```

pub mod ca;
pub mod card;
pub mod key;
pub mod pcscd;
pub mod pinentry;
pub mod reader;
mod store;
pub mod stored_card;

pub use store::StoreError;
