//! Who gets which answer where: every route, asked by everybody. The table below is the whole of it; a route without its row fails the test.

use std::collections::BTreeSet;
use std::time::Duration;

use eport_schema::routes::{ROUTES, Route};
use eport_tests::{Call, Member, On, Person, Reply, Site, on_both};
use serde_json::json;
use uuid::Uuid;

use crate::bad_input::valid;

on_both![everybody_gets_the_answer_of_the_table_everywhere];

/// Whether every row of the table must have its route, too. (It may be ahead of the routes while they are being built.)
const COMPLETE: bool = true;

/// Who asks, in the order of the cells.
const WHO: [&str; 9] = [
    "no token",
    "an expired token",
    "a person without an enterprise",
    "a pending member",
    "an operator",
    "the administrator",
    "the administrator of another enterprise",
    "a suspended operator",
    "staff",
];

/// The answer that a cell stands for:
///
/// - `t` 401 `session.required`, `x` 401 `session.token_expired`
/// - `e` 403 `enterprise.required`, `m` 403 `membership.suspended`, `d` 403 `permission.denied`, `s` 403 `staff.required`
/// - `n` 404 `resource.not_found`: another's, and so not there. The ids asked for are those of the first enterprise.
/// - `h` let in, and refused for a reason of the route's own
/// - `o` let in: any answer but those of `t`, `x`, `e`, `m`, `d`, `s`
const TABLE: &[(&str, &str)] = &[
    // registrations
    ("request_sms_code", "ooooooooo"),
    ("register", "ooooooooo"),
    ("set_registration_password", "ooooooooo"),
    ("reset_password", "ooooooooo"),
    ("list_outbox", "ooooooooo"),
    // sessions
    ("create_session", "ooooooooo"),
    ("refresh_session", "ooooooooo"),
    ("request_card_challenge", "oxooooooo"),
    ("end_current_session", "txooooooo"),
    ("list_my_sessions", "txooooooo"),
    ("end_my_session", "txnnnnnnn"),
    ("jwks", "ooooooooo"),
    ("openapi", "ooooooooo"),
    ("health", "ooooooooo"),
    // accounts
    ("get_me", "txooooooo"),
    ("update_me", "txooooooo"),
    ("change_phone", "txooooooo"),
    ("change_password", "txooooooo"),
    ("activate_account", "txhhhhhhh"),
    ("get_settings", "txooooooo"),
    ("replace_settings", "txooooooo"),
    // cards
    ("get_my_card", "txhhhhhhh"),
    ("bind_card", "txhhhhhhh"),
    ("unbind_card", "txhhhhhhh"),
    // messages
    ("list_messages", "txooooooo"),
    ("read_message", "txnnnnnnn"),
    // enterprises
    ("look_up_enterprise", "txooooooo"),
    ("request_association", "txhhhhhhh"),
    ("list_associations", "txeedoome"),
    ("approve_association", "txeedonme"),
    ("reject_association", "txeedonme"),
    ("withdraw_association", "txnnnnnnn"),
    ("get_enterprise", "txeeooome"),
    ("update_enterprise", "txeedoome"),
    ("sync_enterprise", "txeedoome"),
    ("transfer_administrator", "txeedhhme"),
    ("list_enterprise_audit", "txeedoome"),
    ("list_qualifications", "txeedoome"),
    ("create_qualification", "txeedhhme"),
    ("get_qualification", "txeednnme"),
    ("update_qualification", "txeednnme"),
    ("delete_qualification", "txeednnme"),
    ("list_qualification_kinds", "txooooooo"),
    // operators
    ("list_operators", "txeedoome"),
    ("create_operator", "txeedhhme"),
    ("get_operator", "txeedonme"),
    ("update_operator", "txeedonme"),
    ("delete_operator", "txeednnme"),
    ("suspend_operator", "txeednnme"),
    ("resume_operator", "txeednnme"),
    ("reset_operator_password", "txeednnme"),
    ("list_invitations", "txooooooo"),
    ("accept_invitation", "txnnnnnnn"),
    ("decline_invitation", "txnnnnnnn"),
    // permissions
    ("list_applications", "txooooooo"),
    ("get_entitlements", "txeeooome"),
    ("set_entitlements", "txeedoome"),
    ("list_grants", "txeedoome"),
    ("get_grants", "txeedonme"),
    ("set_grants", "txeedonme"),
    ("get_my_grants", "txooooooo"),
    ("check", "txooooooo"),
    ("check_forward", "txhhhhhhh"),
    // seals: who may make one is told by the card, which none of these has
    ("list_seals", "txeeooome"),
    ("create_seal", "txeehhhme"),
    ("check_seal", "txeehhhme"),
    ("get_seal", "txeennnme"),
    ("change_seal", "txeehhhme"),
    ("delete_seal", "txeehhhme"),
    ("authorize_seal", "txeehhhme"),
    ("disable_seal", "txeehhhme"),
    ("enable_seal", "txeehhhme"),
    ("set_default_seal", "txeehhhme"),
    ("get_seal_image", "txeennnme"),
    ("get_seal_structure", "txeennnme"),
    ("list_signatures", "txooooooo"),
    ("create_signature", "txhhhhhhh"),
    ("get_signature", "txnnnnnnn"),
    ("delete_signature", "txnnnnnnn"),
    ("authorize_signature", "txnnnnnnn"),
    ("disable_signature", "txnnnnnnn"),
    ("enable_signature", "txnnnnnnn"),
    ("set_default_signature", "txnnnnnnn"),
    ("get_signature_image", "txnnnnnnn"),
    // platform
    ("list_accounts", "txsssssso"),
    ("get_account", "txsssssso"),
    ("lock_account", "txssssssn"),
    ("unlock_account", "txssssssn"),
    ("reveal_account", "txssssssn"),
    ("get_account_card", "txssssssh"),
    ("bind_account_card", "txssssssh"),
    ("unbind_account_card", "txssssssn"),
    ("list_platform_enterprises", "txsssssso"),
    ("get_platform_enterprise", "txsssssso"),
    ("list_platform_members", "txsssssso"),
    ("verify_enterprise", "txssssssn"),
    ("refuse_enterprise", "txssssssn"),
    ("set_enterprise_administrator", "txssssssn"),
    ("import_registry", "txssssssh"),
    ("list_registry_imports", "txsssssso"),
    ("get_registry_import", "txssssssn"),
    ("list_audit", "txsssssso"),
    ("export_audit", "txsssssso"),
    ("list_trust_certificates", "txsssssso"),
    ("add_trust_certificate", "txssssssh"),
    ("remove_trust_certificate", "txssssssn"),
    ("list_revocation_lists", "txsssssso"),
    ("add_revocation_list", "txssssssh"),
    ("remove_revocation_list", "txssssssn"),
    ("list_platform_applications", "txsssssso"),
    ("add_application", "txssssssh"),
    ("get_platform_application", "txssssssn"),
    ("update_application", "txssssssn"),
    ("remove_application", "txssssssn"),
    ("run_reminders", "txsssssso"),
];

