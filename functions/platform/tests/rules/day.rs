//! A day on which every route is used, well and badly: what it left behind is looked at elsewhere.

use eport_accounts::Accounts;
use eport_messages::Messages;
use eport_platform::Platform;
use eport_registrations::Registrations;
use eport_sessions::Sessions;
use eport_shared::serve::Function;
use eport_shared::testing::{Call, World, other_code, phone, resident_id};
use serde_json::{Value as Json, json};

use crate::on_duty;

pub(crate) const PASSWORD: &str = "Tr0ub4dor & 3 secret";
pub(crate) const NEW_PASSWORD: &str = "brand new secret";
pub(crate) const RESET_PASSWORD: &str = "after the reset secret";
pub(crate) const WRONG_PASSWORD: &str = "mistyped secret";

/// Everything said that day that nobody may find written anywhere.
#[derive(Default)]
pub(crate) struct Secrets(pub(crate) Vec<String>);

impl Secrets {
    fn keep(&mut self, value: &Json) -> String {
        let text = value.as_str().unwrap().to_owned();
        self.0.push(text.clone());
        text
    }
}

async fn send<F: Function>(world: &World, call: Call) -> Json {
    world.advance(1);
    let call = call.from_address("192.0.2.1").header("user-agent", "Firefox/150");
    world.send::<F>(call).await.json()
}

async fn code(world: &World, secrets: &mut Secrets, phone: &str, purpose: &str) -> String {
    world.advance(61);
    send::<Registrations>(world, Call::post("/v1/sms-codes").json(&json!({ "phone": phone, "purpose": purpose })))
        .await;
    let code = world.code_for(phone).await;
    secrets.0.push(code.clone());
    code
}

async fn log_in(world: &World, secrets: &mut Secrets, username: &str, password: &str) -> String {
    let body = json!({ "method": "password", "username": username, "password": password });
    let session = send::<Sessions>(world, Call::post("/v1/sessions").json(&body).key("day")).await;
    secrets.keep(&session["refresh_token"]);
    secrets.keep(&session["access_token"])
}

/// The whole day; returns what was secret.
pub(crate) async fn day(world: &World) -> Secrets {
    let mut secrets = Secrets::default();
    secrets.0.extend([PASSWORD, NEW_PASSWORD, RESET_PASSWORD, WRONG_PASSWORD].map(str::to_owned));
    secrets.0.extend([phone(1), phone(2), resident_id(1), resident_id(2)]);
    secrets.0.extend(["zhang.wei@example.cn", "雁塔区", "8888666"].map(str::to_owned));
    registered(world, &mut secrets).await;
    let token = log_in(world, &mut secrets, "zhangwei", PASSWORD).await;
    at_work(world, &mut secrets, &token).await;
    forgotten(world, &mut secrets).await;
    staffed(world, &mut secrets).await;
    secrets
}

async fn registered(world: &World, secrets: &mut Secrets) {
    let code = code(world, secrets, &phone(1), "register").await;
    let mut body = json!({
        "username": "zhangwei", "name": "张伟", "id_type": "resident_id", "id_number": resident_id(1), "phone": phone(1),
        "sms_code": other_code(&code), "terms_accepted": true,
    });
    secrets.0.push(other_code(&code));
    send::<Registrations>(world, Call::post("/v1/registrations").json(&body)).await;
    body["sms_code"] = json!(code);
    let created = send::<Registrations>(world, Call::post("/v1/registrations").json(&body)).await;
    let token = secrets.keep(&created["password_token"]);
    let path = format!("/v1/registrations/{}/password", created["account_id"].as_str().unwrap());
    for (token, password) in
        [("no token", PASSWORD), (token.as_str(), "short"), (token.as_str(), PASSWORD), (token.as_str(), PASSWORD)]
    {
        send::<Registrations>(world, Call::put(&path).json(&json!({ "password_token": token, "password": password })))
            .await;
    }
}

