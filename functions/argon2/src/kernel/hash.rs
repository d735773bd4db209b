//! H0 and the hash of variable length: RFC 9106, sections 3.2 and 3.3.

use blake2::digest::block_api::{UpdateCore, VariableOutputCore};
use blake2::digest::block_buffer::LazyBuffer;
use blake2::{Blake2b512, Blake2bVarCore, Digest};
use zeroize::Zeroizing;

use crate::{Error, Inputs, Params};

fn length(length: usize, name: &'static str) -> Result<[u8; 4], Error> {
    u32::try_from(length).map(u32::to_le_bytes).map_err(|_| Error::Length(name))
}

/// H0: the digest of the parameters and of all inputs.
pub(crate) fn seed(params: &Params, inputs: &Inputs<'_>, out: usize) -> Result<Zeroizing<[u8; 64]>, Error> {
    let mut hasher = Blake2b512::new();
    hasher.update(params.parallelism.to_le_bytes());
    hasher.update(length(out, "output")?);
    hasher.update(params.memory_kib.to_le_bytes());
    hasher.update(params.iterations.to_le_bytes());
    // Version 1.3; type 2: Argon2id.
    hasher.update(0x13u32.to_le_bytes());
    hasher.update(2u32.to_le_bytes());
    for (name, input) in [
        ("password", inputs.password),
        ("salt", inputs.salt),
        ("secret", inputs.secret),
        ("associated data", inputs.associated),
    ] {
        hasher.update(length(input.len(), name)?);
        hasher.update(input);
    }
    Ok(Zeroizing::new(hasher.finalize().into()))
}

/// BLAKE2b of as many bytes as `out` has: 1 to 64.
fn short(parts: &[&[u8]], out: &mut [u8]) -> Result<(), Error> {
    let mut hasher = Blake2bVarCore::new(out.len()).map_err(|_| Error::Length("output"))?;
    let mut buffer = LazyBuffer::default();
    for part in parts {
        buffer.digest_blocks(part, |blocks| hasher.update_blocks(blocks));
    }
    let mut full = Zeroizing::new([0; 64]);
    hasher.finalize_variable_core(&mut buffer, (&mut *full).into());
    for (out, byte) in out.iter_mut().zip(full.iter()) {
        *out = *byte;
    }
    Ok(())
}

/// H': a hash of any length of the concatenation of `parts`.
pub(crate) fn long(parts: &[&[u8]], out: &mut [u8]) -> Result<(), Error> {
    let length = length(out.len(), "output")?;
    let all = || core::iter::once(&length[..]).chain(parts.iter().copied());
    if out.len() <= 64 {
        return short(&all().collect::<Vec<_>>(), out);
    }
    let mut hasher = Blake2b512::new();
    all().for_each(|part| hasher.update(part));
    let mut last = Zeroizing::new(<[u8; 64]>::from(hasher.finalize()));
    let mut rest = out;
    // Half of each digest is put out, and each is the digest of the one before, until what remains is one digest.
    loop {
        let (half, after) = rest.split_at_mut_checked(32).ok_or(Error::Internal)?;
        for (out, byte) in half.iter_mut().zip(last.iter()) {
            *out = *byte;
        }
        rest = after;
        if rest.len() <= 64 {
            return short(&[&last[..]], rest);
        }
        *last = Blake2b512::digest(&last[..]).into();
    }
}
