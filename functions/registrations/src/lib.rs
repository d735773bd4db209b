//! Registration (J1), SMS codes, forgotten passwords (J3).

pub mod outbox;
pub mod password_resets;
pub mod register;
pub mod sms_codes;

use eport_schema::catalogue;
use eport_shared::context::Context;
use eport_shared::health;
use eport_shared::http::{Request, Response};
use eport_shared::problem::Problem;
use eport_shared::serve::Function;

/// The component `registrations`.
#[derive(Debug)]
pub struct Registrations;

impl Function for Registrations {
    const COMPONENT: &'static str = "registrations";

    async fn handle(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
        match request.route.operation {
            "request_sms_code" => sms_codes::request(context, request).await,
            "register" => register::register(context, request).await,
            "set_registration_password" => register::set_password(context, request).await,
            "reset_password" => password_resets::reset(context, request).await,
            "list_outbox" => outbox::list(context, request).await,
            "health_registrations" => health::check(context, Self::COMPONENT).await,
            _ => Err(Problem::new(&catalogue::ROUTE_NOT_FOUND)),
        }
    }
}

#[cfg(target_family = "wasm")]
eport_adapter::component!(request => eport_adapter::serve::<Registrations>(request));