async fn at_work(world: &World, secrets: &mut Secrets, token: &str) {
    for (username, password) in [("zhangwei", WRONG_PASSWORD), ("nobody", WRONG_PASSWORD)] {
        let body = json!({ "method": "password", "username": username, "password": password });
        send::<Sessions>(world, Call::post("/v1/sessions").json(&body)).await;
    }
    let code_in = code(world, secrets, &phone(1), "login").await;
    let body = json!({ "method": "sms", "phone": phone(1), "sms_code": code_in });
    let other = send::<Sessions>(world, Call::post("/v1/sessions").json(&body)).await;
    let (access, refresh) = (secrets.keep(&other["access_token"]), secrets.keep(&other["refresh_token"]));
    let swap = Call::post("/v1/sessions/refresh").json(&json!({ "refresh_token": refresh }));
    let fresh = send::<Sessions>(world, swap.clone()).await;
    secrets.keep(&fresh["refresh_token"]);
    secrets.keep(&fresh["access_token"]);
    send::<Sessions>(world, swap).await;
    send::<Sessions>(world, Call::get("/v1/me/sessions").bearer(&access)).await;

    let contact = json!({ "email": "zhang.wei@example.cn", "address": "雁塔区 1 号", "telephone": "029-88886666" });
    send::<Accounts>(world, Call::patch("/v1/me").bearer(token).json(&contact)).await;
    send::<Accounts>(world, Call::get("/v1/me").bearer(token)).await;
    let sessions = send::<Sessions>(world, Call::get("/v1/me/sessions").bearer(token)).await;
    let gone = sessions["items"][0]["id"].as_str().unwrap().to_owned();
    let code_out = code(world, secrets, &phone(2), "change_phone").await;
    let change = json!({ "phone": phone(2), "sms_code": code_out });
    send::<Accounts>(world, Call::post("/v1/me/phone").bearer(token).json(&change)).await;
    for current in [WRONG_PASSWORD, PASSWORD] {
        let change = json!({ "current_password": current, "password": NEW_PASSWORD });
        send::<Accounts>(world, Call::put("/v1/me/password").bearer(token).json(&change)).await;
    }
    for query in ["", "?unread=true", "?unread=false"] {
        let list = send::<Messages>(world, Call::get(&format!("/v1/messages{query}")).bearer(token)).await;
        if let Some(id) = list["items"][0]["id"].as_str() {
            send::<Messages>(world, Call::post(&format!("/v1/messages/{id}/read")).bearer(token)).await;
        }
    }
    send::<Sessions>(world, Call::delete(&format!("/v1/me/sessions/{gone}")).bearer(token)).await;
    send::<Sessions>(world, Call::delete("/v1/sessions/current").bearer(token)).await;
    send::<Accounts>(world, Call::get("/v1/me").bearer(token)).await;
}

async fn forgotten(world: &World, secrets: &mut Secrets) {
    let code = code(world, secrets, &phone(2), "reset_password").await;
    for id_number in [resident_id(2), resident_id(1)] {
        let body = json!({ "phone": phone(2), "sms_code": code, "id_number": id_number, "password": RESET_PASSWORD });
        send::<Registrations>(world, Call::post("/v1/password-resets").json(&body)).await;
    }
    for query in ["", "?phone=13800000002"] {
        send::<Registrations>(world, Call::get(&format!("/v1/dev/outbox{query}"))).await;
    }
}

async fn staffed(world: &World, secrets: &mut Secrets) {
    let (staff, token) = on_duty(world).await;
    secrets.0.extend([token.clone(), staff.phone, staff.id_number]);
    let mut id = String::new();
    for query in [
        "",
        "?state=active",
        "?state=locked",
        "?query=zhang",
        "?query=13800000002",
        &format!("?query={}", resident_id(1)),
        "?query=%E5%BC%A0%E4%BC%9F",
        "?query=%E5%BC%A0%E4%BC%9F&state=pending",
        "?query=%E5%BC%A0%E4%BC%9F&state=locked",
    ] {
        let list = send::<Platform>(world, Call::get(&format!("/v1/platform/accounts{query}")).bearer(&token)).await;
        if query == "?query=zhang" {
            id = list["items"][0]["id"].as_str().unwrap().to_owned();
        }
    }
    send::<Platform>(world, Call::get(&format!("/v1/platform/accounts/{id}")).bearer(&token)).await;
    for what in ["lock", "reveal", "unlock"] {
        let call =
            Call::post(&format!("/v1/platform/accounts/{id}/{what}")).bearer(&token).json(&json!({ "reason": "核查" }));
        send::<Platform>(world, call).await;
    }
    for query in [
        String::new(),
        format!("?target_id={id}"),
        format!("?actor_id={id}"),
        "?action=account.locked".to_owned(),
        "?result=ok".to_owned(),
        "?result=refused&from=2026-11-22T00:00:00Z&to=2026-11-23T00:00:00Z".to_owned(),
    ] {
        send::<Platform>(world, Call::get(&format!("/v1/platform/audit{query}")).bearer(&token)).await;
    }
    send::<Platform>(world, Call::get("/v1/health/platform")).await;
}
