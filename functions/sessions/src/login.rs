//! J2: `POST /v1/sessions` with a password or an SMS code; with a card see [`crate::card_login`].

use eport_card::CardNumber;
use eport_schema::catalogue::{self, Refusal};
use eport_schema::clock::Timestamp;
use eport_schema::domain::{GivenPassword, LoginName, Phone, SmsCode, SmsPurpose};
use eport_schema::wire::SessionRequest;
use eport_shared::accounts::phone_index;
use eport_shared::address::{self, Limit};
use eport_shared::cards::proof::Sent;
use eport_shared::context::Context;
use eport_shared::http::{Request, Response};
use eport_shared::lockout;
use eport_shared::password::{self, Verdict};
use eport_shared::problem::{Fields, Problem};
use eport_shared::sms::code;
use eport_shared::sql;
use eport_shared::sql::{Row, Statement, query, transaction};
use http::StatusCode;
use uuid::Uuid;

use crate::card_login;
use crate::cookie;
use crate::open::{self, Method, Person};

/// Opens a session for who proves to be an account's person.
pub async fn create(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let created = match request.json()? {
        SessionRequest::Password { username, password } => {
            by_password(context, &username, &GivenPassword::new(password.expose())).await?
        }
        SessionRequest::Sms { phone, sms_code } => by_sms(context, &phone, sms_code.expose()).await?,
        SessionRequest::Card { challenge_id, certificate, signature, algorithm } => {
            let sent = Sent {
                challenge_id: &challenge_id,
                certificate: &certificate,
                signature: &signature,
                algorithm: &algorithm,
            };
            card_login::by_card(context, sent).await?
        }
    };
    cookie::answer(context, request, StatusCode::CREATED, created)
}

/// What the table knows of who wants to log in.
struct Candidate {
    person: Person,
    password_hash: Option<String>,
    locked: bool,
    /// Until when an initial password works; nothing where it is none, or works for good.
    initial_until: Option<Timestamp>,
}

