//! J4: `GET /v1/me`, `PATCH /v1/me`. Name and id document don't change here.

use eport_schema::catalogue;
use eport_schema::domain::{Address, Email, IdType, Postcode, Telephone, mask};
use eport_schema::wire::{AccountState, EnterpriseSummary, Me, MePatch};
use eport_shared::accounts::{Field, protect, reveal};
use eport_shared::audit::{self, Event};
use eport_shared::clock::Timestamp;
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json};
use eport_shared::platform::Connection;
use eport_shared::problem::{Fields, Problem};
use eport_shared::sql;
use eport_shared::sql::{Row, query, transaction};
use http::StatusCode;
use serde_json::{Map, Value as Json};
use uuid::Uuid;
use zeroize::Zeroizing;

/// `GET /v1/me`.
pub async fn get(context: &Context<'_>) -> Result<Response, Problem> {
    Ok(json(StatusCode::OK, &read(context, context.caller()?.account_id).await?))
}

/// The account as its person sees it: in one query.
pub(crate) async fn read(context: &Context<'_>, account: Uuid) -> Result<Me, Problem> {
    let rows = query(
        context.database,
        &sql!(
            "SELECT a.username, a.name, a.id_type, a.id_number_enc, a.phone_enc, a.email_enc, a.address_enc, a.postcode_enc,
                    a.telephone_enc, a.state, a.staff, a.password_change_required, a.created_at, a.updated_at, a.locked_at,
                    (SELECT COUNT(*) FROM messages m WHERE m.account_id = a.id AND m.read_at IS NULL),
                    e.id, e.uscc, e.organisation_code, e.name, p.role, p.state, e.state
             FROM accounts a LEFT JOIN memberships p ON p.account_id = a.id LEFT JOIN enterprises e ON e.id = p.enterprise_id
             WHERE a.id = $1"
        ),
        &[account.into()],
    )
    .await?;
    let row = rows.first().ok_or_else(|| Problem::new(&catalogue::RESOURCE_NOT_FOUND))?;
    let clear = |field, column| -> Result<Option<String>, Problem> {
        let kept: Option<Vec<u8>> = row.get(column)?;
        Ok(reveal(context.keys, field, account, kept.as_deref())?.map(|text| text.to_string()))
    };
    let locked = row.get::<Option<Timestamp>>(14)?.is_some();
    Ok(Me {
        id: account,
        username: row.get(0)?,
        name: row.get(1)?,
        id_type: row.get::<Option<String>>(2)?.and_then(|text| IdType::parse(&text).ok()),
        id_number: clear(Field::IdNumber, 3)?.map(|number| mask::id_number(&number)),
        phone: clear(Field::Phone, 4)?.map(|phone| mask::phone(&phone)),
        email: clear(Field::Email, 5)?,
        address: clear(Field::Address, 6)?,
        postcode: clear(Field::Postcode, 7)?,
        telephone: clear(Field::Telephone, 8)?,
        state: if locked { AccountState::Locked } else { state(&row.get::<String>(9)?) },
        staff: row.get(10)?,
        password_change_required: row.get(11)?,
        unread_messages: row.get(15)?,
        enterprise: enterprise(row)?,
        created_at: row.get(12)?,
        updated_at: row.get(13)?,
    })
}

/// The person's enterprise and their place in it, from the columns 16 to 22.
fn enterprise(row: &Row) -> Result<Option<EnterpriseSummary>, Problem> {
    let Some(id) = row.get::<Option<Uuid>>(16)? else {
        return Ok(None);
    };
    Ok(Some(EnterpriseSummary {
        id,
        uscc: row.get(17)?,
        organisation_code: row.get(18)?,
        name: row.get(19)?,
        role: row.get(20)?,
        state: row.get(21)?,
        verified: row.get::<String>(22)? == "verified",
    }))
}

fn state(kept: &str) -> AccountState {
    AccountState::parse(kept).unwrap_or(AccountState::Pending)
}

/// What a patch does to one field: leave it, clear it, or set it.
enum Change {
    Keep,
    Clear,
    Set(Zeroizing<String>),
}

/// The four fields that a person edits, in the order of the columns in the statements below.
const EDITABLE: [(Field, &str); 4] = [
    (Field::Email, "email"),
    (Field::Address, "address"),
    (Field::Postcode, "postcode"),
    (Field::Telephone, "telephone"),
];

