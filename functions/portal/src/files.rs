//! What the page's build wrote.

/// One file, in each encoding that it is kept in.
#[derive(Debug, Clone, Copy)]
pub struct File {
    /// Where it is found, from the root: `/assets/index-B2x9.js`.
    pub path: &'static str,
    /// Its media type.
    pub content_type: &'static str,
    /// A digest of its content, without quotes.
    pub etag: &'static str,
    /// Whether its name changes with its content, so that it can be kept for good.
    pub immutable: bool,
    /// As it is.
    pub identity: &'static [u8],
    /// For who takes `gzip`; none where it would be no smaller.
    pub gzip: Option<&'static [u8]>,
    /// For who takes `br`; none where it would be no smaller.
    pub br: Option<&'static [u8]>,
}

/// All of them, by path.
pub static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// The file at `path`.
pub fn find(path: &str) -> Option<&'static File> {
    FILES.binary_search_by(|file| file.path.cmp(path)).ok().and_then(|at| FILES.get(at))
}

/// The page itself.
pub fn index() -> Option<&'static File> {
    find("/index.html")
}

impl File {
    /// The bytes for a client that takes these encodings (RFC 9110 §12.5.3), and the encoding's name where it isn't identity.
    pub fn encoded(&self, accept_encoding: &str) -> (&'static [u8], Option<&'static str>) {
        match (self.br, self.gzip) {
            (Some(br), _) if takes(accept_encoding, "br") => (br, Some("br")),
            (_, Some(gzip)) if takes(accept_encoding, "gzip") => (gzip, Some("gzip")),
            _ => (self.identity, None),
        }
    }
}

/// Whether a list of codings names this one, or any, without giving it a weight of zero.
fn takes(accept_encoding: &str, coding: &str) -> bool {
    let weight = |name: &str| {
        accept_encoding.split(',').find_map(|part| {
            let mut parts = part.split(';').map(str::trim);
            parts.next().filter(|given| given.eq_ignore_ascii_case(name))?;
            Some(parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0))
        })
    };
    weight(coding).or_else(|| weight("*")).is_some_and(|weight| weight > 0.0)
}
