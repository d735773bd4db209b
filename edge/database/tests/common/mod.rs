//! The databases that each test runs on.

use eport_database::testing::{self, TestDatabase};

/// A migrated database of each dialect; PostgreSQL only where it is installed.
#[allow(dead_code, reason = "each test file is a program of its own")]
pub fn migrated() -> Vec<TestDatabase> {
    std::iter::once(testing::sqlite()).chain(testing::postgres()).collect()
}

/// A database of each dialect without a table.
#[allow(dead_code, reason = "each test file is a program of its own")]
pub fn empty() -> Vec<TestDatabase> {
    std::iter::once(testing::empty_sqlite()).chain(testing::empty_postgres()).collect()
}
