//! `POST /v1/associations`.

use eport_schema::catalogue;
use eport_schema::domain::Uscc;
use eport_schema::wire::AssociationRequest;
use eport_shared::accounts;
use eport_shared::audit::{self, Event};
use eport_shared::context::Context;
use eport_shared::enterprises::{self, Enterprise, Membership, Role};
use eport_shared::http::{Request, Response, json};
use eport_shared::members::{self, Joining, Origin};
use eport_shared::platform::{Connection, first_id, new_id};
use eport_shared::problem::{Fields, Problem};
use eport_shared::registry::{self, Record};
use eport_shared::sql;
use eport_shared::sql::{query, transaction};
use http::StatusCode;
use serde_json::json as object;
use uuid::Uuid;

use super::list;
use super::subject::{self, Known};

/// What a person asks for, all of it checked.
struct Asked {
    role: Role,
    uscc: Uscc,
    known: Option<Known>,
}

/// An operator's request waits for the administrator; an administrator's is decided at once.
pub async fn ask(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let account = context.caller()?.account_id;
    let asked = parse(&request.json()?)?;
    // Another system is never waited for inside a transaction.
    let described = match asked.role {
        Role::Admin => describe(context, &asked).await?,
        Role::Operator => None,
    };
    let asked = Asked { known: described.map(Known::Registered).or(asked.known), ..asked };
    let id =
        transaction(context.database, async |connection| decide(context, connection, account, &asked).await).await?;
    Ok(json(StatusCode::CREATED, &list::one(context, id).await?))
}

fn parse(body: &AssociationRequest) -> Result<Asked, Problem> {
    let mut fields = Fields::new();
    let role = Role::parse(&body.role);
    if role.is_none() {
        fields.refuse("role", &catalogue::ROLE_UNKNOWN);
    }
    let uscc = fields.check("uscc", Uscc::parse(&body.uscc));
    let entered = match &body.enterprise {
        None => Some(None),
        Some(enterprise) => subject::entered(&mut fields, enterprise).map(Some),
    };
    let ((role, uscc), entered) = fields.finish(role.zip(uscc).zip(entered))?;
    Ok(Asked { role, uscc, known: entered.map(Known::Entered) })
}

/// What the registry says of the enterprise. Not asked where an administrator is there already: the answer will be no. Where the registry is down,
/// what was entered will do: a sync (J6) puts it right later.
async fn describe(context: &Context<'_>, asked: &Asked) -> Result<Option<Record>, Problem> {
    let rows = query(
        context.database,
        &sql!(
            "SELECT m.account_id, e.refused_at IS NULL OR e.state = 'verified'
             FROM enterprises e LEFT JOIN memberships m ON m.enterprise_id = e.id AND m.role = 'admin' WHERE e.organisation_code = $1"
        ),
        &[asked.uscc.organisation_code().into()],
    )
    .await?;
    // One whose claim was refused has to be described anew.
    let (administrator, known) = match rows.first() {
        None => (None, false),
        Some(row) => (row.get::<Option<Uuid>>(0)?, row.get(1)?),
    };
    if administrator.is_some() {
        return Ok(None);
    }
    registry::count(context).await?;
    match registry::look_up(context, &asked.uscc).await {
        Ok(Some(found)) => Ok(Some(found.record)),
        Ok(None) if !known && asked.known.is_none() => Err(subject::enterprise_required()),
        Err(error) if !known && asked.known.is_none() => Err(error.into()),
        Ok(None) | Err(_) => Ok(None),
    }
}

/// Returns the new request's id.
async fn decide(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    account: Uuid,
    asked: &Asked,
) -> Result<Uuid, Problem> {
    let described = (&asked.uscc, asked.known.as_ref());
    let (enterprise, made) = match (asked.role, subject::find(connection, &asked.uscc).await?) {
        (_, Some(enterprise)) => (enterprise, false),
        (Role::Operator, None) => return Err(Problem::new(&catalogue::ASSOCIATION_ADMIN_REQUIRED)),
        (Role::Admin, None) => subject::make(context, connection, account, described).await?,
    };
    accounts::hold(connection, account).await?;
    let administrator = enterprises::administrator(connection, enterprise.id).await?.map(|(account, _)| account);
    let place = enterprises::membership(connection, account).await?;
    // The one who belongs here already may take the place that nobody has; nobody else may ask twice.
    let rises = matches!(&place, Some(place) if place.enterprise == enterprise.id) && asked.role == Role::Admin;
    if place.is_some() && !rises {
        return Err(Problem::new(&catalogue::ASSOCIATION_ALREADY_MEMBER));
    }
    if administrator == Some(account) {
        return Err(Problem::new(&catalogue::ASSOCIATION_ALREADY_MEMBER));
    }
    limit(context, connection, account).await?;
    if place.is_none() && waits(connection, account).await? {
        return Err(Problem::new(&catalogue::ASSOCIATION_PENDING));
    }
    match asked.role {
        Role::Operator => apply(context, connection, account, &enterprise, administrator).await,
        Role::Admin if administrator.is_some() => Err(Problem::new(&catalogue::ASSOCIATION_ADMIN_EXISTS)),
        // Whoever is made administrator of a verified enterprise could act for it at once: that takes more than asking.
        Role::Admin if enterprise.verified => Err(Problem::new(&catalogue::ASSOCIATION_PROOF_REQUIRED)),
        Role::Admin => {
            if !made {
                subject::complete(context, connection, account, &enterprise, described).await?;
                enterprises::administrator_changed(context, connection, enterprise.id).await?;
            }
            claim(context, connection, account, &enterprise, place).await
        }
    }
}

