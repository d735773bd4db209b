//! Counters, and their text for Prometheus (exposition format 0.0.4).

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Upper bounds of the buckets for the time of a request, in microseconds.
const REQUEST_BOUNDS: [u64; 12] =
    [250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 10_000_000];

/// Upper bounds of the buckets for the time of an instantiation, in microseconds.
const INSTANTIATION_BOUNDS: [u64; 12] = [5, 10, 15, 20, 25, 35, 50, 75, 100, 250, 1_000, 10_000];

/// A histogram over fixed bounds.
#[derive(Debug)]
pub struct Histogram {
    bounds: &'static [u64; 12],
    buckets: [AtomicU64; 13],
    sum: AtomicU64,
}

impl Histogram {
    fn new(bounds: &'static [u64; 12]) -> Self {
        Self { bounds, buckets: Default::default(), sum: AtomicU64::new(0) }
    }

    /// Counts one observation.
    pub fn record(&self, duration: Duration) {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let bucket = self.bounds.partition_point(|bound| *bound < micros);
        if let Some(bucket) = self.buckets.get(bucket) {
            bucket.fetch_add(1, Relaxed);
        }
        self.sum.fetch_add(micros, Relaxed);
    }

    fn write(&self, out: &mut String, name: &str, labels: &str) {
        let mut total = 0;
        for (count, bound) in self.buckets.iter().zip(self.bounds) {
            total += count.load(Relaxed);
            let bound = seconds(*bound);
            let _ = writeln!(out, "{name}_bucket{{{labels},le=\"{bound}\"}} {total}");
        }
        total += self.buckets.last().map_or(0, |count| count.load(Relaxed));
        let _ = writeln!(out, "{name}_bucket{{{labels},le=\"+Inf\"}} {total}");
        let _ = writeln!(out, "{name}_sum{{{labels}}} {}", seconds(self.sum.load(Relaxed)));
        let _ = writeln!(out, "{name}_count{{{labels}}} {total}");
    }
}

fn seconds(micros: u64) -> f64 {
    Duration::from_micros(micros).as_secs_f64()
}

/// What is counted for one component.
#[derive(Debug)]
pub struct ComponentMetrics {
    /// Answers by the first digit of their status.
    classes: [AtomicU64; 5],
    /// Time from the complete request to the head of its answer.
    pub requests: Histogram,
    /// Time to make an instance.
    pub instantiations: Histogram,
    /// Instances that ended in a trap.
    pub traps: AtomicU64,
    /// Requests without an answer in time.
    pub timeouts: AtomicU64,
    /// Requests turned away with 503.
    pub rejected: AtomicU64,
    /// Requests that went to a fresh instance because a neighbour's trap took theirs.
    pub retried: AtomicU64,
}

impl Default for ComponentMetrics {
    fn default() -> Self {
        Self {
            classes: Default::default(),
            requests: Histogram::new(&REQUEST_BOUNDS),
            instantiations: Histogram::new(&INSTANTIATION_BOUNDS),
            traps: AtomicU64::new(0),
            timeouts: AtomicU64::new(0),
            rejected: AtomicU64::new(0),
            retried: AtomicU64::new(0),
        }
    }
}

impl ComponentMetrics {
    /// Counts an answer.
    pub fn answered(&self, status: u16, duration: Duration) {
        let class = usize::from(status / 100).clamp(1, 5) - 1;
        if let Some(count) = self.classes.get(class) {
            count.fetch_add(1, Relaxed);
        }
        self.requests.record(duration);
    }
}

/// One component at the moment of a scrape.
pub struct ComponentSample<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its counters.
    pub metrics: &'a ComponentMetrics,
    /// Instances alive.
    pub instances: usize,
    /// Requests waiting for one.
    pub queued: usize,
}

/// One database at the moment of a scrape.
pub struct DatabaseSample {
    /// `sqlite` or `postgres`.
    pub kind: &'static str,
    /// Its label in the manifest, or a number for servers.
    pub name: String,
    /// Connections in use.
    pub busy: usize,
    /// Connections open and waiting for use.
    pub idle: usize,
}

