//! `allowed_outbound_hosts`: where a component may connect to. Nothing else leaves the sandbox.

use std::net::IpAddr;
use std::ops::Range;

/// The allow-list of one component.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowedHosts(Vec<Rule>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    /// `None` is `*`.
    scheme: Option<String>,
    host: Host,
    /// `None` is `*`.
    ports: Option<Range<u32>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Host {
    Any,
    Exact(String),
    /// With its dot: `.example.com`.
    Below(String),
    Network(IpAddr, u8),
}

impl AllowedHosts {
    /// Parses the entries; the error says what is wrong with which.
    pub fn parse<'a>(entries: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        entries.into_iter().map(Rule::parse).collect::<Result<_, _>>().map(Self)
    }

    /// Whether a connection to `host` (as a URL writes it) may be opened.
    pub fn allows(&self, scheme: &str, host: &str, port: Option<u16>) -> bool {
        let host = normal_host(host);
        let Some(port) = port.or_else(|| default_port(scheme)) else { return false };
        self.0.iter().any(|rule| rule.allows(scheme, &host, port))
    }
}

impl Rule {
    fn parse(entry: &str) -> Result<Self, String> {
        let refuse = |why: &str| Err(format!("\"{entry}\" {why}"));
        let Some((scheme, rest)) = entry.trim().split_once("://") else {
            return refuse("has no scheme (write \"https://host\")");
        };
        if scheme != "*" && (scheme.is_empty() || !scheme.chars().all(char::is_alphabetic)) {
            return refuse("has a scheme that is not letters only");
        }
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = split_port(rest);
        let ports = match port {
            Some("*") => None,
            Some(port) => match parse_ports(port) {
                Some(ports) => Some(ports),
                None => return refuse("has a port that is neither a number, a range a..b nor *"),
            },
            None => match default_port(scheme) {
                Some(port) => Some(u32::from(port)..u32::from(port) + 1),
                None => return refuse("has no port, and its scheme has no usual one"),
            },
        };
        let host = match parse_host(host) {
            Ok(host) => host,
            Err(why) => return refuse(why),
        };
        let scheme = (scheme != "*").then(|| scheme.to_owned());
        Ok(Self { scheme, host, ports })
    }

    fn allows(&self, scheme: &str, host: &str, port: u16) -> bool {
        self.scheme.as_deref().is_none_or(|own| own == scheme)
            && self.ports.as_ref().is_none_or(|ports| ports.contains(&u32::from(port)))
            && match &self.host {
                Host::Any => true,
                Host::Exact(own) => own == host,
                Host::Below(suffix) => host.ends_with(suffix) && host.len() > suffix.len(),
                Host::Network(network, bits) => {
                    host.parse().is_ok_and(|address| same_network(*network, address, *bits))
                }
            }
    }
}

/// Splits `host:port`; an IPv6 address stands in brackets.
fn split_port(text: &str) -> (&str, Option<&str>) {
    match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') && (!host.contains(':') || host.ends_with(']')) => (host, Some(port)),
        _ => (text, None),
    }
}

fn parse_ports(text: &str) -> Option<Range<u32>> {
    if let Some((from, to)) = text.split_once("..") {
        let (from, to): (u16, u16) = (from.parse().ok()?, to.parse().ok()?);
        return Some(u32::from(from)..u32::from(to));
    }
    let port = u32::from(text.parse::<u16>().ok()?);
    Some(port..port + 1)
}

fn parse_host(text: &str) -> Result<Host, &'static str> {
    if text == "*" {
        return Ok(Host::Any);
    }
    if text == "self" || text == "self.alt" || text.ends_with(".spin.internal") {
        return Err("is for requests of the application to itself, which this runtime doesn't have");
    }
    if let Some((address, bits)) = text.split_once('/') {
        let address: IpAddr = address.parse().map_err(|_| "has a path, which a host can't have")?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        return match bits.parse() {
            Ok(bits) if bits <= most => Ok(Host::Network(address, bits)),
            _ => Err("is no network in the form address/bits"),
        };
    }
    let (below, name) = match text.strip_prefix("*.") {
        Some(name) => (true, name),
        None => (false, text),
    };
    if name.contains('*') {
        return Err("has a wildcard that is not the first label");
    }
    let name = normal_host(name);
    let is_address = name.parse::<IpAddr>().is_ok();
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'));
    match (below, is_address, is_name) {
        (false, true, _) | (false, _, true) => Ok(Host::Exact(name)),
        (true, false, true) => Ok(Host::Below(format!(".{name}"))),
        _ => Err("has a host that is no name in ASCII and no address"),
    }
}

