//! `docs/seeds.md` names routes and tests that exist.

#![allow(clippy::unwrap_used, reason = "a test, helpers included")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use eport_schema::routes::ROUTES;

/// Whether all that the page names must be there. (It may be ahead of the routes while they are being built.)
const COMPLETE: bool = true;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The rows of the page's tables: sentence, routes, tests.
fn rows() -> Vec<(String, Vec<String>, Vec<String>)> {
    let page = std::fs::read_to_string(root().join("docs/seeds.md")).unwrap();
    let named = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    page.lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ");
            let (sentence, routes, tests) = (cells.next()?, cells.next()?, cells.next()?);
            (sentence != "sentence").then(|| (sentence.to_owned(), named(routes), named(tests)))
        })
        .collect()
}

/// The names of all functions in folders of tests.
fn tests() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for place in ["functions", "tests", "card", "card-bridge/tests"] {
        walk(&root().join(place), &mut found);
    }
    found
}

fn walk(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("target") && !path.ends_with("node_modules") {
            walk(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let names = text.split("fn ").skip(1).filter_map(|rest| rest.split(['(', '<']).next());
            found.extend(names.map(str::to_owned));
        }
    }
}

#[test]
fn every_sentence_has_a_route_and_a_test() {
    let rows = rows();
    assert!(rows.len() > 40, "{} sentences", rows.len());
    for (sentence, routes, tests) in rows {
        assert!(!routes.is_empty() && !tests.is_empty(), "{sentence}");
    }
}

#[test]
fn the_routes_and_tests_that_the_page_names_are_there() {
    let routes: BTreeSet<String> = ROUTES.iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    let tests = tests();
    assert!(tests.len() > 500, "{} functions were found", tests.len());
    let mut missing = BTreeSet::new();
    for (_, named_routes, named_tests) in rows() {
        missing.extend(named_routes.into_iter().filter(|route| !routes.contains(route)));
        missing.extend(named_tests.into_iter().filter(|test| !tests.contains(test)));
    }
    assert!(!COMPLETE || missing.is_empty(), "docs/seeds.md names what isn't there: {missing:?}");
}
