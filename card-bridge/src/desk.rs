//! Where card operations are done: one at a time, each on a thread of its own, watched so that none lasts for ever.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use eport_card::CardProfile;
use eport_schema::catalogue::{self, Language};
use tokio::{
    sync::{Notify, broadcast, oneshot},
    time::{Instant, sleep, timeout_at},
};

use crate::{
    card::CardApplication,
    job::{Job, Phase},
    monitor::{Event, Monitor},
    pinentry::Pinentry,
    problem::Problem,
};

/// How long an operation may wait for what.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For a short operation of somebody else.
    pub queue: Duration,
    /// For other programs to let go of the card.
    pub turn: Duration,
    /// For the card.
    pub card: Duration,
    /// For the person.
    pub person: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            queue: Duration::from_secs(3),
            turn: Duration::from_secs(5),
            card: Duration::from_secs(30),
            person: Duration::from_secs(120),
        }
    }
}

/// What the operations need.
pub struct Desk {
    /// The kinds of card, the first that fits is used.
    pub applications: Vec<Box<dyn CardApplication>>,
    /// Where the certificate says what.
    pub profile: CardProfile,
    /// The program that asks.
    pub pinentry: Pinentry,
    /// The language of windows.
    pub language: Language,
    /// How long to wait.
    pub patience: Patience,
    /// The readers.
    pub monitor: Monitor,
    current: Mutex<Option<Arc<Job>>>,
    freed: Notify,
    wrong: Mutex<Option<Vec<u8>>>,
}

impl Desk {
    /// A desk without an operation.
    pub fn new(applications: Vec<Box<dyn CardApplication>>, monitor: Monitor) -> Self {
        Self {
            applications,
            profile: CardProfile::default(),
            pinentry: Pinentry::default(),
            language: Language::default(),
            patience: Patience::default(),
            monitor,
            current: Mutex::default(),
            freed: Notify::new(),
            wrong: Mutex::default(),
        }
    }

    /// Does `work`. If what this returns is dropped, the operation is cancelled and its window closed.
    ///
    /// # Errors
    /// `bridge.busy` where another operation is under way, `bridge.timeout`, or what `work` says.
    pub async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self, &Job) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let job = self.wait_and_begin().await?;
        let mut events = self.monitor.events();
        let mut phases = job.phases();
        let (sender, mut done) = oneshot::channel();
        let (desk, own_job) = (self.clone(), job.clone());
        let thread = thread::Builder::new().name("card".to_owned()).spawn(move || {
            let result = work(&desk, &own_job);
            own_job.close();
            // Only now may the next one begin, whether or not anybody still waits for this one.
            desk.end();
            let _ = sender.send(result);
        });
        if thread.is_err() {
            self.end();
            return Err((&catalogue::BRIDGE_INTERNAL).into());
        }

        let _cancelled = CancelOnDrop(&job);
        loop {
            let phase = *phases.borrow_and_update();
            let deadline = sleep(match phase {
                Phase::Turn => self.patience.turn,
                Phase::Card => self.patience.card,
                Phase::Person | Phase::Pad => self.patience.person,
            });
            tokio::pin!(deadline);
            loop {
                tokio::select! {
                    result = &mut done => return result.unwrap_or_else(|_| Err((&catalogue::BRIDGE_INTERNAL).into())),
                    Ok(()) = phases.changed() => break,
                    event = events.recv() => match event {
                        Ok(Event::CardRemoved { reader }) if phase == Phase::Person && job.is_at(&reader) => {
                            job.stop(&catalogue::BRIDGE_CARD_REMOVED);
                        }
                        Err(broadcast::error::RecvError::Closed) => return Err((&catalogue::BRIDGE_INTERNAL).into()),
                        _ => {}
                    },
                    () = &mut deadline => {
                        let reason = match phase {
                            Phase::Turn => &catalogue::BRIDGE_CARD_SHARED,
                            Phase::Card => &catalogue::BRIDGE_CARD_MUTE,
                            Phase::Person | Phase::Pad => &catalogue::BRIDGE_TIMEOUT,
                        };
                        // The thread may hang in the driver; it stops at its next step, and until then the desk is taken.
                        job.stop(reason);
                        return Err(reason.into());
                    }
                }
            }
        }
    }

    /// Whether the last PIN for this card was wrong.
    pub fn was_wrong(&self, certificate: &[u8]) -> bool {
        lock(&self.wrong).as_deref() == Some(certificate)
    }

    /// Remembers how the PIN of a card was.
    pub fn note_pin(&self, certificate: &[u8], wrong: bool) {
        *lock(&self.wrong) = wrong.then(|| certificate.to_vec());
    }

    /// What is done in a moment, such as reading a card, is waited for: two pages that both hear of a card may both look at it. What waits for
    /// a person isn't.
    async fn wait_and_begin(&self) -> Result<Arc<Job>, Problem> {
        let deadline = Instant::now() + self.patience.queue;
        loop {
            let freed = self.freed.notified();
            tokio::pin!(freed);
            freed.as_mut().enable();
            match self.begin() {
                Err(problem) if *problem.refusal == catalogue::BRIDGE_BUSY && !self.waits_for_person() => {
                    if timeout_at(deadline, freed).await.is_err() {
                        return Err(problem);
                    }
                }
                other => return other,
            }
        }
    }

    fn waits_for_person(&self) -> bool {
        let phase = lock(&self.current).as_ref().map(|job| job.phase());
        matches!(phase, Some(Phase::Person | Phase::Pad))
    }

    fn begin(&self) -> Result<Arc<Job>, Problem> {
        let mut current = lock(&self.current);
        match current.as_ref().map(|job| job.check()) {
            None => {}
            Some(Ok(())) => return Err((&catalogue::BRIDGE_BUSY).into()),
            // An operation that was given up while it waited says what the next one would wait for too.
            Some(Err(problem)) if *problem.refusal == catalogue::BRIDGE_CARD_SHARED => return Err(problem),
            Some(Err(_)) => return Err((&catalogue::BRIDGE_BUSY).into()),
        }
        let job = Arc::<Job>::default();
        *current = Some(job.clone());
        Ok(job)
    }

    fn end(&self) {
        *lock(&self.current) = None;
        self.freed.notify_waiters();
    }
}

struct CancelOnDrop<'job>(&'job Job);

impl Drop for CancelOnDrop<'_> {
    fn drop(&mut self) {
        self.0.stop(&catalogue::BRIDGE_CANCELLED);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
