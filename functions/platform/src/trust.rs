//! J18: whom cards are trusted from: authorities, and who was revoked.

use eport_schema::catalogue;
use eport_schema::domain::Reason;
use eport_schema::wire::{TrustCertificateUpload, TrustUpload};
use eport_shared::audit::{self, Event};
use eport_shared::cards::proof::decode_field;
use eport_shared::cards::trust_store::{self, Kind};
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json, no_content};
use eport_shared::problem::{Fields, Problem};
use eport_shared::serve::page;
use eport_shared::sql::transaction;
use http::StatusCode;
use serde_json::json as object;

/// `GET /v1/platform/trust/anchors`.
pub async fn certificates(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let page = page(request)?;
    let mut connection = context.database.connect().await?;
    let items = trust_store::certificates(connection.as_mut(), page.after, page.limit.saturating_add(1)).await?;
    Ok(json(StatusCode::OK, &page.finish(items, |item| item.id)))
}

/// `GET /v1/platform/trust/crls`.
pub async fn lists(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let page = page(request)?;
    let mut connection = context.database.connect().await?;
    let items = trust_store::lists(connection.as_mut(), page.after, page.limit.saturating_add(1)).await?;
    Ok(json(StatusCode::OK, &page.finish(items, |item| item.id)))
}

/// `POST /v1/platform/trust/anchors`.
pub async fn add_certificate(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let body: TrustCertificateUpload = request.json()?;
    let mut fields = Fields::new();
    let kind = Kind::parse(&body.kind);
    if kind.is_none() {
        fields.refuse("kind", &catalogue::TRUST_KIND);
    }
    let der = decode_field(&mut fields, "certificate", &body.certificate, LONGEST);
    let reason = fields.check("reason", Reason::parse(&body.reason));
    let ((kind, der), reason) = fields.finish(kind.zip(der).zip(reason))?;
    let added = transaction(context.database, async |connection| {
        let added = trust_store::add_certificate(connection, context.now, context.entropy, kind, &der).await?;
        let after = object!({
            "kind": added.kind, "subject": added.subject, "sha256": added.sha256, "reason": reason.as_str()
        });
        audit::record(context, connection, event("trust.certificate_added", added.id).change(None, Some(after)))
            .await?;
        Ok::<_, Problem>(added)
    })
    .await?;
    Ok(json(StatusCode::CREATED, &added))
}

/// `POST /v1/platform/trust/crls`.
pub async fn add_list(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let body: TrustUpload = request.json()?;
    let mut fields = Fields::new();
    let der = decode_field(&mut fields, "list", &body.list, LONGEST);
    let reason = fields.check("reason", Reason::parse(&body.reason));
    let (der, reason) = fields.finish(der.zip(reason))?;
    let added = transaction(context.database, async |connection| {
        let added = trust_store::add_list(connection, context.now, context.entropy, &der).await?;
        let after = object!({
            "issuer": added.issuer, "number": added.number, "sha256": added.sha256, "reason": reason.as_str()
        });
        audit::record(context, connection, event("trust.list_added", added.id).change(None, Some(after))).await?;
        Ok::<_, Problem>(added)
    })
    .await?;
    Ok(json(StatusCode::CREATED, &added))
}

/// `DELETE /v1/platform/trust/anchors/{id}`: its cards log in no more. Sessions that are open stay.
pub async fn remove_certificate(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let id = request.id("id")?;
    transaction(context.database, async |connection| {
        let removed = trust_store::remove_certificate(connection, id).await?;
        let removed = removed.ok_or_else(|| Problem::new(&catalogue::RESOURCE_NOT_FOUND))?;
        let before = object!({ "kind": removed.kind, "subject": removed.subject, "sha256": removed.sha256 });
        audit::record(context, connection, event("trust.certificate_removed", id).change(Some(before), None)).await?;
        Ok::<_, Problem>(())
    })
    .await?;
    Ok(no_content())
}

/// `DELETE /v1/platform/trust/crls/{id}`.
pub async fn remove_list(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let id = request.id("id")?;
    transaction(context.database, async |connection| {
        let removed = trust_store::remove_list(connection, id).await?;
        let removed = removed.ok_or_else(|| Problem::new(&catalogue::RESOURCE_NOT_FOUND))?;
        let before = object!({ "issuer": removed.issuer, "number": removed.number, "sha256": removed.sha256 });
        audit::record(context, connection, event("trust.list_removed", id).change(Some(before), None)).await?;
        Ok::<_, Problem>(())
    })
    .await?;
    Ok(no_content())
}

fn event(action: &str, id: uuid::Uuid) -> Event {
    Event { action: action.to_owned(), target: Some(("trust", id.to_string())), ..Event::default() }
}

/// What fits into the largest body; a longer revocation list comes in with `eport trust import`.
const LONGEST: usize = 1 << 20;
