//! People who have an account, and their sessions, without the journeys that lead there.

use eport_schema::domain::{IdDocument, IdType, NewPassword, Phone};
use serde_json::Value as Json;
use uuid::Uuid;

use super::World;
use crate::accounts::{Field, id_number_index, phone_index, protect};
use crate::crypto::sha256;
use crate::password;
use crate::platform::new_id;
use crate::sql;
use crate::token::{Claims, issue};

/// Somebody with an account.
#[derive(Debug, Clone)]
pub struct Person {
    /// The account.
    pub id: Uuid,
    /// `person-7`.
    pub username: String,
    /// Eleven digits.
    pub phone: String,
    /// A resident id number.
    pub id_number: String,
    /// The password.
    pub password: String,
}

/// The `n`th phone of the tests: `13800000007`.
pub fn phone(n: u32) -> String {
    format!("138{n:08}")
}

/// The `n`th resident id number of the tests, with its check character.
pub fn resident_id(n: u32) -> String {
    let body = format!("6101011990{:02}{:02}{:03}", n / 28 % 12 + 1, n % 28 + 1, n % 1000);
    "0123456789X"
        .chars()
        .map(|check| format!("{body}{check}"))
        .find(|number| IdDocument::parse(IdType::ResidentId, number, super::START.date()).is_ok())
        .expect("one of the eleven check characters fits")
}

impl World {
    /// The `n`th person, with an active account.
    pub async fn person(&self, n: u32) -> Person {
        self.add(n, false).await
    }

    /// The `n`th person, of the platform's staff.
    pub async fn staff(&self, n: u32) -> Person {
        self.add(n, true).await
    }

    async fn add(&self, n: u32, staff: bool) -> Person {
        let id = new_id(self.now(), &self.entropy);
        let person = Person {
            id,
            username: format!("Person-{n}"),
            phone: phone(n),
            id_number: resident_id(n),
            password: format!("correct horse {n}"),
        };
        let phone = Phone::parse(&person.phone).expect("a phone");
        let document =
            IdDocument::parse(IdType::ResidentId, &person.id_number, self.now().date()).expect("an id number");
        let password = NewPassword::parse(&person.password, &person.username).expect("a password");
        let protect = |field, text: &str| protect(&self.keys, &self.entropy, field, id, text).expect("encryption");
        self.rows(
            &sql!(
                "INSERT INTO accounts (id, username, username_key, name, id_type, id_number_enc, id_number_index, phone_enc, phone_index,
                                       state, staff, password_hash, created_at, updated_at)
                 VALUES ($1, $2, $3, $4, 'resident_id', $5, $6, $7, $8, 'active', $9, $10, $11, $11)"
            ),
            &[
                id.into(),
                person.username.as_str().into(),
                person.username.to_lowercase().into(),
                "张伟".into(),
                protect(Field::IdNumber, &person.id_number).into(),
                id_number_index(&self.keys, &document).into(),
                protect(Field::Phone, phone.e164()).into(),
                phone_index(&self.keys, &phone).into(),
                staff.into(),
                password::hash(&self.settings, &self.keys, &self.entropy, &password).expect("a hash").into(),
                self.now().into(),
            ],
        )
        .await;
        person
    }

    /// An access token of a new session of the account, as a login with a password gives it.
    pub async fn sign_in(&self, account: Uuid) -> String {
        let session = new_id(self.now(), &self.entropy);
        let claims = Claims {
            iss: self.settings.issuer.clone(),
            sub: account,
            sid: session,
            ent: None,
            role: None,
            amr: vec!["pwd".to_owned()],
            card_class: None,
            iat: self.now().seconds(),
            exp: self.now().seconds() + self.settings.access_token_seconds,
        };
        let token = issue(&self.keys, &claims).expect("a token");
        self.rows(
            &sql!(
                "INSERT INTO sessions (id, account_id, method, amr, refresh_hash, access_hash, device_hash, created_at,
                                       authenticated_at, last_seen_at, expires_at)
                 VALUES ($1, $2, 'password', 'pwd', $3, $4, $3, $5, $5, $5, $6)"
            ),
            &[
                session.into(),
                account.into(),
                [0_u8; 32].into(),
                sha256(token.as_bytes()).into(),
                self.now().into(),
                self.now().plus_seconds(self.settings.session_seconds).into(),
            ],
        )
        .await;
        token.to_string()
    }

    /// The code in the newest SMS to `phone`, as `/v1/dev/outbox` would show it.
    pub async fn code_for(&self, phone: &str) -> String {
        use crate::crypto::{Place, decrypt_text};
        use crate::sms::provider::OUTBOX_CODE;
        let index = phone_index(&self.keys, &Phone::parse(phone).expect("a phone"));
        let rows = self
            .rows(
                &sql!(
                    "SELECT id, code_enc FROM sms_outbox WHERE phone_index = $1 AND code_enc IS NOT NULL
                     ORDER BY created_at DESC, id DESC LIMIT 1"
                ),
                &[index.into()],
            )
            .await;
        let row = rows.first().expect("an SMS with a code");
        let id: Uuid = row.get(0).expect("an id");
        let kept: Vec<u8> = row.get(1).expect("a code");
        decrypt_text(&self.keys, Place::new(OUTBOX_CODE, &id), &kept).expect("a code of these keys").to_string()
    }

    /// The texts of the SMS to `phone`, the oldest first.
    pub async fn texts_for(&self, phone: &str) -> Vec<String> {
        use crate::crypto::{Place, decrypt_text};
        use crate::sms::provider::OUTBOX_TEXT;
        let index = phone_index(&self.keys, &Phone::parse(phone).expect("a phone"));
        let all = sql!("SELECT id, text_enc FROM sms_outbox WHERE phone_index = $1 ORDER BY created_at, id");
        let rows = self.rows(&all, &[index.into()]).await;
        rows.iter()
            .map(|row| {
                let id: Uuid = row.get(0).expect("an id");
                let kept: Vec<u8> = row.get(1).expect("a text");
                decrypt_text(&self.keys, Place::new(OUTBOX_TEXT, &id), &kept).expect("a text of these keys").to_string()
            })
            .collect()
    }

    /// Kinds and data of the messages in an inbox, the oldest first.
    pub async fn inbox(&self, account: Uuid) -> Vec<(String, Json)> {
        let all = sql!("SELECT kind, data FROM messages WHERE account_id = $1 ORDER BY created_at, id");
        let rows = self.rows(&all, &[account.into()]).await;
        rows.iter()
            .map(|row| {
                let data: String = row.get(1).expect("data");
                (row.get(0).expect("a kind"), serde_json::from_str(&data).expect("JSON"))
            })
            .collect()
    }
}

/// A whole SMS code that is not `code`.
pub fn other_code(code: &str) -> String {
    let number: u32 = code.parse().expect("six digits");
    format!("{:06}", (number + 1) % 1_000_000)
}
