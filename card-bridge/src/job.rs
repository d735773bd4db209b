//! One card operation under way: what it is waiting for, and how it is stopped from outside.
//!
//! An operation runs on a thread of its own, since PC/SC and the reading of a PIN block. The event loop watches it through this.

use std::{
    process::Child,
    sync::{Mutex, MutexGuard, PoisonError},
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
        if let Some(window) = &mut state.window
            && let Err(error) = window.kill()
        {
            tracing::debug!(%error, "a window could not be closed");
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

fn close(window: &mut Child) {
    // It has ended by itself in most cases; waiting leaves no zombie.
    if let Err(error) = window.kill().and_then(|()| window.wait()) {
        tracing::debug!(%error, "a window could not be closed");
    }
}
