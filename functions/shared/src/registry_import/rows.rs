//! Where a row ends, in bytes: what cuts a file into parts, and what keeps a quote that nobody closed from swallowing the rows behind it.
//!
//! In UTF-8 and in GB 18030 the bytes of a quote, a comma and a line break stand for nothing else.

/// The longest row over several lines, in bytes: the longest fields in four bytes a character, and three times as much in other columns. A row
/// that goes on is a quote that nobody closed.
const LONGEST: usize = 64 << 10;

/// How the row at the beginning of some bytes ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// After so many bytes, its line break included.
    Whole(usize),
    /// It goes over several lines, and its quotes are not as RFC 4180 §2 has them: only its first line, of so many bytes, is sure to be of it.
    Broken(usize),
    /// The bytes end before it does, outside quotes.
    Unfinished,
    /// The bytes end inside its quotes; its first line has so many bytes.
    Open(usize),
}

/// How the row that `bytes` begin with ends. A row of one line may have quotes in odd places; the reader takes them as they are.
pub(super) fn end(bytes: &[u8]) -> End {
    // `odd`: a quote within plain text, or text behind a closing quote. `closed`: the byte before was a closing quote, or the first of two.
    let (mut quoted, mut closed, mut odd) = (false, false, false);
    let mut first_line = None;
    let mut previous = b'\n';
    for (position, byte) in bytes.iter().enumerate() {
        let after = position.saturating_add(1);
        let was_closed = std::mem::take(&mut closed);
        // As the reader has it, a carriage return alone breaks the line, too.
        let breaks = *byte == b'\n' || (*byte == b'\r' && bytes.get(after).is_some_and(|next| *next != b'\n'));
        match byte {
            b'"' if quoted => (quoted, closed) = (false, true),
            b'"' if was_closed || matches!(previous, b',' | b'\n' | b'\r') => quoted = true,
            b'"' => odd = true,
            _ if breaks && !quoted => return End::Whole(after),
            _ if breaks => {
                let line = *first_line.get_or_insert(after);
                if after > LONGEST {
                    return End::Broken(line);
                }
            }
            b',' | b'\r' => {}
            _ => odd |= was_closed,
        }
        if let (true, Some(line)) = (odd, first_line) {
            return End::Broken(line);
        }
        previous = *byte;
    }
    if quoted { End::Open(first_line.unwrap_or(bytes.len())) } else { End::Unfinished }
}

/// A row of a text.
pub(super) struct Row<'a> {
    /// Where it begins.
    pub(super) start: usize,
    /// Where it ends. Of one whose quotes are not closed that is the end of its first line.
    pub(super) end: usize,
    /// All of it.
    pub(super) text: &'a str,
    /// How long its first line is.
    pub(super) first_line: usize,
    /// Whether its quotes are closed.
    pub(super) is_closed: bool,
}

impl<'a> Row<'a> {
    /// The row of `text` that begins at `start`.
    pub(super) fn at(text: &'a str, start: usize) -> Option<Self> {
        let rest = text.get(start..)?;
        let (length, is_closed) = match end(rest.as_bytes()) {
            End::Whole(length) => (length, true),
            End::Unfinished => (rest.len(), true),
            End::Broken(line) | End::Open(line) => (line, false),
        };
        let text = rest.get(..length)?;
        let first_line = text.find(['\r', '\n']).map_or(length, |at| at.saturating_add(1));
        Some(Self { start, end: start.saturating_add(length), text, first_line, is_closed })
    }
}

/// Where the last row of `bytes` that has ended ends. `None` where none has.
pub fn row_end(bytes: &[u8]) -> Option<usize> {
    let mut at: usize = 0;
    while let End::Whole(length) | End::Broken(length) = end(bytes.get(at..).unwrap_or_default()) {
        at = at.saturating_add(length);
    }
    Some(at).filter(|at| *at > 0)
}

#[cfg(test)]
mod tests {
    use encoding_rs::GB18030;

    use super::*;

    #[test]
    fn a_part_is_cut_where_a_row_ends() {
        assert_eq!(row_end(b"a,b\nc,d\ne"), Some(8));
        assert_eq!(row_end(b"a,\"b\nc\"\nd,\"e\n"), Some(8));
        assert_eq!(row_end(b"a,b"), None);
        let gbk = GB18030.encode("名称,\"地\"\n余").0;
        assert_eq!(row_end(&gbk), gbk.iter().position(|b| *b == b'\n').map(|at| at + 1));
    }

    #[test]
    fn a_row_over_several_lines_ends_where_its_quotes_do() {
        let text = b"a,\"b\r\n\"\"c\"\",\n\",d\r\ne,f\n";
        assert_eq!(end(text), End::Whole(text.len() - 4));
        assert_eq!(end(b"a,\"b\""), End::Unfinished);
    }

    #[test]
    fn quotes_in_odd_places_keep_a_row_to_its_line() {
        for text in ["a,b\"c\nd,\"e\"\n", "a,\"b\"c\nd,e\n", "a,b\"\"c\nd,e\n"] {
            assert_eq!(end(text.as_bytes()), End::Whole(text.find('\n').unwrap() + 1), "{text}");
        }
        // The quote that is open closes where another row's begins.
        assert_eq!(end(b"a,\"b\nc,\"d, e\"\nf,g\n"), End::Broken(5));
        assert_eq!(end(b"a\",\"b\nc,d\n"), End::Broken(6));
    }

    #[test]
    fn a_quote_that_nobody_closes_is_a_row_of_one_line() {
        assert_eq!(end(b"a,\"b\nc,d\n"), End::Open(5));
        assert_eq!(end(b"a,\"b"), End::Open(4));
        let long = format!("a,\"b\n{}", "c,d\n".repeat(LONGEST));
        assert_eq!(end(long.as_bytes()), End::Broken(5));
        assert_eq!(row_end(long.as_bytes()), Some(long.len()));
    }

    #[test]
    fn a_file_of_open_quotes_is_read_in_one_go() {
        // Each line leaves a reader inside quotes, whether it began inside or outside of them.
        let text = "x\",\"\n".repeat(200_000);
        let began = std::time::Instant::now();
        assert_eq!(row_end(text.as_bytes()), Some(text.len()));
        assert!(began.elapsed() < std::time::Duration::from_secs(2));
    }
}
