//! Personal data as lists and logs show it.

/// A phone number with four digits hidden: `138****5678`. Takes E.164 or the eleven digits; anything else becomes `****`.
pub fn phone(number: &str) -> String {
    let digits = number.strip_prefix("+86").unwrap_or(number);
    match (digits.get(..3), digits.get(7..)) {
        (Some(head), Some(tail)) if digits.len() == 11 => format!("{head}****{tail}"),
        _ => "****".to_owned(),
    }
}

/// An id number with its middle hidden: `6101**********002X`.
///
/// Four characters stay at each end of a number of 15 or more, two of a number of 8 to 14, one of a shorter one, so that at
/// least half is hidden but for the eight-character ones, which are no shorter in any real document.
pub fn id_number(number: &str) -> String {
    let characters: Vec<char> = number.chars().collect();
    let kept = match characters.len() {
        0..=2 => 0,
        3..=7 => 1,
        8..=14 => 2,
        _ => 4,
    };
    let hidden = kept..characters.len().saturating_sub(kept);
    characters.iter().enumerate().map(|(i, c)| if hidden.contains(&i) { '*' } else { *c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_shows_three_and_four_digits() {
        assert_eq!(phone("+8613812345678"), "138****5678");
        assert_eq!(phone("13812345678"), "138****5678");
        for odd in ["", "1381234567", "+4412345678901", "１３８１２３４５６７８"] {
            assert_eq!(phone(odd), "****", "{odd}");
        }
    }

    #[test]
    fn an_id_number_shows_its_ends() {
        assert_eq!(id_number("61010119491231002X"), "6101**********002X");
        assert_eq!(id_number("123456789012345"), "1234*******2345");
        assert_eq!(id_number("H12345678"), "H1*****78");
        assert_eq!(id_number("AB123"), "A***3");
        assert_eq!(id_number("AB"), "**");
        assert_eq!(id_number(""), "");
        assert_eq!(id_number("身份证号码"), "身***码");
    }
}
