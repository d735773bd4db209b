//! What a manifest may say, and what a person reads where it can't be run.

use std::path::Path;

use super::*;

const GOOD: &str = r#"
spin_manifest_version = 2

[application]
name = "port"
version = "1.0.0"

[application.tool.other]
anything = ["goes"]

[variables]
greeting = { default = "hello" }
key = { required = true, secret = true }

[[trigger.http]]
route = "/v1/me/..."
component = "me"

[[trigger.http]]
route = { private = true }
component = "me"

[component.me]
source = "tests.rs"
allowed_outbound_hosts = ["https://{{ greeting }}.example"]
key_value_stores = ["default"]
sqlite_databases = ["default"]
build = { command = "make", watch = ["src"] }
environment = { TZ = "Asia/Shanghai" }
[component.me.variables]
greeting = "{{ greeting }}!"
[component.me.tool.eport]
concurrency = 1
"#;

fn check(text: &str) -> Result<Manifest, ConfigError> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/manifest/spin.toml");
    Manifest::check(SourceFile::new(&path, text.to_owned()))
}

/// The line, and all the words, of the error that `GOOD` gives once `from` is replaced by `to`.
fn error(from: &str, to: &str) -> (usize, String) {
    assert!(GOOD.contains(from), "{from}");
    let error = check(&GOOD.replace(from, to)).unwrap_err();
    let line = error.place.rsplit(':').nth(1).and_then(|line| line.parse().ok()).unwrap_or(0);
    (line, error.to_string())
}

/// The number of the first line of `GOOD` that holds `text`.
fn line_of(text: &str) -> usize {
    GOOD.lines().position(|line| line.contains(text)).unwrap() + 1
}

#[test]
fn a_good_manifest_is_read_whole() {
    let manifest = check(GOOD).unwrap();
    assert_eq!(manifest.routes.len(), 1, "a private route is no route");
    let component = &manifest.components["me"];
    assert_eq!(component.limits.concurrency, Some(1));
    assert_eq!(component.environment, [("TZ".to_owned(), "Asia/Shanghai".to_owned())]);
    assert!(manifest.variables["key"].variable.secret);
}

#[test]
fn an_unknown_key_is_named_with_its_line() {
    let (line, text) = error("key_value_stores", "key_value_store");
    assert_eq!(line, line_of("key_value_stores"));
    assert!(text.contains("key_value_store") && text.contains("spelling"), "{text}");
}

#[test]
fn an_unknown_key_among_our_own_limits_is_named_with_its_line() {
    let (line, text) = error("concurrency = 1", "concurency = 1");
    assert_eq!(line, line_of("concurrency = 1"));
    assert!(text.contains("concurency"), "{text}");
}

#[test]
fn a_component_file_that_is_missing_says_how_to_make_it() {
    let (line, text) = error("\"tests.rs\"", "\"gone.wasm\"");
    assert_eq!(line, line_of("source ="));
    assert!(text.contains("gone.wasm") && text.contains("Build"), "{text}");
}

#[test]
fn a_component_from_a_url_is_refused() {
    let (line, text) = error("\"tests.rs\"", "{ url = \"https://a/b.wasm\", digest = \"sha256:0\" }");
    assert_eq!(line, line_of("source ="));
    assert!(text.contains("Download"), "{text}");
}

#[test]
fn a_route_can_be_taken_only_once() {
    let (line, text) = error("{ private = true }", "\"/v1/me/...\"");
    assert_eq!(line, line_of("{ private = true }"));
    assert!(text.contains("already taken"), "{text}");
}

#[test]
fn a_wildcard_in_the_middle_of_a_route_is_refused() {
    for route in ["\"/a/*/b\"", "\"/a/.../b\"", "\"/a/:\"", "\"/a/*x\""] {
        let (line, text) = error("\"/v1/me/...\"", route);
        assert_eq!(line, line_of("/v1/me/..."), "{route}");
        assert!(text.contains("/below/..."), "{text}");
    }
}

#[test]
fn a_trigger_of_an_unknown_component_is_refused() {
    let (line, text) = error("component = \"me\"", "component = \"you\"");
    assert_eq!(line, line_of("component = \"me\""));
    assert!(text.contains("[component.you]"), "{text}");
}

#[test]
fn a_template_with_an_unknown_variable_is_refused() {
    let (line, text) = error("{{ greeting }}!", "{{ greting }}!");
    assert_eq!(line, line_of("{{ greeting }}!"));
    assert!(text.contains("greting") && text.contains("[variables]"), "{text}");
    let (line, _) = error("https://{{ greeting }}.example", "https://{{ host }}.example");
    assert_eq!(line, line_of("allowed_outbound_hosts"));
}

#[test]
fn a_variable_needs_a_default_or_must_be_required() {
    let (line, text) = error("{ default = \"hello\" }", "{ secret = true }");
    assert_eq!(line, line_of("greeting = { default"));
    assert!(text.contains("required = true"), "{text}");
    let (_, text) = error("{ default = \"hello\" }", "{ default = \"x\", required = true }");
    assert!(text.contains("one of the two"), "{text}");
}

#[test]
fn a_variable_name_that_spin_refuses_is_refused() {
    for name in ["Greeting", "a__b", "_a", "a_", "9a", "a-b"] {
        let (_, text) = error("key = { required", &format!("{name} = {{ required"));
        assert!(text.contains("lower-case"), "{name}: {text}");
    }
}

#[test]
fn what_only_spin_can_do_is_refused_by_name() {
    for (from, to, word) in [
        ("build =", "files = [\"a\"]\nbuild =", "files"),
        ("build =", "ai_models = [\"llama\"]\nbuild =", "ai_models"),
        ("build =", "dependencies = { \"a:b/c\" = \"1.0\" }\nbuild =", "dependencies"),
        ("route = \"/v1", "executor = { type = \"wagi\" }\nroute = \"/v1", "wagi"),
        ("[[trigger.http]]\nroute = {", "[[trigger.redis]]\nroute = {", "redis"),
    ] {
        let (line, text) = error(from, to);
        assert!(line > 0 && text.contains(word), "{text}");
    }
}

#[test]
fn another_manifest_version_is_refused() {
    let (line, text) = error("spin_manifest_version = 2", "spin_manifest_version = 1");
    assert_eq!(line, 2);
    assert!(text.contains("version 2"), "{text}");
}

#[test]
fn a_file_that_is_not_toml_names_the_line() {
    let (line, _) = error("name = \"port\"", "name = ");
    assert_eq!(line, line_of("name = \"port\""));
}

#[test]
fn a_manifest_that_is_not_there_says_how_to_name_it() {
    let error = Manifest::read(Path::new("/nowhere/spin.toml")).unwrap_err().to_string();
    assert!(error.contains("/nowhere/spin.toml") && error.contains("-f"), "{error}");
}
