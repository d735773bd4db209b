//! From a request to its answer: the steps that every route goes through, in one place.
//!
//! Route, size, language, caller, `Idempotency-Key`, the function itself, the audit of a refusal, headers of every answer.

use bytes::Bytes;
use eport_schema::catalogue;
use eport_schema::routes::{self, Access, Route};
use http::{HeaderValue, Method, header};

use crate::caller::{self, Caller};
use crate::context::Context;
use crate::http::{Body, Incoming, Request, Response};
use crate::idempotency;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::sql::Statement;
use crate::{audit, clock::Timestamp, notices};

/// What a function is to this module: from a request that has met its route to a response or a refusal.
pub trait Function {
    /// The component's name, as in `spin.toml`; it answers only the routes that the table gives it.
    const COMPONENT: &'static str;

    /// Operations on [`Access::Session`] whose caller is recognised by a query of their own ([`caller::recognise_by`]), which reads with the session what
    /// else they need: those that are asked all the time. They find it in [`Context::session`].
    const RECOGNISES: &'static [(&'static str, &'static Statement)] = &[];

    /// The largest body that it takes, in bytes.
    fn body_bytes(settings: &Settings) -> i64 {
        settings.body_bytes
    }

    /// Does what the route says.
    fn handle(context: &Context<'_>, request: &Request) -> impl Future<Output = Result<Response, Problem>>;
}

/// Operations that a person may do before an initial password is changed.
const BEFORE_PASSWORD_CHANGE: &[&str] = &["get_me", "change_password", "end_current_session"];

/// Answers a request. Never fails: what goes wrong becomes a problem response.
pub async fn serve<F: Function>(context: &Context<'_>, incoming: Incoming) -> Response {
    let head = incoming.method == Method::HEAD;
    let mut response = match routed::<F>(context, incoming).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(context.client.language),
    };
    let headers = response.headers_mut();
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if head {
        *response.body_mut() = Bytes::new();
    }
    response
}

async fn routed<F: Function>(context: &Context<'_>, incoming: Incoming) -> Result<Response, Problem> {
    let (route, parameters) = match find(F::COMPONENT, &incoming.method, &incoming.path) {
        Found::Route(route, parameters) => (route, parameters),
        Found::OtherMethods(methods) => {
            let problem = Problem::new(&catalogue::ROUTE_METHOD_NOT_ALLOWED);
            let mut response = problem.into_response(context.client.language);
            if let Ok(allow) = HeaderValue::from_str(&methods.join(", ")) {
                response.headers_mut().insert(header::ALLOW, allow);
            }
            return Ok(response);
        }
        Found::Nothing => return Err(Problem::new(&catalogue::ROUTE_NOT_FOUND)),
    };
    let body = match incoming.body {
        Body::Whole(body) => body,
        Body::TooLarge => return Err(Problem::new(&catalogue::REQUEST_TOO_LARGE)),
        Body::Broken => return Err(Problem::new(&catalogue::REQUEST_MALFORMED)),
    };
    let request = Request {
        route,
        parameters,
        query: form_urlencoded::parse(incoming.query.as_bytes()).into_owned().collect(),
        headers: incoming.headers,
        body,
    };
    let admitted =
        admit::<F>(context, &request).await.and_then(|()| known_query(&request)).and_then(|()| plain_body(&request));
    let answer = match admitted {
        Ok(()) => idempotency::once(context, &request, async || F::handle(context, &request).await).await,
        Err(problem) => Err(problem),
    };
    if let Err(problem) = &answer
        && audit::worth_keeping(problem)
    {
        audit::refused(context, &request, problem).await;
    }
    if answer.is_ok() {
        notices::send(context).await;
    }
    answer
}

/// Lets in who may use the route. A handler can count on it and can't forget it.
async fn admit<F: Function>(context: &Context<'_>, request: &Request) -> Result<(), Problem> {
    let own = F::RECOGNISES.iter().find(|(operation, _)| *operation == request.route.operation);
    if let (Access::Session, Some((_, statement))) = (request.route.access, own) {
        let session = caller::recognise_by(context, &request.headers, statement).await?;
        context.session.replace(Some(session));
        return Ok(());
    }
    let asked = match request.route.access {
        Access::Public => false,
        Access::SessionIfGiven => request.headers.contains_key(header::AUTHORIZATION),
        Access::Session | Access::Member | Access::Administrator | Access::Staff => true,
    };
    if !asked {
        return Ok(());
    }
    let caller = caller::recognise(context, &request.headers).await?;
    let initial_password = caller.password_change_required;
    let allowed = may(&caller, request.route.access);
    context.recognised.replace(Some(caller));
    if initial_password && !BEFORE_PASSWORD_CHANGE.contains(&request.route.operation) {
        return Err(Problem::new(&catalogue::PASSWORD_CHANGE_REQUIRED));
    }
    allowed
}

