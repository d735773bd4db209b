//! Which readers and cards there are, told as it changes: the system's smart card service wakes this up (SCardGetStatusChange), nobody asks
//! it over and over.

use std::{
    collections::BTreeMap,
    ffi::{CStr, CString},
    io,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use pcsc::{Context, PNP_NOTIFICATION, ReaderState, Scope, State};
use serde::Serialize;
use tokio::sync::{broadcast, watch};

/// How many events a slow listener may be behind.
const EVENTS: usize = 64;
/// How long to wait before the service is looked for again: the first time, and at most.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));
/// macOS doesn't tell when a reader comes or goes (the pseudo reader is unknown there), so that it must be looked for.
const READERS_LOOKED_FOR: Option<Duration> =
    if cfg!(target_os = "macos") { Some(Duration::from_millis(400)) } else { None };

/// What is in a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Slot {
    /// Nothing.
    Empty,
    /// A card.
    Card,
    /// A card that doesn't answer.
    Mute,
}

/// The readers by name, and whether the smart card service runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Whether the service runs.
    pub service: bool,
    /// What is in each reader.
    pub readers: BTreeMap<String, Slot>,
}

/// What happened, as pages are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A card was put in.
    CardInserted {
        /// The reader's name.
        reader: String,
    },
    /// A card was taken out.
    CardRemoved {
        /// The reader's name.
        reader: String,
    },
    /// A reader was plugged in.
    ReaderAdded {
        /// Its name.
        reader: String,
    },
    /// A reader was unplugged.
    ReaderRemoved {
        /// Its name.
        reader: String,
    },
}

/// The watch over the readers. Ends when dropped.
pub struct Monitor {
    snapshot: watch::Receiver<Snapshot>,
    events: broadcast::Sender<Event>,
    stop: Arc<Mutex<Stop>>,
}

#[derive(Default)]
struct Stop {
    stopped: bool,
    waiting: Option<Context>,
}

impl Monitor {
    /// Starts the watch, on a thread of its own.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start() -> io::Result<Self> {
        let (snapshot, events) = (watch::Sender::default(), broadcast::Sender::new(EVENTS));
        let monitor = Self { snapshot: snapshot.subscribe(), events: events.clone(), stop: Arc::default() };
        let mut watcher = Watcher { snapshot, events, stop: monitor.stop.clone() };
        thread::Builder::new().name("readers".to_owned()).spawn(move || watcher.run())?;
        Ok(monitor)
    }

    /// The readers as they are.
    pub fn snapshot(&self) -> Snapshot {
        self.snapshot.borrow().clone()
    }

    /// What happens from now on.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        let mut stop = lock(&self.stop);
        stop.stopped = true;
        if let Some(Err(error)) = stop.waiting.as_ref().map(Context::cancel) {
            tracing::debug!(%error, "the watch over the readers could not be ended");
        }
    }
}

struct Watcher {
    snapshot: watch::Sender<Snapshot>,
    events: broadcast::Sender<Event>,
    stop: Arc<Mutex<Stop>>,
}

impl Watcher {
    fn run(&mut self) {
        let mut pause = BACKOFF.0;
        while !lock(&self.stop).stopped {
            // The service isn't there, was stopped, or the machine slept: whatever it was, begin anew with a fresh context.
            match self.watch() {
                Ok(()) => return,
                Err((error, worked)) => {
                    if worked {
                        tracing::info!(%error, "the smart card service went away");
                        pause = BACKOFF.0;
                    }
                    self.publish(Snapshot::default());
                    thread::sleep(pause);
                    pause = BACKOFF.1.min(pause * 2);
                }
            }
        }
    }

    /// Watches until it is stopped, which is an `Ok`, or fails. The error says whether the service had answered before.
    fn watch(&mut self) -> Result<(), (pcsc::Error, bool)> {
        let context = Context::establish(Scope::User).map_err(|error| (error, false))?;
        {
            let mut stop = lock(&self.stop);
            if stop.stopped {
                return Ok(());
            }
            stop.waiting = Some(context.clone());
        }
        let ended = self.watch_readers(&context);
        let mut stop = lock(&self.stop);
        stop.waiting = None;
        if stop.stopped { Ok(()) } else { ended.map_err(|error| (error, self.snapshot.borrow().service)) }
    }

