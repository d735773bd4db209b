//! Changes to the trust store: by the platform's staff, and by `eport trust`.

use eport_card::verify::{InspectError, inspect_authority, inspect_revocation_list};
use eport_schema::catalogue::{self, Refusal};
use eport_schema::wire::{RevocationList, TrustCertificate};
use uuid::Uuid;

use super::trust;
use crate::clock::Timestamp;
use crate::platform::{Connection, DatabaseError, Entropy, new_id};
use crate::sql;
use crate::sql::Row;

/// How an authority's certificate is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// As it is.
    Anchor,
    /// By what issued it.
    Intermediate,
}

impl Kind {
    /// As on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Anchor => "anchor",
            Self::Intermediate => "intermediate",
        }
    }

    /// Reads what [`Kind::as_str`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Anchor, Self::Intermediate].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Why something was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// As the catalogue says.
    #[error("{}: {} {}", .0.code, .0.detail.en, .0.fix.en)]
    Refused(&'static Refusal),
    /// The database did not do it.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<StoreError> for crate::problem::Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(refusal) => Self::new(refusal),
            StoreError::Database(error) => error.into(),
        }
    }
}

impl From<InspectError> for StoreError {
    fn from(error: InspectError) -> Self {
        Self::Refused(match error {
            InspectError::Malformed => &catalogue::TRUST_MALFORMED,
            InspectError::NotAnAuthority => &catalogue::TRUST_NOT_AUTHORITY,
            InspectError::UnsupportedList => &catalogue::TRUST_LIST_UNSUPPORTED,
        })
    }
}

/// Trusts an authority. In a transaction, like all changes here.
pub async fn add_certificate(
    connection: &mut dyn Connection,
    now: Timestamp,
    entropy: &dyn Entropy,
    kind: Kind,
    der: &[u8],
) -> Result<TrustCertificate, StoreError> {
    let info = inspect_authority(der)?;
    hold(connection).await?;
    let added = TrustCertificate {
        id: new_id(now, entropy),
        kind: kind.as_str().to_owned(),
        subject: info.subject,
        issuer: info.issuer,
        serial: info.serial,
        sha256: hex::encode(info.fingerprint),
        not_before: at(info.not_before),
        not_after: at(info.not_after),
        created_at: now,
    };
    let rows = connection
        .query(
            &sql!(
                "INSERT INTO trust_certificates (id, kind, sha256, der, subject, issuer, serial, not_before, not_after, created_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING RETURNING id"
            ),
            &[
                added.id.into(),
                kind.as_str().into(),
                info.fingerprint.into(),
                der.into(),
                added.subject.as_str().into(),
                added.issuer.as_str().into(),
                added.serial.as_str().into(),
                added.not_before.into(),
                added.not_after.into(),
                now.into(),
            ],
        )
        .await?;
    if rows.is_empty() {
        return Err(StoreError::Refused(&catalogue::TRUST_KNOWN));
    }
    trust::changed(connection).await?;
    Ok(added)
}

/// Takes in a revocation list, in place of an older one of the same issuer and distribution point.
pub async fn add_list(
    connection: &mut dyn Connection,
    now: Timestamp,
    entropy: &dyn Entropy,
    der: &[u8],
) -> Result<RevocationList, StoreError> {
    let info = inspect_revocation_list(der)?;
    hold(connection).await?;
    let known = connection
        .query(&sql!("SELECT sha256, this_update FROM revocation_lists WHERE scope = $1"), &[info.scope.into()])
        .await?;
    if let Some(row) = known.first() {
        if row.get::<Vec<u8>>(0)? == info.fingerprint {
            return Err(StoreError::Refused(&catalogue::TRUST_KNOWN));
        }
        // Whoever could put back an older list could bring a revoked card back to life.
        if row.get::<Timestamp>(1)? > at(info.this_update) {
            return Err(StoreError::Refused(&catalogue::TRUST_LIST_OUTDATED));
        }
    }
    let added = RevocationList {
        id: new_id(now, entropy),
        issuer: info.issuer,
        number: info.number,
        revoked: i64::try_from(info.revoked).unwrap_or(i64::MAX),
        sha256: hex::encode(info.fingerprint),
        this_update: at(info.this_update),
        next_update: info.next_update.map(at),
        created_at: now,
    };
    connection.execute(&sql!("DELETE FROM revocation_lists WHERE scope = $1"), &[info.scope.into()]).await?;
    connection
        .execute(
            &sql!(
                "INSERT INTO revocation_lists (id, scope, sha256, der, issuer, number, revoked, this_update, next_update, created_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
            ),
            &[
                added.id.into(),
                info.scope.into(),
                info.fingerprint.into(),
                der.into(),
                added.issuer.as_str().into(),
                added.number.as_str().into(),
                added.revoked.into(),
                added.this_update.into(),
                added.next_update.into(),
                now.into(),
            ],
        )
        .await?;
    trust::changed(connection).await?;
    Ok(added)
}

