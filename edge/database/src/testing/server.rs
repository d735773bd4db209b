//! One PostgreSQL server per process, in a temporary folder, on a free port of the loopback interface.
//!
//! A shell stands between this process and the server and reads a pipe that this process holds open: when the process ends, in whatever way,
//! the pipe closes, the shell stops the server by its id and removes the folder. Nothing is left to be killed by name.

use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use eport_schema::clock::Timestamp;
use ring::rand::SecureRandom;
use tempfile::TempDir;
use tokio_postgres::NoTls;

use super::runtime;
use crate::{migrate, open};

const USER: &str = "eport";
/// Migrated once; each test gets a copy.
const TEMPLATE: &str = "eport_template";
/// On a busy machine with two cores a start takes up to ten seconds.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// A database of one test on the server, dropped with this.
pub(super) struct Owned {
    name: String,
}

impl Owned {
    pub(super) fn url(&self) -> String {
        // An Owned only exists where there is a server.
        server().map(|server| server.url(&self.name)).unwrap_or_default()
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        if let Some(server) = server() {
            // Not waited for; where the server is gone, so is the database.
            let _ = server.send(Order::Drop(self.name.clone()));
        }
    }
}

/// A new database. `None` where PostgreSQL is not installed.
pub(super) fn database(with_tables: bool) -> Option<Owned> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let server = server()?;
    let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let (done, wait) = channel();
    let order = Order::Create { name: name.clone(), with_tables, done };
    server.send(order).expect("the test server's thread runs");
    let made = wait.recv().expect("the test server's thread answers");
    made.unwrap_or_else(|error| panic!("no test database {name}: {error}"));
    Some(Owned { name })
}

struct Server {
    port: u16,
    password: String,
    orders: Mutex<Sender<Order>>,
    /// Its stdin is the pipe that keeps the server running.
    _shell: Child,
}

enum Order {
    Create { name: String, with_tables: bool, done: Sender<Result<(), String>> },
    Drop(String),
}

impl Server {
    fn url(&self, database: &str) -> String {
        url(&self.password, self.port, database)
    }

    fn send(&self, order: Order) -> Result<(), std::sync::mpsc::SendError<Order>> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner).send(order)
    }
}

fn url(password: &str, port: u16, database: &str) -> String {
    format!("postgres://{USER}:{password}@127.0.0.1:{port}/{database}?sslmode=disable")
}

fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER.get_or_init(start).as_ref()
}

fn start() -> Option<Server> {
    let Some(programs) = find_programs() else {
        let why = "no PostgreSQL server programs (initdb, postgres) in /usr/lib/postgresql/*/bin or PATH; \
                   install the package `postgresql`";
        if ["CI", "EPORT_REQUIRE_POSTGRES"].iter().any(|name| std::env::var_os(name).is_some()) {
            panic!("tests against PostgreSQL are required here, but there are {why}");
        }
        eprintln!("SKIPPED a test against PostgreSQL: {why}");
        return None;
    };
    let folder = TempDir::with_prefix("eport-postgres-").expect("a temporary folder can be made");
    let password = password();
    let user = unprivileged_user(folder.path());
    initialise(&programs, folder.path(), user, &password);
    // Between finding a free port and using it somebody else may take it.
    let (port, shell) = (0..5)
        .find_map(|_| launch(&programs, folder.path(), user))
        .unwrap_or_else(|| panic!("PostgreSQL didn't start:\n{}", log(folder.path())));
    // From here on the shell removes it.
    let _ = folder.keep();

    let (orders, received) = channel();
    let admin = url(&password, port, "postgres");
    let template = url(&password, port, TEMPLATE);
    std::thread::spawn(move || runtime().block_on(administrate(&admin, &template, &received)));
    Some(Server { port, password, orders: Mutex::new(orders), _shell: shell })
}

/// The folder of the newest installed server programs.
fn find_programs() -> Option<PathBuf> {
    let complete = |folder: &PathBuf| ["initdb", "postgres"].iter().all(|name| folder.join(name).is_file());
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
        })
        .collect();
    versions.sort();
    let installed = versions.into_iter().rev().map(|(_, folder)| folder);
    let path = std::env::var_os("PATH").unwrap_or_default();
    installed.chain(std::env::split_paths(&path).collect::<Vec<_>>()).find(complete)
}

/// Letters and digits.
fn password() -> String {
    let mut bytes = [0; 16];
    ring::rand::SystemRandom::new().fill(&mut bytes).expect("the system's randomness");
    hex::encode(bytes)
}

/// PostgreSQL refuses to run as root; then it gets the folder and runs as `postgres` or `nobody`.
fn unprivileged_user(folder: &Path) -> Option<(u32, u32)> {
    // A new folder belongs to the effective user.
    let owner = fs::metadata(folder).expect("the temporary folder").uid();
    if owner != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").expect("/etc/passwd, to run PostgreSQL as another user than root");
    let ids = |wanted: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(wanted))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    let (user, group) = ids("postgres").or_else(|| ids("nobody")).expect("a user `postgres` or `nobody`");
    chown(folder, Some(user), Some(group)).expect("root may give its folder away");
    Some((user, group))
}

