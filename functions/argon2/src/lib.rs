//! Argon2id, version 1.3 (RFC 9106), at close to native speed inside a component.
//!
//! # Why this crate exists
//!
//! A password check spends nearly all its time in Argon2's compression function, and the RustCrypto [`argon2`] crate
//! leaves that function to the compiler. Natively it becomes AVX2 code. For `wasm32` it becomes scalar code, and
//! enabling `simd128` gains little, because LLVM widens BlaMka's 32 × 32 → 64 bit products to full 64-bit ones. The
//! crate has no hook for another block function, so the memory filling is here again, around a compression function
//! written for what Cranelift makes of WebAssembly's vector instructions. It also keeps the work memory between hashes:
//! giving 19 MiB back and faulting it in again costs more than clearing it does.
//!
//! - On `wasm32` with the target feature `simd128`: the code of `kernel`.
//! - Everywhere else, and on `wasm32` without `simd128`: the `argon2` crate, over the same kept memory.
//!
//! The feature is enabled where the components are built, in `.cargo/config.toml`:
//!
//! ```toml
//! [target.wasm32-wasip2]
//! rustflags = ["-C", "target-feature=+simd128"]
//! ```
//!
//! With 19 MiB and two iterations under Wasmtime 48, epoch interruption on and the clearing of the memory included, a
//! hash then takes 1.1 to 1.2 times as long as natively, where the `argon2` crate takes 2.3 to 2.6 times as long.
//!
//! # What is taken from RFC 9106
//!
//! | Section | Here |
//! |---|---|
//! | 3.1 Inputs and Outputs | [`Params`] and [`hash_into`]: what is allowed |
//! | 3.2 Operation | `kernel`: the first blocks, the passes, the tag; `kernel::hash`: H0 |
//! | 3.3 Variable-Length Hash Function H' | `kernel::hash`, over the `blake2` crate |
//! | 3.4 Indexing (3.4.1.1 to 3.4.1.3 and 3.4.2) | `kernel::index` |
//! | 3.5 Compression Function G, 3.6 Permutation P | `kernel::block`, over `kernel::pair` |
//!
//! # How it is verified
//!
//! - By the Argon2id test vector of section 5.3, with secret and associated data, both ways of computing it.
//! - By property tests against the `argon2` crate over random costs, lanes, lengths and inputs. They run natively, where
//!   `kernel::pair` is plain arithmetic on two `u64`; the rest of `kernel` is the code that a component runs.
//! - By [`known_answer`], which hashes the test vector and a longer example wherever it is called: a test of a component
//!   that calls it covers the vector instructions, and the compilers below them.

// Tests compile it for every target, and natively nothing else calls it.
#[cfg(any(test, all(target_arch = "wasm32", target_feature = "simd128")))]
mod kernel;
#[cfg(any(test, not(all(target_arch = "wasm32", target_feature = "simd128"))))]
mod library;
#[cfg(test)]
mod tests;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use kernel as backend;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use library as backend;

/// The shortest salt, in bytes (the `argon2` crate's limit; the RFC has none, and advises 16).
pub const SALT_MIN: usize = 8;
/// The longest associated data, in bytes (the `argon2` crate's limit, kept so that every target accepts the same).
pub const ASSOCIATED_MAX: usize = 32;
/// The shortest tag, in bytes.
pub const OUTPUT_MIN: usize = 4;

/// Why there is no hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The degree of parallelism is not between 1 and 2²⁴ − 1.
    #[error("Argon2 takes 1 to 2^24 - 1 lanes")]
    Parallelism,
    /// There are fewer than 8 KiB for each lane.
    #[error("Argon2 takes at least 8 KiB of memory for each lane")]
    MemoryTooSmall,
    /// There is no pass over the memory.
    #[error("Argon2 takes at least one iteration")]
    Iterations,
    /// An input or the output has a length that Argon2, or the `argon2` crate, does not take.
    #[error("the {0} has a length that is not allowed")]
    Length(&'static str),
    /// The work memory can't be had.
    #[error("there is no memory for the hash")]
    OutOfMemory,
    /// A defect of this crate: a computed position lay outside of the memory.
    #[error("the hash could not be computed")]
    Internal,
}

/// How much work a hash is (RFC 9106, section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Params {
    memory_kib: u32,
    iterations: u32,
    parallelism: u32,
}

impl Params {
    /// `memory_kib` KiB of memory, passed over `iterations` times, in `parallelism` lanes.
    ///
    /// # Errors
    /// [`Error::Parallelism`], [`Error::MemoryTooSmall`] and [`Error::Iterations`], as they say.
    pub const fn new(memory_kib: u32, iterations: u32, parallelism: u32) -> Result<Self, Error> {
        if parallelism == 0 || parallelism >= 1 << 24 {
            return Err(Error::Parallelism);
        }
        if memory_kib < 8 * parallelism {
            return Err(Error::MemoryTooSmall);
        }
        if iterations == 0 {
            return Err(Error::Iterations);
        }
        Ok(Self { memory_kib, iterations, parallelism })
    }

    /// KiB of memory: m.
    #[must_use]
    pub const fn memory_kib(&self) -> u32 {
        self.memory_kib
    }

