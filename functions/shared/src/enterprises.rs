//! Enterprises and who administers them (J9): found or made from what a card says, and handed to whom their legal-person card stands for.
//! How people join them and leave them: [`crate::members`].

pub mod description;

use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use self::description::{Description, registered};
use crate::audit::{self, Event};
use crate::context::Context;
use crate::inbox::{self, Kind};
use crate::members;
use crate::platform::{Connection, DatabaseError, new_id};
use crate::problem::Problem;
use crate::sql;
use crate::sql::Row;

/// A person's place in an enterprise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// 企业管理员: exactly one, or none yet.
    Admin,
    /// 操作员.
    Operator,
}

impl Role {
    /// As on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Operator => "operator",
        }
    }

    /// Reads what [`Role::as_str`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Admin, Self::Operator].into_iter().find(|role| role.as_str() == text)
    }
}

/// Where a person belongs: one enterprise at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The enterprise.
    pub enterprise: Uuid,
    /// As what.
    pub role: Role,
    /// Whether the administrator has suspended them.
    pub suspended: bool,
}

impl Membership {
    /// From the columns `enterprise_id, role, state` of a row, the first of which is number `first`; nothing where they are null.
    pub fn read(row: &Row, first: usize) -> Result<Option<Self>, DatabaseError> {
        let Some(enterprise) = row.get(first)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            enterprise,
            role: Role::parse(&row.get::<String>(first.saturating_add(1))?).unwrap_or(Role::Operator),
            suspended: row.get::<String>(first.saturating_add(2))? != "active",
        }))
    }
}

/// An enterprise as a rule needs it. Its row is held until the transaction ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enterprise {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Whether staff or its legal-person card have vouched for it.
    pub verified: bool,
}

impl Enterprise {
    /// From the columns `id, name, state` of a row.
    pub fn read(row: &Row) -> Result<Self, DatabaseError> {
        Ok(Self { id: row.get(0)?, name: row.get(1)?, verified: row.get::<String>(2)? == "verified" })
    }
}

/// What a card says of its enterprise.
#[derive(Debug, Clone, Copy)]
pub struct Described<'a> {
    /// Its name.
    pub name: &'a str,
    /// Characters 9 to 17 of its USCC.
    pub organisation_code: &'a str,
    /// The whole USCC, where the card has it.
    pub uscc: Option<&'a str>,
}

/// The enterprise that a card is of; made, unverified and without an administrator, where nobody knows it yet.
///
/// Two requests that make the same one at once end with one row; whoever is here first holds it until the transaction ends, so that what
/// concerns one enterprise is decided by one request at a time.
pub async fn of_card(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    described: Described<'_>,
) -> Result<Enterprise, Problem> {
    let made = connection
        .query(
            &sql!(
                "INSERT INTO enterprises (id, uscc, organisation_code, name, state, created_at, updated_at)
                 VALUES ($1, $2, $3, $4, 'unverified', $5, $5) ON CONFLICT DO NOTHING RETURNING id"
            ),
            &[
                new_id(context.now, context.entropy).into(),
                described.uscc.into(),
                described.organisation_code.into(),
                described.name.into(),
                context.now.into(),
            ],
        )
        .await?;
    let rows = connection
        .query(
            &sql!(held: "SELECT id, name, state FROM enterprises WHERE organisation_code = $1"),
            &[described.organisation_code.into()],
        )
        .await?;
    let row = rows.first().ok_or_else(|| Problem::new(&eport_schema::catalogue::SERVICE_INTERNAL))?;
    let enterprise = Enterprise::read(row)?;
    if !made.is_empty() {
        let uscc = complete(context, connection, enterprise.id, described).await?;
        let after = json!({ "name": described.name, "uscc": uscc, "organisation_code": described.organisation_code });
        later(context, "enterprise.created", enterprise.id, None, Some(after));
    }
    Ok(enterprise)
}

/// What a card doesn't say, from the registry that is kept here; the USCC too, where the card has only the organisation code. One that is far away is
/// asked by the administrator's first sync (J6): a login doesn't wait for it. Returns the USCC that is known now.
async fn complete(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: Uuid,
    described: Described<'_>,
) -> Result<Option<String>, Problem> {
    let known = registered(context, connection, described.uscc, described.organisation_code).await?;
    let Some((uscc, record)) = known else {
        return Ok(described.uscc.map(str::to_owned));
    };
    let mut description = Description::read(connection, enterprise).await?;
    description.complete(&uscc, &record);
    description.begin(context, connection, enterprise).await?;
    Ok(Some(uscc))
}

/// An enterprise, whose row is held until the transaction ends. Whoever changes a membership of it holds it too.
pub async fn hold(connection: &mut dyn Connection, id: Uuid) -> Result<Option<Enterprise>, DatabaseError> {
    let rows =
        connection.query(&sql!(held: "SELECT id, name, state FROM enterprises WHERE id = $1"), &[id.into()]).await?;
    rows.first().map(Enterprise::read).transpose()
}

/// Gives the enterprise a new version, since somebody else administers it: whoever decides by what they saw before is told so (`If-Match`).
pub async fn administrator_changed(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: Uuid,
) -> Result<(), DatabaseError> {
    connection
        .execute(
            &sql!("UPDATE enterprises SET version = version + 1, updated_at = $2 WHERE id = $1"),
            &[enterprise.into(), context.now.into()],
        )
        .await
        .map(drop)
}

