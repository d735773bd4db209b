//! Images of seals and signatures: looked at pixel by pixel, and made anew, so that nothing but pixels and their size is kept of what
//! somebody uploaded.
//!
//! What a file says of itself is read first and bounds what is decoded: at most the largest imprint at 1,200 dpi, 5.5 million pixels.

mod container;
mod ink;
mod pixels;

use eport_schema::catalogue::{self, Refusal};
use eport_schema::domain::SealShape;

use container::{Container, Format};
pub use ink::Colour;
use pixels::Pixels;

/// The largest file, in bytes.
pub const LONGEST: usize = 3 << 20;

/// Millimetres in a metre.
const METRE: f64 = 1000.0;
/// Pixels in a metre at 600 dpi are 23,622; JFIF says it in whole pixels a centimetre at its coarsest, which makes 236.
const SEAL_PER_METRE: u32 = 23_600;
/// 150 dpi, likewise.
const SIGNATURE_PER_METRE: u32 = 5_900;
/// 300 dpi: what a signature is taken to have whose file doesn't say, as one drawn on a canvas.
const DRAWN_PER_METRE: u32 = 11_811;
/// The largest signature, width and height in millimetres.
const LARGEST_SIGNATURE: (u32, u32) = (35, 30);
/// How far a side may be over its limit, since a side is a whole number of pixels; millimetres.
const TOLERANCE: f64 = 0.1;
/// The shortest side, millimetres.
const SHORTEST: f64 = 2.0;
/// Pixels on a millimetre at 1,200 dpi, rounded up.
const MOST_PER_MILLIMETRE: u32 = 48;

/// An image that may be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedImage {
    /// Made anew: pixels and their density, nothing else.
    pub png: Vec<u8>,
    /// Millimetres, rounded.
    pub width_mm: u32,
    /// Millimetres, rounded.
    pub height_mm: u32,
    /// Dots in an inch, rounded.
    pub dpi: u32,
    /// Of the ink.
    pub colour: Colour,
}

/// An image that may be a seal's.
pub fn check_seal(file: &[u8], shape: SealShape) -> Result<CheckedImage, &'static Refusal> {
    let container = Container::read(file)?;
    let density = container.per_metre.ok_or(&catalogue::IMAGE_RESOLUTION);
    let size = sized(&container, shape.largest(), density, SEAL_PER_METRE)?;
    let (width, height) = (size.width, size.height);
    if shape == SealShape::Round && (width - height).abs() > (width.max(height) * 0.02).max(0.5) {
        return Err(&catalogue::IMAGE_NOT_ROUND);
    }
    let pixels = Pixels::decode(file, &container)?;
    let colour = ink::of_seal(&pixels)?;
    finish(&pixels, size, colour)
}

/// An image that may be a signature's.
pub fn check_signature(file: &[u8]) -> Result<CheckedImage, &'static Refusal> {
    let container = Container::read(file)?;
    if container.format != Format::Png {
        return Err(&catalogue::IMAGE_TRANSPARENCY);
    }
    let density = Ok(container.per_metre.unwrap_or((DRAWN_PER_METRE, DRAWN_PER_METRE)));
    let size = sized(&container, LARGEST_SIGNATURE, density, SIGNATURE_PER_METRE)?;
    let pixels = Pixels::decode(file, &container)?;
    let colour = ink::of_signature(&pixels)?;
    finish(&pixels, size, colour)
}

/// The size on paper.
#[derive(Clone, Copy)]
struct Size {
    /// Millimetres.
    width: f64,
    /// Millimetres.
    height: f64,
    per_metre: (u32, u32),
}

/// The size of the imprint, if there are not too many pixels, they are dense enough and it isn't larger than `largest`.
fn sized(
    container: &Container,
    largest: (u32, u32),
    density: Result<(u32, u32), &'static Refusal>,
    least: u32,
) -> Result<Size, &'static Refusal> {
    let too_many = |pixels: u32, millimetres: u32| pixels > millimetres.saturating_mul(MOST_PER_MILLIMETRE);
    if too_many(container.width, largest.0) || too_many(container.height, largest.1) {
        return Err(&catalogue::IMAGE_PIXELS);
    }
    let per_metre = density?;
    let (x, y) = (f64::from(per_metre.0), f64::from(per_metre.1));
    if per_metre.0 < least || per_metre.1 < least || (x - y).abs() > x * 0.01 {
        return Err(&catalogue::IMAGE_RESOLUTION);
    }
    let size = Size {
        width: f64::from(container.width) * METRE / x,
        height: f64::from(container.height) * METRE / y,
        per_metre,
    };
    let fits = |side: f64, most: u32| side >= SHORTEST && side <= f64::from(most) + TOLERANCE;
    if fits(size.width, largest.0) && fits(size.height, largest.1) { Ok(size) } else { Err(&catalogue::IMAGE_SIZE) }
}

fn finish(pixels: &Pixels, size: Size, colour: Colour) -> Result<CheckedImage, &'static Refusal> {
    Ok(CheckedImage {
        png: pixels.encode(size.per_metre)?,
        width_mm: whole(size.width),
        height_mm: whole(size.height),
        dpi: whole(f64::from(size.per_metre.0) * 0.0254),
        colour,
    })
}

/// Rounded. What comes here lies between 0 and a few thousand.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rounded, not negative, and small")]
fn whole(number: f64) -> u32 {
    number.round().clamp(0.0, f64::from(u32::MAX)) as u32
}
