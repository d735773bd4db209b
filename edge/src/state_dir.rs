//! The state directory: databases, secrets and compiled code of one installation. Nobody else can read it.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

/// A state directory that exists.
#[derive(Debug, Clone)]
pub struct StateDir(PathBuf);

/// Held as long as `eport up` runs on a state directory; the kernel lets go of it with the process.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Why a state directory can't be used.
#[derive(Debug, thiserror::Error)]
pub enum StateDirError {
    /// It can't be made or changed.
    #[error(
        "the state directory {0} can't be used: {1}\n  Give this user the right to write there, or name another with --state-dir."
    )]
    // Not a source: the message has it already.
    Io(PathBuf, io::Error),
    /// Another `eport up` runs on it.
    #[error(
        "another `eport up` (process {1}) already runs on the state directory {0}\n  Stop it first, or start this one with a --state-dir of its own."
    )]
    Taken(PathBuf, String),
}

impl StateDir {
    /// Makes the directory where it is missing, and takes everyone else's rights away.
    pub fn open(path: &Path) -> Result<Self, StateDirError> {
        let error = |error| StateDirError::Io(path.to_owned(), error);
        if !path.is_dir() {
            DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(error)?;
        }
        let mode = std::fs::metadata(path).map_err(error)?.permissions().mode();
        if mode & 0o077 != 0 {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700)).map_err(error)?;
        }
        Ok(Self(path.to_owned()))
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Where compiled code is kept.
    pub fn cache(&self) -> PathBuf {
        self.0.join("cache")
    }

    /// Makes this process the only `eport up` here. SQLite would allow two, but they would hold two truths about caches and limits, and a
    /// second one is most often one that was forgotten.
    pub fn lock(&self) -> Result<Lock, StateDirError> {
        let error = |error| StateDirError::Io(self.0.clone(), error);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(self.0.join("eport.lock"))
            .map_err(error)?;
        if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
            let mut holder = String::new();
            let _ = file.read_to_string(&mut holder);
            return Err(StateDirError::Taken(self.0.clone(), holder.trim().to_owned()));
        }
        file.set_len(0).map_err(error)?;
        write!(file, "{}", std::process::id()).map_err(error)?;
        Ok(Lock { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_is_this_users_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b");
        StateDir::open(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        StateDir::open(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_second_server_on_one_directory_is_told_which_process_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::open(folder.path()).unwrap();
        let lock = state.lock().unwrap();
        let error = state.lock().unwrap_err().to_string();
        assert!(error.contains(&std::process::id().to_string()) && error.contains("--state-dir"), "{error}");
        drop(lock);
        state.lock().unwrap();
    }
}
