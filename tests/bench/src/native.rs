//! The yardstick of password logins: the same Argon2id by the same library natively, on all cores, and nothing else.

use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};

/// Hashes a second of `threads` threads that each keep their work memory.
pub(crate) fn hashes_per_second(threads: usize, span: Duration) -> f64 {
    let begun = Instant::now();
    let hashes: u64 = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(move || hashes(span))).collect();
        workers.into_iter().map(|worker| worker.join().expect("a worker")).sum()
    });
    hashes as f64 / begun.elapsed().as_secs_f64()
}

fn hashes(span: Duration) -> u64 {
    let params = Params::new(19_456, 2, 1, Some(32)).expect("parameters");
    let mut memory = vec![Block::default(); params.block_count()];
    let argon2 = Argon2::new_with_secret(&[7; 32], Algorithm::Argon2id, Version::V0x13, params).expect("a secret");
    let mut tag = [0; 32];
    let begun = Instant::now();
    let mut count = 0;
    while begun.elapsed() < span {
        argon2
            .hash_password_into_with_memory(b"a password of some length", &[1; 16], &mut tag, &mut memory)
            .expect("a hash");
        count += 1;
    }
    std::hint::black_box(tag);
    count
}
