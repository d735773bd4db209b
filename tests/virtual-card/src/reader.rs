//! A reader of `vpcd`, into which a test puts cards, and out of which it pulls them.

use std::{
    fmt,
    io::{Error, Result},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crate::card::{ATR, Card};

/// How long the card waits before it knocks again at a reader that isn't there (yet, or while `pcscd` restarts).
const KNOCK_AGAIN: Duration = Duration::from_millis(10);

/// For so long after a card was pulled, `pcscd` may not have looked yet, and would take the next card for the one before.
const MAY_BE_UNNOTICED: Duration = Duration::from_secs(2);

/// What can be put into a reader.
pub trait SmartCard: Send + 'static {
    /// The answer to reset. Empty: there is none.
    fn atr(&self) -> &[u8];

    /// Power was switched off, or the reset line was pulled, or the card left the reader.
    fn reset(&mut self);

    /// Power was switched on.
    fn power_on(&mut self) {
        self.reset();
    }

    /// Answers a command APDU, with fewer than 65,536 bytes. Empty: the contact breaks off, as if the card slipped out and back in.
    fn transmit(&mut self, command: &[u8]) -> Vec<u8>;
}

impl SmartCard for Card {
    fn atr(&self) -> &[u8] {
        ATR
    }

    fn reset(&mut self) {
        Card::reset(self);
    }

    fn transmit(&mut self, command: &[u8]) -> Vec<u8> {
        Card::transmit(self, command)
    }
}

/// A card that is there but doesn't answer when it is powered: worn contacts, or put in the wrong way round.
#[derive(Debug, Default)]
pub struct MuteCard {
    powered: bool,
}

impl SmartCard for MuteCard {
    /// `vpcd` takes an answer to reset for the sign that a card is there, so it gets one as long as there is no power.
    fn atr(&self) -> &[u8] {
        if self.powered { &[] } else { ATR }
    }

    fn reset(&mut self) {
        self.powered = false;
    }

    fn power_on(&mut self) {
        self.powered = true;
    }

    fn transmit(&mut self, _command: &[u8]) -> Vec<u8> {
        Vec::new()
    }
}

/// One slot of a reader: a port of `vpcd` on this machine, and the name that PC/SC has for it.
#[derive(Debug, Clone)]
pub struct VirtualReader {
    port: u16,
    name: String,
    /// When a card was last pulled, from any clone of this reader.
    last_pull: Arc<Mutex<Option<Instant>>>,
}

impl VirtualReader {
    /// The reader that listens on a port of this machine; 35963 is the first of a `vpcd` that was left as Debian installs it.
    pub fn new(port: u16, name: impl Into<String>) -> Self {
        Self { port, name: name.into(), last_pull: Arc::default() }
    }

    /// As PC/SC lists it, such as `Virtual reader A 00 00`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The TCP port on which `vpcd` waits for the card.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Puts a card in. It stays until it is pulled: if `pcscd` is restarted or isn't there yet, the card is found when it comes.
    ///
    /// Returns at once; `pcscd` looks every 400 ms, so the card is seen a little later ([`InsertedCard::wait_until_powered`]).
    pub fn insert<C: SmartCard>(&self, card: C) -> Result<InsertedCard<C>> {
        let last_pull = Arc::clone(&self.last_pull);
        let control = Arc::new(Control { last_pull, ..Control::default() });
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let thread = thread::Builder::new().name(format!("card in {}", self.name)).spawn({
            let control = Arc::clone(&control);
            move || stay_inserted(card, address, &control)
        })?;
        Ok(InsertedCard { control, thread: Some(thread) })
    }
}

/// A card in a reader. Dropping it pulls it.
pub struct InsertedCard<C> {
    control: Arc<Control>,
    thread: Option<JoinHandle<C>>,
}

impl<C> fmt::Debug for InsertedCard<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InsertedCard").field("apdus", &self.apdus()).finish_non_exhaustive()
    }
}

impl<C> InsertedCard<C> {
    /// Pulls the card, and gives it back: its memory as it is now, its session lost. Also where it was pulled before by
    /// [`InsertedCard::pull_before`].
    pub fn pull(mut self) -> Result<C> {
        self.control.stop();
        let thread = self.thread.take().ok_or_else(|| Error::other("the card was pulled before"))?;
        thread.join().map_err(|_| Error::other("the card's thread panicked"))
    }

    /// Pulls the card in the middle of the `n`-th command APDU from now on (1 is the next one): the reader sent it and gets no answer.
    pub fn pull_before(&self, n: u64) {
        let at = self.apdus() + n;
        self.control.state().pull_at = Some(at);
    }

    /// Command APDUs that the card got since it was put in.
    pub fn apdus(&self) -> u64 {
        self.control.apdus.load(Ordering::SeqCst)
    }

    /// Waits until the reader has powered the card, which it does as soon as it sees it. False after `timeout`.
    pub fn wait_until_powered(&self, timeout: Duration) -> bool {
        self.control.wait_until(timeout, |state| state.powered)
    }

    /// Waits until [`InsertedCard::pull_before`] has pulled the card. False after `timeout`.
    pub fn wait_until_pulled(&self, timeout: Duration) -> bool {
        self.control.wait_until(timeout, |state| state.stopped)
    }
}