/// Whether a caller's place allows the route at all. What a rule changes it decides again, in its transaction.
fn may(caller: &Caller, access: Access) -> Result<(), Problem> {
    match access {
        Access::Public | Access::SessionIfGiven | Access::Session => Ok(()),
        Access::Member => caller.member().map(drop),
        Access::Administrator => caller.administrator().map(drop),
        Access::Staff if caller.staff => Ok(()),
        Access::Staff => Err(Problem::new(&catalogue::STAFF_REQUIRED)),
    }
}

/// Refuses a query parameter that the route doesn't have, that comes twice, or that isn't of its kind: handlers read what is left.
fn known_query(request: &Request) -> Result<(), Problem> {
    match request.route.refused_parameter(&request.query) {
        Some((name, refusal)) => Err(Problem::field(&name.chars().take(64).collect::<String>(), refusal)),
        None => Ok(()),
    }
}

/// Refuses a body that was compressed on its way (RFC 9110 §8.4): it would be read as something else than was meant.
fn plain_body(request: &Request) -> Result<(), Problem> {
    let takes_body = request.route.request.is_some() || request.route.takes.is_some();
    let plain = request
        .headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .all(|coding| coding.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity"));
    if takes_body && !plain { Err(Problem::new(&catalogue::REQUEST_UNSUPPORTED_ENCODING)) } else { Ok(()) }
}

enum Found {
    Route(&'static Route, Vec<(&'static str, String)>),
    OtherMethods(Vec<&'static str>),
    Nothing,
}

/// Of the paths that fit, the one with the fewest `{…}` is meant: `/v1/seals/check` is no seal.
fn find(component: &str, method: &Method, path: &str) -> Found {
    let wanted = if method == Method::HEAD { "GET" } else { method.as_str() };
    let fitting: Vec<_> =
        routes::of(component).iter().filter_map(|route| Some((route, parameters(route.path, path)?))).collect();
    let fewest = fitting.iter().map(|(_, parameters)| parameters.len()).min();
    let mut others = Vec::new();
    for (route, parameters) in fitting {
        if Some(parameters.len()) != fewest {
            continue;
        }
        if route.method == wanted {
            return Found::Route(route, parameters);
        }
        others.push(route.method);
        // What answers GET answers HEAD (RFC 9110 §9.3.2).
        if route.method == "GET" {
            others.push("HEAD");
        }
    }
    if others.is_empty() { Found::Nothing } else { Found::OtherMethods(others) }
}

/// The values of `{…}` in `pattern` where `path` has its shape.
fn parameters(pattern: &'static str, path: &str) -> Option<Vec<(&'static str, String)>> {
    let mut values = Vec::new();
    let mut parts = path.split('/');
    for expected in pattern.split('/') {
        let part = parts.next()?;
        match expected.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) if !part.is_empty() => values.push((name, part.to_owned())),
            Some(_) => return None,
            None if expected == part => {}
            None => return None,
        }
    }
    parts.next().is_none().then_some(values)
}

/// Reads `limit` (1 to 100, 20 if absent) and `cursor` (the id to go on after) of a list.
pub fn page(request: &Request) -> Result<Page, Problem> {
    let limit = match request.query("limit") {
        None => 20,
        Some(text) => text
            .parse()
            .ok()
            .filter(|n| (1..=100).contains(n))
            .ok_or_else(|| Problem::field("limit", &catalogue::LIMIT_RANGE))?,
    };
    let after = match request.query("cursor") {
        None => None,
        Some(text) => {
            Some(uuid::Uuid::try_parse(text).map_err(|_| Problem::field("cursor", &catalogue::CURSOR_INVALID))?)
        }
    };
    Ok(Page { limit, after })
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// How many items at the most.
    pub limit: i64,
    /// The last id of the page before.
    pub after: Option<uuid::Uuid>,
}

impl Page {
    /// `items` was asked for with one more than `limit`: that one tells whether there is a next page, and is dropped.
    pub fn finish<T>(&self, mut items: Vec<T>, id: impl Fn(&T) -> uuid::Uuid) -> eport_schema::wire::List<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = if more { items.last().map(|item| id(item).to_string()) } else { None };
        eport_schema::wire::List { items, next_cursor }
    }
}

/// A point in time in a query, RFC 3339.
pub fn time_parameter(request: &Request, name: &str) -> Result<Option<Timestamp>, Problem> {
    request
        .query(name)
        .map(|text| Timestamp::parse_rfc3339(text).ok_or_else(|| Problem::field(name, &catalogue::TIME_FORMAT)))
        .transpose()
}

/// An id in a query.
pub fn id_parameter(request: &Request, name: &str) -> Result<Option<uuid::Uuid>, Problem> {
    request
        .query(name)
        .map(|text| uuid::Uuid::try_parse(text).map_err(|_| Problem::field(name, &catalogue::ID_FORMAT)))
        .transpose()
}
