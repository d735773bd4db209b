//! What can be done with a card. Each function runs on the desk's thread and may block.

use std::ffi::CString;

use eport_card::{Algorithm, HolderCertificate};
use eport_schema::{catalogue, clock::Timestamp};
use pcsc::{Context, ReaderState, Scope, State};
use serde::Serialize;

use crate::{
    card::{CardError, Connected, PinState, Selected},
    desk::Desk,
    job::{Job, Phase},
    key::CardKey,
    monitor::{self, Slot},
    pin::Pin,
    pin_pad::PinPad,
    problem::Problem,
    texts::{self, Ask},
    transport::{
        TransportError,
        pcsc::{Link, PcscTransport},
    },
};

/// The public part of a card: what its holder may see of it on a page.
#[derive(Debug, Clone, Serialize)]
pub struct CardInfo {
    /// The reader that it is in.
    pub reader: String,
    /// The number that is printed on it. None where the certificate doesn't follow the profile; so for the next three.
    pub number: Option<String>,
    /// The holder's name.
    pub holder: Option<String>,
    /// The enterprise's name.
    pub enterprise: Option<String>,
    /// `legal_person` or `operator`.
    pub class: Option<&'static str>,
    /// From when, RFC 3339 UTC.
    pub valid_from: Option<String>,
    /// Until when, RFC 3339 UTC.
    pub valid_to: Option<String>,
    /// `SM2`, `ES256` or `RS256`.
    pub algorithm: &'static str,
    /// How many tries the PIN has left; 0 where it is blocked, none where the card doesn't say.
    pub tries_left: Option<u8>,
    /// Whether the PIN is entered at the reader.
    pub pin_pad: bool,
}

/// What a card signed.
#[derive(Debug)]
pub struct Signed {
    /// The certificate in DER.
    pub certificate: Vec<u8>,
    /// With which algorithm.
    pub algorithm: Algorithm,
    /// The signature: raw r‖s, or RSA's block.
    pub signature: Vec<u8>,
}

/// Who asks, and for what. Shown to the person.
pub struct Request {
    /// The page's origin, or how a program is called.
    pub site: String,
    /// What for.
    pub ask: Ask,
    /// Which reader; none for the first with a card that is known.
    pub reader: Option<String>,
    /// A PIN that the page gave, which only pages of the port's own client control may.
    pub pin: Option<Pin>,
}

/// A card that was looked at: its reader, and what it said without a PIN.
struct Found {
    link: Link,
    reader: String,
    certificate: Vec<u8>,
    key: CardKey,
    pin: PinState,
    pad: Option<PinPad>,
}

/// What can be told of a card without its PIN.
///
/// # Errors
/// Why there is no card that can be used.
pub fn card(desk: &Desk, job: &Job, reader: Option<&str>) -> Result<CardInfo, Problem> {
    let found = find(desk, job, reader)?;
    let holder = HolderCertificate::parse(&found.certificate, &desk.profile).ok();
    let time = |seconds: i64| Timestamp::from_milliseconds(seconds.saturating_mul(1000)).to_rfc3339();
    Ok(CardInfo {
        number: holder.as_ref().map(|holder| holder.card_number.as_str().to_owned()),
        class: holder.as_ref().map(|holder| holder.class.as_str()),
        valid_from: holder.as_ref().map(|holder| time(holder.not_before)),
        valid_to: holder.as_ref().map(|holder| time(holder.not_after)),
        enterprise: holder.as_ref().map(|holder| holder.enterprise_name.clone()),
        holder: holder.map(|holder| holder.holder_name),
        algorithm: found.key.algorithm().as_str(),
        tries_left: match found.pin {
            PinState::TriesLeft(tries) => Some(tries),
            PinState::Blocked => Some(0),
            PinState::Unknown => None,
        },
        pin_pad: found.pad.is_some(),
        reader: found.reader,
    })
}

/// The certificate of the card, in DER.
///
/// # Errors
/// Why there is no card that can be used.
pub fn certificate(desk: &Desk, job: &Job) -> Result<Vec<u8>, Problem> {
    Ok(find(desk, job, None)?.certificate)
}

/// Asks for the PIN and signs `message`.
///
/// # Errors
/// What went wrong with card, PIN or person. A PIN is tried once.
pub fn sign(desk: &Desk, job: &Job, request: &Request, message: &[u8]) -> Result<Signed, Problem> {
    with_pin(desk, job, request, |verified, key| {
        let signature = verified.sign(key, message)?;
        // A wrong signature would cost the page its challenge and tell nobody why.
        if key.verify(message, &signature) { Ok(signature) } else { Err((&catalogue::BRIDGE_SIGNATURE_INVALID).into()) }
    })
    .map(|(found, signature)| Signed {
        algorithm: found.key.algorithm(),
        certificate: found.certificate,
        signature,
    })
}

