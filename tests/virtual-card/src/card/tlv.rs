//! BER-TLV as PIV uses it, over the encoder and the decoder of the crate `iso7816`.

use iso7816::{
    command::DataStream,
    tlv::{Tag, Tlv, take_data_object},
};

/// Encodes one data object. PIV's never come near the 64 KiB that the length can say.
pub(super) fn object(tag: u16, value: &[u8]) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(value.len() + 6);
    // Writing into memory can't fail, and a value that is too long for its length field can't be made here.
    let _ = Tlv::new(Tag::from_u16(tag), value).to_writer(&mut encoded);
    encoded
}

/// Encodes a data object made of others.
pub(super) fn template(tag: u16, objects: &[Vec<u8>]) -> Vec<u8> {
    object(tag, &objects.concat())
}

/// The value of `data`, if it is one data object with this tag and nothing behind it.
pub(super) fn only(tag: u16, data: &[u8]) -> Option<&[u8]> {
    match take_data_object(data)? {
        (found, value, []) if found == Tag::from_u16(tag) => Some(value),
        _ => None,
    }
}

/// The data objects in `data`, or nothing if it isn't made of whole ones.
pub(super) fn all(mut data: &[u8]) -> Option<Vec<(Tag, &[u8])>> {
    let mut objects = Vec::new();
    while !data.is_empty() {
        let (tag, value, rest) = take_data_object(data)?;
        objects.push((tag, value));
        data = rest;
    }
    Some(objects)
}
