//! Any bytes in place of an image: what is taken is a PNG that is taken again, and the same.
#![no_main]

use eport_schema::domain::SealShape;
use eport_seals::image::{check_seal, check_signature};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    for shape in SealShape::ALL {
        if let Ok(image) = check_seal(file, *shape) {
            assert_eq!(check_seal(&image.png, *shape), Ok(image));
        }
    }
    if let Ok(image) = check_signature(file) {
        assert_eq!(check_signature(&image.png), Ok(image));
    }
});
