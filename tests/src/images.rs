//! Images of seals and signatures, drawn.

/// A PNG of a ring of `ink` (RGB) on transparent ground: `width` by `height` pixels at 600 dpi.
pub fn ring(width: u32, height: u32, ink: [u8; 3]) -> Vec<u8> {
    let middle = |at: u32, side: u32| (f64::from(at) + 0.5) / f64::from(side) * 2.0 - 1.0;
    let mut rgba = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let from_middle = middle(x, width).hypot(middle(y, height));
            let alpha = if (0.8..0.95).contains(&from_middle) { 255 } else { 0 };
            rgba.extend([ink[0], ink[1], ink[2], alpha]);
        }
    }
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: 23_622, yppu: 23_622, unit: png::Unit::Meter }));
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(&rgba).expect("pixels");
    writer.finish().expect("an end");
    file
}

/// A round red seal of 40 mm.
pub fn seal() -> Vec<u8> {
    ring(945, 945, [214, 30, 40])
}

/// A black stroke of 20 by 10 mm.
pub fn signature() -> Vec<u8> {
    ring(472, 236, [12, 12, 12])
}
