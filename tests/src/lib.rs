//! What the tests over HTTP share: a server of one's own, people who don't exist, and their journeys.
//!
//! Every test starts its own `eport up` on a folder or database of its own ([`Site`]), so that tests can't see each other and run in any
//! order. [`on_both!`] runs each once on SQLite and once on PostgreSQL. When a site goes, its log is searched for everything secret that
//! went over the wire.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::string_slice,
    clippy::zombie_processes,
    reason = "only tests use it, where a panic with a reason is how to fail"
)]

pub mod cards;
pub mod client;
mod database;
pub mod desk;
pub mod gateway;
pub mod images;
pub mod journeys;
pub mod people;
mod secrets;
mod server;
mod site;

pub use client::{Call, Client, Reply};
pub use journeys::Member;
pub use people::Person;
pub use server::{eport, manifest};
pub use site::{On, QUICK, Site};

/// Makes two tests of each function `fn(On)`: one on SQLite, one on PostgreSQL. A function that isn't named here is dead code, which the
/// lints refuse.
#[macro_export]
macro_rules! on_both {
    ($($test:ident),* $(,)?) => {
        mod on_sqlite {
            $(#[test] fn $test() { super::$test($crate::On::Sqlite) })*
        }
        mod on_postgres {
            $(#[test] fn $test() {
                if $crate::On::Postgres.is_here() {
                    super::$test($crate::On::Postgres)
                }
            })*
        }
    };
}

/// `count` threads that begin at the same moment; what each returned, in their order.
pub fn at_once<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let barrier = std::sync::Barrier::new(count);
    let one = |number| {
        barrier.wait();
        work(number)
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..count).map(|number| scope.spawn(move || one(number))).collect();
        threads.into_iter().map(|thread| thread.join().expect("a thread of the race")).collect()
    })
}
