//! Which language the texts of an answer are in.

/// A language that the service speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// `zh-CN`, the default.
    #[default]
    Zh,
    /// `en`.
    En,
}

impl Language {
    /// The language tag, for `Content-Language`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// Chooses by an `Accept-Language` field value (RFC 9110 §12.5.4).
    ///
    /// The language with the higher quality wins; at equal quality the one named first, and Chinese where neither is named or
    /// the field is absent or unreadable. Any `zh-…` is Chinese and any `en-…` English (RFC 4647 §3.4, lookup); `*` speaks for a
    /// language that isn't named. Parts that can't be read are skipped.
    pub fn negotiate(accept_language: Option<&str>) -> Self {
        let (mut zh, mut en, mut any) = (None, None, None);
        for (position, part) in accept_language.unwrap_or_default().split(',').enumerate() {
            let Some((range, quality)) = read(part) else {
                continue;
            };
            let primary = range.split('-').next().unwrap_or_default();
            let slot = if primary.eq_ignore_ascii_case("zh") {
                &mut zh
            } else if primary.eq_ignore_ascii_case("en") {
                &mut en
            } else if range == "*" {
                &mut any
            } else {
                continue;
            };
            if slot.is_none_or(|(best, _)| quality > best) {
                *slot = Some((quality, position));
            }
        }
        let (zh, en) = (zh.or(any), en.or(any));
        match (zh, en) {
            (None, Some((quality, _))) if quality > 0 => Self::En,
            (Some((zh, zh_at)), Some((en, en_at))) if en > zh || (en == zh && en > 0 && en_at < zh_at) => Self::En,
            _ => Self::Zh,
        }
    }
}

/// One range and its quality in thousandths: `en-US;q=0.8` is `("en-US", 800)`.
fn read(part: &str) -> Option<(&str, u32)> {
    let mut pieces = part.split(';').map(str::trim);
    let range = pieces.next().filter(|range| !range.is_empty())?;
    match pieces.next() {
        None => Some((range, 1000)),
        Some(weight) => {
            let (name, value) = weight.split_once('=')?;
            if !name.trim().eq_ignore_ascii_case("q") {
                return None;
            }
            Some((range, quality(value.trim())?))
        }
    }
}

/// `qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )`, in thousandths.
fn quality(value: &str) -> Option<u32> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let thousandths = format!("{fraction:0<3}").parse::<u32>().ok()?;
    match (whole, thousandths) {
        ("0", thousandths) => Some(thousandths),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Language::{self, En, Zh};

    fn chosen(field: &str) -> Language {
        Language::negotiate(Some(field))
    }

    #[test]
    fn chinese_is_the_default() {
        assert_eq!(Language::negotiate(None), Zh);
        for field in ["", "*", "fr", "fr-FR, de;q=0.5", ";;;", "q=1", "=", ",", "en;q=x", "en;q=2", "en;level=1"] {
            assert_eq!(chosen(field), Zh, "{field}");
        }
    }

    #[test]
    fn the_higher_quality_wins() {
        assert_eq!(chosen("en"), En);
        assert_eq!(chosen("EN-us"), En);
        assert_eq!(chosen("zh;q=0.8, en;q=0.9"), En);
        assert_eq!(chosen("en;q=0.8, zh;q=0.9"), Zh);
        assert_eq!(chosen("en;q=0.999, zh-TW"), Zh);
        assert_eq!(chosen("fr, en;q=0.2"), En);
        assert_eq!(chosen("en-US,en;q=0.9,zh-CN;q=0.8"), En);
        assert_eq!(chosen("zh-CN,zh;q=0.9,en;q=0.8"), Zh);
    }

    #[test]
    fn at_equal_quality_the_first_named_wins() {
        assert_eq!(chosen("en, zh"), En);
        assert_eq!(chosen("zh, en"), Zh);
        assert_eq!(chosen("en;q=0.50 , zh;q=0.5"), En);
    }

    #[test]
    fn a_quality_of_zero_means_not_this_one() {
        assert_eq!(chosen("en;q=0"), Zh);
        assert_eq!(chosen("en;q=0, zh;q=0"), Zh);
        assert_eq!(chosen("zh;q=0, *"), En);
        assert_eq!(chosen("en;q=0.3, *;q=0.5"), Zh);
    }
}
