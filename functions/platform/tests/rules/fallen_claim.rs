//! With a claim that nobody verified falls what was done on its strength: nobody acts for the verified enterprise because a stranger let them.

use eport_enterprises::Enterprises;
use eport_operators::Operators;
use eport_permissions::Permissions;
use eport_platform::Platform;
use eport_schema::catalogue;
use eport_sessions::Sessions;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::cards::{Algorithm, CardClass, ENTERPRISE, Holder, answer, holder, issue, trusted, with};
use eport_shared::testing::{Answer, Call, World, phone, resident_id};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::on_duty;

/// Somebody with an account and a session.
pub(crate) struct Somebody {
    pub(crate) id: Uuid,
    pub(crate) token: String,
}

impl Somebody {
    pub(crate) async fn new(world: &World, n: u32) -> Self {
        let id = world.person(n).await.id;
        Self { id, token: world.sign_in(id).await }
    }

    /// By a card of theirs.
    pub(crate) async fn with_card(world: &World, card: &Holder) -> Self {
        let ca = trusted(world, Algorithm::P256).await;
        let call = Call::post("/v1/card-challenges").json(&json!({ "purpose": "login" }));
        let challenge = world.send::<Sessions>(call).await.done(201);
        let body = with(answer(&issue(&ca, card), &challenge), "method", "card");
        let session = world.send::<Sessions>(Call::post("/v1/sessions").json(&body)).await.done(201);
        let id = serde_json::from_value(session["account"]["id"].clone()).unwrap();
        Self { id, token: session["access_token"].as_str().unwrap().to_owned() }
    }

    pub(crate) async fn enterprises(&self, world: &World, call: Call) -> Answer {
        world.send::<Enterprises>(call.bearer(&self.token)).await
    }

    pub(crate) async fn claim(&self, world: &World, uscc: &str) -> Answer {
        let body = json!({ "role": "admin", "uscc": uscc, "enterprise": {
            "name": "随便写的名字", "registered_address": "随便写的地址", "business_scope": "随便写的范围" } });
        self.enterprises(world, Call::post("/v1/associations").json(&body)).await
    }

    async fn may(&self, world: &World) -> String {
        let body = json!({ "checks": [{ "application": "goods_declaration", "action": "submit" }] });
        let answer = world.send::<Permissions>(Call::post("/v1/check").bearer(&self.token).json(&body)).await.done(200);
        answer["results"][0]["reason"].as_str().unwrap().to_owned()
    }
}

/// A claimant with a helper who was granted everything, one with a card of the enterprise, and an invitation that somebody hasn't answered.
struct Gang {
    enterprise: Uuid,
    claimant: Somebody,
    helper: Somebody,
    with_card: Somebody,
    invited: Somebody,
    invitation: String,
}

impl Gang {
    async fn new(world: &World) -> Self {
        let claimant = Somebody::new(world, 1).await;
        let claimed = claimant.claim(world, ENTERPRISE.0).await.done(201);
        let helper = Somebody::new(world, 2).await;
        let asks = json!({ "role": "operator", "uscc": ENTERPRISE.0 });
        let asked = helper.enterprises(world, Call::post("/v1/associations").json(&asks)).await.done(201);
        let approve = format!("/v1/associations/{}/approve", asked["id"].as_str().unwrap());
        claimant.enterprises(world, Call::post(&approve)).await.done(200);
        let with_card = Somebody::with_card(world, &holder(3, CardClass::Operator)).await;
        let rights = json!([{ "application": "goods_declaration", "actions": ["submit", "view"] }]);
        let admin = |call: Call| call.bearer(&claimant.token);
        let entitle = Call::put("/v1/enterprise/entitlements").json(&json!({ "entitlements": rights }));
        world.send::<Permissions>(admin(entitle)).await.done(200);
        for somebody in [&helper, &with_card] {
            let grant = Call::put(&format!("/v1/operators/{}/grants", somebody.id)).json(&json!({ "grants": rights }));
            world.send::<Permissions>(admin(grant)).await.done(200);
        }
        let contact = Call::patch("/v1/enterprise").json(&json!({ "telephone": "0571-88888888" }));
        claimant.enterprises(world, contact).await.done(200);
        let invited = Somebody::new(world, 4).await;
        let wanted = json!({
            "username": "operator-4", "name": "李雷", "id_type": "resident_id", "id_number": resident_id(4), "phone": phone(4)
        });
        let made = world.send::<Operators>(admin(Call::post("/v1/operators").json(&wanted))).await.done(201);
        for somebody in [&helper, &with_card] {
            assert_eq!(somebody.may(world).await, "enterprise_unverified");
        }
        Self {
            enterprise: serde_json::from_value(claimed["enterprise"]["id"].clone()).unwrap(),
            claimant,
            helper,
            with_card,
            invited,
            invitation: made["id"].as_str().unwrap().to_owned(),
        }
    }

