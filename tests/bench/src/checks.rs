//! `POST /v1/check`: on SQLite and PostgreSQL, among a thousand and among a million accounts, in turn with the native yardstick; and among the million,
//! what [`lists`] measures.

use std::time::Duration;

use eport_tests::people::Person;
use eport_tests::{On, Site};
use serde_json::{Value, json};

use crate::lists;
use crate::load::{self, Run, Target};
use crate::native_check::Native;
use crate::process::cpu_ticks;
use crate::statistics::median;

const CONNECTIONS: [usize; 3] = [1, 8, 64];
const ROUNDS: usize = 3;
/// Connections of the yardstick's pool: as many as `eport up` opens.
const POOL: usize = 32;
/// Ticks of the system's clock in a second (`USER_HZ`).
const TICKS: f64 = 100.0;

/// All of it. `EPORT_BENCH_ACCOUNTS` sets the larger number of accounts.
pub(crate) fn all(span: Duration) -> anyhow::Result<Value> {
    let many = std::env::var("EPORT_BENCH_ACCOUNTS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    let mut results = Vec::new();
    for on in [On::Sqlite, On::Postgres] {
        if !on.is_here() {
            println!("\nPostgreSQL is not installed: not measured");
            continue;
        }
        let (few, _) = among(on, 1_000, span, false)?;
        let (lots, result) = among(on, many, span, true)?;
        println!("  p50 among {many} over p50 among 1000: {:.2}", lots / few);
        results.push(json!({ "database": format!("{on:?}"), "p50_ratio": lots / few, "runs": result }));
    }
    Ok(json!(results))
}

/// Measures among `accounts` accounts, and with `lists` what else grows with them; returns the median p50 of ours at eight connections, and everything.
fn among(on: On, accounts: i64, span: Duration, lists: bool) -> anyhow::Result<(f64, Value)> {
    let settings = [("environment", "development"), ("access_token_seconds", "7200"), ("sms_address_hour", "100000")];
    let mut site = Site::plain(on, &settings);
    let person = Person::new();
    let account = site.register(&person);
    fill(&site, accounts, &account.to_string())?;
    // Anew, so that nothing of the filling is in the way.
    site.stop();
    site.start_again(&[]);
    let token = site.log_in(&person).access_token;
    let database = match site.database_url() {
        Some(url) => url.to_owned(),
        None => format!("sqlite:{}", site.state_dir().join("sqlite_db.db").display()),
    };
    let natives = match on {
        On::Sqlite => vec![("axum", Native::start(&database, 1)?)],
        On::Postgres => vec![
            ("axum, one connection", Native::start(&database, 1)?),
            ("axum, a pool", Native::start(&database, POOL)?),
        ],
    };
    let body = json!({ "checks": [{ "application": "goods_declaration", "action": "submit" }] }).to_string();
    let ours = Target::post_as(site.base(), "/v1/check", &token, body.clone());
    let theirs: Vec<Target> =
        natives.iter().map(|(_, native)| Target::post_as(&native.base, "/v1/check", &token, body.clone())).collect();
    println!("\ncheck on {on:?}, {accounts} accounts");
    let mut p50_at_eight = f64::NAN;
    let mut all = Vec::new();
    for connections in CONNECTIONS {
        for target in theirs.iter().chain([&ours]) {
            load::run(target, connections, Duration::from_secs(1))?;
        }
        let (mut mine, mut yardsticks) = (Vec::new(), Vec::from_iter(natives.iter().map(|_| Vec::new())));
        for _ in 0..ROUNDS {
            mine.push(measured(&ours, site.process(), connections, span)?);
            for ((runs, target), (_, native)) in yardsticks.iter_mut().zip(&theirs).zip(&natives) {
                runs.push(measured(target, native.process(), connections, span)?);
            }
        }
        let of =
            |runs: &[(Run, f64)], value: fn(&(Run, f64)) -> f64| median(&runs.iter().map(value).collect::<Vec<_>>());
        let rate = |run: &(Run, f64)| run.0.per_second;
        let (p50, p99) = (of(&mine, |run| run.0.p50), of(&mine, |run| run.0.p99));
        println!(
            "  {connections:>2} connections   {:>8.0} /s   p50 {p50:.2} ms   p99 {p99:.2} ms   {:>6.0} /s of a core",
            of(&mine, rate),
            of(&mine, |run| run.1),
        );
        let mut compared = Vec::new();
        for ((name, _), runs) in natives.iter().zip(&yardsticks) {
            let ratios: Vec<f64> = mine.iter().zip(runs).map(|(a, b)| a.0.per_second / b.0.per_second).collect();
            let (per_second, per_core, ratio) = (of(runs, rate), of(runs, |run| run.1), median(&ratios));
            println!(
                "                   {per_second:>8.0} /s   ratio {ratio:.2}   {per_core:>6.0} /s of a core   {name}"
            );
            compared.push(json!({ "yardstick": name, "per_second": per_second, "per_core": per_core, "ratio": ratio }));
        }
        if connections == 8 {
            p50_at_eight = p50;
        }
        all.push(json!({
            "accounts": accounts, "connections": connections, "per_second": of(&mine, rate), "p50_ms": p50, "p99_ms": p99,
            "per_core": of(&mine, |run| run.1), "yardsticks": compared
        }));
    }
    drop(natives);
    if lists {
        let search = lists::search(&site, &account.to_string(), &person, span)?;
        all.push(json!({ "search": search, "import": lists::import(&site)? }));
    }
    Ok((p50_at_eight, json!(all)))
}

/// A run, and the requests of a second of the server's own processor time.
fn measured(target: &Target, process: u32, connections: usize, span: Duration) -> anyhow::Result<(Run, f64)> {
    let before = cpu_ticks(process)?;
    let run = load::run(target, connections, span)?;
    let busy = (cpu_ticks(process)? - before) as f64 / TICKS;
    anyhow::ensure!(run.others == 0, "{} checks did not succeed", run.others);
    let requests = run.per_second * span.as_secs_f64();
    Ok((run, requests / busy.max(1.0 / TICKS)))
}

/// Accounts with a place and grants each, ten to an enterprise; `account` becomes an operator of the last one.
fn fill(site: &Site, accounts: i64, account: &str) -> anyhow::Result<()> {
    const GRANTS: &str = "articles_clearance:submit,view cross_border_ecommerce:submit,view goods_declaration:create,edit,submit,view \
                          manifest:submit,view tax_payment:pay,view";
    let enterprises = (accounts / 10).max(1);
    match site.database_url() {
        None => {
            let database = rusqlite::Connection::open(site.state_dir().join("sqlite_db.db"))?;
            let id = |prefix: &str| format!("PRINTF('{prefix}-0000-7000-8000-%012x', n)");
            let numbers = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?1)";
            database.execute_batch("BEGIN")?;
            let (e, a) = (id("00000001"), id("00000002"));
            database.execute(
                &format!(
                    "INSERT INTO enterprises (id, organisation_code, name, state, entitlements, created_at, updated_at)
                     {numbers} SELECT {e}, 'C' || n, '公司' || n, 'verified', ?2, 0, 0 FROM numbers"
                ),
                rusqlite::params![enterprises, GRANTS],
            )?;
            database.execute(
                &format!(
                    "INSERT INTO accounts (id, username, username_key, name, state, password_hash, phone_index, id_number_index, created_at, updated_at)
                     {numbers} SELECT {a}, 'user' || n, 'user' || n, '王伟', 'active', HEX(RANDOMBLOB(48)), RANDOMBLOB(32), RANDOMBLOB(32), 0, 0
                     FROM numbers"
                ),
                [accounts],
            )?;
            let member = "INSERT INTO memberships (account_id, enterprise_id, role, state, origin, grants, created_at, updated_at)";
            let e = e.replace(", n)", ", (n - 1) / 10 + 1)");
            database.execute(
                &format!(
                    "{member} {numbers} SELECT {a}, {e}, 'operator', 'active', 'association', ?2, 0, 0 FROM numbers"
                ),
                rusqlite::params![accounts, GRANTS],
            )?;
            database.execute(
                &format!(
                    "{member} SELECT ?1, PRINTF('00000001-0000-7000-8000-%012x', ?2), 'operator', 'active', 'association', ?3, 0, 0"
                ),
                rusqlite::params![account, enterprises, GRANTS],
            )?;
            database.execute_batch("COMMIT; ANALYZE")?;
        }
        Some(url) => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
                tokio::spawn(connection);
                let id = |prefix: &str, n: &str| format!("('{prefix}-0000-7000-8000-' || LPAD(TO_HEX({n}), 12, '0'))::uuid");
                let (e, a, of) = (id("00000001", "n"), id("00000002", "n"), id("00000001", "(n - 1) / 10 + 1"));
                let last = id("00000001", &enterprises.to_string());
                let member = "INSERT INTO memberships (account_id, enterprise_id, role, state, origin, grants, created_at, updated_at)";
                let rest = format!("'operator', 'active', 'association', '{GRANTS}', 0, 0");
                client
                    .batch_execute(&format!(
                        "INSERT INTO enterprises (id, organisation_code, name, state, entitlements, created_at, updated_at)
                         SELECT {e}, 'C' || n, '公司' || n, 'verified', '{GRANTS}', 0, 0 FROM GENERATE_SERIES(1, {enterprises}) AS n;
                         INSERT INTO accounts (id, username, username_key, name, state, password_hash, phone_index, id_number_index, created_at, updated_at)
                         SELECT {a}, 'user' || n, 'user' || n, '王伟', 'active', REPEAT('x', 97), SHA256(n::text::bytea), SHA256(('i' || n)::bytea), 0, 0
                         FROM GENERATE_SERIES(1, {accounts}) AS n;
                         {member} SELECT {a}, {of}, {rest} FROM GENERATE_SERIES(1, {accounts}) AS n;
                         {member} SELECT '{account}'::uuid, {last}, {rest};
                         ANALYZE;"
                    ))
                    .await?;
                Ok::<(), anyhow::Error>(())
            })?;
        }
    }
    Ok(())
}
