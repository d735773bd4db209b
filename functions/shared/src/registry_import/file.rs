//! What stands in the file: its encoding, its header, its rows.

use std::borrow::Cow;
use std::io::Cursor;

use encoding_rs::{GB18030, UTF_8};
use eport_schema::catalogue::{self, Refusal};
use eport_schema::domain::{Address, BusinessScope, EnterpriseName, Uscc, line_of_text};
use serde::{Deserialize, Serialize};

use super::rows::Row;

/// What a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with a byte order mark or without.
    Utf8,
    /// GB 18030, and with it GBK and GB 2312, which it contains.
    Gb18030,
}

impl Encoding {
    /// As the table keeps it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Gb18030 => "gb18030",
        }
    }

    /// Reads what [`Encoding::as_str`] writes.
    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::Utf8, Self::Gb18030].into_iter().find(|encoding| encoding.as_str() == text)
    }

    /// By the name in a `charset` (WHATWG Encoding §4.2); `None` where it names none of the two.
    pub(super) fn named(charset: Option<&str>) -> Option<Self> {
        match encoding_rs::Encoding::for_label(charset?.as_bytes())? {
            encoding if encoding == UTF_8 => Some(Self::Utf8),
            encoding if encoding == GB18030 || encoding == encoding_rs::GBK => Some(Self::Gb18030),
            _ => None,
        }
    }
}

/// The text of a part, and what it was written in: `known`, else UTF-8 where it is that, else GB 18030. Where bytes are damaged, U+FFFD stands for
/// them, and what has it is refused as a row. `None` where it is neither.
pub(super) fn decode(part: &[u8], known: Option<Encoding>) -> Option<(Encoding, Cow<'_, str>)> {
    let tried = match known {
        Some(Encoding::Utf8) => &[Encoding::Utf8] as &[_],
        Some(Encoding::Gb18030) => &[Encoding::Gb18030],
        None => &[Encoding::Utf8, Encoding::Gb18030],
    };
    tried.iter().find_map(|encoding| {
        let decoder = match encoding {
            Encoding::Utf8 => UTF_8,
            Encoding::Gb18030 => GB18030,
        };
        let (text, damaged) = decoder.decode_without_bom_handling(part);
        (!damaged || is_legible(&text)).then_some((*encoding, text))
    })
}

/// Whether damaged places are few beside what could be read: at least as many characters of those that take three bytes in UTF-8, as Chinese
/// ones do, which text of another encoding hardly ever makes. (UTF-16 makes some, and zeros.)
fn is_legible(text: &str) -> bool {
    let (mut damaged, mut legible) = (0_usize, 0_usize);
    for character in text.chars() {
        match character {
            '\0' => return false,
            char::REPLACEMENT_CHARACTER => damaged = damaged.saturating_add(1),
            '\u{800}'.. => legible = legible.saturating_add(1),
            _ => {}
        }
    }
    damaged <= legible
}

pub(super) type Reader<'a> = csv::Reader<Cursor<&'a [u8]>>;

/// `text` without a byte order mark.
pub(super) fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{FEFF}').unwrap_or(text)
}

pub(super) fn reader(text: &str) -> Reader<'_> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(Cursor::new(text.as_bytes()))
}

/// Reads the next row; false where there is none. (Reading from memory fails in no other way, and the text is UTF-8 by now.)
pub(super) fn next(reader: &mut Reader<'_>, record: &mut csv::StringRecord) -> bool {
    reader.read_record(record).unwrap_or(false)
}

/// Reads the row that begins at `byte` next, wherever the reader is.
pub(super) fn go_on_at(reader: &mut Reader<'_>, byte: usize) {
    let mut position = csv::Position::new();
    position.set_byte(u64::try_from(byte).unwrap_or(u64::MAX));
    // In memory every place can be gone to.
    let _ = reader.seek(position);
}

