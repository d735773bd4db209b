//! Every route, in one table: what the router matches, what the OpenAPI document is made from.

mod table;
#[cfg(test)]
mod tests;

pub use table::ROUTES;

use crate::catalogue::{self, Refusal, Text};
use crate::clock::Timestamp;
use crate::domain::Phone;
use crate::domain::text::{has_control_characters, has_length};

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Anyone.
    Public,
    /// Anyone, for what needs no session; who sends a token must send a good one, and can do more.
    SessionIfGiven,
    /// Anyone with a session.
    Session,
    /// Whoever belongs to an enterprise, and isn't suspended there.
    Member,
    /// The administrator of an enterprise.
    Administrator,
    /// The platform's staff.
    Staff,
}

/// What a query parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QueryKind {
    /// How many items: 1 to 100.
    Limit,
    /// `next_cursor` of the page before.
    Cursor,
    /// A mobile phone number.
    Phone,
    /// `true` or `false`.
    Flag,
    /// 1 to [`QueryKind::LONGEST_TEXT`] characters without controls.
    Text,
    /// One of these.
    OneOf(&'static [&'static str]),
    /// A point in time, RFC 3339.
    Time,
    /// A UUID.
    Id,
}

/// A query parameter. All are optional.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Query {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub kind: QueryKind,
    /// What it does.
    pub description: Text,
}

/// One method on one path.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: &'static str,
    /// With parameters in braces, each one whole segment: `/v1/messages/{id}/read`.
    pub path: &'static str,
    /// The component that answers it, as in `spin.toml`.
    pub component: &'static str,
    /// A name in snake case that no other route has.
    pub operation: &'static str,
    /// What it does, in a few words.
    pub summary: Text,
    /// Who may use it.
    pub access: Access,
    /// The wire type of the body, by name; none where there is no body.
    pub request: Option<&'static str>,
    /// The wire type of the answer, by name; none where it has no body.
    pub response: Option<&'static str>,
    /// The status of success.
    pub success: u16,
    /// The query parameters.
    pub query: &'static [Query],
    /// The refusals that are its own; [`Route::all_refusals`] adds those of its kind.
    pub refusals: &'static [&'static Refusal],
    /// Whether it takes `Idempotency-Key`.
    pub idempotent: bool,
    /// Whether it takes [`REFRESH_COOKIE`].
    pub refresh_cookie: bool,
}

/// The header field with which a page (`Eport-Refresh-Cookie: 1`) asks for its refresh token in a cookie that no script can read.
///
/// A page of another site can't send it without a CORS preflight, which is never granted: together with `SameSite=Strict` it keeps
/// others from using the cookie.
pub const REFRESH_COOKIE: &str = "eport-refresh-cookie";

/// What any route can answer, since the runtime stands before it.
const EVERYWHERE: &[&Refusal] = &[
    &catalogue::REQUEST_MALFORMED,
    &catalogue::REQUEST_TIMEOUT,
    &catalogue::REQUEST_TOO_LARGE,
    &catalogue::REQUEST_URL_TOO_LONG,
    &catalogue::REQUEST_HEADERS_TOO_LARGE,
    &catalogue::ROUTE_METHOD_NOT_ALLOWED,
    &catalogue::SERVICE_INTERNAL,
    &catalogue::SERVICE_DATABASE_UNAVAILABLE,
    &catalogue::SERVICE_OVERLOADED,
    &catalogue::SERVICE_TIMEOUT,
];

/// What a route with query parameters can answer.
const WITH_QUERY: &[&Refusal] = &[&catalogue::REQUEST_INVALID_QUERY];

/// What a route for members of an enterprise can answer, besides [`WITH_SESSION`].
const FOR_MEMBERS: &[&Refusal] = &[&catalogue::ENTERPRISE_REQUIRED, &catalogue::MEMBERSHIP_SUSPENDED];

/// What a route for administrators can answer, besides [`FOR_MEMBERS`].
const FOR_ADMINISTRATORS: &[&Refusal] = &[&catalogue::PERMISSION_DENIED];

/// What a route for staff can answer, besides [`WITH_SESSION`].
const FOR_STAFF: &[&Refusal] = &[&catalogue::STAFF_REQUIRED];

/// What a route with a body can answer.
const WITH_BODY: &[&Refusal] = &[
    &catalogue::REQUEST_MALFORMED_JSON,
    &catalogue::REQUEST_INVALID_UTF8,
    &catalogue::REQUEST_WRONG_TYPE,
    &catalogue::REQUEST_UNKNOWN_FIELD,
    &catalogue::REQUEST_DUPLICATE_FIELD,
    &catalogue::REQUEST_MISSING_FIELD,
    &catalogue::REQUEST_UNSUPPORTED_MEDIA_TYPE,
    &catalogue::REQUEST_INVALID,
];

