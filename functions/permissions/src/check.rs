//! J14: may the caller do this? The route that every business application asks, all the time.
//!
//! One indexed query recognises the session and reads all that the answer depends on; the catalogue is kept in memory and known by its number,
//! which is read along. So what an administrator or staff change is in force on the next request.

use eport_schema::catalogue;
use eport_schema::wire::{CheckReason, CheckRequest, CheckResult, CheckResults};
use eport_shared::applications::{self, Catalogue};
use eport_shared::caller::OWN_COLUMNS;
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json};
use eport_shared::problem::Problem;
use eport_shared::sql;
use eport_shared::sql::{Row, Statement};
use http::StatusCode;

use crate::rights::holds;

/// The most questions of one request.
const MOST: usize = 100;

/// What [`Place::read`] reads, in order, behind the session's columns: the place in the enterprise as a number, what the enterprise is
/// entitled to, what the person was granted, the catalogue's number. Short names, since each crosses into the component with each row.
macro_rules! place_columns {
    () => {
        "CASE WHEN m.role IS NULL THEN 0
              WHEN m.state <> 'active' THEN 1
              ELSE 2 + CASE m.role WHEN 'admin' THEN 2 ELSE 0 END + CASE e.state WHEN 'verified' THEN 1 ELSE 0 END END AS p,
         e.entitlements AS e, m.grants AS g, (SELECT c.revision FROM application_catalogue c WHERE c.id = 1) AS c"
    };
}
pub(crate) use place_columns;

/// Where a session leads: its account, the place in an enterprise.
macro_rules! from_session {
    () => {
        " FROM sessions s JOIN accounts a ON a.id = s.account_id
          LEFT JOIN memberships m ON m.account_id = s.account_id LEFT JOIN enterprises e ON e.id = m.enterprise_id
          WHERE s.id = $1"
    };
}
pub(crate) use from_session;

/// The first column behind those of [`place_columns`].
pub(crate) const BEHIND_PLACE: usize = OWN_COLUMNS + 4;

/// The one query of a check; parameters as [`session_columns`](eport_shared::session_columns) says.
pub static CHECK: Statement =
    sql!(concat!("SELECT ", eport_shared::session_columns!(), ", ", place_columns!(), from_session!()));

/// Where a person stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// In no enterprise.
    Nowhere,
    /// In one, but suspended there.
    Suspended,
    /// An active member.
    Active {
        /// As its administrator.
        administrator: bool,
        /// Whether the enterprise is verified.
        verified: bool,
    },
}

/// All that an answer depends on, besides the catalogue.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Where the person stands.
    pub standing: Standing,
    /// What the enterprise is entitled to, as kept.
    pub entitlements: &'a str,
    /// What the person was granted, as kept.
    pub grants: &'a str,
    /// The catalogue's number.
    pub revision: i64,
}

impl<'a> Place<'a> {
    /// From a row of [`CHECK`].
    pub fn read(row: &'a Row) -> Result<Self, Problem> {
        let standing = match row.get::<i64>(OWN_COLUMNS)? {
            0 => Standing::Nowhere,
            1 => Standing::Suspended,
            n @ 2..=5 => Standing::Active { administrator: n >= 4, verified: n % 2 == 1 },
            _ => return Err(Problem::new(&catalogue::SERVICE_INTERNAL)),
        };
        Ok(Self {
            standing,
            entitlements: row.text(OWN_COLUMNS + 1)?.unwrap_or_default(),
            grants: row.text(OWN_COLUMNS + 2)?.unwrap_or_default(),
            revision: row.get(OWN_COLUMNS + 3)?,
        })
    }

    /// Whether the person may do `action` in `application`, and why. The entitlement is asked for with each grant: a grant alone opens nothing.
    pub fn decide(&self, catalogue: &Catalogue, application: &str, action: &str) -> CheckReason {
        let (administrator, verified) = match self.standing {
            Standing::Nowhere => return CheckReason::NoEnterprise,
            Standing::Suspended => return CheckReason::Suspended,
            Standing::Active { administrator, verified } => (administrator, verified),
        };
        let Some(known) = catalogue.find(application) else {
            return CheckReason::UnknownApplication;
        };
        if !known.actions.iter().any(|known| known.code == action) {
            CheckReason::UnknownAction
        } else if !verified && !known.open {
            CheckReason::EnterpriseUnverified
        } else if !holds(self.entitlements, application, action) {
            CheckReason::NotEntitled
        } else if administrator {
            CheckReason::Administrator
        } else if holds(self.grants, application, action) {
            CheckReason::Granted
        } else {
            CheckReason::NotGranted
        }
    }
}

/// `POST /v1/check`. What may not be done is an answer, not a refusal: nothing of it is audited.
pub async fn check(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let session = context.session()?;
    let body: CheckRequest = request.json()?;
    if body.checks.len() > MOST {
        return Err(Problem::field("checks", &catalogue::CHECK_TOO_MANY));
    }
    let place = Place::read(&session.row)?;
    let catalogue = applications::at(context, place.revision).await?;
    let results = body
        .checks
        .iter()
        .map(|check| place.decide(&catalogue, &check.application, &check.action))
        .map(|reason| CheckResult { allowed: reason.allows(), reason })
        .collect();
    Ok(json(StatusCode::OK, &CheckResults { results }))
}
