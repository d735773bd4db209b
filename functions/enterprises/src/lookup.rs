//! J9: `GET /v1/registry/enterprises/{uscc}`: what fills the form.

use eport_schema::catalogue::{self, Invalid};
use eport_schema::domain::Uscc;
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json};
use eport_shared::problem::Problem;
use eport_shared::registry;
use http::StatusCode;

/// What the registry says of one enterprise. Whether it is known here is not told.
pub async fn get(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let text = request.parameters.iter().find(|(name, _)| *name == "uscc").map(|(_, text)| text.as_str());
    let uscc = Uscc::parse(text.unwrap_or_default()).map_err(|Invalid(refusal)| Problem::field("uscc", refusal))?;
    registry::count(context).await?;
    let found = registry::look_up(context, &uscc).await?;
    let found = found.ok_or_else(|| Problem::new(&catalogue::REGISTRY_ENTERPRISE_UNKNOWN))?;
    Ok(json(StatusCode::OK, &found.shown(&uscc)))
}
