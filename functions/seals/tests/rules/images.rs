//! What is taken as a seal's or a signature's image, and what isn't.

use eport_schema::catalogue::Refusal;
use eport_schema::domain::SealShape;
use eport_seals::image::{CheckedImage, Colour, check_seal, check_signature};
use proptest::prelude::*;

use crate::drawing::{BLUE, CLEAR, DPI_600, Drawing, RED, WHITE, at_600, chunk, with_chunk};

fn round(file: &[u8]) -> Result<CheckedImage, &'static Refusal> {
    check_seal(file, SealShape::Round)
}

/// What is refused, by its code.
fn refused(result: Result<CheckedImage, &'static Refusal>) -> &'static str {
    match result {
        Ok(_) => "taken",
        Err(refusal) => refusal.code,
    }
}

/// Pixels and density of a PNG.
fn read(png: &[u8]) -> (u32, u32, Vec<u8>, Option<png::PixelDimensions>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut data = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut data).unwrap();
    (frame.width, frame.height, data, reader.info().pixel_dims)
}

#[test]
fn red_and_blue_seals_are_taken_on_white_and_on_transparent_ground() {
    for (ink, colour) in [(RED, Colour::Red), (BLUE, Colour::Blue)] {
        for ground in [WHITE, CLEAR] {
            let drawing = Drawing::ring(at_600(20.0), at_600(20.0), ink, ground);
            let checked = round(&drawing.png(Some(DPI_600))).unwrap();
            assert_eq!((checked.width_mm, checked.height_mm, checked.dpi, checked.colour), (20, 20, 600, colour));
            let (width, height, pixels, density) = read(&checked.png);
            assert_eq!((width, height), (drawing.width, drawing.height));
            assert_eq!(pixels, drawing.rgba);
            assert_eq!(density.map(|density| (density.xppu, density.yppu)), Some((DPI_600, DPI_600)));
        }
    }
}

#[test]
fn what_a_scanner_makes_is_taken() {
    for quality in [60, 75, 90] {
        let jpeg = Drawing::seal().jpeg(quality, Some(600));
        assert_eq!(round(&jpeg).map(|image| image.colour), Ok(Colour::Red), "quality {quality}");
    }
    let blue = Drawing::ring(at_600(30.0), at_600(20.0), BLUE, WHITE);
    let progressive = blue.jpeg_with(80, jpeg_encoder::ColorType::Rgba, |encoder| {
        encoder.set_progressive(true);
        encoder.set_density(jpeg_encoder::PixelDensity {
            density: (236, 236),
            unit: jpeg_encoder::PixelDensityUnit::Centimeters,
        });
    });
    let checked = check_seal(&progressive, SealShape::Ellipse).unwrap();
    assert_eq!((checked.width_mm, checked.height_mm, checked.colour), (30, 20, Colour::Blue));
}

#[test]
fn nothing_of_the_file_but_its_pixels_is_kept() {
    let png = with_chunk(&Drawing::seal().png(Some(DPI_600)), b"tEXt", b"Author\0Somebody who scanned it");
    let checked = round(&png).unwrap();
    assert!(!checked.png.windows(8).any(|window| window == b"Somebody"));
    let kinds: Vec<&[u8]> = [b"IHDR", b"pHYs", b"IDAT", b"IEND"].iter().map(|kind| kind.as_slice()).collect();
    let mut at = 8;
    while at < checked.png.len() {
        let length = u32::from_be_bytes(checked.png[at..at + 4].try_into().unwrap()) as usize;
        assert!(kinds.contains(&&checked.png[at + 4..at + 8]));
        at += length + 12;
    }
}

#[test]
fn the_resolution_is_600_dpi_and_stands_in_the_file() {
    let drawing = Drawing::seal();
    assert_eq!(refused(round(&drawing.png(None))), "image.resolution");
    assert_eq!(refused(round(&drawing.png(Some(2835)))), "image.resolution");
    assert_eq!(refused(round(&drawing.png(Some(23_599)))), "image.resolution");
    assert_eq!(refused(round(&drawing.png(Some(23_600)))), "taken");
    assert_eq!(refused(round(&drawing.png(Some(47_244)))), "taken");
    assert_eq!(refused(round(&drawing.jpeg(80, None))), "image.resolution");
    assert_eq!(refused(round(&drawing.jpeg(80, Some(72)))), "image.resolution");
    assert_eq!(refused(round(&drawing.jpeg(80, Some(599)))), "image.resolution");
    let crooked = drawing.png_with(|encoder| {
        encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: 23_622, yppu: 26_000, unit: png::Unit::Meter }));
    });
    assert_eq!(refused(round(&crooked)), "image.resolution");
    let ratio = drawing.png_with(|encoder| {
        encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: 30_000, yppu: 30_000, unit: png::Unit::Unspecified }));
    });
    assert_eq!(refused(round(&ratio)), "image.resolution");
}

