//! Files that hold keys: readable by their owner alone, replaced as a whole.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

/// A file or folder that could not be read or written, or that holds something else.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The system refused.
    #[error("{}: {cause}", path.display())]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// It is there, and is not what it should be.
    #[error("{} is damaged, or was not written by this program", .0.display())]
    Damaged(PathBuf),
}

impl StoreError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |cause| Self::Io { path: path.to_owned(), cause }
    }
}

/// Makes a folder and those above it, for the owner alone where the system knows owners.
pub(crate) fn make_folder(path: &Path) -> Result<(), StoreError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(StoreError::io(path))
}

/// Replaces a file, with mode 0600. It is on the disk when this returns: who reads it later, even after a crash, finds the old content or
/// the new one.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<(), StoreError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let replace = || -> io::Result<()> {
        let mut file = NamedTempFile::new_in(folder)?;
        io::Write::write_all(&mut file, content)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    replace().map_err(StoreError::io(path))
}

/// Reads a file as text.
pub(crate) fn read(path: &Path) -> Result<String, StoreError> {
    fs::read_to_string(path).map_err(StoreError::io(path))
}
