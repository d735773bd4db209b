//! The route table, `spin.toml` and `/openapi.json` speak of the same routes.

use std::collections::{BTreeMap, BTreeSet};

use eport_schema::routes::{Access, ROUTES};
use eport_tests::{On, Site, manifest};
use serde_json::Value;
use toml::Table;

/// The triggers of the manifest: pattern and component.
fn triggers() -> Vec<(String, String)> {
    let text = std::fs::read_to_string(manifest()).unwrap();
    let manifest: Table = text.parse().unwrap();
    let triggers = manifest["trigger"]["http"].as_array().unwrap();
    let text = |trigger: &toml::Value, key: &str| trigger[key].as_str().unwrap().to_owned();
    triggers.iter().map(|trigger| (text(trigger, "route"), text(trigger, "component"))).collect()
}

/// How well a pattern of Spin fits a path: literal segments before `:one`, that before `/...`; nothing where it doesn't.
fn fits(pattern: &str, path: &str) -> Option<Vec<u8>> {
    let mut wanted = pattern.split('/');
    let mut given = path.split('/');
    let mut ranks = Vec::new();
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(ranks),
            (Some("..."), _) => {
                ranks.push(0);
                return Some(ranks);
            }
            (Some(one), Some(_)) if one.starts_with(':') => ranks.push(1),
            (Some(literal), Some(segment)) if literal == segment => ranks.push(2),
            _ => return None,
        }
    }
}

#[test]
fn every_route_of_the_table_is_served_by_its_component() {
    let triggers = triggers();
    for route in ROUTES {
        let path = route.path.replace(['{', '}'], "");
        let best = triggers.iter().filter_map(|(pattern, component)| Some((fits(pattern, &path)?, component))).max();
        assert_eq!(best.map(|(_, component)| component.as_str()), Some(route.component), "{}", route.path);
    }
}

#[test]
fn every_trigger_leads_to_a_route_of_the_table() {
    for (pattern, component) in triggers() {
        let leads = ROUTES
            .iter()
            .any(|route| route.component == component && fits(&pattern, &route.path.replace(['{', '}'], "")).is_some());
        assert!(leads, "{pattern} of {component} leads nowhere");
    }
}

#[test]
fn every_component_knows_the_routes_that_the_table_gives_it() {
    let site = Site::new(On::Sqlite);
    let member = site.join();
    let staff = site.join_staff();
    for route in ROUTES {
        let path = route.path.replace("{account_id}", "x").replace("{id}", "x");
        let call = site.call(route.method, &path);
        let call = match route.access {
            Access::Public => call,
            Access::SessionIfGiven | Access::Session | Access::Member | Access::Administrator => {
                call.token(&member.token)
            }
            Access::Staff => call.token(&staff.token),
        };
        let reply = if route.request.is_some() { call.json(&serde_json::json!({})) } else { call }.send();
        assert_ne!(reply.code(), "route.not_found", "{} {}", route.method, route.path);
        assert_ne!(reply.status, 405, "{} {}", route.method, route.path);
        if route.operation == "end_current_session" {
            break;
        }
    }
}

#[test]
fn the_document_has_every_route_with_its_refusals_and_no_other() {
    let site = Site::new(On::Sqlite);
    let document: Value = site.get("/openapi.json").send().ok(200);
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut described = BTreeMap::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            if ["get", "post", "put", "patch", "delete", "options"].contains(&method.as_str()) {
                described.insert((method.to_uppercase(), path.clone()), operation.clone());
            }
        }
    }
    let table: BTreeSet<_> = ROUTES.iter().map(|route| (route.method.to_owned(), route.path.to_owned())).collect();
    assert_eq!(described.keys().cloned().collect::<BTreeSet<_>>(), table);
    for route in ROUTES {
        let operation = &described[&(route.method.to_owned(), route.path.to_owned())];
        let statuses: BTreeSet<_> = operation["responses"].as_object().unwrap().keys().cloned().collect();
        assert!(statuses.contains(&route.success.to_string()), "{}", route.operation);
        for refusal in route.all_refusals() {
            assert!(statuses.contains(&refusal.status.to_string()), "{} {}", route.operation, refusal.code);
        }
        let secured = operation["security"].as_array().is_some_and(|security| !security.is_empty());
        assert_eq!(secured, route.access != Access::Public, "{}", route.operation);
    }
}
