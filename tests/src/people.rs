//! People who don't exist: with id numbers and phones that could.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a person brings along. Each is somebody else.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their username.
    pub username: String,
    /// The name on the id document.
    pub name: String,
    /// The number of their resident id card.
    pub id_number: String,
    /// Eleven digits.
    pub phone: String,
    /// What they choose.
    pub password: String,
}

impl Person {
    /// Somebody new.
    #[allow(clippy::new_without_default, reason = "there is no default person: each call makes another one")]
    pub fn new() -> Self {
        Self { username: username(), name: name(), id_number: id_number(), phone: phone(), password: password() }
    }

    /// As answers show their phone.
    pub fn masked_phone(&self) -> String {
        format!("{}****{}", &self.phone[..3], &self.phone[7..])
    }

    /// As answers show their id number.
    pub fn masked_id_number(&self) -> String {
        format!("{}**********{}", &self.id_number[..4], &self.id_number[14..])
    }
}

/// A number below `bound`; others in every run.
pub fn below(bound: u64) -> u64 {
    static SEED: OnceLock<u64> = OnceLock::new();
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let seed = *SEED.get_or_init(|| RandomState::new().hash_one(std::process::id()));
    // SplitMix64 (Steele, Lea, Flood 2014): every step of the counter gives another, well-mixed number.
    let mut z = seed.wrapping_add(COUNT.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (z ^ (z >> 31)) % bound
}

/// Twelve letters.
pub fn username() -> String {
    letters(12)
}

fn letters(count: usize) -> String {
    (0..count).map(|_| char::from(b'a' + u8::try_from(below(26)).expect("a letter"))).collect()
}

/// Two or three Chinese characters.
pub fn name() -> String {
    let pick = |from: &str| {
        let all: Vec<char> = from.chars().collect();
        all[usize::try_from(below(all.len() as u64)).expect("an index")]
    };
    let mut name = String::from(pick("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"));
    for _ in 0..=below(2) {
        name.push(pick("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰"));
    }
    name
}

/// A mobile number.
pub fn phone() -> String {
    format!("1{}{:09}", 3 + below(7), below(1_000_000_000))
}

/// A password that is on no list.
pub fn password() -> String {
    format!("{}-{}-{}", letters(5), below(100_000), letters(6))
}

/// A resident id number whose check character is right.
pub fn id_number() -> String {
    let regions = ["110105", "310101", "330102", "440524", "610102"];
    let region = regions[usize::try_from(below(regions.len() as u64)).expect("an index")];
    let (year, month, day) = (1950 + below(55), 1 + below(12), 1 + below(28));
    with_check_character(&format!("{region}{year}{month:02}{day:02}{:03}", below(1000)))
}

/// A unified social credit code whose check character is right, by the sum that is 0 modulo 31 (GB 32100-2015, annex A), and not with the weights that the
/// product uses.
pub fn uscc() -> String {
    const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let character = |value: u64| char::from(ALPHABET[usize::try_from(value).expect("a value below 31")]);
    let values: Vec<u64> = [9, 1].into_iter().chain((0..15).map(|_| below(31))).collect();
    let (sum, _) = values.iter().fold((0, 1), |(sum, power), value| (sum + value * power, power * 3 % 31));
    values.into_iter().chain([(31 - sum % 31) % 31]).map(character).collect()
}

/// `digits` (17 of them) and their check character: ISO 7064 MOD 11-2, as GB 11643 uses it. Worked out from the standard's recursion,
/// and not with the weights that the product uses.
pub fn with_check_character(digits: &str) -> String {
    let remainder =
        digits.bytes().map(|digit| u32::from(digit - b'0')).fold(0, |product, digit| (product + digit) * 2 % 11);
    let check = (12 - remainder) % 11;
    let check = if check == 10 { "X".to_owned() } else { check.to_string() };
    format!("{digits}{check}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn check_characters_are_those_of_the_specification() {
        assert_eq!(super::with_check_character("11010519491231002"), "11010519491231002X");
        assert_eq!(super::with_check_character("44052418800101001"), "440524188001010014");
    }
}
