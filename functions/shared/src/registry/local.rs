//! The registry that is kept here, filled by import (J18).

use async_trait::async_trait;
use eport_schema::domain::Uscc;

use super::{Record, Registry, RegistryError};
use crate::context::Context;
use crate::platform::{Connection, DatabaseError};
use crate::sql;
use crate::sql::Row;

/// Our own table.
#[derive(Debug)]
pub struct Local;

#[async_trait(?Send)]
impl Registry for Local {
    fn source(&self) -> &'static str {
        "local"
    }

    async fn ask(&self, context: &Context<'_>, uscc: &Uscc) -> Result<Option<Record>, RegistryError> {
        let mut connection = context.database.connect().await?;
        Ok(local(connection.as_mut(), uscc.as_str()).await?)
    }

    fn is_remote(&self) -> bool {
        false
    }
}

/// A row of our own table, for whoever is in a transaction.
pub async fn local(connection: &mut dyn Connection, uscc: &str) -> Result<Option<Record>, DatabaseError> {
    let rows = connection
        .query(
            &sql!(
                "SELECT name, registered_address, business_scope, legal_person_name, updated_at FROM registry WHERE uscc = $1"
            ),
            &[uscc.into()],
        )
        .await?;
    rows.first().map(record).transpose().map(Option::flatten)
}

/// What a row says: name, address, scope, legal person, and when it was brought.
pub(super) fn record(row: &Row) -> Result<Option<Record>, DatabaseError> {
    let text = |column| row.get::<Option<String>>(column);
    let (address, scope, legal_person) = (text(1)?, text(2)?, text(3)?);
    // The import has checked each field; one that is no good all the same counts as not there.
    Ok(Record::parse(
        &row.get::<String>(0)?,
        address.as_deref(),
        scope.as_deref(),
        legal_person.as_deref(),
        row.get(4)?,
    ))
}
