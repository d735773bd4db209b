//! What anybody may read: the public keys and the description of the interface.

use bytes::Bytes;
use eport_schema::wire::{Jwk, Jwks};
use eport_shared::context::Context;
use eport_shared::http::{Response, json};
use eport_shared::problem::Problem;
use http::{HeaderValue, StatusCode, header};

/// Written by the build script from the wire types and the route table.
const OPENAPI: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/openapi.json"));

/// `GET /.well-known/jwks.json` (RFC 7517, RFC 8037): the key in use and those whose tokens may still be about.
pub fn jwks(context: &Context<'_>) -> Result<Response, Problem> {
    use base64::Engine as _;
    let keys = context
        .keys
        .verifying
        .iter()
        .map(|key| Jwk {
            kty: "OKP".to_owned(),
            crv: "Ed25519".to_owned(),
            x: base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(key.bytes),
            kid: key.id.clone(),
            r#use: "sig".to_owned(),
            alg: "EdDSA".to_owned(),
        })
        .collect();
    let mut response = json(StatusCode::OK, &Jwks { keys });
    // Short: a new key must be known before its first token is checked.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
    Ok(response)
}

/// `GET /openapi.json`.
pub fn openapi() -> Response {
    let mut response = Response::new(Bytes::from_static(OPENAPI));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    response
}
