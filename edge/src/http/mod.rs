//! The server: connections, requests, and what the runtime adds to and takes from them.

mod connection;
mod problem;
mod request;
mod server;
mod service;
mod tls;
mod trace;

pub use server::{Listening, Server};
pub use tls::acceptor;
