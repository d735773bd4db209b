//! J9: a person joins an enterprise.
//!
//! ```text
//! operator:  ask ──▶ pending ──▶ approved    the administrator says yes: an active operator
//!                       │  └───▶ rejected    the administrator says no, and why
//!                       └──────▶ withdrawn   the person thinks better of it, or their card takes them elsewhere
//! admin:     ask ──▶ approved                where there is no administrator and nobody has verified the enterprise
//! ```
//!
//! Whatever changes who belongs to an enterprise holds the enterprise's row first, so that it is decided by one request at a time.

pub mod ask;
pub mod decide;
pub mod list;
mod subject;
