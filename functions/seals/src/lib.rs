//! Seals and signature images (J15, J16).

mod files;
pub mod image;
pub mod lifecycle;
pub mod seals;
pub mod signatures;

use eport_schema::catalogue;
use eport_shared::context::Context;
use eport_shared::health;
use eport_shared::http::{Request, Response};
use eport_shared::problem::Problem;
use eport_shared::serve::Function;
use eport_shared::settings::Settings;

use lifecycle::Change;

/// The component `seals`.
#[derive(Debug)]
pub struct Seals;

impl Function for Seals {
    const COMPONENT: &'static str = "seals";

    fn body_bytes(settings: &Settings) -> i64 {
        settings.seal_body_bytes
    }

    async fn handle(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
        match request.route.operation {
            "list_seals" => seals::view::list(context, request).await,
            "create_seal" => seals::make::create(context, request).await,
            "check_seal" => seals::make::check(context, request).await,
            "get_seal" => seals::view::get(context, request).await,
            "change_seal" => seals::make::change(context, request).await,
            "delete_seal" => seals::state::delete(context, request).await,
            "authorize_seal" => seals::state::change(context, request, Change::Authorize).await,
            "disable_seal" => seals::state::change(context, request, Change::Disable).await,
            "enable_seal" => seals::state::change(context, request, Change::Enable).await,
            "set_default_seal" => seals::state::change(context, request, Change::Default).await,
            "get_seal_image" => seals::view::image(context, request).await,
            "get_seal_structure" => seals::view::structure(context, request).await,
            "list_signatures" => signatures::view::list(context, request).await,
            "create_signature" => signatures::make::create(context, request).await,
            "get_signature" => signatures::view::get(context, request).await,
            "get_signature_image" => signatures::view::image(context, request).await,
            "delete_signature" => signatures::state::delete(context, request).await,
            "authorize_signature" => signatures::state::change(context, request, Change::Authorize).await,
            "disable_signature" => signatures::state::change(context, request, Change::Disable).await,
            "enable_signature" => signatures::state::change(context, request, Change::Enable).await,
            "set_default_signature" => signatures::state::change(context, request, Change::Default).await,
            "health_seals" => health::check(context, Self::COMPONENT).await,
            _ => Err(Problem::new(&catalogue::ROUTE_NOT_FOUND)),
        }
    }
}

#[cfg(target_family = "wasm")]
eport_adapter::component!(request => eport_adapter::serve::<Seals>(request));
