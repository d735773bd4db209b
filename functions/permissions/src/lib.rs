//! Applications, entitlements, grants and the check (J14).

pub mod applications;
pub mod check;
pub mod entitlements;
pub mod forward;
pub mod grants;
mod members;
pub mod mine;
pub mod rights;

use eport_schema::catalogue;
use eport_shared::context::Context;
use eport_shared::health;
use eport_shared::http::{Request, Response};
use eport_shared::problem::Problem;
use eport_shared::serve::Function;
use eport_shared::sql::Statement;

/// The component `permissions`.
#[derive(Debug)]
pub struct Permissions;

impl Function for Permissions {
    const COMPONENT: &'static str = "permissions";

    const RECOGNISES: &'static [(&'static str, &'static Statement)] = &[
        ("check", &check::CHECK),
        ("check_forward", &forward::FORWARD),
        ("check_forward_post", &forward::FORWARD),
        ("check_forward_put", &forward::FORWARD),
        ("check_forward_patch", &forward::FORWARD),
        ("check_forward_options", &forward::FORWARD),
        ("check_forward_delete", &forward::FORWARD),
    ];

    async fn handle(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
        match request.route.operation {
            "check" => check::check(context, request).await,
            "check_forward"
            | "check_forward_post"
            | "check_forward_put"
            | "check_forward_patch"
            | "check_forward_options"
            | "check_forward_delete" => forward::forward(context, request).await,
            "list_applications" => applications::list(context).await,
            "get_entitlements" => entitlements::get(context).await,
            "set_entitlements" => entitlements::set(context, request).await,
            "list_grants" => grants::list(context, request).await,
            "get_grants" => grants::get(context, request).await,
            "set_grants" => grants::set(context, request).await,
            "get_my_grants" => mine::get(context).await,
            "health_permissions" => health::check(context, Self::COMPONENT).await,
            _ => Err(Problem::new(&catalogue::ROUTE_NOT_FOUND)),
        }
    }
}

#[cfg(target_family = "wasm")]
eport_adapter::component!(request => eport_adapter::serve::<Permissions>(request));
