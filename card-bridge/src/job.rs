//! One card operation under way: what it is waiting for, and how it is stopped from outside.
//!
//! An operation runs on a thread of its own, since PC/SC and the reading of a PIN block. The event loop watches it through this.

use std::{
    process::Child,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use eport_schema::catalogue::Refusal;
use tokio::sync::watch;

use crate::problem::Problem;

/// What an operation is waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// For other programs to let go of the card.
    Turn,
    /// For the card's answers.
    Card,
    /// For the person, at a window of this machine.
    Person,
    /// For the person, at the reader's pin pad.
    Pad,
}

/// An operation under way.
pub struct Job {
    phase: watch::Sender<Phase>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    stopped: Option<Problem>,
    window: Option<Child>,
    reader: Option<String>,
}

impl Default for Job {
    fn default() -> Self {
        Self { phase: watch::Sender::new(Phase::Turn), state: Mutex::default() }
    }
}

impl Job {
    /// What it is waiting for, as it changes.
    pub fn phases(&self) -> watch::Receiver<Phase> {
        self.phase.subscribe()
    }

    /// What it is waiting for now.
    pub fn phase(&self) -> Phase {
        *self.phase.borrow()
    }

    /// Goes on to the next phase.
    ///
    /// # Errors
    /// Why the operation was stopped, if it was: nothing more may happen then.
    pub fn enter(&self, phase: Phase) -> Result<(), Problem> {
        self.check()?;
        self.phase.send_replace(phase);
        Ok(())
    }

    /// # Errors
    /// Why the operation was stopped.
    pub fn check(&self) -> Result<(), Problem> {
        match &self.state().stopped {
            Some(problem) => Err(problem.clone()),
            None => Ok(()),
        }
    }

    /// Notes whose card the operation is about.
    pub fn at(&self, reader: &str) {
        self.state().reader = Some(reader.to_owned());
    }

    /// Whether it is about the card in this reader.
    pub fn is_at(&self, reader: &str) -> bool {
        self.state().reader.as_deref() == Some(reader)
    }

    /// Stops the operation and closes its window. The first reason stays.
    pub fn stop(&self, reason: &'static Refusal) {
        let mut state = self.state();
        state.stopped.get_or_insert_with(|| reason.into());
        if let Some(window) = &mut state.window {
            close(window);
        }
    }

    /// Makes `window` the one that [`Job::stop`] closes.
    ///
    /// # Errors
    /// Where the operation was stopped already; the window is closed then.
    pub fn open(&self, mut window: Child) -> Result<(), Problem> {
        let mut state = self.state();
        if let Some(problem) = &state.stopped {
            let problem = problem.clone();
            close(&mut window);
            return Err(problem);
        }
        state.window = Some(window);
        Ok(())
    }

    /// Closes the window, if there is one.
    pub fn close(&self) {
        let window = self.state().window.take();
        if let Some(mut window) = window {
            close(&mut window);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long a window has to tidy up.
const TIDY: Duration = Duration::from_millis(300);

/// Ends the window's program if it hasn't ended by itself. Waiting leaves no zombie.
fn close(window: &mut Child) {
    if asked_to_end(window) {
        let begun = Instant::now();
        while begun.elapsed() < TIDY {
            if !matches!(window.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    if let Err(error) = window.kill().and_then(|()| window.wait()) {
        tracing::debug!(%error, "a window could not be closed");
    }
}

/// Whether the program was told in a way that lets it tidy up: a window in a terminal must give the terminal back as it was.
#[cfg(unix)]
fn asked_to_end(window: &mut Child) -> bool {
    use rustix::process::{Pid, Signal, kill_process};
    // Before the signal: the number of a process that was waited for may be somebody else's.
    matches!(window.try_wait(), Ok(None)) && kill_process(Pid::from_child(window), Signal::TERM).is_ok()
}

/// There is no such signal.
#[cfg(not(unix))]
fn asked_to_end(_: &mut Child) -> bool {
    false
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, reason = "helpers of tests")]
mod tests {
    use std::{
        io::{BufRead as _, BufReader},
        process::{Command, Stdio},
    };

    use eport_schema::catalogue;

    use super::*;

    fn window(script: &str) -> (Child, BufReader<std::process::ChildStdout>) {
        let mut child = Command::new("sh").args(["-c", script]).stdout(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut String::new()).unwrap();
        (child, output)
    }

    #[test]
    fn a_window_that_is_closed_from_outside_can_tidy_up() {
        let (child, mut output) = window("trap 'echo tidy; exit' TERM; echo ready; while :; do sleep 0.01; done");
        let job = Job::default();
        job.open(child).unwrap();
        job.stop(&catalogue::BRIDGE_CARD_REMOVED);
        let mut said = String::new();
        output.read_line(&mut said).unwrap();
        assert_eq!(said, "tidy\n");
    }

    #[test]
    fn a_window_that_does_not_want_to_close_is_closed_all_the_same() {
        let (child, mut output) = window("trap '' TERM; echo ready; while :; do sleep 0.01; done");
        let job = Job::default();
        job.open(child).unwrap();
        let begun = Instant::now();
        job.stop(&catalogue::BRIDGE_CANCELLED);
        assert_eq!(output.read_line(&mut String::new()).unwrap(), 0);
        assert!(begun.elapsed() < Duration::from_secs(5));
    }
}
