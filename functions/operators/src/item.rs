//! An operator as the administrator sees them: what the table keeps, read in one place.

use eport_schema::catalogue;
use eport_schema::clock::Timestamp;
use eport_schema::domain::{IdType, mask};
use eport_schema::wire::{Operator, OperatorStatus};
use eport_shared::accounts::{Field, reveal};
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json, with_version};
use eport_shared::problem::Problem;
use eport_shared::sql;
use eport_shared::sql::{Row, Statement, query};
use http::StatusCode;
use uuid::Uuid;

/// The columns that [`member`] reads, of `memberships m`, `accounts a` and `cards c`: a literal, for `concat!` in a statement.
macro_rules! member_columns {
    () => {
        "a.id, a.username, a.name, a.id_type, a.id_number_enc, a.phone_enc, m.state, m.expected_card_number, m.department, a.made_by_enterprise,
         a.last_login_at, a.password_change_required, a.initial_password_sent_at, a.initial_password_expires_at, m.created_at, m.updated_at,
         c.card_number, m.enterprise_id, m.version,
         a.locked_at IS NULL AND NOT EXISTS (SELECT 1 FROM cards seen WHERE seen.account_id = a.id)"
    };
}
pub(crate) use member_columns;

/// The columns that [`invited`] reads, of `invitations`.
macro_rules! invited_columns {
    () => {
        "id, username, name, id_type, id_number_masked, phone_masked, expected_card_number, department, created_at"
    };
}
pub(crate) use invited_columns;

const MEMBER: Statement = sql!(concat!(
    "SELECT ",
    member_columns!(),
    ", m.role FROM memberships m JOIN accounts a ON a.id = m.account_id
       LEFT JOIN cards c ON c.account_id = m.account_id AND c.unbound_at IS NULL
      WHERE m.account_id = $1 AND m.enterprise_id = $2"
));
const INVITED: Statement = sql!(concat!(
    "SELECT ",
    invited_columns!(),
    " FROM invitations WHERE id = $1 AND enterprise_id = $2 AND status = 'pending' AND expires_at > $3"
));

/// An operator from a row of [`member_columns`].
pub(crate) fn member(context: &Context<'_>, row: &Row) -> Result<Operator, Problem> {
    let id: Uuid = row.get(0)?;
    let clear = |field, column| -> Result<_, Problem> {
        let kept: Option<Vec<u8>> = row.get(column)?;
        Ok(reveal(context.keys, field, id, kept.as_deref())?)
    };
    let last_login_at: Option<Timestamp> = row.get(10)?;
    let initial_password: bool = row.get(11)?;
    let expected: Option<String> = row.get(7)?;
    let bound: Option<String> = row.get(16)?;
    let made_here = row.get::<Option<Uuid>>(9)? == Some(row.get(17)?);
    Ok(Operator {
        id,
        username: row.get(1)?,
        name: row.get(2)?,
        id_type: row.get::<Option<String>>(3)?.and_then(|text| IdType::parse(&text).ok()),
        id_number: clear(Field::IdNumber, 4)?.map(|number| mask::id_number(&number)),
        phone: clear(Field::Phone, 5)?.map(|phone| mask::phone(&phone)),
        status: match (row.get::<String>(6)?.as_str(), last_login_at) {
            ("suspended", _) => OperatorStatus::Suspended,
            (_, None) => OperatorStatus::Inactive,
            _ => OperatorStatus::Active,
        },
        has_card: bound.is_some() || expected.is_some(),
        card_bound: bound.is_some(),
        card_number: bound.or(expected),
        department: row.get(8)?,
        // The rule of `change::correct`: nobody but the enterprise has had to do with the account.
        identity_editable: made_here && last_login_at.is_none() && initial_password && row.get(19)?,
        initial_password_sent_at: if initial_password { row.get(12)? } else { None },
        initial_password_expires_at: if initial_password { row.get(13)? } else { None },
        last_login_at,
        created_at: row.get(14)?,
        updated_at: row.get(15)?,
    })
}

/// Somebody who is only invited, from a row of [`invited_columns`].
pub(crate) fn invited(row: &Row) -> Result<Operator, Problem> {
    let expected: Option<String> = row.get(6)?;
    let created_at = row.get(8)?;
    Ok(Operator {
        id: row.get(0)?,
        username: row.get(1)?,
        name: row.get(2)?,
        id_type: row.get::<Option<String>>(3)?.and_then(|text| IdType::parse(&text).ok()),
        id_number: row.get(4)?,
        phone: row.get(5)?,
        status: OperatorStatus::Invited,
        has_card: expected.is_some(),
        card_bound: false,
        card_number: expected,
        department: row.get(7)?,
        identity_editable: false,
        initial_password_sent_at: None,
        initial_password_expires_at: None,
        last_login_at: None,
        created_at,
        updated_at: created_at,
    })
}

/// An operator of `enterprise`, or somebody whom it invited, and their version.
pub(crate) async fn read(context: &Context<'_>, enterprise: Uuid, id: Uuid) -> Result<(Operator, i64), Problem> {
    if let Some(row) = query(context.database, &MEMBER, &[id.into(), enterprise.into()]).await?.first() {
        if row.get::<String>(20)? == "admin" {
            return Err(Problem::new(&catalogue::OPERATOR_IS_ADMINISTRATOR));
        }
        return Ok((member(context, row)?, row.get(18)?));
    }
    let rows = query(context.database, &INVITED, &[id.into(), enterprise.into(), context.now.into()]).await?;
    let row = rows.first().ok_or_else(|| Problem::new(&catalogue::RESOURCE_NOT_FOUND))?;
    Ok((invited(row)?, 1))
}

/// The answer that shows an operator.
pub(crate) async fn answer(
    context: &Context<'_>,
    status: StatusCode,
    enterprise: Uuid,
    id: Uuid,
) -> Result<Response, Problem> {
    let (operator, version) = read(context, enterprise, id).await?;
    Ok(with_version(json(status, &operator), version))
}

/// `GET /v1/operators/{id}`.
pub async fn get(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let enterprise = context.caller()?.administrator()?;
    answer(context, StatusCode::OK, enterprise, request.id("id")?).await
}
