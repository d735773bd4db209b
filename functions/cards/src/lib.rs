//! The card that is tied to an account (J10).

pub mod bind;
pub mod mine;

use eport_schema::catalogue;
use eport_shared::context::Context;
use eport_shared::health;
use eport_shared::http::{Request, Response};
use eport_shared::problem::Problem;
use eport_shared::serve::Function;

/// The component `cards`.
#[derive(Debug)]
pub struct Cards;

impl Function for Cards {
    const COMPONENT: &'static str = "cards";

    async fn handle(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
        match request.route.operation {
            "get_my_card" => mine::get(context).await,
            "bind_card" => bind::bind(context, request).await,
            "unbind_card" => mine::unbind(context).await,
            "health_cards" => health::check(context, Self::COMPONENT).await,
            _ => Err(Problem::new(&catalogue::ROUTE_NOT_FOUND)),
        }
    }
}

#[cfg(target_family = "wasm")]
eport_adapter::component!(request => eport_adapter::serve::<Cards>(request));
