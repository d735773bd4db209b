//! J9, J12: enterprises and who joins them, in the order in which the manual tells it (S2 1.1, 1.2, 1.5), by two enterprises side by side.

use eport_schema::wire::{
    Association, Enterprise, EnterpriseAuditEntry, List, Message, RegistryEnterprise, SyncResult,
};
use eport_tests::people::uscc;
use eport_tests::{Client, Member, On, Reply, Site, at_once, on_both};
use serde_json::json;

on_both![
    two_enterprises_side_by_side_from_registration_to_a_new_administrator,
    of_ten_who_claim_an_enterprise_at_once_one_is_its_administrator,
    of_ten_hand_overs_at_once_one_happens,
    the_registry_fills_the_form_or_says_that_it_knows_nothing,
    an_operator_keeps_no_contact_data,
];

fn enterprise(site: &Client, member: &Member) -> Enterprise {
    site.get("/v1/enterprise").token(&member.token).send().ok(200)
}

fn hand_over(site: &Client, from: &Member, to: &Member) -> Reply {
    site.post("/v1/enterprise/admin-transfer").token(&from.token).json(&json!({ "account_id": to.account })).send()
}

/// What stands in a token.
fn claims(token: &str) -> serde_json::Value {
    use base64::Engine as _;
    let part = token.split('.').nth(1).expect("claims");
    let part = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).expect("base64url");
    serde_json::from_slice(&part).expect("JSON")
}

/// 1.1 to 1.5 for one enterprise; who is its administrator at the end, and who was before.
fn manual(site: &Site, uscc: &str) -> (Member, Member) {
    // 1.2: 企业首次注册: the administrator joins, and enters what the registry doesn't know.
    let old = site.join();
    let lookup = site.get(&format!("/v1/registry/enterprises/{uscc}")).token(&old.token).send();
    lookup.refused(404, "registry.enterprise_unknown");
    site.ask_to_join(&old, "operator", uscc).refused(403, "association.admin_required");
    let missing = json!({ "role": "admin", "uscc": uscc });
    let reply = site.post("/v1/associations").token(&old.token).json(&missing).send();
    reply.refused(422, "association.enterprise_required");
    let claimed: Association = site.ask_to_join(&old, "admin", uscc).ok(201);
    assert_eq!((claimed.status.as_str(), claimed.enterprise.verified), ("approved", false));
    assert_eq!(site.me(&old.token).enterprise.unwrap().role, "admin");

    // 1.5: the new one registers and asks to join as 企业用户.
    let new = site.join();
    site.ask_to_join(&new, "admin", uscc).refused(409, "association.admin_exists");
    let asked: Association = site.ask_to_join(&new, "operator", uscc).ok(201);
    assert_eq!((asked.status.as_str(), asked.applicant.phone), ("pending", Some(new.person.masked_phone())));
    hand_over(site, &old, &new).refused(404, "resource.not_found");

    // The old one opens 消息提醒 and approves.
    let list: List<Message> = site.get("/v1/messages?unread=true").token(&old.token).send().ok(200);
    let message = list.items.into_iter().find(|message| message.kind == "association_waiting").expect("a message");
    let action = message.action.expect("something to decide");
    assert_eq!((action.kind.as_str(), action.id, action.status.as_str()), ("association", asked.id, "pending"));
    assert!(message.body.contains(&new.person.name));
    let approve = format!("/v1/associations/{}/approve", action.id);
    site.post(&approve).token(&new.token).send().refused(403, "enterprise.required");
    let approved: Association = site.post(&approve).token(&old.token).send().ok(200);
    assert_eq!(approved.status, "approved");
    site.post(&approve).token(&old.token).send().refused(409, "association.already_decided");

    // 变更企业管理员账号.
    let seen: Enterprise = hand_over(site, &old, &new).ok(200);
    assert_eq!((seen.role.as_str(), seen.administrator.unwrap().account_id), ("operator", new.account));
    assert_eq!(enterprise(site, &new).role, "admin");
    hand_over(site, &old, &new).refused(403, "permission.denied");
    for (member, role) in [(&old, "operator"), (&new, "admin")] {
        let session: eport_schema::wire::SessionCreated = site.refresh(&member.refresh_token).ok(200);
        let claims = claims(&session.access_token);
        assert_eq!((claims["role"].as_str(), claims["ent"].as_str()), (Some(role), Some(uscc)));
    }
    // Refreshing took the place of the tokens from before.
    let again = |member: Member| {
        let session = site.log_in(&member.person);
        Member { token: session.access_token, refresh_token: session.refresh_token.unwrap(), ..member }
    };
    (again(new), again(old))
}

