//! Login, sessions, tokens (J2), cards that log in (J5, J11), and what other systems need to check a token.

pub mod card_challenges;
pub mod card_login;
pub mod cookie;
pub mod login;
pub mod my_sessions;
pub mod open;
pub mod published;
pub mod refresh;

use eport_schema::catalogue;
use eport_shared::context::Context;
use eport_shared::health;
use eport_shared::http::{Request, Response};
use eport_shared::password;
use eport_shared::problem::Problem;
use eport_shared::serve::Function;

/// The component `sessions`.
#[derive(Debug)]
pub struct Sessions;

impl Function for Sessions {
    const COMPONENT: &'static str = "sessions";

    async fn handle(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
        match request.route.operation {
            "create_session" => login::create(context, request).await,
            "request_card_challenge" => card_challenges::create(context, request).await,
            "refresh_session" => refresh::refresh(context, request).await,
            "end_current_session" => my_sessions::end_current(context, request).await,
            "list_my_sessions" => my_sessions::list(context, request).await,
            "end_my_session" => my_sessions::end(context, request).await,
            "jwks" => published::jwks(context),
            "openapi" => Ok(published::openapi()),
            "health" => health::check(context, Self::COMPONENT).await,
            // A wrong Argon2id would lock everybody out, and its vector code runs nowhere but in the component.
            "health_sessions" if !password::known_answer() => Err(Problem::new(&catalogue::SERVICE_INTERNAL)),
            "health_sessions" => health::check(context, Self::COMPONENT).await,
            _ => Err(Problem::new(&catalogue::ROUTE_NOT_FOUND)),
        }
    }
}

#[cfg(target_family = "wasm")]
eport_adapter::component!(request => eport_adapter::serve::<Sessions>(request));
