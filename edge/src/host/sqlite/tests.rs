//! The write lock and what a session leaves behind.

use super::*;
use crate::runtime_config::SqliteSettings;
use std::time::Duration;

struct Fixture {
    database: Arc<Database>,
    path: std::path::PathBuf,
    _folder: tempfile::TempDir,
}

impl Fixture {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("main.db");
        let settings = SqliteSettings { path: Some(path.clone()), full_sync: false };
        let database = Arc::new(Database::open("default", settings).unwrap());
        let fixture = Self { database, path, _folder: folder };
        run(&fixture.session(1), "CREATE TABLE t (n INTEGER)").await.unwrap();
        fixture
    }

    fn session(&self, instance: u64) -> Session {
        Session::new(self.database.clone(), instance)
    }

    async fn count(&self) -> i64 {
        match run(&self.session(9), "SELECT count(*) FROM t").await.unwrap().as_slice() {
            [row] => match row.values.as_slice() {
                [Value::Integer(n)] => *n,
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    }
}

async fn run(session: &Session, sql: &str) -> Result<Vec<RowResult>, String> {
    session.run(sql, &[]).await.map(|answer| answer.rows).map_err(|error| format!("{error:?}"))
}

/// `guests` writers, each of which is suspended while it holds the lock: what deadlocks if waiting holds a thread.
async fn write_at_once(fixture: &Fixture, guests: u64) {
    let mut tasks = tokio::task::JoinSet::new();
    for instance in 1..=guests {
        let session = fixture.session(instance);
        tasks.spawn(async move {
            run(&session, "BEGIN IMMEDIATE").await?;
            run(&session, "INSERT INTO t VALUES (1)").await?;
            tokio::time::sleep(Duration::from_millis(2)).await;
            run(&session, "COMMIT").await
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap().unwrap();
    }
    assert_eq!(fixture.count().await, i64::try_from(guests).unwrap());
}

#[tokio::test]
async fn writers_that_are_suspended_take_turns_on_one_thread() {
    write_at_once(&Fixture::new().await, 40).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_that_are_suspended_take_turns_on_two_threads() {
    write_at_once(&Fixture::new().await, 200).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn single_writes_take_turns_too() {
    let fixture = Fixture::new().await;
    let mut tasks = tokio::task::JoinSet::new();
    for instance in 1..=100 {
        let session = fixture.session(instance);
        tasks.spawn(async move { run(&session, "INSERT INTO t VALUES (1)").await });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap().unwrap();
    }
    assert_eq!(fixture.count().await, 100);
}

#[tokio::test]
async fn a_session_that_is_dropped_in_a_transaction_leaves_nothing_and_frees_the_lock() {
    let fixture = Fixture::new().await;
    let session = fixture.session(1);
    run(&session, "BEGIN IMMEDIATE").await.unwrap();
    run(&session, "INSERT INTO t VALUES (1)").await.unwrap();
    drop(session);
    assert_eq!(fixture.count().await, 0);
    run(&fixture.session(2), "INSERT INTO t VALUES (1)").await.unwrap();
    assert_eq!(fixture.count().await, 1);
}

#[tokio::test]
async fn readers_do_not_wait_for_a_writer() {
    let fixture = Fixture::new().await;
    let session = fixture.session(1);
    run(&session, "BEGIN IMMEDIATE").await.unwrap();
    run(&session, "INSERT INTO t VALUES (1)").await.unwrap();
    assert_eq!(fixture.count().await, 0);
    run(&session, "COMMIT").await.unwrap();
    assert_eq!(fixture.count().await, 1);
}

#[tokio::test]
async fn a_plain_transaction_takes_the_lock_with_its_first_write() {
    let fixture = Fixture::new().await;
    let (one, two) = (fixture.session(1), fixture.session(2));
    run(&one, "BEGIN").await.unwrap();
    run(&two, "INSERT INTO t VALUES (1)").await.unwrap();
    run(&one, "INSERT INTO t VALUES (1)").await.unwrap();
    let blocked = tokio::spawn(async move { run(&two, "INSERT INTO t VALUES (1)").await });
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(!blocked.is_finished());
    run(&one, "COMMIT").await.unwrap();
    blocked.await.unwrap().unwrap();
    assert_eq!(fixture.count().await, 3);
}

#[tokio::test]
async fn a_statement_that_fails_outside_of_a_transaction_frees_the_lock() {
    let fixture = Fixture::new().await;
    let (one, two) = (fixture.session(1), fixture.session(2));
    run(&one, "CREATE UNIQUE INDEX u ON t (n)").await.unwrap();
    run(&one, "INSERT INTO t VALUES (1)").await.unwrap();
    assert!(run(&one, "INSERT INTO t VALUES (1)").await.unwrap_err().contains("UNIQUE"));
    run(&two, "INSERT INTO t VALUES (2)").await.unwrap();
}

#[tokio::test]
async fn the_wait_for_the_lock_ends() {
    let fixture = Fixture::new().await;
    let (one, two) = (fixture.session(1), fixture.session(2));
    run(&one, "BEGIN IMMEDIATE").await.unwrap();
    let soon = tokio::time::Instant::now() + Duration::from_millis(20);
    let error = fixture.database.lock(2, soon).await.err();
    assert!(matches!(error, Some(Error::Io(text)) if text.contains("locked")));
    run(&one, "COMMIT").await.unwrap();
    run(&two, "INSERT INTO t VALUES (1)").await.unwrap();
}

#[tokio::test]
async fn looking_after_the_file_leaves_the_connections_alone() {
    let fixture = Fixture::new().await;
    let writer = fixture.session(1);
    run(&writer, "INSERT INTO t SELECT randomblob(1000000) FROM (VALUES (1), (2), (3), (4), (5))").await.unwrap();
    drop(writer);
    let before = fixture.database.connections();
    let log = std::fs::metadata(fixture.path.with_extension("db-wal")).unwrap().len();
    fixture.database.tend();
    assert_eq!(fixture.database.connections(), before);
    assert!(log > 4 << 20);
    assert!(std::fs::metadata(&fixture.path).unwrap().len() > 4 << 20, "the log was moved into the file");
}

#[tokio::test]
async fn a_blocking_call_does_not_wait_for_its_own_instance() {
    let fixture = Fixture::new().await;
    let (one, two) = (fixture.session(7), fixture.session(7));
    run(&one, "BEGIN IMMEDIATE").await.unwrap();
    let error = two.run_blocking_the_instance("INSERT INTO t VALUES (1)", &[]).await.unwrap_err();
    assert!(format!("{error:?}").contains("execute-async"));
}

#[tokio::test]
async fn the_lock_of_another_process_is_waited_for() {
    let fixture = Fixture::new().await;
    let other = rusqlite::Connection::open(&fixture.path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let session = fixture.session(1);
    let write = tokio::spawn(async move { run(&session, "INSERT INTO t VALUES (1)").await });
    tokio::time::sleep(Duration::from_millis(30)).await;
    assert!(!write.is_finished());
    other.execute_batch("ROLLBACK").unwrap();
    write.await.unwrap().unwrap();
}

#[tokio::test]
async fn what_a_session_did_to_its_connection_is_not_seen_by_the_next() {
    let fixture = Fixture::new().await;
    let session = fixture.session(1);
    run(&session, "CREATE TEMP TABLE private (n INTEGER)").await.unwrap();
    drop(session);
    assert!(run(&fixture.session(2), "SELECT * FROM private").await.is_err());
    let session = fixture.session(1);
    run(&session, "PRAGMA foreign_keys = OFF").await.unwrap();
    drop(session);
    let rows = run(&fixture.session(2), "PRAGMA foreign_keys").await.unwrap();
    assert!(matches!(rows[0].values[0], Value::Integer(1)));
}

#[tokio::test]
async fn other_files_and_the_journal_mode_are_out_of_reach() {
    let fixture = Fixture::new().await;
    let session = fixture.session(1);
    let stranger = format!("ATTACH '{}' AS x", fixture.path.with_file_name("other.db").display());
    assert!(run(&session, &stranger).await.unwrap_err().contains("not authorized"));
    assert!(run(&session, "PRAGMA journal_mode = DELETE").await.is_err());
    run(&session, "ATTACH ':memory:' AS scratch").await.unwrap();
}

#[tokio::test]
async fn a_statement_that_runs_too_long_is_interrupted() {
    let fixture = Fixture::new().await;
    let endless = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c";
    let error = run(&fixture.session(1), endless).await.unwrap_err();
    assert!(error.contains("interrupted"), "{error}");
}

#[tokio::test]
async fn values_come_back_as_they_went_in() {
    let fixture = Fixture::new().await;
    let values = [
        Value::Integer(i64::MIN),
        Value::Real(0.5),
        Value::Text("口岸".into()),
        Value::Blob(vec![0, 255]),
        Value::Null,
    ];
    let answer = fixture.session(1).run("SELECT ?1 AS a, ?2, ?3, ?4, ?5", &values).await.unwrap();
    assert_eq!(answer.columns[0], "a");
    assert_eq!(format!("{:?}", answer.rows[0].values), format!("{values:?}"));
}

#[tokio::test]
async fn the_number_of_parameters_must_fit() {
    let fixture = Fixture::new().await;
    assert!(run(&fixture.session(1), "SELECT ?1").await.is_err());
}

#[tokio::test]
async fn changes_and_rowid_are_those_of_the_last_statement() {
    let fixture = Fixture::new().await;
    let session = fixture.session(1);
    run(&session, "INSERT INTO t VALUES (1), (2)").await.unwrap();
    assert_eq!((session.changes(), session.last_insert_rowid()), (2, 2));
}