/// A day, in seconds.
const DAY: i64 = 24 * 3600;

/// Each request is a message to somebody: one person may not send many.
async fn limit(context: &Context<'_>, connection: &mut dyn Connection, account: Uuid) -> Result<(), Problem> {
    let rows = connection
        .query(
            &sql!("SELECT COUNT(*), MIN(created_at) FROM associations WHERE account_id = $1 AND id >= $2"),
            &[account.into(), first_id(context.now.plus_seconds(-DAY)).into()],
        )
        .await?;
    let row = rows.first().ok_or_else(|| Problem::new(&catalogue::SERVICE_INTERNAL))?;
    if row.get::<i64>(0)? < context.settings.association_account_day {
        return Ok(());
    }
    let oldest = row.get::<Option<_>>(1)?.unwrap_or(context.now);
    let wait = context.now.seconds_until(oldest.plus_seconds(DAY));
    Err(Problem::new(&catalogue::ASSOCIATION_TOO_MANY).retry_after(wait))
}

/// Whether another request of this person waits.
async fn waits(connection: &mut dyn Connection, account: Uuid) -> Result<bool, Problem> {
    let pending = connection
        .query(&sql!("SELECT id FROM associations WHERE account_id = $1 AND status = 'pending'"), &[account.into()])
        .await?;
    Ok(!pending.is_empty())
}

/// An operator's request waits for the administrator, who is told. Where there is none yet, it waits for whoever becomes it.
async fn apply(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    account: Uuid,
    enterprise: &Enterprise,
    administrator: Option<Uuid>,
) -> Result<Uuid, Problem> {
    let id = keep(context, connection, account, enterprise.id, Role::Operator).await?;
    if let Some(administrator) = administrator {
        enterprises::ask_administrator(context, connection, enterprise, id, account, administrator).await?;
    }
    finish(context, connection, "association.requested", id, enterprise.id, account, Role::Operator).await?;
    Ok(id)
}

/// The place that nobody has is taken; unverified, until the legal-person card or staff say more.
async fn claim(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    account: Uuid,
    enterprise: &Enterprise,
    place: Option<Membership>,
) -> Result<Uuid, Problem> {
    let taken = match place {
        Some(Membership { suspended: true, .. }) => return Err(Problem::new(&catalogue::MEMBERSHIP_SUSPENDED)),
        Some(_) => !connection
            .query(
                &sql!(
                    "UPDATE memberships SET role = 'admin', verified_by = NULL, verified_at = NULL, updated_at = $3, version = version + 1
                     WHERE account_id = $1 AND enterprise_id = $2 AND state = 'active' RETURNING account_id"
                ),
                &[account.into(), enterprise.id.into(), context.now.into()],
            )
            .await?
            .is_empty(),
        None => members::join(context, connection, enterprise.id, account, Joining::administrator(Origin::Association)).await?,
    };
    if !taken {
        // Another request has put them somewhere since we looked.
        return Err(Problem::new(&catalogue::ASSOCIATION_ALREADY_MEMBER));
    }
    let id = keep(context, connection, account, enterprise.id, Role::Admin).await?;
    let after = object!({ "administrator": account, "verified": false, "by": "association" });
    subject::later(context, "enterprise.administrator", enterprise, None, after);
    finish(context, connection, "association.approved", id, enterprise.id, account, Role::Admin).await?;
    Ok(id)
}

async fn keep(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    account: Uuid,
    enterprise: Uuid,
    role: Role,
) -> Result<Uuid, Problem> {
    let id = new_id(context.now, context.entropy);
    let (status, decided_at) = match role {
        Role::Operator => ("pending", None),
        Role::Admin => ("approved", Some(context.now)),
    };
    let kept = connection
        .query(
            &sql!(
                "INSERT INTO associations (id, account_id, enterprise_id, role, status, created_at, decided_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING id"
            ),
            &[
                id.into(),
                account.into(),
                enterprise.into(),
                role.as_str().into(),
                status.into(),
                context.now.into(),
                decided_at.into(),
            ],
        )
        .await?;
    if kept.is_empty() { Err(Problem::new(&catalogue::ASSOCIATION_PENDING)) } else { Ok(id) }
}

async fn finish(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    action: &str,
    id: Uuid,
    enterprise: Uuid,
    account: Uuid,
    role: Role,
) -> Result<(), Problem> {
    let event = Event {
        action: action.to_owned(),
        target: Some(("association", id.to_string())),
        enterprise: Some(enterprise),
        ..Event::default()
    };
    let after = object!({ "applicant": account, "role": role.as_str() });
    Ok(audit::record(context, connection, event.change(None, Some(after))).await?)
}
