//! Electronic seals (`SESeal`) as GB/T 38540-2020 has them, version 4: made, read and verified. No I/O, no clock, no randomness of its own.

#[cfg(feature = "keygen")]
mod keygen;
mod maker;
mod structure;
mod verify;

#[cfg(feature = "keygen")]
pub use keygen::{KeygenError, MakerKey, generate};
pub use maker::{Order, SealMaker};
pub use structure::{Header, Picture, Property, SeSeal, SealInfo};
pub use verify::read;

/// The user id that goes into every SM2 signature (GM/T 0009).
const SM2_USER_ID: &str = "1234567812345678";

/// SM2 with SM3 (GM/T 0006).
const SM2_WITH_SM3: der::oid::ObjectIdentifier = der::oid::ObjectIdentifier::new_unwrap("1.2.156.10197.1.501");

/// Why there is no seal. No message holds any part of a key or a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The private key is none on SM2's curve.
    #[error("the seal maker's private key is none of SM2")]
    Key,
    /// The seal maker's certificate isn't one, or not one for an SM2 key.
    #[error("the seal maker's certificate is not one DER certificate with an SM2 key")]
    Certificate,
    /// Key and certificate don't belong together.
    #[error("the seal maker's certificate is not that of the private key")]
    OtherKey,
    /// Something can't stand in the structure: a name or a picture that is too long, a time before 1970.
    #[error("the seal can't be written as ASN.1")]
    Encoding,
    /// The bytes are no SESeal of version 4.
    #[error("this is not a seal of GB/T 38540-2020, version 4")]
    Structure,
    /// The signature isn't the seal maker's over this seal.
    #[error("the seal's signature is wrong")]
    Signature,
}
