//! What can be seen of a process from outside.

use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;

/// Resident memory in KiB (`VmRSS`), after the process has had a moment to come to rest.
pub(crate) fn resident_kib(process: u32) -> anyhow::Result<u64> {
    std::thread::sleep(Duration::from_secs(2));
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).context("memory is read from /proc")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}

/// Processor time of a process up to now, in ticks of the system's clock.
pub(crate) fn cpu_ticks(process: u32) -> anyhow::Result<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).context("times are read from /proc")?;
    // Behind the name, which is in brackets and may hold spaces: fields 3 and later.
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let field = |at: usize| fields.get(at).context("too few fields")?.parse::<u64>().context("a number");
    Ok(field(11)? + field(12)?)
}

/// The body of one answer.
pub(crate) fn get(address: &str, path: &str) -> anyhow::Result<String> {
    let address = address.trim_start_matches("http://").trim_end_matches("/metrics");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let stream = tokio::net::TcpStream::connect(address).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let driver = tokio::spawn(connection);
        let request = http::Request::get(path).header(http::header::HOST, address).body(Empty::<Bytes>::new())?;
        let body = sender.send_request(request).await?.into_body().collect().await?.to_bytes();
        // The other end may keep the connection open for as long as it likes.
        driver.abort();
        Ok(String::from_utf8_lossy(&body).into_owned())
    })
}
