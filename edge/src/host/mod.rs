//! What components call: Spin's interfaces, and outbound HTTP.

pub mod http;
pub mod key_value;
pub mod postgres;
pub mod sqlite;
pub mod tls;
mod variables;

/// Rust types and traits for the interfaces in `edge/wit`.
#[allow(missing_docs, clippy::all, reason = "generated code")]
pub mod bindings {
    wasmtime::component::bindgen!({
        path: "wit",
        world: "eport:edge/host",
        imports: {
            "spin:sqlite/sqlite.[method]connection.execute": async | trappable,
            "spin:postgres/postgres.[method]connection-builder.build": async | trappable,
            "spin:postgres/postgres.[static]connection.open": async | trappable,
            "spin:postgres/postgres.[method]connection.query": async | trappable,
            "spin:postgres/postgres.[method]connection.execute": async | trappable,
            default: trappable,
        },
        with: {
            "spin:key-value/key-value.store": crate::host::key_value::Store,
            "spin:sqlite/sqlite.connection": crate::host::sqlite::Handle,
            "spin:postgres/postgres.connection-builder": crate::host::postgres::Builder,
            "spin:postgres/postgres.connection": crate::host::postgres::Handle,
        },
    });
}

use wasmtime::component::{HasSelf, Linker};

use crate::wasm::Guest;

/// Everything that a component may import.
pub fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    wasmtime_wasi::p2::add_to_linker_async(linker)?;
    wasmtime_wasi::p3::add_to_linker(linker)?;
    wasmtime_wasi_http::p3::add_to_linker(linker)?;
    bindings::Host_::add_to_linker::<_, HasSelf<Guest>>(linker, |guest| guest)
}
