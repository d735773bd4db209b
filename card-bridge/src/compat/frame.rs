//! The client control's messages.

use eport_schema::catalogue::{self, Language};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use crate::problem::Problem;

/// The longest id or method that is echoed.
const LONGEST_ECHO: usize = 128;
/// No card or no reader.
const NO_CARD: &str = "Err:Custom50200";
/// The reader could not be reset.
const RESET_FAILED: &str = "Err:Custom50070";
/// A bad argument.
const BAD_ARGUMENT: &str = "Err:Base50000";

/// A call.
pub struct Frame {
    /// A number or a text; echoed.
    pub id: Value,
    /// Echoed.
    pub method: String,
    /// The arguments by name.
    pub args: Arguments,
}

/// Arguments, all of them texts. Overwritten in memory when dropped, as one may be a PIN.
#[derive(Default)]
pub struct Arguments(Vec<(String, Option<Zeroizing<String>>)>);

impl Arguments {
    /// An argument; empty where it is left out.
    ///
    /// # Errors
    /// `bridge.params_invalid` where it is no text.
    pub fn text(&self, name: &str) -> Result<Zeroizing<String>, Problem> {
        match self.0.iter().find(|(key, _)| key == name) {
            Some((_, Some(text))) => Ok(text.clone()),
            Some((_, None)) => Err((&catalogue::BRIDGE_PARAMS_INVALID).into()),
            None => Ok(Zeroizing::default()),
        }
    }

    /// An argument that must be there and not empty.
    ///
    /// # Errors
    /// `bridge.params_invalid`.
    pub fn required(&self, name: &str) -> Result<Zeroizing<String>, Problem> {
        let text = self.text(name)?;
        if text.is_empty() { Err((&catalogue::BRIDGE_PARAMS_INVALID).into()) } else { Ok(text) }
    }
}

impl Frame {
    /// Reads a message.
    ///
    /// # Errors
    /// What to answer to, as far as it could be read, and why it can't be.
    #[allow(clippy::result_large_err, reason = "once a message, and the frame is wanted in both cases")]
    pub fn read(text: &str) -> Result<Self, (Self, Problem)> {
        let malformed = |frame| (frame, Problem::from(&catalogue::BRIDGE_MESSAGE_MALFORMED));
        let Ok(Value::Object(mut message)) = serde_json::from_str(text) else {
            return Err(malformed(Self::unreadable()));
        };
        let id = message.remove("_id").filter(echoed);
        let method = match message.remove("_method") {
            Some(Value::String(method)) if method.len() <= LONGEST_ECHO => Some(method),
            _ => None,
        };
        let args = match message.remove("args") {
            None | Some(Value::Null) => Some(Map::new()),
            Some(Value::Object(args)) => Some(args),
            Some(_) => None,
        };
        let is_whole = id.is_some() && method.is_some() && args.is_some();
        let frame = Self {
            id: id.unwrap_or(Value::Null),
            method: method.unwrap_or_default(),
            args: Arguments(args.into_iter().flatten().map(|(name, value)| (name, argument(value))).collect()),
        };
        if is_whole { Ok(frame) } else { Err(malformed(frame)) }
    }

    /// What is answered to where nothing could be read.
    pub fn unreadable() -> Self {
        Self { id: Value::Null, method: String::new(), args: Arguments::default() }
    }

    /// The answer: `_status` is always `00`, whether it worked stands in `_args`.
    pub fn reply(&self, result: Result<Vec<Value>, Problem>) -> String {
        let (worked, data, errors) = match result {
            Ok(data) => (true, data, Vec::new()),
            Err(problem) => (false, Vec::new(), errors(&problem).to_vec()),
        };
        json!({
            "_id": self.id,
            "_method": self.method,
            "_status": "00",
            "_args": {"Result": worked, "Data": data, "Error": errors},
        })
        .to_string()
    }
}

fn echoed(id: &Value) -> bool {
    match id {
        Value::Number(_) => true,
        Value::String(id) => id.len() <= LONGEST_ECHO,
        _ => false,
    }
}

/// `None` for what is no text. Null counts as left out.
fn argument(value: Value) -> Option<Zeroizing<String>> {
    match value {
        Value::String(text) => Some(Zeroizing::new(text)),
        Value::Null => Some(Zeroizing::default()),
        _ => None,
    }
}

/// A sentence for the person, in Chinese as the control speaks it, and a code.
fn errors(problem: &Problem) -> [String; 2] {
    let refusal = problem.refusal;
    let tries = problem.tries_left.map(|tries| format!("还可以尝试 {tries} 次。")).unwrap_or_default();
    let sentence = format!("{}。{tries}{}", refusal.title.get(Language::Zh), refusal.fix.get(Language::Zh));
    let code = match refusal.code {
        "bridge.no_service" | "bridge.no_reader" | "bridge.reader_unknown" | "bridge.no_card" => NO_CARD.to_owned(),
        "bridge.card_mute" | "bridge.card_removed" | "bridge.card_shared" => RESET_FAILED.to_owned(),
        "bridge.message_malformed" | "bridge.method_unknown" | "bridge.params_invalid" => BAD_ARGUMENT.to_owned(),
        // The control's own numbers for the rest aren't public.
        code => format!("Err:{code}"),
    };
    [sentence, code]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn the_answer_has_the_shape_that_pages_expect() {
        let Ok(frame) = Frame::read(r#"{"_method":"m","_id":"a-1","args":{}}"#) else { panic!() };
        assert_eq!(
            parsed(&frame.reply(Ok(vec![json!("x")]))),
            json!({"_id":"a-1","_method":"m","_status":"00","_args":{"Result":true,"Data":["x"],"Error":[]}})
        );
        let reply = parsed(&frame.reply(Err((&catalogue::BRIDGE_NO_CARD).into())));
        assert_eq!(reply["_args"]["Result"], false);
        assert_eq!(reply["_args"]["Error"][1], "Err:Custom50200");
    }

    #[test]
    fn a_malformed_message_is_answered_with_what_could_be_read() {
        for (text, id, method) in [
            ("", Value::Null, ""),
            ("[]", Value::Null, ""),
            (r#"{"_id":1}"#, json!(1), ""),
            (r#"{"_method":"m"}"#, Value::Null, "m"),
            (r#"{"_id":{},"_method":"m"}"#, Value::Null, "m"),
            (r#"{"_id":2,"_method":"m","args":[1]}"#, json!(2), "m"),
        ] {
            let Err((frame, problem)) = Frame::read(text) else { panic!("{text}") };
            let reply = parsed(&frame.reply(Err(problem)));
            assert_eq!((&reply["_id"], &reply["_method"]), (&id, &json!(method)), "{text}");
            assert_eq!(reply["_args"]["Error"][1], "Err:Base50000");
        }
    }

    #[test]
    fn arguments_are_texts() {
        let Ok(frame) = Frame::read(r#"{"_id":1,"_method":"m","args":{"a":"x","b":5,"c":null}}"#) else { panic!() };
        assert_eq!(*frame.args.text("a").unwrap(), "x");
        assert!(frame.args.text("b").is_err());
        assert!(frame.args.required("c").is_err());
        assert!(frame.args.text("d").unwrap().is_empty());
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text: String) {
            let reply = match Frame::read(&text) {
                Ok(frame) => frame.reply(Ok(Vec::new())),
                Err((frame, problem)) => frame.reply(Err(problem)),
            };
            prop_assert!(serde_json::from_str::<Value>(&reply).is_ok());
        }
    }
}
