//! What the card bridge and the functions agree on: the text that a card signs, the algorithms that it may sign with, and what its
//! certificate says of its holder. With the feature `verify` also what only a server does: path, revocation and signature.
//!
//! No clock, no randomness, no I/O.

mod algorithm;
mod challenge;
mod holder;
mod number;
mod profile;
#[cfg(feature = "verify")]
pub mod verify;

pub use algorithm::{Algorithm, AlgorithmRefused};
pub use challenge::{CHALLENGE_PREFIX, ChallengeError, Nonce, Origin, Purpose, SealDigest, challenge_text};
pub use holder::{CertificateError, HolderCertificate, IdNumber, Organisation};
pub use number::{CardClass, CardNumber, CardNumberError};
pub use profile::{CLASS_OID, CardProfile, USCC_OID};
