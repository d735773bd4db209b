//! The card bridge's program.

fn main() {}
