//! `GET /v1/associations`: an administrator sees those of the enterprise, anybody their own.

use eport_schema::catalogue;
use eport_schema::domain::{IdType, mask};
use eport_schema::wire::{Applicant, Association, AssociationEnterprise};
use eport_shared::accounts::{Field, reveal};
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json};
use eport_shared::problem::Problem;
use eport_shared::serve::page;
use eport_shared::sql;
use eport_shared::sql::{Row, Statement, query};
use http::StatusCode;
use uuid::Uuid;

macro_rules! select {
    ($condition:literal) => {
        sql!(concat!(
            "SELECT s.id, s.role, s.status, s.reason, s.created_at, s.decided_at, e.id, e.uscc, e.organisation_code, e.name, e.state,
                    a.id, a.username, a.name, a.id_type, a.id_number_enc, a.phone_enc
             FROM associations s JOIN enterprises e ON e.id = s.enterprise_id JOIN accounts a ON a.id = s.account_id WHERE ",
            $condition
        ))
    };
}

const ONE: Statement = select!("s.id = $1");
const OF_ENTERPRISE: Statement = select!("s.enterprise_id = $1 AND s.id < $2 ORDER BY s.id DESC LIMIT $3");
const OF_ENTERPRISE_BY_STATUS: Statement =
    select!("s.enterprise_id = $1 AND s.id < $2 AND s.status = $4 ORDER BY s.id DESC LIMIT $3");
const MINE: Statement = select!("s.account_id = $1 AND s.id < $2 ORDER BY s.id DESC LIMIT $3");
const MINE_BY_STATUS: Statement =
    select!("s.account_id = $1 AND s.id < $2 AND s.status = $4 ORDER BY s.id DESC LIMIT $3");

/// The newest first.
pub async fn list(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let caller = context.caller()?;
    let page = page(request)?;
    let mine = request.query("mine") == Some("true");
    let of = if mine { caller.account_id } else { caller.administrator()? };
    let mut parameters = vec![of.into(), page.after.unwrap_or(Uuid::max()).into(), page.limit.saturating_add(1).into()];
    let status = request.query("status");
    parameters.extend(status.map(Into::into));
    let statement = match (mine, status) {
        (true, None) => &MINE,
        (true, Some(_)) => &MINE_BY_STATUS,
        (false, None) => &OF_ENTERPRISE,
        (false, Some(_)) => &OF_ENTERPRISE_BY_STATUS,
    };
    let rows = query(context.database, statement, &parameters).await?;
    let items = rows.iter().map(|row| item(context, row)).collect::<Result<Vec<_>, _>>()?;
    Ok(json(StatusCode::OK, &page.finish(items, |item| item.id)))
}

/// One request, whoever may see it: the caller has decided that.
pub(super) async fn one(context: &Context<'_>, id: Uuid) -> Result<Association, Problem> {
    let rows = query(context.database, &ONE, &[id.into()]).await?;
    item(context, rows.first().ok_or_else(|| Problem::new(&catalogue::RESOURCE_NOT_FOUND))?)
}

fn item(context: &Context<'_>, row: &Row) -> Result<Association, Problem> {
    let account: Uuid = row.get(11)?;
    let masked = |field, column, mask: fn(&str) -> String| -> Result<Option<String>, Problem> {
        let kept: Option<Vec<u8>> = row.get(column)?;
        Ok(reveal(context.keys, field, account, kept.as_deref())?.map(|text| mask(&text)))
    };
    Ok(Association {
        id: row.get(0)?,
        role: row.get(1)?,
        status: row.get(2)?,
        enterprise: AssociationEnterprise {
            id: row.get(6)?,
            uscc: row.get(7)?,
            organisation_code: row.get(8)?,
            name: row.get(9)?,
            verified: row.get::<String>(10)? == "verified",
        },
        applicant: Applicant {
            account_id: account,
            username: row.get(12)?,
            name: row.get(13)?,
            id_type: row.get::<Option<String>>(14)?.and_then(|text| IdType::parse(&text).ok()),
            id_number: masked(Field::IdNumber, 15, mask::id_number)?,
            phone: masked(Field::Phone, 16, mask::phone)?,
        },
        reason: row.get(3)?,
        created_at: row.get(4)?,
        decided_at: row.get(5)?,
    })
}
