//! Refusals on the wire: RFC 9457 `application/problem+json` with fields of ours.

use serde::{Deserialize, Serialize};

/// A refusal. Clients decide by `code`; the texts are for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ProblemDetails {
    /// `urn:eport-id:problem:` and the code.
    // An absolute URI that names and leads nowhere. The service is installed in many places and none of them is the home of the
    // definitions: a locator would be wrong in all but one, and a relative reference would mean another thing at each (RFC 9457 §3.1.1).
    pub r#type: String,
    /// What it is, in a few words, in the language of `Content-Language`.
    pub title: String,
    /// The HTTP status.
    #[cfg_attr(feature = "openapi", schemars(range(min = 400, max = 599)))]
    pub status: u16,
    /// What happened.
    pub detail: String,
    /// Stable and dotted, such as `session.locked`.
    pub code: String,
    /// Whether asking again can help: `never`, `later`, `after_fix`.
    #[cfg_attr(feature = "openapi", schemars(with = "crate::catalogue::Retry"))]
    pub retry: String,
    /// What to do.
    pub fix: String,
    /// The fields that are wrong, if that is what is wrong.
    pub errors: Vec<FieldProblem>,
    /// Seconds after which the same request may succeed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(range(min = 1)))]
    pub retry_after: Option<i64>,
}

/// A field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct FieldProblem {
    /// Its name in the body, the path or the query.
    pub field: String,
    /// Stable and dotted, such as `phone.format`.
    pub code: String,
    /// What is wrong with it.
    pub detail: String,
}

impl ProblemDetails {
    /// The `type` of a refusal.
    pub fn type_of(refusal: &crate::catalogue::Refusal) -> String {
        format!("urn:eport-id:problem:{}", refusal.code)
    }
}
