//! `script/bench`: what one machine does, each figure beside another from the same run.
//!
//! ```text
//! script/bench [cards|checks] [--spin PATH] [--seconds N]
//! ```
//!
//! `cards` measures cards alone, `checks` permission checks, the search for operators and the registry's import.
//!
//! Absolute figures of a busy machine say little; the ratios are what to look at. Everything goes into a JSON file under
//! `bench-results/` too.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used, reason = "a program for developers")]

mod cards;
mod checks;
mod lists;
mod load;
mod native;
mod native_check;
mod process;
mod spin;
mod statistics;

use std::time::{Duration, Instant};

use anyhow::Context as _;
use eport_tests::people::Person;
use eport_tests::{On, Site};
use serde_json::{Value, json};

use crate::load::Target;
use crate::statistics::median;

struct Options {
    /// `cards` or `checks` alone.
    part: Option<String>,
    spin: Option<String>,
    seconds: u64,
}

fn options() -> anyhow::Result<Options> {
    let mut options = Options { part: None, spin: None, seconds: 5 };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if matches!(argument.as_str(), "cards" | "checks") {
            options.part = Some(argument);
            continue;
        }
        let value = arguments.next().with_context(|| format!("{argument} wants a value"))?;
        match argument.as_str() {
            "--spin" => options.spin = Some(value),
            "--seconds" => options.seconds = value.parse().context("--seconds wants a number")?,
            _ => anyhow::bail!("unknown option {argument}; there are cards, checks, --spin PATH and --seconds N"),
        }
    }
    Ok(options)
}

fn main() -> anyhow::Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some(cards::BARE) => return cards::bare_apdus(),
        Some(cards::WATCH) => return cards::watch_reader(),
        Some(native_check::SERVE) => return native_check::serve(),
        _ => {}
    }
    let options = options()?;
    let span = Duration::from_secs(options.seconds);
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    println!("{cores} cores, {} s a measurement; the load runs on the same cores\n", options.seconds);

    let part = options.part.as_deref();
    let mut result = if part.is_none() { server(&options, span, cores)? } else { json!({}) };
    result["cores"] = cores.into();
    result["seconds"] = options.seconds.into();
    if part != Some("cards") {
        result["check"] = checks::all(span)?;
    }
    if part != Some("checks") {
        result["card_logins"] = cards::logins(span, cores)?;
        result["card_bridge"] = cards::bridge()?;
    }
    let folder = std::path::Path::new("bench-results");
    std::fs::create_dir_all(folder)?;
    let at = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
    let path = folder.join(format!("{at}.json"));
    std::fs::write(&path, serde_json::to_string_pretty(&result)?)?;
    println!("\nkept in {}", path.display());
    Ok(())
}

/// The server: starts, memory, logins, reads, instances, Spin.
fn server(options: &Options, span: Duration, cores: usize) -> anyhow::Result<Value> {
    let mut site = Site::plain(On::Sqlite, &[("environment", "development"), ("sms_address_hour", "100000")]);
    let person = Person::new();
    site.register(&person);
    site.stop();

    let start = starts(&mut site)?;
    let at_rest = process::resident_kib(site.process())?;
    println!("memory at rest                      {:>9.1} MiB", at_rest as f64 / 1024.0);

    let login = logins(&site, &person, span, cores)?;
    let after_logins = process::resident_kib(site.process())?;
    println!("memory after logins                 {:>9.1} MiB", after_logins as f64 / 1024.0);

    let token = site.log_in(&person).access_token;
    let me = reads(&site, &token, span)?;
    let instantiation = instantiation(&mut site, &person, span)?;
    let spin = match &options.spin {
        Some(program) => Some(against_spin(&mut site, program, &person, span)?),
        None => {
            println!("\nnot compared with Spin: give --spin PATH");
            None
        }
    };
    drop(site);
    Ok(json!({
        "second_start_to_first_answer_ms": start,
        "memory_at_rest_kib": at_rest,
        "password_login": login,
        "memory_after_logins_kib": after_logins,
        "get_me": me,
        "instantiation": instantiation,
        "spin": spin,
    }))
}

/// From the start of the process to its first answer, compiled code being there already: milliseconds, ten times.
fn starts(site: &mut Site) -> anyhow::Result<Value> {
    let mut times = Vec::new();
    for _ in 0..10 {
        let begun = Instant::now();
        site.start_again(&[]);
        site.get("/v1/health").send().ok::<Value>(200);
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
        site.stop();
    }
    site.start_again(&[]);
    site.get("/v1/health").send().ok::<Value>(200);
    println!(
        "second start to first answer        {:>9.1} ms   (median of 10, best {:.1})",
        median(&times),
        times.iter().copied().fold(f64::MAX, f64::min)
    );
    Ok(json!({ "median": median(&times), "all": times }))
}

