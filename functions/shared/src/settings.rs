//! Settings: Spin variables with their defaults, read once per instance.

use async_trait::async_trait;
use eport_card::{CardProfile, Origin};

/// Where settings and keys come from: Spin's variables in a component, a file for the command line, a map in tests.
#[async_trait(?Send)]
pub trait Variables {
    /// The value of a variable; `None` where it is not defined for this component.
    async fn get(&self, name: &str) -> Option<String>;
}

/// A variable holds something that it can't.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the variable `{name}` {problem}")]
pub struct SettingError {
    /// The variable's name.
    pub name: &'static str,
    /// What is wrong, without the value: it may be a secret.
    pub problem: &'static str,
}

/// One line of the table of settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettingInfo {
    /// The variable's name.
    pub name: &'static str,
    /// What applies where it isn't set.
    pub default: &'static str,
    /// What it does, with its unit.
    pub description: &'static str,
}

trait Setting: Sized {
    fn parse(text: &str) -> Option<Self>;
}

impl Setting for String {
    fn parse(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl Setting for i64 {
    fn parse(text: &str) -> Option<Self> {
        text.trim().parse().ok().filter(|n| *n >= 0)
    }
}

impl Setting for bool {
    fn parse(text: &str) -> Option<Self> {
        text.trim().parse().ok()
    }
}

/// Web origins, with spaces between them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origins(pub Vec<Origin>);

impl Setting for Origins {
    fn parse(text: &str) -> Option<Self> {
        text.split_ascii_whitespace().map(Origin::parse).collect::<Result<_, _>>().map(Self).ok()
    }
}

impl Setting for CardProfile {
    fn parse(text: &str) -> Option<Self> {
        if text.is_empty() { Some(Self::default()) } else { serde_json::from_str(text).ok() }
    }
}

/// Whether this is a developer's machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// `/v1/dev/outbox` answers.
    Development,
    /// It doesn't.
    Production,
}

impl Setting for Environment {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "development" => Some(Self::Development),
            "production" => Some(Self::Production),
            _ => None,
        }
    }
}

/// How SMS leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmsProvider {
    /// Kept in the database.
    Outbox,
    /// A signed POST to `sms_webhook_url`.
    Webhook,
}

impl Setting for SmsProvider {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "outbox" => Some(Self::Outbox),
            "webhook" => Some(Self::Webhook),
            _ => None,
        }
    }
}

/// Who is asked about enterprises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegistryProvider {
    /// Our own table.
    Local,
    /// Another system, over HTTP.
    Http,
}

impl Setting for RegistryProvider {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "local" => Some(Self::Local),
            "http" => Some(Self::Http),
            _ => None,
        }
    }
}

