//! The ink of a seal, by the images on which the page's own checks (`portal/src/seal/pixels.ts`) give the same verdict.

use eport_schema::domain::SealShape;
use eport_seals::image::check_seal;
use serde_json::Value as Json;

use crate::drawing::{DPI_600, Drawing};

/// Pixels on a side.
const SIDE: u32 = 100;

#[test]
fn each_image_gets_the_verdict_that_the_page_gives_it() {
    let images: Json = serde_json::from_str(include_str!("../ink.json")).unwrap();
    let images = images["images"].as_array().unwrap();
    assert!(images.len() > 40);
    for image in images {
        let mut rgba = Vec::new();
        for colour in image["colours"].as_array().unwrap() {
            let numbers: Vec<usize> = colour.as_array().unwrap().iter().map(|n| n.as_u64().unwrap() as usize).collect();
            let pixel: Vec<u8> = numbers[..4].iter().map(|channel| u8::try_from(*channel).unwrap()).collect();
            rgba.extend(pixel.repeat(numbers[4]));
        }
        assert_eq!(rgba.len(), (SIDE * SIDE * 4) as usize, "{}", image["name"]);
        let file = Drawing { width: SIDE, height: SIDE, rgba }.png(Some(DPI_600));
        let verdict = match check_seal(&file, SealShape::Round) {
            Ok(checked) => checked.colour.as_str(),
            Err(refusal) => refusal.code,
        };
        assert_eq!(Json::from(verdict), image["verdict"], "{}", image["name"]);
    }
}
