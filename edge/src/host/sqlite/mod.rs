//! `spin:sqlite@3.1.0`.
//!
//! A statement runs on the caller's thread: most take microseconds, less than handing them to another thread would. What could take
//! long is bounded: waiting for the write lock happens without holding a thread ([`database`]), and a statement that runs too long is
//! interrupted ([`connection`]).

mod connection;
mod database;
mod session;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use wasmtime::component::{Accessor, FutureReader, HasSelf, Resource, StreamReader};

use super::bindings::spin::sqlite::sqlite::{
    Error, Host, HostConnection, HostConnectionWithStore, QueryResult, RowResult, Value,
};
use crate::wasm::Guest;

pub use connection::{is_busy, open_file};
pub use database::Database;
pub use session::Session;

/// What a component holds: its own session on a database.
pub type Handle = Arc<Session>;

impl Host for Guest {}

impl Guest {
    fn open_sqlite(&mut self, label: &str) -> Result<Resource<Handle>, Error> {
        let Some(database) = self.component().sqlite_databases.get(label).cloned() else {
            return Err(Error::AccessDenied);
        };
        let session = Arc::new(Session::new(database, self.instance()));
        self.table().push(session).map_err(|_| Error::Io("too many connections are open".to_owned()))
    }
}

impl HostConnection for Guest {
    fn open(&mut self, label: String) -> wasmtime::Result<Result<Resource<Handle>, Error>> {
        Ok(self.open_sqlite(&label))
    }

    async fn execute(
        &mut self,
        connection: Resource<Handle>,
        statement: String,
        parameters: Vec<Value>,
    ) -> wasmtime::Result<Result<QueryResult, Error>> {
        let session = self.table().get(&connection)?.clone();
        Ok(session.run_blocking_the_instance(&statement, &parameters).await)
    }

    fn last_insert_rowid(&mut self, connection: Resource<Handle>) -> wasmtime::Result<i64> {
        Ok(self.table().get(&connection)?.last_insert_rowid())
    }

    fn changes(&mut self, connection: Resource<Handle>) -> wasmtime::Result<u64> {
        Ok(self.table().get(&connection)?.changes())
    }

    fn drop(&mut self, connection: Resource<Handle>) -> wasmtime::Result<()> {
        self.table().delete(connection)?;
        Ok(())
    }
}

fn session<T: Send>(accessor: &Accessor<T, HasSelf<Guest>>, connection: &Resource<Handle>) -> wasmtime::Result<Handle> {
    accessor.with(|mut access| Ok(access.get().table().get(connection)?.clone()))
}

impl<T: Send + 'static> HostConnectionWithStore<T> for HasSelf<Guest> {
    async fn open_async(
        accessor: &Accessor<T, Self>,
        label: String,
    ) -> wasmtime::Result<Result<Resource<Handle>, Error>> {
        Ok(accessor.with(|mut access| access.get().open_sqlite(&label)))
    }

    async fn execute_async(
        accessor: &Accessor<T, Self>,
        connection: Resource<Handle>,
        statement: String,
        parameters: Vec<Value>,
    ) -> wasmtime::Result<Result<(Vec<String>, StreamReader<RowResult>, FutureReader<Result<(), Error>>), Error>> {
        let session = session(accessor, &connection)?;
        let result = match session.run(&statement, &parameters).await {
            Ok(result) => result,
            Err(error) => return Ok(Err(error)),
        };
        accessor.with(|mut access| {
            let rows = StreamReader::new(&mut access, result.rows)?;
            let end = FutureReader::new(&mut access, async { wasmtime::error::Ok(Ok(())) })?;
            Ok(Ok((result.columns, rows, end)))
        })
    }

    async fn last_insert_rowid_async(
        accessor: &Accessor<T, Self>,
        connection: Resource<Handle>,
    ) -> wasmtime::Result<i64> {
        Ok(session(accessor, &connection)?.last_insert_rowid())
    }

    async fn changes_async(accessor: &Accessor<T, Self>, connection: Resource<Handle>) -> wasmtime::Result<u64> {
        Ok(session(accessor, &connection)?.changes())
    }
}
