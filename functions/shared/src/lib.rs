//! What the functions share, as plain Rust: it compiles natively and to WebAssembly, and knows neither Spin nor a clock.

pub use eport_schema::clock;

pub mod accounts;
pub mod address;
pub mod audit;
pub mod caller;
pub mod cards;
pub mod context;
pub mod crypto;
pub mod enterprises;
pub mod health;
pub mod http;
pub mod idempotency;
pub mod inbox;
pub mod keys;
pub mod lockout;
pub mod password;
pub mod platform;
pub mod postgres;
pub mod problem;
pub mod rate;
#[cfg(feature = "registry-import")]
pub mod registry_import;
pub mod serve;
pub mod settings;
pub mod sms;
pub mod sql;
#[cfg(feature = "testing")]
pub mod testing;
pub mod token;
