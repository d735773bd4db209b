//! `GET /v1/enterprise`, `PATCH /v1/enterprise` (J4): what members see, and the contact data that the administrator keeps.

use eport_schema::catalogue::{self, Invalid};
use eport_schema::domain::{Address, Email, PersonName, Postcode, Telephone};
use eport_schema::wire::{Administrator, Enterprise, EnterprisePatch};
use eport_shared::audit::{self, Event};
use eport_shared::context::Context;
use eport_shared::crypto::{Place, decrypt_text, encrypt};
use eport_shared::enterprises::Role;
use eport_shared::http::{Request, Response, json, with_version};
use eport_shared::members;
use eport_shared::platform::Connection;
use eport_shared::problem::{Fields, Problem};
use eport_shared::sql;
use eport_shared::sql::{Row, query, transaction};
use http::StatusCode;
use serde_json::{Map, Value as Json};
use uuid::Uuid;
use zeroize::Zeroizing;

/// A contact field: its name on the wire, the place that its ciphertext is bound to, and how it is read.
struct Contact {
    name: &'static str,
    place: &'static str,
    parse: fn(&str) -> Result<String, Invalid>,
    /// As the audit may keep it: enough to see that it changed, not what it says.
    masked: fn(&str) -> String,
}

fn hidden(_: &str) -> String {
    "***".to_owned()
}

/// The contact data, in the order of the columns in the statements below.
const CONTACT: [Contact; 5] = [
    Contact {
        name: "contact_name",
        place: "enterprises.contact_name",
        parse: |text| PersonName::parse(text).map(|it| it.as_str().to_owned()),
        masked: hidden,
    },
    Contact {
        name: "telephone",
        place: "enterprises.contact_telephone",
        parse: |text| Telephone::parse(text).map(|it| it.as_str().to_owned()),
        masked: hidden,
    },
    Contact {
        name: "email",
        place: "enterprises.contact_email",
        parse: |text| Email::parse(text).map(|it| it.as_str().to_owned()),
        masked: |text| Email::parse(text).map_or(hidden(text), |email| email.masked()),
    },
    Contact {
        name: "address",
        place: "enterprises.contact_address",
        parse: |text| Address::parse(text).map(|it| it.as_str().to_owned()),
        masked: hidden,
    },
    Contact {
        name: "postcode",
        place: "enterprises.contact_postcode",
        parse: |text| Postcode::parse(text).map(|it| it.as_str().to_owned()),
        masked: str::to_owned,
    },
];

impl Contact {
    fn reveal(&self, context: &Context<'_>, enterprise: Uuid, kept: Option<&[u8]>) -> Result<Option<String>, Problem> {
        let text =
            kept.map(|kept| decrypt_text(context.keys, Place::new(self.place, &enterprise), kept)).transpose()?;
        Ok(text.map(|text| text.to_string()))
    }
}

/// `GET /v1/enterprise`.
pub async fn get(context: &Context<'_>) -> Result<Response, Problem> {
    let caller = context.caller()?;
    let enterprise = caller.member()?;
    let role = caller.membership.map_or(Role::Operator, |membership| membership.role);
    answer(context, enterprise, role).await
}

/// The enterprise as somebody in this role sees it, with its `ETag`.
pub(crate) async fn answer(context: &Context<'_>, enterprise: Uuid, role: Role) -> Result<Response, Problem> {
    let shown = read(context, enterprise, role).await?;
    Ok(with_version(json(StatusCode::OK, &shown), shown.version))
}

async fn read(context: &Context<'_>, enterprise: Uuid, role: Role) -> Result<Enterprise, Problem> {
    let rows = query(
        context.database,
        &sql!(
            "SELECT e.uscc, e.organisation_code, e.name, e.registered_address, e.business_scope, e.legal_person_name, e.state, e.verified_by,
                    e.verified_at, e.version, e.created_at, e.updated_at, e.contact_name_enc, e.contact_telephone_enc, e.contact_email_enc,
                    e.contact_address_enc, e.contact_postcode_enc, a.id, a.name, m.verified_at IS NOT NULL, m.verified_by
             FROM enterprises e LEFT JOIN memberships m ON m.enterprise_id = e.id AND m.role = 'admin'
                                LEFT JOIN accounts a ON a.id = m.account_id
             WHERE e.id = $1"
        ),
        &[enterprise.into()],
    )
    .await?;
    let row = rows.first().ok_or_else(|| Problem::new(&catalogue::ENTERPRISE_REQUIRED))?;
    let mut contact = Vec::new();
    for (column, field) in (12..).zip(&CONTACT) {
        let kept: Option<Vec<u8>> = row.get(column)?;
        contact.push(field.reveal(context, enterprise, kept.as_deref())?);
    }
    let [contact_name, telephone, email, address, postcode] =
        <[Option<String>; 5]>::try_from(contact).unwrap_or_default();
    Ok(Enterprise {
        id: enterprise,
        uscc: row.get(0)?,
        organisation_code: row.get(1)?,
        name: row.get(2)?,
        registered_address: row.get(3)?,
        business_scope: row.get(4)?,
        legal_person_name: row.get(5)?,
        state: row.get(6)?,
        verified_by: row.get(7)?,
        verified_at: row.get(8)?,
        role: role.as_str().to_owned(),
        administrator: administrator(row)?,
        contact_name,
        telephone,
        email,
        address,
        postcode,
        version: row.get(9)?,
        created_at: row.get(10)?,
        updated_at: row.get(11)?,
    })
}

