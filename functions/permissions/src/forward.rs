//! J14: one permission for a reverse proxy: nginx `auth_request`, Traefik `forwardAuth`, Envoy `ext_authz`.

use eport_schema::catalogue;
use eport_schema::wire::{CheckReason, CheckResult};
use eport_shared::applications;
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json};
use eport_shared::problem::Problem;
use eport_shared::sql;
use eport_shared::sql::{Row, Statement};
use http::{HeaderName, HeaderValue, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use uuid::Uuid;

use crate::check::{BEHIND_PLACE, Place, from_session, place_columns};

/// Why it was allowed or not, in every answer of this route.
const REASON: HeaderName = HeaderName::from_static("x-eport-reason");

pub(crate) static FORWARD: Statement = sql!(concat!(
    "SELECT ",
    eport_shared::session_columns!(),
    ", ",
    place_columns!(),
    ", a.name AS n, m.role AS r, e.id AS i, e.uscc AS u, e.name AS o",
    from_session!()
));

/// `/v1/check/forward?application=&action=`: 200 with who it is in headers, or 403. As with a check, a no is not audited.
pub async fn forward(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let session = context.session()?;
    let asked = |name| request.query(name).ok_or_else(|| Problem::field(name, &catalogue::REQUEST_INVALID_QUERY));
    let (application, action) = (asked("application")?, asked("action")?);
    let place = Place::read(&session.row)?;
    let catalogue = applications::at(context, place.revision).await?;
    let reason = place.decide(&catalogue, application, action);
    let mut response = if reason.allows() {
        let mut response = json(StatusCode::OK, &CheckResult { allowed: true, reason });
        identify(&mut response, session.account_id, &session.row)?;
        response
    } else {
        Problem::new(&catalogue::PERMISSION_DENIED).into_response(context.client.language)
    };
    response.headers_mut().insert(REASON, HeaderValue::from_static(CheckReason::as_str(reason)));
    Ok(response)
}

/// Who it is, for the application behind the proxy. Names are percent-encoded UTF-8: a header has no other way to say them.
fn identify(response: &mut Response, account: Uuid, row: &Row) -> Result<(), Problem> {
    let text = |column: usize| -> Result<String, Problem> { Ok(row.text(column)?.unwrap_or_default().to_owned()) };
    let encoded = |text: String| utf8_percent_encode(&text, NON_ALPHANUMERIC).to_string();
    for (name, value) in [
        ("x-eport-account", account.to_string()),
        ("x-eport-name", encoded(text(BEHIND_PLACE)?)),
        ("x-eport-role", text(BEHIND_PLACE + 1)?),
        ("x-eport-enterprise", text(BEHIND_PLACE + 3)?),
        (
            "x-eport-enterprise-id",
            row.get::<Option<Uuid>>(BEHIND_PLACE + 2)?.map(|id| id.to_string()).unwrap_or_default(),
        ),
        ("x-eport-enterprise-name", encoded(text(BEHIND_PLACE + 4)?)),
    ] {
        let value = HeaderValue::from_str(&value).map_err(|_| Problem::new(&catalogue::SERVICE_INTERNAL))?;
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
    Ok(())
}