#[test]
fn each_shape_has_its_largest_size() {
    for (shape, width, height, expected) in [
        (SealShape::Round, 45.0, 45.0, "taken"),
        (SealShape::Round, 45.3, 45.3, "image.size"),
        (SealShape::Round, 40.0, 42.0, "image.not_round"),
        (SealShape::Round, 20.0, 20.3, "taken"),
        (SealShape::Ellipse, 55.0, 45.0, "taken"),
        (SealShape::Ellipse, 45.0, 55.0, "image.size"),
        (SealShape::Rectangle, 55.0, 40.0, "taken"),
        (SealShape::Rectangle, 55.0, 40.4, "image.size"),
        (SealShape::Rectangle, 1.5, 40.0, "image.size"),
    ] {
        let drawing = Drawing::ring(at_600(width), at_600(height), RED, WHITE);
        assert_eq!(refused(check_seal(&drawing.png(Some(DPI_600)), shape)), expected, "{shape:?} {width}x{height}");
    }
}

#[test]
fn the_ink_is_red_or_blue_alone_on_white() {
    let ring = |ink, ground| round(&Drawing::ring(300, 300, ink, ground).png(Some(DPI_600)));
    for ink in [[0, 0, 0], [128, 128, 128], [20, 150, 40], [230, 200, 20], [160, 30, 190]] {
        assert_eq!(refused(ring(ink, WHITE)), "image.colour", "{ink:?}");
    }
    for ground in [[180, 230, 180, 255], [150, 150, 150, 255], [255, 240, 0, 255]] {
        assert_eq!(refused(ring(RED, ground)), "image.colour", "{ground:?}");
    }
    assert_eq!(refused(ring([120, 0, 10], WHITE)), "taken");
    assert_eq!(refused(ring([255, 60, 60], WHITE)), "taken");
    assert_eq!(refused(ring([0, 0, 128], WHITE)), "taken");
    let mut both = Drawing::ring(300, 300, RED, WHITE);
    for (pixel, other) in both.rgba.chunks_mut(4).zip(Drawing::ring(300, 300, BLUE, WHITE).rgba.chunks(4)).take(45_000)
    {
        pixel.copy_from_slice(other);
    }
    assert_eq!(refused(round(&both.png(Some(DPI_600)))), "image.colour");
}

#[test]
fn an_image_has_ink_and_ground() {
    let plain = |colour: [u8; 4]| Drawing { width: 300, height: 300, rgba: colour.repeat(90_000) };
    assert_eq!(refused(round(&plain(WHITE).png(Some(DPI_600)))), "image.ink");
    assert_eq!(refused(round(&plain(CLEAR).png(Some(DPI_600)))), "image.ink");
    assert_eq!(refused(round(&plain([214, 30, 40, 255]).png(Some(DPI_600)))), "image.ink");
}

#[test]
fn cmyk_is_refused() {
    let drawing = Drawing::seal();
    for colour in [jpeg_encoder::ColorType::Cmyk, jpeg_encoder::ColorType::CmykAsYcck] {
        let jpeg = drawing.jpeg_with(80, colour, |encoder| {
            encoder.set_density(jpeg_encoder::PixelDensity::dpi(600));
        });
        assert_eq!(refused(round(&jpeg)), "image.colour_model");
    }
}

#[test]
fn moving_images_are_refused() {
    let drawing = Drawing::seal();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, drawing.width, drawing.height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_animated(2, 0).unwrap();
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&drawing.rgba).unwrap();
    writer.write_image_data(&drawing.rgba).unwrap();
    writer.finish().unwrap();
    assert_eq!(refused(round(&file)), "image.animated");
    let one_frame = with_chunk(&drawing.png(Some(DPI_600)), b"acTL", &[0, 0, 0, 1, 0, 0, 0, 0]);
    assert_eq!(refused(round(&one_frame)), "image.animated");
}

#[test]
fn forty_megapixels_are_refused_before_they_are_decoded() {
    // A header that says so, and no pixels at all: whoever decoded would find them missing.
    let header = [&8000_u32.to_be_bytes()[..], &5000_u32.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
    let density = [&DPI_600.to_be_bytes()[..], &DPI_600.to_be_bytes(), &[1]].concat();
    let file =
        [b"\x89PNG\r\n\x1a\n".as_slice(), &chunk(b"IHDR", &header), &chunk(b"pHYs", &density), &chunk(b"IEND", b"")]
            .concat();
    assert_eq!(refused(round(&file)), "image.pixels");
    assert_eq!(refused(check_signature(&file)), "image.pixels");
    let mut jpeg = Drawing::seal().jpeg(80, Some(600));
    let frame = jpeg.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0x13, 0x88, 0x1f, 0x40]);
    assert_eq!(refused(round(&jpeg)), "image.pixels");
}

#[test]
fn a_file_that_was_cut_off_is_refused_wherever_it_ends() {
    let drawing = Drawing::ring(120, 120, RED, WHITE);
    for whole in [drawing.png(Some(DPI_600)), drawing.jpeg(80, Some(600))] {
        assert_eq!(refused(round(&whole)), "taken");
        for end in (0..whole.len()).step_by(whole.len() / 200 + 1) {
            assert_ne!(refused(round(&whole[..end])), "taken", "{end} of {}", whole.len());
        }
    }
}