/// From the columns 17 to 20.
fn administrator(row: &Row) -> Result<Option<Administrator>, Problem> {
    let Some(account_id) = row.get::<Option<Uuid>>(17)? else {
        return Ok(None);
    };
    Ok(Some(Administrator { account_id, name: row.get(18)?, verified: row.get(19)?, verified_by: row.get(20)? }))
}

/// What a patch does to one field: leave it, clear it, or set it.
enum Change {
    Keep,
    Clear,
    Set(Zeroizing<String>),
}

fn parse(body: &EnterprisePatch) -> Result<Vec<Change>, Problem> {
    let given = [&body.contact_name, &body.telephone, &body.email, &body.address, &body.postcode];
    let mut fields = Fields::new();
    let changes: Vec<Option<Change>> = CONTACT
        .iter()
        .zip(given)
        .map(|(field, given)| match given {
            None => Some(Change::Keep),
            Some(None) => Some(Change::Clear),
            Some(Some(text)) => fields.check(field.name, (field.parse)(text)).map(Zeroizing::new).map(Change::Set),
        })
        .collect();
    fields.finish(changes.into_iter().collect())
}

/// `PATCH /v1/enterprise`: a field that is absent stays, one that is null is cleared.
pub async fn update(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let enterprise = context.caller()?.administrator()?;
    let body: EnterprisePatch = request.json()?;
    let changes = parse(&body)?;
    transaction(context.database, async |connection| {
        members::administered(context, connection).await?;
        apply(context, connection, request, enterprise, &changes).await
    })
    .await?;
    answer(context, enterprise, Role::Admin).await
}

async fn apply(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    request: &Request,
    enterprise: Uuid,
    changes: &[Change],
) -> Result<(), Problem> {
    let rows = connection
        .query(
            &sql!(
                "SELECT version, contact_name_enc, contact_telephone_enc, contact_email_enc, contact_address_enc, contact_postcode_enc
                 FROM enterprises WHERE id = $1"
            ),
            &[enterprise.into()],
        )
        .await?;
    let row = rows.first().ok_or_else(|| Problem::new(&catalogue::ENTERPRISE_REQUIRED))?;
    request.if_match(row.get(0)?)?;
    let (mut before, mut after) = (Map::new(), Map::new());
    let mut parameters = vec![enterprise.into(), context.now.into()];
    for (column, (field, change)) in (1..).zip(CONTACT.iter().zip(changes)) {
        let old: Option<Vec<u8>> = row.get(column)?;
        let shown = |text: Option<&str>| text.map_or(Json::Null, |text| Json::from((field.masked)(text)));
        if !matches!(change, Change::Keep) {
            let clear = field.reveal(context, enterprise, old.as_deref())?;
            before.insert(field.name.to_owned(), shown(clear.as_deref()));
        }
        let new = match change {
            Change::Keep => old,
            Change::Clear => {
                after.insert(field.name.to_owned(), Json::Null);
                None
            }
            Change::Set(text) => {
                after.insert(field.name.to_owned(), shown(Some(text)));
                let place = Place::new(field.place, &enterprise);
                Some(encrypt(context.keys, context.entropy, place, text.as_bytes())?)
            }
        };
        parameters.push(new.into());
    }
    if after.is_empty() {
        return Ok(());
    }
    connection
        .execute(
            &sql!(
                "UPDATE enterprises SET contact_name_enc = $3, contact_telephone_enc = $4, contact_email_enc = $5, contact_address_enc = $6,
                                        contact_postcode_enc = $7, updated_at = $2, version = version + 1 WHERE id = $1"
            ),
            &parameters,
        )
        .await?;
    let event = Event {
        action: "enterprise.updated".to_owned(),
        target: Some(("enterprise", enterprise.to_string())),
        enterprise: Some(enterprise),
        ..Event::default()
    };
    Ok(audit::record(context, connection, event.change(Some(Json::Object(before)), Some(Json::Object(after)))).await?)
}
