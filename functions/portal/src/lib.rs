//! The page: files that were built with the component, and nothing else. It needs no database, no settings, no secrets.

pub mod answer;
pub mod files;
pub mod policy;

pub use answer::answer;

#[cfg(target_family = "wasm")]
eport_adapter::component!(request => eport_adapter::answer(request, answer));
