//! `spin:key-value@3.0.0` over SQLite, in the file and the table that Spin uses.
//!
//! What is in a key-value store may be lost, so a write doesn't wait for the disk (`synchronous=OFF`). A look-up takes microseconds and runs
//! on the caller's thread.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use eport_shared::platform::{KeyValue, KeyValueError};
use rusqlite::{Connection, OptionalExtension as _, params};
use tokio::time::Instant;
use wasmtime::component::{Accessor, FutureReader, HasSelf, Resource, StreamReader};

use super::bindings::spin::key_value::key_value::{Error, Host, HostStore, HostStoreWithStore};
use crate::wasm::Guest;

/// How long a call waits while another process has the file locked.
const BUSY_TIMEOUT: Duration = Duration::from_secs(2);

/// One file of stores.
#[derive(Debug)]
pub struct File(Mutex<Connection>);

/// One store: the rows of a file that carry its label.
#[derive(Debug, Clone)]
pub struct Store {
    file: Arc<File>,
    label: Arc<str>,
}

impl File {
    /// Opens the file at `path`, or a store in memory.
    pub fn open(path: Option<&Path>) -> rusqlite::Result<Self> {
        let connection = match path {
            Some(path) => super::sqlite::open_file(path)?,
            None => Connection::open_in_memory()?,
        };
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "OFF")?;
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS spin_key_value (
                 store TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (store, key))",
        )?;
        // From now on a lock is waited for without holding the thread.
        connection.busy_timeout(Duration::ZERO)?;
        Ok(Self(Mutex::new(connection)))
    }

    async fn run<T>(&self, work: impl Fn(&Connection) -> rusqlite::Result<T>) -> Result<T, Error> {
        let give_up = Instant::now() + BUSY_TIMEOUT;
        let mut pause = Duration::from_millis(1);
        loop {
            let done = work(&self.0.lock().unwrap_or_else(PoisonError::into_inner));
            match done {
                Err(error) if super::sqlite::is_busy(&error) && Instant::now() < give_up => {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(Duration::from_millis(50));
                }
                done => return done.map_err(|error| Error::Other(error.to_string())),
            }
        }
    }
}

impl Store {
    /// The store `label` in `file`.
    pub fn new(file: Arc<File>, label: &str) -> Self {
        Self { file, label: label.into() }
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        let sql = "SELECT value FROM spin_key_value WHERE store = ?1 AND key = ?2";
        self.file.run(|c| c.prepare_cached(sql)?.query_row(params![self.label, key], |row| row.get(0)).optional()).await
    }

    async fn set(&self, key: &str, value: &[u8]) -> Result<(), Error> {
        let sql = "INSERT INTO spin_key_value (store, key, value) VALUES (?1, ?2, ?3) \
                   ON CONFLICT (store, key) DO UPDATE SET value = excluded.value";
        self.file.run(|c| c.prepare_cached(sql)?.execute(params![self.label, key, value]).map(drop)).await
    }

    async fn delete(&self, key: &str) -> Result<(), Error> {
        let sql = "DELETE FROM spin_key_value WHERE store = ?1 AND key = ?2";
        self.file.run(|c| c.prepare_cached(sql)?.execute(params![self.label, key]).map(drop)).await
    }

    async fn exists(&self, key: &str) -> Result<bool, Error> {
        let sql = "SELECT 1 FROM spin_key_value WHERE store = ?1 AND key = ?2";
        self.file.run(|c| c.prepare_cached(sql)?.exists(params![self.label, key])).await
    }

    async fn keys(&self) -> Result<Vec<String>, Error> {
        let sql = "SELECT key FROM spin_key_value WHERE store = ?1";
        self.file.run(|c| c.prepare_cached(sql)?.query_map(params![self.label], |row| row.get(0))?.collect()).await
    }
}

/// For what the process itself does with the components' rules.
#[async_trait(?Send)]
impl KeyValue for Store {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, KeyValueError> {
        Store::get(self, key).await.map_err(lost)
    }

    async fn set(&self, key: &str, value: &[u8]) -> Result<(), KeyValueError> {
        Store::set(self, key, value).await.map_err(lost)
    }

    async fn delete(&self, key: &str) -> Result<(), KeyValueError> {
        Store::delete(self, key).await.map_err(lost)
    }
}

fn lost(error: Error) -> KeyValueError {
    KeyValueError(format!("{error:?}"))
}

impl Host for Guest {}

