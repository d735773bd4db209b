//! Commands to a card and its answers, as ISO/IEC 7816-4 writes them.
//!
//! Only short commands are made (§5.1, up to 255 bytes of data): every reader and card takes them, and longer data goes as a chain
//! ([`crate::exchange`]).

use zeroize::Zeroizing;

/// How many bytes of data one short command carries.
pub const MAX_DATA: usize = 255;

/// A command before it is cut into chained parts. Its data are overwritten in memory when it is dropped, as they may be a PIN.
pub struct Command {
    /// What the command does, for messages: `VERIFY`. Never its data.
    pub name: &'static str,
    class: u8,
    instruction: u8,
    p1: u8,
    p2: u8,
    data: Zeroizing<Vec<u8>>,
    le: Option<u8>,
}

impl Command {
    /// A command of the interindustry class without data and without expected answer (§5.1, case 1).
    pub fn new(name: &'static str, instruction: u8, p1: u8, p2: u8) -> Self {
        Self { name, class: 0x00, instruction, p1, p2, data: Zeroizing::default(), le: None }
    }

    /// With data of any length.
    #[must_use]
    pub fn data(mut self, data: Zeroizing<Vec<u8>>) -> Self {
        self.data = data;
        self
    }

    /// With an answer of up to 256 bytes expected: Le is 00 (§5.1).
    #[must_use]
    pub fn expect_answer(mut self) -> Self {
        self.le = Some(0);
        self
    }

    /// GET RESPONSE (§11.4.1): the rest of an answer, `length` bytes, where 0 means 256.
    pub fn get_response(length: u8) -> Self {
        Self { le: Some(length), ..Self::new("GET RESPONSE", 0xC0, 0x00, 0x00) }
    }

    /// The same command with another Le, after a card said `6C xx` (§5.6).
    pub(crate) fn le_corrected(&self, le: u8) -> Self {
        Self {
            name: self.name,
            class: self.class,
            instruction: self.instruction,
            p1: self.p1,
            p2: self.p2,
            data: self.data.clone(),
            le: Some(le),
        }
    }

    /// The commands to send one after the other: all but the last with the chaining bit, class `10` (§5.3.3).
    pub(crate) fn chain(&self) -> Vec<Self> {
        let last = self.data.len().div_ceil(MAX_DATA).max(1) - 1;
        let part = |(index, data): (usize, &[u8])| Self {
            name: self.name,
            class: if index == last { self.class } else { self.class | 0x10 },
            instruction: self.instruction,
            p1: self.p1,
            p2: self.p2,
            data: Zeroizing::new(data.to_vec()),
            le: if index == last { self.le } else { None },
        };
        if self.data.is_empty() {
            return vec![part((0, &[]))];
        }
        self.data.chunks(MAX_DATA).enumerate().map(part).collect()
    }

    /// The bytes for the reader: header, Lc, data, Le (§5.1). Data past [`MAX_DATA`] can't come here: [`Self::chain`] cuts them.
    pub(crate) fn bytes(&self) -> Zeroizing<Vec<u8>> {
        // The whole length at once: a vector that grows leaves copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(6 + self.data.len()));
        bytes.extend([self.class, self.instruction, self.p1, self.p2]);
        if let Some(length) = u8::try_from(self.data.len()).ok().filter(|length| *length > 0) {
            bytes.push(length);
            bytes.extend(self.data.iter());
        }
        bytes.extend(self.le);
        bytes
    }
}

/// The two bytes at the end of every answer (§5.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusWord(pub u16);

impl StatusWord {
    /// `9000`: done.
    pub const OK: Self = Self(0x9000);
    /// `6983`: the PIN is blocked.
    pub const BLOCKED: Self = Self(0x6983);
    /// `6982`: a PIN must be verified first.
    pub const SECURITY: Self = Self(0x6982);
    /// `6A82`: no such application, file or object.
    pub const NOT_FOUND: Self = Self(0x6A82);

    /// How many tries a `63 Cx` leaves.
    pub fn tries_left(self) -> Option<u8> {
        (self.0 & 0xFFF0 == 0x63C0).then_some(self.low() & 0x0F)
    }

    /// How many bytes a `61 xx` says are waiting; 0 means 256 or more.
    pub fn more(self) -> Option<u8> {
        (self.0 >> 8 == 0x61).then_some(self.low())
    }

    /// The Le that a `6C xx` asks for.
    pub fn right_le(self) -> Option<u8> {
        (self.0 >> 8 == 0x6C).then_some(self.low())
    }

    fn low(self) -> u8 {
        let [_, low] = self.0.to_be_bytes();
        low
    }
}

impl std::fmt::Display for StatusWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

/// An answer without its status word. Overwritten in memory when dropped.
pub struct Response {
    /// The data, of all parts together.
    pub data: Zeroizing<Vec<u8>>,
    /// The last status word.
    pub status: StatusWord,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(length: usize) -> Command {
        Command::new("TEST", 0x87, 0x11, 0x9A).data(Zeroizing::new(vec![7; length]))
    }

    #[test]
    fn a_command_without_data_is_its_header_and_le() {
        assert_eq!(*Command::new("TEST", 0x20, 0x00, 0x80).bytes(), [0x00, 0x20, 0x00, 0x80]);
        assert_eq!(*Command::get_response(0x10).bytes(), [0x00, 0xC0, 0x00, 0x00, 0x10]);
    }

    #[test]
    fn long_data_go_as_a_chain_with_le_in_the_last_part() {
        for (length, parts) in [(0, 1), (1, 1), (255, 1), (256, 2), (510, 2), (511, 3)] {
            let chain = command(length).expect_answer().chain();
            assert_eq!(chain.len(), parts, "{length}");
            assert_eq!(chain.iter().map(|part| part.data.len()).sum::<usize>(), length);
            let (last, before) = chain.split_last().unwrap();
            assert!(before.iter().all(|part| part.class == 0x10 && part.le.is_none() && part.data.len() == MAX_DATA));
            assert_eq!((last.class, last.le), (0x00, Some(0)));
        }
    }

    #[test]
    fn status_words_tell_tries_and_lengths() {
        assert_eq!(StatusWord(0x63C2).tries_left(), Some(2));
        assert_eq!(StatusWord(0x63C0).tries_left(), Some(0));
        assert_eq!(StatusWord(0x6300).tries_left(), None);
        assert_eq!(StatusWord(0x6112).more(), Some(0x12));
        assert_eq!(StatusWord(0x6C40).right_le(), Some(0x40));
        assert_eq!(StatusWord(0x9000).more(), None);
    }
}
