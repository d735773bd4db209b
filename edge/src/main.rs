//! `eport`: runs Eport ID's components on one machine, from the same manifest and the same files that Spin runs.

mod app;
mod commands;
mod host;
mod http;
mod limits;
mod log;
mod manifest;
mod metrics;
mod outbound;
mod routes;
mod runtime_config;
mod secrets;
mod state_dir;
mod threads;
mod variables;
mod wasm;

use std::process::ExitCode;

use clap::Parser as _;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Everything that speaks TLS here uses ring; without this each would have to say so.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match commands::Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("eport: {error:#}");
            ExitCode::FAILURE
        }
    }
}
