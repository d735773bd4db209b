//! Limits: what one component, and the server as a whole, may take.
//!
//! They stand in `[component.NAME.tool.eport]` and `[application.tool.eport]`, tables that Spin keeps for tools and passes over.

use std::num::NonZeroUsize;
use std::time::Duration;

use serde::{Deserialize, Deserializer, de};

/// `[component.NAME.tool.eport]` as written; [`ComponentLimits::resolve`] fills in the rest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComponentLimits {
    /// Hashes passwords or the like: runs on threads of its own with lower priority, so that it can't delay light requests.
    #[serde(default)]
    pub cpu_bound: bool,
    /// Requests in one instance at once. Default 16, or 1 where `cpu_bound`.
    pub concurrency: Option<usize>,
    /// Live instances at most. Default 4, or the number of cores where `cpu_bound`.
    pub instances: Option<usize>,
    /// Requests that may wait for an instance; one more gets 503. Default 256.
    pub queue: Option<usize>,
    /// Linear memory of one instance. Default 64 MiB.
    pub memory: Option<Size>,
    /// From the start of the request in the component to its response. Default 30 s.
    pub timeout: Option<Span>,
    /// Request body. Default 1 MiB.
    pub body: Option<Size>,
    /// Requests that one instance serves before a fresh one takes its place. Default 100,000.
    pub requests: Option<usize>,
    /// How long an instance without work is kept. Default 10 s, or 1 s where `cpu_bound`: what it computed in is large, and no more needed.
    pub idle: Option<Span>,
    /// Whether a request comes with the headers in which Spin tells of its route (`spin-path-info` and so on). Default `true`. A component that is asked
    /// all the time and reads none of them is spared the copying. `spin-client-addr` and `traceparent` come in any case.
    pub route_headers: Option<bool>,
}

/// The limits of a component, complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// See [`ComponentLimits::cpu_bound`].
    pub cpu_bound: bool,
    /// See [`ComponentLimits::concurrency`].
    pub concurrency: usize,
    /// See [`ComponentLimits::instances`].
    pub instances: usize,
    /// See [`ComponentLimits::queue`].
    pub queue: usize,
    /// Bytes.
    pub memory: usize,
    /// See [`ComponentLimits::timeout`].
    pub timeout: Duration,
    /// Bytes.
    pub body: usize,
    /// See [`ComponentLimits::requests`].
    pub requests: usize,
    /// See [`ComponentLimits::idle`].
    pub idle: Duration,
    /// See [`ComponentLimits::route_headers`].
    pub route_headers: bool,
}

impl ComponentLimits {
    /// These limits with the defaults for a machine of `cores`.
    pub fn resolve(&self, cores: usize) -> Limits {
        let at_least_one = |value: Option<usize>, default: usize| value.unwrap_or(default).max(1);
        Limits {
            cpu_bound: self.cpu_bound,
            concurrency: at_least_one(self.concurrency, if self.cpu_bound { 1 } else { 16 }),
            instances: at_least_one(self.instances, if self.cpu_bound { cores } else { 4 }),
            queue: self.queue.unwrap_or(256),
            memory: self.memory.map_or(64 << 20, |size| size.0),
            timeout: self.timeout.map_or(Duration::from_secs(30), |span| span.0),
            body: self.body.map_or(1 << 20, |size| size.0),
            requests: at_least_one(self.requests, 100_000),
            idle: self.idle.map_or(Duration::from_secs(if self.cpu_bound { 1 } else { 10 }), |span| span.0),
            route_headers: self.route_headers.unwrap_or(true),
        }
    }
}

