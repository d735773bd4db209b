//! What a browser may do with the page.

use http::{HeaderMap, HeaderName, HeaderValue, header};

/// What the page may load and reach: itself, and the card's programs on the person's machine (specification §6): the card bridge on one of
/// its ten ports, and the port's own client control. No script but the files', no style but theirs, no frame around it.
///
/// A page's own WebSockets aren't asked for: it has none to its server.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; \
    font-src 'self'; connect-src 'self' \
    http://127.0.0.1:24817 http://127.0.0.1:24818 http://127.0.0.1:24819 http://127.0.0.1:24820 http://127.0.0.1:24821 \
    http://127.0.0.1:24822 http://127.0.0.1:24823 http://127.0.0.1:24824 http://127.0.0.1:24825 http://127.0.0.1:24826 \
    ws://127.0.0.1:24817 ws://127.0.0.1:24818 ws://127.0.0.1:24819 ws://127.0.0.1:24820 ws://127.0.0.1:24821 \
    ws://127.0.0.1:24822 ws://127.0.0.1:24823 ws://127.0.0.1:24824 ws://127.0.0.1:24825 ws://127.0.0.1:24826 \
    ws://127.0.0.1:61232; \
    manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'";

/// What the page has no use for is off for it and for whatever it might come to frame; the way to the card is its own alone.
const PERMISSIONS_POLICY: &str = "local-network-access=(self), loopback-network=(self), camera=(), microphone=(), geolocation=(), \
    payment=(), usb=(), serial=(), hid=(), midi=(), accelerometer=(), gyroscope=(), magnetometer=(), \
    display-capture=(), publickey-credentials-get=()";

/// What every answer carries.
const ALWAYS: [(HeaderName, &str); 2] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// What a browser takes from the page and from whatever else it could show by itself: not from scripts and styles, which the page's own
/// policy is over, and of which there are many.
const DOCUMENTS: [(HeaderName, &str); 4] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS_POLICY),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Puts the policy into an answer's header.
pub fn apply(headers: &mut HeaderMap) {
    let content_type = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let part = content_type.starts_with(b"text/javascript") || content_type.starts_with(b"text/css");
    let documents = if part { &[][..] } else { &DOCUMENTS[..] };
    for (name, value) in ALWAYS.iter().chain(documents) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
