//! Where the pinentry program is.

use std::{
    env,
    path::{Path, PathBuf},
};

/// In order: a person's or distribution's choice, then those with windows, then the one for terminals.
const NAMES: [&str; 7] = [
    "pinentry",
    "pinentry-gnome3",
    "pinentry-qt",
    "pinentry-gtk-2",
    "pinentry-mac",
    "pinentry-basic",
    "pinentry-curses",
];

/// Where installers put it without adding to `PATH`.
const FOLDERS: [&str; 6] = [
    r"C:\Program Files\Gpg4win\bin",
    r"C:\Program Files (x86)\Gpg4win\bin",
    r"C:\Program Files (x86)\GnuPG\bin",
    "/opt/homebrew/bin",
    "/usr/local/bin",
    "/usr/local/MacGPG2/libexec/pinentry-mac.app/Contents/MacOS",
];

/// The program to run: `wanted` if it is there (a path, or a name in `PATH`), else the first of the usual ones.
pub fn find(wanted: Option<&Path>) -> Option<PathBuf> {
    if let Some(wanted) = wanted {
        return if wanted.components().count() > 1 {
            wanted.is_file().then(|| wanted.to_owned())
        } else {
            folders().find_map(|folder| program(folder.join(wanted)))
        };
    }
    NAMES.iter().find_map(|name| folders().find_map(|folder| program(folder.join(name))))
}

fn folders() -> impl Iterator<Item = PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).collect::<Vec<_>>().into_iter().chain(FOLDERS.map(PathBuf::from))
}

fn program(path: PathBuf) -> Option<PathBuf> {
    let path = if env::consts::EXE_SUFFIX.is_empty() { path } else { path.with_extension(env::consts::EXE_EXTENSION) };
    path.is_file().then_some(path)
}
