//! The authority's registry of enterprises (J6, J9): who is asked, what an answer must look like, and what is kept of it.
//!
//! A provider is a [`Registry`]. What the local one says is the truth of the moment; answers of another system are kept for a while, and marked as kept where they are used again.

mod breaker;
mod cache;
mod http;
mod local;
mod organisation;

use async_trait::async_trait;
use eport_schema::catalogue;
use eport_schema::clock::Timestamp;
use eport_schema::domain::{Address, BusinessScope, EnterpriseName, Uscc};
use eport_schema::wire::RegistryEnterprise;

pub use self::http::OverHttp;
pub use local::{Local, local};
pub use organisation::of_organisation;

use crate::context::Context;
use crate::platform::DatabaseError;
use crate::problem::Problem;
use crate::rate;
use crate::settings::RegistryProvider;

/// What the registry keeps of one enterprise, checked like any input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its name.
    pub name: EnterpriseName,
    /// Registered address.
    pub registered_address: Option<Address>,
    /// Business scope.
    pub business_scope: Option<BusinessScope>,
    /// Legal person: a name in whichever form the registry writes it.
    pub legal_person_name: Option<EnterpriseName>,
    /// When the registry said so.
    pub as_of: Timestamp,
}

impl Record {
    /// From the texts of a registry; nothing where one of them is not what its field can hold. Empty texts count as absent, and line breaks as spaces: registries have both.
    pub fn parse(
        name: &str,
        registered_address: Option<&str>,
        business_scope: Option<&str>,
        legal_person_name: Option<&str>,
        as_of: Timestamp,
    ) -> Option<Self> {
        fn optional<T, E>(text: Option<&str>, parse: fn(&str) -> Result<T, E>) -> Option<Option<T>> {
            let text = text.map(one_line).filter(|text| !text.is_empty());
            text.map(|text| parse(&text)).transpose().ok()
        }
        Some(Self {
            name: EnterpriseName::parse(&one_line(name)).ok()?,
            registered_address: optional(registered_address, Address::parse)?,
            business_scope: optional(business_scope, BusinessScope::parse)?,
            legal_person_name: optional(legal_person_name, EnterpriseName::parse)?,
            as_of,
        })
    }

    /// The registered address as text.
    pub fn registered_address(&self) -> Option<&str> {
        self.registered_address.as_ref().map(Address::as_str)
    }

    /// The business scope as text.
    pub fn business_scope(&self) -> Option<&str> {
        self.business_scope.as_ref().map(BusinessScope::as_str)
    }

    /// The legal person's name as text.
    pub fn legal_person_name(&self) -> Option<&str> {
        self.legal_person_name.as_ref().map(EnterpriseName::as_str)
    }
}

/// Line breaks and tabs as spaces, none around it.
fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c }).collect();
    spaced.trim().to_owned()
}

/// After how long to try again where nothing tells when the registry will be back, in seconds.
const TRY_AGAIN: i64 = 10;

/// Why there is nothing of the registry's.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// It is down, too slow, or refuses; asking again may help after so many seconds.
    #[error("the registry is unavailable")]
    Unavailable {
        /// Seconds.
        retry_after: i64,
    },
    /// It answered, with what can't be: another enterprise's data, or a text that its field can't hold. That is no failure of it: the next one's data may be good.
    #[error("the registry's answer can't be used")]
    Unusable,
    /// Our own database, which the local one is in.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<RegistryError> for Problem {
    fn from(error: RegistryError) -> Self {
        match error {
            RegistryError::Unavailable { retry_after } => {
                Self::new(&catalogue::REGISTRY_UNAVAILABLE).retry_after(retry_after)
            }
            RegistryError::Unusable => Self::new(&catalogue::REGISTRY_UNAVAILABLE).retry_after(TRY_AGAIN),
            RegistryError::Database(error) => error.into(),
        }
    }
}

/// Somebody who knows enterprises.
#[async_trait(?Send)]
pub trait Registry {
    /// Its name in answers: `local` or `http`.
    fn source(&self) -> &'static str;