    /// What must be so once the claim has fallen and the enterprise is verified.
    async fn is_powerless(&self, world: &World) {
        assert_eq!(self.helper.may(world).await, "no_enterprise");
        assert_eq!(self.claimant.may(world).await, "no_enterprise");
        // Their card says that they belong there, not what they may do.
        assert_eq!(self.with_card.may(world).await, "not_entitled");
        let grants = sql!("SELECT COUNT(*) FROM memberships WHERE grants <> ''");
        assert_eq!(world.number(&grants, &[]).await, 0);
        let entitled =
            sql!("SELECT COUNT(*) FROM enterprises WHERE entitlements <> '' OR contact_telephone_enc IS NOT NULL");
        assert_eq!(world.number(&entitled, &[]).await, 0);
        let accept = Call::post(&format!("/v1/me/invitations/{}/accept", self.invitation)).bearer(&self.invited.token);
        world.send::<Operators>(accept).await.refused(&catalogue::INVITATION_CLOSED);
        assert_eq!(pending(world, self.helper.id).await, 1);
        assert!(told(world, self.helper.id).await.contains(&"membership_waiting".to_owned()));
        assert!(told(world, self.with_card.id).await.contains(&"permissions_changed".to_owned()));
        let fell = &world.audit_of("enterprise.claim_fell").await[0];
        assert_eq!(fell.enterprise_id, Some(self.enterprise));
        assert!(fell.before.as_deref().unwrap().contains("goods_declaration:submit,view"), "{fell:?}");
        let after: Json = serde_json::from_str(fell.after.as_deref().unwrap()).unwrap();
        assert_eq!((&after["members_waiting"], &after["invitations_withdrawn"]), (&json!(1), &json!(1)));
        assert_eq!(world.audit_of("invitation.withdrawn").await.len(), 1);
        let requested = world.audit_of("association.requested").await;
        let theirs = requested.iter().filter(|row| row.after.as_deref().unwrap().contains("claim_fell"));
        assert!(theirs.clone().any(|row| row.after.as_deref().unwrap().contains(&self.helper.id.to_string())));
        assert!(theirs.clone().all(|row| row.enterprise_id == Some(self.enterprise)));
    }
}

async fn pending(world: &World, account: Uuid) -> i64 {
    let waits =
        sql!("SELECT COUNT(*) FROM associations WHERE account_id = $1 AND status = 'pending' AND role = 'operator'");
    world.number(&waits, &[account.into()]).await
}

async fn told(world: &World, account: Uuid) -> Vec<String> {
    world.inbox(account).await.into_iter().map(|(kind, _)| kind).collect()
}

/// How many wait, as the message says that made somebody the administrator.
async fn waiting(world: &World, account: Uuid, kind: &str) -> Json {
    let inbox = world.inbox(account).await;
    inbox.iter().find(|(of, _)| of == kind).map(|(_, data)| data["waiting"].clone()).unwrap_or_default()
}

pub(crate) async fn decide(world: &World, token: &str, id: Uuid, what: &str, body: &Json) -> Answer {
    let path = format!("/v1/platform/enterprises/{id}/{what}");
    world.send::<Platform>(Call::post(&path).bearer(token).json(body)).await
}

