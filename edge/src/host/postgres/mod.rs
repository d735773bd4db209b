//! `spin:postgres@4.2.0` over a pool of connections per address.
#![allow(
    clippy::result_large_err,
    reason = "the error is the interface's own type, and failing is not the common case"
)]

mod numeric;
mod pool;
mod session;
mod shared;
#[cfg(test)]
mod tests;
mod types;

use std::sync::Arc;

use wasmtime::component::{Accessor, FutureReader, HasSelf, Resource, StreamReader};

use super::bindings::spin::postgres::postgres::{
    Column, DbValue, Error, Host, HostConnection, HostConnectionBuilder, HostConnectionBuilderWithStore,
    HostConnectionWithStore, ParameterValue, RowSet,
};
use crate::wasm::Guest;

pub use pool::Pools;
use session::Session;

/// What a component holds: a connection that is its own as soon as it writes, until it lets go of it.
pub type Handle = Arc<Session>;

/// An address, and the authority to trust for it.
#[derive(Debug, Clone)]
pub struct Builder {
    address: String,
    ca_root: Option<String>,
}

impl Builder {
    async fn build(self, component: Arc<crate::wasm::Component>) -> Result<Handle, Error> {
        let pool = component.postgres.of(&self.address, self.ca_root.as_deref(), &component.allowed_hosts)?;
        Ok(Arc::new(Session::open(pool).await?))
    }
}

impl Host for Guest {}

impl Guest {
    fn keep(&mut self, session: Result<Handle, Error>) -> Result<Resource<Handle>, Error> {
        self.table().push(session?).map_err(|_| Error::Other("too many connections are open".to_owned()))
    }
}

impl HostConnectionBuilder for Guest {
    fn new(&mut self, address: String) -> wasmtime::Result<Resource<Builder>> {
        Ok(self.table().push(Builder { address, ca_root: None })?)
    }

    fn set_ca_root(&mut self, builder: Resource<Builder>, certificate: String) -> wasmtime::Result<Result<(), Error>> {
        self.table().get_mut(&builder)?.ca_root = Some(certificate);
        Ok(Ok(()))
    }

    async fn build(&mut self, builder: Resource<Builder>) -> wasmtime::Result<Result<Resource<Handle>, Error>> {
        let builder = self.table().get(&builder)?.clone();
        let session = builder.build(self.component().clone()).await;
        Ok(self.keep(session))
    }

    fn drop(&mut self, builder: Resource<Builder>) -> wasmtime::Result<()> {
        self.table().delete(builder)?;
        Ok(())
    }
}

impl HostConnection for Guest {
    async fn open(&mut self, address: String) -> wasmtime::Result<Result<Resource<Handle>, Error>> {
        let builder = Builder { address, ca_root: None };
        let session = builder.build(self.component().clone()).await;
        Ok(self.keep(session))
    }

    async fn query(
        &mut self,
        connection: Resource<Handle>,
        statement: String,
        parameters: Vec<ParameterValue>,
    ) -> wasmtime::Result<Result<RowSet, Error>> {
        let session = self.table().get(&connection)?.clone();
        Ok(session.query(statement, parameters).await.map(|(columns, rows)| RowSet { columns, rows }))
    }

    async fn execute(
        &mut self,
        connection: Resource<Handle>,
        statement: String,
        parameters: Vec<ParameterValue>,
    ) -> wasmtime::Result<Result<u64, Error>> {
        let session = self.table().get(&connection)?.clone();
        Ok(session.execute(statement, parameters).await)
    }

    fn drop(&mut self, connection: Resource<Handle>) -> wasmtime::Result<()> {
        self.table().delete(connection)?;
        Ok(())
    }
}

async fn open<T: Send>(accessor: &Accessor<T, HasSelf<Guest>>, builder: Builder) -> Result<Resource<Handle>, Error> {
    let component = accessor.with(|mut access| access.get().component().clone());
    let session = builder.build(component).await;
    accessor.with(|mut access| access.get().keep(session))
}

fn session<T: Send>(accessor: &Accessor<T, HasSelf<Guest>>, connection: &Resource<Handle>) -> wasmtime::Result<Handle> {
    accessor.with(|mut access| Ok(access.get().table().get(connection)?.clone()))
}

impl<T: Send + 'static> HostConnectionBuilderWithStore<T> for HasSelf<Guest> {
    async fn build_async(
        accessor: &Accessor<T, Self>,
        builder: Resource<Builder>,
    ) -> wasmtime::Result<Result<Resource<Handle>, Error>> {
        let builder = accessor.with(|mut access| access.get().table().get(&builder).cloned())?;
        Ok(open(accessor, builder).await)
    }
}

impl<T: Send + 'static> HostConnectionWithStore<T> for HasSelf<Guest> {
    async fn open_async(
        accessor: &Accessor<T, Self>,
        address: String,
    ) -> wasmtime::Result<Result<Resource<Handle>, Error>> {
        Ok(open(accessor, Builder { address, ca_root: None }).await)
    }

    async fn query_async(
        accessor: &Accessor<T, Self>,
        connection: Resource<Handle>,
        statement: String,
        parameters: Vec<ParameterValue>,
    ) -> wasmtime::Result<Result<(Vec<Column>, StreamReader<Vec<DbValue>>, FutureReader<Result<(), Error>>), Error>>
    {
        let session = session(accessor, &connection)?;
        let (columns, rows) = match session.query(statement, parameters).await {
            Ok(answer) => answer,
            Err(error) => return Ok(Err(error)),
        };
        accessor.with(|mut access| {
            let rows = StreamReader::new(&mut access, rows)?;
            let end = FutureReader::new(&mut access, async { wasmtime::error::Ok(Ok(())) })?;
            Ok(Ok((columns, rows, end)))
        })
    }

    async fn execute_async(
        accessor: &Accessor<T, Self>,
        connection: Resource<Handle>,
        statement: String,
        parameters: Vec<ParameterValue>,
    ) -> wasmtime::Result<Result<u64, Error>> {
        let session = session(accessor, &connection)?;
        Ok(session.execute(statement, parameters).await)
    }
}
