//! The kernel against the RFC's test vector and against the `argon2` crate.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::{Error, Inputs, Memory, Params, hash_into, kernel, known_answer, library, with_blocks};

fn by_kernel(params: &Params, inputs: &Inputs<'_>, length: usize) -> Vec<u8> {
    let mut out = vec![0; length];
    let mut memory = Vec::new();
    let clear = kernel::Block::new();
    with_blocks(&mut memory, clear, params.blocks(), |blocks| kernel::fill(params, inputs, blocks, &mut out)).unwrap();
    assert!(memory.iter().flat_map(|block| block.words()).all(|word| word == 0));
    out
}

fn by_library(params: &Params, inputs: &Inputs<'_>, length: usize) -> Vec<u8> {
    let mut out = vec![0; length];
    let clear = library::Block::new();
    with_blocks(&mut Vec::new(), clear, params.blocks(), |blocks| library::fill(params, inputs, blocks, &mut out))
        .unwrap();
    out
}

#[test]
fn the_test_vector_of_the_rfc() {
    let inputs = Inputs { password: &[1; 32], salt: &[2; 16], secret: &[3; 8], associated: &[4; 12] };
    let params = Params::new(32, 3, 4).unwrap();
    let tag = "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659";
    assert_eq!(hex::encode(by_kernel(&params, &inputs, 32)), tag);
    assert_eq!(hex::encode(by_library(&params, &inputs, 32)), tag);
}

#[test]
fn the_known_answers_hold() {
    assert!(known_answer());
}

#[test]
fn the_usual_cost_agrees() {
    let inputs = Inputs {
        password: b"correct horse battery staple",
        salt: b"0123456789abcdef",
        secret: &[7; 32],
        associated: &[],
    };
    let params = Params::new(19456, 2, 1).unwrap();
    assert_eq!(by_kernel(&params, &inputs, 32), by_library(&params, &inputs, 32));
}

#[test]
fn memory_serves_hashes_of_different_sizes() {
    let mut memory = Memory::new();
    let tag = |memory: &mut Memory, kib| {
        let mut out = [0; 16];
        let params = Params::new(kib, 1, 1).unwrap();
        hash_into(&params, memory, b"password", b"somesalt", b"", b"", &mut out).unwrap();
        out
    };
    for kib in [64, 8, 300, 64] {
        assert_eq!(tag(&mut memory, kib), tag(&mut Memory::new(), kib));
    }
}

#[test]
fn what_is_not_allowed_is_refused() {
    assert_eq!(Params::new(8, 1, 0), Err(Error::Parallelism));
    assert_eq!(Params::new(u32::MAX, 1, 1 << 24), Err(Error::Parallelism));
    assert_eq!(Params::new(15, 1, 2), Err(Error::MemoryTooSmall));
    assert_eq!(Params::new(8, 0, 1), Err(Error::Iterations));
    let params = Params::new(8, 1, 1).unwrap();
    let refused = |salt: &[u8], associated: &[u8], length: usize| {
        let mut out = vec![0; length];
        let mut memory = Memory::new();
        hash_into(&params, &mut memory, b"", salt, b"", associated, &mut out).err()
    };
    assert_eq!(refused(&[0; 7], &[], 32), Some(Error::Length("salt")));
    assert_eq!(refused(&[0; 8], &[], 3), Some(Error::Length("output")));
    let associated = Some(Error::Length("associated data"));
    assert_eq!(refused(&[0; 8], &[0; 33], 32), associated);
    assert_eq!(refused(&[0; 8], &[0; 32], 4), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_kernel_agrees_with_the_library(
        parallelism in 1u32..=5,
        more in 0u32..1400,
        iterations in 1u32..=4,
        password in vec(any::<u8>(), 0..200),
        salt in vec(any::<u8>(), 8..70),
        secret in vec(any::<u8>(), 0..70),
        associated in vec(any::<u8>(), 0..=32),
        length in 4usize..300,
    ) {
        let params = Params::new(8 * parallelism + more, iterations, parallelism).unwrap();
        let inputs = Inputs {
            password: &password,
            salt: &salt,
            secret: &secret,
            associated: &associated,
        };
        prop_assert_eq!(
            by_kernel(&params, &inputs, length),
            by_library(&params, &inputs, length)
        );
    }
}
