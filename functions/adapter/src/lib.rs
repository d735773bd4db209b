//! The outermost layer of every function: the platform's traits over Spin's interfaces, and nothing else.
//!
//! A component's whole entry point is
//!
//! ```ignore
//! eport_adapter::component!(request => eport_adapter::serve::<Registrations>(request));
//! ```
#![cfg(target_family = "wasm")]

mod database;
mod http;
mod key_value;
mod postgres;
mod sqlite;

use std::cell::RefCell;
use std::sync::OnceLock;

use async_trait::async_trait;
use eport_schema::catalogue::{self, Language};
use eport_shared::clock::Timestamp;
use eport_shared::context::Context;
use eport_shared::keys::Keys;
use eport_shared::platform::Entropy;
use eport_shared::problem::Problem;
use eport_shared::serve::Function;
use eport_shared::settings::{SettingError, Settings, Variables};
use spin_sdk::wasip3::http::types::{ErrorCode, Request, Response as WasiResponse};

#[doc(hidden)]
pub use spin_sdk::wasip3 as interface;

/// Exports `wasi:http/handler@0.3.0`: what `#[spin_sdk::http_service]` does, with the request as the interface has it.
#[macro_export]
macro_rules! component {
    ($request:ident => $answer:expr) => {
        mod component {
            use $crate::interface::http::types::{ErrorCode, Request, Response};

            struct Component;
            $crate::interface::http::service::export!(Component);

            impl $crate::interface::exports::http::handler::Guest for Component {
                async fn handle($request: Request) -> Result<Response, ErrorCode> {
                    use super::*;
                    $answer.await
                }
            }
        }
    };
}

/// Settings and keys of the application, the same for every request of every person: they may outlive a request.
struct Application {
    settings: Settings,
    keys: Keys,
    database: database::SpinDatabase,
}

static APPLICATION: OnceLock<Application> = OnceLock::new();

/// Answers one request with the function `F`.
pub async fn serve<F: Function>(request: Request) -> Result<WasiResponse, ErrorCode> {
    let application = match application().await {
        Ok(application) => application,
        Err(error) => {
            eprintln!("{}: {error}", F::COMPONENT);
            return http::write(Problem::new(&catalogue::SERVICE_INTERNAL).into_response(Language::default())).await;
        }
    };
    let (incoming, client) = http::read::<F>(request, &application.settings).await?;
    let context = Context {
        database: &application.database,
        key_value: &key_value::SpinKeyValue,
        outbound: &http::SpinOutbound,
        entropy: &WasiEntropy,
        settings: &application.settings,
        keys: &application.keys,
        now: Timestamp::from_system(),
        client,
        recognised: RefCell::new(None),
        session: RefCell::default(),
        done: RefCell::default(),
        notices: RefCell::default(),
    };
    http::write(eport_shared::serve::serve::<F>(&context, incoming).await).await
}

/// Answers one request of a component that needs no platform, only the request's method, path and header. A body isn't read.
pub async fn answer(
    request: Request,
    answer: impl FnOnce(&::http::Method, &str, &::http::HeaderMap) -> eport_shared::http::Response,
) -> Result<WasiResponse, ErrorCode> {
    let head = http::Head::of(&request)?;
    http::write(answer(&head.method, head.target.path(), &head.headers)).await
}

async fn application() -> Result<&'static Application, SettingError> {
    if let Some(application) = APPLICATION.get() {
        return Ok(application);
    }
    let settings = Settings::load(&SpinVariables).await?;
    let keys = Keys::load(&SpinVariables).await?;
    let database = database::SpinDatabase::new(&settings);
    Ok(APPLICATION.get_or_init(|| Application { settings, keys, database }))
}

struct SpinVariables;

#[async_trait(?Send)]
impl Variables for SpinVariables {
    async fn get(&self, name: &str) -> Option<String> {
        spin_sdk::variables::get(name).await.ok()
    }
}

struct WasiEntropy;

impl Entropy for WasiEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        let bytes = spin_sdk::wasip3::random::random::get_random_bytes(buffer.len() as u64);
        for (to, from) in buffer.iter_mut().zip(bytes) {
            *to = from;
        }
    }
}
