//! The rules of seals and signature images, through the routes, on both databases; and images on their own.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

mod access;
mod change;
mod drawing;
mod evidence;
mod images;
mod ink;
mod make;
mod office;
mod signatures;
mod speed;
mod state;
