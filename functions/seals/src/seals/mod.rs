//! J15: an enterprise's electronic seals.

pub mod evidence;
pub mod make;
pub mod order;
pub mod standing;
pub mod state;
pub mod told;
pub mod view;
