//! The audit: every change and every refused attempt, chained so that a change or a gap shows.

use eport_schema::catalogue;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::context::Context;
use crate::crypto::{Label, mac, same};
use crate::http::Request;
use crate::keys::Keys;
use crate::platform::{Connection, DatabaseError, new_id, random};
use crate::problem::Problem;
use crate::sql;
use crate::sql::transaction;

mod entry;

pub use entry::Entry;

/// How many chains share the rows.
pub const CHAINS: i64 = 16;

/// Who did it, where that isn't the caller of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActorKind {
    /// Nobody has proved who they are.
    Anonymous,
    /// A person.
    Account,
    /// One of the platform's staff.
    Staff,
    /// The command line, or a schedule.
    System,
}

impl ActorKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Account => "account",
            Self::Staff => "staff",
            Self::System => "system",
        }
    }
}

/// What is worth keeping of one event. `before` and `after` hold no secret, and personal data only masked.
#[derive(Debug, Clone, Default)]
pub struct Event {
    /// What was done, dotted: `session.opened`.
    pub action: String,
    /// What it was done to: its kind, such as `account`, and its id.
    pub target: Option<(&'static str, String)>,
    /// What changed, as it was.
    pub before: Option<Json>,
    /// What changed, as it is.
    pub after: Option<Json>,
    /// The code of the refusal; `None` says that it was done.
    pub refused: Option<&'static str>,
    /// Who did it, where the caller isn't recognised by a token (they are just logging in).
    pub actor: Option<Uuid>,
    /// For which enterprise, where that isn't the caller's.
    pub enterprise: Option<Uuid>,
    /// That it is of no enterprise, the caller's included: what people do in their own accounts, or with what another enterprise sent them.
    pub of_no_enterprise: bool,
}

impl Event {
    /// `action`, done to the account `account`.
    pub fn account(action: &str, account: Uuid) -> Self {
        Self { action: action.to_owned(), target: Some(("account", account.to_string())), ..Self::default() }
    }

    /// With what it changed.
    pub fn change(mut self, before: Option<Json>, after: Option<Json>) -> Self {
        self.before = before;
        self.after = after;
        self
    }

    /// With the enterprise that it concerns; with `None` it concerns none, whichever the caller belongs to. (An event of which nothing is said is of
    /// the caller's.)
    pub fn of_enterprise(mut self, enterprise: Option<Uuid>) -> Self {
        self.enterprise = enterprise;
        self.of_no_enterprise = enterprise.is_none();
        self
    }

