//! Two 64-bit words that are computed with side by side.

pub(crate) use lanes::Pair;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod lanes {
    use core::arch::wasm32::{
        i8x16_shuffle, i32x4_shuffle, u64x2, u64x2_add, u64x2_extmul_high_u32x4, u64x2_extmul_low_u32x4,
        u64x2_extract_lane, u64x2_shr, u64x2_shuffle, v128, v128_bitselect, v128_or, v128_xor,
    };

    /// A vector register.
    #[derive(Clone, Copy)]
    #[repr(transparent)]
    pub(crate) struct Pair(v128);

    /// `x`, in a form that LLVM does not see through and that Cranelift's simplifier does.
    ///
    /// Two uses depend on it. A byte shuffle of one vector is one `pshufb` if both of its operands are that vector, but
    /// LLVM puts any other register in the second place, and then it is two with an `or`. And LLVM makes a shift by one
    /// of `x + x`, for which x64 has fewer execution units than for an addition.
    #[inline(always)]
    fn again(x: v128) -> v128 {
        v128_bitselect(x, x, x)
    }

    impl Pair {
        pub(crate) const ZERO: Self = Self(u64x2(0, 0));

        #[inline(always)]
        pub(crate) fn new(first: u64, second: u64) -> Self {
            Self(u64x2(first, second))
        }

        #[inline(always)]
        pub(crate) fn words(self) -> [u64; 2] {
            [u64x2_extract_lane::<0>(self.0), u64x2_extract_lane::<1>(self.0)]
        }

        #[inline(always)]
        pub(crate) fn xor(self, other: Self) -> Self {
            Self(v128_xor(self.0, other.0))
        }

        #[inline(always)]
        pub(crate) fn add(self, other: Self) -> Self {
            Self(u64x2_add(self.0, other.0))
        }

        #[inline(always)]
        pub(crate) fn double(self) -> Self {
            Self(u64x2_add(self.0, again(self.0)))
        }

        #[inline(always)]
        pub(crate) fn rotate_32(self) -> Self {
            Self(i32x4_shuffle::<1, 0, 3, 2>(self.0, self.0))
        }

        #[inline(always)]
        pub(crate) fn rotate_24(self) -> Self {
            Self(i8x16_shuffle::<3, 4, 5, 6, 7, 0, 1, 2, 27, 28, 29, 30, 31, 24, 25, 26>(self.0, again(self.0)))
        }

        #[inline(always)]
        pub(crate) fn rotate_16(self) -> Self {
            Self(i8x16_shuffle::<2, 3, 4, 5, 6, 7, 0, 1, 26, 27, 28, 29, 30, 31, 24, 25>(self.0, again(self.0)))
        }

        #[inline(always)]
        pub(crate) fn rotate_63(self) -> Self {
            Self(v128_or(self.double().0, u64x2_shr(self.0, 63)))
        }

        #[inline(always)]
        pub(crate) fn straddle(self, next: Self) -> Self {
            Self(u64x2_shuffle::<1, 2>(self.0, next.0))
        }

        /// The low halves of two pairs go into one register first: an extended multiplication takes its operands from
        /// one half of a register, and this needs three shuffles for each product, where pair by pair it needs four.
        #[inline(always)]
        pub(crate) fn products(x: [Self; 2], y: [Self; 2]) -> [Self; 2] {
            let [x0, x1] = x;
            let [y0, y1] = y;
            let x = i32x4_shuffle::<0, 2, 4, 6>(x0.0, x1.0);
            let y = i32x4_shuffle::<0, 2, 4, 6>(y0.0, y1.0);
            [Self(u64x2_extmul_low_u32x4(x, y)), Self(u64x2_extmul_high_u32x4(x, y))]
        }
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod lanes {
    /// Two words: the plain meaning of the vector instructions, for the tests of everything above them.
    #[derive(Clone, Copy)]
    pub(crate) struct Pair([u64; 2]);

    impl Pair {
        /// Two zeros.
        pub(crate) const ZERO: Self = Self([0; 2]);

        /// The pair of these words.
        pub(crate) fn new(first: u64, second: u64) -> Self {
            Self([first, second])
        }

        /// The two words.
        pub(crate) fn words(self) -> [u64; 2] {
            self.0
        }

        /// Word by word exclusive or.
        pub(crate) fn xor(self, other: Self) -> Self {
            let ([a, b], [c, d]) = (self.0, other.0);
            Self([a ^ c, b ^ d])
        }

        /// Word by word addition modulo 2⁶⁴.
        pub(crate) fn add(self, other: Self) -> Self {
            let ([a, b], [c, d]) = (self.0, other.0);
            Self([a.wrapping_add(c), b.wrapping_add(d)])
        }

        /// Twice each word modulo 2⁶⁴.
        pub(crate) fn double(self) -> Self {
            self.add(self)
        }

        /// Each word rotated right by 32 bits.
        pub(crate) fn rotate_32(self) -> Self {
            Self(self.0.map(|word| word.rotate_right(32)))
        }

        /// Each word rotated right by 24 bits.
        pub(crate) fn rotate_24(self) -> Self {
            Self(self.0.map(|word| word.rotate_right(24)))
        }

        /// Each word rotated right by 16 bits.
        pub(crate) fn rotate_16(self) -> Self {
            Self(self.0.map(|word| word.rotate_right(16)))
        }

        /// Each word rotated right by 63 bits.
        pub(crate) fn rotate_63(self) -> Self {
            Self(self.0.map(|word| word.rotate_right(63)))
        }

        /// This pair's second word and the next pair's first.
        pub(crate) fn straddle(self, next: Self) -> Self {
            let ([_, a], [b, _]) = (self.0, next.0);
            Self([a, b])
        }

        /// The products of the low halves of the words of `x` and `y`.
        pub(crate) fn products(x: [Self; 2], y: [Self; 2]) -> [Self; 2] {
            let low = |word: u64| word & 0xffff_ffff;
            let one = |x: Self, y: Self| {
                let ([a, b], [c, d]) = (x.0, y.0);
                Self([low(a) * low(c), low(b) * low(d)])
            };
            let ([x0, x1], [y0, y1]) = (x, y);
            [one(x0, y0), one(x1, y1)]
        }
    }
}
