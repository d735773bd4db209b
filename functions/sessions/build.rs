//! Writes the OpenAPI document from the types that the routes really take and give.

use std::path::Path;

fn main() {
    let out = std::env::var_os("OUT_DIR").unwrap_or_default();
    let document = eport_schema::openapi::document().to_string();
    if let Err(error) = std::fs::write(Path::new(&out).join("openapi.json"), document) {
        println!("cargo::error=the OpenAPI document can't be written: {error}");
    }
}