on_each_database! {
    async fn the_legal_person_card_leaves_a_claimants_people_without_anything(world: World) {
        let gang = Gang::new(&world).await;
        let legal_person = Somebody::with_card(&world, &holder(9, CardClass::LegalPerson)).await;
        gang.is_powerless(&world).await;
        assert_eq!(pending(&world, gang.claimant.id).await, 1);
        // Both are the new administrator's to decide, from the list and from the inbox.
        let list = legal_person.enterprises(&world, Call::get("/v1/associations?status=pending")).await.done(200);
        assert_eq!(list["items"].as_array().unwrap().len(), 2);
        assert_eq!(told(&world, legal_person.id).await.iter().filter(|kind| *kind == "association_waiting").count(), 2);
        assert_eq!(waiting(&world, legal_person.id, "administrator_by_card").await, json!(2));
        for item in list["items"].as_array().unwrap() {
            let approve = format!("/v1/associations/{}/approve", item["id"].as_str().unwrap());
            legal_person.enterprises(&world, Call::post(&approve)).await.done(200);
        }
        assert_eq!(gang.helper.may(&world).await, "not_entitled");
    }

    async fn a_refused_claim_leaves_its_people_waiting_for_whoever_comes_next(world: World) {
        let gang = Gang::new(&world).await;
        let (_, staff) = on_duty(&world).await;
        let because = json!({ "reason": "与登记不符" });
        decide(&world, &staff, gang.enterprise, "refuse", &because).await.done(200);
        assert_eq!(pending(&world, gang.claimant.id).await, 0);
        let next = Somebody::new(&world, 8).await;
        next.claim(&world, ENTERPRISE.0).await.done(201);
        decide(&world, &staff, gang.enterprise, "verify", &because).await.done(200);
        gang.is_powerless(&world).await;
        let list = next.enterprises(&world, Call::get("/v1/associations?status=pending")).await.done(200);
        assert_eq!(list["items"][0]["applicant"]["account_id"], json!(gang.helper.id));
    }

    async fn staffs_other_administrator_finds_a_claimants_people_waiting(world: World) {
        let gang = Gang::new(&world).await;
        let (_, staff) = on_duty(&world).await;
        let next = Somebody::new(&world, 8).await;
        let body = json!({ "account_id": next.id, "reason": "企业公函" });
        decide(&world, &staff, gang.enterprise, "administrator", &body).await.done(200);
        decide(&world, &staff, gang.enterprise, "verify", &json!({ "reason": "企业公函" })).await.done(200);
        gang.is_powerless(&world).await;
        assert_eq!(waiting(&world, next.id, "administrator_by_staff").await, json!(2));
    }

    async fn one_of_a_claimants_people_who_has_the_card_keeps_their_place(world: World) {
        let gang = Gang::new(&world).await;
        let helper = Somebody::with_card(&world, &holder(2, CardClass::LegalPerson)).await;
        assert_eq!(helper.id, gang.helper.id);
        let administrator = sql!("SELECT account_id FROM memberships WHERE role = 'admin'");
        assert_eq!(world.rows(&administrator, &[]).await[0].get::<Uuid>(0).unwrap(), helper.id);
        assert_eq!(helper.may(&world).await, "not_entitled");
        assert_eq!(waiting(&world, helper.id, "administrator_by_card").await, json!(1));
    }

    async fn a_verified_administrators_people_lose_nothing_when_staff_name_another(world: World) {
        let gang = Gang::new(&world).await;
        let (_, staff) = on_duty(&world).await;
        decide(&world, &staff, gang.enterprise, "verify", &json!({ "reason": "企业公函" })).await.done(200);
        let body = json!({ "account_id": gang.invited.id, "reason": "企业公函" });
        decide(&world, &staff, gang.enterprise, "administrator", &body).await.done(200);
        assert_eq!(gang.helper.may(&world).await, "granted");
        assert!(world.audit_of("enterprise.claim_fell").await.is_empty());
    }
}
