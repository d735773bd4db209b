//! Images drawn for tests.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub const RED: [u8; 3] = [214, 30, 40];
pub const BLUE: [u8; 3] = [30, 60, 200];
pub const WHITE: [u8; 4] = [255, 255, 255, 255];
pub const CLEAR: [u8; 4] = [0, 0, 0, 0];
/// 600 dpi, as most programs write it.
pub const DPI_600: u32 = 23_622;

/// RGBA, row by row.
#[derive(Clone)]
pub struct Drawing {
    pub width: u32,
    pub height: u32,
    pub rgba: Vec<u8>,
}

/// Pixels of `millimetres` at 600 dpi.
pub fn at_600(millimetres: f64) -> u32 {
    (millimetres * 23.622).round() as u32
}

impl Drawing {
    /// A ring of ink in an oval that fills the image, with soft edges.
    pub fn ring(width: u32, height: u32, ink: [u8; 3], ground: [u8; 4]) -> Self {
        let mut rgba = Vec::with_capacity((width * height * 4) as usize);
        for y in 0..height {
            for x in 0..width {
                let dx = (f64::from(x) + 0.5) / f64::from(width) * 2.0 - 1.0;
                let dy = (f64::from(y) + 0.5) / f64::from(height) * 2.0 - 1.0;
                let from_middle = ((dx * dx + dy * dy).sqrt() - 0.88).abs();
                // Ink to 0.06 of the half width, then fading over two pixels.
                let cover = ((0.06 - from_middle) * f64::from(width) / 4.0 + 0.5).clamp(0.0, 1.0);
                let alpha = cover + f64::from(ground[3]) / 255.0 * (1.0 - cover);
                for channel in 0..3 {
                    let under = f64::from(ground[channel]) * f64::from(ground[3]) / 255.0 * (1.0 - cover);
                    let value = if alpha > 0.0 { (f64::from(ink[channel]) * cover + under) / alpha } else { 0.0 };
                    rgba.push(value.round() as u8);
                }
                rgba.push((alpha * 255.0).round() as u8);
            }
        }
        Self { width, height, rgba }
    }

    /// A round red seal of 20 mm on white.
    pub fn seal() -> Self {
        Self::ring(at_600(20.0), at_600(20.0), RED, WHITE)
    }

    /// A black stroke of 20 by 10 mm on transparent ground.
    pub fn signature() -> Self {
        Self::ring(at_600(20.0), at_600(10.0), [10, 10, 12], CLEAR)
    }

    /// A PNG of RGBA.
    pub fn png(&self, per_metre: Option<u32>) -> Vec<u8> {
        self.png_with(|encoder| {
            let unit = png::Unit::Meter;
            encoder.set_pixel_dims(per_metre.map(|n| png::PixelDimensions { xppu: n, yppu: n, unit }));
        })
    }

    pub fn png_with(&self, set: impl FnOnce(&mut png::Encoder<'_, &mut Vec<u8>>)) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width, self.height);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Fast);
        set(&mut encoder);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&self.rgba).unwrap();
        writer.finish().unwrap();
        file
    }

    /// A JPEG, of `dpi` dots in an inch where it says so.
    pub fn jpeg(&self, quality: u8, dpi: Option<u16>) -> Vec<u8> {
        self.jpeg_with(quality, jpeg_encoder::ColorType::Rgba, |encoder| {
            if let Some(dpi) = dpi {
                encoder.set_density(jpeg_encoder::PixelDensity::dpi(dpi));
            }
        })
    }

    pub fn jpeg_with(
        &self,
        quality: u8,
        colour: jpeg_encoder::ColorType,
        set: impl FnOnce(&mut jpeg_encoder::Encoder<&mut Vec<u8>>),
    ) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut file, quality);
        set(&mut encoder);
        encoder.encode(&self.rgba, self.width as u16, self.height as u16, colour).unwrap();
        file
    }
}

/// The body's field.
pub fn base64(file: &[u8]) -> String {
    STANDARD.encode(file)
}

/// A PNG chunk with its CRC.
pub fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut crc = 0xffff_ffff_u32;
    for byte in kind.iter().chain(content) {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    let length = u32::try_from(content.len()).unwrap();
    [&length.to_be_bytes(), kind.as_slice(), content, &(!crc).to_be_bytes()].concat()
}

/// `png` with a chunk more, right after its header.
pub fn with_chunk(png: &[u8], kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let after_header = 8 + 25;
    [&png[..after_header], &chunk(kind, content), &png[after_header..]].concat()
}
