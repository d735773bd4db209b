//! From a file to pixels and back: the decoding and encoding, which are `png`'s and `zune-jpeg`'s.

use std::io::Cursor;

use eport_schema::catalogue::{self, Refusal};
use png::{BitDepth, ColorType, Decoder, Encoder, Limits, PixelDimensions, Transformations, Unit};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::container::{Container, Format};

/// What a decoder may take beside the pixels, in bytes.
const WORKING: usize = 32 << 20;
/// Passes over a progressive JPEG: ten is usual.
const SCANS: usize = 30;

/// Rows of pixels of one to four bytes: grey, grey and alpha, RGB, RGBA.
pub(super) struct Pixels {
    width: u32,
    height: u32,
    channels: usize,
    data: Vec<u8>,
}

impl Pixels {
    /// Decodes a file of which [`Container::read`] has told how large it is.
    pub(super) fn decode(file: &[u8], container: &Container) -> Result<Self, &'static Refusal> {
        let data = match container.format {
            Format::Png => png(file),
            Format::Jpeg => jpeg(file, container),
        }
        .ok_or(&catalogue::IMAGE_UNREADABLE)?;
        let (width, height) = (container.width, container.height);
        let count = usize::try_from(width).unwrap_or(usize::MAX).saturating_mul(usize::try_from(height).unwrap_or(0));
        let channels = data.len().checked_div(count).filter(|channels| (1..=4).contains(channels));
        let channels = channels.filter(|channels| count.checked_mul(*channels) == Some(data.len()));
        Ok(Self { width, height, channels: channels.ok_or(&catalogue::IMAGE_UNREADABLE)?, data })
    }

    /// Whether they have an alpha channel.
    pub(super) const fn has_alpha(&self) -> bool {
        matches!(self.channels, 2 | 4)
    }

    /// Red, green, blue and alpha of each.
    pub(super) fn rgba(&self) -> impl Iterator<Item = [u8; 4]> + '_ {
        self.data.chunks_exact(self.channels).filter_map(|pixel| match *pixel {
            [grey] => Some([grey, grey, grey, 255]),
            [grey, alpha] => Some([grey, grey, grey, alpha]),
            [red, green, blue] => Some([red, green, blue, 255]),
            [red, green, blue, alpha] => Some([red, green, blue, alpha]),
            _ => None,
        })
    }

    /// A PNG of the pixels, with their density and nothing else.
    pub(super) fn encode(&self, per_metre: (u32, u32)) -> Result<Vec<u8>, &'static Refusal> {
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, self.width, self.height);
        encoder.set_color(match self.channels {
            1 => ColorType::Grayscale,
            2 => ColorType::GrayscaleAlpha,
            3 => ColorType::Rgb,
            _ => ColorType::Rgba,
        });
        encoder.set_depth(BitDepth::Eight);
        encoder.set_pixel_dims(Some(PixelDimensions { xppu: per_metre.0, yppu: per_metre.1, unit: Unit::Meter }));
        let write = || {
            let mut writer = encoder.write_header()?;
            writer.write_image_data(&self.data)?;
            writer.finish()
        };
        // Writing to memory doesn't fail, and the sizes fit: they are those of the image that was read.
        write().map_err(|_: png::EncodingError| &catalogue::SERVICE_INTERNAL)?;
        Ok(file)
    }
}

/// Eight bits a channel, palettes resolved; texts and colour profiles are not even unpacked.
fn png(file: &[u8]) -> Option<Vec<u8>> {
    let mut decoder = Decoder::new_with_limits(Cursor::new(file), Limits { bytes: WORKING });
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let mut reader = decoder.read_info().ok()?;
    let mut data = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut data).ok()?;
    reader.finish().ok()?;
    data.truncate(frame.buffer_size());
    Some(data)
}

/// RGB, or grey where the file has one component. A file that is damaged is refused, not mended.
fn jpeg(file: &[u8], container: &Container) -> Option<Vec<u8>> {
    let side = |pixels: u32| usize::try_from(pixels).unwrap_or(0);
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(side(container.width))
        .set_max_height(side(container.height))
        .jpeg_set_max_scans(SCANS)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    JpegDecoder::new_with_options(ZCursor::new(file), options).decode().ok()
}
