//! What stands for the world.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};

use async_trait::async_trait;
use bytes::Bytes;

use crate::crypto::sha256;
use crate::platform::{Entropy, KeyValue, KeyValueError, Outbound, OutboundError};

/// Randomness that is the same in each run and doesn't repeat within one.
pub struct SeededEntropy {
    seed: u64,
    drawn: Cell<u64>,
}

impl SeededEntropy {
    /// That of `seed`.
    pub const fn new(seed: u64) -> Self {
        Self { seed, drawn: Cell::new(0) }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(32) {
            let drawn = self.drawn.get();
            self.drawn.set(drawn + 1);
            let block = sha256(&[self.seed.to_be_bytes(), drawn.to_be_bytes()].concat());
            for (to, from) in chunk.iter_mut().zip(block) {
                *to = from;
            }
        }
    }
}

/// A key-value store in memory; it can be broken, and emptied.
#[derive(Default)]
pub struct KeyValueInMemory {
    kept: RefCell<BTreeMap<String, Vec<u8>>>,
    broken: Cell<bool>,
}

impl KeyValueInMemory {
    /// Breaks or mends it.
    pub fn set_broken(&self, broken: bool) {
        self.broken.set(broken);
    }

    /// Loses everything.
    pub fn lose_all(&self) {
        self.kept.borrow_mut().clear();
    }

    /// All that it holds.
    pub fn dump(&self) -> Vec<(String, Vec<u8>)> {
        self.kept.borrow().iter().map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    fn works(&self) -> Result<(), KeyValueError> {
        if self.broken.get() { Err(KeyValueError("the test broke it".to_owned())) } else { Ok(()) }
    }
}

#[async_trait(?Send)]
impl KeyValue for KeyValueInMemory {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, KeyValueError> {
        self.works()?;
        Ok(self.kept.borrow().get(key).cloned())
    }

    async fn set(&self, key: &str, value: &[u8]) -> Result<(), KeyValueError> {
        self.works()?;
        self.kept.borrow_mut().insert(key.to_owned(), value.to_vec());
        Ok(())
    }

    async fn delete(&self, key: &str) -> Result<(), KeyValueError> {
        self.works()?;
        self.kept.borrow_mut().remove(key);
        Ok(())
    }
}

/// How another system answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// With this status.
    Status(u16),
    /// Not at all.
    Silence,
}

/// A network that keeps what was sent and answers as it was told; with 200 where it wasn't told.
#[derive(Default)]
pub struct Network {
    planned: RefCell<VecDeque<Reply>>,
    sent: RefCell<Vec<http::Request<Bytes>>>,
    slept: RefCell<Vec<u64>>,
}

impl Network {
    /// How the next requests are answered, one after the other.
    pub fn plan(&self, replies: &[Reply]) {
        self.planned.borrow_mut().extend(replies);
    }

    /// What was sent so far; it is forgotten then.
    pub fn take_sent(&self) -> Vec<http::Request<Bytes>> {
        self.sent.take()
    }

    /// How long was waited between the requests so far, in milliseconds; it is forgotten then.
    pub fn take_slept(&self) -> Vec<u64> {
        self.slept.take()
    }
}

#[async_trait(?Send)]
impl Outbound for Network {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, OutboundError> {
        self.sent.borrow_mut().push(request);
        let reply = self.planned.borrow_mut().pop_front().unwrap_or(Reply::Status(200));
        match reply {
            // Whoever has no patience of their own waits for good.
            Reply::Silence => std::future::pending().await,
            Reply::Status(status) => {
                let mut response = http::Response::new(Bytes::new());
                *response.status_mut() = http::StatusCode::from_u16(status).expect("a status");
                Ok(response)
            }
        }
    }

    async fn sleep(&self, milliseconds: u64) {
        self.slept.borrow_mut().push(milliseconds);
    }
}
