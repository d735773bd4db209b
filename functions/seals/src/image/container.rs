//! What a file says of itself before anything is decoded, and whether it is one image and nothing else.

use eport_schema::catalogue::{self, Refusal};

/// Which kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// PNG (W3C, third edition).
    Png,
    /// JPEG (ITU-T T.81) with JFIF (T.871).
    Jpeg,
}

/// What a file says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Container {
    /// Which kind of file.
    pub format: Format,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Pixels in a metre, across and down; absent where the file doesn't say, or says nothing but a ratio.
    pub per_metre: Option<(u32, u32)>,
}

/// The most that may stand in a file beside the image, in bytes: a colour profile and a few words.
const ANNOTATIONS: usize = 64 << 10;

/// How other kinds of files begin, which readers of those look for anywhere in a file.
const FOREIGN: [&[u8]; 8] =
    [b"%pdf-", b"pk\x03\x04", b"pk\x05\x06", b"<html", b"<!doctype", b"<script", b"<svg", b"<?php"];

const UNREADABLE: &Refusal = &catalogue::IMAGE_UNREADABLE;

impl Container {
    /// Walks through the parts of a file from its first byte to its last.
    pub(super) fn read(file: &[u8]) -> Result<Self, &'static Refusal> {
        if let Some(rest) = file.strip_prefix(b"\x89PNG\r\n\x1a\n") {
            png(rest)
        } else if let Some(rest) = file.strip_prefix(b"\xff\xd8") {
            jpeg(rest)
        } else {
            Err(UNREADABLE)
        }
    }
}

/// Counts what isn't the image, and looks into it.
#[derive(Default)]
struct Annotations(usize);

impl Annotations {
    fn add(&mut self, content: &[u8]) -> Result<(), &'static Refusal> {
        self.0 = self.0.saturating_add(content.len());
        if self.0 > ANNOTATIONS {
            return Err(&catalogue::IMAGE_FOREIGN_CONTENT);
        }
        let begins = |at: &[u8], sign: &&[u8]| at.get(..sign.len()).is_some_and(|at| at.eq_ignore_ascii_case(sign));
        let foreign = (0..content.len())
            .any(|at| content.get(at..).is_some_and(|rest| FOREIGN.iter().any(|sign| begins(rest, sign))));
        if foreign { Err(&catalogue::IMAGE_FOREIGN_CONTENT) } else { Ok(()) }
    }
}

/// The chunks of a PNG: length, type, content, CRC (which the decoder checks).
fn png(mut rest: &[u8]) -> Result<Container, &'static Refusal> {
    let mut header = None;
    let mut per_metre = None;
    let mut annotations = Annotations::default();
    loop {
        let (length, after) = rest.split_first_chunk::<4>().ok_or(UNREADABLE)?;
        let (kind, after) = after.split_first_chunk::<4>().ok_or(UNREADABLE)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| UNREADABLE)?;
        let (content, after) = after.split_at_checked(length).ok_or(UNREADABLE)?;
        let (_crc, after) = after.split_first_chunk::<4>().ok_or(UNREADABLE)?;
        rest = after;
        match kind {
            b"IHDR" if header.is_none() => {
                let (width, after) = content.split_first_chunk::<4>().ok_or(UNREADABLE)?;
                let (height, _) = after.split_first_chunk::<4>().ok_or(UNREADABLE)?;
                header = Some((u32::from_be_bytes(*width), u32::from_be_bytes(*height)));
            }
            _ if header.is_none() => return Err(UNREADABLE),
            b"IDAT" | b"PLTE" => {}
            b"IEND" if rest.is_empty() && content.is_empty() => break,
            b"IEND" => return Err(&catalogue::IMAGE_FOREIGN_CONTENT),
            b"acTL" | b"fcTL" | b"fdAT" => return Err(&catalogue::IMAGE_ANIMATED),
            b"pHYs" => per_metre = density_of_png(content),
            // The case of the first letter tells whether a reader may pass a chunk over.
            [first, ..] if first.is_ascii_lowercase() => annotations.add(content)?,
            _ => return Err(UNREADABLE),
        }
    }
    let (width, height) = header.filter(|(width, height)| *width > 0 && *height > 0).ok_or(UNREADABLE)?;
    Ok(Container { format: Format::Png, width, height, per_metre })
}

