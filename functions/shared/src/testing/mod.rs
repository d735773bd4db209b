//! A small world for tests of rules and whole routes, without WASM: a clock that is moved by hand, randomness that repeats itself,
//! a key-value store in memory, a network that answers as it was told, and whichever database the test brings.
//!
//! ```ignore
//! on_each_database! {
//!     async fn a_code_can_be_asked_for_once_a_minute(world: World) {
//!         world.send::<Registrations>(Call::post("/v1/sms-codes").json(&json!({ … }))).await.done(202);
//!         world.advance(59);
//!         …
//!     }
//! }
//! ```

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "only compiled for tests, where a panic with a reason is how to fail"
)]

mod call;
#[cfg(feature = "testing-cards")]
pub mod cards;
mod database;
mod doubles;
mod people;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use async_trait::async_trait;

pub use call::{Answer, Call};
pub use database::Watched;
pub use doubles::{KeyValueInMemory, Network, Reply, SeededEntropy};
pub use people::{Person, other_code, phone, resident_id};

use crate::audit::Entry;
use crate::clock::Timestamp;
use crate::context::{Client, Context};
use crate::keys::{Keys, entry};
use crate::platform::Database;
use crate::serve::{Function, serve};
use crate::settings::{Settings, Variables};
use crate::sql;
use crate::sql::{Row, Statement, Value, query};

/// Runs each test on SQLite, and on PostgreSQL where it is installed. The crate needs `eport-database` with `testing`, and `tokio`.
#[macro_export]
macro_rules! on_each_database {
    ($($(#[$meta:meta])* async fn $name:ident($($world:tt)*) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports, reason = "not every rule names something")]
            use super::*;

            async fn rule($($world)*) $body

            $(#[$meta])*
            #[tokio::test]
            async fn on_sqlite() {
                rule($crate::testing::World::new(eport_database::testing::sqlite())).await;
            }

            $(#[$meta])*
            #[tokio::test]
            async fn on_postgres() {
                if let Some(database) = eport_database::testing::postgres() {
                    rule($crate::testing::World::new(database)).await;
                }
            }
        }
    )+};
}

/// Sunday morning, 2026-11-22T01:20:00Z.
pub const START: Timestamp = Timestamp::from_milliseconds(1_795_310_400_000);

/// The world that requests are sent into. Tests change its settings and keys as they need.
pub struct World {
    /// The database; it can be taken away, and it remembers what it was asked.
    pub database: Watched,
    /// What may be lost.
    pub key_value: KeyValueInMemory,
    /// Other systems.
    pub network: Network,
    /// The same in each run.
    pub entropy: SeededEntropy,
    /// The defaults, in development, with an Argon2id that costs nothing.
    pub settings: Settings,
    /// All keys, as the function `sessions` has them.
    pub keys: Keys,
    now: Cell<Timestamp>,
}

impl World {
    /// A world at [`START`] around an empty, migrated database.
    pub fn new(database: impl Database + 'static) -> Self {
        let variables = Map::from([
            ("environment", "development".to_owned()),
            ("argon2_memory_kib", "64".to_owned()),
            ("argon2_iterations", "1".to_owned()),
            ("signing_keys", entry("sign-1", &[1; 32]).to_string()),
            ("data_keys", entry("data-1", &[2; 32]).to_string()),
            ("index_key", of_entry(&[3; 32])),
            ("pepper", of_entry(&[4; 32])),
        ]);
        Self {
            database: Watched::new(database),
            key_value: KeyValueInMemory::default(),
            network: Network::default(),
            entropy: SeededEntropy::new(1),
            settings: at_once(Settings::load(&variables)).expect("the settings of tests"),
            keys: at_once(Keys::load(&variables)).expect("the keys of tests"),
            now: Cell::new(START),
        }
    }

    /// What the clock says.
    pub fn now(&self) -> Timestamp {
        self.now.get()
    }

    /// Moves the clock on.
    pub fn advance(&self, seconds: i64) {
        self.advance_milliseconds(seconds * 1000);
    }

    /// Moves the clock on by less than a second, too.
    pub fn advance_milliseconds(&self, milliseconds: i64) {
        self.now.set(Timestamp::from_milliseconds(self.now().milliseconds() + milliseconds));
    }

    /// What a handler gets, for `client`.
    pub fn context(&self, client: Client) -> Context<'_> {
        Context {
            database: &self.database,
            key_value: &self.key_value,
            outbound: &self.network,
            entropy: &self.entropy,
            settings: &self.settings,
            keys: &self.keys,
            now: self.now(),
            client,
            recognised: RefCell::new(None),
            session: RefCell::default(),
            done: RefCell::default(),
            notices: RefCell::default(),
        }
    }

    /// Sends a request to the function `F`, through everything that stands before its handler.
    pub async fn send<F: Function>(&self, call: Call) -> Answer {
        let incoming = call.into_incoming();
        let context = self.context(Client::of(&incoming.headers, &self.settings));
        Answer::new(serve::<F>(&context, incoming).await)
    }

    /// Rows that a test looks at. (That it looked is not remembered.)
    pub async fn rows(&self, statement: &Statement, parameters: &[Value]) -> Vec<Row> {
        query(self.database.unwatched(), statement, parameters).await.expect("a statement of the test")
    }

    /// How many rows, or whichever number a statement gives.
    pub async fn number(&self, statement: &Statement, parameters: &[Value]) -> i64 {
        let rows = self.rows(statement, parameters).await;
        rows.first().expect("a row").get(0).expect("a number")
    }

    /// The audit, the oldest row first.
    pub async fn audit(&self) -> Vec<Entry> {
        let all = sql!(concat!("SELECT ", crate::audit_columns!(), " FROM audit ORDER BY at, chain, seq"));
        self.rows(&all, &[]).await.iter().map(|row| Entry::read(row).expect("a row of the audit")).collect()
    }

    /// The rows of one action.
    pub async fn audit_of(&self, action: &str) -> Vec<Entry> {
        self.audit().await.into_iter().filter(|entry| entry.action == action).collect()
    }
}

/// Variables by name.
pub struct Map(BTreeMap<&'static str, String>);

impl<const N: usize> From<[(&'static str, String); N]> for Map {
    fn from(variables: [(&'static str, String); N]) -> Self {
        Self(BTreeMap::from(variables))
    }
}

#[async_trait(?Send)]
impl Variables for Map {
    async fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }
}

/// A key without an id.
fn of_entry(bytes: &[u8; 32]) -> String {
    entry("", bytes).trim_start_matches(':').to_owned()
}

/// What a future that never waits comes to.
pub fn at_once<T>(future: impl Future<Output = T>) -> T {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(future).poll(&mut context) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("this future waits for something"),
    }
}
