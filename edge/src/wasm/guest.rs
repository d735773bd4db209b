//! The state of one instance on the host's side.

use std::sync::Arc;

use wasmtime::component::ResourceTable;
use wasmtime::{StoreLimits, StoreLimitsBuilder};
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use super::Component;
use super::stdio::Output;
use super::worker::Vitals;
use crate::host::http::Outbound;

/// Resources (connections, requests, bodies …) that one instance may hold at once.
const RESOURCES: usize = 4096;

/// See the module.
pub struct Guest {
    component: Arc<Component>,
    instance: u64,
    table: ResourceTable,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    hooks: Outbound,
    /// Bounds on memory and tables, asked by the store.
    pub limits: StoreLimits,
    /// What the instance's worker watches.
    pub vitals: Arc<Vitals>,
}

impl Guest {
    /// The state of instance number `instance`, which may have `memory` bytes of linear memory.
    pub fn new(component: Arc<Component>, instance: u64, memory: usize, vitals: Arc<Vitals>) -> Self {
        let mut wasi = WasiCtxBuilder::new();
        wasi.envs(&component.environment)
            .stdout(Output::new(component.clone(), "stdout"))
            .stderr(Output::new(component.clone(), "stderr"));
        let mut table = ResourceTable::new();
        table.set_max_capacity(RESOURCES);
        Self {
            instance,
            table,
            wasi: wasi.build(),
            http: WasiHttpCtx::new(),
            hooks: Outbound(component.clone()),
            limits: StoreLimitsBuilder::new()
                .memory_size(memory)
                .table_elements(1 << 20)
                .memories(16)
                .tables(64)
                .instances(64)
                .build(),
            component,
            vitals,
        }
    }

    /// What the component may use.
    pub fn component(&self) -> &Arc<Component> {
        &self.component
    }

    /// The instance's number; never 0.
    pub fn instance(&self) -> u64 {
        self.instance
    }

    /// The instance's resources.
    pub fn table(&mut self) -> &mut ResourceTable {
        &mut self.table
    }
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for Guest {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.http, table: &mut self.table, hooks: &mut self.hooks }
    }
}
