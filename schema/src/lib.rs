//! What everyone shares: domain types, wire types, the error catalogue, the routes and the SQL migrations. No I/O.

pub mod catalogue;
pub mod clock;
pub mod domain;
pub mod migrations;
#[cfg(feature = "openapi")]
pub mod openapi;
pub mod routes;
pub mod wire;
