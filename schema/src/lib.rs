//! What everyone shares: domain types, wire types, the error catalogue, the routes and the SQL migrations. No I/O.

pub mod clock;
