//! J13: what the enterprise is registered as and licensed for, at which department, until when. For its administrator alone.

use eport_schema::catalogue;
use eport_schema::clock::Timestamp;
use eport_schema::domain::{CalendarDate, Department, Notes, QualificationKind, QualificationNumber};
use eport_schema::wire::{
    List, Qualification, QualificationKindItem, QualificationPatch, QualificationRequest, QualificationState,
};
use eport_shared::audit::{self, Event};
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json, no_content, with_version};
use eport_shared::members;
use eport_shared::platform::{Connection, new_id};
use eport_shared::problem::{Fields, Problem};
use eport_shared::serve::page;
use eport_shared::sql;
use eport_shared::sql::{Row, Statement, query, transaction};
use http::StatusCode;
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// A qualification whose last day is this many days away, or fewer, is about to end.
const EXPIRING_DAYS: i64 = 30;

macro_rules! columns {
    () => {
        "id, department, kind, number, valid_from, valid_to, notes, created_at, updated_at, version"
    };
}

const ONE: Statement =
    sql!(concat!("SELECT ", columns!(), " FROM qualifications WHERE id = $1 AND enterprise_id = $2"));
const HELD: Statement =
    sql!(held: concat!("SELECT ", columns!(), " FROM qualifications WHERE id = $1 AND enterprise_id = $2"));
const ALL: Statement = sql!(concat!(
    "SELECT ",
    columns!(),
    " FROM qualifications WHERE enterprise_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"
));

/// A qualification as the table keeps it.
struct Kept {
    id: Uuid,
    data: Data,
    created_at: Timestamp,
    updated_at: Timestamp,
    version: i64,
}

/// What the administrator says of it, all of it right.
#[derive(Clone)]
struct Data {
    department: String,
    kind: QualificationKind,
    number: String,
    valid_from: Option<CalendarDate>,
    valid_to: Option<CalendarDate>,
    notes: Option<String>,
}

impl Data {
    fn parse(body: &QualificationRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let department = fields.check("department", Department::parse(&body.department));
        let kind = fields.check("kind", QualificationKind::parse(&body.kind));
        let number = kind.and_then(|kind| fields.check("number", QualificationNumber::parse(kind, &body.number)));
        let mut date = |name, text: &Option<String>| {
            text.as_deref().and_then(|text| fields.check(name, CalendarDate::parse(text)))
        };
        let (valid_from, valid_to) = (date("valid_from", &body.valid_from), date("valid_to", &body.valid_to));
        let notes = body.notes.as_deref().and_then(|text| fields.check("notes", Notes::parse(text)));
        if let (Some(from), Some(to)) = (valid_from, valid_to)
            && to < from
        {
            fields.refuse("valid_to", &catalogue::QUALIFICATION_DATES);
        }
        let ((department, kind), number) = fields.finish(department.zip(kind).zip(number))?;
        Ok(Self {
            department: department.as_str().to_owned(),
            kind,
            number: number.as_str().to_owned(),
            valid_from,
            valid_to,
            notes: notes.and_then(Notes::into_text),
        })
    }

    /// With what a patch changes: parsed as a whole, since kind and number, first and last day must fit each other.
    fn patched(&self, patch: QualificationPatch) -> Result<Self, Problem> {
        let text = |date: Option<CalendarDate>| date.map(CalendarDate::to_text);
        Self::parse(&QualificationRequest {
            department: patch.department.unwrap_or_else(|| self.department.clone()),
            kind: patch.kind.unwrap_or_else(|| self.kind.as_str().to_owned()),
            number: patch.number.unwrap_or_else(|| self.number.clone()),
            valid_from: patch.valid_from.unwrap_or_else(|| text(self.valid_from)),
            valid_to: patch.valid_to.unwrap_or_else(|| text(self.valid_to)),
            notes: patch.notes.unwrap_or_else(|| self.notes.clone()),
        })
    }

