//! J14: what an enterprise uses (应用权限). It bounds what its people can be granted, at any moment.

use eport_schema::catalogue;
use eport_schema::catalogue::Language;
use eport_schema::wire::{Entitlements, EntitlementsUpdate};
use eport_shared::applications::{self, Catalogue};
use eport_shared::audit::{self, Event};
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json, with_version};
use eport_shared::inbox::{self, Kind};
use eport_shared::platform::Connection;
use eport_shared::problem::{Fields, Problem};
use eport_shared::sql;
use eport_shared::sql::{query, transaction};
use http::StatusCode;
use serde_json::json as object;
use uuid::Uuid;

use crate::members;
use crate::rights::Rights;

/// `GET /v1/enterprise/entitlements`.
pub async fn get(context: &Context<'_>) -> Result<Response, Problem> {
    let enterprise = context.caller()?.member()?;
    let catalogue = applications::current(context).await?;
    let rows = query(
        context.database,
        &sql!("SELECT entitlements, entitlements_version FROM enterprises WHERE id = $1"),
        &[enterprise.into()],
    )
    .await?;
    let row = rows.first().ok_or_else(|| Problem::new(&catalogue::ENTERPRISE_REQUIRED))?;
    let entitlements = Rights::read(row.text(0)?.unwrap_or_default()).known(&catalogue);
    Ok(answer(&entitlements, row.get(1)?))
}

fn answer(entitlements: &Rights, version: i64) -> Response {
    with_version(json(StatusCode::OK, &Entitlements { entitlements: entitlements.wire() }), version)
}

/// `PUT /v1/enterprise/entitlements`: what is left out is taken away from the enterprise and, in the same transaction, from its people.
pub async fn set(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let enterprise = context.caller()?.administrator()?;
    let body: EntitlementsUpdate = request.json()?;
    transaction(context.database, async |connection| {
        let held = members::hold(context, connection).await?;
        request.if_match(held.version)?;
        let catalogue = applications::within(connection).await?;
        let mut fields = Fields::new();
        let wanted = Rights::parse(&body.entitlements, "entitlements", &catalogue, &mut fields);
        let wanted = fields.finish(Some(wanted))?;
        if wanted == held.entitlements {
            return Ok(answer(&wanted, held.version));
        }
        connection
            .execute(
                &sql!(
                    "UPDATE enterprises SET entitlements = $2, entitlements_version = entitlements_version + 1 WHERE id = $1"
                ),
                &[enterprise.into(), wanted.kept().into()],
            )
            .await?;
        let taken = held.entitlements.without(&wanted);
        let people =
            if taken.is_empty() { 0 } else { take(context, connection, enterprise, &held.name, &taken, &catalogue).await? };
        let event = Event {
            action: "entitlements.changed".to_owned(),
            target: Some(("enterprise", enterprise.to_string())),
            ..Event::default()
        };
        let before = object!({ "entitlements": held.entitlements.audited() });
        let after = object!({ "entitlements": wanted.audited(), "grants_taken_from": people });
        audit::record(context, connection, event.of_enterprise(Some(enterprise)).change(Some(before), Some(after)))
            .await?;
        Ok(answer(&wanted, held.version.saturating_add(1)))
    })
    .await
}

/// Members that are read at a time.
const BATCH: i64 = 200;

/// Takes `taken` out of the grants of all members, and tells those who lose something. Returns how many those are.
async fn take(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: Uuid,
    name: &str,
    taken: &Rights,
    catalogue: &Catalogue,
) -> Result<u64, Problem> {
    let mut after = Uuid::nil();
    let mut people = 0_u64;
    loop {
        // Accounts before memberships, as everywhere.
        connection
            .query(
                &sql!(
                    held: "SELECT id FROM accounts WHERE id IN
                           (SELECT account_id FROM memberships WHERE enterprise_id = $1 AND account_id > $2 AND grants <> ''
                            ORDER BY account_id LIMIT $3) ORDER BY id"
                ),
                &[enterprise.into(), after.into(), BATCH.into()],
            )
            .await?;
        let rows = connection
            .query(
                &sql!(
                    held: "SELECT account_id, grants FROM memberships
                           WHERE enterprise_id = $1 AND account_id > $2 AND grants <> '' ORDER BY account_id LIMIT $3"
                ),
                &[enterprise.into(), after.into(), BATCH.into()],
            )
            .await?;
        for row in &rows {
            after = row.get(0)?;
            let grants = Rights::read(row.text(1)?.unwrap_or_default());
            let lost = grants.within(taken);
            if !lost.is_empty() {
                members::write_grants(connection, after, &grants.without(taken)).await?;
                tell(context, connection, after, name, (&Rights::default(), &lost), catalogue).await?;
                people = people.saturating_add(1);
            }
        }
        if rows.is_empty() {
            return Ok(people);
        }
    }
}

/// Tells a person what was added to their grants and what was taken away, as far as the catalogue still has it.
pub(crate) async fn tell(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    account: Uuid,
    enterprise: &str,
    (added, removed): (&Rights, &Rights),
    catalogue: &Catalogue,
) -> Result<(), Problem> {
    let (added, removed) = (added.known(catalogue), removed.known(catalogue));
    if added.is_empty() && removed.is_empty() {
        return Ok(());
    }
    let data = object!({
        "enterprise": enterprise,
        "added_zh": added.told(catalogue, Language::Zh), "added_en": added.told(catalogue, Language::En),
        "removed_zh": removed.told(catalogue, Language::Zh), "removed_en": removed.told(catalogue, Language::En)
    });
    inbox::put(context, connection, account, Kind::PermissionsChanged, &data).await?;
    Ok(())
}
