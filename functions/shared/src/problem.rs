//! Refusals on their way out: RFC 9457 problem details in the caller's language.

use eport_schema::catalogue::{self, Invalid, Language, Refusal};
use eport_schema::wire::{FieldProblem, ProblemDetails};
use http::{HeaderValue, StatusCode, header};
use uuid::Uuid;

use crate::crypto::CryptoError;
use crate::http::{Response, json_bytes};
use crate::platform::DatabaseError;

/// Why a request was not done.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The entry of the catalogue.
    pub refusal: &'static Refusal,
    /// Fields that are wrong, each with its own entry.
    pub errors: Vec<FieldError>,
    /// Seconds after which the same request may succeed.
    pub retry_after: Option<i64>,
    /// The account that it is about, where the caller isn't known: the audit of a failed login names it. Never shown.
    pub about: Option<Uuid>,
    /// What it is about where that is no account: its kind and its name, masked if it is personal. For the audit; never shown.
    pub target: Option<(&'static str, String)>,
    /// Whether it goes by without a row in the audit: anybody can bring it about as often as they like, and it concerns nobody.
    pub untraced: bool,
}

/// A field that is wrong.
#[derive(Debug, Clone)]
pub struct FieldError {
    /// Its path in the body, such as `phone`, or a query parameter's name.
    pub field: String,
    /// The entry of the catalogue.
    pub refusal: &'static Refusal,
}

impl Problem {
    /// The refusal alone.
    pub const fn new(refusal: &'static Refusal) -> Self {
        Self { refusal, errors: Vec::new(), retry_after: None, about: None, target: None, untraced: false }
    }

    /// With the seconds after which to try again.
    pub fn retry_after(mut self, seconds: i64) -> Self {
        self.retry_after = Some(seconds.max(1));
        self
    }

    /// With the account that it is about.
    pub fn about(mut self, account: Option<Uuid>) -> Self {
        self.about = account;
        self
    }

    /// With what it is about, where that is no account.
    pub fn target(mut self, kind: &'static str, name: String) -> Self {
        self.target = Some((kind, name));
        self
    }

    /// Without a row in the audit.
    pub fn untraced(mut self) -> Self {
        self.untraced = true;
        self
    }

    /// One field is wrong: the field's own entry is the problem's.
    pub fn field(field: &str, refusal: &'static Refusal) -> Self {
        Self { errors: vec![FieldError { field: field.to_owned(), refusal }], ..Self::new(refusal) }
    }

    /// The answer, in `language`.
    pub fn into_response(self, language: Language) -> Response {
        let text = |t: &catalogue::Text| t.get(language).to_owned();
        let wrong = |field: &str, refusal: &Refusal| FieldProblem {
            field: field.to_owned(),
            code: refusal.code.to_owned(),
            detail: text(&refusal.detail),
        };
        let mut errors: Vec<_> = self.errors.iter().map(|error| wrong(&error.field, error.refusal)).collect();
        if errors.is_empty() {
            errors.extend(self.refusal.field.map(|field| wrong(field, self.refusal)));
        }
        let details = ProblemDetails {
            r#type: format!("urn:eport-id:problem:{}", self.refusal.code),
            title: text(&self.refusal.title),
            status: self.refusal.status,
            detail: text(&self.refusal.detail),
            code: self.refusal.code.to_owned(),
            retry: self.refusal.retry.as_str().to_owned(),
            fix: text(&self.refusal.fix),
            errors,
            retry_after: self.retry_after,
        };
        let mut response = Response::new(json_bytes(&details));
        *response.status_mut() = StatusCode::from_u16(self.refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if *self.refusal == catalogue::REQUEST_UNSUPPORTED_ENCODING {
            // RFC 9110 §12.5.3: what would have been taken.
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        }
        if self.refusal.status == 401 {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<&'static Refusal> for Problem {
    fn from(refusal: &'static Refusal) -> Self {
        Self::new(refusal)
    }
}

impl From<DatabaseError> for Problem {
    fn from(error: DatabaseError) -> Self {
        // The text of a statement never holds data, and the adapters pass no detail on: this may stand in a log.
        eprintln!("{error}");
        match error {
            DatabaseError::Unavailable(_) => Self::new(&catalogue::SERVICE_DATABASE_UNAVAILABLE).retry_after(5),
            DatabaseError::Refused(_) | DatabaseError::Column { .. } => Self::new(&catalogue::SERVICE_INTERNAL),
        }
    }
}

impl From<CryptoError> for Problem {
    fn from(error: CryptoError) -> Self {
        eprintln!("{error}");
        Self::new(&catalogue::SERVICE_INTERNAL)
    }
}

/// Collects what is wrong with the fields of one request, so that a person learns of all of it at once.
#[derive(Debug, Default)]
pub struct Fields(Vec<FieldError>);

impl Fields {
    /// Nothing wrong so far.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The parsed field, or `None` with its error noted.
    pub fn check<T>(&mut self, field: &str, parsed: Result<T, Invalid>) -> Option<T> {
        parsed.map_err(|Invalid(refusal)| self.refuse(field, refusal)).ok()
    }

    /// Notes that `field` is wrong.
    pub fn refuse(&mut self, field: &str, refusal: &'static Refusal) {
        self.0.push(FieldError { field: field.to_owned(), refusal });
    }

    /// The problem, if a field was wrong: its own entry where it is the only one, `request.invalid` where there are several.
    pub fn problem(self) -> Problem {
        let refusal = match self.0.as_slice() {
            [only] => only.refusal,
            _ => &catalogue::REQUEST_INVALID,
        };
        Problem { errors: self.0, ..Problem::new(refusal) }
    }

    /// `values` if nothing was wrong. `values` is a tuple of what [`Fields::check`] returned, zipped by the caller.
    pub fn finish<T>(self, values: Option<T>) -> Result<T, Problem> {
        match values {
            Some(values) if self.0.is_empty() => Ok(values),
            _ => Err(self.problem()),
        }
    }
}
