//! The engine, and the clock that interrupts components.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

/// Time between two ticks while components run. A light component that computes longer lets others go first.
const TICK: Duration = Duration::from_millis(2);
/// Time between two looks whether any runs.
const NAP: Duration = Duration::from_millis(25);
/// What [`Ticker::pace`] sleeps while components run: shorter than any time-out of a request.
const PACE: Duration = Duration::from_millis(20);
/// And while none does.
const LULL: Duration = Duration::from_millis(500);

/// The engine for at most `instances` instances at once, none with more than `memory` bytes.
pub fn engine(instances: usize, memory: usize) -> wasmtime::Result<Engine> {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        .wasm_component_model_async(true)
        .epoch_interruption(true)
        .memory_init_cow(true)
        // A trap's frames go to the log; names are all that a stripped component has.
        .wasm_backtrace_max_frames(std::num::NonZeroUsize::new(20));
    // Spin's components are a few core modules each: the program, its adapters and shims.
    let slots = |per_instance: usize| u32::try_from(instances.saturating_mul(per_instance)).unwrap_or(u32::MAX);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(slots(1))
        .total_core_instances(slots(16))
        .total_memories(slots(4))
        .total_tables(slots(16))
        .total_stacks(slots(24))
        .max_core_instances_per_component(64)
        .max_memories_per_component(16)
        .max_tables_per_component(64)
        .max_memory_size(memory)
        .table_elements(64 << 10)
        .max_component_instance_size(4 << 20)
        .max_core_instance_size(4 << 20)
        .max_unused_warm_slots(slots(4))
        // Pages that an instance wrote to are cleaned by copying, so that the next one in its place doesn't fault them in one by one.
        .pagemap_scan(Enabled::Auto)
        .linear_memory_keep_resident(128 << 10)
        .table_keep_resident(32 << 10);
    let mut pooling = config.clone();
    pooling.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    // The pool reserves address space, which some containers ration; without it instances are allocated one by one.
    Engine::new(&pooling).or_else(|_| Engine::new(&config))
}

/// Advances the engine's epoch while components run, and naps while none does: an idle server costs nothing.
#[derive(Debug, Clone, Default)]
pub struct Ticker(Arc<Activity>);

#[derive(Debug, Default)]
struct Activity {
    /// A component ran since the last tick.
    now: AtomicBool,
    /// One ran a moment ago.
    lately: AtomicBool,
}

impl Ticker {
    /// Starts the clock of `engine`; it ends with the process.
    pub fn start(engine: &Engine) -> std::io::Result<Self> {
        let ticker = Self::default();
        let (activity, engine) = (ticker.0.clone(), engine.weak());
        std::thread::Builder::new().name("eport-ticker".into()).stack_size(64 << 10).spawn(move || {
            let mut quiet = 0;
            loop {
                let lately = quiet <= 50;
                activity.lately.store(lately, Relaxed);
                std::thread::sleep(if lately { TICK } else { NAP });
                let Some(engine) = engine.upgrade() else { return };
                quiet = if activity.now.swap(false, Relaxed) { 0 } else { quiet + 1 };
                engine.increment_epoch();
            }
        })?;
        Ok(ticker)
    }

    /// Says that a component is about to run.
    pub fn poke(&self) {
        if !self.0.now.load(Relaxed) {
            self.0.now.store(true, Relaxed);
        }
    }

    /// Keeps a short timer running on the caller's runtime while components run; never returns.
    ///
    /// Each request sets timers that almost never ring. tokio wakes a sleeping thread for each that would ring before all others: one that
    /// rings before any of them spares two threads' waking each other several times a request.
    pub async fn pace(self) {
        loop {
            tokio::time::sleep(if self.0.lately.load(Relaxed) { PACE } else { LULL }).await;
        }
    }
}
