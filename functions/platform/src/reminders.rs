//! J7: `POST /v1/platform/reminders/run`, for a scheduler that logs in as one of the staff. The rule is [`eport_shared::reminders`].

use eport_shared::context::Context;
use eport_shared::http::{Response, json};
use eport_shared::problem::Problem;
use eport_shared::reminders;
use http::StatusCode;

/// Sends what is due. Called again it sends nothing twice; where the answer isn't complete, the next call goes on.
pub async fn run(context: &Context<'_>) -> Result<Response, Problem> {
    Ok(json(StatusCode::OK, &reminders::run(context).await?))
}
