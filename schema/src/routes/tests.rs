use std::collections::HashSet;

use proptest::prelude::*;

use super::*;

fn route(operation: &str) -> &'static Route {
    ROUTES.iter().find(|route| route.operation == operation).unwrap()
}

fn refused(operation: &str, query: &[(&str, &str)]) -> Option<(String, &'static str)> {
    let query: Vec<_> = query.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let refused = route(operation).refused_parameter(&query)?;
    Some((refused.0.to_owned(), refused.1.code))
}

#[test]
fn operations_and_addresses_are_unique() {
    let operations: HashSet<_> = ROUTES.iter().map(|route| route.operation).collect();
    let addresses: HashSet<_> = ROUTES.iter().map(|route| (route.method, route.path)).collect();
    assert_eq!((operations.len(), addresses.len()), (ROUTES.len(), ROUTES.len()));
}

#[test]
fn a_route_answers_with_each_refusal_once_and_only_with_refusals() {
    for route in ROUTES {
        let all = route.all_refusals();
        let codes: HashSet<_> = all.iter().map(|refusal| refusal.code).collect();
        assert_eq!(codes.len(), all.len(), "{}", route.operation);
        assert!((200..300).contains(&route.success), "{}", route.operation);
        assert_eq!(route.response.is_none(), route.success == 204, "{}", route.operation);
    }
}

#[test]
fn every_component_has_a_health_of_its_own() {
    let components: HashSet<_> = ROUTES.iter().map(|route| route.component).collect();
    for component in components {
        let path = format!("/v1/health/{component}");
        assert!(ROUTES.iter().any(|route| route.path == path && route.component == component), "{path}");
    }
}

#[test]
fn what_needs_a_session_says_so() {
    for route in ROUTES {
        let open = !route.path.starts_with("/v1/me") && !route.path.starts_with("/v1/platform");
        let codes: Vec<_> = route.all_refusals().iter().map(|refusal| refusal.code).collect();
        assert!(open || route.access != Access::Public, "{}", route.path);
        assert_eq!(route.path.starts_with("/v1/platform"), route.access == Access::Staff, "{}", route.path);
        assert_eq!(codes.contains(&"session.required"), route.access != Access::Public, "{}", route.path);
    }
}

#[test]
fn parameters_are_whole_segments() {
    assert_eq!(route("set_registration_password").parameters().collect::<Vec<_>>(), ["account_id"]);
    assert_eq!(route("get_me").parameters().count(), 0);
    for route in ROUTES {
        assert_eq!(route.path.matches(['{', '}']).count(), 2 * route.parameters().count(), "{}", route.path);
    }
}

#[test]
fn good_queries_pass() {
    let id = "019aa9a5-6f0c-7d0a-8f0e-2d9d7f5b1c11";
    for (operation, query) in [
        ("list_messages", &[("unread", "true"), ("limit", "100"), ("cursor", id)] as &[_]),
        ("list_messages", &[("unread", ""), ("limit", ""), ("cursor", "")]),
        ("list_accounts", &[("query", "138 1234 5678"), ("state", "locked"), ("limit", "1")]),
        (
            "list_audit",
            &[
                ("from", "2026-11-22T09:20:00+08:00"),
                ("actor_id", id),
                ("result", "refused"),
                ("action", "lock_account"),
            ],
        ),
        ("get_me", &[("anything", "goes")]),
    ] {
        assert_eq!(refused(operation, query), None, "{query:?}");
    }
}

#[test]
fn bad_queries_are_refused_with_the_parameter_and_its_code() {
    for (operation, name, value, code) in [
        ("list_messages", "unread", "yes", "request.invalid_query"),
        ("list_messages", "limit", "0", "limit.range"),
        ("list_messages", "limit", "101", "limit.range"),
        ("list_messages", "limit", "+5", "limit.range"),
        ("list_messages", "limit", "99999999999999999999", "limit.range"),
        ("list_messages", "cursor", "019aa9a56f0c7d0a8f0e2d9d7f5b1c11", "cursor.invalid"),
        ("list_messages", "cusor", "", "request.invalid_query"),
        ("list_outbox", "phone", "12345", "phone.format"),
        ("list_accounts", "state", "gone", "request.invalid_query"),
        ("list_accounts", "query", "a\0b", "request.invalid_query"),
        ("list_audit", "from", "2026-11-22", "time.format"),
        ("list_audit", "target_id", "me", "id.format"),
    ] {
        assert_eq!(refused(operation, &[(name, value)]), Some((name.to_owned(), code)));
    }
    assert_eq!(
        refused("list_messages", &[("limit", "1"), ("limit", "1")]),
        Some(("limit".to_owned(), "request.invalid_query"))
    );
}

proptest! {
    #[test]
    fn no_query_makes_it_panic(
        operation in 0..ROUTES.len(),
        query in prop::collection::vec(("limit|cursor|state|unread|phone|from|[a-z]{0,3}", any::<String>()), 0..3),
    ) {
        if let Some((_, refusal)) = ROUTES[operation].refused_parameter(&query) {
            prop_assert!(ROUTES[operation].all_refusals().contains(&refusal));
        }
    }
}
