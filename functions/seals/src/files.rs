//! Files in and out: an image in a field of a body, a file as an answer.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use eport_schema::catalogue;
use eport_shared::http::Response;
use eport_shared::problem::Fields;
use http::{HeaderValue, header};

use crate::image::LONGEST;

/// The file in the field `image`, Base64 or Base64URL (RFC 4648 §4, §5); noted in `fields` where it is neither, or too long.
pub(crate) fn image_field(fields: &mut Fields, text: &str) -> Option<Vec<u8>> {
    const CONFIG: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, CONFIG);
    const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, CONFIG);
    let file = (!text.is_empty()).then(|| STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()).flatten();
    match file {
        Some(file) if file.len() <= LONGEST => Some(file),
        Some(_) => {
            fields.refuse("image", &catalogue::IMAGE_PIXELS);
            None
        }
        None => {
            fields.refuse("image", &catalogue::IMAGE_ENCODING);
            None
        }
    }
}

/// A file as an answer. `disposition` is a `Content-Disposition`.
pub(crate) fn file(content: Vec<u8>, media_type: &'static str, disposition: &'static str) -> Response {
    let mut response = Response::new(Bytes::from(content));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(disposition));
    // Opened as a page of its own it can neither run nor load anything.
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    response
}
