//! `/openapi.json` is valid, and holds: whatever is sent, the answer is one that it describes, and none is a 5xx.
//!
//! Done by `openapi-spec-validator` and `schemathesis` from PyPI, in the Python environment that `script/setup --test` makes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests, where a panic with a reason is how to fail"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use eport_tests::people::uscc;
use eport_tests::{On, Person, Site, on_both};

on_both![
    nobody_breaks_the_contract,
    a_user_does_not_break_the_contract,
    an_operator_does_not_break_the_contract,
    an_administrator_does_not_break_the_contract,
    staff_do_not_break_the_contract,
];

/// What concerns an enterprise.
const OF_AN_ENTERPRISE: &str =
    "^/v1/(enterprise|associations|registry|operators|applications|check|seals|signatures|me/grants|me/invitations)";

/// Cheap hashing and no limit in the way: a 429 after the fifth request would be right and test nothing.
const UNLIMITED: &[(&str, &str)] = &[("login_tries", "1000000000"), ("sms_code_tries", "1000000000")];

/// A program of the Python environment; nothing where there is none and none is required.
fn program(name: &str) -> Option<PathBuf> {
    let own = || Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository").join(".venv");
    let folder = std::env::var_os("EPORT_VENV").map_or_else(own, PathBuf::from);
    let path = folder.join("bin").join(name);
    if path.exists() {
        return Some(path);
    }
    let required = ["CI", "EPORT_VENV"].iter().any(|name| std::env::var_os(name).is_some());
    assert!(!required, "{} is missing; run script/setup --test", path.display());
    eprintln!("SKIPPED: {} is missing; run script/setup --test", path.display());
    None
}

#[test]
fn the_document_is_valid() {
    let Some(validator) = program("openapi-spec-validator") else { return };
    let site = Site::new(On::Sqlite);
    let file = site.folder().join("openapi.json");
    std::fs::write(&file, site.get("/openapi.json").send().body).unwrap();
    let output = Command::new(validator).arg(&file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// What schemathesis is told beside its defaults: a body that is refused for its size (413) is refused as well as one with 422.
const CONFIG: &str = r#"
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "422", "428", "429"]
"#;

/// Runs schemathesis on the operations that `paths` names, as `person` where there is one.
fn run(site: &Site, person: Option<&Person>, paths: &str) {
    let Some(schemathesis) = program("schemathesis") else { return };
    // Few, and the same every time; EPORT_EXAMPLES asks for more, and then for others each time.
    let asked = std::env::var("EPORT_EXAMPLES").ok();
    let examples = asked.clone().unwrap_or_else(|| "3".to_owned());
    let config = site.folder().join("schemathesis.toml");
    std::fs::write(&config, CONFIG).unwrap();
    let mut command = Command::new(schemathesis);
    command
        .current_dir(site.folder())
        .arg("--config-file")
        .arg(&config)
        .arg("run")
        .arg(format!("{}/openapi.json", site.base()))
        .args(["--include-path-regex", paths])
        .args(["--checks", "all"])
        // Off, and why:
        // - positive_data_acceptance: what fits the schema can still be refused, since nobody was sent that code or has that id.
        .args(["--exclude-checks", "positive_data_acceptance"])
        .args(["--max-examples", &examples, "--request-timeout", "20", "--continue-on-failure", "--no-color"])
        .args(["--suppress-health-check", "all"])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env_remove("SCHEMATHESIS_HOOKS");
    if asked.is_none() {
        command.args(["--seed", "1", "--generation-deterministic"]);
    }
    if let Some(person) = person {
        let hooks = Path::new(env!("CARGO_MANIFEST_DIR")).join("alone");
        command
            .env("PYTHONPATH", hooks)
            .env("SCHEMATHESIS_HOOKS", "schemathesis_hooks")
            .env("EPORT_BASE", site.base())
            .env("EPORT_USERNAME", &person.username)
            .env("EPORT_PASSWORD", &person.password);
    }
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    println!("{said}");
}

fn nobody_breaks_the_contract(on: On) {
    let site = Site::with(on, UNLIMITED);
    // There is somebody who could be met.
    site.join();
    run(&site, None, "^/");
}

fn a_user_does_not_break_the_contract(on: On) {
    let site = Site::with(on, UNLIMITED);
    let member = site.join();
    run(&site, Some(&member.person), "^/v1/(me|messages|sessions/current|platform)");
}

fn an_operator_does_not_break_the_contract(on: On) {
    let site = Site::with(on, UNLIMITED);
    let uscc = uscc();
    let administrator = site.join_administrator(&uscc);
    let operator = site.join_operator(&administrator, &uscc);
    run(&site, Some(&operator.person), OF_AN_ENTERPRISE);
}

fn an_administrator_does_not_break_the_contract(on: On) {
    let site = Site::with(on, UNLIMITED);
    let uscc = uscc();
    let administrator = site.join_administrator(&uscc);
    // There are people whom they could meet, of their own enterprise and of another.
    site.join_operator(&administrator, &uscc);
    site.join_administrator(&eport_tests::people::uscc());
    run(&site, Some(&administrator.person), OF_AN_ENTERPRISE);
}

fn staff_do_not_break_the_contract(on: On) {
    let site = Site::with(on, UNLIMITED);
    site.join_administrator(&uscc());
    let staff = site.join_staff();
    run(&site, Some(&staff.person), "^/v1/platform");
}
