//! What an administrator and staff wait for among a million accounts: finding an operator, and the registry's import.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use eport_tests::Site;
use eport_tests::people::{self, Person};
use serde_json::{Value, json};

use crate::load::{self, Target};

/// Operators of the one enterprise that is searched; the others have ten each.
const OPERATORS: usize = 10_000;
/// Enterprises in the imported file.
const ROWS: usize = 100_000;

/// `GET /v1/operators` of an enterprise with ten thousand operators, in a database that [`crate::checks`] has filled. `account` becomes its administrator.
pub(crate) fn search(site: &Site, account: &str, person: &Person, span: Duration) -> anyhow::Result<Value> {
    let enterprise = "00000001-0000-7000-8000-000000000001";
    site.sql(&format!(
        "UPDATE memberships SET enterprise_id = '{enterprise}'
         WHERE account_id > '00000002-0000-7000-8000-000000000000' AND account_id <= '00000002-0000-7000-8000-{OPERATORS:012x}';
         UPDATE memberships SET enterprise_id = '{enterprise}', role = 'admin' WHERE account_id = '{account}';"
    ));
    let token = site.log_in(person).access_token;
    let mut all = Vec::new();
    for (what, query, found) in [
        ("the first page", "", true),
        ("the beginning of a username", "&query=user99", true),
        ("a name that nobody has", "&query=%E9%BE%98", false),
        ("a phone that nobody has", "&query=13800138000", false),
    ] {
        let path = format!("/v1/operators?limit=20{query}");
        let answer: Value = site.get(&path).token(&token).send().ok(200);
        ensure!(answer["items"].as_array().is_some_and(|items| items.is_empty() != found), "{what}: {answer}");
        let run = load::run(&Target::get(site.base(), &path, &token), 1, span)?;
        ensure!(run.others == 0, "{} searches did not succeed", run.others);
        println!("  operators, {what:<28} p50 {:>7.2} ms   p99 {:>7.2} ms", run.p50, run.p99);
        all.push(json!({ "what": what, "operators": OPERATORS, "p50_ms": run.p50, "p99_ms": run.p99 }));
    }
    Ok(json!(all))
}

/// `eport registry import` of a file of a hundred thousand enterprises, while the server runs: rows a second, new ones and the same again.
pub(crate) fn import(site: &Site) -> anyhow::Result<Value> {
    let mut text = "uscc,name,registered_address,business_scope,legal_person_name\n".to_owned();
    for row in 0..ROWS {
        let uscc = people::uscc();
        writeln!(text, "{uscc},杭州{row}进出口有限公司,杭州市上城区望江路{row}号,\"货物进出口, 技术进出口\",王伟")?;
    }
    let file = site.folder().join("registry.csv");
    std::fs::write(&file, text)?;
    let file = file.to_str().context("a path in UTF-8")?;
    let mut rates = Vec::new();
    for _ in 0..2 {
        let begun = Instant::now();
        site.administer(&["registry", "import", file]);
        rates.push(ROWS as f64 / begun.elapsed().as_secs_f64());
    }
    let (new, again) = (rates[0], rates[1]);
    println!("  registry import, {ROWS} rows           {new:>8.0} rows/s   the same again {again:>8.0} rows/s");
    Ok(json!({ "rows": ROWS, "rows_per_second": new, "again_rows_per_second": again }))
}