/// Lower case, without the brackets of an IPv6 address, addresses in their one spelling.
fn normal_host(host: &str) -> String {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    match bare.parse::<IpAddr>() {
        Ok(address) => address.to_string(),
        Err(_) => bare.to_ascii_lowercase(),
    }
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "postgres" | "postgresql" => Some(5432),
        "mysql" => Some(3306),
        "redis" => Some(6379),
        "mqtt" => Some(1883),
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

fn same_network(network: IpAddr, address: IpAddr, bits: u8) -> bool {
    match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
            network.to_bits() & mask == address.to_bits() & mask
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
            network.to_bits() & mask == address.to_bits() & mask
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(entry: &str, scheme: &str, host: &str, port: Option<u16>) -> bool {
        AllowedHosts::parse([entry]).unwrap().allows(scheme, host, port)
    }

    #[test]
    fn without_entries_nothing_is_allowed() {
        assert!(!AllowedHosts::default().allows("https", "example.com", None));
    }

    #[test]
    fn scheme_host_and_port_must_all_match() {
        let entry = "https://sms.example.com";
        assert!(allows(entry, "https", "sms.example.com", None));
        assert!(allows(entry, "https", "SMS.example.COM", Some(443)));
        assert!(!allows(entry, "http", "sms.example.com", None));
        assert!(!allows(entry, "https", "sms.example.com", Some(8443)));
        assert!(!allows(entry, "https", "sms.example.com.evil.org", None));
        assert!(!allows(entry, "https", "example.com", None));
    }

    #[test]
    fn a_subdomain_wildcard_takes_only_names_below() {
        let entry = "https://*.example.com";
        assert!(allows(entry, "https", "a.b.example.com", None));
        assert!(!allows(entry, "https", "example.com", None));
        assert!(!allows(entry, "https", "evilexample.com", None));
        assert!(!allows(entry, "https", ".example.com", None));
    }

    #[test]
    fn ports_can_be_any_or_a_range() {
        assert!(allows("http://127.0.0.1:*", "http", "127.0.0.1", Some(1)));
        assert!(allows("http://a:8000..8002", "http", "a", Some(8001)));
        assert!(!allows("http://a:8000..8002", "http", "a", Some(8002)));
    }

    #[test]
    fn an_address_has_one_spelling() {
        assert!(allows("http://[::1]:80", "http", "[0:0:0:0:0:0:0:1]", None));
        assert!(allows("http://[::1]", "http", "::1", None));
    }

    #[test]
    fn a_network_takes_its_addresses_and_no_names() {
        assert!(allows("postgres://10.1.0.0/16:5432", "postgres", "10.1.2.3", None));
        assert!(!allows("postgres://10.1.0.0/16:5432", "postgres", "10.2.0.1", None));
        assert!(!allows("http://0.0.0.0/0", "http", "example.com", None));
        assert!(allows("http://0.0.0.0/0", "http", "8.8.8.8", None));
    }

    #[test]
    fn everything_can_be_allowed_by_name() {
        assert!(allows("*://*:*", "http", "example.com", None));
        assert!(!allows("*://*:*", "gopher", "example.com", None), "a port is needed");
    }

    #[test]
    fn what_is_no_host_is_refused_with_a_reason() {
        for entry in [
            "*",
            "",
            "example.com",
            "https://",
            "https://a/b",
            "https://a.*.b",
            "https://*.*.b",
            "ht-tp://a:1",
            "https://a:x",
            "foo://a",
            "https://银行.cn",
            "http://self",
            "https://*.1.2.3.4",
            "http://10.0.0.0/40",
            "http://a.spin.internal",
        ] {
            let error = AllowedHosts::parse([entry]).unwrap_err();
            assert!(error.contains(entry), "{error}");
        }
    }
}
