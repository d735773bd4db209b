//! The OpenAPI document, made from the route table and the wire types.

pub(crate) mod fields;
