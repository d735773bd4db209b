//! The ink of a seal or a signature, by hue, saturation and value of each pixel.
//!
//! The bounds leave room for what scanners and JPEG do to edges: pixels between ink and ground are pale tints of the ink, and a few have
//! no clear hue at all.

use eport_schema::catalogue::{self, Refusal};

use super::pixels::Pixels;

/// Of the ink.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// 红.
    Red,
    /// 蓝.
    Blue,
    /// 黑.
    Black,
}

impl Colour {
    /// As on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Blue => "blue",
            Self::Black => "black",
        }
    }
}

/// What a pixel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ground,
    Ink(Colour),
    Other,
}

/// Below this saturation (of 1) a pixel has no hue.
const PALE: f64 = 0.15;
/// From this value (of 1) on a pixel without hue is white.
const WHITE: f64 = 0.80;
/// Below this value (of 1) a pixel is black, whatever its hue.
const DARK: f64 = 0.20;
/// Up to this value (of 1) the ink of a signature is black.
const BLACK: f64 = 0.45;
/// Up to this alpha (of 255) a pixel is transparent.
const TRANSPARENT: u8 = 25;

/// The least share of ground: a disc in its square leaves 0.21.
const LEAST_GROUND: f64 = 0.2;
/// The least share of a seal's ink: a thin ring has some 0.05.
const LEAST_SEAL: f64 = 0.01;
/// The least share of a signature's ink.
const LEAST_SIGNATURE: f64 = 0.001;
/// The most that may be neither ground nor the one ink, as a share of what isn't ground.
const MOST_OTHER: f64 = 0.05;

/// The colour of a seal: red or blue, one of them, on white or transparent ground.
pub(super) fn of_seal(pixels: &Pixels) -> Result<Colour, &'static Refusal> {
    let mut counts = Counts::default();
    for [red, green, blue, alpha] in pixels.rgba() {
        // As it looks on white paper.
        let over = |channel: u8| (f64::from(channel) * f64::from(alpha) / 255.0 + 255.0 - f64::from(alpha)) / 255.0;
        counts.add(kind(over(red), over(green), over(blue)));
    }
    let colour = if counts.red >= counts.blue { Colour::Red } else { Colour::Blue };
    if counts.visible() / counts.all() < LEAST_SEAL {
        return Err(&catalogue::IMAGE_INK);
    }
    if (counts.visible() - counts.red.max(counts.blue)) / counts.visible() > MOST_OTHER {
        return Err(&catalogue::IMAGE_COLOUR);
    }
    if counts.ground / counts.all() < LEAST_GROUND {
        return Err(&catalogue::IMAGE_INK);
    }
    Ok(colour)
}

/// Black, on transparent ground.
pub(super) fn of_signature(pixels: &Pixels) -> Result<Colour, &'static Refusal> {
    if !pixels.has_alpha() {
        return Err(&catalogue::IMAGE_TRANSPARENCY);
    }
    let mut counts = Counts::default();
    for [red, green, blue, alpha] in pixels.rgba() {
        let value = f64::from(red.max(green).max(blue)) / 255.0;
        counts.add(match alpha {
            0..=TRANSPARENT => Kind::Ground,
            _ if value <= BLACK => Kind::Ink(Colour::Black),
            _ => Kind::Other,
        });
    }
    if counts.ground / counts.all() < LEAST_GROUND {
        return Err(&catalogue::IMAGE_TRANSPARENCY);
    }
    if counts.visible() / counts.all() < LEAST_SIGNATURE {
        return Err(&catalogue::IMAGE_INK);
    }
    if counts.other / counts.visible() > MOST_OTHER {
        return Err(&catalogue::IMAGE_SIGNATURE_COLOUR);
    }
    Ok(Colour::Black)
}

/// Numbers of pixels.
#[derive(Default)]
struct Counts {
    ground: f64,
    red: f64,
    blue: f64,
    black: f64,
    other: f64,
}

impl Counts {
    fn add(&mut self, kind: Kind) {
        match kind {
            Kind::Ground => self.ground += 1.0,
            Kind::Ink(Colour::Red) => self.red += 1.0,
            Kind::Ink(Colour::Blue) => self.blue += 1.0,
            Kind::Ink(Colour::Black) => self.black += 1.0,
            Kind::Other => self.other += 1.0,
        }
    }

    /// What isn't ground. A file has at least one pixel, so [`Counts::all`] isn't zero; this can be.
    fn visible(&self) -> f64 {
        self.red + self.blue + self.black + self.other
    }

    fn all(&self) -> f64 {
        self.ground + self.visible()
    }
}

/// What a pixel on paper is, of channels from 0 to 1.
fn kind(red: f64, green: f64, blue: f64) -> Kind {
    let value = red.max(green).max(blue);
    let chroma = value - red.min(green).min(blue);
    if value < DARK {
        return Kind::Other;
    }
    if chroma / value < PALE {
        return if value >= WHITE { Kind::Ground } else { Kind::Other };
    }
    // Degrees: red 0, green 120, blue 240.
    let hue = if value == red {
        60.0 * (green - blue) / chroma
    } else if value == green {
        60.0 * (blue - red) / chroma + 120.0
    } else {
        60.0 * (red - green) / chroma + 240.0
    };
    match hue {
        -25.0..=25.0 | 335.0..=360.0 => Kind::Ink(Colour::Red),
        195.0..=265.0 => Kind::Ink(Colour::Blue),
        _ => Kind::Other,
    }
}