    /// With who did it.
    pub fn by(mut self, actor: Uuid) -> Self {
        self.actor = Some(actor);
        self
    }
}

/// Notes a change that is part of a greater one; its row is written by the [`record`] that ends the transaction.
///
/// A chain's head is locked from its row to the commit. Two heads in one transaction, or a head before another row, and two requests could wait
/// for each other.
pub fn later(context: &Context<'_>, event: Event) {
    context.done.borrow_mut().push(event);
}

/// Writes the row of a change in the change's own transaction, after those that [`later`] noted. Call it last: the chain's head stays locked until the
/// commit.
pub async fn record(context: &Context<'_>, connection: &mut dyn Connection, event: Event) -> Result<(), DatabaseError> {
    later(context, event);
    flush(context, connection).await
}

/// Writes the rows that [`later`] noted, all in one chain. Call it last.
pub async fn flush(context: &Context<'_>, connection: &mut dyn Connection) -> Result<(), DatabaseError> {
    let [first] = random::<1>(context.entropy);
    for event in context.done.take() {
        append(context.keys, connection, entry(context, event, i64::from(first) % CHAINS)).await?;
    }
    Ok(())
}

fn entry(context: &Context<'_>, event: Event, chain: i64) -> Entry {
    let caller = context.recognised.borrow().clone();
    let actor_id = caller.as_ref().map(|caller| caller.account_id).or(event.actor);
    let actor_kind = match &caller {
        Some(caller) if caller.staff => ActorKind::Staff,
        _ if actor_id.is_some() => ActorKind::Account,
        _ => ActorKind::Anonymous,
    };
    let place = caller.as_ref().and_then(|caller| caller.membership.as_ref()).filter(|_| !event.of_no_enterprise);
    Entry {
        id: new_id(context.now, context.entropy),
        chain,
        seq: 0,
        at: context.now,
        actor_kind: actor_kind.as_str().to_owned(),
        actor_id,
        session_id: caller.as_ref().map(|caller| caller.session_id),
        enterprise_id: event.enterprise.or(place.map(|membership| membership.enterprise)),
        address: context.client.address.clone(),
        device: context.client.device.clone(),
        amr: caller.map(|caller| caller.amr),
        action: event.action,
        target_type: event.target.as_ref().map(|(kind, _)| (*kind).to_owned()),
        target_id: event.target.map(|(_, id)| id),
        before: event.before.map(|json| json.to_string()),
        after: event.after.map(|json| json.to_string()),
        result: if event.refused.is_some() { "refused" } else { "ok" }.to_owned(),
        code: event.refused.map(str::to_owned),
        trace_id: context.client.trace_id.clone(),
    }
}

/// Writes the row of something that the command line did.
pub async fn record_system(
    keys: &Keys,
    entropy: &dyn crate::platform::Entropy,
    now: Timestamp,
    connection: &mut dyn Connection,
    event: Event,
) -> Result<(), DatabaseError> {
    let [first] = random::<1>(entropy);
    append(
        keys,
        connection,
        Entry {
            id: new_id(now, entropy),
            chain: i64::from(first) % CHAINS,
            seq: 0,
            at: now,
            actor_kind: ActorKind::System.as_str().to_owned(),
            actor_id: None,
            session_id: None,
            enterprise_id: None,
            address: None,
            device: None,
            amr: None,
            action: event.action,
            target_type: event.target.as_ref().map(|(kind, _)| (*kind).to_owned()),
            target_id: event.target.map(|(_, id)| id),
            before: event.before.map(|json| json.to_string()),
            after: event.after.map(|json| json.to_string()),
            result: if event.refused.is_some() { "refused" } else { "ok" }.to_owned(),
            code: event.refused.map(str::to_owned),
            trace_id: None,
        },
    )
    .await
}

async fn append(keys: &Keys, connection: &mut dyn Connection, mut entry: Entry) -> Result<(), DatabaseError> {
    // The update takes the head's row lock; the MAC it still holds is that of the row before ours.
    let rows = connection
        .query(
            &sql!("UPDATE audit_heads SET seq = seq + 1 WHERE chain = $1 RETURNING seq, mac, seal"),
            &[entry.chain.into()],
        )
        .await?;
    let head =
        rows.first().ok_or_else(|| DatabaseError::Refused("the audit has no heads; run `eport migrate`".to_owned()))?;
    entry.seq = head.get(0)?;
    let previous: Vec<u8> = head.get(1)?;
    // A head that somebody set back gets no seal ever again: the row that comes next must not cover up those that went.
    let sealed = is_sealed(keys, entry.chain, entry.seq.saturating_sub(1), &previous, &head.get::<Vec<u8>>(2)?);
    let own = entry.mac(keys, &previous);
    let new_seal = if sealed { seal(keys, entry.chain, entry.seq, &own).to_vec() } else { Vec::new() };
    connection
        .execute(
            &sql!(
                "INSERT INTO audit (id, chain, seq, at, actor_kind, actor_id, session_id, enterprise_id, address, device, amr,
                                    action, target_type, target_id, before, after, result, code, trace_id, mac)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)"
            ),
            &[
                entry.id.into(),
                entry.chain.into(),
                entry.seq.into(),
                entry.at.into(),
                entry.actor_kind.into(),
                entry.actor_id.into(),
                entry.session_id.into(),
                entry.enterprise_id.into(),
                entry.address.into(),
                entry.device.into(),
                entry.amr.into(),
                entry.action.into(),
                entry.target_type.into(),
                entry.target_id.into(),
                entry.before.into(),
                entry.after.into(),
                entry.result.into(),
                entry.code.into(),
                entry.trace_id.into(),
                own.into(),
            ],
        )
        .await?;
    connection
        .execute(
            &sql!("UPDATE audit_heads SET mac = $2, seal = $3 WHERE chain = $1"),
            &[entry.chain.into(), own.into(), new_seal.into()],
        )
        .await?;
    Ok(())
}