/// Trusts an authority no longer; `None` where there is no such entry.
pub async fn remove_certificate(
    connection: &mut dyn Connection,
    id: Uuid,
) -> Result<Option<TrustCertificate>, DatabaseError> {
    hold(connection).await?;
    let rows = connection
        .query(
            &sql!(
                "DELETE FROM trust_certificates WHERE id = $1
                 RETURNING id, kind, subject, issuer, serial, sha256, not_before, not_after, created_at"
            ),
            &[id.into()],
        )
        .await?;
    let removed = rows.first().map(certificate).transpose()?;
    trust::changed(connection).await?;
    Ok(removed)
}

/// Takes a revocation list out; `None` where there is no such entry.
pub async fn remove_list(connection: &mut dyn Connection, id: Uuid) -> Result<Option<RevocationList>, DatabaseError> {
    hold(connection).await?;
    let rows = connection
        .query(
            &sql!(
                "DELETE FROM revocation_lists WHERE id = $1
                 RETURNING id, issuer, number, revoked, sha256, this_update, next_update, created_at"
            ),
            &[id.into()],
        )
        .await?;
    let removed = rows.first().map(list).transpose()?;
    trust::changed(connection).await?;
    Ok(removed)
}

/// At most `limit` authorities, the newest first, after the one with the id `after`.
pub async fn certificates(
    connection: &mut dyn Connection,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<TrustCertificate>, DatabaseError> {
    let rows = connection
        .query(
            &sql!(
                "SELECT id, kind, subject, issuer, serial, sha256, not_before, not_after, created_at FROM trust_certificates
                 WHERE id < $1 ORDER BY id DESC LIMIT $2"
            ),
            &[after.unwrap_or(Uuid::max()).into(), limit.into()],
        )
        .await?;
    rows.iter().map(certificate).collect()
}

/// At most `limit` revocation lists, the newest first, after the one with the id `after`.
pub async fn lists(
    connection: &mut dyn Connection,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<RevocationList>, DatabaseError> {
    let rows = connection
        .query(
            &sql!(
                "SELECT id, issuer, number, revoked, sha256, this_update, next_update, created_at FROM revocation_lists
                 WHERE id < $1 ORDER BY id DESC LIMIT $2"
            ),
            &[after.unwrap_or(Uuid::max()).into(), limit.into()],
        )
        .await?;
    rows.iter().map(list).collect()
}

/// One change at a time: the store's digest is made of all of it.
async fn hold(connection: &mut dyn Connection) -> Result<(), DatabaseError> {
    connection.execute(&sql!("UPDATE trust_state SET revision = revision WHERE id = 1"), &[]).await.map(drop)
}

const fn at(seconds: i64) -> Timestamp {
    Timestamp::from_milliseconds(seconds.saturating_mul(1000))
}

fn certificate(row: &Row) -> Result<TrustCertificate, DatabaseError> {
    Ok(TrustCertificate {
        id: row.get(0)?,
        kind: row.get(1)?,
        subject: row.get(2)?,
        issuer: row.get(3)?,
        serial: row.get(4)?,
        sha256: hex::encode(row.get::<Vec<u8>>(5)?),
        not_before: row.get(6)?,
        not_after: row.get(7)?,
        created_at: row.get(8)?,
    })
}

fn list(row: &Row) -> Result<RevocationList, DatabaseError> {
    Ok(RevocationList {
        id: row.get(0)?,
        issuer: row.get(1)?,
        number: row.get(2)?,
        revoked: row.get(3)?,
        sha256: hex::encode(row.get::<Vec<u8>>(4)?),
        this_update: row.get(5)?,
        next_update: row.get(6)?,
        created_at: row.get(7)?,
    })
}
