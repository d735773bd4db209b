//! The address under which a function connects to PostgreSQL.

use eport_shared::postgres::address;
use eport_shared::sql;
use eport_shared::sql::query;
use tokio_postgres::Config;

const LIMIT: &str = "-c idle_in_transaction_session_timeout=10000";

#[test]
fn every_address_gets_the_limit_and_stays_what_it_was() {
    for given in [
        "postgres://eport:secret@db.example:5433/eport",
        "postgresql://eport:secret@db.example:5433/eport",
        "postgres://eport:secret@db.example:5433/eport?application_name=options",
        "postgres://eport:secret@db.example:5433/eport?",
        "postgres://eport:a?options=b@db.example:5433/eport",
        "postgres://eport:secret@db.example:5433/eport?sslmode=require&connect_timeout=3",
        "host=db.example port=5433 user=eport password=secret dbname=eport",
        "host=db.example port=5433 user=eport password=options dbname=eport",
        "host=db.example port=5433 user=eport password='options' dbname=eport",
    ] {
        let before: Config = given.parse().unwrap();
        let mut after: Config = address(given).parse().unwrap();
        assert_eq!(after.get_options(), Some(LIMIT), "{given}");
        let options = before.get_options().unwrap_or_default();
        assert_eq!(after.options(options).get_hosts(), before.get_hosts(), "{given}");
        assert_eq!(
            (after.get_user(), after.get_password(), after.get_dbname(), after.get_ports(), after.get_ssl_mode()),
            (before.get_user(), before.get_password(), before.get_dbname(), before.get_ports(), before.get_ssl_mode()),
            "{given}"
        );
    }
}

#[test]
fn options_of_its_own_are_kept() {
    for given in [
        "postgres://db.example/eport?options=-c%20statement_timeout%3D5000",
        "postgres://db.example/eport?sslmode=require&options=-c%20statement_timeout%3D5000",
        "host=db.example options='-c statement_timeout=5000'",
        "options = '-c statement_timeout=5000' host=db.example",
    ] {
        assert_eq!(address(given), given);
        assert_eq!(given.parse::<Config>().unwrap().get_options(), Some("-c statement_timeout=5000"));
    }
}

#[tokio::test]
async fn a_transaction_that_nobody_goes_on_with_is_ended_by_the_server() {
    let Some(server) = eport_database::testing::postgres() else { return };
    let database = eport_database::open(&address(server.url())).unwrap();
    let limit = sql!("SELECT current_setting('idle_in_transaction_session_timeout')");
    let rows = query(&database, &limit, &[]).await.unwrap();
    assert_eq!(rows[0].get::<String>(0).unwrap(), "10s");
}
