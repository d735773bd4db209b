//! What the platform's staff do: accounts found, locked, unlocked and revealed, their cards bound; enterprises verified or refused, their
//! administrators decided on; the registry imported (J18); the audit read and exported (J19); and whom cards are trusted from.
//!
//! That the caller is one of the staff has been settled by the router: every route here but the health check asks for it.

pub mod accounts;
pub mod applications;
pub mod audit_export;
pub mod audit_list;
pub mod cards;
pub mod decisions;
pub mod enterprises;
pub mod lock;
pub mod registry;
pub mod reminders;
pub mod reveal;
pub mod search;
pub mod trust;

use eport_schema::catalogue;
use eport_shared::context::Context;
use eport_shared::health;
use eport_shared::http::{Request, Response};
use eport_shared::problem::Problem;
use eport_shared::serve::Function;

/// The component `platform`.
#[derive(Debug)]
pub struct Platform;

impl Function for Platform {
    const COMPONENT: &'static str = "platform";

    async fn handle(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
        match request.route.operation {
            "list_accounts" => accounts::list(context, request).await,
            "get_account" => accounts::get(context, request).await,
            "lock_account" => lock::lock(context, request).await,
            "unlock_account" => lock::unlock(context, request).await,
            "reveal_account" => reveal::reveal(context, request).await,
            "list_trust_certificates" => trust::certificates(context, request).await,
            "add_trust_certificate" => trust::add_certificate(context, request).await,
            "remove_trust_certificate" => trust::remove_certificate(context, request).await,
            "list_revocation_lists" => trust::lists(context, request).await,
            "add_revocation_list" => trust::add_list(context, request).await,
            "remove_revocation_list" => trust::remove_list(context, request).await,
            "list_platform_applications" => applications::list(context, request).await,
            "get_platform_application" => applications::get(context, request).await,
            "add_application" => applications::add(context, request).await,
            "update_application" => applications::update(context, request).await,
            "remove_application" => applications::remove(context, request).await,
            "get_account_card" => cards::get(context, request).await,
            "bind_account_card" => cards::bind(context, request).await,
            "unbind_account_card" => cards::unbind(context, request).await,
            "list_platform_enterprises" => enterprises::list(context, request).await,
            "get_platform_enterprise" => enterprises::get(context, request).await,
            "list_platform_members" => enterprises::members(context, request).await,
            "verify_enterprise" => decisions::verify(context, request).await,
            "refuse_enterprise" => decisions::refuse(context, request).await,
            "set_enterprise_administrator" => decisions::administrator(context, request).await,
            "import_registry" => registry::import(context, request).await,
            "list_registry_imports" => registry::list(context, request).await,
            "get_registry_import" => registry::get(context, request).await,
            "export_audit" => audit_export::export(context, request).await,
            "list_audit" => audit_list::list(context, request).await,
            "run_reminders" => reminders::run(context).await,
            "health_platform" => health::check(context, Self::COMPONENT).await,
            _ => Err(Problem::new(&catalogue::ROUTE_NOT_FOUND)),
        }
    }
}

#[cfg(target_family = "wasm")]
eport_adapter::component!(request => eport_adapter::serve::<Platform>(request));
