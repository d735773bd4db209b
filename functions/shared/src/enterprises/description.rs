//! What an enterprise is known as, and what of it somebody merely typed (J9): neither the registry nor a card has said that, so it gives way to
//! both, and to the next claim once it was refused.

use std::collections::BTreeSet;

use eport_schema::catalogue;
use uuid::Uuid;

use crate::context::Context;
use crate::platform::{Connection, DatabaseError};
use crate::problem::Problem;
use crate::registry::{self, Record};
use crate::settings::RegistryProvider;
use crate::sql;

/// A column that a claimant can type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// Business scope.
    BusinessScope,
    /// Name.
    Name,
    /// Registered address.
    RegisteredAddress,
    /// Unified social credit code.
    Uscc,
}

impl Field {
    /// Each of them.
    pub const ALL: [Self; 4] = [Self::BusinessScope, Self::Name, Self::RegisteredAddress, Self::Uscc];

    const fn as_str(self) -> &'static str {
        match self {
            Self::BusinessScope => "business_scope",
            Self::Name => "name",
            Self::RegisteredAddress => "registered_address",
            Self::Uscc => "uscc",
        }
    }
}

/// What the row of an enterprise says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// Unified social credit code.
    pub uscc: Option<String>,
    /// Name.
    pub name: String,
    /// Registered address.
    pub registered_address: Option<String>,
    /// Business scope.
    pub business_scope: Option<String>,
    /// Legal person.
    pub legal_person_name: Option<String>,
    /// Which of these a claimant typed.
    entered: BTreeSet<Field>,
    /// Which claimant.
    entered_by: Option<Uuid>,
}

impl Description {
    /// Of an enterprise, whose row is held by whoever means to change it.
    pub async fn read(connection: &mut dyn Connection, enterprise: Uuid) -> Result<Self, Problem> {
        let rows = connection
            .query(
                &sql!(
                    "SELECT uscc, name, registered_address, business_scope, legal_person_name, entered, entered_by FROM enterprises WHERE id = $1"
                ),
                &[enterprise.into()],
            )
            .await?;
        let row = rows.first().ok_or_else(|| Problem::new(&catalogue::ENTERPRISE_REQUIRED))?;
        let entered: String = row.get(5)?;
        Ok(Self {
            uscc: row.get(0)?,
            name: row.get(1)?,
            registered_address: row.get(2)?,
            business_scope: row.get(3)?,
            legal_person_name: row.get(4)?,
            entered: Field::ALL
                .into_iter()
                .filter(|field| entered.split(' ').any(|name| name == field.as_str()))
                .collect(),
            entered_by: row.get(6)?,
        })
    }

    /// Writes it into a row that this transaction made.
    pub async fn begin(
        &self,
        context: &Context<'_>,
        connection: &mut dyn Connection,
        enterprise: Uuid,
    ) -> Result<(), DatabaseError> {
        self.put(context, connection, enterprise, 0).await
    }

    /// Writes it, and counts the version on.
    pub async fn write(
        &self,
        context: &Context<'_>,
        connection: &mut dyn Connection,
        enterprise: Uuid,
    ) -> Result<(), DatabaseError> {
        self.put(context, connection, enterprise, 1).await
    }

    async fn put(
        &self,
        context: &Context<'_>,
        connection: &mut dyn Connection,
        enterprise: Uuid,
        versions: i64,
    ) -> Result<(), DatabaseError> {
        let entered: Vec<_> = self.entered.iter().map(|field| field.as_str()).collect();
        connection
            .execute(
                &sql!(
                    "UPDATE enterprises SET uscc = $2, name = $3, registered_address = $4, business_scope = $5, legal_person_name = $6,
                                            entered = $7, entered_by = $8, updated_at = $9, version = version + $10 WHERE id = $1"
                ),
                &[
                    enterprise.into(),
                    self.uscc.as_deref().into(),
                    self.name.as_str().into(),
                    self.registered_address.as_deref().into(),
                    self.business_scope.as_deref().into(),
                    self.legal_person_name.as_deref().into(),
                    entered.join(" ").into(),
                    self.entered_by.into(),
                    context.now.into(),
                    versions.into(),
                ],
            )
            .await
            .map(drop)
    }

