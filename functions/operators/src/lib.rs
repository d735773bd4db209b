//! An enterprise's operators (J8).

use eport_schema::catalogue;
use eport_shared::context::Context;
use eport_shared::health;
use eport_shared::http::{Request, Response};
use eport_shared::problem::Problem;
use eport_shared::serve::Function;

/// The component `operators`.
#[derive(Debug)]
pub struct Operators;

impl Function for Operators {
    const COMPONENT: &'static str = "operators";

    async fn handle(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
        match request.route.operation {
            "health_operators" => health::check(context, Self::COMPONENT).await,
            _ => Err(Problem::new(&catalogue::ROUTE_NOT_FOUND)),
        }
    }
}

#[cfg(target_family = "wasm")]
mod component {
    #[spin_sdk::http_service]
    async fn entry(request: spin_sdk::http::Request) -> impl spin_sdk::http::IntoResponse {
        eport_adapter::serve::<super::Operators>(request).await
    }
}