/// The row of an operation: each component's health is the first one's, and a check for a proxy is the same with each method.
fn row(operation: &str) -> &str {
    match operation {
        health if health.starts_with("health") => "health",
        forward if forward.contains("forward") => "check_forward",
        operation => operation,
    }
}

#[test]
fn every_route_has_its_row_and_every_row_its_nine_cells() {
    let rows: BTreeSet<&str> = TABLE.iter().map(|(operation, _)| *operation).collect();
    assert_eq!(rows.len(), TABLE.len(), "an operation stands there twice");
    let routes: BTreeSet<&str> = ROUTES.iter().map(|route| row(route.operation)).collect();
    let missing: Vec<_> = routes.difference(&rows).collect();
    assert!(missing.is_empty(), "these have no row: {missing:?}");
    let ahead: Vec<_> = rows.difference(&routes).collect();
    assert!(!COMPLETE || ahead.is_empty(), "these rows have no route: {ahead:?}");
    for (operation, cells) in TABLE {
        assert!(
            cells.len() == WHO.len() && cells.bytes().all(|cell| b"txemdsnho".contains(&cell)),
            "{operation} {cells}"
        );
    }
}

/// The first enterprise with somebody of each kind, another one, and somebody whose token has expired.
struct Everybody {
    site: Site,
    expiring: Site,
    expired: String,
    people: Vec<Member>,
    enterprise: Uuid,
    association: Uuid,
}

const USCC: [&str; 2] = ["913300007458363392", "91350100M000100Y43"];