/// The seal of a chain whose last row is number `seq` and has the MAC `last`.
fn seal(keys: &Keys, chain: i64, seq: i64, last: &[u8]) -> [u8; 32] {
    mac(keys, Label::AuditSeal, &[&chain.to_be_bytes(), &seq.to_be_bytes(), last])
}

/// Whether `kept` is the seal of a chain whose last row is number `seq` and has the MAC `last`. A chain without rows has none.
pub fn is_sealed(keys: &Keys, chain: i64, seq: i64, last: &[u8], kept: &[u8]) -> bool {
    if seq == 0 { last.is_empty() && kept.is_empty() } else { same(&seal(keys, chain, seq, last), kept) }
}

/// A refused attempt to do something, rather than a request that nobody could have understood or one that came too often.
pub fn worth_keeping(problem: &Problem) -> bool {
    let code = problem.refusal.code;
    let kept_status = matches!(problem.refusal.status, 401 | 403 | 409 | 422 | 429)
        || (problem.refusal.status == 404 && code == catalogue::RESOURCE_NOT_FOUND.code);
    let unread = ["request.", "route.", "idempotency.", "rate.", "association.too_many", "sms.resend"];
    // Where fields are named, somebody mistyped; unless what they asked for is more than there is to give, or was asked for somebody who can't have it.
    let asked_too_much = [catalogue::GRANT_EXCEEDS_ENTITLEMENT.code, catalogue::ADMINISTRATOR_UNUSABLE.code];
    (problem.errors.is_empty() || asked_too_much.contains(&code))
        && !problem.untraced
        && kept_status
        && code != catalogue::SESSION_REQUIRED.code
        && code != catalogue::SESSION_TOKEN_EXPIRED.code
        && !unread.iter().any(|prefix| code.starts_with(prefix))
}

/// The kind of thing that a path's parameter names: `account` for `{account_id}` and for `/accounts/{id}`.
fn kind_of(path: &'static str, parameter: &str) -> &'static str {
    let before = path.split('/').zip(path.split('/').skip(1)).find_map(|(before, part)| {
        let name = part.strip_prefix('{')?.strip_suffix('}')?;
        (name == parameter).then(|| name.strip_suffix("_id").or(before.strip_suffix('s')).unwrap_or(before))
    });
    before.unwrap_or_default()
}

/// Writes the row of a refused attempt, in a transaction of its own: what the attempt did is taken back already.
pub async fn refused(context: &Context<'_>, request: &Request, problem: &Problem) {
    // What the attempt had done by then is taken back.
    context.done.take();
    // An id is found under one spelling; what somebody made up is kept as it came, but not at length.
    let named = |value: &str| match Uuid::try_parse(value) {
        Ok(id) => id.to_string(),
        Err(_) => value.chars().take(64).collect(),
    };
    let target =
        problem.about.map(|id| ("account", id.to_string())).or_else(|| problem.target.clone()).or_else(|| {
            request.parameters.first().map(|(name, value)| (kind_of(request.route.path, name), named(value)))
        });
    let event = Event {
        action: request.route.operation.to_owned(),
        target,
        refused: Some(problem.refusal.code),
        // Who invites a person is nothing for the administrator of the enterprise that they are in.
        of_no_enterprise: request.route.path.starts_with("/v1/me/invitations"),
        ..Event::default()
    };
    let written: Result<(), DatabaseError> =
        transaction(context.database, async |connection| record(context, connection, event).await).await;
    if let Err(error) = written {
        // The refusal stands, and is the answer; that its row is missing must not go unseen.
        eprintln!("a refused attempt could not be written to the audit: {error}");
    }
}
