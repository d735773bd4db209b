//! A `pcscd` of a test's own, with virtual readers alone.

use std::{
    convert::Infallible,
    ffi::OsStr,
    fmt::Write as _,
    fs, io,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        atomic::{AtomicU16, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::reader::VirtualReader;

/// The environment variable that tells PC/SC programs where the `pcscd` is that they shall use.
///
/// `libpcsclite` reads it once, at its first use in a process.
pub const SOCKET_VARIABLE: &str = "PCSCLITE_CSOCK_NAME";

/// What `vpcd` brings: one driver serves this many readers, on ports that follow each other.
const SLOTS_PER_DRIVER: u16 = 2;

/// `pcscd` itself allows no more.
const MOST_READERS: u16 = 16;

/// Debian's place for the driver of `vpcd`.
const DRIVERS: &str = "/usr/lib/pcsc/drivers";

/// It takes some 30 ms; a machine that is busy compiling, up to a second.
const START_LIMIT: Duration = Duration::from_secs(20);

/// What the daemon says once all its readers are there.
const READY: &str = "daemon ready";

/// What kept a `pcscd` from starting.
#[derive(Debug, thiserror::Error)]
pub enum PcscdError {
    /// A program or a driver isn't installed.
    #[error("{0} is missing: script/setup --test installs it")]
    Missing(&'static str),
    /// More readers than `pcscd` can have, or none.
    #[error("pcscd has 1 to {MOST_READERS} readers, not {0}")]
    Readers(u16),
    /// A file, a port or a process could not be had.
    #[error("{what}: {cause}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// What the system said.
        cause: io::Error,
    },
    /// The daemon ended, or didn't become ready.
    #[error("pcscd did not become ready. It said:\n{log}")]
    NotReady {
        /// The end of what it printed.
        log: String,
    },
}

/// The process, and what keeps its parent thread alive.
#[derive(Debug)]
struct Running {
    child: Child,
    _keeper: mpsc::Sender<Infallible>,
}

fn io_error(what: &'static str) -> impl FnOnce(io::Error) -> PcscdError {
    move |cause| PcscdError::Io { what, cause }
}

/// A running `pcscd`. Dropping it stops it.
///
/// The place of its socket is compiled into `pcscd`, so it runs in a mount namespace of its own, in which `/run` is a folder of this
/// daemon's. It sees no driver but `vpcd`'s, so it leaves real readers to the `pcscd` of the machine. Any number can run beside each other.
///
/// `vpcd` listens on all addresses of the machine, and who connects is a card: this is for tests and demonstrations.
#[derive(Debug)]
pub struct PcscDaemon {
    running: Option<Running>,
    folder: TempDir,
    first: VirtualReader,
    readers: Vec<VirtualReader>,
}

impl PcscDaemon {
    /// Starts a daemon with two readers, both empty.
    pub fn start() -> Result<Self, PcscdError> {
        Self::with_readers(2)
    }

    /// Starts a daemon with `count` empty readers.
    pub fn with_readers(count: u16) -> Result<Self, PcscdError> {
        if count == 0 || count > MOST_READERS {
            return Err(PcscdError::Readers(count));
        }
        let folder = TempDir::with_prefix("pcscd-").map_err(io_error("making a folder for pcscd"))?;
        let readers = write_configuration(folder.path(), count)?;
        let first = readers.first().cloned().ok_or(PcscdError::Readers(count))?;
        let mut daemon = Self { running: None, folder, first, readers };
        daemon.resume()?;
        // A driver has its readers in pairs.
        daemon.readers.truncate(count.into());
        Ok(daemon)
    }

    /// The socket, for [`SOCKET_VARIABLE`].
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("run/pcscd/pcscd.comm")
    }

    /// The readers, in the order of their names.
    pub fn readers(&self) -> &[VirtualReader] {
        &self.readers
    }

    /// The first reader.
    pub fn reader(&self) -> &VirtualReader {
        &self.first
    }

    /// A program that will talk to this daemon.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env(SOCKET_VARIABLE, self.socket());
        command
    }

    /// The id of the process, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.running.as_ref().map(|running| running.child.id())
    }

    /// What the daemon has printed so far: which readers and cards come and go; no APDU.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Stops the daemon as a shutdown or an upgrade does: its socket and its readers are gone until [`PcscDaemon::resume`].
    pub fn stop(&mut self) {
        if let Some(mut running) = self.running.take() {
            // Both fail only if it has ended by itself.
            let _ = running.child.kill();
            let _ = running.child.wait();
            let _ = fs::remove_dir_all(self.folder.path().join("run/pcscd"));
        }
    }

    /// Starts a daemon that was stopped, with the same socket and readers.
    pub fn resume(&mut self) -> Result<(), PcscdError> {
        if self.running.is_some() {
            return Ok(());
        }
        self.running = Some(spawn(self.folder.path())?);
        let deadline = Instant::now() + START_LIMIT;
        loop {
            let log = self.log();
            let ended = match &mut self.running {
                Some(running) => running.child.try_wait().map_err(io_error("looking after pcscd"))?.is_some(),
                None => true,
            };
            let failed = log.contains("Could not initialize") || log.contains("init failed");
            if log.contains(READY) && self.socket().exists() && !failed {
                return Ok(());
            }
            if ended || failed || Instant::now() >= deadline {
                self.stop();
                return Err(PcscdError::NotReady { log });
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for PcscDaemon {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Lays out the folder: `run` (becomes `/run`), `drivers` (copies, for each copy is a driver with its own slots), `none` (hides the
/// drivers of the machine), `readers` (reader.conf).
fn write_configuration(folder: &Path, count: u16) -> Result<Vec<VirtualReader>, PcscdError> {
    let driver = find_driver()?;
    for name in ["run", "drivers", "none", "readers"] {
        fs::create_dir(folder.join(name)).map_err(io_error("making a folder for pcscd"))?;
    }
    let mut configuration = String::new();
    let mut readers = Vec::new();
    for (index, letter) in (0..count.div_ceil(SLOTS_PER_DRIVER)).zip('A'..) {
        let copy = folder.join(format!("drivers/{index}.so"));
        fs::copy(&driver, &copy).map_err(io_error("copying the driver of vpcd"))?;
        let port = free_ports(SLOTS_PER_DRIVER).map_err(io_error("finding free ports for vpcd"))?;
        let name = format!("Virtual reader {letter}");
        // Writing to a string can't fail.
        let _ = writeln!(
            configuration,
            "FRIENDLYNAME \"{name}\"\nDEVICENAME /dev/null:{port:#X}\nLIBPATH {}\nCHANNELID {port:#X}\n",
            copy.display()
        );
        readers
            .extend((0..SLOTS_PER_DRIVER).map(|slot| VirtualReader::new(port + slot, format!("{name} 00 {slot:02X}"))));
    }
    fs::write(folder.join("readers/virtual"), configuration).map_err(io_error("writing reader.conf"))?;
    Ok(readers)
}

/// The folder is `/usr/lib/pcsc/drivers/serial` on Debian; others put the machine's name between.
fn find_driver() -> Result<PathBuf, PcscdError> {
    ["/usr/lib/pcsc/drivers/serial", "/usr/lib64/pcsc/drivers/serial", "/usr/local/lib/pcsc/drivers/serial"]
        .iter()
        .map(|folder| Path::new(folder).join("libifdvpcd.so"))
        .find(|path| path.exists())
        .ok_or(PcscdError::Missing("vsmartcard-vpcd"))
}

fn find_program(name: &'static str) -> Result<PathBuf, PcscdError> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        // Where Debian has it, also for people whose PATH leaves it out.
        .chain(["/usr/sbin", "/sbin"].map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
        .ok_or(PcscdError::Missing(name))
}

fn spawn(folder: &Path) -> Result<Running, PcscdError> {
    // Each program replaces the one before it, so the process that is started is in the end pcscd itself.
    const IN_NAMESPACE: &str = r#"
        mount --no-mtab --bind "$1/run" /run &&
        mount --no-mtab --bind "$1/none" "$2" &&
        exec setpriv --pdeathsig KILL -- "$3" --foreground --info --config "$1/readers"
    "#;
    let pcscd = find_program("pcscd")?;
    let log = fs::File::create(folder.join("log")).map_err(io_error("making a log for pcscd"))?;
    let errors = log.try_clone().map_err(io_error("making a log for pcscd"))?;
    let mut command = Command::new(find_program("unshare")?);
    command.arg("--mount");
    if !rustix::process::geteuid().is_root() {
        command.arg("--map-root-user");
    }
    command.args(["sh", "-c", IN_NAMESPACE, "sh"]).arg(folder).arg(DRIVERS).arg(pcscd);
    command.stdin(Stdio::null()).stdout(log).stderr(errors);
    keep(command).map_err(io_error("starting pcscd"))
}

/// Starts a process from a thread that lives as long as the value returned.
///
/// `--pdeathsig` kills `pcscd` when the *thread* that started it ends, and so also when this process is killed; the thread that asks for a
/// daemon may well end before it.
fn keep(mut command: Command) -> io::Result<Running> {
    let (started, starting) = mpsc::channel();
    let (keeper, end) = mpsc::channel::<Infallible>();
    thread::Builder::new().name("keeper of pcscd".to_owned()).spawn(move || {
        if started.send(command.spawn()).is_ok() {
            // Ends when the sender is dropped.
            let _ = end.recv();
        }
    })?;
    let child = starting.recv().map_err(io::Error::other)??;
    Ok(Running { child, _keeper: keeper })
}

/// The first of `count` ports that follow each other and that nobody listens on now.
///
/// They lie below the ones that the system gives to outgoing connections, and below the card bridge's own, where a page that looks for the bridge
/// would be taken for a card. Tests that run beside each other search from different places.
fn free_ports(count: u16) -> io::Result<u16> {
    const FIRST: u16 = 10_240;
    const LAST: u16 = 24_800;
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let places = (LAST - FIRST) / count;
    let seed = u16::try_from(std::process::id() % u32::from(places)).unwrap_or_default();
    for _ in 0..places {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        // Processes that started one after the other have ids that follow each other: keep them apart.
        let place = (u32::from(seed) * 61 + u32::from(step)) % u32::from(places);
        let port = FIRST + u16::try_from(place).unwrap_or_default() * count;
        if (port..port + count).all(|port| TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).is_ok()) {
            return Ok(port);
        }
    }
    Err(io::Error::new(io::ErrorKind::AddrInUse, "all are taken"))
}