impl<C> Drop for InsertedCard<C> {
    fn drop(&mut self) {
        self.control.stop();
        if let Some(thread) = self.thread.take() {
            // A panic of the card was printed by its thread.
            let _ = thread.join();
        }
    }
}

#[derive(Debug, Default)]
struct Control {
    state: Mutex<State>,
    changed: Condvar,
    apdus: AtomicU64,
    /// The reader's.
    last_pull: Arc<Mutex<Option<Instant>>>,
}

#[derive(Debug, Default)]
struct State {
    stopped: bool,
    powered: bool,
    /// Counted like [`Control::apdus`].
    pull_at: Option<u64>,
    /// The connection that the card's thread reads, so that another can end it.
    stream: Option<TcpStream>,
}

impl Control {
    /// Each change is a single assignment, so a panic elsewhere leaves nothing half done.
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn stop(&self) {
        let pulled_before = std::mem::replace(&mut self.state().stopped, true);
        if !pulled_before {
            *lock(&self.last_pull) = Some(Instant::now());
        }
        self.hang_up();
    }

    /// Ends the connection; unless the card was pulled, it makes a new one.
    fn hang_up(&self) {
        let mut state = self.state();
        state.powered = false;
        if let Some(stream) = state.stream.take() {
            // It fails where the other side has gone already.
            let _ = stream.shutdown(Shutdown::Both);
        }
        self.changed.notify_all();
    }

    fn set_powered(&self, powered: bool) {
        self.state().powered = powered;
        self.changed.notify_all();
    }

    /// Takes up a new connection, unless the card was pulled meanwhile.
    fn connected(&self, stream: &TcpStream) -> Result<bool> {
        let mut state = self.state();
        state.stream = Some(stream.try_clone()?);
        Ok(!state.stopped)
    }

    fn wait_until(&self, timeout: Duration, reached: impl Fn(&State) -> bool) -> bool {
        let deadline = Instant::now() + timeout;
        let mut state = self.state();
        while !reached(&state) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn stay_inserted<C: SmartCard>(card: C, address: SocketAddr, control: &Control) -> C {
    let mut contacts = Contacts { card, control };
    let unnoticed = lock(&control.last_pull).is_some_and(|pulled| pulled.elapsed() < MAY_BE_UNNOTICED);
    if unnoticed {
        // Fails where there is no daemon, and so nobody who remembers the card before.
        let _ = show_empty(control, address);
    }
    while !control.state().stopped {
        // Whatever ends the connection, the card is still there: it knocks again.
        if serve(&mut contacts, address).is_err() && !control.state().stopped {
            control.set_powered(false);
            contacts.card.reset();
            thread::sleep(KNOCK_AGAIN);
        }
    }
    contacts.card.reset();
    contacts.card
}

/// Lets the reader see that it is empty. `vpcd` looks when somebody connects or the daemon asks it; but if a command found the card gone, it
/// tells only whoever sent the command, and the daemon would never learn that the next card is another one.
fn show_empty(control: &Control, address: SocketAddr) -> Result<()> {
    let stream = TcpStream::connect(address)?;
    if control.connected(&stream)? {
        // It asks for the answer to reset, and takes the end of the connection for "there is no card".
        let mut question = [0; 3];
        std::io::Read::read_exact(&mut &stream, &mut question)?;
    }
    Ok(())
}

fn serve<C: SmartCard>(contacts: &mut Contacts<'_, C>, address: SocketAddr) -> Result<()> {
    let stream = TcpStream::connect(address)?;
    // Answers are single small packets: waiting to fill them would add 40 ms to each.
    stream.set_nodelay(true)?;
    if !contacts.control.connected(&stream)? {
        return Ok(());
    }
    let acknowledge = stream.try_clone()?;
    let mut connection = vpicc::Connection::from(stream);
    loop {
        // `vpcd` sends a length and then the command, and holds the second back until the first is acknowledged: at once, and not in 40 ms.
        // The kernel falls back from this by itself, so it is said again before each command.
        rustix::net::sockopt::set_tcp_quickack(&acknowledge, true)?;
        connection.poll(contacts)?;
    }
}

/// The card as `vpcd` sees it.
struct Contacts<'a, C> {
    card: C,
    control: &'a Control,
}

impl<C: SmartCard> vpicc::VSmartCard for Contacts<'_, C> {
    fn atr(&self) -> &[u8] {
        let atr = self.card.atr();
        if atr.is_empty() {
            // `vpcd` would wait for ever for the bytes of an empty message.
            self.control.hang_up();
        }
        atr
    }

    fn power_on(&mut self) {
        self.card.power_on();
        self.control.set_powered(true);
    }

    fn power_off(&mut self) {
        self.card.reset();
        self.control.set_powered(false);
    }

    fn reset(&mut self) {
        self.card.reset();
    }

    fn execute(&mut self, command: &[u8]) -> Vec<u8> {
        let number = self.control.apdus.fetch_add(1, Ordering::SeqCst) + 1;
        if self.control.state().pull_at == Some(number) {
            self.control.stop();
            // Nobody gets this: the connection is gone.
            return Vec::new();
        }
        let answer = self.card.transmit(command);
        if answer.is_empty() {
            self.control.hang_up();
        }
        answer
    }
}
