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

/// A row of the page's tables.
struct Row {
    sentence: String,
    routes: Vec<String>,
    tests: Vec<String>,
    /// Tests in the browser: the file in `portal/e2e/tests`, and what the test is called there.
    browser: Vec<(String, String)>,
}

fn rows() -> Vec<Row> {
    let page = std::fs::read_to_string(root().join("docs/seeds.md")).unwrap();
    let named = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let titled = |entry: &str| {
        let (file, title) = entry.strip_prefix('`')?.split_once("` ")?;
        Some((file.to_owned(), title.to_owned()))
    };
    page.lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ");
            let (sentence, routes, tests) = (cells.next()?, cells.next()?, cells.next()?);
            let browser = cells.next()?.split("<br>").filter_map(titled).collect();
            let row = Row { sentence: sentence.to_owned(), routes: named(routes), tests: named(tests), browser };
            (sentence != "sentence").then_some(row)
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
    for Row { sentence, routes, tests, .. } in rows {
        assert!(!routes.is_empty() && !tests.is_empty(), "{sentence}");
    }
}

#[test]
fn the_routes_and_tests_that_the_page_names_are_there() {
    let routes: BTreeSet<String> = ROUTES.iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    let tests = tests();
    assert!(tests.len() > 500, "{} functions were found", tests.len());
    let mut missing = BTreeSet::new();
    for row in rows() {
        missing.extend(row.routes.into_iter().filter(|route| !routes.contains(route)));
        missing.extend(row.tests.into_iter().filter(|test| !tests.contains(test)));
    }
    assert!(!COMPLETE || missing.is_empty(), "docs/seeds.md names what isn't there: {missing:?}");
}

#[test]
fn the_browser_tests_that_the_page_names_are_there() {
    let named: Vec<(String, String)> = rows().into_iter().flat_map(|row| row.browser).collect();
    assert!(named.len() > 30, "{} browser tests", named.len());
    let missing: BTreeSet<_> = named
        .into_iter()
        .filter(|(file, title)| {
            let text = std::fs::read_to_string(root().join("portal/e2e/tests").join(file)).unwrap_or_default();
            !text.contains(&format!("test(\"{title}\""))
        })
        .collect();
    assert!(missing.is_empty(), "docs/seeds.md names what isn't there: {missing:?}");
}
