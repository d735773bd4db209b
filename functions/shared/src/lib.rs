//! What the functions share, as plain Rust: it compiles natively and to WebAssembly, and knows neither Spin nor a clock.

pub use eport_schema::clock;

pub mod platform;
pub mod sql;