fn command(program: &Path, folder: &Path, user: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    // English messages and no settings of somebody else's server (PGDATA, PGPORT …).
    command.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C").env("TZ", "UTC");
    command.current_dir(folder).stdin(Stdio::null());
    if let Some((user, group)) = user {
        command.uid(user).gid(group);
    }
    command
}

fn initialise(programs: &Path, folder: &Path, user: Option<(u32, u32)>, password: &str) {
    let password_file = folder.join("password");
    fs::write(&password_file, password).expect("the temporary folder can be written");
    if let Some((user, group)) = user {
        chown(&password_file, Some(user), Some(group)).expect("root may give its file away");
    }
    let output = command(&programs.join("initdb"), folder, user)
        .args(["--pgdata", "data", "--username", USER, "--pwfile", "password"])
        .args(["--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"])
        .output()
        .expect("initdb can be run");
    if !output.status.success() {
        panic!("initdb failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    // Last one wins. Nothing here has to survive a crash of the machine.
    let settings = "\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\nmax_connections = 300\nshared_buffers = '64MB'\n\
                    fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nautovacuum = off\nmax_wal_size = '256MB'\n\
                    lc_messages = 'C'\n";
    let mut file = fs::OpenOptions::new()
        .append(true)
        .open(folder.join("data/postgresql.conf"))
        .expect("initdb wrote postgresql.conf");
    io::Write::write_all(&mut file, settings.as_bytes()).expect("postgresql.conf can be written");
}

/// Waits for its stdin to close. SIGQUIT: nothing has to be written down before the folder goes.
const SHELL: &str = r#"
"$1" -D data -p "$2" & server=$!
cat > /dev/null
kill -QUIT "$server" 2> /dev/null
wait "$server"
cd / && rm -rf "$3"
"#;

fn launch(programs: &Path, folder: &Path, user: Option<(u32, u32)>) -> Option<(u16, Child)> {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = free.local_addr().expect("an address").port();
    drop(free);

    let output = File::create(folder.join("log")).expect("the temporary folder can be written");
    let errors = output.try_clone().expect("a second handle of the log");
    let mut shell = command(Path::new("/bin/sh"), folder, user)
        .args(["-c", SHELL, "eport-test-postgres"])
        .arg(programs.join("postgres"))
        .arg(port.to_string())
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(output)
        .stderr(errors)
        // Ctrl-C in the terminal is for the test; the server goes when the pipe closes.
        .process_group(0)
        .spawn()
        .expect("a shell can be started");

    let give_up = Instant::now() + START_TIMEOUT;
    while Instant::now() < give_up {
        let so_far = log(folder);
        if so_far.contains("ready to accept connections") {
            return Some((port, shell));
        }
        if so_far.contains("FATAL") {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    // The shell would remove the folder, which the next try needs.
    let _ = shell.kill();
    let _ = shell.wait();
    None
}

fn log(folder: &Path) -> String {
    fs::read_to_string(folder.join("log")).unwrap_or_default()
}

/// Makes and drops databases, one at a time: a template can't be copied while somebody is connected to it.
async fn administrate(admin: &str, template: &str, orders: &Receiver<Order>) {
    let (client, connection) =
        tokio_postgres::connect(admin, NoTls).await.expect("the test server accepts connections");
    tokio::spawn(connection);
    let mut has_template = false;
    while let Ok(order) = orders.recv() {
        match order {
            Order::Drop(name) => {
                let _ = client.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
            }
            Order::Create { name, with_tables, done } => {
                let made = async {
                    if with_tables && !has_template {
                        make_template(&client, template).await?;
                        has_template = true;
                    }
                    let source = if with_tables { TEMPLATE } else { "template0" };
                    let create = format!("CREATE DATABASE {name} TEMPLATE {source}");
                    client.batch_execute(&create).await.map_err(|error| crate::error::chain(&error))
                };
                // The test that asked may have been stopped.
                let _ = done.send(made.await);
            }
        }
    }
}

async fn make_template(client: &tokio_postgres::Client, url: &str) -> Result<(), String> {
    let create = format!("CREATE DATABASE {TEMPLATE} TEMPLATE template0");
    client.batch_execute(&create).await.map_err(|error| crate::error::chain(&error))?;
    let database = open(url).map_err(|error| error.to_string())?;
    migrate::run(&database, Timestamp::from_system()).await.map_err(|error| error.to_string())?;
    drop(database);
    // The server notices a closed connection a moment later, and a template in use can't be copied.
    let idle = format!("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{TEMPLATE}'");
    client.batch_execute(&idle).await.map_err(|error| crate::error::chain(&error))
}