    /// For the audit.
    fn shown(&self) -> Json {
        json!({
            "department": self.department, "kind": self.kind, "number": self.number, "valid_from": self.valid_from,
            "valid_to": self.valid_to, "notes": self.notes,
        })
    }

    fn state(&self, today: CalendarDate) -> QualificationState {
        match self.valid_to.map(|to| today.days_until(to)) {
            Some(left) if left < 0 => QualificationState::Expired,
            Some(left) if left <= EXPIRING_DAYS => QualificationState::Expiring,
            _ => QualificationState::Valid,
        }
    }
}

impl Kept {
    fn read(row: &Row) -> Result<Self, Problem> {
        let date = |column| -> Result<Option<CalendarDate>, Problem> {
            Ok(row.get::<Option<String>>(column)?.and_then(|text| CalendarDate::parse(&text).ok()))
        };
        Ok(Self {
            id: row.get(0)?,
            data: Data {
                department: row.get(1)?,
                kind: QualificationKind::parse(&row.get::<String>(2)?).unwrap_or(QualificationKind::Other),
                number: row.get(3)?,
                valid_from: date(4)?,
                valid_to: date(5)?,
                notes: row.get(6)?,
            },
            created_at: row.get(7)?,
            updated_at: row.get(8)?,
            version: row.get(9)?,
        })
    }

