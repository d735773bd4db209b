//! `card-bridge run`.

use std::{io, net::Ipv4Addr, sync::Arc, time::Duration};

use tokio::net::TcpListener;

use crate::{
    card::piv::Piv,
    desk::{Desk, Patience},
    monitor::Monitor,
    pinentry::Pinentry,
    server::{Bridge, Door, listen},
    settings::{self, Settings},
    sites::Sites,
};

/// Why the bridge can't run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// None of the ten ports is free.
    #[error("none of the ports {0} to {last} is free: {1}; is a bridge of every user running? Set another `port`", last = .0.saturating_add(settings::PORTS - 1))]
    Ports(u16, io::Error),
    /// The client control's port is taken.
    #[error("port {0} is taken: {1}; end the port's own client control, or run without --compat")]
    CompatPort(u16, io::Error),
    /// The system gives no thread or signal.
    #[error("the system refused: {0}")]
    System(#[from] io::Error),
}

/// Answers pages until the process is told to end.
///
/// # Errors
/// Where no port can be had.
pub async fn run(mut settings: Settings) -> Result<(), RunError> {
    let listener = listen(settings.port).await.map_err(|error| RunError::Ports(settings.port, error))?;
    let port = listener.local_addr()?.port();
    let compat = if settings.compat {
        let port = settings.compat_port;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
        Some(listener.map_err(|error| RunError::CompatPort(port, error))?)
    } else {
        None
    };

    let sites = Sites::new(std::mem::take(&mut settings.allowed_origins), settings::default_sites_file());
    let token = settings.program_token.take();
    let bridge = Bridge::new(desk(&settings)?, sites, token, settings.forbid_page_pin);
    tracing::info!("card bridge {} on http://127.0.0.1:{port}", env!("CARGO_PKG_VERSION"));
    if let Some(listener) = compat {
        tracing::info!("and as the client control on ws://127.0.0.1:{}", settings.compat_port);
        tokio::spawn(bridge.clone().serve(listener, Door::Compat));
    }
    tokio::select! {
        () = bridge.serve(listener, Door::Api) => {}
        ended = end() => ended?,
    }
    tracing::info!("ended");
    Ok(())
}

/// A desk as the settings want it.
///
/// # Errors
/// Where the system gives no thread.
pub fn desk(settings: &Settings) -> io::Result<Arc<Desk>> {
    let piv = Piv { sm2_algorithm: settings.sm2_algorithm };
    let mut desk = Desk::new(vec![Box::new(piv)], Monitor::start()?);
    desk.profile = settings.card_profile.clone();
    desk.pinentry = Pinentry { program: settings.pinentry.clone() };
    desk.language = settings.language();
    desk.patience = Patience { person: Duration::from_secs(settings.person_timeout), ..Patience::default() };
    Ok(Arc::new(desk))
}

#[cfg(unix)]
async fn end() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn end() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