    /// Passes over the memory: t.
    #[must_use]
    pub const fn iterations(&self) -> u32 {
        self.iterations
    }

    /// Lanes: p. They are filled one after the other.
    #[must_use]
    pub const fn parallelism(&self) -> u32 {
        self.parallelism
    }

    /// Blocks of 1 KiB in a quarter of a lane.
    const fn segment(&self) -> usize {
        (self.memory_kib / (4 * self.parallelism)) as usize
    }

    /// Blocks of 1 KiB that are used: m'.
    const fn blocks(&self) -> usize {
        self.segment() * 4 * self.parallelism as usize
    }
}

/// Work memory that is kept between the hashes of one instance.
///
/// Between hashes it holds zeros only: at the end of a hash every block in it follows from the password, and would
/// save who reads it part of the work of guessing. Clearing what is kept is cheaper than to release it and have fresh
/// pages the next time.
pub struct Memory {
    blocks: Vec<backend::Block>,
}

impl Memory {
    /// No memory yet; the first hash takes it.
    #[must_use]
    pub const fn new() -> Self {
        Self { blocks: Vec::new() }
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

/// What is hashed.
struct Inputs<'a> {
    password: &'a [u8],
    salt: &'a [u8],
    secret: &'a [u8],
    associated: &'a [u8],
}

impl Inputs<'_> {
    fn check(&self, out: usize) -> Result<(), Error> {
        let within = |length: usize, least: usize| length >= least && u32::try_from(length).is_ok();
        for (name, length, least) in [
            ("password", self.password.len(), 0),
            ("salt", self.salt.len(), SALT_MIN),
            ("secret", self.secret.len(), 0),
            ("output", out, OUTPUT_MIN),
        ] {
            if !within(length, least) {
                return Err(Error::Length(name));
            }
        }
        if self.associated.len() > ASSOCIATED_MAX {
            return Err(Error::Length("associated data"));
        }
        Ok(())
    }
}

/// Takes `count` cleared blocks, runs `fill` over them, and clears them again, however it ended.
fn with_blocks<B: Copy>(
    memory: &mut Vec<B>,
    clear: B,
    count: usize,
    fill: impl FnOnce(&mut [B]) -> Result<(), Error>,
) -> Result<(), Error> {
    let more = count.saturating_sub(memory.len());
    memory.try_reserve_exact(more).map_err(|_| Error::OutOfMemory)?;
    memory.resize(memory.len() + more, clear);
    let blocks = memory.get_mut(..count).ok_or(Error::Internal)?;
    let result = fill(blocks);
    blocks.fill(clear);
    zeroize::optimization_barrier(blocks);
    result
}

/// Fills `out` with the Argon2id tag of the inputs. `secret` is what is called K in the RFC (a pepper), `associated`
/// is X; both may be empty.
///
/// # Errors
/// [`Error::Length`] for an input or output that can't be; [`Error::OutOfMemory`] if the memory can't be had.
pub fn hash_into(
    params: &Params,
    memory: &mut Memory,
    password: &[u8],
    salt: &[u8],
    secret: &[u8],
    associated: &[u8],
    out: &mut [u8],
) -> Result<(), Error> {
    let inputs = Inputs { password, salt, secret, associated };
    inputs.check(out.len())?;
    with_blocks(&mut memory.blocks, backend::Block::new(), params.blocks(), |blocks| {
        backend::fill(params, &inputs, blocks, out)
    })
}

/// Whether this build computes Argon2id as the RFC says: its test vector of section 5.3, and one hash of 1 MiB in a
/// single lane whose tag the `argon2` crate computed. It takes about a millisecond.
#[must_use]
pub fn known_answer() -> bool {
    const VECTOR: [u8; 32] = [
        0x0d, 0x64, 0x0d, 0xf5, 0x8d, 0x78, 0x76, 0x6c, 0x08, 0xc0, 0x37, 0xa3, 0x4a, 0x8b, 0x53, 0xc9, 0xd0, 0x1e,
        0xf0, 0x45, 0x2d, 0x75, 0xb6, 0x5e, 0xb5, 0x25, 0x20, 0xe9, 0x6b, 0x01, 0xe6, 0x59,
    ];
    const LONGER: [u8; 32] = [
        0xdf, 0xc4, 0x2b, 0x9a, 0xbb, 0xfd, 0x33, 0xec, 0x5c, 0xec, 0x39, 0x7f, 0x2b, 0xb2, 0x23, 0x3c, 0xe8, 0x1d,
        0xc2, 0xf3, 0x7d, 0xd5, 0x11, 0x5e, 0x55, 0xa4, 0xb1, 0x20, 0xdf, 0x01, 0xf9, 0x64,
    ];
    let mut memory = Memory::new();
    let mut agrees = |costs: (u32, u32, u32), secret: &[u8], associated: &[u8], tag: &[u8; 32]| {
        let mut out = [0; 32];
        Params::new(costs.0, costs.1, costs.2)
            .and_then(|params| hash_into(&params, &mut memory, &[1; 32], &[2; 16], secret, associated, &mut out))
            .is_ok()
            && out == *tag
    };
    agrees((32, 3, 4), &[3; 8], &[4; 12], &VECTOR) && agrees((1027, 2, 1), &[], &[], &LONGER)
}
