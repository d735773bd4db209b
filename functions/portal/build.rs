//! Takes the page into the component: every file of `portal/dist`, in each encoding that the page's build wrote.
//!
//! `files.json` there lists them: `[{ path, type, etag, immutable, encodings: { identity, gzip?, br? } }]`, the encodings being file names.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

fn main() {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let dist = manifest.join("../../portal/dist");
    let list = dist.join("files.json");
    println!("cargo::rerun-if-changed={}", list.display());
    let written = read(&list).and_then(|files| table(&dist, &files)).and_then(|table| {
        let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default()).join("files.rs");
        std::fs::write(out, table).map_err(|error| error.to_string())
    });
    if let Err(problem) = written {
        println!("cargo::error=the page is not built ({problem}): run script/portal first");
    }
}

fn read(list: &Path) -> Result<Vec<Value>, String> {
    let text = std::fs::read(list).map_err(|error| format!("{}: {error}", list.display()))?;
    serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", list.display()))
}

/// The Rust text of the table.
fn table(dist: &Path, files: &[Value]) -> Result<String, String> {
    let dist = dist.canonicalize().map_err(|error| error.to_string())?;
    let mut table = "&[\n".to_owned();
    for file in files {
        let text =
            |name: &str| file.get(name).and_then(Value::as_str).ok_or_else(|| format!("a file without `{name}`"));
        let bytes = |encoding: &str| {
            let name = file.get("encodings").and_then(|encodings| encodings.get(encoding)).and_then(Value::as_str);
            name.map(|name| format!("include_bytes!({:?})", dist.join(name)))
        };
        let optional = |encoding| bytes(encoding).map_or_else(|| "None".to_owned(), |bytes| format!("Some({bytes})"));
        let immutable = file.get("immutable").and_then(Value::as_bool).unwrap_or_default();
        let identity = bytes("identity").ok_or("a file without bytes")?;
        let _ = writeln!(
            table,
            "    File {{ path: {:?}, content_type: {:?}, etag: {:?}, immutable: {immutable}, identity: {identity}, gzip: {}, br: {} }},",
            text("path")?,
            text("type")?,
            text("etag")?,
            optional("gzip"),
            optional("br"),
        );
    }
    table.push(']');
    Ok(table)
}
