//! The database behind a site's back.

use std::fmt::Write as _;

use rusqlite::Connection;
use tokio_postgres::{NoTls, SimpleQueryMessage};

use crate::site::Site;

impl Site {
    /// Runs SQL as somebody with the database in their hands would.
    pub fn sql(&self, text: &str) {
        match self.database_url() {
            None => self.sqlite().execute_batch(text).expect("SQL"),
            Some(url) => drop(postgres(url, text)),
        }
    }

    /// Everything that the database holds, as text; what is binary, in hexadecimal, too.
    pub fn dump(&self) -> String {
        let mut dump = String::new();
        match self.database_url() {
            None => {
                // The file and its write-ahead log as they are: also what was deleted and not yet overwritten.
                for entry in std::fs::read_dir(self.state_dir()).expect("the state folder").flatten() {
                    let path = entry.path();
                    if path.is_file() && path.extension().is_some_and(|extension| extension != "toml") {
                        let bytes = std::fs::read(&path).expect("a file of the state folder");
                        let _ = writeln!(dump, "{}\n{}", String::from_utf8_lossy(&bytes), hex::encode(&bytes));
                    }
                }
            }
            Some(url) => {
                let tables =
                    postgres(url, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'");
                for table in tables {
                    let rows = postgres(url, &format!("SELECT t::text FROM \"{table}\" t"));
                    let _ = writeln!(dump, "{table}\n{}", rows.join("\n"));
                }
            }
        }
        dump
    }

    /// What SQLite itself finds wrong with the file; `ok` where there is nothing. PostgreSQL looks after its own.
    pub fn integrity(&self) -> String {
        match self.database_url() {
            Some(_) => "ok".to_owned(),
            None => self
                .sqlite()
                .query_row("PRAGMA integrity_check", [], |row| row.get(0))
                .expect("an answer to PRAGMA integrity_check"),
        }
    }

    fn sqlite(&self) -> Connection {
        let connection = Connection::open(self.state_dir().join("sqlite_db.db")).expect("the site's database");
        connection.busy_timeout(std::time::Duration::from_secs(10)).expect("a setting");
        connection
    }
}

/// The first column of what comes back.
fn postgres(url: &str, text: &str) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("the site's database");
        tokio::spawn(connection);
        let messages = client.simple_query(text).await.expect("SQL");
        messages
            .iter()
            .filter_map(|message| match message {
                SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            })
            .collect()
    })
}
