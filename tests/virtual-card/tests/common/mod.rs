//! What these tests share.

use std::{
    path::PathBuf,
    process::{Command, Output},
};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

/// A folder of a test's own.
pub struct Folder(TempDir);

impl Folder {
    /// An empty one.
    pub fn new() -> Result<Self> {
        Ok(Self(TempDir::new()?))
    }

    /// Writes a file, and returns where it is.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> Result<PathBuf> {
        let path = self.path(name);
        std::fs::write(&path, content)?;
        Ok(path)
    }

    /// Where a file is, or would be.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

/// Runs `openssl` in a folder; it must succeed. Returns what it printed.
pub fn openssl(folder: &Folder, arguments: &[&str]) -> Result<String> {
    let output = run(folder, arguments)?;
    ensure!(output.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

/// Runs `openssl` in a folder; it must fail. Returns what it said.
#[allow(dead_code, reason = "not every test program needs it")]
pub fn openssl_refused(folder: &Folder, arguments: &[&str]) -> Result<String> {
    let output = run(folder, arguments)?;
    ensure!(!output.status.success(), "openssl {arguments:?} succeeded");
    Ok(String::from_utf8_lossy(&output.stderr).into_owned())
}

#[allow(dead_code, reason = "not every test program needs it")]
/// Verifies an SM2 signature over a file, all by their names in the folder. The key is PEM, the signature DER.
pub fn verify_sm2(folder: &Folder, key: &str, message: &str, signature: &str) -> Result<()> {
    let said = openssl(
        folder,
        &[
            "pkeyutl",
            "-verify",
            "-pubin",
            "-inkey",
            key,
            "-rawin",
            "-digest",
            "sm3",
            "-pkeyopt",
            "distid:1234567812345678",
            "-in",
            message,
            "-sigfile",
            signature,
        ],
    )?;
    ensure!(said.contains("Signature Verified Successfully"), "{said}");
    Ok(())
}

fn run(folder: &Folder, arguments: &[&str]) -> Result<Output> {
    Command::new("openssl")
        .args(arguments)
        .current_dir(folder.0.path())
        .output()
        .context("openssl is missing: script/setup --test installs it")
}
