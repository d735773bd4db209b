//! The enterprise that somebody asks to join (J9): found, made of what is known of it, or described anew.

use eport_schema::catalogue;
use eport_schema::domain::{Address, BusinessScope, EnterpriseName, Uscc};
use eport_schema::wire::EnterpriseEntry;
use eport_shared::audit::{self, Event};
use eport_shared::context::Context;
use eport_shared::enterprises::description::{Description, Field};
use eport_shared::enterprises::{self, Enterprise};
use eport_shared::platform::{Connection, new_id};
use eport_shared::problem::{Fields, Problem};
use eport_shared::registry::Record;
use eport_shared::sql;
use serde_json::{Map, Value as Json, json as object};
use uuid::Uuid;

/// An enterprise as an administrator entered it.
pub(super) struct Entered {
    name: EnterpriseName,
    registered_address: Address,
    business_scope: BusinessScope,
}

/// What is known of the enterprise that is asked for.
pub(super) enum Known {
    /// The registry says so: it wins over what was entered.
    Registered(Record),
    /// The one who asks says so.
    Entered(Entered),
}

impl Known {
    fn name(&self) -> &str {
        match self {
            Self::Registered(record) => record.name.as_str(),
            Self::Entered(entered) => entered.name.as_str(),
        }
    }
}

/// Checks what was entered.
pub(super) fn entered(fields: &mut Fields, enterprise: &EnterpriseEntry) -> Option<Entered> {
    let name = fields.check("enterprise.name", EnterpriseName::parse(&enterprise.name));
    let address = fields.check("enterprise.registered_address", Address::parse(&enterprise.registered_address));
    let scope = fields.check("enterprise.business_scope", BusinessScope::parse(&enterprise.business_scope));
    let ((name, address), scope) = name.zip(address).zip(scope)?;
    Some(Entered { name, registered_address: address, business_scope: scope })
}

/// The refusal of a claim to an enterprise that nobody has described.
pub(super) fn enterprise_required() -> Problem {
    Problem::field("enterprise", &catalogue::ASSOCIATION_ENTERPRISE_REQUIRED)
}

/// The enterprise of a USCC, held. It is found by its organisation code, since a card may have told of it with no more; one that is registered under another USCC is
/// not the one that was meant, unless that USCC was typed by a claimant who was refused.
pub(super) async fn find(connection: &mut dyn Connection, uscc: &Uscc) -> Result<Option<Enterprise>, Problem> {
    let rows = connection
        .query(
            &sql!(held: "SELECT id, name, state, uscc FROM enterprises WHERE organisation_code = $1"),
            &[uscc.organisation_code().into()],
        )
        .await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let enterprise = Enterprise::read(row)?;
    if row.get::<Option<String>>(3)?.is_some_and(|kept| kept != uscc.as_str()) {
        let typed = Description::read(connection, enterprise.id).await?.is_entered(Field::Uscc);
        if !typed || !claim_was_refused(connection, &enterprise).await? {
            return Err(Problem::new(&catalogue::ASSOCIATION_USCC_CONFLICT));
        }
    }
    Ok(Some(enterprise))
}

/// Whether staff refused the last claim to an enterprise, whose row is held, and nobody has made another.
async fn claim_was_refused(connection: &mut dyn Connection, enterprise: &Enterprise) -> Result<bool, Problem> {
    let rows = connection
        .query(&sql!("SELECT refused_at IS NOT NULL FROM enterprises WHERE id = $1"), &[enterprise.id.into()])
        .await?;
    let refused = rows.first().map(|row| row.get::<bool>(0)).transpose()?.unwrap_or_default();
    Ok(refused && !enterprise.verified && enterprises::administrator(connection, enterprise.id).await?.is_none())
}

