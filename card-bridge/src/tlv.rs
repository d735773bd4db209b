//! Data objects of cards: tag, length, value (ISO/IEC 7816-4 §5.2.2).
//!
//! Not DER, which is why no DER library reads them: lengths need not be the shortest, and an object whose tag says "constructed" (PIV's
//! `70`, `71`) can hold plain bytes. Tags of one byte are all that PIV's templates have.

use zeroize::Zeroizing;

/// The value of the first object with `tag` in `objects`, a sequence of objects. `None` where there is none or the sequence is cut off.
pub fn find(tag: u8, mut objects: &[u8]) -> Option<&[u8]> {
    loop {
        let (found, value, rest) = first(objects)?;
        if found == tag {
            return Some(value);
        }
        objects = rest;
    }
}

fn first(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, bytes) = bytes.split_first()?;
    let (&length, bytes) = bytes.split_first()?;
    let (length, bytes) = match length {
        0x00..=0x7F => (usize::from(length), bytes),
        0x81..=0x83 => {
            let (octets, bytes) = bytes.split_at_checked(usize::from(length & 0x0F))?;
            (octets.iter().fold(0, |sum, octet| sum << 8 | usize::from(*octet)), bytes)
        }
        _ => return None,
    };
    let (value, rest) = bytes.split_at_checked(length)?;
    Some((tag, value, rest))
}

/// Appends an object to `out`. Values of up to 65,535 bytes; a longer one can't be said to a card and is left out.
pub fn push(out: &mut Zeroizing<Vec<u8>>, tag: u8, value: &[u8]) {
    let Ok(length) = u16::try_from(value.len()) else {
        return;
    };
    let [high, low] = length.to_be_bytes();
    out.push(tag);
    match length {
        0..=0x7F => out.push(low),
        0x80..=0xFF => out.extend([0x81, low]),
        _ => out.extend([0x82, high, low]),
    }
    out.extend(value);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn long_forms_and_plain_bytes_in_constructed_objects_are_read() {
        assert_eq!(find(0x71, &[0x70, 0x82, 0x00, 0x01, 0xAA, 0x71, 0x01, 0x01]), Some(&[0x01][..]));
        assert_eq!(find(0x82, &[0x80, 0x00, 0x82, 0x81, 0x01, 0x05]), Some(&[0x05][..]));
    }

    #[test]
    fn what_is_cut_off_is_not_read() {
        for cut in
            [&[][..], &[0x70], &[0x70, 0x02, 0x01], &[0x70, 0x82, 0x01], &[0x70, 0x80, 0x00, 0x00], &[0x70, 0x84]]
        {
            assert_eq!(find(0x70, cut), None, "{cut:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(tag: u8, value in prop::collection::vec(any::<u8>(), 0..70_000)) {
            let mut out = Zeroizing::new(Vec::new());
            push(&mut out, tag, &value);
            prop_assert_eq!(find(tag, &out), (value.len() < 65_536).then_some(&value[..]));
        }

        #[test]
        fn any_bytes_are_taken(tag: u8, bytes: Vec<u8>) {
            find(tag, &bytes);
        }
    }
}