/// What [`Candidate::read`] reads.
macro_rules! candidate {
    ($of:literal) => {
        concat!("SELECT id, username, name, staff, password_change_required, password_hash, state, locked_at, initial_password_expires_at
                FROM accounts WHERE ", $of)
    };
}

const BY_USERNAME: Statement = sql!(candidate!("username_key = $1 AND state <> 'pending'"));
const BY_PHONE: Statement = sql!(candidate!("phone_index = $1 AND state <> 'pending'"));
// Within the transaction that opens the session. The row is held until it ends: who locks the account, or changes password or phone,
// comes before, and is seen here, or after, and finds the session to end.
const HELD_BY_PASSWORD: Statement = sql!(held: candidate!("id = $1 AND password_hash = $2"));
const HELD_BY_PHONE: Statement = sql!(held: candidate!("phone_index = $1 AND state <> 'pending'"));

impl Candidate {
    fn read(row: &Row) -> Result<Self, Problem> {
        Ok(Self {
            person: Person {
                account: row.get(0)?,
                username: row.get(1)?,
                name: row.get(2)?,
                staff: row.get(3)?,
                password_change_required: row.get(4)?,
                inactive: row.get::<String>(6)? == "inactive",
            },
            password_hash: row.get(5)?,
            locked: row.get::<Option<Timestamp>>(7)?.is_some(),
            initial_until: if row.get(4)? { row.get(8)? } else { None },
        })
    }

    /// The person, whose password was right, unless it is an initial one that was not used in time.
    fn proven_by_password(self, now: Timestamp) -> Result<Person, Problem> {
        let expired = self.initial_until.is_some_and(|until| until <= now);
        let person = self.proven()?;
        if expired {
            return Err(Problem::new(&catalogue::PASSWORD_INITIAL_EXPIRED).about(Some(person.account)));
        }
        Ok(person)
    }

    /// The person, now that they have proved who they are. What is wrong with the account is told to nobody else.
    fn proven(self) -> Result<Person, Problem> {
        let refuse = |refusal: &'static Refusal| Err(Problem::new(refusal).about(Some(self.person.account)));
        if self.locked {
            return refuse(&catalogue::ACCOUNT_LOCKED);
        }
        if self.person.inactive {
            return refuse(&catalogue::ACCOUNT_INACTIVE);
        }
        Ok(self.person)
    }
}

async fn by_password(
    context: &Context<'_>,
    username: &str,
    given: &GivenPassword,
) -> Result<eport_schema::wire::SessionCreated, Problem> {
    if is_printed_on_a_card(username) {
        return Err(Problem::new(&catalogue::ACCOUNT_INACTIVE));
    }
    address::check(context, failures(context)).await?;
    let login = LoginName::parse(username);
    if let Some(created) = attempt(context, &login, given).await? {
        return Ok(created);
    }
    // Once more, as if the request had come now: the new hash may be of the same password, put there by another login.
    attempt(context, &login, given).await?.ok_or_else(|| Problem::new(&catalogue::SESSION_CREDENTIALS_WRONG))
}

/// Who tries one password with many names meets no lock of a name.
const fn failures(context: &Context<'_>) -> Limit {
    Limit { what: "login", most: context.settings.login_address_hour, refusal: &catalogue::SESSION_ADDRESS_LIMIT }
}

/// Wrong user and wrong password take the same steps: one look-up, one look at the locks, one Argon2id, the same counts.
///
/// `None` where the account got another password hash while the given password was compared with the one before.
async fn attempt(
    context: &Context<'_>,
    login: &LoginName,
    given: &GivenPassword,
) -> Result<Option<eport_schema::wire::SessionCreated>, Problem> {
    let rows = match login {
        LoginName::Phone(phone) => {
            query(context.database, &BY_PHONE, &[phone_index(context.keys, phone).into()]).await?
        }
        LoginName::Username(key) => query(context.database, &BY_USERNAME, &[key.as_str().into()]).await?,
    };
    let candidate = rows.first().map(Candidate::read).transpose()?;
    let account: Option<Uuid> = candidate.as_ref().map(|candidate| candidate.person.account);
    let name = match login {
        LoginName::Phone(phone) => phone.e164(),
        LoginName::Username(key) => key,
    };
    let behind =
        account.map_or_else(|| lockout::of_nobody(context, name), |account| lockout::of_account(context, account));
    let name = lockout::of_name(context, name);
    if let Some(until) = lockout::locked_until_either(context, [name, behind]).await? {
        return Err(locked(context, until).about(account));
    }

    let kept = candidate.as_ref().and_then(|candidate| candidate.password_hash.clone());
    let verdict = password::verify(context.settings, context.keys, kept.as_deref(), given)?;
    let candidate = match (verdict, candidate) {
        (Verdict::Right | Verdict::RightButOutdated, Some(candidate)) => candidate,
        _ => {
            let by_name = lockout::count(context, name).await?;
            let by_account = lockout::count(context, behind).await?;
            address::note(context, failures(context)).await?;
            if let Some(until) = by_name.or(by_account) {
                return Err(locked(context, until).about(account));
            }
            return Err(Problem::new(&catalogue::SESSION_CREDENTIALS_WRONG).about(account));
        }
    };
    let proven = candidate.proven_by_password(context.now)?.account;
    let rehashed = match verdict {
        Verdict::RightButOutdated => Some(password::rehash(context.settings, context.keys, context.entropy, given)?),
        _ => None,
    };
    transaction(context.database, async |connection| {
        // Hashing takes long enough for the password to have been changed meanwhile, or the account locked.
        let rows = connection.query(&HELD_BY_PASSWORD, &[proven.into(), kept.clone().into()]).await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let person = Candidate::read(row)?.proven_by_password(context.now)?;
        for subject in [name, behind] {
            if let Some(until) = lockout::forget_unless_locked(connection, context.now, subject).await? {
                return Err(locked(context, until).about(account));
            }
        }
        if let Some(hash) = &rehashed {
            connection
                .execute(
                    // Only in the place of the hash that the password was right for.
                    &sql!("UPDATE accounts SET password_hash = $2 WHERE id = $1 AND password_hash = $3"),
                    &[person.account.into(), hash.as_str().into(), kept.clone().into()],
                )
                .await?;
        }
        open::open(context, connection, &person, Method::Password).await.map(Some)
    })
    .await
}

/// What a person has who knows no username yet (J5): an id number or a card's number.
///
/// An account that a card login made can be named by nothing else, and is named so by many. Whether there is one is told to nobody: the
/// answer depends on what was typed alone. No username starts with a digit.
fn is_printed_on_a_card(typed: &str) -> bool {
    let typed = typed.trim();
    let starts = typed.starts_with(|c: char| c.is_ascii_digit());
    starts && typed.len() >= 9 && Phone::parse(typed).is_err() && CardNumber::parse(typed).is_ok()
}

fn locked(context: &Context<'_>, until: Timestamp) -> Problem {
    Problem::new(&catalogue::SESSION_LOCKED).retry_after(context.now.seconds_until(until))
}

async fn by_sms(
    context: &Context<'_>,
    phone: &str,
    sms_code: &str,
) -> Result<eport_schema::wire::SessionCreated, Problem> {
    let mut fields = Fields::new();
    let phone = fields.check("phone", Phone::parse(phone));
    let sms_code = fields.check("sms_code", SmsCode::parse(sms_code));
    let (phone, sms_code) = fields.finish(phone.zip(sms_code))?;
    let right_code = code::check(context, &phone, SmsPurpose::Login, &sms_code).await?;

    transaction(context.database, async |connection| {
        code::use_up(context, connection, &right_code).await?;
        // Who gave the right code holds the phone: they may know that no account has it.
        let rows = connection.query(&HELD_BY_PHONE, &[phone_index(context.keys, &phone).into()]).await?;
        let candidate = rows.first().map(Candidate::read).transpose()?;
        let person = candidate.ok_or_else(|| Problem::new(&catalogue::SESSION_CREDENTIALS_WRONG))?.proven()?;
        open::open(context, connection, &person, Method::Sms).await
    })
    .await
}