    fn wire(self, context: &Context<'_>) -> Qualification {
        let state = self.data.state(context.now.date_in_china());
        Qualification {
            id: self.id,
            department: self.data.department,
            kind: self.data.kind,
            kind_name: self.data.kind.name(context.client.language).to_owned(),
            number: self.data.number,
            valid_from: self.data.valid_from,
            valid_to: self.data.valid_to,
            notes: self.data.notes,
            state,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }

    fn answer(self, context: &Context<'_>, status: StatusCode) -> Response {
        let version = self.version;
        with_version(json(status, &self.wire(context)), version)
    }
}

fn missing() -> Problem {
    Problem::new(&catalogue::RESOURCE_NOT_FOUND)
}

fn event(action: &str, enterprise: Uuid, id: Uuid) -> Event {
    Event {
        action: action.to_owned(),
        target: Some(("qualification", id.to_string())),
        enterprise: Some(enterprise),
        ..Event::default()
    }
}

/// `GET /v1/enterprise/qualifications`: the newest first.
pub async fn list(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let enterprise = context.caller()?.administrator()?;
    let page = page(request)?;
    let place = [enterprise.into(), page.after.unwrap_or(Uuid::max()).into(), page.limit.saturating_add(1).into()];
    let rows = query(context.database, &ALL, &place).await?;
    let items = rows.iter().map(|row| Ok(Kept::read(row)?.wire(context))).collect::<Result<Vec<_>, Problem>>()?;
    Ok(json(StatusCode::OK, &page.finish(items, |item| item.id)))
}

/// `GET /v1/enterprise/qualifications/{id}`.
pub async fn get(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let enterprise = context.caller()?.administrator()?;
    let rows = query(context.database, &ONE, &[request.id("id")?.into(), enterprise.into()]).await?;
    Ok(Kept::read(rows.first().ok_or_else(missing)?)?.answer(context, StatusCode::OK))
}

/// `POST /v1/enterprise/qualifications`.
pub async fn create(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let data = Data::parse(&request.json()?)?;
    let id = new_id(context.now, context.entropy);
    transaction(context.database, async |connection| {
        let enterprise = members::administered(context, connection).await?;
        let made = connection
            .query(
                &sql!(
                    "INSERT INTO qualifications (id, enterprise_id, department, kind, number, valid_from, valid_to, notes, created_at, updated_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) ON CONFLICT DO NOTHING RETURNING id"
                ),
                &[
                    id.into(),
                    enterprise.id.into(),
                    data.department.as_str().into(),
                    data.kind.as_str().into(),
                    data.number.as_str().into(),
                    data.valid_from.map(CalendarDate::to_text).into(),
                    data.valid_to.map(CalendarDate::to_text).into(),
                    data.notes.clone().into(),
                    context.now.into(),
                ],
            )
            .await?;
        if made.is_empty() {
            return Err(Problem::new(&catalogue::QUALIFICATION_EXISTS));
        }
        let event = event("qualification.created", enterprise.id, id).change(None, Some(data.shown()));
        audit::record(context, connection, event).await?;
        Ok(())
    })
    .await?;
    let kept = Kept { id, data, created_at: context.now, updated_at: context.now, version: 1 };
    Ok(kept.answer(context, StatusCode::CREATED))
}

/// The qualification that the path names, at the version that the sender has seen. Its row and the enterprise's are held.
async fn held(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    request: &Request,
) -> Result<(Uuid, Kept), Problem> {
    let enterprise = members::administered(context, connection).await?.id;
    let rows = connection.query(&HELD, &[request.id("id")?.into(), enterprise.into()]).await?;
    let kept = Kept::read(rows.first().ok_or_else(missing)?)?;
    request.if_match(kept.version)?;
    Ok((enterprise, kept))
}

/// `PATCH /v1/enterprise/qualifications/{id}`.
pub async fn update(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let patch: QualificationPatch = request.json()?;
    let kept = transaction(context.database, async |connection| {
        let (enterprise, kept) = held(context, connection, request).await?;
        let data = kept.data.patched(patch)?;
        // Whoever enters or changes one of this enterprise holds its row: what is free here stays free until the commit.
        let same = sql!("SELECT id FROM qualifications WHERE enterprise_id = $1 AND kind = $2 AND number = $3 AND id <> $4");
        let number = [enterprise.into(), data.kind.as_str().into(), data.number.as_str().into(), kept.id.into()];
        if !connection.query(&same, &number).await?.is_empty() {
            return Err(Problem::new(&catalogue::QUALIFICATION_EXISTS));
        }
        let version = kept.version.saturating_add(1);
        connection
            .execute(
                &sql!(
                    "UPDATE qualifications SET department = $2, kind = $3, number = $4, valid_from = $5, valid_to = $6, notes = $7,
                                               updated_at = $8, version = $9 WHERE id = $1"
                ),
                &[
                    kept.id.into(),
                    data.department.as_str().into(),
                    data.kind.as_str().into(),
                    data.number.as_str().into(),
                    data.valid_from.map(CalendarDate::to_text).into(),
                    data.valid_to.map(CalendarDate::to_text).into(),
                    data.notes.clone().into(),
                    context.now.into(),
                    version.into(),
                ],
            )
            .await?;
        let event = event("qualification.updated", enterprise, kept.id)
            .change(Some(kept.data.shown()), Some(data.shown()));
        audit::record(context, connection, event).await?;
        Ok(Kept { data, updated_at: context.now, version, ..kept })
    })
    .await?;
    Ok(kept.answer(context, StatusCode::OK))
}

/// `DELETE /v1/enterprise/qualifications/{id}`.
pub async fn remove(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    transaction(context.database, async |connection| {
        let (enterprise, kept) = held(context, connection, request).await?;
        connection.execute(&sql!("DELETE FROM qualifications WHERE id = $1"), &[kept.id.into()]).await?;
        let event = event("qualification.removed", enterprise, kept.id).change(Some(kept.data.shown()), None);
        audit::record(context, connection, event).await?;
        Ok::<_, Problem>(())
    })
    .await?;
    Ok(no_content())
}

/// `GET /v1/enterprise/qualification-kinds`: in the order in which a form offers them, all on one page.
pub fn kinds(context: &Context<'_>) -> Response {
    let language = context.client.language;
    let items = QualificationKind::ALL.iter().map(|kind| QualificationKindItem {
        code: *kind,
        name: kind.name(language).to_owned(),
        department: kind.department(language).to_owned(),
    });
    json(StatusCode::OK, &List { items: items.collect(), next_cursor: None })
}
