//! The loopback side: who may connect, and what is at which address.

mod gate;
mod http;
mod page;
mod peer;
mod socket;

use std::{io, net::Ipv4Addr, sync::Arc, time::Duration};

use eport_card::Origin;
use eport_schema::{catalogue, wire::Secret};
use tokio::net::{TcpListener, TcpStream};

pub use gate::Caller;
pub use page::text_to_sign;

use crate::{
    compat,
    desk::Desk,
    job::Phase,
    problem::Problem,
    settings,
    sites::{Sites, Verdict},
    texts,
};
use gate::Connections;

/// What a bridge needs to answer pages.
pub struct Bridge {
    /// Where card operations are done.
    pub desk: Arc<Desk>,
    /// Who may.
    pub sites: Sites,
    /// What programs send.
    pub program_token: Option<Secret>,
    /// Whether pages of the client control must not pass a PIN.
    pub forbid_page_pin: bool,
    connections: Connections,
}

/// Behind which port a request came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// The bridge's own API.
    Api,
    /// The client control's protocol.
    Compat,
}

impl Bridge {
    /// A bridge that nobody is connected to.
    pub fn new(desk: Arc<Desk>, sites: Sites, program_token: Option<Secret>, forbid_page_pin: bool) -> Arc<Self> {
        Arc::new(Self { desk, sites, program_token, forbid_page_pin, connections: Connections::default() })
    }

    /// Answers connections for as long as the process runs.
    pub async fn serve(self: Arc<Self>, listener: TcpListener, door: Door) {
        let Ok(port) = listener.local_addr().map(|address| address.port()) else {
            return;
        };
        loop {
            match listener.accept().await {
                Ok((stream, _)) => self.clone().take(stream, port, door),
                // Out of file descriptors, for one; they come back.
                Err(error) => {
                    tracing::warn!(%error, "a connection can't be taken");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    fn take(self: Arc<Self>, stream: TcpStream, port: u16, door: Door) {
        match self.connections.enter() {
            Some(place) => {
                tokio::spawn(async move {
                    http::serve(self, stream, port, door).await;
                    drop(place);
                });
            }
            // Dropped: there is no room even to say why.
            None => tracing::warn!("too many connections"),
        }
    }

    /// Makes sure that `origin` may use the card, by asking the person if need be.
    ///
    /// # Errors
    /// `bridge.origin_refused`, or what went wrong with asking.
    pub async fn consent(&self, origin: &Origin) -> Result<(), Problem> {
        match self.sites.verdict(origin) {
            Verdict::Allowed => Ok(()),
            Verdict::Refused => Err((&catalogue::BRIDGE_ORIGIN_REFUSED).into()),
            Verdict::Ask => {
                let site = origin.to_string();
                let asked = self.desk.run(move |desk, job| {
                    job.enter(Phase::Person)?;
                    let timeout = desk.patience.person.as_secs();
                    desk.pinentry.confirm(job, &texts::consent(desk.language, &site, timeout))
                });
                let allowed = asked.await?;
                self.sites.remember(origin, allowed);
                if allowed { Ok(()) } else { Err((&catalogue::BRIDGE_ORIGIN_REFUSED).into()) }
            }
        }
    }
}

/// The first free one of ten ports from `first` on, on loopback.
///
/// # Errors
/// Where none is free.
pub async fn listen(first: u16) -> io::Result<TcpListener> {
    let mut refused = io::Error::from(io::ErrorKind::AddrInUse);
    for port in (first..).take(settings::PORTS.into()) {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            Ok(listener) => return Ok(listener),
            Err(error) => refused = error,
        }
    }
    Err(refused)
}

/// Starts the two conversations that a socket can carry.
async fn converse(
    bridge: Arc<Bridge>,
    door: Door,
    caller: Caller,
    language: catalogue::Language,
    socket: socket::Socket,
) {
    match door {
        Door::Api => socket::run(page::Page::new(bridge, caller, language), socket).await,
        Door::Compat => socket::run(compat::Control::new(bridge, caller), socket).await,
    }
}
pub use socket::{Conversation, Reaction};
