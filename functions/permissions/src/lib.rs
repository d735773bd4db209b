//! Applications, entitlements, grants and the check (J14).

use eport_schema::catalogue;
use eport_shared::context::Context;
use eport_shared::health;
use eport_shared::http::{Request, Response};
use eport_shared::problem::Problem;
use eport_shared::serve::Function;

/// The component `permissions`.
#[derive(Debug)]
pub struct Permissions;

impl Function for Permissions {
    const COMPONENT: &'static str = "permissions";

    async fn handle(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
        match request.route.operation {
            "health_permissions" => health::check(context, Self::COMPONENT).await,
            _ => Err(Problem::new(&catalogue::ROUTE_NOT_FOUND)),
        }
    }
}

#[cfg(target_family = "wasm")]
mod component {
    #[spin_sdk::http_service]
    async fn entry(request: spin_sdk::http::Request) -> impl spin_sdk::http::IntoResponse {
        eport_adapter::serve::<super::Permissions>(request).await
    }
}
