//! `POST /v1/seals`, `POST /v1/seals/check`, `PATCH /v1/seals/{id}`: made and changed with the legal-person card alone.

use eport_card::CardClass;
use eport_schema::catalogue;
use eport_schema::wire::{SealCheck, SealPatch, SealRequest};
use eport_seal::{Order as SesOrder, SealMaker};
use eport_shared::audit;
use eport_shared::caller::Caller;
use eport_shared::cards::proof::{self, ProvenCard, Sent};
use eport_shared::clock::Timestamp;
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json, with_version};
use eport_shared::platform::{Connection, new_id};
use eport_shared::problem::Problem;
use eport_shared::sql;
use eport_shared::sql::transaction;
use http::StatusCode;
use serde_json::{Value as Json, json as object};
use uuid::Uuid;

use super::evidence::{self, Revision};
use super::order::{Asked, Order};
use super::standing::{self, Need, Standing};
use super::{state, told, view};

const DAY: i64 = 24 * 60 * 60;

/// Makes a seal: a draft, until it is authorized.
pub async fn create(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let caller = context.caller()?;
    let body: SealRequest = request.json()?;
    standing::opened_with_card(&caller)?;
    let order = Order::new(Asked::from(&body))?;
    let sent = Sent {
        challenge_id: &body.challenge_id,
        certificate: &body.certificate,
        signature: &body.signature,
        algorithm: &body.algorithm,
    };
    let card = proof::prove(context, sent, &order.purpose()?, Some(caller.account_id)).await?;
    let id = new_id(context.now, context.entropy);
    transaction(context.database, async |connection| {
        let standing = standing::hold(connection, &caller, Need::Card).await?;
        is_its_card(context, &standing, &card)?;
        within_limits(context, connection, standing.enterprise, true).await?;
        connection
            .execute(
                &sql!(
                    "INSERT INTO seals (id, enterprise_id, revision, kind, state, created_at, updated_at) VALUES ($1, $2, 1, $3, 'draft', $4, $4)"
                ),
                &[id.into(), standing.enterprise.into(), order.kind.as_str().into(), context.now.into()],
            )
            .await?;
        let revision = revision(context, &caller, &standing, id, 1, &order, &card)?;
        revision.keep(context.keys, context.entropy, connection).await?;
        finish(context, connection, &standing, "created", id, None, &revision).await
    })
    .await?;
    answer(context, &caller, id, StatusCode::CREATED).await
}

/// Says whether a seal could be made or changed so, and what the card is to sign.
pub async fn check(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let caller = context.caller()?;
    let body: SealCheck = request.json()?;
    standing::opened_with_card(&caller)?;
    let asked = Asked {
        name: body.name.as_deref(),
        kind: body.kind.as_deref(),
        shape: body.shape.as_deref(),
        image: body.image.as_deref(),
    };
    let order = match body.seal.as_deref() {
        None => Order::new(asked)?,
        Some(id) => {
            let id = Uuid::try_parse(id).map_err(|_| Problem::new(&catalogue::RESOURCE_NOT_FOUND))?;
            Order::change(&evidence::load(context, caller.member()?, id).await?, asked)?
        }
    };
    Ok(json(StatusCode::OK, &order.draft()))
}

/// Changes a seal: a new revision with an SESeal of its own. The state stays; a default of one kind is none of another.
pub async fn change(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let caller = context.caller()?;
    let body: SealPatch = request.json()?;
    standing::opened_with_card(&caller)?;
    let id = request.id("id")?;
    let present = evidence::load(context, caller.member()?, id).await?;
    let order = Order::change(&present, Asked::from(&body))?;
    let sent = Sent {
        challenge_id: &body.challenge_id,
        certificate: &body.certificate,
        signature: &body.signature,
        algorithm: &body.algorithm,
    };
    let card = proof::prove(context, sent, &order.purpose()?, Some(caller.account_id)).await?;
    transaction(context.database, async |connection| {
        let standing = standing::hold(connection, &caller, Need::Card).await?;
        is_its_card(context, &standing, &card)?;
        let seal = state::hold(connection, request, standing.enterprise, id).await?;
        if seal.revision != present.revision {
            // Somebody changed it since this request read it: what the card signed is a change of something else.
            return Err(Problem::new(&catalogue::REQUEST_PRECONDITION_FAILED));
        }
        within_limits(context, connection, standing.enterprise, false).await?;
        let next = present.revision.saturating_add(1);
        let revision = revision(context, &caller, &standing, id, next, &order, &card)?;
        connection
            .execute(
                &sql!(
                    "UPDATE seals SET revision = $2, kind = $3, is_default = is_default AND kind = $3, version = version + 1, updated_at = $4
                     WHERE id = $1"
                ),
                &[id.into(), next.into(), order.kind.as_str().into(), context.now.into()],
            )
            .await?;
        revision.keep(context.keys, context.entropy, connection).await?;
        finish(context, connection, &standing, "changed", id, Some(described(&present)), &revision).await
    })
    .await?;
    answer(context, &caller, id, StatusCode::OK).await
}

async fn answer(context: &Context<'_>, caller: &Caller, id: Uuid, status: StatusCode) -> Result<Response, Problem> {
    let (seal, version) = view::read(context, caller.member()?, id).await?;
    Ok(with_version(json(status, &seal), version))
}