/// Asks for the PIN and only verifies it.
///
/// # Errors
/// As [`sign`].
pub fn verify_pin(desk: &Desk, job: &Job, request: &Request) -> Result<(), Problem> {
    with_pin(desk, job, request, |_, _| Ok(())).map(drop)
}

fn with_pin<T>(
    desk: &Desk,
    job: &Job,
    request: &Request,
    work: impl FnOnce(crate::card::Verified<'_>, &CardKey) -> Result<T, Problem>,
) -> Result<(Found, T), Problem> {
    let (mut found, last_try) = find_unblocked(desk, job, request)?;
    let pin = match (&request.pin, found.pad) {
        // The last try is the person's: a page must not be able to block the card.
        (Some(pin), _) if !last_try => Some(pin.clone()),
        (_, Some(_)) => {
            announce_pad(desk, job, request, &found)?;
            None
        }
        (_, None) => Some(ask_pin(desk, job, request, &found)?),
    };

    let mut transport = turn(job, &mut found.link)?;
    transport.reset_at_end();
    let selected = select_again(desk, job, &mut transport, &found.certificate)?;
    let verified = match (pin, found.pad) {
        (None, Some(pad)) => {
            job.enter(Phase::Pad)?;
            selected.verify_on_pad(&pad)
        }
        (Some(pin), _) => selected.verify(&pin),
        (None, None) => return Err((&catalogue::BRIDGE_INTERNAL).into()),
    };
    note(desk, &found.certificate, verified.as_ref().map(drop));
    let verified = verified?;
    job.enter(Phase::Card)?;
    let done = work(verified, &found.key)?;
    drop(transport);
    Ok((found, done))
}

/// Asks for the old PIN and twice for the new one, and changes it.
///
/// # Errors
/// As [`sign`], and `bridge.pin_mismatch`.
pub fn change_pin(desk: &Desk, job: &Job, request: &Request, given: Option<(Pin, Pin)>) -> Result<(), Problem> {
    let (mut found, last_try) = find_unblocked(desk, job, request)?;
    let pins = match (given, found.pad) {
        (Some(given), _) if !last_try => Some(given),
        (_, Some(_)) => {
            announce_pad(desk, job, request, &found)?;
            None
        }
        (_, None) => {
            let old = ask_pin(desk, job, request, &found)?;
            Some((old, ask_new_pin(desk, job, request)?))
        }
    };

    let mut transport = turn(job, &mut found.link)?;
    transport.reset_at_end();
    let selected = select_again(desk, job, &mut transport, &found.certificate)?;
    let changed = match (pins, found.pad) {
        (None, Some(pad)) => {
            job.enter(Phase::Pad)?;
            selected.change_pin_on_pad(&pad)
        }
        (Some((old, new)), _) => selected.change_pin(&old, &new),
        (None, None) => return Err((&catalogue::BRIDGE_INTERNAL).into()),
    };
    note(desk, &found.certificate, changed.as_ref().map(drop));
    Ok(changed?)
}

fn note(desk: &Desk, certificate: &[u8], outcome: Result<(), &CardError>) {
    match outcome {
        Ok(()) => desk.note_pin(certificate, false),
        Err(CardError::PinWrong { .. } | CardError::PinBlocked) => desk.note_pin(certificate, true),
        Err(_) => {}
    }
}

fn ask_pin(desk: &Desk, job: &Job, request: &Request, found: &Found) -> Result<Pin, Problem> {
    job.enter(Phase::Person)?;
    let wrong = desk.was_wrong(&found.certificate);
    let question = texts::pin(desk.language, request, found.pin, wrong, desk.patience.person.as_secs());
    let pin = desk.pinentry.pin(job, &question)?;
    check_form(desk, &pin)?;
    Ok(pin)
}

fn ask_new_pin(desk: &Desk, job: &Job, request: &Request) -> Result<Pin, Problem> {
    let seconds = desk.patience.person.as_secs();
    job.enter(Phase::Person)?;
    let new = desk.pinentry.pin(job, &texts::new_pin(desk.language, request, false, seconds))?;
    check_form(desk, &new)?;
    job.enter(Phase::Person)?;
    let again = desk.pinentry.pin(job, &texts::new_pin(desk.language, request, true, seconds))?;
    if new.is(&again) { Ok(new) } else { Err((&catalogue::BRIDGE_PIN_MISMATCH).into()) }
}

/// What can be no PIN isn't carried to the card.
fn check_form(desk: &Desk, pin: &Pin) -> Result<(), Problem> {
    let fits = desk.applications.iter().any(|application| pin.padded(&application.pin_rules()).is_ok());
    if fits { Ok(()) } else { Err((&catalogue::BRIDGE_PIN_FORMAT).into()) }
}

/// At a pin pad the person sees no window of ours unless there is one: who asks, and for what, must be said all the same.
fn announce_pad(desk: &Desk, job: &Job, request: &Request, found: &Found) -> Result<(), Problem> {
    job.enter(Phase::Person)?;
    let question = texts::pad(desk.language, request, found.pin, desk.patience.person.as_secs());
    if desk.pinentry.confirm(job, &question)? { Ok(()) } else { Err((&catalogue::BRIDGE_CANCELLED).into()) }
}

fn select<'card>(desk: &'card Desk, transport: &'card mut PcscTransport<'_>) -> Result<Selected<'card>, CardError> {
    Connected::new(transport).select(&desk.applications)
}

