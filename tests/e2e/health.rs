//! Health, with the database there and away.

use std::net::ToSocketAddrs as _;
use std::time::{Duration, Instant};

use eport_database::testing;
use eport_schema::routes::ROUTES;
use eport_schema::wire::Health;
use eport_tests::gateway::Road;
use eport_tests::{On, Site, on_both};

on_both![every_component_says_that_it_is_well];

fn paths() -> impl Iterator<Item = (&'static str, &'static str)> {
    ROUTES.iter().filter(|route| route.path.starts_with("/v1/health")).map(|route| (route.path, route.component))
}

fn every_component_says_that_it_is_well(on: On) {
    let site = Site::new(on);
    assert!(paths().count() >= 6);
    for (path, component) in paths() {
        let health: Health = site.get(path).send().ok(200);
        assert_eq!((health.status.as_str(), health.component.as_str()), ("ok", component));
        assert!(!health.version.is_empty());
    }
}

#[test]
fn without_its_database_the_service_says_503_and_is_well_again_when_it_is_back() {
    if !On::Postgres.is_here() {
        return;
    }
    let database = testing::empty_postgres().unwrap();
    let (credentials, rest) = database.url().split_once('@').unwrap();
    let (host, name) = rest.split_once('/').unwrap();
    let mut road = Road::open_to(host.to_socket_addrs().unwrap().next().unwrap());
    let mut site = Site::on_url(&format!("{credentials}@{}/{name}", road.address()), &[]);
    site.expect_trouble("database");
    site.expect_trouble("connect");
    let member = site.join();

    road.close();
    // The page is files that were built with it.
    for (path, _) in paths().filter(|(_, component)| *component != "portal") {
        let start = Instant::now();
        let problem = site.get(path).send().refused(503, "service.database_unavailable");
        assert_eq!(problem.retry, "later");
        assert!(start.elapsed() < Duration::from_secs(10), "{path} took {:?}", start.elapsed());
    }
    site.get("/v1/me").token(&member.token).send().refused(503, "service.database_unavailable");
    site.ask_for_code(&member.person.phone, "login").refused(503, "service.database_unavailable");
    site.try_password(&member.person.username, &member.person.password).refused(503, "service.database_unavailable");
    // What needs no database is there all the same.
    assert_eq!(site.get("/.well-known/jwks.json").send().status, 200);
    assert_eq!(site.get("/openapi.json").send().status, 200);

    road.open();
    let back = Instant::now();
    for (path, _) in paths() {
        while site.get(path).send().status != 200 {
            assert!(back.elapsed() < Duration::from_secs(15), "{path} is not well again");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    assert_eq!(site.me(&member.token).id, member.account);
    site.join();
}
