//! Passwords at rest: Argon2id (RFC 9106) with a pepper, in the PHC string format.

use std::cell::RefCell;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;

use eport_argon2::{Memory, Params};
use eport_schema::domain::{GivenPassword, NewPassword};

use crate::crypto::{CryptoError, same};
use crate::keys::Keys;
use crate::platform::{Entropy, random};
use crate::settings::{SettingError, Settings};

const SALT: usize = 16;
const TAG: usize = 32;

thread_local! {
    /// Work memory, kept while the instance lives: taking 19 MiB anew costs as much as a third of a hash. It is cleared after each.
    static MEMORY: RefCell<Memory> = const { RefCell::new(Memory::new()) };
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cost {
    memory_kib: u32,
    iterations: u32,
    parallelism: u32,
}

impl Cost {
    fn of(settings: &Settings) -> Self {
        let number = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
        Self {
            memory_kib: number(settings.argon2_memory_kib),
            iterations: number(settings.argon2_iterations),
            parallelism: number(settings.argon2_parallelism),
        }
    }
}

/// Hashes a new password: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`.
pub fn hash(
    settings: &Settings,
    keys: &Keys,
    entropy: &dyn Entropy,
    password: &NewPassword,
) -> Result<String, CryptoError> {
    keep(settings, keys, entropy, password.as_bytes())
}

/// Hashes a password that was just found right, under today's parameters.
pub fn rehash(
    settings: &Settings,
    keys: &Keys,
    entropy: &dyn Entropy,
    password: &GivenPassword,
) -> Result<String, CryptoError> {
    keep(settings, keys, entropy, password.as_bytes())
}

fn keep(settings: &Settings, keys: &Keys, entropy: &dyn Entropy, password: &[u8]) -> Result<String, CryptoError> {
    let salt: [u8; SALT] = random(entropy);
    let cost = Cost::of(settings);
    let tag = derive(keys, cost, &salt, password)?;
    Ok(format!(
        "$argon2id$v=19$m={},t={},p={}${}${}",
        cost.memory_kib,
        cost.iterations,
        cost.parallelism,
        BASE64.encode(salt),
        BASE64.encode(tag)
    ))
}

/// What came of comparing a password with a kept hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is the password.
    Right,
    /// It is the password, kept under other parameters than today's: hash it anew.
    RightButOutdated,
    /// It isn't.
    Wrong,
}

/// Compares `password` with `kept`. Without a kept hash it does the same work and says no, so that an account that
/// doesn't exist takes as long as one that does.
pub fn verify(
    settings: &Settings,
    keys: &Keys,
    kept: Option<&str>,
    password: &GivenPassword,
) -> Result<Verdict, CryptoError> {
    let today = Cost::of(settings);
    let Some(kept) = kept else {
        derive(keys, today, &[0; SALT], password.as_bytes())?;
        return Ok(Verdict::Wrong);
    };
    let (cost, salt, tag) = parse(kept).ok_or(CryptoError)?;
    let derived = derive(keys, cost, &salt, password.as_bytes())?;
    Ok(match (same(&derived, &tag), cost == today) {
        (true, true) => Verdict::Right,
        (true, false) => Verdict::RightButOutdated,
        (false, _) => Verdict::Wrong,
    })
}

/// Whether Argon2id computes here what RFC 9106 §5.3 says.
pub fn known_answer() -> bool {
    eport_argon2::known_answer()
}

/// What Argon2id's parameters need beside their memory: the program itself.
const PROGRAM: usize = 16 << 20;

/// Whether hashing can be done as the settings say, in an instance with `memory` bytes.
pub fn check_cost(settings: &Settings, memory: usize) -> Result<(), SettingError> {
    let cost = Cost::of(settings);
    let refuse = |name, problem| Err(SettingError { name, problem });
    if Params::new(cost.memory_kib, cost.iterations, cost.parallelism).is_err() {
        return refuse("argon2_memory_kib", "doesn't fit `argon2_iterations` and `argon2_parallelism` (RFC 9106 §3.1)");
    }
    let wanted = usize::try_from(cost.memory_kib).unwrap_or(usize::MAX).saturating_mul(1024);
    if wanted.saturating_add(PROGRAM) > memory {
        return refuse("argon2_memory_kib", "is more than an instance may have; see `memory` in spin.toml");
    }
    Ok(())
}

fn derive(keys: &Keys, cost: Cost, salt: &[u8], password: &[u8]) -> Result<[u8; TAG], CryptoError> {
    let pepper = keys.pepper.as_ref().ok_or(CryptoError)?;
    let params = Params::new(cost.memory_kib, cost.iterations, cost.parallelism).map_err(|_| CryptoError)?;
    let mut tag = [0; TAG];
    MEMORY
        .with_borrow_mut(|memory| {
            eport_argon2::hash_into(&params, memory, password, salt, pepper.as_slice(), &[], &mut tag)
        })
        .map_err(|_| CryptoError)?;
    Ok(tag)
}

fn parse(kept: &str) -> Option<(Cost, Vec<u8>, Vec<u8>)> {
    let rest = kept.strip_prefix("$argon2id$v=19$m=")?;
    let (memory, rest) = rest.split_once(",t=")?;
    let (iterations, rest) = rest.split_once(",p=")?;
    let (parallelism, rest) = rest.split_once('$')?;
    let (salt, tag) = rest.split_once('$')?;
    let cost = Cost {
        memory_kib: memory.parse().ok()?,
        iterations: iterations.parse().ok()?,
        parallelism: parallelism.parse().ok()?,
    };
    Some((cost, BASE64.decode(salt).ok()?, BASE64.decode(tag).ok()?))
}
