//! `spin:key-value@3.0.0`: the store `default`.

use async_trait::async_trait;
use eport_shared::platform::{KeyValue, KeyValueError};
use spin_sdk::key_value::{Error, Store};

pub(crate) struct SpinKeyValue;

#[async_trait(?Send)]
impl KeyValue for SpinKeyValue {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, KeyValueError> {
        Store::open_default().await.map_err(error)?.get(key).await.map_err(error)
    }

    async fn set(&self, key: &str, value: &[u8]) -> Result<(), KeyValueError> {
        Store::open_default().await.map_err(error)?.set(key, value).await.map_err(error)
    }

    async fn delete(&self, key: &str) -> Result<(), KeyValueError> {
        Store::open_default().await.map_err(error)?.delete(key).await.map_err(error)
    }
}

fn error(error: Error) -> KeyValueError {
    KeyValueError(error.to_string())
}
