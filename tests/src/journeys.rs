//! The steps of the journeys, as a client of the API takes them (§4 of the specification).

use eport_schema::wire::{
    Association, List, Me, OutboxItem, RegistrationCreated, RegistrationPassword, RegistrationRequest, SessionCreated,
    SessionRequest, SmsCodeAccepted, SmsCodeRequest,
};
use uuid::Uuid;

use crate::client::{Client, Reply};
use crate::people::Person;
use crate::site::Site;

/// Someone with an account and a session.
#[derive(Debug, Clone)]
pub struct Member {
    /// Who it is.
    pub person: Person,
    /// Their account.
    pub account: Uuid,
    /// Their access token.
    pub token: String,
    /// Their refresh token.
    pub refresh_token: String,
}

impl Client {
    /// Asks for a code.
    #[track_caller]
    pub fn ask_for_code(&self, phone: &str, purpose: &str) -> Reply {
        let body = SmsCodeRequest { phone: phone.to_owned(), purpose: purpose.to_owned() };
        self.post("/v1/sms-codes").json(&body).send()
    }

    /// The messages to a phone, the newest first.
    #[track_caller]
    pub fn outbox(&self, phone: &str) -> Vec<OutboxItem> {
        self.get(&format!("/v1/dev/outbox?phone={phone}")).send().ok::<List<OutboxItem>>(200).items
    }

    /// Asks for a code and reads it.
    #[track_caller]
    pub fn code(&self, phone: &str, purpose: &str) -> String {
        self.ask_for_code(phone, purpose).ok::<SmsCodeAccepted>(202);
        let newest = self.outbox(phone).into_iter().find(|item| item.purpose == purpose);
        newest.and_then(|item| item.code).expect("a code in the outbox")
    }

    /// Sends a registration.
    #[track_caller]
    pub fn send_registration(&self, person: &Person, code: &str) -> Reply {
        self.post("/v1/registrations").json(&registration(person, code)).send()
    }

    /// Registers up to the password.
    #[track_caller]
    pub fn begin_registration(&self, person: &Person) -> RegistrationCreated {
        let code = self.code(&person.phone, "register");
        self.send_registration(person, &code).ok(201)
    }

    /// Sets the first password.
    #[track_caller]
    pub fn set_first_password(&self, created: &RegistrationCreated, password: &str) -> Reply {
        let body =
            RegistrationPassword { password_token: created.password_token.as_str().into(), password: password.into() };
        self.put(&format!("/v1/registrations/{}/password", created.account_id)).json(&body).send()
    }

    /// J1 from the first code to the password.
    #[track_caller]
    pub fn register(&self, person: &Person) -> Uuid {
        let created = self.begin_registration(person);
        self.set_first_password(&created, &person.password).done();
        created.account_id
    }

    /// J2 with a password.
    #[track_caller]
    pub fn try_password(&self, username: &str, password: &str) -> Reply {
        let body = SessionRequest::Password { username: username.to_owned(), password: password.into() };
        self.post("/v1/sessions").json(&body).send()
    }

    /// J2 with a code.
    #[track_caller]
    pub fn try_code(&self, phone: &str, code: &str) -> Reply {
        let body = SessionRequest::Sms { phone: phone.to_owned(), sms_code: code.into() };
        self.post("/v1/sessions").json(&body).send()
    }

    /// J2 with the person's own password.
    #[track_caller]
    pub fn log_in(&self, person: &Person) -> SessionCreated {
        self.try_password(&person.username, &person.password).ok(201)
    }

    /// Swaps a refresh token.
    #[track_caller]
    pub fn refresh(&self, token: &str) -> Reply {
        self.post("/v1/sessions/refresh").json(&serde_json::json!({ "refresh_token": token })).send()
    }

    /// Somebody new, registered and logged in.
    #[track_caller]
    pub fn join(&self) -> Member {
        let person = Person::new();
        let account = self.register(&person);
        let session = self.log_in(&person);
        Member {
            person,
            account,
            token: session.access_token,
            refresh_token: session.refresh_token.unwrap_or_default(),
        }
    }

    /// J9: asks to join an enterprise, with what it is where nobody knows it.
    #[track_caller]
    pub fn ask_to_join(&self, member: &Member, role: &str, uscc: &str) -> Reply {
        let mut body = serde_json::json!({ "role": role, "uscc": uscc });
        if role == "admin" {
            body["enterprise"] = serde_json::json!({
                "name": format!("示例企业{uscc}"), "registered_address": format!("示例路 {uscc} 号"), "business_scope": "货物进出口"
            });
        }
        self.post("/v1/associations").token(&member.token).json(&body).send()
    }

    /// Somebody new who is the administrator of an enterprise that nobody knew; unverified.
    #[track_caller]
    pub fn join_administrator(&self, uscc: &str) -> Member {
        let member = self.join();
        self.ask_to_join(&member, "admin", uscc).ok::<Association>(201);
        member
    }

    /// Somebody new whom the administrator let in.
    #[track_caller]
    pub fn join_operator(&self, administrator: &Member, uscc: &str) -> Member {
        let member = self.join();
        let asked: Association = self.ask_to_join(&member, "operator", uscc).ok(201);
        let approve = format!("/v1/associations/{}/approve", asked.id);
        self.post(&approve).token(&administrator.token).send().ok::<Association>(200);
        member
    }

    /// `GET /v1/me`.
    #[track_caller]
    pub fn me(&self, token: &str) -> Me {
        self.get("/v1/me").token(token).send().ok(200)
    }
}

impl Site {
    /// The options that lead `eport` to this installation.
    pub fn place(&self) -> Vec<String> {
        let mut options = vec!["--state-dir".to_owned(), self.state_dir().display().to_string()];
        if let Some(url) = self.database_url() {
            options.extend(["--database".to_owned(), url.to_owned()]);
        }
        options
    }

    /// Runs a command of `eport` on this installation; what it printed.
    #[track_caller]
    pub fn administer(&self, arguments: &[&str]) -> String {
        let place = self.place();
        let place: Vec<&str> = place.iter().map(String::as_str).collect();
        let output = self.run(&[arguments, &place].concat());
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    /// J18: makes a staff account on the command line; it still has its first password.
    #[track_caller]
    pub fn add_staff(&self) -> Person {
        let person = Person::new();
        let printed = self.administer(&[
            "staff",
            "add",
            "--username",
            &person.username,
            "--name",
            &person.name,
            "--phone",
            &person.phone,
        ]);
        let password = printed.trim_end_matches('\n').to_owned();
        assert!(!password.is_empty() && !password.contains('\n'), "the first password alone is printed");
        Person { password, ..person }
    }

    /// One of the staff who has changed the first password and is logged in.
    #[track_caller]
    pub fn join_staff(&self) -> Member {
        let first = self.add_staff();
        let session = self.log_in(&first);
        let password = crate::people::password();
        let body = serde_json::json!({ "current_password": first.password, "password": password });
        self.put("/v1/me/password").token(&session.access_token).json(&body).send().done();
        Member {
            person: Person { password, ..first },
            account: session.account.id,
            token: session.access_token,
            refresh_token: session.refresh_token.unwrap_or_default(),
        }
    }
}

/// The body of a registration.
pub fn registration(person: &Person, code: &str) -> RegistrationRequest {
    RegistrationRequest {
        username: person.username.clone(),
        name: person.name.clone(),
        id_type: "resident_id".to_owned(),
        id_number: person.id_number.clone(),
        phone: person.phone.clone(),
        sms_code: code.into(),
        terms_accepted: true,
    }
}