    /// What it keeps under a code at this moment; nothing where it doesn't know it.
    async fn ask(&self, context: &Context<'_>, uscc: &Uscc) -> Result<Option<Record>, RegistryError>;

    /// Whether its answers are worth keeping: not those of our own table.
    fn is_remote(&self) -> bool;
}

/// What was found, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What the registry keeps.
    pub record: Record,
    /// Which one it was.
    pub source: &'static str,
    /// Whether it is an answer of earlier.
    pub cached: bool,
}

impl Found {
    /// As it is answered to a client.
    pub fn shown(self, uscc: &Uscc) -> RegistryEnterprise {
        RegistryEnterprise {
            uscc: uscc.as_str().to_owned(),
            name: self.record.name.as_str().to_owned(),
            registered_address: self.record.registered_address().map(str::to_owned),
            business_scope: self.record.business_scope().map(str::to_owned),
            legal_person_name: self.record.legal_person_name().map(str::to_owned),
            source: self.source.to_owned(),
            cached: self.cached,
            as_of: self.record.as_of,
        }
    }
}

fn provider(context: &Context<'_>) -> Box<dyn Registry> {
    match context.settings.registry_provider {
        RegistryProvider::Local => Box::new(Local),
        RegistryProvider::Http => Box::new(OverHttp),
    }
}

/// What fills a form: an answer of a little while ago will do, and an older one where the registry is down.
pub async fn look_up(context: &Context<'_>, uscc: &Uscc) -> Result<Option<Found>, RegistryError> {
    look_up_with(provider(context).as_ref(), context, uscc).await
}

/// What is taken over: the registry's answer of this moment, or none.
pub async fn ask(context: &Context<'_>, uscc: &Uscc) -> Result<Option<Found>, RegistryError> {
    ask_with(provider(context).as_ref(), context, uscc).await
}

async fn look_up_with(
    registry: &dyn Registry,
    context: &Context<'_>,
    uscc: &Uscc,
) -> Result<Option<Found>, RegistryError> {
    let kept = if registry.is_remote() { cache::get(context, uscc).await } else { None };
    let young_until = |record: &Record, seconds| record.as_of.plus_seconds(seconds);
    let found = |record| Some(Found { record, source: registry.source(), cached: true });
    match kept {
        Some(record) if context.now < young_until(&record, context.settings.registry_cache_seconds) => {
            Ok(found(record))
        }
        kept => match ask_with(registry, context, uscc).await {
            Err(error @ (RegistryError::Unavailable { .. } | RegistryError::Unusable)) => kept
                .filter(|record| context.now < young_until(record, context.settings.registry_stale_seconds))
                .map_or(Err(error), |record| Ok(found(record))),
            answer => answer,
        },
    }
}

async fn ask_with(registry: &dyn Registry, context: &Context<'_>, uscc: &Uscc) -> Result<Option<Found>, RegistryError> {
    if !registry.is_remote() {
        let record = registry.ask(context, uscc).await?;
        return Ok(record.map(|record| Found { record, source: registry.source(), cached: false }));
    }
    let way = breaker::enter(context).await?;
    let answer = registry.ask(context, uscc).await;
    way.leave(context, !matches!(answer, Err(RegistryError::Unavailable { .. }))).await;
    let record = answer?;
    match &record {
        Some(record) => cache::put(context, uscc, record).await,
        // What the registry has struck off must not fill forms any more.
        None => cache::forget(context, uscc).await,
    }
    Ok(record.map(|record| Found { record, source: registry.source(), cached: false }))
}

/// Counts one question by the caller: nobody reads the registry through us.
pub async fn count(context: &Context<'_>) -> Result<(), Problem> {
    let account = context.caller()?.account_id.to_string();
    let limit = context.settings.registry_account_minute;
    rate::count(context, "registry", &account, limit, 60, &catalogue::RATE_LIMITED).await
}