    fn watch_readers(&mut self, context: &Context) -> Result<(), pcsc::Error> {
        let mut states: Vec<ReaderState> = Vec::new();
        if READERS_LOOKED_FOR.is_none() {
            states.push(ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE));
        }
        let mut counts = BTreeMap::new();
        loop {
            refresh(context, &mut states)?;
            if states.is_empty() {
                thread::sleep(READERS_LOOKED_FOR.unwrap_or(BACKOFF.0));
                continue;
            }
            match context.get_status_change(READERS_LOOKED_FOR, &mut states) {
                Ok(()) | Err(pcsc::Error::Timeout) => {}
                // A reader went away between the two calls.
                Err(pcsc::Error::UnknownReader | pcsc::Error::ReaderUnavailable) => states.clear(),
                Err(error) => return Err(error),
            }
            if lock(&self.stop).stopped {
                return Ok(());
            }
            if states.is_empty() && READERS_LOOKED_FOR.is_none() {
                states.push(ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE));
                continue;
            }
            let mut snapshot = Snapshot { service: true, readers: BTreeMap::new() };
            for state in &mut states {
                state.sync_current_state();
                let gone = State::UNKNOWN | State::IGNORE;
                if state.name() == PNP_NOTIFICATION() || state.event_state().intersects(gone) {
                    continue;
                }
                let name = name(state.name());
                self.tell_missed_swap(&name, state, &mut counts);
                snapshot.readers.insert(name, slot(state.event_state()));
            }
            self.publish(snapshot);
        }
    }

    /// A card that was taken out and put back between two looks is in the reader both times: the service's counter tells.
    fn tell_missed_swap(&self, name: &str, state: &ReaderState, counts: &mut BTreeMap<String, u32>) {
        let before = counts.insert(name.to_owned(), state.event_count());
        let held = |slot: Slot| slot != Slot::Empty;
        let was_held = self.snapshot.borrow().readers.get(name).copied().is_some_and(held);
        let swapped = before.is_some_and(|count| state.event_count().wrapping_sub(count) >= 2);
        if swapped && was_held && held(slot(state.event_state())) {
            self.tell(Event::CardRemoved { reader: name.to_owned() });
            self.tell(Event::CardInserted { reader: name.to_owned() });
        }
    }

    fn publish(&self, new: Snapshot) {
        let old = self.snapshot.borrow().clone();
        if old == new {
            return;
        }
        self.snapshot.send_replace(new.clone());
        for event in differences(&old, &new) {
            self.tell(event);
        }
    }

    fn tell(&self, event: Event) {
        tracing::debug!(?event, "a reader's state changed");
        // Nobody listens where no page is open.
        let _ = self.events.send(event);
    }
}

/// Takes up readers that came and drops those that went.
fn refresh(context: &Context, states: &mut Vec<ReaderState>) -> Result<(), pcsc::Error> {
    let readers = match context.list_readers_owned() {
        Ok(readers) => readers,
        Err(pcsc::Error::NoReadersAvailable) => Vec::<CString>::new(),
        Err(error) => return Err(error),
    };
    states.retain(|state| {
        state.name() == PNP_NOTIFICATION() || readers.iter().any(|name| name.as_c_str() == state.name())
    });
    for reader in readers {
        if !states.iter().any(|state| state.name() == reader.as_c_str()) {
            states.push(ReaderState::new(reader, State::UNAWARE));
        }
    }
    Ok(())
}

/// What a reader's state says is in it.
pub fn slot(state: State) -> Slot {
    if state.contains(State::MUTE) {
        Slot::Mute
    } else if state.contains(State::PRESENT) {
        Slot::Card
    } else {
        Slot::Empty
    }
}

/// A reader's name as text. Drivers write UTF-8 or ASCII.
pub fn name(name: &CStr) -> String {
    name.to_string_lossy().into_owned()
}

fn differences(old: &Snapshot, new: &Snapshot) -> Vec<Event> {
    let mut events = Vec::new();
    let held = |snapshot: &Snapshot, name: &str| snapshot.readers.get(name).is_some_and(|slot| *slot != Slot::Empty);
    for name in old.readers.keys() {
        if held(old, name) && !held(new, name) {
            events.push(Event::CardRemoved { reader: name.clone() });
        }
        if !new.readers.contains_key(name) {
            events.push(Event::ReaderRemoved { reader: name.clone() });
        }
    }
    for name in new.readers.keys() {
        if !old.readers.contains_key(name) {
            events.push(Event::ReaderAdded { reader: name.clone() });
        }
        if held(new, name) && !held(old, name) {
            events.push(Event::CardInserted { reader: name.clone() });
        }
    }
    events
}

fn lock(stop: &Mutex<Stop>) -> std::sync::MutexGuard<'_, Stop> {
    stop.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(readers: &[(&str, Slot)]) -> Snapshot {
        Snapshot { service: true, readers: readers.iter().map(|(name, slot)| ((*name).to_owned(), *slot)).collect() }
    }

    #[test]
    fn a_reader_that_goes_takes_its_card_along() {
        let (old, new) = (snapshot(&[("A", Slot::Card), ("B", Slot::Empty)]), snapshot(&[("B", Slot::Mute)]));
        assert_eq!(
            differences(&old, &new),
            [
                Event::CardRemoved { reader: "A".into() },
                Event::ReaderRemoved { reader: "A".into() },
                Event::CardInserted { reader: "B".into() },
            ]
        );
    }

    #[test]
    fn events_read_as_pages_expect_them() {
        let event = serde_json::to_string(&Event::CardInserted { reader: "A".into() }).unwrap();
        assert_eq!(event, r#"{"event":"card_inserted","reader":"A"}"#);
    }
}
