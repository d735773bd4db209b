//! Who is told of what happens to a seal, and what the audit says.

use eport_shared::audit::Event;
use eport_shared::context::Context;
use eport_shared::inbox::{self, Kind};
use eport_shared::platform::Connection;
use eport_shared::problem::Problem;
use eport_shared::sql;
use serde_json::json;
use uuid::Uuid;

use super::standing::Standing;

/// Puts a message into the inboxes of the enterprise's administrator and of whoever of its members holds its legal-person card. Who has left keeps
/// the card, and hears no more of the enterprise.
pub async fn tell(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    standing: &Standing,
    name: &str,
    what: &'static str,
) -> Result<(), Problem> {
    let rows = connection
        .query(
            &sql!(
                "SELECT account_id FROM memberships WHERE enterprise_id = $1 AND role = 'admin'
                 UNION SELECT c.account_id FROM cards c JOIN memberships m ON m.account_id = c.account_id
                 WHERE m.enterprise_id = $1 AND m.state = 'active' AND c.enterprise_id = $1 AND c.class = 'legal_person' AND c.unbound_at IS NULL"
            ),
            &[standing.enterprise.into()],
        )
        .await?;
    let data = json!({ "enterprise": standing.enterprise_name, "name": name, "change": what });
    for row in rows {
        inbox::put(context, connection, row.get(0)?, Kind::SealChanged, &data).await?;
    }
    Ok(())
}

/// The audit's row.
pub fn event(standing: &Standing, id: Uuid, what: &str) -> Event {
    Event { action: format!("seal.{what}"), target: Some(("seal", id.to_string())), ..Event::default() }
        .of_enterprise(Some(standing.enterprise))
}
