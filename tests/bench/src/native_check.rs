//! The yardstick of the check: a native `axum` program with the same token check, the same query and the same decision, and nothing else: no
//! audit, no limits, no components. It runs in a process of its own, on as many threads as there are cores.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use eport_permissions::check::{CHECK, Place};
use eport_schema::wire::{CheckRequest, CheckResult, CheckResults};
use eport_shared::applications::Catalogue;
use eport_shared::sql::{Row, Value};
use eport_shared::token::Unverified;
use uuid::Uuid;

/// The argument that makes this program the yardstick: `SERVE DATABASE CONNECTIONS`, where the database is `sqlite:PATH` or a `postgres://` address.
pub(crate) const SERVE: &str = "serve-checks";

/// Seconds after which a session without a request has ended.
const IDLE_SECONDS: i64 = 1800;

/// The running yardstick; it stops when this goes.
pub(crate) struct Native {
    child: Child,
    pub(crate) base: String,
}

impl Native {
    /// Starts it on a database that somebody else has filled. On PostgreSQL all requests share one connection, whose queries follow each other without
    /// waiting, or each takes one of a pool of so many, as is usual.
    pub(crate) fn start(database: &str, connections: usize) -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args([SERVE, database, &connections.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let output = child.stdout.take().context("its output")?;
        std::io::BufRead::read_line(&mut std::io::BufReader::new(output), &mut line)?;
        Ok(Self { child, base: line.trim().to_owned() })
    }

    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Native {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

enum Store {
    Sqlite(String),
    Shared { client: tokio_postgres::Client, check: tokio_postgres::Statement },
    Pool(deadpool_postgres::Pool),
}

struct Application {
    store: Store,
    catalogue: Catalogue,
}

/// Serves until it is killed. Writes its address as the only line of its output.
pub(crate) fn serve() -> anyhow::Result<()> {
    let database = std::env::args().nth(2).context("the address of a database")?;
    let connections: usize = std::env::args().nth(3).context("how many connections")?.parse()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = match database.strip_prefix("sqlite:") {
            Some(path) => Store::Sqlite(path.to_owned()),
            None if connections > 1 => {
                let manager = deadpool_postgres::Manager::new(database.parse()?, tokio_postgres::NoTls);
                Store::Pool(deadpool_postgres::Pool::builder(manager).max_size(connections).build()?)
            }
            None => {
                let (client, connection) = tokio_postgres::connect(&database, tokio_postgres::NoTls).await?;
                tokio::spawn(connection);
                let check = client.prepare(CHECK.postgres).await?;
                Store::Shared { client, check }
            }
        };
        let application = Arc::new(Application { store, catalogue: catalogue(&database)? });
        let router = Router::new().route("/v1/check", post(check)).with_state(application);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("http://{}", listener.local_addr()?);
        std::io::stdout().flush()?;
        axum::serve(listener, router).await?;
        Ok(())
    })
}

/// The catalogue, read once.
fn catalogue(database: &str) -> anyhow::Result<Catalogue> {
    let database = database.to_owned();
    let read = std::thread::spawn(move || -> anyhow::Result<Catalogue> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let database = eport_database::open(&database)?;
            let mut connection = eport_shared::platform::Database::connect(&database).await?;
            let read = eport_shared::applications::within(connection.as_mut()).await;
            read.map_err(|problem| anyhow::anyhow!("the catalogue can't be read: {}", problem.refusal.code))
        })
    });
    read.join().map_err(|_| anyhow::anyhow!("the catalogue's reader ended"))?
}

async fn check(
    State(application): State<Arc<Application>>,
    headers: HeaderMap,
    Json(body): Json<CheckRequest>,
) -> Result<Json<CheckResults>, StatusCode> {
    let token = headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let token = token.ok_or(StatusCode::UNAUTHORIZED)?;
    let unverified = Unverified::parse(token).map_err(|_| StatusCode::UNAUTHORIZED)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64);
    let row = application.row(unverified.session(), unverified.account(), now).await.map_err(|error| {
        eprintln!("{error:#}");
        StatusCode::INTERNAL_SERVER_ERROR
    })?;
    let hash = row.bytes(0).map_err(|_| StatusCode::UNAUTHORIZED)?;
    let claims = unverified.vouched(token, hash).map_err(|_| StatusCode::UNAUTHORIZED)?;
    if claims.exp * 1000 <= now || row.get::<i64>(2) != Ok(3) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    let place = Place::read(&row).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let results = body
        .checks
        .iter()
        .map(|check| place.decide(&application.catalogue, &check.application, &check.action))
        .map(|reason| CheckResult { allowed: reason.allows(), reason })
        .collect();
    Ok(Json(CheckResults { results }))
}

thread_local! {
    static CONNECTIONS: RefCell<HashMap<String, rusqlite::Connection>> = RefCell::default();
}

impl Application {
    async fn row(&self, session: Uuid, account: Uuid, now: i64) -> anyhow::Result<Row> {
        let seen_after = now - IDLE_SECONDS * 1000;
        match &self.store {
            Store::Sqlite(path) => CONNECTIONS.with_borrow_mut(|connections| {
                if !connections.contains_key(path) {
                    connections.insert(path.clone(), rusqlite::Connection::open(path)?);
                }
                let connection = connections.get(path).context("a connection")?;
                let mut check = connection.prepare_cached(CHECK.sqlite)?;
                let (session, account) = (session.to_string(), account.to_string());
                Ok(check.query_row(rusqlite::params![session, account, now, seen_after], |row| {
                    let text = |column| -> rusqlite::Result<Value> { Ok(row.get::<_, Option<String>>(column)?.into()) };
                    let number = |column| -> rusqlite::Result<Value> { Ok(Value::Integer(row.get(column)?)) };
                    Ok(Row::new(vec![
                        Value::Blob(row.get(0)?),
                        number(1)?,
                        number(2)?,
                        number(3)?,
                        text(4)?,
                        text(5)?,
                        number(6)?,
                    ]))
                })?)
            }),
            Store::Shared { client, check } => {
                Ok(of_postgres(&client.query_one(check, &[&session, &account, &now, &seen_after]).await?))
            }
            Store::Pool(pool) => {
                let client = pool.get().await?;
                let check = client.prepare_cached(CHECK.postgres).await?;
                Ok(of_postgres(&client.query_one(&check, &[&session, &account, &now, &seen_after]).await?))
            }
        }
    }
}

fn of_postgres(row: &tokio_postgres::Row) -> Row {
    let text = |column: usize| -> Value { row.get::<_, Option<String>>(column).into() };
    Row::new(vec![
        Value::Blob(row.get(0)),
        Value::Integer(row.get(1)),
        Value::Integer(row.get::<_, i32>(2).into()),
        Value::Integer(row.get::<_, i32>(3).into()),
        text(4),
        text(5),
        Value::Integer(row.get(6)),
    ])
}