/// The enterprise, made unverified, and whether it was this request that made it: of two at once the second waits for the first, and finds what it made.
pub(super) async fn make(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    account: Uuid,
    (uscc, known): (&Uscc, Option<&Known>),
) -> Result<(Enterprise, bool), Problem> {
    let known = known.ok_or_else(enterprise_required)?;
    let made = connection
        .query(
            &sql!(
                "INSERT INTO enterprises (id, organisation_code, name, state, created_at, updated_at)
                 VALUES ($1, $2, $3, 'unverified', $4, $4) ON CONFLICT DO NOTHING RETURNING id"
            ),
            &[
                new_id(context.now, context.entropy).into(),
                uscc.organisation_code().into(),
                known.name().into(),
                context.now.into(),
            ],
        )
        .await?;
    if let Some(row) = made.first() {
        let id = row.get(0)?;
        let mut description = Description::read(connection, id).await?;
        match known {
            Known::Registered(record) => description.replace(uscc.as_str(), record),
            Known::Entered(entered) => enter(&mut description, account, Some(uscc), entered, true),
        }
        description.begin(context, connection, id).await?;
    }
    let enterprise = find(connection, uscc).await?.ok_or_else(|| Problem::new(&catalogue::SERVICE_INTERNAL))?;
    if !made.is_empty() {
        let after = object!({
            "name": known.name(), "uscc": uscc.as_str(), "organisation_code": uscc.organisation_code()
        });
        later(context, "enterprise.created", &enterprise, None, after);
    }
    Ok((enterprise, !made.is_empty()))
}

/// Takes what a claimant typed where nothing is known; the name, which always is, where it is told to.
fn enter(description: &mut Description, account: Uuid, uscc: Option<&Uscc>, entered: &Entered, name: bool) {
    let mut typed = Vec::new();
    let mut take = |field, value: &mut Option<String>, text: &str| {
        if value.is_none() {
            *value = Some(text.to_owned());
            typed.push(field);
        }
    };
    if let Some(uscc) = uscc {
        take(Field::Uscc, &mut description.uscc, uscc.as_str());
    }
    take(Field::RegisteredAddress, &mut description.registered_address, entered.registered_address.as_str());
    take(Field::BusinessScope, &mut description.business_scope, entered.business_scope.as_str());
    if name {
        entered.name.as_str().clone_into(&mut description.name);
        typed.push(Field::Name);
    }
    description.note_entered(account, typed);
}

/// What is still open about an enterprise that somebody told of before, from the registry or from what was entered. What is known stays: the card
/// outranks a claim. But of what a refused claimant typed nothing stays. A USCC that no card has told is the registry's to tell, not a claimant's.
pub(super) async fn complete(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    account: Uuid,
    enterprise: &Enterprise,
    (uscc, known): (&Uscc, Option<&Known>),
) -> Result<(), Problem> {
    let old = Description::read(connection, enterprise.id).await?;
    let mut new = old.clone();
    let (typed_uscc, typed_name) = (old.is_entered(Field::Uscc), old.is_entered(Field::Name));
    let refused = claim_was_refused(connection, enterprise).await?;
    if refused {
        new.forget_entered(None);
    }
    match known {
        Some(Known::Registered(record)) if refused => new.replace(uscc.as_str(), record),
        Some(Known::Registered(record)) => new.fill(uscc.as_str(), record),
        Some(Known::Entered(entered)) => {
            let typed = (refused && typed_uscc).then_some(uscc);
            enter(&mut new, account, typed, entered, refused && typed_name);
        }
        None if refused => return Err(enterprise_required()),
        None => {}
    }
    if new == old {
        return Ok(());
    }
    new.write(context, connection, enterprise.id).await?;
    let (mut was, mut is) = (Map::new(), Map::new());
    for (field, old, new) in old.differences(&new) {
        was.insert(field.to_owned(), old.into());
        is.insert(field.to_owned(), new.into());
    }
    if !is.is_empty() {
        later(context, "enterprise.described", enterprise, Some(was.into()), is.into());
    }
    Ok(())
}

/// Audits a change of the enterprise with what ends the transaction.
pub(super) fn later(context: &Context<'_>, action: &str, enterprise: &Enterprise, before: Option<Json>, after: Json) {
    let event = Event {
        action: action.to_owned(),
        target: Some(("enterprise", enterprise.id.to_string())),
        enterprise: Some(enterprise.id),
        ..Event::default()
    };
    audit::later(context, event.change(before, Some(after)));
}
