//! Long commands and long answers in short pieces (ISO 7816-4, 5.3.3 and 5.3.4).

use iso7816::{Instruction, Status, command::CommandView};

/// Bytes of data that a chain of commands may bring together. The longest that PIV needs is an RSA block with its template, 266.
const COMMAND_LIMIT: usize = 4096;

/// The pieces of a command that came so far.
#[derive(Debug, Default)]
pub(super) struct CommandChain(Option<Unfinished>);

#[derive(Debug)]
struct Unfinished {
    header: (Instruction, u8, u8),
    data: Vec<u8>,
}

impl CommandChain {
    /// All the data of a command once its last piece is here; nothing before. A command that belongs to no chain is its own last piece.
    ///
    /// A chain that another command breaks into is given up and that command refused, so that the one after it starts afresh.
    pub(super) fn take(&mut self, command: &CommandView<'_>) -> Result<Option<Vec<u8>>, Status> {
        let header = (command.instruction(), command.p1, command.p2);
        let more = command.class().chain().not_the_last();
        // SP 800-73-4 part 2, table 2: these two alone may come in a chain.
        if more && !matches!(command.instruction(), Instruction::GeneralAuthenticate | Instruction::PutData) {
            self.0 = None;
            return Err(Status::CommandChainingNotSupported);
        }
        let mut data = match self.0.take() {
            None => Vec::new(),
            Some(unfinished) if unfinished.header == header => unfinished.data,
            Some(_) => return Err(Status::LastCommandOfChainExpected),
        };
        if data.len() + command.data().len() > COMMAND_LIMIT {
            return Err(Status::WrongLength);
        }
        data.extend_from_slice(command.data());
        if more {
            self.0 = Some(Unfinished { header, data });
            return Ok(None);
        }
        Ok(Some(data))
    }
}

/// What is left of an answer that didn't fit.
#[derive(Debug, Default)]
pub(super) struct ResponseChain(Vec<u8>);

impl ResponseChain {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The first `expected` bytes of an answer (Ne: 0 if the command had no Le), with the status that says whether more is there.
    pub(super) fn start(&mut self, body: Vec<u8>, expected: usize) -> (Vec<u8>, Status) {
        self.0 = body;
        self.next(expected)
    }

    /// GET RESPONSE (ISO 7816-4, 7.6.1).
    pub(super) fn get_response(&mut self, command: &CommandView<'_>) -> Result<(Vec<u8>, Status), Status> {
        if (command.p1, command.p2) != (0, 0) {
            return Err(Status::IncorrectP1OrP2Parameter);
        }
        if !command.data().is_empty() {
            return Err(Status::WrongLength);
        }
        if self.0.is_empty() {
            return Err(Status::ConditionsOfUseNotSatisfied);
        }
        Ok(self.next(command.expected()))
    }

    fn next(&mut self, expected: usize) -> (Vec<u8>, Status) {
        let rest = self.0.split_off(expected.min(self.0.len()));
        let piece = std::mem::replace(&mut self.0, rest);
        let status = match self.0.len() {
            0 => Status::Success,
            // 00 says "256 or more".
            left => Status::MoreAvailable(u8::try_from(left).unwrap_or(0)),
        };
        (piece, status)
    }
}
