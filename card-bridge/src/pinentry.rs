//! Asking the person through `pinentry`, a program that every desktop has for this: it grabs the keyboard, and no page can draw or read
//! its window. Spoken to by the Assuan protocol over its standard input and output.

mod find;
mod protocol;

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use eport_schema::catalogue;

pub use find::find;

use crate::{job::Job, pin::Pin, problem::Problem};
use protocol::{Answer, Conversation};

/// What a window says. Texts for people, without secrets.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// The window's title.
    pub title: String,
    /// Who asks, and for what.
    pub description: String,
    /// What stands before the field.
    pub prompt: String,
    /// What went wrong before.
    pub error: Option<String>,
    /// The button that goes on.
    pub ok: String,
    /// The button that doesn't.
    pub cancel: String,
    /// Seconds after which the window closes.
    pub timeout: u64,
}

/// The program.
#[derive(Debug, Clone, Default)]
pub struct Pinentry {
    /// Its path, or a name to be found in `PATH`; none to look for the usual ones.
    pub program: Option<PathBuf>,
}

impl Pinentry {
    /// Asks for a PIN.
    ///
    /// # Errors
    /// `bridge.cancelled`, `bridge.timeout`, `bridge.no_pinentry`, or why `job` was stopped.
    pub fn pin(&self, job: &Job, question: &Question) -> Result<Pin, Problem> {
        match self.ask(job, question, "GETPIN")? {
            Answer::Yes(pin) => Ok(Pin::new(pin)),
            Answer::No => Err((&catalogue::BRIDGE_CANCELLED).into()),
            Answer::TimedOut => Err((&catalogue::BRIDGE_TIMEOUT).into()),
        }
    }

    /// Asks a question that is answered with yes or no. Closing the window is no.
    ///
    /// # Errors
    /// `bridge.timeout`, `bridge.no_pinentry`, or why `job` was stopped.
    pub fn confirm(&self, job: &Job, question: &Question) -> Result<bool, Problem> {
        match self.ask(job, question, "CONFIRM")? {
            Answer::Yes(_) => Ok(true),
            Answer::No => Ok(false),
            Answer::TimedOut => Err((&catalogue::BRIDGE_TIMEOUT).into()),
        }
    }

    fn ask(&self, job: &Job, question: &Question, command: &str) -> Result<Answer, Problem> {
        let missing = || Problem::from(&catalogue::BRIDGE_NO_PINENTRY);
        let program = find(self.program.as_deref()).ok_or_else(missing)?;
        let mut window =
            Command::new(&program).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(
                |error| {
                    tracing::warn!(program = %program.display(), %error, "pinentry could not be started");
                    missing()
                },
            )?;
        let (Some(input), Some(output)) = (window.stdin.take(), window.stdout.take()) else {
            return Err(missing());
        };
        job.open(window)?;
        let answer = Conversation::new(input, output).ask(question, command);
        job.close();
        // Whatever a window that was closed from outside still said doesn't count.
        job.check()?;
        answer.map_err(|error| {
            tracing::warn!(program = %program.display(), %error, "pinentry could not ask");
            missing()
        })
    }
}
