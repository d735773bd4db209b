//! The same application on Spin, over the same state directory.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use eport_tests::Site;
use rustix::process::{Pid, Signal, kill_process};

/// A running Spin; it stops when this goes.
pub(crate) struct Spin {
    child: Child,
    pub(crate) base: String,
}

impl Spin {
    pub(crate) fn start(program: &str, site: &Site) -> anyhow::Result<Self> {
        let state = site.state_dir();
        let state_text = state.to_str().context("the state directory's name is text")?;
        let exported = site.run(&["secrets", "export", "--state-dir", state_text, "--format", "spin-env"]);
        anyhow::ensure!(exported.status.success(), "{}", String::from_utf8_lossy(&exported.stderr));
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut command = Command::new(program);
        for line in String::from_utf8_lossy(&exported.stdout).lines() {
            let line = line.trim_start_matches("export ");
            if let Some((name, value)) = line.split_once('=').filter(|(name, _)| name.starts_with("SPIN_VARIABLE_")) {
                command.env(name, value.trim_matches(['"', '\'']));
            }
        }
        let log = site.folder().join("spin.log");
        let child = command
            .args(["up", "--quiet", "--from"])
            .arg(root.join("spin.toml"))
            .arg("--state-dir")
            .arg(&state)
            .args(["--listen", &address.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(&log)?)
            .spawn()
            .with_context(|| format!("{program} can't be started"))?;
        let spin = Self { child, base: format!("http://{address}") };
        let give_up = Instant::now() + Duration::from_secs(60);
        while !crate::process::get(&spin.base, "/v1/health").is_ok_and(|body| body.contains("\"ok\"")) {
            if Instant::now() > give_up {
                anyhow::bail!("Spin doesn't answer: {}", std::fs::read_to_string(&log)?);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(spin)
    }
}

impl Drop for Spin {
    fn drop(&mut self) {
        // Spin's parent process passes a signal on that it can catch; killed, it would leave its child behind.
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        let _ = self.child.wait();
    }
}
