//! What a server does with a certificate and a signature: nothing that they say counts before it is through here.
//!
//! [`Trust::verify`] makes a [`VerifiedCertificate`] of bytes; only that can be asked whether a signature proves that the card is there.

mod algorithms;
mod inspect;
mod path;
mod sm2_signature;
mod verified;

pub use algorithms::ALGORITHMS;
pub use inspect::{AuthorityInfo, InspectError, RevocationListInfo, inspect_authority, inspect_revocation_list};
pub use path::{PathError, RevocationPolicy, Trust, TrustError};
pub use verified::{SignatureError, VerifiedCertificate, signed_by};
