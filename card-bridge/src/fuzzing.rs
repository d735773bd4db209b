//! What is done with bytes that nobody vouches for, from their arrival on: the entry points of fuzzing and of the tests that try random bytes.

use eport_card::Origin;
use zeroize::Zeroizing;

use crate::{
    card::{CardApplication, CardError, Connected, piv::Piv},
    compat::{Frame, what_is_signed},
    key::CardKey,
    pin::Pin,
    server::{Caller, text_to_sign},
    transport::scripted::Script,
};

/// A card that answers with these bytes: each answer is a length of one byte and that many bytes.
pub fn card_answers(mut bytes: &[u8]) {
    let mut script = Script::new();
    while let Some((length, rest)) = bytes.split_first() {
        let (answer, rest) = rest.split_at_checked((*length).into()).unwrap_or((rest, &[]));
        script = script.answer_bytes(answer);
        bytes = rest;
    }
    // Whatever it says, it is an error or an answer, and no panic.
    let _ = whole_session(&mut script);
}

fn whole_session(script: &mut Script) -> Result<Vec<u8>, CardError> {
    let applications: [Box<dyn CardApplication>; 1] = [Box::new(Piv::default())];
    let mut card = Connected::new(script).select(&applications)?;
    card.pin_state()?;
    let certificate = card.certificate()?;
    let key = CardKey::of(&certificate).ok_or(CardError::Certificate)?;
    card.pin_pad()?;
    card.verify(&Pin::new(Zeroizing::new(b"123456".to_vec())))?.sign(&key, b"message")
}

/// A certificate from a card or a page.
pub fn certificate(bytes: &[u8]) {
    if let Some(key) = CardKey::of(bytes) {
        key.verify(b"message", bytes);
        let _ = key.signature(bytes);
    }
}

/// A message from a program, and from a page of `https://id.example.cn`: what the card would sign for that one.
pub fn page_message(text: &str) -> Option<String> {
    let _ = text_to_sign(&Caller::Program, text);
    let origin = Origin::parse("https://id.example.cn").ok()?;
    text_to_sign(&Caller::Site(origin), text).ok().flatten()
}

/// A message from a page of the client control.
pub fn compat_message(text: &str) {
    let frame = Frame::read(text).unwrap_or_else(|(frame, _)| frame);
    let _ = frame.reply(Ok(Vec::new()));
    if let Ok(text) = frame.args.required("inData") {
        let _ = what_is_signed(&Caller::Program, &text);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Answers that a card could give: mostly short, mostly with a status word that leads on.
    fn answers() -> impl Strategy<Value = Vec<u8>> {
        let status = prop_oneof![Just([0x90, 0x00]), Just([0x61, 0x05]), Just([0x6C, 0x10]), any::<[u8; 2]>()];
        let answer = (prop::collection::vec(any::<u8>(), 0..40), status).prop_map(|(mut data, status)| {
            data.extend(status);
            data.insert(0, u8::try_from(data.len()).unwrap());
            data
        });
        prop::collection::vec(answer, 0..12).prop_map(|answers| answers.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn any_answers_of_a_card_are_taken(bytes in answers()) {
            card_answers(&bytes);
        }

        #[test]
        fn any_bytes_of_a_card_are_taken(bytes: Vec<u8>) {
            card_answers(&bytes);
            certificate(&bytes);
        }

        #[test]
        fn any_messages_are_taken(text in ".{0,200}|\\{\"_?id\":(1|\"a\"),\"_?method\":\"[a-z-_A-Z]{0,20}\",\"(params|args)\":.{0,40}\\}") {
            page_message(&text);
            compat_message(&text);
        }
    }
}