/// The next row at or after `at`: empty lines are none. `None` at the end.
pub(super) fn next_row(text: &str, at: usize) -> Option<Row<'_>> {
    let breaks = text.as_bytes().get(at..)?.iter().position(|byte| !matches!(byte, b'\r' | b'\n'))?;
    Row::at(text, at.saturating_add(breaks))
}

/// Which line a row begins on. (The reader's own count takes a row after CR LF to begin on the line before.)
pub(super) struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: i64,
}

impl<'a> Lines<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text: text.as_bytes(), at: 0, line: 1 }
    }

    /// The line, from 1, of the row that begins at `byte`. Asked from the beginning to the end.
    pub(super) fn of(&mut self, byte: usize) -> i64 {
        let begins = byte.max(self.at);
        let passed = self.text.get(self.at..begins).unwrap_or_default();
        let lines = passed.iter().filter(|byte| **byte == b'\n').count();
        self.at = begins;
        self.line = self.line.saturating_add(i64::try_from(lines).unwrap_or(i64::MAX));
        self.line
    }
}

/// How many lines a part has.
pub(super) fn lines(text: &str) -> i64 {
    let breaks = text.bytes().filter(|byte| *byte == b'\n').count();
    let unfinished = !text.is_empty() && !text.ends_with('\n');
    i64::try_from(breaks).unwrap_or(i64::MAX).saturating_add(i64::from(unfinished))
}

/// Which column is what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Columns {
    count: usize,
    uscc: usize,
    name: usize,
    registered_address: Option<usize>,
    business_scope: Option<usize>,
    legal_person_name: Option<usize>,
}

/// The names that a column may have; the first is the field's.
const USCC: &[&str] = &["uscc", "统一社会信用代码", "社会信用代码", "信用代码"];
const NAME: &[&str] = &["name", "企业名称", "名称", "单位名称"];
const REGISTERED_ADDRESS: &[&str] = &["registered_address", "注册地址", "住所", "地址"];
const BUSINESS_SCOPE: &[&str] = &["business_scope", "经营范围"];
const LEGAL_PERSON_NAME: &[&str] =
    &["legal_person_name", "法定代表人", "法定代表人姓名", "法定代表人（负责人）", "法人姓名", "法人"];

/// A row that is as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) uscc: String,
    pub(super) name: String,
    pub(super) registered_address: Option<String>,
    pub(super) business_scope: Option<String>,
    pub(super) legal_person_name: Option<String>,
}

impl Columns {
    /// From the header row: columns that it doesn't know are passed over. `None` where one that must be there isn't, or one is there twice.
    pub(super) fn read(header: &csv::StringRecord) -> Option<Self> {
        let named = |names: &[&str]| -> Option<Option<usize>> {
            let mut found =
                header.iter().enumerate().filter(|(_, title)| names.contains(&title.trim().to_lowercase().as_str()));
            match (found.next(), found.next()) {
                (Some((position, _)), None) => Some(Some(position)),
                (None, _) => Some(None),
                (Some(_), Some(_)) => None,
            }
        };
        Some(Self {
            count: header.len(),
            uscc: named(USCC)??,
            name: named(NAME)??,
            registered_address: named(REGISTERED_ADDRESS)?,
            business_scope: named(BUSINESS_SCOPE)?,
            legal_person_name: named(LEGAL_PERSON_NAME)?,
        })
    }

    /// Whether a later line of `row` is a row by itself: a quote that was left open before it then closes behind it. No text has a valid USCC where
    /// this file has its column.
    pub(super) fn has_swallowed(&self, row: &Row<'_>) -> bool {
        let mut record = csv::StringRecord::new();
        let later = row.text.get(row.first_line..).unwrap_or_default();
        later.split(['\r', '\n']).filter(|line| !line.is_empty()).any(|line| {
            next(&mut reader(line), &mut record)
                && record.get(self.uscc).is_some_and(|text| Uscc::parse(text.trim()).is_ok())
        })
    }

