//! What a statement does to its connection, which addresses a component may use, and on a real server who shares a connection with whom.

use super::session::{Effect, Session, effect};
use super::*;
use crate::outbound::AllowedHosts;

#[test]
fn transactions_are_recognised_by_their_first_word() {
    for (sql, expected) in [
        ("BEGIN", Effect::Begins),
        ("  begin isolation level serializable", Effect::Begins),
        ("START TRANSACTION", Effect::Begins),
        ("COMMIT", Effect::Ends),
        ("commit;", Effect::Ends),
        ("ROLLBACK", Effect::Ends),
        ("ROLLBACK TO one", Effect::None),
        ("ROLLBACK WORK TO SAVEPOINT one", Effect::None),
        ("COMMIT AND CHAIN", Effect::Changes),
        ("SAVEPOINT one", Effect::None),
        ("SELECT 1", Effect::None),
        ("with x as (select 1) select * from x", Effect::None),
        ("CREATE TABLE t (n int)", Effect::None),
        ("CREATE TEMP TABLE t (n int)", Effect::Changes),
        ("SET LOCAL lock_timeout = 1", Effect::None),
        ("SET search_path = x", Effect::Changes),
        ("/* hidden */ BEGIN", Effect::Changes),
        ("-- hidden\nBEGIN", Effect::Changes),
        ("DO $$ BEGIN END $$", Effect::Changes),
    ] {
        assert_eq!(effect(sql), expected, "{sql}");
    }
}

#[test]
fn every_host_of_an_address_must_be_allowed() {
    let allowed = AllowedHosts::parse(["postgres://db.example:5432"]).unwrap();
    let check = |address: &str| pool::parse(address).and_then(|config| pool::check_hosts(&config, &allowed));
    assert!(check("postgres://u:p@db.example/x").is_ok());
    assert!(check("host=db.example port=5432 user=u").is_ok());
    for address in [
        "postgres://u@other.example/x",
        "postgres://u@db.example:6432/x",
        "postgres://u@db.example,evil.example/x",
        "postgres://u@%2Fvar%2Frun%2Fpostgresql/x",
        "host=db.example hostaddr=10.0.0.1 user=u",
        "user=u",
        "not an address",
    ] {
        assert!(check(address).is_err(), "{address}");
    }
}

#[test]
fn an_address_that_is_refused_does_not_show_its_password() {
    let allowed = AllowedHosts::default();
    let config = pool::parse("postgres://u:hunter2@db.example/x").unwrap();
    let error = format!("{:?}", pool::check_hosts(&config, &allowed).unwrap_err());
    assert!(!error.contains("hunter2"), "{error}");
    let error = format!("{:?}", pool::parse("postgres://u:hunter2@db.example:port/x").unwrap_err());
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn statements_that_only_read_are_told_by_their_words() {
    for (sql, expected) in [
        ("SELECT a FROM t WHERE b = $1", true),
        ("  select count(*) from t", true),
        ("SELECT a FROM t WHERE b = $1 FOR UPDATE", false),
        ("SELECT a FROM t for no key update", false),
        ("SELECT a INTO u FROM t", false),
        ("SELECT pg_advisory_lock(1)", false),
        ("SELECT SET_CONFIG('a', 'b', false)", false),
        ("SELECT NEXTVAL('s')", false),
        ("WITH x AS (DELETE FROM t RETURNING a) SELECT a FROM x", false),
        ("INSERT INTO t SELECT a FROM u", false),
        ("(SELECT 1)", true),
        ("", false),
    ] {
        assert_eq!(shared::only_reads(sql), expected, "{sql}");
    }
}

/// An empty database, one lane, and sessions on it.
struct World {
    database: eport_database::testing::TestDatabase,
    threads: crate::threads::Threads,
    pools: Arc<Pools>,
}

impl World {
    /// None where no server can be started.
    fn new(connections: usize) -> Option<Self> {
        let database = eport_database::testing::empty_postgres()?;
        let threads = crate::threads::Threads::start(1, false).unwrap();
        let pools = Arc::new(Pools::new(connections, threads.runtimes().unwrap().lanes));
        Some(Self { database, threads, pools })
    }

    /// Runs `work` on the lane, as a request is.
    fn on_lane<A: Future<Output = ()> + Send + 'static>(&self, work: impl FnOnce(Connect) -> A) {
        let (pools, url) = (self.pools.clone(), self.database.url().to_owned());
        let lane = self.threads.runtimes().unwrap().lanes.runtime(0);
        lane.block_on(lane.spawn(work(Connect { pools, url }))).unwrap();
    }
}

/// Opens sessions.
struct Connect {
    pools: Arc<Pools>,
    url: String,
}

