//! Who is at the other end, as far as a request tells.

use eport_shared::context::Client;
use eport_shared::settings::Settings;
use eport_shared::testing::{Map, at_once};
use http::{HeaderMap, HeaderName, HeaderValue};

fn settings(header: &str) -> Settings {
    at_once(Settings::load(&Map::from([("client_address_header", header.to_owned())]))).unwrap()
}

fn client(header: &str, fields: &[(&str, &str)]) -> Client {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        headers.append(
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            HeaderValue::from_bytes(value.as_bytes()).unwrap(),
        );
    }
    Client::of(&headers, &settings(header))
}

#[test]
fn the_address_is_that_of_the_connection_without_its_port() {
    for (at, address) in [
        ("192.0.2.1:50000", "192.0.2.1"),
        ("[2001:db8::1]:50000", "2001:db8::1"),
        ("[::ffff:192.0.2.1]:50000", "192.0.2.1"),
        ("192.0.2.1", "192.0.2.1"),
    ] {
        assert_eq!(client("", &[("spin-client-addr", at)]).address.as_deref(), Some(address));
    }
    assert_eq!(client("", &[]).address, None);
    assert_eq!(client("", &[("spin-client-addr", "")]).address, None);
    assert_eq!(client("", &[("spin-client-addr", &"x".repeat(65))]).address, None);
}

#[test]
fn a_clients_own_word_about_its_address_counts_for_nothing() {
    let fields = [("spin-client-addr", "192.0.2.1:1"), ("x-forwarded-for", "203.0.113.9")];
    assert_eq!(client("", &fields).address.as_deref(), Some("192.0.2.1"));
    // As Spin hands it on: the client's own first, what Spin saw behind it.
    let fields = [("spin-client-addr", "203.0.113.9:1"), ("spin-client-addr", "192.0.2.1:1")];
    assert_eq!(client("", &fields).address.as_deref(), Some("192.0.2.1"));
}

#[test]
fn behind_a_proxy_its_last_word_counts() {
    for fields in [
        &[("x-forwarded-for", "203.0.113.9, 192.0.2.1")][..],
        &[("x-forwarded-for", "203.0.113.9"), ("x-forwarded-for", "192.0.2.1")],
        &[("x-forwarded-for", "203.0.113.9"), ("x-forwarded-for", "203.0.113.8,192.0.2.1")],
        &[("spin-client-addr", "10.0.0.1:1"), ("x-forwarded-for", " 192.0.2.1 ")],
    ] {
        assert_eq!(client("x-forwarded-for", fields).address.as_deref(), Some("192.0.2.1"), "{fields:?}");
    }
    assert_eq!(client("x-forwarded-for", &[("spin-client-addr", "10.0.0.1:1")]).address, None);
}

#[test]
fn a_device_is_cut_to_two_hundred_characters() {
    assert_eq!(client("", &[("user-agent", "Firefox/150")]).device.as_deref(), Some("Firefox/150"));
    assert_eq!(client("", &[("user-agent", &"x".repeat(5000))]).device.unwrap().len(), 200);
    assert_eq!(client("", &[("user-agent", "浏览器")]).device, None);
}

#[test]
fn a_trace_id_is_thirty_two_hexadecimal_digits() {
    let id = "4bf92f3577b34da6a3ce929d0e0e4736";
    assert_eq!(client("", &[("traceparent", &format!("00-{id}-00f067aa0ba902b7-01"))]).trace_id.as_deref(), Some(id));
    for odd in [
        "",
        "00",
        "00-short-00f067aa0ba902b7-01",
        &format!("00-{}-1-1", "0".repeat(32)),
        &format!("00-{}-1-1", "z".repeat(32)),
        &format!("00-{}-1-1", id.to_uppercase()),
    ] {
        assert_eq!(client("", &[("traceparent", odd)]).trace_id, None, "{odd}");
    }
}