fn two_enterprises_side_by_side_from_registration_to_a_new_administrator(on: On) {
    let site = Site::new(on);
    let (a, b) = (uscc(), uscc());
    let (mut theirs, mut ours) = (None, None);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| manual(&site, &b));
        ours = Some(manual(&site, &a));
        theirs = Some(other.join().expect("the other enterprise"));
    });
    let ((admin, operator), (stranger, other)) = (ours.unwrap(), theirs.unwrap());

    // Neither sees anything of the other.
    let audit: List<EnterpriseAuditEntry> =
        site.get("/v1/enterprise/audit?limit=100").token(&admin.token).send().ok(200);
    assert!(audit.items.iter().any(|entry| entry.action == "enterprise.administrator"));
    assert!(audit.items.iter().any(|entry| entry.result == "refused"));
    let list = site.get("/v1/associations?limit=100").token(&admin.token).send();
    let pages = [
        serde_json::to_string(&audit).unwrap(),
        list.text(),
        site.get("/v1/enterprise").token(&admin.token).send().text(),
    ];
    for text in pages {
        for secret in [&b, &stranger.account.to_string(), &other.account.to_string(), &other.person.username] {
            assert!(!text.contains(secret.as_str()), "{secret} in {text}");
        }
        for secret in [&admin.person.phone, &admin.person.id_number, &operator.person.phone] {
            assert!(!text.contains(secret.as_str()), "{secret} in {text}");
        }
    }
    let waiting: Association = site.ask_to_join(&site.join(), "operator", &b).ok(201);
    for decision in ["approve", "reject"] {
        let path = format!("/v1/associations/{}/{decision}", waiting.id);
        let reply = site.post(&path).token(&admin.token).json(&json!({ "reason": "否" })).send();
        reply.refused(404, "resource.not_found");
    }
    hand_over(&site, &admin, &other).refused(404, "resource.not_found");
    let audit = site.administer(&["audit", "verify"]);
    assert!(!audit.is_empty());
}

fn of_ten_who_claim_an_enterprise_at_once_one_is_its_administrator(on: On) {
    let site = Site::new(on);
    let uscc = uscc();
    let people: Vec<Member> = (0..10).map(|_| site.join()).collect();
    let replies = at_once(10, |n| site.ask_to_join(&people[n], "admin", &uscc));
    let (made, refused): (Vec<_>, Vec<_>) = replies.into_iter().partition(|reply| reply.status == 201);
    assert_eq!((made.len(), refused.len()), (1, 9));
    for reply in refused {
        reply.refused(409, "association.admin_exists");
    }
    let administrators = people.iter().filter(|member| site.me(&member.token).enterprise.is_some()).count();
    assert_eq!(administrators, 1);
}

fn of_ten_hand_overs_at_once_one_happens(on: On) {
    let site = Site::new(on);
    let uscc = uscc();
    let old = site.join_administrator(&uscc);
    let operators: Vec<Member> = (0..5).map(|_| site.join_operator(&old, &uscc)).collect();
    let replies = at_once(10, |n| hand_over(&site, &old, &operators[n % 5]));
    let (done, refused): (Vec<_>, Vec<_>) = replies.into_iter().partition(|reply| reply.status == 200);
    assert_eq!(done.len(), 1);
    for reply in refused {
        reply.refused(403, "permission.denied");
    }
    let administrators: Vec<_> =
        operators.iter().chain([&old]).filter(|member| enterprise(&site, member).role == "admin").collect();
    assert_eq!(administrators.len(), 1);
    assert_ne!(administrators[0].account, old.account);
}

fn the_registry_fills_the_form_or_says_that_it_knows_nothing(on: On) {
    let site = Site::new(on);
    let uscc = uscc();
    let admin = site.join_administrator(&uscc);
    let lookup = |code: &str| site.get(&format!("/v1/registry/enterprises/{code}")).token(&admin.token).send();
    lookup(&uscc).refused(404, "registry.enterprise_unknown");
    lookup("913300007458363393").refused_field(422, "uscc", "uscc.check_character");
    let sync = |dry_run: bool| {
        site.post("/v1/enterprise/sync").token(&admin.token).json(&json!({ "dry_run": dry_run })).send()
    };
    sync(true).refused(404, "registry.enterprise_unknown");

    site.sql(&format!("INSERT INTO registry (uscc, name, updated_at) VALUES ('{uscc}', '登记的名称', 1795000000000)"));
    let found: RegistryEnterprise = lookup(&uscc).ok(200);
    assert_eq!((found.name.as_str(), found.source.as_str(), found.cached), ("登记的名称", "local", false));
    let shown: SyncResult = sync(true).ok(200);
    assert_eq!((shown.applied, shown.changes.len()), (false, 1));
    let taken: SyncResult = sync(false).ok(200);
    assert_eq!((taken.applied, taken.changes), (true, shown.changes));
    assert_eq!(enterprise(&site, &admin).name, "登记的名称");
}

fn an_operator_keeps_no_contact_data(on: On) {
    let site = Site::new(on);
    let uscc = uscc();
    let admin = site.join_administrator(&uscc);
    let operator = site.join_operator(&admin, &uscc);
    let body = json!({ "contact_name": "李雷", "telephone": "0571-8888 6666" });
    let patch = |member: &Member, tag: &str| {
        site.patch("/v1/enterprise").token(&member.token).header("if-match", tag).json(&body).send()
    };
    patch(&operator, "*").refused(403, "permission.denied");
    let tag = site.get("/v1/enterprise").token(&operator.token).send().header("etag").to_owned();
    let seen: Enterprise = patch(&admin, &tag).ok(200);
    assert_eq!(seen.contact_name.as_deref(), Some("李雷"));
    patch(&admin, &tag).refused(412, "request.precondition_failed");
    assert_eq!(enterprise(&site, &operator).telephone.as_deref(), Some("0571-8888 6666"));
}