#[test]
fn a_file_that_is_something_else_too_is_refused() {
    let drawing = Drawing::ring(120, 120, RED, WHITE);
    for whole in [drawing.png(Some(DPI_600)), drawing.jpeg(80, Some(600))] {
        for tail in [b"%PDF-1.7".as_slice(), b"PK\x05\x06", b"<html>", b"\0", &whole.clone()] {
            assert_eq!(refused(round(&[&whole, tail].concat())), "image.foreign_content");
        }
    }
    let png = drawing.png(Some(DPI_600));
    for text in [b"Comment\0%PDF-1.4".as_slice(), b"Comment\0<SCRIPT>alert(1)</script>", b"x\0PK\x03\x04"] {
        assert_eq!(refused(round(&with_chunk(&png, b"tEXt", text))), "image.foreign_content");
    }
    assert_eq!(refused(round(&with_chunk(&png, b"zTXt", &vec![b'x'; 70_000]))), "image.foreign_content");
    let jpeg = drawing.jpeg(80, Some(600));
    let comment = [&jpeg[..2], &[0xff, 0xfe, 0, 10], b"<html>..", &jpeg[2..]].concat();
    assert_eq!(refused(round(&comment)), "image.foreign_content");
}

#[test]
fn other_files_are_no_images() {
    for file in
        [b"".as_slice(), b"GIF89a", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", b"\xff\xd8", b"\xff\xd8\xff\xd9", b"<svg/>"]
    {
        assert_eq!(refused(round(file)), "image.unreadable");
    }
    let broken = with_chunk(&Drawing::seal().png(Some(DPI_600)), b"XDAT", b"critical and unknown");
    assert_eq!(refused(round(&broken)), "image.unreadable");
}

#[test]
fn sixteen_bits_palettes_and_interlaced_rows_are_read() {
    let drawing = Drawing::ring(120, 120, RED, WHITE);
    let deep: Vec<u8> = drawing.rgba.iter().flat_map(|byte| [*byte, *byte]).collect();
    let deep = Drawing { rgba: deep, ..drawing.clone() };
    let file = deep.png_with(|encoder| {
        encoder.set_depth(png::BitDepth::Sixteen);
        encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: DPI_600, yppu: DPI_600, unit: png::Unit::Meter }));
    });
    assert_eq!(refused(round(&file)), "taken");
    let indexed: Vec<u8> = drawing.rgba.chunks(4).map(|pixel| u8::from(pixel[1] < 128)).collect();
    let indexed = Drawing { rgba: indexed, ..drawing };
    let file = indexed.png_with(|encoder| {
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_palette(vec![255, 255, 255, 214, 30, 40]);
        encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: DPI_600, yppu: DPI_600, unit: png::Unit::Meter }));
    });
    assert_eq!(refused(round(&file)), "taken");
}

#[test]
fn a_signature_is_black_on_transparent_ground() {
    let checked = check_signature(&Drawing::signature().png(Some(DPI_600))).unwrap();
    assert_eq!((checked.width_mm, checked.height_mm, checked.colour), (20, 10, Colour::Black));
    // As a canvas gives it: 300 dpi are taken.
    let drawn = check_signature(&Drawing::ring(354, 177, [0, 0, 0], CLEAR).png(None)).unwrap();
    assert_eq!((drawn.width_mm, drawn.height_mm, drawn.dpi), (30, 15, 300));
    for (drawing, expected) in [
        (Drawing::ring(354, 177, [0, 0, 0], WHITE), "image.transparency"),
        (Drawing::ring(354, 177, RED, CLEAR), "image.signature_colour"),
        (Drawing::ring(600, 177, [0, 0, 0], CLEAR), "image.size"),
        (Drawing { width: 300, height: 100, rgba: CLEAR.repeat(30_000) }, "image.ink"),
        (Drawing { width: 300, height: 100, rgba: [0, 0, 0, 255].repeat(30_000) }, "image.transparency"),
    ] {
        assert_eq!(refused(check_signature(&drawing.png(None))), expected);
    }
    assert_eq!(refused(check_signature(&Drawing::signature().jpeg(80, Some(600)))), "image.transparency");
    assert_eq!(refused(check_signature(&Drawing::signature().png(Some(2835)))), "image.resolution");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), start in 0..3_usize) {
        let start: &[u8] = [b"".as_slice(), b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"][start];
        let file = [start, &bytes].concat();
        prop_assert!(round(&file).is_err() && check_signature(&file).is_err());
    }

    #[test]
    fn no_change_of_a_good_file_makes_it_panic(
        png in any::<bool>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let drawing = Drawing::ring(64, 64, RED, WHITE);
        let mut file = if png { drawing.png(Some(DPI_600)) } else { drawing.jpeg(70, Some(600)) };
        for (at, to) in changes {
            let at = at.index(file.len());
            file[at] = to;
        }
        let _ = (round(&file), check_signature(&file));
    }
}