/// The card that signed is the caller's own, and the legal-person card of the enterprise.
fn is_its_card(context: &Context<'_>, standing: &Standing, card: &ProvenCard) -> Result<(), Problem> {
    if card.class() != CardClass::LegalPerson {
        return Err(Problem::new(&catalogue::SEAL_LEGAL_PERSON_CARD_REQUIRED));
    }
    if !card.is_of(context.keys, standing.id_number_index.clone()) {
        return Err(Problem::new(&catalogue::CARD_HOLDER_MISMATCH));
    }
    if card.enterprise().organisation_code != standing.organisation_code {
        return Err(Problem::new(&catalogue::CARD_ENTERPRISE_MISMATCH));
    }
    Ok(())
}

/// How many seals there may be, and how often they may be made and changed: each keeps megabytes for good.
async fn within_limits(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: Uuid,
    one_more: bool,
) -> Result<(), Problem> {
    let rows = connection
        .query(
            &sql!(
                "SELECT COUNT(*), COALESCE(MIN(created_at), 0) FROM seal_revisions WHERE enterprise_id = $1 AND created_at > $2"
            ),
            &[enterprise.into(), context.now.plus_seconds(-DAY).into()],
        )
        .await?;
    let (made, oldest): (i64, Timestamp) =
        rows.first().map_or(Ok((0, context.now)), |row| Ok::<_, Problem>((row.get(0)?, row.get(1)?)))?;
    if made >= context.settings.seals_day {
        let wait = context.now.seconds_until(oldest.plus_seconds(DAY));
        return Err(Problem::new(&catalogue::SEAL_DAILY_LIMIT).retry_after(wait));
    }
    if one_more {
        let rows = connection
            .query(
                &sql!("SELECT COUNT(*) FROM seals WHERE enterprise_id = $1 AND state <> 'deleted'"),
                &[enterprise.into()],
            )
            .await?;
        let there: i64 = rows.first().map_or(Ok(0), |row| row.get(0))?;
        if there >= context.settings.seals_enterprise {
            return Err(Problem::new(&catalogue::SEAL_LIMIT));
        }
    }
    Ok(())
}

/// A revision with its SESeal, valid as long as the certificates of the card and of the seal maker both are.
fn revision(
    context: &Context<'_>,
    caller: &Caller,
    standing: &Standing,
    seal_id: Uuid,
    revision: i64,
    order: &Order,
    card: &ProvenCard,
) -> Result<Revision, Problem> {
    let unusable = |why: &str| {
        eprintln!("no seal can be made: {why}");
        Problem::new(&catalogue::SERVICE_INTERNAL)
    };
    let key = context.keys.seal.first().ok_or_else(|| unusable("seal_keys is empty"))?;
    let maker = SealMaker::new(&key.secret, &key.certificate).map_err(|error| unusable(&error.to_string()))?;
    let evidence = card.evidence();
    let of_card = card.to_bind(standing.enterprise).validity.1.seconds();
    // Whole seconds, as GeneralizedTime has them.
    let (begins, ends) = maker.valid();
    let (from, until) = (context.now.seconds(), of_card.min(ends));
    if from < begins || until <= from {
        return Err(unusable("the first of seal_certificates is not valid now"));
    }
    let at = |seconds: i64| Timestamp::from_milliseconds(seconds.saturating_mul(1000));
    let es_id = new_id(context.now, context.entropy).simple().to_string().to_ascii_uppercase();
    let seseal = maker
        .make(SesOrder {
            es_id: &es_id,
            name: order.name.as_str(),
            certificates: &[&evidence.certificate],
            made_at: from,
            valid: (from, until),
            png: &order.image.png,
            size_mm: (order.image.width_mm, order.image.height_mm),
        })
        .map_err(|error| unusable(&error.to_string()))?;
    Ok(Revision {
        seal_id,
        revision,
        enterprise: standing.enterprise,
        es_id,
        name: order.name.as_str().to_owned(),
        kind: order.kind.as_str().to_owned(),
        shape: order.shape.as_str().to_owned(),
        colour: order.image.colour.as_str().to_owned(),
        width_mm: order.image.width_mm.into(),
        height_mm: order.image.height_mm.into(),
        resolution_dpi: order.image.dpi.into(),
        image: order.image.png.clone(),
        upload: order.upload.clone(),
        challenge_text: evidence.text.clone(),
        certificate: evidence.certificate.clone(),
        signature: evidence.signature.clone(),
        algorithm: evidence.algorithm.as_str().to_owned(),
        seseal,
        signed_by: card.holder_name().to_owned(),
        signed_by_account: caller.account_id,
        valid_from: at(from),
        valid_until: at(until),
        created_at: context.now,
    })
}

/// What the audit says of a revision.
fn described(revision: &Revision) -> Json {
    object!({
        "name": revision.name, "kind": revision.kind, "shape": revision.shape, "es_id": revision.es_id, "revision": revision.revision
    })
}

async fn finish(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    standing: &Standing,
    what: &'static str,
    id: Uuid,
    before: Option<Json>,
    revision: &Revision,
) -> Result<(), Problem> {
    told::tell(context, connection, standing, &revision.name, what).await?;
    let event = told::event(standing, id, what).change(before, Some(described(revision)));
    audit::record(context, connection, event).await?;
    Ok(())
}
