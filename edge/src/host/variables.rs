//! `spin:variables@3.0.0`. Values are fixed at the start, so an answer is a look into a table.

use wasmtime::component::{Accessor, HasSelf};

use super::bindings::spin::variables::variables::{Error, Host, HostWithStore};
use crate::wasm::Guest;

impl Host for Guest {}

impl<T: Send> HostWithStore<T> for HasSelf<Guest> {
    async fn get(accessor: &Accessor<T, Self>, name: String) -> wasmtime::Result<Result<String, Error>> {
        Ok(accessor.with(|mut access| {
            let value = access.get().component().variables.get(&name).cloned();
            value.ok_or_else(|| Error::Undefined(format!("the component has no variable `{name}`")))
        }))
    }
}