macro_rules! settings {
    ($($(#[doc = $description:literal])+ $name:ident: $type:ty = $default:literal;)*) => {
        /// All settings, read and checked.
        #[derive(Debug, Clone)]
        pub struct Settings {
            $($(#[doc = $description])+ pub $name: $type,)*
        }

        impl Settings {
            /// Name, default and meaning of each, for the documentation.
            pub const ALL: &'static [SettingInfo] = &[
                $(SettingInfo { name: stringify!($name), default: $default, description: concat!($($description),+) },)*
            ];

            /// Reads all of them. An empty value counts as not set.
            pub async fn load(variables: &dyn Variables) -> Result<Self, SettingError> {
                Ok(Self {
                    $($name: {
                        let text = variables.get(stringify!($name)).await.filter(|text| !text.is_empty());
                        <$type as Setting>::parse(text.as_deref().unwrap_or($default)).ok_or(SettingError {
                            name: stringify!($name),
                            problem: "has a value that it can't have; see the table of settings",
                        })?
                    },)*
                })
            }
        }
    };
}

settings! {
    /// `development` or `production`. In production `/v1/dev/outbox` does not exist.
    environment: Environment = "production";
    /// The address under which people and other systems reach the service: `iss` in tokens.
    issuer: String = "http://127.0.0.1:3000";
    /// Where the database is: `sqlite` (the component's SQLite database `default`) or a `postgres://` address. Unless it has `options` of its own, `idle_in_transaction_session_timeout` is set to ten seconds.
    database_url: String = "sqlite";
    /// A request header that a trusted proxy sets to the client's address, such as `x-forwarded-for` (its last entry counts). Empty: the address of the connection.
    client_address_header: String = "";
    /// How SMS leave: `outbox` (kept in the database, shown at `/v1/dev/outbox`) or `webhook`.
    sms_provider: SmsProvider = "outbox";
    /// The gateway that gets each SMS as a signed POST; its host must be in `allowed_outbound_hosts`.
    sms_webhook_url: String = "";
    /// The secret of the POST's HMAC-SHA-256 signature.
    sms_webhook_secret: String = "";
    /// How long an SMS code is valid, in seconds.
    sms_code_seconds: i64 = "300";
    /// How often one SMS code may be tried.
    sms_code_tries: i64 = "5";
    /// Seconds between two codes for one phone and purpose.
    sms_resend_seconds: i64 = "60";
    /// Codes for one phone in an hour.
    sms_phone_hour: i64 = "5";
    /// Codes for one phone in a day.
    sms_phone_day: i64 = "10";
    /// Codes for one address (IPv6: one network of 64 bits) in an hour; an office may share one.
    sms_address_hour: i64 = "60";
    /// SMS with reminders and notices for one person in a day; SMS codes are counted apart.
    sms_notices_day: i64 = "10";
    /// How long an operator's initial password is valid, in seconds.
    initial_password_seconds: i64 = "259200";
    /// Initial passwords for one person in a day.
    initial_passwords_day: i64 = "5";
    /// Initial passwords that one enterprise's administrator may have sent in a day.
    initial_passwords_enterprise_day: i64 = "1000";
    /// How long a person may take to accept an enterprise's invitation, in seconds.
    invitation_seconds: i64 = "2592000";
    /// Invitations that one enterprise may send in a day.
    invitations_day: i64 = "200";
    /// How long a registration may wait for its password, in seconds.
    registration_seconds: i64 = "1800";
    /// Wrong passwords under one name until password login under it is locked.
    login_tries: i64 = "5";
    /// Wrong passwords of one person, under all their names, until password login is locked for them.
    login_account_tries: i64 = "20";
    /// Wrong passwords from one address (IPv6: one network of 64 bits) in an hour; an office may share one.
    login_address_hour: i64 = "100";
    /// The first lock, in seconds; each further one is twice as long.
    login_lock_seconds: i64 = "900";
    /// The longest lock, in seconds.
    login_lock_max_seconds: i64 = "86400";
    /// How long an access token is valid, in seconds.
    access_token_seconds: i64 = "600";
    /// A session without a request ends after this, in seconds.
    session_idle_seconds: i64 = "1800";
    /// A session ends after this in any case, in seconds.
    session_seconds: i64 = "43200";
    /// The web origins whose pages may ask a card for something, with spaces between them; the first one stands for requests without `Origin`. Empty: that of `issuer`. In development every page of this machine may.
    card_origins: Origins = "";
    /// Where certificates keep what they say of their holder, as JSON; what it leaves out stays as in the default profile (`card/src/profile.rs`).
    card_profile: CardProfile = "";
    /// How long a card has to sign a challenge, in seconds.
    card_challenge_seconds: i64 = "120";
    /// Challenges for one address in a minute; an office may share one.
    card_challenges_minute: i64 = "120";
    /// Refuse a certificate whose issuer has no revocation list in the trust store: `true` or `false`. A list that is there is always looked at.
    card_crl_missing_refuses: bool = "false";
    /// Refuse a certificate whose issuer's revocation list is past its next update: `true` or `false`.
    card_crl_outdated_refuses: bool = "false";
    /// How long before a certificate ends its holder is told, in days.
    card_expiry_days: i64 = "30";
    /// Who is asked about enterprises: `local` (our own table, filled by import) or `http`.
    registry_provider: RegistryProvider = "local";
    /// The registry's address: `GET {registry_url}/{uscc}` answers 200 with `uscc`, `name`, `registered_address`, `business_scope` and `legal_person_name` in JSON, or 404; its host must be in `allowed_outbound_hosts`.
    registry_url: String = "";
    /// What the registry is asked with: `Authorization: Bearer`. Empty: nothing.
    registry_token: String = "";
    /// How long the registry may take to answer one try, of two, in milliseconds.
    registry_timeout_ms: i64 = "3000";
    /// How long an answer of the registry fills forms without asking again, in seconds.
    registry_cache_seconds: i64 = "3600";
    /// How long an earlier answer fills forms while the registry is down, in seconds.
    registry_stale_seconds: i64 = "604800";
    /// Failures in a row after which the registry is left alone for a while.
    registry_failures: i64 = "5";
    /// For how long it is left alone, in seconds.
    registry_pause_seconds: i64 = "30";
    /// Questions to the registry by one account in a minute.
    registry_account_minute: i64 = "30";
    /// Requests to join an enterprise by one account in a day.
    association_account_day: i64 = "10";
    /// How long after a login the administrator's place can be handed over, in seconds.
    fresh_login_seconds: i64 = "300";
    /// The largest JSON body, in bytes.
    body_bytes: i64 = "65536";
    /// The largest JSON body of the component `seals`, in bytes: an image of 3 MiB in Base64. `eport up` has a limit of its own, `body` in `[component.seals.tool.eport]`.
    seal_body_bytes: i64 = "4259840";
    /// How many seals an enterprise may have.
    seals_enterprise: i64 = "100";
    /// How often an enterprise may make or change a seal in 24 hours; what is replaced is kept as evidence.
    seals_day: i64 = "50";
    /// How many signature images a person may have.
    signatures_account: i64 = "20";
    /// How long a reply is kept for a retry with the same `Idempotency-Key`, in seconds.
    idempotency_seconds: i64 = "86400";
    /// Argon2id memory, in KiB (RFC 9106).
    argon2_memory_kib: i64 = "19456";
    /// Argon2id passes.
    argon2_iterations: i64 = "2";
    /// Argon2id lanes.
    argon2_parallelism: i64 = "1";
}
