//! An enterprise's operators (J8): made, invited, found, changed, suspended, removed. And what people decide who are invited.

pub mod change;
pub mod create;
mod initial_password;
pub mod invitations;
pub mod item;
pub mod list;
pub mod password_reset;
pub mod place;
mod target;

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
            "list_operators" => list::list(context, request).await,
            "create_operator" => create::create(context, request).await,
            "get_operator" => item::get(context, request).await,
            "update_operator" => change::update(context, request).await,
            "delete_operator" => place::remove(context, request).await,
            "suspend_operator" => place::suspend(context, request).await,
            "resume_operator" => place::resume(context, request).await,
            "reset_operator_password" => password_reset::reset(context, request).await,
            "list_invitations" => invitations::list(context, request).await,
            "accept_invitation" => invitations::accept(context, request).await,
            "decline_invitation" => invitations::decline(context, request).await,
            "health_operators" => health::check(context, Self::COMPONENT).await,
            _ => Err(Problem::new(&catalogue::ROUTE_NOT_FOUND)),
        }
    }
}

#[cfg(target_family = "wasm")]
eport_adapter::component!(request => eport_adapter::serve::<Operators>(request));