/// Password logins a second, in turn with a native program that does the same Argon2id on all cores and nothing else.
fn logins(site: &Site, person: &Person, span: Duration, cores: usize) -> anyhow::Result<Value> {
    let body = json!({ "method": "password", "username": person.username, "password": person.password }).to_string();
    let target = Target::post(site.base(), "/v1/sessions", body);
    load::run(&target, cores * 2, Duration::from_secs(1))?;
    let mut pairs = Vec::new();
    for _ in 0..3 {
        let native = native::hashes_per_second(cores, span);
        let ours = load::run(&target, cores * 2, span)?;
        anyhow::ensure!(ours.others == 0, "{} logins did not succeed", ours.others);
        pairs.push((ours.per_second, native));
    }
    let ratios: Vec<f64> = pairs.iter().map(|(ours, native)| ours / native).collect();
    let ours = median(&pairs.iter().map(|pair| pair.0).collect::<Vec<_>>());
    let native = median(&pairs.iter().map(|pair| pair.1).collect::<Vec<_>>());
    println!(
        "password logins                     {ours:>9.1} /s   native Argon2id alone {native:.1} /s   ratio {:.2}",
        median(&ratios)
    );
    Ok(json!({ "per_second": ours, "native_argon2id_per_second": native, "ratio": median(&ratios), "ratios": ratios }))
}

/// `GET /v1/me`: token checked, session and account read.
fn reads(site: &Site, token: &str, span: Duration) -> anyhow::Result<Value> {
    let target = Target::get(site.base(), "/v1/me", token);
    load::run(&target, 8, Duration::from_secs(1))?;
    let mut all = Vec::new();
    for connections in [1, 8, 64] {
        let run = load::run(&target, connections, span)?;
        anyhow::ensure!(run.others == 0, "{} requests did not succeed", run.others);
        println!(
            "GET /v1/me, {connections:>2} connections           {:>9.0} /s   p50 {:.2} ms   p99 {:.2} ms",
            run.per_second, run.p50, run.p99
        );
        all.push(
            json!({ "connections": connections, "per_second": run.per_second, "p50_ms": run.p50, "p99_ms": run.p99 }),
        );
    }
    Ok(Value::from(all))
}

/// The time to make an instance where every request gets one of its own, as the server's own metrics have it: the bucket in which the median
/// lies, in microseconds.
fn instantiation(site: &mut Site, person: &Person, span: Duration) -> anyhow::Result<Value> {
    let token = site.log_in(person).access_token;
    site.stop();
    site.start_from(&manifest_with_instances_of_one_request(site.folder())?);
    let run = load::run(&Target::get(site.base(), "/v1/me", &token), 2, span)?;
    anyhow::ensure!(run.others == 0, "{} requests did not succeed", run.others);
    let text = process::get(site.metrics(), "/metrics")?;
    let mut buckets: Vec<(f64, f64)> = Vec::new();
    for line in text.lines().filter(|line| line.starts_with("eport_instantiation_seconds_bucket")) {
        let bound = line.split("le=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
        let count: f64 = line.rsplit(' ').next().unwrap_or_default().parse()?;
        let bound = bound.parse::<f64>().unwrap_or(f64::INFINITY);
        match buckets.iter_mut().find(|(known, _)| *known == bound) {
            Some((_, sum)) => *sum += count,
            None => buckets.push((bound, count)),
        }
    }
    let total = buckets.iter().map(|(_, count)| *count).fold(0.0, f64::max);
    let within = buckets.iter().find(|(_, count)| *count * 2.0 >= total).map_or(f64::NAN, |(bound, _)| bound * 1e6);
    println!("instance made                       ≤ {within:>7.0} µs   (median of {total:.0})");
    site.stop();
    site.start_again(&[]);
    Ok(json!({ "p50_at_most_us": within, "instances": total }))
}

/// The application's manifest, with instances of `accounts` that end after one request.
fn manifest_with_instances_of_one_request(folder: &std::path::Path) -> anyhow::Result<std::path::PathBuf> {
    let own = eport_tests::manifest();
    let root = own.parent().context("the manifest is in a folder")?.display().to_string();
    let text = std::fs::read_to_string(&own)?;
    let text = text.replace("source = \"target/", &format!("source = \"{root}/target/"));
    let path = folder.join("spin.toml");
    std::fs::write(&path, text + "\n[component.accounts.tool.eport]\nrequests = 1\n")?;
    Ok(path)
}

/// The same components, the same database, on Spin: in turn with ours.
fn against_spin(site: &mut Site, program: &str, person: &Person, span: Duration) -> anyhow::Result<Value> {
    let mut pairs = Vec::new();
    for _ in 0..2 {
        let token = site.log_in(person).access_token;
        let ours = load::run(&Target::get(site.base(), "/v1/me", &token), 8, span)?;
        site.stop();
        let spin = spin::Spin::start(program, site)?;
        let target = Target::get(&spin.base, "/v1/me", &token);
        load::run(&target, 8, Duration::from_secs(1))?;
        let theirs = load::run(&target, 8, span)?;
        anyhow::ensure!(ours.others + theirs.others == 0, "requests did not succeed");
        drop(spin);
        site.start_again(&[]);
        pairs.push((ours.per_second, theirs.per_second));
    }
    let ratio = median(&pairs.iter().map(|(ours, theirs)| ours / theirs).collect::<Vec<_>>());
    println!("GET /v1/me, 8 connections: edge {:.0} /s, Spin {:.0} /s, ratio {ratio:.2}", pairs[0].0, pairs[0].1);
    Ok(json!({ "get_me_8_connections": pairs, "ratio": ratio }))
}
