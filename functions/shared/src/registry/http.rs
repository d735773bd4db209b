//! A registry that another system keeps: `GET {registry_url}/{uscc}` with a bearer token.

use async_trait::async_trait;
use bytes::Bytes;
use eport_schema::domain::Uscc;
use http::{Request, Response, StatusCode, header};
use serde::Deserialize;

use super::{Record, Registry, RegistryError, TRY_AGAIN};
use crate::context::Context;
use crate::outbound::in_time;

/// The pause before the second try, the last one, in milliseconds.
const PAUSE: u64 = 200;
/// The longest answer that is read, in bytes: the longest fields, in four bytes a character, and what stands around them.
const LONGEST: usize = 64 * 1024;

/// Another system.
#[derive(Debug)]
pub struct OverHttp;

/// Its answer. What else it says is passed over: registries grow fields.
#[derive(Deserialize)]
struct Answer {
    uscc: String,
    name: String,
    registered_address: Option<String>,
    business_scope: Option<String>,
    legal_person_name: Option<String>,
}

#[async_trait(?Send)]
impl Registry for OverHttp {
    fn source(&self) -> &'static str {
        "http"
    }

    async fn ask(&self, context: &Context<'_>, uscc: &Uscc) -> Result<Option<Record>, RegistryError> {
        let patience = u64::try_from(context.settings.registry_timeout_ms).unwrap_or_default();
        let unavailable = || RegistryError::Unavailable { retry_after: TRY_AGAIN };
        for last in [false, true] {
            match in_time(context, question(context, uscc)?, patience).await {
                Ok(response) if response.status() == StatusCode::OK => {
                    return read(context, uscc, &response).map(Some).ok_or_else(|| {
                        // Asking again would bring the same; what it said stays out of the log.
                        eprintln!("the registry's answer is not what was asked for");
                        RegistryError::Unusable
                    });
                }
                Ok(response) if response.status() == StatusCode::NOT_FOUND => return Ok(None),
                Ok(response) if worth_a_second_try(response.status()) => {
                    eprintln!("the registry answered with status {}", response.status());
                }
                Ok(response) => {
                    eprintln!("the registry refused to answer, with status {}", response.status());
                    return Err(unavailable());
                }
                Err(error) => eprintln!("the registry: {error}"),
            }
            if !last {
                context.outbound.sleep(PAUSE).await;
            }
        }
        Err(unavailable())
    }

    fn is_remote(&self) -> bool {
        true
    }
}

fn worth_a_second_try(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS
}

fn question(context: &Context<'_>, uscc: &Uscc) -> Result<Request<Bytes>, RegistryError> {
    // A USCC has letters and digits alone: nothing to escape.
    let address = format!("{}/{}", context.settings.registry_url.trim_end_matches('/'), uscc.as_str());
    let mut request = Request::get(address).header(header::ACCEPT, "application/json");
    if !context.settings.registry_token.is_empty() {
        request = request.header(header::AUTHORIZATION, format!("Bearer {}", context.settings.registry_token));
    }
    request.body(Bytes::new()).map_err(|_| {
        eprintln!("the setting `registry_url` is not an address, or `registry_token` can't be sent");
        RegistryError::Unavailable { retry_after: TRY_AGAIN }
    })
}

/// The answer, where it is of the enterprise that was asked for and each field holds what it can.
fn read(context: &Context<'_>, uscc: &Uscc, response: &Response<Bytes>) -> Option<Record> {
    if response.body().len() > LONGEST {
        return None;
    }
    let answer: Answer = serde_json::from_slice(response.body()).ok()?;
    if Uscc::parse(&answer.uscc).ok()? != *uscc {
        return None;
    }
    Record::parse(
        &answer.name,
        answer.registered_address.as_deref(),
        answer.business_scope.as_deref(),
        answer.legal_person_name.as_deref(),
        context.now,
    )
}
