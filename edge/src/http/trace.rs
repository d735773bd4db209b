//! W3C Trace Context: a request's `traceparent` is passed on, or made where there is none.

use std::cell::Cell;
use std::fmt::Write as _;

use http::HeaderMap;

/// The trace that a request belongs to, and the id of the request in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// 32 lower-case hexadecimal digits.
    pub trace_id: String,
    /// 16 of them: this request.
    pub request_id: String,
    sampled: bool,
}

impl Trace {
    /// The trace of a request with these headers.
    pub fn of(headers: &HeaderMap) -> Self {
        let request_id = format!("{:016x}", random());
        let given = headers.get("traceparent").and_then(|value| value.to_str().ok()).and_then(parse);
        match given {
            Some((trace_id, sampled)) => Self { trace_id: trace_id.to_owned(), request_id, sampled },
            None => {
                let mut trace_id = format!("{:016x}", random());
                let _ = write!(trace_id, "{:016x}", random());
                Self { trace_id, request_id, sampled: false }
            }
        }
    }

    /// The header for the component: this request is the parent of what the component does.
    pub fn header(&self) -> String {
        format!("00-{}-{}-0{}", self.trace_id, self.request_id, u8::from(self.sampled))
    }
}

/// Trace id and sampled flag of a `traceparent` (version 00 and later ones, whose first four fields are the same).
fn parse(value: &str) -> Option<(&str, bool)> {
    let mut fields = value.split('-');
    let (version, trace_id, parent, flags) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    let hex = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    let zero = |text: &str| text.bytes().all(|b| b == b'0');
    let known = hex(version, 2)
        && version != "ff"
        && (version != "00" || fields.next().is_none())
        && hex(trace_id, 32)
        && hex(parent, 16)
        && hex(flags, 2)
        && !zero(trace_id)
        && !zero(parent);
    let sampled = u8::from_str_radix(flags, 16).is_ok_and(|flags| flags & 1 == 1);
    known.then_some((trace_id, sampled))
}

/// A non-zero number that differs from all others in this process; not secret (SplitMix64, seeded from the system per thread).
fn random() -> u64 {
    thread_local!(static STATE: Cell<u64> = Cell::new(seed()));
    STATE.with(|state| {
        let next = state.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        state.set(next);
        let mut z = next;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)).max(1)
    })
}

fn seed() -> u64 {
    use ring::rand::SecureRandom as _;
    let mut bytes = [0; 8];
    // Without a random source the address of a local still differs from thread to thread.
    match ring::rand::SystemRandom::new().fill(&mut bytes) {
        Ok(()) => u64::from_le_bytes(bytes),
        Err(_) => std::ptr::from_ref(&bytes).addr() as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(value: &'static str) -> Trace {
        let mut headers = HeaderMap::new();
        headers.insert("traceparent", http::HeaderValue::from_static(value));
        Trace::of(&headers)
    }

    const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    #[test]
    fn a_trace_goes_on_with_this_request_as_the_parent() {
        let trace = trace("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        assert_eq!(trace.trace_id, ID);
        assert_ne!(trace.request_id, "00f067aa0ba902b7");
        assert_eq!(trace.header(), format!("00-{ID}-{}-01", trace.request_id));
    }

    #[test]
    fn a_later_version_is_read_as_far_as_it_is_known() {
        assert_eq!(trace("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00-more").trace_id, ID);
    }

    #[test]
    fn a_header_that_is_wrong_starts_a_new_trace() {
        for value in [
            "",
            "00",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        ] {
            let trace = trace(value);
            assert_ne!(trace.trace_id, ID, "{value}");
            assert_eq!(trace.trace_id.len(), 32);
        }
    }
}