/// Selects the card that was found, whose certificate this is: it may have been changed, or reset by another program, while the person thought.
fn select_again<'card>(
    desk: &'card Desk,
    job: &Job,
    transport: &'card mut PcscTransport<'_>,
    certificate: &[u8],
) -> Result<Selected<'card>, Problem> {
    let mut selected = select(desk, transport)?;
    if selected.certificate()? != certificate {
        return Err((&catalogue::BRIDGE_CARD_REMOVED).into());
    }
    job.check()?;
    Ok(selected)
}

/// Begins a transaction, once more where another program has reset the card since.
fn turn<'link>(job: &Job, link: &'link mut Link) -> Result<PcscTransport<'link>, Problem> {
    job.enter(Phase::Turn)?;
    match link.ready() {
        Ok(()) | Err(TransportError::Reset) => {}
        Err(error) => return Err(error.into()),
    }
    let transport = link.begin()?;
    job.enter(Phase::Card)?;
    Ok(transport)
}

/// The card that is asked for, and whether its PIN has only one try left; refused where it has none.
fn find_unblocked(desk: &Desk, job: &Job, request: &Request) -> Result<(Found, bool), Problem> {
    let found = find(desk, job, request.reader.as_deref())?;
    match found.pin {
        PinState::Blocked => Err(CardError::PinBlocked.into()),
        PinState::TriesLeft(1) => Ok((found, true)),
        _ => Ok((found, false)),
    }
}

/// The first card that can be used, in `reader` or any.
fn find(desk: &Desk, job: &Job, reader: Option<&str>) -> Result<Found, Problem> {
    job.enter(Phase::Card)?;
    let context = Context::establish(Scope::User).map_err(TransportError::from)?;
    let mut first_problem = None;
    for name in candidates(&context, reader)? {
        match look(desk, job, &context, name) {
            Ok(found) => {
                job.at(&found.reader);
                return Ok(found);
            }
            Err(problem) => {
                job.check()?;
                first_problem.get_or_insert(problem);
            }
        }
    }
    Err(first_problem.unwrap_or_else(|| (&catalogue::BRIDGE_NO_CARD).into()))
}

/// The readers that hold a card.
fn candidates(context: &Context, wanted: Option<&str>) -> Result<Vec<CString>, Problem> {
    let mut readers = match context.list_readers_owned() {
        Ok(readers) => readers,
        Err(pcsc::Error::NoReadersAvailable) => Vec::new(),
        Err(error) => return Err(TransportError::from(error).into()),
    };
    if readers.is_empty() {
        return Err((&catalogue::BRIDGE_NO_READER).into());
    }
    if let Some(wanted) = wanted {
        readers.retain(|name| monitor::name(name) == wanted);
        if readers.is_empty() {
            return Err((&catalogue::BRIDGE_READER_UNKNOWN).into());
        }
    }
    let mut states: Vec<_> = readers.into_iter().map(|name| ReaderState::new(name, State::UNAWARE)).collect();
    // With states that are unaware, it answers at once.
    match context.get_status_change(std::time::Duration::ZERO, &mut states) {
        Ok(()) | Err(pcsc::Error::Timeout) => {}
        Err(error) => return Err(TransportError::from(error).into()),
    }
    let slot = |state: &ReaderState| monitor::slot(state.event_state());
    let with_card: Vec<_> =
        states.iter().filter(|state| slot(state) == Slot::Card).map(|s| s.name().to_owned()).collect();
    if with_card.is_empty() && states.iter().any(|state| slot(state) == Slot::Mute) {
        return Err((&catalogue::BRIDGE_CARD_MUTE).into());
    }
    Ok(with_card)
}

fn look(desk: &Desk, job: &Job, context: &Context, reader: CString) -> Result<Found, Problem> {
    // Opening waits, too, where another program has begun a transaction.
    job.enter(Phase::Turn)?;
    let mut link = Link::open(context, &reader)?;
    let mut transport = turn(job, &mut link)?;
    let mut selected = select(desk, &mut transport)?;
    let certificate = selected.certificate()?;
    let key = CardKey::of(&certificate).ok_or(CardError::Certificate)?;
    let pin = selected.pin_state()?;
    let pad = selected.pin_pad()?;
    drop(transport);
    Ok(Found { link, reader: monitor::name(&reader), certificate, key, pin, pad })
}