fn parse(body: &MePatch) -> Result<[Change; 4], Problem> {
    let mut fields = Fields::new();
    let mut change = |name: &str,
                      given: &Option<Option<String>>,
                      parse: fn(&str) -> Result<String, catalogue::Invalid>| match given {
        None => Some(Change::Keep),
        Some(None) => Some(Change::Clear),
        Some(Some(text)) => fields.check(name, parse(text)).map(Zeroizing::new).map(Change::Set),
    };
    let email = change("email", &body.email, |text| Email::parse(text).map(|it| it.as_str().to_owned()));
    let address = change("address", &body.address, |text| Address::parse(text).map(|it| it.as_str().to_owned()));
    let postcode = change("postcode", &body.postcode, |text| Postcode::parse(text).map(|it| it.as_str().to_owned()));
    let telephone =
        change("telephone", &body.telephone, |text| Telephone::parse(text).map(|it| it.as_str().to_owned()));
    let all = email.zip(address).zip(postcode).zip(telephone);
    let (((email, address), postcode), telephone) = fields.finish(all)?;
    Ok([email, address, postcode, telephone])
}

/// `PATCH /v1/me`: a field that is absent stays, one that is null is cleared.
pub async fn update(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let account = context.caller()?.account_id;
    let body: MePatch = request.json()?;
    let changes = parse(&body)?;
    transaction(context.database, async |connection| apply(context, connection, account, &changes).await).await?;
    Ok(json(StatusCode::OK, &read(context, account).await?))
}

async fn apply(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    account: Uuid,
    changes: &[Change; 4],
) -> Result<(), Problem> {
    let rows = connection
        .query(
            &sql!(held: "SELECT email_enc, address_enc, postcode_enc, telephone_enc FROM accounts WHERE id = $1"),
            &[account.into()],
        )
        .await?;
    let row = rows.first().ok_or_else(|| Problem::new(&catalogue::RESOURCE_NOT_FOUND))?;
    let (mut before, mut after) = (Map::new(), Map::new());
    let mut kept = Vec::new();
    for (column, ((field, name), change)) in EDITABLE.into_iter().zip(changes).enumerate() {
        let old: Option<Vec<u8>> = row.get(column)?;
        let new = match change {
            Change::Keep => old,
            Change::Clear => None,
            Change::Set(text) => Some(protect(context.keys, context.entropy, field, account, text)?),
        };
        if !matches!(change, Change::Keep) {
            before.insert(name.to_owned(), shown(context, field, account, row, column)?);
            let text = if let Change::Set(text) = change { Some(text.as_str()) } else { None };
            after.insert(name.to_owned(), masked(field, text));
        }
        kept.push(new);
    }
    let [email, address, postcode, telephone] = kept.as_slice() else {
        return Err(Problem::new(&catalogue::SERVICE_INTERNAL));
    };
    if after.is_empty() {
        return Ok(());
    }
    connection
        .execute(
            &sql!(
                "UPDATE accounts SET email_enc = $2, address_enc = $3, postcode_enc = $4, telephone_enc = $5, updated_at = $6
                 WHERE id = $1"
            ),
            &[
                account.into(),
                email.clone().into(),
                address.clone().into(),
                postcode.clone().into(),
                telephone.clone().into(),
                context.now.into(),
            ],
        )
        .await?;
    let event =
        Event::account("account.updated", account).change(Some(Json::Object(before)), Some(Json::Object(after)));
    audit::record(context, connection, event).await?;
    Ok(())
}

fn shown(context: &Context<'_>, field: Field, account: Uuid, row: &Row, column: usize) -> Result<Json, Problem> {
    let kept: Option<Vec<u8>> = row.get(column)?;
    let clear = reveal(context.keys, field, account, kept.as_deref())?;
    Ok(masked(field, clear.as_ref().map(|text| text.as_str())))
}

/// A field as the audit may keep it: enough to see that it changed, not what it says.
fn masked(field: Field, text: Option<&str>) -> Json {
    match (field, text) {
        (_, None) => Json::Null,
        (Field::Postcode, Some(text)) => Json::from(text),
        (Field::Email, Some(text)) => Email::parse(text).map_or(Json::from("***"), |email| Json::from(email.masked())),
        (_, Some(_)) => Json::from("***"),
    }
}