/// The text of a scrape. `connections` are those open now, `unmatched` the requests that no route took.
pub fn render(
    components: &[ComponentSample<'_>],
    databases: &[DatabaseSample],
    connections: usize,
    unmatched: u64,
) -> String {
    let mut out = String::with_capacity(4096);
    let mut family = |name: &str, kind: &str, help: &str, rows: &dyn Fn(&mut String, &str)| {
        let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
        rows(&mut out, name);
    };
    family("eport_requests_total", "counter", "Requests by component and class of status.", &|out, name| {
        for sample in components {
            for (class, count) in (1..).zip(&sample.metrics.classes) {
                let (component, count) = (sample.name, count.load(Relaxed));
                let _ = writeln!(out, "{name}{{component=\"{component}\",class=\"{class}xx\"}} {count}");
            }
        }
    });
    family(
        "eport_request_duration_seconds",
        "histogram",
        "From the complete request to the head of its answer.",
        &|out, name| {
            for sample in components {
                sample.metrics.requests.write(out, name, &format!("component=\"{}\"", sample.name));
            }
        },
    );
    family("eport_instantiation_seconds", "histogram", "Time to make an instance.", &|out, name| {
        for sample in components {
            sample.metrics.instantiations.write(out, name, &format!("component=\"{}\"", sample.name));
        }
    });
    type Value = fn(&ComponentSample<'_>) -> u64;
    let values: [(&str, &str, &str, Value); 6] = [
        ("eport_instances", "gauge", "Instances alive.", |s| s.instances as u64),
        ("eport_queued_requests", "gauge", "Requests waiting for an instance.", |s| s.queued as u64),
        ("eport_traps_total", "counter", "Instances that ended in a trap.", |s| s.metrics.traps.load(Relaxed)),
        ("eport_timeouts_total", "counter", "Requests not answered in time.", |s| s.metrics.timeouts.load(Relaxed)),
        ("eport_rejected_total", "counter", "Requests turned away because the queue was full.", |s| {
            s.metrics.rejected.load(Relaxed)
        }),
        ("eport_retried_total", "counter", "Requests moved to a fresh instance after a neighbour's trap.", |s| {
            s.metrics.retried.load(Relaxed)
        }),
    ];
    for (name, kind, help, value) in values {
        family(name, kind, help, &|out, name| {
            for sample in components {
                let _ = writeln!(out, "{name}{{component=\"{}\"}} {}", sample.name, value(sample));
            }
        });
    }
    family("eport_database_connections", "gauge", "Database connections by state.", &|out, name| {
        for DatabaseSample { kind, name: database, busy, idle } in databases {
            let _ = writeln!(out, "{name}{{kind=\"{kind}\",database=\"{database}\",state=\"busy\"}} {busy}");
            let _ = writeln!(out, "{name}{{kind=\"{kind}\",database=\"{database}\",state=\"idle\"}} {idle}");
        }
    });
    family("eport_connections", "gauge", "Open client connections.", &|out, name| {
        let _ = writeln!(out, "{name} {connections}");
    });
    family("eport_unmatched_requests_total", "counter", "Requests that no component answered.", &|out, name| {
        let _ = writeln!(out, "{name} {unmatched}");
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_counts_each_observation_in_every_bucket_above_it() {
        let metrics = ComponentMetrics::default();
        metrics.answered(200, Duration::from_micros(250));
        metrics.answered(503, Duration::from_micros(251));
        metrics.answered(999, Duration::from_secs(60));
        let sample = ComponentSample { name: "me", metrics: &metrics, instances: 2, queued: 1 };
        let text = render(&[sample], &[], 3, 4);
        for line in [
            "eport_request_duration_seconds_bucket{component=\"me\",le=\"0.00025\"} 1",
            "eport_request_duration_seconds_bucket{component=\"me\",le=\"0.0005\"} 2",
            "eport_request_duration_seconds_bucket{component=\"me\",le=\"+Inf\"} 3",
            "eport_request_duration_seconds_count{component=\"me\"} 3",
            "eport_requests_total{component=\"me\",class=\"2xx\"} 1",
            "eport_requests_total{component=\"me\",class=\"5xx\"} 2",
            "eport_instances{component=\"me\"} 2",
            "eport_connections 3",
            "eport_unmatched_requests_total 4",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
}
