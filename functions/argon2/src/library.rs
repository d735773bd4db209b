//! The same hash from the RustCrypto `argon2` crate.

use argon2::{Algorithm, Argon2, AssociatedData, ParamsBuilder, Version};

pub(crate) use argon2::Block;

use crate::{Error, Inputs, Params};

/// Fills `blocks` and computes the tag.
pub(crate) fn fill(params: &Params, inputs: &Inputs<'_>, blocks: &mut [Block], out: &mut [u8]) -> Result<(), Error> {
    let associated = AssociatedData::new(inputs.associated).map_err(|_| Error::Length("associated data"))?;
    let params = ParamsBuilder::new()
        .m_cost(params.memory_kib)
        .t_cost(params.iterations)
        .p_cost(params.parallelism)
        .output_len(out.len())
        .data(associated)
        .build()
        .map_err(|_| Error::Internal)?;
    Argon2::new_with_secret(inputs.secret, Algorithm::Argon2id, Version::V0x13, params)
        .and_then(|argon2| argon2.hash_password_into_with_memory(inputs.password, inputs.salt, out, blocks))
        .map_err(|_| Error::Internal)
}
