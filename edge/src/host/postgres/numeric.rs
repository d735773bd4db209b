//! `NUMERIC` in PostgreSQL's binary format: groups of four decimal digits, the weight of the first, the sign, and the digits after the point.

use std::error::Error as StdError;
use std::fmt::Write as _;

use bytes::{BufMut as _, BytesMut};

type AnyError = Box<dyn StdError + Sync + Send>;

const NEGATIVE: u16 = 0x4000;
const NAN: u16 = 0xc000;

/// Writes a decimal number such as `-12.340`.
pub fn encode(text: &str, out: &mut BytesMut) -> Result<(), AnyError> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("nan") {
        for part in [0, 0, NAN, 0] {
            out.put_u16(part);
        }
        return Ok(());
    }
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (NEGATIVE, rest),
        None => (0, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
        return Err("the decimal is no number".into());
    }
    let whole = whole.trim_start_matches('0');
    // Fill up to whole groups on both sides of the point.
    let mut padded = "0".repeat((4 - whole.len() % 4) % 4);
    padded.push_str(whole);
    let whole_groups = padded.len() / 4;
    padded.push_str(fraction);
    padded.push_str(&"0".repeat((4 - fraction.len() % 4) % 4));
    let mut groups: Vec<u16> = padded
        .as_bytes()
        .chunks(4)
        .map(|chunk| chunk.iter().fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0')))
        .collect();
    let mut weight = i16::try_from(whole_groups)? - 1;
    while groups.first() == Some(&0) {
        groups.remove(0);
        weight -= 1;
    }
    while groups.last() == Some(&0) {
        groups.pop();
    }
    out.put_u16(u16::try_from(groups.len())?);
    out.put_i16(if groups.is_empty() { 0 } else { weight });
    out.put_u16(if groups.is_empty() { 0 } else { sign });
    out.put_u16(u16::try_from(fraction.len())?);
    for group in groups {
        out.put_u16(group);
    }
    Ok(())
}

/// Reads a number back as text.
pub fn decode(raw: &[u8]) -> Result<String, AnyError> {
    let mut words = raw.chunks_exact(2).map(|pair| pair.iter().fold(0, |sum, byte| sum << 8 | u16::from(*byte)));
    let mut word = || words.next().ok_or("a number that is too short");
    let (count, weight, sign, scale) = (word()?, word()?.cast_signed(), word()?, word()?);
    if sign == NAN {
        return Ok("NaN".to_owned());
    }
    let groups = (0..count).map(|_| word()).collect::<Result<Vec<_>, _>>()?;
    let group = |position: i32| {
        let index = usize::try_from(i32::from(weight) - position).ok();
        index.and_then(|index| groups.get(index)).copied().unwrap_or(0)
    };
    let mut text = String::new();
    if sign == NEGATIVE {
        text.push('-');
    }
    let mut whole = String::new();
    for position in (0..=i32::from(weight).max(0)).rev() {
        write!(whole, "{:04}", group(position))?;
    }
    let whole = whole.trim_start_matches('0');
    text.push_str(if whole.is_empty() { "0" } else { whole });
    if scale > 0 {
        let mut fraction = String::new();
        for position in 1..=i32::from(scale).div_ceil_4() {
            write!(fraction, "{:04}", group(-position))?;
        }
        fraction.truncate(usize::from(scale));
        text.push('.');
        text.push_str(&fraction);
    }
    Ok(text)
}

trait DivCeil4 {
    fn div_ceil_4(self) -> Self;
}

impl DivCeil4 for i32 {
    fn div_ceil_4(self) -> Self {
        (self + 3) / 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(text: &str) -> String {
        let mut out = BytesMut::new();
        encode(text, &mut out).unwrap();
        decode(&out).unwrap()
    }

    #[test]
    fn numbers_survive_the_way_there_and_back() {
        for text in [
            "0",
            "1",
            "-1",
            "10000",
            "9999.0001",
            "0.5",
            "-0.00012",
            "123456789012345678901234567890.12",
            "1.500",
            "NaN",
        ] {
            assert_eq!(round_trip(text), text);
        }
        assert_eq!(round_trip("+007"), "7");
        assert_eq!(round_trip(".5"), "0.5");
    }

    #[test]
    fn the_bytes_are_postgresqls() {
        // What `SELECT 12345.678::numeric` sends: 3 groups (1, 2345, 6780), weight 1, positive, 3 digits after the point.
        let mut out = BytesMut::new();
        encode("12345.678", &mut out).unwrap();
        assert_eq!(out.as_ref(), [0, 3, 0, 1, 0, 0, 0, 3, 0, 1, 0x09, 0x29, 0x1a, 0x7c]);
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", ".", "1e5", "1,000", "--1", "１"] {
            assert!(encode(text, &mut BytesMut::new()).is_err(), "{text}");
        }
    }
}
