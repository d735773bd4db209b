//! The accounts table, as far as more than one function reads or writes it.

use eport_schema::domain::IdDocument;
use eport_schema::domain::Phone;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::clock::Timestamp;
use crate::crypto::{CryptoError, Label, Place, decrypt_text, encrypt, mac};
use crate::keys::Keys;
use crate::platform::{Connection, DatabaseError, Entropy};
use crate::sql;

/// A protected column of the accounts table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The id document's number.
    IdNumber,
    /// The phone, E.164.
    Phone,
    /// The e-mail address.
    Email,
    /// The postal address.
    Address,
    /// The postcode.
    Postcode,
    /// The landline.
    Telephone,
}

impl Field {
    const fn column(self) -> &'static str {
        match self {
            Self::IdNumber => "accounts.id_number",
            Self::Phone => "accounts.phone",
            Self::Email => "accounts.email",
            Self::Address => "accounts.address",
            Self::Postcode => "accounts.postcode",
            Self::Telephone => "accounts.telephone",
        }
    }
}

/// `plain` as the row `account` keeps it.
pub fn protect(
    keys: &Keys,
    entropy: &dyn Entropy,
    field: Field,
    account: Uuid,
    plain: &str,
) -> Result<Vec<u8>, CryptoError> {
    encrypt(keys, entropy, Place::new(field.column(), &account), plain.as_bytes())
}

/// What the row `account` keeps, in the clear; nothing where it keeps nothing.
pub fn reveal(
    keys: &Keys,
    field: Field,
    account: Uuid,
    kept: Option<&[u8]>,
) -> Result<Option<Zeroizing<String>>, CryptoError> {
    kept.map(|kept| decrypt_text(keys, Place::new(field.column(), &account), kept)).transpose()
}

/// The blind index of a phone.
pub fn phone_index(keys: &Keys, phone: &Phone) -> [u8; 32] {
    mac(keys, Label::Phone, &[phone.e164().as_bytes()])
}

/// The blind index of an id document: one number may stand on documents of two types.
pub fn id_number_index(keys: &Keys, document: &IdDocument) -> [u8; 32] {
    mac(keys, Label::IdNumber, &[document.id_type().as_str().as_bytes(), document.number().as_bytes()])
}

/// Holds an account's row until the transaction ends. Where an enterprise's row is needed too, that comes first.
pub async fn hold(connection: &mut dyn Connection, account: Uuid) -> Result<(), DatabaseError> {
    connection.query(&sql!(held: "SELECT id FROM accounts WHERE id = $1"), &[account.into()]).await.map(drop)
}

/// Ends all live sessions of an account but `except`; returns how many.
pub async fn end_sessions(
    connection: &mut dyn Connection,
    now: Timestamp,
    account: Uuid,
    except: Option<Uuid>,
    reason: &str,
) -> Result<u64, DatabaseError> {
    connection
        .execute(
            &sql!(
                "UPDATE sessions SET ended_at = $2, end_reason = $3
                 WHERE account_id = $1 AND ended_at IS NULL AND id <> $4"
            ),
            &[account.into(), now.into(), reason.into(), except.unwrap_or(Uuid::nil()).into()],
        )
        .await
}