/// `[application.tool.eport]`: limits of the server as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerLimits {
    /// Header section of a request; past it 431. Default 16 KiB, at most 48 KiB.
    pub headers: Size,
    /// Path and query of a request; past it 414. Default 8 KiB, at most 48 KiB.
    pub url: Size,
    /// Open connections; past it new ones wait in the kernel's backlog. Default 4,096.
    pub connections: usize,
    /// From the wish for a request to its complete header section, the idle time of a kept-alive connection included. Default 30 s.
    pub header_timeout: Span,
    /// For the body of a request to arrive. Default 30 s.
    pub body_timeout: Span,
    /// What is in flight at a stop gets this long. Default 30 s.
    pub shutdown: Span,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            headers: Size(16 << 10),
            url: Size(8 << 10),
            connections: 4096,
            header_timeout: Span(Duration::from_secs(30)),
            body_timeout: Span(Duration::from_secs(30)),
            shutdown: Span(Duration::from_secs(30)),
        }
    }
}

/// How many processors this process may use.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// A number of bytes: an integer, or text such as `"64 MiB"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size(pub usize);

/// A length of time: text such as `"30s"`, `"500ms"`, `"2m"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span(pub Duration);

impl Size {
    fn parse(text: &str) -> Option<Self> {
        let (number, unit) = split_unit(text)?;
        let shift = match unit {
            "" | "B" => 0,
            "KiB" => 10,
            "MiB" => 20,
            "GiB" => 30,
            _ => return None,
        };
        usize::try_from(number).ok()?.checked_mul(1 << shift).map(Self)
    }
}

impl Span {
    fn parse(text: &str) -> Option<Self> {
        let (number, unit) = split_unit(text)?;
        Some(Self(match unit {
            "ms" => Duration::from_millis(number),
            "s" => Duration::from_secs(number),
            "m" | "min" => Duration::from_secs(number.checked_mul(60)?),
            _ => return None,
        }))
    }
}

fn split_unit(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    Some((number.replace('_', "").parse().ok()?, unit.trim()))
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Size;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a number of bytes, such as 65536 or \"64 KiB\"")
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Size, E> {
                usize::try_from(value).map(Size).map_err(|_| E::custom("a size can't be negative"))
            }
            fn visit_str<E: de::Error>(self, value: &str) -> Result<Size, E> {
                Size::parse(value).ok_or_else(|| E::invalid_value(de::Unexpected::Str(value), &self))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Span::parse(&text).ok_or_else(|| {
            de::Error::invalid_value(de::Unexpected::Str(&text), &"a length of time, such as \"30s\" or \"500ms\"")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_component_that_says_nothing_is_light() {
        let limits = ComponentLimits::default().resolve(2);
        assert_eq!((limits.concurrency, limits.instances), (16, 4));
        assert_eq!(limits.timeout, Duration::from_secs(30));
    }

    #[test]
    fn a_cpu_bound_component_takes_one_request_per_core() {
        let limits = ComponentLimits { cpu_bound: true, ..Default::default() }.resolve(2);
        assert_eq!((limits.concurrency, limits.instances), (1, 2));
    }

    #[test]
    fn sizes_and_times_are_written_with_their_unit() {
        let limits: ComponentLimits =
            toml::from_str("memory = \"64 MiB\"\nbody = 1024\ntimeout = \"1500ms\"\nidle = \"2m\"").unwrap();
        assert_eq!(limits.memory, Some(Size(64 << 20)));
        assert_eq!(limits.body, Some(Size(1024)));
        assert_eq!(limits.timeout, Some(Span(Duration::from_millis(1500))));
        assert_eq!(limits.idle, Some(Span(Duration::from_secs(120))));
    }

    #[test]
    fn a_size_or_time_that_makes_no_sense_is_refused() {
        for text in ["memory = \"64 MB\"", "memory = -1", "memory = \"\"", "timeout = 30", "timeout = \"30\""] {
            assert!(toml::from_str::<ComponentLimits>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn no_component_can_be_given_zero_instances() {
        let limits: ComponentLimits = toml::from_str("instances = 0\nconcurrency = 0").unwrap();
        let limits = limits.resolve(2);
        assert_eq!((limits.concurrency, limits.instances), (1, 1));
    }
}
