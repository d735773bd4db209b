//! `eport up`: runs the application of a spin.toml until it is told to stop.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::{reminders, start};
use crate::app::{App, Parts};
use crate::http::{Listening, Server, acceptor};
use crate::log::{Log, Target};
use crate::manifest::Manifest;
use crate::runtime_config::RuntimeConfig;
use crate::state_dir::StateDir;
use crate::threads::Threads;
use crate::variables::Sources;

/// Options of `eport up`.
#[derive(Debug, Args)]
pub struct Up {
    /// The application's manifest.
    #[arg(short = 'f', long = "from", value_name = "FILE", default_value = "spin.toml")]
    manifest: PathBuf,
    /// Address and port to serve on; port 0 lets the system choose.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
    /// Where databases, secrets and compiled code are kept.
    #[arg(long, value_name = "FOLDER", default_value = ".eport")]
    state_dir: PathBuf,
    /// Value of an application variable; may be repeated.
    #[arg(long = "variable", value_name = "NAME=VALUE")]
    variables: Vec<String>,
    /// A runtime configuration in Spin's format: moves stores and databases, brings variables.
    #[arg(long, value_name = "FILE")]
    runtime_config: Option<PathBuf>,
    /// Certificate chain (PEM); serves HTTPS. Needs --tls-key.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Private key (PEM) of --tls-cert.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Address and port for Prometheus (`/metrics`); off where it isn't given.
    #[arg(long, value_name = "ADDRESS")]
    metrics_listen: Option<SocketAddr>,
    /// Where requests and the components' output are logged as JSON lines: `-` is standard output, `off` nowhere.
    #[arg(long, value_name = "FILE", default_value = "-")]
    log: Target,
}

impl Up {
    /// Runs until SIGTERM or SIGINT.
    pub fn run(self) -> anyhow::Result<()> {
        let start = Instant::now();
        let manifest = Manifest::read(&self.manifest)?;
        let config = match &self.runtime_config {
            Some(path) => RuntimeConfig::read(path)?,
            None => RuntimeConfig::default(),
        };
        let tls = match (&self.tls_cert, &self.tls_key) {
            (Some(certificate), Some(key)) => Some(acceptor(certificate, key)?),
            _ => None,
        };
        let state = StateDir::open(&self.state_dir)?;
        let _lock = state.lock()?;
        let gather =
            || Sources::gather(&manifest, &self.variables, &config, state.path(), |name| std::env::var(name).ok());
        let mut sources = gather()?;
        if start::prepare(&manifest, &sources, &config, &state)? {
            sources = gather()?;
        }
        let values = sources.resolve(&manifest)?;
        start::check(&manifest, &values, &config, &state)?;
        if values.get("environment").is_some_and(|environment| environment == "development")
            && !self.listen.ip().is_loopback()
        {
            eprintln!(
                "WARNING: environment=development on {}, an address that other machines reach. SMS codes, those for logging in among them, are \
                 shown to anybody at /v1/dev/outbox. Listen on 127.0.0.1, or leave environment=production.",
                self.listen
            );
        }
        let log = Log::open(&self.log).context("--log: the file can't be written")?;
        raise_file_limit();

        let cpu_bound = manifest.components.values().any(|component| component.limits.cpu_bound);
        let threads = Threads::start(crate::limits::cores(), cpu_bound)?;
        let runtimes = threads.runtimes()?;
        let parts = Parts {
            manifest: &manifest,
            config: &config,
            state: &state,
            values: &values,
            runtimes: &runtimes,
            log: &log,
        };
        let app = Arc::new(App::open(&parts)?);
        let server = Server::new(app.clone(), manifest.limits.clone(), log.clone(), tls, runtimes.lanes.clone());
        if let Some(world) = start::world(&manifest, &values, &config, &state)? {
            let counters = app.key_value_store("default");
            reminders::start(world, counters.context("no component has the key-value store `default`")?)?;
        }
        // Listening, signals and the clock are the first lane's.
        let finished = runtimes.lanes.runtime(0).block_on(self.serve(&server, &state, start));
        log.flush();
        // What hasn't ended within its time is ended now.
        threads.shut_down();
        finished
    }

    async fn serve(&self, server: &Arc<Server>, state: &StateDir, start: Instant) -> anyhow::Result<()> {
        let (stopper, stop) = watch::channel(false);
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let listening = Listening::bind(self.listen, "--listen").await?;
        let address = listening.address;
        let metrics = match self.metrics_listen {
            Some(address) => Some(Listening::bind(address, "--metrics-listen").await?),
            None => None,
        };
        // Requests are taken from now on; those for a component that isn't loaded yet wait for it.
        let mut serving = tokio::spawn(server.clone().serve(listening, stop.clone()));
        let metrics_address = metrics.as_ref().map(|metrics| metrics.address);
        if let Some(metrics) = metrics {
            tokio::spawn(server.clone().serve_metrics(metrics, stop.clone()));
        }
        let (app, cache) = (server.app.clone(), state.cache());
        let compiled = tokio::task::spawn_blocking(move || app.load(&cache)).await??;
        self.greet(server, address, metrics_address, compiled, start);
        tokio::spawn(tend(server.app.clone()));
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = &mut serving => anyhow::bail!("the server ended by itself"),
        }
        eprintln!("Stopping: finishing what is under way …");
        stopper.send_replace(true);
        tokio::select! {
            finished = serving => if !finished.unwrap_or(false) {
                eprintln!("Some requests took longer than the time for stopping and were cut off.");
            },
            // Whoever asks twice means it.
            _ = interrupt.recv() => {}
        }
        Ok(())
    }

    fn greet(
        &self,
        server: &Server,
        address: SocketAddr,
        metrics: Option<SocketAddr>,
        compiled: usize,
        start: Instant,
    ) {
        let scheme = if server.tls.is_some() { "https" } else { "http" };
        let made = match compiled {
            0 => String::new(),
            count => format!(", {count} compiled"),
        };
        eprintln!(
            "Eport ID answers at {scheme}://{address}/ ({} components{made}, ready in {} ms).",
            server.app.pools.len(),
            start.elapsed().as_millis()
        );
        eprintln!("Its databases, secrets and compiled code are in {}.", self.state_dir.display());
        if let Some(metrics) = metrics {
            eprintln!("Metrics for Prometheus are at http://{metrics}/metrics.");
        }
        eprintln!("Try: curl {scheme}://{address}/v1/health   Stop with Ctrl-C.");
    }
}

async fn tend(app: Arc<App>) {
    let mut clock = tokio::time::interval(Duration::from_secs(1));
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        clock.tick().await;
        app.tend();
        let files = app.clone();
        let _ = tokio::task::spawn_blocking(move || files.tend_files()).await;
    }
}

/// A connection is a file descriptor, and the usual soft limit of 1,024 is a relic.
fn raise_file_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    let _ = setrlimit(Resource::Nofile, limit);
}
