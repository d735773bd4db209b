//! The registry that is kept here, asked with an organisation code: a card may know no more of its enterprise.

use super::{Record, local};
use crate::platform::{Connection, DatabaseError};
use crate::sql;

/// The USCC and the record of the one row whose characters 9 to 17 (GB 32100) are this code; nothing where several have it, since a code alone doesn't
/// say which is meant.
pub async fn of_organisation(
    connection: &mut dyn Connection,
    organisation_code: &str,
) -> Result<Option<(String, Record)>, DatabaseError> {
    let rows = connection
        .query(
            &sql!(
                "SELECT name, registered_address, business_scope, legal_person_name, updated_at, uscc FROM registry
                 WHERE SUBSTR(uscc, 9, 9) = $1 LIMIT 2"
            ),
            &[organisation_code.into()],
        )
        .await?;
    let [row] = rows.as_slice() else {
        return Ok(None);
    };
    let uscc = row.get(5)?;
    Ok(local::record(row)?.map(|record| (uscc, record)))
}