    /// What a row says, or what is wrong with it: the column, where it is one, and how. A text is at most as long as [`crate::registry::Record`]
    /// takes it: what is longer would be in the table and never be found.
    pub(super) fn entry(&self, record: &csv::StringRecord) -> Result<Entry, (Option<&'static str>, &'static Refusal)> {
        if record.len() != self.count {
            return Err((None, &catalogue::REGISTRY_COLUMNS));
        }
        let text = |column: Option<usize>, field: &'static str, longest: usize| {
            let text = column.and_then(|column| record.get(column)).unwrap_or_default();
            line_of_text(text, longest).map_err(|invalid| (Some(field), invalid.0))
        };
        let uscc = record.get(self.uscc).unwrap_or_default().trim();
        let uscc = Uscc::parse(uscc).map_err(|invalid| (Some("uscc"), invalid.0))?;
        let name = text(Some(self.name), "name", EnterpriseName::LONGEST)?;
        Ok(Entry {
            uscc: uscc.as_str().to_owned(),
            name: name.ok_or((Some("name"), &catalogue::REGISTRY_NAME_REQUIRED))?,
            registered_address: text(self.registered_address, "registered_address", Address::LONGEST)?,
            business_scope: text(self.business_scope, "business_scope", BusinessScope::LONGEST)?,
            legal_person_name: text(self.legal_person_name, "legal_person_name", EnterpriseName::LONGEST)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(header: &str) -> Option<Columns> {
        let mut record = csv::StringRecord::new();
        next(&mut reader(without_mark(header)), &mut record).then_some(())?;
        Columns::read(&record)
    }

    #[test]
    fn a_header_is_read_in_both_languages_and_any_order() {
        assert!(columns("uscc,name,registered_address,business_scope,legal_person_name\n").is_some());
        let chinese = columns("序号,企业名称, 统一社会信用代码 ,法定代表人\r\n").unwrap();
        assert_eq!((chinese.count, chinese.name, chinese.uscc), (4, 1, 2));
        assert_eq!((chinese.legal_person_name, chinese.business_scope), (Some(3), None));
        assert!(columns("\u{FEFF}USCC,Name\n").is_some());
    }

    #[test]
    fn a_header_without_what_is_needed_or_with_a_column_twice_is_none() {
        for header in ["", "uscc\n", "name,registered_address\n", "uscc,name,名称\n", "913300007458363392,某公司\n"]
        {
            assert_eq!(columns(header), None, "{header}");
        }
    }

    #[test]
    fn both_encodings_are_told_apart() {
        let text = "uscc,name\n913300007458363392,联通\n";
        assert_eq!(decode(text.as_bytes(), None), Some((Encoding::Utf8, text.into())));
        let gbk = GB18030.encode("企业名称,统一社会信用代码\n").0.into_owned();
        assert_eq!(decode(&gbk, None).unwrap().0, Encoding::Gb18030);
        assert_eq!(decode(&gbk, Some(Encoding::Utf8)), None);
        assert_eq!(decode(&[0xFF, 0xFE, 0x75, 0x00], None), None);
        // A damaged byte doesn't make it another encoding.
        for encoding in [Encoding::Utf8, Encoding::Gb18030] {
            let text = "企业名称,统一社会信用代码\n";
            let mut bytes = if encoding == Encoding::Utf8 { text.as_bytes().to_vec() } else { gbk.clone() };
            let last = bytes.len() - 2;
            bytes[last] = 0xFF;
            let (found, read) = decode(&bytes, None).unwrap();
            assert!(found == encoding && read.contains(char::REPLACEMENT_CHARACTER), "{read}");
        }
        assert_eq!(Encoding::named(Some("GBK")), Some(Encoding::Gb18030));
        assert_eq!(Encoding::named(Some("gb2312")), Some(Encoding::Gb18030));
        assert_eq!(Encoding::named(Some("utf8")), Some(Encoding::Utf8));
        assert_eq!(Encoding::named(Some("shift_jis")), None);
    }

    #[test]
    fn lines_are_counted_with_the_unfinished_one() {
        assert_eq!([lines(""), lines("a"), lines("a\n"), lines("a\nb")], [0, 1, 1, 2]);
    }
}
