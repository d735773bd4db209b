//! Whatever comes, the card answers, and nothing is signed without the PIN.

use eport_virtual_card::card::{Card, Slot};
use eport_virtual_card::key::{Algorithm, PrivateKey};
use proptest::{collection::vec, prelude::*, test_runner::TestCaseResult};

use crate::host::{Host, SELECT_PIV, memory};

/// Commands that look like something: known instructions and parameters with any data, some chained, some cut short.
fn command() -> impl Strategy<Value = Vec<u8>> {
    let class = prop_oneof![8 => Just(0x00), 2 => Just(0x10), 1 => any::<u8>()];
    let instruction = prop_oneof![
        8 => prop::sample::select(vec![0x20u8, 0x24, 0x2C, 0x47, 0x87, 0xA4, 0xC0, 0xCB, 0xDB]),
        1 => any::<u8>()
    ];
    let parameters = prop_oneof![
        6 => prop::sample::select(vec![
            [0x00u8, 0x80], [0x00, 0x81], [0xFF, 0x80], [0x3F, 0xFF], [0x04, 0x00], [0x00, 0x00], [0x11, 0x9A], [0x11, 0x9C], [0x07, 0x9D],
        ]),
        1 => any::<[u8; 2]>()
    ];
    let data = prop_oneof![vec(any::<u8>(), 0..300), template()];
    (class, instruction, parameters, data, 0..4u8).prop_map(|(class, instruction, parameters, data, form)| {
        let header = [class, instruction, parameters[0], parameters[1]];
        let long = data.len() as u16;
        match form {
            0 => [&header, &[data.len() as u8][..], &data, &[0x00]].concat(),
            1 => [&header, &[data.len() as u8][..], &data].concat(),
            2 => [&header, &[0x00][..], &long.to_be_bytes(), &data, &[0x00, 0x00]].concat(),
            _ => [&header[..], &data].concat(),
        }
    })
}

/// Something like a dynamic authentication template or a tag list.
fn template() -> impl Strategy<Value = Vec<u8>> {
    let tag = prop::sample::select(vec![0x7Cu8, 0x81, 0x82, 0x85, 0x5C, 0x53, 0x5F]);
    let object =
        (tag.clone(), any::<u8>(), vec(any::<u8>(), 0..40), any::<bool>()).prop_map(|(tag, length, value, right)| {
            [&[tag, if right { value.len() as u8 } else { length }], &value[..]].concat()
        });
    (tag, vec(object, 0..4)).prop_map(|(tag, objects)| {
        let content = objects.concat();
        [&[tag, content.len() as u8], &content[..]].concat()
    })
}

/// A card without a key for 9E, so that every signature it makes wants the PIN.
fn card() -> Card {
    let key = PrivateKey::generate(Algorithm::P256).unwrap();
    let memory = [Slot::Authentication, Slot::Signature, Slot::KeyManagement]
        .into_iter()
        .fold(memory(), |memory, slot| memory.with(slot, key.clone(), Some(vec![0xC5; 700])));
    Host::with(memory).card
}

fn answers(card: &mut Card, command: &[u8]) -> TestCaseResult {
    let answer = card.transmit(command);
    prop_assert!(answer.len() >= 2);
    prop_assert!(answer.len() <= 65_538);
    let class = answer[answer.len() - 2];
    prop_assert!(matches!(class, 0x90 | 0x61 | 0x63 | 0x64 | 0x67..=0x6A | 0x6D | 0x6E), "{class:02X}");
    prop_assert!(class == 0x90 || class == 0x61 || answer.len() == 2, "data with a refusal");
    // A signature comes in 7C; nobody guesses the PIN here.
    prop_assert!(answer.first() != Some(&0x7C) || answer.len() == 2);
    Ok(())
}

proptest! {
    // 2,000 sequences of 25 and as many of 50 make 150,000 commands.
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_hundred_thousand_likely_commands_are_answered(commands in vec(command(), 50)) {
        let mut card = card();
        for command in commands {
            answers(&mut card, &command)?;
        }
    }

    #[test]
    fn fifty_thousand_random_strings_are_answered(strings in vec(vec(any::<u8>(), 0..600), 25)) {
        let mut card = card();
        for string in strings {
            answers(&mut card, &string)?;
        }
    }
}

#[test]
fn every_header_is_answered() {
    let mut card = card();
    for class in [0x00, 0x10] {
        for instruction in 0..=0xFF {
            for p1 in [0x00, 0x04, 0x11, 0x3F, 0xFF] {
                for p2 in 0..=0xFF {
                    assert!(card.transmit(&[class, instruction, p1, p2]).len() >= 2);
                    assert!(card.transmit(&[class, instruction, p1, p2, 0x00]).len() >= 2);
                }
            }
        }
    }
    assert_eq!(card.transmit(&hex::decode(SELECT_PIV.replace(' ', "")).unwrap()).last_chunk(), Some(&[0x90, 0x00]));
}