/// What a route that needs a session can answer.
const WITH_SESSION: &[&Refusal] = &[
    &catalogue::SESSION_REQUIRED,
    &catalogue::SESSION_TOKEN_INVALID,
    &catalogue::SESSION_TOKEN_EXPIRED,
    &catalogue::SESSION_ENDED,
    &catalogue::PASSWORD_CHANGE_REQUIRED,
];

/// What a route that takes `Idempotency-Key` can answer.
const WITH_KEY: &[&Refusal] =
    &[&catalogue::IDEMPOTENCY_KEY_FORMAT, &catalogue::IDEMPOTENCY_KEY_REUSED, &catalogue::IDEMPOTENCY_IN_PROGRESS];

/// The routes of a component, as `spin.toml` names it; none where there is no such component.
pub fn of(component: &str) -> &'static [Route] {
    table::TABLES.iter().find(|(name, _)| *name == component).map_or(&[], |(_, routes)| routes)
}

impl QueryKind {
    /// The most characters of a [`QueryKind::Text`].
    pub const LONGEST_TEXT: usize = 100;

    /// How a value that isn't of this kind is refused.
    pub const fn refusal(self) -> &'static Refusal {
        match self {
            Self::Limit => &catalogue::LIMIT_RANGE,
            Self::Cursor => &catalogue::CURSOR_INVALID,
            Self::Phone => &catalogue::PHONE_FORMAT,
            Self::Time => &catalogue::TIME_FORMAT,
            Self::Id => &catalogue::ID_FORMAT,
            Self::Flag | Self::OneOf(_) | Self::Text => &catalogue::REQUEST_INVALID_QUERY,
        }
    }

    /// Whether `value` is of this kind.
    pub fn accepts(self, value: &str) -> bool {
        match self {
            Self::Limit => {
                value.bytes().all(|b| b.is_ascii_digit()) && value.parse().is_ok_and(|n: u32| (1..=100).contains(&n))
            }
            // The hyphenated form alone, as the document says; the parser also knows others.
            Self::Cursor | Self::Id => value.len() == 36 && uuid::Uuid::try_parse(value).is_ok(),
            Self::Phone => Phone::parse(value).is_ok(),
            Self::Flag => matches!(value, "true" | "false"),
            Self::Text => has_length(value, 1..=Self::LONGEST_TEXT) && !has_control_characters(value),
            Self::OneOf(values) => values.contains(&value),
            Self::Time => Timestamp::parse_rfc3339(value).is_some(),
        }
    }
}

impl Route {
    /// The first query parameter that is unknown, repeated or not of its kind, and how it is refused. One without a value counts as
    /// absent, as a form sends it. A route without query parameters ignores what comes.
    pub fn refused_parameter<'a>(&self, query: &'a [(String, String)]) -> Option<(&'a str, &'static Refusal)> {
        if self.query.is_empty() {
            return None;
        }
        query.iter().enumerate().find_map(|(position, (name, value))| {
            let known = self.query.iter().find(|known| known.name == name);
            let repeated = query.iter().take(position).any(|(earlier, _)| earlier == name);
            match known {
                Some(_) if repeated => Some(&catalogue::REQUEST_INVALID_QUERY),
                Some(known) if !value.is_empty() && !known.kind.accepts(value) => Some(known.kind.refusal()),
                Some(_) => None,
                None => Some(&catalogue::REQUEST_INVALID_QUERY),
            }
            .map(|refusal| (name.as_str(), refusal))
        })
    }

    /// Every refusal that it can answer with, each once: its own, and those of routes of its kind.
    pub fn all_refusals(&self) -> Vec<&'static Refusal> {
        let groups = [
            (!self.query.is_empty(), WITH_QUERY),
            (self.request.is_some(), WITH_BODY),
            (self.access != Access::Public, WITH_SESSION),
            (matches!(self.access, Access::Member | Access::Administrator), FOR_MEMBERS),
            (self.access == Access::Administrator, FOR_ADMINISTRATORS),
            (self.access == Access::Staff, FOR_STAFF),
            (self.idempotent, WITH_KEY),
            (true, EVERYWHERE),
        ];
        let mut all: Vec<&'static Refusal> = self.refusals.to_vec();
        all.extend(self.query.iter().map(|query| query.kind.refusal()));
        for (_, refusals) in groups.iter().filter(|(applies, _)| *applies) {
            all.extend(*refusals);
        }
        let mut seen = std::collections::HashSet::new();
        all.retain(|refusal| seen.insert(refusal.code));
        all
    }

    /// The names of its path's parameters.
    pub fn parameters(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }
}
