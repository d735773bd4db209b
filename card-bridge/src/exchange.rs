//! One command to a card and its whole answer: command chaining, `61 xx`, `6C xx` (ISO/IEC 7816-4 §5.3.3, §5.3.4, §5.6).

use zeroize::Zeroizing;

use crate::{
    apdu::{Command, Response, StatusWord},
    card::CardError,
    transport::Transport,
};

/// The longest answer that is taken. A certificate has some kilobytes; a card that goes on without end is broken or hostile.
pub const MAX_ANSWER: usize = 32 * 1024;

/// Sends `command`, cut into a chain where it is long, and gathers the answer.
///
/// # Errors
/// What the transport says, or [`CardError::Malformed`] where an answer has no status word or is longer than [`MAX_ANSWER`]. Any status
/// word that ends the exchange is an `Ok`: what it means is the application's to say.
pub fn exchange(transport: &mut dyn Transport, command: &Command) -> Result<Response, CardError> {
    let mut chain = command.chain();
    let Some(last) = chain.pop() else {
        return Err(CardError::Malformed("a command without parts"));
    };
    for part in &chain {
        let response = once(transport, part)?;
        if response.status != StatusWord::OK {
            return Ok(response);
        }
    }

    let mut response = once(transport, &last)?;
    if let Some(le) = response.status.right_le() {
        response = once(transport, &last.le_corrected(le))?;
    }
    // Each round must bring something, so that the bound on the length bounds the rounds too.
    while let Some(length) = response.status.more() {
        let mut next = once(transport, &Command::get_response(length))?;
        if let Some(le) = next.status.right_le() {
            next = once(transport, &Command::get_response(le))?;
        }
        if next.data.is_empty() && next.status.more().is_some() {
            return Err(CardError::Malformed("more was promised and nothing came"));
        }
        if response.data.len() + next.data.len() > MAX_ANSWER {
            return Err(CardError::Malformed("the answer has no end"));
        }
        response.data.extend(next.data.iter());
        response.status = next.status;
    }
    Ok(response)
}

fn once(transport: &mut dyn Transport, command: &Command) -> Result<Response, CardError> {
    let mut data: Zeroizing<Vec<u8>> = transport.transmit(&command.bytes())?;
    let (Some(low), Some(high)) = (data.pop(), data.pop()) else {
        return Err(CardError::Malformed("an answer without a status word"));
    };
    Ok(Response { data, status: StatusWord(u16::from_be_bytes([high, low])) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::scripted::Script;

    fn ask(script: &mut Script) -> Result<Response, CardError> {
        exchange(script, &Command::new("TEST", 0xCB, 0x3F, 0xFF).expect_answer())
    }

    #[test]
    fn an_answer_in_parts_is_put_together() {
        let mut script = Script::new()
            .answer("00CB3FFF00", "01026103")
            .answer("00C0000003", "0304056100")
            .answer("00C0000000", "06076C01")
            .answer("00C0000001", "089000");
        // `6C xx` in answer to GET RESPONSE voids what came with it.
        let response = ask(&mut script).unwrap();
        assert_eq!((response.data.to_vec(), response.status), (vec![1, 2, 3, 4, 5, 8], StatusWord::OK));
        script.finish();
    }

    #[test]
    fn a_wrong_le_is_put_right_once() {
        let mut script = Script::new().answer("00CB3FFF00", "6C02").answer("00CB3FFF02", "01029000");
        assert_eq!(ask(&mut script).unwrap().data.to_vec(), [1, 2]);
        let mut script = Script::new().answer("00CB3FFF00", "6C02").answer("00CB3FFF02", "6C03");
        assert_eq!(ask(&mut script).unwrap().status, StatusWord(0x6C03));
        script.finish();
    }

    #[test]
    fn a_chain_stops_where_the_card_refuses_it() {
        let long = Command::new("TEST", 0x87, 0, 0).data(Zeroizing::new(vec![0; 300]));
        let mut script = Script::new().answer_any("6884");
        assert_eq!(exchange(&mut script, &long).unwrap().status, StatusWord(0x6884));
        script.finish();
    }

    #[test]
    fn truncated_answers_are_errors() {
        for answer in ["", "90"] {
            assert!(matches!(ask(&mut Script::new().answer_any(answer)), Err(CardError::Malformed(_))), "{answer}");
        }
    }

    #[test]
    fn an_answer_without_end_is_cut_off() {
        let mut script = Script::new().always(&format!("{}6100", "00".repeat(256)));
        assert!(matches!(ask(&mut script), Err(CardError::Malformed(_))));
        assert!(script.sent() < 200, "{}", script.sent());
        let mut script = Script::new().always("6100");
        assert!(matches!(ask(&mut script), Err(CardError::Malformed(_))));
    }
}