impl Connect {
    async fn open(&self) -> Session {
        let allowed = AllowedHosts::parse(["postgres://*:*"]).unwrap();
        Session::open(self.pools.of(&self.url, None, &allowed).unwrap()).await.unwrap()
    }

    /// Connections in use, and connections waiting for use.
    fn connections(&self) -> (usize, usize) {
        self.pools.connections().into_iter().next().unwrap_or_default()
    }
}

async fn run(session: &Session, sql: &str) {
    session.execute(sql.to_owned(), Vec::new()).await.unwrap();
}

/// The number that a query answers with.
async fn number(session: &Session, sql: &str) -> i64 {
    let (_, rows) = session.query(sql.to_owned(), Vec::new()).await.unwrap();
    match rows.first().and_then(|row| row.first()) {
        Some(DbValue::Int64(number)) => *number,
        other => panic!("not a number: {other:?}"),
    }
}

#[test]
fn those_who_only_read_share_a_connection_and_who_writes_gets_one_of_its_own() {
    let Some(world) = World::new(8) else { return };
    world.on_lane(|connect| async move {
        let sessions = [connect.open().await, connect.open().await, connect.open().await];
        let [one, two, three] = &sessions;
        let read = "SELECT COUNT(*) FROM GENERATE_SERIES(1, 3)";
        assert!(futures::join!(number(one, read), number(two, read), number(three, read)).0 > 0);
        assert_eq!(connect.connections(), (0, 1));
        run(one, "CREATE TABLE t (n BIGINT)").await;
        assert_eq!(connect.connections(), (1, 1));
        run(one, "BEGIN").await;
        run(one, "INSERT INTO t VALUES (1)").await;
        let count = "SELECT COUNT(*) FROM t";
        assert_eq!((number(one, count).await, number(two, count).await), (1, 0));
        drop(sessions);
        // Its transaction is ended behind the session's back.
        let after = connect.open().await;
        run(&after, "INSERT INTO t VALUES (2)").await;
        assert_eq!(number(&after, count).await, 1);
        drop(after);
        assert_eq!(connect.connections().0, 0);
    });
}

#[test]
fn a_slow_reader_holds_up_nobody_who_comes_later() {
    let Some(world) = World::new(8) else { return };
    world.on_lane(|connect| async move {
        let (slow, quick) = (connect.open().await, connect.open().await);
        let mut long = std::pin::pin!(number(&slow, "SELECT COUNT(*) FROM GENERATE_SERIES(1, 30000000)"));
        let short = async {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            number(&quick, "SELECT COUNT(*) FROM GENERATE_SERIES(1, 3)").await
        };
        tokio::select! {
            biased;
            _ = &mut long => panic!("the slow statement answered first"),
            found = short => assert!(found > 0),
        }
        assert_eq!(connect.connections(), (2, 0));
        assert_eq!(long.await, 30_000_000);
    });
}

#[test]
fn a_reader_that_is_gone_leaves_its_answer_to_nobody() {
    let Some(world) = World::new(8) else { return };
    world.on_lane(|connect| async move {
        let (gone, next) = (connect.open().await, connect.open().await);
        let begun = number(&gone, "SELECT COUNT(*) FROM GENERATE_SERIES(1, 1000000)");
        assert!(tokio::time::timeout(std::time::Duration::from_millis(1), begun).await.is_err());
        drop(gone);
        assert_eq!(number(&next, "SELECT COUNT(*) FROM GENERATE_SERIES(1, 7)").await, 7);
    });
}

#[test]
fn a_shared_connection_that_the_server_closed_is_opened_again() {
    let Some(world) = World::new(8) else { return };
    world.on_lane(|connect| async move {
        let read = "SELECT COUNT(*) FROM GENERATE_SERIES(1, 3)";
        assert!(number(&connect.open().await, read).await > 0);
        let other = connect.open().await;
        let end = "SELECT COUNT(PG_TERMINATE_BACKEND(pid)) FROM PG_STAT_ACTIVITY \
                   WHERE pid <> PG_BACKEND_PID() AND datname = CURRENT_DATABASE()";
        assert_eq!(number(&other, end).await, 1);
        for _ in 0..100 {
            if connect.open().await.query(read.to_owned(), Vec::new()).await.is_ok() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("nobody opened it again");
    });
}

#[test]
fn where_only_few_connections_may_be_open_nobody_shares_one() {
    let Some(world) = World::new(1) else { return };
    world.on_lane(|connect| async move {
        let session = connect.open().await;
        assert!(number(&session, "SELECT COUNT(*) FROM GENERATE_SERIES(1, 3)").await > 0);
        assert_eq!(connect.connections(), (1, 0));
        run(&session, "BEGIN").await;
        run(&session, "COMMIT").await;
        drop(session);
        assert_eq!(connect.connections(), (0, 1));
    });
}
