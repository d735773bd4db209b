//! What a page, a program or a person is told when something can't be done: an entry of the catalogue.

use eport_schema::{
    catalogue::{self, Language, Refusal},
    wire::problem::ProblemDetails,
};
use serde::Serialize;

use crate::{card::CardError, pin::PinFormat, transport::TransportError};

/// A refusal. Carries nothing of the person or the card but the tries that are left.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {}", .refusal.code, .refusal.detail.en)]
pub struct Problem {
    /// The entry of the catalogue.
    pub refusal: &'static Refusal,
    /// How many tries the PIN has left, where that is what went wrong.
    pub tries_left: Option<u8>,
}

/// A problem on the wire: the form of the HTTP API, and `tries_left`.
#[derive(Debug, Serialize)]
pub struct WireProblem {
    #[serde(flatten)]
    details: ProblemDetails,
    #[serde(skip_serializing_if = "Option::is_none")]
    tries_left: Option<u8>,
}

impl Problem {
    /// As it goes to a page.
    pub fn wire(&self, language: Language) -> WireProblem {
        let refusal = self.refusal;
        WireProblem {
            details: ProblemDetails {
                r#type: ProblemDetails::type_of(refusal),
                title: refusal.title.get(language).to_owned(),
                status: refusal.status,
                detail: refusal.detail.get(language).to_owned(),
                code: refusal.code.to_owned(),
                retry: refusal.retry.as_str().to_owned(),
                fix: refusal.fix.get(language).to_owned(),
                errors: Vec::new(),
                retry_after: None,
            },
            tries_left: self.tries_left,
        }
    }

    /// Whether the card said no to a PIN.
    pub fn is_wrong_pin(&self) -> bool {
        *self.refusal == catalogue::BRIDGE_PIN_WRONG
    }
}

impl From<&'static Refusal> for Problem {
    fn from(refusal: &'static Refusal) -> Self {
        Self { refusal, tries_left: None }
    }
}

impl From<PinFormat> for Problem {
    fn from(_: PinFormat) -> Self {
        (&catalogue::BRIDGE_PIN_FORMAT).into()
    }
}

impl From<TransportError> for Problem {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::NoService => &catalogue::BRIDGE_NO_SERVICE,
            TransportError::NoReader => &catalogue::BRIDGE_NO_READER,
            TransportError::NoCard => &catalogue::BRIDGE_NO_CARD,
            TransportError::Removed | TransportError::Reset => &catalogue::BRIDGE_CARD_REMOVED,
            TransportError::Mute => &catalogue::BRIDGE_CARD_MUTE,
            TransportError::Shared => &catalogue::BRIDGE_CARD_SHARED,
            TransportError::Cancelled => &catalogue::BRIDGE_CANCELLED,
            TransportError::Unsupported | TransportError::Other(_) => &catalogue::BRIDGE_CARD_FAILED,
        }
        .into()
    }
}

impl From<CardError> for Problem {
    fn from(error: CardError) -> Self {
        // Which command and which status word, for whoever looks after the machine. Nothing of the card's content is in it.
        tracing::info!(%error, "the card said no");
        let tries_left = match error {
            CardError::PinWrong { tries_left } => Some(tries_left),
            CardError::PinBlocked => Some(0),
            _ => None,
        };
        let refusal = match error {
            CardError::Transport(error) => return error.into(),
            CardError::Unknown => &catalogue::BRIDGE_CARD_UNKNOWN,
            CardError::PinWrong { .. } => &catalogue::BRIDGE_PIN_WRONG,
            CardError::PinBlocked => &catalogue::BRIDGE_PIN_BLOCKED,
            CardError::PinFormat(_) => &catalogue::BRIDGE_PIN_FORMAT,
            CardError::PinMismatch => &catalogue::BRIDGE_PIN_MISMATCH,
            CardError::Cancelled => &catalogue::BRIDGE_CANCELLED,
            CardError::TimedOut => &catalogue::BRIDGE_TIMEOUT,
            CardError::Certificate => &catalogue::BRIDGE_CERTIFICATE_UNUSABLE,
            CardError::Malformed(_) | CardError::Refused { .. } => &catalogue::BRIDGE_CARD_FAILED,
        };
        Self { refusal, tries_left }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_pin_tells_the_tries_in_the_language_asked_for() {
        let problem = Problem::from(CardError::PinWrong { tries_left: 2 });
        let wire = serde_json::to_value(problem.wire(Language::En)).unwrap();
        assert_eq!(wire["code"], "bridge.pin_wrong");
        assert_eq!(wire["tries_left"], 2);
        assert_eq!(wire["title"], "The PIN is wrong");
        assert_eq!(serde_json::to_value(problem.wire(Language::Zh)).unwrap()["title"], "PIN 不正确");
    }

    #[test]
    fn tries_are_told_only_of_a_pin() {
        let wire = serde_json::to_value(Problem::from(TransportError::Removed).wire(Language::En)).unwrap();
        assert_eq!(wire["code"], "bridge.card_removed");
        assert!(wire.get("tries_left").is_none());
    }
}
