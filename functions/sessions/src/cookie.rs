//! The refresh token of a page (J2): in a cookie that no script can read, where the page asks for it with `Eport-Refresh-Cookie: 1`.
//!
//! A page of another site gets no use of the cookie: `SameSite=Strict` keeps it from being sent there, and without the header field, for
//! which a browser would first ask this service by CORS, it isn't looked at.

use std::borrow::Cow;

use cookie::time::Duration;
use cookie::{Cookie, SameSite};
use eport_schema::catalogue;
use eport_schema::wire::{Secret, SessionCreated};
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json};
use eport_shared::problem::Problem;
use http::{HeaderValue, StatusCode, header};

/// Its name.
pub const NAME: &str = "eport_refresh";

/// Where browsers send it: to the routes that take it, and a few beside them.
const PATH: &str = "/v1/sessions";

/// The refresh token that a request brings: in its body, or in the cookie where it asks for that.
pub fn given(request: &Request, in_body: Option<Secret>) -> Result<Secret, Problem> {
    if let Some(token) = in_body {
        return Ok(token);
    }
    if !request.wants_refresh_cookie() {
        return Err(Problem::field("refresh_token", &catalogue::REQUEST_MISSING_FIELD));
    }
    request
        .headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(Cookie::split_parse)
        .filter_map(Result::ok)
        .find(|cookie| cookie.name() == NAME)
        .map(|cookie| Secret::from(cookie.value()))
        .ok_or_else(|| Problem::new(&catalogue::SESSION_REFRESH_INVALID))
}

/// The answer with new tokens: the refresh token in its body, or in the cookie where the request asks for that.
pub fn answer(
    context: &Context<'_>,
    request: &Request,
    status: StatusCode,
    mut created: SessionCreated,
) -> Result<Response, Problem> {
    if !request.wants_refresh_cookie() {
        return Ok(json(status, &created));
    }
    // No longer than the session can live; the server knows when it really ends.
    let seconds = context.settings.session_seconds;
    let token = created.refresh_token.take().unwrap_or_default();
    with_cookie(context, json(status, &created), token, seconds)
}

/// The same response, which also takes the cookie away from a page that has one.
pub fn forget(context: &Context<'_>, request: &Request, response: Response) -> Result<Response, Problem> {
    if !request.wants_refresh_cookie() {
        return Ok(response);
    }
    with_cookie(context, response, String::new(), 0)
}

fn with_cookie(
    context: &Context<'_>,
    mut response: Response,
    token: String,
    seconds: i64,
) -> Result<Response, Problem> {
    let cookie = Cookie::build((NAME, Cow::Owned::<str>(token)))
        .http_only(true)
        .same_site(SameSite::Strict)
        .path(PATH)
        .max_age(Duration::seconds(seconds))
        // Over plain http, on a developer's machine, a browser would drop it.
        .secure(context.settings.issuer.starts_with("https://"));
    let value = zeroize::Zeroizing::new(cookie.build().to_string());
    let value = HeaderValue::from_str(&value).map_err(|_| Problem::new(&catalogue::SERVICE_INTERNAL))?;
    response.headers_mut().insert(header::SET_COOKIE, value);
    Ok(response)
}