impl Everybody {
    fn gather(on: On) -> Self {
        let expiring = Site::with(on, &[("access_token_seconds", "1")]);
        let person = Person::new();
        expiring.register(&person);
        let expired = expiring.log_in(&person).access_token;
        let site = Site::new(on);
        let [nobody, pending, operator, administrator, other, suspended] = [(); 6].map(|()| site.join());
        let staff = site.join_staff();
        let enterprise = Uuid::from_u128(0x019a_a9a5_6f0c_7000_8000_0000_0000_0001);
        let elsewhere = Uuid::from_u128(0x019a_a9a5_6f0c_7000_8000_0000_0000_0002);
        let association = Uuid::from_u128(0x019a_a9a5_6f0c_7000_8000_0000_0000_0003);
        for (id, uscc) in [(enterprise, USCC[0]), (elsewhere, USCC[1])] {
            site.sql(&format!(
                "INSERT INTO enterprises (id, uscc, organisation_code, name, state, created_at, updated_at)
                 VALUES ('{id}', '{uscc}', '{}', '示例企业', 'verified', 0, 0)",
                &uscc[8..17]
            ));
        }
        for (member, of, role, state) in [
            (&operator, enterprise, "operator", "active"),
            (&administrator, enterprise, "admin", "active"),
            (&suspended, enterprise, "operator", "suspended"),
            (&other, elsewhere, "admin", "active"),
        ] {
            site.sql(&format!(
                "INSERT INTO memberships (account_id, enterprise_id, role, state, origin, created_at, updated_at)
                 VALUES ('{}', '{of}', '{role}', '{state}', 'association', 0, 0)",
                member.account
            ));
        }
        site.sql(&format!(
            "INSERT INTO associations (id, account_id, enterprise_id, role, status, created_at)
             VALUES ('{association}', '{}', '{enterprise}', 'operator', 'pending', 0)",
            pending.account
        ));
        std::thread::sleep(Duration::from_millis(1100));
        let people = vec![nobody, pending, operator, administrator, other, suspended, staff];
        Self { site, expiring, expired, people, enterprise, association }
    }

    /// The path with ids of the first enterprise, where a request with them changes nothing that another cell needs.
    fn path(&self, route: &Route, who: usize) -> String {
        let reads = matches!(route.method, "GET" | "PATCH" | "PUT");
        // What its own people may do is asked of nothing: the next cells need it as it is.
        let own = matches!(WHO[who], "the administrator" | "staff" | "a pending member");
        let id = match route.path {
            _ if own && !reads => Uuid::nil(),
            path if path.starts_with("/v1/associations/") => self.association,
            path if path.starts_with("/v1/operators/") || path.starts_with("/v1/platform/accounts/") => {
                self.people[2].account
            }
            path if path.starts_with("/v1/platform/enterprises/") => self.enterprise,
            _ => Uuid::nil(),
        };
        route.path.replace("{uscc}", USCC[0]).replace("{account_id}", &id.to_string()).replace("{id}", &id.to_string())
    }

    fn ask(&self, route: &Route, who: usize) -> Reply {
        let path = self.path(route, who);
        let site = if who == 1 { &self.expiring } else { &self.site };
        let call = site.call(route.method, &path);
        let call = match who {
            0 => call,
            1 => call.token(&self.expired),
            // Its end is not to be the end of what comes after.
            who if route.operation == "end_current_session" => {
                let session = self.site.log_in(&self.people[who - 2].person);
                call.token(&session.access_token)
            }
            who => call.token(&self.people[who - 2].token),
        };
        with_body(call, route).send()
    }
}

/// A body: where something is named in the path a right one, since what is wrong with a body may be told first; else an empty one, which
/// changes nothing.
fn with_body<'a>(call: Call<'a>, route: &Route) -> Call<'a> {
    match (route.request, route.takes) {
        (Some(_), _) if route.path.contains("{id}") => call.json(&valid(route)),
        (Some(_), _) => call.json(&json!({})),
        (None, Some(media_type)) => call.bytes(media_type, ""),
        (None, None) => call,
    }
}

/// Codes of those who aren't let in at all.
const DOOR: [&str; 6] = [
    "session.required",
    "session.token_expired",
    "enterprise.required",
    "membership.suspended",
    "permission.denied",
    "staff.required",
];

fn fits(cell: u8, reply: &Reply) -> bool {
    let code = reply.code();
    let is = |status: u16, expected: &str| reply.status == status && code == expected;
    match cell {
        b't' => is(401, "session.required"),
        b'x' => is(401, "session.token_expired"),
        b'e' => is(403, "enterprise.required"),
        b'm' => is(403, "membership.suspended"),
        b'd' => is(403, "permission.denied"),
        b's' => is(403, "staff.required"),
        b'n' => is(404, "resource.not_found"),
        b'h' => (400..500).contains(&reply.status) && reply.status != 401,
        _ => reply.status < 500 && !DOOR.contains(&code.as_str()) && code != "route.not_found",
    }
}

fn everybody_gets_the_answer_of_the_table_everywhere(on: On) {
    let everybody = Everybody::gather(on);
    let mut wrong = Vec::new();
    for route in ROUTES {
        let Some((_, cells)) = TABLE.iter().find(|(operation, _)| *operation == row(route.operation)) else {
            wrong.push(format!("{} has no row", route.operation));
            continue;
        };
        for (who, cell) in cells.bytes().enumerate() {
            let reply = everybody.ask(route, who);
            if !fits(cell, &reply) {
                let (cell, who) = (char::from(cell), WHO[who]);
                wrong.push(format!("{} by {who}: {cell}, but {} {}", route.operation, reply.status, reply.code()));
            }
        }
    }
    assert!(wrong.is_empty(), "{} cells are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
