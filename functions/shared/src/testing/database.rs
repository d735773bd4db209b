//! The database of a test, watched.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use async_trait::async_trait;

use crate::platform::{Connection, Database, DatabaseError};
use crate::sql;
use crate::sql::{Dialect, Row, Statement, Value, query};

type Log = Rc<RefCell<Vec<(Statement, Vec<Value>)>>>;

/// What somebody else does once a statement that begins like this was run.
type Interlude = Rc<RefCell<Option<(&'static str, Statement, Vec<Value>)>>>;

/// A database that can be away for a while, and that remembers each statement with the parameters it first came with.
pub struct Watched {
    inner: Rc<dyn Database>,
    offline: Cell<bool>,
    log: Log,
    interlude: Interlude,
}

impl Watched {
    pub(super) fn new(inner: impl Database + 'static) -> Self {
        Self { inner: Rc::new(inner), offline: Cell::new(false), log: Log::default(), interlude: Interlude::default() }
    }

    pub(super) fn unwatched(&self) -> &dyn Database {
        self.inner.as_ref()
    }

    /// Takes it away, or brings it back.
    pub fn set_offline(&self, offline: bool) {
        self.offline.set(offline);
    }

    /// Lets somebody else come between: right after the next statement that begins with `after`, `statement` is run and committed
    /// on another connection, once. On SQLite nobody can where a transaction is open.
    pub fn meanwhile(&self, after: &'static str, statement: Statement, parameters: &[Value]) {
        *self.interlude.borrow_mut() = Some((after, statement, parameters.to_vec()));
    }

    /// Whether what [`Watched::meanwhile`] planned has happened.
    pub fn interlude_is_over(&self) -> bool {
        self.interlude.borrow().is_none()
    }

    /// How the database goes about each statement that was run so far: the statement, and the lines of its plan.
    ///
    /// PostgreSQL is asked to do `without` some ways where it can, such as `enable_seqscan`: in a table of three rows it prefers
    /// those that would be slow in a large one.
    pub async fn plans(&self, without: &[&'static str]) -> Vec<(&'static str, Vec<String>)> {
        let mut connection = self.inner.connect().await.expect("a connection");
        let dialect = connection.dialect();
        if dialect == Dialect::Postgres {
            let turn_off = sql!(sqlite: "", postgres: "SELECT set_config($1, 'off', FALSE)");
            for way in without {
                connection.query(&turn_off, &[(*way).into()]).await.expect("a setting");
            }
        }
        let mut plans = Vec::new();
        for (statement, parameters) in self.log.take() {
            let text = statement.text(dialect);
            if !["SELECT", "INSERT", "UPDATE", "DELETE"].iter().any(|verb| text.starts_with(verb)) {
                continue;
            }
            // The type takes static texts alone, so that nobody builds one from data; a test may leak a few.
            let explain = |how: &str| -> &'static str { Box::leak(format!("{how} {text}").into_boxed_str()) };
            let explain = match dialect {
                Dialect::Sqlite => sql!(sqlite: explain("EXPLAIN QUERY PLAN"), postgres: ""),
                Dialect::Postgres => sql!(sqlite: "", postgres: explain("EXPLAIN")),
            };
            let column = if dialect == Dialect::Sqlite { 3 } else { 0 };
            let rows = connection.query(&explain, &parameters).await.expect("a plan");
            plans.push((text, rows.iter().map(|row| row.get(column).expect("a line")).collect()));
        }
        plans
    }
}

#[async_trait(?Send)]
impl Database for Watched {
    fn dialect(&self) -> Dialect {
        self.inner.dialect()
    }

    async fn connect(&self) -> Result<Box<dyn Connection>, DatabaseError> {
        if self.offline.get() {
            return Err(DatabaseError::Unavailable("the test took it away".to_owned()));
        }
        Ok(Box::new(WatchedConnection {
            inner: self.inner.connect().await?,
            database: Rc::clone(&self.inner),
            log: Rc::clone(&self.log),
            interlude: Rc::clone(&self.interlude),
        }))
    }
}

struct WatchedConnection {
    inner: Box<dyn Connection>,
    database: Rc<dyn Database>,
    log: Log,
    interlude: Interlude,
}

impl WatchedConnection {
    fn remember(&self, statement: &Statement, parameters: &[Value]) {
        let mut log = self.log.borrow_mut();
        if !log.iter().any(|(known, _)| known == statement) {
            log.push((*statement, parameters.to_vec()));
        }
    }

    /// Runs what was planned for after `statement`.
    async fn interrupt(&self, statement: &Statement) {
        let planned = self.interlude.borrow_mut().take_if(|(after, ..)| statement.postgres.starts_with(*after));
        if let Some((_, statement, parameters)) = planned {
            query(self.database.as_ref(), &statement, &parameters).await.expect("a statement of the test");
        }
    }
}

#[async_trait(?Send)]
impl Connection for WatchedConnection {
    fn dialect(&self) -> Dialect {
        self.inner.dialect()
    }

    async fn query(&mut self, statement: &Statement, parameters: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        self.remember(statement, parameters);
        let rows = self.inner.query(statement, parameters).await?;
        self.interrupt(statement).await;
        Ok(rows)
    }

    async fn execute(&mut self, statement: &Statement, parameters: &[Value]) -> Result<u64, DatabaseError> {
        self.remember(statement, parameters);
        let changed = self.inner.execute(statement, parameters).await?;
        self.interrupt(statement).await;
        Ok(changed)
    }
}
