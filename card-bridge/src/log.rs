//! The log: codes and readers' names, never a person's data.

use std::{
    fs::{self, OpenOptions},
    io,
    path::Path,
    sync::Mutex,
};

use tracing::Level;
use tracing_subscriber::fmt::writer::MakeWriterExt as _;

/// A file that is longer when the program starts is begun anew.
const LONGEST: u64 = 1024 * 1024;

/// Starts the log on standard error, and in `file` where one is wanted. `CARD_BRIDGE_LOG=debug` says more.
///
/// # Errors
/// Where the file can't be written.
pub fn start(file: Option<&Path>) -> io::Result<()> {
    let level = match std::env::var("CARD_BRIDGE_LOG").as_deref() {
        Ok("debug") => Level::DEBUG,
        _ => Level::INFO,
    };
    let log = tracing_subscriber::fmt().with_max_level(level).with_ansi(false).with_target(false);
    match file {
        None => log.with_writer(io::stderr).init(),
        Some(file) => {
            let begin_anew = fs::metadata(file).is_ok_and(|metadata| metadata.len() > LONGEST);
            let mut options = OpenOptions::new();
            options.create(true).append(!begin_anew).write(true).truncate(begin_anew);
            log.with_writer(Mutex::new(options.open(file)?).and(io::stderr)).init();
        }
    }
    Ok(())
}