impl HostStore for Guest {
    fn drop(&mut self, store: Resource<Store>) -> wasmtime::Result<()> {
        self.table().delete(store)?;
        Ok(())
    }
}

fn store<T: Send>(accessor: &Accessor<T, HasSelf<Guest>>, store: &Resource<Store>) -> wasmtime::Result<Store> {
    accessor.with(|mut access| Ok(access.get().table().get(store)?.clone()))
}

impl<T: Send + 'static> HostStoreWithStore<T> for HasSelf<Guest> {
    async fn open(accessor: &Accessor<T, Self>, label: String) -> wasmtime::Result<Result<Resource<Store>, Error>> {
        accessor.with(|mut access| {
            let guest = access.get();
            let Some(store) = guest.component().key_value_stores.get(&label).cloned() else {
                return Ok(Err(Error::AccessDenied));
            };
            // The table is bounded; a component that leaks stores gets an error, not the host's memory.
            Ok(guest.table().push(store).map_err(|_| Error::StoreTableFull))
        })
    }

    async fn get(
        accessor: &Accessor<T, Self>,
        resource: Resource<Store>,
        key: String,
    ) -> wasmtime::Result<Result<Option<Vec<u8>>, Error>> {
        Ok(store(accessor, &resource)?.get(&key).await)
    }

    async fn set(
        accessor: &Accessor<T, Self>,
        resource: Resource<Store>,
        key: String,
        value: Vec<u8>,
    ) -> wasmtime::Result<Result<(), Error>> {
        Ok(store(accessor, &resource)?.set(&key, &value).await)
    }

    async fn delete(
        accessor: &Accessor<T, Self>,
        resource: Resource<Store>,
        key: String,
    ) -> wasmtime::Result<Result<(), Error>> {
        Ok(store(accessor, &resource)?.delete(&key).await)
    }

    async fn exists(
        accessor: &Accessor<T, Self>,
        resource: Resource<Store>,
        key: String,
    ) -> wasmtime::Result<Result<bool, Error>> {
        Ok(store(accessor, &resource)?.exists(&key).await)
    }

    async fn get_keys(
        accessor: &Accessor<T, Self>,
        resource: Resource<Store>,
    ) -> wasmtime::Result<(StreamReader<String>, FutureReader<Result<(), Error>>)> {
        let (keys, end) = match store(accessor, &resource)?.keys().await {
            Ok(keys) => (keys, Ok(())),
            Err(error) => (Vec::new(), Err(error)),
        };
        accessor.with(|mut access| {
            let keys = StreamReader::new(&mut access, keys)?;
            let end = FutureReader::new(&mut access, async { wasmtime::error::Ok(end) })?;
            Ok((keys, end))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn stores_of_one_file_do_not_see_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let file = Arc::new(File::open(Some(&folder.path().join("kv.db"))).unwrap());
        let (one, two) = (Store::new(file.clone(), "one"), Store::new(file, "two"));
        one.set("key", b"first").await.unwrap();
        one.set("key", b"second").await.unwrap();
        assert_eq!(one.get("key").await.unwrap().as_deref(), Some(&b"second"[..]));
        assert_eq!(two.get("key").await.unwrap(), None);
        assert!(one.exists("key").await.unwrap());
        assert_eq!(one.keys().await.unwrap(), ["key"]);
        one.delete("key").await.unwrap();
        one.delete("key").await.unwrap();
        assert!(!one.exists("key").await.unwrap());
    }

    #[tokio::test]
    async fn the_process_and_the_components_count_in_one_store() {
        let store = Store::new(Arc::new(File::open(None).unwrap()), "default");
        KeyValue::set(&store, "key", b"value").await.unwrap();
        assert_eq!(store.get("key").await.unwrap().as_deref(), Some(&b"value"[..]));
        assert_eq!(KeyValue::get(&store, "key").await.unwrap().as_deref(), Some(&b"value"[..]));
        KeyValue::delete(&store, "key").await.unwrap();
        assert_eq!(KeyValue::get(&store, "key").await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_file_that_another_process_locks_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kv.db");
        let store = Store::new(Arc::new(File::open(Some(&path)).unwrap()), "default");
        let other = Connection::open(&path).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let write = tokio::spawn(async move { store.set("key", b"value").await });
        tokio::time::sleep(Duration::from_millis(30)).await;
        assert!(!write.is_finished());
        other.execute_batch("ROLLBACK").unwrap();
        write.await.unwrap().unwrap();
    }
}
