//! A person's own account (J4), the activation of one that a card login made (J5), and which reminders reach
//! its person (J7).

pub mod activation;
pub mod me;
pub mod password;
pub mod phone;
pub mod settings;

use eport_schema::catalogue;
use eport_shared::context::Context;
use eport_shared::health;
use eport_shared::http::{Request, Response};
use eport_shared::problem::Problem;
use eport_shared::serve::Function;

/// The component `accounts`.
#[derive(Debug)]
pub struct Accounts;

impl Function for Accounts {
    const COMPONENT: &'static str = "accounts";

    async fn handle(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
        match request.route.operation {
            "get_me" => me::get(context).await,
            "update_me" => me::update(context, request).await,
            "activate_account" => activation::activate(context, request).await,
            "change_phone" => phone::change(context, request).await,
            "change_password" => password::change(context, request).await,
            "get_settings" => settings::get(context).await,
            "replace_settings" => settings::replace(context, request).await,
            "health_accounts" => health::check(context, Self::COMPONENT).await,
            _ => Err(Problem::new(&catalogue::ROUTE_NOT_FOUND)),
        }
    }
}

#[cfg(target_family = "wasm")]
eport_adapter::component!(request => eport_adapter::serve::<Accounts>(request));
