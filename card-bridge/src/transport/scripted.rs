//! A card that is written down: which command it expects and what it answers. For tests and fuzzing, where no `pcscd` is.

use std::collections::VecDeque;

use zeroize::Zeroizing;

use super::{Transport, TransportError};

/// A script of commands and answers, in order.
#[derive(Default)]
pub struct Script {
    steps: VecDeque<Step>,
    always: Option<Vec<u8>>,
    features: Option<Vec<u8>>,
    removed_before: Option<usize>,
    sent: usize,
}

struct Step {
    expected: Option<Vec<u8>>,
    answer: Result<Vec<u8>, TransportError>,
}

impl Script {
    /// An empty one: a card that was taken out.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers the command `expected` with `answer`, both in hexadecimal. Another command in its place fails with
    /// [`TransportError::Other`].
    #[must_use]
    pub fn answer(mut self, expected: &str, answer: &str) -> Self {
        self.steps.push_back(Step { expected: hex::decode(expected).ok(), answer: bytes(answer) });
        self
    }

    /// Answers any command.
    #[must_use]
    pub fn answer_any(mut self, answer: &str) -> Self {
        self.steps.push_back(Step { expected: None, answer: bytes(answer) });
        self
    }

    /// Answers any command with these bytes.
    #[must_use]
    pub fn answer_bytes(mut self, answer: &[u8]) -> Self {
        self.steps.push_back(Step { expected: None, answer: Ok(answer.to_vec()) });
        self
    }

    /// Fails at this step.
    #[must_use]
    pub fn fail(mut self, error: TransportError) -> Self {
        self.steps.push_back(Step { expected: None, answer: Err(error) });
        self
    }

    /// Once the steps are used up, answers everything with `answer`.
    #[must_use]
    pub fn always(mut self, answer: &str) -> Self {
        self.always = hex::decode(answer).ok();
        self
    }

    /// A reader that answers CM_IOCTL_GET_FEATURE_REQUEST with these features (hexadecimal).
    #[must_use]
    pub fn features(mut self, features: &str) -> Self {
        self.features = hex::decode(features).ok();
        self
    }

    /// The card is taken out before the command with this number, counted from 0.
    #[must_use]
    pub fn removed_before(mut self, command: usize) -> Self {
        self.removed_before = Some(command);
        self
    }

    /// How many commands came.
    pub fn sent(&self) -> usize {
        self.sent
    }

    /// How many steps nobody asked for.
    pub fn left(&self) -> usize {
        self.steps.len()
    }

    /// Every step must have been asked for.
    #[cfg(test)]
    pub(crate) fn finish(&self) {
        assert_eq!(self.left(), 0, "the script was not played to its end");
    }

    fn next(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        let number = self.sent;
        self.sent += 1;
        if self.removed_before.is_some_and(|at| number >= at) {
            return Err(TransportError::Removed);
        }
        match (self.steps.pop_front(), &self.always) {
            (Some(step), _) if step.expected.as_deref().is_none_or(|expected| expected == command) => {
                step.answer.map(Zeroizing::new)
            }
            (Some(_), _) => Err(TransportError::Other(u32::MAX)),
            (None, Some(always)) => Ok(Zeroizing::new(always.clone())),
            (None, None) => Err(TransportError::Removed),
        }
    }
}

impl Transport for Script {
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        self.next(command)
    }

    fn control(&mut self, code: u32, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        match &self.features {
            None => Err(TransportError::Unsupported),
            Some(features) if code == crate::pin_pad::GET_FEATURES => Ok(Zeroizing::new(features.clone())),
            Some(_) => self.next(input),
        }
    }
}

fn bytes(text: &str) -> Result<Vec<u8>, TransportError> {
    hex::decode(text).map_err(|_| TransportError::Other(0))
}
