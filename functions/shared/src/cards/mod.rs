//! Cards: what they are asked to sign, whether they did, and whose they are (§6, J10, J11).

pub mod binding;
pub mod challenge;
#[cfg(feature = "card")]
pub mod proof;
#[cfg(feature = "card")]
pub mod trust;
#[cfg(feature = "card")]
pub mod trust_store;
