//! The algorithms that certificates and revocation lists may be signed with, and a memory of what was found right.

use std::collections::{HashSet, VecDeque};
use std::sync::{LazyLock, Mutex, PoisonError};

use ::ring::digest::{Context, SHA256};
use rustls_pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm};
use webpki::ring;

use super::sm2_signature::{SM2_SM3, SM2_SM3_NULL};

/// SM2, and what `rustls-webpki` has over `ring`: ECDSA on P-256 and P-384, RSA of 2048 to 8192 bits; SHA-256 and longer.
pub static ALGORITHMS: LazyLock<Vec<&'static dyn SignatureVerificationAlgorithm>> = LazyLock::new(|| {
    let all: [&'static dyn SignatureVerificationAlgorithm; 12] = [
        &SM2_SM3,
        &SM2_SM3_NULL,
        ring::ECDSA_P256_SHA256,
        ring::ECDSA_P256_SHA384,
        ring::ECDSA_P384_SHA256,
        ring::ECDSA_P384_SHA384,
        ring::RSA_PKCS1_2048_8192_SHA256,
        ring::RSA_PKCS1_2048_8192_SHA384,
        ring::RSA_PKCS1_2048_8192_SHA512,
        ring::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
        ring::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
        ring::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
    ];
    all.into_iter().map(|inner| &*Box::leak(Box::new(Remembering { inner })) as _).collect()
});

/// How many signatures are remembered: 32 bytes each.
const REMEMBERED: usize = 4096;

/// An algorithm that doesn't compute twice what it found right.
///
/// Whether a signature is right depends on nothing but algorithm, key, message and signature, and all four go into the digest that is
/// remembered: what was right stays right, and what is remembered says nothing of a person. Wrong ones aren't remembered, so
/// nobody can fill the memory with them. Intermediate certificates, revocation lists and a card that comes again are verified
/// once an instance; time and revocation are judged each time all the same.
#[derive(Debug)]
struct Remembering {
    inner: &'static dyn SignatureVerificationAlgorithm,
}

impl SignatureVerificationAlgorithm for Remembering {
    fn verify_signature(&self, public_key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        let algorithm = self.inner.signature_alg_id();
        let key_algorithm = self.inner.public_key_alg_id();
        let digest = digest(&[algorithm.as_ref(), key_algorithm.as_ref(), public_key, message, signature]);
        if memory(|memory| memory.known.contains(&digest)) {
            return Ok(());
        }
        self.inner.verify_signature(public_key, message, signature)?;
        memory(|memory| memory.keep(digest));
        Ok(())
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.inner.public_key_alg_id()
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.inner.signature_alg_id()
    }
}

/// SHA-256 over parts that can't run into one another: each has its length before it.
fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut digest = [0; 32];
    digest.iter_mut().zip(context.finish().as_ref()).for_each(|(to, from)| *to = *from);
    digest
}

#[derive(Default)]
struct Memory {
    known: HashSet<[u8; 32]>,
    /// The oldest first.
    order: VecDeque<[u8; 32]>,
}

impl Memory {
    fn keep(&mut self, digest: [u8; 32]) {
        if !self.known.insert(digest) {
            return;
        }
        self.order.push_back(digest);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
}

fn memory<T>(use_it: impl FnOnce(&mut Memory) -> T) -> T {
    static MEMORY: LazyLock<Mutex<Memory>> = LazyLock::new(Mutex::default);
    use_it(&mut MEMORY.lock().unwrap_or_else(PoisonError::into_inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_is_bounded() {
        let mut memory = Memory::default();
        for n in 0..(REMEMBERED as u64 + 10) {
            memory.keep(digest(&[&n.to_be_bytes()]));
        }
        assert_eq!((memory.known.len(), memory.order.len()), (REMEMBERED, REMEMBERED));
        assert!(!memory.known.contains(&digest(&[&0_u64.to_be_bytes()])));
    }

    #[test]
    fn parts_do_not_run_into_one_another() {
        assert_ne!(digest(&[b"ab", b"c"]), digest(&[b"a", b"bc"]));
    }
}