    /// Whether a claimant typed it.
    pub fn is_entered(&self, field: Field) -> bool {
        self.entered.contains(&field)
    }

    /// Notes that `by` typed these.
    pub fn note_entered(&mut self, by: Uuid, fields: impl IntoIterator<Item = Field>) {
        self.entered.extend(fields);
        self.entered_by = if self.entered.is_empty() { None } else { Some(by) };
    }

    /// Takes out what a claimant typed, unless it was `but`; the name stays, since there must be one.
    pub fn forget_entered(&mut self, but: Option<Uuid>) {
        if but.is_some() && self.entered_by == but {
            return;
        }
        for (field, value) in [
            (Field::Uscc, &mut self.uscc),
            (Field::RegisteredAddress, &mut self.registered_address),
            (Field::BusinessScope, &mut self.business_scope),
        ] {
            if self.entered.remove(&field) {
                *value = None;
            }
        }
    }

    /// Somebody stands for all of it from now on.
    pub fn vouch(&mut self) {
        self.entered.clear();
        self.entered_by = None;
    }

    /// Takes what the registry says where nothing is known.
    pub fn fill(&mut self, uscc: &str, record: &Record) {
        let open = |value: &mut Option<String>, text: Option<&str>| {
            if value.is_none() {
                *value = text.map(str::to_owned);
            }
        };
        open(&mut self.uscc, Some(uscc));
        open(&mut self.registered_address, record.registered_address());
        open(&mut self.business_scope, record.business_scope());
        open(&mut self.legal_person_name, record.legal_person_name());
    }

    /// Takes what the registry says beside the name; what it leaves out stays.
    pub fn complete(&mut self, uscc: &str, record: &Record) {
        self.uscc = Some(uscc.to_owned());
        self.entered.remove(&Field::Uscc);
        let said = |text: Option<&str>, value: &mut Option<String>| {
            if let Some(text) = text {
                *value = Some(text.to_owned());
            }
            text.is_some()
        };
        if said(record.registered_address(), &mut self.registered_address) {
            self.entered.remove(&Field::RegisteredAddress);
        }
        if said(record.business_scope(), &mut self.business_scope) {
            self.entered.remove(&Field::BusinessScope);
        }
        said(record.legal_person_name(), &mut self.legal_person_name);
    }

    /// Takes all that the registry says.
    pub fn replace(&mut self, uscc: &str, record: &Record) {
        self.complete(uscc, record);
        record.name.as_str().clone_into(&mut self.name);
        self.entered.remove(&Field::Name);
    }

    /// Field by field, as the audit keeps it and a sync shows it: name, what `self` has, what `new` has, where the two differ.
    pub fn differences(&self, new: &Self) -> Vec<(&'static str, Option<String>, Option<String>)> {
        [
            ("uscc", self.uscc.clone(), new.uscc.clone()),
            ("name", Some(self.name.clone()), Some(new.name.clone())),
            ("registered_address", self.registered_address.clone(), new.registered_address.clone()),
            ("business_scope", self.business_scope.clone(), new.business_scope.clone()),
            ("legal_person_name", self.legal_person_name.clone(), new.legal_person_name.clone()),
        ]
        .into_iter()
        .filter(|(_, old, new)| old != new)
        .collect()
    }
}

/// What the registry that is kept here has of an enterprise, with its USCC: by the whole USCC where it is known, else by the organisation code. One that
/// is far away can be asked by USCC alone, and never inside a transaction.
pub async fn registered(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    uscc: Option<&str>,
    organisation_code: &str,
) -> Result<Option<(String, Record)>, DatabaseError> {
    if context.settings.registry_provider != RegistryProvider::Local {
        return Ok(None);
    }
    match uscc {
        Some(uscc) => Ok(registry::local(connection, uscc).await?.map(|record| (uscc.to_owned(), record))),
        None => registry::of_organisation(connection, organisation_code).await,
    }
}
