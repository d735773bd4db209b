//! `eport staff list`.

use std::io::Write;

use eport_shared::clock::Timestamp;
use eport_shared::platform::Database;
use eport_shared::sql;
use eport_shared::sql::{Row, query};

/// Staff are tens, not thousands; more than this are not shown.
const MOST: i64 = 10_000;

/// Writes one line for each, oldest first. Phones stay encrypted: the list needs no secrets.
pub async fn list(database: &dyn Database, out: &mut dyn Write) -> anyhow::Result<()> {
    let statement = sql!(
        "SELECT username, name, locked_at, locked_reason, password_change_required, last_login_at, created_at
         FROM accounts WHERE staff ORDER BY id LIMIT $1"
    );
    let rows = query(database, &statement, &[MOST.into()]).await?;
    writeln!(out, "USERNAME\tNAME\tSTATE\tLAST LOGIN\tMADE")?;
    for row in &rows {
        let time = |at: Option<Timestamp>| at.map_or_else(|| "never".to_owned(), Timestamp::to_rfc3339);
        writeln!(
            out,
            "{}\t{}\t{}\t{}\t{}",
            row.get::<Option<String>>(0)?.unwrap_or_default(),
            row.get::<String>(1)?,
            state(row)?,
            time(row.get(5)?),
            time(row.get(6)?),
        )?;
    }
    if rows.is_empty() {
        eprintln!("There are no staff yet. Make the first: eport staff add --username … --name …");
    }
    Ok(())
}

fn state(row: &Row) -> anyhow::Result<String> {
    Ok(match row.get::<Option<Timestamp>>(2)? {
        Some(at) => {
            format!("locked since {}: {}", at.to_rfc3339(), row.get::<Option<String>>(3)?.unwrap_or_default())
        }
        None if row.get(4)? => "first password not changed yet".to_owned(),
        None => "active".to_owned(),
    })
}
