//! The table itself: one file for each component.

/// How a card's certificate is refused, on top of a route's own.
macro_rules! with_certificate_refusals {
    ($($own:expr),* $(,)?) => {
        &[
            $($own,)*
            &catalogue::CARD_ENCODING,
            &catalogue::CARD_CERTIFICATE_MALFORMED,
            &catalogue::CARD_CERTIFICATE_INCOMPLETE,
            &catalogue::CARD_EXPIRED,
            &catalogue::CARD_NOT_YET_VALID,
            &catalogue::CARD_REVOKED,
            &catalogue::CARD_UNKNOWN_ISSUER,
            &catalogue::CARD_WRONG_KEY_USAGE,
            &catalogue::CARD_WEAK_KEY,
            &catalogue::CARD_ALGORITHM_REFUSED,
            &catalogue::CARD_REVOCATION_UNKNOWN,
            &catalogue::CARD_HOLDER_MISMATCH,
            &catalogue::CARD_ENTERPRISE_MISMATCH,
        ]
    };
}

/// How what a card signed is refused: its certificate, the challenge, the signature.
macro_rules! with_proof_refusals {
    ($($own:expr),* $(,)?) => {
        with_certificate_refusals![
            $($own,)*
            &catalogue::CARD_CHALLENGE_INVALID,
            &catalogue::CARD_CHALLENGE_EXPIRED,
            &catalogue::CARD_SIGNATURE_INVALID,
        ]
    };
}

mod accounts;
mod cards;
mod enterprises;
mod messages;
mod operators;
mod permissions;
mod platform;
mod portal;
mod registrations;
mod seals;
mod sessions;

use super::{Access, Query, QueryKind, Route};
use crate::catalogue::Text;

const fn text(zh: &'static str, en: &'static str) -> Text {
    Text { zh, en }
}

const LIMIT: Query = Query {
    name: "limit",
    kind: QueryKind::Limit,
    description: text("每页条数，默认 20。", "How many items; 20 if absent."),
};
const CURSOR: Query = Query {
    name: "cursor",
    kind: QueryKind::Cursor,
    description: text("上一页的 next_cursor。", "next_cursor of the page before."),
};

/// A route without body, query or refusals of its own: what the others are written as changes of.
const BASE: Route = Route {
    method: "GET",
    path: "",
    component: "",
    operation: "",
    summary: text("", ""),
    access: Access::Public,
    request: None,
    response: None,
    success: 200,
    query: &[],
    refusals: &[],
    idempotent: false,
    takes: None,
    gives: None,
    refresh_cookie: false,
};

/// The routes of each component.
pub(super) const TABLES: &[(&str, &[Route])] = &[
    ("registrations", registrations::ROUTES),
    ("sessions", sessions::ROUTES),
    ("accounts", accounts::ROUTES),
    ("cards", cards::ROUTES),
    ("enterprises", enterprises::ROUTES),
    ("operators", operators::ROUTES),
    ("permissions", permissions::ROUTES),
    ("seals", seals::ROUTES),
    ("messages", messages::ROUTES),
    ("platform", platform::ROUTES),
    ("portal", portal::ROUTES),
];

/// All routes, component by component.
pub static ROUTES: &[Route] = &collect();

const COUNT: usize = {
    let mut count = 0;
    let mut tables = TABLES;
    while let [(_, routes), rest @ ..] = tables {
        count += routes.len();
        tables = rest;
    }
    count
};

#[allow(clippy::indexing_slicing, reason = "runs at compile time, where an index past the end is a build failure")]
const fn collect() -> [Route; COUNT] {
    let mut all = [BASE; COUNT];
    let mut next = 0;
    let mut tables = TABLES;
    while let [(_, routes), rest @ ..] = tables {
        let mut routes = *routes;
        while let [route, others @ ..] = routes {
            all[next] = *route;
            next += 1;
            routes = others;
        }
        tables = rest;
    }
    all
}

const STAFF_ACTION: Route = Route { access: Access::Staff, response: Some("PlatformAccount"), ..BASE };

const fn health(path: &'static str, component: &'static str, operation: &'static str) -> Route {
    Route {
        path,
        component,
        operation,
        summary: text("服务是否正常", "Whether the service is well"),
        response: Some("Health"),
        ..BASE
    }
}
