//! J14: the catalogue, as everybody with a session sees it.

use eport_schema::wire::List;
use eport_shared::applications;
use eport_shared::context::Context;
use eport_shared::http::{Response, json};
use eport_shared::problem::Problem;
use http::StatusCode;

/// `GET /v1/applications`: all of them, on one page; there are at most [`applications::MOST`].
pub async fn list(context: &Context<'_>) -> Result<Response, Problem> {
    let catalogue = applications::current(context).await?;
    Ok(json(StatusCode::OK, &List { items: catalogue.applications().to_vec(), next_cursor: None }))
}