/// `pHYs`: pixels in a unit across and down, and the unit, 1 for the metre.
fn density_of_png(content: &[u8]) -> Option<(u32, u32)> {
    let (x, rest) = content.split_first_chunk::<4>()?;
    let (y, rest) = rest.split_first_chunk::<4>()?;
    (rest == [1]).then(|| (u32::from_be_bytes(*x), u32::from_be_bytes(*y)))
}

/// The segments of a JPEG: marker, length, content; after a start of scan the coded image up to the next marker.
fn jpeg(mut rest: &[u8]) -> Result<Container, &'static Refusal> {
    let mut frame = None;
    let mut per_metre = None;
    let mut annotations = Annotations::default();
    loop {
        // A marker may have any number of 0xff before it.
        while let [0xff, 0xff, ..] = rest {
            rest = rest.get(1..).unwrap_or_default();
        }
        let (&[0xff, marker], after) = rest.split_first_chunk::<2>().ok_or(UNREADABLE)? else {
            return Err(UNREADABLE);
        };
        rest = after;
        match marker {
            0xd9 if rest.is_empty() => break,
            0xd9 => return Err(&catalogue::IMAGE_FOREIGN_CONTENT),
            _ => {}
        }
        let (length, after) = rest.split_first_chunk::<2>().ok_or(UNREADABLE)?;
        let length = usize::from(u16::from_be_bytes(*length)).checked_sub(2).ok_or(UNREADABLE)?;
        let (content, after) = after.split_at_checked(length).ok_or(UNREADABLE)?;
        rest = after;
        match marker {
            // Start of frame: precision, height, width, components. The others in this range are tables.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                let &[_, h1, h2, w1, w2, components, ..] = content else { return Err(UNREADABLE) };
                if frame.is_some() {
                    return Err(UNREADABLE);
                }
                if !matches!(components, 1 | 3) {
                    return Err(&catalogue::IMAGE_COLOUR_MODEL);
                }
                frame = Some((u32::from(u16::from_be_bytes([w1, w2])), u32::from(u16::from_be_bytes([h1, h2]))));
            }
            0xda => rest = after_scan(rest)?,
            0xe0 if content.starts_with(b"JFIF\0") => per_metre = density_of_jfif(content),
            0xe0..=0xef | 0xfe => annotations.add(content)?,
            _ => {}
        }
    }
    let (width, height) = frame.filter(|(width, height)| *width > 0 && *height > 0).ok_or(UNREADABLE)?;
    Ok(Container { format: Format::Jpeg, width, height, per_metre })
}

/// What follows the coded image: the first marker that is neither a stuffed byte nor a restart.
fn after_scan(coded: &[u8]) -> Result<&[u8], &'static Refusal> {
    let end =
        coded.windows(2).position(|pair| matches!(pair, [0xff, second] if !matches!(second, 0 | 0xd0..=0xd7 | 0xff)));
    end.and_then(|end| coded.get(end..)).ok_or(UNREADABLE)
}

/// JFIF: version, unit (1 inch, 2 centimetre), pixels across and down.
fn density_of_jfif(content: &[u8]) -> Option<(u32, u32)> {
    let &[_, _, unit, x1, x2, y1, y2, ..] = content.get(5..)? else { return None };
    let (x, y) = (u32::from(u16::from_be_bytes([x1, x2])), u32::from(u16::from_be_bytes([y1, y2])));
    match unit {
        // 5,000 inches are 127 metres.
        1 => Some((x.saturating_mul(5000) / 127, y.saturating_mul(5000) / 127)),
        2 => Some((x.saturating_mul(100), y.saturating_mul(100))),
        _ => None,
    }
}
