//! `demo`: people of every role in a service that is being looked at, made by the journeys of its own API.
//!
//! What is there already is left as it is, so that the service can be started again with what its visitor did in it.
#![allow(clippy::indexing_slicing, reason = "a JSON value gives null for a name that it hasn't")]

mod enterprise;
mod people;

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use clap::Args;
use eport_virtual_card::{card::Slot, key::Algorithm, stored_card::StoredCard};
use serde_json::json;

use super::{State, service::Service};
use people::{People, Person};

/// Makes people of every role, an enterprise and what belongs to it in a service under development, and prints who they are. Whoever is there
/// already is left alone.
#[derive(Debug, Args)]
pub struct Demo {
    #[command(flatten)]
    state: State,
    /// Where the service answers.
    #[arg(long, value_name = "URL", default_value = "http://localhost:3000")]
    server: String,
    /// The file with what `eport staff add` printed for the staff's username: the first password, to be changed.
    #[arg(long, value_name = "FILE")]
    staff_password_file: Option<PathBuf>,
}

/// How somebody came in.
enum Login {
    Open,
    /// Neither with the demonstration's password nor anew.
    Changed,
}

impl Demo {
    pub fn run(self) -> Result<()> {
        let People { staff, administrator, card_operator, operator, waiting, claimant } = People::ALL;
        // The registry comes first: the legal person's card takes the enterprise's address and scope from it.
        let desk = Service::new(&self.server);
        if let Login::Open = self.staff(&desk, &staff)? {
            enterprise::registry(&desk)?;
        }
        let boss = Service::new(&self.server);
        self.by_card(&boss, &administrator, "legal-person")?;
        // A visitor may have made somebody else the administrator.
        let administers = boss.done("GET", "/v1/me", None)?.body["enterprise"]["role"] == "admin";
        if administers {
            enterprise::qualifications(&boss)?;
            enterprise::entitlements(&boss)?;
        }
        self.by_card(&Service::new(&self.server), &card_operator, "operator")?;
        for (person, role, uscc, let_in) in [
            (&operator, "operator", enterprise::USCC, true),
            (&waiting, "operator", enterprise::USCC, false),
            (&claimant, "admin", enterprise::CLAIMED_USCC, false),
        ] {
            let own = Service::new(&self.server);
            if let Login::Open = registered(&own, person)? {
                enterprise::join(&own, role, uscc)?;
                if let_in && administers {
                    enterprise::let_in(&boss, person)?;
                }
            }
        }
        if administers {
            enterprise::grants(&boss, &[card_operator.username, operator.username])?;
        }
        people::print_table();
        Ok(())
    }

    /// One of the staff, with the password of the demonstration.
    fn staff(&self, service: &Service, person: &Person) -> Result<Login> {
        if log_in(service, person.username, people::PASSWORD)? {
            return Ok(Login::Open);
        }
        let Some(file) = &self.staff_password_file else { return Ok(Login::Changed) };
        let first = std::fs::read_to_string(file).with_context(|| format!("{} can't be read", file.display()))?;
        if !log_in(service, person.username, first.trim_end())? {
            return Ok(changed(person));
        }
        let body = json!({ "current_password": first.trim_end(), "password": people::PASSWORD });
        service.done("PUT", "/v1/me/password", Some(&body))?;
        // The session of the first password may be over with it.
        log_in(service, person.username, people::PASSWORD)?;
        Ok(Login::Open)
    }

    /// Somebody who comes with their card first, and then gives the account that it makes a username, a phone and a password (J11, J5).
    fn by_card(&self, service: &Service, person: &Person, card: &str) -> Result<()> {
        if log_in(service, person.username, people::PASSWORD)? || self.present(service, card)?["state"] != "inactive" {
            return Ok(());
        }
        let code = sms_code(service, person.phone)?;
        let body = json!({
            "username": person.username, "phone": person.phone, "sms_code": code, "password": people::PASSWORD
        });
        service.done("POST", "/v1/me/activation", Some(&body))?;
        Ok(())
    }

    /// Logs in with a card, without a reader: this program made it and has its key.
    fn present(&self, service: &Service, card: &str) -> Result<serde_json::Value> {
        let stored = StoredCard::open(&self.state.card(card)?)?;
        let content = stored.card().memory().slot(Slot::Authentication).context("this card has no key")?;
        let certificate = content.certificate.as_deref().context("this card has no certificate")?;
        let challenge = service.done("POST", "/v1/card-challenges", Some(&json!({ "purpose": "login" })))?;
        let signature = content.key.sign(challenge.text("text")?.as_bytes())?;
        let algorithm = match content.key.algorithm() {
            Algorithm::Sm2 => "SM2",
            Algorithm::P256 => "ES256",
            Algorithm::Rsa => "RS256",
        };
        let body = json!({
            "method": "card",
            "challenge_id": challenge.text("challenge_id")?,
            "certificate": STANDARD.encode(certificate),
            "signature": STANDARD.encode(signature),
            "algorithm": algorithm,
        });
        let opened = service.done("POST", "/v1/sessions", Some(&body))?;
        service.speak_for(opened.text("access_token")?);
        Ok(opened.body["account"].clone())
    }
}

/// Logs in with a password; false where it isn't the person's, or there is no such person.
fn log_in(service: &Service, username: &str, password: &str) -> Result<bool> {
    let body = json!({ "method": "password", "username": username, "password": password });
    let answer = service.send("POST", "/v1/sessions", Some(&body), None)?;
    if answer.status == 401 {
        return Ok(false);
    }
    let opened = service.must("/v1/sessions", answer)?;
    service.speak_for(opened.text("access_token")?);
    Ok(true)
}

/// Somebody who registers (J1).
fn registered(service: &Service, person: &Person) -> Result<Login> {
    if log_in(service, person.username, people::PASSWORD)? {
        return Ok(Login::Open);
    }
    let body = json!({
        "username": person.username, "name": person.name, "id_type": "resident_id", "id_number": person.id_number,
        "phone": person.phone, "sms_code": sms_code(service, person.phone)?, "terms_accepted": true,
    });
    let answer = service.send("POST", "/v1/registrations", Some(&body), None)?;
    if answer.status == 409 {
        return Ok(changed(person));
    }
    let begun = service.must("/v1/registrations", answer)?;
    let path = format!("/v1/registrations/{}/password", begun.text("account_id")?);
    let body = json!({ "password_token": begun.text("password_token")?, "password": people::PASSWORD });
    service.done("PUT", &path, Some(&body))?;
    if !log_in(service, person.username, people::PASSWORD)? {
        bail!("{} can't log in after the registration", person.username);
    }
    Ok(Login::Open)
}

/// The code that the SMS brings. One that was asked for within the last minute still counts.
fn sms_code(service: &Service, phone: &str) -> Result<String> {
    let asked = service.send("POST", "/v1/sms-codes", Some(&json!({ "phone": phone, "purpose": "register" })), None)?;
    if asked.status != 429 {
        service.must("/v1/sms-codes", asked)?;
    }
    let outbox = service.done("GET", &format!("/v1/dev/outbox?phone={phone}"), None)?;
    let newest = outbox.items().iter().find(|sms| sms["purpose"] == "register");
    newest.and_then(|sms| sms["code"].as_str()).map(str::to_owned).context("no code in the outbox")
}

fn changed(person: &Person) -> Login {
    eprintln!("{} ({}) is there with another password, and left alone.", person.username, person.name);
    Login::Changed
}
