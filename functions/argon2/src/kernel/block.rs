//! Blocks of 1 KiB and the compression function: RFC 9106, sections 3.5 and 3.6.

use zeroize::Zeroize;

use super::pair::Pair;

/// A block: 8 rows of 8 pairs of 64-bit words.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Block([[Pair; 8]; 8]);

impl Block {
    /// The size of a block.
    pub(crate) const BYTES: usize = 1024;

    /// A block of zeros.
    pub(crate) const fn new() -> Self {
        Self([[Pair::ZERO; 8]; 8])
    }

    /// A block that is zero but for its first 8 words.
    pub(crate) fn from_words(words: [u64; 8]) -> Self {
        let [a, b, c, d, e, f, g, h] = words;
        let row = [
            Pair::new(a, b),
            Pair::new(c, d),
            Pair::new(e, f),
            Pair::new(g, h),
            Pair::ZERO,
            Pair::ZERO,
            Pair::ZERO,
            Pair::ZERO,
        ];
        let zero = [Pair::ZERO; 8];
        Self([row, zero, zero, zero, zero, zero, zero, zero])
    }

    /// Takes the words from their little-endian bytes.
    pub(crate) fn load(&mut self, bytes: &[u8; Self::BYTES]) {
        let (words, _) = bytes.as_chunks::<8>();
        let (words, _) = words.as_chunks::<2>();
        for (pair, [first, second]) in self.0.as_flattened_mut().iter_mut().zip(words) {
            *pair = Pair::new(u64::from_le_bytes(*first), u64::from_le_bytes(*second));
        }
    }

    /// Gives the words as little-endian bytes.
    pub(crate) fn store(&self, bytes: &mut [u8; Self::BYTES]) {
        let (words, _) = bytes.as_chunks_mut::<8>();
        for (bytes, word) in words.iter_mut().zip(self.words()) {
            *bytes = word.to_le_bytes();
        }
    }

    /// The 128 words.
    pub(crate) fn words(&self) -> impl Iterator<Item = u64> {
        self.0.as_flattened().iter().flat_map(|pair| pair.words())
    }

    /// The first word: where a block that depends on the data looks for its reference.
    pub(crate) fn first_word(&self) -> u64 {
        let [[pair, ..], ..] = self.0;
        let [first, _] = pair.words();
        first
    }

    /// Exclusive or.
    pub(crate) fn add(&mut self, other: &Self) {
        for (pair, other) in self.0.as_flattened_mut().iter_mut().zip(other.0.as_flattened()) {
            *pair = pair.xor(*other);
        }
    }

    /// Reads each cache line, so that it is near when it is needed.
    #[inline(always)]
    pub(crate) fn fetch(&self) {
        let mut all = Pair::ZERO;
        for [a, _, _, _, b, ..] in &self.0 {
            all = all.xor(a.xor(*b));
        }
        core::hint::black_box(all.words());
    }

    /// The first part of G(`before`, `other`): all rows and the first column. It leaves the rows in `between`, and the
    /// first column of the result in this block. `OVER`: the result is added to what this block holds.
    #[inline(never)]
    pub(crate) fn begin<const OVER: bool>(&mut self, between: &mut Self, before: &Self, other: &Self) {
        for ((row, before), other) in between.0.iter_mut().zip(&before.0).zip(&other.0) {
            let [a, b, c, d, e, f, g, h] = *before;
            let [i, j, k, l, m, n, o, p] = *other;
            *row = permute([a.xor(i), b.xor(j), c.xor(k), d.xor(l), e.xor(m), f.xor(n), g.xor(o), h.xor(p)]);
        }
        self.column::<OVER>(0, between, before, other);
    }

    /// The rest of G: the other columns.
    #[inline(never)]
    pub(crate) fn finish<const OVER: bool>(&mut self, between: &Self, before: &Self, other: &Self) {
        for column in 1..8 {
            self.column::<OVER>(column, between, before, other);
        }
    }

    /// One column of the result.
    #[allow(clippy::indexing_slicing)] // `column` is a constant or a loop's counter below 8, the width of a row.
    #[inline(always)]
    fn column<const OVER: bool>(&mut self, column: usize, between: &Self, before: &Self, other: &Self) {
        let pairs = permute(between.0.each_ref().map(|row| row[column]));
        for (((row, pair), before), other) in self.0.iter_mut().zip(pairs).zip(&before.0).zip(&other.0) {
            let mut result = pair.xor(before[column].xor(other[column]));
            if OVER {
                result = result.xor(row[column]);
            }
            row[column] = result;
        }
    }
}

impl Zeroize for Block {
    fn zeroize(&mut self) {
        *self = Self::new();
        zeroize::optimization_barrier(self);
    }
}

/// A row of the 4 × 4 words that P works on.
type Row = [Pair; 2];

/// x + y + 2 · low(x) · low(y), word by word: the addition of BlaMka.
#[inline(always)]
fn blend(x: Row, y: Row) -> Row {
    let [m, n] = Pair::products(x, y);
    let ([x0, x1], [y0, y1]) = (x, y);
    [x0.add(y0).add(m.double()), x1.add(y1).add(n.double())]
}

/// Exclusive or, then a rotation.
#[inline(always)]
fn turn(x: Row, y: Row, rotate: impl Fn(Pair) -> Pair) -> Row {
    let ([x0, x1], [y0, y1]) = (x, y);
    [rotate(x0.xor(y0)), rotate(x1.xor(y1))]
}

/// GB on the four columns of the 4 × 4 words at once.
#[inline(always)]
fn quarters([a, b, c, d]: [Row; 4]) -> [Row; 4] {
    let a = blend(a, b);
    let d = turn(d, a, Pair::rotate_32);
    let c = blend(c, d);
    let b = turn(b, c, Pair::rotate_24);
    let a = blend(a, b);
    let d = turn(d, a, Pair::rotate_16);
    let c = blend(c, d);
    let b = turn(b, c, Pair::rotate_63);
    [a, b, c, d]
}

/// The row with its words moved one place to the left.
#[inline(always)]
fn left([x, y]: Row) -> Row {
    [x.straddle(y), y.straddle(x)]
}

/// The row with its words moved one place to the right.
#[inline(always)]
fn right([x, y]: Row) -> Row {
    [y.straddle(x), x.straddle(y)]
}

/// P on 16 words: GB on the columns, then on the diagonals.
#[inline(always)]
fn permute([a0, a1, b0, b1, c0, c1, d0, d1]: [Pair; 8]) -> [Pair; 8] {
    let [a, b, c, d] = quarters([[a0, a1], [b0, b1], [c0, c1], [d0, d1]]);
    let [c0, c1] = c;
    let [a, b, c, d] = quarters([a, left(b), [c1, c0], right(d)]);
    let ([a0, a1], [b0, b1], [c1, c0], [d0, d1]) = (a, right(b), c, left(d));
    [a0, a1, b0, b1, c0, c1, d0, d1]
}