/// The administrator of an enterprise, and whether somebody vouches for them.
pub async fn administrator(
    connection: &mut dyn Connection,
    enterprise: Uuid,
) -> Result<Option<(Uuid, bool)>, DatabaseError> {
    let rows = connection
        .query(
            &sql!("SELECT account_id, verified_at IS NOT NULL FROM memberships WHERE enterprise_id = $1 AND role = 'admin'"),
            &[enterprise.into()],
        )
        .await?;
    rows.first().map(|row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

/// Where a person belongs. On PostgreSQL the row is held until the transaction ends.
pub async fn membership(connection: &mut dyn Connection, account: Uuid) -> Result<Option<Membership>, DatabaseError> {
    let rows = connection
        .query(
            &sql!(held: "SELECT enterprise_id, role, state FROM memberships WHERE account_id = $1"),
            &[account.into()],
        )
        .await?;
    rows.first().map_or(Ok(None), |row| Membership::read(row, 0))
}

/// What a token says of a person's place: the USCC of the enterprise where it is known, and the role. Nothing of a suspended one.
pub async fn claims(
    connection: &mut dyn Connection,
    account: Uuid,
) -> Result<Option<(Option<String>, String)>, DatabaseError> {
    let rows = connection
        .query(
            &sql!(
                "SELECT e.uscc, m.role FROM memberships m JOIN enterprises e ON e.id = m.enterprise_id
                 WHERE m.account_id = $1 AND m.state = 'active'"
            ),
            &[account.into()],
        )
        .await?;
    rows.first().map(|row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

/// The legal-person card of an enterprise was shown by `account`, who is a member already: enterprise and administrator are verified. Where the
/// administrator is somebody else who was never verified, the holder takes their place and they become a pending operator; both are told.
/// A verified administrator stays: that is for staff to decide, or for a hand-over (J12). Audited with what ends the transaction.
pub async fn verify_by_card(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: &Enterprise,
    account: Uuid,
    described: Described<'_>,
) -> Result<(), Problem> {
    if !enterprise.verified {
        confirm(context, connection, enterprise, account, described).await?;
    }
    let administrator = administrator(connection, enterprise.id).await?;
    let waiting = match administrator {
        Some((_, true)) => return Ok(()),
        Some((claimant, false)) if claimant != account => {
            let data = json!({ "enterprise": enterprise.name });
            members::displace(context, connection, enterprise, claimant, account, (Kind::AdministratorReplaced, &data))
                .await?
        }
        Some(_) | None => 0,
    };
    connection
        .execute(
            &sql!(
                "UPDATE memberships SET role = 'admin', state = 'active', verified_by = 'card', verified_at = $3, updated_at = $3,
                                        version = version + 1
                 WHERE account_id = $1 AND enterprise_id = $2"
            ),
            &[account.into(), enterprise.id.into(), context.now.into()],
        )
        .await?;
    if administrator.is_none_or(|(administrator, _)| administrator != account) {
        administrator_changed(context, connection, enterprise.id).await?;
        let data = json!({ "enterprise": described.name, "waiting": waiting });
        inbox::put(context, connection, account, Kind::AdministratorByCard, &data).await?;
    }
    let before =
        administrator.map(|(administrator, verified)| json!({ "administrator": administrator, "verified": verified }));
    let after = json!({ "administrator": account, "verified": true, "by": "card" });
    later(context, "enterprise.administrator", enterprise.id, before, Some(after));
    Ok(())
}

/// The enterprise is what its legal-person card says, and what the registry says of it. What a claimant typed goes, unless the claimant is the card's
/// holder.
async fn confirm(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: &Enterprise,
    holder: Uuid,
    described: Described<'_>,
) -> Result<(), Problem> {
    let before = Description::read(connection, enterprise.id).await?;
    let mut after = before.clone();
    after.forget_entered(Some(holder));
    described.name.clone_into(&mut after.name);
    if let Some(uscc) = described.uscc {
        after.uscc = Some(uscc.to_owned());
    }
    let known = registered(context, connection, described.uscc, described.organisation_code).await?;
    if let Some((uscc, record)) = known {
        after.complete(&uscc, &record);
    }
    after.vouch();
    after.write(context, connection, enterprise.id).await?;
    connection
        .execute(
            &sql!("UPDATE enterprises SET state = 'verified', verified_by = 'card', verified_at = $2 WHERE id = $1"),
            &[enterprise.id.into(), context.now.into()],
        )
        .await?;
    let mut was =
        Map::from_iter([("state".to_owned(), "unverified".into()), ("name".to_owned(), before.name.as_str().into())]);
    let mut is =
        Map::from_iter([("state".to_owned(), "verified".into()), ("name".to_owned(), after.name.as_str().into())]);
    is.insert("by".to_owned(), "card".into());
    for (field, old, new) in before.differences(&after) {
        was.insert(field.to_owned(), old.into());
        is.insert(field.to_owned(), new.into());
    }
    later(context, "enterprise.verified", enterprise.id, Some(Json::Object(was)), Some(Json::Object(is)));
    Ok(())
}

/// Tells the administrator of a request to join: theirs to decide, in the list or from the message (J17).
pub async fn ask_administrator(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: &Enterprise,
    association: Uuid,
    applicant: Uuid,
    administrator: Uuid,
) -> Result<(), DatabaseError> {
    let rows = connection.query(&sql!("SELECT name FROM accounts WHERE id = $1"), &[applicant.into()]).await?;
    let name = rows.first().map(|row| row.get::<String>(0)).transpose()?;
    let data = json!({ "association": association, "applicant": name, "enterprise": enterprise.name });
    inbox::put(context, connection, administrator, Kind::AssociationWaiting, &data).await
}

fn later(context: &Context<'_>, action: &str, enterprise: Uuid, before: Option<Json>, after: Option<Json>) {
    let event = Event {
        action: action.to_owned(),
        target: Some(("enterprise", enterprise.to_string())),
        enterprise: Some(enterprise),
        ..Event::default()
    };
    audit::later(context, event.change(before, after));
}
