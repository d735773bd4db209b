//! One `eport up`, and that it goes when the test goes, however that goes.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rustix::process::{Pid, Signal, kill_process};

/// The first start compiles five components, on a machine that is busy with other tests.
const START: Duration = Duration::from_secs(300);
/// What is under way may take its time limit of 30 s.
const STOP: Duration = Duration::from_secs(45);

/// A running server.
pub(crate) struct Server {
    child: Child,
    /// Kills the server where this process can't: the pipe to it closes when this process is gone.
    guard: Child,
    /// Address and port.
    pub(crate) address: String,
    /// Address and port of the metrics.
    pub(crate) metrics: String,
}

impl Server {
    /// Starts it and waits until it answers. Its output is appended to `out.log` and `err.log` in `folder`.
    pub(crate) fn start(folder: &Path, manifest: &Path, arguments: &[String]) -> Result<Self, String> {
        // One at a time: the first one compiles the components, and the others find them compiled.
        static STARTING: Mutex<()> = Mutex::new(());
        let _turn = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
        let state = folder.join("state");
        share_compiled_code(&state);

        let appended = |name| File::options().create(true).append(true).open(folder.join(name)).expect("a log file");
        let before = read(&folder.join("err.log")).len();
        let mut child = Command::new(eport())
            .arg("up")
            .arg("--from")
            .arg(manifest)
            .arg("--state-dir")
            .arg(&state)
            .args(["--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(appended("out.log"))
            .stderr(appended("err.log"))
            .spawn()
            .unwrap_or_else(|error| panic!("{} can't be started: {error}", eport().display()));
        let guard = Command::new("sh")
            .args(["-c", "cat > /dev/null; kill -KILL \"$1\"", "sh", &child.id().to_string()])
            .stdin(Stdio::piped())
            .spawn()
            .expect("a shell can be started");

        let give_up = Instant::now() + START;
        loop {
            let said = read(&folder.join("err.log")).split_off(before);
            if let (Some(address), Some(metrics)) =
                (after(&said, "answers at http://"), after(&said, "Prometheus are at http://"))
            {
                return Ok(Self { child, guard, address, metrics });
            }
            let gone = child.try_wait().expect("the server's state");
            if gone.is_some() || Instant::now() > give_up {
                let mut server = Self { child, guard, address: String::new(), metrics: String::new() };
                server.kill();
                return Err(format!("eport up didn't start ({gone:?}): {said}"));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL: it can't finish anything.
    pub(crate) fn kill(&mut self) {
        let _ = self.guard.kill();
        let _ = self.guard.wait();
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// SIGTERM, and waits for the end.
    pub(crate) fn stop(&mut self) -> io::Result<ExitStatus> {
        if let Some(status) = self.child.try_wait()? {
            return Ok(status);
        }
        // Before the process is waited for: afterwards its number may be somebody else's.
        let _ = self.guard.kill();
        let _ = self.guard.wait();
        kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        let give_up = Instant::now() + STOP;
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            if Instant::now() > give_up {
                self.child.kill()?;
                self.child.wait()?;
                return Err(io::Error::other("it didn't stop on SIGTERM"));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

pub(crate) fn read(path: &Path) -> String {
    String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned()
}

/// `address:port` that follows `words`.
fn after(text: &str, words: &str) -> Option<String> {
    let rest = &text[text.find(words)? + words.len()..];
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ':'))?;
    Some(rest[..end].to_owned())
}

/// The folder of this build: of `target/release/deps/e2e-…`, `target/release`.
fn build_folder() -> PathBuf {
    let own = std::env::current_exe().expect("the path of this program");
    own.ancestors().nth(2).expect("a build folder").to_owned()
}

/// The program under test: `EPORT_PROGRAM`, else the one of the same build.
pub fn eport() -> PathBuf {
    let path = std::env::var_os("EPORT_PROGRAM").map_or_else(|| build_folder().join("eport"), PathBuf::from);
    assert!(path.is_file(), "{} isn't there; build it with: cargo build --release -p eport-edge", path.display());
    path
}

/// Another program of the workspace, built where `eport` was.
pub(crate) fn beside_eport(name: &str) -> PathBuf {
    let path = eport().with_file_name(name);
    assert!(path.is_file(), "{} isn't there; build it with: cargo build --release --workspace", path.display());
    path
}

/// The manifest under test: `EPORT_MANIFEST`, else the repository's.
pub fn manifest() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository").join("spin.toml");
    std::env::var_os("EPORT_MANIFEST").map_or(own, PathBuf::from)
}

/// Compiled code is named by what it was compiled from, so all servers can share one folder of it.
fn share_compiled_code(state: &Path) {
    static SHARED: OnceLock<PathBuf> = OnceLock::new();
    let shared = SHARED.get_or_init(|| {
        let folder = build_folder().join("eport-tests-cache");
        fs::create_dir_all(&folder).expect("a folder for compiled code");
        let outdated = SystemTime::now() - Duration::from_secs(2 * 24 * 3600);
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            if entry.metadata().and_then(|meta| meta.modified()).is_ok_and(|at| at < outdated) {
                let _ = fs::remove_file(entry.path());
            }
        }
        folder
    });
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(state).expect("a state folder");
    let link = state.join("cache");
    if !link.exists() {
        std::os::unix::fs::symlink(shared, link).expect("a link");
    }
}
