//! A row of the audit, and the MAC that chains it.

use eport_schema::catalogue::{self, Language};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::crypto::{Label, mac, same};
use crate::keys::Keys;
use crate::platform::DatabaseError;
use crate::sql::Row;

/// One row, as it is chained. The order of the fields is the order of the columns in [`crate::audit_columns`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id, a UUIDv7.
    pub id: Uuid,
    /// Its chain, 0 to 15.
    pub chain: i64,
    /// Its place in the chain, from 1.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// `anonymous`, `account`, `staff` or `system`.
    pub actor_kind: String,
    /// The account that did it.
    pub actor_id: Option<Uuid>,
    /// In which session.
    pub session_id: Option<Uuid>,
    /// For which enterprise.
    pub enterprise_id: Option<Uuid>,
    /// From where.
    pub address: Option<String>,
    /// With what.
    pub device: Option<String>,
    /// How authenticated, RFC 8176 values.
    pub amr: Option<String>,
    /// What.
    pub action: String,
    /// Done to what kind of thing.
    pub target_type: Option<String>,
    /// To which one.
    pub target_id: Option<String>,
    /// JSON: as it was.
    pub before: Option<String>,
    /// JSON: as it is.
    pub after: Option<String>,
    /// `ok` or `refused`.
    pub result: String,
    /// The refusal's code.
    pub code: Option<String>,
    /// The request's trace id.
    pub trace_id: Option<String>,
}

/// The columns that [`Entry::read`](crate::audit::Entry::read) reads, in order: a literal, for `concat!` in a statement.
#[macro_export]
macro_rules! audit_columns {
    () => {
        "id, chain, seq, at, actor_kind, actor_id, session_id, enterprise_id, address, device, amr, action, target_type, target_id, \
         before, after, result, code, trace_id"
    };
}

impl Entry {
    /// From a row of [`crate::audit_columns`].
    pub fn read(row: &Row) -> Result<Self, DatabaseError> {
        Ok(Self {
            id: row.get(0)?,
            chain: row.get(1)?,
            seq: row.get(2)?,
            at: row.get(3)?,
            actor_kind: row.get(4)?,
            actor_id: row.get(5)?,
            session_id: row.get(6)?,
            enterprise_id: row.get(7)?,
            address: row.get(8)?,
            device: row.get(9)?,
            amr: row.get(10)?,
            action: row.get(11)?,
            target_type: row.get(12)?,
            target_id: row.get(13)?,
            before: row.get(14)?,
            after: row.get(15)?,
            result: row.get(16)?,
            code: row.get(17)?,
            trace_id: row.get(18)?,
        })
    }

    /// What was refused, in words.
    pub fn refusal(&self, language: Language) -> Option<&'static str> {
        catalogue::title(self.code.as_deref()?, language)
    }

    /// The MAC of this row after a row with the MAC `previous` (empty for a chain's first).
    pub fn mac(&self, keys: &Keys, previous: &[u8]) -> [u8; 32] {
        // An absent value is one byte shorter than an empty one, so the two can't be exchanged.
        let optional = |text: Option<&str>| text.map_or(Vec::new(), |text| [b"+", text.as_bytes()].concat());
        let id = |id: Option<Uuid>| id.map(|id| id.to_string());
        mac(
            keys,
            Label::Audit,
            &[
                previous,
                self.id.as_bytes(),
                &self.chain.to_be_bytes(),
                &self.seq.to_be_bytes(),
                &self.at.milliseconds().to_be_bytes(),
                self.actor_kind.as_bytes(),
                &optional(id(self.actor_id).as_deref()),
                &optional(id(self.session_id).as_deref()),
                &optional(id(self.enterprise_id).as_deref()),
                &optional(self.address.as_deref()),
                &optional(self.device.as_deref()),
                &optional(self.amr.as_deref()),
                self.action.as_bytes(),
                &optional(self.target_type.as_deref()),
                &optional(self.target_id.as_deref()),
                &optional(self.before.as_deref()),
                &optional(self.after.as_deref()),
                self.result.as_bytes(),
                &optional(self.code.as_deref()),
                &optional(self.trace_id.as_deref()),
            ],
        )
    }

    /// Whether `kept` is this row's MAC after `previous`.
    pub fn is_authentic(&self, keys: &Keys, previous: &[u8], kept: &[u8]) -> bool {
        same(&self.mac(keys, previous), kept)
    }
}
