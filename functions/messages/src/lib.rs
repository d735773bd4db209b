//! A person's inbox (J17).

pub mod inbox;

use eport_schema::catalogue;
use eport_shared::context::Context;
use eport_shared::health;
use eport_shared::http::{Request, Response};
use eport_shared::problem::Problem;
use eport_shared::serve::Function;

/// The component `messages`.
#[derive(Debug)]
pub struct Messages;

impl Function for Messages {
    const COMPONENT: &'static str = "messages";

    async fn handle(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
        match request.route.operation {
            "list_messages" => inbox::list(context, request).await,
            "read_message" => inbox::mark_read(context, request).await,
            "health_messages" => health::check(context, Self::COMPONENT).await,
            _ => Err(Problem::new(&catalogue::ROUTE_NOT_FOUND)),
        }
    }
}

#[cfg(target_family = "wasm")]
eport_adapter::component!(request => eport_adapter::serve::<Messages>(request));
