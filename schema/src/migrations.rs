//! The SQL migrations: numbered, forward only, one text per dialect, side by side under `schema/migrations/`.

/// One step from one version of the tables to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migration {
    /// 1, 2, 3 …, without a gap.
    pub number: i64,
    /// What it is called in the record and in messages.
    pub name: &'static str,
    /// The script for SQLite: statements that end in `;`.
    pub sqlite: &'static str,
    /// The script for PostgreSQL.
    pub postgres: &'static str,
}

macro_rules! migration {
    ($number:literal, $name:literal) => {
        Migration {
            number: $number,
            name: $name,
            sqlite: include_str!(concat!("../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../migrations/postgres/", $name, ".sql")),
        }
    };
}

/// All of them, in the order in which they are applied.
pub const ALL: &[Migration] = &[
    migration!(1, "0001_accounts"),
    migration!(2, "0002_cards"),
    migration!(3, "0003_audit_seals"),
    migration!(4, "0004_sms_addresses"),
    migration!(5, "0005_registry"),
    migration!(6, "0006_enterprises"),
    migration!(7, "0007_operators"),
    migration!(8, "0008_permissions"),
    migration!(9, "0009_seals"),
    migration!(10, "0010_platform"),
    migration!(11, "0011_reminder_sms"),
    migration!(12, "0012_claims"),
];
