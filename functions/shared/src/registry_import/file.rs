//! What stands in the file: its encoding, its header, its rows.

use std::borrow::Cow;

use encoding_rs::{GB18030, UTF_8};
use eport_schema::catalogue::{self, Refusal};
use eport_schema::domain::{Uscc, line_of_text};
use serde::{Deserialize, Serialize};

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

/// The text of a part, and what it was written in: `known`, else UTF-8 where it is that, else GB 18030. `None` where it is neither.
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
        let text = decoder.decode_without_bom_handling_and_without_replacement(part)?;
        Some((*encoding, text))
    })
}

/// Where the last whole row of `bytes` ends: after the last line break that isn't inside quotes. `None` where no row ends.
///
/// In both encodings the bytes of `"` and of a line break stand for nothing else.
pub fn row_end(bytes: &[u8]) -> Option<usize> {
    let (mut quoted, mut end) = (false, None);
    for (position, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => end = Some(position.saturating_add(1)),
            _ => {}
        }
    }
    end
}

pub(super) type Reader<'a> = csv::Reader<&'a [u8]>;

pub(super) fn reader(text: &str) -> Reader<'_> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes())
}

/// Reads the next row; false where there is none. (Reading from memory fails in no other way, and the text is UTF-8 by now.)
pub(super) fn next(reader: &mut Reader<'_>, record: &mut csv::StringRecord) -> bool {
    reader.read_record(record).unwrap_or(false)
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

/// The most characters of each field.
const NAME_LONGEST: usize = 200;
const ADDRESS_LONGEST: usize = 300;
const SCOPE_LONGEST: usize = 8000;
const LEGAL_PERSON_LONGEST: usize = 100;

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

    /// What a row says, or what is wrong with it: the column, where it is one, and how.
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
        let name = text(Some(self.name), "name", NAME_LONGEST)?;
        Ok(Entry {
            uscc: uscc.as_str().to_owned(),
            name: name.ok_or((Some("name"), &catalogue::REGISTRY_NAME_REQUIRED))?,
            registered_address: text(self.registered_address, "registered_address", ADDRESS_LONGEST)?,
            business_scope: text(self.business_scope, "business_scope", SCOPE_LONGEST)?,
            legal_person_name: text(self.legal_person_name, "legal_person_name", LEGAL_PERSON_LONGEST)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(header: &str) -> Option<Columns> {
        let mut record = csv::StringRecord::new();
        next(&mut reader(header), &mut record).then_some(())?;
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
    fn a_part_is_cut_where_a_row_ends() {
        assert_eq!(row_end(b"a,b\nc,d\ne"), Some(8));
        assert_eq!(row_end(b"a,\"b\nc\"\nd,\"e\n"), Some(8));
        assert_eq!(row_end(b"a,b"), None);
        let gbk = GB18030.encode("名称,\"地\"\n余").0;
        assert_eq!(row_end(&gbk), gbk.iter().position(|b| *b == b'\n').map(|at| at + 1));
    }

    #[test]
    fn both_encodings_are_told_apart() {
        let text = "uscc,name\n913300007458363392,联通\n";
        assert_eq!(decode(text.as_bytes(), None), Some((Encoding::Utf8, text.into())));
        let gbk = GB18030.encode("企业名称,统一社会信用代码\n").0.into_owned();
        assert_eq!(decode(&gbk, None).unwrap().0, Encoding::Gb18030);
        assert_eq!(decode(&gbk, Some(Encoding::Utf8)), None);
        assert_eq!(decode(&[0xFF, 0xFE, 0x75, 0x00], None), None);
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
