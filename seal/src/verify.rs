//! Reading a seal: only one whose signature is right comes out.

use der::Encode as _;
use sm2::dsa::signature::Verifier as _;
use sm2::dsa::{Signature, VerifyingKey};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;

use crate::maker::parse;
use crate::structure::SeSeal;
use crate::{SM2_USER_ID, SM2_WITH_SM3, SealError};

/// The seal in `der`, if its signature is the one of the certificate in it. Whether that certificate is the platform's is for the caller to say.
pub fn read(der: &[u8]) -> Result<SeSeal, SealError> {
    let seal = parse(der)?;
    let header = &seal.seal_info.header;
    if header.id.as_str() != "ES" || header.version != 4 || seal.sign_alg_id != SM2_WITH_SM3 {
        return Err(SealError::Structure);
    }
    let (rest, certificate) = X509Certificate::from_der(seal.cert.as_bytes()).map_err(|_| SealError::Certificate)?;
    if !rest.is_empty() {
        return Err(SealError::Certificate);
    }
    let key = VerifyingKey::from_sec1_bytes(SM2_USER_ID, &certificate.public_key().subject_public_key.data)
        .map_err(|_| SealError::Certificate)?;
    let signature =
        seal.signed_value.as_bytes().and_then(|bytes| Signature::from_der(bytes).ok()).ok_or(SealError::Signature)?;
    let message = seal.seal_info.to_der().map_err(|_| SealError::Structure)?;
    key.verify(&message, &signature).map_err(|_| SealError::Signature)?;
    Ok(seal)
}
