//! Compiled code, kept in the state directory so that only the first start pays for compiling.

use std::hash::{Hash as _, Hasher};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use ring::digest::{Context, SHA256};
use wasmtime::Engine;
use wasmtime::component::Component;

/// A folder of compiled components.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: PathBuf,
}

/// A component's file and the cache's answer to it.
pub struct Loaded {
    /// Ready to be linked.
    pub component: Component,
    /// It had to be compiled.
    pub compiled: bool,
}

struct DigestHasher(Context);

impl Hasher for DigestHasher {
    fn finish(&self) -> u64 {
        0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}

impl Cache {
    /// The cache in `folder`, which is made (mode 0700) where it is missing.
    pub fn open(folder: &Path) -> io::Result<Self> {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Loads the component in the file at `path`.
    pub fn load(&self, engine: &Engine, path: &Path) -> wasmtime::Result<Loaded> {
        let kept = self.folder.join(file_name(engine, path)?);
        if kept.exists()
            && let Ok(component) = deserialize(engine, &kept)
        {
            return Ok(Loaded { component, compiled: false });
        }
        let code = engine.precompile_component(&std::fs::read(path)?)?;
        let component = match write_atomically(&kept, &code)
            .map_err(wasmtime::Error::from)
            .and_then(|()| deserialize(engine, &kept))
        {
            Ok(component) => component,
            // A full disk costs the next start its speed, and this one nothing.
            Err(_) => Component::new(engine, std::fs::read(path)?)?,
        };
        Ok(Loaded { component, compiled: true })
    }
}

/// The digest of the component and of everything about the engine that its code depends on. Read in pieces: at most starts the component
/// itself isn't needed, only its code.
fn file_name(engine: &Engine, path: &Path) -> io::Result<String> {
    let mut hasher = DigestHasher(Context::new(&SHA256));
    engine.precompile_compatibility_hash().hash(&mut hasher);
    let mut file = std::fs::File::open(path)?;
    let mut piece = vec![0; 64 << 10];
    loop {
        let read = file.read(&mut piece)?;
        match piece.get(..read) {
            Some(bytes) if !bytes.is_empty() => hasher.0.update(bytes),
            _ => break,
        }
    }
    let mut name = String::with_capacity(70);
    for byte in hasher.0.finish().as_ref() {
        use std::fmt::Write as _;
        let _ = write!(name, "{byte:02x}");
    }
    name.push_str(".cwasm");
    Ok(name)
}

#[allow(unsafe_code, reason = "mapping compiled code; see SAFETY")]
fn deserialize(engine: &Engine, path: &Path) -> wasmtime::Result<Component> {
    // SAFETY: the file must hold what `precompile_component` gave and not change while it is mapped. It was written by `write_atomically`
    // under a name that holds the digest of its input and the engine; nobody writes to it again; the folder is mode 0700, so whoever
    // can put another file there already runs code as this user.
    unsafe { Component::deserialize_file(engine, path) }
}

/// Writes a file that is either there as a whole or not at all.
fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let number = COUNTER.fetch_add(1, Relaxed);
    let draft = path.with_extension(format!("{}-{number}.tmp", std::process::id()));
    let write = || {
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&draft, path)
    };
    write().inspect_err(|_| drop(std::fs::remove_file(&draft)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_component_is_compiled_once() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("empty.wasm");
        // The empty component: magic, version 13, layer 1.
        std::fs::write(&source, b"\0asm\x0d\0\x01\0").unwrap();
        let engine = super::super::engine(1, 1 << 20).unwrap();
        let cache = Cache::open(&folder.path().join("cache")).unwrap();
        assert!(cache.load(&engine, &source).unwrap().compiled);
        assert!(!cache.load(&engine, &source).unwrap().compiled);
    }

    #[test]
    fn a_damaged_entry_is_compiled_again() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("empty.wasm");
        std::fs::write(&source, b"\0asm\x0d\0\x01\0").unwrap();
        let engine = super::super::engine(1, 1 << 20).unwrap();
        let cache = Cache::open(&folder.path().join("cache")).unwrap();
        cache.load(&engine, &source).unwrap();
        for entry in std::fs::read_dir(folder.path().join("cache")).unwrap() {
            std::fs::write(entry.unwrap().path(), b"nothing").unwrap();
        }
        assert!(cache.load(&engine, &source).unwrap().compiled);
        assert!(!cache.load(&engine, &source).unwrap().compiled);
    }
}
