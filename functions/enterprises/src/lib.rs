//! Enterprises, who joins them, and what the registry says (J6, J9, J12, J13, J19).

pub mod associations;
pub mod audit_list;
pub mod enterprise;
pub mod lookup;
pub mod sync;
pub mod transfer;

pub mod qualifications;

use eport_schema::catalogue;
use eport_shared::context::Context;
use eport_shared::health;
use eport_shared::http::{Request, Response};
use eport_shared::problem::Problem;
use eport_shared::serve::Function;

/// The component `enterprises`.
#[derive(Debug)]
pub struct Enterprises;

impl Function for Enterprises {
    const COMPONENT: &'static str = "enterprises";

    async fn handle(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
        match request.route.operation {
            "look_up_enterprise" => lookup::get(context, request).await,
            "request_association" => associations::ask::ask(context, request).await,
            "list_associations" => associations::list::list(context, request).await,
            "approve_association" => associations::decide::approve(context, request).await,
            "reject_association" => associations::decide::reject(context, request).await,
            "withdraw_association" => associations::decide::withdraw(context, request).await,
            "get_enterprise" => enterprise::get(context).await,
            "update_enterprise" => enterprise::update(context, request).await,
            "sync_enterprise" => sync::sync(context, request).await,
            "transfer_administrator" => transfer::transfer(context, request).await,
            "list_enterprise_audit" => audit_list::list(context, request).await,
            "list_qualifications" => qualifications::list(context, request).await,
            "create_qualification" => qualifications::create(context, request).await,
            "get_qualification" => qualifications::get(context, request).await,
            "update_qualification" => qualifications::update(context, request).await,
            "delete_qualification" => qualifications::remove(context, request).await,
            "list_qualification_kinds" => Ok(qualifications::kinds(context)),
            "health_enterprises" => health::check(context, Self::COMPONENT).await,
            _ => Err(Problem::new(&catalogue::ROUTE_NOT_FOUND)),
        }
    }
}

#[cfg(target_family = "wasm")]
eport_adapter::component!(request => eport_adapter::serve::<Enterprises>(request));
